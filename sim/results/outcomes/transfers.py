"""How the rented prison fills and turns over: transfers, flights, own wish, time to fill, stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.numbers import plain
from sim.people.transfer import SUITABLE
from sim.results import count
from sim.results.outcomes.base import Outcome, restricted_mean_days
from sim.world.stages import Stay

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sim.results.run import Run

#: Shares of the places that count as nearly full and as full.
FULL = (0.90, 0.95)


def _flown_out(run: Run) -> NDArray[np.bool_]:
    """Tell which stays abroad begin in the observed period."""
    return run.observed(run.stays_abroad.start)


def _transfers(run: Run) -> float:
    return float(np.sum(_flown_out(run)))


def _per_month(run: Run) -> float | None:
    """Transfers by the months of the observed period in which the rented prison is open."""
    years = run.years_in_service(*run.period)
    return _transfers(run) / (12 * years) if years else None


def _flights(run: Run) -> float:
    return float(np.sum(run.observed(run.flights_out)))


def _own_wish(run: Run) -> float | None:
    who = run.stays_abroad.index[_flown_out(run)]
    return float(np.mean(run.cohort.eligibility.own_wish[who])) if len(who) else None


def assessed(run: Run, until: float) -> NDArray[np.bool_]:
    """Tell which people have been assessed, their selection having come to its end, by a day."""
    selections, leaves = run.records.stays.of(Stay.SELECTION), run.cohort.sentence.leaves
    decided = selections.end < np.minimum(until, leaves[selections.index])
    found = np.zeros(run.cohort.size, bool)
    found[selections.index[decided]] = True
    return found


def _unsuitable(run: Run) -> float | None:
    who = assessed(run, run.period[1])
    found = run.cohort.eligibility.unsuitable[who] != SUITABLE
    return float(np.mean(found)) if len(found) else None


def days_to_fill(run: Run, share: float) -> float | None:
    """Return the days from the opening until a share of all rented places is in use at once.

    None if it never comes to that before the horizon.
    """
    service, rented = run.cohort.service, run.scenario.rented_prison
    enough = count.inside(run.stays_abroad, run.flights_out) >= share * rented.places
    return float(run.flights_out[enough][0] - service.opens) if enough.any() else None


def _mean_stay(run: Run) -> float | None:
    return restricted_mean_days(run, run.stays_abroad)


def _filled() -> Iterator[Outcome]:
    for share in FULL:
        percent = plain(100 * share)
        yield Outcome(
            f"rented_prison_fill_{percent}_days",
            f"Time until the rented prison is {percent} % full",
            "days",
            f"Days from the opening until {percent} % of all rented places are held for the first "
            "time; places kept during trips are held. Missing if that is not before the simulation "
            "ends.",
            lambda run, share=share: days_to_fill(run, share),  # type: ignore[misc]
        )


TRANSFERS = (
    *_filled(),
    Outcome(
        "rented_prison_mean_stay_days",
        "Mean stay in the rented prison",
        "days",
        "Mean length of stays in the rented prison that begin in the observed period, trips "
        "included, however they end, those longer than five years counted as five; those still "
        "there when the simulation ends are censored (Kaplan-Meier). Missing if nobody is "
        "followed for five years.",
        _mean_stay,
    ),
    Outcome(
        "transfers",
        "People flown to the rented prison",
        "persons",
        "Number of transfers in the observed period; who is transferred twice counts twice.",
        _transfers,
    ),
    Outcome(
        "transfers_per_month",
        "Transfers per month",
        "persons",
        "Number of transfers over the months of the observed period in which the rented prison is "
        "open, those after the last intake, when nobody is flown out any more, included.",
        _per_month,
    ),
    Outcome(
        "transfer_flights",
        "Flights that take people out",
        "flights",
        "Number of flights in the observed period with anyone to be transferred on board.",
        _flights,
    ),
    Outcome(
        "transfers_own_wish_share",
        "Of transfers: by own wish",
        "share",
        "Of the transfers in the observed period, the share that are of people who applied for it.",
        _own_wish,
    ),
    Outcome(
        "unsuitable_share",
        "Of those assessed: unsuitable for transfer",
        "share",
        "Of all people whose selection has come to its end by the end of the observed period, "
        "whenever it began, the share found unsuitable.",
        _unsuitable,
    ),
)
