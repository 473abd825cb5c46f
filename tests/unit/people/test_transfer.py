"""Who may be transferred, from when and until when; and when the rented prison is in service."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from math import inf
from typing import Any

import numpy as np
import pytest

from sim.people.arrivals import EU, GROUPS, THIRD_COUNTRY
from sim.people.chance import Chance
from sim.people.cohort import Cohort, draw_cohort
from sim.people.sentence import HOME_TRANSFER, LIFE, PREVENTIVE_CUSTODY
from sim.people.service import Service
from sim.people.transfer import stock_eligible
from sim.scenario.schema import Scenario
from tests.helpers.worlds import band, between, constant, cooperation, plain

START, DAYS = date(2026, 1, 1), 400
END = START + timedelta(days=DAYS)
EVERYONE: dict[str, Any] = {
    "applies_to": "everyone",
    "groups": list(GROUPS),
    "women": True,
    "youngest_years": 0.0,
    "terror_or_war_crime": True,
    "health_excluded": True,
    "life": True,
    "preventive_custody": True,
    "longest_sentence_years": 100.0,
}
NOBODY = {**EVERYONE, "youngest_years": 150.0}


def rule(first: int, last: int, allows: bool, applies_to: str = "everyone") -> dict[str, Any]:
    """A rule that allows everyone or nobody, from a day until a day."""
    dates = {"from": START + timedelta(days=first), "until": START + timedelta(days=last)}
    return {**(EVERYONE if allows else NOBODY), **dates, "applies_to": applies_to}


def world(rules: list[dict[str, Any]], changes: dict[str, Any] | None = None) -> Scenario:
    """Judgments final at once, a thousand days to serve, selection possible from the start."""
    return between(
        START,
        END,
        {
            **plain(START, END),
            **band("third_country", constant(1000)),
            "arrivals.judgments_per_year": 200,
            "arrivals.third_country_share": 1.0,
            "transfer.eligibility": rules,
            "rented_prison.in_use": True,
            "rented_prison.opens": START,
            "transfer.least_remaining_days": 0.0,
            **(changes or {}),
        },
    )


def cohort(rules: list[dict[str, Any]], changes: dict[str, Any] | None = None) -> Cohort:
    return draw_cohort(world(rules, changes), Chance(1))


# ---------------------------------------------------------------- windows, worked out by hand

#: Rules; and for judgments final in the first, second and last part (100, 100 and 200 days) the
#: day from which they are eligible (0 for the judgment's own) and the day on which that ends.
WINDOWS = {
    "always": ([rule(0, 400, True)], [(0, 400), (0, 400), (0, 400)]),
    "never": ([rule(0, 400, False)], [None, None, None]),
    "no rule": ([], [None, None, None]),
    "no longer": ([rule(0, 100, True)], [(0, 100), None, None]),
    "not yet": ([rule(100, 400, True)], [(100, 400), (0, 400), (0, 400)]),
    "not yet, and not for old cases": (
        [rule(100, 400, True, "new_cases")],
        [None, (0, 400), (0, 400)],
    ),
    "widened for everyone": (
        [rule(0, 100, False), rule(100, 400, True)],
        [(100, 400), (0, 400), (0, 400)],
    ),
    "widened for new cases": (
        [rule(0, 100, False), rule(100, 400, True, "new_cases")],
        [None, (0, 400), (0, 400)],
    ),
    "narrowed for everyone": (
        [rule(0, 100, True), rule(100, 400, False)],
        [(0, 100), None, None],
    ),
    "narrowed for new cases": (
        [rule(0, 100, True), rule(100, 400, False, "new_cases")],
        [(0, 400), None, None],
    ),
    "narrowed for new cases, then for everyone": (
        [rule(0, 100, True), rule(100, 200, False, "new_cases"), rule(200, 400, False)],
        [(0, 200), None, None],
    ),
    "kept through another rule": (
        [rule(0, 100, True), rule(100, 200, True), rule(200, 400, True, "new_cases")],
        [(0, 400), (0, 400), (0, 400)],
    ),
    "a gap ends it for old cases": (
        [rule(0, 100, True), rule(200, 400, True, "new_cases")],
        [(0, 100), None, (0, 400)],
    ),
    "a gap before anyone is judged": (
        [rule(200, 400, True)],
        [(200, 400), (200, 400), (0, 400)],
    ),
}


@pytest.mark.parametrize(("rules", "expected"), WINDOWS.values(), ids=WINDOWS)
def test_windows(rules: list[dict[str, Any]], expected: list[tuple[int, int] | None]) -> None:
    people = cohort(rules)
    final, eligible = people.sentence.final, people.eligibility
    for first, last, window in zip((0, 100, 200), (100, 200, 400), expected, strict=True):
        mine = (final >= first) & (final < last)
        assert mine.sum() > 10
        if window is None:
            assert np.isinf(eligible.since[mine]).all()
            assert np.isinf(eligible.selected[mine]).all()
        else:
            assert np.array_equal(eligible.since[mine], np.maximum(final[mine], window[0]))
            assert (eligible.until[mine] == window[1]).all()


def test_a_rule_that_comes_back_counts_again() -> None:
    """Allowed, then not, then allowed again, for everyone: old cases can be selected under the
    third rule, in force when selection begins, whatever held in the years before.
    """
    rules = [rule(0, 100, True), rule(100, 200, False), rule(200, 400, True)]
    opens = START + timedelta(days=250)
    people = cohort(rules, {"rented_prison.opens": opens, "rented_prison.places": 300,
                            "transfer.selection_starts_days_before": 0.0})  # fmt: skip
    assert (people.eligibility.selected == np.maximum(people.sentence.final, 250)).all()


def test_a_judgment_is_governed_by_the_day_it_is_final() -> None:
    changes = {
        "sentencing.remand.appealed_share": 1.0,
        "sentencing.remand.appeal_days": constant(60),
    }
    people = cohort([rule(0, 100, False), rule(100, 400, True, "new_cases")], changes)
    final, judgment = people.sentence.final, people.arrived.judgment
    assert np.allclose(final, judgment + 60)
    eligible = np.isfinite(people.eligibility.since)
    assert (eligible == ((final >= 100) & (final < 400))).all()


@pytest.mark.parametrize(
    ("limits", "share"),
    [
        ({"groups": ["third_country"]}, "group"),
        ({"women": False}, "woman"),
        ({"youngest_years": 30.0}, "age"),
        ({"terror_or_war_crime": False}, "terror"),
        ({"health_excluded": False}, "ill"),
        ({"life": False}, "life"),
        ({"preventive_custody": False}, "custody"),
        ({"longest_sentence_years": 2.0}, "length"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_criterion_excludes_those_it_names(limits: dict[str, Any], share: str) -> None:
    special = "sentencing.special"
    changes = {
        "arrivals.judgments_per_year": 600,
        "arrivals.third_country_share": 0.5,
        "arrivals.women_share": 0.3,
        f"{special}.terror_or_war_crime_share": 0.3,
        f"{special}.health_excluded_share": 0.3,
        f"{special}.life_share": 0.1,
        f"{special}.preventive_custody_share": 0.1,
        **band("third_country", {"kind": "uniform", "low": 300, "high": 1200}),
    }
    people = cohort([{**rule(0, DAYS, True), **limits}], changes)
    arrived, sentence = people.arrived, people.sentence
    special_kind = (sentence.kind == LIFE) | (sentence.kind == PREVENTIVE_CUSTODY)
    excluded = {
        "group": arrived.group == EU,
        "woman": arrived.woman,
        "age": arrived.age < 30,
        "terror": sentence.terror,
        "ill": sentence.ill,
        "life": sentence.kind == LIFE,
        "custody": sentence.kind == PREVENTIVE_CUSTODY,
        "length": ~special_kind & (sentence.length > 2 * 365.25),
    }[share]
    assert 0 < excluded.sum() < people.size
    assert (np.isinf(people.eligibility.since) == excluded).all()


# ---------------------------------------------------------------- selection


def test_selection_begins_when_the_prison_is_about_to_open() -> None:
    changes = {
        "rented_prison.opens": START + timedelta(days=300),
        "transfer.selection_starts_days_before": 120.0,
    }
    people = cohort([rule(0, DAYS, True)], changes)
    assert people.service.selection == 180
    selected = people.eligibility.selected
    assert np.array_equal(selected, np.maximum(people.sentence.final, 180))


def test_nobody_is_selected_with_too_little_time_left() -> None:
    """Half of a thousand days must be left, and selection begins on day 180."""
    changes = {
        "transfer.least_remaining_days": 900.0,
        "rented_prison.opens": START + timedelta(days=300),
        "transfer.selection_starts_days_before": 120.0,
    }
    people = cohort([rule(0, DAYS, True)], changes)
    selected, final = people.eligibility.selected, people.sentence.final
    assert np.array_equal(np.isfinite(selected), final + 1000 - np.maximum(final, 180) >= 900)
    assert np.isinf(selected).any()


@pytest.mark.parametrize(
    "changes", [{"rented_prison.in_use": False}, {"rented_prison.places": 0,
                                                  "rented_prison.first_intake_places": 0}]
)  # fmt: skip
def test_nobody_is_selected_for_a_prison_without_places(changes: dict[str, Any]) -> None:
    people = cohort([rule(0, DAYS, True)], changes)
    assert np.isinf(people.eligibility.selected).all()
    if not changes.get("rented_prison.in_use", True):
        assert people.service == Service(*[inf] * 6)
    else:
        assert people.service.opens < people.service.closes < inf, "it is paid for all the same"


def test_stock_of_eligible_prisoners_is_counted_by_hand() -> None:
    the_world = world([rule(100, 300, True)])
    people = draw_cohort(the_world, Chance(1))
    sentence = people.sentence
    for day, least in ((50.0, 0.0), (150.0, 0.0), (250.0, 800.0), (250.0, 2000.0), (350.0, 0.0)):
        by_hand = sum(
            custody <= day < leaves and final <= day and 100 <= day < 300 and end - day >= least
            for custody, final, leaves, end in zip(
                sentence.custody, sentence.final, sentence.leaves, sentence.end, strict=True
            )
        )
        assert stock_eligible(the_world, people.arrived, sentence, day, least) == by_hand
    assert stock_eligible(the_world, people.arrived, sentence, 250.0, 0.0) > 50


def test_stock_counts_who_goes_home_to_serve_only_later() -> None:
    """Until they leave nothing tells them from others; but nobody selects them."""
    home = {
        "sentencing.transfer_to_origin.transferred_share": 1.0,
        "sentencing.transfer_to_origin.shortest_sentence_days": 0.0,
        "sentencing.transfer_to_origin.processing_days": constant(100),
        "removal.willing_share": 1.0,
        **cooperation(START, START + timedelta(days=DAYS), protected_share=0.0),
    }
    the_world = world([rule(0, DAYS, True)], home)
    people = draw_cohort(the_world, Chance(1))
    sentence, day = people.sentence, 250.0
    later = (sentence.ending == HOME_TRANSFER) & (sentence.final <= day) & (sentence.leaves > day)
    inside = (sentence.final <= day) & (sentence.custody <= day) & (sentence.leaves > day)
    assert later.sum() > 10
    assert stock_eligible(the_world, people.arrived, sentence, day, 0.0) == inside.sum()
    assert np.isinf(people.eligibility.selected[sentence.ending == HOME_TRANSFER]).all()


def test_stock_leaves_out_who_has_left() -> None:
    the_world = world([rule(0, 400, True)])
    people = draw_cohort(the_world, Chance(1))
    assert stock_eligible(the_world, people.arrived, people.sentence, 200.0, 0.0) > 50
    early = replace(people.sentence, leaves=np.minimum(people.sentence.leaves, 200.0))
    assert stock_eligible(the_world, people.arrived, early, 200.0, 0.0) == 0
    assert (people.arrived.group == THIRD_COUNTRY).all()


# ---------------------------------------------------------------- service


def service(changes: dict[str, Any], replication: int = 0) -> Service:
    return Service.of(world([], changes), Chance(1, replication))


def test_days_of_service_follow_from_the_agreement() -> None:
    found = service(
        {
            "rented_prison.opens": START + timedelta(days=100),
            "rented_prison.opening_delay_days": constant(50),
            "rented_prison.first_intake_days": 180.0,
            "rented_prison.term_years": 2.0,
            "rented_prison.extended": True,
            "rented_prison.extension_years": 1.0,
            "rented_prison.drain_days": 90.0,
            "transfer.selection_starts_days_before": 120.0,
            "transfer.least_remaining_days": 200.0,
        }
    )
    closes = 150 + 1096  # three years, the leap day of 2028 among them
    assert found == Service(30.0, 150.0, 330.0, closes - 290, closes - 90, closes)


def test_a_term_that_is_not_extended_is_shorter() -> None:
    base = {"rented_prison.term_years": 2.0, "rented_prison.extension_years": 3.0}
    short = service({**base, "rented_prison.extended": False})
    extended = service({**base, "rented_prison.extended": True})
    assert extended.closes - short.closes == pytest.approx(3 * 365.25, abs=1)


def test_the_last_intake_is_never_before_the_opening() -> None:
    found = service(
        {
            "rented_prison.term_years": 1.0,
            "rented_prison.extended": False,
            "rented_prison.drain_days": 120.0,
            "transfer.least_remaining_days": 700.0,
        }
    )
    assert found.last_intake == found.opens == 0.0


@pytest.mark.slow
def test_an_uncertain_opening_is_drawn_once_per_replication() -> None:
    delay = {"rented_prison.opening_delay_days": {"kind": "uniform", "low": 0, "high": 700}}
    opens = [service(delay, number).opens for number in range(200)]
    assert opens[0] == service(delay, 0).opens
    assert len(set(opens)) == 200
    assert abs(np.mean(opens) - 350) < 4 * 700 / np.sqrt(12 * 200)


# ---------------------------------------------------------------- leave, and applying at liberty


def test_leave_comes_with_a_share_of_the_sentence_and_not_before_some_days() -> None:
    """Of a thousand days 30 % are 300: that, or 400 if so many must have passed."""
    for least, due in ((60.0, 300), (400.0, 400)):
        rules = {"rented_prison.return_at_leave": {"share": 0.3, "least_days": least}}
        people = cohort([rule(0, DAYS, True)], rules)
        assert np.array_equal(people.eligibility.leave, people.sentence.custody + due)
    assert np.isinf(cohort([rule(0, DAYS, True)]).eligibility.leave).all()


def test_too_little_time_until_leave_stops_a_transfer() -> None:
    """Of 200 days that must be left, 60 are for the time after the return: 140 before leave."""
    changes = {
        "rented_prison.return_at_leave": {"share": 0.3, "least_days": 0.0},
        "rented_prison.return_before_end_days": 60.0,
        "transfer.least_remaining_days": 200.0,
        "rented_prison.opens": START + timedelta(days=300),
        "transfer.selection_starts_days_before": 120.0,
    }
    people = cohort([rule(0, DAYS, True)], changes)
    final = people.sentence.final
    assert people.eligibility.until == pytest.approx(np.minimum(DAYS, final + 300 - 140))
    begins = np.maximum(final, 180)
    assert np.array_equal(np.isfinite(people.eligibility.selected), begins < final + 160)


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_who_applies_at_liberty_is_called_up_when_selection_begins(share: float) -> None:
    changes = {
        "sentencing.remand.reporting_days": constant(100),
        "transfer.from_liberty_share": share,
        "transfer.least_remaining_days": 200.0,
        "rented_prison.opens": START + timedelta(days=300),
        "transfer.selection_starts_days_before": 120.0,
    }
    people, usual = (cohort([rule(0, DAYS, True)], {**changes, **more})
                     for more in ({}, {"transfer.from_liberty_share": 0.0}))  # fmt: skip
    applied, final = people.sentence.applied_at_liberty, people.sentence.final
    could = final + 100 > 180
    assert not applied[~could].any()
    assert np.mean(applied[could]) == pytest.approx(share, abs=0.15)
    sooner = np.where(applied, np.maximum(final, 180), final + 100)
    assert np.array_equal(people.sentence.custody, sooner)
    assert people.sentence.end - people.sentence.custody == pytest.approx(1000)
    assert np.array_equal(usual.sentence.custody, final + 100)
    assert people.eligibility.own_wish[applied].all()


def test_nobody_is_called_up_for_a_prison_that_nobody_rents_or_for_too_short_a_sentence() -> None:
    changes = {
        "sentencing.remand.reporting_days": constant(100),
        "transfer.from_liberty_share": 1.0,
    }
    for more in ({"rented_prison.in_use": False}, {"transfer.least_remaining_days": 1001.0}):
        people = cohort([rule(0, DAYS, True)], {**changes, **more})
        assert not people.sentence.applied_at_liberty.any()
