"""Outcomes in the host state: its own prisons, the rented one's staff, people who stay there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.results.outcomes.base import Outcome, facility, mean_people
from sim.world.flow import PRESENT, RENTED, STAYING
from sim.world.stages import Exit, Stay

if TYPE_CHECKING:
    from sim.results.run import Run


def _host_occupancy(run: Run) -> float | None:
    people, places = facility(run, "host_prisons")
    return float(people.sum() / places.sum()) if places.any() else None


def _days_within(run: Run, first: float, last: float) -> float:
    """Days of the observed period between two days, which may be infinite."""
    begins, ends = run.period
    return max(0.0, min(ends, last) - max(begins, first))


def _per_officer(run: Run) -> float | None:
    """People present while the rented prison is open, per officer."""
    service, officers = run.cohort.service, run.scenario.rented_prison.officers
    days = _days_within(run, service.opens, service.closes)
    people = float(run.observed_days[list(PRESENT)].sum())
    return people / days / officers if days and officers else None


def _displaced(run: Run) -> float:
    """Inmates moved elsewhere from the day the prison is emptied until it is out of service."""
    host, service, (begins, ends) = run.scenario.host, run.cohort.service, run.period
    assert host is not None
    emptied = service.opens - host.emptied_before_opening_days
    return host.displaced_inmates * _days_within(run, emptied, service.closes) / (ends - begins)


def _at_host_price(run: Run) -> float | None:
    prices = run.scenario.costs
    price = prices.host_prisoner_per_day
    days = float(run.observed_days[list(RENTED)].sum())
    return None if price is None else days * price.amount / prices.per_eur(price.currency) / 1e6


def _stayed(run: Run) -> float:
    return float(np.sum(run.observed(run.records.stays.joined(*STAYING).start)))


def _travelled_on(run: Run) -> float:
    exits = run.records.exits
    return float(np.sum((exits.code == Exit.ONWARD_TRAVEL) & run.observed(exits.day)))


HOST = (
    Outcome(
        "host_occupancy",
        "Occupancy of {hosts} own prisons",
        "share",
        "Mean number of {hosts} own prisoners over the mean number of places left to it, under "
        "the scenario's capacity claim.",
        _host_occupancy,
        "host",
    ),
    Outcome(
        "rented_prison_per_officer",
        "People per officer in the rented prison",
        "ratio",
        "Mean number of people present in the rented prison (those on a trip to {sending} are "
        "not) while it is open in the observed period, over its officers.",
        _per_officer,
    ),
    Outcome(
        "displaced_inmates",
        "Inmates moved out to make room",
        "persons",
        "Mean number of {hosts} own inmates who are elsewhere because the prison is emptied or "
        "rented.",
        _displaced,
        "host",
    ),
    Outcome(
        "host_price_cost",
        "Days used at {hosts} own price",
        "EUR million",
        "What the days on which places in the rented prison are held would cost at the price "
        "that {hosts} prison service pays for a prisoner of its own; places kept during trips to "
        "{sending} are held.",
        _at_host_price,
    ),
    Outcome(
        "stayed_in_host",
        "Stay in {host} instead of returning",
        "persons",
        "Stress tests: number of people who begin to stay in {host} in the observed period.",
        _stayed,
        "staying",
    ),
    Outcome(
        "host_asylum",
        "In an asylum centre in {host}",
        "persons",
        "Stress tests: mean number of people in {hosts} asylum centre.",
        lambda run: mean_people(run, Stay.HOST_ASYLUM),
        "staying",
    ),
    Outcome(
        "host_at_large",
        "At large in {host}",
        "persons",
        "Stress tests: mean number of people who live in {host} without documents.",
        lambda run: mean_people(run, Stay.HOST_AT_LARGE),
        "staying",
    ),
    Outcome(
        "host_detained",
        "Detained as foreigners in {host}",
        "persons",
        "Stress tests: mean number of people in {hosts} detention centre for foreigners.",
        lambda run: mean_people(run, Stay.HOST_DETENTION),
        "staying",
    ),
    Outcome(
        "onward_travel",
        "Travel on from {host}",
        "persons",
        "Stress tests: number of people who travel on from {host} in the observed period.",
        _travelled_on,
        "staying",
    ),
)
