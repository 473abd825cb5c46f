"""One visitor's replications: run side by side, looked at while they grow, stopped at will."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future
from functools import partial
from threading import RLock
from typing import TYPE_CHECKING, Any, Protocol

from sim.experiment.replicate import Replications, gathered, one

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

#: Replications of each scenario at which the answer is shown anew.
STAGES = (1, 3, 6, 12, 20, 30, 45, 60, 80, 100)
#: A job that nobody has looked at for this long stops by itself.
UNSEEN_SECONDS = 60.0


class Workers(Protocol):
    """What runs the work."""

    workers: int

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
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
        self._left = deque(
            (number, scenario) for number in range(replications) for scenario in self.scenarios
        )
        self._out: set[Future[Any]] = set()
        self._parts: dict[str, dict[int, Any]] = {world.name: {} for world in self.scenarios}
        self._gathered: tuple[int, list[Replications]] = (0, [])
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
            return sum(map(len, self._parts.values()))

    @property
    def is_running(self) -> bool:
        """Whether more is to come."""
        with self._lock:
            return not self.stopped and self.done < self.total

    @property
    def stage(self) -> int:
        """How many replications of each scenario are to be shown now."""
        with self._lock:
            common = min(_without_gap(parts) for parts in self._parts.values())
            if not self.is_running:
                return common
            return max((stage for stage in STAGES if stage <= common), default=0)

    def results(self) -> list[Replications]:
        """Return the replications of the stage reached, those of every scenario alike."""
        with self._lock:
            stage = self.stage
            if self._gathered[0] != stage:
                self._gathered = (
                    stage,
                    [
                        gathered(
                            world, self.seed, [self._parts[world.name][n] for n in range(stage)]
                        )
                        for world in self.scenarios
                    ],
                )
            return self._gathered[1]

    def stop(self) -> None:
        """Run no more; what is there stays."""
        with self._lock:
            self.stopped = True
            self._left.clear()
            waiting = list(self._out)
        for future in waiting:
            future.cancel()

    # ------------------------------------------------------------------ running

    def _hand_out(self) -> None:
        while True:
            with self._lock:
                if not self._left or len(self._out) >= self._crew.workers:
                    return
                if self._clock() - self._last_seen > UNSEEN_SECONDS:
                    self.stop()
                    return
                number, scenario = self._left.popleft()
                try:
                    future = self._crew.submit(one, scenario, self.seed, number)
                except RuntimeError:  # the crew has been sent home: the page is being closed
                    self.stop()
                    return
                self._out.add(future)
            future.add_done_callback(partial(self._take, scenario.name, number))

    def _take(self, world: str, number: int, future: Future[Any]) -> None:
        with self._lock:
            self._out.discard(future)
            try:
                self._parts[world][number] = future.result()
            except CancelledError:
                return
            except BrokenExecutor:
                self._fail("a worker process died, perhaps for want of memory; run again")
                return
            except Exception as error:  # whatever it was, the visitor is told
                self._fail(f"{type(error).__name__}: {error}")
                return
        self._hand_out()

    def _fail(self, error: str) -> None:
        self.error = self.error or error
        self.stop()


def _without_gap(parts: dict[int, Any]) -> int:
    """Return how many replications are there from the first on."""
    number = 0
    while number in parts:
        number += 1
    return number
