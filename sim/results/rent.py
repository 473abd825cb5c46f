"""Rent of a period: the fixed sum, what is paid by the month, and single payments.

What is paid by the month counts every moment: the number of people inside (those on a trip to the
sending state are not), or of places in use, less the places that the fixed sum includes, where it
is above them. A full calendar month is one month however many days it has, and part of one is its
share of these days; so a full year has twelve, leap year or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sim.results import count
from sim.scenario.dated import on_steps
from sim.world.flow import PRESENT

if TYPE_CHECKING:
    from sim.results.records import Floats
    from sim.results.run import Run
    from sim.scenario.base import CountStep, Step
    from sim.scenario.rent import Rent

    Dated = float | tuple[Step, ...] | tuple[CountStep, ...]

#: Items of rent: fixed by the year, paid by the month, paid once.
RENT_ITEMS = ("rent", "rent_by_month", "rent_payments")


def rent_of(run: Run, begins: float, ends: float) -> Iterator[tuple[str, float, str, float]]:
    """Yield item, quantity, unit and amount in the rent's own currency between two days."""
    rent = run.scenario.costs.rent
    if rent is None:
        return
    if (fixed := rent.million_per_year) is not None:
        edges = _edges(run, begins, ends, fixed)
        years = np.array([run.years_in_service(*edge) for edge in pairwise(edges)])
        amount = float(np.sum(years * _on(run, fixed, edges[:-1])))
        yield "rent", float(years.sum()), "years", amount * 1e6
    if not rent.is_flat:
        unit = "person-months" if rent.follows_people else "place-months"
        months, amount = _by_month(run, rent, begins, ends)
        yield "rent_by_month", months, unit, amount
    if rent.payments:
        paid = _payments(run, rent, begins, ends)
        yield "rent_payments", float(len(paid)), "payments", sum(paid) * 1e6


def _by_month(run: Run, rent: Rent, begins: float, ends: float) -> tuple[float, float]:
    """Return the months paid for between two days, and what they cost."""
    included = rent.included_places if rent.included_places is not None else 0
    price = rent.prisoner_per_month if rent.follows_people else rent.place_per_month
    assert price is not None
    if rent.follows_people:
        inside = run.records.stays.of(*PRESENT)
        changes = np.concatenate(inside.edges())
    else:
        service = run.cohort.service
        days = np.arange(np.ceil(begins), ends)  # of the calendar: places change on no other
        changes = np.concatenate([[service.opens, service.full, service.closes], days])
    edges = _edges(run, begins, ends, included, price, changes=changes)
    from_ = edges[:-1]
    number = count.inside(inside, from_) if rent.follows_people else run.rented_places(from_)
    months = np.diff(count.calendar_months(run.scenario, edges))
    paid = np.maximum(number - _on(run, included, from_), 0.0) * months
    return float(paid.sum()), float(np.sum(paid * _on(run, price, from_)))


def _payments(run: Run, rent: Rent, begins: float, ends: float) -> list[float]:
    """Return the single payments between two days, in millions; none without an agreement."""
    if not run.scenario.rented_prison.in_use:
        return []
    days = [(run.scenario.day(one.paid_on), one.million) for one in rent.payments.values()]
    return [million for day, million in days if begins <= day < ends]


def _edges(
    run: Run, begins: float, ends: float, *dated: Dated, changes: Floats | None = None
) -> Floats:
    """Return two days, and those between on which something changes, ascending."""
    days = [run.scenario.day(step.from_) for one in dated if isinstance(one, tuple) for step in one]
    found = np.concatenate([[begins, ends], days, [] if changes is None else changes])
    return np.unique(np.clip(found, begins, ends))


def _on(run: Run, dated: Dated, days: Floats) -> Floats:
    """Return the value of a number, or of dated steps, on each day."""
    if isinstance(dated, tuple):
        return on_steps(run.scenario, dated, days)
    return np.full(len(days), float(dated))
