"""Changing a scenario: by file, by dotted key, by `--set`; and comparing two."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sim.scenario.base import as_toml_value, unit_of
from sim.scenario.distributions import Exponential, Uniform
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.files import (
    base_of,
    difference,
    load,
    parse_setting,
    shipped,
)
from sim.scenario.schema import Scenario

Diff = Callable[..., Path]


def test_with_changes_a_copy_and_leaves_the_original_alone(baseline: Scenario) -> None:
    before = baseline.model_dump()
    other = baseline.change({"rented_prison.places": 200})
    assert other.rented_prison.places == 200
    assert baseline.model_dump() == before
    places = baseline.rented_prison.places
    assert places != 200
    assert difference(baseline, other) == [("rented_prison.places", places, 200)]


def test_what_was_called_with_names_its_successor(baseline: Scenario) -> None:
    with pytest.raises(AttributeError, match=r"scenario\.change\("):
        baseline.with_({"rented_prison.places": 200})  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        baseline.nothing  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(TypeError):
        baseline.change(rented_prison__places=200)  # type: ignore[call-arg]


def test_a_scenario_cannot_be_changed_in_place(baseline: Scenario) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        baseline.rented_prison.places = 200  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        baseline.change({"name": "other"}).title = "Other"  # type: ignore[misc]


def test_a_change_is_checked_like_a_file(baseline: Scenario) -> None:
    with pytest.raises(ScenarioError) as caught:
        baseline.change({"rented_prison.plases": 3, "removal.willing_share": 2.0})
    assert sorted(map(str, caught.value.problems)) == [
        "given value: removal.willing_share: is 2: should be at most 1",
        "given value: rented_prison.plases: unknown key; did you mean 'places'?",
    ]


@pytest.mark.parametrize(
    "key", ["departure_centre", "costs.prison_per_day", "rented_prison.places"]
)
def test_none_is_no_value(baseline: Scenario, key: str) -> None:
    with pytest.raises(ScenarioError, match=f"{key}: is None: give a value; False says"):
        baseline.change({key: None})


def test_below_what_is_absent_there_is_nothing_to_change(baseline: Scenario) -> None:
    without = baseline.change({"departure_centre": False})
    with pytest.raises(ScenarioError, match="'departure_centre' is absent: give all of it"):
        without.change({"departure_centre.lives_elsewhere_share": 0.5})
    ((key, _, whole),) = difference(without, baseline)
    assert without.change({key: whole}).hash == baseline.hash


def test_load_takes_changes_on_top_of_a_file(baseline: Scenario) -> None:
    changes = {"rented_prison.opens": date(2028, 1, 1)}
    assert load("baseline", changes) == baseline.change(changes)


@pytest.mark.parametrize("value", [7, 7.0, np.int64(7), np.float64(7)])
def test_one_number_for_a_stepped_key_holds_over_the_whole_period(
    baseline: Scenario, value: float
) -> None:
    (step,) = baseline.change({"home_prisons.places": value}).home_prisons.places
    assert (step.from_, step.until) == (baseline.time.start, baseline.time.end)
    assert step.value == 7


def test_one_number_for_a_stepped_key_in_a_file_holds_over_the_files_own_period(
    diff: Diff,
) -> None:
    text = load("baseline").as_toml()
    diff(text.replace("from = 2008-01-01", "from = 2007-01-01"), "base.toml", extends=False)
    # The longer period is stated below the number: the order in the file must not matter.
    changes = "extends = 'base.toml'\n[home_prisons]\nplaces = 7\n[time]\nstart = 2007-06-01"
    (step,) = load(diff(changes, extends=False)).home_prisons.places
    assert step.from_ == date(2007, 6, 1)


def test_one_dated_step_can_be_changed(baseline: Scenario) -> None:
    key = "home_prisons.places[2025-01-01]"
    other = baseline.change({key: 5000})
    assert other == baseline.change({f"{key}.value": 5000.0})
    before = dict(baseline.leaves())[f"{key}.value"]
    assert difference(baseline, other) == [(f"{key}.value", before, 5000.0)]


def test_one_value_of_a_step_that_holds_several_can_be_changed(baseline: Scenario) -> None:
    other = baseline.change({"transfer.eligibility[2008-01-01].women": True})
    assert difference(baseline, other) == [("transfer.eligibility[2008-01-01].women", False, True)]


def test_an_earlier_end_of_a_rule_is_a_difference(baseline: Scenario) -> None:
    key = "transfer.eligibility[2008-01-01].until"
    other = baseline.change({key: date(2035, 1, 1)})
    assert difference(baseline, other) == [(key, date(2040, 1, 1), date(2035, 1, 1))]


def test_a_distribution_of_another_kind_replaces_the_whole_one(baseline: Scenario) -> None:
    key = "sentencing.remand.remand_days"
    other = baseline.change({key: {"kind": "uniform", "low": 10, "high": 20}})
    assert other.sentencing.remand.remand_days == Uniform(kind="uniform", low=10, high=20)


def test_a_file_may_change_a_kind_or_a_single_parameter(diff: Diff) -> None:
    scenario = load(
        diff(
            "[sentencing.remand]\n"
            "reporting_days = { mean = 90 }\n"
            "appeal_days = { kind = 'exponential', mean = 100 }"
        )
    )
    assert scenario.sentencing.remand.reporting_days == Exponential(kind="exponential", mean=90)
    assert scenario.sentencing.remand.appeal_days == Exponential(kind="exponential", mean=100)


def test_a_chain_of_files_lets_the_last_one_speak(diff: Diff) -> None:
    diff("[rented_prison]\nplaces = 250\nterm_years = 4", "middle.toml")
    top = diff("extends = 'middle.toml'\n[rented_prison]\nplaces = 200", "top.toml", extends=False)
    scenario = load(top)
    assert scenario.rented_prison.places == 200
    assert scenario.rented_prison.term_years == 4
    middle = base_of(top)
    assert middle is not None
    assert middle.rented_prison.places == 250
    assert base_of("baseline") is None


NOT_THERE = {
    "rented_prison.places.x": "'places' is a single value: there is nothing below it",
    "home_prisons.places.value": "say which step, by its first day: places[2008-01-01]",
    "removal.escort_teams[2011-01-02].value": (
        "no step begins on 2011-01-02; steps begin on 2008-01-01"
    ),
    "origins.syria.cooperation[2011-01-01].regime": (
        "no step begins on 2011-01-01; steps begin on 2008-01-01, 2012-01-01"
    ),
    "transfer.halts[2028-01-01].reason": "no step begins on 2028-01-01",
    "origins.iran.cooperation[2008-01-01]": (
        "say which value of the step: from, until, regime, forced_feasibility"
    ),
    "rented_prison.places[2011-01-01]": "'places' has no dated steps: leave out [2011-01-01]",
    "rented_prison..places": "not a key: write it as section.name, such as rented_prison.places",
    "home_prisons.places[1].value": (
        "not a key: write it as section.name, such as rented_prison.places"
    ),
}


@pytest.mark.parametrize(("key", "message"), NOT_THERE.items())
def test_a_key_that_leads_nowhere_is_told_why(key: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load("baseline", {key: 1})
    assert caught.value.problems == (Problem("given value", key, message),)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("foo.bar", "unknown key; known here: arrivals, "),
        ("remval.willing_share", "unknown key; did you mean 'removal'?"),
        ("remval[2008-01-01]", "unknown key; did you mean 'removal'?"),
    ],
)
def test_an_unknown_key_is_told_a_known_one(key: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load("baseline", {key: 1})
    (problem,) = caught.value.problems
    assert problem.message.startswith(message)


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("rented_prison.places=200", "rented_prison.places", 200),
        ("removal.willing_share = 0.4", "removal.willing_share", 0.4),
        ("rented_prison.extended=false", "rented_prison.extended", False),
        ("rented_prison.opens=2028-01-01", "rented_prison.opens", date(2028, 1, 1)),
        ("host.capacity_claim=mine", "host.capacity_claim", "mine"),
        ("title='A = B'", "title", "A = B"),
        ("removal.escort_days={kind='constant', value=3}", "removal.escort_days", None),
    ],
)
def test_a_setting_is_read_as_toml_or_else_as_text(text: str, key: str, value: Any) -> None:
    expected = {"kind": "constant", "value": 3} if value is None else value
    assert parse_setting(text) == (key, expected)


@pytest.mark.parametrize("text", ["rented_prison.places", "=200", "", " = 3"])
def test_a_setting_without_key_or_equals_sign_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_setting(text)
    assert caught.value.problems == (Problem("--set", text, "write it as key=value"),)


def test_the_hash_is_equal_for_equal_content(baseline: Scenario) -> None:
    assert load("baseline").hash == baseline.hash
    assert baseline.change({}).hash == baseline.hash
    assert hash(baseline.change({})) == hash(baseline)
    assert baseline.change({"rented_prison.term_years": 5.0}).hash == baseline.hash
    assert pickle.loads(pickle.dumps(baseline)).hash == baseline.hash


def test_the_hash_differs_with_every_kind_of_change(baseline: Scenario) -> None:
    changes: list[dict[str, Any]] = [
        {},
        {"rented_prison.places": 299},
        {"rented_prison.opens": date(2027, 4, 2)},
        {"rented_prison.extended": False},
        {"rented_prison.opening_delay_days": {"kind": "exponential", "mean": 1.0}},
        {"home_prisons.places[2025-01-01]": 4000},
        {"transfer.eligibility[2008-01-01].until": date(2039, 1, 1)},
        {"transfer.eligibility[2008-01-01].groups": ["eu_eea"]},
        {"origins.iran.transit_from_host": True},
        {"host.capacity_claim": "rehabilitation_centre"},
        {"stress_test": True},
    ]
    assert len({baseline.change(change).hash for change in changes}) == len(changes)


def test_the_hash_ignores_the_words_for_people(baseline: Scenario) -> None:
    other = baseline.change({"name": "other", "title": "Other", "summary": "Another."})
    assert other != baseline
    assert other.hash == baseline.hash
    assert difference(baseline, other) == []


def test_a_difference_names_what_only_one_of_two_has(baseline: Scenario) -> None:
    halted = load("halted_by_court")
    reason = ("transfer.halts[2028-03-01].reason", "transfers suspended by order of a court")
    assert difference(baseline, baseline) == []
    assert (reason[0], None, reason[1]) in difference(baseline, halted)
    assert (reason[0], reason[1], None) in difference(halted, baseline)
    assert {key for key, _, _ in difference(baseline, halted)} == {
        "transfer.halts[2028-03-01].reason",
        "transfer.halts[2028-03-01].until",
    }


def test_days_and_dates_convert_both_ways(baseline: Scenario) -> None:
    assert baseline.day(date(2008, 1, 2)) == 1.0
    assert baseline.date(1.9) == date(2008, 1, 2)
    assert baseline.horizon == (date(2040, 1, 1) - date(2008, 1, 1)).days
    assert baseline.date(baseline.day(date(2027, 4, 1))) == date(2027, 4, 1)


@pytest.mark.parametrize(
    ("key", "unit"),
    [
        ("home_prisons.places[2025-01-01].value", "places"),
        ("rented_prison.opening_delay_days.value", "days"),
        ("costs.rent.million_per_year", "{currency} million a year"),
        ("costs.prison_per_day.amount", "{currency} per person-day"),
        ("costs.prison_per_day.price_year", "calendar year"),
        ("costs.rotation_million.amount", "{currency} million"),
        ("costs.centre_resident_per_year.amount", "{currency} per person-year"),
        ("costs.price_growth_share.2015", "share (0-1)"),
        ("departure_centre.permit_per_review", "probability per review"),
        ("sentencing.parole[2008-01-01].half_share", "share (0-1)"),
        ("host.population[2026-01-01].value", "persons"),
        ("rented_prison.in_use", ""),
    ],
)
def test_the_name_of_a_key_says_its_unit(key: str, unit: str) -> None:
    assert unit_of(key) == unit


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (date(2027, 4, 1), "2027-04-01"),
        (0.5, "0.5"),
        (3.0, "3"),
        ("x", '"x"'),
        (("a", 1), '["a", 1]'),
        ({"kind": "constant", "value": 2.0}, '{ kind = "constant", value = 2 }'),
    ],
)
def test_values_are_shown_as_they_stand_in_a_file(value: Any, text: str) -> None:
    assert as_toml_value(value) == text


def test_a_scenario_introduces_itself(baseline: Scenario) -> None:
    assert repr(baseline) == f"<Scenario baseline: Gnjilane opens in April 2027 ({baseline.hash})>"
    assert str(baseline) == repr(baseline)


def test_a_shipped_scenario_can_be_extended_by_its_name_from_anywhere(tmp_path: Path) -> None:
    for name in ("baseline", "baseline.toml", "late_opening"):
        file = tmp_path / "mine.toml"
        file.write_text(f"extends = '{name}'\nname = 'mine'\nrented_prison.places = 123")
        base, mine = base_of(file), load(file)
        assert base == load(name.removesuffix(".toml"))
        assert [key for key, _, _ in difference(base, mine)] == ["rented_prison.places"]


def test_a_scenario_as_a_file_of_its_own_is_the_same_world(tmp_path: Path) -> None:
    for path in shipped():
        file = tmp_path / f"{load(path).name}.toml"
        file.write_text(load(path).as_toml(), encoding="utf-8")
        assert load(file) == load(path)
        assert base_of(file) is None
