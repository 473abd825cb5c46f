"""Sobol' indices of outcomes and of differences: shares of variance, estimated by SALib.

The first-order index of a factor is the share of the variance over the ranges that would vanish on
average if the factor were known; the total index is the share that would be left if all others
were. What a total has beyond the first order is due to interactions.

Every point is the mean of its replications, and all points share their luck (common random
numbers): a factor that changes nothing for anybody has an index of exactly zero. What chance still
adds shows between replications: `chance` is the total index that it stays under in 95 of 100 cases
by itself, even if it hit all points alike.

References
----------
Sobol' (2001), Mathematics and Computers in Simulation 55: 271-280.
Saltelli et al. (2010), Computer Physics Communications 181: 259-270 (layout and estimators).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.sensitivity.layout import UnsuitableDesign
from sim.analysis.sensitivity.morris import SEED
from sim.analysis.sensitivity.responses import Response
from sim.analysis.sensitivity.sample import Sample
from sim.analysis.tables import Floats
from sim.errors import PrisonflowError
from sim.statistics.intervals import pooled_half_width
from sim.statistics.pairs import differences
from sim.statistics.ranks import varies

if TYPE_CHECKING:
    import pandas as pd

#: Resamples of base samples behind an interval, and the fewest of which indices are told.
RESAMPLES, FEWEST = 500, 8


class NeedsSALib(PrisonflowError, ImportError):
    """SALib is not installed."""


def indices(question: Sample) -> pd.DataFrame:
    """Rank factors by their total Sobol' indices.

    Parameters
    ----------
    question
        About a design of the kind `sobol`; base samples that are not complete, or at a point of
        which the outcome does not exist, are left out.

    Returns
    -------
    DataFrame
        Columns: scenario, reference, outcome, factor (or group), first, first_low, first_high,
        total, low, high (both with SALib's bootstrap over base samples), chance (missing with one
        replication), told (whether `low` exceeds `chance`), base_samples (that count), of (all),
        rank (1 is the largest total). Outcomes that do not vary, or have fewer than `FEWEST` base
        samples, are left out.

    Raises
    ------
    NeedsSALib
        If it is not installed.
    UnsuitableDesign
        If the design is of another kind, or its points are not those of one.
    UnusableTable, UnknownOutcome, UnknownReference, NothingInCommon, DifferentSeeds
        As in `sim.analysis.paired.paired`.
    """
    import pandas as pd

    design, layout, level = question.design, question.layout, question.level
    rows = []
    for response, blocks, found in _analysed(question):
        mine: list[dict[str, Any]] = [
            {"factor": name}
            | _interval("first", "first_low", "first_high", found["S1"][n], found["S1_conf"][n])
            | _interval("total", "low", "high", found["ST"][n], found["ST_conf"][n])
            | {"chance": _chance(blocks, n, level)}
            for n, name in enumerate(layout.members(design))
        ]
        of = len(design) // layout.block_size(len(mine))
        mine.sort(key=lambda row: -row["total"])
        rows += [
            response.labels
            | row
            | {"told": row["low"] > row["chance"], "base_samples": len(blocks), "of": of}
            | {"rank": rank + 1}
            for rank, row in enumerate(mine)
        ]
    return pd.DataFrame(rows, columns=COLUMNS)


def interactions(question: Sample) -> pd.DataFrame:
    """Return the second-order indices: the share of variance due to two factors together.

    Parameters and errors are those of `indices`; the design must be laid out for second order.

    Returns
    -------
    DataFrame
        Columns: scenario, reference, outcome, factor, other, second, low, high.
    """
    import pandas as pd

    if not question.layout.second_order:
        raise UnsuitableDesign("the design was not laid out for interactions: second_order = true")
    names = list(question.layout.members(question.design))
    rows = [
        response.labels
        | {"factor": names[a], "other": names[b]}
        | _interval("second", "low", "high", found["S2"][a, b], found["S2_conf"][a, b])
        for response, _, found in _analysed(question)
        for a in range(len(names))
        for b in range(a + 1, len(names))
    ]
    columns = ["scenario", "reference", "outcome", "factor", "other", "second", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


COLUMNS = [
    "scenario", "reference", "outcome", "factor", "first", "first_low", "first_high", "total",
    "low", "high", "chance", "told", "base_samples", "of", "rank",
]  # fmt: skip


def _analysed(question: Sample) -> Iterator[tuple[Response, Floats, Any]]:
    """Yield each response that varies, its complete blocks, and what SALib says of their means.

    Blocks have the shape (base samples, points of one, replications).
    """
    design, layout = question.design, question.layout
    layout.require("sobol")
    try:
        from SALib.analyze.sobol import analyze
    except ImportError:
        message = "Sobol' indices need SALib: pip install 'prisonflow[sensitivity]'"
        raise NeedsSALib(message) from None
    names = list(layout.members(design))
    size = layout.block_size(len(names))
    if len(design) % size:
        raise UnsuitableDesign(f"{len(design)} points are no base samples of {size} points each")
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    for response in question.responses():
        means = response.means.reshape(-1, size)
        whole = ~np.isnan(means).any(axis=1)
        if whole.sum() < FEWEST or not varies(means[whole]):
            continue
        # What differs from the first point of its block by rounding only is that point.
        first = means[whole][:, :1]
        values = first + differences(means[whole], first)
        found = analyze(
            problem, values.ravel(), calc_second_order=layout.second_order,
            num_resamples=RESAMPLES, conf_level=question.level, seed=SEED,
        )  # fmt: skip
        yield response, response.values.reshape(len(means), size, -1)[whole], found


def _interval(name: str, low: str, high: str, value: float, half: float) -> dict[str, float]:
    return {name: float(value), low: float(value - half), high: float(value + half)}


def _chance(blocks: Floats, factor: int, level: float) -> float:
    """Return the total index that chance alone stays under: its moves in Jansen's estimator."""
    limit = pooled_half_width(differences(blocks[:, 1 + factor], blocks[:, 0]), level)
    means = np.nanmean(blocks[:, [0, -1]], axis=2)
    return float(limit**2 / (2 * np.var(means)))
