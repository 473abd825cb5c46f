"""Student's t over replications: the arithmetic that every interval here stands on."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from sim.analysis.tables import Floats

#: Default share of intervals that cover the true mean.
LEVEL = 0.95
#: Differences up to this share of the values are rounding, not difference.
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Moments:
    """Means of several quantities over replications; arrays of shape (number of quantities,)."""

    mean: Floats
    sd: Floats
    half_width: Floats
    """NaN where fewer than two values exist; `mean` is NaN where none does."""
    number: NDArray[np.int64]
    """Values that exist."""


def moments(values: Floats, level: float = LEVEL) -> Moments:
    """Return mean, standard deviation and Student-t half-width of each row.

    Parameters
    ----------
    values
        Shape (quantities, replications); NaN where a value does not exist.
    level
        Share of intervals that cover the true mean.

    Returns
    -------
    Moments
        A standard deviation that is mere rounding of the values is 0.

    Raises
    ------
    ValueError
        If `level` is no share between 0 and 1.
    """
    from scipy.special import stdtrit

    check_level(level)
    exists = ~np.isnan(values)
    number = exists.sum(axis=1)
    filled = np.where(exists, values, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        # About the first value that exists, so that rounding is that of their differences.
        first = np.take_along_axis(filled, exists.argmax(axis=1)[:, np.newaxis], axis=1)
        apart = np.where(exists, filled - first, 0.0)
        about = apart.sum(axis=1) / number
        squares = np.where(exists, (apart - about[:, np.newaxis]) ** 2, 0.0).sum(axis=1)
        sd = np.where(number > 1, np.sqrt(squares / (number - 1)), np.nan)
        sd[sd <= ROUNDING * np.abs(first[:, 0])] = 0.0
        quantile = stdtrit(np.maximum(number - 1, 1), (1 + level) / 2)
        half = quantile * sd / np.sqrt(number)
    return Moments(first[:, 0] + about, sd, half, number)


def fewest(sd: float, wanted: float, level: float) -> int:
    """Return the smallest n of at least 2 with t(n - 1) sd / sqrt(n) at most what is wanted."""
    from scipy.special import stdtrit

    def narrow(number: int) -> bool:
        return float(stdtrit(number - 1, (1 + level) / 2)) * sd / sqrt(number) <= wanted

    few, many = 1, 2
    while not narrow(many):
        few, many = many, 2 * many
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if narrow(middle) else (middle, many)
    return many


def check_level(level: float) -> None:
    """Refuse a level of confidence that is no share between 0 and 1.

    Raises
    ------
    ValueError
        If it is not.
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level}: choose a share between 0 and 1, such as {LEVEL}")
