"""Components of variance: chance, between replications, and ignorance, between points.

The layout is crossed, points by replications: column k has the same luck at all points. The nested
analysis of variance would count luck that all points share against ignorance. Here chance is the
mean variance within points, and ignorance the mean covariance, over points, of two different
replications. Both are free of bias, whatever luck and points do together; the second equals the
component of the crossed analysis of variance, (mean square of points - residual mean square) /
replications. It can come out below zero when it is small.

References
----------
Searle, Casella & McCulloch (1992), Variance Components, Wiley: chapter 4.
Sun, Apley & Staum (2011), Operations Research 59: 998-1007 (nested simulation, and its bias).
Efron & Stein (1981), Annals of Statistics 9: 586-596 (the jackknife).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.statistics.arrays import Floats
from sim.statistics.intervals import t_quantile

#: Fewest points, and fewest replications of each, from which an interval is given.
FEWEST_POINTS, FEWEST_REPLICATIONS = 10, 5


def crossed(values: Floats) -> Floats:
    """Return the points that have a value in every replication that at least half of them have."""
    known = ~np.isnan(values)
    there = values[known.any(axis=1)]
    wide = there[:, (~np.isnan(there)).mean(axis=0) >= 0.5] if len(there) else there
    return np.asarray(wide[~np.isnan(wide).any(axis=1)])


def components(values: Floats) -> tuple[float, float]:
    """Return the variances due to chance and to ignorance, without bias.

    Parameters
    ----------
    values
        Shape (points, replications), without gaps; column k has the same luck at all points.

    Returns
    -------
    chance, ignorance
        The mean variance within points; the mean covariance over points of two replications, which
        can be below zero. NaN with fewer than two points or two replications.
    """
    points, replications = values.shape
    if points < 2 or replications < 2:
        return np.nan, np.nan
    chance = float(np.mean(np.var(values, axis=1, ddof=1)))
    apart = values - values.mean(axis=0)
    # The sum over all pairs of replications, less that of each with itself.
    of_sums = np.sum(apart.sum(axis=1) ** 2)
    ignorance = (of_sums - np.sum(apart**2)) / ((points - 1) * replications * (replications - 1))
    return chance, float(ignorance)


def share(values: Floats) -> float:
    """Return the share of the variance that ignorance explains; NaN where nothing varies."""
    chance, ignorance = components(values)
    total = chance + max(ignorance, 0.0)
    return max(ignorance, 0.0) / total if total > 0 else np.nan


def share_interval(values: Floats, level: float) -> tuple[float, float]:
    """Return an interval of the share, with the doubt from few points and from few replications."""
    points, replications = values.shape
    if points < FEWEST_POINTS or replications < FEWEST_REPLICATIONS or np.isnan(share(values)):
        return np.nan, np.nan
    variances = [_jackknife(share, values, axis) for axis in (0, 1)]
    freedom = min(points, replications) - 1
    half = float(t_quantile(freedom, level) * np.sqrt(sum(variances)))
    middle = share(values)
    return max(0.0, middle - half), min(1.0, middle + half)


def _jackknife(measure: Callable[[Floats], float], values: Floats, axis: int) -> float:
    """Return the jackknife's variance of a measure, leaving out one row or column at a time."""
    number = values.shape[axis]
    without = [measure(np.delete(values, n, axis)) for n in range(number)]
    return float((number - 1) * np.var(without))
