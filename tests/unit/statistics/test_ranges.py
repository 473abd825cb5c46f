"""Ranges over draws: positions by hand, and what a further draw does by exact theory."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.statistics.ranges import FEWEST, INSIDE, Range, quantiles, range_of

NAN = float("nan")


@pytest.mark.parametrize(
    ("number", "low", "middle", "high"),
    [
        (19, 1, 10, 19),  # 0.05 x 20 = 1, so the ends are the lowest and the highest
        (39, 2, 20, 38),
        (59, 3, 30, 57),
        (60, 3.05, 30.5, 57.95),  # 0.05 x 61 = 3.05: a twentieth of the way from one to the next
        (99, 5, 50, 95),
    ],
)
def test_ends_lie_at_weibulls_positions(number, low, middle, high):
    values = np.random.default_rng(1).permutation(np.arange(1.0, number + 1))
    found = range_of(values)
    assert (found.low, found.middle, found.high) == pytest.approx((low, middle, high))
    assert found.number == number


def test_a_range_of_few_is_from_the_lowest_to_the_highest_and_says_so():
    found = range_of([4.0, 1.0, 2.0])
    assert found == Range(2.0, 1.0, 4.0, 3)
    # A fourth draw is as likely as any to be the lowest of four, or the highest.
    assert found.inside == 2 / 4
    assert range_of(range(FEWEST - 1)).inside == (FEWEST - 2) / FEWEST < INSIDE
    assert range_of(range(FEWEST)).inside == INSIDE


def test_draws_in_which_it_does_not_exist_are_left_out():
    assert range_of([NAN, 3.0, NAN, 1.0]) == range_of([3.0, 1.0])
    nothing = range_of([NAN, NAN])
    assert np.isnan([nothing.low, nothing.middle, nothing.high]).all()
    assert (nothing.number, nothing.inside) == (0, 0.0)


def test_one_draw_and_one_value():
    alone = range_of([7.0])
    assert alone == Range(7.0, 7.0, 7.0, 1)
    assert alone.inside == 0
    assert range_of([5.0] * 30).is_one_value
    assert not range_of([5.0] * 29 + [6.0] * 3).is_one_value


@pytest.mark.parametrize("number", [19, 39, 59])
def test_a_further_draw_falls_inside_as_theory_says_whatever_the_distribution(number):
    """What a range holds is the gap of two order statistics of uniforms: a Beta variable.

    F(X_(j)) - F(X_(i)) has the distribution Beta(j - i, n + 1 - j + i), for any continuous F (David
    and Nagaraja 2003, Order Statistics, 2.3); its mean is the chance of a further draw.
    """
    end = (number + 1) // 20
    beta = stats.beta(number + 1 - 2 * end, 2 * end)
    assert beta.mean() == pytest.approx(INSIDE, abs=1e-12)
    rng = np.random.default_rng(number)
    for law in (stats.lognorm(1.5), stats.norm(), stats.cauchy()):
        low, _, high = quantiles(law.rvs((number, 2000), random_state=rng))
        held = law.cdf(high) - law.cdf(low)
        assert stats.kstest(held, beta.cdf).pvalue > 1e-4
        assert abs(held.mean() - INSIDE) < 4 * beta.std() / np.sqrt(len(held))


@pytest.mark.parametrize("number", [20, 33, 60, 61, 100])
def test_between_positions_it_is_exact_for_a_uniform_and_close_for_others(number):
    """E U_(j) = j / (n + 1), and a position between two is between their means."""
    expected = quantiles(np.arange(1, number + 1) / (number + 1))
    assert expected[2] - expected[0] == pytest.approx(INSIDE, abs=1e-12)
    law = stats.expon()
    low, _, high = quantiles(law.rvs((number, 2000), random_state=np.random.default_rng(number)))
    assert np.mean(law.cdf(high) - law.cdf(low)) == pytest.approx(INSIDE, abs=0.008)


def test_along_any_axis():
    values = np.random.default_rng(3).normal(size=(4, 25))
    found = quantiles(values, axis=1)
    assert found.shape == (3, 4)
    for row, ends in zip(values, found.T, strict=True):
        one = range_of(row)
        assert ends.tolist() == [one.low, one.middle, one.high]
