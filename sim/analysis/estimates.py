"""Means over replications with confidence intervals, their spread, and how many are enough.

One replication gives one value, and replications are independent: the interval is Student's t over
these values, never over people or days within a replication, which depend on each other.

**Values that do not exist.** A wait where nobody waited has no value. The mean is over the
replications in which the outcome exists, and so is about those: given that someone waits, the wait
is so long. How many lack it is counted as `missing` beside every estimate; where that is not 0, a
reader must be told.

**Confidence is not spread.** `mean_interval` and `means` say how well the mean is known; that gets
narrower with every replication. `spread` and `spreads` say how far apart single replications lie,
which is what chance does to one future, and does not get narrower. They are kept apart on purpose.
Both are about chance alone: doubt about the assumptions lies between design points.

References
----------
Law (2015), Simulation Modeling and Analysis, 5th ed., section 9.4.1.
Hyndman & Fan (1996), The American Statistician 50: 361-365 (quantiles, type 7).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.tables import GROUP, Values, by_replication, numbers
from sim.statistics.intervals import LEVEL, fewest, moments

if TYPE_CHECKING:
    import pandas as pd

#: Default shares of replications below the quantiles of `spread`.
SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Mean:
    """A mean over replications, and how well it is known."""

    mean: float | None
    """None if the outcome exists in no replication."""
    low: float | None
    high: float | None
    """Ends of the confidence interval; None if the outcome exists in fewer than two."""
    half_width: float | None
    level: float
    """Share of such intervals that cover the true mean."""
    replications: int
    """Replications in which the outcome exists: the mean is over these."""
    missing: int
    """Replications in which it does not."""
    sd: float | None
    """Standard deviation between replications."""


def mean_interval(values: Values, level: float = LEVEL) -> Mean:
    """Return the mean of an outcome over replications, with its Student-t interval.

    Parameters
    ----------
    values
        One value per replication, shape (n,); None or NaN where the outcome does not exist.
    level
        Share of intervals that cover the true mean, between 0 and 1.

    Raises
    ------
    ValueError
        If `level` is no share between 0 and 1, or `values` is not one-dimensional.
    UnusableTable
        If a value is infinite or no number.
    """
    column = numbers(values)
    if column.ndim != 1:
        raise ValueError(f"values must be one per replication, got shape {column.shape}")
    found = moments(column[np.newaxis], level)
    number = int(found.number[0])
    return Mean(
        mean=_known(found.mean[0]),
        low=_known(found.mean[0] - found.half_width[0]),
        high=_known(found.mean[0] + found.half_width[0]),
        half_width=_known(found.half_width[0]),
        level=level,
        replications=number,
        missing=len(column) - number,
        sd=_known(found.sd[0]),
    )


def means(table: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """Return means with intervals for every scenario, design point and outcome.

    Parameters
    ----------
    table
        Long table: scenario, point, replication, outcome, value.
    level
        Share of intervals that cover the true mean, between 0 and 1.

    Returns
    -------
    DataFrame
        Columns: scenario, point, outcome, mean, low, high, half_width, level, replications,
        missing, sd, as in `Mean`. A replication that has rows at that point, but none of an
        outcome, counts as missing, too.

    Raises
    ------
    UnusableTable
        If the table lacks columns, gives a value twice, or holds what is no number.
    ValueError
        If `level` is no share between 0 and 1.
    """
    keys, values, there = by_replication(table)
    found = moments(values, level)
    return keys.assign(
        mean=found.mean,
        low=found.mean - found.half_width,
        high=found.mean + found.half_width,
        half_width=found.half_width,
        level=level,
        replications=found.number,
        missing=there.sum(axis=1) - found.number,
        sd=found.sd,
    )


def spread(values: Values, shares: Sequence[float] = SHARES) -> dict[float, float | None]:
    """Return quantiles over replications: the spread of single replications, not confidence.

    Parameters
    ----------
    values
        One value per replication; missing ones do not count.
    shares
        Shares of replications below each quantile, between 0 and 1.

    Returns
    -------
    dict
        Quantile (linear interpolation) by share; None if the outcome exists nowhere.

    Raises
    ------
    ValueError
        If a share does not lie between 0 and 1.
    """
    _check_shares(shares)
    column = numbers(values)
    known = column[~np.isnan(column)]
    if not len(known):
        return dict.fromkeys(shares)
    return {share: float(np.quantile(known, share)) for share in shares}


def spreads(table: pd.DataFrame, shares: Sequence[float] = SHARES) -> pd.DataFrame:
    """Return quantiles over replications for every scenario, design point and outcome.

    Returns
    -------
    DataFrame
        Columns: scenario, point, outcome, share, quantile (missing if the outcome exists in no
        replication), replications, missing. The spread of single replications, not confidence.

    Raises
    ------
    UnusableTable, ValueError
        As in `means` and `spread`.
    """
    import pandas as pd

    _check_shares(shares)
    keys, values, there = by_replication(table)
    number = np.sum(~np.isnan(values), axis=1)
    found = np.full((len(shares), len(values)), np.nan)
    some = number > 0
    if some.any():
        found[:, some] = np.nanquantile(values[some], shares, axis=1)
    parts = [
        keys.assign(
            share=share, quantile=row, replications=number, missing=there.sum(axis=1) - number
        )
        for share, row in zip(shares, found, strict=True)
    ]
    table = pd.concat(parts).reset_index(names="row")
    return table.sort_values(["row", "share"], ignore_index=True).drop(columns="row")


def replications_needed(
    values: Values,
    *,
    half_width: float | None = None,
    relative: float | None = None,
    level: float = LEVEL,
) -> int:
    """Return how many replications, in all, make an interval narrow enough.

    The smallest n with t(n - 1) sd / sqrt(n) at most the half-width wanted, the standard deviation
    taken from the values at hand (Law 2015, 9.4.1). As that is itself an estimate, so is the
    answer: with few values at hand, ask again after running more.

    Parameters
    ----------
    values
        One value per replication that has been run; at least two exist. If some are missing, the
        answer grows in proportion, so that enough of those to come have a value.
    half_width
        Half-width wanted, in the unit of the values, above 0.
    relative
        Or: half-width wanted as a share of the mean at hand, above 0.
    level
        Share of intervals that cover the true mean.

    Raises
    ------
    ValueError
        If not exactly one of `half_width` and `relative` is given, one is not above 0, fewer than
        two values exist, or `relative` is asked for where the mean is 0.
    """
    found = mean_interval(values, level)
    if found.mean is None or found.sd is None:
        raise ValueError(
            f"{found.replications} replications have a value: at least two are needed to tell how "
            "many are enough"
        )
    asked = _asked(half_width, relative)
    wanted = asked if half_width is not None else asked * abs(found.mean)
    if not wanted:
        raise ValueError("the mean is 0, so that no share of it is a half-width: give half_width")
    return _in_all(found.sd, wanted, level, found.replications, found.missing)


def precision(
    table: pd.DataFrame,
    *,
    half_width: float | None = None,
    relative: float | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Ask of every outcome in a table whether its replications are enough.

    Parameters
    ----------
    table
        Long table: scenario, point, replication, outcome, value.
    half_width, relative, level
        As in `replications_needed`, the same for all; `relative` suits outcomes of several units.

    Returns
    -------
    DataFrame
        Columns: scenario, point, outcome, replications, missing, mean, half_width, wanted (the
        half-width asked for), needed (replications in all; missing where fewer than two exist or
        the mean is 0), enough.

    Raises
    ------
    UnusableTable, ValueError
        As in `means` and `replications_needed`.
    """
    import pandas as pd

    found = means(table, level)
    asked = _asked(half_width, relative)
    wanted = np.abs(found["mean"].to_numpy()) * asked if half_width is None else asked
    shown = found[[*GROUP, "replications", "missing", "mean", "half_width"]].assign(wanted=wanted)
    needed = [
        _in_all(sd, target, level, has, lacks) if has > 1 and target > 0 else None
        for sd, target, has, lacks in zip(
            found["sd"], shown["wanted"], shown["replications"], shown["missing"], strict=True
        )
    ]
    shown = shown.assign(needed=pd.array(needed, dtype="Int64"))
    return shown.assign(enough=(shown["half_width"] <= shown["wanted"]).to_numpy())


def _check_shares(shares: Sequence[float]) -> None:
    wrong = [share for share in shares if not 0 <= share <= 1]
    if wrong:
        raise ValueError(f"{wrong[0]} is not a share of replications, from 0 to 1")


def _asked(half_width: float | None, relative: float | None) -> float:
    """Return the half-width asked for, whichever way it was."""
    if (half_width is None) == (relative is None):
        raise ValueError("give either half_width or relative")
    asked = half_width if half_width is not None else relative
    if asked is None or not 0 < asked < np.inf:
        raise ValueError(f"the half-width wanted is {asked}: it must be above 0")
    return asked


def _in_all(sd: float, wanted: float, level: float, has: int, lacks: int) -> int:
    """Return how many replications it takes, those in which the outcome is missing included."""
    return ceil(fewest(sd, wanted, level) * (has + lacks) / has)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
