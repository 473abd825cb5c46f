"""The case Norgerhaven, and through it what only it uses: own wish, unsuitability, flights, return.

A replication of it is held to what must be so whatever the numbers are: nobody's sentence ends
abroad, everyone is back when the prison closes, nobody unsuitable flies, who applies flies first.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from sim.people.arrivals import NOT_EXPELLED
from sim.people.transfer import SUITABLE
from sim.results import count
from sim.results.outcomes import OUTCOMES, outcomes_of
from sim.results.published.file import figures_of, load_figures
from sim.results.published.measure import measure
from sim.results.run import Run
from sim.results.story import examples, tell
from sim.scenario.files import load
from sim.scenario.schema import Scenario
from sim.world.flights import rotations
from sim.world.simulate import simulate
from sim.world.stages import Exit, Stay

#: A scarcer flight and a longer list than in the case itself, so that the order of flying shows.
CROWDED = {"transfer.rotations_per_week": 0.4, "transfer.seats": 12}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("norgerhaven")


@pytest.fixture(scope="module")
def run(scenario: Scenario) -> Run:
    return Run(simulate(scenario, 1))


@pytest.fixture(scope="module")
def crowded(scenario: Scenario) -> Run:
    return Run(simulate(scenario.change(CROWDED), 1))


@pytest.fixture(scope="module")
def values(run: Run) -> dict[str, float | None]:
    return outcomes_of(run)


def test_everyone_is_in_one_place_until_released_or_dead(run: Run) -> None:
    assert set(np.unique(run.cohort.arrived.group)) == {NOT_EXPELLED}
    assert set(run.records.exits.code) == {Exit.RELEASED, Exit.DIED}
    days = np.linspace(0, run.scenario.horizon - 1, 50)
    arrived = np.searchsorted(np.sort(run.cohort.sentence.arrives), days, side="right")
    left = np.searchsorted(np.sort(run.records.exits.day), days, side="right")
    assert list(count.inside(run.records.stays, days)) == list(arrived - left)


@pytest.mark.parametrize("world", ["run", "crowded"])
def test_nobodys_sentence_ends_abroad(world: str, request: pytest.FixtureRequest) -> None:
    run: Run = request.getfixturevalue(world)
    stays, sentence = run.stays_abroad, run.cohort.sentence
    alive = sentence.ending[stays.index] == 0
    assert alive.sum() > 200
    left = sentence.end[stays.index] - stays.end
    assert left[alive].min() > 0
    # Due at leave or 60 days before the end, and then as long as the next flight takes.
    interval = 7 / run.scenario.transfer.rotations_per_week
    due = np.minimum(sentence.end - 60, run.cohort.eligibility.leave)[stays.index]
    back = alive & (stays.end < run.cohort.service.drains)
    late = (stays.end - due)[back]
    assert late.min() >= 0
    if world == "run":
        assert late.max() < 2 * interval
    at_leave = run.cohort.eligibility.leave[stays.index] < sentence.end[stays.index] - 60
    assert 0 < at_leave.mean() <= 1


def test_all_are_back_when_the_prison_closes_and_none_are_there_before(run: Run) -> None:
    service, stays = run.cohort.service, run.stays_abroad
    assert run.scenario.date(service.opens) == date(2015, 9, 1)
    assert run.scenario.date(service.closes) == date(2018, 9, 1)
    assert stays.start.min() == service.opens
    assert stays.end.max() <= service.closes
    assert not np.isnan(stays.end).any()
    most = count.inside(stays, np.unique(stays.start)).max()
    assert most <= run.scenario.rented_prison.places


def test_flights_go_as_planned_and_carry_no_more_than_their_seats(run: Run) -> None:
    days, carried = np.unique(run.stays_abroad.start, return_counts=True)
    assert carried.max() <= run.scenario.transfer.seats
    assert carried[0] == 25
    opens = run.cohort.service.opens
    assert list(days[:6] - opens) == [0, 7, 14, 21, 28, 35], "weekly in September"
    gaps = np.diff(days[5:])
    usual = 7 / run.scenario.transfer.rotations_per_week
    assert np.allclose(gaps / usual, np.round(gaps / usual)), "then at the usual distance"


def test_nobody_comes_or_goes_but_by_a_flight(run: Run) -> None:
    stays = run.stays_abroad
    assert np.isin(stays.start, run.flights).all()
    queue = run.records.stays.of(Stay.RETURN_QUEUE)
    assert np.mean(np.isin(queue.end, run.flights)) > 0.99, "but for deaths"
    usual = 7 / run.scenario.transfer.rotations_per_week
    assert np.diff(run.flights)[5:-1].min() >= usual - 1e-6


def test_the_unsuitable_are_assessed_and_stay(run: Run) -> None:
    eligibility, stays = run.cohort.eligibility, run.records.stays
    unsuitable = eligibility.unsuitable != SUITABLE
    assert not unsuitable[run.stays_abroad.index].any()
    assessed = np.unique(stays.of(Stay.SELECTION).index)
    transfer = run.scenario.transfer
    assert transfer.assessment is not None
    for wish, factor in ((False, 1.0), (True, transfer.assessment.own_wish_factor)):
        reasons = eligibility.unsuitable[assessed[eligibility.own_wish[assessed] == wish]]
        for number, usual in enumerate(transfer.unsuitable_shares.values()):
            share = factor * usual
            error = 4 * np.sqrt(share * (1 - share) / len(reasons))
            assert np.mean(reasons == number) == pytest.approx(share, abs=error)


def test_who_applies_flies_first(crowded: Run) -> None:
    waits = crowded.records.stays.of(Stay.WAITING_LIST)
    own_wish = crowded.cohort.eligibility.own_wish
    flown = crowded.stays_abroad
    passed = 0
    for day in np.unique(flown.start):
        who = flown.index[flown.start == day]
        waiting = waits[(waits.start < day) & (waits.end > day)]
        if own_wish[waiting.index].any():
            passed += 1
            assert own_wish[who].all(), "nobody else flies while someone who applied still waits"
    assert passed > 10


def test_transfers_by_period_add_up(run: Run, values: dict[str, float | None]) -> None:
    monthly, weekly = run.transfers("month"), run.transfers("week")
    for column, outcome in (("transfers", "transfers"), ("flights", "transfer_flights")):
        assert monthly[column].sum() == weekly[column].sum() == values[outcome]
    assert len(monthly) == 36
    share = monthly["own_wish"].sum() / monthly["transfers"].sum()
    assert share == values["transfers_own_wish_share"]
    inside = run.occupancy("week").query("facility == 'norgerhaven'")["people"].to_numpy()
    before = np.cumsum(weekly["transfers"] - weekly["returns"]).to_numpy()[:-1]
    # Whoever comes or goes at the very beginning of a week has done so when it is counted.
    stays, begins = run.stays_abroad, [run.scenario.day(d.date()) for d in weekly["date"][1:]]
    at_once = [np.sum(stays.start == day) - np.sum(stays.end == day) for day in begins]
    assert list(inside[1:]) == list(before + at_once)


def test_mean_stay_obeys_littles_law(run: Run, values: dict[str, float | None]) -> None:
    people, transfers = values["rented_prison_people"], values["transfers"]
    stay = values["rented_prison_mean_stay_days"]
    assert people is not None
    assert transfers is not None
    assert stay is not None
    begins, ends = run.period
    # Everyone comes and goes within the period: the law is exact then.
    assert people == pytest.approx(transfers / (ends - begins) * stay, rel=1e-9)
    assert values["transfers_per_month"] == pytest.approx(transfers / 36), "open for three years"


def test_time_to_fill_is_that_of_the_first_full_day(
    run: Run, values: dict[str, float | None]
) -> None:
    daily = run.occupancy("day").query("facility == 'norgerhaven'").reset_index()
    for percent in (90, 95):
        full = daily["people"] >= percent / 100 * 242
        # A flight that goes in the course of a day shows on the next.
        reached = pytest.approx(full.idxmax(), abs=1) if full.any() else None
        assert values[f"rented_prison_fill_{percent}_days"] == reached
    assert values["rented_prison_fill_90_days"] is not None


def test_a_prison_that_never_fills_has_no_time_to_fill(scenario: Scenario) -> None:
    few = scenario.change({"transfer.considered_share": 0.05})
    found = outcomes_of(Run(simulate(few, 1)))
    assert found["rented_prison_fill_90_days"] is None
    assert found["transfers"] > 0  # type: ignore[operator]


def test_every_published_figure_is_measured(run: Run) -> None:
    figures = load_figures(figures_of(load("norgerhaven")))
    found = {figure.key: measure(run, figure) for figure in figures}
    assert all(np.isfinite(value) for value in found.values())
    assert found["inside_first_day"] == 25
    daily = run.transfers("day").set_index("date")
    assert found["transfers_2018"] == daily["transfers"][:"2018-02-15"].sum()
    planned = len(rotations(run.scenario, run.cohort.service))
    assert daily["flights"].sum() <= found["flights_in_all"] <= planned
    assert found["inside_at_closing"] == 0
    # By another way: who waits, counted person by person.
    day, free = run.scenario.day(date(2015, 8, 28)), run.records.stays.of(Stay.AT_LIBERTY)
    waiting = free[(free.start <= day) & ~(free.end <= day)]
    assert found["queue_august_2015"] == np.sum(
        run.cohort.sentence.final[waiting.index] + 60 <= day
    )


def test_texts_name_this_cases_states(scenario: Scenario) -> None:
    for outcome in OUTCOMES:
        for text in (outcome.title, outcome.definition):
            told = scenario.told(text)
            assert not any(word in told for word in ("Danish", "Denmark", "Kosovo", "{"))
    assert scenario.told("{adjective} prisons, {hosts} own") == (
        "Norwegian prisons, the Netherlands' own"
    )
    assert load("baseline").told("{adjective} prisons, {hosts} own") == (
        "Danish prisons, Kosovo's own"
    )


def test_own_wish_and_reasons_leave_all_other_luck_alone(scenario: Scenario) -> None:
    changes = {"transfer.own_wish_share": 0.1, "transfer.unsuitable_shares.other_reasons": 0.0}
    short = {"arrivals.additional.norway.per_year": 300, "transfer.assessment.own_wish_factor": 1.0}
    one, other = (
        simulate(world.change(short), 3).cohort for world in (scenario, scenario.change(changes))
    )
    assert list(one.sentence.end) == list(other.sentence.end)
    assert list(one.eligibility.selected) == list(other.eligibility.selected)
    assert one.eligibility.own_wish.sum() > other.eligibility.own_wish.sum()
    by_children = [c.eligibility.unsuitable == 0 for c in (one, other)]
    assert list(by_children[0]) == list(by_children[1])


def test_weeks_of_flights_follow_one_another(scenario: Scenario) -> None:
    periods = scenario.transfer.rotation_periods
    assert all(a.until <= b.from_ for a, b in pairwise(periods))


def test_stories_tell_of_applying_being_unsuitable_and_coming_back(run: Run) -> None:
    reasons = {reason: person for person, reason in examples(run).items()}
    abroad = "\n".join(tell(run, reasons["serves in Norgerhaven"]))
    assert "flight back to Norway" in abroad
    assert "expulsion" not in abroad
    assert "is released, not being expelled" in abroad
    unsuitable = "\n".join(tell(run, reasons["is found unsuitable for transfer"]))
    assert "is found unsuitable for transfer: " in unsuitable
    assert "serves in Norgerhaven" not in unsuitable
