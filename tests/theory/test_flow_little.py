"""Little's law, L = lambda W, in every stage of the baseline.

Over the whole of a run it is an identity, not an approximation: people times days, counted as the
area under the census, are the same days counted spell by spell (Little 1961; Stidham 1974). The two
sides are worked out here in two ways that share no code: the area from the raw log, event by event,
and the days from the tables.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import pytest

from sim.results.run import Run
from sim.scenario.files import load
from sim.world.simulate import Replication, simulate
from sim.world.stages import CaseStage, Stay
from sim.world.world import FIRST_EXIT


@dataclass
class Track:
    """Entries and exits of one stage, as days on which the number inside goes up or down."""

    up: list[float] = field(default_factory=list)
    down: list[float] = field(default_factory=list)

    def area(self, horizon: float) -> float:
        """Integrate the number inside from 0 to the horizon."""
        days = np.minimum(np.concatenate([self.up, self.down]), horizon)
        jumps = np.concatenate([np.ones(len(self.up)), -np.ones(len(self.down))])
        order = np.argsort(days, kind="stable")
        days, inside = days[order], np.cumsum(jumps[order])
        return float(inside @ np.diff(np.append(days, horizon)))


@pytest.fixture(scope="module")
def replication() -> Replication:
    return simulate(load("baseline"), seed=1)


@pytest.fixture(scope="module")
def run(replication: Replication) -> Run:
    return Run(replication)


@pytest.fixture(scope="module")
def tracks(replication: Replication) -> dict[str, Track]:
    """Every stage of the log: stays, stages of the case until READY or the exit, and limbo."""
    tracks: dict[str, Track] = defaultdict(Track)
    log, left, here = replication.log, {}, {}
    names = _names(replication)
    for who, code, day in _threes(log.stays):
        if who in here:
            tracks[here.pop(who)].down.append(day)
        if code >= FIRST_EXIT:
            left[who] = day
        else:
            here[who] = names[Stay(code)]
            tracks[here[who]].up.append(day)
    by_person = defaultdict(list)
    for who, code, day in _threes(log.cases):
        by_person[who].append((day, code))
    for who, entries in by_person.items():
        gone = left.get(who, np.inf)
        entries.sort(key=lambda entry: entry[0])
        ends = [day for day, _ in entries[1:]] + [np.inf]
        for (day, code), end in zip(entries, ends, strict=True):
            if code != CaseStage.READY and day < gone:
                track = tracks[CaseStage(code).name.lower()]
                track.up.append(day)
                track.down.append(min(end, gone))
    for who, begins, ends in _threes(log.limbo):
        gone = left.get(who, np.inf)
        if begins < gone:
            tracks["limbo"].up.append(begins)
            tracks["limbo"].down.append(min(ends, gone))
    return dict(tracks)


def _threes(flat: list[float]) -> zip[tuple[int, int, float]]:
    return zip(flat[::3], flat[1::3], flat[2::3], strict=True)


def _names(replication: Replication) -> dict[Stay, str]:
    names = {stay: stay.name.lower() for stay in Stay}
    names[Stay.RENTED_PRISON] = replication.scenario.rented_prison.key
    names[Stay.DETENTION] = names[Stay.DETENTION_ABROAD] = "pre_removal_detention"
    return names


def test_every_stage_that_occurs_is_in_the_tables(run: Run, tracks: dict[str, Track]) -> None:
    assert set(run.spells["stage"]) == {name for name, track in tracks.items() if track.up}
    assert len(tracks) > 15, "a baseline in which little happens proves little"


def test_people_in_a_stage_are_entries_times_mean_days(run: Run, tracks: dict[str, Track]) -> None:
    horizon = run.scenario.horizon
    days = run.spells.groupby("stage", observed=True)["days"].sum()
    assert set(days.index) == set(tracks)
    for name, track in tracks.items():
        entered = np.asarray(track.up) < horizon
        rate = entered.sum() / horizon
        mean = days[name] / entered.sum()
        assert track.area(horizon) / horizon == pytest.approx(rate * mean, rel=1e-9), name


def test_census_counted_every_day_is_the_same_area(run: Run, tracks: dict[str, Track]) -> None:
    """A spell of d days is there at between d - 1 and d + 1 midnights.

    So the sum over all days differs from the area by less than one for each spell, and in stages
    that last for months this is a small share of it.
    """
    horizon = run.scenario.horizon
    census = run.census(every="day", whole=True).groupby("stage", observed=True)["people"].sum()
    queues = run.queues(every="day", whole=True).groupby("queue", observed=True)["people"].sum()
    counted = {name: census[name] for name in tracks if name in census.index}
    counted |= {name: queues[name] for name in ("limbo", "travel_document")}
    assert len(counted) > 12
    for name, days in counted.items():
        area, spells = tracks[name].area(horizon), len(tracks[name].up)
        assert abs(days - area) < spells, name
    for name in ("limbo", "departure_centre", "danish_prison"):
        assert counted[name] == pytest.approx(tracks[name].area(horizon), rel=0.002), name
