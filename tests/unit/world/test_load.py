"""Offered load: arrivals × service / servers, and where a queue has no end."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import sim
from sim.scenario.evidence import evidence_for
from sim.scenario.schema import Scenario
from sim.world.load import Load, offered_load
from sim.world.stages import CaseStage
from tests.helpers.runs import tell
from tests.helpers.worlds import between, constant, cooperation, plain

START, END = date(2025, 1, 1), date(2033, 1, 1)


def world(changes: dict[str, Any] | None = None) -> Scenario:
    """365 third-country nationals a year, all of them unwilling, and all can be removed."""
    return between(
        START,
        END,
        {
            **plain(START, END),
            "arrivals.judgments_per_year": 365,
            "arrivals.third_country_share": 1.0,
            **cooperation(START, END, protected_share=0.0, document_delay_days=constant(0)),
            "removal.willing_share": 0.0,
            "removal.case_workers": 10,
            "removal.case_work_days": constant(6),
            "removal.escort_teams": 8,
            "removal.escort_days": constant(2),
            **(changes or {}),
        },
    )


def loads(changes: dict[str, Any] | None = None) -> tuple[Load, Load]:
    case_workers, escort_teams = offered_load(world(changes))
    assert case_workers.hands == "removal.case_workers"
    assert escort_teams.hands == "removal.escort_teams"
    return case_workers, escort_teams


def test_it_is_arrivals_times_service_over_servers() -> None:
    case_workers, escort_teams = loads()
    assert case_workers.share == pytest.approx(1.0 * 6 / 10)
    assert escort_teams.share == pytest.approx(1.0 * 2 / 8)
    assert case_workers.stable
    assert escort_teams.stable


@pytest.mark.parametrize(
    ("changes", "share"),
    [
        ({"arrivals.third_country_share": 0.5}, 0.3),
        ({"removal.case_workers": 3}, 2.0),
        ({"removal.case_workers": 0}, np.inf),
        ({"arrivals.judgments_per_year": 730}, 1.2),
        ({"arrivals.growth_per_year": 0.1, "arrivals.grows_from_year": 2032}, 0.66 * 365 / 366),
        ({"arrivals.year_to_year_variation": 0.5}, 0.6),
        ({"removal.case_work_days": constant(9.99)}, 0.999),
        ({"removal.case_work_days": constant(0)}, 0.0),
    ],
)
def test_what_changes_it(changes: dict[str, Any], share: float) -> None:
    case_workers, _ = loads(changes)
    assert case_workers.share == pytest.approx(share)
    assert case_workers.stable == (share < 1)
    assert ("NO END" in str(case_workers)) == (share >= 1)


def test_the_busiest_year_counts() -> None:
    """Half of them are away in 2028."""
    steps = [(date(2025, 1, 1), 10), (date(2028, 1, 1), 5), (date(2029, 1, 1), 10), (END, 0)]
    workers = [
        {"from": begins, "until": ends, "value": value}
        for (begins, value), (ends, _) in pairwise(steps)
    ]
    case_workers, _ = loads({"removal.case_workers": workers})
    assert (case_workers.year, case_workers.number) == (2028, 5)
    # The year has 366 days, and no more judgments than others.
    assert case_workers.share == pytest.approx(365 / 366 * 6 / 5)


def test_whom_nobody_can_escort_asks_for_no_escort() -> None:
    refused = cooperation(START, END, forced_feasibility=0.0, protected_share=0.0)
    assert loads({**refused})[1].share == 0
    assert loads({"removal.willing_share": 1.0})[1].share == 0


def test_the_bounds_are_where_the_queue_begins_to_have_no_end() -> None:
    scenario = sim.load("baseline")
    case_workers = offered_load(scenario)[0]
    assert case_workers.bounds["removal.case_work_days"].startswith("from 1.17 times")
    evidence, share = evidence_for(scenario), case_workers.share
    for key, times in (("work_days", 1 / share), ("workers", share)):
        assert f"{times:.2f} times" in evidence.of(f"removal.case_{key}").source
    judgments = evidence.of("arrivals.judgments_per_year[2020-01-01].value")
    assert f"{1 / share:.2f} times" in judgments.source
    for growth, stable in ((0.010, True), (0.012, False)):
        found = offered_load(scenario.change({"arrivals.growth_per_year": growth}))[0]
        assert found.stable == stable
    days = scenario.removal.case_work_days.model_dump()
    for times, stable in ((0.999, True), (1.001, False)):
        factor = times / case_workers.share
        longer = {"kind": "lognormal", "p05": days["p05"] * factor, "p95": days["p95"] * factor}
        found = offered_load(scenario.change({"removal.case_work_days": longer}))[0]
        assert found.stable == stable


def test_the_queue_grows_where_it_is_said_to_have_no_end_and_only_there() -> None:
    """Utilisation in a simulation is the load below 1; above, the queue grows year by year."""
    for days, share in ((9.0, 0.9), (12.0, 1.2)):
        scenario = world({"removal.case_work_days": constant(days)})
        assert offered_load(scenario)[0].share == pytest.approx(share)
        told = tell(scenario, 1)
        waits = told.waits(CaseStage.CASE_WORKER_QUEUE)
        early, late = waits.inside(np.array([700.0, told.horizon - 1]))
        assert late - early > 100 if share > 1 else late - early < 40
