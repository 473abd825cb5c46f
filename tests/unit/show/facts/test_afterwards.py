"""What happens after the sentence: ways out and who is left account for everyone."""

import numpy as np
import pytest

from sim.show.facts.afterwards import MAIN, OTHERS, STILL_THERE, sum_of, time_of, ways_of


def test_ways_out_and_those_left_are_everyone(baseline):
    _, ways = ways_of(baseline, MAIN)
    assert ways[-1].name == STILL_THERE
    assert sum_of([way.share for way in ways]) == pytest.approx(1)


def test_only_what_is_merged_names_what_it_is_made_of(baseline):
    _, ways = ways_of(baseline, MAIN)
    assert [way.name for way in ways if way.merged] in ([], [OTHERS])


def test_a_time_beyond_the_curve_has_no_place():
    years = np.array([0.0, 0.5, 1.0])
    assert time_of(years, 1) == 2
    assert time_of(years, 2) is None
