"""Small experiments for tests, and executors that misbehave on purpose."""

from __future__ import annotations

import io
import os
import random
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiment import pools
from sim.experiment.cells import Cell, Failed, Finished, Job, work
from sim.experiment.definition import Experiment, read_experiment
from sim.experiment.provenance import code_hash
from sim.scenario.files import find

Results = list[Finished | Failed]
Work = Callable[[Job], Results]

#: Of a world: two years of which one is observed, where what is asked needs no more.
ONE_YEAR = """
[time]
start = 2026-01-01
observe_from = 2027-04-01
observe_until = 2028-04-01
end = 2028-07-01
"""


def small_world(name: str, rest: str = "") -> str:
    """Return a scenario file with few people: a replication takes a fraction of a second."""
    base = find("baseline").as_posix()
    return (
        f'extends = "{base}"\nname = "{name}"\ntitle = "A small world"\nsummary = "For tests."\n'
        f"[arrivals]\njudgments_per_year = 40\n{rest}\n"
    )


def write(folder: Path, text: str, *, name: str = "tiny", world: str = "") -> Path:
    """Write an experiment on two small scenarios, `small` and `without`, in a folder.

    `world` is what both say besides, as a text of TOML.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "small.toml").write_text(small_world("small", world), encoding="utf-8")
    without = small_world("without", f"{world}\n[rented_prison]\nin_use = false")
    (folder / "without.toml").write_text(without, encoding="utf-8")
    file = folder / f"{name}.toml"
    head = f'name = "{name}"\ntitle = "A tiny experiment"\n'
    if "scenarios =" not in text:
        head += 'scenarios = ["small.toml", "without.toml"]\n'
    file.write_text(head + text, encoding="utf-8")
    return file


def read(folder: Path, text: str, *, name: str = "tiny") -> Experiment:
    """Write an experiment, and read it."""
    return read_experiment(write(folder, text, name=name))


def tables_in(folder: Path) -> dict[str, bytes]:
    """Return every file below `tables`, by its path there."""
    tables = folder / "tables"
    files = (path for path in sorted(tables.rglob("*")) if path.is_file())
    return {path.relative_to(tables).as_posix(): path.read_bytes() for path in files}


def all_in(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder, hidden ones too, by its path."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


# ---------------------------------------------------------------- results without a simulation


def canned(
    cell: Cell, value: Callable[[Cell, int], float | None], seconds: float = 0.05
) -> Finished:
    """Return a cell whose outcome `limbo` is what a function says for each replication."""
    numbers = range(cell.first, cell.first + cell.replications)
    size = cell.replications
    table = pa.table(
        {
            "scenario": [cell.scenario] * size,
            "point": pa.array([cell.point] * size, pa.int32()),
            "replication": pa.array(numbers, pa.int32()),
            "outcome": ["limbo"] * size,
            "value": pa.array([value(cell, number) for number in numbers], pa.float64()),
            "unit": ["persons"] * size,
        }
    )
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return Finished(cell, {"outcomes": buffer.getvalue()}, seconds, code_hash())


def canned_work(value: Callable[[Cell, int], float | None], seconds: float = 0.05) -> Work:
    """Return what does as if it simulated."""
    return lambda job: [canned(cell, value, seconds) for cell in job.cells]


def constant(_cell: Cell, _number: int) -> float:
    """Return an outcome that is known at once."""
    return 7.0


def noisy(cell: Cell, number: int) -> float:
    """Return an outcome that scatters, more at later points."""
    luck = random.Random(f"{cell.scenario} {cell.point} {number}")
    return 10 + luck.uniform(-1.75, 1.75) * (1 + cell.point)


class Instead(Executor):
    """Does other work than it is given, at once; keeps a list of the jobs."""

    def __init__(self, instead: Work) -> None:
        self.instead = instead
        self.jobs: list[Job] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it at once."""
        self.jobs.append(args[0])
        future: Future[Any] = Future()
        try:
            future.set_result(self.instead(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    @property
    def cells(self) -> list[Cell]:
        """Every cell it was given, in order."""
        return [cell for job in self.jobs for cell in job.cells]


class Shuffled(Executor):
    """Finishes jobs in an order that only chance knows."""

    def __init__(self, instead: Work, seed: int) -> None:
        self._instead, self._luck = instead, random.Random(seed)
        self._waiting: list[tuple[Future[Any], Job]] = []
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it some time."""
        future: Future[Any] = Future()
        with self._changed:
            self._waiting.append((future, args[0]))
            self._changed.notify()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if not self._waiting:
                    return
                future, job = self._waiting.pop(self._luck.randrange(len(self._waiting)))
            if future.set_running_or_notify_cancel():
                future.set_result(self._instead(job))


def opener(executor: Executor) -> Callable[[], Any]:
    """Return what opens an executor that is there already."""

    @contextmanager
    def opened() -> Iterator[Executor]:
        yield executor

    return opened


# ---------------------------------------------------------------- real workers that die


class Through(Executor):
    """Passes other work on to a pool."""

    def __init__(self, pool: Executor, instead: Work) -> None:
        self.pool, self.instead = pool, instead

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Submit the other work."""
        return self.pool.submit(self.instead, *args)


@contextmanager
def deadly_pool() -> Iterator[Executor]:
    """Open two processes, of which one dies whenever it meets replication 1 of `small`."""
    with pools.processes(2) as pool:
        yield Through(pool, die_at_replication_1)


def die_at_replication_1(job: Job) -> Results:
    """Work, but die of one cell as if the memory had run out."""
    if any(cell.scenario == "small" and cell.first == 1 for cell in job.cells):
        os.kill(os.getpid(), signal.SIGKILL)
    return work(job)


def names(cells: Iterable[Cell]) -> list[str]:
    """Return the names of cells in order."""
    return sorted(cell.name for cell in cells)
