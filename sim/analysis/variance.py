"""Two kinds of uncertainty: chance, between replications, and ignorance, between points.

An outcome is a function of the parameters, which nobody knows, and of luck. Over a sample of points
its variance has two parts (law of total variance):

- **ignorance**: the variance, over points, of what is expected at each; more replications do not
  make it smaller, better evidence does;
- **chance**: the mean, over points, of the variance between replications; what would still be
  unknown of one future if every parameter were known.

Replications of one number have the same luck at all points: the layout is crossed, points by
replications, and not nested. The nested analysis of variance would then count luck that all points
share against ignorance. Here chance is the mean variance within points, and ignorance the mean
covariance, over points, of two different replications. Both are free of bias, whatever luck and
parameters do together; the second equals the component of the crossed analysis of variance,
(mean square of points - residual mean square) / replications. It can come out below zero when it
is small: it is then shown as zero, and marked.

References
----------
Searle, Casella & McCulloch (1992), Variance Components, Wiley: chapter 4.
Sun, Apley & Staum (2011), Operations Research 59: 998-1007 (nested simulation, and its bias).
Efron & Stein (1981), Annals of Statistics 9: 586-596 (the jackknife).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.layout import SAMPLES, Layout
from sim.analysis.responses import Response, responses
from sim.analysis.student import LEVEL
from sim.analysis.tables import Floats

if TYPE_CHECKING:
    import pandas as pd

#: Fewest points, and fewest replications of each, from which an interval is given.
FEWEST_POINTS, FEWEST_REPLICATIONS = 10, 5


def two_kinds(
    table: pd.DataFrame,
    design: pd.DataFrame,
    layout: Layout,
    outcomes: Sequence[str] | None = None,
    reference: str | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Tell chance and ignorance apart in outcomes, or in paired differences.

    Parameters
    ----------
    table
        Long table: scenario, point, replication, outcome, value.
    design
        One row a point: point, name, and a column for every factor.
    layout
        Of a sample (`latin_hypercube` or `sobol`, of which the independent points count): what
        spreads over other designs is no ignorance.
    outcomes
        Which outcomes; all by default.
    reference
        Scenario from which paired differences are taken; values if None.
    level
        Share of intervals that cover the true share.

    Returns
    -------
    DataFrame
        Columns: scenario, reference, outcome, mean (over all), chance, ignorance (variances),
        clipped (ignorance came out below zero), chance_sd, ignorance_sd (standard deviations),
        ignorance_share (of the sum of both), low, high (its interval, by the jackknife over points
        and over replications; missing with fewer than `FEWEST_REPLICATIONS` replications or
        `FEWEST_POINTS` points), points, replications (that count: points that have a value in every
        replication that most points have), left_out (points that do not).

    Raises
    ------
    UnsuitableDesign
        If the design is no sample.
    UnusableTable, UnknownOutcome, UnknownReference, NothingInCommon, DifferentSeeds
        As in `sim.analysis.paired.paired`.
    """
    import pandas as pd

    layout.require(*SAMPLES)
    rows = layout.independent(design)
    found = [
        response.labels | _apart(response, response.values[rows], level)
        for response in responses(table, design, outcomes, reference)
    ]
    return pd.DataFrame(found, columns=COLUMNS)


COLUMNS = [
    "scenario", "reference", "outcome", "mean", "chance", "ignorance", "clipped", "chance_sd",
    "ignorance_sd", "ignorance_share", "low", "high", "points", "replications", "left_out",
]  # fmt: skip


def _apart(response: Response, values: Floats, level: float) -> dict[str, Any]:
    whole = crossed(values)
    chance, ignorance = components(whole)
    kept = max(ignorance, 0.0) if ignorance == ignorance else np.nan
    low, high = share_interval(whole, level)
    return {
        "mean": float(whole.mean()) if whole.size else np.nan,
        "chance": chance,
        "ignorance": kept,
        "clipped": bool(ignorance < 0),
        "chance_sd": float(np.sqrt(chance)),
        "ignorance_sd": float(np.sqrt(kept)),
        "ignorance_share": share(whole),
        "low": low,
        "high": high,
        "points": len(whole),
        "replications": whole.shape[1],
        "left_out": int(np.sum(~np.isnan(values).all(axis=1))) - len(whole),
    }


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
    from scipy.special import stdtrit

    points, replications = values.shape
    if points < FEWEST_POINTS or replications < FEWEST_REPLICATIONS or np.isnan(share(values)):
        return np.nan, np.nan
    variances = [_jackknife(share, values, axis) for axis in (0, 1)]
    freedom = min(points, replications) - 1
    half = float(stdtrit(freedom, (1 + level) / 2) * np.sqrt(sum(variances)))
    middle = share(values)
    return max(0.0, middle - half), min(1.0, middle + half)


def _jackknife(measure: Callable[[Floats], float], values: Floats, axis: int) -> float:
    """Return the jackknife's variance of a measure, leaving out one row or column at a time."""
    number = values.shape[axis]
    without = [measure(np.delete(values, n, axis)) for n in range(number)]
    return float((number - 1) * np.var(without))
