"""Places filled, empty, and people beyond them: in the rented prison and in prisons at home."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from sim.show.facts.agreement import has_rented_prison, pair_of
from sim.show.facts.data import Floats, over_time
from sim.show.facts.facilities import use
from sim.show.facts.memory import remembered

if TYPE_CHECKING:
    from sim.experiment.replications import Replications


class Balance(NamedTuple):
    """Mean places filled and left in the observed period."""

    people: float
    left: float
    """Places without a person; below zero, people beyond the places."""


class Left(NamedTuple):
    """Places without a person over time (below zero: people beyond the places), shape (m,)."""

    days: Floats
    line: Floats
    low: Floats
    high: Floats


def balance(r: Replications, role: str) -> Balance | None:
    """Return how far the places of a facility are filled, None where it has none."""
    found = use(r, role)
    if not isfinite(found.share) or not found.share:
        return None
    return Balance(found.people, found.people / found.share - found.people)


@remembered
def left_at_home(r: Replications) -> Left | None:
    """Return the places left in prisons of the sending state, None if it has none."""
    people = over_time(r, "occupancy", "home_prisons")
    places = over_time(r, "occupancy", "home_prisons", "places")
    if people is None or places is None or places.highest == 0:
        return None
    there = places.mean
    return Left(people.days, there - people.mean, there - people.high, there - people.low)


def any_rented(replications: Sequence[Replications]) -> bool:
    """Tell whether a rented prison is in use in a scenario shown."""
    return any(has_rented_prison(replications[n]) for n in pair_of(replications))
