"""The distributions of a scenario as laws of probability, by formulas of their own.

`sim.scenario.distributions` holds quantile functions; here are distribution functions from SciPy,
so that what was drawn is compared with something that was not used to draw it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Any

import numpy as np
from scipy import optimize, stats

from sim.scenario.distributions import (
    BoundedExponential,
    Constant,
    Distribution,
    Empirical,
    Exponential,
    Gamma,
    LogNormal,
    Mixture,
    Triangular,
    Uniform,
    Weibull,
)
from sim.verification.told import SLACK, Floats

Function = Callable[[Floats], Floats]
_P95 = float(stats.norm.ppf(0.95))


@dataclass(frozen=True)
class Law:
    """A law on the numbers from zero."""

    cdf: Function
    """Probability of at most so much."""
    ppf: Function
    """Its inverse."""

    def times(self, factor: float) -> Law:
        """Return the law of so many times the variable."""
        return Law(lambda x: self.cdf(x / factor), lambda u: factor * self.ppf(u))

    def or_if_less(self, other: Law) -> Law:
        """Return the law of the lesser of two independent variables."""

        def cdf(x: Floats) -> Floats:
            return 1 - (1 - self.cdf(x)) * (1 - other.cdf(x))

        return Law(cdf, lambda u: _inverse(cdf, u, np.minimum(self.ppf(u), other.ppf(u))))

    def cut_off(self, most: float) -> Law:
        """Return the law of the variable, or of a limit where it goes beyond it."""
        return Law(
            lambda x: np.where(np.asarray(x) >= most, 1.0, self.cdf(x)),
            lambda u: np.minimum(self.ppf(u), most),
        )


def _inverse(cdf: Function, u: Floats, above: Floats) -> Floats:
    """Return the least values whose distribution function reaches `u`, by bisection from 0."""
    low, high = np.zeros_like(above), above
    for _ in range(100):
        middle = (low + high) / 2
        reached = cdf(middle) >= u
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    return high


def law_of(declared: Distribution) -> Law:
    """Return the law that a scenario declares."""
    match declared:
        case Constant():
            return atom(declared.value)
        case BoundedExponential():
            return _bounded_exponential(declared)
        case Uniform():
            return _law(stats.uniform(declared.low, declared.high - declared.low))
        case Exponential():
            return _law(stats.expon(scale=declared.mean))
        case LogNormal():
            sigma = log(declared.p95 / declared.p05) / (2 * _P95)
            return _law(stats.lognorm(sigma, scale=sqrt(declared.p05 * declared.p95)))
        case Gamma():
            return _gamma(declared)
        case Weibull():
            shape = log(log(20) / log(20 / 19)) / log(declared.p95 / declared.p05)
            return _law(stats.weibull_min(shape, scale=declared.p95 / log(20) ** (1 / shape)))
        case Empirical():
            return _observed(declared)
        case Mixture():
            parts = declared.parts.values()
            laws = [law_of(part.of) for part in parts]
            cdf = mixture([part.weight for part in parts], laws).cdf
            return Law(
                cdf, lambda u: _inverse(cdf, u, np.maximum.reduce([law.ppf(u) for law in laws]))
            )
        case Triangular():
            width = declared.high - declared.low
            peak = (declared.mode - declared.low) / width
            return _law(stats.triang(peak, declared.low, width))


def _law(frozen: Any) -> Law:
    return Law(frozen.cdf, frozen.ppf)


def atom(value: float) -> Law:
    """Return the law of a certain value; of infinity: of what never happens."""
    return Law(lambda x: (np.asarray(x) >= value).astype(float), lambda u: np.full_like(u, value))


def _bounded_exponential(declared: BoundedExponential) -> Law:
    """Return an exponential kept in an interval, its rate solved for from the mean."""
    width = declared.high - declared.low
    middle = (declared.mean - declared.low) / width
    if abs(middle - 0.5) < 1e-6:
        return _law(stats.uniform(declared.low, width))
    rate = optimize.brentq(
        lambda r: (0.5 if abs(r) < 1e-9 else 1 / r - 1 / np.expm1(r)) - middle, -600, 600
    )

    def cdf(x: Floats) -> Floats:
        inside = np.clip((np.asarray(x) - declared.low) / width, 0, 1)
        found: Floats = np.expm1(-rate * inside) / np.expm1(-rate)
        return found

    def ppf(u: Floats) -> Floats:
        found: Floats = declared.low - width / rate * np.log1p(u * np.expm1(-rate))
        return found

    return Law(cdf, ppf)


def _gamma(declared: Gamma) -> Law:
    """Return a gamma law, its shape solved for from the ratio of the percentiles."""
    ratio = log(declared.p95 / declared.p05)
    shape = optimize.brentq(
        lambda a: log(stats.gamma.ppf(0.95, a) / stats.gamma.ppf(0.05, a)) - ratio, 0.1, 1e6
    )
    return _law(stats.gamma(shape, scale=declared.p95 / stats.gamma.ppf(0.95, shape)))


def _observed(declared: Empirical) -> Law:
    """Return the law of values that are drawn as they are, by weight."""
    weights = declared.weights or (1.0,) * len(declared.values)
    shares = np.array(weights) / sum(weights)
    values = declared.times * np.array(declared.values)

    def cdf(x: Floats) -> Floats:
        found: Floats = np.sum(shares * (values <= np.asarray(x)[..., np.newaxis]), axis=-1)
        return found

    ordered = np.sort(values)
    return Law(cdf, lambda u: ordered[np.searchsorted(cdf(ordered), u)])


def mixture(weights: Sequence[float], laws: Sequence[Law]) -> Law:
    """Return the law of a variable that follows each of some laws with a probability."""
    shares = np.array(weights, float) / sum(weights)
    edges = np.append(0.0, np.cumsum(shares))
    edges[-1] = 1.0

    def cdf(x: Floats) -> Floats:
        found: Floats = sum(
            (share * law.cdf(x) for share, law in zip(shares, laws, strict=True) if share),
            start=np.zeros_like(x),
        )
        return found

    def ppf(u: Floats) -> Floats:
        """Pick the law by the first part of the luck, and the value by what remains of it."""
        value = np.empty_like(u)
        for low, high, law in zip(edges[:-1], edges[1:], laws, strict=True):
            mine = (low <= u) & (u < high)
            value[mine] = law.ppf((u[mine] - low) / (high - low)) if high > low else 0.0
        return value

    return Law(cdf, ppf)


def kolmogorov_smirnov(values: Floats, cdf: Function) -> float:
    """Return the p-value of values having a distribution function (exact; Simard, L'Ecuyer 2011).

    Where the law has atoms, or values lie on a lattice, the true chance is smaller still: the test
    then errs on the side of not finding fault.
    """
    ordered, times = np.unique(values, return_counts=True)
    upto = np.cumsum(times) / len(values)
    above = np.max(upto - cdf(ordered + SLACK))
    # What never happens lies at infinity; just below it is the largest of all days.
    just_below = np.minimum(ordered - SLACK, np.finfo(float).max)
    below = np.max(cdf(just_below) - np.append(0.0, upto[:-1]))
    return float(stats.kstwo.sf(max(above, below, 0.0), len(values)))


def poisson_p(count: int, mean: float) -> float:
    """Return the exact two-sided p-value of a Poisson count."""
    return float(
        min(1.0, 2 * min(stats.poisson.cdf(count, mean), stats.poisson.sf(count - 1, mean)))
    )


def overdispersed_p(count: int, mean: float, shape: float) -> float:
    """Return the exact two-sided p-value of a Poisson count whose mean has a gamma factor.

    The factor has mean 1 and variance 1 / shape: infinite for a Poisson count.
    """
    if not np.isfinite(shape):
        return poisson_p(count, mean)
    law = stats.nbinom(shape, shape / (shape + mean)) if mean and shape else stats.poisson(0.0)
    return float(min(1.0, 2 * min(law.cdf(count), law.sf(count - 1))))


def binomial_p(count: int, size: int, share: float) -> float:
    """Return the exact two-sided p-value of a binomial count."""
    law = stats.binom(size, share)
    return float(min(1.0, 2 * min(law.cdf(count), law.sf(count - 1))))
