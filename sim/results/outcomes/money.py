"""What it costs: in total, per place-day used, per removal, and net of places freed at home."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.people.arrivals import THIRD_COUNTRY
from sim.results import count
from sim.results.costs import AGREEMENT_ITEMS, freed_places, saved
from sim.results.once import once
from sim.results.outcomes.base import Outcome
from sim.results.records import among
from sim.world.flow import REMOVALS, RENTED

if TYPE_CHECKING:
    from sim.results.run import Run


@once
def _removals(run: Run) -> float:
    exits = run.records.exits
    removed = among(exits.code, REMOVALS)
    third = run.cohort.arrived.group[exits.index] == THIRD_COUNTRY
    return float(np.sum(removed & third & run.observed(exits.day)))


def _agreement_cost(run: Run, column: str = "eur_million") -> float | None:
    """Cost of the agreement in the observed period, EUR million; None if nothing is priced."""
    table = run.costs()
    ours = table.loc[table["item"].isin(AGREEMENT_ITEMS), column]
    return float(ours.sum()) if len(ours) else None


def _agreement_net(run: Run) -> float | None:
    """Cost of the agreement less what freed places save, EUR million."""
    cost, less = _agreement_cost(run), saved(run)
    return None if cost is None or less is None else cost - sum(less.values())


def _agreement_net_present(run: Run) -> float | None:
    """The same, each year discounted."""
    prices, less = run.scenario.costs, saved(run)
    cost = _agreement_cost(run, "present_eur_million")
    if not prices.discount_rate_share or cost is None or less is None:
        return None
    return cost - sum(amount * prices.present(year) for year, amount in less.items())


def _net_per_freed_place(run: Run) -> float | None:
    """Net cost of the agreement over the place-years in prison freed and not filled, EUR."""
    begins, ends = run.period
    prison, _ = freed_places(run, begins, ends)
    first, last = count.calendar_years(run.scenario, np.array([begins, ends]))
    place_years = (1 - prison.filled) * prison.days / (ends - begins) * (last - first)
    net = _agreement_net(run)
    return net * 1e6 / place_years if place_years and net is not None else None


def _total_cost(run: Run, column: str = "eur_million") -> float | None:
    table = run.costs()
    return float(table[column].sum()) if len(table) else None


def _total_present(run: Run) -> float | None:
    if not run.scenario.costs.discount_rate_share:
        return None
    return _total_cost(run, "present_eur_million")


def _per_used_day(run: Run, eur_million: float | None) -> float | None:
    used = float(run.observed_days[list(RENTED)].sum())
    return eur_million * 1e6 / used if used and eur_million is not None else None


def _per_removal(run: Run) -> float | None:
    cost, removals = _total_cost(run), _removals(run)
    return cost / removals if removals and cost is not None else None


COSTS = (
    Outcome(
        "agreement_cost",
        "Cost of the agreement",
        "EUR million",
        "Rent, set-up, aid, flights and visits in the observed period.",
        _agreement_cost,
    ),
    Outcome(
        "agreement_cost_per_used_day",
        "The same per place-day used",
        "EUR",
        "Cost of the agreement over the days on which places in the rented prison are held, those "
        "kept during trips to {sending} included.",
        lambda run: _per_used_day(run, _agreement_cost(run)),
    ),
    Outcome(
        "agreement_cost_net",
        "Cost of the agreement, net of {adjective} places",
        "EUR million",
        "Cost of the agreement less what it saves in {sending}: for each day on which someone "
        "abroad frees a place there, the share costs.home_saved_share of its day price. Prison "
        "places are freed until the sentence ends, those of detention by people detained abroad. "
        "Places filled again and trips to {sending} save nothing.",
        _agreement_net,
    ),
    Outcome(
        "agreement_cost_net_per_used_day",
        "The same per place-day used, net",
        "EUR",
        "Net cost of the agreement over the days on which places in the rented prison are held, "
        "those kept during trips to {sending} included.",
        lambda run: _per_used_day(run, _agreement_net(run)),
    ),
    Outcome(
        "agreement_cost_net_per_freed_place",
        "Net cost of the agreement per freed place and year",
        "EUR",
        "Net cost of the agreement over the observed period, over the place-years that it frees in "
        "{adjective} prisons: places freed, net, times the years of that period.",
        _net_per_freed_place,
    ),
    Outcome(
        "agreement_cost_net_present",
        "Net cost of the agreement, present value",
        "EUR million",
        "Net cost of the agreement, each calendar year discounted by costs.discount_rate_share to "
        "costs.discount_to_year; it exists where there is such a rate.",
        _agreement_net_present,
    ),
    Outcome(
        "total_cost",
        "Cost in total",
        "EUR million",
        "Cost of the agreement, and of {adjective} prisons, remand, detention and the departure "
        "centre for the people of this model, in the observed period. Places that people abroad "
        "free in {sending} count with what they cost all the same: the share of the day price that "
        "is not saved, or the whole of it where others fill them.",
        _total_cost,
    ),
    Outcome(
        "total_cost_present",
        "Cost in total, present value",
        "EUR million",
        "Cost in total, each calendar year discounted by costs.discount_rate_share to "
        "costs.discount_to_year; it exists where there is such a rate.",
        _total_present,
    ),
    Outcome(
        "removals",
        "Removals of third-country nationals",
        "persons",
        "Number of third-country nationals removed in the observed period, from {sending} or "
        "{host}: under escort, or willingly at the release or from detention. Those who go home by "
        "themselves from the departure centre or from outside it, are removed from a short "
        "sentence, or are transferred home to serve are not counted.",
        _removals,
        "removal",
    ),
    Outcome(
        "total_cost_per_removal",
        "Total cost per removal",
        "EUR million",
        "Cost in total over the number of removals of third-country nationals.",
        _per_removal,
        "removal",
    ),
)
