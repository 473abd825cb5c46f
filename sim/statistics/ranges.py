"""Ranges over draws: the middle, and between which two values nine further draws in ten fall.

Quantiles lie at Weibull's positions, p (n + 1) of the order statistics. A further draw then falls
inside with the probability that the range states, whatever the distribution, as soon as there are
enough draws (`FEWEST`); a range of fewer is from the lowest to the highest, and holds less.

References
----------
Hyndman and Fan (1996), The American Statistician 50: 361-365, definition 6.
Wilks (1941), Annals of Mathematical Statistics 12: 91-96, on prediction by order statistics.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sim.statistics.arrays import Floats

#: Share of further draws that fall inside a range.
INSIDE = 0.90
#: Fewest draws of which a range holds that share; from fewer it is lowest to highest.
FEWEST = 19


@dataclass(frozen=True)
class Range:
    """The middle of draws, and the range in which a further one falls with probability `INSIDE`."""

    middle: float
    """Median; NaN if there is no draw."""
    low: float
    high: float
    number: int
    """Draws in which the quantity exists."""

    @property
    def is_one_value(self) -> bool:
        """Whether all draws agree."""
        return self.low == self.high

    @property
    def inside(self) -> float:
        """Probability that a further draw falls inside: less than `INSIDE` of few draws."""
        if self.number >= FEWEST:
            return INSIDE
        return max(self.number - 1, 0) / (self.number + 1)


def range_of(values: ArrayLike) -> Range:
    """Return the range of some draws; those that are NaN do not exist.

    Parameters
    ----------
    values
        One value a draw, shape (draws,).
    """
    there = np.asarray(values, float)
    there = there[~np.isnan(there)]
    if not len(there):
        return Range(np.nan, np.nan, np.nan, 0)
    low, middle, high = quantiles(there)
    return Range(float(middle), float(low), float(high), len(there))


def quantiles(values: ArrayLike, axis: int = 0) -> Floats:
    """Return low end, middle and high end of draws along an axis; shape (3, ...).

    Parameters
    ----------
    values
        Draws without NaN.
    axis
        The axis of the draws.
    """
    tail = (1 - INSIDE) / 2
    draws = np.asarray(values, float)
    return np.asarray(np.quantile(draws, [tail, 0.5, 1 - tail], axis=axis, method="weibull"))
