"""Which outcomes are shown: those of the short table, by the question that they answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.language import mark
from sim.show.facts.agreement import has_rented_prison, staying

if TYPE_CHECKING:
    from sim.experiment.replications import Replications

#: The questions of the short table.
OF_QUEUES = mark("Where do queues build, and how long does one wait?")
OF_PLACES = mark("How full are the places?")
OF_HELD = mark("How long are people held?")
OF_AFTERWARDS = mark("What happens after the sentence?")
#: The one that the length of the term bears on most.
OF_COST = mark("What does it cost?")
#: Outcomes of the short table by the question they answer; those a run does not have are skipped.
SELECTED: dict[str, tuple[str, ...]] = {
    OF_QUEUES: (
        "transfer_queue",
        "transfer_wait_days",
        "transfers_per_month",
        "document_queue",
        "document_wait_days",
        "case_worker_queue",
        "limbo",
    ),
    OF_PLACES: (
        "rented_prison_people",
        "rented_prison_fill",
        "rented_prison_fill_90_days",
        "rented_prison_per_officer",
        "home_occupancy",
        "home_overcrowded",
        "departure_centre_people",
        "host_occupancy",
        "displaced_inmates",
    ),
    OF_HELD: (
        "rented_prison_mean_stay_days",
        "detained",
        "detention_days",
        "held_after_sentence_days",
        "breach_imprisoned",
    ),
    OF_AFTERWARDS: (
        "removed_1y",
        "absconded_1y",
        "removals_from_host_share",
        "stayed_in_host",
        "host_asylum",
        "host_at_large",
        "host_detained",
        "onward_travel",
    ),
    OF_COST: (
        "agreement_cost",
        "agreement_cost_per_used_day",
        "host_price_cost",
        "total_cost",
    ),
}
#: Outcomes that are shown only where a prison is rented, and only where people stay abroad.
OF_AGREEMENT = (
    "rented_prison_fill_90_days", "rented_prison_mean_stay_days", "transfers_per_month",
    "rented_prison_per_officer", "displaced_inmates", "host_price_cost",
)  # fmt: skip
OF_STAYING = (
    "stayed_in_host", "host_asylum", "host_at_large", "host_detained", "onward_travel",
)  # fmt: skip
#: Outcomes that are shown only where anyone is expelled.
OF_EXPELLED = (
    "document_queue", "document_wait_days", "case_worker_queue", "limbo", "departure_centre_people",
    "detained", "detention_days", "held_after_sentence_days", "breach_imprisoned", "removed_1y",
    "absconded_1y", "removals_from_host_share",
)  # fmt: skip


def shown(replications: Sequence[Replications]) -> list[str]:
    """Return the outcomes of the short table that the scenarios have."""
    there = set(replications[0].lent("outcomes")["outcome"]) - idle(replications)
    return [name for names in SELECTED.values() for name in names if name in there]


def idle(replications: Sequence[Replications]) -> set[str]:
    """Return the outcomes that say nothing, as no scenario has what they are about."""
    rented = any(map(has_rented_prison, replications))
    expelled = any(r.scenario.arrivals.expels for r in replications)
    return {
        *(() if rented else OF_AGREEMENT),
        *(() if staying(replications) else OF_STAYING),
        *(() if expelled else OF_EXPELLED),
    }
