"""Events by period: whatever the period and however it is divided, nothing is lost or doubled.

One simulation of a busy little world serves all examples: what is observed of it changes nothing of
what happens, so that each example looks at the same log over another period.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim.results import count
from sim.results.count import Every
from sim.results.outcomes import outcomes_of
from sim.scenario.schema import Scenario
from sim.verification.places import flown_back
from sim.verification.told import Told
from sim.world.simulate import Replication, simulate
from sim.world.stages import Stay
from tests.helpers.strategies import scenarios
from tests.helpers.worlds import END, START, small

EVERY: tuple[Every, ...] = ("day", "week", "month", "quarter", "year")
_DAYS = (END - START).days


@lru_cache(maxsize=1)
def simulated() -> Replication:
    return simulate(
        small().change({"transfer.rotations_per_week": 3.5, "rented_prison.places": 30}), seed=3
    )


def observing(replication: Replication, first: date, last: date) -> Told:
    """Look at what has been simulated over another period."""
    scenario = replication.scenario.change({"time.observe_from": first, "time.observe_until": last})
    return Told(replace(replication, scenario=scenario))


PERIODS = st.tuples(st.integers(0, _DAYS - 1), st.integers(1, _DAYS)).map(
    lambda ab: (
        START + timedelta(days=ab[0]),
        START + timedelta(days=min(ab[0] + ab[1], _DAYS)),
    )
)


@settings(max_examples=60)
@given(period=PERIODS, every=st.sampled_from(EVERY), whole=st.booleans())
@example(period=(date(2027, 4, 15), date(2029, 8, 20)), every="year", whole=False)
@example(period=(date(2027, 4, 15), date(2029, 8, 20)), every="quarter", whole=False)
@example(period=(date(2027, 4, 2), date(2027, 12, 31)), every="year", whole=False)
@example(period=(date(2027, 4, 2), date(2027, 4, 3)), every="month", whole=False)
@example(period=(date(2027, 4, 2), date(2027, 12, 31)), every="month", whole=True)
def test_the_sum_over_periods_is_the_total(
    period: tuple[date, date], every: Every, whole: bool
) -> None:
    told = observing(simulated(), *period)
    run = told.run
    table = run.transfers(every, whole=whole)
    sums = table.set_index("date").sum()
    spans = count.periods(run.scenario, every, whole=whole)
    begins, ends = (0.0, run.scenario.horizon) if whole else run.period
    assert [(spans[0][1], spans[-1][2])] == [(begins, ends)]
    assert list(table["date"]) == [pd.Timestamp(day) for day, _, _ in spans]

    def inside(days: np.ndarray) -> np.ndarray:
        return days[(days >= begins) & (days < ends)]

    out, back = told.boardings, flown_back(told)
    applied = run.cohort.eligibility.own_wish[out.who]
    assert sums["transfers"] == len(inside(out.ends))
    assert sums["own_wish"] == len(inside(out.ends[applied]))
    assert sums["flights"] == len(np.unique(inside(out.ends)))
    assert sums["rotations"] == len(np.unique(inside(np.append(out.ends, back.ends))))


@settings(max_examples=30)
@given(period=PERIODS)
@example(period=(date(2027, 4, 15), date(2029, 8, 20)))
@example(period=(date(2027, 4, 2), date(2027, 12, 31)))
def test_each_count_is_the_same_however_it_is_asked_for(period: tuple[date, date]) -> None:
    agree(observing(simulated(), *period))


HARD = {
    "due back at once": {"rented_prison.return_before_end_days": 730.0},
    "due back soon": {"rented_prison.return_before_end_days": 365.0},
    "nothing left to serve": {"transfer.least_remaining_days": 0.0},
    "a flight every day": {
        "transfer.least_remaining_days": 0.0,
        "transfer.rotations_per_week": 7.0,
        "rented_prison.return_before_end_days": 0.0,
    },
}


@pytest.mark.parametrize("changes", HARD.values(), ids=HARD)
@pytest.mark.parametrize("seed", [1, 2])
def test_flights_are_paid_even_if_all_on_board_are_due_back(
    changes: dict[str, float], seed: int
) -> None:
    scenario = small().change({"rented_prison.places": 30, **changes})
    told = Told(simulate(scenario, seed))
    assert len(told.boardings) > 20
    agree(told)


@settings(max_examples=15)
@given(scenario=scenarios(), seed=st.integers(0, 100))
def test_counts_agree_in_every_world(scenario: Scenario, seed: int) -> None:
    agree(Told(simulate(scenario, seed)))


def agree(told: Told) -> None:
    """Compare what is said of flights, transfers and costs by whatever says it."""
    run = told.run
    assert np.array_equal(np.sort(run.stays_abroad.start), np.sort(told.boardings.ends))
    flew = np.append(told.boardings.ends, flown_back(told).ends)
    assert np.array_equal(run.flights, np.unique(flew))
    found, costs = outcomes_of(run), run.costs()
    by_item = costs.groupby("item")["quantity"].sum()
    for every in EVERY:
        table = run.transfers(every)
        assert table["transfers"].sum() == found["transfers"]
        assert table["flights"].sum() == found["transfer_flights"]
        assert table["rotations"].sum() == by_item["rotations"]
    assert run.observed(run.flights).sum() == by_item["rotations"]
    yearly = run.transfers("year")
    years = yearly.set_index(yearly["date"].dt.year)["rotations"]
    paid = costs[costs["item"] == "rotations"].set_index("year")["quantity"]
    assert paid.to_dict() == years.to_dict()
    days = run.records.stays.person_days(*run.period, run.scenario.horizon)
    assert by_item["remand"] == pytest.approx(days[Stay.REMAND])
    assert by_item["detention"] == pytest.approx(days[Stay.DETENTION])
