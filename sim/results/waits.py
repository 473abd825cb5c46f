"""Waits for something scarce: from the asking to the getting.

A wait ends as a success only if one gets what one waits for. Whoever leaves the queue otherwise
(exit, too little of the sentence left, end of detention) has stopped waiting without it: a
competing end, neither a success nor a gap. Those still waiting at the horizon are censored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.results.once import once
from sim.results.records import Floats, Integers, Spells, among
from sim.statistics.survival import CENSORED, EmptySample, aalen_johansen
from sim.world.flow import REMOVALS
from sim.world.stages import CaseStage, Stay

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.run import By, Run

#: How a wait can end; `CENSORED` if it has not.
GOT, OTHERWISE = range(2)
#: Days after joining on which people are looked at: weeks, months, each quarter of a year.
LOOKED_AT_DAYS = np.array([0, 7, 14, *(365.25 / 12 * np.array([1, 2, *range(3, 73, 3)]))])


@dataclass(frozen=True)
class Waits:
    """Requests that are made in the observed period, one each; columns of equal length."""

    index: Integers
    """Position of the person in the cohort."""
    days: Floats
    """Days from the request until it ends, or to the horizon."""
    ending: Integers
    """`GOT`, `OTHERWISE` or `CENSORED`."""

    def of(self, members: NDArray[np.bool_]) -> Waits:
        """Return the requests of some people of the cohort."""
        mine = members[self.index]
        return Waits(self.index[mine], self.days[mine], self.ending[mine])

    def median(self) -> float | None:
        """Return the days after which half of all who asked have got it (Aalen-Johansen).

        None if nobody asks, or if half never get it while anyone is followed.
        """
        try:
            curve = aalen_johansen(self.days, self.ending, [GOT, OTHERWISE])
        except EmptySample:
            return None
        days = curve.quantile(GOT, 0.5)
        return days if np.isfinite(days) else None


@once
def waits(run: Run, queue: str) -> Waits:
    """Return the waits in a queue that begin in the observed period.

    Parameters
    ----------
    run
        One replication.
    queue
        A queue of `WAITS`.
    """
    spells, got = WAITS[queue](run)
    mine = run.observed(spells.start)
    ending = np.where(np.isnan(spells.end), CENSORED, np.where(got, GOT, OTHERWISE))
    days = spells.days(run.scenario.horizon)
    return Waits(spells.index[mine], days[mine], ending[mine].astype(np.int64))


def wait_table(run: Run, by: By | None = None) -> pd.DataFrame:
    """Return how many wait in each queue, how that ends, and how long it takes; see `Run.waits`."""
    import pandas as pd

    rows, groups = [], list(run.groups(by))
    for queue in WAITS:
        everyone = waits(run, queue)
        for label, members in groups:
            mine = everyone.of(members)
            rows.append(
                {"queue": queue}
                | ({by: label} if by else {})
                | {
                    "requests": len(mine.days),
                    "got": int(np.sum(mine.ending == GOT)),
                    "ended_otherwise": int(np.sum(mine.ending == OTHERWISE)),
                    "still_waiting": int(np.sum(mine.ending == CENSORED)),
                    "median_days": mine.median(),
                }
            )
    return pd.DataFrame(rows).astype({"median_days": float})


def after_joining(run: Run) -> pd.DataFrame:
    """Return what became of those who join each queue, or limbo, some days later.

    Of all who join in the observed period (Aalen-Johansen): those still waiting, those who have got
    what they wait for, those who have stopped waiting without it. Limbo is no queue: it only ends.

    Returns
    -------
    DataFrame
        Columns: queue, days_after_joining, at_risk (people who wait at least so long as far as they
        are followed), waiting, got, ended_otherwise (shares of all who join, missing beyond the
        last day that anyone is followed, and where nobody joins).
    """
    import pandas as pd

    joined = {queue: waits(run, queue) for queue in WAITS} | {"limbo": _in_limbo(run)}
    at_risk, shares = zip(*map(_looked_at, joined.values()), strict=True)
    waiting, got, otherwise = np.concatenate(shares, axis=1)
    return pd.DataFrame(
        {
            "queue": np.repeat(np.array(list(joined), object), len(LOOKED_AT_DAYS)),
            "days_after_joining": np.tile(LOOKED_AT_DAYS, len(joined)),
            "at_risk": np.concatenate(at_risk),
            "waiting": waiting,
            "got": got,
            "ended_otherwise": otherwise,
        }
    )


def _in_limbo(run: Run) -> Waits:
    spells = run.records.limbo
    mine = run.observed(spells.start)
    ending = np.where(np.isnan(spells.end), CENSORED, OTHERWISE)
    return Waits(spells.index[mine], spells.days(run.scenario.horizon)[mine], ending[mine])


def _looked_at(some: Waits) -> tuple[Integers, Floats]:
    """Return how many are at risk on each day looked at, and shares: waiting, got, otherwise."""
    days = LOOKED_AT_DAYS
    at_risk = len(some.days) - np.searchsorted(np.sort(some.days), days)
    if not len(some.days):
        return at_risk, np.full((3, len(days)), np.nan)
    curve = aalen_johansen(some.days, some.ending, [GOT, OTHERWISE])
    shares = np.column_stack((curve.survival_at(days), curve.at(days))).T
    return at_risk, np.where(days <= curve.followed, shares, np.nan)


# ---------------------------------------------------------------- who waits, and who gets it

#: Spells of waiting, and whether each ends by getting what is waited for.
Found = tuple[Spells, NDArray[np.bool_]]


def _for_flight_out(run: Run) -> Found:
    spells = run.records.stays.joined(Stay.WAITING_LIST)
    abroad = run.stays_abroad
    return spells, _among(spells.index, spells.end, abroad.index, abroad.start)


def _for_flight_back(run: Run) -> Found:
    spells, flown = run.records.stays.joined(Stay.RETURN_QUEUE), run.records.flown_back()
    return spells, _among(spells.index, spells.end, flown.index, flown.end)


def _for_detention_place(run: Run) -> Found:
    spells = run.records.stays.joined(Stay.DETENTION_QUEUE)
    detained = run.records.stays.joined(Stay.DETENTION)
    return spells, _among(spells.index, spells.end, detained.index, detained.start)


def _for_case_worker(run: Run) -> Found:
    spells = run.records.cases.joined(CaseStage.CASE_WORKER_QUEUE)
    return spells, spells.end != run.records.exit_day[spells.index]


def _for_document(run: Run) -> Found:
    """Waits from the request on; a time without prospect does not end them."""
    records, horizon = run.records, run.scenario.horizon
    index = np.flatnonzero(np.isfinite(records.request_day))
    document = records.document_day[index]
    end = np.minimum(document, records.exit_day[index])
    end = np.where(end < horizon, end, np.nan)
    code = np.full(len(index), CaseStage.TRAVEL_DOCUMENT)
    return Spells(index, code, records.request_day[index], end), np.isfinite(document)


def _for_escort(run: Run) -> Found:
    """Waits that go on without a break, from one place to the next, are one."""
    spells, exits = run.records.cases.joined(CaseStage.ESCORT_QUEUE), run.records.exits
    removed = np.full(run.cohort.size, np.nan)
    gone = among(exits.code, REMOVALS)
    removed[exits.index[gone]] = exits.day[gone]
    return spells, spells.end == removed[spells.index]


def _among(index: Integers, day: Floats, whose: Integers, days: Floats) -> NDArray[np.bool_]:
    """Tell for each person and day whether it is one of some people's days."""
    # A pair of numbers as one.
    found: NDArray[np.bool_] = np.isin(index + 1j * day, whose + 1j * days)
    return found


#: Queues by name, as in `Run.queues`.
WAITS: dict[str, Callable[[Run], Found]] = {
    "flight_and_place": _for_flight_out,
    "return_flight": _for_flight_back,
    "detention_place": _for_detention_place,
    "case_worker": _for_case_worker,
    "travel_document": _for_document,
    "escort": _for_escort,
}
