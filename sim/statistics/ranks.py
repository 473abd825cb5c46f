"""Rank correlation over a sample, and what of it chance alone would give.

References
----------
Conover & Iman (1981), The American Statistician 35: 124-129 (ranks in place of values).
Zar (1972), Journal of the American Statistical Association 67: 578-580 (the t approximation).
"""

from __future__ import annotations

import numpy as np

from sim.statistics.arrays import Floats, Integers
from sim.statistics.intervals import ROUNDING

#: Fewest points from which a rank correlation is told.
FEWEST_POINTS = 10


def varies(values: Floats) -> bool:
    """Tell whether values differ by more than rounding; missing ones (NaN) do not count."""
    known = values[~np.isnan(values)]
    return bool(len(known)) and bool(np.ptp(known) > ROUNDING * np.abs(known).max())


def rank_correlation(x: Floats, y: Floats) -> tuple[float, int]:
    """Return Spearman's rank correlation of two columns, and the points that it is over.

    Parameters
    ----------
    x, y
        Values at the same points, shape (n,); points at which either is missing (NaN) do not count.

    Returns
    -------
    correlation, points
        The correlation is NaN if fewer than `FEWEST_POINTS` points count, or if either does not
        vary over them.
    """
    from scipy.stats import rankdata

    known = ~np.isnan(x) & ~np.isnan(y)
    points = int(known.sum())
    if points < FEWEST_POINTS or not (varies(x[known]) and varies(y[known])):
        return float("nan"), points
    return _correlation(rankdata(x[known]), rankdata(y[known])), points


def chance_of(correlation: Floats, points: Integers) -> Floats:
    """Return the chance of a rank correlation of at least this size if there is no relation.

    Parameters
    ----------
    correlation
        From -1 to 1, or NaN, shape (n,).
    points
        Points that each is over, shape (n,): those at which the outcome exists, not those of the
        whole design.

    Returns
    -------
    float array, shape (n,)
        Two-sided, from Student's t with two degrees of freedom less than points.
    """
    from scipy.special import stdtr

    inside = np.clip(1 - correlation**2, 1e-300, None)
    freedom = np.maximum(points - 2, 1)
    return np.asarray(2 * stdtr(freedom, -np.abs(correlation) * np.sqrt(freedom / inside)))


def largest_by_chance(points: int, number: int, share: float = 0.5) -> float:
    """Return what the largest of many correlations stays under by chance alone.

    Parameters
    ----------
    points
        Points that the correlations are over.
    number
        Independent correlations, none of which has anything behind it.
    share
        Share of samples in which the largest, in size, stays under what is returned.
    """
    from scipy.special import stdtrit

    alone = 1 - share ** (1 / number)  # Šidák: the chance of one that large
    size = -float(stdtrit(points - 2, alone / 2))
    return size / float(np.hypot(size, np.sqrt(points - 2)))


def _correlation(x: Floats, y: Floats) -> float:
    """Pearson's correlation by plain sums: libraries of linear algebra round as processors do."""
    x, y = x - x.mean(), y - y.mean()
    return float(np.sum(x * y) / np.sqrt(np.sum(x**2) * np.sum(y**2)))
