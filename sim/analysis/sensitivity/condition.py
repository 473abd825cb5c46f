"""Conditions on results, as a user writes them: `limbo > 0 and home_places_freed <= 100`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sim.errors import PrisonflowError
from sim.results.choice import nearest

#: What is asked for under a name of its own: an outcome, and the sign its difference is taken with.
AS_ASKED = {"home_places_freed": ("home_places_used", -1.0)}

_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt
}  # fmt: skip
_PART = re.compile(r"\s*([A-Za-z_]\w*)\s*(?:\[\s*([^\]]*?)\s*\])?\s*(<=|>=|<|>)\s*(\S+?)\s*(%?)\s*")
_FORM = "write it as OUTCOME SIGN NUMBER, such as 'limbo > 0', with <, <=, > or >="


class BadCondition(PrisonflowError):
    """A condition that cannot be understood."""


@dataclass(frozen=True)
class Part:
    """One comparison of a condition."""

    name: str
    """As it was asked for."""
    outcome: str
    scenario: str | None
    """Whose value is meant; None for the difference under study."""
    sign: float
    """-1 where a fall counts."""
    compare: Callable[[Any, Any], Any]
    number: float


def parse(text: str, outcomes: Sequence[str], scenarios: Sequence[str]) -> tuple[Part, ...]:
    """Read a condition: comparisons joined by `and`.

    Parameters
    ----------
    text
        Each comparison is `OUTCOME SIGN NUMBER`. A number may be a percentage. The outcome's name
        alone means the difference from the reference; `OUTCOME[SCENARIO]` the value in one
        scenario. `home_places_freed` is the fall of `home_places_used`.
    outcomes, scenarios
        Names that there are.

    Raises
    ------
    BadCondition
        Saying which part is wrong, and what is meant perhaps.
    """
    return tuple(_part(part, outcomes, scenarios) for part in re.split(r"\s+and\s+", text.strip()))


def _part(text: str, outcomes: Sequence[str], scenarios: Sequence[str]) -> Part:
    found = _PART.fullmatch(text)
    if found is None:
        raise BadCondition(f"{text!r} is no comparison: {_FORM}")
    name, scenario, sign, number, percent = found.groups()
    if name not in outcomes and name not in AS_ASKED:
        known = [*AS_ASKED, *outcomes]
        hint = nearest(name, known).strip() or f"there is {', '.join(known)}"
        raise BadCondition(f"{text!r}: there is no outcome {name!r}: {hint}")
    if scenario is not None and scenario not in scenarios:
        there = ", ".join(scenarios)
        raise BadCondition(f"{text!r}: there is no scenario {scenario!r}: there is {there}")
    if scenario is not None and name in AS_ASKED:
        raise BadCondition(
            f"{text!r}: {name} is a difference between scenarios: write it without [{scenario}]"
        )
    try:
        value = float(number)
    except ValueError:
        raise BadCondition(f"{text!r}: {number!r} is no number: {_FORM}") from None
    if value != value or abs(value) == float("inf"):
        raise BadCondition(f"{text!r}: {number!r} is no finite number")
    outcome, factor = AS_ASKED.get(name, (name, 1.0))
    share = value / 100 if percent else value
    return Part(name, outcome, scenario, factor, _SIGNS[sign], share)
