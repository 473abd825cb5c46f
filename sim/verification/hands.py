"""Case workers and escort teams: never more at work than there are, none idle while one waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from sim.verification.check import Part, records
from sim.verification.places import in_order_of_asking, never_exceeded, never_idle
from sim.verification.told import Steps, Told
from sim.world.flow import REMOVALS
from sim.world.stages import CaseStage


@records(
    "hands",
    "Case workers are never more than there are",
    "Nobody's examination begins while all case workers of that day are busy.",
    unit="persons",
    otherwise="no removal case is opened",
)
def case_workers_are_never_exceeded(told: Told) -> Iterator[Part]:
    """Count examinations at every moment at which one more begins."""
    yield never_exceeded(told.identifications, _hands(told, "own_case_workers"))


@records(
    "hands",
    "No case worker is idle while a case waits",
    "A case waits only while all are busy, and cases are taken up in order of opening.",
    unit="persons",
    otherwise="no case waits for a case worker",
)
def no_case_worker_is_idle(told: Told) -> Iterator[Part]:
    """Look at the queue of cases whenever someone joins it or a case worker becomes free."""
    queue = told.waits(CaseStage.CASE_WORKER_QUEUE)
    workers = _hands(told, "own_case_workers")
    if len(queue):
        yield never_idle(told, told.identifications, queue, workers)
        yield in_order_of_asking(queue, queue.ends < told.left[queue.who])


@records(
    "hands",
    "Escort teams are never more than there are",
    "Nobody leaves under escort while all teams of that day are away.",
    unit="persons",
    otherwise="nobody leaves under escort",
)
def escort_teams_are_never_exceeded(told: Told) -> Iterator[Part]:
    """Count teams away at every moment at which one more leaves."""
    yield never_exceeded(told.escorts, _hands(told, "own_escort_teams"))


@records(
    "hands",
    "No escort team is idle while someone waits for one",
    "Someone with a document waits only while all teams are away, and they come in order of "
    "asking.",
    unit="persons",
    otherwise="nobody waits for an escort",
)
def no_escort_team_is_idle(told: Told) -> Iterator[Part]:
    """Look at the queue whenever someone joins it or a team comes back."""
    queue = told.waits(CaseStage.ESCORT_QUEUE)
    if len(queue):
        teams = _hands(told, "own_escort_teams")
        yield never_idle(told, told.escorts, queue, teams)
        removed = np.isin(told.exit_of, REMOVALS)
        served = removed[queue.who] & (queue.ends == told.left[queue.who])
        yield in_order_of_asking(queue, served)


def _hands(told: Told, which: Literal["own_case_workers", "own_escort_teams"]) -> Steps:
    """How many there are over time; none where nobody is removed."""
    removal = told.scenario.removal
    return told.steps(getattr(removal, which)) if removal else Steps([0.0], [0])
