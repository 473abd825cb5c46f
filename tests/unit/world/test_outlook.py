"""What becomes of a request for a document, worked out by hand and then day by day.

In the examples the request is made on day 50, the sentence ends on day 60, a document takes 20 days
and a review gives up 28 days after the release, unless a test says otherwise.
"""

from __future__ import annotations

from itertools import pairwise
from math import inf, nextafter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.people.arrivals import EU
from sim.people.chance import Chance
from sim.people.cohort import draw_cohort
from sim.world.alone import documents
from sim.world.removal import Outlook, outlook, takes_place
from sim.world.world import OriginStep
from tests.helpers.worlds import small

HALF = 0.5
NEVER: tuple[tuple[()], float] = ((), inf)


def step(
    begins: float, ends: float, feasibility: float, *, refuses: bool = False, new: bool = False
) -> OriginStep:
    return OriginStep(begins, ends, refuses, feasibility, begins if new else -inf)


def ask(steps: list[OriginStep], **changes: Any) -> Outlook:
    case = {"requested": 50, "released": 60, "delay": 20, "review_days": 28, "willing": False,
            "protected": False, "luck": HALF}  # fmt: skip
    return outlook(steps, **{**case, **changes})


COOPERATES = step(0, 1000, 1.0)
REFUSES = step(0, 1000, 0.0, refuses=True)
TO_100, FROM_100 = step(0, 100, 1.0), step(100, 1000, 1.0)
REFUSED_TO_100 = step(0, 100, 0.0, refuses=True)
REFUSED_FROM_100 = step(100, 1000, 0.0, refuses=True)


# ---------------------------------------------------------------- people


@pytest.mark.parametrize("steps", [[COOPERATES], [REFUSES], [TO_100, REFUSED_FROM_100]])
@pytest.mark.parametrize("protected", [False, True])
def test_willing_people_get_it_after_the_usual_delay(
    steps: list[OriginStep], protected: bool
) -> None:
    """Whatever the regime, and whether or not they could be returned against their will."""
    assert ask(steps, willing=True, protected=protected) == (((50, 70),), 70)


def test_protected_people_never_get_it_and_have_no_prospect() -> None:
    assert ask([COOPERATES], protected=True) == NEVER
    assert ask([COOPERATES], protected=True, luck=0.0) == NEVER


@pytest.mark.parametrize(
    ("luck", "document"),
    [(0.0, 70), (nextafter(0.3, 0), 70), (0.3, inf), (nextafter(0.3, 1), inf), (0.999, inf)],
)
def test_a_document_needs_luck_below_the_feasibility(luck: float, document: float) -> None:
    assert ask([step(0, 1000, 0.3)], luck=luck) == (((50, min(88, document)),), document)


@pytest.mark.parametrize(
    ("requested", "released", "until"), [(50, 60, 88), (50, 40, 78), (50, 500, 528)]
)
def test_reviews_count_from_the_release_or_from_the_request_if_later(
    requested: float, released: float, until: float
) -> None:
    found = ask([step(0, 1000, 0.0)], requested=requested, released=released)
    assert found == (((requested, until),), inf)


def test_reviews_may_never_give_up() -> None:
    assert ask([step(0, 1000, 0.0)], review_days=inf) == (((50, inf),), inf)


# ---------------------------------------------------------------- refusal


def test_no_prospect_with_an_origin_that_refuses() -> None:
    assert ask([REFUSES]) == NEVER


def test_the_lucky_few_get_it_even_so_without_a_prospect_before() -> None:
    steps = [step(0, 1000, 0.02, refuses=True)]
    assert ask(steps, luck=0.01) == ((), 70)
    assert ask(steps, luck=0.02).document_at == inf


# ---------------------------------------------------------------- change by date


def test_refusal_that_ends_gives_a_prospect_and_starts_the_delay() -> None:
    assert ask([REFUSED_TO_100, FROM_100]) == (((100, 120),), 120)


def test_refusal_that_ends_does_not_start_the_delay_anew_for_the_lucky() -> None:
    steps = [step(0, 100, 0.9, refuses=True), FROM_100]
    assert ask(steps, delay=80) == (((100, 128),), 130)


def test_a_lucky_document_before_the_refusal_ends() -> None:
    assert ask([step(0, 100, 0.9, refuses=True), FROM_100]).document_at == 70


def test_refusal_that_begins_ends_prospect_and_waiting() -> None:
    steps = [TO_100, REFUSED_FROM_100]
    assert ask(steps, requested=90) == (((90, 100),), inf)
    assert ask(steps, requested=90, released=20, review_days=3) == (((90, 93),), inf)


def test_a_document_on_the_last_day_is_in_time() -> None:
    steps = [TO_100, REFUSED_FROM_100]
    assert ask(steps, requested=80).document_at == 100
    assert ask(steps, requested=80.5).document_at == inf


def test_a_document_before_the_refusal_is_not_lost() -> None:
    assert ask([TO_100, REFUSED_FROM_100]) == (((50, 70),), 70)


def test_waiting_and_prospect_start_anew_after_a_refusal() -> None:
    """The reviews, too, begin again: an earlier one did not find an origin that cooperates."""
    steps = [TO_100, step(100, 200, 0.0, refuses=True), step(200, 1000, 1.0)]
    assert ask(steps, requested=90) == (((90, 100), (200, 220)), 220)
    assert ask(steps, requested=90, delay=60) == (((90, 100), (200, 228)), 260)


def test_waiting_goes_on_across_a_step_that_stays_feasible() -> None:
    steps = [TO_100, step(100, 200, 0.6), step(200, 1000, 1.0)]
    assert ask(steps, requested=90, delay=300).document_at == 390


def test_a_request_after_the_last_step_has_begun_is_governed_by_it() -> None:
    assert ask([TO_100, REFUSED_FROM_100], requested=5_000) == NEVER
    assert ask([REFUSED_TO_100, FROM_100], requested=5_000, released=0).document_at == 5_020


def test_the_last_step_holds_for_ever() -> None:
    assert ask([REFUSED_TO_100, step(100, 110, 1.0)], delay=500).document_at == 600


# ---------------------------------------------------------------- steps for new cases only

NEW_REFUSAL = step(100, 1000, 0.0, refuses=True, new=True)


def test_new_cases_are_governed_by_a_step_of_their_own() -> None:
    assert ask([TO_100, NEW_REFUSAL], requested=90, released=100) == (((90, 100),), inf)
    assert ask([TO_100, NEW_REFUSAL], requested=120, released=150) == NEVER


def test_old_cases_keep_the_regime_they_had() -> None:
    """Released before the step for new cases: the origin goes on as before, for them."""
    assert ask([TO_100, NEW_REFUSAL], requested=90, released=60).document_at == 110
    assert ask([TO_100, NEW_REFUSAL], requested=120, released=60) == (((120, 140),), 140)


def test_old_cases_do_not_profit_from_a_step_for_new_ones() -> None:
    steps = [REFUSED_TO_100, step(100, 1000, 1.0, new=True)]
    assert ask(steps, released=99) == NEVER
    assert ask(steps, released=100) == (((100, 120),), 120)


def test_old_cases_are_governed_again_by_the_next_step_for_everyone() -> None:
    steps = [TO_100, step(100, 200, 0.0, refuses=True, new=True), step(200, 1000, 0.0)]
    assert ask(steps, requested=90, delay=90).document_at == 180
    assert ask(steps, requested=90, delay=150).document_at == inf


# ---------------------------------------------------------------- departures that cannot take place

NONE_TO_100 = [(-inf, 100.0, 0.4), (100.0, inf, 1.0)]


@pytest.mark.parametrize("willing", [False, True])
@pytest.mark.parametrize(
    ("luck", "released", "seen", "ready"),
    [
        (0.39, 60, 70, 70), (0.4, 60, 70, 100), (0.4, 99, 99, 100), (0.4, 100, 70, 70),
        (0.39, 99, 70, 70),
    ],
)  # fmt: skip
def test_a_departure_due_while_only_a_share_can_take_place_is_put_off(
    luck: float, released: float, seen: float, ready: float, willing: bool
) -> None:
    """It is due when the document is there and the sentence is over, whichever comes later.

    Once it is put off, none is in prospect.
    """
    case = {"willing": willing, "luck": 0.0, "released": released, "review_days": inf}
    found = ask([COOPERATES], **case, travel=NONE_TO_100, travel_luck=luck)
    assert found == (((50, seen),), ready)


def test_a_departure_may_have_to_wait_twice_and_for_ever() -> None:
    spans = [(-inf, 80.0, 0.4), (80.0, 90.0, 0.6), (90.0, 200.0, 0.5), (200.0, inf, 0.7)]
    assert takes_place(spans, 70, 0.5) == 80
    assert takes_place(spans, 70, 0.65) == 200
    assert takes_place(spans, 85, 0.55) == 85
    assert takes_place(spans, 95, 0.7) == inf


def test_papers_and_travel_are_the_same_with_a_case_and_without() -> None:
    """`documents` says of those without a case what `outlook` says of the willing with one."""
    spans = [(-inf, 500.0, 1.0), (500.0, 900.0, 0.3), (900.0, 1000.0, 0.6), (1000.0, inf, 1.0)]
    scenario = small().change({"arrivals.third_country_share": 0.3})
    cohort = draw_cohort(scenario, Chance(1))
    eu = np.flatnonzero(cohort.arrived.group == EU)
    after = cohort.after
    seen, without = documents(cohort, spans)
    held_up = 0
    for who in eu.tolist():
        found = ask(
            [COOPERATES],
            requested=after.case_opens[who],
            released=cohort.sentence.end[who],
            delay=after.document_delay[who],
            willing=True,
            travel=spans,
            travel_luck=after.travel_luck[who],
        )
        assert found.document_at == without[who]
        if found.document_at > found.prospects[-1][1]:
            assert found.prospects[-1][1] == seen[who]
        held_up += without[who] > after.case_opens[who] + after.document_delay[who]
    assert held_up > 10


# ---------------------------------------------------------------- day by day


@st.composite
def histories(draw: st.DrawFn) -> list[OriginStep]:
    edges = [0, *sorted(draw(st.sets(st.integers(1, 60), max_size=4))), 100]
    return [
        step(
            first,
            last,
            draw(st.sampled_from([0.0, 0.4, 0.6, 1.0])),
            refuses=draw(st.booleans()),
            new=draw(st.booleans()) and first > 0,
        )
        for first, last in pairwise(edges)
    ]


@given(
    steps=histories(),
    requested=st.integers(0, 70),
    released=st.integers(0, 80),
    delay=st.integers(1, 30),
    review_days=st.integers(1, 40),
)
def test_outlook_is_what_happens_day_by_day(
    steps: list[OriginStep], requested: int, released: int, delay: int, review_days: int
) -> None:
    """Walk through whole days: which step governs, since when it is feasible, and who refuses."""
    waited, document_at, last = 0, inf, 300
    willing_to_issue = []
    mine = [s for s in steps if released >= s.for_releases_from]
    for day in range(requested, last):
        if waited >= delay:
            document_at = day
            break
        governs = [s for s in mine if s.begins <= day][-1]
        if not governs.refuses:
            willing_to_issue.append(day)
        waited = waited + 1 if governs.feasibility > HALF else 0
    found = ask(steps, requested=requested, released=released, delay=delay, review_days=review_days)
    assert found.document_at == document_at
    in_prospect = set()
    for day in willing_to_issue:
        first = day
        while first - 1 in willing_to_issue:
            first -= 1
        if day < max(first, released) + review_days:
            in_prospect.add(day)
    told = {day for begins, ends in found.prospects for day in range(requested, last)
            if begins <= day < ends}  # fmt: skip
    assert told == in_prospect
