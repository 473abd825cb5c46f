"""Exports: a table as one file, and event logs in the words of other tools.

Everything is written a part at a time, so that a table larger than the memory can be exported, and
beside its place first, so that no half-written file is left.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from sim.experiment.stored import read_table
from sim.results.choice import chosen, nearest

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from sim.experiment.read import Results

Form = Literal["pm4py", "vidigi"]


def export(results: Results, name: str, file: Path) -> Path:
    """Write a table as one file; see `Results.export`."""
    files = results.files(name)
    if not files:
        there = f"{nearest(name, results.tables)}there are: {', '.join(results.tables)}"
        raise KeyError(f"no table {name!r} was kept; {there}")
    return write_parts(map(read_table, files), file)


def copy_folder(folder: Path, uri: str) -> None:
    """Copy an experiment's folder to another file system, such as object storage.

    Parameters
    ----------
    folder
        The experiment's folder.
    uri
        Where to, in the words of pyarrow's file systems: `s3://`, `gs://`, `abfs://`, `hdfs://`,
        `file://`. Credentials come from the environment.

    Raises
    ------
    ValueError
        If pyarrow does not know the kind of address.
    OSError
        If the place cannot be reached or written to.
    """
    import pyarrow as pa
    from pyarrow import fs

    try:
        system, path = fs.FileSystem.from_uri(uri)
    except pa.ArrowInvalid as error:
        raise ValueError(f"{uri}: {error}") from None
    system.create_dir(path, recursive=True)
    fs.copy_files(str(folder), path, destination_filesystem=system)


def event_log(
    results: Results, file: Path, form: Form, scenario: str, point: int = 0, replication: int = 0
) -> Path:
    """Write what happened in one replication as an event log for another tool.

    Parameters
    ----------
    results
        An experiment that kept the tables spells and exits.
    file
        Where to; CSV or Parquet by its ending.
    form
        `"pm4py"`: one row an event, columns case:concept:name, concept:name, time:timestamp,
        lifecycle:transition (start and complete of every stay, complete of the exit) and
        org:resource (the place). `"vidigi"`: columns entity_id, event_type (arrival_departure,
        queue, resource_use, resource_use_end), event, time (days since the first arrival),
        resource_id, pathway; a stay in a place is the use of a resource, any other a queue.
    scenario, point, replication
        Which replication.

    Raises
    ------
    KeyError
        If spells or exits were not kept, or the replication is not there.
    ValueError
        For an ending other than .csv and .parquet, or another form.
    """
    import pyarrow as pa

    parts = {}
    for name in ("spells", "exits"):
        if name not in results.tables:
            raise KeyError(f'an event log needs the tables "spells" and "exits"; {name} is missing')
        table = results.table(name, scenario=scenario, point=point)
        parts[name] = table[table["replication"] == replication]
        if parts[name].empty and name == "spells":
            raise KeyError(f"no replication {replication} of {scenario} at point {point}")
    log = events(parts["spells"], parts["exits"], form)
    return write_parts([pa.Table.from_pandas(log, preserve_index=False)], file)


def events(spells: pd.DataFrame, exits: pd.DataFrame, form: Form) -> pd.DataFrame:
    """Return what happened in one replication as an event log; see `event_log`.

    Parameters
    ----------
    spells, exits
        Its tables.
    form
        `"pm4py"` or `"vidigi"`.

    Raises
    ------
    ValueError
        If `form` is neither.
    """
    chosen("form", form, get_args(Form))
    stays = spells[spells["track"] == "stay"]
    stays = stays.sort_values(["person", "start", "end"], kind="stable")
    return (_pm4py if form == "pm4py" else _vidigi)(stays, exits)


def _pm4py(stays: pd.DataFrame, exits: pd.DataFrame) -> pd.DataFrame:
    """One row for each start and end of a stay, and one for each exit."""
    import pandas as pd

    def events(moment: str, transition: str, turn: int) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "case:concept:name": stays["person"].astype(str),
                "concept:name": stays["stage"],
                "time:timestamp": stays[moment],
                "lifecycle:transition": transition,
                "org:resource": stays["place"],
                "turn": _turns(stays, turn),
                "person": stays["person"],
            }
        )

    left = pd.DataFrame(
        {
            "case:concept:name": exits["person"].astype(str),
            "concept:name": exits["exit"],
            "time:timestamp": exits["date"],
            "lifecycle:transition": "complete",
            "org:resource": exits["from_place"],
            "turn": _LAST,
            "person": exits["person"],
        }
    )
    log = pd.concat([events("start", "start", 0), events("end", "complete", 1), left])
    log = log.dropna(subset="time:timestamp").sort_values(["person", "turn"], kind="stable")
    return log.drop(columns=["turn", "person"]).reset_index(drop=True)


#: A turn after all others.
_LAST = 2**62


def _turns(stays: pd.DataFrame, turn: int) -> NDArray[np.int64]:
    """Number the starts (turn 0) and ends (turn 1) of stays in the order in which they happen.

    Time does not tell them all apart: a stay ends the moment the next one starts.
    """
    import numpy as np

    return 2 * np.arange(len(stays)) + turn


def _vidigi(stays: pd.DataFrame, exits: pd.DataFrame) -> pd.DataFrame:
    """Arrivals and departures, waits, and the use of places with its end."""
    import numpy as np
    import pandas as pd

    from sim.world.flow import STAYS, WAITING

    first = stays["start"].min()

    def rows(
        people: pd.Series, kind: object, event: object, moment: pd.Series, turn: object
    ) -> pd.DataFrame:
        days = (moment - first).dt.total_seconds() / 86400
        columns = {"entity_id": people, "event_type": kind, "event": event, "time": days}
        return pd.DataFrame(columns | {"turn": turn})

    waits = stays["stage"].isin([STAYS[stay].stage for stay in WAITING])
    stays = stays.assign(begins=_turns(stays, 0), ends=_turns(stays, 1))
    ended = stays[~waits & stays["ended"]]
    arrived = stays.groupby("person", as_index=False)["start"].min()
    log = pd.concat(
        [
            rows(arrived["person"], "arrival_departure", "arrival", arrived["start"], -1),
            rows(stays["person"], np.where(waits, "queue", "resource_use"), stays["stage"],
                 stays["start"], stays["begins"]).assign(resource_id=stays["place"].where(~waits)),
            rows(ended["person"], "resource_use_end", ended["stage"], ended["end"],
                 ended["ends"]).assign(resource_id=ended["place"]),
            rows(exits["person"], "arrival_departure", "depart", exits["date"], _LAST).assign(
                pathway=exits["exit"]
            ),
        ],
        ignore_index=True,
    )  # fmt: skip
    log = log.sort_values(["entity_id", "turn"], kind="stable").drop(columns="turn")
    return log.reset_index(drop=True)


def write_parts(parts: Iterable[pa.Table], file: Path) -> Path:
    """Write parts one below the other, CSV or Parquet by the file's ending.

    Raises
    ------
    ValueError
        For another ending.
    """
    import pyarrow.csv as csv
    import pyarrow.parquet as pq

    writers = {".csv": csv.CSVWriter, ".parquet": pq.ParquetWriter}
    if file.suffix not in writers:
        raise ValueError(f"{file}: the name should end in .csv or .parquet")
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        writer = None
        for part in parts:
            if writer is None:
                writer = writers[file.suffix](beside, part.schema)
            writer.write_table(part)
        if writer is not None:
            writer.close()
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return file
