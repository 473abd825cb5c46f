"""Pre-removal detention: with a prospect of removal, reviewed, and for as long as is lawful."""

from __future__ import annotations

from sim.world import departure_centre, removal, rented_prison
from sim.world.stages import DETENTION, DETENTION_ABROAD, DETENTION_QUEUE, Exit
from sim.world.world import Next, Process, World


def detain(w: World, i: int) -> Process:
    """Detention in the sending state; in a prison as long as the detention centre is full."""
    if limit(w, i) <= w.env.now:
        return departure_centre.send(w, i)
    has_place = w.detention.take()
    if not has_place:
        w.enter(i, DETENTION_QUEUE)
        has_place = yield w.detention.request(i, end_of_detention(w, i))
    if has_place:
        w.enter(i, DETENTION)
    ready = yield from _await_document(w, i, w.detention_ends[i])
    escorted = ready and (yield from removal.find_escort(w, i, w.detention_ends[i]))
    if has_place:
        w.detention.give_back()
    if escorted:
        return removal.depart(w, i)
    if w.env.now >= w.people.death[i]:
        return w.leave(i, Exit.DIED)
    return departure_centre.send(w, i)


def may_precede_removal(w: World, i: int) -> bool:
    """Tell whether someone at liberty is detained before a removal for which papers are there."""
    return w.scenario.detention is not None and w.people.detention_limit[i] > 0


def precede_removal(w: World, i: int) -> Next:
    """Be taken into detention for the removal, some days before it."""
    w.removable_from[i] = w.env.now + w.people.removal_days[i]
    return detain


def detain_abroad(w: World, i: int) -> Process:
    """Detention in the rented prison, which keeps the place, for removal straight from there."""
    w.enter(i, DETENTION_ABROAD)
    latest = min(limit(w, i), w.service.drains)
    ready = yield from _await_document(w, i, latest)
    escorted = ready and (yield from removal.find_escort(w, i, latest))
    alive = w.env.now < w.people.death[i]
    if alive and not escorted:
        return rented_prison.return_flight
    w.rented_prison.give_back()
    return removal.depart(w, i, Exit.REMOVED_FROM_HOST) if alive else w.leave(i, Exit.DIED)


def limit(w: World, i: int) -> float:
    """Day on which courts end the detention, counted from its first day since liberty."""
    w.detention_ends[i] = min(w.detention_ends[i], w.env.now + w.people.detention_limit[i])
    return w.detention_ends[i]


def end_of_detention(w: World, i: int) -> float:
    """Day on which detention ends as far as is known now: papers, review, limit or death."""
    known = (
        w.detention_ends[i],
        removal.prospect_until(w, i),
        _removable(w, i),
        w.people.death[i],
    )
    return max(w.env.now, min(known))


def _await_document(w: World, i: int, latest: float) -> Process:
    """Wait in detention; returns whether the travel document is there in time."""
    if _removable(w, i) > w.env.now and removal.in_prospect(w, i):
        yield w.until(min(latest, end_of_detention(w, i)))
    return _removable(w, i) <= w.env.now < latest and w.env.now < w.people.death[i]


def _removable(w: World, i: int) -> float:
    """Day from which the person can be removed: papers are there, and arrangements made."""
    return max(w.document_at[i], w.removable_from[i])
