"""Chance and ignorance against the law of total variance, where all of its terms are known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from sim.analysis.sensitivity.layout import UnsuitableDesign
from sim.analysis.sensitivity.question import Question
from sim.analysis.sensitivity.variance import components, crossed, share, two_kinds
from tests.helpers.designs import linear, results, unit_design

Floats = NDArray[np.float64]


def draw(rng: np.random.Generator, points: int, replications: int) -> Floats:
    """Points of variance 4, luck shared by all of variance 9, luck of their own of variance 1."""
    return (
        2 * rng.normal(size=(points, 1))
        + 3 * rng.normal(size=(1, replications))
        + rng.normal(size=(points, replications))
    )


def test_both_parts_are_free_of_bias_when_luck_is_shared() -> None:
    """Chance 9 + 1, ignorance 4. The nested analysis would call 4 - 9 / 3 = 1 ignorance."""
    rng = np.random.default_rng(1)
    found = np.array([components(draw(rng, 20, 3)) for _ in range(4000)])
    assert found.mean(axis=0) == pytest.approx([10, 4], rel=0.05)


def test_ignorance_is_the_component_of_the_crossed_analysis_of_variance() -> None:
    values = draw(np.random.default_rng(2), 15, 4)
    rows, columns = values.mean(axis=1), values.mean(axis=0)
    left = values - rows[:, None] - columns + values.mean()
    residual = np.sum(left**2) / (14 * 3)
    between = 4 * np.var(rows, ddof=1)
    assert components(values)[1] == pytest.approx((between - residual) / 4)


def test_the_two_parts_sum_to_the_variance_of_a_world_with_luck_that_depends_on_the_point() -> None:
    """For f = (1 + x) w, x uniform on [0, 1], w of mean 1 and variance 1: all by hand.

    Ignorance Var(1 + x) = 1/12, chance E(1 + x)^2 = 7/3; together E f^2 - (E f)^2 = 14/3 - 9/4.
    """
    rng = np.random.default_rng(3)
    found = np.array([
        components((1 + rng.random((200, 1))) * rng.normal(1, 1, (1, 5))) for _ in range(4000)
    ])  # fmt: skip
    chance, ignorance = found.mean(axis=0)
    assert ignorance == pytest.approx(1 / 12, abs=0.01)
    assert chance == pytest.approx(7 / 3, rel=0.05)
    assert chance + ignorance == pytest.approx(14 / 3 - 9 / 4, rel=0.05)


def test_the_interval_of_the_share_covers_it() -> None:
    """The true share is 4 / 14; an interval of 95 % covers it in 90 % of cases at least."""
    from sim.analysis.sensitivity.variance import share_interval

    rng = np.random.default_rng(4)
    covered = []
    for _ in range(200):
        low, high = share_interval(draw(rng, 30, 8), 0.95)
        covered.append(low <= 4 / 14 <= high)
    assert np.mean(covered) >= 0.9


def test_what_does_not_differ_between_points_is_clipped_at_zero_and_marked() -> None:
    design, layout = unit_design("latin_hypercube", 2, samples=12)
    rng = np.random.default_rng(7)
    clipped = []
    for _ in range(20):
        table = results(design, {"a": linear(0, 0)}, 3, lambda n, _: rng.normal(size=n))
        (row,) = two_kinds(Question(table, design, layout)).to_dict("records")
        assert row["ignorance"] >= 0
        assert row["clipped"] == (row["ignorance"] == 0)
        clipped.append(row["clipped"])
    assert 4 < sum(clipped) < 16


def test_only_the_independent_points_of_a_sobol_design_count() -> None:
    design, layout = unit_design("sobol", 3, samples=64)
    table = results(design, {"a": linear(1, 1, 0)}, 2)
    (row,) = two_kinds(Question(table, design, layout)).to_dict("records")
    assert row["points"] == 128
    assert row["ignorance"] == pytest.approx(2 / 12, rel=0.05)
    assert row["ignorance_share"] == 1
    assert np.isnan(row["low"])  # from two replications no interval


def test_gaps_are_left_out_and_counted() -> None:
    design, layout = unit_design("latin_hypercube", 2, samples=20)
    table = results(design, {"a": linear(1, 0)}, 3, lambda n, k: np.full(n, float(k)))
    gap = (table["point"] == 4) & (table["replication"] == 1)
    never = table["point"] == 7
    more = table[(table["point"] < 5) & (table["replication"] == 0)].assign(replication=3)
    table = pd.concat([table[~never].assign(value=table["value"].mask(gap)), more])
    (row,) = two_kinds(Question(table, design, layout)).to_dict("records")
    assert (row["points"], row["replications"], row["left_out"]) == (18, 3, 1)
    assert row["chance"] == pytest.approx(1)


def test_what_cannot_be_told_is_missing() -> None:
    assert np.isnan(components(np.ones((5, 1)))).all()
    assert np.isnan(share(np.ones((5, 3))))
    assert crossed(np.full((3, 2), np.nan)).size == 0
    design, layout = unit_design("one_at_a_time", 2)
    table = results(design.fillna(0.5), {"a": linear(1, 0)}, 2)
    with pytest.raises(UnsuitableDesign, match="'one_at_a_time': this takes latin_hypercube or"):
        two_kinds(Question(table, design, layout))
