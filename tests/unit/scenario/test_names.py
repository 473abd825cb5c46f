"""Names that a scenario chooses never mix two things in a table."""

from __future__ import annotations

import pytest

from sim.results.run import CASE_QUEUES, STAY_QUEUES
from sim.scenario.errors import ScenarioError
from sim.scenario.names import IN_TABLES, LONGEST, place_names
from sim.scenario.schema import Scenario
from sim.world.stages import STAYS, CaseStage

FACILITIES = {"danish_prisons", "kosovo_prisons"}
ROLES = {"rented_prison", "detention", "departure_centre", "kosovo_detention"}


def test_everything_that_tables_name_is_reserved() -> None:
    told = {name for about in STAYS.values() for name in (about.stage, about.place)}
    told = {name for name in told if "{" not in name}
    told |= {stage.name.lower() for stage in CaseStage}
    told |= {*STAY_QUEUES.values(), *CASE_QUEUES.values(), "limbo"}
    assert told | FACILITIES | ROLES == IN_TABLES


@pytest.mark.parametrize("name", sorted(IN_TABLES))
def test_no_place_takes_a_name_that_tables_use(baseline: Scenario, name: str) -> None:
    for key, (role, _) in place_names(baseline).items():
        if name == role:
            assert baseline.change({key: name})
            continue
        with pytest.raises(ScenarioError, match=f"{name!r} is a name that the tables use"):
            baseline.change({key: name})


@pytest.mark.parametrize("key", ["name", "case", "rented_prison.key", "detention.key"])
def test_a_name_has_a_length(baseline: Scenario, key: str) -> None:
    assert baseline.change({key: "a" * LONGEST})
    with pytest.raises(ScenarioError, match="at most 64 letters"):
        baseline.change({key: "a" * (LONGEST + 1)})


def test_the_stream_of_all_judgments_keeps_its_name(baseline: Scenario) -> None:
    stream = {"group": "third_country", "per_year": 5.0, "only_a_year_or_more": False}
    steps = [{"from": baseline.time.start, "until": baseline.time.end, "value": 5.0}]
    key = "arrivals.additional.published"
    with pytest.raises(ScenarioError, match="is the name of the stream of judgments_per_year"):
        baseline.change({key: stream | {"per_year": steps}})


def test_kosovo_cannot_give_up_more_beds_than_there_are(baseline: Scenario) -> None:
    with pytest.raises(ScenarioError, match="beds_given_up 3000 is more than the 2560 places"):
        baseline.change({"kosovo.beds_given_up": 3000})
