"""Running an experiment: cells out to the workers, tables back into the store.

An executor is passed in; none means one cell after the other, in this process. Only this process
writes. Whatever stops it, finished cells are safe, and the same call runs the rest.
"""

from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime

from sim.experiment.cells import Cell, Failed, Finished, Job, work
from sim.experiment.definition import Experiment
from sim.experiment.keep import ALWAYS
from sim.experiment.precision import Floats, is_precise, stored_outcomes
from sim.experiment.progress import Progress, Silent
from sim.experiment.provenance import code_hash
from sim.experiment.schedule import Schedule
from sim.experiment.store import Store, StoreError, key_of

#: Seconds of work that a job should hold: short cells travel together.
JOB_SECONDS = 1.0
#: Times that the worker of a cell may die before the cell counts as failed.
DEATHS = 3

OpenExecutor = Callable[[], AbstractContextManager[Executor | None]]


@dataclass(frozen=True)
class Ended:
    """How a run of an experiment ended."""

    finished: int
    """Cells of the experiment that are done, those of earlier runs included."""
    ran: int
    """Cells that this run finished."""
    failed: int
    """Cells that failed in this run."""


def run_experiment(
    experiment: Experiment,
    store: Store,
    open_executor: OpenExecutor = nullcontext,
    *,
    workers: int = 1,
    how: str = "one process",
    only: frozenset[Cell] | None = None,
    progress: Progress | None = None,
) -> Ended:
    """Run every cell that is not done yet, and store it.

    Parameters
    ----------
    experiment
        What to run.
    store
        Where results go, and where those of earlier runs are.
    open_executor
        Opens the executor, and opens it anew should it break because a worker died.
    workers
        Number of workers it has, so that all have something to do.
    how
        What the manifest says of them.
    only
        Run these cells alone (to try failed ones again).
    progress
        Told how far it has got.

    Raises
    ------
    StoreError
        If the folder holds something else, is in use, or is full.
    """
    with store.locked():
        note = {"began": _now(), "how": how, "workers": workers}
        try:
            store.begin(experiment)
            store.note_run(note | {"ended": None, "outcome": "running, or killed"})
        except OSError as error:
            raise StoreError(_cannot_write(store, error, 0)) from error
        runner = _Runner(experiment, store, workers, only, progress or Silent())
        outcome = "stopped by an error"
        try:
            while runner.goes_on(open_executor):
                pass
            outcome = "complete" if not runner.failures else "complete, but for failed cells"
        except KeyboardInterrupt:
            outcome = "stopped by the user"
            raise
        except OSError as error:
            outcome = f"stopped: {error.strerror or error}"
            raise StoreError(_cannot_write(store, error, runner.ran)) from error
        finally:
            runner.progress.close()
            told = {"ended": _now(), "outcome": outcome, "ran": runner.ran}
            _try_to_note(store, note | told | {"failed": len(runner.failures)})
        return Ended(runner.schedule.finished, runner.ran, len(runner.failures))


class _Runner:
    """One run: what is out with workers, and what came back."""

    def __init__(
        self,
        experiment: Experiment,
        store: Store,
        workers: int,
        only: frozenset[Cell] | None,
        progress: Progress,
    ) -> None:
        self.experiment, self.store, self.progress = experiment, store, progress
        self.worlds = {scenario.name: scenario for scenario in experiment.scenarios}
        self.done = store.done()
        self.schedule = Schedule(experiment, self.done, self._is_enough)
        self.only = None if only is None else {key_of(cell) for cell in only}
        self.at_once = 2 * workers
        self.waiting: dict[Future[list[Finished | Failed]], tuple[Cell, ...]] = {}
        self.suspects: list[Cell] = []
        self.deaths: Counter[Cell] = Counter()
        self.failures: set[Cell] = set()
        self.ran = 0
        self.seconds = 0.0

    def goes_on(self, open_executor: OpenExecutor) -> bool:
        """Run until nothing is left; returns whether a worker died and it has to go on."""
        with open_executor() as executor:
            try:
                self._run(executor)
            except BrokenExecutor:
                self._after_a_death()
                return True
            finally:
                for future in self.waiting:
                    future.cancel()
        return False

    def _run(self, executor: Executor | None) -> None:
        self._show()
        # Cells whose worker died run alone, so that no other cell is blamed for them.
        while self.suspects:
            self._submit(executor, [self.suspects[0]])
            self._collect()
            self.suspects.pop(0)
        at_once = 1 if executor is None else self.at_once
        while True:
            while len(self.waiting) < at_once and (cells := self._next()):
                self._submit(executor, cells)
            if not self.waiting:
                return
            self._collect()

    def _next(self) -> list[Cell]:
        mean = self.seconds / self.ran if self.ran else JOB_SECONDS
        size = max(1, min(64, round(JOB_SECONDS / mean)))
        while cells := self.schedule.take(size):
            # One that failed may be longer by now, if more replications are wanted.
            if wanted := [c for c in cells if self.only is None or key_of(c) in self.only]:
                return wanted
        return []

    def _submit(self, executor: Executor | None, cells: list[Cell]) -> None:
        job = self._job(cells)
        future: Future[list[Finished | Failed]] = Future()
        try:
            if executor is None:
                future.set_result(work(job))
            else:
                future = executor.submit(work, job)
        finally:
            # Also if the pool turns out to be broken: the cells are out, and must not be lost.
            self.waiting[future] = job.cells

    def _job(self, cells: list[Cell]) -> Job:
        plan = self.experiment.plan
        changes: dict[int, dict[str, dict[str, object]]] = {}
        for cell in cells:
            world = self.worlds[cell.scenario]
            changes.setdefault(cell.point, {})[cell.scenario] = plan.changes(cell.point, world)
        names = {cell.scenario for cell in cells}
        worlds = {name: self.worlds[name] for name in names}
        definition = self.experiment.definition
        tables = tuple(dict.fromkeys((*ALWAYS, *definition.tables)))
        figures = self.experiment.figures
        return Job(tuple(cells), worlds, changes, definition.seed, tables, figures)

    def _collect(self) -> None:
        """Wait for a job to come back, and store what it brought."""
        ready, _ = wait(self.waiting, return_when=FIRST_COMPLETED)
        for future in ready:
            try:
                results = future.result()
            except BrokenExecutor:
                raise
            except Exception as error:
                told = f"{type(error).__name__}: {error}"
                results = [Failed(cell, "worker", told) for cell in self.waiting[future]]
            del self.waiting[future]
            for result in results:
                self._take(result)
        self._show()

    def _take(self, result: Finished | Failed) -> None:
        if isinstance(result, Failed):
            self.failures.add(result.cell)
            self.store.fail(result)
            self.progress.failure(result.cell, result.error)
            return
        cell = result.cell
        if result.code != code_hash():
            raise StoreError(
                f"a worker runs other code ({result.code}) than this process ({code_hash()}): "
                "install the same version of prisonflow and of its libraries on all machines"
            )
        self.store.put(result)
        key = key_of(cell)
        self.store.supersede(cell, self.done.get(key, cell.replications))
        self.done[key] = cell.replications
        self.ran += 1
        self.seconds += result.seconds
        self.schedule.finish(cell)

    def _after_a_death(self) -> None:
        """Put the cells that were out under suspicion, and give up those that kill each time."""
        out = [cell for cells in self.waiting.values() for cell in cells]
        self.waiting.clear()
        suspects = self.suspects or out
        alone = bool(self.suspects)
        for cell in [self.suspects[0]] if alone else out:
            self.deaths[cell] += 1
        self.suspects = []
        for cell in suspects:
            if self.deaths[cell] >= DEATHS:
                told = f"the worker process died {DEATHS} times while running it (out of memory?)"
                self._take(Failed(cell, "worker", told))
            else:
                self.suspects.append(cell)

    def _is_enough(self, point: int, replications: int) -> bool:
        return is_known(self.experiment, self.store, point, replications)

    def _show(self) -> None:
        expected = len(self.only) if self.only is not None else self.schedule.expected()
        finished = self.ran if self.only is not None else self.schedule.finished
        self.progress.update(finished, expected, len(self.failures))


def is_known(experiment: Experiment, store: Store, point: int, replications: int) -> bool:
    """Tell whether the precision wanted is reached with the first so many replications stored."""
    return is_precise(
        experiment.definition.replications, known(experiment, store, point, replications)
    )


def known(
    experiment: Experiment, store: Store, point: int, replications: int
) -> dict[str, dict[str, Floats]]:
    """Return what is stored of the outcomes to be known: by scenario and name, in order."""
    rules = experiment.definition.replications
    names = sorted({rule.outcome for rule in rules.until})
    found = {}
    for scenario in experiment.scenarios:
        values = stored_outcomes(store.outcomes_of(point, scenario.name), names)
        found[scenario.name] = {name: column[:replications] for name, column in values.items()}
    return found


def failed_cells(store: Store) -> frozenset[Cell]:
    """Return the cells that failed and were not run since."""
    return frozenset(store.failed())


def _try_to_note(store: Store, run: dict[str, object]) -> None:
    """Note how a run ended; a disk that is full must not hide why it did."""
    try:
        store.note_run(run)
    except (OSError, StoreError):
        return


def _cannot_write(store: Store, error: OSError, ran: int) -> str:
    do = "Make room" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "Mend that"
    return (
        f"{store.folder}: cannot be written to ({error.strerror or error}). {ran} cells of this "
        f"run are safe. {do}, and give the same command again: it runs the rest."
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
