"""The whole answer: what changes if there is a comparison, then where queues build and how long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.language import tr
from sim.numbers import grouped, points
from sim.show import words
from sim.show.answer.changes import change_sentences, prison
from sim.show.answer.one import after, home, limbo, longest, second, stays
from sim.show.facts.agreement import host_prison_words, staying_words, term_words
from sim.statistics.intervals import FEWEST as FEWEST_FOR_INTERVAL
from sim.statistics.ranges import FEWEST as FEWEST_DRAWS
from sim.statistics.ranges import INSIDE

if TYPE_CHECKING:
    from sim.experiment.replications import Replications


def sentences(replications: Sequence[Replications]) -> list[str]:
    """Return the answer in sentences, each with one fact, one number and one unit.

    With several scenarios they begin with what the others change against the reference; without,
    with where queues build. Then come queues and stays of the first scenario, for how much of the
    observed period the rented prison is open, who stays in the host state, and how full its prisons
    are. What the ranges are is said first.
    """
    first, several = replications[0], len(replications) > 1
    found = [sureness(replications)]
    found += change_sentences(replications) if several else [*longest(first), *second(first)]
    if several:
        found.append(tr("In {scenario}:", scenario=words.quoted(first.scenario.title)))
        found += longest(first)
    else:
        found += prison(first)
    found += [*home(first), *stays(first), *limbo(first)]
    found += after(first)
    found += [
        text
        for text in (
            term_words(replications), staying_words(replications), host_prison_words(replications)
        )
        if text
    ]  # fmt: skip
    return found


def sureness(replications: Sequence[Replications]) -> str:
    """Say what the ranges are, and what they are not."""
    first, number = replications[0], min(r.number for r in replications)
    if first.drawn and first.plan is not None and not first.plan.factors:
        return tr("No number of this case has a range: its {draws} draws differ by chance alone, "
                  "and say nothing of how sure they are.", draws=grouped(number))  # fmt: skip
    if first.drawn and number < FEWEST_DRAWS:
        return tr("In brackets: from the lowest to the highest of {draws} draws of everything that "
                  "nobody knows.", draws=grouped(number))  # fmt: skip
    if first.drawn:
        return tr("In brackets: the range in which {inside} of {draws} draws lie, over everything "
                  "that nobody knows, and chance.", inside=points(INSIDE),
                  draws=grouped(number))  # fmt: skip
    if number < FEWEST_FOR_INTERVAL:
        return tr("Assumptions are fixed, and there are {number} replications only: chance may "
                  "explain all of it.", number=grouped(number))  # fmt: skip
    return tr("Assumptions are fixed: what stands after ± is chance alone, and says nothing of how "
              "sure they are.")  # fmt: skip
