"""The bricks every section of a scenario is made of: units by name, dated steps, strict sections.

A value that changes over time is a tuple of closed, dated steps: each says from which day
(included) until which day (excluded) its value holds, and together they leave no gap.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from sim.scenario.names import Title


class Section(BaseModel):
    """A part of a scenario: frozen, strict about types, and closed to unknown keys."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )

    def __dir__(self) -> list[str]:
        """Name what a scenario is made of; what pydantic adds is there, but not completed."""
        own = (vars(kind) for kind in type(self).__mro__ if issubclass(kind, Section))
        named = {name for names in own for name in names if not name.startswith(("_", "model_"))}
        return sorted({*type(self).model_fields, *named})


Share = Annotated[float, Field(ge=0, le=1)]
#: No duration is longer than some 2,700 years, nothing happens to anyone more than daily, and no
#: number of people or sum of money is larger than a milliard: what is, is a mistake.
MOST_DAYS = 1_000_000
MOST = 1_000_000_000
Days = Annotated[float, Field(ge=0, le=MOST_DAYS)]
PositiveDays = Annotated[float, Field(gt=0, le=MOST_DAYS)]
ReviewDays = Annotated[float, Field(ge=1, le=MOST_DAYS)]
PerYear = Annotated[float, Field(ge=0, le=366)]
Money = Annotated[float, Field(ge=0, le=MOST)]
Count = Annotated[int, Field(ge=0, le=MOST)]
Seed = Annotated[int, Field(ge=0, le=2**63 - 1)]
CalendarYear = Annotated[int, Field(ge=1900, le=2200)]


def _unless_false(value: Any) -> Any:
    return None if value is False else value


T = TypeVar("T")
#: A part that an arrangement may not have. A file that extends another says `false` in its place
#: to drop what it would inherit.
Absent = Annotated[T | None, BeforeValidator(_unless_false)]

#: Whether a dated step concerns only cases that begin under it, or people already inside too.
AppliesTo = Literal["new_cases", "everyone"]


class Period(Section):
    """A closed period: `from` is its first day, `until` the first day after it."""

    may_end_early: ClassVar[bool] = False
    """Whether a list of such periods may leave days uncovered: the rule is then not in force."""

    from_: date = Field(alias="from")
    """First day on which the value holds."""
    until: date
    """First day on which it no longer holds."""

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Period:
        if self.from_ >= self.until:
            raise ValueError(f"begins on {self.from_} but ends on {self.until}: from < until")
        return self


class Step(Period):
    """A value that is zero or more, for a period."""

    value: Annotated[float, Field(ge=0, le=MOST)]
    """The value during the period."""


class CountStep(Period):
    """A whole number, zero or more, for a period."""

    value: Count
    """The number during the period."""


class ShareStep(Period):
    """A share, from 0 to 1, for a period."""

    value: Share
    """The share during the period."""


class Window(Period):
    """A period in which something holds, and why."""

    may_end_early: ClassVar[bool] = True

    reason: Title
    """Why, in a few words."""


P = TypeVar("P", bound=Period)


def in_order(periods: tuple[P, ...]) -> tuple[P, ...]:
    """Check that periods follow one another in time without overlap.

    Raises
    ------
    ValueError
        If a period begins before the one listed above it has ended.
    """
    for earlier, later in pairwise(periods):
        if later.from_ < earlier.until:
            what = "overlaps" if later.until > earlier.from_ else "comes before"
            raise ValueError(
                f"the step from {later.from_} {what} the one listed before it "
                f"({earlier.from_} until {earlier.until}): list steps in order of time"
            )
    return periods


def without_gaps(periods: tuple[P, ...]) -> tuple[P, ...]:
    """Check that ordered periods leave no day between them without a value.

    Raises
    ------
    ValueError
        If there is no period at all, or a gap between two.
    """
    if not periods:
        raise ValueError("no steps: at least one is needed")
    for earlier, later in pairwise(periods):
        if later.from_ > earlier.until:
            raise ValueError(f"no value from {earlier.until} until {later.from_}: close the gap")
    return periods


Steps = Annotated[tuple[Step, ...], AfterValidator(in_order), AfterValidator(without_gaps)]
CountSteps = Annotated[
    tuple[CountStep, ...], AfterValidator(in_order), AfterValidator(without_gaps)
]
ShareSteps = Annotated[
    tuple[ShareStep, ...], AfterValidator(in_order), AfterValidator(without_gaps)
]
Windows = Annotated[tuple[Window, ...], AfterValidator(in_order)]


_UNITS = (
    ("currency", ""),
    ("million_per_year", "{currency} million a year"),
    ("prisoner_per_month", "{currency} per person-month"),
    ("place_per_month", "{currency} per place-month"),
    ("_per_day", "{currency} per person-day"),
    ("_resident_per_year", "{currency} per person-year"),
    ("million", "{currency} million"),
    ("_per_review", "probability per review"),
    ("_per_year", "per year"),
    ("_per_week", "per week"),
    ("_days", "days"),
    ("_years", "years"),
    ("_share", "share (0-1)"),
    ("_fraction", "fraction (0-1)"),
    ("_feasibility", "probability (0-1)"),
    ("_factor", "factor"),
    ("_variation", "share (0-1)"),
    ("_places", "places"),
    ("places", "places"),
    ("seats", "seats"),
    ("_workers", "workers"),
    ("_teams", "teams"),
    ("officers", "officers"),
    ("inmates", "persons"),
    ("prisoners", "persons"),
    ("population", "persons"),
    ("price_year", "calendar year"),
    ("currencies_per_eur", "{currency} per EUR"),
)


def unit_of(key: str) -> str:
    """Return the unit that the last words of a dotted key name, or `""` for none.

    A value inside steps or a distribution has the unit of the key that holds it. A price leaves
    room for the currency, which `Scenario.unit_of` puts in.
    """
    for part in reversed(key.split(".")):
        name = part.partition("[")[0]
        for ending, unit in _UNITS:
            if name.endswith(ending):
                return unit
    return ""


def as_toml_value(value: Any) -> str:
    """Write a plain value as it stands in a TOML file.

    Reading it gives an equal value: numbers have every digit that they need, and no more.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < _SHORT
        return f"{value:.0f}" if whole else repr(float(value))
    if isinstance(value, tuple | list):
        return "[" + ", ".join(as_toml_value(inner) for inner in value) + "]"
    if isinstance(value, Mapping):
        pairs = (f"{_as_toml_key(key)} = {as_toml_value(inner)}" for key, inner in value.items())
        return "{ " + ", ".join(pairs) + " }"
    if isinstance(value, int) and value.bit_length() > 1000:
        return hex(value)  # Python does not write out thousands of digits
    return f'"{_escaped(value)}"' if isinstance(value, str) else str(value)


def in_short(value: Any, letters: int = 60) -> str:
    """Write a plain value as it stands in a TOML file, cut where it is longer than some letters."""
    text = as_toml_value(value)
    return text if len(text) <= letters else text[: letters - 3] + "..."


#: Whole numbers below are written out; larger ones as 1e+16, as Python does.
_SHORT = 1e15
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _escaped(text: str) -> str:
    """Write what a TOML text in quotes cannot hold, or a reader cannot see, as TOML escapes it."""
    return "".join(
        _ESCAPES.get(one) or (one if one.isprintable() else _by_number(one)) for one in text
    )


def _by_number(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number < 1 << 16 else f"\\U{number:08x}"


def _as_toml_key(key: object) -> str:
    text = str(key)
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else f'"{_escaped(text)}"'
