"""Other tenants of the rented prison: whose places they take, and how many of them are there."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from sim.results.outcomes import outcomes_of
from sim.results.run import Run
from sim.verification import verify
from sim.world.simulate import simulate
from tests.helpers.worlds import small

PERIOD = {"from": date(2028, 1, 1), "until": date(2029, 1, 1), "places": 4}


def tenant(**changes: Any) -> dict[str, Any]:
    usual = {"title": "another state", "periods": [PERIOD], "used_share": 1.0, "served": "first"}
    return {"rented_prison.other_tenants": {"second": usual | changes}}


@pytest.fixture(scope="module")
def plain() -> Run:
    return Run(simulate(small()))


@pytest.fixture(scope="module")
def first() -> Run:
    return Run(simulate(small().change(tenant(used_share=0.5))))


@pytest.fixture(scope="module")
def last() -> Run:
    return Run(simulate(small().change(tenant(served="last"))))


def noons(run: Run) -> np.ndarray:
    return np.arange(run.scenario.horizon) + 0.5


def test_a_tenant_served_first_takes_its_places_from_those_rented_here(
    first: Run, plain: Run
) -> None:
    days = noons(plain)
    gone = plain.rented_places(days) - first.rented_places(days)
    begins, ends = (plain.scenario.day(PERIOD[name]) for name in ("from", "until"))  # type: ignore[arg-type]
    assert (gone == np.where((begins <= days) & (days < ends), 4, 0)).all()
    assert first.other_tenants(days).max() == 2


def test_a_tenant_served_last_has_what_is_left_and_changes_nothing_else(
    last: Run, plain: Run
) -> None:
    assert last.records.stays.end.tobytes() == plain.records.stays.end.tobytes()
    days = noons(last)
    people, places = last.facility("gnjilane", days)
    there = last.other_tenants(days)
    assert 0 < there.max() <= 4
    assert (people + there <= places).all()


def test_more_than_there_are_leaves_nothing() -> None:
    run = Run(simulate(small().change(tenant(periods=[PERIOD | {"places": 50}]))))
    assert run.rented_places(noons(run)).min() == 0


def test_beds_that_the_host_gives_up_are_lost_while_the_tenant_is_there(plain: Run) -> None:
    run = Run(simulate(small().change(tenant(beds_given_up=7))))
    days = noons(run)
    lost = plain.facility("host_prisons", days)[1] - run.facility("host_prisons", days)[1]
    assert set(lost) == {0.0, 7.0}
    assert np.sum(lost > 0) == 366


def test_people_of_other_tenants_are_told_where_there_are_any(first: Run, plain: Run) -> None:
    assert outcomes_of(plain)["other_tenants_people"] is None
    begins, ends = first.period
    assert outcomes_of(first)["other_tenants_people"] == pytest.approx(2 * 366 / (ends - begins))


def test_nothing_is_broken_by_a_tenant() -> None:
    assert verify(small().change(tenant()), replications=1)
