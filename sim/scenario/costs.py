"""The section on prices: each says its currency and the year whose prices it is in."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from sim.scenario.base import Absent, CalendarYear, Money, Section, Share

#: What a price may have grown by, as a share.
Growth = Annotated[float, Field(ge=-0.5, le=2)]
#: A discount rate a year, as a share.
Rate = Annotated[float, Field(ge=0, le=0.2)]


class Price(Section):
    """A price in the currency of the sending state."""

    amount: Money
    """The price, in the unit that its key names."""
    price_year: CalendarYear
    """Year whose prices it is in."""


class Costs(Section):
    """Prices; one that is absent is no part of the costs.

    What the agreement promises is in EUR and nominal. All else is in the currency of the sending
    state, and raised to the prices of `price_year`.
    """

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    """Currency of the sending state, by its three letters (ISO 4217)."""
    currency_per_eur: Annotated[float, Field(ge=0.001, le=1_000_000)]
    """Exchange rate, used for all amounts."""
    price_year: CalendarYear
    """Year whose prices all prices are raised to."""
    price_growth_share: dict[str, Growth] = Field(default_factory=dict)
    """Growth of prices up to `price_year`, as a share, by the year that it begins in."""
    discount_rate_share: Rate = 0.0
    """Discount rate a year, as a share: present values are told where it is above zero."""
    discount_to_year: Absent[CalendarYear] = None
    """Year whose value present values are told in; `price_year` if absent."""
    rent_eur_million_per_year: Absent[Money] = None
    """Rent, while the agreement runs."""
    set_up_eur_million: Absent[Money] = None
    """Set-up payment, once, at the opening."""
    aid_eur_million_per_year: Absent[Money] = None
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
    host_prisoner_eur_per_day: Absent[Money] = None
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

    def growth(self, price: Price) -> float | None:
        """Return the growth from the year of a price to `price_year`; None if it is not known."""
        same = 0.0 if price.price_year == self.price_year else None
        return self.price_growth_share.get(str(price.price_year), same)

    def paid(self, quantity: float, price: Price) -> float:
        """Return what a quantity costs in prices of `price_year`, in the price's own unit."""
        return quantity * price.amount * (1 + (self.growth(price) or 0.0))

    def present(self, year: int) -> float:
        """Return what an amount spent in a year is worth in `discount_to_year`, as a multiple."""
        to = self.discount_to_year or self.price_year
        return float((1 + self.discount_rate_share) ** (to - year))
