"""What is paid for the places: by the year, by the month, and on stated days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from sim.scenario.base import Absent, Count, CountSteps, Money, Section, Steps
from sim.scenario.names import named

#: A currency by its three letters (ISO 4217).
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


def _form(value: Any) -> str:
    return "<steps>" if isinstance(value, list | tuple) else "<number>"


#: A sum of money that stays the same, or changes by date.
DatedMoney = Annotated[
    Annotated[Money, Tag("<number>")] | Annotated[Steps, Tag("<steps>")], Discriminator(_form)
]
#: A number of places that stays the same, or changes by date.
DatedCount = Annotated[
    Annotated[Count, Tag("<number>")] | Annotated[CountSteps, Tag("<steps>")], Discriminator(_form)
]


class Sum(Section):
    """A nominal sum in a currency."""

    amount: Money
    """The sum, in the unit that its key names."""
    currency: Currency
    """Its currency."""


class Payment(Section):
    """A sum paid once."""

    paid_on: date
    """Day on which it is paid."""
    million: Money
    """The sum, in the currency of the rent."""


def _payments(payments: dict[str, Payment]) -> dict[str, Payment]:
    return named(payments, set())


class Rent(Section):
    """Rent, nominal: a fixed sum, what is paid by the month, and single payments.

    Parts that are absent are not paid. Each is a number, or dated steps.
    """

    currency: Currency
    """Currency of all its sums."""
    million_per_year: Absent[DatedMoney] = None
    """Fixed sum while the agreement runs, due even if nobody is there."""
    included_places: Absent[DatedCount] = None
    """Places for which nothing is paid by the month, as the fixed sum pays for them."""
    prisoner_per_month: Absent[DatedMoney] = None
    """Paid for each prisoner-month inside, above the places included."""
    place_per_month: Absent[DatedMoney] = None
    """Paid for each month of each place rented, used or not, above the places included."""
    payments: Annotated[dict[str, Payment], AfterValidator(_payments)] = Field(default_factory=dict)
    """What is paid once, on a stated day and on top of the rest, by a name of its own."""

    @property
    def follows_people(self) -> bool:
        """Whether a part of it is paid by the number of people inside."""
        return self.prisoner_per_month is not None

    @property
    def is_flat(self) -> bool:
        """Whether it is the same however many places are rented or used."""
        return self.prisoner_per_month is None and self.place_per_month is None

    @model_validator(mode="after")
    def _agrees(self) -> Rent:
        if problems := list(self._problems()):
            raise ValueError("\n".join(problems))
        return self

    def _problems(self) -> Iterator[str]:
        if self.prisoner_per_month is not None and self.place_per_month is not None:
            yield (
                "says prisoner_per_month and place_per_month: a month is paid by the people "
                "inside or by the places rented; say one, and the other = false"
            )
        if self.included_places is not None and self.is_flat:
            yield (
                "included_places: nothing is paid above them: say prisoner_per_month or "
                "place_per_month, or included_places = false"
            )
        if self.included_places is not None and self.million_per_year is None:
            yield "included_places: there is no fixed sum that includes them: say million_per_year"
        if self.is_flat and self.million_per_year is None and not self.payments:
            yield (
                "says no sum: give million_per_year, prisoner_per_month, place_per_month or "
                "payments, or rent = false"
            )
