"""An experiment defined in Python is the one its file would define, and shows itself."""

from xml.etree import ElementTree as etree

import pytest

import sim
from sim.experiment.store import Store
from tests.helpers.experiments import read, write

GRID = {"kind": "grid", "values": {"rented_prison.places": [150, 300]}}


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    """Two scenarios with few people."""
    folder = tmp_path_factory.mktemp("worlds")
    write(folder, "[replications]\nnumber = 1\n")
    return [sim.load(folder / f"{name}.toml") for name in ("small", "without")]


@pytest.fixture(scope="module")
def results(worlds, tmp_path_factory):
    """A grid that has been run."""
    grid = sim.define("tiny", worlds, 2, design=GRID, title="A tiny <grid>")
    return sim.run_experiment(grid, tmp_path_factory.mktemp("results") / "tiny", progress=False)


def test_it_is_the_experiment_of_a_file(tmp_path, worlds):
    text = "[replications]\nnumber = 2\n[design]\nkind = 'grid'\n"
    file = read(tmp_path, text + "values = { 'rented_prison.places' = [150, 300] }\n")
    assert sim.define("tiny", worlds, 2, design=GRID).fingerprint() == file.fingerprint()


def test_names_scenarios_and_changes_go_together(worlds):
    both = sim.define("both", ["baseline", worlds[0]], 1, changes={"rented_prison.places": 200})
    assert [world.rented_prison.places for world in both.scenarios] == [200, 200]
    rule = {"until": [{"outcome": "limbo", "half_width": 2}], "at_most": 40}
    assert sim.define("rule", ["baseline"], rule).definition.replications.at_most == 40


def test_everything_wrong_is_told():
    with pytest.raises(sim.ScenarioError) as caught:
        sim.define("Wrong Name", ["baseline"], 1, design={"kind": "gird"})
    problems = [str(problem) for problem in caught.value.problems]
    assert len(problems) == 2
    assert all(problem.startswith("experiment Wrong Name: ") for problem in problems)


def test_experiment_definition_and_results_show_themselves(worlds, results):
    grid = sim.define("tiny", worlds, 2, design=GRID, title="A tiny <grid>")
    for one in (grid, grid.definition, results):
        assert "\n" not in repr(one)
        etree.fromstring(one._repr_html_())
        assert "A tiny &lt;grid&gt;" in one._repr_html_()
    assert repr(grid) == "<Experiment tiny: 2 scenarios x 2 points x 2 replications>"
    assert worlds[0].hash in grid._repr_html_()


def test_results_tell_the_mean_and_the_range_over_points(results):
    table = results.outcomes.query("outcome == 'limbo' and scenario == 'small'")
    means = table.groupby("point")["value"].mean().astype(float)
    told = f"{means.mean():,.1f} ({means.min():,.1f} to {means.max():,.1f})"
    assert told in results._repr_html_()
    assert "Occupancy of Danish prisons" in results._repr_html_()


def test_results_without_anything_yet_show_themselves(worlds, tmp_path):
    grid = sim.define("tiny", worlds, 2, design=GRID)
    Store(tmp_path).begin(grid)
    assert "replications done: 0" in sim.open_experiment(tmp_path)._repr_html_()


# ---------------------------------------------------------------- one grammar of changes

FROM_A_DAY = "removal.case_workers@2030-01-01"


def test_a_change_from_a_day_on_is_written_alike_everywhere():
    baseline = sim.load("baseline")
    wanted = baseline.change({"removal.case_workers": 60}, on="2030-01-01")
    assert wanted.hash != baseline.hash
    for design in (
        {"kind": "grid", "values": {FROM_A_DAY: [60]}},
        {"kind": "points", "points": [{"name": "more", "changes": {FROM_A_DAY: 60}}]},
    ):
        (changes,) = sim.define("x", ["baseline"], 1, design=design).plan.values
        assert baseline.change(changes).hash == wanted.hash
    (world,) = sim.define("x", ["baseline"], 1, changes={FROM_A_DAY: 60}).scenarios
    assert world.hash == wanted.hash


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("rented_prison.places@2030-01-01", "holds no dated steps"),
        ("removal.case_workers@2030-1-1", "is no day: write it as removal.case_workers@2030-01-01"),
    ],
)
def test_a_day_that_cannot_be_is_told_with_the_point(key, words):
    with pytest.raises(sim.ScenarioError, match=words) as told:
        sim.define("x", ["baseline"], 1, design={"kind": "grid", "values": {key: [40]}})
    assert "point 0" in str(told.value)


def test_a_factor_from_a_day_on_is_told_where_such_changes_go():
    own = {"key": FROM_A_DAY, "low": 40, "high": 60}
    design = {"kind": "latin_hypercube", "samples": 3, "factors": [own]}
    with pytest.raises(sim.ScenarioError, match="from a day on, values change in a grid"):
        sim.define("x", ["baseline"], 1, design=design)
