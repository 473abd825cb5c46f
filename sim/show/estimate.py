"""Means over replications and their intervals; differences paired by replication."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

#: Share of intervals that cover the true mean.
CONFIDENCE = 0.95
#: Fewest replications of which an interval is given: from fewer, its width says next to nothing.
FEWEST_FOR_INTERVAL = 5
#: Differences up to this share of the values are rounding, not difference.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Estimate:
    """A mean over replications, with the half-width of its confidence interval."""

    mean: float
    """NaN if no replication has a value."""
    half: float | None
    """None if fewer than `FEWEST_FOR_INTERVAL` replications have a value."""
    number: int
    """Replications that have a value."""
    exact: bool = False
    """Of a difference: zero in every replication."""
    judged: bool | None = None
    """Of a difference: whether it is told from chance, allowing for all comparisons shown."""

    @property
    def told(self) -> bool:
        """Whether the interval leaves out zero (without one, nothing can be told)."""
        if self.judged is not None:
            return self.judged
        return self.half is not None and not self.exact and abs(self.mean) > self.half


def estimate(values: ArrayLike) -> Estimate:
    """Return mean and Student-t half-width; missing values (NaN) do not count.

    Parameters
    ----------
    values
        One value per replication; replications are independent.
    """
    from scipy.special import stdtrit

    known = np.asarray(values, float)
    known = known[np.isfinite(known)]
    number = len(known)
    mean = float(known.mean()) if number else float("nan")
    if number < FEWEST_FOR_INTERVAL:
        return Estimate(mean, None, number)
    quantile = float(stdtrit(number - 1, (1 + CONFIDENCE) / 2))
    half = quantile * float(known.std(ddof=1)) / sqrt(number)
    return Estimate(mean, half if half > _ROUNDING * abs(mean) else 0.0, number)


def paired(values: ArrayLike, base: ArrayLike) -> Estimate:
    """Return the mean difference from a base, replication by replication.

    Parameters
    ----------
    values, base
        One value per replication, in the same order and from the same seed, so that both are
        about the same people; pairs in which one is missing do not count.
    """
    ours, theirs = np.asarray(values, float), np.asarray(base, float)
    number = min(len(ours), len(theirs))
    ours, theirs = ours[:number], theirs[:number]
    known = np.isfinite(ours) & np.isfinite(theirs)
    difference = ours[known] - theirs[known]
    size = np.maximum(np.abs(ours[known]), np.abs(theirs[known]))
    difference[np.abs(difference) <= _ROUNDING * size] = 0.0
    found = estimate(difference)
    exact = bool(len(difference)) and not difference.any()
    return Estimate(found.mean, found.half, found.number, exact)
