"""What many draws follow: found among many that say nothing, with its size."""

from __future__ import annotations

import numpy as np
import pytest

from sim.statistics.stepwise import ENDS, FEWEST, followed

DRAWS, ASSUMPTIONS = 300, 190
REACH = ENDS[1] - ENDS[0]


def drawn(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random((DRAWS, ASSUMPTIONS))


def test_what_is_followed_is_found_with_its_size_and_direction():
    x = drawn(1)
    noise = np.random.default_rng(2).normal(0, 5, DRAWS)
    found = followed(x, 100 + 60 * x[:, 7] - 30 * x[:, 150] + noise)
    first, second = found.effects[:2]
    assert [first.column, second.column] == [7, 150]
    assert first.swing == pytest.approx(REACH * 60, abs=first.half_width)
    assert second.swing == pytest.approx(REACH * -30, abs=second.half_width)
    assert found.explained == pytest.approx(0.95, abs=0.05)
    assert len(found.effects) <= 3


def test_a_small_effect_is_told_beside_a_large_one_that_hides_it():
    x = drawn(3)
    # Alone its correlation is 0.1: the largest of 190 by chance is 0.16.
    found = followed(x, 100 * x[:, 0] + 10 * x[:, 1])
    assert {effect.column for effect in found.effects} >= {0, 1}


def test_nothing_is_told_of_noise_in_nearly_all_samples():
    told = sum(
        bool(followed(drawn(seed), np.random.default_rng(1000 + seed).normal(size=DRAWS)).effects)
        for seed in range(20)
    )
    assert told <= 4  # 1 is expected; more than 4 come once in 400 times


def test_the_scale_of_an_assumption_does_not_matter():
    x = drawn(4)
    y = 10 * x[:, 5] + np.random.default_rng(5).normal(size=DRAWS)
    stretched = np.exp(8 * x)
    assert followed(stretched, y) == followed(x, y)


def test_draws_without_the_quantity_and_assumptions_that_do_not_vary_do_not_count():
    x = drawn(6)
    x[:, 3] = 0.5
    y = 10 * x[:, 5] + np.random.default_rng(7).normal(size=DRAWS)
    y[::3] = np.nan
    found = followed(x, y)
    assert (found.draws, found.effects[0].column) == (200, 5)
    assert 3 not in {effect.column for effect in found.effects}


def test_nothing_is_told_of_too_few_draws_or_of_one_value():
    x = drawn(8)
    assert followed(x[: FEWEST - 1], x[: FEWEST - 1, 0]).effects == ()
    assert followed(x, np.full(DRAWS, 2.0)).effects == ()
    assert followed(x, np.full(DRAWS, np.nan)).draws == 0
