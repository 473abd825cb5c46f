"""Amounts say what their values say, and how sure they are, as finely as is worth reading."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import stats

from sim.language import speaking
from sim.show.answer.amounts import Amount, amount, amount_of, change, change_amount, fitting
from sim.show.words import MINUS
from tests.unit.show.conftest import with_outcome


def half_width(sample):
    return stats.t.ppf(0.975, len(sample) - 1) * stats.sem(sample)


def fixed(middle, half):
    return Amount(middle, middle - half, middle + half, drawn=False)


def drawn(middle, low, high):
    return Amount(middle, low, high, drawn=True)


def test_an_amount_of_replications_is_mean_and_interval():
    values = np.array([352.0, 401.0, 388.0, 397.0, 360.0])
    found = amount_of(values, drawn=False)
    assert found.middle == pytest.approx(values.mean())
    assert found.high - found.middle == pytest.approx(half_width(values))
    assert found.middle - found.low == pytest.approx(half_width(values))


def test_an_amount_of_draws_is_middle_and_range():
    values = np.arange(1.0, 100.0)
    found = amount_of(values, drawn=True)
    assert (found.middle, found.low, found.high) == pytest.approx((50, 5, 95))
    lopsided = np.array([1.0, 2.0, 3.0, 4.0, 100.0])
    assert amount_of(lopsided, drawn=True).middle == 3.0


@pytest.mark.parametrize("of_draws", [False, True])
def test_what_exists_nowhere_is_no_amount(of_draws):
    assert not amount_of(np.array([np.nan, np.nan]), drawn=of_draws).exists
    assert not change_amount(np.array([np.nan, np.nan]), drawn=of_draws).exists
    assert amount_of(np.array([np.nan, 3.0, 5.0]), drawn=of_draws).middle == 4.0


def test_changes_are_paired(both):
    first = [400.0, 500.0, 450.0, 420.0, 480.0]
    more = [410.0, 511.0, 460.0, 431.0, 490.0]
    base, other = with_outcome(both[1], "limbo", first), with_outcome(both[0], "limbo", more)
    found = change(base, other, "limbo")
    assert found.middle == pytest.approx(10.4)
    assert found.high - found.middle == pytest.approx(half_width([10, 11, 10, 11, 10]))
    assert not found.is_nothing
    as_draws = [dataclasses.replace(r, drawn=True) for r in (base, other)]
    middle = change(*as_draws, "limbo")
    assert (middle.middle, middle.low, middle.high) == pytest.approx((10, 10, 11))
    assert amount(as_draws[0], "limbo").middle == 450.0


def test_a_change_next_to_nothing_is_none(both):
    """Of 405 people less than one is not worth a word; three are."""
    first = [400.0, 410.0, 405.0, 405.0, 405.0]
    base = with_outcome(both[1], "limbo", first)

    def changed_by(more):
        values = [value + more for value in first]
        return change(base, with_outcome(both[0], "limbo", values), "limbo")

    assert changed_by(0.0).exact
    assert changed_by(0.0).is_nothing
    assert changed_by(0.5).is_nothing
    assert not changed_by(0.5).exact
    assert not changed_by(3.0).is_nothing


def test_a_change_that_may_be_more_is_not_nothing():
    """What is told is the range: its middle alone does not make it nothing."""
    assert not dataclasses.replace(drawn(0.0, -3.0, 4.0), least=1.0).is_nothing
    assert dataclasses.replace(drawn(0.0, -0.5, 0.9), least=1.0).is_nothing


@pytest.mark.parametrize(
    ("found", "options", "text"),
    [
        (fixed(193, 4), {}, "193 ± 4"),
        (drawn(117, 78, 183), {}, "117 (78 to 183)"),
        (drawn(0.78, 0.75, 0.82), {"share": True}, "78 % (75 to 82)"),
        (fixed(0.203, 0.024), {"share": True}, "20.3 ± 2.4 %"),
        (drawn(49, 8, 192), {"sign": True}, "+49 (+8 to +192)"),
        (drawn(-49, -192, -8), {}, "49 (8 to 192)"),
        (drawn(-49, -192, -8), {"sign": True}, f"{MINUS}49 ({MINUS}192 to {MINUS}8)"),
        (drawn(4, -8, 19), {}, f"+4 ({MINUS}8 to +19)"),
        (fixed(1_236_912, 239_400), {}, "1,237,000 ± 239,000"),
        (fixed(0.05, 0.01), {}, "0.05 ± 0.01"),
        (drawn(12, 12, 12), {}, "12"),
        (fixed(-3.0, np.nan), {"sign": True}, f"{MINUS}3.0"),
    ],
)
def test_amounts_are_written_with_how_sure_they_are(found, options, text):
    if "%" in text and found.drawn:
        text = text.replace(" %", "").replace("78", "78 %")
    assert found.written(**options) == text


def test_a_difference_of_shares_is_in_points():
    found = drawn(0.05, 0.04, 0.062).in_points()
    assert found.written(sign=True) == "+5.0 (+4.0 to +6.2)"


@pytest.mark.parametrize(
    ("middle", "width", "decimals"),
    [(193, 8, 0), (45.2, 3.1, 1), (0.05, 0.02, 2), (1e6, 5e5, -3), (7, np.nan, 0), (0, 0, 0)],
)
def test_no_more_decimals_than_are_worth_reading(middle, width, decimals):
    assert fitting(middle, width) == decimals


def test_amounts_are_written_as_the_language_does():
    with speaking("da"):
        assert drawn(1500, 1200, 1900).written().startswith("1.500 (1.200 ")
