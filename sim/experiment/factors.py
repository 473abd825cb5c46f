"""Factors: what an experiment varies, over which range, and how a value enters a scenario.

A factor is usually a record of the evidence: its range is read from there, so that a number is
written once. It may concern many values at once, such as all parameters of a distribution (by a
common multiple) or all dated steps of a period.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import zip_longest
from typing import Any, Literal

from sim.scenario.base import as_toml_value
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.evidence import Record, evidence_of_case
from sim.scenario.explain import unknown_key
from sim.scenario.schema import EU_ORIGIN, Scenario

#: Named choices of factors: everything nobody knows, what of it is mere assumption, or policy.
Choice = Literal["uncertainties", "assumptions", "levers"]

#: Keys that name a world, or say what is compared with it: no point can be about them.
WORDS = ("name", "title", "summary", "case")
_DAY = re.compile(r"\[[^\]]*\]")
_SENTENCES = ("up_to_3_months", "from_3_to_12_months", "from_1_to_2_years", "over_2_years")
_PAROLE = ("half", "two_thirds", "full")


@dataclass(frozen=True)
class Factor:
    """Something that varies between two ends, in whichever scenario.

    With `multiplies`, a value of the factor is a multiple of what a scenario states; else it takes
    its place. It sets every number, switch or date at or below `key` for which `record` speaks;
    without a record all of them. With `among` it takes one of those values instead, which may be
    words, and has no ends.
    """

    name: str
    key: str
    low: float | date
    high: float | date
    multiplies: bool = False
    record: Record | None = None
    among: tuple[Any, ...] = ()

    def at(self, position: float) -> Any:
        """Return the value at a position from 0 (low) to 1 (high); dates in whole days."""
        if self.among:
            return self.among[min(int(position * len(self.among)), len(self.among) - 1)]
        if isinstance(self.low, date) and isinstance(self.high, date):
            days = self.high.toordinal() - self.low.toordinal()
            return date.fromordinal(self.low.toordinal() + round(position * days))
        assert not isinstance(self.low, date)
        assert not isinstance(self.high, date)
        return float(self.low + position * (self.high - self.low))

    def ends(self) -> list[tuple[str, Any]]:
        """Return the values that show how far it can move, each with a word for it."""
        if self.among:
            return [(str(value), value) for value in self.among]
        return [("low", self.low), ("high", self.high)]

    def changes(self, scenario: Scenario, value: Any) -> dict[str, Any]:
        """Return the changes by dotted key that set the factor to a value."""
        return self.set(self.targets(scenario), value)

    def set(self, targets: Mapping[str, Any], value: Any) -> dict[str, Any]:
        """Return what its targets are set to, given with their present values."""
        return {
            key: _like(now, now * value if self.multiplies else value)
            for key, now in targets.items()
        }

    def targets(self, scenario: Scenario) -> Mapping[str, Any]:
        """Return the dotted keys that the factor sets in a scenario, with their present values."""
        if self.among:
            return _alike(scenario, self.key, self.among)
        if self.record is None:
            return _at_or_below(scenario, self.key)
        mine = _spoken_for(scenario).get(self.record, {})
        if self.key == self.record.key:
            return mine
        return {key: now for key, now in mine.items() if _is_at_or_below(key, self.key)}


def factors_of(
    chosen: Choice | Sequence[str | Mapping[str, Any]], scenario: Scenario
) -> list[Factor]:
    """Return the factors chosen by name, by dotted key, or with a range of their own.

    Parameters
    ----------
    chosen
        `"uncertainties"`, `"assumptions"` or `"levers"`; or a list of dotted keys, whose ranges
        come from the evidence, and of tables with `key`, `low`, `high` and `range_of`, or with
        `key` and `among`. A key and the first day that a record speaks for, `key[2020-01-01]`,
        means all that record is about.
    scenario
        Whose keys are meant.

    Raises
    ------
    ScenarioError
        For every key that is unknown, has no range, has several records, is varied by another
        factor too, or has values that its range does not fit (dates and numbers).
    """
    if chosen == "uncertainties" or chosen == "assumptions" or chosen == "levers":
        return _by_role(chosen, scenario)
    factors: list[Factor] = []
    problems = []
    for entry in chosen:
        key = entry if isinstance(entry, str) else str(entry["key"])
        try:
            factor = _single(entry, scenario)
            _see_that_it_fits(factor, factors, scenario)
            factors.append(factor)
        except _UnclearError as error:
            problems.append(Problem("design.factors", key, str(error)))
    if problems:
        raise ScenarioError(problems)
    return factors


def balanced(scenario: Scenario, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Scale shares that must sum to one, where values drawn from ranges touch some of them.

    Shares that are drawn stay as they are, and the others make up the rest in their proportions.
    Only where all of them are drawn, which says their proportions and no more, are they scaled
    together. Drawn shares that leave no room for the others are left for the scenario to refuse.
    """
    now = _leaves(scenario)
    result = dict(changes)
    for group in _groups_that_sum_to_one(scenario):
        touched = [key for key in group if key in changes]
        if not touched or not all(isinstance(changes[key], int | float) for key in touched):
            continue
        others = [key for key in group if key not in changes]
        drawn, left = sum(result[key] for key in touched), sum(now[key] for key in others)
        if not others:
            result |= {key: result[key] / drawn for key in group if drawn > 0}
        elif left > 0 and drawn <= 1:
            result |= {key: now[key] * (1 - drawn) / left for key in others}
    return result


@lru_cache(maxsize=64)
def changed_from(base: Scenario, scenario: Scenario) -> frozenset[str]:
    """Return the dotted keys of all values that a base does not have, or has otherwise.

    Where values hang together (shares of one whole, parameters of one distribution), all of them
    count as changed if any is.
    """
    there, now = _leaves(base), _leaves(scenario)
    own = {key for key, value in now.items() if key not in there or there[key] != value}
    for group in _that_hang_together(scenario):
        if not own.isdisjoint(group):
            own.update(group)
    return frozenset(own)


class _UnclearError(Exception):
    """A factor that cannot be made out."""


def _by_role(chosen: Choice, scenario: Scenario) -> list[Factor]:
    """Return one factor for each record of a role that has a range and speaks for something."""
    return [
        _from_record(record, record.key)
        for record in _spoken_for(scenario)
        if _is_chosen(record, chosen)
    ]


def _is_chosen(record: Record, chosen: Choice) -> bool:
    if record.low is None:
        return False
    if chosen == "levers":
        return record.role == "lever"
    return record.role == "uncertainty" and (
        chosen == "uncertainties" or record.status == "assumption"
    )


def _single(entry: str | Mapping[str, Any], scenario: Scenario) -> Factor:
    """Make out one factor: from the name of a record's, a dotted key, or a range of its own."""
    for record in _spoken_for(scenario):
        if record.low is not None and entry == factor_label(record, record.key):
            return _from_record(record, record.key)
    key = entry if isinstance(entry, str) else str(entry["key"])
    if "@" in key:
        name = key.partition("@")[0]
        raise _UnclearError(
            "a factor varies the steps there are: name one by its first day, as in "
            f"{name}[2011-01-02]; from a day on, values change in a grid, at points, or in changes"
        )
    if not isinstance(entry, str) and "among" in entry:
        return _one_of(key, tuple(entry["among"]), scenario)
    targets = _at_or_below(scenario, key)
    if not targets:
        if any(_is_at_or_below(name, key) for name in _leaves(scenario)):
            raise _UnclearError("holds no number, switch or date that could vary")
        raise _UnclearError(unknown_key(_DAY.sub("", key)))
    if not isinstance(entry, str):
        return Factor(key, key, entry["low"], entry["high"], entry["range_of"] == "factor")
    ranged = [
        record
        for record, keys in _spoken_for(scenario).items()
        if record.low is not None and targets.keys() & keys.keys()
    ]
    if not ranged:
        raise _UnclearError("the evidence has no range for it: give low and high")
    if len(ranged) > 1:
        parts = ", ".join(sorted(_part(record, key) for record in ranged))
        raise _UnclearError(f"several records speak for parts of it: choose one of {parts}")
    return replace(_from_record(ranged[0], key), name=key)


def _one_of(key: str, among: tuple[Any, ...], scenario: Scenario) -> Factor:
    """Make out a factor that takes one of several values."""
    if key in WORDS:
        raise _UnclearError("is a word for a scenario, not a value that a point can change")
    if not any(_is_at_or_below(name, key) for name in _leaves(scenario)):
        raise _UnclearError(unknown_key(_DAY.sub("", key)))
    if not _alike(scenario, key, among):
        words = ", ".join(as_toml_value(value) for value in among)
        raise _UnclearError(f"holds nothing that could be one of {words}")
    return Factor(key, key, 0.0, 1.0, among=among)


def _see_that_it_fits(factor: Factor, others: Sequence[Factor], scenario: Scenario) -> None:
    """See that the range suits the values it is for, and that no other factor sets them."""
    targets = factor.targets(scenario)
    dates = [isinstance(now, date) for now in targets.values() if not factor.among]
    if isinstance(factor.low, date) and (factor.multiplies or not all(dates)):
        words = "are multiples" if factor.multiplies else "are dates, but not all it sets are dates"
        raise _UnclearError(f"low and high {words}: give two numbers")
    if not isinstance(factor.low, date) and any(dates):
        raise _UnclearError("low and high are numbers, but it sets a date: give two dates")
    for other in others:
        if both := targets.keys() & other.targets(scenario).keys():
            raise _UnclearError(f"{min(both)} is varied by {other.name} already")


def _part(record: Record, key: str) -> str:
    """Name what a record says of a key: the record's own key if that is narrower."""
    plain = _DAY.sub("", key)
    named = zip_longest(record.key.split("."), plain.split("."))
    own = ".".join(theirs if mine == "*" and theirs else mine for mine, theirs in named if mine)
    return factor_label(record, own if _is_at_or_below(own, plain) else key)


def _from_record(record: Record, key: str) -> Factor:
    assert record.low is not None
    assert record.high is not None
    multiplies = record.range_of == "factor"
    return Factor(factor_label(record, key), key, record.low, record.high, multiplies, record)


def factor_label(record: Record, key: str) -> str:
    """Name a factor by its key, and the first day it speaks for if it has one."""
    plain = _DAY.sub("", key)
    return plain if record.from_ is None else f"{plain}[{record.from_}]"


@lru_cache(maxsize=64)
def _leaves(scenario: Scenario) -> Mapping[str, Any]:
    return dict(scenario.leaves())


@lru_cache(maxsize=64)
def _settable(scenario: Scenario) -> Mapping[str, Any]:
    """Return the numbers, switches and dates that a factor can set, by dotted key."""
    return {
        key: value
        for key, value in _leaves(scenario).items()
        if isinstance(value, bool | int | float | date) and not key.endswith((".from", ".until"))
    }


@lru_cache(maxsize=64)
def _spoken_for(scenario: Scenario) -> Mapping[Record, Mapping[str, Any]]:
    """Return what each record of the evidence speaks for."""
    evidence = evidence_of_case(scenario)
    found: dict[Record, dict[str, Any]] = {}
    for key, value in _settable(scenario).items():
        record = evidence.of(key)
        if record is not None:
            found.setdefault(record, {})[key] = value
    return found


def _at_or_below(scenario: Scenario, key: str) -> Mapping[str, Any]:
    settable = _settable(scenario)
    return {name: value for name, value in settable.items() if _is_at_or_below(name, key)}


def _alike(scenario: Scenario, key: str, values: Sequence[Any]) -> Mapping[str, Any]:
    """Return what is at or below a key and of the kind of some values: words, numbers, ..."""
    kinds = {_kind(value) for value in values}
    return {
        name: now
        for name, now in _leaves(scenario).items()
        if _is_at_or_below(name, key)
        and not name.endswith((".from", ".until"))
        and kinds == {_kind(now)}
    }


def _kind(value: Any) -> type:
    """Return the kind of a value; whole and other numbers are of one kind."""
    return next((k for k in (bool, date, str) if isinstance(value, k)), float)


def _is_at_or_below(name: str, key: str) -> bool:
    """Tell whether a value lies at a key or below it; a key without days means all steps."""
    plain = name if "[" in key else _DAY.sub("", name)
    return plain == key or plain.startswith((f"{key}.", f"{key}["))


def _like(now: Any, wanted: Any) -> Any:
    """Give a wanted value the type of the present one."""
    if isinstance(now, bool):
        return bool(wanted >= 0.5)
    if isinstance(now, int) and not isinstance(wanted, date):
        return round(wanted)
    return float(wanted) if isinstance(now, float) else wanted


def _groups_that_sum_to_one(scenario: Scenario) -> list[list[str]]:
    mixtures = [
        [f"sentencing.{group}.{band}_share" for band in _SENTENCES]
        for group in ("eu_eea", "third_country")
    ]
    parole = [
        [f"sentencing.parole[{rule.from_}].{part}_share" for part in _PAROLE]
        for rule in scenario.sentencing.parole
    ]
    inflow = [f"origins.{name}.inflow_share" for name in scenario.origins if name != EU_ORIGIN]
    return [*mixtures, *parole, inflow]


def _that_hang_together(scenario: Scenario) -> Iterator[list[str]]:
    """Yield the keys of values that mean something only together."""
    yield from _groups_that_sum_to_one(scenario)
    yield [f"sentencing.special.{name}_share" for name in ("preventive_custody", "life")]
    keys = list(_leaves(scenario))
    parents = [key.removesuffix("kind") for key in keys if key.endswith(".kind")]
    named = ("unsuitable_shares", "exclusions", "host_refusal.shares")
    for parent in (*(f"transfer.{name}." for name in named), *parents):
        yield [key for key in keys if key.startswith(parent)]
