"""Mean lengths of queues, of the scenarios in which anyone is in them."""

import dataclasses

from sim.show.draw.queues import queues
from sim.show.facts.data import mean_length
from sim.show.facts.queues import CONDITION, mean_lengths, names_of
from tests.unit.show.conftest import changed


def test_limbo_comes_last(both):
    names = names_of(both)
    assert names[-1] == CONDITION
    assert len(names) == len(set(names)) > 1


def test_a_mean_stands_at_the_place_of_its_scenario(both):
    assert mean_lengths(both, CONDITION) == {
        n: mean_length(r, CONDITION) for n, r in enumerate(both)
    }


def test_a_queue_that_nobody_is_in_has_no_mean(both):
    assert mean_lengths(both, "no_such_queue") == {}


def test_a_line_that_is_nobody_throughout_has_no_peak(baseline):
    def nobody_but_in_one(table):
        table.loc[table["replication"] > 0, "people"] = 0.0
        return table

    draws = dataclasses.replace(changed(baseline, "queues", nobody_but_in_one), drawn=True)
    caption = queues([draws]).caption
    assert "where the line peaks" not in caption
    assert "Waiting for a travel document: " in caption
