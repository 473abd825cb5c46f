"""The schedule: which cells are to be run next, given what is done.

A point gets the same number of replications in all scenarios, so that every difference is paired.
With a precision to be reached, a point asks for its next block only when the blocks before it are
done and judged too few. A point that is a draw is simulated once, with luck of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from sim.experiment.cells import Cell
from sim.experiment.definition import Experiment
from sim.experiment.store import Key, key_of


class Schedule:
    """Hands out the cells of an experiment that are not done yet.

    Parameters
    ----------
    experiment
        What is to be run.
    done
        Number of replications stored in each cell.
    is_enough
        `is_enough(point, replications)` judges whether the precision wanted has been reached with
        the first so many replications of a point. Never asked for a fixed number.
    order
        The points in the order in which they are run; that of the plan by default.
    """

    def __init__(
        self,
        experiment: Experiment,
        done: dict[Key, int],
        is_enough: Callable[[int, int], bool],
        order: Sequence[int] | None = None,
    ) -> None:
        self._rules = experiment.definition.replications
        self._names = [scenario.name for scenario in experiment.scenarios]
        self._plan = experiment.plan
        self._done = done
        self._is_enough = is_enough
        self._missing: dict[int, set[Cell]] = {}
        self._judged: dict[int, int] = {}
        self._ready: deque[Cell] = deque()
        self._coming = iter(self._plan.order if order is None else order)
        self.finished = 0
        """Cells that are done and belong to the experiment, those of earlier runs included."""

    def take(self, at_most: int) -> list[Cell]:
        """Return the next cells to run, fewer than asked for if there are no more for now."""
        while len(self._ready) < at_most:
            point = next(self._coming, None)
            if point is None:
                break
            self._open(point)
        return [self._ready.popleft() for _ in range(min(at_most, len(self._ready)))]

    def finish(self, cell: Cell) -> None:
        """Note that a cell is stored; its point may then ask for more."""
        self.finished += 1
        missing = self._missing[cell.point]
        missing.discard(cell)
        if not missing:
            self._open(cell.point)

    def expected(self) -> int:
        """Return the number of cells as far as known: it grows while precision is sought."""
        blocks = sum(
            self._blocks(self._judged.get(point) or self._wanted(point, 0))
            for point in range(len(self._plan))
        )
        return blocks * len(self._names)

    def _blocks(self, replications: int) -> int:
        return -(-replications // self._rules.per_cell)

    def _open(self, point: int) -> None:
        """Queue what is missing of a point, judging as far as everything is there."""
        begun = self._judged.get(point, 0)
        while begun == 0 or not self._suffices(point, begun):
            wanted = self._wanted(point, begun)
            self._judged[point] = wanted
            cells = self._cells(point, begun, wanted)
            missing = [cell for cell in cells if not self._is_done(cell)]
            self.finished += len(cells) - len(missing)
            if missing:
                self._missing[point] = set(missing)
                self._ready.extend(missing)
                return
            begun = wanted
        self._missing.pop(point, None)

    def _wanted(self, point: int, begun: int) -> int:
        """Replications that a point asks for next: in whole blocks, if more may follow."""
        rules = self._rules
        if self._plan.is_draw(point):
            return 1
        first = rules.number or self._blocks(rules.at_least) * rules.per_cell
        return min(begun + rules.per_cell if begun else first, rules.most)

    def _suffices(self, point: int, replications: int) -> bool:
        if self._plan.is_draw(point):
            return True
        return replications >= self._rules.most or self._is_enough(point, replications)

    def _cells(self, point: int, begun: int, wanted: int) -> list[Cell]:
        """Cells from one number of replications to a larger one, block by block."""
        size, luck = self._rules.per_cell, self._plan.first(point)
        return [
            Cell(point, luck + first, name, min(size, wanted - first))
            for first in range(begun, wanted, size)
            for name in self._names
        ]

    def _is_done(self, cell: Cell) -> bool:
        return self._done.get(key_of(cell), 0) >= cell.replications
