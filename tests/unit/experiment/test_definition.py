"""Everything that can be wrong with an experiment file is told in words its writer understands."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

import sim
from sim.experiment.definition import (
    Experiment,
    find_experiment,
    make_out,
    read_experiment,
    shipped_experiments,
)
from sim.experiment.keep import KEPT, TABLES
from sim.results.outcomes import OUTCOMES
from sim.scenario.errors import ScenarioError
from sim.scenario.files import load, named, variants
from tests.helpers.experiments import read, write

TWICE = "[replications]\nnumber = 2\n"
KINDS = "base, points, grid, latin_hypercube, morris, sobol, one_at_a_time, ensemble, doubt"
CHOICES = "should be 'uncertainties', 'assumptions' or 'levers'"
ONE_OF_BOTH = "replications: give either a number, or until = [...] with the precision wanted"
DAY = "should be a date such as 2027-04-01, without quotes and without a time"


def until(rest: str, outcome: str = "limbo") -> str:
    return f'[replications]\nuntil = [{{ outcome = "{outcome}", {rest} }}]'


def design(text: str) -> str:
    return f"{TWICE}[design]\n{text}"


def grouped(groups: str) -> str:
    keys = '["removal.willing_share", "removal.case_work_days"]'
    return design(f'kind = "morris"\ntrajectories = 4\nfactors = {keys}\ngroups = {groups}')


def among(key: str, values: str) -> str:
    return hypercube(f'[{{ key = "{key}", among = {values} }}]')


def hypercube(factors: str) -> str:
    return design(f'kind = "latin_hypercube"\nsamples = 4\nfactors = {factors}')


def own(low: str, high: str, key: str = "removal.willing_share") -> str:
    return hypercube(f'[{{ key = "{key}", low = {low}, high = {high} }}]')


FILE = {
    f"sede = 3\n{TWICE}": "sede: unknown key; did you mean 'seed'?",
    "[replications]\nnumbre = 2\nnumber = 2": (
        "replications.numbre: unknown key; did you mean 'number'?"
    ),
    f'seed = "three"\n{TWICE}': 'seed: is "three": should be a whole number',
    f"seed = 1.5\n{TWICE}": "seed: is 1.5: should be a whole number",
    f"seed = -1\n{TWICE}": "seed: is -1: should be at least 0",
    f'tables = "queues"\n{TWICE}': 'tables: is "queues": should be a list',
    f'tables = ["term"]\n{TWICE}': (
        "tables: no table 'term'; when the rented prison is open is said by the outcomes "
        "rented_prison_opens_days and rented_prison_closes_days; there are: "
        f"{', '.join(['report', *TABLES])}"
    ),
    f'tables = ["spell"]\n{TWICE}': (
        "tables: no table 'spell'; did you mean 'spells'? there are: "
        + ", ".join(["report", *TABLES])
    ),
    f"summary = 3\n{TWICE}": "summary: is 3: should be text in quotes",
    "seed = 1": "replications: is missing",
    "replications = 3": "replications: is 3: should be a table",
    f"scenarios = []\n{TWICE}": "scenarios: is []: should have at least 1 entry",
    f'scenarios = ["small.toml", "small.toml"]\n{TWICE}': (
        "scenarios: small is there twice; each needs a name of its own"
    ),
    f'scenarios = ["nowhere.toml"]\n{TWICE}': "scenarios: nowhere.toml: no such file",
    f'scenarios = ["nowhere"]\n{TWICE}': (
        "scenarios: nowhere: no such file, no folder with a scenario.toml, and no shipped scenario "
        "of that name; there are: " + ", ".join(name for name in named() if "/" not in name)
    ),
    f'{TWICE}[changes]\n"removal.wiling_share" = 0.3': (
        "changes.removal.wiling_share: unknown key; did you mean 'willing_share'?"
    ),
    f'{TWICE}[changes]\n"rented_prison.places" = "many"': (
        'changes.rented_prison.places: is "many": should be a whole number'
    ),
}

REPLICATIONS = {
    f"{until('half_width = 1.0')}\nnumber = 3": ONE_OF_BOTH,
    "[replications]\nper_cell = 5": ONE_OF_BOTH,
    "[replications]\nnumber = 0": "replications.number: is 0: should be at least 1",
    "[replications]\nnumber = 2\nper_cell = 0": (
        "replications.per_cell: is 0: should be at least 1"
    ),
    "[replications]\nnumber = 2\nlevel = 95": "replications.level: is 95: should be less than 1",
    f"{until('half_width = 1.0')}\nat_least = 50\nat_most = 20": (
        "replications: at_least 50 is above at_most 20"
    ),
    f"{until('half_width = 1.0')}\nat_least = 1": (
        "replications.at_least: is 1: should be at least 2"
    ),
    until("half_width = 0.0"): "replications.until[1].half_width: is 0: should be more than 0",
    until("relative = true"): "replications.until[1].half_width: is missing",
    until("half_width = 1.0", outcome="limbi"): (
        "replications.until[1]: no outcome is called 'limbi'; did you mean 'limbo'? there are: "
        + ", ".join(outcome.name for outcome in OUTCOMES)
    ),
    until('half_width = 1.0, difference_from = "baseline"'): (
        "replications.until.difference_from: no scenario is called 'baseline'; "
        "there are: small, without"
    ),
}

DESIGNS = {
    design('kind = "latin"'): f'design.kind: is "latin": should be one of {KINDS}',
    design("samples = 3"): f"design.kind: is missing: should be one of {KINDS}",
    design('kind = "grid"\nvalues = {}'): "design.values: no keys: give at least one",
    design('kind = "grid"\nvalues = { "rented_prison.places" = [] }'): (
        "design.values: rented_prison.places has no values"
    ),
    design('kind = "grid"\nvalues = { "rented_prison.places" = 3 }'): (
        "design.values.rented_prison.places: is 3: should be a list"
    ),
    design('kind = "grid"\nvalues = { "rented_prison.plases" = [3] }'): (
        "design, point 0, scenario small: rented_prison.plases: "
        "unknown key; did you mean 'places'?",
        "design, point 0, scenario without: rented_prison.plases: "
        "unknown key; did you mean 'places'?",
    ),
    design('kind = "points"\npoints = []'): "design.points: is []: should have at least 1 entry",
    design('kind = "points"\npoints = [{ name = "a", change = {}, changes = {} }]'): (
        "design.points[1].change: unknown key; did you mean 'changes'?"
    ),
    design('kind = "sobol"\nsamples = 100\nfactors = "levers"'): (
        "design: 100 is no power of two: take 64 or 128"
    ),
    design('kind = "sobol"\nsamples = 1\nfactors = "levers"'): (
        "design.samples: is 1: should be at least 2"
    ),
    design('kind = "sobol"\nsamples = 8'): "design.factors: is missing",
    design('kind = "morris"\ntrajectories = 4\nlevels = 5\nfactors = "levers"'): (
        "design.levels: is 5: should be a multiple of 2"
    ),
    design('kind = "morris"\ntrajectories = 1\nfactors = "levers"'): (
        "design.trajectories: is 1: should be at least 2"
    ),
    grouped('{ a = ["removal.wiling_share"] }'): (
        "design.groups.a: no factor is called 'removal.wiling_share'; "
        "did you mean 'removal.willing_share'?"
    ),
    grouped('{ a = ["removal.*"], b = ["*_share"] }'): (
        "design.groups.b: removal.willing_share is in the group 'a' already"
    ),
    grouped('{ "removal.willing_share" = ["removal.case_work_days"] }'): (
        "design.groups.removal.willing_share: a factor outside the group has the same name"
    ),
    among("transfer.priority.rule", '["first_come"]'): (
        "design.factors[1]: among: give at least two values, each of them once"
    ),
    among("transfer.priority.rule", '["first_come", "first_come"]'): (
        "design.factors[1]: among: give at least two values, each of them once"
    ),
    among("transfer.priority.rule", "[1, 2]"): (
        "design.factors.transfer.priority.rule: holds nothing that could be one of 1, 2"
    ),
    among("transfer.priority.role", '["a", "b"]'): (
        "design.factors.transfer.priority.role: unknown key; did you mean 'rule'?"
    ),
    hypercube('"everything"'): f'design.factors: is "everything": {CHOICES}',
    hypercube("[]"): "design.factors: there is nothing to vary",
    hypercube("3"): "design.factors: is 3: should be a list",
    hypercube("[3]"): "design.factors[1]: is 3: should be a table",
    hypercube('["removal.wiling_share"]'): (
        "design.factors.removal.wiling_share: unknown key; did you mean 'willing_share'?"
    ),
    hypercube('["host.beds_given_up"]'): (
        "design.factors.host.beds_given_up: the evidence has no range for it: give low and high"
    ),
    hypercube('["origins.syria.cooperation"]'): (
        "design.factors.origins.syria.cooperation: several records speak for parts of it: "
        "choose one of origins.syria.cooperation.forced_feasibility[2008-01-01], "
        "origins.syria.cooperation.forced_feasibility[2012-01-01]"
    ),
    own("0.3", "0.1"): "design.factors[1]: low 0.3 must be below high 0.1",
    own("0.3", "2027-01-01"): "design.factors[1]: low and high: give two numbers, or two dates",
    own("nan", "0.1"): "design.factors[1].low: is nan: should be a finite number",
    own("2026-01-01T10:00:00", "2027-01-01", "rented_prison.opens"): (
        f"design.factors[1].low: is 2026-01-01T10:00:00: {DAY}"
    ),
    hypercube('[{ key = "removal.willing_share", lo = 0.1, low = 0.2, high = 0.4 }]'): (
        "design.factors[1].lo: unknown key; did you mean 'low'?"
    ),
    hypercube("[{ low = 0.1, high = 0.2 }]"): "design.factors[1].key: is missing",
    design(
        'kind = "one_at_a_time"\n'
        'factors = [{ key = "removal.willing_share", low = 0.5, high = 2 }]\n'
    ): (
        "design, removal.willing_share high, scenario small: removal.willing_share: "
        "is 2: should be at most 1",
        "design, removal.willing_share high, scenario without: removal.willing_share: "
        "is 2: should be at most 1",
    ),
    design('kind = "grid"\nvalues = { "sentencing.eu_eea.over_2_years_share" = ["lots"] }'): (
        'design, point 0, scenario small: sentencing.eu_eea.over_2_years_share: is "lots": '
        "should be a number",
        'design, point 0, scenario without: sentencing.eu_eea.over_2_years_share: is "lots": '
        "should be a number",
    ),
}


@pytest.mark.parametrize(
    "source", ["", "x" * 300, "a\0b", "a\0b.toml", "x" * 300 + ".toml", 5, None]
)
def test_what_names_no_experiment_is_refused(source):
    with pytest.raises(ScenarioError):
        read_experiment(source)
    with pytest.raises(ScenarioError):
        sim.run_experiment(source, progress=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [pair for group in (FILE, REPLICATIONS, DESIGNS) for pair in group.items()],
)
def test_a_wrong_file_is_told_what_is_wrong(
    complaints: Callable[[str], list[str]], text: str, expected: str | tuple[str, ...]
):
    lines = (expected,) if isinstance(expected, str) else expected
    assert complaints(text) == [f"tiny.toml: {line}" for line in lines]


def test_all_that_is_wrong_is_told_at_once(complaints: Callable[[str], list[str]]):
    told = complaints('seed = -1\nsede = 1\n[replications]\nnumber = 0\n[design]\nkind = "x"')
    assert len(told) == 4


def test_what_is_wrong_with_a_scenario_is_told_of_its_own_file(tmp_path: Path):
    file = write(tmp_path, TWICE)
    world = tmp_path / "without.toml"
    world.write_text(world.read_text(encoding="utf-8") + "in_us = 3\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_experiment(file)
    (problem,) = caught.value.problems
    assert str(problem) == f"{world}: rented_prison.in_us: unknown key; did you mean 'in_use'?"


def test_a_name_is_a_folder_name(tmp_path: Path):
    with pytest.raises(ScenarioError, match="should be small letters, digits and underscores"):
        read(tmp_path, TWICE, name="Tiny one")


def test_broken_toml_and_missing_files_are_told(tmp_path: Path):
    broken = tmp_path / "broken.toml"
    broken.write_text("name =", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"broken\.toml: not valid TOML"):
        read_experiment(broken)
    with pytest.raises(ScenarioError, match=r"nowhere\.toml: no such file"):
        read_experiment(tmp_path / "nowhere.toml")
    with pytest.raises(ScenarioError, match=r"nowhere: no such file, .* there are: .*smoke"):
        read_experiment("nowhere")


# ---------------------------------------------------------------- what a file means


@pytest.mark.slow
def test_every_shipped_experiment_can_be_read():
    assert len(shipped_experiments()) >= 4
    for file in shipped_experiments():
        chosen = read_experiment(file.stem, try_points=False)
        for point in range(0, len(chosen.plan), 40):  # all of them are tried before a run
            for scenario in chosen.scenarios:
                scenario.change(chosen.plan.changes(point, scenario))
        assert chosen.definition.name == file.stem
        assert chosen.definition.summary
        assert find_experiment(file.stem) == file


def test_all_means_every_shipped_scenario_of_the_baselines_case():
    chosen = read_experiment("all_scenarios")
    assert chosen.scenarios == tuple(map(load, variants()))
    assert {scenario.case for scenario in chosen.scenarios} == {"gjilan"}


def test_changes_hold_in_every_scenario(tmp_path: Path):
    chosen = read(tmp_path, f'{TWICE}[changes]\n"removal.willing_share" = 0.31')
    assert [world.removal.willing_share for world in chosen.scenarios] == [0.31, 0.31]


def with_line(tmp_path: Path, line: str) -> Experiment:
    grid = 'kind = "grid"\nvalues = { "rented_prison.places" = [150, 200] }\n'
    text = f"seed = 4\n{TWICE}per_cell = 2\n[design]\n{grid}"
    old, _, new = line.partition(" -> ")
    assert old in text
    return read(tmp_path, text.replace(old, new))


@pytest.mark.parametrize(
    "line", ["seed = 4 -> seed = 5", "per_cell = 2 -> per_cell = 1", "[150, 200] -> [150, 201]"]
)
def test_what_cells_depend_on_is_in_the_fingerprint(tmp_path: Path, line: str):
    before = with_line(tmp_path, "seed = 4 -> seed = 4").fingerprint()
    assert with_line(tmp_path, line).fingerprint() != before


def test_more_replications_and_other_words_are_the_same_experiment(tmp_path: Path):
    before = with_line(tmp_path, "seed = 4 -> seed = 4").fingerprint()
    assert with_line(tmp_path, "number = 2 -> number = 9").fingerprint() == before
    assert with_line(tmp_path, 'seed = 4 -> seed = 4\nsummary = "x"').fingerprint() == before


def test_another_world_is_another_experiment(tmp_path: Path):
    chosen = read(tmp_path, TWICE)
    worlds = (chosen.scenarios[0].change({"removal.willing_share": 0.3}), chosen.scenarios[1])
    other = Experiment(chosen.definition, worlds, chosen.plan)
    assert other.fingerprint() != chosen.fingerprint()


def test_the_definition_made_out_in_python_is_that_of_the_file(tmp_path: Path):
    file = write(tmp_path, TWICE)
    chosen = read_experiment(file)
    raw = tomllib.loads(file.read_text(encoding="utf-8"))
    assert chosen.definition.scenarios == tuple(raw["scenarios"])
    again = make_out(chosen.definition, tmp_path, str(file))
    assert again.fingerprint() == chosen.fingerprint()
    assert again.hashes == chosen.hashes


@pytest.mark.slow
def test_every_shipped_experiment_keeps_what_a_report_needs() -> None:
    for file in shipped_experiments():
        chosen = read_experiment(file, try_points=False)
        assert set(KEPT) <= {"outcomes", *chosen.definition.tables}, file.name
