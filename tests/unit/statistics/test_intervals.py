"""Student's t and Holm's rule, against scipy and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.statistics.intervals import FEWEST, estimate, fewest, holm, moments, pooled_half_width

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=FEWEST, max_size=50)


@given(VALUES, st.floats(0.5, 0.999))
def test_the_half_width_is_that_of_scipy(numbers: list[float], level: float) -> None:
    found, error = estimate(numbers, level), float(stats.sem(numbers))
    assert found.half is not None
    if error > 1e-8 * np.abs(numbers).max():
        low, high = stats.t.interval(level, len(numbers) - 1, loc=0, scale=error)
        assert found.half == pytest.approx((high - low) / 2, rel=1e-6)
    assert found.mean == pytest.approx(np.mean(numbers), abs=1e-6)


def test_there_is_one_threshold_for_too_few() -> None:
    """The same for a mean, for the rows of a table, and for the number that is needed."""
    values = np.array([[1.0, 2.0, 4.0, 3.0, 2.5, 9.0]])
    for number in range(7):
        enough = number >= FEWEST
        assert (estimate(values[0, :number]).half is not None) is enough
        if number:
            assert bool(np.isfinite(moments(values[:, :number]).half_width[0])) is enough
    assert fewest(0.0, 1.0) == fewest(1e-9, 1e9) == FEWEST


def test_missing_values_do_not_count_and_rounding_is_no_spread() -> None:
    values = np.array([7.0, np.nan, 7.0, 7.0 * (1 + 1e-13), 7.0, 7.0])
    found = estimate(values)
    assert (found.mean, found.half, found.number) == (pytest.approx(7.0), 0.0, 5)
    assert np.isnan(estimate([np.nan]).mean)


def test_chance_is_pooled_over_moves() -> None:
    """Two moves with variances 2 and 8 over two replications: 2 degrees of freedom."""
    moves = np.array([[1.0, 3.0], [0.0, 4.0], [5.0, np.nan]])
    expected = stats.t.ppf(0.975, 2) * np.sqrt((2 / 2 + 8 / 2) / 2)
    assert pooled_half_width(moves) == pytest.approx(expected)
    assert np.isnan(pooled_half_width(moves[2:]))


def test_holm_by_hand() -> None:
    """Times 4, 3, 2, 1 from the smallest on; the third may not fall below the second."""
    p = np.array([0.03, 0.005, np.nan, 0.02, 0.4])
    np.testing.assert_allclose(holm(p), [0.06, 0.02, np.nan, 0.06, 0.4], rtol=1e-12)
    assert holm(np.array([0.5, 0.9])).tolist() == [1.0, 1.0]
    assert holm(np.array([])).tolist() == []
