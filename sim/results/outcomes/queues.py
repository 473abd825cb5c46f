"""How many wait for something scarce, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.results.outcomes.base import Outcome, mean_length, median_days
from sim.world.stages import CaseStage, Stay

if TYPE_CHECKING:
    from sim.results.records import Spells
    from sim.results.run import Run


def _spells(run: Run, code: Stay | CaseStage) -> Spells:
    return run.records.stays if isinstance(code, Stay) else run.records.cases


def _queue(
    code: Stay | CaseStage,
    *,
    length: tuple[str, str, str],
    wait: tuple[str, str, str],
) -> Iterator[Outcome]:
    """Yield mean length and median wait of a queue; each given as name, title and definition."""
    yield Outcome(
        length[0],
        length[1],
        "persons",
        length[2],
        lambda run: mean_length(run, _spells(run, code), code),
    )
    yield Outcome(
        wait[0],
        wait[1],
        "days",
        wait[2],
        lambda run: median_days(run, _spells(run, code), code),
    )


QUEUES = (
    *_queue(
        Stay.WAITING_LIST,
        length=(
            "transfer_queue",
            "Waiting list for the flight",
            "Mean number of people on the waiting list for transfer.",
        ),
        wait=(
            "transfer_wait_days",
            "Wait on that list",
            "Median days on the waiting list, those still waiting censored.",
        ),
    ),
    *_queue(
        Stay.RETURN_QUEUE,
        length=(
            "return_queue",
            "Waiting for a return flight",
            "Mean number of people in the rented prison who wait for a seat back to {sending}.",
        ),
        wait=(
            "return_wait_days",
            "Wait for a return flight",
            "Median days in that queue of all who join it, those still waiting censored.",
        ),
    ),
    *_queue(
        Stay.DETENTION_QUEUE,
        length=(
            "detention_queue",
            "Waiting for a detention place",
            "Mean number of people detained in an ordinary {adjective} prison while the detention "
            "centre is full.",
        ),
        wait=(
            "detention_wait_days",
            "Wait for a detention place",
            "Median days in that queue, however they end, of those who find the centre full; "
            "those still waiting censored.",
        ),
    ),
    *_queue(
        CaseStage.TRAVEL_DOCUMENT,
        length=(
            "document_queue",
            "Waiting for a travel document",
            "Mean number of people whose removal case waits for a travel document.",
        ),
        wait=(
            "document_wait_days",
            "Wait for a travel document",
            "Median days from request to travel document, cut short by exit.",
        ),
    ),
    *_queue(
        CaseStage.CASE_WORKER_QUEUE,
        length=(
            "case_worker_queue",
            "Waiting for a case worker",
            "Mean number of removal cases that wait for a case worker.",
        ),
        wait=(
            "case_worker_wait_days",
            "Wait for a case worker",
            "Median days, cut short by exit, of removal cases that find no case worker free; "
            "those still waiting censored.",
        ),
    ),
    *_queue(
        CaseStage.ESCORT_QUEUE,
        length=(
            "escort_queue",
            "Waiting for an escort",
            "Mean number of people with a travel document who wait for an escort team.",
        ),
        wait=(
            "escort_wait_days",
            "Wait for an escort",
            "Median days, however they end, of those who find no escort team free; those still "
            "waiting censored.",
        ),
    ),
)
