"""How long each queue is and how long one waits in it: which there are, means, waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import inf, nan
from typing import TYPE_CHECKING

import numpy as np

from sim.results.outcomes.queues import BY_QUEUE
from sim.show import words
from sim.show.facts import data
from sim.show.facts.data import mean_length, over_time
from sim.show.facts.lengths import FEWEST
from sim.show.facts.memory import remembered

if TYPE_CHECKING:
    from sim.experiment.replications import Replications

#: Counted with the queues, though it is none.
CONDITION = "limbo"
#: Mean lengths of a queue by the place of the scenario.
Means = dict[int, float]
#: Fewest waits (a replication) for an origin to be named as longest or shortest.
ENOUGH_TO_RANK = 30


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


@dataclass(frozen=True)
class Queue:
    """A queue on average over the observed period."""

    name: str
    title: str
    outcome: str
    """Name of the outcome that is its mean length."""
    mean: float
    peak: float
    """Highest mean over replications on a day counted."""
    peaks: date
    beside: str
    """Where the peak lies if not in the observed period."""
    wait: float
    """Days until half of all who ask have it, infinite if fewer ever do; NaN if too few ask, or
    replications differ on whether half ever do."""


def queues_of(r: Replications) -> list[Queue]:
    """Return the queues in which anyone is ever counted, the longest on average first."""
    titles, found = words.queue_titles(), []
    for name in data.names_of(r, "queues"):
        series, mean = over_time(r, "queues", name), mean_length(r, name)
        if name != CONDITION and series is not None and mean > 0:
            at = int(np.argmax(series.middle))
            day = series.dates[at].astype("datetime64[D]").item()
            found.append(
                Queue(
                    name, titles.get(name, name), BY_QUEUE[name][0].name, mean,
                    float(series.middle[at]), day, series.beside(at), _wait(r, name),
                )
            )  # fmt: skip
    return sorted(found, key=lambda queue: -queue.mean)


@remembered
def _wait(r: Replications, queue: str) -> float:
    """Return `Queue.wait`."""
    table = r.lent("waits")
    if table.loc[table["queue"] == queue, "requests"].sum() < FEWEST * r.number:
        return nan
    waits = data.outcome(r, BY_QUEUE[queue][1].name)
    if np.isnan(waits).all():
        return inf
    if r.drawn:  # half never have it in some draws: they count as the longest
        return float(np.median(np.where(np.isnan(waits), inf, waits)))
    return float(waits.mean())


@remembered
def waits_by_origin(r: Replications) -> dict[str, float]:
    """Return days until half of an origin have a travel document, infinite if fewer ever do.

    Of origins of which enough people ask; the median over replications or draws.
    """
    table = r.lent("waits_by_origin")
    table = table[table["queue"] == "travel_document"].fillna({"median_days": inf})
    origins = table.groupby("origin", observed=True)[["requests", "median_days"]]
    asked = origins.sum()["requests"] / r.number
    middle = origins.median()["median_days"][asked >= ENOUGH_TO_RANK]
    return {str(name): float(days) for name, days in middle.items()}
