"""The tables behind a report: every estimate that it shows, and those that it has no room for."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.estimates import mean_interval, means
from sim.analysis.paired import paired
from sim.analysis.tables import outcome_table
from sim.results.files import replace
from sim.show.facts.changed import fate_changes
from sim.show.facts.costs import costs_of
from sim.show.facts.flows import rows as flow_rows
from sim.show.facts.lengths import QUARTILES
from sim.show.facts.verdicts import judged
from sim.statistics.curves import quantile_over

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.replications import Replications


def tables_behind(replications: Sequence[Replications], reference: int) -> dict[str, pd.DataFrame]:
    """Return the tables of estimates by name.

    Parameters
    ----------
    replications
        Scenarios.
    reference
        Place of the one the others are compared with.

    Returns
    -------
    dict
        `estimates` (means with intervals), `durations`, `flows`, `cost_items`; of several scenarios
        with one seed also `differences` (paired, with Holm's rule) and `fates` (who changes fate).
    """
    import pandas as pd

    outcomes = outcome_table(replications)
    flows = [flow_rows(r) for r in replications]
    found = {
        "estimates": means(outcomes).drop(columns="point"),
        "flows": pd.concat([f for f in flows if len(f)] or flows[:1], ignore_index=True),
        "cost_items": pd.DataFrame(
            [
                (r.scenario.name, item, million)
                for r in replications
                for item, million in costs_of(r).items()
            ],
            columns=["scenario", "item", "eur_million"],
        ),
    }
    found["durations"] = _durations(replications)
    base = replications[reference]
    if len(replications) > 1 and len({r.seed for r in replications}) == 1:
        found["differences"] = _differences(replications, outcomes, base.scenario.name)
        found["fates"] = pd.concat(
            [fate_changes(base, r) for r in replications if r is not base], ignore_index=True
        )
    return found


def _differences(
    replications: Sequence[Replications], outcomes: pd.DataFrame, reference: str
) -> pd.DataFrame:
    """Return all paired differences, with verdicts on those that the report shows."""
    table = paired(outcomes, reference).drop(columns="point")
    found = judged(replications)
    keys = ["scenario", "outcome"]
    told = ["p_adjusted", "verdict"]
    table = table.drop(columns=told)
    if found is None:
        return table.assign(p_adjusted=None, verdict="")
    return table.merge(found[[*keys, *told]], on=keys, how="left").fillna({"verdict": ""})


def _durations(replications: Sequence[Replications]) -> pd.DataFrame:
    """Return how long each stage lasts: over replications, with intervals, of each measure.

    Columns: scenario, stage, measure (lower_quartile_days, median_days, upper_quartile_days,
    mean_days), and those of `sim.analysis.estimates.Mean`. Where a quartile is not reached in every
    replication, `mean` is their median, or missing: see `sim.statistics.curves`.
    """
    import pandas as pd

    rows = []
    for r in replications:
        for stage, mine in r.lent("durations").groupby("stage", sort=False, observed=True):
            about = {"scenario": r.scenario.name, "stage": str(stage)}
            lacking = [None] * (r.number - len(mine))
            for measure in (*QUARTILES, "mean_days"):
                known = mine[measure].astype(float)
                found = mean_interval([*known, *lacking])
                if measure in QUARTILES and known.isna().any():
                    days = quantile_over(known.fillna(np.inf)).days
                    typical = days if np.isfinite(days) else None
                    found = dataclasses.replace(
                        found, mean=typical, low=None, high=None, half_width=None, sd=None
                    )
                rows.append(about | {"measure": measure} | asdict(found))
    return pd.DataFrame(rows)


def write_behind(tables: dict[str, pd.DataFrame], folder: Path) -> list[Path]:
    """Write tables as CSV and as Parquet; OSError if the folder cannot be written to."""
    paths = []
    for name, table in tables.items():
        plain = table.copy()
        for column in plain.select_dtypes("object"):
            plain[column] = plain[column].map(_as_text)
        buffer = io.BytesIO()
        plain.to_parquet(buffer, index=False)
        paths.append(replace(folder / f"{name}.parquet", buffer.getvalue()))
        paths.append(replace(folder / f"{name}.csv", plain.to_csv(index=False)))
    return paths


def _as_text(value: object) -> object:
    """Write pairs of replication and person as `replication:person`, for one cell."""
    if not isinstance(value, tuple):
        return value
    return " ".join(":".join(map(str, pair)) for pair in value)
