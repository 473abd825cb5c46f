"""Draws from a density on the unit cube: sequential Monte Carlo from the uniform to the target.

References
----------
Del Moral, Doucet & Jasra (2006), Sequential Monte Carlo samplers, Journal of the Royal Statistical
Society B 68(3).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.statistics.arrays import Floats
from sim.statistics.weights import effective_size

LogDensity = Callable[[Floats], Floats]

#: Particles; steps of each after every change of temperature, and at the end.
PARTICLES, STEPS, LAST_STEPS = 1000, 10, 40


def sample(log_density: LogDensity, dimensions: int, size: int, seed: int) -> Floats:
    """Draw positions (size x dimensions) from a density known up to a factor.

    The density is raised to a power that grows from 0 to 1, each time as far as half of the
    effective sample size lasts; then particles are drawn anew and moved by Metropolis steps that
    are reflected at the sides of the cube.
    """
    rng = np.random.default_rng(seed)
    number = max(PARTICLES, size)
    x = rng.random((number, dimensions))
    level = log_density(x)
    power = 0.0
    while power < 1:
        step = _step(level, 1 - power)
        power = 1.0 if step >= 1 - power else power + step
        weights = np.exp(step * (level - level.max()))
        chosen = rng.choice(number, number, p=weights / weights.sum())
        x, level = x[chosen], level[chosen]
        steps = STEPS if power < 1 else LAST_STEPS
        x, level = _moved(log_density, x, level, power, steps, rng)
    return x[rng.choice(number, size, replace=False)]


def _step(level: Floats, most: float) -> float:
    """Return how far the power can grow until half of the effective sample size is left."""

    def too_little(step: float) -> float:
        return effective_size(np.exp(step * (level - level.max()))) - len(level) / 2

    if too_little(most) >= 0:
        return most
    from scipy.optimize import brentq

    return float(brentq(too_little, 0, most))


def _moved(
    log_density: LogDensity, x: Floats, level: Floats, power: float, steps: int,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Move every particle some steps; their length follows how many are accepted."""
    dimensions = x.shape[1]
    root = np.linalg.cholesky(np.atleast_2d(np.cov(x.T)) + 1e-9 * np.eye(dimensions))
    length = 2.38 / np.sqrt(dimensions)
    for _ in range(steps):
        there = _reflected(x + length * rng.standard_normal(x.shape) @ root.T)
        new = log_density(there)
        accepted = np.log(rng.random(len(x))) < power * (new - level)
        x = np.where(accepted[:, None], there, x)
        level = np.where(accepted, new, level)
        length *= np.exp(accepted.mean() - 0.25)
    return x, level


def _reflected(x: Floats) -> Floats:
    folded = np.mod(x, 2)
    return np.where(folded > 1, 2 - folded, folded)
