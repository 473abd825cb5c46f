"""Offered load: how much of their time scarce hands are asked for, and where a queue has no end.

Work that arrives in a year over what the hands there are can do in it: the arrival rate times the
mean service time over the number of servers, rho of queueing theory. From 1 on a queue grows for as
long as that lasts, and what follows it says nothing but for how long it was simulated.

Case workers and escort teams count. Places do not: whoever waits for one in detention waits no
longer than detention may last, and whoever waits for one abroad leaves when the sentence ends, so
that these queues have an end whatever the load.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import inf
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.numbers import grouped, points
from sim.people.arrivals import (
    PEOPLE_PER_STREAM,
    PEOPLE_PER_YEAR,
    THIRD_COUNTRY,
    planned_years,
)
from sim.people.chance import Chance
from sim.people.cohort import Cohort, draw_cohort
from sim.scenario.base import CountStep
from sim.scenario.removal import Removal
from sim.scenario.schema import Scenario
from sim.scenario.sentencing import stream_number
from sim.world.columns import People
from sim.world.removal import outlook
from sim.world.world import origins_of

Flags = NDArray[np.bool_]

#: Third-country nationals drawn to see who asks for what, and draws for it at most.
_PEOPLE, _DRAWS = 10_000, 20
_NO_END = "so that THEIR QUEUE HAS NO END: results follow how long it is simulated"


@dataclass(frozen=True)
class Load:
    """What is asked of some hands in the busiest year of the observed period."""

    hands: str
    """Dotted key of their number."""
    work: str
    """Dotted key of the days that one person takes."""
    title: str
    year: int
    """The busiest calendar year."""
    busy: float
    """Hands that the work of that year would keep busy."""
    number: float
    """Hands there are, on average over that year."""

    @property
    def share(self) -> float:
        """Share of their time that is asked for; infinite if there is work and nobody to do it."""
        return self.busy / self.number if self.number else (inf if self.busy else 0.0)

    @property
    def stable(self) -> bool:
        """Whether the queue for them has an end."""
        return self.share < 1

    @property
    def bounds(self) -> dict[str, str]:
        """Say by key at which multiples of what the scenario states the queue has no end."""
        if not self.busy or not self.number:
            return {}
        return {
            self.work: f"from {grouped(1 / self.share, 2)} times {self.work} on",
            self.hands: f"from {grouped(self.share, 2)} times {self.hands} down",
        }

    def __str__(self) -> str:
        if not self.busy:
            return f"{self.title}: nothing is asked of them"
        if not self.number:
            return f"{self.title}: none in {self.year}, {_NO_END}"
        asked = f"{self.title}: {points(self.share)} of their time is asked for in {self.year}"
        if not self.stable:
            return f"{asked}, {_NO_END}"
        return f"{asked}; their queue has no end {', or '.join(self.bounds.values())}"


@lru_cache(maxsize=64)
def offered_load(scenario: Scenario) -> tuple[Load, ...]:
    """Work out the load of case workers and of escort teams.

    Judgments are those expected in each year of the observed period; what a judgment brings is the
    mean over people drawn as the simulation draws them, always the same. Where nobody is removed
    there is none.

    Escort teams are taken to be asked for by everyone unwilling who can get a document and is
    detained or reports to the centre: the most there can be, as some abscond or die before. People
    are taken as they are at home: what serving abroad may change in them is left out.
    """
    removal = scenario.removal
    if removal is None:
        return ()
    work = _work_per_judgment(scenario, removal)
    return (
        _busiest(scenario, work, 0, removal.own_case_workers,
                 ("removal.case_workers", "removal.case_work_days", "Case workers")),
        _busiest(scenario, work, 1, removal.own_escort_teams,
                 ("removal.escort_teams", "removal.escort_days", "Escort teams, at most")),
    )  # fmt: skip


class _Work(NamedTuple):
    """Days of work that a judgment brings on average."""

    case: float
    escort: float


def _busiest(
    scenario: Scenario,
    work: dict[str, _Work],
    which: int,
    steps: tuple[CountStep, ...],
    names: tuple[str, str, str],
) -> Load:
    """Return the load of the year in which most of the hands' time is asked for."""
    planned = planned_years(scenario)
    loads = []
    for begins, ends in _observed_years(scenario):
        year = scenario.date(begins).year
        days = scenario.day(date(year + 1, 1, 1)) - scenario.day(date(year, 1, 1))
        busy = sum(
            one.per_year / days * work[stream][which]
            for stream, years in planned.items()
            for one in years
            if one.year == year
        )
        number = sum(
            step.value
            * max(0.0, min(scenario.day(step.until), ends) - max(scenario.day(step.from_), begins))
            for step in steps
        ) / (ends - begins)
        loads.append(Load(*names, year, busy, number))
    return max(loads, key=lambda load: load.share)


def _observed_years(scenario: Scenario) -> Iterator[tuple[float, float]]:
    """Yield what of each calendar year is observed, first and last day."""
    time = scenario.time
    for year in range(time.observe_from.year, time.observe_until.year + 1):
        begins = max(time.observe_from, date(year, 1, 1))
        ends = min(time.observe_until, date(year + 1, 1, 1))
        if begins < ends:
            yield scenario.day(begins), scenario.day(ends)


def _work_per_judgment(scenario: Scenario, removal: Removal) -> dict[str, _Work]:
    """Return the mean work of a judgment of the observed years, by stream.

    Shares of third-country nationals and mean times are exact; what else there is to it is counted
    among the people drawn.
    """
    rules = scenario.arrivals
    even = rules.model_copy(update={"year_to_year_variation": 0.0})
    alike = scenario.model_copy(update={"arrivals": even})
    parts: list[tuple[NDArray[Any], ...]] = []
    while len(parts) < _DRAWS and sum(len(part[0]) for part in parts) < _PEOPLE:
        cohort = draw_cohort(alike, Chance(0, len(parts)))
        third = cohort.arrived.group == THIRD_COUNTRY
        columns = (cohort.arrived.person, *_asking(scenario, cohort))
        parts.append(tuple(column[third] for column in columns))
        if not third.any():
            break
    person, examined, escorted = (np.concatenate(part) for part in zip(*parts, strict=True))
    year = person // PEOPLE_PER_YEAR % (PEOPLE_PER_STREAM // PEOPLE_PER_YEAR)
    time, found = scenario.time, {}
    observed = (time.observe_from.year <= year) & (year <= time.observe_until.year)
    for stream in planned_years(scenario):
        added = rules.additional.get(stream)
        third_share = float(added.group == "third_country") if added else rules.third_country_share
        mine = observed & (person // PEOPLE_PER_STREAM == (stream_number(stream) if added else 0))
        each = third_share / max(1, int(mine.sum()))
        found[stream] = _Work(
            each * int(examined[mine].sum()) * removal.case_work_days.mean,
            each * int(escorted[mine].sum()) * removal.escort_days.mean,
        )
    return found


def _asking(scenario: Scenario, cohort: Cohort) -> tuple[Flags, Flags]:
    """Tell who needs a case worker, and who at most an escort."""
    after, people, origins = cohort.after, People.of(cohort, ()), origins_of(scenario)
    examined = np.array(people.needs_case, bool)
    escorted = examined & ~cohort.sentence.willing & ~after.protected
    escorted &= after.detained | ~after.never_reports
    for i in np.flatnonzero(escorted).tolist():
        found = outlook(
            origins[people.origin[i]],
            requested=people.case_opens[i] + people.case_work_days[i],
            released=people.end[i],
            delay=people.document_delay[i],
            review_days=people.review_days[i],
            willing=False,
            protected=False,
            luck=people.luck[i],
        )
        escorted[i] = found.document_at < inf
    return examined, escorted
