"""Amounts in sentences: the number, and beside it how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, isfinite, log10
from typing import TYPE_CHECKING

import numpy as np

from sim.language import tr
from sim.numbers import grouped, with_sign
from sim.show.facts.data import Floats, outcome
from sim.show.facts.ranges import change_of
from sim.statistics.pairs import difference, differences
from sim.statistics.ranges import range_of

if TYPE_CHECKING:
    from sim.experiment.replications import Replications

#: Differences up to this share of what is compared count as none, where they are told in words.
NEXT_TO_NOTHING = 0.002


@dataclass(frozen=True)
class Amount:
    """A quantity, or a difference, as it stands in a sentence."""

    middle: float
    """Middle of draws, or mean of replications; NaN if there is none."""
    low: float
    high: float
    """Ends of the range over draws, or of the interval over replications; NaN if there is none."""
    drawn: bool
    exact: bool = False
    """Whether it is zero in every draw or replication."""
    least: float = 0.0
    """Size from which it is worth a word."""

    @property
    def exists(self) -> bool:
        """Whether there is anything to tell."""
        return isfinite(self.middle)

    @property
    def is_nothing(self) -> bool:
        """Whether it is zero, or too small to be worth a word, all along its range."""
        ends = [abs(end) for end in (self.middle, self.low, self.high) if isfinite(end)]
        return self.exact or max(ends, default=0.0) <= self.least

    @property
    def is_one_way(self) -> bool:
        """Whether its range lies on one side of zero."""
        known = isfinite(self.low) and isfinite(self.high)
        return not known or self.low >= 0 or self.high <= 0

    def in_points(self) -> Amount:
        """Return a difference of shares in percentage points."""
        middle, low, high = (100 * one for one in (self.middle, self.low, self.high))
        return Amount(middle, low, high, self.drawn, self.exact, 100 * self.least)

    def written(
        self, *, share: bool = False, sign: bool = False, decimals: int | None = None
    ) -> str:
        """Return the number and how sure it is: `117 (78 to 183)`, or of replications `193 ± 4`.

        Parameters
        ----------
        share
            Whether it is a share, written as per cent.
        sign
            Whether to write the sign; without it a difference is told by its size.
        """
        factor = 100.0 if share else 1.0
        middle, low, high = (factor * one for one in (self.middle, self.low, self.high))
        decimals = fitting(middle, high - low)
        decimals = min(decimals, 1) if share else decimals
        if not sign and self.is_one_way and middle < 0:
            middle, low, high = -middle, -high, -low

        def text(number: float) -> str:
            rounded, shown = round(number, decimals), max(decimals, 0)
            if sign or not self.is_one_way:
                return with_sign(rounded, shown)
            return grouped(rounded, shown)

        unit = " %" if share else ""
        if not (isfinite(low) and isfinite(high)) or text(low) == text(high):
            return text(middle) + unit
        if self.drawn:
            return tr("{middle}{unit} ({low} to {high})", middle=text(middle), low=text(low),
                      high=text(high), unit=unit)  # fmt: skip
        half = round((high - low) / 2, decimals)
        return f"{text(middle)} ± {grouped(half, max(decimals, 0))}{unit}"


def fitting(middle: float, width: float) -> int:
    """Return as many decimals as a number of this size, this sure, is worth reading with.

    Below zero of large numbers: three digits of the width are enough.
    """
    size = width if isfinite(width) and width > 0 else abs(middle)
    if size >= 1000:
        return 2 - floor(log10(size))
    return 0 if size >= 5 or not size else 1 if size >= 0.5 else 2


def amount(r: Replications, name: str) -> Amount:
    """Return an outcome of a scenario."""
    return amount_of(outcome(r, name), drawn=r.drawn)


def change(base: Replications, other: Replications, name: str) -> Amount:
    """Return what another scenario changes in an outcome, paired by draw or replication."""
    ours, theirs = outcome(other, name), outcome(base, name)
    sizes = np.abs(np.concatenate([ours, theirs]))
    known = sizes[np.isfinite(sizes)]
    least = NEXT_TO_NOTHING * float(np.median(known)) if len(known) else 0.0
    return change_amount(differences(ours, theirs), drawn=base.drawn, least=least)


def amount_of(values: Floats, *, drawn: bool) -> Amount:
    """Return a quantity from its values, one a draw or replication; NaN where it does not exist."""
    if drawn:
        found = range_of(values)
        return Amount(found.middle, found.low, found.high, drawn=True)
    return change_amount(values, drawn=False)


def change_amount(values: Floats, *, drawn: bool, least: float = 0.0) -> Amount:
    """Return a difference from its values, one a draw or replication; NaN where there is none."""
    if drawn:
        found = change_of(values)
        return Amount(found.middle, found.low, found.high, True, found.exact, least)
    known = values[np.isfinite(values)]
    if not len(known):
        return Amount(np.nan, np.nan, np.nan, drawn=False)
    mean = difference(known, np.zeros(len(known)))
    half = np.nan if mean.half is None else mean.half
    return Amount(mean.mean, mean.mean - half, mean.mean + half, False, mean.exact, least)


def sentences_of(parts: Sequence[str]) -> list[str]:
    """Return the sentences that there are."""
    return [part for part in parts if part]
