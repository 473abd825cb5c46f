"""Every design gives exactly the points it promises."""

from __future__ import annotations

import io
from datetime import date, datetime
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.experiment.definition import TRIED_POINTS
from sim.experiment.design import (
    MOST_POINTS,
    Base,
    Grid,
    LatinHypercube,
    Morris,
    NamedPoint,
    OneAtATime,
    Plan,
    Points,
    Sobol,
    lay_out,
)
from sim.experiment.entries import Among, OwnRange
from sim.experiment.factors import factors_of
from sim.scenario.errors import ScenarioError
from sim.scenario.files import load
from tests.helpers.experiments import read

WORLD = load("baseline")
KEYS = ("removal.willing_share", "removal.case_work_days", "arrivals.growth_per_year")
FEW = (*KEYS, "rented_prison.opens")


def values_of(plan: Plan, name: str) -> list[object]:
    return [values[name] for values in plan.values]


def test_the_base_is_one_point_without_changes():
    plan = lay_out(Base(), WORLD, 1)
    assert len(plan) == 1
    assert plan.changes(0, WORLD) == {}


def test_points_are_those_written_out():
    design = Points(
        kind="points",
        points=(
            NamedPoint(name="few", changes={"rented_prison.places": 100}),
            NamedPoint(name="late", changes={"rented_prison.opens": date(2029, 1, 1)}),
        ),
    )
    plan = lay_out(design, WORLD, 1)
    assert plan.names == ("few", "late")
    assert plan.changes(0, WORLD) == {"rented_prison.places": 100}
    assert plan.changes(1, WORLD) == {"rented_prison.opens": date(2029, 1, 1)}


@given(st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=4), min_size=1, max_size=4))
def test_a_grid_is_the_product_of_its_values(choices):
    keys = [f"key_{number}" for number in range(len(choices))]
    values = dict(zip(keys, map(tuple, choices), strict=True))
    plan = lay_out(Grid(kind="grid", values=values), WORLD, 1)
    assert [tuple(point.values()) for point in plan.values] == list(product(*choices))
    assert all(list(point) == keys for point in plan.values)


HALF = "sentencing.parole[2022-01-01].half_share"


def test_a_share_that_is_drawn_is_balanced_by_the_others():
    design = LatinHypercube(
        kind="latin_hypercube", samples=2, factors=(OwnRange(key=HALF, low=0.2, high=0.7),)
    )
    plan = lay_out(design, WORLD, 1)
    for point in range(2):
        rule = WORLD.change(plan.changes(point, WORLD)).sentencing.parole[-1]
        assert rule.half_share == plan.values[point][HALF]
        assert rule.two_thirds_share / rule.full_share == pytest.approx(0.3 / 0.45)


OVER_2_YEARS = "sentencing.third_country.over_2_years_share"
STATED = [
    {HALF: 0.2},
    {OVER_2_YEARS: 13.5},
    {OVER_2_YEARS: 0.9, "sentencing.third_country.up_to_3_months_share": 0.9},
    {"origins.iran.inflow_share": 0.5},
]


@pytest.mark.parametrize("changes", STATED, ids=str)
@pytest.mark.parametrize("kind", ["points", "grid"])
def test_a_share_that_is_written_out_is_never_rescaled(kind, changes):
    design = {
        "points": Points(kind="points", points=(NamedPoint(name="one", changes=changes),)),
        "grid": Grid(kind="grid", values={key: (value,) for key, value in changes.items()}),
    }[kind]
    plan = lay_out(design, WORLD, 1)
    assert plan.changes(0, WORLD) == changes
    assert plan.table()[list(changes)].iloc[0].to_dict() == changes
    with pytest.raises(ScenarioError, match=r"sums? to|at most 1"):
        WORLD.change(plan.changes(0, WORLD))


def test_shares_that_are_written_out_and_sum_to_one_are_run_as_they_are():
    changes = {
        HALF: 0.2,
        "sentencing.parole[2022-01-01].two_thirds_share": 0.3,
        "sentencing.parole[2022-01-01].full_share": 0.5,
    }
    plan = lay_out(
        Points(kind="points", points=(NamedPoint(name="one", changes=changes),)), WORLD, 1
    )
    rule = WORLD.change(plan.changes(0, WORLD)).sentencing.parole[-1]
    assert (rule.half_share, rule.two_thirds_share, rule.full_share) == (0.2, 0.3, 0.5)


STEPS = [{"from": date(2008, 1, 1), "until": date(2040, 1, 1), "value": 5}]


@pytest.mark.parametrize(
    ("values", "stored"),
    [
        ((5, 7), [5, 7]),
        ((5, 7.5), [5.0, 7.5]),
        ((True, False), [True, False]),
        ((5, STEPS), ["5", "[{ from = 2008-01-01, until = 2040-01-01, value = 5 }]"]),
        ((5, True), ["5", "true"]),
        ((5, "five"), ["5", '"five"']),
        ((date(2030, 1, 1), 5), ["2030-01-01", "5"]),
        ((date(2030, 1, 1), date(9999, 1, 1)), [pd.Timestamp("2030-01-01"), datetime(9999, 1, 1)]),
        (({"kind": "constant", "value": 0.1},), ['{ kind = "constant", value = 0.1 }']),
        ((10**30, 1), [str(10**30), "1"]),
    ],
    ids=str,
)
def test_whatever_a_design_varies_can_be_stored_and_read_back(values, stored):
    points = tuple(
        NamedPoint(name=f"point {n}", changes={"some.key": value}) for n, value in enumerate(values)
    )
    last = NamedPoint(name="another", changes={"other.key": 1})
    table = lay_out(Points(kind="points", points=(*points, last)), WORLD, 1).table()
    file = io.BytesIO()
    table.to_parquet(file)
    read = pd.read_parquet(io.BytesIO(file.getvalue()))["some.key"]
    assert read[:-1].tolist() == stored
    assert pd.isna(read.iloc[-1])


@pytest.mark.parametrize("key", ["name", "title", "summary", "case"])
def test_no_point_can_rename_a_scenario(key):
    with pytest.raises(ValidationError, match=f"{key} is a word for a scenario"):
        Grid(kind="grid", values={key: ("a", "b")})
    with pytest.raises(ValidationError, match=f"{key} is a word for a scenario"):
        NamedPoint(name="one", changes={key: "a"})


def test_two_points_of_one_name_are_refused():
    points = tuple(NamedPoint(name="twice", changes={"rented_prison.places": n}) for n in (1, 2))
    with pytest.raises(ValidationError, match="two points are called 'twice'"):
        Points(kind="points", points=points)


@pytest.mark.parametrize("samples", [1, 7, 32])
def test_a_latin_hypercube_has_one_point_in_each_stratum_of_every_factor(samples):
    plan = lay_out(LatinHypercube(kind="latin_hypercube", samples=samples, factors=KEYS), WORLD, 3)
    assert len(plan) == samples
    for factor in plan.factors:
        assert not isinstance(factor.low, date)
        positions = (np.array(values_of(plan, factor.name), float) - factor.low) / (
            factor.high - factor.low  # type: ignore[operator]
        )
        assert sorted(np.floor(positions * samples)) == list(range(samples))


def test_a_sample_depends_on_the_seed_alone():
    for design in (
        LatinHypercube(kind="latin_hypercube", samples=8, factors=FEW),
        Sobol(kind="sobol", samples=8, factors=FEW),
    ):
        once, again, other = (lay_out(design, WORLD, seed) for seed in (5, 5, 6))
        assert once.values == again.values
        assert once.values != other.values


@pytest.mark.parametrize("second_order", [False, True])
@pytest.mark.parametrize("samples", [2, 8, 64])
def test_a_sobol_design_is_the_sample_of_salib_on_the_ranges(samples, second_order):
    sobol = pytest.importorskip("SALib.sample.sobol")
    design = Sobol(kind="sobol", samples=samples, second_order=second_order, factors=KEYS)
    plan = lay_out(design, WORLD, 11)
    size = 2 * len(KEYS) + 2 if second_order else len(KEYS) + 2
    assert len(plan) == samples * size
    factors = factors_of(KEYS, WORLD)
    problem = {
        "num_vars": len(KEYS),
        "names": list(KEYS),
        "bounds": [[factor.low, factor.high] for factor in factors],
    }
    expected = sobol.sample(problem, samples, calc_second_order=second_order, seed=11)
    found = np.array([[point[key] for key in KEYS] for point in plan.values])
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("levels", [2, 4, 6])
def test_a_morris_design_moves_every_factor_once_in_each_trajectory(levels):
    design = Morris(kind="morris", trajectories=7, levels=levels, factors=KEYS)
    plan = lay_out(design, WORLD, 1)
    assert len(plan) == 7 * (len(KEYS) + 1)
    ranges = [(factor.low, factor.high) for factor in plan.factors]
    found = np.array(
        [[(point[key] - low) / (high - low) for key, (low, high) in zip(KEYS, ranges, strict=True)]
         for point in plan.values]
    )  # fmt: skip
    np.testing.assert_allclose(found * (levels - 1), np.round(found * (levels - 1)), atol=1e-9)
    steps = np.abs(np.diff(found.reshape(7, len(KEYS) + 1, -1), axis=1))
    size = levels / (2 * (levels - 1))
    np.testing.assert_allclose(np.sort(steps, axis=1)[:, -1], size)
    np.testing.assert_allclose(steps.sum(axis=(1, 2)), len(KEYS) * size)


@pytest.mark.parametrize(("kind", "points"), [("morris", 3 * 3), ("sobol", 4 * 4)])
def test_the_factors_of_a_group_move_together(kind, points):
    groups = {"two": (KEYS[0], "arrivals.*")}
    if kind == "morris":
        plan = lay_out(Morris(kind="morris", trajectories=3, factors=KEYS, groups=groups), WORLD, 1)
        pairs = [(n, n + 1) for n in range(points) if (n + 1) % 3]
    else:
        plan = lay_out(Sobol(kind="sobol", samples=4, factors=KEYS, groups=groups), WORLD, 1)
        pairs = [(n, n + m) for n in range(0, points, 4) for m in (1, 2)]
    assert len(plan) == points
    for before, after in pairs:
        changed = {key for key in KEYS if plan.values[before][key] != plan.values[after][key]}
        assert changed in ({KEYS[0], KEYS[2]}, {KEYS[1]})


def test_a_sample_may_have_a_seed_of_its_own():
    design = Morris(kind="morris", trajectories=4, factors=KEYS, seed=8)
    assert lay_out(design, WORLD, 1).values == lay_out(design, WORLD, 2).values
    same = Morris(kind="morris", trajectories=4, factors=KEYS)
    assert lay_out(same, WORLD, 8).values == lay_out(design, WORLD, 1).values


RULE = Among(key="transfer.priority.rule", among=("first_come", "longest_remaining_first"))


def test_a_factor_may_take_one_of_a_few_words():
    plan = lay_out(LatinHypercube(kind="latin_hypercube", samples=10, factors=(RULE,)), WORLD, 1)
    rules = [WORLD.change(plan.changes(n, WORLD)).transfer.priority[0].rule for n in range(10)]
    assert rules.count("first_come") == rules.count("longest_remaining_first") == 5
    alone = lay_out(OneAtATime(kind="one_at_a_time", factors=(RULE,)), WORLD, 1)
    assert alone.names == (
        "base",
        "transfer.priority.rule first_come",
        "transfer.priority.rule longest_remaining_first",
    )


def test_every_step_changes_a_word_whatever_the_levels():
    places = Among(key="rented_prison.places", among=(100, 200, 300))
    for levels in (2, 4, 8):
        design = Morris(kind="morris", trajectories=20, levels=levels, factors=(RULE, places))
        values = [tuple(point.values()) for point in lay_out(design, WORLD, 1).values]
        for first in range(0, 60, 3):
            assert len(set(values[first : first + 3])) == 3


def test_a_date_in_a_sample_lies_within_its_range():
    plan = lay_out(LatinHypercube(kind="latin_hypercube", samples=40, factors=FEW), WORLD, 1)
    (factor,) = (f for f in plan.factors if f.name == "rented_prison.opens")
    days = values_of(plan, factor.name)
    assert all(factor.low <= day <= factor.high for day in days)  # type: ignore[operator]
    assert len(set(days)) > 30


def test_one_at_a_time_is_the_base_and_both_ends_of_every_factor():
    plan = lay_out(OneAtATime(kind="one_at_a_time", factors=FEW), WORLD, 1)
    assert len(plan) == 1 + 2 * len(FEW)
    assert (plan.names[0], plan.values[0]) == ("base", {})
    for number, factor in enumerate(plan.factors):
        low, high = 1 + 2 * number, 2 + 2 * number
        assert plan.values[low] == {factor.name: factor.low}
        assert plan.values[high] == {factor.name: factor.high}
        assert plan.names[low] == f"{factor.name} low"
        assert plan.names[high] == f"{factor.name} high"


def test_a_factor_changes_each_scenario_from_what_that_one_states():
    plan = lay_out(OneAtATime(kind="one_at_a_time", factors=("removal.escort_teams",)), WORLD, 1)
    key = "removal.escort_teams[2008-01-01].value"
    more = WORLD.change({key: 20})
    assert plan.changes(1, WORLD) == {key: 4}
    assert plan.changes(1, more) == {key: 10}


def test_own_ranges_and_keys_can_be_mixed():
    mine = OwnRange(key="rented_prison.places", low=50, high=60)
    design = LatinHypercube(kind="latin_hypercube", samples=5, factors=(mine, KEYS[0]))
    plan = lay_out(design, WORLD, 1)
    places = [plan.changes(point, WORLD)["rented_prison.places"] for point in range(5)]
    assert all(isinstance(number, int) and 50 <= number <= 60 for number in places)
    assert [factor.name for factor in plan.factors] == ["rented_prison.places", KEYS[0]]


def test_the_table_of_points_has_a_column_for_all_that_varies():
    plan = lay_out(LatinHypercube(kind="latin_hypercube", samples=4, factors=FEW), WORLD, 1)
    table = plan.table()
    assert list(table.columns) == ["point", "name", *FEW]
    assert list(table["point"]) == [0, 1, 2, 3]
    assert table["rented_prison.opens"].dtype.kind == "M"
    days = [pd.Timestamp(day) for day in values_of(plan, "rented_prison.opens")]
    assert list(table["rented_prison.opens"]) == days
    base = lay_out(OneAtATime(kind="one_at_a_time", factors=FEW), WORLD, 1).table()
    assert base.loc[0, list(FEW)].isna().all()


def test_nothing_to_vary_is_told():
    with pytest.raises(ScenarioError, match="there is nothing to vary"):
        lay_out(OneAtATime(kind="one_at_a_time", factors=()), WORLD, 1)


def test_far_too_many_points_are_refused_before_they_are_made():
    many = tuple(range(1001))
    with pytest.raises(ScenarioError, match="1,002,001 combinations"):
        lay_out(Grid(kind="grid", values={"a": many, "b": many}), WORLD, 1)
    wide = dict.fromkeys("abcdefghijklmnopqrstuvwxyz", tuple(range(10)))
    with pytest.raises(ScenarioError, match="combinations"):  # beyond what 64 bits can count
        lay_out(Grid(kind="grid", values=wide), WORLD, 1)
    long = Morris(kind="morris", trajectories=MOST_POINTS, factors=KEYS)
    with pytest.raises(ScenarioError, match=r"4,000,000 points; at most"):
        lay_out(long, WORLD, 1)
    huge = Sobol(kind="sobol", samples=2**18, second_order=True, factors=KEYS)
    with pytest.raises(ScenarioError, match=rf"{2**18 * 8:,} points; at most {MOST_POINTS:,}"):
        lay_out(huge, WORLD, 1)


def _points(number: int, bad: int) -> str:
    points = (
        f'{{ name = "p{n}", changes = {{ "removal.willing_share" = {3 if n == bad else 0.5} }} }}'
        for n in range(number)
    )
    return f'scenarios = ["small.toml"]\n[replications]\nnumber = 1\n[design]\nkind = "points"\n\
points = [{", ".join(points)}]'


def test_points_are_tried_on_the_scenarios_before_anything_runs(tmp_path: Path):
    with pytest.raises(ScenarioError) as caught:
        read(tmp_path, _points(4, bad=2))
    (problem,) = caught.value.problems
    assert problem.file == str(tmp_path / "tiny.toml")
    assert problem.key == "design, p2, scenario small: removal.willing_share"
    assert problem.message == "is 3: should be at most 1"


def test_of_a_large_design_only_so_many_points_are_tried(tmp_path: Path):
    with pytest.raises(ScenarioError, match=f"p{TRIED_POINTS - 1}, scenario small"):
        read(tmp_path, _points(TRIED_POINTS + 1, bad=TRIED_POINTS - 1))
    assert len(read(tmp_path, _points(TRIED_POINTS + 1, bad=TRIED_POINTS)).plan) == 201


def test_every_point_of_a_design_that_needs_all_is_tried(tmp_path: Path):
    text = """scenarios = ["small.toml"]
[replications]
number = 1
[design]
kind = "morris"
trajectories = 110
factors = [{ key = "removal.willing_share", low = 0.5, high = 1.2 }]
"""
    with pytest.raises(ScenarioError) as caught:
        read(tmp_path, text)
    points = {int(p.key.split()[2].rstrip(",")) for p in caught.value.problems}
    assert max(points) >= TRIED_POINTS
    assert {p.message for p in caught.value.problems} == {"is 1.2: should be at most 1"}
