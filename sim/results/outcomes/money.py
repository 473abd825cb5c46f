"""What it costs: in total, per place-day used, per removal, and net of Danish places."""

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


def _agreement_cost(run: Run) -> float:
    """Cost of the agreement in the observed period, EUR million."""
    table = run.costs()
    return float(table.loc[table["item"].isin(AGREEMENT_ITEMS), "eur_million"].sum())


def _agreement_net(run: Run) -> float:
    """Cost of the agreement less the price of the same person-days in Denmark, EUR million."""
    prices, days = run.scenario.costs, run.observed_days
    prison, detention = (
        float(days[list(SAVED[item])].sum()) for item in ("danish_prison", "detention")
    )
    saved = (
        prison * prices.prison_2015_dkk_per_day + detention * prices.detention_2015_dkk_per_day
    ) * (1 + prices.inflation_2015_to_2025)
    return _agreement_cost(run) - saved / prices.dkk_per_eur / 1e6


def _total_cost(run: Run) -> float:
    return float(run.costs()["eur_million"].sum())


def _per_used_day(run: Run, eur_million: float) -> float | None:
    used = float(run.observed_days[list(RENTED)].sum())
    return eur_million * 1e6 / used if used else None


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
    ),
    Outcome(
        "total_cost_per_removal",
        "Total cost per removal",
        "EUR million",
        "Cost in total over the number of removals of third-country nationals.",
        lambda run: _total_cost(run) / _removals(run) if _removals(run) else None,
    ),
)
