"""What happens after the sentence: removal and its routes, limbo, breaches, absconding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from sim.people.arrivals import THIRD_COUNTRY
from sim.results import count
from sim.results.outcomes.base import (
    Outcome,
    followed,
    mean_length,
    mean_people,
    restricted_mean_days,
)
from sim.results.outcomes.held import WINDOW_YEARS
from sim.scenario.schema import DAYS_PER_YEAR
from sim.statistics.survival import EmptySample, aalen_johansen
from sim.world.stages import Exit, Stay

if TYPE_CHECKING:
    from sim.results.run import Run

#: Ways home, by name: how a title tells them, and the exits they are.
ROUTES: dict[str, tuple[str, str, tuple[Exit, ...]]] = {
    "removed": (
        "Removed or gone home",
        "left for home, by force or not,",
        (Exit.REMOVED, Exit.REMOVED_FROM_KOSOVO, Exit.LEFT_VOLUNTARILY),
    ),
    "removed_from_denmark": (
        "Removed from {sending}",
        "were removed from {sending}, under escort or willingly,",
        (Exit.REMOVED,),
    ),
    "removed_from_kosovo": (
        "Removed straight from {host}",
        "were removed straight from {host}",
        (Exit.REMOVED_FROM_KOSOVO,),
    ),
    "left_voluntarily": (
        "Gone home from the centre by themselves",
        "went home by themselves from the departure centre",
        (Exit.LEFT_VOLUNTARILY,),
    ),
}
#: Times after the sentence: as names, titles and definitions tell them, and in days. What happens
#: at the release happens within its day.
TIMES: dict[str, tuple[str, str, float]] = {
    "at_release": ("at release", "on the day the sentence ended", 1.0),
    "1y": ("within 1 year", "within a year after the sentence", DAYS_PER_YEAR),
    "2y": ("within 2 years", "within two years after the sentence", 2 * DAYS_PER_YEAR),
    "5y": ("within 5 years", "within five years after the sentence", 5 * DAYS_PER_YEAR),
}


def _left_within(run: Run, days: float, *exits: Exit) -> float | None:
    """Share of third-country nationals released in the period who left so within some days.

    By Aalen-Johansen, those who have not left by the horizon censored; None if nobody is followed
    that long.
    """
    index, durations, causes = run.after_release()
    third = run.cohort.arrived.group[index] == THIRD_COUNTRY
    try:
        curve = aalen_johansen(durations[third], causes[third], list(Exit))
    except EmptySample:
        return None
    if curve.last_time < days and curve.survival[-1] > 0:
        return None
    return float(curve.at(days)[0, list(exits)].sum())


def _routes() -> Iterator[Outcome]:
    """Yield the share gone home by each time after the sentence, in all and by route."""
    for time, (when, within, days) in TIMES.items():
        for route, (title, how, exits) in ROUTES.items():
            yield Outcome(
                f"{route}_{time}",
                f"{title} {when}",
                "share",
                f"Share of third-country nationals who {how} {within}.",
                lambda run, days=days, exits=exits: _left_within(run, days, *exits),  # type: ignore[misc]
            )


def _limbo_at_end(run: Run) -> float:
    """Count those in limbo when the observed period ends."""
    last = run.period[1]
    return float(count.inside(run.records.limbo, np.array([last]))[0])


def _limbo_days(run: Run) -> float | None:
    people = followed(run, WINDOW_YEARS)
    if not people.any():
        return None
    limbo = run.records.limbo
    ends = run.cohort.sentence.leaves[limbo.index]
    days = limbo.overlap(ends, ends + WINDOW_YEARS * DAYS_PER_YEAR, run.scenario.horizon)
    return float(days[people[limbo.index]].sum() / people.sum())


def _limbo_spell_days(run: Run) -> float | None:
    limbo = run.records.limbo
    return restricted_mean_days(run, limbo, np.ones(len(limbo.start), bool))


def _breach_sentences(run: Run) -> float:
    stays = run.records.stays
    return float(np.sum((stays.code == Stay.BREACH_IMPRISONMENT) & run.observed(stays.start)))


def _from_kosovo(run: Run) -> float | None:
    exits = run.records.exits
    observed = run.observed(exits.day) & (run.cohort.arrived.group[exits.index] == THIRD_COUNTRY)
    straight = np.sum(observed & (exits.code == Exit.REMOVED_FROM_KOSOVO))
    removed = straight + np.sum(observed & (exits.code == Exit.REMOVED))
    return float(straight / removed) if removed else None


BREACHES = (
    Outcome(
        "breach_imprisoned",
        "In prison for breach of duties",
        "persons",
        "Mean number of people serving a sentence for breach of duties.",
        lambda run: mean_people(run, Stay.BREACH_IMPRISONMENT),
    ),
    Outcome(
        "breach_sentences",
        "Sentences for breach of duties",
        "sentences",
        "Number of prison sentences for breach of duties that begin in the observed period.",
        _breach_sentences,
    ),
)

LIMBO = (
    Outcome(
        "limbo",
        "In limbo",
        "persons",
        "Mean number of people whose sentence is over while no removal is in prospect.",
        lambda run: mean_length(run, run.records.limbo, 0),
    ),
    Outcome(
        "limbo_at_end",
        "In limbo at the end of the period",
        "persons",
        "Number of people in limbo on the day the observed period ends.",
        _limbo_at_end,
    ),
    Outcome(
        "limbo_days",
        "Days in limbo per person",
        "days",
        "Mean days in limbo within two years after the sentence ended, third-country nationals, "
        "those never in limbo included.",
        _limbo_days,
    ),
    Outcome(
        "limbo_spell_days",
        "Length of a time in limbo",
        "days",
        "Mean length of times in limbo that begin in the observed period, those longer than five "
        "years counted as five; those still in limbo censored.",
        _limbo_spell_days,
    ),
)

AFTERWARDS = (
    *_routes(),
    Outcome(
        "absconded_1y",
        "Absconded within 1 year",
        "share",
        "Share of third-country nationals who absconded for good within a year after it.",
        lambda run: _left_within(run, DAYS_PER_YEAR, Exit.ABSCONDED),
    ),
    Outcome(
        "removals_from_kosovo_share",
        "Of removals: straight from {host}",
        "share",
        "Share of removals of third-country nationals that start in {host}.",
        _from_kosovo,
    ),
)
