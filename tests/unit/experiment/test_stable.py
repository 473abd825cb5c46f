"""Points at which a queue has no end are marked, and can be left out of everything."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.experiment.call import run_experiment as call
from sim.experiment.read import Results
from sim.experiment.store import StoreError
from tests.helpers.command import prisonflow
from tests.helpers.experiments import ONE_YEAR, write

SAMPLE = """
[replications]
number = 1
per_cell = 1
[design]
kind = "latin_hypercube"
samples = 12
factors = [
    { key = "removal.case_work_days", low = 0.1, high = 100.0, range_of = "factor" },
    { key = "removal.willing_share", low = 0.3, high = 0.5 },
]
"""
MORRIS = SAMPLE.replace("latin_hypercube", "morris").replace("samples = 12", "trajectories = 2")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("stable")
    return call(write(base / "files", SAMPLE, world=ONE_YEAR), base / "out", progress=False).folder


@pytest.mark.slow
def test_every_point_is_marked_by_its_load(folder: Path) -> None:
    found = sim.open_experiment(folder)
    design, points = found.design.set_index("point"), found.points
    assert list(points.columns) == ["scenario", "point", "name", "stable", "overloaded"]
    assert len(points) == 2 * len(design)
    shares = found.loads.query("hands == 'removal.case_workers'")
    # The load is proportional to the work of a case; who is willing hardly changes who needs one.
    times = design["removal.case_work_days"][shares["point"]].to_numpy()
    each = shares["share"].to_numpy() / times
    assert each == pytest.approx(each[0], rel=0.02)
    share = dict(zip(shares["point"], shares["share"], strict=True))
    for row in points.itertuples():
        over = share[row.point] >= 1
        assert row.stable != over
        assert row.overloaded == ("removal.case_workers" if over else "")
    assert 2 < len(found.unstable) < 10


def test_unstable_points_can_be_left_out_of_tables_designs_and_what_is_made_of_them(
    folder: Path,
) -> None:
    whole, rest = sim.open_experiment(folder), sim.open_experiment(folder, stable_only=True)
    stable = sorted(set(whole.design["point"]) - whole.unstable)
    assert rest.design["point"].tolist() == stable
    assert rest.points["stable"].all()
    names = set(whole.manifest["scenarios"])
    reference = "without"
    for table in (rest.outcomes, rest.table("loads"), rest.differences(reference)):
        assert sorted(set(table["point"])) == stable
    assert len(rest.files("outcomes")) == len(names) * len(stable)
    with pytest.raises(KeyError, match="nothing for scenario"):
        rest.table("outcomes", scenario=reference, point=min(whole.unstable))
    for results, points in ((whole, 12), (rest, len(stable))):
        table = sim.sensitivity(results, ["limbo"], reference).ranking()
        assert table["influence"].notna().all()
        assert len(results.design) == points
    of_whole, of_rest = (sim.sensitivity(one, ["limbo"]).ranking() for one in (whole, rest))
    assert not of_whole.equals(of_rest)


@pytest.mark.slow
def test_the_commands_say_so(folder: Path, tmp_path: Path) -> None:
    number = len(Results(folder).unstable)
    listing = prisonflow("experiment", "export", folder)
    assert listing.returncode == 0
    assert f"at {number} points a queue has no end" in listing.stdout
    ask = ("sensitivity", folder, "--outcome", "limbo", "--out")
    everything = prisonflow(*ask, tmp_path / "all").stdout
    assert f"At {number} points a queue has no end" in everything
    assert "see --stable-only" in everything
    rest = prisonflow(*ask, tmp_path / "rest", "--stable-only")
    assert rest.returncode == 0, rest.stderr
    assert f"{12 - number} points" in rest.stdout
    assert "left out" in rest.stdout


def test_a_scenario_says_where_its_queues_have_no_end() -> None:
    for command in ("check", "describe"):
        out = prisonflow(command, "baseline").stdout
        assert "no end from 1.17 times removal.case_work_days on" in out
        assert "NO END" not in out
        out = prisonflow(command, "baseline", "--set", "removal.case_workers=20").stdout
        assert "129 % of their time is asked for" in out
        assert "NO END" in out


@pytest.mark.slow
def test_points_that_belong_together_cannot_be_left_out(tmp_path: Path) -> None:
    found = call(
        write(tmp_path / "files", MORRIS, world=ONE_YEAR), tmp_path / "out", progress=False
    )
    assert found.unstable
    with pytest.raises(StoreError, match="in this design points belong together"):
        sim.open_experiment(found.folder, stable_only=True)
