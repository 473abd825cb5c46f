"""Rank correlation, and what of it chance alone would give."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.statistics.intervals import holm
from sim.statistics.ranks import chance_of, largest_by_chance, rank_correlation


@pytest.mark.parametrize("share", [0.5, 0.95])
def test_the_largest_of_many_correlations_by_chance(share: float) -> None:
    """Of 40 factors that have nothing to do with the outcome, over 60 points, 2,000 times."""
    rng = np.random.default_rng(1)
    points, number, times = 60, 40, 2000
    ranks = rng.random((times, number, points)).argsort(axis=2) - (points - 1) / 2
    outcome = np.arange(points) - (points - 1) / 2
    largest = np.abs(ranks @ outcome).max(axis=1) / (outcome @ outcome)
    assert np.mean(largest < largest_by_chance(points, number, share)) == pytest.approx(
        share, abs=0.03
    )


def test_the_correlation_and_its_chance_are_those_of_scipy() -> None:
    rng = np.random.default_rng(4)
    x, y = rng.random(50), rng.random(50)
    y[:20], x[15:25] = np.nan, np.nan
    found, points = rank_correlation(x, y)
    theirs = stats.spearmanr(x[25:], y[25:])
    assert (found, points) == (pytest.approx(theirs.statistic), 25)
    assert chance_of(np.array([found]), np.array([points]))[0] == pytest.approx(theirs.pvalue)


@pytest.mark.parametrize("missing", [0.0, 0.3, 0.5])
def test_false_findings_stay_at_five_per_cent_whatever_is_missing(missing: float) -> None:
    """Sixty points, twenty factors, pure noise, 3,000 times: any finding is a false one.

    Where the outcome is missing at some points, only the others tell anything.
    """
    rng = np.random.default_rng(6)
    alarms = []
    for number in 60 - rng.binomial(60, missing, 3000):
        ranks = rng.random((20, number)).argsort(axis=1) - (number - 1) / 2
        outcome = np.arange(number) - (number - 1) / 2
        found = ranks @ outcome / (outcome @ outcome)
        alarms.append(bool((holm(chance_of(found, np.full(20, number))) < 0.05).any()))
    # The t approximation of ranks is a little too ready far out in its tails.
    assert 0.04 < np.mean(alarms) < 0.075
