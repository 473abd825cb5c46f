"""Costs once more: from the raw log, the calendar and the price list, against the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from sim.scenario.rent import Sum
from sim.verification.check import Part, records
from sim.verification.little import area
from sim.verification.places import flown_back
from sim.verification.rent import rent_again
from sim.verification.told import Spans, Told
from sim.world.flow import IN_HOME_PRISONS
from sim.world.stages import Stay

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.costs import Costs, Price

#: Rounding of sums of thousands of millions.
ONE_UNIT = 1.0

_IN_PRISON = tuple(stay for stay in IN_HOME_PRISONS if stay != Stay.REMAND)


@records(
    "costs",
    "Costs follow from days, flights and prices",
    "Every item of every year is worked out a second way: the area under the number of people in "
    "the log times the day price, the rent day by day, the years of the agreement (without leap "
    "days, of which none costs more) times its other yearly prices, the flights that carry someone "
    "times the price of one, the days of places freed at home times what of their price is not "
    "saved.",
    unit="money",
    tolerance=ONE_UNIT,
)
def costs_follow_from_days_and_prices(told: Told) -> Iterator[Part]:
    """Compare each amount of the table with one that is worked out here."""
    table = told.run.costs().set_index(["year", "item"])["million"] * 1e6
    seen = 0
    for year, begins, ends in _years(told):
        for item, amount in _amounts(told, begins, ends).items():
            paid = float(table.get((year, item), np.nan))
            yield Part(abs(paid - amount), f"{item} in {year}")
            seen += 1
    if seen != len(table):
        yield Part(np.inf, f"{len(table)} amounts in the table, {seen} expected")


@records(
    "costs",
    "Items add up to the total, in both currencies",
    "The sum over items and years is the total worked out over the whole period at once, and every "
    "amount in EUR is the one in the scenario's currency at its rate.",
    unit="money",
    tolerance=ONE_UNIT,
)
def items_add_up_to_the_total(told: Told) -> Iterator[Part]:
    """Compare the sum of the table with the amounts of the whole observed period."""
    table: pd.DataFrame = told.run.costs()
    whole = sum(_amounts(told, *told.run.period).values())
    yield Part(abs(table["million"].sum() * 1e6 - whole), "total")
    rate = told.scenario.costs.currency_per_eur
    other = (table["million"] - table["eur_million"] * rate).abs() * 1e6
    yield Part(other.to_numpy(), "amounts in both currencies")
    prices = told.scenario.costs
    years = table["year"] - (prices.discount_to_year or prices.price_year)
    worth = table["present_eur_million"] * (1 + prices.discount_rate_share) ** years
    yield Part((worth - table["eur_million"]).abs().to_numpy() * 1e6, "present values")


def _years(told: Told) -> Iterator[tuple[int, float, float]]:
    """Yield each calendar year of the observed period with its first day and the day after it."""
    first, last = told.run.period
    for year in range(told.scenario.time.start.year, told.scenario.time.end.year + 1):
        begins, ends = (told.scenario.day(date(n, 1, 1)) for n in (year, year + 1))
        if max(begins, first) < min(ends, last):
            yield year, max(begins, first), min(ends, last)


def _amounts(told: Told, begins: float, ends: float) -> dict[str, float]:
    """Work out every item that has a price between two days, in the scenario's currency."""
    prices, service = told.scenario.costs, told.cohort.service

    def days(*stays: Stay) -> float:
        return area(told.spans(*stays), begins, ends)

    def years(of: Callable[[float, float], float]) -> float:
        leap = sum(of(day, day + 1) for day in _leap_days(told) if begins <= day < ends)
        return (of(begins, ends) - leap) / 365

    def in_service(first: float, last: float) -> float:
        return max(0.0, min(last, service.closes) - max(first, service.opens))

    filled = told.scenario.home_prisons.freed_places_filled_share
    unsaved = 1 - prices.home_saved_share
    freed, abroad = area(_serving_abroad(told), begins, ends), days(Stay.DETENTION_ABROAD)
    residents = told.spans(Stay.DEPARTURE_CENTRE)
    lived = years(lambda first, last: area(residents, first, last))
    opened = float(begins <= service.opens < ends)
    promised = {
        "set_up": (opened * 1e6, prices.set_up_million),
        "aid": (years(in_service) * 1e6, prices.aid_million_per_year),
    }
    priced = {
        "rotations": (_rotations(told, begins, ends) * 1e6, prices.rotation_million),
        "visits": (years(in_service) * 1e6, prices.visits_million_per_year),
        "home_prison": (days(*_IN_PRISON), prices.prison_per_day),
        "remand": (days(Stay.REMAND), prices.remand_per_day),
        "detention": (days(Stay.DETENTION), prices.detention_per_day),
        "departure_centre": (lived, prices.centre_resident_per_year),
        "home_prison_kept_ready": (freed * (1 - filled) * unsaved, prices.prison_per_day),
        "home_prison_filled_again": (freed * filled, prices.prison_per_day),
        "detention_kept_ready": (abroad * unsaved, prices.detention_per_day),
    }
    rented = prices.rent.currency if prices.rent else None
    return {
        item: amount * _rate(prices, rented)
        for item, amount in rent_again(told, begins, ends).items()
    } | {
        item: number * price.amount * _raised(prices, price) * _rate(prices, price.currency)
        for item, (number, price) in (promised | priced).items()
        if price is not None
    }


def _rate(prices: Costs, currency: str | None) -> float:
    """Return how much of the sending state's currency one unit of a currency is."""
    rates = {"EUR": 1.0} | prices.currencies_per_eur
    return rates[prices.currency] / rates[currency or prices.currency]


def _serving_abroad(told: Told) -> Spans:
    """Return the times for which people are in the rented prison while their sentence lasts."""
    spans = told.spans(Stay.RENTED_PRISON, Stay.RETURN_QUEUE)
    spans = spans[spans.begins < told.cohort.sentence.leaves[spans.who]]
    return replace(spans, ends=np.minimum(spans.ends, told.cohort.sentence.leaves[spans.who]))


def _raised(prices: Costs, price: Price | Sum) -> float:
    """Return how many times a price of its year it is in the year in which all are told."""
    if isinstance(price, Sum):
        return 1.0
    if (
        price.price_year == prices.price_year
        and str(price.price_year) not in prices.price_growth_share
    ):
        return 1.0
    return 1.0 + prices.price_growth_share[str(price.price_year)]


def _leap_days(told: Told) -> Iterator[float]:
    """Yield each 29 February of the simulation: what is paid by the year costs nothing more then.

    So the year has 365 days, whichever it is.
    """
    for year in range(told.scenario.time.start.year, told.scenario.time.end.year + 1):
        day = date(year, 2, 28) + timedelta(days=1)
        if day.month == 2:
            yield told.scenario.day(day)


def _rotations(told: Told, begins: float, ends: float) -> int:
    """Count the flights that carry someone, out or back."""
    flew = np.concatenate([told.boardings.ends, flown_back(told).ends])
    days = np.unique(flew)
    return int(np.sum((days >= begins) & (days < min(ends, told.horizon))))
