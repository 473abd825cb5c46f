"""Mean lengths of queues, of the scenarios in which anyone is in them."""

from sim.show.facts.data import mean_length
from sim.show.facts.queues import CONDITION, mean_lengths, names_of


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
