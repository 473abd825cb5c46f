"""Student's t over replications, and Holm's rule: what every interval and p value stands on.

One replication gives one value, and replications are independent. An interval is given from
`FEWEST` values on, whatever it is of: from fewer its width says next to nothing.

References
----------
Law (2015), Simulation Modeling and Analysis, 5th ed., section 9.4.1.
Holm (1979), Scandinavian Journal of Statistics 6: 65-70.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from sim.statistics.arrays import Floats, Integers

#: Default share of intervals that cover the true mean.
LEVEL = 0.95
#: Fewest values of which an interval, and a p value, is given.
FEWEST = 5
#: Differences up to this share of the values are rounding, not difference.
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Moments:
    """Means of several quantities over replications; arrays of shape (number of quantities,)."""

    mean: Floats
    """NaN where no value exists."""
    sd: Floats
    """NaN where fewer than two values exist."""
    half_width: Floats
    """NaN where fewer than `FEWEST` values exist."""
    number: Integers
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
    check_level(level)
    if not values.shape[1]:
        values = np.full((len(values), 1), np.nan)
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
        half = t_quantile(np.maximum(number - 1, 1), level) * sd / np.sqrt(number)
    half = np.where(number >= FEWEST, half, np.nan)
    return Moments(first[:, 0] + about, sd, half, number)


@dataclass(frozen=True)
class Estimate:
    """A mean over replications, with the half-width of its interval."""

    mean: float
    """NaN if no replication has a value."""
    half: float | None
    """None if fewer than `FEWEST` replications have a value."""
    number: int
    """Replications that have a value."""


def estimate(values: ArrayLike, level: float = LEVEL) -> Estimate:
    """Return mean and Student-t half-width; missing values (NaN) do not count.

    Parameters
    ----------
    values
        One value per replication, shape (n,).
    level
        Share of intervals that cover the true mean.

    Raises
    ------
    ValueError
        If `level` is no share between 0 and 1.
    """
    found = moments(np.asarray(values, float).reshape(1, -1), level)
    half, number = float(found.half_width[0]), int(found.number[0])
    return Estimate(float(found.mean[0]), None if np.isnan(half) else half, number)


def t_quantile(freedom: Floats | Integers | float, level: float) -> Floats:
    """Return the standard errors to either side of a mean that an interval reaches.

    Parameters
    ----------
    freedom
        Degrees of freedom, above 0.
    level
        Share of intervals that cover the true mean.
    """
    from scipy.special import stdtrit

    return np.asarray(stdtrit(freedom, (1 + level) / 2))


def p_values(found: Moments) -> Floats:
    """Return two-sided p values of a mean of zero.

    Returns
    -------
    float array, shape (quantities,)
        1 where every value is zero, NaN where fewer than `FEWEST` values exist.
    """
    from scipy.special import stdtr

    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(found.mean) / (found.sd / np.sqrt(found.number))
    p = 2 * stdtr(np.maximum(found.number - 1, 1), -t)
    p = np.where((found.sd == 0) & (found.mean == 0), 1.0, p)
    return np.where(found.number >= FEWEST, p, np.nan)


def holm(p_values: Floats) -> Floats:
    """Adjust p values for the number of comparisons by Holm's step-down rule.

    Parameters
    ----------
    p_values
        Shape (n,); missing ones (NaN) are not comparisons, and stay missing.

    Returns
    -------
    float array, shape (n,)
        The k-th smallest of m times (m - k + 1), at least as large as the one before, at most 1.
        To call those at most α different is wrong about any of them with probability α at most.
    """
    known = np.flatnonzero(~np.isnan(p_values))
    order = known[np.argsort(p_values[known], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    adjusted = np.full(len(p_values), np.nan)
    adjusted[order] = np.minimum(np.maximum.accumulate(p_values[order] * factors), 1.0)
    return adjusted


def pooled_half_width(moves: Floats, level: float = LEVEL) -> float:
    """Return what a mean over replications stays under by chance alone, were nothing to move it.

    Student's t times the standard error of a mean, pooled over several that are alike in chance.

    Parameters
    ----------
    moves
        Shape (moves, replications); replications are independent, moves need not be.
    level
        Share of cases in which it stays under it.

    Returns
    -------
    float
        NaN if no move has two replications.
    """
    number = np.sum(~np.isnan(moves), axis=1)
    several = moves[number > 1]
    number = number[number > 1]
    if not len(several):
        return float("nan")
    squares = np.nanvar(several, axis=1, ddof=1)
    freedom = float(np.sum(number - 1))
    return float(t_quantile(freedom, level) * np.sqrt(np.mean(squares / number)))


def fewest(sd: float, wanted: float, level: float = LEVEL) -> int:
    """Return the smallest n of at least `FEWEST` with t(n - 1) sd / sqrt(n) at most `wanted`."""

    def narrow(number: int) -> bool:
        return float(t_quantile(number - 1, level)) * sd / sqrt(number) <= wanted

    few, many = FEWEST - 1, FEWEST
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
