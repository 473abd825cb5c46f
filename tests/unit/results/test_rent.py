"""Rent by the year, by the month and in single payments: by hand, and in a second way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.people.chance import Chance
from sim.people.cohort import draw_cohort
from sim.people.service import Service
from sim.results import count
from sim.results.rent import rent_of
from sim.results.run import Run
from sim.verification.rent import rent_again
from sim.verification.told import Told
from sim.world.simulate import Replication
from sim.world.stages import Exit, Stay
from sim.world.world import FIRST_EXIT, Log
from tests.helpers.worlds import between

#: Over the end of February of a leap year.
START, END = date(2027, 12, 1), date(2028, 5, 1)
#: First days of the months: December, January, February with 29 days, March, April, May.
DEC, JAN, FEB, MAR, APR, MAY = 0.0, 31.0, 62.0, 91.0, 122.0, 152.0
WORLD = between(
    START,
    END,
    {
        "arrivals.judgments_per_year": 20,
        "arrivals.published_until_year": 2100,
        "rented_prison.opens": date(2027, 12, 11),
        "rented_prison.places": 5,
        "rented_prison.first_intake_places": 2,
        "rented_prison.first_intake_days": 30.0,
        "costs.currencies_per_eur": {"SEK": 11.0},
    },
)
COHORT = draw_cohort(WORLD, Chance(1))
PEOPLE = 6
assert COHORT.size >= PEOPLE
#: Times inside: from a day until another.
Times = Sequence[tuple[float, float]]


def told(rent: Mapping[str, Any], times: Times = (), **service: float) -> Told:
    """Return a world with a rent, in which people are inside at given times, one person each."""
    table = {"currency": "EUR", "extends": False, **rent}
    scenario = WORLD.change({"costs.rent": table})
    stays = [(first, who, Stay.RENTED_PRISON) for who, (first, _) in enumerate(times)]
    exits = [(last, who, FIRST_EXIT + Exit.DIED) for who, (_, last) in enumerate(times)]
    log = [value for day, who, code in sorted(stays + exits) for value in (who, code, day)]
    cohort = replace(COHORT, service=replace(COHORT.service, **service))
    return Told(Replication(scenario, 1, 0, cohort, Log(log, [], [])))


def items(world: Told, begins: float = DEC, ends: float = MAY) -> dict[str, tuple[float, float]]:
    """Return quantity and amount by item."""
    return {item: (n, amount) for item, n, _, amount in rent_of(world.run, begins, ends)}


def steps(*values: tuple[date, float]) -> list[dict[str, Any]]:
    """Return dated steps that begin on some days."""
    days = [*(day for day, _ in values), END]
    return [
        {"from": day, "until": until, "value": value}
        for (day, value), until in zip(values, days[1:], strict=True)
    ]


def test_a_full_month_is_one_month_however_long() -> None:
    days = np.array([DEC, JAN, FEB, MAR, APR, MAY, 15.5, FEB + 14.5])
    months = count.calendar_months(WORLD, days)
    assert months == pytest.approx([0, 1, 2, 3, 4, 5, 0.5, 2.5])


def test_a_prisoner_month_is_paid_by_the_days_of_its_month() -> None:
    world = told({"prisoner_per_month": 8500.0}, [(15.5, JAN), (FEB, MAR), (FEB + 14.5, APR)])
    assert items(world) == {"rent_by_month": pytest.approx((3.0, 25_500.0))}
    assert items(world, FEB, MAR) == {"rent_by_month": pytest.approx((1.5, 12_750.0))}


def test_what_the_fixed_sum_includes_is_due_even_if_nobody_is_there() -> None:
    rent = {"million_per_year": 30.6, "included_places": 2, "prisoner_per_month": 8500.0}
    empty = items(told(rent, opens=JAN, closes=1000.0))
    years = (MAY - JAN - 1) / 365  # a 29 February costs nothing more
    assert empty == {
        "rent": pytest.approx((years, 30.6e6 * years)),
        "rent_by_month": (0.0, 0.0),
    }
    full = told(rent, [(JAN, MAY), (JAN, MAY), (FEB, MAR), (FEB, MAR)], opens=JAN, closes=1000.0)
    assert items(full)["rent"] == empty["rent"]
    assert items(full)["rent_by_month"] == pytest.approx((2.0, 17_000.0))


def test_places_above_those_included_are_counted_at_every_moment() -> None:
    """One in the first half and three in the second are, above two, one half of a month."""
    rent = {"million_per_year": 1.0, "included_places": 2, "prisoner_per_month": 100.0}
    half = APR + 15.0
    world = told(rent, [(APR, MAY), (half, MAY), (half, MAY)])
    assert items(world)["rent_by_month"] == pytest.approx((0.5, 50.0))


def test_prices_and_places_change_on_their_day() -> None:
    rent = {
        "million_per_year": steps((START, 0.0), (date(2028, 3, 1), 365.0)),
        "included_places": steps((START, 0), (date(2028, 2, 1), 1)),
        "prisoner_per_month": steps((START, 100.0), (date(2028, 1, 1), 200.0)),
    }
    world = told(rent, [(DEC, MAY), (DEC, MAY)], opens=DEC, closes=MAY)
    found = items(world)
    assert found["rent"][1] == pytest.approx((MAY - MAR) * 1e6)
    assert found["rent_by_month"] == pytest.approx((2 + 2 + 3, 2 * 100 + 2 * 200 + 3 * 200))


def test_places_are_paid_whether_used_or_not() -> None:
    """From the middle of a month two places, five once all are in use, until it closes."""
    rent = {"place_per_month": 1000.0}
    world = told(rent, opens=15.5, full=FEB, closes=MAR + 15.5)
    months = 2 * 0.5 + 2 * 1 + 5 * 1 + 5 * 0.5
    assert items(world) == {"rent_by_month": pytest.approx((months, 1000 * months))}


def test_payments_are_made_on_their_day_and_only_for_an_agreement() -> None:
    payments = {
        "transition": {"paid_on": date(2028, 1, 1), "million": 22.95},
        "last": {"paid_on": date(2028, 4, 30), "million": 1.0},
    }
    world = told({"payments": payments})
    assert items(world) == {"rent_payments": pytest.approx((2.0, 23.95e6))}
    assert items(world, DEC, JAN) == {"rent_payments": (0.0, 0.0)}
    assert items(world, JAN, FEB) == {"rent_payments": pytest.approx((1.0, 22.95e6))}
    unused = world.scenario.change({"rented_prison.in_use": False})
    nobody = replace(COHORT, service=Service(*[np.inf] * 6))
    run = Run(Replication(unused, 1, 0, nobody, Log([], [], [])))
    assert run.costs().query("item == 'rent_payments'")["million"].tolist() == [0.0, 0.0]


def test_each_price_is_exchanged_at_the_rate_of_its_currency() -> None:
    world = told({"currency": "SEK", "million_per_year": 11.0}, opens=DEC, closes=1000.0).scenario
    scenario = world.change(
        {
            "costs.rotation_million": {"amount": 3.0, "currency": "EUR", "price_year": 2025},
            "costs.host_prisoner_per_day": {"amount": 110.0, "currency": "SEK"},
        }
    )
    costs = scenario.costs
    table = Run(Replication(scenario, 1, 0, COHORT, Log([], [], []))).costs()
    rent = table.query("item == 'rent'")
    assert rent["eur_million"].tolist() == pytest.approx(rent["quantity"].tolist())
    assert (rent["currency"] == "DKK").all()
    assert rent["million"].tolist() == pytest.approx((7.46 * rent["quantity"]).tolist())
    assert costs.paid(2.0, costs.rotation_million) == pytest.approx(2 * 3 * 7.46)
    assert costs.exchanged(110.0, "SEK") == pytest.approx(10 * 7.46)
    assert scenario.unit_of("costs.rent.million_per_year") == "SEK million a year"
    assert scenario.unit_of("costs.currencies_per_eur.SEK") == "SEK per EUR"
    assert scenario.unit_of("costs.prison_per_day.amount") == "DKK per person-day"


def test_a_state_that_pays_in_euro_needs_no_rate() -> None:
    scenario = WORLD.change(
        {"costs.currency": "EUR", "costs.currencies_per_eur": {"extends": False, "SEK": 11.0}}
    )
    table = Run(Replication(scenario, 1, 0, COHORT, Log([], [], []))).costs()
    assert (table["million"] == table["eur_million"]).all()
    assert table["million"].sum() > 0


DAYS = st.floats(DEC, MAY, allow_nan=False).map(lambda day: round(day, 3))
LATER = st.dates(date(2027, 12, 2), date(2028, 4, 30))


@st.composite
def _dated(draw: st.DrawFn, value: st.SearchStrategy[Any]) -> Any:
    if draw(st.booleans()):
        return draw(value)
    return steps((START, draw(value)), (draw(LATER), draw(value)))


@st.composite
def _rents(draw: st.DrawFn) -> dict[str, Any]:
    money = st.floats(0, 1000).map(lambda amount: round(amount, 2))
    by = draw(st.sampled_from(["prisoner_per_month", "place_per_month"]))
    return {
        "million_per_year": draw(_dated(money)),
        "included_places": draw(_dated(st.integers(0, 4))),
        by: draw(_dated(money)),
        "payments": {"ahead": {"paid_on": draw(LATER), "million": draw(money)}},
    }


@settings(max_examples=40, deadline=None)
@given(
    rent=_rents(),
    times=st.lists(st.tuples(DAYS, DAYS).map(sorted).map(tuple), max_size=PEOPLE),
    service=st.lists(DAYS, min_size=3, max_size=3).map(sorted),
    period=st.tuples(DAYS, DAYS).map(sorted),
)
def test_two_ways_of_counting_agree(
    rent: dict[str, Any], times: Times, service: list[float], period: list[float]
) -> None:
    opens, full, closes = service
    world = told(rent, times, opens=opens, full=full, closes=closes)
    begins, ends = np.floor(period[0]), np.ceil(period[1])  # years begin with a day
    ours = {item: amount for item, (_, amount) in items(world, begins, ends).items()}
    assert ours == pytest.approx(rent_again(world, begins, ends), rel=1e-9, abs=1e-3)
    whole, halves = items(world), [items(world, DEC, ends), items(world, ends, MAY)]
    for item, (_, amount) in whole.items():
        assert amount == pytest.approx(sum(half[item][1] for half in halves), rel=1e-9, abs=1e-3)
