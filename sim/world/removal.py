"""The removal case: a case worker, a travel document, an escort, and what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import zip_longest
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from sim.scenario.dated import Span
from sim.world import departure_centre, detention
from sim.world.stages import (
    CASE_WORKER_QUEUE,
    ESCORT_QUEUE,
    IDENTIFICATION,
    READY,
    STALLED,
    TRAVEL_DOCUMENT,
    Exit,
)
from sim.world.world import Next, OriginStep, Process, World

if TYPE_CHECKING:
    from sim.world.clock import Event


class Outlook(NamedTuple):
    """What becomes of a case, in days; infinite for never."""

    prospects: tuple[tuple[float, float], ...]
    """Periods, in order, in which a removal is in prospect: until a review finds none left, the
    origin begins to refuse, or the document is there."""
    document_at: float
    """The travel document is issued."""


def open_case(w: World, i: int) -> None:
    """Open the removal case, months before the sentence ends: it then runs beside it.

    A case only ever waits for one event at a time, and there is one for nearly everyone: its steps
    are called by what they wait for, which costs less than a process for each.
    """
    opens = w.people.case_opens[i]
    if opens > w.env.now:
        w.until(opens).callbacks.append(lambda _: _ask_for_case_worker(w, i))
    else:
        _ask_for_case_worker(w, i)


def _ask_for_case_worker(w: World, i: int) -> None:
    """Have a case worker take the case up, at once or when one is free."""
    if w.case_workers.take():
        _identify(w, i)
    else:
        w.case(i, CASE_WORKER_QUEUE, w.env.now)
        w.case_workers.request(i).callbacks.append(lambda _: _identify(w, i))


def _identify(w: World, i: int) -> None:
    """Let the case worker identify the person, if still there."""
    if w.gone[i]:
        w.case_workers.give_back()
        return
    w.case(i, IDENTIFICATION, w.env.now)
    w.timeout(w.people.case_work_days[i]).callbacks.append(lambda _: _conclude(w, i))


def _conclude(w: World, i: int) -> None:
    """Conclude the examination, and go on to the next case."""
    _assess(w, i)
    w.case_workers.give_back()


def _assess(w: World, i: int) -> None:
    """Identify the person, request the document, and see what is to be expected."""
    people, now = w.people, w.env.now
    released = people.end[i]
    found = outlook(
        w.origins[people.origin[i]],
        requested=now,
        released=released,
        delay=people.document_delay[i],
        review_days=people.review_days[i],
        willing=people.willing[i],
        protected=people.protected[i],
        luck=people.luck[i],
        travel=w.travel,
        travel_luck=people.travel_luck[i],
    )
    w.prospects[i], w.document_at[i] = found
    w.assessed[i] = True
    _log(w, i, found, max(now, released))
    heard = w.hearing.pop(i, None)
    if heard is not None and not heard.triggered:
        heard.succeed()


def _log(w: World, i: int, found: Outlook, free: float) -> None:
    """Log the rest of the case, and when the person is in limbo from the day `free` on.

    A case waits for its document while there is a prospect, and is stalled while there is none.
    """
    seen = w.env.now
    for begins, ends in found.prospects:
        if begins > seen:
            w.case(i, STALLED, seen)
            w.limbo(i, max(free, seen), begins)
        w.case(i, TRAVEL_DOCUMENT, begins)
        seen = ends
    if seen < found.document_at:
        w.case(i, STALLED, seen)
        w.limbo(i, max(free, seen), found.document_at)
    if found.document_at < inf:
        w.case(i, READY, found.document_at)


def outlook(
    steps: Sequence[OriginStep],
    *,
    requested: float,
    released: float,
    delay: float,
    review_days: float,
    willing: bool,
    protected: bool,
    luck: float,
    travel: Sequence[Span] = (),
    travel_luck: float = 0.0,
) -> Outlook:
    """Work out what becomes of a request for a travel document.

    Someone willing gets it after the usual delay, whatever the regime; someone protected never.
    For the others a document is issued if the origin's feasibility stays above the person's
    luck for the whole delay. Authorities see a prospect while the origin does not refuse, until
    a review after the release finds none left. A departure due while only a share of them can take
    place is put off until more can, if its luck is not below that share; meanwhile none is in
    prospect.

    Parameters
    ----------
    steps
        Cooperation of the origin over time.
    requested, released
        Day of the request, and day on which the sentence ends.
    delay, review_days
        Days a document takes, and days from release until a review gives up.
    travel, travel_luck
        Share of departures due that can take place, by date; and the person's luck with that.
    """
    if willing:
        seen, ready = _ready(requested + delay, released, travel, travel_luck)
        return Outlook(((requested, seen),), ready)
    if protected:
        return Outlook((), inf)
    # Old cases keep what they had: a step for new cases only does not exist for them.
    steps = [step for step in steps if released >= step.for_releases_from]
    open_from: list[tuple[float, float]] = []
    waiting_since = seen = document_at = inf
    for step, following in zip_longest(steps, steps[1:]):
        ends = inf if following is None else following.begins
        if ends <= requested:
            continue
        start = max(requested, step.begins)
        if not step.refuses:
            _extend(open_from, start, ends)
        waiting_since = min(waiting_since, start) if luck < step.feasibility else inf
        if waiting_since + delay <= ends:
            seen, document_at = _ready(waiting_since + delay, released, travel, travel_luck)
            break
    prospects = (
        (begins, min(ends, max(begins, released) + review_days, seen)) for begins, ends in open_from
    )
    return Outlook(tuple(p for p in prospects if p[0] < p[1]), document_at)


def _ready(
    issued: float, released: float, travel: Sequence[Span], luck: float
) -> tuple[float, float]:
    """Return until when a departure is in prospect, and when papers and travel are there.

    That is the same day, unless the departure cannot take place when it is due.
    """
    due = max(issued, released)
    leaves = takes_place(travel, due, luck)
    return (due, leaves) if leaves > due else (issued, issued)


def takes_place(travel: Sequence[Span], due: float, luck: float) -> float:
    """Return when a departure due on a day can take place, by the share of them that can."""
    for begins, ends, share in travel:
        if begins <= due < ends and luck >= share:
            due = ends
    return due


def _extend(periods: list[tuple[float, float]], begins: float, ends: float) -> None:
    """Add a period; one that begins as the last ends makes that one longer."""
    if periods and periods[-1][1] == begins:
        begins = periods.pop()[0]
    periods.append((begins, ends))


def after_sentence(w: World, i: int) -> Next:
    """The sentence is over, in custody at home: leave, be detained, or go to the centre.

    Whether to detain is decided on what is known on this day. A case that nobody has examined
    shows no prospect, so the person is let go; whoever is at liberty stays so, whatever the
    examination finds, until the document is there or a new custody ends.
    """
    people = w.people
    if w.document_at[i] <= w.env.now:
        if people.willing[i] or w.escorts.take():
            return depart(w, i)
        return detention.detain
    if people.detained[i] and in_prospect(w, i):
        return detention.detain
    return departure_centre.send(w, i)


def in_prospect(w: World, i: int) -> bool:
    """Tell whether a removal is in prospect now; it is not before the case has been examined."""
    return w.env.now < prospect_until(w, i)


def prospect_until(w: World, i: int) -> float:
    """Return the day on which the present prospect ends as far as is known; 0 if there is none."""
    if w.document_at[i] <= w.env.now:
        return inf
    now = w.env.now
    return next((ends for begins, ends in w.prospects[i] if begins <= now < ends), 0.0)


def direct_in_prospect(w: World, i: int) -> bool:
    """Tell whether the person may stay abroad for removal: papers by the end, or detention."""
    people = w.people
    if not people.direct[i]:
        return False
    if w.document_at[i] <= people.end[i]:
        return True
    return people.detained[i] and people.detained_abroad[i] and in_prospect(w, i)


def assessment(w: World, i: int, until: float) -> Event:
    """Wait until the case is assessed, or until a day."""
    heard = w.hearing[i] = w.env.event()
    if until < inf:
        w.until(until).callbacks.append(partial(_heard, heard))
    return heard


def _heard(heard: Event, _timeout: Event) -> None:
    if not heard.triggered:
        heard.succeed()


def find_escort(w: World, i: int, until: float) -> Process:
    """Find an escort for someone unwilling; returns False if none came until that day."""
    if w.people.willing[i] or w.escorts.take():
        return True
    w.case(i, ESCORT_QUEUE, w.env.now)
    came = yield w.escorts.request(i, max(w.env.now, min(until, w.people.death[i])))
    w.case(i, READY, w.env.now)
    return came


def depart(w: World, i: int, exit: Exit = Exit.REMOVED) -> Next:
    """Leave for the country of origin, under escort if unwilling."""
    w.leave(i, exit)
    return None if w.people.willing[i] else _escort


def _escort(w: World, i: int) -> Process:
    """The escort team travels along, and back."""
    yield w.timeout(w.people.escort_days[i])
    w.escorts.give_back()
