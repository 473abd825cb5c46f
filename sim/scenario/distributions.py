"""Distributions declared in a scenario file, each a quantile function.

A distribution never draws: it maps a column of uniforms to a column of values, so that the
same person keeps the same luck when a parameter changes. Every mean is exact, in closed form.
"""

from __future__ import annotations

import math
from functools import cached_property
from statistics import NormalDist
from typing import Annotated, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from sim.numbers import grouped, plain
from sim.scenario.base import MOST_DAYS, Section
from sim.scenario.elementary import exp, log1p

Column = NDArray[np.float64]
_NORMAL = NormalDist()
_NORMAL_P95 = 1.6448536269514722
_WIDEST = 1_000_000
NonNegative = Annotated[float, Field(ge=0, le=MOST_DAYS)]
Positive = Annotated[float, Field(gt=0, le=MOST_DAYS)]


class Declared(Section):
    """A distribution as a scenario file declares it."""

    def quantile(self, u: Column) -> Column:
        """Map uniforms in [0, 1) to values; shape is kept."""
        raise NotImplementedError

    def at(self, u: float) -> float:
        """Map one uniform in [0, 1) to a value."""
        return float(self.quantile(np.array([u]))[0])


class Constant(Declared):
    """Always the same value."""

    kind: Literal["constant"] = "constant"
    value: NonNegative

    def quantile(self, u: Column) -> Column:
        """Map uniforms in [0, 1) to values; shape is kept."""
        return np.full_like(u, self.value)

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
        _below("low", self.low, "high", self.high)
        return self

    def quantile(self, u: Column) -> Column:
        """Map uniforms in [0, 1) to values; shape is kept."""
        return self.low + (self.high - self.low) * u

    @property
    def mean(self) -> float:
        """Exact mean."""
        return (self.low + self.high) / 2


class Exponential(Declared):
    """Memoryless: what remains does not depend on what has passed."""

    kind: Literal["exponential"]
    mean: Positive

    def quantile(self, u: Column) -> Column:
        """Map uniforms in [0, 1) to values; shape is kept."""
        return -self.mean * log1p(-u)


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
        _below("low", self.low, "high", self.high)
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


class LogNormal(Declared):
    """A long-tailed duration, declared by its 5th and 95th percentile."""

    kind: Literal["lognormal"]
    p05: Positive
    p95: Positive

    @model_validator(mode="after")
    def _ordered(self) -> LogNormal:
        _below("p05", self.p05, "p95", self.p95)
        if self.p95 > _WIDEST * self.p05:
            raise ValueError(
                f"p95 {plain(self.p95)} is more than {grouped(_WIDEST)} times p05 "
                f"{plain(self.p05)}: no duration spreads so far"
            )
        return self

    @cached_property
    def _sigma(self) -> float:
        return math.log(self.p95 / self.p05) / (2 * _NORMAL_P95)

    @cached_property
    def median(self) -> float:
        """Exact median."""
        return math.sqrt(self.p05 * self.p95)

    def quantile(self, u: Column) -> Column:
        """Map uniforms in [0, 1) to values; shape is kept."""
        from scipy.special import ndtri

        normal: Column = ndtri(np.clip(u, 1e-12, 1 - 1e-12))
        return self.median * exp(self._sigma * normal)

    def at(self, u: float) -> float:
        """Map one uniform in [0, 1) to a value."""
        normal = _NORMAL.inv_cdf(min(max(u, 1e-12), 1 - 1e-12))
        return self.median * math.exp(self._sigma * normal)

    @property
    def mean(self) -> float:
        """Exact mean."""
        return self.median * math.exp(self._sigma**2 / 2)


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

    @property
    def mean(self) -> float:
        """Exact mean."""
        return (self.low + self.mode + self.high) / 3


Distribution = Annotated[
    Constant | Uniform | Exponential | BoundedExponential | LogNormal | Triangular,
    Field(discriminator="kind"),
]

#: The class of each kind, by the name it has in a file.
KINDS: dict[str, type[Section]] = {
    get_args(member.model_fields["kind"].annotation)[0]: member
    for member in get_args(get_args(Distribution)[0])
}


def _below(low_name: str, low: float, high_name: str, high: float) -> None:
    if not low < high:
        raise ValueError(f"{low_name} {plain(low)} must be below {high_name} {plain(high)}")


def _mean_on_unit_interval(rate: float) -> float:
    """Mean of the density proportional to exp(-rate x) on [0, 1]."""
    if abs(rate) < 1e-6:
        return 0.5 - rate / 12
    return 1 / rate - 1 / math.expm1(rate)
