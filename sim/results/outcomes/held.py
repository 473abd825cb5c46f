"""How long people are held: in detention, in all by stage, and after the sentence ended.

Numbers of people detained are of everyone; the length of detention is of third-country nationals.
Days held per person concern third-country nationals whose sentence ends by release in the observed
period and who are followed for two years from then on, so that each counts over the same time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.people.arrivals import THIRD_COUNTRY
from sim.results.once import once
from sim.results.outcomes.base import Outcome, followed, mean_people, median_days
from sim.results.records import among
from sim.scenario.schema import DAYS_PER_YEAR
from sim.world.flow import DETAINED, HELD, HELD_BY_GROUP
from sim.world.stages import Stay

if TYPE_CHECKING:
    from sim.results.records import Floats, Integers
    from sim.results.run import Run

#: Years after the sentence in which days held are counted.
WINDOW_YEARS = 2.0
#: Whom days per person are of.
OF_FOLLOWED = (
    "of third-country nationals whose sentence ends by release in the observed period and who are "
    "followed for two years from then on"
)


@dataclass(frozen=True)
class Group:
    """Stays in which people are held that are told as one."""

    words: str
    short: str
    after: bool = False
    """Whether it can go on after the sentence has ended."""
    section: str | None = None
    """Section of the scenario that it is about, where that may be absent."""


#: Groups of held stays, each of which is in exactly one. A trip home counts where the person
#: is; the place kept meanwhile counts in the fill of the rented prison.
GROUPS = {
    "remand": Group("remand", "remand"),
    "home_prison": Group(
        "{adjective} prisons, trips back from the rented prison included", "{adjective} prison"
    ),
    "rented_prison": Group(
        "the rented prison, waiting there for a return flight included", "rented prison", True
    ),
    "detention": Group("pre-removal detention, anywhere", "detention", True, "detention"),
    "breach": Group("prison for breach of duties", "breach of duties", True, "departure_centre"),
    "host": Group(
        "detention in {host} as a foreigner (stress tests)", "detained in {host}", True, "staying"
    ),
}


def _held(run: Run, stays: tuple[Stay, ...], *, after: bool) -> float | None:
    """Mean days in some stays until two years after the sentence, of those followed that long.

    Counted from the first day of custody, or with `after` from the end of the sentence.
    """
    number = int(followed(run, WINDOW_YEARS).sum())
    if not number:
        return None
    code, days = _days_in_stays(run, after)
    return float(days[among(code, stays)].sum() / number)


@once
def _days_in_stays(run: Run, after: bool) -> tuple[Integers, Floats]:
    """Return kind and days until two years after the sentence of all stays of those followed."""
    stays = run.records.stays
    mine = stays[followed(run, WINDOW_YEARS)[stays.index]]
    ends = run.cohort.sentence.leaves[mine.index]
    begins = ends if after else -np.inf
    days = mine.overlap(begins, ends + WINDOW_YEARS * DAYS_PER_YEAR, run.scenario.horizon)
    return mine.code, days


def _by_stage(*, after: bool) -> Iterator[Outcome]:
    """Yield the parts that the days held are made of."""
    name = "held_after_sentence" if after else "held"
    when = "within" if after else "until"
    for key, group in GROUPS.items():
        if after and not group.after:
            continue
        yield Outcome(
            f"{name}_{key}_days",
            f"Of days held{' after the sentence' if after else ''}: {group.short}",
            "days",
            f"Mean days in {group.words}, {when} two years after the sentence ended, "
            f"{OF_FOLLOWED}.",
            lambda run, stays=HELD_BY_GROUP[key]: _held(run, stays, after=after),  # type: ignore[misc]
            group.section,
        )


def _detention_days(run: Run) -> float | None:
    detained = run.records.stays.of(Stay.DETENTION)
    return median_days(run, detained[run.cohort.arrived.group[detained.index] == THIRD_COUNTRY])


HELD_DAYS = (
    Outcome(
        "detained",
        "In pre-removal detention",
        "persons",
        "Mean number of people in pre-removal detention, anywhere: EU and EEA citizens, and those "
        "who wait in an ordinary prison for a place in the detention centre, included.",
        lambda run: mean_people(run, *DETAINED),
        "detention",
    ),
    Outcome(
        "detention_days",
        "Length of detention in {sending}",
        "days",
        "Median length of stays of third-country nationals in the {adjective} detention centre "
        "that begin in the observed period, however they end; those still there when the "
        "simulation ends are censored (Kaplan-Meier).",
        _detention_days,
        "detention",
    ),
    Outcome(
        "held_days",
        "Held in all",
        "days",
        "Mean days deprived of liberty from the first day of custody (no earlier than the "
        f"simulation begins) until two years after the sentence ended, {OF_FOLLOWED}.",
        lambda run: _held(run, HELD, after=False),
    ),
    *_by_stage(after=False),
    Outcome(
        "held_after_sentence_days",
        "Held in the two years after the sentence",
        "days",
        f"Mean days deprived of liberty within two years after the sentence ended, {OF_FOLLOWED}.",
        lambda run: _held(run, HELD, after=True),
    ),
    *_by_stage(after=True),
)
