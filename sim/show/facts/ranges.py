"""Ranges over draws of what is shown: of a scenario, and of what it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.show.facts.data import Floats, outcome
from sim.statistics.pairs import differences
from sim.statistics.ranges import Range, range_of

if TYPE_CHECKING:
    from sim.experiment.replications import Replications


def outcome_range(r: Replications, name: str) -> Range:
    """Return the range of an outcome over draws (of replications that are none, over these)."""
    return range_of(outcome(r, name))


def difference_range(base: Replications, other: Replications, name: str) -> Range:
    """Return the range of what another scenario changes in an outcome, paired by draw."""
    return range_of(paired_differences(base, other, name))


def paired_differences(base: Replications, other: Replications, name: str) -> Floats:
    """Return what another scenario changes in an outcome, draw by draw; rounding is no change."""
    return differences(outcome(other, name), outcome(base, name))


def same_sign_share(values: Floats) -> float:
    """Return the share of draws that lie on the side of zero on which most of them lie."""
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan")
    return float(max((known > 0).mean(), (known < 0).mean(), (known == 0).mean()))
