"""What it costs: in total, per place-day used, per removal, and net of places at home."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.people.arrivals import THIRD_COUNTRY
from sim.results.costs import AGREEMENT_ITEMS
from sim.results.once import once
from sim.results.outcomes.base import Outcome
from sim.results.records import among
from sim.world.flow import REMOVALS, RENTED, SAVED

if TYPE_CHECKING:
    from sim.results.run import Run


@once
def _removals(run: Run) -> float:
    exits = run.records.exits
    removed = among(exits.code, REMOVALS)
    third = run.cohort.arrived.group[exits.index] == THIRD_COUNTRY
    return float(np.sum(removed & third & run.observed(exits.day)))


def _agreement_cost(run: Run) -> float | None:
    """Cost of the agreement in the observed period, EUR million; None if nothing is priced."""
    table = run.costs()
    ours = table.loc[table["item"].isin(AGREEMENT_ITEMS), "eur_million"]
    return float(ours.sum()) if len(ours) else None


def _agreement_net(run: Run) -> float | None:
    """Cost of the agreement less the price of the same person-days at home, EUR million."""
    prices, days = run.scenario.costs, run.observed_days
    cost = _agreement_cost(run)
    saved = 0.0
    for price, stays in (
        (prices.prison_per_day, SAVED["home_prison"]),
        (prices.detention_per_day, SAVED["detention"]),
    ):
        spent = float(days[list(stays)].sum())
        if spent and price is None:
            return None
        saved += prices.paid(spent, price) if price else 0.0
    return None if cost is None else cost - saved / prices.currency_per_eur / 1e6


def _total_cost(run: Run) -> float | None:
    table = run.costs()
    return float(table["eur_million"].sum()) if len(table) else None


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
        "Cost of the agreement less what the person-days spent in the rented prison would cost in "
        "{sending} at {adjective} day prices: detention at the price of detention, the rest at "
        "that of a prison. Trips to {sending} are paid there and save nothing.",
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
        "total_cost",
        "Cost in total",
        "EUR million",
        "Cost of the agreement, and of {adjective} prisons, remand, detention and the departure "
        "centre for the people of this model, in the observed period.",
        _total_cost,
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
