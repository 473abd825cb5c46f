"""The arithmetic of the benchmark of coverage."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from benchmarks.bench_coverage import share_inside, standard_error

NAN = float("nan")


def test_truths_at_the_ends_are_inside_and_those_without_a_value_do_not_count() -> None:
    stated = np.arange(1.0, 20)  # its range is 1 to 19
    truths = [1.0, 19.0, 0.9, 19.1, *[5.0] * 6, NAN]
    assert share_inside(stated, truths) == (0.8, 10)


def test_of_few_nothing_is_said() -> None:
    share, number = share_inside(np.arange(40), [1.0] * 9)
    assert (np.isnan(share), number) == (True, 9)
    assert np.isnan(share_inside([NAN] * 40, [1.0] * 20)[0])


def test_of_what_never_varies_nothing_is_said() -> None:
    assert np.isnan(share_inside([2.0] * 40, [2.0] * 20)[0])
    assert share_inside([2.0] * 40, [2.0] * 19 + [3.0]) == (0.95, 20)


def test_the_error_is_that_of_a_beta_binomial_share() -> None:
    """Of 59 draws a range holds Beta(54, 6): positions 3 and 57."""
    exact = stats.betabinom(30, 54, 6).std() / 30
    assert standard_error(59, 30) == pytest.approx(exact, rel=1e-9)
    assert standard_error(59, 10**9) == pytest.approx(stats.beta(54, 6).std(), rel=1e-6)
