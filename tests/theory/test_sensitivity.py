"""Sensitivity analysis against functions whose answer is known, through the path of an experiment.

References: Ishigami & Homma (1990); Saltelli et al. (2008), Global Sensitivity Analysis: The
Primer, sections 3 and 4 (linear functions under Morris, Sobol's G function).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.sensitivity.morris import screening, steps_of
from sim.analysis.sensitivity.question import Question
from sim.analysis.sensitivity.sobol import indices, interactions
from sim.analysis.sensitivity.swings import swings
from tests.helpers.designs import KEYS, g_function, ishigami, linear, results, unit_design

pytest.importorskip("SALib")

# ---------------------------------------------------------------- Morris


def test_the_effects_of_a_linear_function_are_its_weights() -> None:
    """Exactly, whatever the sign, and without spread."""
    design, layout = unit_design("morris", 4, trajectories=6)
    found = screening(Question(results(design, {"a": linear(3, -2, 0, 0.5)}), design, layout))
    found = found.set_index("factor").loc[list(KEYS[:4])]
    assert found["mu"].tolist() == pytest.approx([3, -2, 0, 0.5], abs=1e-12)
    assert found["mu_star"].tolist() == pytest.approx([3, 2, 0, 0.5], abs=1e-12)
    assert found["sigma"].tolist() == pytest.approx([0] * 4, abs=1e-12)
    assert found["rank"].tolist() == [1, 2, 4, 3]


@pytest.mark.parametrize("kind", ["morris", "sobol", "latin_hypercube"])
def test_what_is_mere_rounding_changes_nothing(kind: str) -> None:
    """A factor that moves the last digits only: no effect, not one that cannot be told."""
    options = {"trajectories": 6} if kind == "morris" else {"samples": 32}
    design, layout = unit_design(kind, 2, **options)
    table = results(design, {"a": lambda x: (4000 + 3 * x[:, 0]) * (1 + 3e-15 * x[:, 1])})
    if kind == "morris":
        moved = swings(Question(table, design, layout)).set_index("factor")["swing"]
        assert (moved[KEYS[0]], moved[KEYS[1]]) == (pytest.approx(3), 0)
        found = screening(Question(table, design, layout)).set_index("factor").loc[KEYS[1]]
        assert (found["mu_star"], found["sigma"], found["told"]) == (0, 0, False)
    if kind == "sobol":
        found = indices(Question(table, design, layout)).set_index("factor").loc[KEYS[1]]
        assert (found["total"], found["told"]) == (0, False)
    flat = results(design, {"a": lambda x: 4000 * (1 + 3e-15 * x[:, 1])})
    assert (swings(Question(flat, design, layout))["swing"] == 0).all()


def test_of_a_difference_only_what_differs_is_left() -> None:
    design, layout = unit_design("morris", 3, trajectories=4)
    table = results(design, {"with": linear(3, -2, 1), "without": linear(3, -1, 1)})
    found = screening(Question(table, design, layout, reference="without")).set_index("factor")
    assert found["mu"].reindex(KEYS[:3]).tolist() == pytest.approx([0, -1, 0], abs=1e-12)
    assert set(found["scenario"]) == {"with"}


def test_an_interaction_shows_in_sigma_and_cancels_in_mu() -> None:
    """Of (x - 1/2)(y - 1/2) the effect of x is y - 1/2: both signs, mean size 1/3."""
    design, layout = unit_design("morris", 2, trajectories=400)
    table = results(design, {"a": lambda x: (x[:, 0] - 0.5) * (x[:, 1] - 0.5)})
    found = screening(Question(table, design, layout))
    assert found["mu"].abs().max() < 0.05
    assert found["mu_star"].tolist() == pytest.approx([1 / 3, 1 / 3], abs=0.03)
    assert (found["sigma"] > found["mu_star"]).all()
    assert ((found["low"] < 1 / 3) & (found["high"] > 1 / 3)).all()


def test_morris_agrees_with_salib_with_and_without_groups() -> None:
    from SALib.analyze.morris import analyze

    for groups in ({}, {"both": KEYS[1:3]}):
        design, layout = unit_design("morris", 4, trajectories=20, levels=6, groups=groups)
        table = results(design, {"a": g_function([0, 1, 4.5, 9])})
        x = design[list(KEYS[:4])].to_numpy(float)
        names = ["a", "both", "both", "d"] if groups else list(KEYS[:4])
        problem = {"num_vars": 4, "names": list(KEYS[:4]), "bounds": [[0, 1]] * 4, "groups": names}
        theirs = analyze(problem, x, table["value"].to_numpy(), num_levels=6)
        ours = (
            screening(Question(table, design, layout))
            .set_index("factor")
            .loc[list(layout.members(design))]
        )
        np.testing.assert_allclose(ours["mu_star"], theirs["mu_star"], rtol=1e-10)
        alone = ours["sigma"].notna().to_numpy()
        assert alone.tolist() == ([True, False, True] if groups else [True] * 4)
        np.testing.assert_allclose(ours["mu"][alone], theirs["mu"][alone], rtol=1e-10)
        np.testing.assert_allclose(
            ours["sigma"][alone], np.asarray(theirs["sigma"], float)[alone], rtol=1e-10
        )


def test_a_tornado_of_a_linear_function_swings_by_its_weights() -> None:
    weights = (3.0, -2.0, 0.5)
    for kind, options in (("morris", {"trajectories": 4}), ("one_at_a_time", {})):
        design, layout = unit_design(kind, 3, **options)
        filled = design.fillna(0.5)
        table = results(filled, {"a": linear(*weights)})
        found = swings(Question(table, design, layout)).set_index("factor")["swing"]
        assert found.loc[list(KEYS[:3])].tolist() == pytest.approx(weights)


def test_conditional_means_of_a_sample_swing_by_four_fifths() -> None:
    """The lowest and the highest fifth of a factor lie 0.8 apart on average."""
    design, layout = unit_design("latin_hypercube", 3, samples=2000)
    found = swings(Question(results(design, {"a": linear(3, -2, 0)}), design, layout)).set_index(
        "factor"
    )
    for key, weight in zip(KEYS, (3, -2, 0), strict=False):
        assert found.loc[key, "swing"] == pytest.approx(0.8 * weight, abs=0.15)
        assert abs(found.loc[key, "swing"] - 0.8 * weight) < found.loc[key, "half_width"] * 1.5
    assert found["told"].to_dict() == dict(zip(KEYS[:3], (True, True, False), strict=True))


# ---------------------------------------------------------------- Sobol'

#: First and total indices of Ishigami's function with a = 7, b = 0.1.
ISHIGAMI = {"first": (0.3139, 0.4424, 0.0), "total": (0.5576, 0.4424, 0.2437)}


def test_the_indices_of_ishigami() -> None:
    design, layout = unit_design("sobol", 3, samples=1024)
    found = indices(Question(results(design, {"a": ishigami}), design, layout)).set_index("factor")
    for measure, exact in ISHIGAMI.items():
        assert found.loc[list(KEYS[:3]), measure].tolist() == pytest.approx(exact, abs=0.02)
    first = found.loc[list(KEYS[:3])]
    inside = (first["low"] - 0.01 < ISHIGAMI["total"]) & (first["high"] + 0.01 > ISHIGAMI["total"])
    assert inside.all()
    assert found.loc[KEYS[2], "low"] > 0.2  # without an effect alone, but with an interaction


def test_the_interaction_of_ishigami() -> None:
    design, layout = unit_design("sobol", 3, samples=1024, second_order=True)
    found = interactions(Question(results(design, {"a": ishigami}), design, layout))
    pairs = found.set_index(["factor", "other"])["second"]
    assert pairs[KEYS[0], KEYS[2]] == pytest.approx(0.2437, abs=0.03)
    assert pairs.drop((KEYS[0], KEYS[2])).abs().max() < 0.03


def test_the_indices_of_the_g_function_and_of_a_group() -> None:
    """Of independent factors 1 + V_i, a group's total is 1 less the share of all others."""
    a = np.array([0, 1, 4.5, 9])
    partial = 1 / (3 * (1 + a) ** 2)
    variance = np.prod(1 + partial) - 1
    total = partial * np.prod(1 + partial) / (1 + partial) / variance
    design, layout = unit_design("sobol", 4, samples=1024)
    table = results(design, {"a": g_function(a)})
    found = indices(Question(table, design, layout)).set_index("factor").loc[list(KEYS[:4])]
    assert found["first"].tolist() == pytest.approx(list(partial / variance), abs=0.02)
    assert found["total"].tolist() == pytest.approx(list(total), abs=0.02)

    design, layout = unit_design("sobol", 4, samples=1024, groups={"last": KEYS[1:4]})
    found = indices(Question(results(design, {"a": g_function(a)}), design, layout)).set_index(
        "factor"
    )
    assert found.loc["last", "total"] == pytest.approx(1 - partial[0] / variance, abs=0.02)
    assert found.loc[KEYS[0], "total"] == pytest.approx(total[0], abs=0.02)


def test_indices_of_a_difference_are_those_of_the_difference() -> None:
    design, layout = unit_design("sobol", 3, samples=256)
    table = results(design, {"with": lambda x: ishigami(x) + x[:, 2], "without": ishigami})
    found = indices(Question(table, design, layout, reference="without")).set_index("factor")
    assert found.loc[KEYS[2], "total"] == pytest.approx(1, abs=0.02)
    assert found.loc[list(KEYS[:2]), "total"].tolist() == pytest.approx([0, 0], abs=1e-10)


# ---------------------------------------------------------------- chance


def noise(scale: float, seed: int, shared: bool):
    """Chance of each replication, the same at all points or drawn for each."""
    rng = np.random.default_rng(seed)
    return lambda points, _: (
        scale * (np.full(points, rng.normal()) if shared else rng.normal(size=points))
    )


def test_luck_that_all_points_share_is_no_effect() -> None:
    design, layout = unit_design("morris", 3, trajectories=8)
    table = results(design, {"a": linear(1, 0, 0)}, 3, noise(50, 1, shared=True))
    found = screening(Question(table, design, layout)).set_index("factor")
    assert found["told"].to_dict() == {KEYS[0]: True, KEYS[1]: False, KEYS[2]: False}
    assert found["chance"].max() < 1e-12


@pytest.mark.parametrize("kind", ["morris", "sobol"])
def test_what_only_chance_moves_is_seldom_told(kind: str) -> None:
    """Two factors without effect, in noise; told in at most one of twenty trials."""
    told = []
    for seed in range(20):
        options = {"trajectories": 10} if kind == "morris" else {"samples": 32}
        design, layout = unit_design(kind, 3, seed=seed, **options)
        table = results(design, {"a": linear(20, 0, 0)}, 4, noise(1, seed, shared=False))
        rank = (screening if kind == "morris" else indices)(Question(table, design, layout))
        told.append(rank.set_index("factor")["told"])
    found = pd.DataFrame(told)
    assert found[KEYS[0]].all()
    assert found[list(KEYS[1:3])].to_numpy().mean() <= 0.05


def test_with_one_replication_nothing_is_told_from_chance() -> None:
    design, layout = unit_design("morris", 2, trajectories=4)
    found = screening(Question(results(design, {"a": linear(5, 1)}), design, layout))
    assert found["chance"].isna().all()
    assert not found["told"].any()


# ---------------------------------------------------------------- unfinished


def test_unfinished_designs_count_as_far_as_they_go() -> None:
    design, layout = unit_design("morris", 2, trajectories=6)
    table = results(design, {"a": linear(5, 1)})
    found = screening(Question(table[table["point"] < 9], design, layout))
    assert set(found["trajectories"]) == {3}
    assert sorted(found["mu"]) == pytest.approx([1, 5])

    design, layout = unit_design("sobol", 2, samples=64)
    table = results(design, {"a": linear(5, 1)})
    found = indices(Question(table[table["point"] != 5], design, layout))
    assert set(zip(found["base_samples"], found["of"], strict=True)) == {(63, 64)}
    assert found["total"].tolist() == pytest.approx([25 / 26, 1 / 26], abs=0.05)


def test_the_steps_of_a_morris_design_are_found_in_its_points() -> None:
    design, layout = unit_design("morris", 5, trajectories=30, levels=8)
    steps = steps_of(design, layout)
    x = design[list(KEYS[:5])].to_numpy(float)
    moved = x[steps.before + 1] - x[steps.before]
    for number in range(5):
        expected = np.zeros((30, 5))
        expected[:, number] = steps.sign[number] * 8 / 14
        np.testing.assert_allclose(moved[number], expected, atol=1e-12)
