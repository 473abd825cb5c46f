"""Costs by calendar year, in DKK and in EUR side by side, at the scenario's exchange rate.

Danish day prices are those of 2015 raised by the scenario's inflation to 2025; everything later
is in prices of 2025. Rent and aid are nominal. What is spent abroad is never netted against what
is saved in Denmark: both stand as items of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sim.scenario.schema import DAYS_PER_YEAR
from sim.world.stages import Exit, Stay

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.run import Run

#: Items paid for the agreement, as opposed to running Danish facilities.
AGREEMENT_ITEMS = ("rent", "set_up", "aid", "rotations", "visits")

_PRISON_STAYS = (
    Stay.DANISH_PRISON,
    Stay.SELECTION,
    Stay.WAITING_LIST,
    Stay.TEMPORARY_RETURN,
    Stay.DETENTION_QUEUE,
    Stay.BREACH_IMPRISONMENT,
)


#: Exits by which a sentence ends early, wherever it is served.
_EARLY = (Exit.REMOVED_FROM_SHORT_SENTENCE, Exit.TRANSFERRED_TO_SERVE)


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
    for year, begins, ends in _years(run):
        for item, quantity, unit, dkk in _items(run, begins, ends):
            million = dkk / 1e6
            rows.append((year, item, quantity, unit, million, million / rate))
    columns = ["year", "item", "quantity", "unit", "dkk_million", "eur_million"]
    return pd.DataFrame(rows, columns=columns)


def _years(run: Run) -> Iterator[tuple[int, float, float]]:
    scenario = run.scenario
    first, last = run.period
    for year in range(scenario.time.observe_from.year, scenario.time.observe_until.year + 1):
        begins = max(first, scenario.day(date(year, 1, 1)))
        ends = min(last, scenario.day(date(year + 1, 1, 1)))
        if ends > begins:
            yield year, begins, ends


def _items(run: Run, begins: float, ends: float) -> Iterator[tuple[str, float, str, float]]:
    """Yield item, quantity, unit and amount in DKK for a period."""
    prices, service = run.scenario.costs, run.cohort.service
    euro = prices.dkk_per_eur * 1e6
    years = max(0.0, min(ends, service.closes) - max(begins, service.opens)) / DAYS_PER_YEAR
    opened = float(begins <= service.opens < ends)
    flights = float(flown(run, begins, ends))
    yield "rent", years, "years", years * prices.rent_eur_million_per_year * euro
    yield "set_up", opened, "payments", opened * prices.set_up_eur_million * euro
    yield "aid", years, "years", years * prices.aid_eur_million_per_year * euro
    yield "rotations", flights, "rotations", flights * prices.rotation_dkk_million * 1e6
    yield "visits", years, "years", years * prices.visits_dkk_million_per_year * 1e6
    inflated = 1 + prices.inflation_2015_to_2025
    spent = run.records.stays.person_days(begins, ends, run.scenario.horizon)
    for item, stays, price in (
        ("danish_prison", _PRISON_STAYS, prices.prison_2015_dkk_per_day),
        ("remand", (Stay.REMAND,), prices.remand_2015_dkk_per_day),
        ("detention", (Stay.DETENTION,), prices.detention_2015_dkk_per_day),
    ):
        days = float(spent[list(stays)].sum())
        yield item, days, "person-days", days * price * inflated
    days = float(spent[Stay.DEPARTURE_CENTRE])
    yield "departure_centre", days, "person-days", days / DAYS_PER_YEAR * prices.centre_dkk_per_year


def person_days(run: Run, stays: tuple[Stay, ...], begins: float, ends: float) -> float:
    """Return the days that people spent in some stays between two days."""
    days = run.records.stays.person_days(begins, ends, run.scenario.horizon)
    return float(days[list(stays)].sum())


def flown(run: Run, begins: float, ends: float) -> int:
    """Count the flights that carried someone: days on which people arrive or fly back."""
    spells, chosen = run.records.stays, run.records.stays.code
    out = spells.start[_after(chosen, spells.index, Stay.WAITING_LIST, Stay.RENTED_PRISON)]
    exits = run.records.exits
    never_flew = exits.index[
        (exits.from_stay == Stay.RETURN_QUEUE) & np.isin(exits.code, (*_EARLY, Exit.DIED))
    ]
    queued = (chosen == Stay.RETURN_QUEUE) & ~np.isin(spells.index, never_flew)
    back = spells.end[queued & ~np.isnan(spells.end)]
    days = np.concatenate([out, back])
    return len(np.unique(days[(days >= begins) & (days < ends)]))


def _after(code: np.ndarray, index: np.ndarray, before: Stay, stay: Stay) -> np.ndarray:
    """Tell which spells of a stay directly follow another stay of the same person."""
    follows = np.zeros(len(code), bool)
    follows[1:] = (code[1:] == stay) & (code[:-1] == before) & (index[1:] == index[:-1])
    return follows
