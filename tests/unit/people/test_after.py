"""Luck after the sentence: reviews, limits, documents, patience."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from sim.people.after import SETTLED
from sim.people.arrivals import EU
from sim.people.chance import Chance
from sim.people.cohort import Cohort, draw_cohort
from tests.helpers.worlds import band, between, constant, cooperation, plain, uniform

START, END = date(2026, 1, 1), date(2030, 1, 1)


def cohort(changes: dict[str, Any] | None = None, regime: str = "cooperates") -> Cohort:
    scenario = between(
        START,
        END,
        {
            **plain(START, END),
            "arrivals.judgments_per_year": 700,
            "arrivals.third_country_share": 1.0,
            **band("third_country", constant(100)),
            **cooperation(START, END, regime=regime, document_delay_days=constant(50)),
            **(changes or {}),
        },
    )
    return draw_cohort(scenario, Chance(1))


def assert_share(chosen: np.ndarray, share: float) -> None:
    assert abs(chosen.mean() - share) < 4 * np.sqrt(share * (1 - share) / len(chosen)) + 1e-12


@pytest.mark.parametrize(("opens_before", "waits"), [(0, 100), (30, 70), (100, 0), (180, 0)])
def test_case_opens_before_the_end_but_not_before_the_judgment(
    opens_before: float, waits: float
) -> None:
    people = cohort({"removal.case_opens_before_end_days": float(opens_before)})
    assert np.allclose(people.after.case_opens, people.arrived.judgment + waits)


@pytest.mark.parametrize(
    ("regime", "share"), [("cooperates", 0.2), ("limited", 0.5), ("refuses", 0.5)]
)
def test_reviews_that_lose_the_prospect_are_geometric(regime: str, share: float) -> None:
    changes = {
        "detention.review_every_days": 10.0,
        "detention.ended_if_cooperates_per_review": 0.2,
        "detention.ended_if_limited_per_review": 0.5,
    }
    number = cohort(changes, regime).after.review_days / 10
    assert np.array_equal(number, np.round(number))
    assert number.min() == 1
    for n in (1, 2, 3):
        assert_share(number == n, share * (1 - share) ** (n - 1))


@pytest.mark.parametrize(("share", "days"), [(0.0, np.inf), (1.0, 28.0)])
def test_reviews_never_or_at_once(share: float, days: float) -> None:
    changes = {"detention.ended_if_cooperates_per_review": share}
    assert (cohort(changes).after.review_days == days).all()


@pytest.mark.parametrize(
    ("regime", "share"), [("cooperates", 0.9), ("limited", 0.3), ("refuses", 0.3)]
)
def test_detention_is_decided_by_the_regime_when_the_sentence_ends(
    regime: str, share: float
) -> None:
    changes = {
        "detention.detained_if_cooperates_share": 0.9,
        "detention.detained_if_limited_share": 0.3,
    }
    assert_share(cohort(changes, regime).after.detained, share)


def test_how_long_courts_let_detention_stand_is_drawn() -> None:
    changes = {"detention.longest_days": uniform(300, 900),
               "detention.before_removal_days": uniform(2, 12)}  # fmt: skip
    after = cohort(changes).after
    limit = after.detention_limit
    assert 300 <= limit.min() < 310
    assert 890 < limit.max() <= 900
    assert_share(limit < 450, 0.25)
    # Who may be detained long is not who takes long to remove.
    assert abs(np.corrcoef(limit, after.removal_days)[0, 1]) < 4 / np.sqrt(len(limit))


def test_days_before_a_removal_are_drawn() -> None:
    days = cohort({"detention.before_removal_days": uniform(2, 12)}).after.removal_days
    assert (days >= 2).all()
    assert_share(days < 7, 0.5)


def test_departures_have_their_luck() -> None:
    assert_share(cohort().after.travel_luck < 0.55, 0.55)


def test_slow_documents_take_a_multiple() -> None:
    changes = {"removal.slow_share": 0.25, "removal.slow_factor": 6.0,
               "arrivals.third_country_share": 0.8,
               "origins.eu_eea.document_delay_days": constant(5)}  # fmt: skip
    people = cohort(changes)
    eu = people.arrived.group == EU
    assert set(people.after.document_delay[eu]) == {5.0}
    assert set(people.after.document_delay[~eu]) == {50.0, 300.0}
    assert_share(people.after.document_delay[~eu] == 300.0, 0.25)


def test_protection_and_forced_removal_share_their_luck() -> None:
    """Who is protected has the luck least in favour of a document without cooperation."""
    after = cohort(cooperation(START, END, protected_share=0.4)).after
    assert (after.protected == (after.luck >= 0.6)).all()
    assert_share(after.protected, 0.4)


TOLERATED = cooperation(START, END, protected_share=0.5) | {"removal.willing_share": 0.3}


def test_tolerated_stay_is_of_the_unwilling_whom_nobody_may_return() -> None:
    people = cohort(TOLERATED)
    barred = people.after.protected & ~people.sentence.willing
    assert np.array_equal(people.after.tolerated, barred)
    assert_share(people.after.tolerated, 0.5 * 0.7)


def test_absconding_has_a_rate_of_its_own_on_tolerated_stay() -> None:
    changes = {
        "departure_centre.absconds_per_year": 4.0,
        "departure_centre.tolerated_absconds_per_year": 0.0,
    }
    after = cohort(TOLERATED | changes).after
    assert np.isinf(after.absconds_after[after.tolerated]).all()
    days = after.absconds_after[~after.tolerated]
    assert abs(days.mean() - 365.25 / 4) < 4 * 365.25 / 4 / np.sqrt(len(days))


def test_some_of_the_unwilling_live_elsewhere() -> None:
    people = cohort(TOLERATED | {"departure_centre.lives_elsewhere_share": 0.6})
    willing = people.sentence.willing
    assert_share(people.after.lives_elsewhere[~willing], 0.6)
    assert not people.after.lives_elsewhere[willing].any()


def test_early_permits_count_from_the_end_of_the_sentence() -> None:
    changes = {
        "departure_centre.early_permit_share": 0.4,
        "departure_centre.early_permit_days": uniform(20, 60),
    }
    people = cohort(TOLERATED | changes)
    tolerated, permit = people.after.tolerated, people.after.permit_at
    assert np.isinf(permit[~tolerated]).all()
    assert_share(np.isfinite(permit[tolerated]), 0.4)
    early = np.isfinite(permit)
    days = (permit - people.sentence.end)[early]
    assert days.min() >= 20
    assert days.max() <= 60
    assert_share(days < 40, 0.5)


def test_a_permit_comes_at_a_review_of_tolerated_stay_alone() -> None:
    changes = {
        "departure_centre.review_every_days": 100.0,
        "departure_centre.permit_per_review": 0.5,
        "departure_centre.leaves_voluntarily_per_year": 1.0,
    }
    after = cohort(TOLERATED | changes).after
    permit = after.settled_as == SETTLED.index("permit")
    assert permit.sum() > 100
    assert after.tolerated[permit].all()
    assert np.array_equal(after.settled_after[permit] % 100, np.zeros(permit.sum()))


def test_whatever_settles_duties_first_does() -> None:
    """Two rates compete: the first of them comes at their sum, and is each by its part of it."""
    changes = {
        "departure_centre.permit_per_review": 0.0,
        "departure_centre.leaves_voluntarily_per_year": 3.0,
        "departure_centre.order_lifted_per_year": 1.0,
    }
    after = cohort(TOLERATED | changes).after
    assert_share(after.settled_as == SETTLED.index("order_lifted"), 0.25)
    assert_share(after.settled_as == SETTLED.index("left_voluntarily"), 0.75)
    days = after.settled_after
    assert abs(days.mean() - 365.25 / 4) < 4 * 365.25 / 4 / np.sqrt(len(days))


def test_direct_removal_needs_an_origin_that_accepts_transit() -> None:
    accepted = cohort(cooperation(START, END, transit_from_host=True)
                      | {"removal.direct_share": 0.7}).after.direct  # fmt: skip
    assert_share(accepted, 0.7)
    refused = cohort(cooperation(START, END, transit_from_host=False)
                     | {"removal.direct_share": 1.0}).after.direct  # fmt: skip
    assert not refused.any()
