"""Transfer: assessment, selection and complaint, the waiting list, and who fills the flights."""

from __future__ import annotations

from sim.world import journey, rented_prison
from sim.world.flights import priority_rank
from sim.world.stages import SELECTION, WAITING_LIST
from sim.world.world import Process, World


def assessment(w: World, i: int) -> Process:
    """Wait in a prison of the sending state for hands to assess, until it is too late to fly."""
    assert w.assessors is not None
    begun = yield w.assessors.request(i, until=max(w.env.now, last_flight(w, i)))
    if begun:
        w.assessors.give_back()
        return selection
    yield w.until(w.people.leaves[i])
    return journey.sentence_over(w, i)


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
    """Complain if one likes, and wait for a seat and a place, until too little time is left."""
    last = last_flight(w, i)
    w.enter(i, WAITING_LIST)
    if complaint := w.complaint_days[i]:
        yield w.until(min(w.env.now + complaint, last))
    flown = yield w.rented_prison.request(i, until=max(w.env.now, last))
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


def assessors(w: World) -> Process:
    """Take on as many as the hands can assess, day after day while anyone can still fly."""
    transfer, queue = w.scenario.transfer, w.assessors
    if transfer.assessment is None or queue is None:
        return
    able = 0.0
    day = w.service.selection
    for step in transfer.assessment.per_day:
        while day < w.scenario.day(step.until):
            able += step.value
            # A day's work is done when the day is over; what is left of a person is kept.
            day += 1
            if day >= w.service.last_intake:
                return
            yield w.until(day)
            queue.admit(int(able))
            able -= int(able)


def ranking(w: World) -> Process:
    """Rank those who wait by the rule in force, and again whenever the rule changes."""
    for rule in w.scenario.transfer.priority:
        yield w.until(w.scenario.day(rule.from_))
        rank = priority_rank(rule.rule, w.people)
        w.rented_prison.rerank(rank)
        if w.assessors is not None:
            w.assessors.rerank(rank)
