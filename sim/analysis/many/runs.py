"""Many runs of a scenario as one object: their people and what happened, read when asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn

import numpy as np

from sim.analysis.estimates import means
from sim.analysis.extract import MONTHS
from sim.analysis.many import lengths, over_time, tables
from sim.analysis.tables import outcome_table
from sim.errors import PrisonflowError
from sim.experiment.export import Form, write_parts
from sim.experiment.keep import TABLES
from sim.experiment.replicate import told_apart
from sim.experiment.replications import Replications
from sim.experiment.shelf import as_frame
from sim.experiment.tables import provenance
from sim.numbers import grouped
from sim.results.choice import nearest
from sim.results.count import Every
from sim.results.files import replace
from sim.results.groups import BySpell
from sim.results.lengths import MEAN_LIMIT_DAYS
from sim.results.run import Run
from sim.scenario.given import expect
from sim.statistics.intervals import LEVEL

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.schema import Scenario

#: Tables with one row for each person, spell and exit.
PEOPLE_TABLES = ("spells", "people", "exits")


class Runs:
    """Many runs of a scenario, or of several about the same people; `sim.runs` makes them.

    Every table begins with the columns scenario, replication and draw (from 0; missing where the
    scenario ran at its own values), and is read from the disk each time it is asked for. Whatever
    is summed up is read one run at a time, so that memory does not grow with the number of runs.

        runs = sim.runs("baseline", 50)
        runs.spells.query("role == 'rented_prison'")
        runs[3].story(200800000)           # one of them, as sim.run gives it
        sim.plots.occupancy(runs)          # every plot takes runs

    Parameters
    ----------
    replications
        Runs of each scenario, such as `Results.replications()` gives; of an experiment that does
        not keep spells, people and exits there are the other tables alone.

    Raises
    ------
    PrisonflowError
        If there are none.
    """

    def __init__(self, replications: Sequence[Replications]) -> None:
        several = [replications] if isinstance(replications, Replications) else list(replications)
        for one in several:
            expect(one, Replications, "replications, as Results.replications() has them")
        if not several:
            raise PrisonflowError("there are no runs: give replications of a scenario")
        self.replications = tuple(told_apart(several))

    # ------------------------------------------------------------------ what they are of

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios, in the order given."""
        return tuple(r.scenario for r in self.replications)

    @property
    def drawn(self) -> bool:
        """Whether they are draws of what nobody knows, rather than replications."""
        return self.replications[0].drawn

    @property
    def assumptions(self) -> pd.DataFrame:
        """One row for each draw: its number, and the value of everything that is drawn.

        Raises
        ------
        PrisonflowError
            If the runs are no draws.
        """
        first = self.replications[0]
        if first.plan is None:
            raise PrisonflowError(
                "assumptions were fixed, so there are no draws: "
                'sim.runs(scenario, 50, assumptions="ensemble") draws them'
            )
        table = first.plan.table().iloc[1 : first.number + 1].reset_index(drop=True)
        table.insert(0, "draw", table.pop("point") - 1)
        return table

    # ------------------------------------------------------------------ single people

    @property
    def spells(self) -> pd.DataFrame:
        """One row for each spell of each person: columns of `Run.spells` behind the first three.

        Words are categories. For a table larger than the memory, see `blocks`.
        """
        return self.table("spells")

    @property
    def people(self) -> pd.DataFrame:
        """One row for each person of each run: columns of `Run.people` behind the first three."""
        return self.table("people")

    @property
    def exits(self) -> pd.DataFrame:
        """One row for each person who left: columns of `Run.exits` behind the first three."""
        return self.table("exits")

    def __getitem__(self, replication: int) -> Run:
        """Return one run of a single scenario whole, simulated again to the same results."""
        first = self._only("runs[number]")
        if not isinstance(replication, int | np.integer):
            raise TypeError(
                f"give the number of a run, such as runs[0], not {replication!r}; a table is "
                'runs.table("queues")'
            )
        if replication not in first.numbers:
            raise IndexError(
                f"no run {replication}; there are {first.first} to {first.numbers[-1]}"
            )
        from sim.results.call import run
        from sim.scenario.files import changed

        world = first.scenario
        if first.drawn and first.plan is not None:
            world = changed(world, first.plan.changes(int(replication) + 1, world))
        return run(world, first.seed, int(replication))

    def __iter__(self) -> Iterator[Run]:
        """Yield each run whole, one after the other, simulated again."""
        return (self[number] for number in self._only("for run in runs").numbers)

    def __len__(self) -> int:
        """Return the number of runs of each scenario."""
        return self.replications[0].number

    # ------------------------------------------------------------------ tables

    @property
    def tables(self) -> list[str]:
        """Names of the tables there are."""
        return [name for name in self.replications[0].tables if not TABLES[name].of_first]

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of all runs: `outcomes`, `queues`, `occupancy`, `waits`, `costs` ...

        Raises
        ------
        KeyError
            If there is no such table; the nearest is named.
        """
        self._see_that_it_is_kept(name)
        whole = as_frame(
            [tables.words_as_categories(part) for part in tables.parts(self.replications, name)]
        )
        whole["draw"] = whole["draw"].astype("Int32")
        return whole

    def blocks(self, name: str) -> Iterator[pd.DataFrame]:
        """Yield a table one run at a time, for what is larger than the memory.

        Raises
        ------
        KeyError
            If there is no such table.
        """
        self._see_that_it_is_kept(name)
        return tables.blocks(self.replications, name)

    def _see_that_it_is_kept(self, name: str) -> None:
        if name in self.tables:
            return
        hint = nearest(name, self.tables)
        if name in TABLES and not hint:
            hint = "the experiment did not keep it: name it under tables in its file; "
        raise KeyError(f"no table {name!r}; {hint}there are: {', '.join(self.tables)}")

    @property
    def outcomes(self) -> pd.DataFrame:
        """One row for each outcome of each run.

        Columns: scenario, replication, draw, outcome, value (missing where it does not exist),
        unit.
        """
        return self.table("outcomes")

    def means(self, level: float = LEVEL) -> pd.DataFrame:
        """Return the mean of every outcome over runs, with its interval.

        See `sim.analysis.estimates.means`. Of draws, which are no sample of one world, `bands`
        tells the range.

        Raises
        ------
        PrisonflowError
            If the runs are draws.
        """
        if self.drawn:
            raise PrisonflowError(
                "the runs are draws of assumptions, which have a range and no interval of a mean: "
                'runs.bands("outcomes", "value") tells it'
            )
        return means(outcome_table(self.replications), level)

    def bands(self, table: str | pd.DataFrame, value: str) -> pd.DataFrame:
        """Return the middle and the range over runs of one column of a table.

        Parameters
        ----------
        table
            Name of a table, such as `"occupancy"`, or one that these runs gave: `runs.census()`.
        value
            The column: `"occupancy"`, `"people"`, `"value"`.

        Returns
        -------
        DataFrame
            One row for each date, place, stage, outcome ... of each scenario. Columns: those that
            are no numbers, middle (median over runs), low, high (nine further runs in ten fall
            between, of 19 or more), runs.

        Raises
        ------
        KeyError
            If there is no such table.
        ValueError
            If there is no such column of numbers.
        """
        return over_time.bands(self.table(table) if isinstance(table, str) else table, value)

    # ------------------------------------------------------------------ over time

    def census(
        self,
        by: Literal["stage", "place"] = "stage",
        every: Every = "month",
        *,
        stage: str | None = None,
        place: str | None = None,
        whole: bool = False,
    ) -> pd.DataFrame:
        """Count people by stage or place over time, in every run.

            runs.census(place="rented_prison", every="week")

        Parameters
        ----------
        by
            `stage` or `place`.
        every
            day, week, month, quarter or year.
        stage, place
            Only this one, by the scenario's name for it or by its role.
        whole
            Count over the whole simulation instead of the observed period.

        Returns
        -------
        DataFrame
            Columns: scenario, replication, draw, date, `by`, role, people (persons).

        Raises
        ------
        ValueError
            If `by`, `every`, the stage or the place is unknown, or both of these are given.
        """
        import pandas as pd

        from sim.results.choice import chosen

        if stage is not None and place is not None:
            raise ValueError("give a stage or a place, not both")
        chosen("by", by, ("stage", "place"))
        by = "stage" if stage is not None else "place" if place is not None else by
        self._see_that_it_is_kept("spells")
        parts = [
            tables.labelled(over_time.census(r, by, stage or place, every, whole=whole), r)
            for r in self.replications
        ]
        return pd.concat(parts, ignore_index=True)

    # ------------------------------------------------------------------ how long

    def durations(
        self,
        by: BySpell | Sequence[BySpell] | None = None,
        *,
        stages: str | Sequence[str] | None = None,
        level: float = LEVEL,
        limit_days: float = MEAN_LIMIT_DAYS,
    ) -> pd.DataFrame:
        """How long stays last that begin in the observed period, over runs.

            runs.durations(by=["origin", "year"], stages="limbo")

        Parameters
        ----------
        by
            Also split by origin, group, sex or year (in which the stay begins), or by several.
        stages
            A stage, a queue of the removal case or `limbo`, or several; all by default.
        level
            Share of intervals that cover the true value; of draws the ranges hold 0.90.
        limit_days
            Stays longer than this count as this long in the mean.

        Returns
        -------
        DataFrame
            Columns: scenario, stage, role, each of `by`, spells and still_inside (mean over runs),
            lower_quartile_days, median_days, upper_quartile_days and mean_days, each with its low
            and high end (median_low, median_high), limit_days, runs (that tell the mean), missing
            (that do not). Of replications the means over runs with Student's t; of draws middle
            and range. Missing where too few runs tell it.

        Raises
        ------
        ValueError
            If `by` names an unknown column or one twice, or a stage is unknown.
        """
        self._see_that_it_is_kept("spells")
        return lengths.durations(self.replications, by, stages, level, limit_days)

    def survival(
        self,
        stages: str | Sequence[str] | None = None,
        days: float | Sequence[float] = MONTHS,
        by: BySpell | Sequence[BySpell] | None = None,
        *,
        level: float = LEVEL,
    ) -> pd.DataFrame:
        """Share still inside some days after a stay began, with a band and the numbers at risk.

            runs.survival("limbo")                                # month by month for five years
            runs.survival("pre_removal_detention", days=548)      # held longer than 18 months

        Parameters
        ----------
        stages
            A stage, a queue of the removal case or `limbo`, or several; all by default.
        days
            Days since the start of the stay, one number or several.
        by
            As in `durations`.
        level
            As in `durations`.

        Returns
        -------
        DataFrame
            Columns: scenario, stage, role, each of `by`, days, share (longer than that), low, high,
            at_risk (persons still followed just before, mean over runs), runs (followed so far),
            missing. Of replications the mean of Kaplan-Meier curves, of draws middle and range.

        Raises
        ------
        ValueError
            As in `durations`, and if a number of days is below 0 or missing.
        """
        self._see_that_it_is_kept("spells")
        at = np.atleast_1d(np.asarray(days, float)).tolist()
        if not at or not all(day >= 0 for day in at):
            raise ValueError(f"days is {days!r}: give days from 0 on, such as 548 for 18 months")
        return lengths.survival(self.replications, stages, at, by, level)

    # ------------------------------------------------------------------ to other tools

    def event_log(
        self, form: Form = "pm4py", file: str | Path | None = None
    ) -> pd.DataFrame | Path:
        """Return what happened as an event log for another tool, or write it to a file.

        Parameters
        ----------
        form
            `"pm4py"`: one row an event, columns case:concept:name, concept:name, time:timestamp,
            lifecycle:transition and org:resource, and case:scenario, case:replication, case:draw.
            `"vidigi"`: columns entity_id, event_type, event, time (days since the first arrival of
            the run), resource_id, pathway, and scenario, replication, draw. See
            `sim.experiment.export.event_log`.
        file
            CSV or Parquet by its ending, written one run at a time; a table is returned without.

        Returns
        -------
        DataFrame or Path
            Cases are told apart as `scenario/replication/person`.

        Raises
        ------
        ValueError
            If `form` is neither, or for another ending.
        """
        import pandas as pd
        import pyarrow as pa

        for name in ("spells", "exits"):
            self._see_that_it_is_kept(name)
        logs = tables.logs(self.replications, form)
        if file is None:
            return pd.concat(logs, ignore_index=True)
        parts = (pa.Table.from_pandas(log, preserve_index=False) for log in logs)
        first = next(parts)
        casted = (part.cast(first.schema) for part in parts)
        return write_parts(chain([first], casted), Path(file))

    def to_parquet(self, folder: str | Path) -> list[Path]:
        """Write every table as one Parquet file, and how they were made as `run.json`.

        Parameters
        ----------
        folder
            Where to write; made if it is not there. Files of the same names are replaced.

        Returns
        -------
        list of Path
            The files written.

        Raises
        ------
        OSError
            If the folder cannot be written to.
        """
        expect(folder, (str, Path), "a folder")
        into = Path(folder)
        paths = [
            write_parts(tables.parts(self.replications, name), into / f"{name}.parquet")
            for name in self.tables
        ]
        told = json.dumps(provenance(self.replications), indent=2) + "\n"
        return [*paths, replace(into / "run.json", told)]

    # ------------------------------------------------------------------ how they show themselves

    def _only(self, what: str) -> Replications:
        """Return the one scenario that there is."""
        first, *more = self.replications
        if more:
            names = ", ".join(r.scenario.name for r in self.replications)
            raise PrisonflowError(
                f"{what} is of one scenario, and these are of {names}: sim.runs(one of them, ...)"
            )
        return first

    def __getattr__(self, name: str) -> NoReturn:
        """Say what is right where a name is wrong."""
        there = [one for one in dir(type(self)) if not one.startswith("_")]
        hint = ""
        if name in TABLES:
            hint = f'; runs.table("{name}") is the table'
        elif not name.startswith("_"):
            near = nearest(name, there)
            of_run = f"runs[0].{name} is there for one run; " if hasattr(Run, name) else ""
            hint = f"; {of_run}{near}there are: {', '.join(there)}"
        raise AttributeError(f"Runs has no {name!r}{hint}")

    def __repr__(self) -> str:
        first = self.replications[0]
        what = "draws" if self.drawn else "replications"
        names = ", ".join(r.scenario.name for r in self.replications)
        return f"<Runs: {grouped(first.number)} {what} of {names}, seed {first.seed}>"
