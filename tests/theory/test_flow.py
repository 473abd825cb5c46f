"""The flow against exact answers: the same model, set to cases that theory can work out.

Every world here is a scenario that anyone could write: parts of the baseline are switched off until
what is left has an exact answer, computed in the test from the formula named in its docstring.

Simulations start empty, and so do the exact answers: there is no warm-up to choose and no bias. A
difference between the two has mean zero over replications, and a test demands |mean| < K standard
errors, estimated from the replications or known from theory, and that this standard error is below
a stated share of the exact value: a tolerance that lets everything through proves nothing.
"""

from __future__ import annotations

from datetime import date
from math import exp
from typing import Any

import numpy as np
import pytest
from scipy import integrate, linalg, stats

from sim.results.run import Run
from sim.scenario.schema import Scenario
from sim.world.stages import CaseStage, Stay
from tests.helpers.exact import (
    DAYS,
    END,
    EU_ONLY,
    START,
    assert_mean,
    assert_poisson,
    keyed,
    mean_cases,
    people_in,
    runs,
    world,
)
from tests.helpers.worlds import band, constant, cooperation, exponential

# ---------------------------------------------------------------- sentences: M/G/infinity


@pytest.mark.parametrize(
    "days",
    [
        constant(50),
        {"kind": "uniform", "low": 10, "high": 90},
        {"kind": "bounded_exponential", "low": 7, "high": 150, "mean": 50},
    ],
    ids=lambda days: days["kind"],
)
def test_prison_with_steady_arrivals_is_an_infinite_server_queue(days: dict[str, Any]) -> None:
    """M/G/infinity: Poisson, with the mean lambda E[S] whatever the law of S (Takacs 1962, ch. 3).

    No sentence is longer than 150 days, so that the system is stationary from day 150 on, and
    days 200 apart have nobody in common: all counts are independent.
    """
    rate = 0.6
    scenario = world(
        arrivals__judgments_per_year=365 * rate, **EU_ONLY, **keyed(band("eu_eea", days))
    )
    counts = [people_in(run, np.arange(200, DAYS, 200), Stay.HOME_PRISON)
              for run in runs(scenario, 25)]  # fmt: skip
    assert_poisson(np.concatenate(counts), rate * 50, precision=0.02)


def test_prison_with_growing_arrivals_follows_them_with_delay() -> None:
    """M_t/G/infinity, empty at first: Poisson with mean integral of lambda(u) P(S > t - u) du.

    Eick, Massey and Whitt (1993), theorem 1; for exponential S.
    """
    mean_days = 250
    steps = [
        (START, 100),
        (date(2025, 7, 1), 150),
        (date(2026, 1, 1), 400),
        (date(2027, 1, 1), 300),
    ]
    edges = [*(day for day, _ in steps), END]
    scenario = world(
        arrivals__judgments_per_year=[
            {"from": first, "until": last, "value": value}
            for (first, value), last in zip(steps, edges[1:], strict=True)
        ],
        **EU_ONLY,
        **keyed(band("eu_eea", exponential(mean_days))),
    )
    days = np.array([100.0, 300.0, 365.0, 550.0, 730.0, 1000.0])
    counts = np.array([people_in(run, days, Stay.HOME_PRISON) for run in runs(scenario, 60)])
    for day, column in zip(days, counts.T, strict=True):
        exact = 0.0
        for (first, value), last in zip(steps, edges[1:], strict=True):
            begins, ends = ((moment - START).days for moment in (first, last))
            if begins < day:
                exact += integrate.quad(
                    lambda u, rate=value / 365, day=day: rate * exp(-(day - u) / mean_days),
                    begins,
                    min(ends, day),
                )[0]
        assert_poisson(column, exact, precision=0.05)


# ---------------------------------------------------------------- case workers: M/M/c

WORKERS, MORE_WORKERS, CASES_A_DAY, MORE_FROM = 3, 4, 2.1, 730.0


@pytest.fixture(scope="module")
def case_work() -> list[Run]:
    """Cases open at judgment, take a day of work on average, and nobody leaves before the end."""
    more_from = date(2027, 1, 1)
    assert (more_from - START).days == MORE_FROM
    scenario = world(
        arrivals__third_country_share=1.0,
        arrivals__judgments_per_year=365 * CASES_A_DAY,
        **keyed(band("third_country", constant(20_000))),
        removal__case_opens_before_end_days=30_000,
        removal__case_workers=[
            {"from": START, "until": more_from, "value": WORKERS},
            {"from": more_from, "until": END, "value": MORE_WORKERS},
        ],
        removal__case_work_days=exponential(1),
    )
    return runs(scenario, 50)


def test_cases_wait_for_a_case_worker_as_erlang_says(case_work: list[Run]) -> None:
    """Erlang C: the share who wait, and the mean wait (Erlang 1917; Cooper 1981, ch. 3).

    From day 200 on, sixteen relaxation times 1 / (sqrt(c) - sqrt(load))^2 have passed, and what is
    left of the empty start is below one in a million.
    """
    load = CASES_A_DAY
    weights = np.cumprod([1.0, *(load / n for n in range(1, WORKERS + 1))])
    last = weights[-1] / (1 - load / WORKERS)
    waits = last / (weights[:-1].sum() + last)
    shares, means = [], []
    for run in case_work:
        cases, opened = run.records.cases, run.cohort.after.case_opens
        queue = cases.code == CaseStage.CASE_WORKER_QUEUE
        waited = np.zeros(run.cohort.size)
        waited[cases.index[queue]] = (cases.end - cases.start)[queue]
        mine = waited[(opened >= 200) & (opened < 650)]
        shares.append(np.mean(mine > 0))
        means.append(mine.mean())
    assert_mean(np.array(shares), waits, precision=0.03)
    assert_mean(np.array(means), waits / (WORKERS - load), precision=0.08)


def test_cases_in_hand_and_waiting_follow_the_number_of_case_workers(case_work: list[Run]) -> None:
    """M/M/c from empty, c growing on a day: the Kolmogorov equations, integrated exactly.

    The mean over time of a Markov chain's distribution is a block of the exponential of
    [[Q, I], [0, 0]] (Van Loan 1978); 200 states leave out less than one in 10^20.
    """
    chance = np.zeros(200)
    chance[0] = 1.0
    n, time = np.arange(200), np.zeros(200)
    waiting = working = 0.0
    for workers, days in ((WORKERS, MORE_FROM), (MORE_WORKERS, DAYS - MORE_FROM)):
        rates = np.diag(np.full(199, CASES_A_DAY), 1) + np.diag(np.minimum(n, workers)[1:], -1)
        rates -= np.diag(rates.sum(axis=1))
        block = np.block([[rates, np.eye(200)], [np.zeros((200, 400))]])
        step = linalg.expm(block)
        for _ in range(round(days)):
            time = chance @ step[:200, 200:]
            chance = chance @ step[:200, :200]
            waiting += time @ np.maximum(n - workers, 0)
            working += time @ np.minimum(n, workers)
    in_queue, in_hand = (
        np.array([mean_cases(run, stage, 0, DAYS) for run in case_work])
        for stage in (CaseStage.CASE_WORKER_QUEUE, CaseStage.IDENTIFICATION)
    )
    assert_mean(in_queue, waiting / DAYS, precision=0.06)
    assert_mean(in_hand, working / DAYS, precision=0.01)


# ---------------------------------------------------------------- sentence over, papers not

SENTENCE, DELAY = 120, 80


def papers(**changes: Any) -> Scenario:
    """One judgment a day; papers are asked for at once, and everyone leaves with them."""
    return world(
        arrivals__third_country_share=1.0,
        arrivals__judgments_per_year=365,
        **keyed(band("third_country", exponential(SENTENCE))),
        **keyed(cooperation(START, END, document_delay_days=exponential(DELAY))),
        removal__case_opens_before_end_days=30_000,
        removal__willing_share=1.0,
        departure_centre__absconds_per_year=0.0,
        departure_centre__leaves_voluntarily_per_year=0.0,
        departure_centre__permit_per_review=0.0,
        departure_centre__breach_sentences_per_year=0.0,
        detention__ended_if_cooperates_per_review=0.0,
        **changes,
    )


def blocked(day: float) -> float:
    """Mean number whose sentence is over and whose papers are not there, on a day.

    Arrivals thinned by where they are now are Poisson. Of those who came u days ago a share
    P(S < u < D) = (1 - exp(-u / s)) exp(-u / d) are blocked: lambda times the integral over u.
    """
    both = 1 / (1 / SENTENCE + 1 / DELAY)
    return DELAY * (1 - exp(-day / DELAY)) - both * (1 - exp(-day / both))


def test_papers_that_are_not_ready_fill_the_departure_centre() -> None:
    """A two-stage chain with two clocks: Poisson numbers in prison, centre and document queue."""
    scenario = papers(detention__detained_if_cooperates_share=0.0)
    day = 1000.0
    counts, queue = [], []
    for run in runs(scenario, 40):
        counts.append(people_in(run, np.array([day]), Stay.DEPARTURE_CENTRE)[0])
        assert not people_in(run, np.array([day]), Stay.DETENTION, Stay.DETENTION_QUEUE).any()
        cases = run.records.cases
        waits = (cases.code == CaseStage.TRAVEL_DOCUMENT) & (cases.start <= day)
        queue.append(np.sum(waits & ~(cases.end <= day)))
    assert_poisson(np.array(counts), blocked(day), precision=0.05)
    assert_poisson(np.array(queue), DELAY * (1 - exp(-day / DELAY)), precision=0.05)


def test_papers_that_are_not_ready_fill_detention_and_its_queue() -> None:
    """The same in detention: of N blocked people as many have a place as there are places.

    Places go to whoever waits, and all leave when their papers come, place or no place: so
    min(N, c) are in detention and max(N - c, 0) wait for a place, with N Poisson.
    """
    places, days = 28, np.arange(200.0, 1090.0, 30.0)
    scenario = papers(detention__detained_if_cooperates_share=1.0, detention__places=places)
    n = np.arange(200)
    chances = np.mean([stats.poisson.pmf(n, blocked(day)) for day in days], axis=0)
    here, queue = [], []
    for run in runs(scenario, 30):
        here.append(people_in(run, days, Stay.DETENTION).mean())
        queue.append(people_in(run, days, Stay.DETENTION_QUEUE).mean())
        assert not people_in(run, days, Stay.DEPARTURE_CENTRE).any()
    assert_mean(np.array(here), np.minimum(n, places) @ chances, precision=0.01)
    assert_mean(np.array(queue), np.maximum(n - places, 0) @ chances, precision=0.08)


# ---------------------------------------------------------------- the waiting list

PLACES, SEATS, EVERY, SERVES, JUDGED = 6, 2, 28, 100, 0.1


def flights_chain(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean number abroad and on the list just after each flight, from empty.

    The embedded chain of (serving abroad, waiting for the flight back, on the list): between
    flights everyone's time runs out with the same chance, whether they serve or wait, for what is
    left of an exponential sentence is exponential; at a flight people go out to places free before
    those who are due have left, and then these fly back. As flights become frequent this becomes
    Erlang's A with patience as long as service (Palm 1957).
    """
    longest = 45
    stay = exp(-EVERY / SERVES)
    waiting = np.zeros((longest + 1, longest + 1))  # from so many on the list to so many
    new = stats.poisson.pmf(np.arange(longest + 1), JUDGED * SERVES * (1 - stay))
    for q in range(longest + 1):
        kept = stats.binom.pmf(np.arange(q + 1), q, stay)
        waiting[q] = np.convolve(kept, new)[: longest + 1]
    chances = {(0, 0): np.eye(longest + 1)[0]}
    abroad, listed = [], []
    for flight in range(number):
        if flight:
            chances = _next_flight(chances, stay, waiting)
        total = sum(column.sum() for column in chances.values())
        assert total == pytest.approx(1, abs=1e-9)
        abroad.append(sum(k * column.sum() for (k, _), column in chances.items()))
        listed.append(sum(column @ np.arange(longest + 1) for column in chances.values()))
    return np.array(abroad), np.array(listed)


def _next_flight(
    chances: dict[tuple[int, int], np.ndarray], stay: float, waiting: np.ndarray
) -> dict[tuple[int, int], np.ndarray]:
    after: dict[tuple[int, int], np.ndarray] = {}
    for (serving, returning), column in chances.items():
        queue = column @ waiting
        out_at_most = min(SEATS, PLACES - serving - returning)
        for due in range(serving + 1):
            chance = stats.binom.pmf(due, serving, 1 - stay)
            back = min(SEATS, returning + due)
            for out in range(out_at_most + 1):
                left = np.zeros_like(queue)
                if out < out_at_most:
                    left[0] = queue[out]
                else:
                    left[: len(queue) - out] = queue[out:]
                key = serving - due + out, returning + due - back
                after[key] = after.get(key, 0.0) + chance * left
    return after


def test_waiting_list_that_people_leave_is_served_by_flights() -> None:
    """Number abroad and on the list just after each flight, against the exact embedded chain."""
    least = 60.0
    days = {"kind": "bounded_exponential", "low": least, "high": 10_060, "mean": least + SERVES}
    rule = {"from": START, "until": END, "applies_to": "everyone", "groups": ["third_country"],
            "women": True, "youngest_years": 0, "terror_or_war_crime": True,
            "health_excluded": True, "life": True, "preventive_custody": True,
            "longest_sentence_years": 100}  # fmt: skip
    scenario = world(
        arrivals__third_country_share=1.0,
        arrivals__judgments_per_year=365 * JUDGED,
        **keyed(band("third_country", days)),
        transfer__eligibility=[rule],
        transfer__least_remaining_days=least,
        transfer__selection_days=constant(0),
        transfer__rotations_per_week=7 / EVERY,
        transfer__seats=SEATS,
        rented_prison__in_use=True,
        rented_prison__opens=START,
        rented_prison__places=PLACES,
        rented_prison__first_intake_places=PLACES,
        rented_prison__return_before_end_days=least,
        rented_prison__temporary_returns_per_year=0.0,
    )
    flights = np.arange(0, DAYS, EVERY)
    abroad, listed = flights_chain(len(flights))
    just_after = flights + 1e-6
    seen = runs(scenario, 200)
    for stay, exact in ((Stay.RENTED_PRISON, abroad), (Stay.WAITING_LIST, listed)):
        counts = np.array([people_in(run, just_after, stay) for run in seen])
        assert_mean(counts[:, 2:6].mean(axis=1), exact[2:6].mean(), precision=0.08)
        assert_mean(counts[:, 6:].mean(axis=1), exact[6:].mean(), precision=0.08)
