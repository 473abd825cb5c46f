"""How the rented prison fills and turns over: transfers, flights, own wish, time to fill, stay."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sim.numbers import plain
from sim.people.transfer import SUITABLE
from sim.results import count
from sim.results.outcomes.base import Outcome, facility, middays, restricted_mean_days
from sim.results.reasons import assessed, sent_back

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


def _unsuitable(run: Run) -> float | None:
    who = assessed(run, run.period[1])
    found = run.cohort.eligibility.unsuitable[who] != SUITABLE
    return float(np.mean(found)) if len(found) else None


def _refused(run: Run) -> float | None:
    """Share of those proposed whom the host state refuses; None where it takes all."""
    if run.scenario.transfer.host_refusal is None:
        return None
    eligibility = run.cohort.eligibility
    proposed = assessed(run, run.period[1]) & (eligibility.unsuitable == SUITABLE)
    found = eligibility.refused[proposed] != SUITABLE
    return float(np.mean(found)) if len(found) else None


def _sent_back(run: Run, why: int) -> float | None:
    """Number of those sent back for good in the observed period; None where nobody can be."""
    if run.scenario.rented_prison.sent_back is None:
        return None
    return float(np.sum(run.observed(sent_back(run)[why])))


def _other_tenants(run: Run) -> float | None:
    if not run.scenario.rented_prison.other_tenants:
        return None
    return float(np.mean(run.other_tenants(middays(run))))


def _above_places(run: Run) -> float:
    people, places = facility(run, run.scenario.rented_prison.key)
    return float(np.mean(people > places))


def days_to_fill(run: Run, share: float) -> float | None:
    """Return the days from the opening until a share of all rented places is in use at once.

    All are those rented on the day. None if it never comes to that before the horizon.
    """
    service, days = run.cohort.service, run.flights_out
    # All that are rented on a day, those that are not in use yet included.
    rented = replace(service, full=service.opens).places(run.scenario)
    places = [next(n for begins, ends, n in rented if begins <= day < ends) for day in days]
    enough = count.inside(run.stays_abroad, days) >= share * np.array(places)
    return float(days[enough][0] - service.opens) if enough.any() else None


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
    Outcome(
        "host_refused_share",
        "Of those proposed: refused by {host}",
        "share",
        "Of all people whom the selection has proposed by the end of the observed period, the "
        "share whom {host} refuses. Missing where it takes all.",
        _refused,
    ),
    Outcome(
        "sent_back_on_demand",
        "Sent back for good on demand of {host}",
        "persons",
        "Number of people who leave the rented prison in the observed period before they are due "
        "to go, because {host} demands it. Missing where nobody is sent back.",
        lambda run: _sent_back(run, 0),
    ),
    Outcome(
        "sent_back_places_fell",
        "Sent back for good because places fall",
        "persons",
        "Number of people who leave the rented prison in the observed period before they are due "
        "to go, because fewer places are rented. Missing where nobody is sent back.",
        lambda run: _sent_back(run, 1),
    ),
    Outcome(
        "other_tenants_people",
        "People of other tenants in the rented prison",
        "persons",
        "Mean number of people of other states in the same building, each as many as the scenario "
        "says or as there are places left for. Missing where there is no other tenant.",
        _other_tenants,
    ),
    Outcome(
        "rented_prison_overfull",
        "Days with more people than rented places",
        "share",
        "Share of days on which more people hold a place in the rented prison than are rented at "
        "noon; that can be after places fall.",
        _above_places,
    ),
)
