"""The long table that estimates are made from: one row per outcome of one replication.

Columns: scenario, point (number of the design point), replication, outcome, value (missing where
the outcome does not exist in that replication), and, where it is known, seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import PrisonflowError
from sim.scenario.given import expect

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.replications import Replications

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
#: Values of which some may be missing.
Values = ArrayLike | Sequence[float | None]

COLUMNS = ("scenario", "point", "replication", "outcome", "value")
#: What an estimate is of.
GROUP = ("scenario", "point", "outcome")
#: What one value is told apart by.
KEYS = ("scenario", "point", "replication", "outcome")


class UnusableTable(PrisonflowError):
    """A table lacks columns, says something twice, or holds what is no number."""


def outcome(r: Replications, name: str) -> Floats:
    """Return an outcome by replication; missing values, or an unknown name, are NaN."""
    table = r.lent("outcomes")
    rows = table[table["outcome"] == name].set_index("replication")["value"]
    values = rows.reindex(r.numbers).astype("Float64")
    return np.asarray(values.to_numpy(np.float64, na_value=np.nan), np.float64)


def outcome_table(replications: Sequence[Replications]) -> pd.DataFrame:
    """Return the outcomes of replicated scenarios as a long table, all at design point 0.

    Parameters
    ----------
    replications
        Scenarios, each with its replications.

    Returns
    -------
    DataFrame
        Columns: scenario, point, replication, seed, outcome, value.

    Raises
    ------
    UnusableTable
        If two scenarios have the same name.
    """
    import pandas as pd

    names = [r.scenario.name for r in replications]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UnusableTable(f"two scenarios are called {twice[0]!r}: give each a name of its own")
    parts = []
    for r in replications:
        part = r.lent("outcomes")[["replication", "outcome", "value"]].astype({"outcome": object})
        part.insert(0, "seed", r.seed)
        part.insert(0, "point", 0)
        part.insert(0, "scenario", r.scenario.name)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def checked(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with its values as floats, missing ones NaN.

    Raises
    ------
    UnusableTable
        If a column is missing or has gaps where it must not, a value is infinite or no number, or a
        value is given twice.
    """
    import pandas as pd

    expect(table, pd.DataFrame, "a table of outcomes, such as comparison.outcomes")
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise UnusableTable(
            f"the table has no column {missing[0]!r}; it needs {', '.join(COLUMNS)}, "
            f"and has {', '.join(map(str, table.columns))}"
        )
    for name in KEYS:
        if table[name].isna().any():
            raise UnusableTable(f"the column {name!r} has missing entries: every row needs one")
    table = table.assign(value=numbers(table["value"]))
    double = table.duplicated(list(KEYS))
    if double.any():
        row = table[double].iloc[0]
        raise UnusableTable(
            f"{row['outcome']} is given more than once for replication {row['replication']} of "
            f"{row['scenario']} at point {row['point']}"
        )
    return table


def numbers(values: Values | pd.Series) -> Floats:
    """Return values as floats; None, NaN and pandas' NA become NaN.

    Raises
    ------
    UnusableTable
        If a value is infinite or no number.
    """
    try:
        if hasattr(values, "to_numpy"):
            found = values.to_numpy(dtype=np.float64, na_value=np.nan)
        else:
            found = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UnusableTable(f"values must be numbers or missing: {error}") from None
    if np.isinf(found).any():
        raise UnusableTable(
            "a value is infinite: give a quantity that does not exist as missing (None)"
        )
    return np.asarray(found, np.float64)


def by_replication(table: pd.DataFrame) -> tuple[pd.DataFrame, Floats, Flags]:
    """Lay a long table out with one column per replication.

    Returns
    -------
    keys : DataFrame, n rows
        Columns scenario, point, outcome: every outcome of the table for every scenario and point
        that there is, in order of first appearance.
    values : float array, shape (n, replications)
        NaN where a value does not exist.
    there : bool array, shape (n, replications)
        Whether there is that replication of that scenario at that point, with or without a value.

    Raises
    ------
    UnusableTable
        As in `checked`.
    """
    import pandas as pd

    table = checked(table)
    column, replications = table["replication"].factorize()
    outcome, outcomes = table["outcome"].factorize()
    worlds = table[["scenario", "point"]].drop_duplicates(ignore_index=True)
    world = table.merge(worlds.reset_index(names="world"), on=["scenario", "point"])["world"]
    values = np.full((len(worlds), len(outcomes), len(replications)), np.nan)
    values[world, outcome, column] = table["value"]
    there = np.zeros((len(worlds), len(replications)), bool)
    there[world, column] = True
    keys = worlds.merge(pd.DataFrame({"outcome": outcomes}), how="cross")
    return keys, values.reshape(len(keys), -1), np.repeat(there, len(outcomes), axis=0)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table, each by the names of its columns."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
