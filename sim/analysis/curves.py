"""One survival curve per replication: their mean, its interval, and the quantiles it gives.

The replication is the unit. People within one share flights, hands and the luck of the world, so
that Greenwood's variance, which takes them for independent, is too small; between replications
there is no such tie. So each replication gives one curve, and at every day Student's t over the
values of the curves gives the interval of their mean.

A quantile is where the mean curve falls to a share, and its interval holds the days at which the
interval of the mean curve still contains that share (Brookmeyer & Crowley 1982, with the variance
between replications in place of Greenwood's). The mean of the quantiles of single replications
would not do: one in which less than half have left by the horizon has no median, and leaving it out
would leave out the longest stays.

References
----------
Brookmeyer & Crowley (1982), Biometrics 38: 29-41.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.student import LEVEL, moments
from sim.analysis.tables import Floats
from sim.results.survival import SurvivalCurve

#: Days looked at in each round of the search for a crossing.
_LOOKS = 200
#: Rounding allowed when a mean of curves is compared with a share.
_TIE = 1e-9


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
        within = self.days[self.days < limit]
        edges = np.concatenate(([0.0], within, [limit]))
        heights = np.concatenate(([1.0], self.inside[: len(within)]))
        return float(np.sum(np.diff(edges) * heights))


@dataclass(frozen=True, eq=False)
class Band:
    """Mean of curves with its interval, at some days; arrays of shape (number of days,)."""

    mean: Floats
    low: Floats
    high: Floats
    """Within 0 and 1; NaN where fewer than two curves are followed."""
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
    """Days after which a share has left."""

    days: float | None
    """None if the mean curve does not fall so far while it is followed."""
    low: float | None
    high: float | None
    """None if there is no such end: fewer than two curves, or the interval is open upwards."""
    followed: int
    """Curves followed to that day (to the last day known, if it is not reached)."""


def quantile(curves: Sequence[Curve], share: float, level: float = LEVEL) -> Quantile:
    """Return the days after which a share has left, with its interval.

    Parameters
    ----------
    curves
        One for each replication that has any spells.
    share
        Share that has left, above 0 and below 1.
    level
        Share of intervals that cover the true quantile.

    Raises
    ------
    ValueError
        If there is no curve, `share` or `level` is no share between 0 and 1.
    """
    if not 0 < share < 1:
        raise ValueError(f"{share} is not a share above 0 and below 1")
    inside = 1 - share
    days = _first(curves, "mean", inside, level)
    several = len(curves) > 1
    last = _last_day(curves) if days is None else days
    return Quantile(
        days=days,
        low=_first(curves, "low", inside, level) if several else None,
        high=_first(curves, "high", inside, level) if several else None,
        followed=int(band(curves, np.array([last]), level).followed[0]),
    )


def _first(curves: Sequence[Curve], line: str, inside: float, level: float) -> float | None:
    """Return the first day on which a line of the band has fallen to a share.

    The line is a step function, so that this is a day on which a curve falls. Of the many there
    are, some are looked at, and then those between the last above and the first below.
    """
    above, below = -1.0, None
    while len(days := _falls(curves, above, below)):
        looked = days[:: max(1, len(days) // _LOOKS)]
        reached = getattr(band(curves, looked, level), line) <= inside * (1 + _TIE)
        first = int(np.argmax(reached)) if reached.any() else len(looked)
        below = float(looked[first]) if first < len(looked) else below
        if first == 0:
            break
        above = float(looked[first - 1])
    return below


def _falls(curves: Sequence[Curve], above: float, below: float | None) -> Floats:
    """Return the days between two days, both left out, on which any curve falls."""
    parts = []
    for curve in curves:
        first = np.searchsorted(curve.days, above, side="right")
        last = len(curve.days) if below is None else np.searchsorted(curve.days, below)
        parts.append(curve.days[first:last])
    return np.unique(np.concatenate(parts))


def _last_day(curves: Sequence[Curve]) -> float:
    """Return the last day on which any curve falls; 0 if none ever does."""
    return max((float(curve.days[-1]) for curve in curves if len(curve.days)), default=0.0)
