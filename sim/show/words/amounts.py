"""Amounts of money as people read them, in the currency that the reader chose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Literal, get_args

from sim.language import mark, tr
from sim.numbers import grouped, signed
from sim.results.choice import chosen

if TYPE_CHECKING:
    from sim.scenario.costs import Costs

#: EUR, the currency of the sending state, or the second behind the first.
Currency = Literal["eur", "own", "both"]
#: A variable of the context: two visitors of the page, each in a thread, never mix.
_current: ContextVar[Currency] = ContextVar("currency", default="eur")


def currency() -> Currency:
    """Return the currency in which amounts are told now."""
    return _current.get()


@contextmanager
def told_in(wanted: Currency) -> Iterator[None]:
    """Tell amounts in a currency inside this block.

    Parameters
    ----------
    wanted
        `eur`, `own` (the currency of the sending state), or `both`.

    Raises
    ------
    ValueError
        If it is none of these.
    """
    chosen("currency", wanted, get_args(Currency))
    before = _current.set(wanted)
    try:
        yield
    finally:
        _current.reset(before)


def amount(eur: float, costs: Costs, *, decimals: int = 0, sign: bool = False) -> str:
    """Write an amount: `EUR 3,898`, `DKK 29,081`, or `EUR 3,898 (DKK 29,081)`.

    Parameters
    ----------
    eur
        The amount, EUR.
    costs
        Prices of a scenario: they say what the other currency is, and its rate.
    decimals
        How many are written.
    sign
        Write a plus before what is above zero, too.
    """
    return _written(mark("{currency} {number}"), eur, costs, decimals, sign)


def million(eur_million: float, costs: Costs, *, decimals: int = 0, sign: bool = False) -> str:
    """Write millions, given in EUR, in the same way: `EUR 49 million`."""
    return _written(mark("{currency} {number} million"), eur_million, costs, decimals, sign)


def unit(costs: Costs) -> tuple[str, float]:
    """Return the currency in which an axis or a table counts, and what an amount in EUR is in it.

    Of both currencies it is EUR: an axis has one.
    """
    if currency() == "own":
        return costs.currency, costs.currency_per_eur
    return "EUR", 1.0


def _written(message: str, eur: float, costs: Costs, decimals: int, sign: bool) -> str:
    def told(currency: str, rate: float) -> str:
        number = grouped(abs(eur * rate), decimals)
        if sign or eur < 0:
            number = signed(eur, number)
        return tr(message, currency=currency, number=number)

    first = told("EUR", 1.0)
    if currency() == "eur" or costs.currency == "EUR":
        return first
    second = told(costs.currency, costs.currency_per_eur)
    return second if currency() == "own" else f"{first} ({second})"
