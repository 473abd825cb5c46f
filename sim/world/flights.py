"""Charter flights: when they go, whether they take people out, and in which order people fly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf, isfinite

from sim.people.service import Service
from sim.scenario.schema import Scenario
from sim.scenario.transfer import Priority
from sim.world.columns import People


@dataclass(frozen=True, slots=True)
class Rotation:
    """One flight there and back."""

    day: float
    """When it goes."""
    seats_out: int
    """Seats for people flown out; none while transfers are halted or the prison drains."""
    seats_back: int
    """Seats for people flown back; the last flight takes everyone."""


def rotations(scenario: Scenario, service: Service) -> list[Rotation]:
    """Return all flights from the opening to the closing, in order."""
    if not isfinite(service.opens):
        return []
    transfer = scenario.transfer
    halts = [(scenario.day(halt.from_), scenario.day(halt.until)) for halt in transfer.halts]
    last = min(service.closes, scenario.horizon)
    flights = []
    for day in _departures(scenario, service.opens, last):
        halted = any(begins <= day < ends for begins, ends in halts)
        out = 0 if halted or day > service.last_intake else transfer.seats
        flights.append(Rotation(day, out, transfer.seats))
    if service.closes <= scenario.horizon:
        flights.append(Rotation(service.closes, 0, 1_000_000))
    return flights


def _departures(scenario: Scenario, first: float, last: float) -> Iterator[float]:
    """Yield the days of flights, from the first one on until a day.

    They keep their distance, which changes when a period with a frequency of its own begins or
    ends: the next flight then goes one new interval after the one before it.
    """
    begins, every, number = first, _interval(scenario, first), 0
    while (day := begins + number * every) < last:
        yield day
        if (now := _interval(scenario, day)) != every:
            begins, every, number = day, now, 0
        number += 1


def _interval(scenario: Scenario, day: float) -> float:
    """Return the days from a flight on some day to the next."""
    transfer = scenario.transfer
    for period in transfer.rotation_periods:
        if scenario.day(period.from_) <= day < scenario.day(period.until):
            return 7 / period.rotations_per_week
    return 7 / transfer.rotations_per_week


def priority_rank(rule: Priority, people: People) -> Callable[[int], float] | None:
    """Return the rank of a waiting person under a named rule: smaller flies first.

    `no_children_first`: those without children in the sending state before the others;
    `own_wish_first`: those who apply for the transfer before the others;
    `longest_remaining_first`: those whose sentence ends last; `first_come`: in order of joining.
    Ties fly in order of joining.
    """
    children, end = people.children, people.end
    ranks: dict[Priority, Callable[[int], float] | None] = {
        "no_children_first": lambda i: float(children[i]),
        "own_wish_first": lambda i: float(not people.own_wish[i]),
        "longest_remaining_first": lambda i: -end[i] if end[i] < inf else -inf,
        "first_come": None,
    }
    return ranks[rule]
