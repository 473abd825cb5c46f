"""Transfer: selection and complaint, the waiting list, and the office that fills the flights."""

from __future__ import annotations

from sim.world import journey, rented_prison
from sim.world.flights import priority_rank
from sim.world.stages import SELECTION, WAITING_LIST
from sim.world.world import Process, World


def selection(w: World, i: int) -> Process:
    """Be selected, heard, and complain if one likes, in a prison of the sending state."""
    people = w.people
    w.enter(i, SELECTION)
    decided = w.env.now + people.selection_days[i]
    yield w.until(min(decided, people.leaves[i]))
    if w.env.now >= people.leaves[i]:
        return journey.sentence_over(w, i)
    if people.unsuitable[i] or w.env.now >= last_flight(w, i):
        return journey.serve_rest
    return waiting_list


def waiting_list(w: World, i: int) -> Process:
    """Wait for a seat and a place, until too little of the sentence is left."""
    w.enter(i, WAITING_LIST)
    flown = yield w.rented_prison.request(i, until=last_flight(w, i))
    return rented_prison.serve if flown else journey.serve_rest


def last_flight(w: World, i: int) -> float:
    """Day after which a person can no longer be flown out."""
    people = w.people
    return min(
        people.end[i] - w.scenario.transfer.least_remaining_days,
        people.leaves[i],
        people.eligible_until[i],
        w.service.last_intake,
    )


def office(w: World) -> Process:
    """Fly people out by rank and back by the end of their sentence, rotation after rotation."""
    for flight in w.rotations:
        yield w.until(flight.day)
        w.rented_prison.admit(flight.seats_out)
        w.return_seats.admit(flight.seats_back)


def ranking(w: World) -> Process:
    """Rank the waiting list by the rule in force, and again whenever the rule changes."""
    for rule in w.scenario.transfer.priority:
        yield w.until(w.scenario.day(rule.from_))
        w.rented_prison.rerank(priority_rank(rule.rule, w.people))
