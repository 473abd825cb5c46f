"""What it costs, item by item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language import mark
from sim.results.costs import AGREEMENT_ITEMS
from sim.show.facts.memory import remembered

if TYPE_CHECKING:
    from sim.experiment.replications import Replications


#: Items of cost, in the order in which they are shown, with their titles.
ITEMS = {
    "rent": mark("rent"),
    "aid": mark("aid"),
    "rotations": mark("flights"),
    "set_up": mark("set-up"),
    "visits": mark("visits"),
    "home_prison": mark("{adjective} prisons"),
    "remand": mark("remand"),
    "detention": mark("detention"),
    "departure_centre": mark("departure centre"),
}


@remembered
def costs_of(r: Replications) -> dict[str, float]:
    """Return each item in EUR million over the observed period, mean over replications."""
    table = r.lent("costs", ["item", "eur_million"])
    sums = table.groupby("item", observed=True)["eur_million"].sum() / r.number
    return {item: float(sums.get(item, 0.0)) for item in ITEMS}


def total(r: Replications) -> float:
    """Return the cost in EUR million over the observed period, mean over replications."""
    return sum(costs_of(r).values())


def of_agreement(r: Replications) -> float:
    """Return the part of the cost that is for the agreement, in EUR million."""
    found = costs_of(r)
    return sum(found[item] for item in AGREEMENT_ITEMS)
