"""The departure centre: tolerated stay and duties, until one of several ways out comes first."""

from __future__ import annotations

from collections.abc import Callable
from math import log1p

from sim.scenario.schema import DAYS_PER_YEAR
from sim.world import outside, removal
from sim.world.stages import AT_LARGE, BREACH_IMPRISONMENT, DEPARTURE_CENTRE, Exit
from sim.world.world import Next, Process, World

#: A decision: it takes no time and names what comes next.
Decision = Callable[[World, int], Next]


def send(w: World, i: int) -> Next:
    """Be let out of custody, to the centre; some wait elsewhere, some never report there."""
    if w.people.waits_outside[i]:
        return outside.wait
    return w.leave(i, Exit.ABSCONDED) if w.people.never_reports[i] else reside


def reside(w: World, i: int) -> Process:
    """Live in the centre until whatever comes first, removal included."""
    w.enter(i, DEPARTURE_CENTRE)
    arrived = w.env.now
    w.residences[i] += 1
    day, way_out = _first_way_out(w, i)
    if not w.assessed[i]:
        yield removal.assessment(w, i, day)
    if w.document_at[i] < day:
        yield w.until(w.document_at[i])
        if w.people.willing[i]:
            way_out = leave_voluntarily
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
    day, way_out = begun + w.absconds_after[i], abscond
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
    yield w.until(min(w.env.now + w.breach_days(luck), w.people.death[i]))
    return removal.after_sentence(w, i) if w.env.now < w.people.death[i] else die(w, i)


def abscond(w: World, i: int) -> Next:
    """Abscond; some are found again, the others have left for good."""
    found = w.found(w.people.person[i], w.count("absconded", i))
    centre = w.scenario.departure_centre
    assert centre is not None
    if found < centre.found_again_share:
        return live_at_large
    return w.leave(i, Exit.ABSCONDED)


def live_at_large(w: World, i: int) -> Process:
    """Live at large until found; how long to the next time is drawn anew."""
    centre, person = w.scenario.departure_centre, w.people.person[i]
    assert centre is not None
    time = w.count("found again", i)
    w.enter(i, AT_LARGE)
    leaver = w.people.leaver[i]
    rate = centre.leaver_absconds_per_year if leaver else centre.stayer_absconds_per_year
    again = -log1p(-w.absconds_again(person, time)) / rate * DAYS_PER_YEAR
    w.absconds_after[i] = w.resided[i] + again
    found = w.env.now + w.days_at_large(w.at_large(person, time))
    yield w.until(min(found, w.people.death[i]))
    return removal.after_sentence(w, i) if w.env.now < w.people.death[i] else die(w, i)


def leave_voluntarily(w: World, i: int) -> Next:
    """Return by one's own will."""
    return w.leave(i, Exit.LEFT_VOLUNTARILY)


def settle(w: World, i: int) -> Next:
    """Return by one's own will, or receive a permit at a review of the tolerated stay."""
    by_permit = w.people.settled_by_permit[i]
    return w.leave(i, Exit.PERMIT if by_permit else Exit.LEFT_VOLUNTARILY)


def die(w: World, i: int) -> Next:
    """Die."""
    return w.leave(i, Exit.DIED)
