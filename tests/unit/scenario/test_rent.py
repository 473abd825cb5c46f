"""What a rent and currencies may say, and what is told of what they may not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sim.scenario.errors import ScenarioError
from sim.scenario.files import difference
from sim.scenario.schema import Scenario

STEP = {"from": date(2008, 1, 1), "until": date(2030, 1, 1), "value": 3}
BY_MONTH = {"place_per_month": 8500.0, "prisoner_per_month": 8500.0}
ONLY = {"extends": False, "currency": "EUR"}
PAID = {"paid_on": date(2030, 1, 1), "million": 1.0}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"costs.currency": "SEK"}, "costs: currency: is SEK, of which no rate is known"),
        ({"costs.currency": "kr"}, 'costs.currency: is "kr": should be a currency by its three'),
        (
            {"costs.rotation_million.currency": "GBP"},
            "costs: rotation_million.currency: is GBP, of which no rate is known: add "
            "currencies_per_eur.GBP, how much of it one EUR is",
        ),
        ({"costs.rent.currency": "SEK"}, "costs: rent.currency: is SEK, of which no rate is known"),
        (
            {"costs.set_up_million": {"extends": False, "amount": 5.0}},
            "costs.set_up_million.currency: is missing",
        ),
        ({"costs.set_up_million": 5.0}, 'such as { amount = 0.6, currency = "EUR" }'),
        ({"costs.rent": 15.0}, 'such as { million_per_year = 15, currency = "EUR" }'),
        ({"costs.currencies_per_eur": 7.46}, "should be a table such as { DKK = 7.46 }"),
        ({"costs.currencies_per_eur.sek": 11.0}, "'sek' is no currency: write three capital"),
        ({"costs.currencies_per_eur.EUR": 2.0}, "one EUR is one EUR: leave it out"),
        ({"costs.currencies_per_eur.SEK": -11.0}, "is -11: should be at least 0.001"),
        ({"costs.rent.million_per_year": -1.0}, "costs.rent.million_per_year: is -1: should be"),
        (
            {"costs.rent.prisoner_per_month": "much"},
            'costs.rent.prisoner_per_month: is "much": should be a number, or dated steps such as',
        ),
        ({"costs.rent.payments.a": {**PAID, "million": -1.0}}, "payments.a.million: is -1"),
        (
            {"costs.rent.payments.a": {**PAID, "paid_on": date(1990, 1, 1)}},
            "costs.rent.payments.a.paid_on: 1990-01-01 lies outside the simulated period "
            "(2008-01-01 until 2040-01-01)",
        ),
        ({"costs.rent.payments": {"A b": PAID}}, "'A b' is no name"),
        ({"costs.rent": BY_MONTH}, "says prisoner_per_month and place_per_month"),
        ({"costs.rent.included_places": 300}, "included_places: nothing is paid above them"),
        (
            {"costs.rent": {**ONLY, "included_places": 3, "place_per_month": 1.0}},
            "included_places: there is no fixed sum that includes them",
        ),
        ({"costs.rent": ONLY}, "costs.rent: says no sum"),
        (
            {"costs.rent.million_per_year": [STEP]},
            "costs.rent.million_per_year: covers 2008-01-01 until 2030-01-01, but",
        ),
        (
            {"costs.rent.million_per_year": [STEP, STEP]},
            "costs.rent.million_per_year: the step from 2008-01-01 overlaps",
        ),
    ],
)
def test_what_makes_no_sense_is_told(
    baseline: Scenario, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        baseline.change(changes)
    assert told in str(caught.value)


def test_a_rent_changes_from_a_day_on_once_it_has_steps(baseline: Scenario) -> None:
    until = {**STEP, "until": date(2040, 1, 1)}
    dated = baseline.change({"costs.rent.million_per_year": [until]})
    later = dated.change({"costs.rent.million_per_year": 4.0}, on="2030-01-01")
    assert [step.value for step in later.costs.rent.million_per_year] == [3, 4]
    assert later.change({"costs.rent.million_per_year[2030-01-01]": 5.0}) != later


def test_a_difference_tells_a_rent_that_one_lacks_as_a_whole(baseline: Scenario) -> None:
    free = baseline.change({"costs.rent": False})
    paid = baseline.change({"costs.rent.prisoner_per_month": 8500.0})
    [(key, before, after)] = difference(free, baseline)
    assert (key, before) == ("costs.rent", False)
    assert after["million_per_year"] == 15
    assert [key for key, *_ in difference(free, paid)] == ["costs.rent"]
    assert difference(baseline, paid) == [("costs.rent.prisoner_per_month", False, 8500.0)]
