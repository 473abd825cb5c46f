"""One visitor's draws: run side by side, looked at while they grow, stopped at will.

The first draws come before the scenarios as they are, and these before the other draws: what
chance alone does is soon seen beside the range.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future
from dataclasses import replace
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from sim.experiment.cells import Failed, Finished, job_of, work
from sim.experiment.replicate import experiment_of
from sim.experiment.replications import Replications
from sim.experiment.schedule import Schedule
from sim.experiment.shelf import in_common, replications_of
from sim.experiment.temporary import TemporaryStore

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

#: Draws (or replications, where there are none) of each scenario at which the answer is shown anew.
STAGES = (4, 10, 20, 30, 45, 60, 80, 100, 130, 160, 200)
#: The same for replications alone: of these the first says something already.
STAGES_ALONE = (1, 3, 6, 12, *STAGES[2:])
#: Draws that are run before the scenarios as they are: as many as a range needs.
FIRST_DRAWS = 20
#: A job that nobody has looked at for this long stops by itself.
UNSEEN_SECONDS = 60.0


class Workers(Protocol):
    """What runs the work."""

    workers: int

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        """Hand out work."""


class Stage(NamedTuple):
    """What is to be shown of each scenario."""

    number: int
    """Draws, or replications where there are no draws."""
    chance: int = 0
    """Replications beside draws."""


class Job:
    """Draws and replications of one or two scenarios, the first of each first.

    At most as many are out at a time as there are workers, so that the jobs of several visitors
    take turns.

    Parameters
    ----------
    scenarios
        What to run.
    replications
        How often each, as it is.
    seed
        Root seed.
    crew
        Who runs it.
    draws
        How many draws of what nobody knows; without any, replications are what is shown.
    clock
        Tells seconds.
    """

    def __init__(
        self,
        scenarios: Sequence[Scenario],
        replications: int,
        seed: int,
        crew: Workers,
        draws: int = 0,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.scenarios, self.seed = tuple(scenarios), seed
        self.draws, self.replications = draws, replications
        self.error = ""
        self._crew, self._clock, self._lock = crew, clock, RLock()
        self._experiment = experiment_of(
            self.scenarios, replications, seed, per_cell=1, draws=draws
        )
        self._store = TemporaryStore()
        points = range(draws + 1)
        order = [*points[1 : FIRST_DRAWS + 1], 0, *points[FIRST_DRAWS + 1 :]]
        self._schedule = Schedule(self._experiment, {}, lambda _point, _number: True, order)
        self._out: set[Future[Any]] = set()
        self._shown: tuple[Stage, list[Replications]] = (Stage(0), [])
        self.stopped = False
        self.seen()
        self._hand_out()

    # ------------------------------------------------------------------ how far it is

    def seen(self) -> None:
        """Note that somebody is looking."""
        self._last_seen = self._clock()

    @property
    def number(self) -> int:
        """Draws of each scenario asked for, or replications where there are no draws."""
        return self.draws or self.replications

    @property
    def total(self) -> int:
        """Runs asked for, of all scenarios together."""
        return (self.draws + self.replications) * len(self.scenarios)

    @property
    def done(self) -> int:
        """Runs that are there, of all scenarios together."""
        with self._lock:
            return self._schedule.finished

    @property
    def is_running(self) -> bool:
        """Whether more is to come."""
        with self._lock:
            return not self.stopped and self.done < self.total

    @property
    def stage(self) -> Stage:
        """What is to be shown of each scenario now."""
        with self._lock:
            number, chance = in_common(self._experiment, self._store), 0
            if self.draws:
                chance = in_common(self._experiment, self._store, 0)
            if not self.is_running:
                return Stage(number, chance)
            stages = STAGES if self.draws else STAGES_ALONE
            reached = max((stage for stage in stages if stage <= number), default=0)
            return Stage(reached, chance if chance == self.replications else 0)

    def results(self) -> list[Replications]:
        """Return the draws or replications of the stage reached, those of every scenario alike."""
        with self._lock:
            stage = self.stage
            if not stage.number:
                return []
            if self._shown[0] != stage:
                found = replications_of(self._experiment, self._store, number=stage.number)
                if not stage.chance:
                    found = [replace(r, chance=None) for r in found]
                self._shown = stage, found
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
