"""Ranges over draws of what is shown: of a scenario, and of what it changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.show.facts.data import Floats, outcome
from sim.statistics.pairs import differences
from sim.statistics.ranges import Range, range_of

if TYPE_CHECKING:
    from sim.experiment.replications import Replications


@dataclass(frozen=True)
class Change(Range):
    """What a scenario changes, over draws."""

    exact: bool
    """Whether it changes nothing in any draw."""
    one_way: float
    """Share of draws on the side of zero on which most lie; NaN if there is no draw."""


def outcome_range(r: Replications, name: str) -> Range:
    """Return the range of an outcome over draws (of replications that are none, over these)."""
    return range_of(outcome(r, name))


def difference_range(base: Replications, other: Replications, name: str) -> Change:
    """Return the range of what another scenario changes in an outcome, paired by draw."""
    return change_of(paired_differences(base, other, name))


def paired_differences(base: Replications, other: Replications, name: str) -> Floats:
    """Return what another scenario changes in an outcome, draw by draw; rounding is no change."""
    return differences(outcome(other, name), outcome(base, name))


def change_of(values: Floats) -> Change:
    """Return the range of differences, one a draw; NaN where there is none."""
    found, known = range_of(values), values[~np.isnan(values)]
    if not len(known):
        return Change(np.nan, np.nan, np.nan, 0, exact=False, one_way=np.nan)
    one_way = max((known > 0).mean(), (known < 0).mean(), (known == 0).mean())
    exact = not known.any()
    return Change(found.middle, found.low, found.high, found.number, exact, float(one_way))
