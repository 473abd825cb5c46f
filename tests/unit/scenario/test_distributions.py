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
    Exponential,
    LogNormal,
    Triangular,
    Uniform,
)

Any_ = Constant | Uniform | Exponential | BoundedExponential | LogNormal | Triangular

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


any_distribution = st.one_of(
    st.builds(Constant, value=_value),
    st.builds(Exponential, kind=st.just("exponential"), mean=_value),
    _uniform(),
    _bounded(),
    _triangular(),
    _lognormal(),
)


def at(distribution: Any_, u: float) -> float:
    return float(distribution.quantile(np.array([u]))[0])


@given(any_distribution, st.floats(0, 1, exclude_max=True))
@settings(max_examples=200, deadline=None)
def test_one_value_is_that_of_a_whole_column(distribution: Any_, u: float) -> None:
    assert distribution.at(u) == pytest.approx(at(distribution, u), rel=1e-12, abs=1e-12)


def test_every_kind_is_tested() -> None:
    assert set(KINDS) == {
        "constant",
        "uniform",
        "exponential",
        "bounded_exponential",
        "lognormal",
        "triangular",
    }


@given(any_distribution)
@settings(max_examples=150, deadline=None)
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
    ],
)
def test_known_quantiles(distribution: Any_, u: float, value: float) -> None:
    assert at(distribution, u) == pytest.approx(value, rel=1e-12)


def test_the_shape_of_a_column_is_kept() -> None:
    column = np.linspace(0, 0.99, 12).reshape(3, 4)
    for distribution in (Constant(value=1), LogNormal(kind="lognormal", p05=1, p95=2)):
        assert distribution.quantile(column).shape == (3, 4)
