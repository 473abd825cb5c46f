"""Costs by calendar year, in DKK and in EUR side by side, at the scenario's exchange rate.

Danish day prices are those of 2015 raised by the scenario's inflation to 2025; everything later
is in prices of 2025. Rent and aid are nominal. What is spent abroad is never netted against what
is saved in Denmark: both stand as items of their own.

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

#: Items paid for the agreement, as opposed to running Danish facilities.
AGREEMENT_ITEMS = ("rent", "set_up", "aid", "rotations", "visits")


def costs(run: Run) -> pd.DataFrame:
    """Return the costs of a run by year and item.

    Returns
    -------
    DataFrame
        Columns: year, item, quantity, unit, dkk_million, eur_million.
    """
    import pandas as pd

    rate = run.scenario.costs.dkk_per_eur
    rows = []
    for first, begins, ends in count.periods(run.scenario, "year"):
        for item, quantity, unit, dkk in _items(run, begins, ends):
            million = dkk / 1e6
            rows.append((first.year, item, quantity, unit, million, million / rate))
    columns = ["year", "item", "quantity", "unit", "dkk_million", "eur_million"]
    return pd.DataFrame(rows, columns=columns)


def _items(run: Run, begins: float, ends: float) -> Iterator[tuple[str, float, str, float]]:
    """Yield item, quantity, unit and amount in DKK for a period."""
    prices, service = run.scenario.costs, run.cohort.service
    euro = prices.dkk_per_eur * 1e6
    years = run.years_in_service(begins, ends)
    opened = float(begins <= service.opens < ends)
    flights = float(np.sum((run.flights >= begins) & (run.flights < ends)))
    yield "rent", years, "years", years * prices.rent_eur_million_per_year * euro
    yield "set_up", opened, "payments", opened * prices.set_up_eur_million * euro
    yield "aid", years, "years", years * prices.aid_eur_million_per_year * euro
    yield "rotations", flights, "rotations", flights * prices.rotation_dkk_million * 1e6
    yield "visits", years, "years", years * prices.visits_dkk_million_per_year * 1e6
    inflated = 1 + prices.inflation_2015_to_2025
    spent = run.records.stays.person_days(begins, ends, run.scenario.horizon)
    for item, price in (
        ("danish_prison", prices.prison_2015_dkk_per_day),
        ("remand", prices.remand_2015_dkk_per_day),
        ("detention", prices.detention_2015_dkk_per_day),
    ):
        days = float(spent[list(PRICED[item])].sum())
        yield item, days, "person-days", days * price * inflated
    years = _resident_years(run, begins, ends)
    yield "departure_centre", years, "person-years", years * prices.centre_dkk_per_year


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
