"""The first answer: told while the rest of the draws is still running."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.experiment.shelf import in_common, replications_of

if TYPE_CHECKING:
    from sim.experiment.cells import Cell
    from sim.experiment.definition import Experiment
    from sim.experiment.progress import Progress
    from sim.experiment.replications import Replications
    from sim.experiment.store import Store

#: Draws after which a first answer is told.
FIRST_DRAWS = 12


class First:
    """Watches an experiment made of draws, and hands on the first of them once.

    An experiment that had as many from the start is not interrupted.

    Parameters
    ----------
    experiment, store
        What runs, and where its results go.
    tell
        Called with the first draws of every scenario.
    progress
        Told everything besides.
    """

    def __init__(
        self,
        experiment: Experiment,
        store: Store,
        tell: Callable[[list[Replications]], None],
        progress: Progress,
    ) -> None:
        self._experiment, self._store, self._tell = experiment, store, tell
        self._progress = progress
        self._awaited = experiment.plan.draws > FIRST_DRAWS
        self._least = FIRST_DRAWS * len(experiment.scenarios)
        self._begun = False

    def update(self, finished: int, expected: int, failed: int) -> None:
        """Take note, and tell the first answer when it is there."""
        self._progress.update(finished, expected, failed)
        if self._awaited and finished >= self._least:
            there = in_common(self._experiment, self._store) >= FIRST_DRAWS
            self._awaited = not there
            if there and self._begun:
                self._tell(replications_of(self._experiment, self._store, number=FIRST_DRAWS))
        self._begun = True

    def failure(self, cell: Cell, error: str) -> None:
        """Pass on that a cell failed."""
        self._progress.failure(cell, error)

    def close(self) -> None:
        """Pass on that it ended."""
        self._progress.close()
