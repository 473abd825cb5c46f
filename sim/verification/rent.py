"""Rent once more: day by day, from the raw log.

Each day lies in one month, one year and one dated step, so that what it costs is a product.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sim.verification.told import Told
from sim.world.flow import PRESENT

if TYPE_CHECKING:
    from sim.scenario.base import CountStep, Step
    from sim.scenario.rent import Rent

    Dated = float | tuple[Step, ...] | tuple[CountStep, ...] | None


def rent_again(told: Told, begins: float, ends: float) -> dict[str, float]:
    """Work out each item of the rent between two days, in its own currency."""
    rent = told.scenario.costs.rent
    if rent is None:
        return {}
    found = {}
    if rent.million_per_year is not None:
        found["rent"] = 1e6 * _fixed(told, rent, begins, ends)
    if rent.prisoner_per_month is not None or rent.place_per_month is not None:
        found["rent_by_month"] = _by_month(told, rent, begins, ends)
    if rent.payments:
        first, last = told.scenario.date(begins), told.scenario.date(ends)
        due = [one.million for one in rent.payments.values() if first <= one.paid_on < last]
        found["rent_payments"] = 1e6 * sum(due) * told.scenario.rented_prison.in_use
    return found


def _fixed(told: Told, rent: Rent, begins: float, ends: float) -> float:
    """Sum the fixed rent over days of 1/365 year, of which a 29 February is none; in millions."""
    service, total = told.cohort.service, 0.0
    for first, last in _days(begins, ends):
        day = told.scenario.time.start + timedelta(days=int(first))
        if (day.month, day.day) == (2, 29):
            continue
        open_ = max(0.0, min(last, service.closes) - max(first, service.opens))
        total += open_ / 365 * _on(told, rent.million_per_year, first)
    return total


def _by_month(told: Told, rent: Rent, begins: float, ends: float) -> float:
    """Sum what each day costs: its share of its month, for all above what the rent includes."""
    by_people, total = rent.prisoner_per_month is not None, 0.0
    price = rent.prisoner_per_month if by_people else rent.place_per_month
    for first, last in _days(begins, ends):
        day = told.scenario.time.start + timedelta(days=int(first))
        included = _on(told, rent.included_places, first)
        count = _people if by_people else _places
        days = count(told, first, last, included)
        total += days / monthrange(day.year, day.month)[1] * _on(told, price, first)
    return total


def _people(told: Told, first: float, last: float, included: float) -> float:
    """Sum the days of people above a number, event by event of a day."""
    spans = told.spans(*PRESENT)
    there = spans[(spans.begins < last) & (spans.ends > first)]
    events = [(max(day, first), 1) for day in there.begins.tolist()]
    events += [(day, -1) for day in there.ends.tolist() if day < last]
    total, inside, since = 0.0, 0, first
    for at, change in [*sorted(events), (last, 0)]:
        total += max(0.0, inside - included) * (at - since)
        inside, since = inside + change, at
    return total


def _places(told: Told, first: float, last: float, included: float) -> float:
    """Sum the days of places in use above a number."""
    service = told.cohort.service
    cuts = sorted({service.opens, service.full, service.closes})
    edges = [first, *(cut for cut in cuts if first < cut < last), last]
    places = told.run.rented_places(np.array(edges[:-1]))
    lengths = np.diff(edges)
    return float(np.maximum(places - included, 0.0) @ lengths)


def _days(begins: float, ends: float) -> Iterator[tuple[float, float]]:
    """Yield each calendar day between two days; the two may lie within one."""
    edges = [begins, *np.arange(np.floor(begins) + 1, ends).tolist(), ends]
    yield from pairwise(edges)


def _on(told: Told, dated: Dated, day: float) -> float:
    """Return what holds on a day; nothing is zero."""
    if not isinstance(dated, tuple):
        return float(dated or 0)
    at = told.scenario.date(day)
    return float(next(step.value for step in dated if step.from_ <= at < step.until))
