"""Spells of one run after the other, read back from what was kept: columns, not simulated again.

The rules are those of a run (`Run.durations`, `Run.census`): a trip home is part of a stay in the
rented prison, a sentence for a breach part of one in the departure centre, and lengths are of stays
that begin in the observed period. Moments are to the second, as in the tables; lengths are exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.tables import Floats
from sim.results.choice import chosen
from sim.world.flow import AWAY, STAYS
from sim.world.stages import CaseStage, Stay

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.replications import Replications
    from sim.scenario.schema import Scenario

#: Columns that are read of the spells, and of people.
SPELLS = ("replication", "person", "track", "stage", "place", "start", "end", "days", "ended")
PEOPLE = ("replication", "person", "origin", "group", "sex")


@dataclass(frozen=True)
class Stage:
    """A stage, a queue of the removal case, or limbo."""

    name: str
    """As the scenario calls it."""
    role: str
    """As it is called in every scenario."""
    track: str
    """Track of its spells: stay, case or condition."""
    away: tuple[str, ...] = ()
    """Stages by which it is not ended."""


def stages_of(scenario: Scenario) -> list[Stage]:
    """Return everything whose length is told, in the order of `Run.durations`."""
    found: dict[str, Stage] = {}
    for stay in Stay:
        name = scenario.told(STAYS[stay].stage)
        away = tuple(scenario.told(STAYS[other].stage) for other in AWAY.get(stay, ()))
        before = found[name].away if name in found else ()
        found[name] = Stage(name, STAYS[stay].role, "stay", tuple(dict.fromkeys(before + away)))
    cases = [stage.name.lower() for stage in CaseStage]
    return [
        *found.values(),
        *(Stage(name, name, "case") for name in cases),
        Stage("limbo", "limbo", "condition"),
    ]


def chosen_stages(scenario: Scenario, wanted: str | Sequence[str] | None) -> list[Stage]:
    """Return the stages wanted, by the scenario's names or by their roles; all if None.

    Raises
    ------
    ValueError
        If there is no such stage; the nearest is named.
    """
    there = stages_of(scenario)
    if wanted is None:
        return there
    known = {stage.role: stage for stage in there} | {stage.name: stage for stage in there}
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    return list(dict.fromkeys(known[chosen("stages", name, known)] for name in names))


def each_run(
    r: Replications, *, people: bool
) -> Iterator[tuple[int, pd.DataFrame, pd.DataFrame | None]]:
    """Yield number, spells, and people if they are wanted, of one run after the other."""
    spells = _one_by_one(r, "spells", SPELLS)
    if not people:
        for number, mine in spells:
            yield number, mine, None
        return
    for (number, mine), (other, them) in zip(spells, _one_by_one(r, "people", PEOPLE), strict=True):
        if number != other:
            raise AssertionError(f"spells of run {number} beside people of run {other}")
        yield number, mine, them


def _one_by_one(
    r: Replications, name: str, columns: Sequence[str]
) -> Iterator[tuple[int, pd.DataFrame]]:
    for block in r.blocks(name, list(columns)):
        for number, mine in block.groupby("replication", sort=True):
            yield int(str(number)), mine


@dataclass(frozen=True, eq=False)
class Lengths:
    """Stays in one stage that begin in the observed period; columns of equal length."""

    person: np.ndarray
    days: Floats
    """Length, up to the horizon for those still inside."""
    ended: np.ndarray
    year: np.ndarray
    """Calendar year in which each begins."""


def lengths(spells: pd.DataFrame, stage: Stage, scenario: Scenario) -> Lengths:
    """Return how long the stays of one run in a stage last."""
    mine = spells[
        (spells["track"] == stage.track) & spells["stage"].isin((stage.name, *stage.away))
    ]
    if stage.away:
        mine = mine.sort_values(["person", "start", "end"], kind="stable")
    person, days = mine["person"].to_numpy(), mine["days"].to_numpy(float)
    start, end = mine["start"].to_numpy(), mine["end"].to_numpy()
    ended = mine["ended"].to_numpy(bool)
    if stage.away and len(person):
        begins = np.ones(len(person), bool)
        begins[1:] = (person[1:] != person[:-1]) | (start[1:] != end[:-1])
        firsts = np.flatnonzero(begins)
        lasts = np.append(firsts[1:], len(person)) - 1
        days, ended = np.add.reduceat(days, firsts), ended[lasts]
        person, start = person[firsts], start[firsts]
    time = scenario.time
    observed = (start >= np.datetime64(time.observe_from)) & (
        start < np.datetime64(time.observe_until)
    )
    year = start[observed].astype("datetime64[Y]").astype(np.int64) + 1970
    return Lengths(person[observed], days[observed], ended[observed], year)


def groups_of(
    found: Lengths, people: pd.DataFrame | None, columns: Sequence[str]
) -> Iterator[tuple[tuple[object, ...], np.ndarray]]:
    """Yield the groups that have any stays: their value in each column, and their places."""
    import pandas as pd

    if not len(found.days):
        return
    if not columns:
        yield (), np.arange(len(found.days))
        return
    labels: Mapping[str, object] = {}
    of_person = None if people is None else people.set_index("person")
    labels = {
        column: found.year
        if column == "year"
        else of_person[column].astype(object).reindex(found.person).to_numpy()  # type: ignore[index]
        for column in columns
    }
    table = pd.DataFrame(labels)
    for key, rows in table.groupby(list(columns), sort=True).indices.items():
        yield key if isinstance(key, tuple) else (key,), np.asarray(rows)
