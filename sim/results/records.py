"""The log of a replication as sorted columns: stays, exits, case stages and limbo.

Times are days since the scenario's start; an end of `nan` means that the horizon came first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.results.once import once
from sim.world.flow import CASE_MOMENTARY, EARLY, MOMENTARY, REQUESTED
from sim.world.simulate import Replication
from sim.world.stages import FIRST_EXIT, CaseStage, Stay

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def among(codes: Integers, wanted: Iterable[int]) -> NDArray[np.bool_]:
    """Tell which of some codes, whole numbers from 0 on, are among those wanted."""
    known = np.zeros(1 + int(codes.max(initial=0)), bool)
    known[[code for code in wanted if code < len(known)]] = True
    found: NDArray[np.bool_] = known[codes]
    return found


@dataclass(frozen=True)
class Spells:
    """Spells of one track, sorted by person and start; columns of equal length."""

    index: Integers
    """Position of the person in the cohort."""
    code: Integers
    """Position in the track's enumeration (`Stay` or `CaseStage`); 0 for limbo."""
    start: Floats
    end: Floats
    """`nan` if the spell was still open at the horizon."""

    def __post_init__(self) -> None:
        _freeze(self.index, self.code, self.start, self.end)

    def __getitem__(self, chosen: NDArray[np.bool_] | Integers) -> Spells:
        """Return some of the spells, chosen by flags or by their places."""
        return Spells(self.index[chosen], self.code[chosen], self.start[chosen], self.end[chosen])

    def days(self, horizon: float) -> Floats:
        """Length of each spell, up to the horizon for those still open."""
        return self.ends_by(horizon) - self.start

    @once
    def ends_by(self, horizon: float) -> Floats:
        """Return the end of each spell, the horizon for those still open."""
        ends = np.where(np.isnan(self.end), horizon, self.end)
        _freeze(ends)
        return ends

    @once
    def places(self, *codes: int) -> Integers:
        """Return the places of the spells of some kinds, ascending."""
        found = np.flatnonzero(among(self.code, codes))
        _freeze(found)
        return found

    @once
    def of(self, *codes: int) -> Spells:
        """Return the spells of some kinds."""
        return self[self.places(*codes)]

    @once
    def joined(self, *codes: int) -> Spells:
        """Return the spells of some kinds, those that follow each other without a break as one."""
        mine = self.of(*codes)
        index, start, end = mine.index, mine.start, mine.end
        begins = np.ones(len(index), bool)
        begins[1:] = (index[1:] != index[:-1]) | (start[1:] != end[:-1])
        firsts = np.flatnonzero(begins)
        lasts = np.append(firsts[1:], len(index)) - 1 if len(firsts) else firsts
        return Spells(index[firsts], mine.code[firsts], start[firsts], end[lasts])

    @once
    def edges(self) -> tuple[Floats, Floats]:
        """Return all starts, and all ends that were reached, each in ascending order."""
        starts, ends = np.sort(self.start), np.sort(self.end[~np.isnan(self.end)])
        _freeze(starts, ends)
        return starts, ends

    def person_days(self, begins: float, ends: float, horizon: float) -> Floats:
        """Sum the days between two days by kind of spell; at least one for each `Stay`."""
        touched = (self.start < ends) & ~(self.end <= begins)
        mine = self[touched]
        days = mine.overlap(begins, ends, horizon)
        sums = np.bincount(mine.code, weights=days, minlength=len(Stay))
        return sums.astype(float)

    def overlap(self, begins: float | Floats, ends: float | Floats, horizon: float) -> Floats:
        """Days of each spell that lie between two days."""
        last = np.minimum(self.ends_by(horizon), ends)
        days: Floats = np.maximum(last - np.maximum(self.start, begins), 0.0)
        return days


@dataclass(frozen=True)
class Exits:
    """Exits, sorted by person."""

    index: Integers
    code: Integers
    """Position in `Exit`."""
    day: Floats
    from_stay: Integers
    """The stay that the person left from, a position in `Stay`."""

    def __post_init__(self) -> None:
        _freeze(self.index, self.code, self.day, self.from_stay)


@dataclass(frozen=True)
class Records:
    """Everything that happened in one replication."""

    stays: Spells
    exits: Exits
    cases: Spells
    limbo: Spells
    exit_day: Floats
    """For each person of the cohort the day of exit; infinite for those still inside."""
    request_day: Floats
    """Day on which a travel document is asked for, be there a prospect of one or not; infinite if
    that is not reached."""
    document_day: Floats
    """Day on which the travel document is issued; infinite if that is not reached."""

    def __post_init__(self) -> None:
        _freeze(self.exit_day, self.request_day, self.document_day)

    def flown_back(self) -> Spells:
        """Waits for the return flight that ended with it, not by leaving from the queue.

        Who leaves from there because the sentence ends early has not flown.
        """
        stays, exits = self.stays, self.exits
        stayed = among(exits.code, EARLY) & (exits.from_stay == Stay.RETURN_QUEUE)
        left = np.full(len(self.exit_day), np.nan)
        left[exits.index[stayed]] = exits.day[stayed]
        waited = stays.of(Stay.RETURN_QUEUE)
        return waited[~np.isnan(waited.end) & (waited.end != left[waited.index])]


def records_of(replication: Replication) -> Records:
    """Sort the log of a replication into spells and exits."""
    size, log = replication.cohort.size, replication.log
    index, code, day = _columns(log.stays)
    leaving = code >= FIRST_EXIT
    same = np.zeros(len(index), bool)
    same[:-1] = index[1:] == index[:-1]
    end = np.full(len(index), np.nan)
    end[:-1][same[:-1]] = day[1:][same[:-1]]
    stays = _lasting(index[~leaving], code[~leaving], day[~leaving], end[~leaving], MOMENTARY)
    exit_day = np.full(size, np.inf)
    exit_day[index[leaving]] = day[leaving]
    before = np.flatnonzero(leaving) - 1
    exits = Exits(index[leaving], code[leaving] - FIRST_EXIT, day[leaving], code[before])
    horizon = replication.scenario.horizon
    cases = _columns(log.cases)
    return Records(
        stays,
        exits,
        _cases(*cases, exit_day, horizon),
        _limbo(log.limbo, exit_day, horizon),
        exit_day,
        _first_day(*cases, REQUESTED, exit_day, horizon),
        _first_day(*cases, (CaseStage.READY,), exit_day, horizon),
    )


def _columns(flat: list[float]) -> tuple[Integers, Integers, Floats]:
    """Return a log as columns, sorted by person and day."""
    table = np.fromiter(flat, float, len(flat)).reshape(-1, 3)
    index = table[:, 0].astype(np.int64)
    order = np.argsort(index, kind="stable")
    mine, day = index[order], table[order, 2]
    # A log is written as time goes on; only stages that lie ahead can stand before earlier ones.
    if np.any((day[1:] < day[:-1]) & (mine[1:] == mine[:-1])):
        order = np.lexsort((table[:, 2], index))
        day = table[order, 2]
    return mine, table[order, 1].astype(np.int64), day


def _cases(
    index: Integers, code: Integers, day: Floats, exit_day: Floats, horizon: float
) -> Spells:
    """Stages of removal cases, cut short by the person's exit and by the horizon."""
    end = np.full(len(index), np.inf)
    same = index[1:] == index[:-1]
    end[:-1][same] = day[1:][same]
    end = np.minimum(end, exit_day[index])
    spell = (code != CaseStage.READY) & (day < horizon)
    end = np.where(end >= horizon, np.nan, end)
    return _lasting(index[spell], code[spell], day[spell], end[spell], CASE_MOMENTARY)


def _first_day(
    index: Integers,
    code: Integers,
    day: Floats,
    stages: tuple[CaseStage, ...],
    exit_day: Floats,
    horizon: float,
) -> Floats:
    """First day on which each case is in some stages; infinite after the exit or the horizon."""
    reached = among(code, stages) & (day <= exit_day[index]) & (day < horizon)
    first = np.full(len(exit_day), np.inf)
    np.minimum.at(first, index[reached], day[reached])
    return first


def _limbo(flat: list[float], exit_day: Floats, horizon: float) -> Spells:
    """Times in limbo; those that follow each other without a break are one."""
    table = np.fromiter(flat, float, len(flat)).reshape(-1, 3)
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    index, start = table[:, 0].astype(np.int64), table[:, 1]
    end = np.minimum(table[:, 2], exit_day[index])
    spell = (start < horizon) & (start < end)
    end = np.where(end >= horizon, np.nan, end)
    return _lasting(index[spell], np.zeros(int(spell.sum()), np.int64), start[spell], end[spell])


def _lasting(
    index: Integers, code: Integers, start: Floats, end: Floats, momentary: tuple[int, ...] = ()
) -> Spells:
    """Leave out spells of no length, but for some kinds."""
    keep = ~(end <= start) | (among(code, momentary) & (end == start))
    return Spells(index, code, start, end)[keep]


def _freeze(*columns: NDArray[np.generic]) -> None:
    """See that nobody who is handed a column changes what is worked out of it later."""
    for column in columns:
        column.setflags(write=False)
