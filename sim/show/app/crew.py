"""The worker processes of the page, shared by all who visit it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import ExitStack
from threading import Lock
from typing import Any

from sim.experiment.pools import processes


class Crew:
    """Processes that stay, so that a click need not wait for them to start.

    Parameters
    ----------
    workers
        How many.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._lock, self._open = Lock(), ExitStack()
        self._executor = self._started()

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Hand out work; a crew that lost a worker is replaced first."""
        with self._lock:
            try:
                return self._executor.submit(function, *arguments)
            except BrokenExecutor:
                self._open.pop_all()  # nothing to close: its processes are gone
                self._executor = self._started()
                return self._executor.submit(function, *arguments)

    def close(self) -> None:
        """Send the workers home once they have finished what they are at."""
        with self._lock:
            self._open.close()

    def _started(self) -> Executor:
        return self._open.enter_context(processes(self.workers))
