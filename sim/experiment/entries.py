"""What an experiment varies, as its file says it: keys, own ranges, or one of a few values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag, model_validator

from sim.experiment.factors import Choice, Factor, factors_of
from sim.scenario.base import Section, as_toml_value
from sim.scenario.schema import Scenario


def _end_form(value: Any) -> str:
    return "<date>" if isinstance(value, date) else "<number>"


def _entry_form(value: Any) -> str:
    if isinstance(value, str):
        return "<key>"
    among = isinstance(value, Among) or (isinstance(value, Mapping) and "among" in value)
    return "<among>" if among else "<range>"


def _factors_form(value: Any) -> str:
    return "<choice>" if isinstance(value, str) else "<list>"


# Told apart by sight, so that a mistake is told once, and not as one against every alternative.
End = Annotated[
    Annotated[float, Tag("<number>")] | Annotated[date, Tag("<date>")], Discriminator(_end_form)
]


class OwnRange(Section):
    """A factor with a range of its own instead of that of the evidence."""

    key: str
    """Dotted key."""
    low: End
    """Low end."""
    high: End
    """High end."""
    range_of: Literal["value", "factor"] = "value"
    """Whether the ends are values, or multiples of the values stated."""

    @model_validator(mode="after")
    def _ordered(self) -> OwnRange:
        if isinstance(self.low, date) != isinstance(self.high, date):
            raise ValueError("low and high: give two numbers, or two dates")
        if not self.low < self.high:  # type: ignore[operator]
            raise ValueError(f"low {self.low} must be below high {self.high}")
        return self


class Among(Section):
    """A factor that takes one of a few values: words, switches, numbers or dates."""

    key: str
    """Dotted key."""
    among: tuple[Any, ...]
    """The values, each as likely as the others."""

    @model_validator(mode="after")
    def _several(self) -> Among:
        odd = [one for one in self.among if not isinstance(one, bool | int | float | str | date)]
        if odd:
            raise ValueError(f"among: {as_toml_value(odd[0])} is no word, switch, number or date")
        if len(set(self.among)) < max(2, len(self.among)):
            raise ValueError("among: give at least two values, each of them once")
        return self


Entry = Annotated[
    Annotated[str, Tag("<key>")]
    | Annotated[OwnRange, Tag("<range>")]
    | Annotated[Among, Tag("<among>")],
    Discriminator(_entry_form),
]
Factors = Annotated[
    Annotated[Choice, Tag("<choice>")] | Annotated[tuple[Entry, ...], Tag("<list>")],
    Discriminator(_factors_form),
]


def made_out(
    factors: Choice | Sequence[str | OwnRange | Among], scenario: Scenario
) -> list[Factor]:
    """Return the factors that the entries of a file mean in a scenario; see `factors_of`."""
    if isinstance(factors, str):
        return factors_of(factors, scenario)
    plain = [entry if isinstance(entry, str) else entry.model_dump() for entry in factors]
    return factors_of(plain, scenario)
