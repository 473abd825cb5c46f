"""The cohort: everyone expelled by judgment, drawn as columns before anything runs.

What depends only on the person, the courts and dated rules is settled here: the sentence, the
day it ends, whether and from when the person may be transferred. What depends on others (queues,
places, hands) is left to the processes in `sim.world`. Times are days since the scenario's start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from sim.people.abroad import Abroad, draw_abroad
from sim.people.after import AfterSentence, draw_after_sentence
from sim.people.arrivals import Arrived, draw_arrivals
from sim.people.chance import Chance
from sim.people.sentence import Sentence, draw_sentences
from sim.people.service import Service
from sim.people.transfer import Eligibility, draw_eligibility
from sim.scenario.schema import Scenario

Index = NDArray[np.int64]


@dataclass(frozen=True)
class Cohort:
    """Everyone, in order of arrival; each part holds columns of equal length."""

    arrived: Arrived
    sentence: Sentence
    eligibility: Eligibility
    after: AfterSentence
    service: Service
    abroad: Abroad | None = None
    """What serving abroad makes of everyone; None if it changes nothing."""

    @property
    def size(self) -> int:
        """Number of people."""
        return len(self.arrived.person)

    def changed(self, who: Sequence[int]) -> Cohort:
        """Return the cohort with some people as serving abroad makes them."""
        if self.abroad is None:
            return self
        there = np.zeros(self.size, bool)
        there[list(who)] = True
        columns = {
            field.name: np.where(there, getattr(self.abroad, field.name), self._column(field.name))
            for field in fields(Abroad)
        }
        willing = columns.pop("willing")
        return replace(
            self,
            sentence=replace(self.sentence, willing=willing),
            after=replace(self.after, **columns),
        )

    def _column(self, name: str) -> NDArray[np.generic]:
        part = self.sentence if hasattr(self.sentence, name) else self.after
        column: NDArray[np.generic] = getattr(part, name)
        return column


def draw_cohort(scenario: Scenario, chance: Chance) -> Cohort:
    """Draw everyone who is judged before the scenario ends.

    Parameters
    ----------
    scenario
        The world.
    chance
        Its luck: the same chance gives the same people in every scenario.
    """
    service = Service.of(scenario, chance)
    arrived = draw_arrivals(scenario, chance)
    sentence = draw_sentences(scenario, chance, arrived, service)
    eligibility = draw_eligibility(scenario, chance, arrived, sentence, service)
    after = draw_after_sentence(scenario, chance, arrived, sentence)
    abroad = draw_abroad(scenario, arrived, sentence, after)
    order = np.lexsort((arrived.person, sentence.arrives))
    order = order[sentence.arrives[order] < scenario.horizon]
    return Cohort(
        _ordered(arrived, order),
        _ordered(sentence, order),
        _ordered(eligibility, order),
        _ordered(after, order),
        service,
        None if abroad is None else _ordered(abroad, order),
    )


def _ordered(part, order: Index):  # type: ignore[no-untyped-def]
    """Return a part with every column put in the given order."""
    columns = {field.name: getattr(part, field.name) for field in fields(part)}
    return type(part)(
        **{
            name: value[order] if isinstance(value, np.ndarray) else value
            for name, value in columns.items()
        }
    )
