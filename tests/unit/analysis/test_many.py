"""Many runs as one object: its tables, what it tells, its cache, and wrong tries."""

from __future__ import annotations

import json
import os
import time

import numpy as np
import pandas as pd
import pytest

import sim
from sim.analysis.many.cache import Cache
from sim.analysis.many.runs import Runs
from sim.errors import PrisonflowError
from tests.helpers.worlds import small

NUMBER = 2
PM4PY = [
    "case:concept:name",
    "concept:name",
    "time:timestamp",
    "lifecycle:transition",
    "org:resource",
    "case:scenario",
    "case:replication",
    "case:draw",
]


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    """A cache of one's own."""
    patch = pytest.MonkeyPatch()
    patch.setenv("PRISONFLOW_CACHE", str(tmp_path_factory.mktemp("cache")))
    yield
    patch.undo()


@pytest.fixture(scope="module")
def worlds():
    without = small().change({"rented_prison.in_use": False})
    return [small(), without.model_copy(update={"name": "without"})]


@pytest.fixture(scope="module")
def runs(worlds) -> Runs:
    return sim.runs(worlds[0], NUMBER, progress=False)


@pytest.fixture(scope="module")
def both(worlds) -> Runs:
    return sim.runs(worlds, NUMBER, progress=False, cache=False)


@pytest.fixture(scope="module")
def drawn(worlds) -> Runs:
    return sim.runs(worlds[0], NUMBER, assumptions="ensemble", progress=False, cache=False)


@pytest.fixture(scope="module")
def one():
    return sim.run(small(), replication=1)


# ---------------------------------------------------------------- tables


@pytest.mark.parametrize("name", ["spells", "people", "exits"])
def test_a_table_is_that_of_each_run_with_its_number(runs, one, name):
    table = getattr(runs, name)
    assert list(table.columns[:3]) == ["scenario", "replication", "draw"]
    assert table["draw"].isna().all()
    assert sorted(table["replication"].unique()) == [0, 1]
    mine = table[table["replication"] == 1].drop(columns=["scenario", "replication", "draw"])
    expected = getattr(one, name)
    assert len(mine) == len(expected)
    assert mine["person"].tolist() == expected["person"].tolist()
    parts = list(runs.blocks(name))
    assert [len(part) for part in parts] == table.groupby("replication").size().tolist()


def test_draws_say_which_they_are(drawn):
    assert drawn.spells["draw"].unique().tolist() == [0, 1]
    assert drawn.assumptions["draw"].tolist() == [0, 1]
    assert len(drawn.assumptions.columns) > 50
    again = drawn[1]
    assert len(again.spells) == (drawn.spells["draw"] == 1).sum()
    with pytest.raises(PrisonflowError, match="draws of assumptions"):
        drawn.means()


def test_one_run_is_simulated_again(runs, one):
    pd.testing.assert_frame_equal(runs[1].spells, one.spells)
    assert len(runs) == NUMBER == len(list(runs))
    with pytest.raises(IndexError, match="there are 0 to 1"):
        runs[NUMBER]


# ---------------------------------------------------------------- how long


@pytest.mark.parametrize("by", [None, "sex", ["origin", "year"]])
def test_durations_are_those_of_each_run(runs, by):
    columns = ["stage", *([by] if isinstance(by, str) else by or [])]
    each = pd.concat(run.durations(by) for run in runs)
    told = runs.durations(by).set_index(columns)
    expected = each.groupby(columns)
    assert len(told) == expected.ngroups
    spells = (expected["spells"].sum() / NUMBER).reindex(told.index)
    assert told["spells"].tolist() == spells.tolist()
    # One whose mean no run tells is missing; of two the mean is that of both.
    means = expected["mean_days"].mean().reindex(told.index)
    np.testing.assert_allclose(told["mean_days"], means.to_numpy(float), rtol=1e-9)


def test_survival_has_numbers_at_risk(runs):
    table = runs.survival("limbo", days=[0, 100, 548])
    assert table["share"].is_monotonic_decreasing
    assert table["share"].iloc[0] == 1
    expected = sim.survival_curves(list(runs), [0, 100, 548], stages=["limbo"])
    np.testing.assert_allclose(table["share"], expected["share"], rtol=1e-9)
    spells = runs.spells.query("stage == 'limbo'")
    time_ = small().time
    begun = (spells["start"] >= str(time_.observe_from)) & (
        spells["start"] < str(time_.observe_until)
    )
    days = spells.loc[begun, "days"]
    assert table["at_risk"].tolist() == [(days >= d).sum() / NUMBER for d in (0, 100, 548)]


def test_a_band_needs_five_runs(runs, drawn):
    assert runs.survival("limbo", days=100)[["low", "high"]].isna().all(axis=None)
    table = drawn.survival("limbo", days=100)
    assert (table["low"] <= table["share"]).all()
    assert (table["share"] <= table["high"]).all()


# ---------------------------------------------------------------- over time


def test_the_census_is_that_of_each_run(both):
    found = both.census(place="rented_prison", every="week")
    assert found["scenario"].unique().tolist() == [w.name for w in both.scenarios]
    run = sim.run(small(), replication=1)
    expected = run.census(by="place", every="week").query("role == 'rented_prison'")
    mine = found.query("scenario == 'baseline' and replication == 1")
    assert mine["people"].tolist() == expected["people"].tolist()
    assert mine["date"].tolist() == expected["date"].tolist()
    assert found.query("scenario == 'without'")["people"].max() == 0
    assert both.census()["stage"].nunique() == run.census()["stage"].nunique()


def test_bands_are_over_runs(both):
    people = both.census(stage="rented_prison")
    bands = both.bands(people, "people")
    assert (bands["runs"] == NUMBER).all()
    assert len(bands) == len(people) / NUMBER
    middle = people.groupby(["scenario", "date"], observed=True)["people"].mean()
    assert bands["middle"].tolist() == middle.tolist()
    with pytest.raises(ValueError, match="did you mean 'people'"):
        both.bands(people, "peple")


# ---------------------------------------------------------------- to other tools


def test_an_event_log_tells_cases_of_runs_apart(both, tmp_path):
    log = both.event_log("pm4py")
    assert list(log.columns) == PM4PY
    people = both.spells.query("track == 'stay'").groupby(
        ["scenario", "replication"], observed=True
    )["person"]
    assert log["case:concept:name"].nunique() == people.nunique().sum()
    starts = log.query("`lifecycle:transition` == 'start'")
    assert len(starts) == (both.spells["track"] == "stay").sum()
    file = both.event_log("pm4py", tmp_path / "log.parquet")
    assert len(pd.read_parquet(file)) == len(log)
    assert both.event_log("vidigi")["event_type"].nunique() == 4
    with pytest.raises(ValueError, match="did you mean 'pm4py'"):
        both.event_log("pm4p")


def test_a_folder_of_parquet_is_all_there_is(both, tmp_path):
    files = {file.name for file in both.to_parquet(tmp_path / "out")}
    assert {"spells.parquet", "people.parquet", "exits.parquet", "run.json"} <= files
    spells = pd.read_parquet(tmp_path / "out" / "spells.parquet")
    assert list(spells.columns) == list(both.spells.columns)
    assert len(spells) == len(both.spells)
    told = json.loads((tmp_path / "out" / "run.json").read_text())
    assert list(told["scenarios"]) == ["baseline", "without"]


# ---------------------------------------------------------------- wrong tries


def test_a_wrong_name_names_the_right_one(runs):
    with pytest.raises(AttributeError, match="did you mean 'spells'"):
        runs.spell  # noqa: B018
    with pytest.raises(AttributeError, match=r'runs\.table\("queues"\)'):
        runs.queues  # noqa: B018
    with pytest.raises(AttributeError, match=r"runs\[0\]\.transfers is there for one run"):
        runs.transfers()
    with pytest.raises(KeyError, match="did you mean 'occupancy'"):
        runs.table("ocupancy")
    with pytest.raises(ValueError, match="did you mean 'limbo'"):
        runs.survival("limboo")
    with pytest.raises(ValueError, match="did you mean 'origin'"):
        runs.durations(by=["origins", "year"])
    with pytest.raises(ValueError, match="days from 0 on"):
        runs.survival("limbo", days=-1)
    with pytest.raises(AttributeError, match=r"did you mean sim\.runs"):
        sim.run_s  # noqa: B018


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"number": 0}, "number is 0: it must be at least 1"),
        ({"number": 2.5}, "give a whole number"),
        ({"assumptions": "ensembles"}, 'choose "fixed" or "ensemble"'),
        ({"workers": 0}, "workers is 0"),
    ],
)
def test_a_wrong_option_is_refused(options, said):
    with pytest.raises(PrisonflowError, match=said):
        sim.runs(small(), **options)


def test_nothing_to_run_is_refused():
    with pytest.raises(PrisonflowError, match="there is no scenario"):
        sim.runs([])
    with pytest.raises(PrisonflowError, match="there are no runs"):
        Runs([])
    with pytest.raises(TypeError, match="a list of several"):
        sim.runs(3)


# ---------------------------------------------------------------- the cache


def test_what_was_simulated_is_found_again(runs, monkeypatch):
    def refused(*_arguments):
        raise AssertionError("simulated again")

    assert sim.cache.entries()["runs"].tolist() == [NUMBER]
    monkeypatch.setattr("sim.experiment.cells._replicate", refused)
    again = sim.runs(small(), NUMBER, progress=False)
    pd.testing.assert_frame_equal(again.spells, runs.spells)
    fewer = sim.runs(small(), 1, progress=False)
    assert len(fewer) == 1
    assert fewer.spells["replication"].unique().tolist() == [0]


def test_the_cache_is_seen_bounded_and_cleared(tmp_path, monkeypatch):
    mine = Cache()
    monkeypatch.setenv("PRISONFLOW_CACHE", str(tmp_path))
    (tmp_path / "of others").mkdir()
    keys = [letter * 24 for letter in "abc"]
    for age, key in enumerate(keys):
        (tmp_path / key).mkdir()
        (tmp_path / key / "data").write_bytes(b"x" * 2**20)
        used = time.time() - 10_000 * (3 - age)
        os.utime(tmp_path / key, (used, used))
    assert mine.size == 3 * 2**20
    assert str(tmp_path) in repr(mine)
    assert "3 entries" in repr(mine)
    monkeypatch.setenv("PRISONFLOW_CACHE_GIB", str(2 / 1024))
    mine._keep_to_limit()
    assert [(tmp_path / key).is_dir() for key in keys] == [False, True, True]
    assert mine.clear() == 2 * 2**20
    assert mine.size == 0
    assert (tmp_path / "of others").is_dir()
    monkeypatch.setenv("PRISONFLOW_CACHE_GIB", "much")
    with pytest.raises(PrisonflowError, match="give a number of GiB"):
        mine.limit_gib  # noqa: B018
