"""The rule that decides whether there are enough replications."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sim.experiment.cells import Cell
from sim.experiment.definition import Precise, ReplicationRule
from sim.experiment.precision import is_precise, stored_outcomes
from sim.statistics.intervals import estimate
from sim.statistics.stopping import FIRST_LOOK
from tests.helpers.experiments import canned

NAN = float("nan")


def rules(half: float, *, relative: bool = False, reference: str | None = None) -> ReplicationRule:
    rule = Precise(outcome="limbo", half_width=half, relative=relative, difference_from=reference)
    return ReplicationRule(until=(rule,))


def told(**worlds: list[float]) -> dict[str, dict[str, np.ndarray]]:
    """Ten times the values given: enough for a first look."""
    return {name: {"limbo": np.array(values * 10)} for name, values in worlds.items()}


def half_width(values: list[float], level: float = 0.95) -> float:
    found = estimate(values * 10, level)
    assert found.half is not None
    return found.half


def test_a_few_values_say_nothing():
    few = {"a": {"limbo": np.full(FIRST_LOOK - 1, 7.0)}}
    assert not is_precise(rules(1.0), few)
    few["a"]["limbo"] = np.full(FIRST_LOOK, 7.0)
    assert is_precise(rules(1.0), few)


def test_skewed_values_are_not_believed_before_there_are_many():
    """One in ten is large: known to within 1, as far as 30 values can tell."""
    values = [0.0] * 9 + [5.0]
    rule = rules(1.0)
    assert half_width(values[:10]) < 1
    assert not is_precise(rule, {"a": {"limbo": np.array(values * 29)}})
    assert is_precise(rule, {"a": {"limbo": np.array(values * 30)}})
    assert is_precise(rules(1.0, reference="r"), told(r=values * 3, a=values * 3))


def test_every_scenario_must_be_known():
    good, bad = [10.0, 10.1, 9.9, 10.0], [10.0, 14.0, 6.0, 10.0]
    assert is_precise(rules(0.2), told(a=good, b=good))
    assert not is_precise(rules(0.2), told(a=good, b=bad))


def test_the_bound_itself_is_enough():
    values = [1.0, 2.0, 3.5]
    reached = half_width(values)
    assert is_precise(rules(reached), told(a=values))
    assert not is_precise(rules(reached * (1 - 1e-9)), told(a=values))


def test_a_relative_bound_is_a_share_of_the_mean():
    values = [99.0, 101.0, 100.0]
    share = half_width(values) / 100
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
    share = half_width(difference) / 100
    other = [100 + value for value in difference]
    world = told(ref=reference, a=other)
    assert is_precise(rules(share * 1.001, relative=True, reference="ref"), world)
    assert not is_precise(rules(share * 0.999, relative=True, reference="ref"), world)


def test_what_does_not_exist_is_left_out_and_never_waited_for():
    assert is_precise(rules(0.5), told(a=[10.0, NAN, 10.0, 10.0]))
    assert not is_precise(rules(0.5), told(a=[10.0, NAN, NAN, NAN]))
    assert is_precise(rules(0.5), told(a=[NAN, NAN]))
    assert is_precise(
        rules(0.5, reference="r"), told(r=[NAN, 5.0, 5.0, 5.0], a=[9.0, 6.0, 6.0, 6.0])
    )


def test_every_rule_must_hold():
    strict = Precise(outcome="limbo", half_width=0.1)
    loose = Precise(outcome="limbo", half_width=100.0)
    values = told(a=[1.0, 2.0, 3.0])
    assert is_precise(ReplicationRule(until=(loose,)), values)
    assert not is_precise(ReplicationRule(until=(loose, strict)), values)


def test_the_level_widens_the_interval():
    values = [1.0, 2.0, 3.0]
    rule = rules(half_width(values, 0.9))
    assert is_precise(rule.model_copy(update={"level": 0.9}), told(a=values))
    assert not is_precise(rule, told(a=values))


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
