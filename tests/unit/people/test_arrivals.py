"""Who arrives: published counts, Poisson numbers, streams and traits."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.people.arrivals import (
    DUAL_NATIONAL,
    EU,
    PEOPLE_PER_STREAM,
    THIRD_COUNTRY,
    Arrived,
    draw_arrivals,
)
from sim.people.chance import Chance
from sim.people.cohort import draw_cohort
from sim.results.published.file import load_figures
from sim.scenario.evidence import evidence_for
from sim.scenario.files import load
from sim.scenario.schema import Scenario
from tests.helpers.worlds import between

START, END = date(2026, 1, 1), date(2030, 1, 1)


def arrivals(replication: int = 0, **changes: Any) -> Arrived:
    return draw_arrivals(world(**changes), Chance(1, replication))


def world(**changes: Any) -> Scenario:
    keyed = {f"arrivals.{key}": value for key, value in changes.items()}
    plain = {"arrivals.published_until_year": 2100, "arrivals.year_to_year_variation": 0}
    return between(START, END, plain | keyed)


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
    scenario = world(judgments_per_year=mean * 4, published_until_year=2000)
    counts = np.array([by_year(draw_arrivals(scenario, Chance(1, n)))[2] for n in range(400)])
    exact = mean * 4
    assert abs(counts.mean() - exact) < 4 * np.sqrt(exact / 400)
    dispersion = np.sum((counts - exact) ** 2) / exact
    assert abs(dispersion - 400) < 4 * np.sqrt(400 * (2 + 1 / exact))


@pytest.mark.parametrize(("mean", "variation"), [(40.0, 0.3), (1700.0, 0.115)])
def test_years_scatter_as_stated_about_the_same_mean(mean: float, variation: float) -> None:
    """Over replications: mean, and variance; a negative binomial number has this kurtosis."""
    rules = {"judgments_per_year": mean, "year_to_year_variation": variation}
    scenario = world(published_until_year=2000, **rules)
    yearly = np.array([by_year(draw_arrivals(scenario, Chance(2, n))) for n in range(400)])
    counts, variance = yearly.ravel(), mean + (variation * mean) ** 2
    assert abs(counts.mean() - mean) < 4 * np.sqrt(variance / len(counts))
    shape = variation**-2
    law = stats.nbinom(shape, shape / (shape + mean))
    assert law.var() == pytest.approx(variance)
    spread = variance * np.sqrt((law.stats("k") + 2) / len(counts))
    assert abs(np.mean((counts - mean) ** 2) - variance) < 4 * spread
    assert abs(np.corrcoef(yearly[:, 0], yearly[:, 1])[0, 1]) < 4 / np.sqrt(400), "independent"


def test_without_variation_the_number_is_the_poisson_quantile_of_the_years_luck() -> None:
    arrived = arrivals(5, judgments_per_year=300, published_until_year=2000)
    lucks = [Chance(1, 5).of_year("number of arrivals", "published", y) for y in range(2026, 2030)]
    assert by_year(arrived) == stats.poisson(300).ppf(lucks).tolist()


def test_published_years_do_not_vary() -> None:
    given = arrivals(judgments_per_year=300, published_until_year=2028, year_to_year_variation=0.5)
    assert by_year(given)[:2] == [300, 300]
    assert by_year(given)[2:] != [300, 300]


VARIED = {"judgments_per_year": 1000, "published_until_year": 2000, "year_to_year_variation": 0.3}


@pytest.mark.slow
def test_a_stream_more_shares_the_years_and_leaves_the_others_people_as_they_are() -> None:
    steps = [{"from": START, "until": END, "value": 500}]
    stream = {"group": "third_country", "per_year": steps, "only_a_year_or_more": False}
    counts = []
    for n in range(100):
        alone, more = arrivals(n, **VARIED), arrivals(n, **VARIED, additional={"more": stream})
        published = more.person < PEOPLE_PER_STREAM
        assert np.array_equal(alone.person, more.person[published])
        others = more.person[~published] // 100_000 % 10_000
        counts.append((by_year(alone)[1], np.sum(others == 2027)))
    # The common factor has a variance of 0.09; besides, both are Poisson.
    expected = 0.09 / np.sqrt((1 / 1000 + 0.09) * (1 / 500 + 0.09))
    assert np.corrcoef(np.array(counts).T)[0, 1] == pytest.approx(expected, abs=0.03)


def test_a_longer_simulation_keeps_the_years_before() -> None:
    keyed = {f"arrivals.{key}": value for key, value in VARIED.items()}
    longer = draw_arrivals(between(START, date(2033, 1, 1), keyed), Chance(1))
    assert by_year(longer) == by_year(arrivals(**VARIED))


def test_the_variation_is_that_of_the_published_series() -> None:
    """The evidence says how the baseline's value was derived: worked out here once more."""
    figures = [f for f in load_figures() if f.key.startswith("judgments_")]
    years = np.array([int(figure.key[-4:]) for figure in figures])
    counts = np.array([figure.value for figure in figures])
    assert years.tolist() == list(range(2009, 2020))
    residuals = counts - np.polyval(np.polyfit(years, counts, 1), years)
    free, mean = len(years) - 2, counts.mean()
    dispersion = np.sum(residuals**2) / free / mean
    assert dispersion == pytest.approx(21.7, abs=0.05)
    record = evidence_for(load("baseline")).of("arrivals.year_to_year_variation")
    stated = [load("baseline").arrivals.year_to_year_variation, record.low, record.high]
    ends = free * dispersion / stats.chi2(free).ppf([0.975, 0.025])
    found = [np.sqrt((times - 1) / mean) for times in (dispersion, *ends)]
    assert stated == np.round(found, 3).tolist()


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
        children_in_sending_state_share=0.4,
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
        "group": "dual_national",
        "only_a_year_or_more": True,
        "per_year": [
            {"from": START, "until": date(2028, 1, 1), "value": 0},
            {"from": date(2028, 1, 1), "until": END, "value": 50},
        ],
    }
    scenario = world(judgments_per_year=200, additional={"duals": stream})
    cohort = draw_cohort(scenario, Chance(1))
    duals = cohort.arrived.group == DUAL_NATIONAL
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
