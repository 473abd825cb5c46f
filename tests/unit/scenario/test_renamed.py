"""Whoever uses an old name is told what it is called now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.experiment.keep import TABLES
from sim.results.choice import chosen, nearest
from sim.results.outcomes import OUTCOMES
from sim.scenario.errors import ScenarioError
from sim.scenario.evidence import load_evidence
from sim.scenario.explain import SCENARIO, renamed
from sim.scenario.files import load
from sim.scenario.names import TABLE_NAMES
from sim.scenario.renamed import KEYS, PARTS, new_key, new_name
from sim.scenario.schema import Scenario

COLUMNS = {column for table in TABLES.values() for column in table.columns}


@pytest.mark.parametrize(("old", "new"), KEYS.items())
def test_of_the_old_and_the_new_key_there_is_one(old: str, new: str) -> None:
    assert (old in SCENARIO.keys) != (re.sub(r"\.(2015|DKK)$", "", new) in SCENARIO.keys)


@pytest.mark.parametrize("old", [key for key in KEYS if key not in SCENARIO.keys])
def test_whoever_changes_an_old_key_is_told_the_new_one(baseline: Scenario, old: str) -> None:
    key, new = (name.replace("*", "iran") for name in (old, KEYS[old]))
    with pytest.raises(ScenarioError, match=f"{re.escape(key)}: unknown key; it is '{new}' now"):
        baseline.change({key: 0.5})


@pytest.mark.parametrize("old", PARTS)
def test_of_the_old_and_the_new_word_tables_use_one(old: str) -> None:
    names = {*TABLE_NAMES, *(outcome.name for outcome in OUTCOMES), *COLUMNS}
    with_old, with_new = ({n for n in names if word in n} for word in (old, PARTS[old]))
    renamed_now = {name.replace(old, PARTS[old]) for name in with_old}
    assert renamed_now & with_new == set()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("danish_prisons.places[2030-01-01].value", "home_prisons.places[2030-01-01].value"),
        ("danish_prisons.places@2030-01-01", "home_prisons.places@2030-01-01"),
        ("kosovo.capacity_claims.mine.places", "host.capacity_claims.mine.places"),
        ("kosovo.asylum_days.mean", "staying.asylum_days.mean"),
        ("origins.iran.transit_from_kosovo", "origins.iran.transit_from_host"),
        ("costs.prison_2015_dkk_per_day", "costs.prison_per_day.amount"),
        ("kosovo", "host"),
    ],
)
def test_what_stands_below_an_old_key_moves_along(old: str, new: str) -> None:
    found = new_key(old)
    assert found is not None
    assert found[1] == new


@pytest.mark.parametrize("key", ["rented_prison.places", "kosovos", "origins.iran.title", ""])
def test_other_keys_have_not_changed(key: str) -> None:
    assert new_key(key) is None
    assert renamed(key) is None


def test_a_key_that_is_known_is_not_an_old_one() -> None:
    assert all(renamed(key) is None for key in SCENARIO.keys)


def test_a_file_is_told_all_its_old_keys_at_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        "extends = 'baseline'\n[costs]\ndkk_per_eur = 7.5\ninflation_2015_to_2025 = 0.3\n"
        "[kosovo]\nstays_share = 0.1\n"
    )
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert [str(problem) for problem in caught.value.problems] == [
        f"{path}: costs.dkk_per_eur: unknown key; it is 'costs.currencies_per_eur.DKK' now",
        f"{path}: costs.inflation_2015_to_2025: unknown key; it is 'costs.price_growth_share.2015' "
        "now",
        f"{path}: kosovo.stays_share: unknown key; it is 'staying.stays_share' now",
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("costs.dkk_per_eur", 7.5),
        ("costs", {"dkk_per_eur": 7.5}),
    ],
)
def test_a_change_is_told_the_new_key(baseline: Scenario, key: str, value: object) -> None:
    with pytest.raises(ScenarioError, match=r"it is 'costs\.currencies_per_eur\.DKK' now"):
        baseline.change({key: value})


def test_a_dated_change_is_told_the_new_key(baseline: Scenario) -> None:
    with pytest.raises(ScenarioError, match=r"it is 'staying\.stays_share' now"):
        baseline.change({"kosovo.stays_share": 0.1}, on="2030-01-01")


def test_evidence_is_told_the_new_key(tmp_path: Path) -> None:
    path = tmp_path / "evidence.toml"
    path.write_text(
        "[[record]]\nkey = 'costs.dkk_per_eur'\nstatus = 'found'\nrole = 'fact'\n"
        "source = 'Somewhere.'\nconfidence = 'high'\n"
    )
    with pytest.raises(ScenarioError, match=r"it is 'costs\.currencies_per_eur\.DKK' now"):
        load_evidence(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("danish_occupancy", "home_occupancy"),
        ("held_danish_prison_days", "held_home_prison_days"),
        ("removed_from_denmark_1y", "removed_from_sending_state_1y"),
        ("removed_from_kosovo_5y", "removed_from_host_5y"),
        ("stayed_in_kosovo", "stayed_in_host"),
        ("removals_from_kosovo_share", "removals_from_host_share"),
        ("held_after_sentence_kosovo_days", "held_after_sentence_host_days"),
        ("danish_dual", "dual_national"),
        ("kosovo_prisons", "host_prisons"),
        ("dkk_million", "million"),
    ],
)
def test_an_old_word_is_told_the_new_one(old: str, new: str) -> None:
    assert new_name(old, ["other", new]) == new
    assert nearest(old, ["other", new]) == f"did you mean {new!r}, as it is called now? "
    with pytest.raises(ValueError, match="as it is called now"):
        chosen("word", old, ["other", new])


def test_a_word_that_is_known_or_has_no_successor_is_not_old() -> None:
    assert new_name("danish_occupancy", ["danish_occupancy", "home_occupancy"]) is None
    assert new_name("danish_occupancy", ["other"]) is None
    assert new_name("limbo", ["other"]) is None


def test_no_outcome_has_an_old_and_a_new_name() -> None:
    names = [outcome.name for outcome in OUTCOMES]
    assert [name for name in names if new_name(name, names)] == []
