"""When flights go, whom they may take, and the days on which capacity changes."""

from __future__ import annotations

from datetime import date, timedelta
from math import inf
from types import SimpleNamespace
from typing import Any

import pytest

from sim.people.chance import Chance
from sim.people.service import Service
from sim.scenario.schema import Scenario
from sim.world.flights import Rotation, priority_rank, rotations
from tests.helpers.worlds import between

START, END = date(2026, 1, 1), date(2030, 1, 1)


def day(number: int) -> date:
    return START + timedelta(days=number)


def world(**changes: Any) -> Scenario:
    """Open from day 100 for a year, a flight a week, the last intake on day 250."""
    keyed = {
        "rented_prison.opens": day(100),
        "rented_prison.term_years": 1.0,
        "rented_prison.extended": False,
        "rented_prison.drain_days": 100.0,
        "transfer.least_remaining_days": 180.0,
        "transfer.rotations_per_week": 1.0,
        "transfer.seats": 4,
    }
    return between(START, END, keyed | {k.replace("__", "."): v for k, v in changes.items()})


def flights(scenario: Scenario) -> list[Rotation]:
    return rotations(scenario, Service.of(scenario, Chance(1)))


def test_flights_go_at_regular_intervals_from_opening_to_closing() -> None:
    scenario = world()
    service = Service.of(scenario, Chance(1))
    found = flights(scenario)
    regular = [100 + 7 * number for number in range(53)]
    assert [flight.day for flight in found] == [*regular, service.closes]
    assert all(flight.seats_back == 4 for flight in found[:-1])


def test_the_last_flight_takes_everyone_back_and_nobody_out() -> None:
    last = flights(world())[-1]
    assert last.seats_out == 0
    assert last.seats_back > 10_000


def test_nobody_is_flown_out_after_the_last_intake() -> None:
    scenario = world()
    last_intake = Service.of(scenario, Chance(1)).last_intake
    assert last_intake == pytest.approx(185.5, abs=1)
    for flight in flights(scenario)[:-1]:
        assert flight.seats_out == (4 if flight.day <= last_intake else 0)


def test_a_halt_stops_flights_out_from_its_first_day_until_the_day_it_ends() -> None:
    halt = [{"from": day(114), "until": day(128), "reason": "a court"}]
    out = {f.day: f.seats_out for f in flights(world(transfer__halts=halt))}
    assert [out[d] for d in (107.0, 114.0, 121.0, 128.0)] == [4, 0, 0, 4]
    back = {f.day: f.seats_back for f in flights(world(transfer__halts=halt))}
    assert [back[d] for d in (114.0, 121.0)] == [4, 4]


@pytest.mark.parametrize(("per_week", "every"), [(0.25, 28.0), (2.0, 3.5), (14.0, 0.5)])
def test_flights_a_week(per_week: float, every: float) -> None:
    days = [flight.day for flight in flights(world(transfer__rotations_per_week=per_week))]
    assert days[:3] == [100, 100 + every, 100 + 2 * every]


def test_an_agreement_that_outlives_the_simulation_has_no_last_flight() -> None:
    scenario = world(rented_prison__term_years=10.0)
    found = flights(scenario)
    assert found[-1].day < scenario.horizon
    assert found[-1].seats_back == 4


@pytest.mark.parametrize(
    "changes",
    [
        {"rented_prison__in_use": False},
        {"rented_prison__opening_delay_days": {"kind": "constant", "value": 5_000}},
    ],
    ids=["not in use", "opens after the end"],
)
def test_no_flights_without_a_prison(changes: dict[str, Any]) -> None:
    assert flights(world(**changes)) == []


def test_ranks() -> None:
    people: Any = SimpleNamespace(
        children=[True, False, False], own_wish=[False, True, False], end=[500.0, 900.0, inf]
    )
    children = priority_rank("no_children_first", people)
    assert [children(i) for i in range(3)] == [1, 0, 0]  # type: ignore[misc]
    own_wish = priority_rank("own_wish_first", people)
    assert sorted(range(3), key=own_wish) == [1, 0, 2]
    remaining = priority_rank("longest_remaining_first", people)
    assert sorted(range(3), key=remaining) == [2, 1, 0]
    assert priority_rank("first_come", people) is None


def test_flights_keep_a_distance_of_its_own_in_a_period() -> None:
    weekly_then_daily = world(
        transfer__rotation_periods=[
            {"from": day(114), "until": day(117), "rotations_per_week": 7.0}
        ]
    )
    days = [flight.day for flight in flights(weekly_then_daily)]
    # The flight of day 117 is the first after the period; from it on, a week lies between two.
    assert days[:7] == [100, 107, 114, 115, 116, 117, 124]
