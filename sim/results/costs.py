"""Costs by calendar year, in the sending state's currency and in EUR, at the scenario's rate.

Its prices are raised to those of `costs.price_year`. What the agreement promises in EUR is nominal.
What is spent abroad is never netted against what is saved at home: both stand as items of their
own. What has no price is no item.

What has a price per year is paid by the calendar (`count.calendar_years`): a full year costs
exactly that price, as a 29 February costs nothing more. Rent, aid and visits are paid for as long
as the agreement runs, however many places it is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from sim.results import count
from sim.world.flow import PRICED

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.run import Run

#: Items paid for the agreement, as opposed to running facilities of the sending state.
AGREEMENT_ITEMS = ("rent", "set_up", "aid", "rotations", "visits")


def costs(run: Run) -> pd.DataFrame:
    """Return the costs of a run by year and item.

    Returns
    -------
    DataFrame
        Columns: year, item, quantity, unit, currency, million (of it), eur_million.
    """
    import pandas as pd

    prices = run.scenario.costs
    rows = []
    for first, begins, ends in count.periods(run.scenario, "year"):
        for item, quantity, unit, amount in _items(run, begins, ends):
            million = amount / 1e6
            euros = million / prices.currency_per_eur
            rows.append((first.year, item, quantity, unit, prices.currency, million, euros))
    columns = ["year", "item", "quantity", "unit", "currency", "million", "eur_million"]
    return pd.DataFrame(rows, columns=columns)


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
    if (price := prices.centre_resident_per_year) is not None:
        years = _resident_years(run, begins, ends)
        yield "departure_centre", years, "person-years", prices.paid(years, price)


def _of_agreement(run: Run, begins: float, ends: float) -> Iterator[tuple[str, float, str, float]]:
    """Yield the items that the agreement costs; those without a price are none."""
    prices, service = run.scenario.costs, run.cohort.service
    euro = prices.currency_per_eur * 1e6
    years = run.years_in_service(begins, ends)
    opened = float(begins <= service.opens < ends)
    flights = float(np.sum((run.flights >= begins) & (run.flights < ends)))
    if (rent := prices.rent_eur_million_per_year) is not None:
        yield "rent", years, "years", years * rent * euro
    if (set_up := prices.set_up_eur_million) is not None:
        yield "set_up", opened, "payments", opened * set_up * euro
    if (aid := prices.aid_eur_million_per_year) is not None:
        yield "aid", years, "years", years * aid * euro
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
