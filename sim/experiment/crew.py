"""Worker processes that stay, for one piece of work after another."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import ExitStack
from threading import Lock
from types import TracebackType
from typing import Any

from sim.experiment.pools import processes


class Crew(Executor):
    """Processes that stay, so that no work need wait for them to start.

    As a context they are stopped at once if it is left by an error.

    Parameters
    ----------
    workers
        How many.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._lock, self._open = Lock(), ExitStack()
        self._executor = self._started()

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Hand out work; a crew that lost a worker is replaced first."""
        with self._lock:
            try:
                return self._executor.submit(function, *arguments, **named)
            except BrokenExecutor:
                self._open.pop_all()  # nothing to close: its processes are gone
                self._executor = self._started()
                return self._executor.submit(function, *arguments, **named)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """Send the workers home, at once if there was an error."""
        with self._lock:
            self._open.__exit__(kind, error, where)

    def close(self) -> None:
        """Send the workers home once they have finished what they are at."""
        with self._lock:
            self._open.close()

    def _started(self) -> Executor:
        return self._open.enter_context(processes(self.workers))
