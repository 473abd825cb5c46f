"""Small worlds for the tests: the baseline on a shorter calendar, and parts of it switched off.

Everything is an ordinary scenario made by `change`, so that the tests run the code that users run.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from sim.scenario.calendar import on_calendar
from sim.scenario.files import load
from sim.scenario.schema import Scenario


def between(start: date, end: date, changes: Mapping[str, Any] | None = None) -> Scenario:
    """Return the baseline on another calendar: every dated series cut to it, then `changes`.

    The observed period is the whole of it.
    """
    baseline = load("baseline")
    return baseline.change({**on_calendar(baseline, start, end), **(changes or {})})


def constant(value: float) -> dict[str, Any]:
    return {"kind": "constant", "value": value}


def exponential(mean: float) -> dict[str, Any]:
    return {"kind": "exponential", "mean": mean}


def uniform(low: float, high: float) -> dict[str, Any]:
    return {"kind": "uniform", "low": low, "high": high}


def band(group: str, days: dict[str, Any]) -> dict[str, Any]:
    """Give all sentences of a group (`eu_eea`, `third_country`) one distribution of length."""
    shares = {"up_to_3_months": 0.0, "from_3_to_12_months": 0.0, "from_1_to_2_years": 0.0}
    changes = {f"sentencing.{group}.{name}_share": share for name, share in shares.items()}
    return {
        **changes,
        f"sentencing.{group}.over_2_years_share": 1.0,
        "sentencing.bands.over_2_years_days": days,
    }


def cooperation(start: date, end: date, **values: Any) -> dict[str, Any]:
    """Give all third countries one regime for good, and other values (`protected_share`, ...)."""
    regime = {
        "from": start,
        "until": end,
        "regime": values.pop("regime", "cooperates"),
        "forced_feasibility": values.pop("forced_feasibility", 1.0),
    }
    changes: dict[str, Any] = {}
    for name in load("baseline").origins:
        if name != "eu_eea":
            changes[f"origins.{name}.cooperation"] = [regime]
            changes |= {f"origins.{name}.{key}": value for key, value in values.items()}
    return changes


#: Nothing but judgment, the sentence in full, and what a test adds: Poisson arrivals, nobody on
#: remand, no appeal, no parole, no straight removal or transfer home, nobody dies, plenty of hands
#: and places, all departures can take place, and duties are lived in the centre.
def plain(start: date, end: date) -> dict[str, Any]:
    full = {"half_share": 0.0, "two_thirds_share": 0.0, "full_share": 1.0}
    return {
        "arrivals.published_until_year": start.year,
        "arrivals.year_to_year_variation": 0.0,
        "sentencing.remand.remanded_share": 0.0,
        "sentencing.remand.appealed_share": 0.0,
        "sentencing.remand.reporting_days": constant(0),
        "sentencing.parole": [{"from": start, "until": end, **full}],
        "sentencing.straight_removal.used_share": 0.0,
        "sentencing.transfer_to_origin.transferred_share": 0.0,
        "sentencing.special.preventive_custody_share": 0.0,
        "sentencing.special.life_share": 0.0,
        "arrivals.deaths_per_year": 0.0,
        "departure_centre.waits_outside_share": 0.0,
        "departure_centre.never_reports_share": 0.0,
        "departure_centre.lives_elsewhere_share": 0.0,
        "departure_centre.early_permit_share": 0.0,
        "departure_centre.order_lifted_per_year": 0.0,
        "departure_centre.cases_closed_per_year": 0.0,
        "departure_centre.breach_sentence_factor": 1.0,
        "removal.eu_unregistered_share": 0.0,
        "removal.slow_share": 0.0,
        "removal.direct_share": 0.0,
        "removal.carried_out_share": 1.0,
        "removal.feasibility_factor": 1.0,
        "removal.case_workers": 1_000_000,
        "removal.case_workers_for_others": 0,
        "removal.case_work_days": constant(0),
        "removal.escort_teams": 1_000_000,
        "removal.escort_teams_for_others": 0,
        "detention.places": 1_000_000,
        "detention.places_for_others": 0,
        "detention.longest_days": constant(100_000),
        "detention.before_removal_days": constant(0),
        "rented_prison.in_use": False,
    }


#: Everyone cooperates, is detained until the papers come, and leaves the centre in no other way.
WAITING_FOR_PAPERS: dict[str, Any] = {
    "removal.willing_share": 1.0,
    "removal.case_opens_before_end_days": 180.0,
    "departure_centre.absconds_per_year": 0.0,
    "departure_centre.tolerated_absconds_per_year": 0.0,
    "departure_centre.leaves_voluntarily_per_year": 0.0,
    "departure_centre.permit_per_review": 0.0,
    "departure_centre.breach_sentences_per_year": 0.0,
    "detention.detained_if_cooperates_share": 1.0,
    "detention.ended_if_cooperates_per_review": 0.0,
}


START, END = date(2026, 1, 1), date(2033, 1, 1)


@lru_cache(maxsize=1)
def small() -> Scenario:
    """A busy little world of seven years: long sentences, few places, hands and seats."""
    return between(
        START,
        END,
        {
            "arrivals.judgments_per_year": 80,
            "arrivals.published_until_year": START.year,
            "arrivals.third_country_share": 0.8,
            "sentencing.third_country.up_to_3_months_share": 0.2,
            "sentencing.third_country.from_3_to_12_months_share": 0.2,
            "sentencing.third_country.from_1_to_2_years_share": 0.3,
            "sentencing.third_country.over_2_years_share": 0.3,
            "rented_prison.opens": date(2027, 1, 1),
            "rented_prison.places": 10,
            "rented_prison.first_intake_places": 5,
            "rented_prison.term_years": 3.0,
            "rented_prison.extended": False,
            "transfer.rotations_per_week": 0.5,
            "transfer.seats": 3,
            "removal.case_workers": 1,
            "removal.escort_teams": 1,
            "removal.escort_teams_for_others": 0,
            "detention.places": 3,
            "detention.places_for_others": 0,
            "detention.in_rented_prison_share": 0.5,
        },
    )
