"""What it costs, item by item, and what one world costs more than another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.language import mark, tr
from sim.results import count
from sim.results.costs import AGREEMENT_ITEMS, LEFT_OUT
from sim.results.rent import RENT_ITEMS
from sim.show import words
from sim.show.facts.data import Floats, outcome
from sim.show.facts.memory import remembered

if TYPE_CHECKING:
    from sim.experiment.replications import Replications
    from sim.scenario.schema import Scenario

#: Items of cost, in the order in which they are shown, with their titles.
ITEMS = {
    "rent": mark("rent"),
    "rent_by_month": mark("rent by the month"),
    "rent_payments": mark("single payments of rent"),
    "aid": mark("aid"),
    "rotations": mark("flights"),
    "set_up": mark("set-up"),
    "visits": mark("visits"),
    "home_prison": mark("{adjective} prisons"),
    "remand": mark("remand"),
    "detention": mark("detention"),
    "departure_centre": mark("departure centre"),
    "home_prison_kept_ready": mark("places kept ready"),
    "home_prison_filled_again": mark("places filled again"),
    "detention_kept_ready": mark("places kept ready in detention"),
}


#: Titles of what differs where worlds are held against each other, if they are other ones.
DAYS = {
    "home_prison": mark("days in {adjective} prisons"),
    "remand": mark("days in remand"),
    "detention": mark("days in detention"),
}
#: All items, in the order of the steps from one world to another: what is saved, then what is not.
STEPS = (
    *AGREEMENT_ITEMS, "home_prison", "home_prison_kept_ready", "home_prison_filled_again",
    "remand", "detention", "detention_kept_ready", "departure_centre",
)  # fmt: skip
#: Of a scenario whose rent has no part that is paid by the month.
RENT_IS_FLAT = mark("Rent is the same however many places are used.")
#: Differences of sums that are smaller, as a share of these, are rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Step:
    """One item of what a world costs more than another."""

    item: str
    million: Floats
    """By draw or replication, EUR million."""

    @property
    def mean(self) -> float:
        """Means add up to the net, as medians do not."""
        return float(np.mean(self.million))


def title_of(item: str, scenario: Scenario, *, days: bool = False) -> str:
    """Return the title of an item, in the language spoken now; with `days` as what differs."""
    titles = ITEMS | (DAYS if days else {})
    return words.told(scenario, titles[item])


@remembered
def costs_of(r: Replications) -> dict[str, float]:
    """Return each item in EUR million over the observed period, mean over replications."""
    return {item: float(np.mean(each)) for item, each in each_cost(r).items()}


@remembered
def each_cost(r: Replications) -> dict[str, Floats]:
    """Return each item by replication, EUR million over the observed period, shape (number,)."""
    table = r.lent("costs", ["replication", "item", "eur_million"])
    sums = table.groupby(["item", "replication"], observed=True)["eur_million"].sum()
    there = set(sums.index.get_level_values("item"))
    none = np.zeros(r.number)
    return {
        item: sums[item].reindex(r.numbers, fill_value=0.0).to_numpy(float)
        if item in there
        else none
        for item in ITEMS
    }


def rent_words(r: Replications) -> str:
    """Say what rent follows, people or places, in the language spoken; nothing without rent."""
    rent, found = r.scenario.costs.rent, costs_of(r)
    paid = sum(found[item] for item in RENT_ITEMS)
    if rent is None or not paid:
        return ""
    if rent.is_flat:
        return tr(RENT_IS_FLAT)
    share = words.percent(found["rent_by_month"] / paid)
    if rent.follows_people:
        return tr("{share} of the rent follows the number of people inside.", share=share)
    return tr("{share} of the rent follows the number of places, used or not.", share=share)


def total(r: Replications) -> float:
    """Return the cost in EUR million over the observed period, mean over replications."""
    return sum(costs_of(r).values())


def of_agreement(r: Replications) -> float:
    """Return the part of the cost that is for the agreement, in EUR million."""
    found = costs_of(r)
    return sum(found[item] for item in AGREEMENT_ITEMS)


# ---------------------------------------------------------------------- two worlds


def can_be_paired(replications: Sequence[Replications]) -> bool:
    """Tell whether some of the worlds have prices, and all are about the same people and draws."""
    alike = {(r.seed, r.first, r.number, r.drawn) for r in replications}
    return len(replications) > 1 == len(alike) and any(
        each.any() for r in replications for each in each_cost(r).values()
    )


def steps(base: Replications, other: Replications) -> list[Step]:
    """Return by how much each item differs, other less base; those that never differ are left out.

    The replications, or draws, of the two are paired one by one.
    """
    ours, theirs = each_cost(other), each_cost(base)
    found = []
    for item in STEPS:
        size = np.maximum(np.abs(ours[item]), np.abs(theirs[item]))
        change = ours[item] - theirs[item]
        change = np.where(np.abs(change) > _ROUNDING * size, change, 0.0)
        if change.any():
            found.append(Step(item, change))
    return found


def net_cost(base: Replications, other: Replications) -> Floats:
    """Return what a world costs more than another over the observed period.

    Returns
    -------
    array
        By replication, or draw: the total of `other` less that of `base`, EUR million.
    """
    none = np.zeros(other.number)
    return np.asarray(np.sum([none, *(step.million for step in steps(base, other))], axis=0))


def net_cost_per_freed_place(base: Replications, other: Replications) -> Floats:
    """Return what a world costs more than another for each place and year that it frees more.

    Returns
    -------
    array
        By replication, or draw: net cost over the observed period, over places freed (net of those
        filled again, mean over that period, `other` less `base`) times its years; EUR a year. NaN
        where no more places are free.
    """
    free = outcome(other, "places_freed_net") - outcome(base, "places_freed_net")
    scenario = other.scenario
    ends = np.array([float(scenario.day(day)) for day in count.bounds(scenario)])
    first, last = count.calendar_years(scenario, ends)
    place_years = np.where(free > 0, free * (last - first), np.nan)
    return np.asarray(1e6 * net_cost(base, other) / place_years)


def left_out(scenario: Scenario) -> list[str]:
    """Return what costs something and is in no sum, with the names that a scenario gives."""
    return [words.told(scenario, title) for title in LEFT_OUT]
