"""Draws of what nobody knows: how they are laid out, and what they leave as a scenario says."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from sim.experiment.cells import Cell
from sim.experiment.definition import Experiment
from sim.experiment.design import CONTESTED, Doubt, Plan, lay_out
from sim.experiment.ensemble import Ensemble, ParameterSet, as_toml
from sim.experiment.factors import changed_from
from sim.experiment.replicate import doubt_about, experiment_of
from sim.experiment.schedule import Schedule
from sim.scenario.errors import ScenarioError
from sim.scenario.files import load, shipped
from sim.scenario.schema import Scenario
from tests.helpers.experiments import read

WORLD = load("baseline")
WILLING, WORK = "removal.willing_share", "removal.case_work_days"
BANDS = ("up_to_3_months", "from_3_to_12_months", "from_1_to_2_years", "over_2_years")
SHARES = [f"sentencing.third_country.{band}_share" for band in BANDS]


def doubt(draws: int, ensemble: Path | None = None, **options: object) -> Doubt:
    named = None if ensemble is None else str(ensemble)
    return Doubt.model_validate(
        {"kind": "doubt", "draws": draws, "ensemble": named, **options}
    )  # fmt: skip


def worlds(plan: Plan, scenario: Scenario) -> list[Scenario]:
    """Return the worlds of all draws of a scenario."""
    return [scenario.change(plan.changes(n, scenario)) for n in range(1, len(plan))]


@pytest.fixture(scope="module")
def two_sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ensemble of two sets, of which the second comes thrice as often."""
    sets = tuple(ParameterSet(weight=w, values=(v,)) for w, v in ((1.0, 0.4), (3.0, 0.6)))
    file = tmp_path_factory.mktemp("ensemble") / "two.toml"
    file.write_text(as_toml(Ensemble(title="Two", factors=(WILLING,), sets=sets)), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def plan(two_sets: Path) -> Plan:
    """Twelve draws about the baseline."""
    return lay_out(doubt(12, two_sets), WORLD, 1)


# ---------------------------------------------------------------- which draws there are


def test_more_draws_leave_the_first_as_they_are(plan: Plan, two_sets: Path) -> None:
    few = lay_out(doubt(5, two_sets), WORLD, 1)
    assert few.values == plan.values[:6]
    assert few.names == plan.names[:6] == ("own values", *(f"draw {n}" for n in range(5)))
    assert lay_out(doubt(5, two_sets), WORLD, 2).values != few.values
    assert lay_out(doubt(5, two_sets, seed=1), WORLD, 2).values == few.values


def test_the_first_point_is_the_scenario_as_it_is(plan: Plan) -> None:
    assert plan.changes(0, WORLD) == {}
    assert (plan.draws, len(plan)) == (12, 13)
    assert [plan.is_draw(point) for point in range(3)] == [False, True, True]


def test_a_draw_has_luck_of_its_own_number_and_comes_before_the_own_values(plan: Plan) -> None:
    assert [plan.first(point) for point in range(4)] == [0, 0, 1, 2]
    world = load("norgerhaven")  # without an ensemble, that takes long to read
    experiment = experiment_of([world], 3, per_cell=2, draws=2, seed=1)
    cells = Schedule(experiment, {}, lambda _point, _number: True).take(99)
    name = world.name
    assert cells == [
        Cell(1, 0, name, 1), Cell(2, 1, name, 1), Cell(0, 0, name, 2), Cell(0, 2, name, 1),
    ]  # fmt: skip


def test_every_draw_varies_all_that_nobody_knows_within_its_range(plan: Plan) -> None:
    values = plan.values[1:]
    for factor in plan.factors:
        mine = [value[factor.name] for value in values]
        assert all(factor.low <= value <= factor.high for value in mine), factor.name
        assert len(set(mine)) > 1, factor.name
    assert {factor.record.role for factor in plan.factors if factor.record} == {"uncertainty"}


def test_sets_are_drawn_by_weight(plan: Plan) -> None:
    drawn = [value[WILLING] for value in plan.values[1:]]
    assert (drawn.count(0.4), drawn.count(0.6)) == (3, 9)


def test_draws_of_one_set_have_other_values_besides(plan: Plan) -> None:
    """The ensemble says nothing of what varies besides, so that each draw has its own."""
    mine = [value[WORK] for value in plan.values[1:] if value[WILLING] == 0.6]
    assert len(set(mine)) == len(mine) == 9


def test_what_an_ensemble_calls_settled_is_never_drawn(tmp_path: Path, plan: Plan) -> None:
    sets = (ParameterSet(weight=1.0, values=(0.2,)),)
    found = Ensemble(title="One", factors=(WILLING,), settled=(WORK,), sets=sets)
    (tmp_path / "one.toml").write_text(as_toml(found), encoding="utf-8")
    settled = lay_out(doubt(3, tmp_path / "one.toml"), WORLD, 1)
    names = {factor.name for factor in plan.factors}
    assert WORK in names
    assert {factor.name for factor in settled.factors} == names - {WORK}


def test_a_factor_more_or_less_leaves_the_values_of_the_others(tmp_path: Path, plan: Plan) -> None:
    sets = (ParameterSet(weight=1.0, values=(0.2,)),)
    found = Ensemble(title="One", factors=(WILLING,), settled=(WORK,), sets=sets)
    (tmp_path / "one.toml").write_text(as_toml(found), encoding="utf-8")
    fewer = lay_out(doubt(3, tmp_path / "one.toml"), WORLD, 1)
    for mine, theirs in zip(fewer.values[1:], plan.values[1:], strict=False):
        assert {k: v for k, v in mine.items() if k != WILLING} == {
            k: v for k, v in theirs.items() if k not in (WILLING, WORK)
        }


def test_values_spread_evenly_over_the_range() -> None:
    many = lay_out(doubt(200), load("norgerhaven"), 1)
    numbers = [f for f in many.factors if isinstance(f.low, float)]
    drawn = np.array(
        [[(v[f.name] - f.low) / (f.high - f.low) for f in numbers[:4]] for v in many.values[1:]]
    )
    counts = np.apply_along_axis(lambda column: np.histogram(column, 4, (0, 1))[0], 0, drawn)
    assert abs(counts - 50).max() < 4 * np.sqrt(200 * 0.25 * 0.75)


# ---------------------------------------------------------------- what a scenario says itself


def test_a_draw_is_the_same_in_every_scenario(plan: Plan) -> None:
    other = load("no_agreement")
    for point in (1, 7, 12):
        assert plan.changes(point, other) == plan.changes(point, WORLD)


def test_what_a_scenario_changes_stays_and_the_rest_is_drawn(plan: Plan) -> None:
    mine = WORLD.change({WILLING: 0.5})
    for point in (1, 12):
        theirs = plan.changes(point, WORLD)
        assert plan.changes(point, mine) == {k: v for k, v in theirs.items() if k != WILLING}
        assert WILLING in theirs
    assert {world.removal.willing_share for world in worlds(plan, mine)} == {0.5}


def test_shares_of_one_whole_stay_where_one_is_changed(plan: Plan) -> None:
    own = dict(zip(SHARES, (0.25, 0.25, 0.25, 0.25), strict=True))
    mine = WORLD.change(own)
    for point in (1, 5, 12):
        assert not own.keys() & plan.changes(point, mine).keys()
    drawn = [
        [getattr(world.sentencing.third_country, f"{band}_share") for band in BANDS]
        for world in worlds(plan, WORLD)
    ]
    assert np.sum(drawn, axis=1) == pytest.approx(1)
    assert len({tuple(shares) for shares in drawn}) == len(drawn)


@pytest.mark.parametrize(
    ("key", "value", "kept"),
    [
        (
            "sentencing.bands.over_2_years_days.low",
            900,
            r"sentencing\.bands\.over_2_years_days\.(kind|low|mean|high)",
        ),
        ("sentencing.special.life_share", 0.999, r"sentencing\.special\.\w+_share"),
    ],
)
def test_what_hangs_together_is_kept_whole(plan: Plan, key: str, value: float, kept: str) -> None:
    """One of them as it was said, and another drawn, may make a world that cannot be."""
    mine = WORLD.change({key: value})
    own = changed_from(WORLD, mine)
    assert key in own
    assert all(re.fullmatch(kept, one) for one in own)
    assert not own & plan.changes(1, mine).keys()
    assert worlds(plan, mine)


def test_a_dated_step_is_kept_and_those_beside_it_are_drawn() -> None:
    mine = load("cooperation_breakthrough")
    plan = lay_out(doubt(2), mine, 1)
    own = changed_from(WORLD, mine)
    drawn = plan.changes(1, mine).keys()
    assert any(".cooperation[" in key for key in own)
    assert any(".cooperation[" in key for key in drawn)
    assert not own & drawn


def test_what_is_contested_is_never_drawn(plan: Plan) -> None:
    assert not [factor.name for factor in plan.factors if factor.name.startswith(CONTESTED)]
    every = lay_out(doubt(1, contested=()), WORLD, 1)
    assert [factor.name for factor in every.factors if factor.name.startswith(CONTESTED)]
    assert all(w.rented_prison.effects == WORLD.rented_prison.effects for w in worlds(plan, WORLD))


@pytest.mark.slow
def test_every_shipped_scenario_keeps_what_it_changes_in_every_draw(plan: Plan) -> None:
    of_case = {WORLD.case: (WORLD, plan)}
    for scenario in map(load, shipped()):
        if scenario.case not in of_case:
            of_case[scenario.case] = (scenario, lay_out(doubt(3), scenario, 1))
        base, mine = of_case[scenario.case]
        own, before = changed_from(base, scenario), dict(scenario.leaves())
        for world in worlds(mine, scenario)[:3]:
            after = dict(world.leaves())
            assert {key: after[key] for key in own} == {key: before[key] for key in own}
            assert world.hash != scenario.hash


def test_a_case_without_an_ensemble_draws_from_its_ranges() -> None:
    world = load("norgerhaven")
    assert doubt_about(world, 8) == {"kind": "doubt", "draws": 8}
    assert doubt_about(WORLD, 8)["ensemble"].endswith("gjilan/ensemble.toml")
    plan = lay_out(doubt(12), world, 1)
    names = {factor.name for factor in plan.factors}
    assert {"transfer.own_wish_share", "transfer.unsuitable_shares"} <= names
    hashes = {drawn.hash for drawn in worlds(plan, world)}
    assert len(hashes) == 12


def test_a_case_of_which_nothing_is_known_draws_nothing_but_chance() -> None:
    mine = WORLD.change({"case": "elsewhere", WILLING: 0.5})
    assert doubt_about(mine, 2) == {"kind": "doubt", "draws": 2}
    plan = lay_out(doubt(2), mine, 1)
    assert plan.factors == ()
    assert {world.hash for world in worlds(plan, mine)} == {mine.hash}


def test_an_origin_of_ones_own_stays_as_it_says(plan: Plan) -> None:
    somalia = dict(WORLD.origins["somalia"].model_dump(by_alias=True))
    shares = {f"origins.{n}.inflow_share": o.inflow_share / 2 for n, o in WORLD.origins.items()
              if n != "eu_eea"}  # fmt: skip
    own = {"origins.ghana": somalia | {"title": "Ghana", "inflow_share": 0.5}}
    mine = WORLD.change(shares | own)
    for world in worlds(plan, mine)[:3]:
        assert world.origins["ghana"] == mine.origins["ghana"]
        assert world.origins["somalia"].inflow_share == mine.origins["somalia"].inflow_share


# ---------------------------------------------------------------- the file of an experiment

HEAD = "[replications]\nnumber = 2\n[design]\nkind = 'doubt'\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "design.draws: is missing"),
        ("draws = 0", "design.draws: is 0"),
        ("draws = 2.5", "design.draws: is 2.5"),
        ("draws = 2\nsamples = 3", "design.samples: unknown key"),
        ("draws = 2\ncontested = 'x'", 'design.contested: is "x": should be a list'),
        ("draws = 2\nensemble = 'nowhere'", "design.ensemble: nowhere: no such file, and no"),
        ("draws = 2\nensemble = 7", "design.ensemble: is 7"),
        ("draws = 2\nseed = -1", "design.seed: is -1"),
    ],
)
def test_a_wrong_file_is_told_what_is_wrong(complaints, text: str, expected: str) -> None:
    (told,) = complaints(HEAD + text)
    assert told.startswith(f"tiny.toml: {expected}")


def test_two_cases_are_refused(complaints) -> None:
    scenarios = 'scenarios = ["baseline", "norgerhaven"]\n'
    told = complaints(scenarios + HEAD + "draws = 2")
    assert told == [
        "tiny.toml: design.kind: draws are of what nobody knows about one case, but the scenarios "
        "are about gjilan, norgerhaven: write an experiment for each"
    ]


def test_an_ensemble_of_another_case_is_refused() -> None:
    with pytest.raises(ScenarioError, match="origins") as caught:
        lay_out(doubt(2, Path("configs/cases/gjilan/ensemble.toml")), load("norgerhaven"), 1)
    assert all(problem.key for problem in caught.value.problems)


@pytest.fixture
def experiment(tmp_path: Path) -> Experiment:
    """Three draws of two scenarios."""
    return read(tmp_path, HEAD + "draws = 3\n")


def test_draws_that_go_on_are_told_from_others(
    experiment: Experiment, tmp_path: Path, two_sets: Path
) -> None:
    same = experiment.fingerprint()
    assert read(tmp_path, HEAD + "draws = 9\n").fingerprint() == same
    text = two_sets.read_text(encoding="utf-8")
    mine = tmp_path / "mine.toml"
    mine.write_text(text, encoding="utf-8")
    drawn = HEAD + "draws = 3\nensemble = 'mine.toml'\n"
    before = read(tmp_path, drawn)
    told = before.fingerprint()
    mine.write_text(re.sub(r"weight = 3\.0", "weight = 4.0", text), encoding="utf-8")
    after = read(tmp_path, drawn)
    assert after.plan.values[1] == before.plan.values[1]
    assert after.fingerprint() != told


def test_it_says_how_many_draws_it_holds(experiment: Experiment) -> None:
    assert repr(experiment).endswith("2 scenarios x (2 replications + 3 draws)>")
