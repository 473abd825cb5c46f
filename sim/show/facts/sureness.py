"""How sure an answer is, as it is shown: ranges, what they hang on, what no draw decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sim.analysis.alternatives import QUESTIONS, Question
from sim.analysis.doubt import HEADLINES, Doubt, Follows, Headline, doubt_of
from sim.analysis.score import Scored, shipped_score
from sim.analysis.shipped_doubt import (
    Departures,
    alternative_doubt,
    departures,
    nearest_doubt,
)
from sim.scenario.files import as_shipped, base_of_case, changed
from sim.show.facts.agreement import others, reference
from sim.show.words.sureness import matters
from sim.statistics.stepwise import FEWEST

if TYPE_CHECKING:
    from sim.experiment.replications import Replications
    from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Sureness:
    """How sure the answer is for one scenario."""

    scenario: Scenario
    reference: Scenario | None
    ranges: Doubt
    """Where the ranges are from."""
    follows: Doubt
    """Where it is from what they hang on."""
    before: Scenario | None
    """The shipped scenario about which the ranges were made beforehand; None if they are of the
    draws compared."""
    departures: Departures | None
    """Where the scenario has left what was made beforehand; None if nothing is shown of that."""

    @property
    def headlines(self) -> list[Headline]:
        """The headlines, each with what it follows about its own middle."""
        wanted = [asked.outcome for asked in HEADLINES]
        found = [self.ranges.of(name) for name in wanted]
        return [
            replace(one, follows=tuple(self._follows(one)), explained=self._explained(one))
            for one in found
            if one is not None
        ]

    @property
    def hanging(self) -> list[Headline]:
        """The headlines that are drawn: those that matter, and follow something."""
        return [one for one in self.headlines if one.follows and matters(one)]

    def _follows(self, one: Headline) -> Iterator[Follows]:
        found = self.follows.of(one.outcome)
        for most in found.follows if found is not None else ():
            by = one.range.middle - (most.at_low + most.at_high) / 2
            yield replace(most, at_low=most.at_low + by, at_high=most.at_high + by)

    def _explained(self, one: Headline) -> float:
        found = self.follows.of(one.outcome)
        return 0.0 if found is None else found.explained


def sureness(replications: Sequence[Replications]) -> list[Sureness]:
    """Return how sure the answer is for each scenario but the reference; of one alone, for it.

    Ranges are those of the draws compared. What they hang on needs more draws: it was made
    beforehand where that is about the same worlds, and else is told of these draws, if there are
    enough. Of replications at fixed values everything was made beforehand.
    """
    base = replications[reference(replications)] if len(replications) > 1 else None
    chosen = [replications[n] for n in others(replications)] if base is not None else replications
    found = [_of(r, base) for r in chosen]
    return [one for one in found if one is not None]


def shipped_sureness(scenario: Scenario, beside: Scenario | None = None) -> Sureness | None:
    """Return what is known of a scenario before anything is run, None if that is nothing.

    Parameters
    ----------
    scenario
        Any: what is shown is about the shipped one of its name, or the base of its case.
    beside
        What it is to be compared with.
    """
    known = nearest_doubt(scenario)
    if known is None:
        return None
    left = departures(known, scenario, beside)
    return Sureness(scenario, beside, known, known, _shipped(known.scenario, scenario), left)


def _of(r: Replications, base: Replications | None) -> Sureness | None:
    beside = None if base is None else base.scenario
    before = shipped_sureness(r.scenario, beside)
    if not r.drawn:
        return before
    live = doubt_of(r, base)
    fits = before is not None and base is not None and not before.departures
    if before is not None and (fits or (live.draws < FEWEST and base is not None)):
        return replace(before, ranges=live, before=None)
    return Sureness(r.scenario, beside, live, live, None, None)


def _shipped(name: str, scenario: Scenario) -> Scenario | None:
    return as_shipped(changed(scenario, {"name": name}))


# ---------------------------------------------------------------------- what no draw decides


@dataclass(frozen=True)
class Answer:
    """One answer to a question, with what the headlines are in it."""

    title: str
    headlines: tuple[Headline, ...]


def disputed(scenario: Scenario) -> list[tuple[Question, list[Answer]]]:
    """Return the questions that no draw decides, with all their answers, made beforehand.

    They are about the scenario's case; of most cases there is none.
    """
    found = list[tuple[Question, list[Answer]]]()
    stated = nearest_doubt(base_of_case(scenario))
    if stated is None:
        return []
    for question in QUESTIONS:
        answers = [Answer(question.as_stated, _told(stated, question))]
        for one in question.others:
            known = alternative_doubt(one.name, scenario)
            answers += [] if known is None else [Answer(one.title, _told(known, question))]
        if len(answers) > 1:
            found.append((question, answers))
    return found


def _told(doubt: Doubt, question: Question) -> tuple[Headline, ...]:
    return tuple(one for name in question.outcomes if (one := doubt.of(name)) is not None)


def score(scenario: Scenario) -> tuple[tuple[Scored, ...], tuple[Scored, ...]]:
    """Return the published figures that were judged, and those of them that are missed.

    They are about the scenario's case; of most cases there is none.
    """
    figures = shipped_score(scenario)
    return figures, tuple(figure for figure in figures if figure.missed)
