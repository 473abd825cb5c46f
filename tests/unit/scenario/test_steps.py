"""Changes from a day on, what takes the place of what, and what is said about it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from sim.scenario.errors import ScenarioError
from sim.scenario.files import difference, load, parse_setting
from sim.scenario.schema import Scenario

Diff = Callable[..., Path]
ON = date(2030, 1, 1)


def steps(scenario: Scenario) -> list[tuple[date, date, float]]:
    return [(s.from_, s.until, s.value) for s in scenario.home_prisons.places]


@pytest.mark.parametrize("on", [ON, "2030-01-01"])
def test_a_step_can_be_added_from_a_day_on(baseline: Scenario, on: date | str) -> None:
    other = baseline.change({"home_prisons.places": 4500}, on=on)
    before = steps(baseline)
    begins, ends, value = before[-1]
    assert steps(other) == [*before[:-1], (begins, ON, value), (ON, ends, 4500.0)]


def test_a_step_added_in_the_past_holds_until_the_end(baseline: Scenario) -> None:
    on = date(2010, 7, 1)
    other = baseline.change({"home_prisons.places": 4500}, on=on)
    kept = [step for step in steps(baseline) if step[0] < on]
    kept[-1] = (kept[-1][0], on, kept[-1][2])
    assert steps(other) == [*kept, (on, baseline.time.end, 4500.0)]


def test_a_step_from_the_first_day_is_the_only_one(baseline: Scenario) -> None:
    other = baseline.change({"home_prisons.places": 4500}, on=baseline.time.start)
    assert steps(other) == [(baseline.time.start, baseline.time.end, 4500.0)]
    assert other == baseline.change({"home_prisons.places": 4500})


def test_the_same_value_from_a_day_on_changes_nothing(baseline: Scenario) -> None:
    value = steps(baseline)[-1][2]
    assert baseline.change({"home_prisons.places": value}, on=ON) == baseline


@pytest.mark.parametrize(
    "changes",
    [
        {"origins.iraq.cooperation": {"regime": "refuses", "forced_feasibility": 0.1}},
        {
            "origins.iraq.cooperation.regime": "refuses",
            "origins.iraq.cooperation.forced_feasibility": 0.1,
        },
    ],
)
def test_a_part_of_a_step_can_change_from_a_day_on(
    baseline: Scenario, changes: dict[str, Any]
) -> None:
    iraq = baseline.change(changes, on=ON).origins["iraq"].cooperation
    assert [(s.from_, s.regime) for s in iraq[-2:]] == [
        (date(2019, 6, 1), "limited"),
        (ON, "refuses"),
    ]
    assert iraq[-1].forced_feasibility == 0.1
    assert iraq[:-2] == baseline.origins["iraq"].cooperation[:-1]


def test_a_period_can_be_added_where_there_is_none(baseline: Scenario) -> None:
    halt = {"reason": "a court", "until": date(2030, 6, 1)}
    (found,) = baseline.change({"transfer.halts": halt}, on=ON).transfer.halts
    assert (found.from_, found.until, found.reason) == (ON, date(2030, 6, 1), "a court")


REFUSED: dict[str, tuple[str, Any, Any]] = {
    "holds no dated steps": ("rented_prison.places", 100, ON),
    "unknown key": ("home_prisons.plases", 100, ON),
    "lies outside the simulated period": ("home_prisons.places", 100, "2040-01-01"),
    "names a step already": ("home_prisons.places[2025-01-01]", 100, ON),
    "is 'soon': give a date, such as \"2030-01-01\"": ("home_prisons.places", 100, "soon"),
    "give a date": ("home_prisons.places", 100, datetime(2030, 1, 1, 12)),
    "should be at least 0": ("home_prisons.places", -1, ON),
    "is missing": ("transfer.halts", {"until": date(2031, 1, 1)}, ON),
}


@pytest.mark.parametrize(("told", "case"), REFUSED.items())
def test_what_makes_no_sense_from_a_day_on_is_refused(
    baseline: Scenario, told: str, case: tuple[str, Any, Any]
) -> None:
    key, value, on = case
    with pytest.raises(ScenarioError, match=told):
        baseline.change({key: value}, on=on)


def test_a_number_for_steps_that_differ_says_what_it_replaces(
    baseline: Scenario, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "sim"):
        baseline.change({"home_prisons.places": 4500, "removal.case_workers": 20})
        baseline.change({"home_prisons.places": 4500}, on=ON)
    (record,) = caplog.records  # one step is not worth a word, nor is what was asked for
    assert record.getMessage() == (
        "home_prisons.places: 4500 from 2008-01-01 until 2040-01-01 takes the place of 18 steps; "
        "home_prisons.places@2025-01-01 or another day keeps those before"
    )


def test_python_settings_and_files_say_a_day_alike(baseline: Scenario, diff: Diff) -> None:
    wanted = baseline.change({"home_prisons.places": 4500}, on=ON)
    assert wanted == baseline.change({f"home_prisons.places@{ON}": 4500})
    assert wanted == load("baseline", dict([parse_setting(f"home_prisons.places@{ON}=4500")]))
    file = load(diff(f'[home_prisons]\n"places@{ON}" = 4500'))
    assert steps(file) == steps(wanted) != steps(baseline)


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("home_prisons.places@soon", "'soon' is no day"),
        ("home_prisons.places@1999-01-01", "lies outside the simulated period"),
        ("rented_prison.places@2030-01-01", "holds no dated steps"),
        ("home_prisons.plases@2030-01-01", "unknown key"),
    ],
)
def test_a_day_that_cannot_be_is_told_alike(
    baseline: Scenario, diff: Diff, key: str, told: str
) -> None:
    section, _, name = key.partition(".")
    with pytest.raises(ScenarioError, match=told):
        baseline.change({key: 5})
    with pytest.raises(ScenarioError, match=rf"mine\.toml: {told}|mine\.toml: .*{told}"):
        load(diff(f'[{section}]\n"{name}" = 5'))


SHARES = "transfer.unsuitable_shares"


def test_a_table_adds_or_replaces_as_in_a_file(baseline: Scenario) -> None:
    one = baseline.change({SHARES: {"health": 0.1}})
    both = one.change({SHARES: {"visits": 0.2}})
    assert both.transfer.unsuitable_shares == {"health": 0.1, "visits": 0.2}
    other = both.change({SHARES: {"extends": False, "visits": 0.3}})
    assert other.transfer.unsuitable_shares == {"visits": 0.3}
    assert both.change({SHARES: {"extends": False}}) == baseline


def test_an_empty_table_is_refused_with_what_would_empty_it(baseline: Scenario) -> None:
    with pytest.raises(ScenarioError, match=r'an empty table changes nothing.*"extends" = false'):
        baseline.change({SHARES: {}})


@pytest.mark.parametrize("changes", [None, 5, "rented_prison.places=200", ["a"], {1: 2}, {None: 1}])
def test_changes_that_are_none_are_refused(baseline: Scenario, changes: Any) -> None:
    with pytest.raises(ScenarioError, match="dotted key"):
        baseline.change(changes)


def test_a_shorter_calendar_drops_steps_as_in_a_file(baseline: Scenario) -> None:
    short = {"time.end": date(2039, 1, 1), "time.start": date(2020, 6, 1)}
    other = baseline.change(short)
    assert steps(other) == steps(load("baseline", short))
    assert steps(other)[0][0] == date(2020, 1, 1)
    assert difference(baseline, other)
