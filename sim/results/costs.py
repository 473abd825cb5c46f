"""Costs by calendar year, in the sending state's currency and in EUR, at the scenario's rate.

Its prices are raised to those of `costs.price_year`. What the agreement promises is nominal. What
is in another currency is exchanged at the scenario's rate, whenever it is paid.
What is spent abroad is never netted against what is saved at home: both stand as items of their
own. What has no price is no item; what costs something and has none at all is in `LEFT_OUT`.

A place that someone abroad frees at home saves `costs.home_saved_share` of its day price. A run
does not know the world without the agreement, so what is not saved is charged to it: the places are
kept ready at home, at the rest of the day price. A freed place that others fill
(`home_prisons.freed_places_filled_share`) is in use, costs its whole day price, and saves nothing.
So of two worlds in which the same days are served, at home in one and abroad in the other, the
second costs less at home by exactly the share saved of the days freed and not filled again. Days
that a world has fewer or more of, in remand, detention or the departure centre, count at the whole
price.

What has a price per year is paid by the calendar (`count.calendar_years`): a full year costs
exactly that price, as a 29 February costs nothing more. The fixed rent, aid and visits are paid
for as long as the agreement runs, however many places it is about; for the rest of the rent see
`sim.results.rent`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.language import mark
from sim.results import count
from sim.results.once import once
from sim.results.rent import RENT_ITEMS, rent_of
from sim.world.flow import PRICED, SAVED

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.run import Run
    from sim.scenario.costs import Price

#: Items paid for the agreement, as opposed to running facilities of the sending state.
AGREEMENT_ITEMS = (*RENT_ITEMS, "set_up", "aid", "rotations", "visits")
#: What costs something too and is in no sum, as no price of it is known; with room for names.
LEFT_OUT = (
    mark("escorts and tickets of those removed"),
    mark("trips to {sending} for court or hospital, and the guards on them"),
    mark("selecting people, case work, courts and complaints"),
    mark("people who wait at liberty or live elsewhere under duties"),
    mark("people who stay in {host} after release"),
    mark("staff of {sending} at the rented prison, beyond its rent"),
    mark("building or closing prisons in {sending}"),
    mark("what is gained or lost by prisoners, their families and victims of crime"),
)


class Freed(NamedTuple):
    """Places at home, of one kind, that are freed by people abroad between two days."""

    item: str
    """Item of cost that their days would be."""
    days: float
    """Place-days freed."""
    filled: float
    """Share of them filled again by others."""
    price: Price | None
    """Price of a day."""


def costs(run: Run) -> pd.DataFrame:
    """Return the costs of a run by year and item.

    Returns
    -------
    DataFrame
        Columns: year, item, quantity, unit, currency, million (of it), eur_million,
        present_eur_million (discounted, as `costs.discount_rate_share` says; by calendar year).
    """
    import pandas as pd

    prices = run.scenario.costs
    rows = []
    for first, begins, ends in count.periods(run.scenario, "year"):
        for item, quantity, unit, amount in _items(run, begins, ends):
            million = amount / 1e6
            euros = million / prices.currency_per_eur
            present = euros * prices.present(first.year)
            rows.append(
                (first.year, item, quantity, unit, prices.currency, million, euros, present)
            )
    columns = ["year", "item", "quantity", "unit", "currency", "million", "eur_million"]
    return pd.DataFrame(rows, columns=[*columns, "present_eur_million"])


@once
def saved(run: Run) -> dict[int, float] | None:
    """Return what freed places save by calendar year, EUR million; None if a price is unknown."""
    prices, found = run.scenario.costs, {}
    for first, begins, ends in count.periods(run.scenario, "year"):
        found[first.year] = 0.0
        for freed in freed_places(run, begins, ends):
            if freed.price is None:
                if freed.days:
                    return None
                continue
            days = (1 - freed.filled) * freed.days
            amount = prices.home_saved_share * prices.paid(days, freed.price)
            found[first.year] += amount / prices.currency_per_eur / 1e6
    return found


def of_agreement(run: Run, begins: float, ends: float) -> float | None:
    """Return what the agreement costs between two days, EUR million; None if nothing is priced."""
    amounts = [amount for *_, amount in _of_agreement(run, begins, ends)]
    return sum(amounts) / run.scenario.costs.currency_per_eur / 1e6 if amounts else None


def freed_places(run: Run, begins: float, ends: float) -> tuple[Freed, ...]:
    """Return the places that people abroad free at home between two days.

    In a prison they are freed until the sentence ends: after it nobody would be there at home
    either. Trips to the sending state free nothing.
    """
    prices, filled = run.scenario.costs, run.scenario.home_prisons.freed_places_filled_share
    serving = run.freeing_places.overlap(begins, ends, run.scenario.horizon).sum()
    spent = run.records.stays.person_days(begins, ends, run.scenario.horizon)
    detained = spent[list(SAVED["detention"])].sum()
    return (
        Freed("home_prison", float(serving), filled, prices.prison_per_day),
        Freed("detention", float(detained), 0.0, prices.detention_per_day),
    )


def _items(run: Run, begins: float, ends: float) -> Iterator[tuple[str, float, str, float]]:
    """Yield item, quantity, unit and amount in the scenario's currency for a period."""
    yield from _of_agreement(run, begins, ends)
    prices = run.scenario.costs
    spent = run.records.stays.person_days(begins, ends, run.scenario.horizon)
    for item, price in (
        ("home_prison", prices.prison_per_day),
        ("remand", prices.remand_per_day),
        ("detention", prices.detention_per_day),
    ):
        if price is not None:
            days = float(spent[list(PRICED[item])].sum())
            yield item, days, "person-days", prices.paid(days, price)
    for freed in freed_places(run, begins, ends):
        yield from _not_saved(run, freed)
    if (price := prices.centre_resident_per_year) is not None:
        years = _resident_years(run, begins, ends)
        yield "departure_centre", years, "person-years", prices.paid(years, price)


def _not_saved(run: Run, freed: Freed) -> Iterator[tuple[str, float, str, float]]:
    """Yield what freed places cost all the same: those kept ready, and those filled again."""
    prices = run.scenario.costs
    if freed.price is None:
        return
    kept, filled = (1 - freed.filled) * freed.days, freed.filled * freed.days
    rest = (1 - prices.home_saved_share) * prices.paid(kept, freed.price)
    yield f"{freed.item}_kept_ready", kept, "place-days", rest
    if freed.item == "home_prison":
        yield "home_prison_filled_again", filled, "place-days", prices.paid(filled, freed.price)


def _of_agreement(run: Run, begins: float, ends: float) -> Iterator[tuple[str, float, str, float]]:
    """Yield the items that the agreement costs; those without a price are none."""
    prices, service = run.scenario.costs, run.cohort.service
    years = run.years_in_service(begins, ends)
    opened = float(begins <= service.opens < ends)
    flights = float(np.sum((run.flights >= begins) & (run.flights < ends)))
    if (rent := prices.rent) is not None:
        for item, quantity, unit, amount in rent_of(run, begins, ends):
            yield item, quantity, unit, prices.exchanged(amount, rent.currency)
    if (set_up := prices.set_up_million) is not None:
        yield "set_up", opened, "payments", prices.promised(opened, set_up) * 1e6
    if (aid := prices.aid_million_per_year) is not None:
        yield "aid", years, "years", prices.promised(years, aid) * 1e6
    if (price := prices.rotation_million) is not None:
        yield "rotations", flights, "rotations", prices.paid(flights, price) * 1e6
    if (price := prices.visits_million_per_year) is not None:
        yield "visits", years, "years", prices.paid(years, price) * 1e6


def _resident_years(run: Run, begins: float, ends: float) -> float:
    """Years that people spend in the departure centre between two days, by the calendar."""
    stays = run.records.stays.of(*PRICED["departure_centre"])
    years = np.zeros(len(stays.start))
    touched = (stays.start < ends) & ~(stays.end <= begins)
    end = np.where(np.isnan(stays.end[touched]), np.inf, stays.end[touched])
    first, last = (
        count.calendar_years(run.scenario, np.clip(days, begins, ends))
        for days in (stays.start[touched], end)
    )
    years[touched] = last - first
    return float(np.sum(years))
