"""Distributions are quantile functions with exact means."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from sim.scenario.distributions import (
    KINDS,
    BoundedExponential,
    Constant,
    Empirical,
    Exponential,
    Gamma,
    LogNormal,
    Mixture,
    Part,
    Triangular,
    Uniform,
    Weibull,
)
from sim.verification.laws import law_of

Any_ = (
    Constant | Uniform | Exponential | BoundedExponential | LogNormal | Gamma | Weibull
    | Triangular | Empirical | Mixture
)  # fmt: skip

_value = st.floats(0.01, 5000)
_share = st.floats(0.02, 0.98)
_ratio = st.floats(1.05, 40)


@st.composite
def _interval(draw: Any) -> tuple[float, float]:
    low = draw(st.floats(0, 3000))
    return low, low + draw(st.floats(0.5, 3000))


@st.composite
def _bounded(draw: Any) -> BoundedExponential:
    low, high = draw(_interval())
    mean = low + draw(_share) * (high - low)
    return BoundedExponential(kind="bounded_exponential", low=low, high=high, mean=mean)


@st.composite
def _triangular(draw: Any) -> Triangular:
    low, high = draw(_interval())
    mode = min(low + draw(st.floats(0, 1)) * (high - low), high)
    return Triangular(kind="triangular", low=low, mode=mode, high=high)


@st.composite
def _lognormal(draw: Any) -> LogNormal:
    p05 = draw(_value)
    return LogNormal(kind="lognormal", p05=p05, p95=p05 * draw(_ratio))


@st.composite
def _uniform(draw: Any) -> Uniform:
    low, high = draw(_interval())
    return Uniform(kind="uniform", low=low, high=high)


@st.composite
def _gamma(draw: Any) -> Gamma:
    p05 = draw(_value)
    return Gamma(kind="gamma", p05=p05, p95=p05 * draw(_ratio))


@st.composite
def _weibull(draw: Any) -> Weibull:
    p05 = draw(_value)
    return Weibull(kind="weibull", p05=p05, p95=p05 * draw(_ratio))


@st.composite
def _empirical(draw: Any) -> Empirical:
    values = tuple(draw(st.lists(_value, min_size=1, max_size=8)))
    weights = tuple(draw(st.floats(0.1, 10)) for _ in values)
    return Empirical(
        kind="empirical", values=values, weights=draw(st.sampled_from([None, weights]))
    )


closed_distribution = st.one_of(
    st.builds(Constant, value=_value),
    st.builds(Exponential, kind=st.just("exponential"), mean=_value),
    _uniform(),
    _bounded(),
    _triangular(),
    _lognormal(),
    _weibull(),
)
simple_distribution = st.one_of(closed_distribution, _gamma(), _empirical())


@st.composite
def _mixture(draw: Any) -> Mixture:
    parts = {name: Part(weight=draw(st.floats(0.1, 10)), of=draw(simple_distribution))
             for name in ("short", "long")}  # fmt: skip
    return Mixture(kind="mixture", parts=parts)


any_distribution = st.one_of(simple_distribution, _mixture())


def at(distribution: Any_, u: float) -> float:
    return float(distribution.quantile(np.array([u]))[0])


@given(any_distribution, st.floats(0, 1, exclude_max=True))
@settings(max_examples=200, deadline=None)
def test_one_value_is_that_of_a_whole_column(distribution: Any_, u: float) -> None:
    column = np.array([0.1, u, 0.9, u])
    assert distribution.at(u) == distribution.quantile(column)[1]
    assert distribution.at(u) == distribution.quantile(column[1:])[2]


def test_every_kind_is_tested() -> None:
    assert set(KINDS) == {
        "constant",
        "uniform",
        "exponential",
        "bounded_exponential",
        "lognormal",
        "triangular",
        "gamma",
        "weibull",
        "empirical",
        "mixture",
    }


@given(any_distribution, st.floats(0.001, 0.999))
@settings(max_examples=200, deadline=None)
def test_the_quantile_is_the_least_value_that_reaches_its_probability(
    distribution: Any_, u: float
) -> None:
    value = distribution.quantile(np.array([u]))
    assert distribution.cdf(value * (1 + 1e-9) + 1e-9)[0] >= u - 1e-9
    assert distribution.cdf(value * (1 - 1e-9) - 1e-9)[0] <= u + 1e-6


@given(any_distribution, st.floats(0, 5000))
@settings(max_examples=200, deadline=None)
def test_the_formulas_of_verification_agree(distribution: Any_, x: float) -> None:
    column = np.array([x + 1e-7])
    assert law_of(distribution).cdf(column) == pytest.approx(distribution.cdf(column), abs=1e-6)


@given(st.one_of(_gamma(), _weibull()))
@settings(deadline=None)
def test_long_tails_hit_their_percentiles(distribution: Gamma | Weibull) -> None:
    assert at(distribution, 0.05) == pytest.approx(distribution.p05, rel=1e-8)
    assert at(distribution, 0.95) == pytest.approx(distribution.p95, rel=1e-8)


def test_a_mixture_is_the_same_in_any_order_and_for_any_common_weight() -> None:
    fast = Exponential(kind="exponential", mean=20)
    slow = Gamma(kind="gamma", p05=100, p95=900)
    one = Mixture(
        kind="mixture", parts={"a": Part(weight=3, of=fast), "b": Part(weight=1, of=slow)}
    )
    two = Mixture(
        kind="mixture", parts={"b": Part(weight=2, of=slow), "a": Part(weight=6, of=fast)}
    )
    u = np.linspace(0, 0.999, 200)
    assert np.array_equal(one.quantile(u), two.quantile(u))


@given(st.one_of(_gamma(), _weibull(), _empirical(), _mixture()))
@settings(max_examples=15, deadline=None)
def test_the_mean_is_that_of_the_values_of_all_luck(distribution: Any_) -> None:
    column = (np.arange(20_000) + 0.5) / 20_000
    assert distribution.quantile(column).mean() == pytest.approx(distribution.mean, rel=5e-3)


@given(closed_distribution)
@settings(max_examples=100, deadline=None)
def test_the_mean_is_the_integral_of_the_quantile_function(distribution: Any_) -> None:
    ends = [0, 1e-9, 1e-6, 1e-3, 0.05, 0.5, 0.95, 1 - 1e-3, 1 - 1e-6, 1 - 1e-9, 1 - 1e-12]
    integral = sum(
        quad(lambda u: at(distribution, u), below, above, limit=200)[0]
        for below, above in pairwise(ends)
    )
    assert integral == pytest.approx(distribution.mean, rel=1e-5)


@given(any_distribution, st.lists(st.floats(0, 1, exclude_max=True), min_size=2, max_size=50))
@settings(max_examples=300, deadline=None)
def test_more_luck_is_never_less_time(distribution: Any_, luck: list[float]) -> None:
    column = np.sort(np.array(luck))
    values = distribution.quantile(column)
    assert values.shape == column.shape
    assert np.all(np.isfinite(values))
    assert np.all(values >= 0)
    assert np.all(np.diff(values) >= -1e-9 * max(1.0, float(values.max())))


@given(_lognormal())
@settings(deadline=None)
def test_a_lognormal_hits_its_percentiles(distribution: LogNormal) -> None:
    assert at(distribution, 0.05) == pytest.approx(distribution.p05, rel=1e-9)
    assert at(distribution, 0.95) == pytest.approx(distribution.p95, rel=1e-9)
    middle = (distribution.p05 * distribution.p95) ** 0.5
    assert at(distribution, 0.5) == pytest.approx(middle, rel=1e-9)


@given(_bounded())
@settings(max_examples=60, deadline=None)
def test_a_bounded_exponential_has_the_mean_and_the_limits_it_states(
    distribution: BoundedExponential,
) -> None:
    width = distribution.high - distribution.low
    assert at(distribution, 0.0) == distribution.low
    column = (np.arange(400_000) + 0.5) / 400_000
    values = distribution.quantile(column)
    assert values.mean() == pytest.approx(distribution.mean, abs=1e-5 * width)
    assert values.min() >= distribution.low
    assert values.max() <= distribution.high * (1 + 1e-12)


@pytest.mark.parametrize("share", [0.3, 0.5 - 1e-12, 0.5, 0.5 + 1e-9, 0.7])
def test_a_bounded_exponential_passes_through_the_uniform(share: float) -> None:
    distribution = BoundedExponential(kind="bounded_exponential", low=0, high=1, mean=share)
    column = (np.arange(100_000) + 0.5) / 100_000
    assert distribution.quantile(column).mean() == pytest.approx(share, abs=1e-8)
    if abs(share - 0.5) < 1e-6:
        np.testing.assert_allclose(distribution.quantile(column), column, atol=1e-6)


@pytest.mark.parametrize(
    ("distribution", "u", "value"),
    [
        (Constant(value=7), 0.3, 7.0),
        (Uniform(kind="uniform", low=10, high=20), 0.25, 12.5),
        (Exponential(kind="exponential", mean=10), 1 - np.exp(-1), 10.0),
        (Triangular(kind="triangular", low=0, mode=1, high=2), 0.5, 1.0),
        (Triangular(kind="triangular", low=0, mode=1, high=2), 0.125, 0.5),
        (Triangular(kind="triangular", low=0, mode=0, high=1), 0.75, 0.5),
        (Triangular(kind="triangular", low=0, mode=1, high=1), 0.25, 0.5),
        (Empirical(kind="empirical", values=(9, 1, 5)), 0.34, 5.0),
        (Empirical(kind="empirical", values=(9, 1, 5), weights=(2, 1, 1), times=2), 0.5, 18.0),
        (
            Mixture(
                kind="mixture",
                parts={
                    "a": Part(weight=1, of=Constant(value=5)),
                    "b": Part(weight=1, of=Constant(value=7)),
                },
            ),
            0.5,
            5.0,
        ),
    ],
)
def test_known_quantiles(distribution: Any_, u: float, value: float) -> None:
    assert at(distribution, u) == pytest.approx(value, rel=1e-12)


def test_the_shape_of_a_column_is_kept() -> None:
    column = np.linspace(0, 0.99, 12).reshape(3, 4)
    for distribution in (Constant(value=1), LogNormal(kind="lognormal", p05=1, p95=2)):
        assert distribution.quantile(column).shape == (3, 4)
