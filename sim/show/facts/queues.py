"""How long each queue is: which there are, and their means over the observed period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.show.facts import data
from sim.show.facts.data import mean_length, over_time

if TYPE_CHECKING:
    from sim.experiment.replications import Replications

#: Counted with the queues, though it is none.
CONDITION = "limbo"
#: Mean lengths of a queue by the place of the scenario.
Means = dict[int, float]


def names_of(replications: Sequence[Replications]) -> list[str]:
    """Return the names of all queues, limbo last."""
    names = dict.fromkeys(name for r in replications for name in data.names_of(r, "queues"))
    return sorted(names, key=lambda name: name == CONDITION)


def mean_lengths(replications: Sequence[Replications], name: str) -> Means:
    """Return the mean length of a queue, over all days, by scenario in which anyone is in it."""
    series = [over_time(r, "queues", name) for r in replications]
    return {
        number: mean_length(replications[number], name)
        for number, one in enumerate(series)
        if one is not None and one.highest > 0
    }
