"""What a check is: a small named function that yields how far things are from what they should be.

A check of records looks at one run at a time, as `told` reads it; a check of runs at all of them;
a test of chance yields p-values over all of them. Adding a check is adding a function::

    @records("places", "Nobody holds two places", "...what it means...", unit="persons")
    def nobody_holds_two_places(told: Told) -> Iterator[Part]:
        yield Part(too_many, "places held at once", who=person)

A check that finds nothing to check does not apply, and says why (`otherwise`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.verification.told import SLACK, Told

#: Chance that the tests of a scenario, all together, find fault with a correct model (Bonferroni).
FALSE_ALARM = 1e-4

#: Groups of checks in the order in which they are shown.
GROUPS = {
    "conservation": "Nobody is lost, nobody is counted twice",
    "places": "The rented prison, flights and detention",
    "hands": "Case workers and escort teams",
    "limits": "Limits and rules",
    "little": "Little's law",
    "costs": "Costs",
    "chance": "Chance",
    "theory": "Against what theory expects of this scenario",
    "engine": "The engine on this machine against queueing theory",
}

HOLDS, FAILS, DOES_NOT_APPLY = "holds", "FAILS", "does not apply"


class DoesNotApply(Exception):
    """There is nothing in this scenario that the check is about; says why."""


@dataclass(frozen=True)
class Part:
    """Some things that were checked together."""

    deviation: Any
    """How far each of them is from what it should be, in the check's unit; a number or array."""
    what: str
    """What the deviation is of, in a few words."""
    who: Any = None
    """Position in the cohort of the person that each is about, if it is about one."""
    day: Any = None
    """Day on which each was so, if it is about a day."""


@dataclass(frozen=True)
class PValue:
    """How likely chance alone would put something at least so far from what is expected."""

    p: float
    what: str


@dataclass(frozen=True)
class Found:
    """What a check found: how many things, the worst deviation, and where that is."""

    checked: int
    worst: float
    tolerance: float
    where: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing deviates by more than the tolerance; what is no number deviates."""
        return self.worst <= self.tolerance


@dataclass(frozen=True)
class Check:
    """A named check."""

    name: str
    group: str
    title: str
    meaning: str
    unit: str
    otherwise: str
    """Why it does not apply when there is nothing to check."""
    find: Callable[[Sequence[Told]], Found] = field(repr=False)


CHECKS: list[Check] = []
_TESTS: list[str] = []


def records(
    group: str, title: str, meaning: str, *, unit: str = "cases", tolerance: float = 0.0,
    otherwise: str = "there is nothing of the kind",
) -> Callable[[Callable[[Told], Iterable[Part]]], Callable[[Told], Iterable[Part]]]:  # fmt: skip
    """Register a check of the records of a run, applied to each of the runs."""

    def register(function: Callable[[Told], Iterable[Part]]) -> Callable[[Told], Iterable[Part]]:
        def find(runs: Sequence[Told]) -> Found:
            return _worst([(told, part) for told in runs for part in function(told)], tolerance)

        _register(function, group, title, meaning, unit, otherwise, find)
        return function

    return register


def runs(
    group: str, title: str, meaning: str, *, unit: str = "cases", tolerance: float = 0.0,
    otherwise: str = "there is nothing of the kind",
) -> Callable[[_OverRuns], _OverRuns]:  # fmt: skip
    """Register a check of all runs together."""

    def register(function: _OverRuns) -> _OverRuns:
        def find(all_runs: Sequence[Told]) -> Found:
            return _worst([(all_runs[0], part) for part in function(all_runs)], tolerance)

        _register(function, group, title, meaning, unit, otherwise, find)
        return function

    return register


def chance(
    group: str, title: str, meaning: str, *, otherwise: str = "there is nothing of the kind"
) -> Callable[[_Tests], _Tests]:
    """Register tests of chance over all runs.

    Their deviation is told in standard errors: how far out a normal variable lies that is as
    unlikely. The tolerance shares `FALSE_ALARM` out evenly over the checks of this kind, and within
    one over its tests.
    """

    def register(function: _Tests) -> _Tests:
        def find(all_runs: Sequence[Told]) -> Found:
            tests = list(function(all_runs))
            worst = min(tests, key=lambda test: test.p, default=None)
            if worst is None:
                return Found(0, 0.0, 0.0)
            share = FALSE_ALARM / len(_TESTS) / len(tests)
            return Found(len(tests), standard_errors(worst.p), standard_errors(share), worst.what)

        _register(function, group, title, meaning, "standard errors", otherwise, find)
        _TESTS.append(function.__name__)
        return function

    return register


_OverRuns = Callable[[Sequence[Told]], Iterable[Part]]
_Tests = Callable[[Sequence[Told]], Iterable[PValue]]


def standard_errors(p: float) -> float:
    """Return how far from its mean a normal variable lies with a two-sided p-value."""
    from scipy.special import ndtri

    return float(-ndtri(max(p, 1e-300) / 2)) if p == p else np.inf


def _register(
    function: Callable[..., object], group: str, title: str, meaning: str, unit: str,
    otherwise: str, find: Callable[[Sequence[Told]], Found],
) -> None:  # fmt: skip
    if group not in GROUPS or any(check.name == function.__name__ for check in CHECKS):
        raise ValueError(f"{function.__name__}: its group is unknown, or its name is taken")
    CHECKS.append(Check(function.__name__, group, title, meaning, unit, otherwise, find))


def _worst(parts: Sequence[tuple[Told, Part]], tolerance: float) -> Found:
    """Find the largest deviation of all; the first of equals."""
    checked, worst, where = 0, 0.0, ""
    for told, part in parts:
        deviation = np.atleast_1d(np.asarray(part.deviation, float))
        checked += deviation.size
        if not deviation.size:
            continue
        # What is no number is as wrong as can be.
        deviation = np.where(np.isnan(deviation), np.inf, deviation)
        at = int(np.argmax(deviation))
        if deviation[at] > worst:
            worst, where = float(deviation[at]), _where(told, part, at)
    return Found(checked, worst, tolerance, where)


def _where(told: Told, part: Part, at: int) -> str:
    words = part.what
    if part.who is not None:
        words += f", person {told.cohort.arrived.person[np.atleast_1d(part.who)[at]]}"
    if part.day is not None and np.isfinite(day := float(np.atleast_1d(part.day)[at])):
        words += f", {told.scenario.date(day)}"
    return f"{words} (replication {told.replication.number})"


def beyond(excess: NDArray[Any]) -> NDArray[np.float64]:
    """Return what goes beyond a bound, as days; nothing where it does not, rounding aside."""
    excess = np.asarray(excess, float)
    return np.where(excess > SLACK, excess, np.maximum(excess, 0.0))
