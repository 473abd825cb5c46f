"""What it costs, item by item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.show.facts.memory import remembered

if TYPE_CHECKING:
    from sim.experiment.replications import Replications


#: Items of cost, in the order in which they are shown, with their titles.
ITEMS = {
    "rent": "rent",
    "aid": "aid",
    "rotations": "flights",
    "set_up": "set-up",
    "visits": "visits",
    "home_prison": "{adjective} prisons",
    "remand": "remand",
    "detention": "detention",
    "departure_centre": "departure centre",
}


@remembered
def costs_of(r: Replications) -> dict[str, float]:
    """Return each item in EUR million over the observed period, mean over replications."""
    table = r.lent("costs", ["item", "eur_million"])
    sums = table.groupby("item", observed=True)["eur_million"].sum() / r.number
    return {item: float(sums.get(item, 0.0)) for item in ITEMS}
