"""How many wait for something scarce, and how long it takes to get it.

A wait counts from the asking to the getting: see `sim.results.waits`. Everyone who asks in the
observed period counts, whatever their group; ending otherwise competes, and is no success.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.results.outcomes.base import Outcome, mean_length
from sim.results.waits import waits
from sim.world.flow import CASE_QUEUES, STAY_QUEUES
from sim.world.stages import CaseStage, Stay

if TYPE_CHECKING:
    from sim.results.records import Spells
    from sim.results.run import Run

_CODES: dict[str, Stay | CaseStage] = {
    name: code for codes in (STAY_QUEUES, CASE_QUEUES) for code, name in codes.items()
}


def _spells(run: Run, code: Stay | CaseStage) -> Spells:
    return (run.records.stays if isinstance(code, Stay) else run.records.cases).of(code)


def _queue(
    queue: str,
    *,
    length: tuple[str, str, str],
    wait: tuple[str, str, str],
    section: str | None = None,
) -> Iterator[Outcome]:
    """Yield mean length and median wait of a queue.

    Parameters
    ----------
    queue
        Its name, as in `Run.queues`.
    length, wait
        Name, title and definition of each; of the wait, who asks, what is got, and what else ends
        the wait.
    section
        Section of the scenario without which there is no such queue.
    """
    code = _CODES[queue]
    yield Outcome(
        length[0],
        length[1],
        "persons",
        length[2],
        lambda run: mean_length(run, _spells(run, code)),
        section,
    )
    yield Outcome(
        wait[0],
        wait[1],
        "days",
        f"Days after which half of {wait[2]}; those still waiting when the simulation ends are "
        "censored (Aalen-Johansen). Missing if half never do while anyone is followed.",
        lambda run: waits(run, queue).median(),
        section,
    )


#: Outcomes of each queue by its name in `Run.queues`: mean length, then median wait.
BY_QUEUE: dict[str, tuple[Outcome, ...]] = {
    "flight_and_place": tuple(
        _queue(
            "flight_and_place",
            length=(
                "transfer_queue",
                "Waiting list for the flight",
                "Mean number of people on the waiting list for transfer.",
            ),
            wait=(
                "transfer_wait_days",
                "Wait on that list",
                "all who join the waiting list in the observed period have been flown out; who "
                "leaves it otherwise (too little of the sentence left, no longer eligible, last "
                "intake) never is",
            ),
        )
    ),
    "return_flight": tuple(
        _queue(
            "return_flight",
            length=(
                "return_queue",
                "Waiting for a return flight",
                "Mean number of people in the rented prison who wait for a seat back to {sending}.",
            ),
            wait=(
                "return_wait_days",
                "Wait for a return flight",
                "all who join that queue in the observed period have flown back; who leaves it "
                "otherwise (death, transfer home, removal from a short sentence) never does",
            ),
        )
    ),
    "detention_place": tuple(
        _queue(
            "detention_place",
            section="detention",
            length=(
                "detention_queue",
                "Waiting for a detention place",
                "Mean number of people detained in an ordinary {adjective} prison because the "
                "detention centre was full, EU and EEA citizens included.",
            ),
            wait=(
                "detention_wait_days",
                "Wait for a detention place",
                "all who find the detention centre full in the observed period have a place "
                "there; who leaves otherwise (removal, review, limit, death) never has",
            ),
        )
    ),
    "travel_document": tuple(
        _queue(
            "travel_document",
            section="removal",
            length=(
                "document_queue",
                "Waiting for a travel document",
                "Mean number of people who have asked for a travel document and wait for it with a "
                "removal in prospect, during the sentence or after it; those without a prospect "
                "are not counted here.",
            ),
            wait=(
                "document_wait_days",
                "Wait for a travel document",
                "all for whom a travel document is asked for in the observed period have it, be "
                "there a prospect of it or not (a time without prospect is part of the wait); who "
                "leaves the system without one never has",
            ),
        )
    ),
    "case_worker": tuple(
        _queue(
            "case_worker",
            section="removal",
            length=(
                "case_worker_queue",
                "Waiting for a case worker",
                "Mean number of removal cases that wait for a case worker.",
            ),
            wait=(
                "case_worker_wait_days",
                "Wait for a case worker",
                "all removal cases that find no case worker free in the observed period have "
                "been taken up; who leaves the system before never is",
            ),
        )
    ),
    "escort": tuple(
        _queue(
            "escort",
            section="removal",
            length=(
                "escort_queue",
                "Waiting for an escort",
                "Mean number of people with a travel document who wait for an escort team.",
            ),
            wait=(
                "escort_wait_days",
                "Wait for an escort",
                "all who find no escort team free in the observed period have been removed under "
                "escort; a wait that goes on from detention to the departure centre is one, and "
                "who stops waiting otherwise (absconding, a sentence for a breach, death) never is",
            ),
        )
    ),
}

QUEUES = tuple(outcome for found in BY_QUEUE.values() for outcome in found)
