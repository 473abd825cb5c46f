"""What differences tell: the verdict on every kind of one, and the size that matters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.results.outcomes import OUTCOMES
from sim.results.outcomes.margins import MARGINS, OWN_MARGINS
from sim.statistics.intervals import holm, moments, p_values
from sim.statistics.pairs import VERDICTS, Margin, difference, differences, verdicts

FIVE = np.array([-0.1, 0.1, 0.0, -0.05, 0.05])


def verdict(values: np.ndarray, margin: float) -> str:
    found = moments(np.atleast_2d(np.asarray(values, float)))
    return verdicts(found, holm(p_values(found)), np.array([margin]), 0.05)[0]


@pytest.mark.parametrize(
    ("values", "margin", "expected"),
    [
        (FIVE + 3, 1, "more"),
        (FIVE - 3, 1, "less"),
        (FIVE + 0.8, 1, "negligible"),  # told from chance, too small to matter
        (FIVE, 1, "negligible"),  # not told, but whatever it is does not matter
        (FIVE + 0.98, 1, "negligible"),  # told; the interval reaches beyond, the mean does not
        (FIVE + 1.02, 1, "more"),
        (20 * FIVE, 1, "too small to detect"),
        (FIVE, 0, "too small to detect"),
        (FIVE + 0.8, 0, "more"),
        (0 * FIVE, 0, "no difference"),
        (0 * FIVE, 1, "no difference"),
        ([0.0], 1, "no difference"),
        ([3.0], 1, "cannot be told"),
        ([0.01] * 4, 1, "cannot be told"),
        ([np.nan] * 9, 1, "cannot be told"),
        ([0.0] * 4 + [1.0, np.nan], 0.01, "too small to detect"),
    ],
)
def test_every_verdict(values: np.ndarray, margin: float, expected: str) -> None:
    assert verdict(values, margin) == expected


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=9), st.floats(0, 50))
def test_a_verdict_is_about_size_not_about_the_unit(values: list[float], margin: float) -> None:
    said = verdict(np.array(values), margin)
    assert said in VERDICTS
    scaled = verdict(64 * np.array(values), 64 * margin)
    assert scaled == said
    opposite = {"more": "less", "less": "more"}.get(said, said)
    assert verdict(-np.array(values), margin) == opposite


def test_rounding_is_no_difference() -> None:
    values = np.array([4000.1, 0.3, 7.0, np.nan])
    apart = differences(values * (1 + 1e-12), values)
    assert apart[:3].tolist() == [0, 0, 0]
    assert np.isnan(apart[3])
    found = difference(values * (1 + 1e-12), values)
    assert (found.mean, found.number, found.exact) == (0, 3, True)
    assert difference([1.0, np.nan, 5.0], [0.0, 2.0, 1.0, 9.0]).mean == 2.5
    assert not difference([], []).exact


def test_a_margin_is_the_larger_of_two_sizes() -> None:
    margin = Margin(absolute=0.5, relative=0.01)
    assert margin.at(10) == margin.at(-10) == margin.at(np.nan) == 0.5
    assert margin.at(-200) == 2.0


def test_every_outcome_has_a_size_that_matters() -> None:
    assert {outcome.unit for outcome in OUTCOMES} == set(MARGINS)
    assert set(OWN_MARGINS) <= {outcome.name for outcome in OUTCOMES}
    for outcome in OUTCOMES:
        assert outcome.margin.at(100.0) > 0, outcome.name
