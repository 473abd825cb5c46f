"""PRIM finds a box that is known, and conditions are read as they are meant."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from sim.analysis.sensitivity.condition import BadCondition, parse
from sim.analysis.sensitivity.discovery import Discovery, discover
from sim.analysis.sensitivity.layout import Layout, UnsuitableDesign
from sim.analysis.sensitivity.question import Question
from sim.statistics.prim import Box, Restriction, measured, pasted, pruned, trajectory
from tests.helpers.designs import KEYS, linear, results, unit_design

X, Y, Z = KEYS[:3]


@pytest.fixture(scope="module")
def known() -> Discovery:
    """A box in two of four factors: x at least 0.6 and y at most 0.5, a fifth of the cube."""
    design, layout = unit_design("latin_hypercube", 4, samples=1000)
    inside = {"a": lambda x: 1.0 * ((x[:, 0] >= 0.6) & (x[:, 1] <= 0.5))}
    return discover(Question(results(design, inside), design, layout), "limbo > 0.5", "a")


def test_a_known_box_is_found(known: Discovery) -> None:
    assert (known.points, known.unsure) == (1000, 0)
    assert known.cases == pytest.approx(200, abs=15)
    (box,) = known.boxes
    rules = {rule.factor: rule for rule in box.rules}
    assert set(rules) == {X, Y}
    assert rules[X].low == pytest.approx(0.6, abs=0.02)
    assert rules[Y].high == pytest.approx(0.5, abs=0.02)
    assert rules[X].high is None
    assert rules[Y].low is None
    assert box.coverage > 0.95
    assert box.density > 0.97
    assert max(rule.quasi_p for rule in box.rules) < 1e-20


def test_the_trade_off_runs_from_everything_to_a_pure_box(known: Discovery) -> None:
    table = known.trade_off
    first, last = table.iloc[0], table.iloc[-1]
    assert (first["coverage"], first["restrictions"]) == (1, 0)
    assert first["density"] == known.cases / known.points
    assert last["density"] > 0.97
    assert (np.diff(table["points"]) < 0).all()
    assert (np.diff(table["coverage"]) <= 0).all()
    assert table["chosen"].sum() == 1


def test_two_boxes_are_found_one_after_the_other() -> None:
    design, layout = unit_design("latin_hypercube", 3, samples=1500)
    two = {"a": lambda x: 1.0 * ((x[:, 0] > 0.75) | ((x[:, 1] < 0.3) & (x[:, 2] < 0.4)))}
    found = discover(Question(results(design, two), design, layout), "limbo >= 1", "a")
    assert {rule.factor for rule in found.boxes[0].rules} == {X}
    assert {rule.factor for rule in found.boxes[1].rules} == {Y, Z}
    assert sum(box.coverage for box in found.boxes) == pytest.approx(1, abs=0.08)


def test_a_factor_that_takes_words_loses_words() -> None:
    rng = np.random.default_rng(1)
    words = rng.choice(["a", "b", "c"], 400)
    design = pd.DataFrame(
        {"point": range(400), "name": "", "rule": words, "share": rng.random(400)}
    )
    values = ((design["rule"] != "b") & (design["share"] < 0.5)).astype(float)
    table = pd.DataFrame({"scenario": "s", "point": range(400), "replication": 0,
                          "outcome": "limbo", "value": values})  # fmt: skip
    (box,) = discover(Question(table, design, Layout("latin_hypercube")), "limbo > 0", "s").boxes
    rules = {rule.factor: rule for rule in box.rules}
    assert rules["rule"].among == ("a", "c")
    assert rules["share"].high == pytest.approx(0.5, abs=0.02)
    assert box.density > 0.95


def test_dates_come_back_as_dates() -> None:
    days = pd.date_range("2027-01-01", periods=200)
    design = pd.DataFrame({"point": range(200), "name": "", "opens": days})
    table = pd.DataFrame({"scenario": "s", "point": range(200), "replication": 0,
                          "outcome": "limbo", "value": np.arange(200.0)})  # fmt: skip
    (box,) = discover(Question(table, design, Layout("latin_hypercube")), "limbo >= 120", "s").boxes
    assert box.rules[0].low == days[120]


def test_differences_are_judged_paired_and_freed_places_are_a_fall() -> None:
    design, layout = unit_design("latin_hypercube", 2, samples=200)
    formulas = {"with": linear(-100, 0), "without": linear(0, 0)}
    table = results(design, formulas, 2, lambda n, k: np.full(n, 1000.0 * k), "home_places_used")
    found = discover(
        Question(table, design, layout, reference="without"), "home_places_freed <= 30", "with"
    )
    assert found.cases == 60
    assert found.spans[0] == (
        "home_places_freed",
        pytest.approx(0, abs=1),
        pytest.approx(100, abs=1),
    )
    assert found.boxes[0].rules[0].high == pytest.approx(0.3, abs=0.01)
    level = discover(
        Question(table, design, layout, reference="without"),
        "home_places_used[without] > 400",
        "with",
    )
    assert (level.cases, level.unsure) == (200, 200)  # 0 in one replication, 1000 in the other


@pytest.mark.parametrize("condition", ["limbo > 5", "limbo < 5"])
def test_where_it_holds_nowhere_or_everywhere_there_is_nothing_to_discover(condition: str) -> None:
    design, layout = unit_design("latin_hypercube", 2, samples=50)
    found = discover(Question(results(design, {"a": linear(1, 1)}), design, layout), condition, "a")
    assert found.boxes == ()
    assert found.cases in (0, 50)
    assert found.trade_off.empty


def test_cases_strewn_at_random_give_no_rule() -> None:
    """Noise alone: what is peeled off does not survive the quasi-p-values, or is one weak rule."""
    rng = np.random.default_rng(5)
    design, layout = unit_design("latin_hypercube", 3, samples=100)
    noisy = {"a": lambda x: rng.random(len(x))}
    found = discover(Question(results(design, noisy), design, layout), "limbo > 0.5", "a", box=0)
    assert found.boxes == ()


def test_another_box_can_be_asked_for_if_it_exists() -> None:
    design, layout = unit_design("latin_hypercube", 2, samples=200)
    table = results(design, {"a": linear(1, 0)})
    narrow = discover(Question(table, design, layout), "limbo > 0.5", "a", box=3)
    assert narrow.trade_off["chosen"].idxmax() == 3
    with pytest.raises(ValueError, match="no box 99; there are 0 to"):
        discover(Question(table, design, layout), "limbo > 0.5", "a", box=99)


def test_a_design_without_spread_is_refused() -> None:
    design, layout = unit_design("morris", 2, trajectories=4)
    with pytest.raises(UnsuitableDesign, match="'morris': this takes latin_hypercube or sobol"):
        discover(Question(results(design, {"a": linear(1, 1)}), design, layout), "limbo > 0", "a")


# ---------------------------------------------------------------- the parts of PRIM

COLUMN = np.arange(100.0)[:, np.newaxis]


def test_coverage_density_and_quasi_p_by_hand() -> None:
    """60 cases from 40 on; the box from 30 on has 70 points, all of the cases."""
    cases = COLUMN[:, 0] >= 40
    box = measured(COLUMN, cases, [Restriction(0, low=30)])
    assert (box.points, box.cases, box.coverage, box.density) == (70, 60, 1, 60 / 70)
    (told,) = pruned(COLUMN, cases, box).restrictions
    assert told.quasi_p == pytest.approx(binom.sf(59, 70, 0.6))


def test_a_restriction_that_tells_nothing_is_given_up() -> None:
    rng = np.random.default_rng(1)
    x = np.column_stack([np.arange(400.0), rng.permutation(400).astype(float)])
    cases = x[:, 0] >= 200
    box = measured(x, cases, [Restriction(0, low=200), Restriction(1, low=4)])
    assert [r.factor for r in pruned(x, cases, box).restrictions] == [0]


def test_pasting_gives_back_what_was_peeled_off_too_much() -> None:
    cases = COLUMN[:, 0] >= 40
    narrow = measured(COLUMN, cases, [Restriction(0, low=70)])
    assert pasted(COLUMN, cases, narrow).restrictions[0].low == pytest.approx(40, abs=2)


def test_values_that_many_points_share_can_be_peeled_off() -> None:
    x = np.repeat([0.0, 1.0], [90, 30])[:, np.newaxis]
    boxes: list[Box] = trajectory(x, x[:, 0] == 1, [False])
    assert boxes[-1].density == 1
    assert boxes[-1].points == 30


# ---------------------------------------------------------------- conditions

OUTCOMES, SCENARIOS = ["limbo", "home_places_used", "removed_1y"], ["baseline", "no_agreement"]


def test_a_condition_is_read_part_by_part() -> None:
    parts = parse("limbo>0 and home_places_freed <= 1e2 and removed_1y[baseline] < 40 %",
                  OUTCOMES, SCENARIOS)  # fmt: skip
    assert [(p.name, p.outcome, p.scenario, p.sign, p.number) for p in parts] == [
        ("limbo", "limbo", None, 1, 0),
        ("home_places_freed", "home_places_used", None, -1, 100),
        ("removed_1y", "removed_1y", "baseline", 1, 0.4),
    ]
    assert parts[0].compare(1, 0)
    assert parts[1].compare(100, 100)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("limbo", "'limbo' is no comparison: write it as OUTCOME SIGN NUMBER"),
        ("limbo = 3", "is no comparison"),
        ("limbo > many", "'many' is no number"),
        ("limbo > nan", "'nan' is no finite number"),
        ("limbo > 0 and", "'limbo > 0 and' is no comparison"),
        ("limbo > 0 or limbo < 1", "is no comparison"),
        ("", "'' is no comparison"),
        ("limob > 0", "there is no outcome 'limob': did you mean 'limbo'?"),
        ("xyz > 0", "there is no outcome 'xyz': there is home_places_freed, limbo,"),
        ("limbo[nowhere] > 0", "no scenario 'nowhere': there is baseline, no_agreement"),
        ("home_places_freed[baseline] > 0", "write it without [baseline]"),
    ],
)
def test_a_condition_that_cannot_be_understood_is_told_why(text: str, words: str) -> None:
    with pytest.raises(BadCondition) as caught:
        parse(text, OUTCOMES, SCENARIOS)
    assert words in str(caught.value)
