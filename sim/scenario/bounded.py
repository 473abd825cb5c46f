"""Distributions between two ends, or of one value."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Literal

import numpy as np
from pydantic import model_validator

from sim.numbers import plain
from sim.scenario.declared import Column, Declared, NonNegative, Positive, below
from sim.scenario.elementary import expm1, log1p


class Constant(Declared):
    """Always the same value."""

    kind: Literal["constant"] = "constant"
    value: NonNegative

    def quantile(self, u: Column) -> Column:
        """Map uniforms in [0, 1) to values; shape is kept."""
        return np.full_like(u, self.value)

    def cdf(self, x: Column) -> Column:
        """Map values to the probability of at most so much; shape is kept."""
        return np.where(x >= self.value, 1.0, 0.0)

    @property
    def mean(self) -> float:
        """Exact mean."""
        return self.value


class Uniform(Declared):
    """Every value between `low` and `high` equally likely."""

    kind: Literal["uniform"]
    low: NonNegative
    high: NonNegative

    @model_validator(mode="after")
    def _ordered(self) -> Uniform:
        below("low", self.low, "high", self.high)
        return self

    def quantile(self, u: Column) -> Column:
        """Map uniforms in [0, 1) to values; shape is kept."""
        return self.low + (self.high - self.low) * u

    def cdf(self, x: Column) -> Column:
        """Map values to the probability of at most so much; shape is kept."""
        return np.clip((x - self.low) / (self.high - self.low), 0.0, 1.0)

    @property
    def mean(self) -> float:
        """Exact mean."""
        return (self.low + self.high) / 2


class BoundedExponential(Declared):
    """An exponential kept between `low` and `high`, with the `mean` stated.

    Its density falls (or rises) exponentially over the interval; the rate follows from the
    mean, so a band of sentences can be declared by its published limits and mean alone.
    """

    kind: Literal["bounded_exponential"]
    low: NonNegative
    high: Positive
    mean: Positive

    @model_validator(mode="after")
    def _mean_inside(self) -> BoundedExponential:
        below("low", self.low, "high", self.high)
        margin = 0.01 * (self.high - self.low)
        if not self.low + margin <= self.mean <= self.high - margin:
            raise ValueError(
                f"mean {plain(self.mean)} must lie inside low {plain(self.low)} and high "
                f"{plain(self.high)}, at least {plain(margin)} from either end"
            )
        return self

    @cached_property
    def _rate(self) -> float:
        """Rate per width of the interval that gives the stated mean, by bisection."""
        target = (self.mean - self.low) / (self.high - self.low)
        below, above = -200.0, 200.0
        for _ in range(200):
            middle = (below + above) / 2
            if _mean_on_unit_interval(middle) > target:
                below = middle
            else:
                above = middle
        return (below + above) / 2

    def quantile(self, u: Column) -> Column:
        """Map uniforms in [0, 1) to values; shape is kept."""
        rate = self._rate
        width = self.high - self.low
        if abs(rate) < 1e-9:
            return self.low + width * u
        return self.low - width / rate * log1p(u * math.expm1(-rate))

    def cdf(self, x: Column) -> Column:
        """Map values to the probability of at most so much; shape is kept."""
        rate = self._rate
        inside = np.clip((x - self.low) / (self.high - self.low), 0.0, 1.0)
        if abs(rate) < 1e-9:
            return inside
        return expm1(-rate * inside) / math.expm1(-rate)


class Triangular(Declared):
    """Between `low` and `high`, most likely near `mode`."""

    kind: Literal["triangular"]
    low: NonNegative
    mode: NonNegative
    high: Positive

    @model_validator(mode="after")
    def _ordered(self) -> Triangular:
        if not self.low <= self.mode <= self.high or self.low == self.high:
            raise ValueError(
                f"needs low <= mode <= high and low < high, not {plain(self.low)}, "
                f"{plain(self.mode)}, {plain(self.high)}"
            )
        return self

    def quantile(self, u: Column) -> Column:
        """Map uniforms in [0, 1) to values; shape is kept."""
        width = self.high - self.low
        turn = (self.mode - self.low) / width
        rising = self.low + np.sqrt(u * width * (self.mode - self.low))
        falling = self.high - np.sqrt((1 - u) * width * (self.high - self.mode))
        return np.where(u < turn, rising, falling)

    def cdf(self, x: Column) -> Column:
        """Map values to the probability of at most so much; shape is kept."""
        width = self.high - self.low
        inside = np.clip((x - self.low) / width, 0.0, 1.0)
        turn = (self.mode - self.low) / width
        rising = inside * inside / (turn or 1.0)
        falling = 1.0 - (1.0 - inside) * (1.0 - inside) / ((1.0 - turn) or 1.0)
        return np.where(inside < turn, rising, falling)

    @property
    def mean(self) -> float:
        """Exact mean."""
        return (self.low + self.mode + self.high) / 3


def _mean_on_unit_interval(rate: float) -> float:
    """Mean of the density proportional to exp(-rate x) on [0, 1]."""
    if abs(rate) < 1e-6:
        return 0.5 - rate / 12
    return 1 / rate - 1 / math.expm1(rate)
