"""The rule that decides whether there are enough replications."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.experiment.cells import Cell
from sim.experiment.definition import Precise, Replications
from sim.experiment.precision import half_width, is_precise, stored_outcomes
from tests.experiments import canned

NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50)
NAN = float("nan")


def rules(half: float, *, relative: bool = False, reference: str | None = None) -> Replications:
    rule = Precise(outcome="limbo", half_width=half, relative=relative, difference_from=reference)
    return Replications(until=(rule,))


def told(**worlds: list[float]) -> dict[str, dict[str, np.ndarray]]:
    return {name: {"limbo": np.array(values)} for name, values in worlds.items()}


@given(NUMBERS, st.floats(0.5, 0.999))
def test_half_width_is_that_of_the_student_interval_of_scipy(numbers, level):
    values = np.array(numbers)
    error = stats.sem(values)
    if error > 0:
        low, high = stats.t.interval(level, len(values) - 1, loc=0, scale=error)
        assert half_width(values, level) == pytest.approx((high - low) / 2)
    else:
        assert half_width(values, level) == 0


def test_half_width_by_hand():
    # Two values one apart: standard error 1/2, t(0.975, 1 df) = 12.7062047...
    assert half_width(np.array([1.0, 2.0]), 0.95) == pytest.approx(12.706204736 / 2)


@pytest.mark.parametrize("values", [[], [3.0]])
def test_fewer_than_two_values_say_nothing(values):
    assert half_width(np.array(values), 0.95) == float("inf")


def test_every_scenario_must_be_known():
    good, bad = [10.0, 10.1, 9.9, 10.0], [10.0, 14.0, 6.0, 10.0]
    assert is_precise(rules(0.2), told(a=good, b=good))
    assert not is_precise(rules(0.2), told(a=good, b=bad))


def test_the_bound_itself_is_enough():
    values = [1.0, 2.0, 4.0]
    reached = half_width(np.array(values), 0.95)
    assert is_precise(rules(reached), told(a=values))
    assert not is_precise(rules(reached * (1 - 1e-9)), told(a=values))


def test_a_relative_bound_is_a_share_of_the_mean():
    values = [99.0, 101.0, 100.0]
    share = half_width(np.array(values), 0.95) / 100
    assert is_precise(rules(share * 1.001, relative=True), told(a=values))
    assert not is_precise(rules(share * 0.999, relative=True), told(a=values))
    negative = [-value for value in values]
    assert is_precise(rules(share * 1.001, relative=True), told(a=negative))


def test_a_paired_difference_may_be_known_where_the_values_are_not():
    reference = [10.0, 50.0, 90.0, 30.0]
    other = [value + 5 + extra for value, extra in zip(reference, [0.1, 0, -0.1, 0], strict=True)]
    world = told(ref=reference, a=other)
    assert not is_precise(rules(1.0), world)
    assert is_precise(rules(1.0, reference="ref"), world)
    mixed = told(ref=reference, a=[other[1], other[2], other[3], other[0]])
    assert not is_precise(rules(1.0, reference="ref"), mixed)


def test_a_relative_difference_is_a_share_of_the_mean_of_the_reference():
    reference = [100.0, 100.0, 100.0]
    difference = [1.0, 2.0, 3.0]
    share = half_width(np.array(difference), 0.95) / 100
    other = [100 + value for value in difference]
    world = told(ref=reference, a=other)
    assert is_precise(rules(share * 1.001, relative=True, reference="ref"), world)
    assert not is_precise(rules(share * 0.999, relative=True, reference="ref"), world)


def test_what_does_not_exist_is_left_out_and_never_waited_for():
    assert is_precise(rules(0.5), told(a=[10.0, NAN, 10.0, 10.0]))
    assert not is_precise(rules(0.5), told(a=[10.0, NAN, NAN, NAN]))
    assert is_precise(rules(0.5), told(a=[NAN, NAN]))
    assert is_precise(rules(0.5, reference="r"), told(r=[NAN, 5.0, 5.0], a=[9.0, 6.0, 6.0]))


def test_every_rule_must_hold():
    strict = Precise(outcome="limbo", half_width=0.1)
    loose = Precise(outcome="limbo", half_width=100.0)
    values = told(a=[1.0, 2.0, 3.0])
    assert is_precise(Replications(until=(loose,)), values)
    assert not is_precise(Replications(until=(loose, strict)), values)


def test_the_level_widens_the_interval():
    values = np.array([1.0, 2.0, 3.0])
    assert half_width(values, 0.99) > half_width(values, 0.95) > half_width(values, 0.5)


def test_stored_outcomes_come_in_order_of_replication_with_gaps_as_nan(tmp_path: Path):
    files = []
    for first in (2, 0):
        cell = Cell(0, first, "small", 2)
        file = tmp_path / f"{cell.name}.parquet"
        stored = canned(cell, lambda _, number: None if number == 1 else number + 0.5)
        file.write_bytes(stored.tables["outcomes"])
        files.append(file)
    found = stored_outcomes(files, ["limbo"])
    np.testing.assert_array_equal(found["limbo"], [0.5, NAN, 2.5, 3.5])
