"""Distributions with a long tail.

All but the exponential are declared by their 5th and 95th percentile, so that one range
multiplies both, and one family can take the place of another with the same two numbers.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Literal

import numpy as np
from pydantic import model_validator

from sim.numbers import grouped, plain
from sim.scenario.declared import Column, Declared, Positive, below
from sim.scenario.elementary import exp, expm1, log, log1p

_NORMAL_P95 = 1.6448536269514722
_WIDEST = 1_000_000
#: A gamma distribution narrower than this is a constant in all but name.
_NARROWEST = 1.01


class Exponential(Declared):
    """Memoryless: what remains does not depend on what has passed."""

    kind: Literal["exponential"]
    mean: Positive

    def quantile(self, u: Column) -> Column:
        """Map uniforms in [0, 1) to values; shape is kept."""
        return -self.mean * log1p(-u)

    def cdf(self, x: Column) -> Column:
        """Map values to the probability of at most so much; shape is kept."""
        return -expm1(-np.maximum(x, 0.0) / self.mean)


class _ByPercentiles(Declared):
    """A distribution declared by its 5th and 95th percentile."""

    p05: Positive
    p95: Positive

    @model_validator(mode="after")
    def _ordered(self) -> _ByPercentiles:
        below("p05", self.p05, "p95", self.p95)
        if self.p95 > _WIDEST * self.p05:
            raise ValueError(
                f"p95 {plain(self.p95)} is more than {grouped(_WIDEST)} times p05 "
                f"{plain(self.p05)}: no duration spreads so far"
            )
        return self


class LogNormal(_ByPercentiles):
    """A long-tailed duration, declared by its 5th and 95th percentile."""

    kind: Literal["lognormal"]

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
        """Map one uniform in [0, 1) to a value, the same as in a column, without making one."""
        from scipy.special import ndtri

        normal = float(ndtri(min(max(u, 1e-12), 1 - 1e-12)))
        return self.median * math.exp(self._sigma * normal)

    def cdf(self, x: Column) -> Column:
        """Map values to the probability of at most so much; shape is kept."""
        from scipy.special import ndtr

        return np.asarray(ndtr(log(np.maximum(x, 0.0) / self.median) / self._sigma), np.float64)

    @property
    def mean(self) -> float:
        """Exact mean."""
        return self.median * math.exp(self._sigma**2 / 2)


class Gamma(_ByPercentiles):
    """A sum of memoryless steps: long-tailed, but less so than a lognormal."""

    kind: Literal["gamma"]

    @model_validator(mode="after")
    def _not_too_narrow(self) -> Gamma:
        if self.p95 < _NARROWEST * self.p05:
            raise ValueError(
                f"p95 {plain(self.p95)} is less than {plain(_NARROWEST)} times p05 "
                f"{plain(self.p05)}: declare a uniform or a constant"
            )
        return self

    @cached_property
    def shape(self) -> float:
        """Shape, which the ratio of the percentiles settles: 1 is an exponential."""
        from scipy.special import gammaincinv

        least, most = math.log(0.05), math.log(1e7)
        for _ in range(100):
            middle = (least + most) / 2
            low, high = (float(gammaincinv(math.exp(middle), share)) for share in (0.05, 0.95))
            if high * self.p05 > low * self.p95:
                least = middle
            else:
                most = middle
        return math.exp((least + most) / 2)

    @cached_property
    def _scale(self) -> float:
        from scipy.special import gammaincinv

        return self.p95 / float(gammaincinv(self.shape, 0.95))

    def quantile(self, u: Column) -> Column:
        """Map uniforms in [0, 1) to values; shape is kept."""
        from scipy.special import gammaincinv

        return self._scale * np.asarray(gammaincinv(self.shape, u), np.float64)

    def cdf(self, x: Column) -> Column:
        """Map values to the probability of at most so much; shape is kept."""
        from scipy.special import gammainc

        return np.asarray(gammainc(self.shape, np.maximum(x, 0.0) / self._scale), np.float64)

    @property
    def mean(self) -> float:
        """Exact mean."""
        return self.shape * self._scale


class Weibull(_ByPercentiles):
    """A duration whose end grows more likely, or less, the longer it has lasted."""

    kind: Literal["weibull"]

    @cached_property
    def shape(self) -> float:
        """Shape: above 1 the end grows more likely with time, below 1 less."""
        return math.log(math.log(0.05) / math.log(0.95)) / math.log(self.p95 / self.p05)

    @cached_property
    def _scale(self) -> float:
        return self.p95 / math.exp(math.log(-math.log(0.05)) / self.shape)

    def quantile(self, u: Column) -> Column:
        """Map uniforms in [0, 1) to values; shape is kept."""
        return self._scale * exp(log(-log1p(-u)) / self.shape)

    def cdf(self, x: Column) -> Column:
        """Map values to the probability of at most so much; shape is kept."""
        return -expm1(-exp(self.shape * log(np.maximum(x, 0.0) / self._scale)))

    @property
    def mean(self) -> float:
        """Exact mean."""
        return self._scale * math.gamma(1 + 1 / self.shape)
