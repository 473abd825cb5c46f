"""How far each facility is used in the observed period."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.show import words
from sim.show.facts.data import over_time, typical_outcome
from sim.show.facts.memory import remembered

if TYPE_CHECKING:
    from sim.experiment.replications import Replications


class Use(NamedTuple):
    """Mean use of a facility in the observed period.

    Parameters
    ----------
    people
        Mean number of people.
    share
        The share of places that they take; not a number where there are no places.
    """

    people: float
    share: float


@remembered
def use(r: Replications, role: str) -> Use:
    """Return how far a facility is used: as an outcome measures it, else from monthly counts.

    Parameters
    ----------
    r
        Replications of a scenario that has the facility.
    role
        One of `sim.show.words.FACILITIES`.

    Raises
    ------
    ValueError
        If the scenario has no such facility.
    """
    if role == "rented_prison":
        return Use(
            typical_outcome(r, "rented_prison_people"), typical_outcome(r, "rented_prison_fill")
        )
    key = words.facility_key(r.scenario, role)
    people, places = over_time(r, "occupancy", key), over_time(r, "occupancy", key, "places")
    if people is None or places is None:
        raise ValueError(f"the scenario {r.scenario.name} has no facility {role}: nothing to count")
    observed = people.observed
    if role == "departure_centre":
        mean = typical_outcome(r, "departure_centre_people")
        there = float(places.middle[observed].mean()) if observed.any() else 0.0
        return Use(mean, mean / there if there else nan)
    if not observed.any():
        observed = np.ones_like(observed)
    there = float(places.middle[observed].sum())
    inside = float(people.middle[observed].sum())
    return Use(people.typical, inside / there if there else nan)
