"""What happens after the sentence: removal and its routes, limbo, breaches, absconding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.people.arrivals import THIRD_COUNTRY
from sim.results import count
from sim.results.once import once
from sim.results.outcomes.base import (
    Outcome,
    followed,
    mean_length,
    mean_people,
    restricted_mean_days,
)
from sim.results.outcomes.held import OF_FOLLOWED, WINDOW_YEARS
from sim.results.records import among
from sim.scenario.schema import DAYS_PER_YEAR
from sim.statistics.survival import CENSORED, CumulativeIncidence, EmptySample, aalen_johansen
from sim.world.stages import Exit, Stay

if TYPE_CHECKING:
    from sim.results.records import Floats, Integers
    from sim.results.run import Run

_AT_HOME = (Exit.REMOVED, Exit.REMOVED_FROM_HOST, Exit.LEFT_VOLUNTARILY)
_ANYWHERE = tuple(Stay)
#: Whether someone has left in the way that is looked at.
OTHERWISE, SO = range(2)


@dataclass(frozen=True)
class Route:
    """A way home: how a title and a definition tell it, and which exits from where it is."""

    title: str
    how: str
    exits: tuple[Exit, ...]
    stays: tuple[Stay, ...] = _ANYWHERE


#: Ways home, by name: in all, and the three that make it up.
ROUTES: dict[str, Route] = {
    "removed": Route(
        "Removed or gone home",
        "have been removed from {sending} or straight from {host}, or have gone home by themselves",
        _AT_HOME,
    ),
    "removed_from_sending_state": Route(
        "Removed from {sending}",
        "have been removed from {sending} at the release, from detention or from the departure "
        "centre, under escort or, where they cooperate, without",
        (Exit.REMOVED,),
    ),
    "removed_from_host": Route(
        "Removed straight from {host}",
        "have been removed straight from {host}, under escort or, where they cooperate, without",
        (Exit.REMOVED_FROM_HOST,),
    ),
    "left_voluntarily": Route(
        "Gone home by themselves",
        "have gone home by themselves, from the departure centre or from outside it",
        (Exit.LEFT_VOLUNTARILY,),
    ),
}
#: The two ways that the last is made of.
BY_THEMSELVES: dict[str, Route] = {
    "left_from_centre": Route(
        "Gone home by themselves, from the centre",
        "have gone home by themselves from the departure centre",
        (Exit.LEFT_VOLUNTARILY,),
        (Stay.DEPARTURE_CENTRE,),
    ),
    "left_from_outside": Route(
        "Gone home by themselves, from outside",
        "have gone home by themselves from outside the departure centre, after waiting there for "
        "the travel document or living there with duties",
        (Exit.LEFT_VOLUNTARILY,),
        (Stay.WAITING_OUTSIDE, Stay.LIVING_ELSEWHERE),
    ),
}
#: Times after the sentence: as names, titles and definitions tell them, and in days. What happens
#: at the release happens within its day.
TIMES: dict[str, tuple[str, str, float]] = {
    "at_release": ("at release", "within a day", 1.0),
    "1y": ("within 1 year", "within a year", DAYS_PER_YEAR),
    "2y": ("within 2 years", "within two years", 2 * DAYS_PER_YEAR),
    "5y": ("within 5 years", "within five years", 5 * DAYS_PER_YEAR),
}


def _of_released(how: str, within: str) -> str:
    """Define a share of those released: who is counted, who counts as a success, and by when."""
    return (
        "Of third-country nationals whose sentence ends by release in the observed period, the "
        f"share who {how} {within}; those still in the system when the simulation ends are "
        "censored (Aalen-Johansen). Missing if nobody is followed so long."
    )


def _left_within(
    run: Run, days: float, exits: tuple[Exit, ...], stays: tuple[Stay, ...] = _ANYWHERE
) -> float | None:
    """Share of third-country nationals released in the period who left so within some days.

    By Aalen-Johansen, those who have not left by the horizon censored; None if nobody is followed
    that long.
    """
    curve = _leaving(run, exits, stays)
    if curve is None or days > curve.followed:
        return None
    return float(curve.at(days)[0, 1])


@once
def _leaving(
    run: Run, exits: tuple[Exit, ...], stays: tuple[Stay, ...]
) -> CumulativeIncidence | None:
    """Follow third-country nationals until they leave so, or otherwise; None if there are none."""
    durations, causes, left_from = _released(run)
    so = among(causes, exits) & among(left_from, stays)
    ending = np.where(causes == CENSORED, CENSORED, np.where(so, SO, OTHERWISE))
    try:
        return aalen_johansen(durations, ending, [OTHERWISE, SO])
    except EmptySample:
        return None


@once
def _released(run: Run) -> tuple[Floats, Integers, Integers]:
    """Return of third-country nationals released how long they stay, how and whence they leave."""
    index, durations, causes = run.after_release()
    third = run.cohort.arrived.group[index] == THIRD_COUNTRY
    left_from = np.full(run.cohort.size, -1)
    left_from[run.records.exits.index] = run.records.exits.from_stay
    return durations[third], causes[third], left_from[index[third]]


def _gone_after_a_year(run: Run) -> float | None:
    """Share of third-country nationals released of whom nobody knows where they are a year on."""
    released, _, _ = run.after_release()
    end = run.cohort.sentence.leaves + DAYS_PER_YEAR
    third = run.cohort.arrived.group[released] == THIRD_COUNTRY
    who = released[third & (end[released] <= run.scenario.horizon)]
    if not len(who):
        return None
    gone = np.zeros(run.cohort.size, bool)
    away, exits = run.records.stays.of(Stay.AT_LARGE), run.records.exits
    then = end[away.index]
    gone[away.index[(away.start <= then) & ~(away.end <= then)]] = True
    closed = exits.index[exits.code == Exit.ABSCONDED]
    gone[closed] |= run.records.exit_day[closed] <= end[closed]
    return float(gone[who].mean())


def _routes() -> Iterator[Outcome]:
    """Yield the share gone home by each time after the sentence, in all and by route."""
    for time, (when, within, days) in TIMES.items():
        for name, route in (ROUTES | BY_THEMSELVES).items():
            yield Outcome(
                f"{name}_{time}",
                f"{route.title} {when}",
                "share",
                _of_released(route.how, within),
                lambda run, days=days, route=route: _left_within(  # type: ignore[misc]
                    run, days, route.exits, route.stays
                ),
                "departure_centre" if name == "left_from_centre" else "removal",
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
    return restricted_mean_days(run, run.records.limbo)


def _breach_sentences(run: Run) -> float:
    return float(np.sum(run.observed(run.records.stays.of(Stay.BREACH_IMPRISONMENT).start)))


def _from_host(run: Run) -> float | None:
    exits = run.records.exits
    observed = run.observed(exits.day) & (run.cohort.arrived.group[exits.index] == THIRD_COUNTRY)
    straight = np.sum(observed & (exits.code == Exit.REMOVED_FROM_HOST))
    removed = straight + np.sum(observed & (exits.code == Exit.REMOVED))
    return float(straight / removed) if removed else None


BREACHES = (
    Outcome(
        "breach_imprisoned",
        "In prison for breach of duties",
        "persons",
        "Mean number of people serving a sentence for breach of duties.",
        lambda run: mean_people(run, Stay.BREACH_IMPRISONMENT),
        "departure_centre",
    ),
    Outcome(
        "breach_sentences",
        "Sentences for breach of duties",
        "sentences",
        "Number of prison sentences for breach of duties that begin in the observed period.",
        _breach_sentences,
        "departure_centre",
    ),
)

LIMBO = (
    Outcome(
        "limbo",
        "In limbo",
        "persons",
        "Mean number of people whose sentence is over while no removal is in prospect, wherever "
        "they are.",
        lambda run: mean_length(run, run.records.limbo),
        "removal",
    ),
    Outcome(
        "limbo_at_end",
        "In limbo at the end of the period",
        "persons",
        "Number of people in limbo on the day the observed period ends.",
        _limbo_at_end,
        "removal",
    ),
    Outcome(
        "limbo_days",
        "Days in limbo per person",
        "days",
        f"Mean days in limbo within two years after the sentence ended, {OF_FOLLOWED}; those never "
        "in limbo count with zero.",
        _limbo_days,
        "removal",
    ),
    Outcome(
        "limbo_spell_days",
        "Length of a time in limbo",
        "days",
        "Mean length of times in limbo that begin in the observed period, however they end, those "
        "longer than five years counted as five; those still in limbo when the simulation ends "
        "are censored (Kaplan-Meier). Missing if nobody is followed for five years.",
        _limbo_spell_days,
        "removal",
    ),
)

AFTERWARDS = (
    *_routes(),
    Outcome(
        "absconded_1y",
        "Gone after 1 year, whereabouts unknown",
        "share",
        "Of third-country nationals whose sentence ends by release in the observed period and who "
        "are followed for a year, the share whose whereabouts are unknown a year after, or whose "
        "case has been closed so: they have absconded, or never reported. Missing if nobody is "
        "followed so long.",
        _gone_after_a_year,
        "departure_centre",
    ),
    Outcome(
        "removals_from_host_share",
        "Of removals: straight from {host}",
        "share",
        "Of the removals of third-country nationals in the observed period, from {sending} or "
        "{host}, the share that start in {host}.",
        _from_host,
        "removal",
    ),
)
