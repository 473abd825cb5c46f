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
