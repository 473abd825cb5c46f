"""Two kinds of uncertainty: chance, between replications, and ignorance, between points.

An outcome is a function of the parameters, which nobody knows, and of luck. Over a sample of points
its variance has two parts (law of total variance):

- **ignorance**: the variance, over points, of what is expected at each; more replications do not
  make it smaller, better evidence does;
- **chance**: the mean, over points, of the variance between replications; what would still be
  unknown of one future if every parameter were known.

Replications of one number have the same luck at all points: the layout is crossed, and
`sim.statistics.components` tells the two apart. Ignorance can come out below zero when it is small:
it is then shown as zero, and marked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.sensitivity.layout import SAMPLES
from sim.analysis.sensitivity.responses import Response
from sim.analysis.sensitivity.sample import Sample
from sim.analysis.tables import Floats
from sim.statistics.components import components, crossed, share, share_interval

if TYPE_CHECKING:
    import pandas as pd


def two_kinds(question: Sample) -> pd.DataFrame:
    """Tell chance and ignorance apart in outcomes, or in paired differences.

    Parameters
    ----------
    question
        About a sample (`latin_hypercube` or `sobol`, of which the independent points count): what
        spreads over other designs is no ignorance. Its level is that of the interval of the share.

    Returns
    -------
    DataFrame
        Columns: scenario, reference, outcome, mean (over all), chance, ignorance (variances),
        clipped (ignorance came out below zero), chance_sd, ignorance_sd (standard deviations),
        ignorance_share (of the sum of both), low, high (its interval, by the jackknife over points
        and over replications; missing with fewer than five replications or ten points), points,
        replications (that count: points that have a value in every replication that most points
        have), left_out (points that do not).

    Raises
    ------
    UnsuitableDesign
        If the design is no sample.
    UnusableTable, UnknownOutcome, UnknownReference, NothingInCommon, DifferentSeeds
        As in `sim.analysis.paired.paired`.
    """
    import pandas as pd

    question.layout.require(*SAMPLES)
    rows = question.layout.independent(question.design)
    found = [
        response.labels | _apart(response, response.values[rows], question.level)
        for response in question.responses()
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
