"""The world: its people, its scarce things, and the log of what happens.

The log is flat: `[person, code, day, person, code, day, ...]`. A stay is logged when it begins;
it ends when the next one of the same person begins, or with the exit. So everyone is in exactly
one stay from arrival to exit, and no statistic is collected while the simulation runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.people.chance import Chance
from sim.people.cohort import Cohort
from sim.scenario.dated import Span, spans_of
from sim.scenario.schema import DAYS_PER_YEAR, Scenario
from sim.world.columns import Altered, People
from sim.world.flights import rotations
from sim.world.places import Places
from sim.world.stages import FIRST_EXIT, CaseStage, Exit, Log

if TYPE_CHECKING:
    from sim.world.clock import Clock, Event

#: What takes time: it yields events and returns something (an institution: what comes next).
Process = Generator["Event", Any, Any]
#: What comes next for a person: the process of an institution, or None for someone who has left.
Next = Callable[["World", int], Process] | None


class World:
    """Everything the processes share."""

    def __init__(self, env: Clock, scenario: Scenario, cohort: Cohort, chance: Chance) -> None:
        self.env = env
        self.scenario = scenario
        self.travel = travel_of(scenario)
        self.people = People.of(cohort, self.travel)
        everyone = range(cohort.size)
        self.abroad = Altered.of(cohort.changed(everyone)) if cohort.abroad is not None else None
        self.service = cohort.service
        self.leave_from: list[float] = cohort.eligibility.leave.tolist()
        self.complaint_days: list[float] = cohort.eligibility.complaint_days.tolist()
        self.origins = origins_of(scenario)
        self.log = Log([], [], [])
        self._stays, self._cases, self._limbo = self.log.stays, self.log.cases, self.log.limbo
        self._furnish()
        self._remember(cohort.size)
        self.breaches = chance.recurring("breach of duties")
        self.breach_lengths = chance.recurring("breach sentence")
        self.absconds_again = chance.recurring("absconds again")
        self.found = chance.recurring("found again")
        self.at_large = chance.recurring("time at large")
        self.trips = chance.recurring("temporary return")
        self.trip_lengths = chance.recurring("length of temporary return")
        self.demands = chance.recurring("sent back on demand of the host")
        self.stopped = chance.recurring("stopped in Kosovo")
        self.onward = chance.recurring("onward travel")
        self.host_detention_lengths = chance.recurring("detention in Kosovo")
        centre, staying = scenario.departure_centre, scenario.staying
        self.trip_days = scenario.rented_prison.temporary_return_days.at
        if centre is not None:
            self.breach_rate = centre.breach_sentences_per_year / DAYS_PER_YEAR
            self.breach_days = centre.breach_sentence_days.at
            self.breach_factors = spans_of(scenario, centre.breach_sentence_factor)
            self.closing = spans_of(scenario, centre.cases_closed_per_year)
            self.days_at_large = centre.at_large_days.at
        if staying is not None:
            self.host_detention_days = staying.detention_days.at

    def _furnish(self) -> None:
        """Set up everything scarce, with its dated capacity."""
        scenario, service = self.scenario, self.service
        self.rented_prison = Places(self.env, 0, dispatch="in_batches")
        spans = service.places(scenario)
        if spans:
            steps = [(begins, int(places)) for begins, _, places in spans]
            self.rented_prison.follow(_steps([*steps, (service.closes, 0)]))
        end = self.people.end
        self.return_seats = Places(self.env, len(end), end.__getitem__, dispatch="in_batches")
        back = scenario.rented_prison.sent_back
        # Whoever serves abroad waits to be called back, where falling places send people back.
        self.recalls = None if back is None or not back.when_places_fall else (
            Places(self.env, len(end), end.__getitem__, dispatch="in_batches")
        )  # fmt: skip
        self.demand_rate = 0.0 if back is None else back.on_demand_per_year / DAYS_PER_YEAR
        removal, detention, staying = scenario.removal, scenario.detention, scenario.staying
        self.case_workers = self._follow(removal.own_case_workers if removal else ())
        self.escorts = self._follow(removal.own_escort_teams if removal else ())
        self.detention = self._follow(detention.own_places if detention else ())
        self.host_detention = Places(self.env, staying.detention_places if staying else 0)
        self.rotations = rotations(scenario, service)
        self.assessors = None if scenario.transfer.assessment is None else (
            Places(self.env, len(end), dispatch="in_batches")
        )  # fmt: skip

    def _follow(self, steps: Any) -> Places:
        places = Places(self.env)
        start = [(self.scenario.day(step.from_), step.value) for step in steps]
        if start:
            places.follow(_steps(start))
        return places

    def _remember(self, size: int) -> None:
        """Set up what is remembered of each person between processes."""
        people = self.people
        self.gone = [False] * size
        self.assessed = [known < math.inf for known in people.document_at]
        self.document_at = people.document_at
        # What is in prospect is known once a case is assessed: before that, nothing.
        self.prospects: list[tuple[tuple[float, float], ...]] = [
            ((0.0, until),) if known else ()
            for known, until in zip(self.assessed, people.prospect_until, strict=True)
        ]
        self.hearing: dict[int, Event] = {}
        self.detention_ends = [math.inf] * size
        self.removable_from = [0.0] * size
        self.resided = [0.0] * size
        self.residences = [0] * size
        self.absconds_after = list(people.absconds_after)
        self.times: dict[tuple[str, int], int] = {}

    def forget(self) -> None:
        """Let go of everyone who waits, so that nothing is left for the cycle collector."""
        self.env.forget()
        for places in (self.rented_prison, self.return_seats, self.case_workers, self.escorts,
                       self.detention, self.host_detention):  # fmt: skip
            places.forget()
        for some in (self.assessors, self.recalls):
            if some is not None:
                some.forget()
        self.hearing.clear()

    def timeout(self, days: float) -> Event:
        """Wait some days."""
        return self.env.timeout(days)

    def until(self, day: float) -> Event:
        """Wait until a day, or not at all if it has passed; never wake before it."""
        now = self.env.now
        wait = day - now
        if wait <= 0:
            return self.env.timeout(0.0)
        # Rounding can make the sum fall short of the day by its last digit.
        return self.env.timeout(wait if now + wait >= day else math.nextafter(wait, math.inf))

    def towards(self, day: float) -> Event:
        """Wait until the very instant of a day that lies ahead, or half the way.

        Half the way is where no wait leads to the instant, since their sum is rounded. From there
        the difference is exact (Sterbenz's lemma), so that the second wait does.
        """
        now = self.env.now
        wait = day - now
        return self.env.timeout(wait if now + wait == day else wait / 2)

    def enter(self, i: int, stay: int) -> None:
        """Log that a person is somewhere from now on."""
        self._stays += (i, stay, self.env.now)

    def leave(self, i: int, exit: Exit) -> Next:
        """Log that a person has left the system, for good: nothing comes next."""
        self.gone[i] = True
        self._stays += (i, FIRST_EXIT + exit, self.env.now)
        return None

    def go_abroad(self, i: int) -> None:
        """Let serving abroad change what a person brings to the removal case.

        Whoever's case has been examined keeps what it has found; whoever is never released has
        none.
        """
        abroad, people = self.abroad, self.people
        if abroad is None or self.assessed[i] or people.ending[i]:
            return
        people.willing[i] = abroad.willing[i]
        people.document_delay[i] = abroad.document_delay[i]
        people.luck[i] = abroad.luck[i]
        people.detention_limit[i] = abroad.detention_limit[i]
        people.waits_outside[i] = abroad.waits_outside[i]
        people.never_reports[i] = abroad.never_reports[i]
        people.lives_elsewhere[i] = abroad.lives_elsewhere[i]
        people.tolerated[i] = abroad.tolerated[i]
        people.permit_at[i] = abroad.permit_at[i]
        self.absconds_after[i] = abroad.absconds_after[i]
        people.settled_after[i] = abroad.settled_after[i]
        people.settled_as[i] = abroad.settled_as[i]
        self.log.changed.append(i)

    def case(self, i: int, stage: CaseStage, day: float) -> None:
        """Log that a removal case is in a stage from a day on (which may lie ahead)."""
        self._cases += (i, stage, day)

    def limbo(self, i: int, begins: float, ends: float) -> None:
        """Log a time without a prospect of removal; an exit before its end cuts it short."""
        if begins < ends:
            self._limbo += (i, begins, ends)

    def count(self, what: str, i: int) -> int:
        """Return how often something has befallen a person before, and count it once more."""
        times = self.times.get((what, i), 0)
        self.times[what, i] = times + 1
        return times


@dataclass(frozen=True, slots=True)
class OriginStep:
    """A country's cooperation from a day on, in the engine's own units."""

    begins: float
    ends: float
    refuses: bool
    feasibility: float
    for_releases_from: float
    """Day from which a sentence has to end for the step to be about its case."""


def origins_of(scenario: Scenario) -> list[tuple[OriginStep, ...]]:
    """Return the cooperation steps of every origin; the last one holds for ever."""
    removal = scenario.removal
    factors = spans_of(scenario, removal.feasibility_factor) if removal else [(0.0, math.inf, 1.0)]
    origins = []
    for origin in scenario.origins.values():
        steps = [
            OriginStep(
                max(scenario.day(step.from_), begins),
                min(scenario.day(step.until), ends),
                step.regime == "refuses",
                step.forced_feasibility * factor,
                scenario.day(step.from_) if step.applies_to == "new_cases" else -math.inf,
            )
            for step in origin.cooperation
            for begins, ends, factor in factors
            if begins < scenario.day(step.until) and scenario.day(step.from_) < ends
        ]
        origins.append(tuple(steps))
    return origins


def travel_of(scenario: Scenario) -> list[Span]:
    """Return the share of departures due that can take place, by date."""
    removal = scenario.removal
    return spans_of(scenario, removal.carried_out_share) if removal else []


def _steps(steps: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """Keep the last of steps on the same day, and what holds today of those before it."""
    by_day: dict[float, int] = {}
    for day, places in steps:
        by_day[max(day, 0.0)] = places
    return sorted(by_day.items())
