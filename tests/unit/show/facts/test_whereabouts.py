"""Where people are: bands that account for everyone, the small ones as one."""

import numpy as np
import pytest

from sim.show.facts.whereabouts import AFTER, anyone_in, bands_of, most_at_once, totals


def test_totals_are_the_sums_of_the_bands(baseline):
    bands, _ = bands_of(baseline)
    found = totals(baseline)
    assert found.all == pytest.approx(sum(band.typical for band in bands))
    assert found.after == pytest.approx(sum(b.typical for b in bands if b.part == AFTER))
    assert 0 < found.after < found.all
    typical = [band.typical for band in found.largest]
    assert typical == sorted(typical, reverse=True)


def test_nobody_is_in_a_rented_prison_that_there_is_not(baseline, without):
    assert totals(baseline).rented > 0
    assert totals(without).rented == 0
    assert anyone_in([without, baseline], "rented_prison")
    assert not anyone_in([without], "rented_prison")


def test_most_at_once_is_the_peak_of_all_together(baseline):
    bands, _ = bands_of(baseline)
    peak = most_at_once(bands)
    assert max(band.mean.max() for band in bands) < peak
    assert peak <= np.sum([band.mean.max() for band in bands])
