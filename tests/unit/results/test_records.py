"""The log as sorted columns: picking out spells, and joining those without a gap."""

from __future__ import annotations

import numpy as np
import pytest

from sim.results.records import Spells, _columns, among
from sim.world.stages import Stay

PRISON, ABROAD, TRIP = Stay.HOME_PRISON, Stay.RENTED_PRISON, Stay.TEMPORARY_RETURN


@pytest.fixture
def spells() -> Spells:
    """Two people: one goes abroad and back for a trip, one is still abroad."""
    rows = [
        (0, PRISON, 0.0, 4.0), (0, ABROAD, 4.0, 9.0), (0, TRIP, 9.0, 10.0),
        (0, ABROAD, 10.0, 12.0), (1, PRISON, 2.0, 6.0), (1, ABROAD, 6.0, np.nan),
    ]  # fmt: skip
    index, code, start, end = map(np.array, zip(*rows, strict=True))
    return Spells(index, code.astype(int), start, end)


def test_codes_are_told_apart_also_where_none_is_so_high() -> None:
    codes = np.array([3, 0, 2, 3])
    assert among(codes, (3, 99)).tolist() == [True, False, False, True]
    assert among(codes, ()).tolist() == [False] * 4
    assert among(np.array([], int), (1,)).tolist() == []


def test_spells_of_some_kinds_keep_their_order(spells: Spells) -> None:
    assert spells.places(ABROAD, TRIP).tolist() == [1, 2, 3, 5]
    assert spells.of(ABROAD).start.tolist() == [4.0, 10.0, 6.0]
    assert spells.of(ABROAD) is spells.of(ABROAD)


def test_those_without_a_break_are_one(spells: Spells) -> None:
    whole = spells.joined(ABROAD, TRIP)
    assert whole.index.tolist() == [0, 1]
    assert whole.start.tolist() == [4.0, 6.0]
    assert whole.end[0] == 12.0
    assert np.isnan(whole.end[1])
    assert len(spells.joined(ABROAD).start) == 3, "a trip of another kind is a break"


def test_edges_are_in_order_without_ends_that_were_not_reached(spells: Spells) -> None:
    starts, ends = spells.edges()
    assert starts.tolist() == [0.0, 2.0, 4.0, 6.0, 9.0, 10.0]
    assert ends.tolist() == [4.0, 6.0, 9.0, 10.0, 12.0]


def test_what_is_remembered_cannot_be_changed(spells: Spells) -> None:
    for column in (*spells.edges(), spells.places(ABROAD), spells.ends_by(20.0)):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 7


@pytest.mark.parametrize(("begins", "ends"), [(0.0, 20.0), (3.0, 5.0), (9.5, 30.0), (12.0, 12.0)])
def test_days_in_a_period_are_those_of_each_spell_in_it(
    spells: Spells, begins: float, ends: float
) -> None:
    told = np.zeros(len(Stay))
    for code, start, end in zip(spells.code, spells.start, spells.end, strict=True):
        last = 20.0 if np.isnan(end) else end
        told[code] += max(0.0, min(last, ends) - max(start, begins))
    assert spells.person_days(begins, ends, 20.0).tolist() == told.tolist()


def test_a_stage_that_is_logged_ahead_comes_in_its_turn() -> None:
    flat = [1, 5, 9.0, 0, 2, 3.0, 1, 4, 2.0, 0, 1, 3.0]
    index, code, day = _columns(flat)
    assert index.tolist() == [0, 0, 1, 1]
    assert code.tolist() == [2, 1, 4, 5], "on the same day in the order of the log"
    assert day.tolist() == [3.0, 3.0, 2.0, 9.0]
