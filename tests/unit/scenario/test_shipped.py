"""Every shipped scenario loads, is what it says, and simulates a world of its own."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from sim.scenario.distributions import Triangular
from sim.scenario.files import (
    base_of,
    called,
    configs_dir,
    difference,
    load,
    shipped,
    variants,
    walk_shipped,
)
from sim.scenario.schema import Scenario

DIFFS = variants()[1:]
LONGEST_LABEL = 45


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_a_shipped_file_loads_by_path_and_by_name(path: Path) -> None:
    scenario = load(path)
    assert scenario.name == (path.stem if path.parent.name == "variants" else called(scenario))
    assert load(called(scenario)) == scenario
    assert 0 < len(scenario.title) <= LONGEST_LABEL
    assert scenario.summary.endswith(".")


def test_the_baseline_comes_first_and_all_expected_scenarios_are_there() -> None:
    assert [called(load(path)) for path in shipped()] == [
        "baseline",
        "by_way_of_denmark",
        "channels_open",
        "cooperation_breakdown",
        "cooperation_breakthrough",
        "direct_removal",
        "election_delay",
        "financing_stop",
        "five_years_only",
        "halted_by_court",
        "kosovo_overcrowded",
        "late_opening",
        "long_detention",
        "no_agreement",
        "reform_2026",
        "released_in_kosovo",
        "reporting_tag",
        "second_tenant",
        "short_detention",
        "uncertain_opening",
        "wider_target_group",
        "norgerhaven",
        "tartu",
        "tartu/no_agreement",
        "tartu/places_300",
        "tartu/slow_start",
        "tilburg",
        "tilburg/daily_transport",
        "tilburg/no_agreement",
    ]


@pytest.mark.parametrize("path", DIFFS, ids=lambda path: path.stem)
def test_a_diff_extends_the_baseline_and_changes_something(path: Path, baseline: Scenario) -> None:
    assert base_of(path) == baseline
    assert 0 < len(difference(baseline, load(path))) <= 20


def test_no_two_scenarios_are_the_same_world() -> None:
    worlds = list(walk_shipped())
    assert len({world.hash for world in worlds}) == len(worlds)
    assert len({world.title for world in worlds}) == len(worlds)


def test_only_the_stress_test_leaves_people_in_kosovo() -> None:
    staying = {world.name for world in walk_shipped() if world.stays_abroad}
    marked = {world.name for world in walk_shipped() if world.stress_test}
    assert staying == marked == {"released_in_kosovo"}


@pytest.mark.parametrize("name", ["cooperation_breakthrough", "cooperation_breakdown"])
def test_a_change_of_cooperation_leaves_the_years_before_it_alone(
    name: str, baseline: Scenario
) -> None:
    changes = difference(baseline, load(name))
    assert changes
    for key, before, _ in changes:
        assert re.fullmatch(r"origins\.\w+\.cooperation\[2028-01-01\]\.\w+", key), key
        assert before is None


def test_the_wider_target_group_changes_who_may_go_and_no_other_rule(baseline: Scenario) -> None:
    (ours,), (theirs,) = (
        load("wider_target_group").transfer.eligibility,
        (baseline.transfer.eligibility),
    )
    changed = {"groups": theirs.groups, "women": theirs.women}
    assert ours.model_copy(update=changed) == theirs


@pytest.mark.parametrize(("name", "opens"), [("late_opening", date(2029, 4, 1))])
def test_a_late_term_ends_within_the_simulated_period(name: str, opens: date) -> None:
    scenario = load(name)
    rented = scenario.rented_prison
    assert rented.opens == opens
    years = int(rented.term_years + rented.extension_years)
    assert rented.opens.replace(year=rented.opens.year + years) < scenario.time.end


def test_an_uncertain_opening_ends_within_the_simulated_period() -> None:
    scenario = load("uncertain_opening")
    delay = scenario.rented_prison.opening_delay_days
    assert isinstance(delay, Triangular)
    latest = scenario.date(scenario.day(scenario.rented_prison.opens) + delay.high)
    assert latest == date(2029, 4, 1)


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_no_file_names_a_place_on_someones_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [folder for folder in ("/home/", "/tmp/", "/Users/") if folder in text] == []
    assert all(len(line) <= 330 for line in text.splitlines())


def test_configs_are_found_beside_the_package() -> None:
    assert (configs_dir() / "cases" / "gjilan" / "evidence.toml").is_file()


def test_sentences_give_back_what_is_published_about_their_lengths(baseline: Scenario) -> None:
    # All unconditional sentences of 2011: 62 % up to 3 months, 7 % over 2 years, mean 6.8 months;
    # 13 % and 46 % of all time served fall to these two bands.
    sentencing = baseline.sentencing
    third = baseline.arrivals.third_country_share
    shares = [
        (1 - third) * eu + third * other
        for eu, other in zip(sentencing.eu_eea.shares, sentencing.third_country.shares, strict=True)
    ]
    times = [share * days.mean for share, days in zip(shares, sentencing.bands.days, strict=True)]
    assert shares[0] == pytest.approx(0.62, abs=0.02)
    assert shares[3] == pytest.approx(0.07, abs=0.02)
    assert sum(times) / 30.44 == pytest.approx(6.8, abs=0.3)
    assert times[0] / sum(times) == pytest.approx(0.13, abs=0.02)
    assert times[3] / sum(times) == pytest.approx(0.46, abs=0.03)


def test_third_country_sentences_of_a_year_or_more_are_as_many_as_a_minister_implies(
    baseline: Scenario,
) -> None:
    # 315 in five years were not expelled, 30 % of the group: 147 a year were, between 110 and 190.
    arrivals = baseline.arrivals
    long = sum(baseline.sentencing.third_country.shares[2:])
    a_year = arrivals.judgments_per_year[-1].value * arrivals.third_country_share * long
    assert 110 <= a_year <= 190


def test_published_judgments_are_what_parliament_was_told(baseline: Scenario) -> None:
    by_year = {step.from_.year: step.value for step in baseline.arrivals.judgments_per_year}
    told = {2015: 1520, 2016: 1922, 2017: 1913, 2018: 2037, 2019: 1874}
    assert {year: by_year[year] for year in told} == told
