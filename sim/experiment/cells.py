"""Cells: the unit that is run, stored, resumed and, if need be, tried again.

A cell is a block of replications of one scenario at one point. A worker gets a job (a few cells
and their worlds), touches no file, and sends back each cell as Parquet in memory, or why it
failed. What a cell holds depends on the experiment alone: not on who runs it, when, or with what
others.
"""

from __future__ import annotations

import gc
import io
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.experiment.keep import ALWAYS, LOADS, TABLES

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from sim.experiment.definition import Experiment
    from sim.results.published.vocabulary import Figure
    from sim.results.run import Run
    from sim.scenario.schema import Scenario


@dataclass(frozen=True, order=True)
class Cell:
    """Some replications of one scenario at one point."""

    point: int
    first: int
    """Number of its first replication."""
    scenario: str
    replications: int

    @property
    def name(self) -> str:
        """Name of its files."""
        last = self.first + self.replications - 1
        return f"{self.scenario}-p{self.point:06d}-r{self.first:06d}-{last:06d}"

    def has(self, table: str) -> bool:
        """Tell whether a table is kept of any of its replications."""
        return self.first == 0 or not TABLES[table].of_first

    def __str__(self) -> str:
        last = self.first + self.replications - 1
        return f"{self.scenario}, point {self.point}, replications {self.first} to {last}"


@dataclass(frozen=True)
class Job:
    """Cells to be run one after the other by one worker."""

    cells: tuple[Cell, ...]
    worlds: Mapping[str, Scenario]
    """Scenarios by name, as the experiment has them."""
    changes: Mapping[int, Mapping[str, Mapping[str, Any]]]
    """For each point and scenario what changes, by dotted key."""
    seed: int
    tables: tuple[str, ...]
    figures: tuple[Figure, ...] = ()
    """What the table `published` measures."""
    drawn: frozenset[int] = frozenset()
    """Points that are draws: of these nobody asks where a queue has no end, which takes long."""


@dataclass(frozen=True)
class Finished:
    """A cell that ran."""

    cell: Cell
    tables: Mapping[str, bytes]
    """Parquet by name of the table."""
    seconds: float
    code: str
    """Hash of the code that ran it."""


@dataclass(frozen=True)
class Failed:
    """A cell that did not."""

    cell: Cell
    stage: str
    """What was being done: scenario, simulation, tables, worker."""
    error: str
    """Kind of error and message."""
    details: str = ""
    """Where in the code."""


def job_of(experiment: Experiment, cells: Sequence[Cell]) -> Job:
    """Return the job of running some cells of an experiment."""
    worlds = {scenario.name: scenario for scenario in experiment.scenarios}
    changes: dict[int, dict[str, Mapping[str, Any]]] = {}
    for cell in cells:
        of_cell = experiment.plan.changes(cell.point, worlds[cell.scenario])
        changes.setdefault(cell.point, {})[cell.scenario] = of_cell
    return Job(
        cells=tuple(cells),
        worlds={cell.scenario: worlds[cell.scenario] for cell in cells},
        changes=changes,
        seed=experiment.definition.seed,
        tables=tuple(dict.fromkeys((*ALWAYS, *experiment.definition.tables))),
        figures=experiment.figures,
        drawn=frozenset(cell.point for cell in cells if experiment.plan.is_draw(cell.point)),
    )


def work(job: Job) -> list[Finished | Failed]:
    """Run the cells of a job; an error in one is told, and does not touch the others."""
    return [_run(cell, job) for cell in job.cells]


def _run(cell: Cell, job: Job) -> Finished | Failed:
    from sim.experiment.provenance import code_hash

    begun, stage = time.perf_counter(), "scenario"
    try:
        changes = job.changes[cell.point][cell.scenario]
        world = _world(job.worlds[cell.scenario], changes)
        drawn = cell.point in job.drawn
        kept = [name for name in job.tables if not (drawn and name == LOADS)]
        parts: dict[str, list[pa.Table]] = {name: [] for name in kept}
        for number in range(cell.first, cell.first + cell.replications):
            stage = f"simulation of replication {number}"
            run = _replicate(world, job.seed, number)
            stage = f"tables of replication {number}"
            for name, table in arrow_tables(run, cell, kept, job.figures).items():
                parts[name].append(table)
            del run
            _collect()
        encoded = {name: _encoded(tables) for name, tables in parts.items() if tables}
    except Exception as error:  # a failure is data: whatever it was, the others go on
        told = f"{type(error).__name__}: {error}"
        return Failed(cell, stage, told, traceback.format_exc(limit=-4))
    return Finished(cell, encoded, time.perf_counter() - begun, code_hash())


def _world(base: Scenario, changes: Mapping[str, Any]) -> Scenario:
    from sim.scenario.files import changed

    return changed(base, changes) if changes else base


def _replicate(world: Scenario, seed: int, number: int) -> Run:
    from sim.results.run import Run
    from sim.world.simulate import simulate

    return Run(simulate(world, seed, number))


def arrow_tables(
    run: Run, cell: Cell, names: Sequence[str], figures: Sequence[Figure] = ()
) -> dict[str, pa.Table]:
    """Return the tables that are kept of a replication, typed as documented."""
    return {
        name: _as_arrow(_labelled(TABLES[name].of(run, figures), cell, run.replication), name)
        for name in names
        if run.replication == 0 or not TABLES[name].of_first
    }


def _collect() -> None:
    """Free what a replication leaves in circles, in a worker that has frozen all the rest."""
    if gc.get_freeze_count():
        gc.collect()


def _labelled(table: pd.DataFrame, cell: Cell, replication: int) -> pd.DataFrame:
    """Say in every row which replication of what it belongs to."""
    import numpy as np

    table = table.copy(deep=False)
    table.insert(0, "scenario", cell.scenario)
    table.insert(1, "point", np.int32(cell.point))
    table.insert(2, "replication", np.int32(replication))
    return table


def _as_arrow(table: pd.DataFrame, name: str) -> pa.Table:
    """Give a table its documented columns, whatever types pandas made of few or no rows."""
    import pyarrow as pa

    columns = TABLES[name].columns
    schema = pa.schema([(column, pa.type_for_alias(kind)) for column, kind in columns.items()])
    if table.empty:
        return schema.empty_table()
    if list(table.columns) != schema.names:
        raise TypeError(f"table {name} has columns {list(table.columns)}, not {schema.names}")
    return pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata().cast(schema)


def _encoded(tables: list[pa.Table]) -> bytes:
    """Write tables one below the other as Parquet, with nothing in it but the data."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    whole = pa.concat_tables(tables).combine_chunks()
    buffer = io.BytesIO()
    pq.write_table(whole, buffer, compression="zstd", use_dictionary=True)
    return buffer.getvalue()
