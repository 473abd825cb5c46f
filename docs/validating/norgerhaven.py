"""The rented prison that Norway had, beside what was published about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import pandas as pd

import sim
from docs.validating.common import WORKERS, beside, outputs
from sim.results.outcomes import OUTCOMES, outcomes_of
from sim.results.run import Run

#: Runs of Norgerhaven of which weekly and monthly means are told; weeks told one by one.
FEW, WEEKS = 10, 20


def norgerhaven(replications: int) -> dict[str, Any]:
    """The rented prison that Norway had, beside what was published about it."""
    found = sim.validate(
        "norgerhaven",
        replications=replications,
        workers=WORKERS,
        out=outputs("norgerhaven"),
    )
    scenario = sim.load("norgerhaven")
    runs = [sim.run(scenario, 1, number) for number in range(FEW)]
    return {
        "replications": replications,
        "few": FEW,
        **beside(found, "norgerhaven.png", "figure"),
        "weeks": list(_spread(map(_weekly, runs)))[:WEEKS],
        "months": list(_spread(map(_monthly, runs))),
        "outcomes": _measured(runs),
    }


#: Outcomes told of Norgerhaven.
TOLD = (
    "rented_prison_fill_90_days", "rented_prison_fill_95_days", "transfers",
    "transfers_per_month", "rented_prison_people", "rented_prison_mean_stay_days",
)  # fmt: skip


def _weekly(run: Run) -> pd.Series[float]:
    """People inside the rented prison, week by week."""
    table = run.occupancy("week")
    mine = table[table["facility"] == run.scenario.rented_prison.key]
    return mine.set_index("date")["people"]


def _monthly(run: Run) -> pd.Series[float]:
    """Transfers, month by month."""
    return run.transfers("month").set_index("date")["transfers"].astype(float)


def _spread(series: Iterable[pd.Series[float]]) -> Iterator[tuple[date, dict[str, float]]]:
    """Yield each date with mean, lowest and highest of some series."""
    together = pd.concat(list(series), axis=1)
    for day, (_, values) in zip(pd.DatetimeIndex(together.index), together.iterrows(), strict=True):
        yield day.date(), {"mean": values.mean(), "low": values.min(), "high": values.max()}


def _measured(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Return title, unit, mean, lowest and highest of the outcomes told."""
    found = pd.DataFrame([outcomes_of(run) for run in runs]).astype(float)
    known = {outcome.name: outcome for outcome in OUTCOMES}
    return [
        {
            "title": runs[0].scenario.told(known[name].title),
            "unit": known[name].unit,
            "mean": column.mean(),
            "low": column.min(),
            "high": column.max(),
            "exist": int(column.notna().sum()),
        }
        for name, column in ((name, found[name]) for name in TOLD)
    ]
