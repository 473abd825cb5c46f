"""Duties, in the departure centre or elsewhere, until one of several ways out comes first."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, log1p

from sim.people.after import SETTLED
from sim.scenario.dated import value_on, when_due
from sim.scenario.schema import DAYS_PER_YEAR
from sim.world import detention, outside, removal
from sim.world.stages import (
    AT_LARGE,
    BREACH_IMPRISONMENT,
    DEPARTURE_CENTRE,
    LIVING_ELSEWHERE,
    Exit,
)
from sim.world.world import Next, Process, World

#: A decision: it takes no time and names what comes next.
Decision = Callable[[World, int], Next]

_SETTLED = [Exit[name.upper()] for name in SETTLED]


def send(w: World, i: int) -> Next:
    """Be let out of custody: to wait outside, to live under duties, or never to report."""
    if w.people.waits_outside[i]:
        return outside.wait
    if w.people.permit_at[i] <= w.env.now:
        return w.leave(i, Exit.PERMIT)
    return live_at_large if w.people.never_reports[i] else reside


def reside(w: World, i: int) -> Process:
    """Live under duties until whatever comes first, removal included."""
    w.enter(i, LIVING_ELSEWHERE if w.people.lives_elsewhere[i] else DEPARTURE_CENTRE)
    arrived = w.env.now
    # Whom courts have just let go is not detained again on the same day.
    let_go = arrived if w.detention_ends[i] <= arrived else -inf
    w.detention_ends[i] = inf
    w.residences[i] += 1
    day, way_out = _first_way_out(w, i)
    if not w.assessed[i]:
        yield removal.assessment(w, i, day)
    if w.document_at[i] < day:
        yield w.until(w.document_at[i])
        if w.people.willing[i]:
            way_out = leave_voluntarily
        elif w.env.now > let_go and detention.may_precede_removal(w, i):
            way_out = detention.precede_removal
        elif (yield from removal.find_escort(w, i, day)):
            way_out = removal.depart
    else:
        yield w.until(day)
    w.resided[i] += w.env.now - arrived
    return way_out(w, i)


def _first_way_out(w: World, i: int) -> tuple[float, Decision]:
    """Return the day of the first way out other than removal, and what it is."""
    people, now = w.people, w.env.now
    begun = now - w.resided[i]
    day: float
    way_out: Decision
    day, way_out = begun + w.absconds_after[i], abscond
    if people.permit_at[i] < day:
        day, way_out = people.permit_at[i], receive_permit
    if begun + people.settled_after[i] < day:
        day, way_out = begun + people.settled_after[i], settle
    if people.death[i] < day:
        day, way_out = people.death[i], die
    if w.breach_rate > 0:
        luck = w.breaches(people.person[i], w.residences[i])
        breach = now - log1p(-luck) / w.breach_rate
        if breach < day:
            return breach, convict
    return day, way_out


def convict(w: World, i: int) -> Next:
    """Be sentenced to prison for breach of duties."""
    return serve_breach


def serve_breach(w: World, i: int) -> Process:
    """Serve the sentence for a breach, and go back to where the case stands."""
    w.enter(i, BREACH_IMPRISONMENT)
    luck = w.breach_lengths(w.people.person[i], w.count("breach", i))
    days = w.breach_days(luck) * value_on(w.breach_factors, w.env.now)
    yield w.until(min(w.env.now + days, w.people.death[i]))
    return removal.after_sentence(w, i) if w.env.now < w.people.death[i] else die(w, i)


def abscond(w: World, i: int) -> Next:
    """Abscond: how long to the next time, if found, is drawn anew."""
    centre, people = w.scenario.departure_centre, w.people
    assert centre is not None
    rate = centre.absconds_per_year
    if people.tolerated[i]:
        rate = centre.tolerated_absconds_per_year
    if centre.tag is not None and people.tagged[i]:
        rate *= centre.tag.absconds_factor
    again = -log1p(-w.absconds_again(people.person[i], w.count("absconded", i)))
    w.absconds_after[i] = w.resided[i] + again / rate * DAYS_PER_YEAR
    return live_at_large


def live_at_large(w: World, i: int) -> Process:
    """Be gone, with the case open, until found or until the case is closed."""
    centre, person = w.scenario.departure_centre, w.people.person[i]
    assert centre is not None
    w.enter(i, AT_LARGE)
    w.detention_ends[i] = inf
    now, time = w.env.now, w.count("at large", i)
    luck = w.at_large(person, time)
    found = w.found(person, time) < centre.found_again_share
    if found:
        day = now + w.days_at_large(luck)
    else:
        day = when_due(w.closing, now, -log1p(-luck) * DAYS_PER_YEAR)
    yield w.until(min(day, w.people.death[i]))
    if w.env.now >= w.people.death[i]:
        return die(w, i)
    if not found:
        return w.leave(i, Exit.ABSCONDED)
    w.people.never_reports[i] = False
    return removal.after_sentence(w, i)


def leave_voluntarily(w: World, i: int) -> Next:
    """Return by one's own will."""
    return w.leave(i, Exit.LEFT_VOLUNTARILY)


def receive_permit(w: World, i: int) -> Next:
    """Receive a residence permit, early."""
    return w.leave(i, Exit.PERMIT)


def settle(w: World, i: int) -> Next:
    """Return by one's own will, receive a permit at a review, or see the order fall."""
    return w.leave(i, _SETTLED[w.people.settled_as[i]])


def die(w: World, i: int) -> Next:
    """Die."""
    return w.leave(i, Exit.DIED)
