"""What nobody knows, apart from chance: outcomes over the points of a design.

Replications of one point differ by chance; means of different points differ because the parameters
do. The two are never mixed: here every point counts once, with its mean over replications.

References
----------
Saltelli et al. (2008), Global Sensitivity Analysis: The Primer, Wiley: sections 1.2.7 and 4.
Conover (2012) in Helton et al.: rank transformation in the analysis of computer models.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.estimates import SHARES
from sim.analysis.paired import UnknownOutcome, UnknownReference
from sim.analysis.tables import checked
from sim.results.choice import nearest
from sim.statistics.intervals import holm
from sim.statistics.pairs import differences
from sim.statistics.ranks import chance_of, rank_correlation

if TYPE_CHECKING:
    import pandas as pd

#: Chance accepted that any correlation told is due to the sample alone.
ALPHA = 0.05


def point_means(table: pd.DataFrame, reference: str | None = None) -> pd.DataFrame:
    """Return the mean over replications of every outcome at every point.

    Parameters
    ----------
    table
        Long table: scenario, point, replication, outcome, value.
    reference
        Scenario from which paired differences are taken at each point; values if None.

    Returns
    -------
    DataFrame
        Columns: scenario, point, outcome, value (mean, or mean paired difference; missing where
        the outcome does not exist).

    Raises
    ------
    UnusableTable
        As in `sim.analysis.tables.checked`.
    UnknownReference
        If the reference is not in the table.
    """
    table = checked(table)
    if reference is not None:
        if reference not in set(table["scenario"]):
            raise UnknownReference(f"no scenario is called {reference!r}")
        keys = ["point", "replication", "outcome"]
        base = table[table["scenario"] == reference].set_index(keys)["value"]
        table = table[table["scenario"] != reference]
        theirs = table.join(base.rename("reference"), on=keys)["reference"]
        table = table.assign(value=differences(table["value"], theirs))
    keys = ["scenario", "point", "outcome"]
    return table.groupby(keys, sort=False, observed=True)["value"].mean().reset_index()


def over_points(
    table: pd.DataFrame, reference: str | None = None, shares: Sequence[float] = SHARES
) -> pd.DataFrame:
    """Return quantiles of outcomes over the points of a design: doubt, not chance.

    Parameters
    ----------
    table, reference
        As in `point_means`.
    shares
        Shares of points below each quantile.

    Returns
    -------
    DataFrame
        Columns: scenario, outcome, share, quantile, points (in which the outcome exists).
    """
    import pandas as pd

    rows = []
    for (scenario, outcome), mine in point_means(table, reference).groupby(
        ["scenario", "outcome"], sort=False, observed=True
    ):
        values = mine["value"].dropna().to_numpy()
        for share in shares:
            quantile = float(np.quantile(values, share)) if len(values) else np.nan
            rows.append((scenario, outcome, share, quantile, len(values)))
    return pd.DataFrame(rows, columns=["scenario", "outcome", "share", "quantile", "points"])


def influence(
    table: pd.DataFrame,
    design: pd.DataFrame,
    outcomes: Sequence[str],
    reference: str | None = None,
    *,
    one_at_a_time: bool = False,
) -> pd.DataFrame:
    """Rank what varies in a design by how much outcomes follow it.

    Over a sample of points by Spearman's rank correlation of factor and outcome; in a design that
    moves one factor at a time by the swing between its low and its high end, as a share of the
    largest swing.

    Parameters
    ----------
    table
        Long table of outcomes.
    design
        One row a point: point, name, and a column for every factor.
    outcomes
        Which outcomes.
    reference
        Scenario from which differences are taken; values if None.
    one_at_a_time
        Whether the design moves one factor at a time; a sample otherwise.

    Returns
    -------
    DataFrame
        Columns: scenario, outcome, factor, influence (from -1 to 1), rank (1 is the largest in
        size), points (at which the outcome exists), told. Over a sample a correlation is told if
        Holm's rule, over all rows, leaves at most a chance of 5 % that any such is due to the
        sample alone; a swing is taken as told.
        Empty if too few points vary.

    Raises
    ------
    UnknownOutcome, UnknownReference, UnusableTable
        As in `point_means`; or if an outcome is not in the table.
    """
    import pandas as pd

    missing = [name for name in outcomes if name not in set(table["outcome"])]
    if missing:
        hint = nearest(missing[0], dict.fromkeys(table["outcome"]))
        raise UnknownOutcome(f"no outcome is called {missing[0]!r}; {hint}".rstrip("; "))
    factors = [str(column) for column in design if column not in ("point", "name")]
    means = point_means(table[table["outcome"].isin(outcomes)], reference)
    rows = []
    for (scenario, outcome), mine in means.groupby(["scenario", "outcome"], sort=False):
        values = mine.set_index("point")["value"].reindex(design["point"]).to_numpy()
        found, points = (_swings if one_at_a_time else _correlations)(design, factors, values)
        order = np.argsort(np.argsort(-np.abs(found), kind="stable"))
        rows += [
            (scenario, outcome, factor, value, rank + 1, number)
            for factor, value, rank, number in zip(
                factors, found, order.tolist(), points, strict=True
            )
            if not np.isnan(value)
        ]
    columns = ["scenario", "outcome", "factor", "influence", "rank", "points"]
    ranked = pd.DataFrame(rows, columns=columns)
    told = np.ones(len(ranked), bool)
    if not one_at_a_time:
        chance = chance_of(ranked["influence"].to_numpy(float), ranked["points"].to_numpy(int))
        told = holm(chance) < ALPHA
    return ranked.assign(told=told).sort_values(["scenario", "outcome", "rank"], ignore_index=True)


def _correlations(
    design: pd.DataFrame, factors: Sequence[str], values: np.ndarray
) -> tuple[np.ndarray, list[int]]:
    """Rank correlation of each factor with an outcome, and the points it is over."""
    found = [rank_correlation(_as_numbers(design[factor]), values) for factor in factors]
    return np.array([one for one, _ in found], float), [points for _, points in found]


def _swings(
    design: pd.DataFrame, factors: Sequence[str], values: np.ndarray
) -> tuple[np.ndarray, list[int]]:
    """Swing of an outcome between the ends of each factor, as a share of the largest; points."""
    found = np.full(len(factors), np.nan)
    points = [0] * len(factors)
    for number, factor in enumerate(factors):
        column = _as_numbers(design[factor])
        moved = np.flatnonzero(~np.isnan(column) & ~np.isnan(values))
        points[number] = len(moved)
        if len(moved) > 1:
            low, high = moved[np.argmin(column[moved])], moved[np.argmax(column[moved])]
            found[number] = differences(values[high], values[low])
    largest = np.nanmax(np.abs(found), initial=0.0)
    return (found / largest if largest else found * np.nan), points


def _as_numbers(column: pd.Series) -> np.ndarray:
    """Return values that can be ranked: numbers, switches, days of dates; NaN for words."""
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(column):
        days = column.to_numpy().astype("datetime64[D]").astype(float)
        return np.where(column.isna(), np.nan, days)
    if pd.api.types.is_numeric_dtype(column) or set(column.dropna()) <= {True, False}:
        return column.to_numpy(float)
    return np.full(len(column), np.nan)  # words have no order
