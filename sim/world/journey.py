"""One person's way through the system: arrest, judgment, sentence, and what comes after.

An institution is a process: it takes time, and ends by naming the next one, or None when the
person has left. A decision is a plain function: it takes no time and names the next process.
"""

from __future__ import annotations

from sim.people.sentence import DIED, HOME_TRANSFER, STRAIGHT_REMOVAL
from sim.world import removal, transfer
from sim.world.stages import AT_LIBERTY, DANISH_PRISON, REMAND, Exit
from sim.world.world import Next, Process, World

_ENDINGS = {
    STRAIGHT_REMOVAL: Exit.REMOVED_FROM_SHORT_SENTENCE,
    HOME_TRANSFER: Exit.TRANSFERRED_TO_SERVE,
    DIED: Exit.DIED,
}


def arrivals(w: World) -> Process:
    """People arrive on their day, each as a process of their own."""
    process = w.env.process
    for i, day in enumerate(w.people.arrives):
        if day > w.env.now:
            yield w.timeout(day - w.env.now)
        process(journey(w, i))


def journey(w: World, i: int) -> Process:
    """Go from one institution to the next until the person has left."""
    step = arrest
    while step is not None:
        step = yield from step(w, i)


def arrest(w: World, i: int) -> Process:
    """Remand until the judgment is final, or liberty until called to serve."""
    people = w.people
    if people.remanded[i]:
        w.enter(i, REMAND)
        begins = people.final[i]
    else:
        w.enter(i, AT_LIBERTY)
        begins = people.custody[i]
    leaves = people.leaves[i]
    yield w.until(begins if begins < leaves else leaves)
    if people.needs_case[i]:
        removal.open_case(w, i)
    return serve if w.env.now < leaves else sentence_over(w, i)


def serve(w: World, i: int) -> Process:
    """Serve at home, until selected for transfer or until the sentence is over."""
    w.enter(i, DANISH_PRISON)
    selected = w.people.selected[i]
    if w.env.now <= selected < w.people.leaves[i]:
        yield w.until(selected)
        return transfer.selection
    yield w.until(w.people.leaves[i])
    return sentence_over(w, i)


def serve_rest(w: World, i: int) -> Process:
    """Serve what is left at home, transfer being out of the question."""
    w.enter(i, DANISH_PRISON)
    yield w.until(w.people.leaves[i])
    return sentence_over(w, i)


def sentence_over(w: World, i: int) -> Next:
    """Leave by the way the sentence ended, or go on to removal."""
    people = w.people
    if people.ending[i]:
        return w.leave(i, _ENDINGS[people.ending[i]])
    if not people.expelled[i]:
        return w.leave(i, Exit.RELEASED)
    if people.unregistered[i]:
        return w.leave(i, Exit.LEFT_UNREGISTERED)
    return removal.after_sentence(w, i)
