"""One run as a reader has it: its public tables, with days since the start for dates.

Nothing here or in `recomputed` uses code of `sim.results` but to be handed the tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from lifelines import KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time

from sim.results.run import Run
from sim.scenario.schema import Scenario

YEAR = 365.25
#: Exits out of the queue for a flight back by which one leaves without flying.
NOT_FLOWN = ["died", "removed_from_short_sentence", "transferred_to_serve"]


class Told:
    """The tables of a run, and the few days and marks of people that the cohort was drawn with."""

    def __init__(self, run: Run) -> None:
        self.scenario: Scenario = run.scenario
        self.service = run.cohort.service
        time = self.scenario.time
        self.begins, self.ends, self.horizon = (
            self.day(d) for d in (time.observe_from, time.observe_until, time.end)
        )
        self.people = self._dated(run.people, "sentence_end", "document_requested",
                                  "document_issued")  # fmt: skip
        # These marks of people are in no table.
        eligibility = run.cohort.eligibility
        self.people["own_wish"] = eligibility.own_wish
        self.people["unsuitable"] = eligibility.unsuitable >= 0
        self.people["refused"] = eligibility.refused >= 0
        before_end = run.cohort.sentence.end - self.scenario.rented_prison.return_before_end_days
        self.people["due"] = np.minimum(before_end, eligibility.leave)
        self.people = self.people.set_index("person")
        self.exits = self._dated(run.exits, "date").set_index("person")
        spells = self._dated(run.spells, "start", "end")
        spells["until"] = spells["end"].fillna(self.horizon)
        for column in ("group", "sentence_end"):
            spells[column] = spells["person"].map(self.people[column])
        self.spells = spells
        self.stays = spells[spells["track"] == "stay"]

    def day(self, when: date) -> float:
        return float((when - self.scenario.time.start).days)

    def _dated(self, table: pd.DataFrame, *columns: str) -> pd.DataFrame:
        start = pd.Timestamp(self.scenario.time.start)
        days = {c: (table[c] - start) / pd.Timedelta(days=1) for c in columns}
        return table.assign(**days)

    # ------------------------------------------------------------------ spells

    def spells_of(self, *stages: str, track: str = "stay") -> pd.DataFrame:
        mine = self.spells
        return mine[(mine["track"] == track) & mine["role"].isin(stages)]

    @cached_property
    def places_held(self) -> pd.DataFrame:
        """Stays in which someone has a place in the rented prison."""
        away = self.stays["role"] == "temporary_return"
        return self.stays[(self.stays["place_role"] == "rented_prison") | away]

    @cached_property
    def abroad(self) -> pd.DataFrame:
        """From the flight out to leaving the rented prison for good."""
        return joined(self.places_held)

    @cached_property
    def in_denmark(self) -> pd.DataFrame:
        return self.stays[self.stays["place_role"] == "home_prisons"]

    def observed(self, days: pd.Series) -> pd.Series:
        return (days >= self.begins) & (days < self.ends)

    def person_days(self, spells: pd.DataFrame) -> float:
        return float(between(spells, self.begins, self.ends).sum())

    def mean_people(self, spells: pd.DataFrame) -> float:
        return self.person_days(spells) / (self.ends - self.begins)

    def inside(self, spells: pd.DataFrame, days: Any) -> np.ndarray:
        start, end = np.sort(spells["start"]), np.sort(spells["end"].dropna())
        begun = np.searchsorted(start, days, side="right")
        return begun - np.searchsorted(end, days, side="right")

    @property
    def noons(self) -> np.ndarray:
        return np.arange(self.begins, self.ends) + 0.5

    # ------------------------------------------------------------------ steps and years

    def mean_of(self, steps: Iterable[Any]) -> float:
        days = [
            step.value
            * max(
                0.0, min(self.day(step.until), self.ends) - max(self.day(step.from_), self.begins)
            )
            for step in steps
        ]
        return sum(days) / (self.ends - self.begins)

    def at_noon(self, steps: Iterable[Any]) -> np.ndarray:
        value = np.full(len(self.noons), np.nan)
        for step in steps:
            value[(self.noons >= self.day(step.from_)) & (self.noons < self.day(step.until))] = (
                step.value
            )
        return value

    def open_days(self, first: float, last: float) -> float:
        """Days of the observed period between two days, which may be infinite."""
        return max(0.0, min(last, self.ends) - max(first, self.begins))

    def years(self, spells: pd.DataFrame) -> float:
        """Years of the observed period in some spells: 365 days each, a 29 February being none."""
        days = self.person_days(spells)
        for year in range(self.scenario.time.start.year, self.scenario.time.end.year + 1):
            if year % 4 == 0:
                leap = self.day(date(year, 2, 29))
                if self.begins <= leap < self.ends:
                    days -= float(between(spells, leap, leap + 1).sum())
        return days / 365

    @property
    def service_years(self) -> float:
        term = {"start": [self.service.opens], "until": [self.service.closes]}
        return self.years(pd.DataFrame(term)) if np.isfinite(self.service.opens) else 0.0

    # ------------------------------------------------------------------ survival

    def median(self, spells: pd.DataFrame) -> float | None:
        """Kaplan-Meier median of spells that begin in the observed period."""
        mine = spells[self.observed(spells["start"])]
        if mine.empty:
            return None
        curve = KaplanMeierFitter().fit(mine["until"] - mine["start"], mine["end"].notna())
        inside = curve.survival_function_.iloc[:, 0]
        halved = inside[inside <= 0.5 + 1e-9]  # a half, rounding aside
        return None if halved.empty else float(halved.index[0])

    def mean_length(self, spells: pd.DataFrame, limit: float = 5 * YEAR) -> float | None:
        """Mean up to a limit of spells that begin in the observed period."""
        mine = spells[self.observed(spells["start"])]
        if mine.empty:
            return None
        days = mine["until"] - mine["start"]
        curve = KaplanMeierFitter().fit(days, mine["end"].notna())
        if days.max() < limit and curve.survival_function_.iloc[-1, 0] > 0:
            return None
        return float(restricted_mean_survival_time(curve, t=limit))

    def wait(self, waits: pd.DataFrame) -> float | None:
        """Days until half of those who ask in the observed period have got it.

        Columns: start, end (of the waiting; missing if not over), got.
        """
        mine = waits[self.observed(waits["start"])]
        if mine.empty:
            return None
        days = mine["end"].fillna(self.horizon) - mine["start"]
        share = incidence(days, mine["end"].notna(), mine["got"])
        reached = share[share >= 0.5 - 1e-9]
        return None if reached.empty else float(reached.index[0])

    @cached_property
    def released(self) -> pd.DataFrame:
        """Third-country nationals released in the observed period: days to exit or horizon."""
        people = self.people
        mine = people[
            (people["group"] == "third_country")
            & (people["ending"] == "released")
            & self.observed(people["sentence_end"])
        ]
        mine = mine.join(self.exits[["exit", "date", "from_stage"]])
        left = mine["date"].fillna(self.horizon)
        return mine.assign(days=(left - mine["sentence_end"]).clip(lower=0))

    def gone(self, days: float, so: pd.Series) -> float | None:
        """Share of those released who have left so by some days after."""
        mine = self.released
        if mine.empty:
            return None
        ended = mine["date"].notna()
        if mine["days"].max() < days and not ended[mine["days"] == mine["days"].max()].all():
            return None
        share = incidence(mine["days"], ended, so)
        return float(share[share.index <= days].iloc[-1]) if (share.index <= days).any() else 0.0


def joined(spells: pd.DataFrame) -> pd.DataFrame:
    """Spells of a person that follow each other without a break as one."""
    mine = spells.sort_values(["person", "start", "until"], kind="stable")
    begins = (mine["person"] != mine["person"].shift()) | (mine["start"] != mine["end"].shift())
    rows = mine.groupby(begins.cumsum(), sort=False)
    return rows.agg(
        person=("person", "first"), start=("start", "first"), end=("end", lambda e: e.iloc[-1]),
        until=("until", "last"),
    )  # fmt: skip


def between(spells: pd.DataFrame, first: Any, last: Any) -> pd.Series:
    """Days of each spell between two days."""
    end = np.minimum(spells["until"], last)
    return (end - np.maximum(spells["start"], first)).clip(lower=0)


def incidence(days: pd.Series, ended: pd.Series, so: pd.Series) -> pd.Series:
    """Cumulative incidence of one way to end, by day: the sum of S(t-) d / n."""
    curve = KaplanMeierFitter().fit(days, ended)
    inside = curve.survival_function_.iloc[:, 0]
    before = inside.shift(fill_value=1.0)
    at_risk = curve.event_table["at_risk"]
    events = (ended & so).groupby(days).sum().reindex(at_risk.index, fill_value=0)
    return (before * events / at_risk).cumsum()
