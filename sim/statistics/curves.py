"""One survival curve per replication: their mean with its interval, and how long stays last.

The replication is the unit. People within one share flights, hands and the luck of the world, so
that Greenwood's variance, which takes them for independent, is too small; between replications
there is no such tie. So each replication gives one curve, and at every day Student's t over the
values of the curves gives the interval of their mean.

A quantile is one number of each replication, too, and what is told is its mean over replications:
what to expect of one future, as of any other outcome. A replication in which a share has not left
by the end of follow-up has no such number, but is known to have a large one: leaving it out would
leave out the longest stays. Where that happens the median over replications is told instead, which
a few large ones do not move, without an interval; where it happens in half of them, nothing is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sim.statistics.arrays import Floats
from sim.statistics.intervals import LEVEL, estimate, moments
from sim.statistics.survival import SurvivalCurve, area_under, first_time_at


@dataclass(frozen=True, eq=False)
class Curve:
    """A survival curve of one replication, in no more numbers than it takes to draw it."""

    days: Floats
    """Days at which it falls, strictly increasing, shape (m,)."""
    inside: Floats
    """Share still inside from then on, shape (m,)."""
    followed: float
    """Days up to which it is known; infinite if everyone has left."""
    spells: int
    still_inside: int
    """Of these, not ended at the horizon."""

    @classmethod
    def of(cls, curve: SurvivalCurve, spells: int) -> Curve:
        """Keep what is needed of an estimated curve."""
        falls = curve.events > 0
        gone = curve.survival[-1] == 0
        return cls(
            days=curve.time[falls],
            inside=curve.survival[falls],
            followed=float("inf") if gone else curve.last_time,
            spells=spells,
            still_inside=spells - int(curve.events.sum()),
        )

    def at(self, days: Floats) -> Floats:
        """Share still inside after some days; NaN beyond what was followed."""
        rows = np.searchsorted(self.days, days, side="right")
        inside = np.concatenate(([1.0], self.inside))[rows]
        return np.where(days <= self.followed, inside, np.nan)

    def restricted_mean(self, limit: float) -> float:
        """Mean days, longer ones counted as `limit`; NaN if not followed that far."""
        if limit > self.followed:
            return float("nan")
        return area_under(self.days, self.inside, limit)

    def quantile(self, share: float) -> float:
        """Days after which a share has left; infinite if it has not while anyone was followed."""
        return first_time_at(self.days, self.inside, share)


@dataclass(frozen=True, eq=False)
class Band:
    """Mean of curves with its interval, at some days; arrays of shape (number of days,)."""

    mean: Floats
    low: Floats
    high: Floats
    """Within 0 and 1; NaN where too few curves are followed for an interval."""
    followed: Floats
    """Number of curves followed so far: the mean is over these."""


def band(curves: Sequence[Curve], days: Floats, level: float = LEVEL) -> Band:
    """Return the mean of one curve per replication, with Student-t intervals day by day.

    Parameters
    ----------
    curves
        One for each replication that has any spells.
    days
        Days since the start of a spell, shape (n,).
    level
        Share of intervals that cover the true mean, at each day by itself.

    Raises
    ------
    ValueError
        If there is no curve, or `level` is no share between 0 and 1.
    """
    if not curves:
        raise ValueError("there is no curve to take the mean of")
    found = moments(np.stack([curve.at(days) for curve in curves], axis=1), level)
    low, high = found.mean - found.half_width, found.mean + found.half_width
    return Band(found.mean, np.clip(low, 0, 1), np.clip(high, 0, 1), found.number.astype(float))


@dataclass(frozen=True)
class Quantile:
    """Days after which a share of stays has ended, over replications."""

    days: float
    """The mean over replications, if all reach it; their median, if more than half do; else
    infinite. NaN if there is no replication."""
    half: float | None
    """Half-width of the mean's interval; None if not all reach it, or too few replications."""
    reached: int
    """Replications in which the share has ended while anyone was followed."""


def quantile_over(days: ArrayLike, level: float = LEVEL) -> Quantile:
    """Return how long stays last, from a quantile of each replication.

    Parameters
    ----------
    days
        One for each replication that has such stays, shape (n,); infinite where it is not reached.
    level
        Share of intervals that cover the true mean.

    Raises
    ------
    ValueError
        If `level` is no share between 0 and 1.
    """
    known = np.asarray(days, float)
    reached = int(np.isfinite(known).sum())
    if reached == len(known):
        found = estimate(known, level)
        return Quantile(found.mean, found.half, reached)
    if 2 * reached <= len(known):
        return Quantile(float("inf"), None, reached)
    return Quantile(float(np.median(known)), None, reached)
