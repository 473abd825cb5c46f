"""Weighted samples, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.statistics.weights import effective_size, weighted_quantiles


def test_effective_size_by_hand() -> None:
    assert effective_size(np.ones(7)) == pytest.approx(7)
    assert effective_size(np.array([3.0, 1.0])) == pytest.approx(1.6)


def test_weighted_quantiles_by_hand() -> None:
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([0.25, 0.5, 0.25])
    assert weighted_quantiles(values, weights, (0.5, 0.51, 0.75, 0.76)) == [1, 2, 2, 3]
