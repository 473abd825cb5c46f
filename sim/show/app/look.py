"""How a visitor reads the page: in which language, and in which currency."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar, get_args

from sim.language import ENGLISH, languages, speaking, tr
from sim.show.words.amounts import Currency, told_in

P = ParamSpec("P")
T = TypeVar("T")

#: Names in addresses.
LANGUAGE, CURRENCY = "language", "currency"
#: The currencies to choose from, as an address names them.
CURRENCIES: tuple[Currency, ...] = ("eur", "own")


@dataclass(frozen=True)
class Look:
    """A language and a currency."""

    language: str = ENGLISH
    currency: Currency = "eur"

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Speak the language, and tell amounts in the currency, inside this block."""
        with speaking(self.language), told_in(self.currency):
            yield

    def query(self) -> dict[str, str]:
        """Return the look as part of the query of an address: what is not as usual."""
        usual = Look()
        said = {LANGUAGE: self.language, CURRENCY: self.currency}
        return {name: value for name, value in said.items() if getattr(usual, name) != value}

    def through(self, work: Callable[P, T]) -> Callable[P, T]:
        """Return work that is done with this look, whichever thread does it, and when."""

        @wraps(work)
        def done(*arguments: P.args, **named: P.kwargs) -> T:
            with self.taken():
                return work(*arguments, **named)

        return done


def read_look(query: Mapping[str, str]) -> tuple[Look, list[str], dict[str, str]]:
    """Read the look from the query of an address.

    Returns
    -------
    tuple
        The look; what of it could not be used, in words; and the rest of the query.
    """
    found, remarks, rest = dict[str, str](), list[str](), dict(query)
    for name, allowed in ((LANGUAGE, [*languages()]), (CURRENCY, [*get_args(Currency)])):
        text = rest.pop(name, getattr(Look(), name))
        if text in allowed:
            found[name] = text
        else:
            remarks.append(tr("{name}: is {text}; there are: {there}",
                              name=name, text=repr(text), there=", ".join(allowed)))  # fmt: skip
    return Look(**found), remarks, rest  # type: ignore[arg-type]
