"""Samples whose members do not weigh alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.statistics.arrays import Floats


def effective_size(weights: Floats) -> float:
    """Return Kish's effective sample size, (sum w)² / sum w²."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def weighted_quantiles(values: Floats, weights: Floats, shares: Sequence[float]) -> list[float]:
    """Return the least values up to which some shares of the weight lie."""
    found = np.quantile(values, shares, weights=weights, method="inverted_cdf")
    return [float(value) for value in found]
