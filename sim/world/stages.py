"""Where people can be, what their case can wait for, and how they can leave.

Three tracks run side by side. A person is in exactly one **stay** from arrival to exit; the
removal **case** moves on in parallel; **limbo** is a condition, lived wherever the person is.

Here are the codes that the log is written in. What they mean stands in `sim.world.flow`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum


class Stay(IntEnum):
    """Where a person is."""

    REMAND = 0
    AT_LIBERTY = 1
    HOME_PRISON = 2
    SELECTION = 3
    WAITING_LIST = 4
    RENTED_PRISON = 5
    TEMPORARY_RETURN = 6
    RETURN_QUEUE = 7
    DETENTION_ABROAD = 8
    DETENTION_QUEUE = 9
    DETENTION = 10
    DEPARTURE_CENTRE = 11
    BREACH_IMPRISONMENT = 12
    AT_LARGE = 13
    HOST_ASYLUM = 14
    HOST_AT_LARGE = 15
    HOST_DETENTION = 16
    WAITING_OUTSIDE = 17
    LIVING_ELSEWHERE = 18


class CaseStage(IntEnum):
    """What a removal case is waiting for."""

    CASE_WORKER_QUEUE = 0
    IDENTIFICATION = 1
    TRAVEL_DOCUMENT = 2
    STALLED = 3
    ESCORT_QUEUE = 4
    READY = 5


#: Codes of exits in the log of stays begin here.
FIRST_EXIT = 100


class Exit(IntEnum):
    """How a person left the system."""

    REMOVED = 0
    REMOVED_FROM_HOST = 1
    REMOVED_FROM_SHORT_SENTENCE = 2
    TRANSFERRED_TO_SERVE = 3
    LEFT_VOLUNTARILY = 4
    LEFT_UNREGISTERED = 5
    ABSCONDED = 6
    PERMIT = 7
    DIED = 8
    RELEASED = 9
    ONWARD_TRAVEL = 10
    ORDER_LIFTED = 11


# The members by name alone, for the processes: looking one up in its enumeration each time
# costs as much as logging it.
(
    REMAND,
    AT_LIBERTY,
    HOME_PRISON,
    SELECTION,
    WAITING_LIST,
    RENTED_PRISON,
    TEMPORARY_RETURN,
    RETURN_QUEUE,
    DETENTION_ABROAD,
    DETENTION_QUEUE,
    DETENTION,
    DEPARTURE_CENTRE,
    BREACH_IMPRISONMENT,
    AT_LARGE,
    HOST_ASYLUM,
    HOST_AT_LARGE,
    HOST_DETENTION,
    WAITING_OUTSIDE,
    LIVING_ELSEWHERE,
) = Stay
(
    CASE_WORKER_QUEUE,
    IDENTIFICATION,
    TRAVEL_DOCUMENT,
    STALLED,
    ESCORT_QUEUE,
    READY,
) = CaseStage


@dataclass(frozen=True)
class Log:
    """Three flat lists of (person's index, code, day): stays and exits, cases, limbo.

    Beside them stand the indices of those whom serving abroad has changed, in order.
    """

    stays: list[float]
    cases: list[float]
    limbo: list[float]
    changed: list[int] = field(default_factory=list)
