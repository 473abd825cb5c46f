"""An emulator: the mean of a target as a quadratic function of the factors.

Ridge regression on Legendre polynomials to the second degree with all products of two factors,
which is the same as a Gaussian process with a polynomial kernel. Its two penalties, on linear and on
second-order terms, are those under which points left out are foretold best; that error is its doubt.

References
----------
Rasmussen & Williams (2006), Gaussian Processes for Machine Learning, MIT Press: section 5.4.2, the
leave-one-out residual (K⁻¹ y)ᵢ / (K⁻¹)ᵢᵢ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Prior variances of the coefficients tried, in terms of the variance of what is left over.
_LINEAR = (0.1, 1.0, 10.0, 100.0)
_SECOND = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 10.0)


@dataclass(frozen=True)
class Emulator:
    """A quadratic function of the position in the unit cube, for one target."""

    level: float
    coefficients: Floats
    variance: float
    """Mean squared error at points left out of the fit, what chance adds there included."""
    explained: float
    """Share of the variance over the points that is foretold at points left out."""

    def mean(self, positions: Floats) -> Floats:
        """Return the mean at some positions (n x factors)."""
        return self.level + basis(positions) @ self.coefficients


def basis(positions: Floats) -> Floats:
    """Return the polynomials at some positions: linear, squares, products of two."""
    x = 2 * positions - 1
    first, second = np.triu_indices(x.shape[1], 1)
    return np.hstack([x, (3 * x**2 - 1) / 2, x[:, first] * x[:, second]])


def fit(positions: Floats, values: Floats) -> Emulator:
    """Fit an emulator to values at positions in the unit cube (n x factors)."""
    level = float(values.mean())
    terms, y = basis(positions), values - level
    size = positions.shape[1]
    linear = terms[:, :size] @ terms[:, :size].T
    second = terms[:, size:] @ terms[:, size:].T
    tried = [
        (_left_out(a * linear + b * second, y), a, b) for a in _LINEAR for b in _SECOND
    ]
    variance, a, b = min(tried)
    prior = np.r_[np.full(size, a), np.full(terms.shape[1] - size, b)]
    kernel = a * linear + b * second + np.eye(len(y))
    coefficients = prior * (terms.T @ np.linalg.solve(kernel, y))
    spread = float(y.var())
    return Emulator(level, coefficients, variance, 1 - variance / spread if spread else 1.0)


def _left_out(kernel: Floats, y: Floats) -> float:
    """Return the mean squared error at each point, foretold from the others."""
    inverse = np.linalg.inv(kernel + np.eye(len(y)))
    return float(np.mean((inverse @ y / np.diag(inverse)) ** 2))
