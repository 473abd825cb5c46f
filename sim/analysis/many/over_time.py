"""People over time in many runs, and bands over runs of any table of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.many.spells import each_run
from sim.results import count
from sim.results.choice import chosen
from sim.results.count import Every
from sim.statistics.ranges import range_of
from sim.world.flow import STAYS
from sim.world.stages import Stay

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.replications import Replications
    from sim.scenario.schema import Scenario

#: What tells runs apart: a band is over these.
RUNS = ("replication", "draw")


def census(
    r: Replications, by: str, only: str | None, every: Every, *, whole: bool
) -> pd.DataFrame:
    """Return people by stage or place of one scenario; see `Runs.census`."""
    import pandas as pd

    dates = pd.to_datetime(count.grid(r.scenario, every, whole=whole)).to_numpy()
    names = _names(r.scenario, by)
    if only is not None:
        roles = {role: name for name, role in names.items()}
        known = roles | {name: name for name in names}
        name = known[chosen(by, only, known)]
        names = {name: names[name]}
    parts = []
    for number, spells, _ in each_run(r, people=False):
        stays = spells[spells["track"] == "stay"]
        of = dict(list(stays.groupby(by, observed=True)))
        for name, role in names.items():
            mine = of.get(name, stays.iloc[:0])
            begun = np.searchsorted(np.sort(mine["start"].to_numpy()), dates, side="right")
            ends = np.sort(mine["end"].dropna().to_numpy())
            people = (begun - np.searchsorted(ends, dates, side="right")).astype(float)
            columns = {"replication": np.int32(number), "date": dates, by: name, "role": role}
            parts.append(pd.DataFrame(columns | {"people": people}))
    return pd.concat(parts, ignore_index=True)


def _names(scenario: Scenario, by: str) -> dict[str, str]:
    """Return the roles of stages or places by the names that the scenario gives them."""
    if by == "stage":
        return {scenario.told(STAYS[stay].stage): STAYS[stay].role for stay in Stay}
    return {scenario.told(STAYS[stay].place): STAYS[stay].place_role for stay in Stay}


def bands(table: pd.DataFrame, value: str) -> pd.DataFrame:
    """Return middle and range over runs of one column; see `Runs.bands`."""
    import pandas as pd

    numbers = [
        column for column in table.columns
        if pd.api.types.is_numeric_dtype(table[column]) and column not in (*RUNS, "year")
        and not column.startswith("days_after")
    ]  # fmt: skip
    chosen("value", value, numbers)
    keys = [c for c in table.columns if c not in (*numbers, *RUNS)]
    rows = []
    for key, mine in table.groupby(keys, sort=False, observed=True, dropna=False)[value]:
        found = range_of(mine.astype("Float64").to_numpy(float, na_value=np.nan))
        row = dict(zip(keys, key if isinstance(key, tuple) else (key,), strict=True))
        ends = {"middle": found.middle, "low": found.low, "high": found.high}
        rows.append(row | ends | {"runs": found.number})
    return pd.DataFrame(rows, columns=[*keys, "middle", "low", "high", "runs"])
