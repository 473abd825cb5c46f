"""Responses: an outcome of a scenario, or its paired difference, at every point of a design.

Everything that is said about a design is said of responses: arrays with a row for each point and a
column for each replication. Replications of one number have the same luck at every point and in
every scenario (common random numbers): a column is one future, seen under every assumption.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.paired import check_comparable
from sim.analysis.tables import Floats, by_replication
from sim.statistics.pairs import differences

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Response:
    """An outcome of a scenario, or its difference from a reference."""

    scenario: str
    reference: str | None
    """What it is the difference from; None for the value itself."""
    outcome: str
    values: Floats
    """Shape (points, replications); NaN where the outcome does not exist or was not run."""

    @property
    def means(self) -> Floats:
        """Mean over replications at each point, NaN where it exists in none."""
        return means_over(self.values)

    @property
    def labels(self) -> dict[str, str | None]:
        """What it is of, as columns of a table."""
        return {"scenario": self.scenario, "reference": self.reference, "outcome": self.outcome}


def means_over(values: Floats) -> Floats:
    """Return the mean of each row over the values that exist, NaN where none does."""
    number = np.sum(~np.isnan(values), axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.nansum(values, axis=1) / np.where(number, number, np.nan))


def responses(
    table: pd.DataFrame,
    design: pd.DataFrame,
    outcomes: Sequence[str] | None = None,
    reference: str | None = None,
) -> Iterator[Response]:
    """Yield each outcome of each scenario over the points of a design.

    Parameters
    ----------
    table
        Long table: scenario, point, replication, outcome, value.
    design
        One row a point; its column `point` gives the order of the rows of `Response.values`.
    outcomes
        Which outcomes, in order; all by default.
    reference
        Scenario from which paired differences are taken, replication by replication; values if
        None.

    Raises
    ------
    UnusableTable, UnknownOutcome, UnknownReference, NothingInCommon, DifferentSeeds
        As in `sim.analysis.paired.paired`.
    """
    check_comparable(table, reference, outcomes)
    if outcomes is not None:
        table = table[table["outcome"].isin(list(outcomes))]
    keys, values, _ = by_replication(table)
    rows = design["point"].searchsorted(keys["point"])
    scenarios, names = (list(dict.fromkeys(keys[name])) for name in ("scenario", "outcome"))
    found = {}
    for scenario in scenarios:
        for outcome in names:
            mine = np.flatnonzero((keys["scenario"] == scenario) & (keys["outcome"] == outcome))
            block = np.full((len(design), values.shape[1]), np.nan)
            block[rows[mine]] = values[mine]
            found[scenario, outcome] = block
    for outcome in outcomes if outcomes is not None else names:
        for scenario in scenarios:
            if reference is None:
                yield Response(scenario, None, outcome, found[scenario, outcome])
            elif scenario != reference:
                both = differences(found[scenario, outcome], found[reference, outcome])
                yield Response(scenario, reference, outcome, both)
