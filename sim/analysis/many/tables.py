"""Tables of many runs: whose each row is, one run at a time, for Python and for other tools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiment.export import Form, events
from sim.experiment.keep import TABLES
from sim.experiment.replications import Replications

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def blocks(done: Sequence[Replications], name: str) -> Iterator[pd.DataFrame]:
    """Yield a table of several scenarios one run at a time."""
    for r in done:
        for block in r.blocks(name):
            yield labelled(block, r)


def parts(done: Sequence[Replications], name: str) -> Iterator[pa.Table]:
    """Yield a table a part at a time, with the columns that tell runs apart, plainly typed."""
    import pyarrow as pa

    kinds = {c: k for c, k in TABLES[name].columns.items() if c not in ("scenario", "point")}
    kinds = {"scenario": "string", "replication": "int32", "draw": "int32"} | kinds
    schema = pa.schema([(c, pa.type_for_alias(kind)) for c, kind in kinds.items()])
    for block in blocks(done, name):
        table = pa.Table.from_pandas(block, preserve_index=False)
        yield table.select(schema.names).replace_schema_metadata().cast(schema)


def logs(done: Sequence[Replications], form: Form) -> Iterator[pd.DataFrame]:
    """Yield the event log of one run after the other."""
    case, before = ("case:concept:name", "case:") if form == "pm4py" else ("entity_id", "")
    for r in done:
        exits = r.lent("exits").astype({"exit": str, "from_place": str})
        for block in r.blocks("spells"):
            for number in np.unique(block["replication"]):
                spells = block[block["replication"] == number]
                words = spells.astype({"stage": str, "place": str})
                log = events(words, exits[exits["replication"] == number], form)
                log[case] = f"{r.scenario.name}/{number}/" + log[case].astype(str)
                log[f"{before}scenario"] = r.scenario.name
                log[f"{before}replication"] = np.int32(number)
                log[f"{before}draw"] = _draw(np.full(len(log), number), r)
                yield log


def labelled(block: pd.DataFrame, r: Replications) -> pd.DataFrame:
    """Say in every row which run of what it belongs to, in the first columns."""
    import pandas as pd

    found = block.copy(deep=False)
    for column in (c for c in ("scenario", "point") if c in found):
        found = found.drop(columns=column)
    number = found.pop("replication").to_numpy(np.int32)
    name = pd.Categorical.from_codes(np.zeros(len(found), np.int8), pd.Index([r.scenario.name]))
    found.insert(0, "scenario", pd.Series(name, index=found.index))
    found.insert(1, "replication", number)
    found.insert(2, "draw", _draw(number, r))
    return found


def _draw(numbers: Any, r: Replications) -> Any:
    """Return the draws of runs: none where the scenario ran at its own values."""
    import pandas as pd

    missing = np.full(len(numbers), not r.drawn)
    return pd.arrays.IntegerArray(np.asarray(numbers, np.int32).copy(), missing)


def words_as_categories(part: pa.Table) -> pa.Table:
    """Say each word of a part once: a tenth of the memory."""
    import pyarrow as pa

    for place, field in enumerate(part.schema):
        if pa.types.is_string(field.type):
            part = part.set_column(place, field.name, part.column(place).dictionary_encode())
    return part
