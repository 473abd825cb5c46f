"""The tables of replications as files: Parquet for all, CSV besides for the short ones."""

from __future__ import annotations

import io
import json
import platform
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiment.keep import KEPT, TABLES
from sim.experiment.replications import Replications
from sim.results.files import replace

if TYPE_CHECKING:
    import pyarrow as pa

#: Tables up to this many rows are written as CSV too.
CSV_ROWS = 20_000
#: Rows of a table that lie together in its Parquet file.
ROWS = 100_000
_ENDINGS = (".csv", ".parquet")
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
    import pyarrow.parquet as pq

    paths = []
    for name in _written(done):
        buffer = io.BytesIO()
        rows = _write(done, name, buffer)
        paths.append(replace(folder / f"{name}.parquet", buffer.getvalue()))
        if rows <= CSV_ROWS:
            table = pq.read_table(buffer).to_pandas()
            paths.append(replace(folder / f"{name}.csv", table.to_csv(index=False)))
    return [*paths, replace(folder / "run.json", json.dumps(provenance(done), indent=2) + "\n")]


def _written(done: Sequence[Replications]) -> list[str]:
    """Return the names of the tables that are written: not what stories are told from."""
    return [name for name in KEPT if name in done[0].tables and not TABLES[name].of_first]


def _write(done: Sequence[Replications], name: str, into: io.BytesIO) -> int:
    """Write a table of several scenarios as Parquet, never holding it whole; returns its rows."""
    import pyarrow.parquet as pq

    rows = 0
    with pq.ParquetWriter(into, _schema(name), compression="zstd") as writer:
        for group in _groups(done, name):
            writer.write_table(group)
            rows += group.num_rows
    return rows


def _groups(done: Sequence[Replications], name: str) -> Iterator[pa.Table]:
    """Yield the rows of a table, always as many at a time, however they come from the store."""
    import pyarrow as pa

    schema = _schema(name)
    rest = schema.empty_table()
    for r in done:
        for block in r.parts(name):
            named = block.append_column("scenario", pa.repeat(r.scenario.name, block.num_rows))
            part = named.select(schema.names).replace_schema_metadata().cast(schema)
            rest = pa.concat_tables([rest, part])
            while rest.num_rows > ROWS:
                yield rest.slice(0, ROWS).combine_chunks()
                rest = rest.slice(ROWS)
    yield rest.combine_chunks()


def _schema(name: str) -> pa.Schema:
    """Return the columns of a table and their types, without the point: there is one only."""
    import pyarrow as pa

    columns = {column: kind for column, kind in TABLES[name].columns.items() if column != "point"}
    return pa.schema([(column, pa.type_for_alias(kind)) for column, kind in columns.items()])


def outdated(done: Sequence[Replications], folder: Path, written: Sequence[Path]) -> list[Path]:
    """Return the files of an earlier run's tables that this one has not written anew."""
    files = [folder / f"{name}{ending}" for name in _written(done) for ending in _ENDINGS]
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
