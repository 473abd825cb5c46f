"""The scenario: everything that defines one simulated world, typed, frozen, hashable."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field, model_validator

from sim.scenario.base import Absent, Period, Section, Text
from sim.scenario.costs import Costs
from sim.scenario.names import LONGEST, PATTERN, name_problems
from sim.scenario.removal import DepartureCentre, Detention, Kosovo, Origin, Removal, Staying
from sim.scenario.sentencing import Arrivals, DanishPrisons, Sentencing
from sim.scenario.transfer import RentedPrison, Transfer

EU_ORIGIN = "eu_eea"
DAYS_PER_YEAR = 365.25


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
        return self


class Countries(Section):
    """Names of the two states, as figures, tables and stories write them."""

    sending: Text
    """The state that rents places abroad."""
    sending_adjective: Text
    """What is of that state: `Danish` prisons."""
    host: Text
    """The state in which the rented prison lies."""


class Scenario(Section):
    """One simulated world. Load it with `sim.load`, change it with `change`."""

    name: Annotated[str, Field(pattern=PATTERN, max_length=LONGEST)]
    """Short name: files and tables use it."""
    title: Text
    """Title for people."""
    summary: Text
    """What this world is, in a sentence or two."""
    case: Annotated[str, Field(pattern=PATTERN, max_length=LONGEST)] = "gjilan"
    """The arrangement it is about. Scenarios of one case have the same people and are compared with
    each other; a case other than the baseline's has evidence of its own."""
    stress_test: bool = False
    """Whether this is a stress test: a world that the treaty rules out."""
    countries: Countries
    time: Time
    arrivals: Arrivals
    sentencing: Sentencing
    danish_prisons: DanishPrisons
    transfer: Transfer
    rented_prison: RentedPrison
    removal: Absent[Removal] = None
    """Absent where nobody is expelled."""
    detention: Absent[Detention] = None
    """Absent where nobody is detained for removal."""
    departure_centre: Absent[DepartureCentre] = None
    """Absent where all wait at liberty for their papers or an escort."""
    kosovo: Absent[Kosovo] = None
    """The host state's own prisons; absent where nothing is known of them."""
    staying: Absent[Staying] = None
    """Stress tests: people who stay in the host state; absent where nobody can."""
    costs: Costs
    origins: dict[str, Origin]
    """Groups of countries of origin by name; `eu_eea` is the group of EU and EEA citizens."""

    @model_validator(mode="after")
    def _periods_fit_the_horizon(self) -> Scenario:
        problems = [*_step_problems(self), *_other_problems(self)]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def change(self, changes: Mapping[str, Any], *, on: date | str | None = None) -> Scenario:
        """Return a copy with some keys changed, checked like a file.

        Parameters
        ----------
        changes
            New values by dotted key, in the grammar of files and `--set`:
            `{"rented_prison.places": 200}`. `key[2030-01-01].value` names the dated step that
            begins on that day; `key@2030-01-01` adds one from that day on. A table is merged into
            the old one, so that `{}` changes nothing; with `"extends": False` in it, it takes the
            place of the old. A number in the place of several dated steps holds from the first day
            to the last, and a warning (`StepsReplaced`) says what it takes the place of.
        on
            Change dated steps from this day on only, as with `@` behind each key. What would come
            later is replaced.

        Raises
        ------
        ScenarioError
            Listing every unknown key and unusable value.

        Examples
        --------
        >>> import sim
        >>> scenario = sim.load("baseline").change({"danish_prisons.places": 4500}, on="2030-01-01")
        >>> [step.value for step in scenario.danish_prisons.places][-2:]
        [4222.0, 4500.0]
        """
        from sim.scenario.files import changed

        day = "" if on is None else f"@{on}"
        return changed(self, {f"{key}{day}": value for key, value in changes.items()})

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name == "with_":
                raise AttributeError(
                    'with_ is change now: scenario.change({"section.name": value})'
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
            "host_detention": staying.detention_key if staying else "kosovo_detention",
            "host_detention_title": staying.detention_title if staying else "detention abroad",
        }

    @property
    def stays_abroad(self) -> bool:
        """Whether anyone may stay in the host state, which stress tests alone allow."""
        return self.staying is not None and self.staying.stays_share > 0

    def told(self, text: str) -> str:
        """Put the names of states and places into a text that leaves room for them: `{host}`."""
        return text.format_map(self.names)

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


def _step_problems(scenario: Scenario) -> Iterator[str]:
    start, end = scenario.time.start, scenario.time.end
    short: dict[tuple[date, date], list[str]] = {}
    for key, steps in dated(scenario):
        for step in steps:
            if step.until <= start or step.from_ >= end:
                yield (
                    f"{key}: the step from {step.from_} until {step.until} lies outside the "
                    f"simulated period ({start} until {end})"
                )
        covered = (steps[0].from_, steps[-1].until)
        if not steps[0].may_end_early and (covered[0] > start or covered[1] < end):
            short.setdefault(covered, []).append(key)
    for (first, last), keys in short.items():
        runs = f"{first} until {last}, but the simulation runs from {start} until {end}"
        if len(keys) == 1:
            yield f"{keys[0]}: covers {runs}"
        else:
            yield f"time: the steps of {len(keys)} keys cover {runs}: {', '.join(keys)}"


def _other_problems(scenario: Scenario) -> Iterator[str]:
    time, rented = scenario.time, scenario.rented_prison
    if rented.in_use and not time.start <= rented.opens < time.end:
        yield (
            f"rented_prison.opens: {rented.opens} lies outside the simulated period "
            f"({time.start} until {time.end})"
        )
    if EU_ORIGIN not in scenario.origins:
        yield f"origins: the group {EU_ORIGIN!r} is missing"
    third = [o.inflow_share for name, o in scenario.origins.items() if name != EU_ORIGIN]
    if sum(third) <= 0:
        yield "origins: no third-country group has an inflow_share above zero"
    elif abs(sum(third) - 1) > 1e-6:
        yield f"origins: the inflow_share of third-country groups sums to {sum(third):.6g}, not 1"
    yield from name_problems(scenario)
    if scenario.removal is None and scenario.arrivals.expels:
        yield "removal: is absent, but people are expelled; add [removal], or expel nobody"
    if scenario.stays_abroad and not scenario.stress_test:
        yield (
            "staying.stays_share: above zero in a scenario that is not marked stress_test = true; "
            "the treaty rules it out"
        )
