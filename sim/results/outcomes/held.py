"""How long people are held: in detention, in all by stage, and after the sentence ended.

Numbers of people detained are of everyone; the length of detention is of third-country nationals.
Days held per person concern third-country nationals whose sentence ends by release in the observed
period and who are followed for two years from then on, so that each counts over the same time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from sim.people.arrivals import THIRD_COUNTRY
from sim.results.outcomes.base import Outcome, followed, mean_people, median_days
from sim.scenario.schema import DAYS_PER_YEAR
from sim.world.stages import STAYS, Stay

if TYPE_CHECKING:
    from sim.results.run import Run

#: Years after the sentence in which days held are counted.
WINDOW_YEARS = 2.0
#: Whom days per person are of.
OF_FOLLOWED = (
    "of third-country nationals whose sentence ends by release in the observed period and who are "
    "followed for two years from then on"
)
HELD = tuple(stay for stay, about in STAYS.items() if about.held)
DETAINED = (Stay.DETENTION, Stay.DETENTION_QUEUE, Stay.DETENTION_ABROAD)

#: Stages in which people are held, grouped: each held stay is in exactly one. A trip home
#: counts where the person is; the place kept meanwhile counts in the fill of the rented prison.
STAGE_GROUPS: dict[str, tuple[str, tuple[Stay, ...]]] = {
    "remand": ("remand", (Stay.REMAND,)),
    "danish_prison": (
        "{adjective} prisons, trips back from the rented prison included",
        (Stay.DANISH_PRISON, Stay.SELECTION, Stay.WAITING_LIST, Stay.TEMPORARY_RETURN),
    ),
    "rented_prison": (
        "the rented prison, waiting there for a return flight included",
        (Stay.RENTED_PRISON, Stay.RETURN_QUEUE),
    ),
    "detention": ("pre-removal detention, anywhere", DETAINED),
    "breach": ("prison for breach of duties", (Stay.BREACH_IMPRISONMENT,)),
    "kosovo": ("detention in {host} as a foreigner (stress tests)", (Stay.KOSOVO_DETENTION,)),
}
#: Section of the scenario that a group is about, where it may be absent.
_SECTIONS = {"detention": "detention", "breach": "departure_centre", "kosovo": "staying"}
#: Of these, those that can go on after the sentence has ended.
AFTER_SENTENCE = ("rented_prison", "detention", "breach", "kosovo")


def _held(run: Run, stays: tuple[Stay, ...], *, after: bool) -> float | None:
    """Mean days in some stays until two years after the sentence, of those followed that long.

    Counted from the first day of custody, or with `after` from the end of the sentence.
    """
    people = followed(run, WINDOW_YEARS)
    if not people.any():
        return None
    spells = run.records.stays
    ends = run.cohort.sentence.leaves[spells.index]
    begins = ends if after else np.full_like(ends, -np.inf)
    days = spells.overlap(begins, ends + WINDOW_YEARS * DAYS_PER_YEAR, run.scenario.horizon)
    mine = spells.are(*stays) & people[spells.index]
    return float(days[mine].sum() / people.sum())


def _by_stage(*, after: bool) -> Iterator[Outcome]:
    """Yield the parts that the days held are made of."""
    name = "held_after_sentence" if after else "held"
    when = "within" if after else "until"
    for group, (words, stays) in STAGE_GROUPS.items():
        if after and group not in AFTER_SENTENCE:
            continue
        yield Outcome(
            f"{name}_{group}_days",
            f"Of days held{' after the sentence' if after else ''}: {_short(group)}",
            "days",
            f"Mean days in {words}, {when} two years after the sentence ended, {OF_FOLLOWED}.",
            lambda run, stays=stays: _held(run, stays, after=after),  # type: ignore[misc]
            _SECTIONS.get(group),
        )


def _short(group: str) -> str:
    return {"breach": "breach of duties", "kosovo": "detained in {host}"}.get(
        group, group.replace("_", " ").replace("danish", "{adjective}")
    )


def _detention_days(run: Run) -> float | None:
    stays, third = run.records.stays, run.cohort.arrived.group == THIRD_COUNTRY
    return median_days(run, stays, stays.are(Stay.DETENTION) & third[stays.index])


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
