"""The section on prices: in which currency each is, and in the prices of which year."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, model_validator

from sim.scenario.base import Absent, CalendarYear, Money, Section, Share
from sim.scenario.rent import Currency, Rent, Sum

#: What a price may have grown by, as a share.
Growth = Annotated[float, Field(ge=-0.5, le=2)]
#: A discount rate a year, as a share.
Rate = Annotated[float, Field(ge=0, le=0.2)]


#: Units of a currency per EUR.
PerEur = Annotated[float, Field(ge=0.001, le=1_000_000)]


class Price(Section):
    """A price, and the year that it is from."""

    amount: Money
    """The price, in the unit that its key names."""
    price_year: CalendarYear
    """Year whose prices it is in."""
    currency: Absent[Currency] = None
    """Its currency; that of the sending state if absent."""


class Costs(Section):
    """Prices; one that is absent is no part of the costs.

    Each says its currency, or is in that of the sending state. What the agreement promises is
    nominal; all else is raised to the prices of `price_year`.
    """

    currency: Currency
    """Currency of the sending state, by its three letters (ISO 4217)."""
    currencies_per_eur: dict[str, PerEur] = Field(default_factory=dict)
    """Exchange rates, used for all amounts: how much of each currency, by its three letters, is one
    EUR. The euro needs none."""
    price_year: CalendarYear
    """Year whose prices all prices are raised to."""
    price_growth_share: dict[str, Growth] = Field(default_factory=dict)
    """Growth of prices up to `price_year`, as a share, by the year that it begins in."""
    discount_rate_share: Rate = 0.0
    """Discount rate a year, as a share: present values are told where it is above zero."""
    discount_to_year: Absent[CalendarYear] = None
    """Year whose value present values are told in; `price_year` if absent."""
    rent: Absent[Rent] = None
    """Rent of the places."""
    set_up_million: Absent[Sum] = None
    """Set-up payment, once, at the opening."""
    aid_million_per_year: Absent[Sum] = None
    """Climate and development aid, while the agreement runs."""
    rotation_million: Absent[Price] = None
    """One charter rotation, there and back."""
    visits_million_per_year: Absent[Price] = None
    """Visits, while the agreement runs."""
    prison_per_day: Absent[Price] = None
    """One prisoner-day in a prison of the sending state."""
    remand_per_day: Absent[Price] = None
    """One prisoner-day in a remand house of the sending state."""
    detention_per_day: Absent[Price] = None
    """One person-day in the detention centre of the sending state."""
    home_saved_share: Share = 1.0
    """Share of the day price saved while a place at home, in prison or detention, is freed by
    someone who is abroad: from 0 (staff and buildings stay) to 1 (the whole average price)."""
    centre_resident_per_year: Absent[Price] = None
    """One resident-year in the departure centre."""
    host_prisoner_per_day: Absent[Sum] = None
    """What a prisoner-day costs in the host state's own prisons."""

    @model_validator(mode="after")
    def _growth_is_known(self) -> Costs:
        problems = [
            f"price_growth_share: {year!r} is no year: write it as 2015"
            for year in self.price_growth_share
            if not (year.isdigit() and len(year) == 4)
        ]
        for name, price in self:
            if isinstance(price, Price) and self.growth(price) is None:
                problems.append(
                    f"{name}.price_year: is {price.price_year}, but prices are told in those of "
                    f"{self.price_year}: say by how much they grew, as price_growth_share."
                    f"{price.price_year} = 0.1"
                )
        if problems:
            raise ValueError("\n".join(problems))
        return self

    @model_validator(mode="after")
    def _currencies_have_rates(self) -> Costs:
        rates = self.currencies_per_eur
        problems = [
            f"currencies_per_eur: {code!r} is no currency: write three capital letters, as NOK"
            for code in rates
            if not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper())
        ]
        if rates.get("EUR", 1.0) != 1:
            problems.append("currencies_per_eur.EUR: one EUR is one EUR: leave it out")
        problems += [
            f"{name}: is {code}, of which no rate is known: add currencies_per_eur.{code}, how "
            "much of it one EUR is"
            for name, code in self._currencies()
            if code != "EUR" and code not in rates
        ]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _currencies(self) -> Iterator[tuple[str, str]]:
        """Yield every currency that is named, with the key that names it."""
        yield "currency", self.currency
        for name, price in self:
            if isinstance(price, Price | Sum | Rent) and price.currency is not None:
                yield f"{name}.currency", price.currency

    @property
    def currency_per_eur(self) -> float:
        """How much of the currency of the sending state is one EUR."""
        return self.per_eur(self.currency)

    def per_eur(self, currency: str) -> float:
        """Return how much of a currency is one EUR."""
        return 1.0 if currency == "EUR" else self.currencies_per_eur[currency]

    def exchanged(self, amount: float, currency: str | None) -> float:
        """Return an amount in the currency of the sending state; None is that currency."""
        if currency is None or currency == self.currency:
            return amount
        return amount * self.currency_per_eur / self.per_eur(currency)

    def currency_of(self, key: str) -> str:
        """Return the currency in which a dotted key of a scenario counts, if it counts in one."""
        _, name, below, *_ = [*key.split("."), "", ""]
        if name == "currencies_per_eur":
            return below
        price = getattr(self, name, None)
        own = price.currency if isinstance(price, Price | Sum | Rent) else None
        return own or self.currency

    def growth(self, price: Price) -> float | None:
        """Return the growth from the year of a price to `price_year`; None if it is not known."""
        same = 0.0 if price.price_year == self.price_year else None
        return self.price_growth_share.get(str(price.price_year), same)

    def paid(self, quantity: float, price: Price) -> float:
        """Return what a quantity costs in prices of `price_year`, in the sending state's currency.

        The unit is that of the price: of one in millions, millions.
        """
        grown = quantity * price.amount * (1 + (self.growth(price) or 0.0))
        return self.exchanged(grown, price.currency)

    def promised(self, quantity: float, sum_: Sum) -> float:
        """Return what a quantity costs at a nominal sum, in the sending state's currency."""
        return self.exchanged(quantity * sum_.amount, sum_.currency)

    def present(self, year: int) -> float:
        """Return what an amount spent in a year is worth in `discount_to_year`, as a multiple."""
        to = self.discount_to_year or self.price_year
        return float((1 + self.discount_rate_share) ** (to - year))
