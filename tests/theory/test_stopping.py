"""Intervals keep their coverage when one stops as soon as they are narrow enough.

Many experiments at once, each looked at after every twenty replications, of outcomes with and
without a long tail. `[[replications.until]]` looks after every block.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.statistics.intervals import moments
from sim.statistics.stopping import FIRST_LOOK, LEAST_SKEWED, is_known, least_number

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
EXPERIMENTS, MOST, BLOCK = 2000, 570, 20

#: Outcomes: how to draw them, their mean, and their standard deviation.
OUTCOMES: dict[str, tuple[Callable[[np.random.Generator, tuple[int, int]], Floats], float, float]]
OUTCOMES = {
    "normal": (lambda rng, shape: rng.normal(10, 1, shape), 10, 1),
    "exponential": (lambda rng, shape: rng.exponential(1, shape), 1, 1),
    "lognormal": (lambda rng, shape: rng.lognormal(0, 1, shape), np.exp(0.5), 2.161),
    "Poisson": (lambda rng, shape: rng.poisson(0.3, shape).astype(float), 0.3, 0.3**0.5),
}


def stopped(
    values: Floats, wanted: float, relative: bool, first: int, rule: Callable[..., Flags]
) -> tuple[Floats, Floats, Floats]:
    """Mean, half-width and number of each experiment when it stops."""
    mean, half, number = (np.full(len(values), np.nan) for _ in range(3))
    running = np.arange(len(values))
    for size in range(first, values.shape[1] + 1, BLOCK):
        seen = values[running, :size]
        bound = wanted * np.abs(seen.mean(axis=1)) if relative else wanted
        done = rule(seen, bound) | (size + BLOCK > values.shape[1])
        found = moments(seen[done])
        ended = running[done]
        mean[ended], half[ended], number[ended] = found.mean, found.half_width, size
        running = running[~done]
    return mean, half, number


@pytest.mark.parametrize("relative", [False, True], ids=["absolute", "relative"])
@pytest.mark.parametrize("width", [0.3, 0.1])
@pytest.mark.parametrize("name", OUTCOMES)
def test_coverage_is_kept(name: str, width: float, relative: bool) -> None:
    """Half-widths of some tenths of a standard deviation: 45 or 390 values, were it known."""
    draw, truth, sd = OUTCOMES[name]
    values = draw(np.random.default_rng(5), (EXPERIMENTS, MOST))
    wanted = width * sd / (truth if relative else 1)
    mean, half, number = stopped(values, wanted, relative, FIRST_LOOK, is_known)
    assert 0.925 <= np.mean(np.abs(mean - truth) <= half) <= 0.97
    assert abs(mean.mean() / truth - 1) < 0.02
    if name == "normal":
        fixed = max((1.96 / width) ** 2, FIRST_LOOK)
        assert number.mean() < 1.2 * fixed + BLOCK, "a symmetric outcome pays little"


def test_without_a_least_number_it_would_not_be() -> None:
    """What the rule is for: a first look at 20 lognormal values, and none of their skewness."""
    draw, truth, sd = OUTCOMES["lognormal"]
    values = draw(np.random.default_rng(5), (EXPERIMENTS, MOST))

    def naive(seen: Floats, bound: float) -> Flags:
        return np.asarray(moments(seen).half_width <= bound)

    mean, half, _ = stopped(values, 0.2 * sd, False, 20, naive)
    assert np.mean(np.abs(mean - truth) <= half) < 0.88
    assert mean.mean() / truth < 0.95


def test_the_least_number_looks_at_the_first_values_only() -> None:
    tail = np.array([[0.0] * 29 + [9.0], [0.0, 1.0] * 15])
    assert least_number(tail).tolist() == [LEAST_SKEWED, FIRST_LOOK]
    more = np.hstack([tail, np.array([[0.0, 9.0] * 40, [0.0] * 79 + [99.0]])])
    assert least_number(more).tolist() == [LEAST_SKEWED, FIRST_LOOK]
    assert least_number(tail[:, :10]).tolist() == [FIRST_LOOK] * 2
