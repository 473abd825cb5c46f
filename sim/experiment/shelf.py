"""Where results are read back: replications whose tables lie in a store.

Nothing but the outcomes is held. A long table is summed up a cell at a time, so that memory does
not grow with the number of replications; columns that are not asked for are not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiment.keep import TABLES
from sim.experiment.replications import Replications
from sim.experiment.store import Store, StoreError
from sim.experiment.stored import read_table, words_in
from sim.results.copies import Shelf
from sim.scenario.files import changed

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from sim.experiment.definition import Experiment

#: What every row is told apart by, and what it is of is known already.
_KNOWN = ("scenario", "point")
#: The table that is asked for again and again.
_HELD = "outcomes"


def replications_of(
    experiment: Experiment, store: Store, point: int | None = None, number: int | None = None
) -> list[Replications]:
    """Return the replications of every scenario, for figures and reports.

    Parameters
    ----------
    experiment
        What was run.
    store
        Where its results are.
    point
        Which point of its design. By default all draws together, where the design is made of
        these, each with the replications of its scenario as it is; else the first point.
    number
        How many replications or draws, from the first on; by default all that every scenario has
        without a gap, so that all are paired.

    Raises
    ------
    StoreError
        If no replication is there in every scenario yet.
    """
    plan = experiment.plan
    drawn = point is None and plan.draws > 0
    there = in_common(experiment, store, point)
    if not there:
        where = "of the draws" if drawn else f"at point {point or 0}"
        raise StoreError(
            f"{store.folder}: {where} replication 0 is not there in every scenario "
            f"({len(store.failed())} cells failed). Give the experiment's command again: "
            "it runs what is missing"
        )
    seed, number = experiment.definition.seed, there if number is None else min(number, there)
    by_chance = dict.fromkeys(experiment.hashes, None)
    if drawn and in_common(experiment, store, 0):
        by_chance = {r.scenario.name: r for r in replications_of(experiment, store, 0)}
    found = []
    for scenario in experiment.scenarios:
        changes = plan.changes(point or 0, scenario)
        world = changed(scenario, changes) if changes else scenario
        first = plan.first(point or 0)
        points = range(1, number + 1) if drawn else [point or 0]
        tables = StoredTables(store, scenario.name, points, first + number)
        chance = by_chance[scenario.name]
        of = plan if drawn else None
        found.append(Replications(world, seed, number, tables, first, drawn, chance, of))
    return found


def in_common(experiment: Experiment, store: Store, point: int | None = None) -> int:
    """Return how many replications, from the first on, all scenarios have.

    Parameters
    ----------
    experiment, store
        What was run, and where its results are.
    point
        Which point; by default the draws together if there are any, else the first point.
    """
    plan, done = experiment.plan, store.done()
    drawn = point is None and plan.draws > 0
    numbers = []
    for name in experiment.hashes:
        cells = sorted(
            (key.first, size) for key, size in done.items()
            if key.scenario == name
            and (plan.is_draw(key.point) if drawn else key.point == (point or 0))
        )  # fmt: skip
        begin = number = plan.first(point or 0)
        for first, size in cells:
            number = max(number, first + size) if first <= number else number
        numbers.append(number - begin)
    number = min(numbers)
    return min(number, plan.draws) if drawn else number


class StoredTables(Shelf):
    """The tables of the first replications of one scenario at some points, words as categories.

    Parameters
    ----------
    store
        Where they are.
    scenario, points
        What they are of.
    end
        Number of the first replication that is not wanted.
    """

    def __init__(self, store: Store, scenario: str, points: Sequence[int], end: int) -> None:
        self._store, self._scenario, self._points = store, scenario, points
        self._end = end
        self._held: pd.DataFrame | None = None

    def read(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return a table, or some of its columns; the outcomes are read once."""
        if name == _HELD:
            if self._held is None:
                self._held = as_frame(list(self.parts(name)))
            return self._held if columns is None else self._held[[*columns]]
        return as_frame(list(self.parts(name, columns)))

    def blocks(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        """Yield a table, or some of its columns, cell by cell."""
        for part in self.parts(name, columns):
            yield as_frame([part])

    def parts(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield the parts of a table up to the last replication that is wanted.

        Raises
        ------
        KeyError
            If there is no such table.
        """
        import pyarrow.compute as pc

        files = self._files(name)
        if not files:
            raise KeyError(
                f"no table {name!r} was kept of {self._scenario} in {self._store.folder}; there "
                f"are: {', '.join(self)}"
            )
        wanted = None if columns is None else list(dict.fromkeys(("replication", *columns)))
        words = words_in(files[0])
        for file in files:
            part = read_table(file, wanted, words)
            mine = pc.less(part["replication"], self._end)
            part = part if pc.all(mine).as_py() is not False else part.filter(mine)
            keep = [c for c in part.column_names if c not in _KNOWN] if columns is None else columns
            yield part.select(list(keep))

    def _files(self, name: str) -> list[Path]:
        return self._store.files(name, scenario=self._scenario, points=self._points)

    def __contains__(self, name: object) -> bool:
        return name in self._store.tables() and bool(self._files(str(name)))

    def __iter__(self) -> Iterator[str]:
        there = set(self._store.tables())
        return (name for name in TABLES if name in there and self._files(name))

    def __len__(self) -> int:
        return len(list(iter(self)))


def as_frame(parts: Sequence[pa.Table], *, categories: bool = True) -> pd.DataFrame:
    """Lay parts of a table one below the other; words come as categories, the same in all."""
    import pyarrow as pa

    whole = pa.concat_tables(parts).unify_dictionaries()
    frame: pd.DataFrame = whole.to_pandas(strings_to_categorical=categories)
    return frame
