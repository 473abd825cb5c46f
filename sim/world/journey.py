"""One person's way through the system: arrest, judgment, sentence, and what comes after.

An institution is a process: it takes time, and ends by naming the next one, or None when the
person has left. A decision is a plain function: it takes no time and names the next process.
"""

from __future__ import annotations

from sim.world import removal, transfer
from sim.world.alone import OPEN, Start
from sim.world.stages import HOME_PRISON, Exit
from sim.world.world import Next, Process, World


def arrivals(w: World, starts: list[Start]) -> Process:
    """People begin, on their day, as a process of their own.

    That is the day of arrest, or the end of the sentence for those who share nothing with anyone
    before (`sim.world.alone`).
    """
    process = w.env.process
    for i, day, at_arrest in starts:
        while day > w.env.now:
            yield w.towards(day)
        process(journey(w, i, arrest if at_arrest else sentence_over(w, i)))


def journey(w: World, i: int, step: Next) -> Process:
    """Go from one institution to the next until the person has left."""
    while step is not None:
        step = yield from step(w, i)


def arrest(w: World, i: int) -> Process:
    """Remand until the judgment is final, or liberty until called to serve."""
    people = w.people
    w.enter(i, people.first_stay[i])
    leaves = people.leaves[i]
    yield w.until(min(people.serves_from[i], leaves))
    if people.needs_case[i]:
        removal.open_case(w, i)
    return serve if w.env.now < leaves else sentence_over(w, i)


def serve(w: World, i: int) -> Process:
    """Serve at home, until selected for transfer or until the sentence is over."""
    w.enter(i, HOME_PRISON)
    selected = w.people.selected[i]
    if w.env.now <= selected < w.people.leaves[i]:
        yield w.until(selected)
        return transfer.selection if w.assessors is None else transfer.assessment
    yield w.until(w.people.leaves[i])
    return sentence_over(w, i)


def serve_rest(w: World, i: int) -> Process:
    """Serve what is left at home, transfer being out of the question."""
    w.enter(i, HOME_PRISON)
    yield w.until(w.people.leaves[i])
    return sentence_over(w, i)


def sentence_over(w: World, i: int) -> Next:
    """Leave by the way that is settled, or go on to removal."""
    way_out = w.people.way_out[i]
    return removal.after_sentence(w, i) if way_out == OPEN else w.leave(i, Exit(way_out))
