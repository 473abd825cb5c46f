"""Differences between scenarios, paired by replication under common random numbers.

Scenarios that share a seed are about the same people with the same luck, replication by
replication. Differences taken within a replication are therefore free of most of what chance does
to both, and their interval is narrower: `variance_reduction` tells how much was gained.
`sim.statistics.pairs` says what each verdict means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.analysis.tables import Floats, by_replication, checked
from sim.errors import PrisonflowError
from sim.results.choice import nearest
from sim.results.outcomes import margin_of
from sim.statistics.intervals import LEVEL, Moments, holm, moments, p_values
from sim.statistics.pairs import LESS, MORE, NEGLIGIBLE, SAME, UNDETECTED, UNTOLD, Margin, verdicts
from sim.statistics.pairs import differences as differences_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "LESS", "MORE", "NEGLIGIBLE", "SAME", "UNDETECTED", "UNTOLD", "DifferentSeeds", "Margin",
    "NoComparison", "NothingInCommon", "UnknownOutcome", "UnknownReference", "check_comparable",
    "paired",
]  # fmt: skip


class NoComparison(PrisonflowError):
    """Scenarios cannot be compared."""


class UnknownReference(NoComparison):
    """The scenario to compare with is not in the table."""


class UnknownOutcome(NoComparison):
    """An outcome asked for is not in the table."""


class NothingInCommon(NoComparison):
    """A scenario shares no replication of a design point with the reference."""


class DifferentSeeds(NoComparison):
    """Replications of the same number are not about the same people."""


def paired(
    table: pd.DataFrame,
    reference: str,
    *,
    outcomes: Sequence[str] | None = None,
    level: float = LEVEL,
    margins: Mapping[str, Margin] | None = None,
) -> pd.DataFrame:
    """Return the paired difference of every outcome from a reference scenario.

    Parameters
    ----------
    table
        Long table: scenario, point, replication, outcome, value, and `seed` if it is known: it is
        then checked that those paired share it. Without it, the caller answers for that.
    reference
        Scenario to compare with, at the same design point.
    outcomes
        Which outcomes; all by default. Choose those that are shown: the Holm adjustment is over
        the rows returned, so that what is not shown costs nothing.
    level
        Share of intervals that cover the true mean difference. Each interval stands by itself; only
        `p_adjusted` and `verdict` allow for the number of comparisons.
    margins
        Sizes that matter by outcome, in place of the outcomes' own (`Outcome.margin`). An outcome
        of neither has none: every difference that is told matters.

    Returns
    -------
    DataFrame
        One row for each scenario but the reference, design point and outcome. Columns: scenario,
        reference, point, outcome; mean of the difference (scenario less reference), low, high,
        half_width, level, sd; pairs (replications in which both have a value: all else in the row
        is over these), missing (replications of both in which one or both have none), unpaired
        (replications that only one of the two has); scenario_mean, reference_mean; p_value
        (two-sided, of no difference), p_adjusted (Holm), correlation, variance_reduction (variance
        of an unpaired difference over that of the paired one, missing if the latter is 0), margin
        (the size that matters, in the outcome's unit), verdict.

        The verdict is one of those of `sim.statistics.pairs`: `no difference` if it is 0 in every
        pair; `negligible` if the interval lies within the margin, or if the difference is told from
        chance (`p_adjusted` at most 1 - `level`) but its mean is no larger than the margin; `more`
        or `less` if it is told and larger; `too small to detect` if it is not told; `cannot be
        told` of fewer pairs than an interval takes. What does not exist is missing (NaN): the
        interval of a few pairs, everything where there is none.

    Raises
    ------
    UnknownReference, UnknownOutcome, NothingInCommon, DifferentSeeds
        See there; each names what is there.
    UnusableTable
        If the table lacks columns, gives a value twice, or holds what is no number.
    ValueError
        If `level` is no share between 0 and 1.
    """
    check_comparable(table, reference, outcomes)
    keys, values, there = by_replication(table)
    # One more row, of nothing: the reference where it was not run at that point.
    values = np.vstack([values, np.full(values.shape[1], np.nan)])
    there = np.vstack([there, np.zeros(there.shape[1], bool)])
    keys, ours, theirs = _matched(keys, reference, outcomes)
    differences = differences_of(values[ours], values[theirs])
    found = moments(differences, level)
    p_value = p_values(found)
    p_adjusted = holm(p_value)
    both = ~np.isnan(differences)
    a, b = (np.where(both, values[rows], np.nan) for rows in (ours, theirs))
    correlation, reduction = _gain(a, b, found)
    base = moments(b, level).mean
    own = margins or {}
    margin = np.array(
        [
            own.get(name, margin_of(name)).at(mean)
            for name, mean in zip(keys["outcome"], base, strict=True)
        ]
    )
    common = np.sum(there[ours] & there[theirs], axis=1)
    return keys.assign(
        mean=found.mean,
        low=found.mean - found.half_width,
        high=found.mean + found.half_width,
        half_width=found.half_width,
        level=level,
        sd=found.sd,
        pairs=found.number,
        missing=common - found.number,
        unpaired=np.sum(there[ours] ^ there[theirs], axis=1),
        scenario_mean=moments(a, level).mean,
        reference_mean=base,
        p_value=p_value,
        p_adjusted=p_adjusted,
        correlation=correlation,
        variance_reduction=reduction,
        margin=margin,
        verdict=verdicts(found, p_adjusted, margin, 1 - level),
    )


# ---------------------------------------------------------------------- what can be compared


def check_comparable(
    table: pd.DataFrame, reference: str | None, outcomes: Sequence[str] | None
) -> None:
    """See that outcomes and reference are in a table, and pair; see `paired` for the errors."""
    table = checked(table)
    scenarios, names = (list(table[name].unique()) for name in ("scenario", "outcome"))
    if reference is not None and reference not in scenarios:
        raise UnknownReference(
            f"there is no scenario {reference!r} to compare with; there is {', '.join(scenarios)}"
        )
    for name in outcomes or ():
        if name not in names:
            hint = nearest(name, names).strip() or f"there is {', '.join(names)}"
            raise UnknownOutcome(f"there is no outcome {name!r}: {hint}")
    if reference is not None:
        _check_pairs(table, reference)


def _check_pairs(table: pd.DataFrame, reference: str) -> None:
    """Check that every scenario has replications in common with the reference, seeds included."""
    columns = ["scenario", "point", "replication", *(["seed"] if "seed" in table.columns else [])]
    runs = table[columns].drop_duplicates()
    base = runs[runs["scenario"] == reference].drop(columns="scenario")
    for name, mine in runs[runs["scenario"] != reference].groupby("scenario", observed=True):
        both = mine.merge(base, on=["point", "replication"], suffixes=("", "_reference"))
        if both.empty:
            raise NothingInCommon(
                f"{name} and {reference} share no replication of any design point: "
                f"{_numbers(mine)} and {_numbers(base)}"
            )
        if "seed" in both and (both["seed"] != both["seed_reference"]).any():
            row = both[both["seed"] != both["seed_reference"]].iloc[0]
            raise DifferentSeeds(
                f"replication {row['replication']} of {name} has seed {row['seed']}, of "
                f"{reference} seed {row['seed_reference']}: they are not about the same people. "
                "Run both with one seed"
            )


def _numbers(runs: pd.DataFrame) -> str:
    """Say which replications of which points there are."""
    first, last = runs["replication"].min(), runs["replication"].max()
    points = ", ".join(map(str, sorted(runs["point"].unique())[:5]))
    return f"replications {first} to {last} of point {points}"


# ---------------------------------------------------------------------- arithmetic


def _matched(
    keys: pd.DataFrame, reference: str, outcomes: Sequence[str] | None
) -> tuple[pd.DataFrame, NDArray[np.int64], NDArray[np.int64]]:
    """Pair rows with those of the reference at the same design point.

    Returns the keys of those compared, their rows, and the rows of the reference, -1 for none.
    """
    numbered = keys.assign(row=np.arange(len(keys)))
    if outcomes is not None:
        numbered = numbered[numbered["outcome"].isin(list(outcomes))]
    base = numbered["scenario"] == reference
    matched = numbered[~base].merge(
        numbered[base].drop(columns="scenario"),
        how="left",
        on=["point", "outcome"],
        suffixes=("", "_reference"),
    )
    theirs = matched["row_reference"].fillna(-1).to_numpy(np.int64)
    compared = matched[["scenario", "point", "outcome"]].copy()
    compared.insert(1, "reference", reference)
    return compared, matched["row"].to_numpy(np.int64), theirs


def _gain(a: Floats, b: Floats, found: Moments) -> tuple[Floats, Floats]:
    """Return correlation and variance reduction of pairs; NaN where they do not exist."""
    ours, theirs = moments(a), moments(b)
    with np.errstate(divide="ignore", invalid="ignore"):
        products = (a - ours.mean[:, np.newaxis]) * (b - theirs.mean[:, np.newaxis])
        covariance = np.nansum(products, axis=1) / (found.number - 1)
        correlation = covariance / (ours.sd * theirs.sd)
        reduction = (ours.sd**2 + theirs.sd**2) / found.sd**2
    told = found.number > 1
    correlation = np.where(told & (ours.sd > 0) & (theirs.sd > 0), correlation, np.nan)
    return correlation, np.where(told & (found.sd > 0), reduction, np.nan)
