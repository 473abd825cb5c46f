"""The tables of replications as files: Parquet for all, CSV besides for the short ones."""

from __future__ import annotations

import io
import json
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sim.experiment.replicate import Replications
from sim.results.files import replace

#: Tables up to this many rows are written as CSV too.
CSV_ROWS = 20_000
_PACKAGES = ("simpy", "numpy", "pandas", "pydantic")


def write_tables(done: Sequence[Replications], folder: Path) -> list[Path]:
    """Write the tables of several scenarios, told apart by a column, and how they were made.

    Parameters
    ----------
    done
        Replications of one or more scenarios.
    folder
        Where to write; made if it is not there.

    Returns
    -------
    list of Path
        The files written: one or two for each table, and `run.json`.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    import pandas as pd

    paths = []
    for name in done[0].tables:
        parts = [r.lent(name).assign(scenario=r.scenario.name) for r in done]
        # One without rows says nothing of the kinds of its columns.
        table = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
        table.insert(0, "scenario", table.pop("scenario"))
        buffer = io.BytesIO()
        table.to_parquet(buffer, index=False, compression="zstd")
        paths.append(replace(folder / f"{name}.parquet", buffer.getvalue()))
        if len(table) <= CSV_ROWS:
            paths.append(replace(folder / f"{name}.csv", table.to_csv(index=False)))
    return [*paths, replace(folder / "run.json", json.dumps(provenance(done), indent=2) + "\n")]


def outdated(done: Sequence[Replications], folder: Path, written: Sequence[Path]) -> list[Path]:
    """Return the files of an earlier run's tables that this one has not written anew."""
    files = [
        folder / f"{name}{ending}" for name in done[0].tables for ending in (".csv", ".parquet")
    ]
    return [file for file in files if file.is_file() and file not in written]


def provenance(done: Sequence[Replications]) -> dict[str, Any]:
    """Return what one needs to know to make the same tables again."""
    return {
        "scenarios": {r.scenario.name: r.scenario.hash for r in done},
        "seed": done[0].seed,
        "replications": done[0].number,
        "versions": {"python": platform.python_version()}
        | {package: version(package) for package in _PACKAGES},
    }
