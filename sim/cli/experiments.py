"""Commands about experiments: run and go on, see how far, try again, take the results, list.

They stand below one word, `prisonflow experiment`; whoever writes them as they once were is told
how they are written now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sim.cli.common import try_file
from sim.cli.output import FAILED, fail, say
from sim.numbers import counted, grouped
from sim.table import Column, Row, Table

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from sim.experiment.cells import Cell
    from sim.experiment.definition import Experiment
    from sim.experiment.read import Results
    from sim.experiment.replications import Replications
    from sim.experiment.run import OpenExecutor

Source = Annotated[
    str,
    typer.Argument(
        metavar="EXPERIMENT",
        help="Experiment file, name of a shipped one, or folder of one begun before.",
    ),
]
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of an experiment.")]
Workers = Annotated[
    int | None,
    typer.Option(min=1, help="Processes on this machine; by default one for each processor."),
]
DaskAddress = Annotated[
    str | None,
    typer.Option("--dask", metavar="ADDRESS", help="Dask scheduler, such as tcp://10.0.0.5:8786."),
]
Mpi = Annotated[
    bool, typer.Option("--mpi", help="Run on the ranks of an MPI job (start it with mpiexec).")
]

#: The experiments in a folder, and the tables of one.
_FOUND = (
    Column("experiment"),
    Column("state", most=45),
    Column("ran last"),
    Column("MB", number=True, write=partial(grouped, decimals=1)),
    Column("folder"),
)
_FILES = (
    Column("table"),
    Column("files", number=True),
    Column("kB", number=True, write=grouped),
    Column("one row is"),
)


def run(
    source: Source,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of the results; outputs/experiments/<name> by default."),
    ] = None,
    workers: Workers = None,
    dask: DaskAddress = None,
    mpi: Mpi = False,
) -> None:
    """Run an experiment, or what is missing of it: the same command again goes on."""
    with crew_of(workers, dask, mpi) as crew:
        if crew.workers:
            _run(source, out, crew, only_failed=False)


def retry(
    folder: Folder, workers: Workers = None, dask: DaskAddress = None, mpi: Mpi = False
) -> None:
    """Run the cells of an experiment that failed once more."""
    open_results(folder)
    with crew_of(workers, dask, mpi) as crew:
        if crew.workers:
            _run(str(folder), None, crew, only_failed=True)


def status(folder: Folder) -> None:
    """Say how far an experiment has got."""
    results = open_results(folder)
    now = results.status
    say(f"{now.name}: {now.title}")
    say(
        f"{counted(len(results.manifest['scenarios']), 'scenario')}, "
        f"{counted(results.manifest['points'], 'point')}: {counted(now.cells, 'cell')} done, "
        f"{counted(now.replications, 'replication')} in them; {grouped(now.failed)} failed"
    )
    for run in now.runs:
        ran = f"; {counted(run['ran'], 'cell')} run" if "ran" in run else ""
        say(f"  {run['began'][:19]} UTC, {run['how']}: {run['outcome']}{ran}")
    for row in results.failures.itertuples():
        say(f"  failed: {row.cell}, {row.stage}: {row.error}")
    if now.failed:
        say(f"try them again with: prisonflow experiment retry {folder}")


def export(
    folder: Folder,
    table: Annotated[str | None, typer.Option(help="Table to export.")] = None,
    to: Annotated[Path | None, typer.Option(help="File to write it to: .csv or .parquet.")] = None,
    event_log: Annotated[
        Literal["pm4py", "vidigi"] | None,
        typer.Option(help="Export what happened in one replication as an event log."),
    ] = None,
    scenario: Annotated[str | None, typer.Option(help="Scenario of the event log.")] = None,
    point: Annotated[int, typer.Option(min=0, help="Point of the event log.")] = 0,
    replication: Annotated[int, typer.Option(min=0, help="Replication of the event log.")] = 0,
    copy_to: Annotated[
        str | None,
        typer.Option(metavar="URI", help="Copy the whole folder, such as to s3://bucket/name."),
    ] = None,
) -> None:
    """List the tables of an experiment, or export one."""
    from sim.experiment.export import copy_folder
    from sim.experiment.export import event_log as write_event_log

    found = open_results(folder)
    if copy_to is not None:
        _export(lambda: copy_folder(folder, copy_to))
        say(f"copied {folder} to {copy_to}")
    elif table is None and event_log is None:
        _list(found)
    elif to is None:
        fail(["--to: say into which file, such as --to outcomes.csv"])
    else:
        try_file(to, "--to", (".csv", ".parquet"))
        if event_log is not None:
            name = scenario or next(iter(found.manifest["scenarios"]))
            _export(lambda: write_event_log(found, to, event_log, name, point, replication))
        elif table is not None:
            _export(lambda: found.export(table, to))
        say(f"wrote {to}")


def list_(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Folder to look through.")
    ] = Path("outputs"),
    shipped: Annotated[
        bool, typer.Option("--shipped", help="List what can be run by its name instead.")
    ] = False,
) -> None:
    """List the experiments in a folder, or those that are shipped."""
    from sim.experiment.listing import experiments_in

    if shipped:
        _list_shipped()
        return
    if not folder.is_dir():
        fail([f"{folder}: no such folder"])
    found = list(experiments_in(folder))
    if found:
        rows = [Row((e.name, e.state, e.when, e.megabytes, str(e.folder))) for e in found]
        say("\n".join(Table(_FOUND, rows).text()))
    if not found:
        say(f"{folder} holds no experiment. List what can be run: prisonflow experiment list "
            "--shipped")  # fmt: skip


@dataclass(frozen=True)
class Crew:
    """Who does the work; nobody (no workers) in the ranks of an MPI job but the first."""

    workers: int
    how: str
    open: OpenExecutor
    here: bool = False
    """Whether they are processes of this machine, which read the files that this one reads."""


@contextmanager
def crew_of(workers: int | None, dask: str | None, mpi: bool) -> Iterator[Crew]:
    """Find the workers asked for."""
    from sim.experiment import pools
    from sim.experiment.store import StoreError

    if sum((workers is not None, dask is not None, mpi)) > 1:
        fail(["--workers, --dask and --mpi: choose one of them"])
    try:
        if dask is not None:
            with pools.dask(dask) as (executor, number):
                yield Crew(number, f"{number} Dask workers", lambda: nullcontext(executor))
        elif mpi:
            with pools.mpi() as (ranks, number):
                how = f"{number + 1} MPI ranks"
                yield Crew(number if ranks else 0, how, lambda: nullcontext(ranks))
        else:
            number = workers or pools.processors()
            if number == 1:
                yield Crew(1, "one process", nullcontext)
            else:
                yield Crew(
                    number, f"{number} processes", lambda: pools.processes(number), here=True
                )
    except StoreError as error:
        fail(str(error).splitlines(), code=1)


@contextmanager
def staying(crew: Crew) -> Iterator[tuple[Crew, Executor | None]]:
    """Start the processes of a crew for one piece of work after another.

    Workers elsewhere are as they were, and there is no executor for what reads files of this
    machine; nor is there in one process.
    """
    from sim.experiment.crew import Crew as Processes

    if not crew.here:
        yield crew, None
        return
    with Processes(crew.workers) as executor:
        yield replace(crew, open=lambda: nullcontext(executor)), executor


def _list_shipped() -> None:
    from sim.experiment.definition import read_definition, shipped_experiments
    from sim.experiment.design import number_of_points

    for file in shipped_experiments():
        words, scenarios = read_definition(file)
        points, rules = number_of_points(words.design, scenarios[0], words.seed), words.replications
        often = (
            counted(rules.number, "replication") if rules.number else f"{rules.often} replications"
        )
        size = f"{counted(len(scenarios), 'scenario')}, {counted(points, 'point')}"
        say(f"{words.name}: {words.title} ({size}, {often})")
        say(f"    {words.summary}")


def _run(source: str, out: Path | None, crew: Crew, *, only_failed: bool) -> None:
    from sim.experiment.call import made_out
    from sim.experiment.run import failed_cells
    from sim.experiment.store import Store

    chosen, folder = made_out(source, out)
    only = failed_cells(Store(folder)) if only_failed else None
    if only_failed and not only:
        say(f"{folder}: no cell has failed.")
        return
    run_cells(chosen, folder, crew, only)
    say(f"see: prisonflow experiment export {folder}")


def run_cells(
    chosen: Experiment,
    folder: Path,
    crew: Crew,
    only: frozenset[Cell] | None = None,
    first: Callable[[list[Replications]], None] | None = None,
) -> None:
    """Run what is missing of an experiment, and say what was done; exit if a cell failed.

    The first draws are handed on while the rest is running.
    """
    from sim.experiment.first import First
    from sim.experiment.progress import Progress, fitting
    from sim.experiment.run import run_experiment
    from sim.experiment.store import Store

    store = Store(folder)
    progress: Progress = fitting()
    if first is not None:
        progress = First(chosen, store, first, progress)
    try:
        ended = run_experiment(
            chosen, store, crew.open, workers=crew.workers, how=crew.how, only=only,
            progress=progress,
        )  # fmt: skip
    except KeyboardInterrupt:
        safe = f"stopped; {counted(len(store.done()), 'cell')} safe in {folder}"
        fail([f"{safe}. The same command runs the rest."], code=130)
    there = counted(len(store.done()), "cell")
    say(f"{counted(ended.ran, 'cell')} run, {there} in {folder}")
    if ended.failed:
        failed = counted(ended.failed, "cell")
        fail([f"{failed} failed: see prisonflow experiment status {folder}"], code=1)


def open_results(folder: Path, *, stable_only: bool = False) -> Results:
    """Open the folder of an experiment, or say what it lacks and exit."""
    from sim.experiment.read import Results
    from sim.experiment.store import StoreError

    try:
        return Results(folder, stable_only=stable_only)
    except StoreError as error:
        fail([str(error)])


def _list(results: Results) -> None:
    """List the tables with their rows and sizes."""
    from sim.experiment.keep import TABLES

    say(repr(results))
    rows = []
    for name in results.tables:
        files = results.files(name)
        size = sum(file.stat().st_size for file in files) / 1e3
        what = TABLES[name].row if name in TABLES else ""
        rows.append(Row((name, len(files), size, what)))
    say("\n".join(Table(_FILES, rows).text()))
    if results.unstable:
        points = ", ".join(str(point) for point in sorted(results.unstable)[:10])
        more = ", ..." if len(results.unstable) > 10 else ""
        say(
            f"at {counted(len(results.unstable), 'point')} a queue has no end ({points}{more}): "
            "see the table loads"
        )
    say(
        f"export one: prisonflow experiment export {results.folder} --table outcomes "
        "--to outcomes.csv"
    )


def _export(write: Callable[[], object]) -> None:
    """Write something, and say in one line what is wrong if it cannot be."""
    try:
        write()
    except KeyError as error:
        fail([str(error.args[0])])
    except ValueError as error:
        fail([str(error)])
    except OSError as error:
        fail([f"cannot be written to ({error.strerror or error})"], code=FAILED)
