"""What one number of the page tells: the middle, its range in words, and the range as a bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.language import mark, tr
from sim.numbers import MISSING, decimals_for, grouped, points, with_sign
from sim.results.outcomes import OUTCOMES
from sim.show.facts.data import outcome
from sim.show.facts.ranges import (
    chance_difference_range,
    chance_range,
    change_of,
    outcome_range,
    paired_differences,
)
from sim.show.words.amounts import unit as currency_of
from sim.statistics.intervals import estimate
from sim.statistics.pairs import difference
from sim.statistics.ranges import FEWEST, INSIDE, Range

if TYPE_CHECKING:
    from sim.experiment.replications import Replications
    from sim.show.facts.data import Floats

_KNOWN = {one.name: one for one in OUTCOMES}
#: Units as they stand behind a number, of a value and of a difference.
_UNITS = {
    "share": ("%", mark("percentage points")),
    "days": (mark("days"), mark("days")),
    "persons": (mark("people"), mark("people")),
    "places": (mark("places"), mark("places")),
}


@dataclass(frozen=True)
class Bar:
    """A range as it is drawn: positions from 0 to 100."""

    low: float
    high: float
    middle: float
    zero: float | None
    """Where nothing changes, of a difference."""
    chance: tuple[float, float] | None
    """The range of chance alone, where it is known."""


@dataclass(frozen=True)
class Told:
    """A number with its range, as the page tells it."""

    number: str
    unit: str
    words: str
    """The range in words."""
    bar: Bar | None = None
    middle: float = np.nan
    low: float = np.nan
    high: float = np.nan

    @property
    def known(self) -> bool:
        """Whether there is a number."""
        return bool(np.isfinite(self.middle))

    same: bool = False
    """Whether nothing changes, or so little in whatever draw that it is written as zero."""


def told_value(r: Replications, name: str) -> Told:
    """Tell an outcome of one scenario."""
    return _told(r, name, outcome(r, name), chance_range(r, name), sign=False)


def told_difference(base: Replications, other: Replications, name: str) -> Told:
    """Tell what a scenario changes in an outcome, paired: the same assumptions, people and luck."""
    alone = chance_difference_range(base, other, name)
    return _told(other, name, paired_differences(base, other, name), alone, sign=True)


def _told(r: Replications, name: str, values: Floats, alone: Range, *, sign: bool) -> Told:
    known = _KNOWN[name].unit
    unit, factor = _unit(r, known, sign=sign)
    if not np.isfinite(values).any():
        return Told(MISSING, "", tr("Does not exist there."))
    if r.drawn:
        found = change_of(values) if sign else outcome_range(r, name)
        ends = [factor * end for end in (found.middle, found.low, found.high)]
    else:
        mean = difference(values, 0.0 * values) if sign else estimate(values)
        half = mean.half or 0.0
        ends = [factor * end for end in (mean.mean, mean.mean - half, mean.mean + half)]
    decimals = decimals_for(ends[2] - ends[1] or abs(ends[0]))
    write = with_sign if sign else grouped
    middle, low, high = (write(end, decimals) for end in ends)
    chance = (factor * alone.low, factor * alone.high) if alone.number > 1 else None
    if not r.drawn:
        chance = ends[1], ends[2]
    if sign and not any(text.strip("0.,+\N{MINUS SIGN}") for text in (middle, low, high)):
        same = _same_words(ends, drawn=r.drawn)
        return Told(grouped(0), unit, same, None, ends[0], ends[1], ends[2], same=True)
    if r.drawn:
        words = _range_words(found, low, high)
    elif mean.half is None:
        words = tr("Too few replications for an interval.")
    else:
        words = tr("± {half}, chance alone", half=grouped(ends[2] - ends[0], decimals))
    bar = _bar(ends, chance, sign=sign)
    return Told(middle, unit, words, bar, ends[0], ends[1], ends[2])


def _unit(r: Replications, unit: str, *, sign: bool) -> tuple[str, float]:
    """Return the unit as it is written, and what a number is multiplied with for it."""
    if unit in ("EUR", "EUR million"):
        currency, rate = currency_of(r.scenario.costs)
        if unit == "EUR":
            return currency, rate
        return tr("{currency} million", currency=currency), rate
    value, change = _UNITS.get(unit, (unit, unit))
    return tr(change if sign else value), 100.0 if unit == "share" else 1.0


def _same_words(ends: list[float], *, drawn: bool) -> str:
    """Say that nothing changes, or next to nothing."""
    if any(ends):
        return tr("About the same in every draw.") if drawn else tr("About the same.")
    return tr("The same in every draw.") if drawn else tr("The same in every replication.")


def _range_words(found: Range, low: str, high: str) -> str:
    """Say between which two values draws lie."""
    if found.is_one_value:
        return tr("The same in every draw.")
    if low == high:
        return tr("About the same in every draw.")
    if found.number < FEWEST:
        return tr("{low} to {high}: lowest and highest of {draws} draws",
                  low=low, high=high, draws=grouped(found.number))  # fmt: skip
    return tr("{low} to {high} in {inside} of draws", low=low, high=high, inside=points(INSIDE))


def _bar(ends: list[float], chance: tuple[float, float] | None, *, sign: bool) -> Bar | None:
    """Lay out a range on a line that holds all of it, and zero."""
    middle, low, high = ends
    marks = [low, high, 0.0, *(chance or ())]
    least, most = min(marks), max(marks)
    if low == high or not most > least:
        return None

    def at(value: float) -> float:
        return round(float(2 + 96 * (value - least) / (most - least)), 1)

    inner = (at(chance[0]), at(chance[1])) if chance else None
    return Bar(at(low), at(high), at(middle), at(0.0) if sign else None, inner)
