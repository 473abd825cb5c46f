"""When the rented prison is open, and how full the places are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.results import count
from sim.results.outcomes.base import Outcome, facility, mean_people, middays
from sim.scenario.dated import on_steps
from sim.world.flow import IN_HOME_PRISONS, RENTED
from sim.world.stages import Stay

if TYPE_CHECKING:
    from sim.results.run import Run
    from sim.scenario.base import CountStep, Step


def fill(run: Run) -> float | None:
    """Return the share of the rented prison's place-days that were used."""
    places = run.rented_place_days(*run.period)
    return float(run.observed_days[list(RENTED)].sum()) / places if places else None


def _freed(run: Run) -> float:
    """Mean number of places at home that are free because someone serves abroad."""
    begins, ends = run.period
    days = run.freeing_places.overlap(begins, ends, run.scenario.horizon)
    return float(days.sum()) / (ends - begins)


def _called_up(run: Run) -> float:
    """Mean number of people called up to those places."""
    return run.scenario.home_prisons.freed_places_filled_share * _freed(run)


def _places_used(run: Run) -> float:
    return mean_people(run, *IN_HOME_PRISONS) + _called_up(run)


def _prisoners(run: Run) -> float:
    """Mean number of people in prisons of the sending state, those outside the model included."""
    others = run.scenario.home_prisons.other_prisoners
    return _places_used(run) + count.mean_on_steps(run.scenario, others, *run.period)


def _home_occupancy(run: Run) -> float | None:
    return _over_mean(run, _prisoners(run), run.scenario.home_prisons.places)


def _per_officer(run: Run) -> float | None:
    return _over_mean(run, _prisoners(run), run.scenario.home_prisons.officers)


def _over_mean(run: Run, people: float, steps: tuple[Step | CountStep, ...]) -> float | None:
    """Divide by the mean of dated steps over the observed period; None if there are none of it."""
    mean = count.mean_on_steps(run.scenario, steps, *run.period)
    return people / mean if mean else None


def _overcrowded(run: Run) -> float:
    days = middays(run)
    places = on_steps(run.scenario, run.scenario.home_prisons.places, days)
    return float(np.mean(run.in_home_prisons(days) > places))


def _centre_occupancy(run: Run) -> float | None:
    residents, centre = mean_people(run, Stay.DEPARTURE_CENTRE), run.scenario.departure_centre
    return _over_mean(run, residents, centre.places) if centre else None


def _centre_overfull(run: Run) -> float:
    people, places = facility(run, run.scenario.names["centre"])
    return float(np.mean(people > places))


def _opens(run: Run) -> float | None:
    return _since_observed(run, run.cohort.service.opens)


def _closes(run: Run) -> float | None:
    return _since_observed(run, run.cohort.service.closes)


def _since_observed(run: Run, day: float) -> float | None:
    """Days after the observed period begins; None for a day that never comes."""
    return day - run.period[0] if np.isfinite(day) else None


RENTED_PRISON = (
    Outcome(
        "rented_prison_opens_days",
        "Opening of the rented prison, after the observed period begins",
        "days",
        "Days from the first observed day to the first day on which the rented prison is in "
        "service; below zero where it opens before. Missing if no prison is rented.",
        _opens,
    ),
    Outcome(
        "rented_prison_closes_days",
        "Closing of the rented prison, after the observed period begins",
        "days",
        "Days from the first observed day to the first day on which the rented prison is out of "
        "service again, be it after the simulation ends. Missing if no prison is rented.",
        _closes,
    ),
    Outcome(
        "rented_prison_people",
        "People in the rented prison",
        "persons",
        "Mean number of people who hold a place in the rented prison, those on a trip to "
        "{sending} included.",
        lambda run: mean_people(run, *RENTED),
    ),
    Outcome(
        "rented_prison_fill",
        "Rented places in use",
        "share",
        "Days on which places in the rented prison are held, those kept during trips to {sending} "
        "included, over the days on which there are places.",
        fill,
    ),
)

HOME_PRISONS = (
    Outcome(
        "home_occupancy",
        "Occupancy of {adjective} prisons",
        "share",
        "Mean number of prisoners over mean number of places; prisoners outside the model are "
        "included.",
        _home_occupancy,
    ),
    Outcome(
        "home_places_used",
        "{adjective} prison places used",
        "places",
        "Mean number of the model's people in {adjective} prisons and remand houses, and of those "
        "called up to places that they free; the fall of it from one scenario to another is the "
        "number of places freed, net of those filled again.",
        _places_used,
    ),
    Outcome(
        "places_freed_gross",
        "{adjective} places freed by those abroad",
        "places",
        "Mean number of people who serve their sentence in the rented prison, and would serve it "
        "in a {adjective} prison otherwise; not those on a trip to {sending}, nor those whose "
        "sentence is over.",
        _freed,
    ),
    Outcome(
        "places_freed_net",
        "The same, less those filled again",
        "places",
        "Places freed by those abroad, less those to which others are called up "
        "(home_prisons.freed_places_filled_share).",
        lambda run: _freed(run) - _called_up(run),
    ),
    Outcome(
        "home_overcrowded",
        "Days with more prisoners than places",
        "share",
        "Share of days on which {adjective} prisons hold more people than they have places at "
        "noon, prisoners outside the model included.",
        _overcrowded,
    ),
    Outcome(
        "prisoners_per_officer",
        "Prisoners per officer in {sending}",
        "ratio",
        "Mean number of prisoners in {adjective} prisons, those outside the model included, over "
        "mean number of officers.",
        _per_officer,
    ),
)

DEPARTURE_CENTRE = (
    Outcome(
        "departure_centre_people",
        "Residents of the departure centre",
        "persons",
        "Mean number of residents, of the people of this model.",
        lambda run: mean_people(run, Stay.DEPARTURE_CENTRE),
        "departure_centre",
    ),
    Outcome(
        "departure_centre_occupancy",
        "Occupancy of the departure centre",
        "share",
        "Mean residents over mean places; only the people of this model are counted.",
        _centre_occupancy,
        "departure_centre",
    ),
    Outcome(
        "departure_centre_overfull",
        "Days with more residents than places",
        "share",
        "Share of days on which the departure centre has more residents of this model than places "
        "at noon.",
        _centre_overfull,
        "departure_centre",
    ),
)
