"""Who arrives: published counts, Poisson numbers, streams and traits."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.people.arrivals import DANISH_DUAL, EU, THIRD_COUNTRY, Arrived, draw_arrivals
from sim.people.chance import Chance
from sim.people.cohort import draw_cohort
from sim.scenario.schema import Scenario
from tests.property.worlds import between

START, END = date(2026, 1, 1), date(2030, 1, 1)


def arrivals(replication: int = 0, **changes: Any) -> Arrived:
    return draw_arrivals(world(**changes), Chance(1, replication))


def world(**changes: Any) -> Scenario:
    keyed = {f"arrivals.{key}": value for key, value in changes.items()}
    return between(START, END, {"arrivals.published_until_year": 2100, **keyed})


def by_year(arrived: Arrived) -> list[int]:
    years = arrived.person // 100_000
    return [int(np.sum(years == year)) for year in range(2026, 2030)]


def test_published_counts_arrive_exactly() -> None:
    steps = [
        {"from": START, "until": date(2027, 1, 1), "value": 100},
        {"from": date(2027, 1, 1), "until": END, "value": 55.4},
    ]
    assert by_year(arrivals(judgments_per_year=steps)) == [100, 55, 55, 55]


def test_a_part_of_a_year_has_its_part_of_the_count() -> None:
    """181 of the 365 days of 2026 at 365 a year; the rest of the year at twice as many."""
    steps = [
        {"from": START, "until": date(2026, 7, 1), "value": 365},
        {"from": date(2026, 7, 1), "until": date(2027, 1, 1), "value": 730},
        {"from": date(2027, 1, 1), "until": END, "value": 0},
    ]
    arrived = arrivals(judgments_per_year=steps)
    assert by_year(arrived) == [181 + 2 * 184, 0, 0, 0]
    early = np.sum(arrived.judgment < 181)
    assert abs(early - 181) < 4 * np.sqrt(549 * (181 / 549) * (368 / 549))


def test_growth_is_compounded_from_its_first_year() -> None:
    grown = arrivals(judgments_per_year=1000, growth_per_year=0.1, grows_from_year=2027)
    assert by_year(grown) == [1000, 1100, 1210, 1331]


@pytest.mark.parametrize("mean", [0.3, 2.0, 40.0])
def test_numbers_that_are_not_published_are_poisson(mean: float) -> None:
    """Over replications: the mean, and the dispersion about it."""
    counts = np.array(
        [
            by_year(arrivals(n, judgments_per_year=mean * 4, published_until_year=2000))[2]
            for n in range(400)
        ]
    )
    exact = mean * 4
    assert abs(counts.mean() - exact) < 4 * np.sqrt(exact / 400)
    dispersion = np.sum((counts - exact) ** 2) / exact
    assert abs(dispersion - 400) < 4 * np.sqrt(400 * (2 + 1 / exact))


def test_judgments_are_spread_evenly_over_the_year() -> None:
    arrived = arrivals(judgments_per_year=2000)
    first = arrived.judgment[arrived.judgment < 365] / 365
    assert len(first) == 2000
    assert stats.kstest(first, "uniform").pvalue > 1e-4


def test_nobody_arrives_where_nobody_is_judged() -> None:
    """A world without arrivals is empty, not an error."""
    cohort = draw_cohort(world(judgments_per_year=0), Chance(1))
    assert cohort.size == 0


def test_traits_have_their_shares() -> None:
    arrived = arrivals(
        judgments_per_year=5000,
        third_country_share=0.3,
        women_share=0.2,
        children_in_denmark_share=0.4,
    )
    size = len(arrived.person)
    third = arrived.group == THIRD_COUNTRY
    children = arrived.children[third]
    for mean, share, number in (
        (third.mean(), 0.3, size),
        (arrived.woman.mean(), 0.2, size),
        (children.mean(), 0.4, third.sum()),
    ):
        assert abs(mean - share) < 4 * np.sqrt(share * (1 - share) / number)
    assert not arrived.children[~third].any()
    assert len(np.unique(arrived.person)) == size


def test_origins_have_their_shares() -> None:
    scenario = world(judgments_per_year=5000, third_country_share=0.8)
    arrived = draw_arrivals(scenario, Chance(3))
    third = arrived.group == THIRD_COUNTRY
    for number, (name, origin) in enumerate(scenario.origins.items()):
        if name == "eu_eea":
            assert ((arrived.origin == number) == (arrived.group == EU)).all()
        else:
            share = origin.inflow_share
            mean = np.mean(arrived.origin[third] == number)
            assert abs(mean - share) < 4 * np.sqrt(share * (1 - share) / third.sum()), name


def test_streams_bring_their_own_group_and_long_sentences() -> None:
    stream = {
        "group": "danish_dual",
        "only_a_year_or_more": True,
        "per_year": [
            {"from": START, "until": date(2028, 1, 1), "value": 0},
            {"from": date(2028, 1, 1), "until": END, "value": 50},
        ],
    }
    scenario = world(judgments_per_year=200, additional={"duals": stream})
    cohort = draw_cohort(scenario, Chance(1))
    duals = cohort.arrived.group == DANISH_DUAL
    assert duals.sum() > 50
    assert (duals == cohort.arrived.long_only).all()
    assert (duals == (cohort.arrived.person >= 1_000_000_000)).all()
    assert (cohort.arrived.judgment[duals] >= scenario.day(date(2028, 1, 1))).all()
    assert (cohort.sentence.length[duals] >= 365).all()
    assert (cohort.sentence.length[~duals] < 365).any()


def test_people_come_in_order_of_arrival() -> None:
    cohort = draw_cohort(world(judgments_per_year=300), Chance(1))
    assert (np.diff(cohort.sentence.arrives) >= 0).all()
    assert (cohort.sentence.arrives < world().horizon).all()
    assert (cohort.sentence.custody < 0).any(), "some were arrested before the start"
