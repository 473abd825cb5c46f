"""The scenario: everything that defines one simulated world, typed, frozen, hashable."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, PrivateAttr, model_validator

from sim.scenario.base import Absent, Period, Section, unit_of
from sim.scenario.costs import Costs
from sim.scenario.names import ORIGIN_NAMES, Name, ScenarioName, Title, named
from sim.scenario.removal import DepartureCentre, Detention, Host, Origin, Removal, Staying
from sim.scenario.sentencing import Arrivals, HomePrisons, Sentencing
from sim.scenario.transfer import RentedPrison, Transfer

EU_ORIGIN = "eu_eea"
DAYS_PER_YEAR = 365.25
#: Calendars beyond these years are taken for a mistake.
FIRST_YEAR, LAST_YEAR = 1900, 2200


class Time(Section):
    """The simulated period."""

    start: date
    """First day simulated; prisons and centre fill by themselves from here."""
    observe_from: date
    """First day of the period that tables and figures report by default."""
    observe_until: date
    """First day after that period; what follows shows how it went on."""
    end: date
    """First day after the simulation (the horizon)."""

    @model_validator(mode="after")
    def _ordered(self) -> Time:
        if not self.start <= self.observe_from < self.observe_until <= self.end:
            raise ValueError(
                "needs start <= observe_from < observe_until <= end, not "
                f"{self.start}, {self.observe_from}, {self.observe_until}, {self.end}"
            )
        if self.start.year < FIRST_YEAR or self.end.year > LAST_YEAR:
            raise ValueError(
                f"runs from {self.start} until {self.end}: should lie between {FIRST_YEAR} and "
                f"{LAST_YEAR}"
            )
        return self


class Countries(Section):
    """Names of the two states, as figures, tables and stories write them."""

    sending: Title
    """The state that rents places abroad."""
    sending_adjective: Title
    """What is of that state: `Danish` prisons."""
    host: Title
    """The state in which the rented prison lies."""


def _origins(origins: dict[str, Origin]) -> dict[str, Origin]:
    return named(origins, ORIGIN_NAMES)


class Scenario(Section):
    """One simulated world. Load it with `sim.load`, change it with `change`."""

    name: ScenarioName
    """Short name: files and tables use it."""
    title: Title
    """Title for people."""
    summary: Annotated[str, Field(max_length=5000)]
    """What this world is, in a sentence or two."""
    case: Name
    """The arrangement it is about, by the name of its folder. Scenarios of one case have the same
    people and are compared with each other."""
    stress_test: bool = False
    """Whether this is a stress test: a world that the treaty rules out."""
    countries: Countries
    time: Time
    arrivals: Arrivals
    sentencing: Sentencing
    home_prisons: HomePrisons
    transfer: Transfer
    rented_prison: RentedPrison
    removal: Absent[Removal] = None
    """Absent where nobody is expelled."""
    detention: Absent[Detention] = None
    """Absent where nobody is detained for removal."""
    departure_centre: Absent[DepartureCentre] = None
    """Absent where all wait at liberty for their papers or an escort."""
    host: Absent[Host] = None
    """The host state's own prisons; absent where nothing is known of them."""
    staying: Absent[Staying] = None
    """Stress tests: people who stay in the host state; absent where nobody can."""
    costs: Costs
    origins: Annotated[dict[str, Origin], AfterValidator(_origins)]
    """Groups of countries of origin by name; `eu_eea` is the group of EU and EEA citizens."""
    _home: Path | None = PrivateAttr(None)
    _borrowed: Mapping[str, str] = PrivateAttr(default_factory=dict)

    @property
    def home(self) -> Path | None:
        """Folder of its case: evidence, published figures. None for a case that has none."""
        return self._home

    @property
    def borrowed(self) -> Mapping[str, str]:
        """Keys whose values, or those below, stand in a file about another country, and which."""
        return self._borrowed

    @model_validator(mode="after")
    def _periods_fit_the_horizon(self) -> Scenario:
        from sim.scenario.consistency import problems_in

        if problems := list(problems_in(self)):
            raise ValueError("\n".join(problems))
        return self

    def change(self, changes: Mapping[str, Any], /, on: date | str | None = None) -> Scenario:
        """Return a copy with some keys changed, checked like a file.

        Parameters
        ----------
        changes
            New values by dotted key, as `--set` on the command line takes them:
            `{"rented_prison.places": 200, "removal.willing_share": 0.5}`. As in a file:

            - A table adds to the one there; with `"extends": False` in it, it takes its place.
            - A distribution that says its `kind` takes the place of the one there.
            - A number in the place of dated steps holds for the whole simulation. If the steps
              differ, a note on the log `sim` says what it takes the place of.
            - `home_prisons.places[2025-01-01]` is the step that begins on that day.
        on
            First day on which the new values hold, until the end: a date, or text such as
            `"2030-01-01"`. Every key must have dated steps; the step in force on that day is cut
            in two. `{"sentencing.parole.half_share": 0.5}`, or a table of such values, changes a
            part of what the steps say.

        Raises
        ------
        ScenarioError
            Listing every unknown key and unusable value.
        """
        from sim.scenario.files import changed, note_replaced

        found = changed(self, changes, on)
        if on is None:
            note_replaced(self, changes)
        return found

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name == "with_":
                raise AttributeError(
                    "a scenario has no with_: it is changed by dotted keys, as in "
                    'scenario.change({"rented_prison.places": 200}), from a day on with '
                    'on="2030-01-01"'
                )
            return super().__getattr__(name)

    def as_toml(self) -> str:
        """Return a scenario file that stands alone: every value, nothing inherited."""
        from sim.scenario.files import as_toml

        return as_toml(self)

    @cached_property
    def hash(self) -> str:
        """Content hash: equal for scenarios that simulate the same world."""
        content = self.model_dump(mode="json", by_alias=True)
        for words in ("name", "title", "summary", "case", "countries"):
            del content[words]
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def __hash__(self) -> int:
        return int(self.hash, 16)

    def day(self, day: date) -> float:
        """Return a calendar date as days since the scenario's start."""
        return float((day - self.time.start).days)

    def date(self, day: float) -> date:
        """Return the calendar date of a number of days since the start."""
        return self.time.start + timedelta(days=int(day))

    @property
    def horizon(self) -> float:
        """Length of the simulation in days."""
        return self.day(self.time.end)

    @cached_property
    def names(self) -> dict[str, str]:
        """What the scenario calls states and places, by the names that texts use for them."""
        countries = self.countries
        return {
            "sending": countries.sending,
            "adjective": countries.sending_adjective,
            "host": countries.host,
            "hosts": countries.host + ("'" if countries.host.endswith("s") else "'s"),
            "rented": self.rented_prison.key,
            "rented_title": self.rented_prison.title,
            "currency": self.costs.currency,
            **self._of_places(),
        }

    def _of_places(self) -> dict[str, str]:
        """Names of places after the sentence; those of absent ones say what they would be."""
        detention, centre, staying = self.detention, self.departure_centre, self.staying
        return {
            "detention": detention.key if detention else "detention",
            "detention_title": detention.title if detention else "detention",
            "centre": centre.key if centre else "departure_centre",
            "centre_title": centre.title if centre else "departure centre",
            "host_detention": staying.detention_key if staying else "host_detention",
            "host_detention_title": staying.detention_title if staying else "detention abroad",
        }

    @property
    def stays_abroad(self) -> bool:
        """Whether anyone may stay in the host state, which stress tests alone allow."""
        return self.staying is not None and self.staying.stays_share > 0

    def told(self, text: str) -> str:
        """Put the names of states and places into a text that leaves room for them: `{host}`."""
        return text.format_map(self.names)

    def unit_of(self, key: str) -> str:
        """Return the unit of a dotted key, with its own currency; `""` for none."""
        return unit_of(key).replace("{currency}", self.costs.currency_of(key))

    def leaves(self) -> Iterator[tuple[str, Any]]:
        """Yield every resolved value with its dotted key; steps come as `key[from]`."""
        yield from leaves_of(self, "")

    def __repr__(self) -> str:
        return f"<Scenario {self.name}: {self.title} ({self.hash})>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        from sim.scenario.shown import as_html

        return as_html(self)


def leaves_of(value: Any, key: str) -> Iterator[tuple[str, Any]]:
    """Yield the plain values inside a model, dict or tuple with their dotted keys."""
    if isinstance(value, Period):
        implied = ("from_",) if value.may_end_early else ("from_", "until")
        for field in type(value).model_fields:
            if field not in implied:
                yield from leaves_of(getattr(value, field), f"{key}.{field}")
    elif isinstance(value, BaseModel):
        for field in type(value).model_fields:
            yield from leaves_of(getattr(value, field), f"{key}.{field}" if key else field)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves_of(inner, f"{key}.{name}" if key else name)
    elif isinstance(value, tuple) and value and isinstance(value[0], Period):
        for step in value:
            yield from leaves_of(step, f"{key}[{step.from_}]")
    elif value is not None:
        yield key, value


def dated(value: Any, key: str = "") -> Iterator[tuple[str, tuple[Period, ...]]]:
    """Yield every tuple of dated steps in a model with its dotted key."""
    if isinstance(value, tuple) and value and isinstance(value[0], Period):
        yield key, value
    elif isinstance(value, BaseModel):
        for field in type(value).model_fields:
            yield from dated(getattr(value, field), f"{key}.{field}" if key else field)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from dated(inner, f"{key}.{name}")
