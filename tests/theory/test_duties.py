"""Duties after the sentence against exact answers: two Markov chains, and rates that change.

Worlds and tolerances are as in `test_flow`: parts of the baseline are switched off until what is
left can be worked out, and a difference of K standard errors fails.
"""

from __future__ import annotations

from datetime import date
from math import exp, sqrt
from typing import Any

import numpy as np
import pytest
from scipy import linalg

from sim.results.run import Run
from sim.scenario.schema import DAYS_PER_YEAR
from sim.world.simulate import simulate
from sim.world.stages import Exit, Stay
from tests.helpers.exact import (
    DAYS,
    EU_ONLY,
    SEED,
    START,
    K,
    assert_mean,
    assert_poisson,
    keyed,
    people_in,
    runs,
    wide,
    world,
)
from tests.helpers.worlds import band, constant, cooperation, exponential, uniform

# ---------------------------------------------------------------- under duties


def centre(deaths_per_year: float = 0.0, tolerated: float = 1.0, **changes: Any) -> Run:
    """Let everyone go without a prospect: two years of arrivals, followed for ten.

    A share is protected and hence on tolerated stay; the origin of the others refuses them.
    """
    start, end = date(2025, 1, 1), date(2037, 1, 1)
    refuses = {"regime": "refuses", "forced_feasibility": 0.0}
    scenario = wide(
        start,
        end,
        arrivals__third_country_share=1.0,
        arrivals__deaths_per_year=deaths_per_year,
        arrivals__judgments_per_year=[
            {"from": start, "until": date(2027, 1, 1), "value": 1500},
            {"from": date(2027, 1, 1), "until": end, "value": 0},
        ],
        **keyed(band("third_country", constant(10))),
        **keyed(cooperation(start, end, protected_share=tolerated, **refuses)),
        removal__willing_share=0.0,
        **{f"departure_centre__{key}": value for key, value in changes.items()},
    )
    return Run(simulate(scenario, SEED))


def assert_exits(run: Run, released: np.ndarray, exact: dict[Exit, float]) -> None:
    """Everyone has left, and in these shares (multinomial: each share is binomial)."""
    exits = run.records.exits
    mine = np.isin(exits.index, released)
    assert mine.sum() == len(released), "some are still there"
    assert sum(exact.values()) == pytest.approx(1)
    for exit, share in exact.items():
        error = sqrt(share * (1 - share) / len(released))
        assert abs(np.mean(exits.code[mine] == exit) - share) < K * error, exit.name


def test_ways_out_of_duties_compete() -> None:
    """A Markov chain of four states with four ways out, for each of two kinds of people.

    Mean times are N = p (-T)^-1, and shares by exit N R (Kemeny and Snell 1960, ch. 3), with p
    where people begin, T the rates between the states and R those to the exits.
    """
    kinds = {4.0: 0.6, 0.6: 0.4}  # rate of absconding: of others, of those on tolerated stay; share
    voluntary, lifted, breach, death, closed = 1.1, 0.5, 1.5, 0.3, 2.0
    breach_days, large_days, found, never, elsewhere = 60.0, 100.0, 0.4, 0.3, 0.25
    run = centre(
        tolerated=kinds[0.6],
        absconds_per_year=4.0,
        tolerated_absconds_per_year=0.6,
        never_reports_share=never,
        lives_elsewhere_share=elsewhere,
        found_again_share=found,
        at_large_days=exponential(large_days),
        cases_closed_per_year=closed,
        leaves_voluntarily_per_year=voluntary,
        order_lifted_per_year=lifted,
        permit_per_review=0.0,
        breach_sentences_per_year=breach,
        breach_sentence_days=exponential(breach_days),
        deaths_per_year=death,
    )
    exits = (Exit.ABSCONDED, Exit.LEFT_VOLUNTARILY, Exit.ORDER_LIFTED, Exit.DIED)
    begins = np.array([1 - never, 0, never * found, never * (1 - found)])
    shares, years = np.zeros(len(exits)), np.zeros(4)
    for absconds, weight in kinds.items():
        moves, ways = np.zeros((4, 4)), np.zeros((4, len(exits)))
        moves[0, 1:] = breach, absconds * found, absconds * (1 - found)
        moves[1, 0], moves[2, 0] = DAYS_PER_YEAR / breach_days, DAYS_PER_YEAR / large_days
        ways[0] = 0, voluntary, lifted, death
        ways[1:, 3], ways[3, 0] = death, closed
        chain = moves - np.diag(moves.sum(axis=1) + ways.sum(axis=1))
        left = (begins @ linalg.expm(chain * 9.9)).sum()
        assert left < 1e-5, "too short a horizon to see everyone leave"
        time = begins @ np.linalg.inv(-chain)
        years += weight * time
        shares += weight * (time @ ways)
    released = np.flatnonzero(run.cohort.sentence.ending == 0)
    assert_exits(run, released, dict(zip(exits, shares, strict=True)))
    days = {
        Stay.DEPARTURE_CENTRE: (1 - elsewhere) * years[0],
        Stay.LIVING_ELSEWHERE: elsewhere * years[0],
        Stay.BREACH_IMPRISONMENT: years[1],
        Stay.AT_LARGE: years[2] + years[3],
    }
    spells = run.records.stays
    for state, exact in days.items():
        spent = np.bincount(
            spells.index, (spells.end - spells.start) * (spells.code == state), run.cohort.size
        )
        assert_mean(spent[released], exact * DAYS_PER_YEAR, precision=0.08)


def test_reviews_compete_with_going_home() -> None:
    """A review every r days gives a permit with chance p; going home has rate v.

    With x = exp(-v r), the permit comes first with chance p x / (1 - (1 - p) x), and the mean stay
    is (1 - x) / v / (1 - (1 - p) x): sums of geometric series over the reviews passed.
    """
    review, permit, voluntary = 182.0, 0.2, 0.8
    run = centre(
        tolerated_absconds_per_year=0.0,
        leaves_voluntarily_per_year=voluntary,
        review_every_days=review,
        permit_per_review=permit,
        breach_sentences_per_year=0.0,
    )
    x = exp(-voluntary * review / DAYS_PER_YEAR)
    first = permit * x / (1 - (1 - permit) * x)
    everyone = np.arange(run.cohort.size)
    assert_exits(run, everyone, {Exit.PERMIT: first, Exit.LEFT_VOLUNTARILY: 1 - first})
    mean = (1 - x) / voluntary / (1 - (1 - permit) * x) * DAYS_PER_YEAR
    spells = run.records.stays
    stays = (spells.end - spells.start)[spells.code == Stay.DEPARTURE_CENTRE]
    assert len(stays) == run.cohort.size
    assert_mean(stays, mean, precision=0.03)


def test_early_permits_compete_with_absconding() -> None:
    """With a share e of permits after T uniform on (l, h), and a rate a of absconding for good.

    The permit comes first with the chance e E[exp(-a T)] = e (exp(-a l) - exp(-a h)) / (a (h - l)).
    """
    early, low, high, absconds = 0.6, 20.0, 600.0, 1.2
    run = centre(
        tolerated_absconds_per_year=absconds,
        found_again_share=0.0,
        cases_closed_per_year=3.0,
        early_permit_share=early,
        early_permit_days=uniform(low, high),
        permit_per_review=0.0,
        leaves_voluntarily_per_year=0.0,
        breach_sentences_per_year=0.0,
    )
    rate = absconds / DAYS_PER_YEAR
    first = early * (exp(-rate * low) - exp(-rate * high)) / (rate * (high - low))
    everyone = np.arange(run.cohort.size)
    exits = run.records.exits
    permits = np.mean(np.isin(everyone, exits.index[exits.code == Exit.PERMIT]))
    error = sqrt(first * (1 - first) / len(everyone))
    assert error < 0.04 * first
    assert abs(permits - first) < K * error


def test_cases_are_closed_at_the_rate_of_the_date() -> None:
    """Who is gone since b is closed by t with chance 1 - exp(-the rate added up from b to t)."""
    start, change, end = date(2025, 1, 1), date(2028, 1, 1), date(2037, 1, 1)
    rates = (0.3, 1.7)
    run = centre(
        never_reports_share=1.0,
        found_again_share=0.0,
        cases_closed_per_year=[
            {"from": start, "until": change, "value": rates[0]},
            {"from": change, "until": end, "value": rates[1]},
        ],
    )
    stays, exits = run.records.stays, run.records.exits
    gone = stays.code == Stay.AT_LARGE
    begun, edge = stays.start[gone], float((change - start).days)
    assert len(begun) == run.cohort.size
    assert (exits.code == Exit.ABSCONDED).all()
    for day in (edge - 365, edge, edge + 100, edge + 500):
        before = np.clip(np.minimum(day, edge) - begun, 0, None)
        after = np.clip(day - np.maximum(begun, edge), 0, None)
        chance = -np.expm1(-(rates[0] * before + rates[1] * after) / DAYS_PER_YEAR)
        error = sqrt(np.sum(chance * (1 - chance)))
        assert error < 0.1 * chance.sum()
        assert abs(np.sum(exits.day <= day) - chance.sum()) < K * error


# ---------------------------------------------------------------- removal, and what holds it up

SENTENCE, DELAY, BEFORE = 120, 80, 25


def test_detention_before_removals_holds_a_poisson_number() -> None:
    """One judgment a day; papers after D, the sentence over after S, both exponential.

    Who is let go before the papers come is detained from D to D + b. On day t these are Poisson,
    with the integral from t - b to t of F(u) = P(S < D < u) as their mean.
    """
    scenario = world(
        arrivals__third_country_share=1.0,
        arrivals__judgments_per_year=365,
        **keyed(band("third_country", exponential(SENTENCE))),
        **keyed(
            cooperation(START, date(2028, 1, 1), document_delay_days=exponential(DELAY),
                        protected_share=0.0)
        ),
        removal__case_opens_before_end_days=30_000,
        removal__willing_share=0.0,
        departure_centre__absconds_per_year=0.0,
        departure_centre__leaves_voluntarily_per_year=0.0,
        departure_centre__breach_sentences_per_year=0.0,
        detention__detained_if_cooperates_share=0.0,
        detention__before_removal_days=constant(BEFORE),
    )  # fmt: skip
    both, day = 1 / (1 / SENTENCE + 1 / DELAY), 900.0

    def area(x: float) -> float:
        """Integral of F from 0 to x."""
        first = x - DELAY * (1 - exp(-x / DELAY))
        return first - both / DELAY * (x - both * (1 - exp(-x / both)))

    seen = runs(scenario, 60)
    counts = [people_in(run, np.array([day]), Stay.DETENTION)[0] for run in seen]
    assert_poisson(np.array(counts), area(day) - area(day - BEFORE), precision=0.06)
    for run in seen[:3]:
        assert set(run.records.exits.code) == {Exit.REMOVED}


@pytest.mark.parametrize("share", [0.0, 0.55])
def test_departures_that_cannot_take_place_add_up_to_the_end(share: float) -> None:
    """Of those due in a time in which only a share can go, the others are still there at its end.

    Poisson arrivals, shifted by a sentence and thinned: their number has the mean
    (1 - share) x rate x days, and from then on nobody waits.
    """
    rate, first, last = 0.5, date(2026, 3, 1), date(2027, 2, 1)
    steps = [
        {"from": START, "until": first, "value": 1.0},
        {"from": first, "until": last, "value": share},
        {"from": last, "until": date(2028, 1, 1), "value": 1.0},
    ]
    scenario = world(
        arrivals__judgments_per_year=365 * rate,
        **EU_ONLY,
        **keyed(band("eu_eea", uniform(10, 60))),
        removal__carried_out_share=steps,
        detention__detained_if_cooperates_share=0.0,
        departure_centre__absconds_per_year=0.0,
        departure_centre__leaves_voluntarily_per_year=0.0,
        departure_centre__breach_sentences_per_year=0.0,
    )
    begins, ends = scenario.day(first), scenario.day(last)
    days = np.array([begins - 1, (begins + ends) / 2, ends - 1e-6, ends + 1e-6, DAYS - 1.0])
    counts = np.array([people_in(run, days, Stay.DEPARTURE_CENTRE) for run in runs(scenario, 40)])
    assert not counts[:, [0, 3, 4]].any()
    for column, waited in ((1, (ends - begins) / 2), (2, ends - begins)):
        assert_poisson(counts[:, column], (1 - share) * rate * waited, precision=0.05)
