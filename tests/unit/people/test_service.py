"""When the rented prison is in service: all its days follow from that of its opening."""

from __future__ import annotations

import math

import pytest

from sim.people.chance import Chance
from sim.people.service import NEVER, Service
from sim.scenario.files import load


@pytest.mark.parametrize("name", ["baseline", "uncertain_opening", "five_years_only"])
def test_the_day_of_the_opening_says_all_the_others(name: str) -> None:
    scenario = load(name)
    for replication in range(3):
        service = Service.of(scenario, Chance(1, replication))
        assert Service.opening(scenario, service.opens) == service


def test_a_prison_that_nobody_rents_never_opens() -> None:
    service = Service.of(load("no_agreement"), Chance(1, 0))
    assert service == NEVER
    assert service.opens == service.closes == math.inf


def test_nobody_is_selected_for_a_prison_without_places() -> None:
    scenario = load("baseline", {"rented_prison.places": 0, "rented_prison.first_intake_places": 0})
    service = Service.opening(scenario, 4000.0)
    assert service.selection == math.inf
    assert service.opens == 4000.0 < service.closes < math.inf
