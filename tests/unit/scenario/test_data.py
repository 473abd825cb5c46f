"""Values from a file of data become part of the scenario that names the file."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

import sim
from sim import ScenarioError
from sim.experiment.factors import factors_of
from sim.scenario.json_schema import schema
from tests.helpers.worlds import small

KEY = "removal.escort_days"
FILE = """
extends = "baseline"
[removal]
escort_days = { kind = "empirical", file = "data/stays.csv", column = "days" }
"""
STAYS = "person,days\na,3\nb,1\nc,8.5\n"


def written(folder: Path, stays: str = STAYS, file: str = FILE) -> Path:
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "stays.csv").write_text(stays, encoding="utf-8")
    (folder / "mine.toml").write_text(file, encoding="utf-8")
    return folder / "mine.toml"


def test_values_are_read_from_beside_the_file_that_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = written(tmp_path)
    (tmp_path / "other").mkdir()
    above = tmp_path / "other" / "above.toml"
    above.write_text('extends = "../mine.toml"\nname = "above"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path / "other")
    for path in (mine, above):
        assert sim.load(path).removal.escort_days.values == (1.0, 3.0, 8.5)


def test_the_scenario_stands_alone_once_it_is_read(tmp_path: Path) -> None:
    world = sim.load(written(tmp_path))
    alone = tmp_path / "alone" / "alone.toml"
    alone.parent.mkdir()
    alone.write_text(world.as_toml(), encoding="utf-8")
    (tmp_path / "data" / "stays.csv").unlink()
    assert sim.load(alone).hash == world.hash
    assert pickle.loads(pickle.dumps(world)) == world


def test_the_hash_follows_the_data_but_not_the_order_of_its_lines(tmp_path: Path) -> None:
    world = sim.load(written(tmp_path))
    assert sim.load(written(tmp_path, "days\n8.5\n3\n\n1\n")).hash == world.hash
    assert sim.load(written(tmp_path, "days\n8.5\n3\n2\n")).hash != world.hash


def test_a_mixture_may_hold_data_and_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    file = """
extends = "baseline"
[removal.escort_days]
kind = "mixture"
parts.quick = { weight = 3, of = { kind = "empirical", file = "data/stays.csv", column = "days" } }
parts.slow = { weight = 1, of = { kind = "weibull", p05 = 20, p95 = 200 } }
"""
    world = sim.load(written(tmp_path, file=file))
    later = world.change({f"{KEY}.parts.slow.weight": 2})
    assert later.removal.escort_days.mean > world.removal.escort_days.mean
    again = tmp_path / "again.toml"
    again.write_text(later.as_toml(), encoding="utf-8")
    assert sim.load(again).hash == later.hash
    back = world.change({KEY: {"kind": "gamma", "p05": 1, "p95": 9}})
    assert back.removal.escort_days.kind == "gamma"


@pytest.mark.parametrize(
    "declared",
    [
        {"kind": "gamma", "p05": 1, "p95": 9},
        {"kind": "weibull", "p05": 1, "p95": 9},
        {"kind": "empirical", "values": [1, 2, 9], "weights": [1, 2, 3]},
        {"kind": "mixture", "parts": {
            "quick": {"weight": 1, "of": {"kind": "exponential", "mean": 3}},
            "slow": {"weight": 2, "of": {"kind": "empirical", "values": [7, 20]}},
        }},
    ],
)  # fmt: skip
def test_a_range_of_multiples_scales_the_whole_distribution(declared: dict[str, object]) -> None:
    world = sim.load("baseline", {KEY: declared})
    (factor,) = factors_of([{"key": KEY, "low": 0.5, "high": 2, "range_of": "factor"}], world)
    doubled = world.change(factor.changes(world, 2.0))
    before, after = world.removal.escort_days, doubled.removal.escort_days
    assert after.mean == pytest.approx(2 * before.mean)
    assert after.at(0.3) == pytest.approx(2 * before.at(0.3))


@pytest.mark.parametrize(
    ("stays", "told"),
    [
        ("", "has no column 'days': the file is empty"),
        ("Days\n1\n", "did you mean 'Days'?"),
        ("who,when\n1,2\n", "there are: who, when"),
        ("days\n", "column 'days' is empty"),
        ("days,who\n,a\n", "line 2, column 'days': is empty"),
        ("days\n1\n-4\n", "line 3, column 'days': is -4: should be at least 0"),
        ("days\n1\nlong\n", "line 3, column 'days': is 'long': should be a number"),
        ('days\n"1,5"\n', "write a point, not a comma"),
        ("days\ninf\n", "is inf: should be at most 1000000"),
        ("days\nnan\n", "is 'nan': should be a number"),
    ],
)
def test_bad_data_are_told_with_file_line_and_column(tmp_path: Path, stays: str, told: str) -> None:
    with pytest.raises(ScenarioError) as error:
        sim.load(written(tmp_path, stays))
    assert told in str(error.value)
    assert "stays.csv" in str(error.value)
    assert f"{KEY}.file" in str(error.value)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ('file = "data/none.csv", column = "days"', "no such file"),
        ('file = "data", column = "days"', "is a folder"),
        ('file = "data/stays.csv"', "does not say its column"),
        ('column = "days"', "does not say its file"),
        ('file = "data/stays.csv", column = "days", values = [1]', "has 'values' beside file"),
        ("values = []", "at least 1 entry"),
        ("values = [1, 2], weights = [1]", "has 2 values, but 1 weights"),
        ("values = [1, 2], weights = [0, 0]", "all weights are 0"),
        ("values = [-1]", "should be at least 0"),
    ],
)
def test_what_a_file_says_of_data_is_checked(tmp_path: Path, given: str, told: str) -> None:
    file = f'extends = "baseline"\n[removal]\nescort_days = {{ kind = "empirical", {given} }}\n'
    with pytest.raises(ScenarioError) as error:
        sim.load(written(tmp_path, file=file))
    assert told in str(error.value)


def test_a_file_of_data_is_not_named_from_outside_a_scenario_file() -> None:
    with pytest.raises(ScenarioError, match="that stands in a scenario file"):
        sim.load("baseline", {KEY: {"kind": "empirical", "file": "a.csv", "column": "days"}})


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ({"kind": "gamma", "p05": 5, "p95": 5.01}, "declare a uniform or a constant"),
        ({"kind": "weibull", "p05": 9, "p95": 5}, "p05 9 must be below p95 5"),
        ({"kind": "mixture", "parts": {}}, "at least 2"),
        ({"kind": "mixture", "parts": {"a": {"weight": 0, "of": {"kind": "constant",
          "value": 1}}}}, "should be more than 0"),
    ],
)  # fmt: skip
def test_parameters_that_make_no_sense_are_told(declared: dict[str, object], told: str) -> None:
    with pytest.raises(ScenarioError) as error:
        sim.load("baseline", {KEY: declared})
    assert told in str(error.value)


def test_editors_know_both_ways_to_give_data() -> None:
    empirical = schema()["$defs"]["Empirical"]
    assert {"file", "column", "values"} <= empirical["properties"].keys()
    assert empirical["oneOf"] == [{"required": ["values"]}, {"required": ["file", "column"]}]


@pytest.mark.slow
def test_a_world_of_all_new_kinds_is_run_and_verified() -> None:
    world = small().change({
        KEY: {"kind": "mixture", "parts": {
            "quick": {"weight": 3, "of": {"kind": "weibull", "p05": 1, "p95": 9}},
            "slow": {"weight": 1, "of": {"kind": "empirical", "values": [20, 30, 90]}},
        }},
        "removal.case_work_days": {"kind": "gamma", "p05": 2, "p95": 30},
    })  # fmt: skip
    assert sim.verify(world, 1).failures == ()
