"""One run, read afresh from the raw log: what the checks compare the tables with.

Nothing here uses `sim.results`, so that a mistake there cannot hide one in the processes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from math import inf
from typing import Any

import numpy as np

from sim.results.run import Run
from sim.scenario.schema import Scenario
from sim.world.simulate import Replication, simulate
from sim.world.stages import CaseStage, Exit, Stay
from sim.world.world import FIRST_EXIT

ABROAD = {Stay.RENTED_PRISON, Stay.TEMPORARY_RETURN, Stay.RETURN_QUEUE, Stay.DETENTION_ABROAD}
IN_DETENTION = {Stay.DETENTION, Stay.DETENTION_QUEUE, Stay.DETENTION_ABROAD}


@dataclass(frozen=True)
class Span:
    """A person's time in something; `ends` is infinite if the horizon came first."""

    who: int
    begins: float
    ends: float
    number: int = 0
    """Place in the order of the log."""

    def covers(self, day: float) -> bool:
        return self.begins <= day < self.ends


class Steps:
    """Dated steps as a function of the day."""

    def __init__(self, steps: Iterable[tuple[float, Any]]) -> None:
        self.days, self.values = map(list, zip(*steps, strict=True))

    def at(self, day: float) -> Any:
        return self.values[max(bisect_right(self.days, day) - 1, 0)]


class Told:
    """A run and its log by person."""

    def __init__(self, replication: Replication) -> None:
        self.replication = replication
        self.scenario = replication.scenario
        self.cohort = replication.cohort
        self.horizon = self.scenario.horizon
        self.log = replication.log
        self.run = Run(replication)

    @cached_property
    def stays(self) -> dict[int, list[tuple[Stay, float, int]]]:
        """Each person's stays in order: which, from when, and the place in the log."""
        tracks = defaultdict(list)
        for number, (who, code, day) in enumerate(_threes(self.log.stays)):
            if code < FIRST_EXIT:
                tracks[who].append((Stay(code), day, number))
        return dict(tracks)

    @cached_property
    def exits(self) -> dict[int, list[tuple[Exit, float]]]:
        """Each person's exits: one at most, if all is well."""
        exits = defaultdict(list)
        for who, code, day in _threes(self.log.stays):
            if code >= FIRST_EXIT:
                exits[who].append((Exit(code - FIRST_EXIT), day))
        return dict(exits)

    @cached_property
    def left(self) -> np.ndarray:
        """Each person's day of exit, infinite for those inside at the horizon."""
        days = np.full(self.cohort.size, inf)
        for who, exits in self.exits.items():
            days[who] = exits[0][1]
        return days

    def spans(self, *stays: Stay) -> list[Span]:
        """Return every stay of some kinds, one after the other, those of no length included."""
        spans = []
        for who, track in self.stays.items():
            ends = [day for _, day, _ in track[1:]] + [self.left[who]]
            spans += [
                Span(who, day, end, number)
                for (stay, day, number), end in zip(track, ends, strict=True)
                if stay in stays
            ]
        return spans

    @cached_property
    def holding(self) -> list[Span]:
        """Times for which people hold a place in the rented prison, trips to Denmark included."""
        spans = []
        for who, track in self.stays.items():
            inside = None
            for stay, day, number in track:
                if stay in ABROAD and inside is None:
                    inside = day, number
                elif stay not in ABROAD and inside is not None:
                    spans.append(Span(who, inside[0], day, inside[1]))
                    inside = None
            if inside is not None:
                spans.append(Span(who, inside[0], self.left[who], inside[1]))
        return spans

    @cached_property
    def case_log(self) -> dict[int, list[tuple[CaseStage, float]]]:
        tracks = defaultdict(list)
        for who, code, day in _threes(self.log.cases):
            tracks[who].append((CaseStage(code), day))
        return dict(tracks)

    @cached_property
    def document_at(self) -> np.ndarray:
        """Day on which each person's travel document is there, infinite for never."""
        days = np.full(self.cohort.size, inf)
        for who, track in self.case_log.items():
            ready = [day for stage, day in track if stage == CaseStage.READY]
            days[who] = min(ready, default=inf)
        after, third = self.cohort.after, self.cohort.arrived.group == 1
        return np.where(third, days, after.case_opens + after.document_delay)

    @cached_property
    def identifications(self) -> list[Span]:
        """Times for which case workers are busy, whether or not the person is still there."""
        return [
            Span(who, day, day + self.cohort.after.case_work_days[who])
            for who, track in self.case_log.items()
            for stage, day in track
            if stage == CaseStage.IDENTIFICATION
        ]

    @cached_property
    def escorts(self) -> list[Span]:
        """Times for which escort teams are away."""
        return [
            Span(who, day, day + self.cohort.after.escort_days[who])
            for who, exits in self.exits.items()
            for exit, day in exits
            if exit in (Exit.REMOVED, Exit.REMOVED_FROM_KOSOVO)
            and not self.cohort.sentence.willing[who]
        ]

    def waits(self, stage: CaseStage) -> list[Span]:
        """Times for which cases wait in a stage, as the log says, cut off at the exit."""
        spans = []
        for who, track in self.case_log.items():
            ends = [day for _, day in track[1:]] + [inf]
            spans += [
                Span(who, day, min(end, self.left[who]))
                for (here, day), end in zip(track, ends, strict=True)
                if here == stage
            ]
        return spans

    @cached_property
    def limbo(self) -> list[Span]:
        return [
            Span(who, begins, min(ends, self.left[who]))
            for who, begins, ends in _threes(self.log.limbo)
            if begins < min(ends, self.left[who], self.horizon)
        ]

    def steps(self, steps: Iterable[Any]) -> Steps:
        return Steps((self.scenario.day(step.from_), step.value) for step in steps)

    def date(self, day: float) -> date:
        return self.scenario.date(day)


def inside(spans: Iterable[Span], day: float) -> int:
    """Count the spans that cover a day: begun, and not ended."""
    return sum(span.covers(day) for span in spans)


@lru_cache(maxsize=256)
def tell(scenario: Scenario, seed: int) -> Told:
    """Run a scenario; checks that ask for the same run share it."""
    return Told(simulate(scenario, seed))


def _threes(flat: list[float]) -> Iterable[tuple[int, int, float]]:
    return ((int(a), b, c) for a, b, c in zip(flat[::3], flat[1::3], flat[2::3], strict=True))
