"""Where people can be, what their case can wait for, and how they can leave.

Three tracks run side by side. A person is in exactly one **stay** from arrival to exit; the
removal **case** moves on in parallel; **limbo** is a condition, lived wherever the person is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Stay(IntEnum):
    """Where a person is."""

    REMAND = 0
    AT_LIBERTY = 1
    DANISH_PRISON = 2
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
    KOSOVO_ASYLUM = 14
    KOSOVO_AT_LARGE = 15
    KOSOVO_DETENTION = 16
    WAITING_OUTSIDE = 17


class CaseStage(IntEnum):
    """What a removal case is waiting for."""

    CASE_WORKER_QUEUE = 0
    IDENTIFICATION = 1
    TRAVEL_DOCUMENT = 2
    STALLED = 3
    ESCORT_QUEUE = 4
    READY = 5


class Exit(IntEnum):
    """How a person left the system."""

    REMOVED = 0
    REMOVED_FROM_KOSOVO = 1
    REMOVED_FROM_SHORT_SENTENCE = 2
    TRANSFERRED_TO_SERVE = 3
    LEFT_VOLUNTARILY = 4
    LEFT_UNREGISTERED = 5
    ABSCONDED = 6
    PERMIT = 7
    DIED = 8
    RELEASED = 9
    ONWARD_TRAVEL = 10


# The members by name alone, for the processes: looking one up in its enumeration each time
# costs as much as logging it.
(
    REMAND,
    AT_LIBERTY,
    DANISH_PRISON,
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
    KOSOVO_ASYLUM,
    KOSOVO_AT_LARGE,
    KOSOVO_DETENTION,
    WAITING_OUTSIDE,
) = Stay
(
    CASE_WORKER_QUEUE,
    IDENTIFICATION,
    TRAVEL_DOCUMENT,
    STALLED,
    ESCORT_QUEUE,
    READY,
) = CaseStage

#: Exits that count as a registered departure from the sending state.
DEPARTURES = (
    Exit.REMOVED,
    Exit.REMOVED_FROM_KOSOVO,
    Exit.REMOVED_FROM_SHORT_SENTENCE,
    Exit.TRANSFERRED_TO_SERVE,
    Exit.LEFT_VOLUNTARILY,
)


@dataclass(frozen=True)
class About:
    """How a stay is told in tables: its stage, its place, and whether the person is held."""

    stage: str
    place: str
    held: bool
    title: str

    @property
    def role(self) -> str:
        """The stage, by the name that it has in every scenario."""
        return self.stage.format_map(ROLES)

    @property
    def place_role(self) -> str:
        """The place, by the name that it has in every scenario."""
        return self.place.format_map(ROLES)


#: Roles of the places that scenarios name, by what stands for them in `STAYS`. Names differ from
#: scenario to scenario; roles are the same in all, and tables carry both.
ROLES = {
    "rented": "rented_prison",
    "detention": "detention",
    "centre": "departure_centre",
    "host_detention": "kosovo_detention",
}

#: Places and states have names of the scenario's own, which `Scenario.told` puts in.
STAYS: dict[Stay, About] = {
    Stay.REMAND: About("remand", "danish_prisons", True, "Remand"),
    Stay.AT_LIBERTY: About("at_liberty", "at_liberty", False, "At liberty before serving"),
    Stay.DANISH_PRISON: About("danish_prison", "danish_prisons", True, "{adjective} prison"),
    Stay.SELECTION: About("selection", "danish_prisons", True, "Selection and complaint"),
    Stay.WAITING_LIST: About("waiting_list", "danish_prisons", True, "Waiting list"),
    Stay.RENTED_PRISON: About("{rented}", "{rented}", True, "{rented_title}"),
    Stay.TEMPORARY_RETURN: About("temporary_return", "danish_prisons", True, "Temporary return"),
    Stay.RETURN_QUEUE: About("return_queue", "{rented}", True, "Waiting for a return flight"),
    Stay.DETENTION_ABROAD: About(
        "pre_removal_detention", "{rented}", True, "Pre-removal detention, {rented_title}"
    ),
    Stay.DETENTION_QUEUE: About(
        "detention_queue", "danish_prisons", True, "Waiting for a place in {detention_title}"
    ),
    Stay.DETENTION: About(
        "pre_removal_detention", "{detention}", True, "Pre-removal detention, {detention_title}"
    ),
    Stay.WAITING_OUTSIDE: About(
        "waiting_outside", "at_liberty", False, "Waiting outside for papers"
    ),
    Stay.DEPARTURE_CENTRE: About("departure_centre", "{centre}", False, "{centre_title}"),
    Stay.BREACH_IMPRISONMENT: About(
        "breach_imprisonment", "danish_prisons", True, "Prison for breach of duties"
    ),
    Stay.AT_LARGE: About("at_large", "at_large", False, "Absconded, to be found again"),
    Stay.KOSOVO_ASYLUM: About("kosovo_asylum", "kosovo", False, "Asylum centre in {host}"),
    Stay.KOSOVO_AT_LARGE: About("kosovo_at_large", "kosovo", False, "At large in {host}"),
    Stay.KOSOVO_DETENTION: About(
        "kosovo_detention", "{host_detention}", True, "{host_detention_title}"
    ),
}

CASE_STAGES: dict[CaseStage, str] = {
    CaseStage.CASE_WORKER_QUEUE: "Waiting for a case worker",
    CaseStage.IDENTIFICATION: "Identification",
    CaseStage.TRAVEL_DOCUMENT: "Waiting for a travel document",
    CaseStage.STALLED: "No document to be had",
    CaseStage.ESCORT_QUEUE: "Waiting for an escort",
    CaseStage.READY: "Ready",
}

EXITS: dict[Exit, str] = {
    Exit.REMOVED: "Removed from {sending}",
    Exit.REMOVED_FROM_KOSOVO: "Removed straight from {host}",
    Exit.REMOVED_FROM_SHORT_SENTENCE: "Removed from a short sentence",
    Exit.TRANSFERRED_TO_SERVE: "Transferred home to serve",
    Exit.LEFT_VOLUNTARILY: "Left voluntarily",
    Exit.LEFT_UNREGISTERED: "Left without registration",
    Exit.ABSCONDED: "Absconded, not found",
    Exit.PERMIT: "Residence permit",
    Exit.DIED: "Died",
    Exit.RELEASED: "Released (not expelled)",
    Exit.ONWARD_TRAVEL: "Travelled on from {host}",
}
