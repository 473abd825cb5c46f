"""Little's law, L = lambda W, in every stage of the baseline (`sim.verification.little`)."""

from __future__ import annotations

import numpy as np
import pytest

from sim.scenario.files import load
from sim.verification import CHECKS, judge
from sim.verification.little import area, stages
from sim.verification.told import Spans, Told
from sim.world.simulate import simulate


@pytest.fixture(scope="module")
def told() -> Told:
    return Told(simulate(load("baseline"), seed=1))


def test_area_under_the_number_inside() -> None:
    """Two people: one from day 1 to 4, one from day 3 on; the second is still there on day 10."""
    spans = Spans(*map(np.array, ([0, 1], [1.0, 3.0], [4.0, np.inf], [0, 1])))
    assert area(spans, 0.0, 10.0) == pytest.approx(3 + 7)
    assert area(spans, 2.0, 5.0) == pytest.approx(2 + 2)


@pytest.mark.parametrize("name", ["littles_law", "littles_law_observed"])
def test_people_in_a_stage_are_entries_times_mean_days(told: Told, name: str) -> None:
    verdict = judge(next(check for check in CHECKS if check.name == name), [told])
    assert verdict.verdict == "holds", verdict.why
    assert verdict.checked > 15, "a baseline in which little happens proves little"


def test_every_stage_that_occurs_is_in_the_tables(told: Told) -> None:
    there = {name for name, spans in stages(told).items() if area(spans, 0.0, told.horizon) > 0}
    assert set(told.run.spells["stage"]) >= there


def test_census_counted_every_day_is_the_same_area(told: Told) -> None:
    """A spell of d days is there at between d - 1 and d + 1 midnights.

    So the sum over all days differs from the area by less than one for each spell, and in stages
    that last for months this is a small share of it.
    """
    run, tracks = told.run, stages(told)
    census = run.census(every="day", whole=True).groupby("stage", observed=True)["people"].sum()
    queues = run.queues(every="day", whole=True).groupby("queue", observed=True)["people"].sum()
    counted = {name: census[name] for name in tracks if name in census.index and len(tracks[name])}
    counted |= {name: queues[name] for name in ("limbo", "travel_document")}
    assert len(counted) > 12
    for name, days in counted.items():
        assert abs(days - area(tracks[name], 0.0, told.horizon)) < len(tracks[name]), name
    for name in ("limbo", "departure_centre", "home_prison"):
        exact = area(tracks[name], 0.0, told.horizon)
        assert counted[name] == pytest.approx(exact, rel=0.002), name
