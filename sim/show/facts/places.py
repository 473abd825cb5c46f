"""Places filled, empty, and people beyond them: in the rented prison and in prisons at home."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.show.facts.agreement import has_rented_prison, pair_of
from sim.show.facts.data import Fan, Floats, difference_over_time, fan, outcome, over_time
from sim.show.facts.memory import remembered

if TYPE_CHECKING:
    from sim.experiment.replications import Replications


class Balance(NamedTuple):
    """Mean places filled and left in the observed period."""

    people: float
    left: float
    """Places without a person; below zero, people beyond the places."""
    low: float
    high: float
    """Band of the places left, over replications or draws."""


class Left(NamedTuple):
    """Places without a person over time (below zero: people beyond the places)."""

    days: Floats
    line: Fan


@remembered
def balance(r: Replications, role: str) -> Balance | None:
    """Return how far the rented prison or prisons at home are filled, None without places.

    Parameters
    ----------
    r
        Replications of a scenario.
    role
        `rented_prison` or `home_prisons`.
    """
    held, left = _each(r, role)
    there = np.isfinite(left)
    if not there.any():
        return None
    line = fan(r, np.stack([held[there], left[there]]))
    return Balance(float(line.middle[0]), *(float(end[1]) for end in line))


def _each(r: Replications, role: str) -> tuple[Floats, Floats]:
    """Return people and places left by replication; not a number without places."""
    if role == "rented_prison":
        people, share = (outcome(r, f"rented_prison_{what}") for what in ("people", "fill"))
    else:
        share = outcome(r, "home_occupancy")
        places = over_time(r, "occupancy", "home_prisons", "places")
        people = share * (places.typical if places is not None else np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        return people, people / np.where(share > 0, share, np.nan) - people


def more_at_home(r: Replications, base: Replications) -> Left | None:
    """Return how many more places are left at home than in another scenario, over time."""
    found = difference_over_time(r, base, "occupancy", "home_prisons")
    if found is None or left_at_home(r) is None:
        return None
    days, more = found
    return Left(days, Fan(-more.middle, -more.high, -more.low))


def more_left(r: Replications, base: Replications) -> Fan | None:
    """Return how many more places are left at home on average, as line and band of shape (1,)."""
    if (r.seed, r.numbers) != (base.seed, base.numbers):
        return None
    more = _each(r, "home_prisons")[1] - _each(base, "home_prisons")[1]
    return fan(r, more[None]) if np.isfinite(more).all() else None


@remembered
def left_at_home(r: Replications) -> Left | None:
    """Return the places left in prisons of the sending state, None if it has none."""
    people = over_time(r, "occupancy", "home_prisons")
    places = over_time(r, "occupancy", "home_prisons", "places")
    if people is None or places is None or places.highest == 0:
        return None
    there = places.middle
    line = Fan(there - people.middle, there - people.high, there - people.low)
    return Left(people.days, line)


def any_places(replications: Sequence[Replications]) -> bool:
    """Tell whether a scenario shown rents a prison, and there is anything to say of its places."""
    shown = [replications[n] for n in pair_of(replications)]
    return any(map(has_rented_prison, shown)) and any(
        balance(r, "rented_prison") is not None or left_at_home(r) is not None for r in shown
    )
