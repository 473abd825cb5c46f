"""What a file about another case needs: a shorter calendar, tables that replace, own evidence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sim.scenario.errors import ScenarioError
from sim.scenario.evidence import Evidence, Record, evidence_for
from sim.scenario.files import load
from sim.scenario.schema import Scenario

Diff = Callable[..., Path]

SHORT = """
[time]
observe_from = 2010-01-01
observe_until = 2012-01-01
end = 2013-01-01
[rented_prison]
opens = 2010-01-01
"""


def test_steps_that_a_shorter_calendar_never_comes_to_are_left_out(diff: Diff) -> None:
    scenario = load(diff(SHORT))
    steps = scenario.home_prisons.places
    assert [step.from_.year for step in steps] == [2008, 2009, 2010, 2011, 2012]
    assert scenario.sentencing.straight_removal.periods == ()
    assert scenario.time.end == date(2013, 1, 1)


def test_a_step_of_ones_own_outside_the_calendar_is_still_told(diff: Diff) -> None:
    halt = "[[transfer.halts]]\nfrom = 2020-01-01\nuntil = 2021-01-01\nreason = 'late'"
    with pytest.raises(ScenarioError, match=r"transfer.halts: .* lies outside the simulated"):
        load(diff(SHORT + halt))


def test_a_table_that_extends_nothing_takes_the_place_of_the_one_below(
    diff: Diff, baseline: Scenario
) -> None:
    text = """
        [host]
        capacity_claim = "mine"
        [host.capacity_claims]
        {first}
        [host.capacity_claims.mine]
        who = "me"
        places = 300
    """
    alone = load(diff(text.format(first="extends = false")))
    assert list(alone.host.capacity_claims) == ["mine"]
    beside = load(diff(text.format(first="")))
    assert set(beside.host.capacity_claims) == {"mine", *baseline.host.capacity_claims}
    with pytest.raises(ScenarioError, match=r"capacity_claims\.extends"):
        load(diff(text.format(first="extends = true")))


def test_reasons_cannot_find_more_unsuitable_than_there_are(diff: Diff) -> None:
    with pytest.raises(ScenarioError, match=r"unsuitable_shares: sum to 1\.2, more than 1"):
        load(diff("[transfer.unsuitable_shares]\nchildren = 0.7\nhealth = 0.5"))


def test_evidence_is_of_the_case_then_of_its_country(baseline: Scenario) -> None:
    norway, denmark = evidence_for(load("norgerhaven")), evidence_for(baseline)
    for key in ("rented_prison.places", "home_prisons.officers[2008-01-01].value"):
        mine, theirs = norway.of(key), denmark.of(key)
        assert mine is not None
        assert theirs is not None
        assert mine.source != theirs.source
    assert norway.of("removal.slow_share") is None, "no other case speaks for it"

    def record(key: str, source: str) -> Record:
        return Record(key=key, status="found", role="fact", source=source, confidence="high")

    general = Evidence(record=(record("costs.currencies_per_eur.DKK", "theirs."),))
    own = Evidence(record=(record("costs", "mine."),)).before(general)
    found = own.of("costs.currencies_per_eur.DKK")
    assert found is not None
    assert found.source == "mine.", "even where the general is more specific"


def test_names_and_case_do_not_change_the_world(baseline: Scenario) -> None:
    renamed = baseline.change({"countries.host": "Elsewhere", "case": "other"})
    assert renamed.hash == baseline.hash
    assert renamed.told("{hosts} own") == "Elsewhere's own"
