"""A world on a shorter calendar is the same world until it ends."""

from __future__ import annotations

from datetime import date

import numpy as np

import sim
from sim.scenario.calendar import followed_until
from sim.scenario.files import load
from tests.helpers.worlds import END, START, small

CUT = date(2029, 1, 1)


def test_nothing_before_the_end_is_changed_by_it() -> None:
    whole = small().change({"rented_prison.opens": date(2032, 1, 1)})
    part = followed_until(whole, CUT)
    assert (part.time.start, part.time.end, part.rented_prison.in_use) == (START, CUT, False)
    all_of_it, some_of_it = sim.run(whole, seed=2), sim.run(part, seed=2)
    for name, moment in (("spells", "start"), ("exits", "date")):
        before = getattr(all_of_it, name)
        before = before[before[moment] < np.datetime64(CUT)].reset_index(drop=True)
        after = getattr(some_of_it, name)
        columns = ["person", moment, "stage" if name == "spells" else "exit"]
        assert len(after) > 100
        assert before[columns].astype(str).equals(after[columns].astype(str))


def test_a_world_is_not_cut_between_selection_and_opening() -> None:
    opens = date(2029, 2, 1)
    part = followed_until(small().change({"rented_prison.opens": opens}), CUT)
    assert part.rented_prison.in_use
    assert opens < part.time.end < END


def test_an_open_prison_stays_in_use() -> None:
    part = followed_until(small(), CUT)
    assert part.rented_prison.in_use
    assert part.time.end == CUT


def test_a_world_that_ends_earlier_stays_as_it_is() -> None:
    assert followed_until(small(), END) is small()


def test_steps_are_cut_and_halts_outside_left_out() -> None:
    part = followed_until(load("halted_by_court"), date(2026, 1, 1))
    assert part.transfer.halts == ()
    assert part.arrivals.judgments_per_year[-1].until == date(2026, 1, 1)
    assert part.hash == followed_until(load("baseline"), date(2026, 1, 1)).hash
