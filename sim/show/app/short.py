"""The first screen: five questions of a reader who knows no statistics, each with a number.

What does it cost, how many places, is anyone held longer, how sure is that, and who says so. Each
answer names the view of the page that says what it rests on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.language import mark, tr, trn
from sim.numbers import grouped, points
from sim.show.app.told import Bar, Told, told_difference, told_value
from sim.show.facts.agreement import has_rented_prison, others, reference
from sim.show.facts.assumptions import WITHOUT_SOURCE, assumptions, evidence_or_reason
from sim.show.facts.ranges import paired_differences
from sim.show.facts.ways import has_a_way
from sim.show.words import names

if TYPE_CHECKING:
    from sim.experiment.replications import Replications

#: Views in which one reads what an answer rests on.
OF_COSTS, OF_PLACES, OF_STAYS = mark("Costs"), mark("Answer"), mark("How long held")
OF_DOUBT, OF_SOURCES = mark("How sure is this?"), mark("Assumptions")
_COST, _FREED, _HELD = "total_cost", "places_freed_net", "held_after_sentence_days"


@dataclass(frozen=True)
class Short:
    """The answer to one question."""

    question: str
    number: str
    unit: str
    words: str
    """The range, or what the number is of."""
    note: str
    """What it means."""
    view: str
    """The view that says what it rests on."""
    link: str
    """How the way there is named."""
    bar: Bar | None = None


def in_short(replications: Sequence[Replications]) -> list[Short]:
    """Answer the five questions, about what a scenario changes or, alone, about itself."""
    return [
        _cost(replications),
        _places(replications),
        _held(replications),
        _how_sure(replications),
        _who_says_so(replications),
    ]


def _pair(replications: Sequence[Replications]) -> tuple[Replications, Replications] | None:
    """Return the reference and what is held against it, if there are two about the same people."""
    if len(replications) < 2:
        return None
    base, other = replications[reference(replications)], replications[others(replications)[0]]
    return (base, other) if base.seed == other.seed else None


def _short(question: str, told: Told, note: str, view: str, link: str) -> Short:
    return Short(question, told.number, told.unit, told.words, note, view, link, told.bar)


def _cost(replications: Sequence[Replications]) -> Short:
    pair, link = _pair(replications), tr("How it is made up")
    if pair is None:
        told = told_value(replications[0], _COST)
        note = tr("Cost of everything counted, over the observed period.")
        return _short(tr("What does it cost?"), told, note, OF_COSTS, link)
    told = told_difference(*pair, _COST)
    note = _direction(
        told,
        tr("It costs more, over the observed period."),
        tr("It costs less, over the observed period."),
        tr("More or less: draws do not agree."),
    )
    return _short(tr("What does it cost?"), told, note, OF_COSTS, link)


def _places(replications: Sequence[Replications]) -> Short:
    pair, question = _pair(replications), tr("How many places does it free?")
    link = tr("How full the prisons are")
    renting = [r for r in replications if has_rented_prison(r)]
    if not renting:
        told = told_value(replications[0], "home_occupancy")
        scenario = replications[0].scenario
        title = names.told(scenario, "{adjective} prisons: people, of places")
        return _short(tr("How full are prisons?"), told, title, OF_PLACES, link)
    if pair is None or len(renting) < 2:
        told = told_value(renting[0], _FREED)
        note = tr("Freed at home on average, less those filled again.")
    else:
        told = told_difference(*pair, _FREED)
        note = tr("More freed at home on average, less those filled again.")
    return _short(question, told, note, OF_PLACES, link)


def _held(replications: Sequence[Replications]) -> Short:
    pair, link = _pair(replications), tr("How long one is held")
    if pair is None:
        told = told_value(replications[0], _HELD)
        note = tr("Held in the two years after the sentence, per person released.")
        return _short(tr("How long is one held?"), told, note, OF_STAYS, link)
    told, (base, other) = told_difference(*pair, _HELD), pair
    if told.same and not has_a_way(base.scenario, other.scenario):
        note = tr("The model has no way for it to change: serving abroad is assumed to alter no "
                  "removal case.")  # fmt: skip
        return _short(tr("Is anyone held longer?"), told, note, OF_STAYS, link)
    note = _direction(
        told,
        tr("Longer, in the two years after the sentence, per person released."),
        tr("Shorter, in the two years after the sentence, per person released."),
        tr("Longer or shorter: draws do not agree. In the two years after the sentence."),
    )
    return _short(tr("Is anyone held longer?"), told, note, OF_STAYS, link)


def _direction(told: Told, more: str, less: str, unclear: str) -> str:
    if not told.known or told.same:
        return ""
    return more if told.low > 0 else less if told.high < 0 else unclear


def _how_sure(replications: Sequence[Replications]) -> Short:
    question, link = tr("How sure is that?"), tr("What it hangs on")
    first, pair = replications[0], _pair(replications)
    if not first.drawn:
        words = tr("Nothing is drawn: assumptions are as the scenario says.")
        note = tr("± is what chance does. Draw the assumptions to see how sure the answer is.")
        return Short(question, tr("Not known"), "", words, note, OF_DOUBT, link)
    if pair is None:
        words = trn("draw of everything that nobody knows", "draws of everything that nobody knows",
                    first.number)  # fmt: skip
        note = _chance_words(told_value(first, _COST))
        return Short(question, grouped(first.number), "", words, note, OF_DOUBT, link)
    values = paired_differences(*pair, _COST)
    known = values[np.isfinite(values)]
    more, less = int((known > 0).sum()), int((known < 0).sum())
    number = tr("{some} of {draws}", some=grouped(max(more, less)), draws=grouped(len(known)))
    words = tr("draws say that it costs more") if more >= less else tr(
        "draws say that it costs less"
    )  # fmt: skip
    return Short(question, number, "", words, _chance_words(told_difference(*pair, _COST)),
                 OF_DOUBT, link)  # fmt: skip


def _chance_words(cost: Told) -> str:
    """Say how much of the doubt about the cost is chance."""
    if cost.bar is None or cost.bar.chance is None:
        return tr("Draws differ by assumptions and chance.")
    width, (low, high) = cost.bar.high - cost.bar.low, cost.bar.chance
    return tr("Chance alone gives a range of cost {share} as wide; the rest is assumptions.",
              share=points(min((high - low) / width, 1.0)))  # fmt: skip


def _who_says_so(replications: Sequence[Replications]) -> Short:
    scenario = replications[0].scenario
    evidence, _ = evidence_or_reason(scenario)
    rows = [row for rows in assumptions(scenario, evidence).values() for row in rows]
    without = sum(row.status in WITHOUT_SOURCE for row in rows)
    number = tr("{some} of {all}", some=grouped(without), all=grouped(len(rows)))
    words = tr("entries the answer rests on have no source: they are assumed, or set here.")
    note = tr("A model says so: under these entries, and not as a forecast.")
    return Short(tr("Who says so?"), number, "", words, note, OF_SOURCES, tr("Sources of each"))
