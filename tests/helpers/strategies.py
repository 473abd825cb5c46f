"""Strategies: scenarios that differ from the small world in anything policy or fate may change."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from sim.scenario.schema import Scenario
from tests.helpers.worlds import END, START, constant, exponential, small, uniform

SHARES = st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0])
SEEDS = st.integers(0, 10_000)
_DAYS = (END - START).days


def days_between(first: int, last: int) -> st.SearchStrategy[date]:
    return st.integers(first, last).map(lambda n: START + timedelta(days=n))


@st.composite
def dated(draw: st.DrawFn, values: st.SearchStrategy[Any], most: int = 3) -> list[dict[str, Any]]:
    """Closed, dated steps over the whole simulation, each with a value or with several."""
    number = draw(st.integers(1, most))
    inner = draw(st.lists(st.integers(1, _DAYS - 1), min_size=number - 1, max_size=number - 1,
                          unique=True))  # fmt: skip
    edges = [START, *(START + timedelta(days=n) for n in sorted(inner)), END]
    steps = []
    for first, last in itertools.pairwise(edges):
        value = draw(values)
        step = value if isinstance(value, dict) else {"value": value}
        steps.append({"from": first, "until": last, **step})
    return steps


RULES = st.fixed_dictionaries(
    {
        "applies_to": st.sampled_from(["everyone", "new_cases"]),
        "groups": st.sampled_from(
            [["third_country"], ["third_country", "eu_eea", "dual_national"], ["eu_eea"]]
        ),
        "women": st.booleans(),
        "youngest_years": st.sampled_from([0.0, 18.0, 30.0]),
        "terror_or_war_crime": st.booleans(),
        "health_excluded": st.booleans(),
        "life": st.booleans(),
        "preventive_custody": st.booleans(),
        "longest_sentence_years": st.sampled_from([40.0, 10.0, 3.0]),
    }
)
REGIMES = st.fixed_dictionaries(
    {
        "applies_to": st.sampled_from(["everyone", "new_cases"]),
        "regime": st.sampled_from(["refuses", "limited", "cooperates"]),
        "forced_feasibility": SHARES,
    }
)


@st.composite
def eligibility(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Dated rules of eligibility, now and then with a gap: one of them left out."""
    rules = draw(dated(RULES))
    if len(rules) == 3 and draw(st.booleans()):
        del rules[1]
    return rules


@st.composite
def halts(draw: st.DrawFn) -> list[dict[str, Any]]:
    if draw(st.booleans()):
        return []
    first, length = draw(st.integers(200, 1800)), draw(st.integers(1, 400))
    begins = START + timedelta(days=first)
    return [{"from": begins, "until": begins + timedelta(days=length), "reason": "a court"}]


@st.composite
def effects(draw: st.DrawFn) -> dict[str, float]:
    """What serving abroad changes: mostly nothing, or anything at once."""
    if draw(st.booleans()):
        return {}
    names = ("willing", "feasibility", "document_delay", "permit")
    factors = st.sampled_from([1.0, 0.0, 0.5, 3.0])
    return {f"rented_prison.effects.{name}_factor": draw(factors) for name in names}


@st.composite
def assessments(draw: st.DrawFn) -> dict[str, Any]:
    """Few hands that assess, now and then none at all."""
    hands = st.sampled_from([0.4, 0.0, 3.0])
    return {
        "per_day": draw(dated(hands.map(lambda n: {"value": n}))),
        "complaint_days": draw(st.sampled_from([constant(0), uniform(10, 80)])),
        "own_wish_factor": draw(st.sampled_from([1.0, 0.5])),
    }


@st.composite
def agreements(draw: st.DrawFn) -> dict[str, Any]:
    """The rented prison and the way there."""
    places = draw(st.sampled_from([12, 4, 20, 8, 2, 1, 12, 4, 0]))
    term = draw(st.sampled_from([2.5, 10.0, 1.0, 0.6]))
    delay = st.sampled_from([constant(0), constant(45.5), uniform(0, 900)])
    least = draw(st.sampled_from([180, 91, 30, 365, 1]))
    back = draw(st.integers(0, min(90, least - 1)))
    return {
        "rented_prison.in_use": draw(st.integers(0, 9).map(lambda n: n < 9)),
        "rented_prison.opens": draw(days_between(0, 700)),
        "rented_prison.opening_delay_days": draw(delay),
        "rented_prison.places": places,
        "rented_prison.first_intake_places": draw(st.sampled_from([places, places // 2, 0])),
        "rented_prison.first_intake_days": draw(st.sampled_from([180.0, 30.5, 0.0])),
        "rented_prison.term_years": term,
        "rented_prison.extended": draw(st.booleans()),
        "rented_prison.extension_years": draw(st.sampled_from([0.5, 2.0])),
        "rented_prison.drain_days": float(draw(st.integers(1, 180))),
        "rented_prison.return_before_end_days": float(back),
        "rented_prison.temporary_returns_per_year": draw(st.sampled_from([0.0, 0.3, 6.0])),
        **draw(effects()),
        "home_prisons.freed_places_filled_share": draw(SHARES),
        "transfer.least_remaining_days": float(least),
        "transfer.selection_days": draw(st.sampled_from([constant(0), uniform(30, 90)])),
        "transfer.selection_starts_days_before": float(draw(st.integers(0, 300))),
        "transfer.rotations_per_week": draw(st.sampled_from([0.5, 7.0, 0.25, 2.0])),
        "transfer.seats": draw(st.sampled_from([2, 5, 1])),
        "transfer.halts": draw(halts()),
        "transfer.from_liberty_share": draw(st.sampled_from([0.0, 0.0, 0.5])),
        "transfer.assessment": draw(st.just(False) | assessments()),
        "rented_prison.return_at_leave": draw(
            st.sampled_from([False, {"share": 0.3, "least_days": 60.0}])
        ),
        "transfer.eligibility": draw(eligibility()),
        "transfer.priority": draw(
            dated(
                st.sampled_from(["no_children_first", "longest_remaining_first", "first_come"]).map(
                    lambda rule: {"rule": rule}
                )
            )
        ),
    }


@st.composite
def aftermaths(draw: st.DrawFn) -> dict[str, Any]:
    """Removal, detention, the departure centre and, in stress tests, Kosovo."""
    rate = st.sampled_from([0.0, 0.5, 5.0])
    changes = {
        "removal.case_opens_before_end_days": draw(st.sampled_from([0.0, 180.0, 1000.0])),
        "removal.case_workers": draw(dated(st.integers(0, 3))),
        "removal.willing_share": draw(SHARES),
        "removal.escort_teams": draw(dated(st.integers(0, 2))),
        "removal.escort_teams_for_others": draw(dated(st.integers(0, 2), most=2)),
        "removal.carried_out_share": draw(dated(SHARES)),
        "removal.feasibility_factor": draw(dated(st.sampled_from([1.0, 0.0, 0.3, 3.0]))),
        "removal.escort_days": draw(st.sampled_from([uniform(2, 6), uniform(10, 60)])),
        "removal.direct_share": draw(SHARES),
        "detention.detained_if_cooperates_share": draw(SHARES),
        "detention.detained_if_limited_share": draw(SHARES),
        "detention.ended_if_cooperates_per_review": draw(SHARES),
        "detention.ended_if_limited_per_review": draw(SHARES),
        "detention.review_every_days": draw(st.sampled_from([7.0, 28.0])),
        "detention.longest_days": draw(
            st.sampled_from([uniform(100, 600), constant(10), constant(0), uniform(0, 40)])
        ),
        "detention.before_removal_days": draw(
            st.sampled_from([uniform(0, 40), constant(0), constant(14)])
        ),
        "detention.places_for_others": draw(dated(st.integers(0, 3), most=2)),
        "detention.in_rented_prison_share": draw(SHARES),
        "detention.places": draw(dated(st.integers(0, 6))),
        "departure_centre.waits_outside_share": draw(SHARES),
        "departure_centre.never_reports_share": draw(SHARES),
        "departure_centre.lives_elsewhere_share": draw(SHARES),
        "departure_centre.absconds_per_year": draw(rate),
        "departure_centre.tolerated_absconds_per_year": draw(rate),
        "departure_centre.leaves_voluntarily_per_year": draw(rate),
        "departure_centre.order_lifted_per_year": draw(rate),
        "departure_centre.early_permit_share": draw(SHARES),
        "departure_centre.early_permit_days": draw(st.sampled_from([constant(0), uniform(0, 400)])),
        "departure_centre.permit_per_review": draw(SHARES),
        "departure_centre.breach_sentences_per_year": draw(rate),
        "departure_centre.breach_sentence_factor": draw(
            dated(st.sampled_from([1.0, 0.0, 0.3, 3.0]))
        ),
        "departure_centre.found_again_share": draw(SHARES),
        "departure_centre.at_large_days": draw(st.sampled_from([constant(0), exponential(100)])),
        "departure_centre.cases_closed_per_year": draw(dated(rate)),
        "arrivals.deaths_per_year": draw(st.sampled_from([0.0, 0.004, 0.3])),
        "staying.stays_share": draw(st.sampled_from([0.0, 0.0, 0.3, 1.0])),
        "staying.asylum_share": draw(SHARES),
        "staying.stopped_per_year": draw(st.sampled_from([0.0, 3.0])),
        "staying.detention_places": draw(st.integers(0, 3)),
        "staying.detention_limit_days": draw(st.sampled_from([30.0, 365.0])),
    }
    for origin in ("syria", "iraq", "albania", "turkiye"):
        changes[f"origins.{origin}.cooperation"] = draw(dated(REGIMES))
    return changes


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Small worlds that differ in anything."""
    changes = {
        "stress_test": True,
        "arrivals.judgments_per_year": draw(st.integers(40, 120)),
        "arrivals.year_to_year_variation": draw(st.sampled_from([0.0, 0.3])),
        "arrivals.third_country_share": draw(st.sampled_from([0.5, 1.0])),
        "sentencing.remand.remanded_share": draw(SHARES),
        "sentencing.remand.appealed_share": draw(SHARES),
        "sentencing.straight_removal.used_share": draw(SHARES),
        "sentencing.straight_removal.longest_sentence_days": draw(st.sampled_from([122.0, 900.0])),
        "sentencing.straight_removal.served_fraction": draw(SHARES),
        "sentencing.transfer_to_origin.transferred_share": draw(st.sampled_from([0.0, 0.3])),
        "sentencing.transfer_to_origin.transferred_factor": draw(
            dated(st.sampled_from([1.0, 0.0, 3.0]))
        ),
        "sentencing.special.preventive_custody_share": 0.02,
        "sentencing.special.life_share": 0.02,
        "sentencing.special.terror_or_war_crime_share": 0.1,
        **draw(agreements()),
        **draw(aftermaths()),
    }
    if draw(st.booleans()):
        per_year = draw(st.integers(1, 20))
        changes["arrivals.additional.duals"] = {
            "group": "dual_national",
            "only_a_year_or_more": True,
            "per_year": [{"from": START, "until": END, "value": per_year}],
        }
    return small().change(changes)
