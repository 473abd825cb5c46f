"""One visitor's replications: run side by side, looked at while they grow, stopped at will."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future
from threading import RLock
from typing import TYPE_CHECKING, Any, Protocol

from sim.experiment.cells import Failed, Finished, job_of, work
from sim.experiment.replicate import experiment_of
from sim.experiment.replications import Replications
from sim.experiment.schedule import Schedule
from sim.experiment.shelf import in_common, replications_of
from sim.experiment.temporary import TemporaryStore

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

#: Replications of each scenario at which the answer is shown anew.
STAGES = (1, 3, 6, 12, 20, 30, 45, 60, 80, 100)
#: A job that nobody has looked at for this long stops by itself.
UNSEEN_SECONDS = 60.0


class Workers(Protocol):
    """What runs the work."""

    workers: int

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        """Hand out work."""


class Job:
    """Replications of one or two scenarios, the first of each first.

    At most as many are out at a time as there are workers, so that the jobs of several visitors
    take turns.

    Parameters
    ----------
    scenarios
        What to run.
    replications
        How often each.
    seed
        Root seed.
    crew
        Who runs it.
    clock
        Tells seconds.
    """

    def __init__(
        self,
        scenarios: Sequence[Scenario],
        replications: int,
        seed: int,
        crew: Workers,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.scenarios, self.replications, self.seed = tuple(scenarios), replications, seed
        self.error = ""
        self._crew, self._clock, self._lock = crew, clock, RLock()
        self._experiment = experiment_of(self.scenarios, replications, seed, per_cell=1)
        self._store = TemporaryStore()
        self._schedule = Schedule(self._experiment, {}, lambda _point, _number: True)
        self._out: set[Future[Any]] = set()
        self._shown: tuple[int, list[Replications]] = (0, [])
        self.stopped = False
        self.seen()
        self._hand_out()

    # ------------------------------------------------------------------ how far it is

    def seen(self) -> None:
        """Note that somebody is looking."""
        self._last_seen = self._clock()

    @property
    def total(self) -> int:
        """Replications asked for, of all scenarios together."""
        return self.replications * len(self.scenarios)

    @property
    def done(self) -> int:
        """Replications that are there, of all scenarios together."""
        with self._lock:
            return self._schedule.finished

    @property
    def is_running(self) -> bool:
        """Whether more is to come."""
        with self._lock:
            return not self.stopped and self.done < self.total

    @property
    def stage(self) -> int:
        """How many replications of each scenario are to be shown now."""
        with self._lock:
            common = in_common(self._experiment, self._store)
            if not self.is_running:
                return common
            return max((stage for stage in STAGES if stage <= common), default=0)

    def results(self) -> list[Replications]:
        """Return the replications of the stage reached, those of every scenario alike."""
        with self._lock:
            stage = self.stage
            if self._shown[0] != stage:
                self._shown = stage, replications_of(self._experiment, self._store, number=stage)
            return self._shown[1]

    def stop(self) -> None:
        """Run no more; what is there stays."""
        with self._lock:
            self.stopped = True
            waiting = list(self._out)
        for future in waiting:
            future.cancel()

    # ------------------------------------------------------------------ running

    def _hand_out(self) -> None:
        while True:
            with self._lock:
                if self.stopped or len(self._out) >= self._crew.workers:
                    return
                if self._clock() - self._last_seen > UNSEEN_SECONDS:
                    self.stop()
                    return
                cells = self._schedule.take(1)
                if not cells:
                    return
                try:
                    future = self._crew.submit(work, job_of(self._experiment, cells))
                except RuntimeError:  # the crew has been sent home: the page is being closed
                    self.stop()
                    return
                self._out.add(future)
            future.add_done_callback(self._take)

    def _take(self, future: Future[list[Finished | Failed]]) -> None:
        with self._lock:
            self._out.discard(future)
            try:
                for result in future.result():
                    self._keep(result)
            except CancelledError:
                return
            except BrokenExecutor:
                self._fail("a worker process died, perhaps for want of memory; run again")
                return
            except Exception as error:  # whatever it was, the visitor is told
                self._fail(f"{type(error).__name__}: {error}")
                return
        self._hand_out()

    def _keep(self, result: Finished | Failed) -> None:
        if isinstance(result, Failed):
            self._fail(result.error)
        else:
            self._store.put(result)
            self._schedule.finish(result.cell)

    def _fail(self, error: str) -> None:
        self.error = self.error or error
        self.stop()
