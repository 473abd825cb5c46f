"""Families of durations fitted by maximum likelihood, with those still going on as censored.

In: durations, and which of them have ended. Out: one fit for each family, with its likelihood, its
AIC and how far it lies from the Kaplan-Meier curve at most.

References
----------
Akaike (1974), IEEE Transactions on Automatic Control 19: 716-723.
Klein & Moeschberger (2003), Survival Analysis, 2nd ed., Springer: sections 3.5 (likelihood of
censored data) and 12.1 (families).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import exp, log

import numpy as np
from scipy import optimize, stats

from sim.statistics.arrays import Flags, Floats
from sim.statistics.survival import SurvivalCurve, kaplan_meier

#: Logarithms of density and survival at some durations.
_Likelihood = tuple[Floats, Floats]


@dataclass(frozen=True, eq=False)
class FamilyFit:
    """A family with the parameters under which the data are most likely."""

    family: str
    """`exponential`, `lognormal`, `gamma`, `weibull` or `two_exponentials`."""
    parameters: tuple[float, ...]
    """Mean; mean and standard deviation of the logarithm; shape and scale (gamma, Weibull); or
    the share of the first exponential and the two means."""
    log_likelihood: float
    """Logarithm of the likelihood; a censored duration counts with its survival."""
    ks: float
    """Largest distance between the fitted and the Kaplan-Meier distribution function."""

    @property
    def aic(self) -> float:
        """Akaike's criterion: less is better, each parameter costs 2."""
        return 2 * len(self.parameters) - 2 * self.log_likelihood

    def survival(self, t: Floats) -> Floats:
        """Return the share that lasts longer than `t`."""
        return np.exp(_FAMILIES[self.family](t, self.parameters)[1])

    def quantile(self, share: float) -> float:
        """Return the duration that a share does not exceed; of one exponential or of a family."""
        first, last = self.parameters[0], self.parameters[-1]
        if self.family == "lognormal":
            return float(stats.lognorm.ppf(share, last, scale=exp(first)))
        if self.family == "gamma":
            return float(stats.gamma.ppf(share, first, scale=last))
        if self.family == "weibull":
            return float(stats.weibull_min.ppf(share, first, scale=last))
        return float(
            optimize.brentq(
                lambda t: 1 - share - float(self.survival(np.array([t]))[0]),
                0.0, -2 * log(1 - share) * max(self.parameters),
            )
        )  # fmt: skip


def fits(duration: Floats, ended: Flags) -> list[FamilyFit]:
    """Fit each family to durations above 0, the best by AIC first.

    Parameters
    ----------
    duration : float array, shape (n,)
        How long each lasted, or has lasted so far; at least two different values above 0.
    ended : bool array, shape (n,)
        Whether it has ended; at least one has.
    """
    curve = kaplan_meier(duration, ended)
    found = []
    for family, likelihood in _FAMILIES.items():
        parameters, least = _fitted(family, likelihood, duration, ended)
        fitted = FamilyFit(family, parameters, -least, 0.0)
        found.append(FamilyFit(family, parameters, -least, _distance(fitted, curve)))
    return sorted(found, key=lambda one: one.aic)


def _fitted(
    family: str, likelihood: Callable[[Floats, tuple[float, ...]], _Likelihood], t: Floats,
    ended: Flags,
) -> tuple[tuple[float, ...], float]:  # fmt: skip
    """Return the most likely parameters, and the least negative logarithm of the likelihood."""

    def loss(free: Floats) -> float:
        density, survival = likelihood(t, _bound(family, free))
        value = -float(np.sum(np.where(ended, density, survival)))
        return value if np.isfinite(value) else 1e300

    best = min(
        (
            optimize.minimize(
                loss, start, method="Nelder-Mead",
                options={"xatol": 1e-7, "fatol": 1e-9, "maxiter": 4000, "maxfev": 4000},
            )
            for start in _starts(family, t, ended)
        ),
        key=lambda one: float(one.fun),
    )  # fmt: skip
    return _bound(family, best.x), float(best.fun)


def _bound(family: str, free: Floats) -> tuple[float, ...]:
    """Turn free numbers into parameters: positive, or a share."""
    free = np.clip(free, -50.0, 50.0)
    if family == "lognormal":
        return float(free[0]), exp(free[1])
    if family == "two_exponentials":
        return 1 / (1 + exp(-free[0])), exp(free[1]), exp(free[2])
    return tuple(map(exp, free))


def _starts(family: str, t: Floats, ended: Flags) -> Iterator[Floats]:
    """Yield where to search from."""
    mean = float(t.sum() / ended.sum())
    logs = np.log(t)
    if family == "exponential":
        yield np.array([log(mean)])
    elif family == "lognormal":
        yield np.array([logs.mean(), log(logs.std())])
    elif family == "two_exponentials":
        for share, short, long in ((0.5, 0.3, 1.7), (0.8, 0.5, 3.0), (0.2, 0.1, 1.2)):
            yield np.array([log(share / (1 - share)), log(short * mean), log(long * mean)])
    else:
        yield np.array([0.0, log(mean)])


def _distance(fitted: FamilyFit, curve: SurvivalCurve) -> float:
    """Return the largest distance from the curve, on either side of each of its steps."""
    at = fitted.survival(curve.time)
    before = np.append(1.0, curve.survival[:-1])
    return float(max(np.abs(at - curve.survival).max(), np.abs(at - before).max()))


def _exponential(t: Floats, parameters: tuple[float, ...]) -> _Likelihood:
    (mean,) = parameters
    return -t / mean - log(mean), -t / mean


def _lognormal(t: Floats, parameters: tuple[float, ...]) -> _Likelihood:
    middle, spread = parameters
    law = stats.lognorm(spread, scale=exp(middle))
    return law.logpdf(t), law.logsf(t)


def _gamma(t: Floats, parameters: tuple[float, ...]) -> _Likelihood:
    shape, scale = parameters
    law = stats.gamma(shape, scale=scale)
    return law.logpdf(t), law.logsf(t)


def _weibull(t: Floats, parameters: tuple[float, ...]) -> _Likelihood:
    shape, scale = parameters
    law = stats.weibull_min(shape, scale=scale)
    return law.logpdf(t), law.logsf(t)


def _two_exponentials(t: Floats, parameters: tuple[float, ...]) -> _Likelihood:
    share, first, second = parameters
    one, two = _exponential(t, (first,)), _exponential(t, (second,))
    with np.errstate(divide="ignore"):
        weights = np.log(share), np.log1p(-share)
    density, survival = (
        np.logaddexp(weights[0] + a, weights[1] + b) for a, b in zip(one, two, strict=True)
    )
    return density, survival


_FAMILIES: dict[str, Callable[[Floats, tuple[float, ...]], _Likelihood]] = {
    "exponential": _exponential,
    "lognormal": _lognormal,
    "gamma": _gamma,
    "weibull": _weibull,
    "two_exponentials": _two_exponentials,
}
