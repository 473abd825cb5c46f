"""The rented prison: serving abroad, trips home, and the ways out of it."""

from __future__ import annotations

from math import inf, log1p

from sim.scenario.schema import DAYS_PER_YEAR
from sim.world import detention, host, journey, removal
from sim.world.stages import RENTED_PRISON, RETURN_QUEUE, TEMPORARY_RETURN, Exit
from sim.world.world import Next, Process, World


def serve(w: World, i: int) -> Process:
    """Serve abroad until leave or some weeks before the end, and then go where the case allows.

    Whoever is sent back before that goes for good.
    """
    people, service = w.people, w.service
    w.go_abroad(i)
    due = min(people.end[i] - w.scenario.rented_prison.return_before_end_days, service.drains)
    due = min(due, people.leaves[i], w.leave_from[i])
    at_home = yield from _stay(w, i, min(due, _demanded(w, i)))
    if at_home:
        w.rented_prison.give_back()
        return journey.serve_rest
    if w.env.now < due:
        return return_flight
    if w.env.now >= people.leaves[i]:
        return sentence_over(w, i)
    back = w.env.now >= w.leave_from[i] or people.end[i] >= service.drains
    if back or not (removal.direct_in_prospect(w, i) or people.stays_in_host[i]):
        return return_flight
    yield w.until(people.leaves[i])
    return sentence_over(w, i)


def sentence_over(w: World, i: int) -> Next:
    """Leave straight from here: removal, detention with a prospect of it, or (stress) staying.

    Where nobody is detained, whoever is unwilling goes straight only if an escort is free that day.
    """
    if w.people.ending[i]:
        w.rented_prison.give_back()
        return journey.sentence_over(w, i)
    if removal.direct_in_prospect(w, i):
        if w.scenario.detention is not None:
            return detention.detain_abroad
        if w.people.willing[i] or w.escorts.take():
            w.rented_prison.give_back()
            return removal.depart(w, i, Exit.REMOVED_FROM_HOST)
    if w.people.stays_in_host[i]:
        w.rented_prison.give_back()
        return host.stay(w, i)
    return return_flight


def return_flight(w: World, i: int) -> Process:
    """Wait for a seat back; those whose sentence ends first fly first.

    The last flight, on the day of closing, takes everyone: nobody waits for another.
    """
    people = w.people
    w.enter(i, RETURN_QUEUE)
    if w.env.now < w.service.closes:
        ends = people.leaves[i] if people.ending[i] else people.death[i]
        if (yield w.return_seats.request(i, max(w.env.now, ends))):
            w.return_seats.give_back()
    w.rented_prison.give_back()
    if people.death[i] <= w.env.now and not people.ending[i]:
        return w.leave(i, Exit.DIED)
    if w.env.now < people.leaves[i]:
        return journey.serve_rest
    return journey.sentence_over(w, i)


def _stay(w: World, i: int, until: float) -> Process:
    """Stay until a day, with trips to court or hospital at home; the place is kept.

    Returns whether the day finds the person at home.
    """
    rented = w.scenario.rented_prison
    rate = rented.temporary_returns_per_year / DAYS_PER_YEAR
    w.enter(i, RENTED_PRISON)
    while rate > 0:
        trip = w.count("trip", i)
        person = w.people.person[i]
        leaves = w.env.now - log1p(-w.trips(person, trip)) / rate
        if leaves >= until:
            break
        if (yield from _recalled(w, i, leaves)):
            return False
        w.enter(i, TEMPORARY_RETURN)
        back = w.env.now + w.trip_days(w.trip_lengths(person, trip))
        if (yield from _recalled(w, i, min(back, until))) or back >= until:
            return True
        w.enter(i, RENTED_PRISON)
    yield from _recalled(w, i, until)
    return False


def _recalled(w: World, i: int, day: float) -> Process:
    """Wait until a day; returns whether places have fallen and called the person back before."""
    if w.recalls is not None and (yield w.recalls.request(i, max(day, w.env.now))):
        w.recalls.give_back()
        return True
    yield w.until(day)
    return False


def _demanded(w: World, i: int) -> float:
    """Return the day on which the host state demands that someone goes back; infinite for never."""
    if w.demand_rate <= 0:
        return inf
    luck = w.demands(w.people.person[i], w.count("demand", i))
    return w.env.now - log1p(-luck) / w.demand_rate


def recalls(w: World) -> Process:
    """Call back those above the places whenever these fall, those on the way back counted."""
    assert w.recalls is not None
    before = 0.0
    for begins, _, places in w.service.places(w.scenario):
        if places < before:
            yield w.until(begins)
            above = w.rented_prison.taken - int(places) - w.return_seats.queue_length
            w.recalls.admit(max(0, above))
        before = places
