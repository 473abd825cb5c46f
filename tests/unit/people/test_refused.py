"""Whom the law excludes, and whom the host state refuses: by reason, and for the same luck."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.people.chance import Chance
from sim.people.cohort import Cohort, draw_cohort
from sim.people.transfer import SUITABLE, stock_eligible
from sim.results.outcomes import outcomes_of
from sim.results.run import Run
from sim.scenario.errors import ScenarioError
from sim.world.simulate import simulate
from sim.world.stages import Stay
from tests.helpers.worlds import constant, small

EXCLUDED = {"transfer.exclusions": {"extradition": 0.1, "family_ties": 0.2}}
REFUSED = {
    "transfer.host_refusal": {
        "shares": {"security": 0.2, "health": 0.1},
        "answer_days": constant(15),
    }
}


def cohort(changes: dict[str, Any]) -> Cohort:
    return draw_cohort(small().change(changes), Chance(1))


@pytest.fixture(scope="module")
def plain() -> Cohort:
    return cohort({})


@pytest.fixture(scope="module")
def told() -> Run:
    unsuitable = {"transfer.unsuitable_shares": {"children": 0.3}}
    return Run(simulate(small().change({**EXCLUDED, **REFUSED, **unsuitable})))


def test_the_law_excludes_its_shares_and_nobody_else_changes(plain: Cohort) -> None:
    found = cohort(EXCLUDED)
    out = found.eligibility.excluded != SUITABLE
    assert np.mean(out) == pytest.approx(0.3, abs=0.06)
    assert np.isinf(found.eligibility.selected[out]).all()
    before, now = plain.eligibility.selected[~out], found.eligibility.selected[~out]
    assert before.tobytes() == now.tobytes()


def test_who_is_excluded_does_not_match_the_criteria() -> None:
    worlds = [small(), small().change(EXCLUDED)]
    numbers = []
    for world in worlds:
        people = draw_cohort(world, Chance(1))
        parts = (people.arrived, people.sentence, 1200.0, 180.0)
        numbers.append(stock_eligible(world, *parts, people.eligibility.excluded))
    assert 0 < numbers[1] < numbers[0]


def test_who_is_excluded_is_not_called_up_from_liberty() -> None:
    people = cohort({**EXCLUDED, "transfer.from_liberty_share": 1.0})
    applied = people.sentence.applied_at_liberty
    assert applied.any()
    assert (people.eligibility.excluded[applied] == SUITABLE).all()


def test_the_host_refuses_only_whom_the_selection_proposes() -> None:
    found = cohort({**REFUSED, "transfer.unsuitable_shares": {"children": 0.3}}).eligibility
    proposed = found.unsuitable == SUITABLE
    assert (found.refused[~proposed] == SUITABLE).all()
    assert np.mean(found.refused[proposed] != SUITABLE) == pytest.approx(0.3, abs=0.07)


def test_the_answer_of_the_host_takes_its_days(plain: Cohort) -> None:
    longer = cohort(REFUSED).eligibility.selection_days - plain.eligibility.selection_days
    assert longer == pytest.approx(np.full(plain.size, 15.0))


def test_nobody_excluded_or_refused_is_flown(told: Run) -> None:
    eligibility = told.cohort.eligibility
    flown = np.unique(told.stays_abroad.index)
    for reasons in (eligibility.excluded, eligibility.unsuitable, eligibility.refused):
        assert (reasons[flown] == SUITABLE).all()


def test_each_reason_is_counted_once(told: Run) -> None:
    table = told.not_transferred()
    assert list(zip(table["decided_by"], table["reason"], strict=True)) == [
        ("law", "extradition"), ("law", "family_ties"), ("selection", "children"),
        ("host", "security"), ("host", "health"),
    ]  # fmt: skip
    assert (table["people"] > 0).all()
    values = outcomes_of(told)
    people = table.groupby("decided_by")["people"].sum()
    decided = people["selection"] / values["unsuitable_share"]
    assert decided == pytest.approx(round(decided))
    assert people["host"] / (decided - people["selection"]) == values["host_refused_share"]


def test_a_run_without_such_reasons_has_none(plain: Cohort) -> None:
    run = Run(simulate(small()))
    assert run.not_transferred().empty
    assert outcomes_of(run)["host_refused_share"] is None
    assert (plain.eligibility.refused == SUITABLE).all()


def test_a_story_tells_that_the_host_refuses(told: Run) -> None:
    refused = np.flatnonzero(told.cohort.eligibility.refused == 0)
    assessed = told.records.stays.of(Stay.SELECTION).index
    someone = int(told.cohort.arrived.person[np.intersect1d(refused, assessed)[0]])
    assert "is refused by Kosovo: security" in str(told.story(someone))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"transfer.exclusions": {"a": 0.7, "b": 0.6}}, "exclusions: sum to 1.3, more than 1"),
        (
            {"transfer.host_refusal": {"shares": {"a": 0.7, "b": 0.6}, "answer_days": constant(1)}},
            "shares: sum to 1.3, more than 1",
        ),
    ],
)
def test_reasons_are_of_no_more_people_than_there_are(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        small().change(changes)
