"""Families fitted by maximum likelihood, against what is known of them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.statistics.fits import fits

ALL = {"exponential", "lognormal", "gamma", "weibull", "two_exponentials"}
U = (np.arange(300) + 0.5) / 300


def by_family(duration, ended=None):
    flags = np.ones(len(duration), bool) if ended is None else ended
    found = fits(np.asarray(duration, float), flags)
    assert {one.family for one in found} == ALL
    assert [one.aic for one in found] == sorted(one.aic for one in found)
    return {one.family: one for one in found}


def test_all_families_are_as_likely_as_scipy_can_make_them() -> None:
    days = stats.gamma(2, scale=30).ppf(U)
    found = by_family(days)
    for family, law in (
        ("gamma", stats.gamma), ("weibull", stats.weibull_min), ("lognormal", stats.lognorm),
    ):  # fmt: skip
        best = law.logpdf(days, *law.fit(days, floc=0)).sum()
        assert found[family].log_likelihood == pytest.approx(best, abs=1e-3)
    assert found["exponential"].parameters[0] == pytest.approx(days.mean(), rel=1e-6)
    assert found["gamma"].ks < 0.01 < found["exponential"].ks


def test_a_censored_exponential_has_all_time_over_all_ends() -> None:
    days = stats.expon(scale=40).ppf(U)
    ended = days < 60
    found = by_family(np.minimum(days, 60), ended)["exponential"]
    assert found.parameters[0] == pytest.approx(np.minimum(days, 60).sum() / ended.sum(), rel=1e-6)
    assert found.log_likelihood == pytest.approx(
        -ended.sum() * (np.log(found.parameters[0]) + 1), rel=1e-9
    )


@pytest.mark.parametrize(
    ("family", "law"),
    [
        ("gamma", stats.gamma(2, scale=30)),
        ("weibull", stats.weibull_min(1.7, scale=50)),
        ("lognormal", stats.lognorm(0.8, scale=30)),
    ],
)
def test_what_made_the_data_is_found_though_a_third_had_not_ended(family, law) -> None:
    days, end = law.ppf(U), law.ppf(2 / 3)
    found = by_family(np.minimum(days, end), days <= end)[family]
    assert found.quantile(0.5) == pytest.approx(law.ppf(0.5), rel=0.02)
    assert found.quantile(0.9) == pytest.approx(law.ppf(0.9), rel=0.05)
    assert found.survival(np.array([found.quantile(0.3)]))[0] == pytest.approx(0.7)


def test_two_exponentials_are_told_apart() -> None:
    days = np.append(stats.expon(scale=5).ppf(U), stats.expon(scale=200).ppf(U[::3]))
    found = by_family(days)["two_exponentials"]
    share, *means = found.parameters
    assert sorted(means) == pytest.approx([5, 200], rel=0.1)
    assert share == pytest.approx(0.75 if means[0] < means[1] else 0.25, abs=0.03)
    assert found.survival(np.array([found.quantile(0.9)]))[0] == pytest.approx(0.1)
