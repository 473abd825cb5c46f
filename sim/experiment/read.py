"""What an experiment found: its tables, read from the store whole or in part."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiment.keep import LOADS
from sim.experiment.shelf import as_frame, replications_of
from sim.experiment.store import Store, StoreError
from sim.experiment.stored import read_table, words_in
from sim.results.choice import nearest
from sim.scenario.given import expect
from sim.statistics.pairs import differences

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.definition import Experiment
    from sim.experiment.replications import Replications


@dataclass(frozen=True)
class Status:
    """How far an experiment has got."""

    name: str
    title: str
    cells: int
    """Cells that are done."""
    replications: int
    """Replications in them."""
    failed: int
    """Cells that failed and were not run again since."""
    runs: tuple[dict[str, Any], ...]
    """When it ran, on what, and how each run ended."""


class Results:
    """The results of an experiment, finished or not.

    Parameters
    ----------
    folder
        The experiment's folder.
    stable_only
        Whether to leave out the points at which, in any of the scenarios, a queue has no end: from
        the design and from every table, and so from all that is made of them.

    Raises
    ------
    StoreError
        If it holds no experiment, or points are to be left out of a Morris or Sobol' design, whose
        points belong together.
    """

    def __init__(self, folder: str | Path, *, stable_only: bool = False) -> None:
        expect(folder, (str, Path), "the folder of an experiment")
        self.folder = Path(folder)
        self.stable_only = stable_only
        self._store = Store(self.folder)
        self.manifest: dict[str, Any] = self._store.manifest()
        if (
            stable_only
            and self.unstable
            and self.manifest["definition"]["design"]["kind"] in _WHOLE
        ):
            raise StoreError(
                f"{self.folder}: a queue has no end at {len(self.unstable)} points, but in this "
                "design points belong together: choose a Latin hypercube, or a narrower range"
            )

    @property
    def tables(self) -> list[str]:
        """Names of the tables that were kept."""
        return self._store.tables()

    @property
    def design(self) -> pd.DataFrame:
        """One row for each point: its number, its name, and the value of everything that varies."""
        return self._design.copy()

    @cached_property
    def _design(self) -> pd.DataFrame:

        design: pd.DataFrame = read_table(self.folder / "design.parquet").to_pandas()
        return design[self._wanted(design["point"])].reset_index(drop=True)

    @cached_property
    def loads(self) -> pd.DataFrame:
        """How much of their time scarce hands are asked for, as far as points were simulated.

        Columns: scenario, point, hands (key of their number), year (the busiest observed), share,
        stable (below 1: the queue has an end). It follows from the scenario alone.
        """
        files = self._store.files(LOADS)
        if not files:
            raise KeyError(f"{LOADS}: nothing has been simulated yet in {self.folder}")
        table = as_frame([read_table(file) for file in files], categories=False)
        table = table.drop(columns="replication")
        return table.drop_duplicates(ignore_index=True)

    @property
    def points(self) -> pd.DataFrame:
        """One row for each point simulated in a scenario, and whether its queues have an end.

        Columns: scenario, point, name, stable, overloaded (keys of the hands whose queue has no
        end).
        """
        grouped = self.loads.groupby(["scenario", "point"], sort=False)
        marks = grouped["stable"].all().reset_index()
        over = self.loads[~self.loads["stable"]].groupby(["scenario", "point"])["hands"]
        marks = marks.join(over.agg(", ".join).rename("overloaded"), on=["scenario", "point"])
        marks = marks[self._wanted(marks["point"])].fillna({"overloaded": ""})
        marks.insert(2, "name", marks["point"].map(self.design.set_index("point")["name"]))
        return marks.reset_index(drop=True)

    @cached_property
    def unstable(self) -> frozenset[int]:
        """Points at which a queue has no end, in any of the scenarios."""
        if not self._store.files(LOADS):
            return frozenset()
        return frozenset(self.loads.loc[~self.loads["stable"], "point"].tolist())

    def _wanted(self, points: pd.Series[int]) -> pd.Series[bool]:
        return ~points.isin(self.unstable if self.stable_only else ())

    @cached_property
    def experiment(self) -> Experiment:
        """What was run: definition, scenarios and points, as the folder keeps them."""
        from sim.experiment.definition import read_experiment

        return read_experiment(self.folder / "experiment.toml", try_points=False)

    @property
    def outcomes(self) -> pd.DataFrame:
        """One row for each outcome of each replication.

        Columns: scenario, point, replication, outcome, value (missing where the outcome does not
        exist), unit.
        """
        return self.table("outcomes")

    @property
    def failures(self) -> pd.DataFrame:
        """One row for each cell that failed: cell, stage, error, details, at."""
        import pandas as pd

        columns = ["cell", "stage", "error", "details", "at"]
        return pd.DataFrame(list(self._store.failed().values()), columns=columns)

    @property
    def status(self) -> Status:
        """How far it has got."""
        done = self._store.done()
        return Status(
            self.manifest["name"],
            self.manifest["title"],
            len(done),
            sum(done.values()),
            len(self._store.failed()),
            tuple(self.manifest["runs"]),
        )

    def table(
        self,
        name: str,
        *,
        scenario: str | None = None,
        point: int | None = None,
        categories: bool = False,
    ) -> pd.DataFrame:
        """Return a table, in order of scenario, point and replication.

        Parameters
        ----------
        name
            One of `tables`.
        scenario, point
            Only the rows of one of them: other files are not even opened.
        categories
            Whether words come as categories, which take a tenth of the memory.

        Raises
        ------
        KeyError
            If there is no such table, or nothing in it for this scenario and point.
        """
        if name not in self.tables:
            kept = ", ".join(self.tables)
            raise KeyError(
                f"no table {name!r} was kept in {self.folder}; {nearest(name, self.tables)}"
                f"there are: {kept}"
            )
        named = list(self.manifest["scenarios"])
        if scenario is not None and scenario not in named:
            raise KeyError(
                f"no scenario {scenario!r} in {self.folder}; {nearest(scenario, named)}"
                f"there are: {', '.join(named)}"
            )
        without = self.unstable if self.stable_only else frozenset()
        points = None if point is None else (point,)
        files = self._store.files(name, scenario=scenario, points=points, without=without)
        if not files:
            raise KeyError(f"{name}: nothing for scenario {scenario} and point {point}")
        words = words_in(files[0]) if categories else []
        parts = [read_table(file, categories=words) for file in files]
        return as_frame(parts, categories=categories)

    def differences(self, reference: str, outcome: str | None = None) -> pd.DataFrame:
        """Pair every replication with the reference scenario's at the same point.

        They are about the same people with the same luck.

        Parameters
        ----------
        reference
            Name of the scenario to compare with.
        outcome
            One outcome; all by default.

        Returns
        -------
        DataFrame
            Columns: scenario, point, replication, outcome, unit, value, reference, difference.

        Raises
        ------
        KeyError
            If the reference, or the outcome, is not there.
        """
        table = self.outcomes
        for column, wanted in (("scenario", reference), ("outcome", outcome)):
            if wanted is not None and wanted not in set(table[column]):
                names = sorted(set(table[column]))
                raise KeyError(
                    f"no {column} {wanted!r}; {nearest(wanted, names)}there are: {', '.join(names)}"
                )
        if outcome is not None:
            table = table[table["outcome"] == outcome]
        keys = ["point", "replication", "outcome"]
        of_reference = table[table["scenario"] == reference].set_index(keys)["value"]
        others = table[table["scenario"] != reference].join(
            of_reference.rename("reference"), on=keys, how="inner"
        )
        apart = differences(others["value"], others["reference"])
        others = others.assign(difference=apart)
        columns = ["scenario", *keys, "unit", "value", "reference", "difference"]
        return others[columns].reset_index(drop=True)

    def replications(self, point: int | None = None) -> list[Replications]:
        """Return the replications of every scenario at a point, for figures and reports.

        Only replications that all scenarios have, from the first without a gap, so that all are
        paired. Without a point those of the first; of an experiment made of draws, all draws.
        Tables are read when they are first asked for.

        Raises
        ------
        KeyError
            If there is no such point.
        StoreError
            If no replication of it is there in every scenario yet.
        """
        experiment = self.experiment
        if point is not None and not 0 <= point < len(experiment.plan):
            raise KeyError(f"no point {point}; there are 0 to {len(experiment.plan) - 1}")
        return replications_of(experiment, self._store, point)

    def export(self, name: str, file: str | Path) -> Path:
        """Write a table as one file, CSV or Parquet by its ending, a part at a time.

        Raises
        ------
        ValueError
            For another ending.
        KeyError
            If there is no such table.
        """
        from sim.experiment.export import export

        return export(self, name, Path(file))

    def files(self, name: str) -> list[Path]:
        """Return the Parquet files of a table, in order."""
        without = self.unstable if self.stable_only else frozenset()
        return self._store.files(name, without=without)

    def __repr__(self) -> str:
        status = self.status
        failed = f", {status.failed} failed" if status.failed else ""
        return (
            f"<Results of {status.name}: {len(self.manifest['scenarios'])} scenarios, "
            f"{self.manifest['points']} points, {status.cells} cells with "
            f"{status.replications} replications{failed}, in {self.folder}>"
        )

    def _repr_html_(self) -> str:
        from sim.experiment.shown import results_html

        return results_html(self)


#: Designs whose points belong together.
_WHOLE = ("morris", "sobol")


def open_experiment(folder: str | Path, *, stable_only: bool = False) -> Results:
    """Open the folder of an experiment, finished or not, and read its tables.

    Parameters
    ----------
    folder
        The experiment's folder.
    stable_only
        Whether to leave out the points at which a queue has no end, in any of the scenarios.

    Raises
    ------
    StoreError
        If it holds no experiment, or one whose points belong together and cannot be left out.
    """
    return Results(folder, stable_only=stable_only)
