"""Logarithm and exponential with the same last digit on every kind of processor.

NumPy has several versions of these, and takes the fastest that the processor knows; they differ in
the last digit, and with them every duration drawn. Those here are compiled once. What is left is
the C library's own choice by fused multiplication, which processors have had since 2013.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]


def log1p(x: Column) -> Column:
    """Return the logarithm of 1 + `x`, element by element."""
    from scipy import special

    return np.asarray(special.log1p(x), np.float64)


def exp(x: Column) -> Column:
    """Return e to the power of `x`, element by element; the same as `math.exp`."""
    from scipy import special

    # Of Box and Cox's transformation the logarithm is the limiting case.
    return np.asarray(special.inv_boxcox(x, 0.0), np.float64)


def expm1(x: Column) -> Column:
    """Return e to the power of `x`, less 1, element by element."""
    from scipy import special

    return np.asarray(special.expm1(x), np.float64)


def log(x: Column) -> Column:
    """Return the logarithm of `x`, element by element; of 0, minus infinity."""
    from scipy import special

    return np.asarray(special.xlogy(1.0, x), np.float64)
