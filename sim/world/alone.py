"""What depends on nobody else, worked out for everyone at once, as columns.

From arrest to the end of the sentence, someone on whom no case is worked and who is never selected
for transfer shares nothing with anyone. Neither does someone whose way out at the end is settled.
Such stays are written here and need no process; a process begins where something first depends on
others: at arrest for everyone with a case or a selection before them, else at the end of a sentence
after which there is somewhere to wait.

`sim.world.journey` reads the same columns (where the first stay is spent and until when, and the
way out that is settled), and `tests/property/test_clock.py` holds both to the same log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.people.arrivals import THIRD_COUNTRY
from sim.people.cohort import Cohort
from sim.people.sentence import DIED, HOME_TRANSFER, RELEASED, STRAIGHT_REMOVAL
from sim.scenario.dated import Span
from sim.world.stages import FIRST_EXIT, Exit, Stay

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: In `ways_out`: not settled, it depends on others.
OPEN = -1

#: Whose process begins, the instant, and whether it begins at arrest or after the sentence.
Start = tuple[int, float, bool]

_ENDINGS = {
    STRAIGHT_REMOVAL: Exit.REMOVED_FROM_SHORT_SENTENCE,
    HOME_TRANSFER: Exit.TRANSFERRED_TO_SERVE,
    DIED: Exit.DIED,
}


def first_stays(cohort: Cohort) -> Integers:
    """Return where people are until they begin to serve: on remand, or at liberty until called."""
    return np.where(cohort.sentence.remanded, Stay.REMAND, Stay.AT_LIBERTY)


def serving_from(cohort: Cohort) -> Floats:
    """Return the day on which people begin to serve, unless their sentence is over by then."""
    sentence = cohort.sentence
    return np.where(sentence.remanded, sentence.final, sentence.custody)


def have_a_case(cohort: Cohort) -> Flags:
    """Tell for whom a removal case is opened."""
    found: Flags = (cohort.arrived.group == THIRD_COUNTRY) & (cohort.sentence.ending == RELEASED)
    return found


def documents(cohort: Cohort, travel: Sequence[Span]) -> tuple[Floats, Floats]:
    """Return until when a departure is in prospect without a case, and when it is possible.

    The latter is infinite for third countries; `sim.world.removal` says the same of those with a
    case.
    """
    issued = cohort.after.case_opens + cohort.after.document_delay
    due = leaves = np.maximum(issued, cohort.sentence.end)
    for begins, ends, share in travel:
        held_up = (begins <= leaves) & (leaves < ends) & (cohort.after.travel_luck >= share)
        leaves = np.where(held_up, ends, leaves)
    ready = np.where(leaves > due, leaves, issued)
    seen = np.where(leaves > due, due, np.inf)
    return seen, np.where(cohort.arrived.group == THIRD_COUNTRY, np.inf, ready)


def ways_out(cohort: Cohort, travel: Sequence[Span]) -> Integers:
    """Return the exit at the end of the sentence as far as it is settled, else `OPEN`.

    Someone who cooperates and whose papers are there leaves at once, without an escort.
    """
    arrived, sentence = cohort.arrived, cohort.sentence
    at_once = sentence.willing & (documents(cohort, travel)[1] <= sentence.leaves)
    settled = [
        *[sentence.ending == ending for ending in _ENDINGS],
        ~arrived.expelled,
        cohort.after.unregistered,
        at_once,
    ]
    exits = [*_ENDINGS.values(), Exit.RELEASED, Exit.LEFT_UNREGISTERED, Exit.REMOVED]
    return np.select(settled, [int(exit) for exit in exits], OPEN)


@dataclass(frozen=True)
class Alone:
    """The log of those whom nothing concerns that is shared, and where processes begin."""

    log: Floats
    """Rows of person's index, code and day, as in `sim.world.world.Log`."""
    starts: list[Start]
    """Where processes begin, in order."""
    arrived: Floats
    """The instant at which the clock lets each person arrive."""


def alone(cohort: Cohort, travel: Sequence[Span], horizon: float) -> Alone:
    """Work out the stays that depend on nobody, and where processes begin."""
    sentence = cohort.sentence
    concerned = have_a_case(cohort) | np.isfinite(cohort.eligibility.selected)
    arrived = _arrived(sentence.arrives)
    who = np.flatnonzero(~concerned)
    leaves, ways = sentence.leaves[who], ways_out(cohort, travel)[who]
    served = _until(arrived[who], np.minimum(serving_from(cohort)[who], leaves))
    serves = served < leaves
    over = np.where(serves, _until(served, leaves), served)
    rows = np.concatenate(
        [
            _rows(who, first_stays(cohort)[who], arrived[who]),
            _rows(who[serves], np.full(int(serves.sum()), int(Stay.HOME_PRISON)), served[serves]),
            _rows(who[ways != OPEN], FIRST_EXIT + ways[ways != OPEN], over[ways != OPEN]),
        ]
    )
    goes_on = (ways == OPEN) & (over < horizon)
    begins = np.where(concerned, arrived, np.inf)
    begins[who[goes_on]] = over[goes_on]
    order = np.argsort(begins, kind="stable")[: int(concerned.sum()) + int(goes_on.sum())]
    starts = zip(order.tolist(), begins[order].tolist(), concerned[order].tolist(), strict=True)
    return Alone(rows[rows[:, 2] < horizon], list(starts), arrived)


def _rows(who: Integers, code: Integers, day: Floats) -> Floats:
    return np.column_stack([who, code, day])


def _until(now: Floats, day: Floats) -> Floats:
    """Return when the clock wakes who waits until a day, as `World.until` rounds it."""
    wait = day - now
    wait = np.where(now + wait < day, np.nextafter(wait, np.inf), wait)
    return np.where(day > now, now + wait, now)


def _arrived(days: Floats) -> Floats:
    """Return when the clock lets people arrive who wait for one another's arrival, in order."""
    found, now = [], 0.0
    for day in days.tolist():
        if day > now:
            now += day - now  # which need not be the day, to the last digit
        found.append(now)
    return np.array(found)
