"""One run, read afresh from the raw log: what the checks compare the tables with.

Nothing here uses `sim.results` to read the log, so that a mistake there cannot hide one in the
processes. Columns are arrays; times are days since the scenario's start.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.people.arrivals import THIRD_COUNTRY
from sim.people.chance import Chance
from sim.people.cohort import Cohort, draw_cohort
from sim.results.run import Run
from sim.scenario.base import CountStep, ShareStep, Step
from sim.world.flow import REMOVALS, RENTED
from sim.world.simulate import Replication
from sim.world.stages import FIRST_EXIT, CaseStage, Stay

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Truths = NDArray[np.bool_]

#: Days by which two ways to work out the same day may differ.
SLACK = 1e-6


@dataclass(frozen=True)
class Spans:
    """Times that people spent in something; `ends` is infinite if the horizon came first."""

    who: Integers
    """Position of each person in the cohort."""
    begins: Floats
    ends: Floats
    number: Integers
    """Place in the order of the log."""

    def __len__(self) -> int:
        return len(self.who)

    def __getitem__(self, chosen: Truths | Integers) -> Spans:
        return Spans(self.who[chosen], self.begins[chosen], self.ends[chosen], self.number[chosen])

    def inside(self, days: Floats) -> Integers:
        """Count the spans that cover each day: begun, and not ended."""
        begun = np.searchsorted(np.sort(self.begins), days, side="right")
        counted: Integers = begun - np.searchsorted(np.sort(self.ends), days, side="right")
        return counted


class Steps:
    """Dated steps as a function of the day."""

    def __init__(self, days: Sequence[float], values: Sequence[float]) -> None:
        self.days, self.values = np.array(days, float), np.array(values, float)

    def at(self, days: Floats) -> Floats:
        """Return the value on each day; before the first step that of the first."""
        found: Floats = self.values[
            np.maximum(np.searchsorted(self.days, days, side="right") - 1, 0)
        ]
        return found


@dataclass(frozen=True)
class Entries:
    """Entries of the log, sorted by person; within one in the order given below."""

    who: Integers
    code: Integers
    day: Floats
    number: Integers
    """Place in the order of the log."""

    @cached_property
    def first(self) -> Truths:
        """Tell which entries are a person's first."""
        return np.append(True, self.who[1:] != self.who[:-1])[: len(self.who)]

    @cached_property
    def last(self) -> Truths:
        """Tell which entries are a person's last."""
        return np.append(self.who[1:] != self.who[:-1], True)[: len(self.who)]

    def until_next(self, otherwise: Floats) -> Floats:
        """Return the day of the person's next entry; of the last one's what is given."""
        following = np.append(self.day[1:], np.inf)[: len(self.day)]
        return np.where(self.last, otherwise, following)

    def __getitem__(self, chosen: Truths) -> Entries:
        return Entries(self.who[chosen], self.code[chosen], self.day[chosen], self.number[chosen])


class Told:
    """A run and its log by person."""

    def __init__(self, replication: Replication) -> None:
        self.replication = replication
        self.scenario = replication.scenario
        self.cohort = replication.cohort
        self.horizon = self.scenario.horizon
        self.log = replication.log

    @cached_property
    def drawn(self) -> Cohort:
        """People as they were drawn, before serving abroad changed any of them."""
        one = self.replication
        if not self.log.changed:
            return self.cohort
        return draw_cohort(one.scenario, Chance(one.seed, one.number))

    @cached_property
    def run(self) -> Run:
        """The same run as users see it, in tables."""
        return Run(self.replication)

    @cached_property
    def everything(self) -> Entries:
        """Stays and exits of everyone, in the order of the log."""
        who, code, day = _columns(self.log.stays)
        order = np.argsort(who, kind="stable")
        return Entries(who[order], code[order].astype(np.int64), day[order], order)

    @cached_property
    def stays(self) -> Entries:
        """Each person's stays in order."""
        return self.everything[self.everything.code < FIRST_EXIT]

    @cached_property
    def exits(self) -> Entries:
        """Exits, codes of `Exit`; one for each person who left, if all is well."""
        found = self.everything[self.everything.code >= FIRST_EXIT]
        return Entries(found.who, found.code - FIRST_EXIT, found.day, found.number)

    @cached_property
    def left(self) -> Floats:
        """Each person's day of exit, infinite for those inside at the horizon."""
        days = np.full(self.cohort.size, np.inf)
        first = self.exits.first
        days[self.exits.who[first]] = self.exits.day[first]
        return days

    @cached_property
    def exit_of(self) -> Integers:
        """Each person's exit, a code of `Exit`; -1 for those inside at the horizon."""
        codes = np.full(self.cohort.size, -1)
        first = self.exits.first
        codes[self.exits.who[first]] = self.exits.code[first]
        return codes

    @cached_property
    def _all(self) -> Spans:
        stays = self.stays
        return Spans(stays.who, stays.day, stays.until_next(self.left[stays.who]), stays.number)

    def spans(self, *kinds: Stay) -> Spans:
        """Return every stay of some kinds, those of no length included."""
        return self._all[np.isin(self.stays.code, kinds)]

    def until_horizon(self, spans: Spans) -> Floats:
        """Return when spans end, those still going on at the horizon."""
        return np.minimum(spans.ends, self.horizon)

    @cached_property
    def holding(self) -> Spans:
        """Times for which people hold a place in the rented prison, trips home included."""
        stays, spans = self.stays, self._all
        abroad = np.isin(stays.code, RENTED)
        follows = np.append(False, abroad[:-1])[: len(abroad)] & ~stays.first
        begins = np.flatnonzero(abroad & ~follows)
        goes_on = np.append(abroad[1:], False)[: len(abroad)] & ~stays.last
        ends = np.flatnonzero(abroad & ~goes_on)
        return Spans(
            spans.who[begins], spans.begins[begins], spans.ends[ends], spans.number[begins]
        )

    def followed_by(self, spans: Spans, *kinds: Stay) -> Truths:
        """Tell which of some stays are followed by one of some kinds."""
        stays = self.stays
        following = np.append(stays.code[1:], -1)[: len(stays.code)]
        follows = np.isin(following, kinds) & ~stays.last
        found: Truths = np.isin(spans.number, stays.number[follows])
        return found

    @cached_property
    def boardings(self) -> Spans:
        """Waits on the list that ended with a flight; each ends on the day of the flight."""
        waits = self.spans(Stay.WAITING_LIST)
        return waits[self.followed_by(waits, Stay.RENTED_PRISON)]

    @cached_property
    def cases(self) -> Entries:
        """Stages of each person's removal case, by day (which may lie ahead of the exit)."""
        who, code, day = _columns(self.log.cases)
        order = np.lexsort((day, who))
        return Entries(who[order], code[order].astype(np.int64), day[order], order)

    def waits(self, stage: CaseStage) -> Spans:
        """Times for which cases are in a stage, cut off at the exit."""
        cases = self.cases
        ends = np.minimum(cases.until_next(np.full(len(cases.who), np.inf)), self.left[cases.who])
        every = Spans(cases.who, cases.day, np.maximum(ends, cases.day), cases.number)
        return every[cases.code == stage]

    @cached_property
    def document_at(self) -> Floats:
        """Day on which each person's travel document is there, infinite for never."""
        ready, after = self.cases[self.cases.code == CaseStage.READY], self.cohort.after
        days = np.full(self.cohort.size, np.inf)
        np.minimum.at(days, ready.who, ready.day)
        third = self.cohort.arrived.group == THIRD_COUNTRY
        without_case = self.ready(np.arange(len(days)), after.case_opens + after.document_delay)
        found: Floats = np.where(third, days, without_case)
        return found

    def ready(self, who: Integers, issued: Floats) -> Floats:
        """Return when documents issued on some days are of use: once departures can take place.

        The first that are due is when someone with a document is free to leave. In a time in which
        only a share of departures can take place, those whose luck is not below it wait.
        """
        removal, sentence = self.scenario.removal, self.cohort.sentence
        if removal is None:
            return issued
        share, luck = self.steps(removal.carried_out_share), self.cohort.after.travel_luck[who]
        due = leaves = np.maximum(issued, sentence.end[who])
        for until in (*share.days[1:], np.inf):
            held_up = (leaves < until) & (luck >= share.at(leaves))
            leaves = np.where(held_up, until, leaves)
        found: Floats = np.where(leaves > due, leaves, issued)
        return found

    @cached_property
    def identifications(self) -> Spans:
        """Times for which case workers are busy, whether or not the person is still there."""
        found = self.cases[self.cases.code == CaseStage.IDENTIFICATION]
        ends = found.day + self.cohort.after.case_work_days[found.who]
        return Spans(found.who, found.day, ends, found.number)

    @cached_property
    def examined_at(self) -> Floats:
        """Day on which the examination of each person's case ends, infinite for never."""
        days = np.full(self.cohort.size, np.inf)
        days[self.identifications.who] = self.identifications.ends
        return days

    @cached_property
    def escorts(self) -> Spans:
        """Times for which escort teams are away."""
        removed = np.isin(self.exits.code, REMOVALS)
        found = self.exits[removed & ~self.cohort.sentence.willing[self.exits.who]]
        ends = found.day + self.cohort.after.escort_days[found.who]
        return Spans(found.who, found.day, ends, found.number)

    @cached_property
    def limbo(self) -> Spans:
        """Times in limbo, each as logged, cut off at the exit."""
        who, begins, ends = _columns(self.log.limbo)
        ends = np.minimum(ends, self.left[who])
        spans = Spans(who, begins.astype(float), ends, np.arange(len(who)))
        return spans[begins < np.minimum(ends, self.horizon)]

    def steps(self, steps: Iterable[Step | CountStep | ShareStep]) -> Steps:
        """Return dated steps of the scenario by day."""
        found = list(steps)
        days = [self.scenario.day(step.from_) for step in found]
        return Steps(days, [step.value for step in found])


def _columns(flat: Sequence[float]) -> tuple[Integers, Floats, Floats]:
    """Return the log's threes as columns; the second holds codes, or days in the log of limbo."""
    table = np.array(flat, float).reshape(-1, 3)
    return table[:, 0].astype(np.int64), table[:, 1], table[:, 2]
