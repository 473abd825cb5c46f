"""An emulator: the mean of a target as a quadratic function of the factors.

Ridge regression on Legendre polynomials to the second degree with all products of two factors,
which is the same as a Gaussian process with a polynomial kernel. Its two penalties, on linear and
on second-order terms, are those under which points left out are foretold best; that error is its
doubt.

References
----------
Rasmussen & Williams (2006), Gaussian Processes for Machine Learning, MIT Press: section 5.4.2, the
leave-one-out residual (K⁻¹ y)ᵢ / (K⁻¹)ᵢᵢ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.statistics.arrays import Floats

#: Prior variances of the coefficients tried, in terms of the variance of what is left over.
_LINEAR = (0.1, 1.0, 10.0, 100.0)
_SECOND = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 10.0)
#: That of the level: so wide that it is not drawn to the mean of points that need not be even.
_LEVEL = 1e4
#: Largest logarithm, far beyond any target: what is foretold stays finite.
_MOST = 50.0


@dataclass(frozen=True)
class Emulator:
    """A quadratic function of the position in the unit cube, of a target or its logarithm."""

    level: float
    coefficients: Floats
    logarithm: bool
    """Whether it is log(1 + target) that is quadratic: rates that multiply add up there."""
    variance: float
    """Mean squared error of the target at points left out, what chance adds there included."""
    explained: float
    """Share of the variance over the points that is foretold at points left out."""

    def mean(self, positions: Floats) -> Floats:
        """Return the mean at some positions (n x factors)."""
        found = self.level + basis(positions) @ self.coefficients
        return np.expm1(np.minimum(found, _MOST)) if self.logarithm else found


def basis(positions: Floats) -> Floats:
    """Return the polynomials at some positions: linear, squares, products of two."""
    x = 2 * positions - 1
    first, second = np.triu_indices(x.shape[1], 1)
    return np.hstack([x, (3 * x**2 - 1) / 2, x[:, first] * x[:, second]])


def fit(positions: Floats, targets: Floats) -> tuple[Emulator, ...]:
    """Fit an emulator to each of some targets (n x targets) at positions (n x factors).

    What takes long, to invert the kernel for each pair of priors, is done once for all targets.
    """
    terms, size = basis(positions), positions.shape[1]
    linear = terms[:, :size] @ terms[:, :size].T
    second = terms[:, size:] @ terms[:, size:].T
    tried: list[list[tuple[float, float, float, bool]]] = [[] for _ in targets.T]
    for a in _LINEAR:
        for b in _SECOND:
            inverse = np.asarray(np.linalg.inv(_with_noise(a * linear + b * second)), float)
            for found, values in zip(tried, targets.T, strict=True):
                for logarithm in [False, True] if (values >= 0).all() else [False]:
                    found.append((_left_out(inverse, values, logarithm), a, b, logarithm))
    fitted = []
    for found, values in zip(tried, targets.T, strict=True):
        variance, a, b, logarithm = min(found)
        y = np.log1p(values) if logarithm else values
        solved = np.linalg.solve(_with_noise(a * linear + b * second), y - y.mean())
        prior = np.r_[np.full(size, a), np.full(terms.shape[1] - size, b)]
        level = float(y.mean() + _LEVEL * solved.sum())
        spread = float(values.var())
        explained = 1 - variance / spread if spread else 1.0
        fitted.append(Emulator(level, prior * (terms.T @ solved), logarithm, variance, explained))
    return tuple(fitted)


def _left_out(inverse: Floats, values: Floats, logarithm: bool) -> float:
    """Return the mean squared error at each point, foretold from the others."""
    y = np.log1p(values) if logarithm else values
    foretold = y - inverse @ (y - y.mean()) / np.diag(inverse)
    if logarithm:
        foretold = np.expm1(np.minimum(foretold, _MOST))
    return float(np.mean((foretold - values) ** 2))


def _with_noise(kernel: Floats) -> Floats:
    return np.asarray(kernel + _LEVEL + np.eye(len(kernel)))
