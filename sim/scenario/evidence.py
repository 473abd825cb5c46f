"""Evidence: where every number of a scenario comes from, and how far it may be off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, model_validator

from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.explain import renamed, unknown_key
from sim.scenario.files import configs_dir
from sim.scenario.schema import Scenario
from sim.scenario.toml import read_toml

Status = Literal["found", "article", "derived", "recalled", "assumption"]
Role = Literal["lever", "uncertainty", "fact"]


class Record(BaseModel):
    """What is known about one number, or about everything below a key.

    A record for `a.b` speaks for `a.b.c` too, unless that has a record of its own; `*` stands
    for any name. With `from` and `until` it speaks for the dated steps that begin in between.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True
    )

    key: str
    """Dotted key in the scenario."""
    status: Status
    """found, article, derived (from found numbers), recalled or assumption."""
    role: Role
    """lever (policy chooses it), uncertainty (nobody knows it) or fact."""
    source: str
    """Where it was read, or why it was assumed."""
    url: str = ""
    """Address of the source."""
    year: str = ""
    """Year the number speaks of."""
    confidence: Literal["high", "medium", "low"]
    """How far to trust it."""
    low: float | date | None = None
    """Plausible low value."""
    high: float | date | None = None
    """Plausible high value."""
    range_of: Literal["value", "factor"] = "value"
    """Whether `low` and `high` are values, or factors by which the stated value is multiplied."""
    contested: str = ""
    """Who says otherwise, and what."""
    from_: date | None = Field(default=None, alias="from")
    """First day of the steps the record speaks for."""
    until: date | None = None
    """First day after them."""

    @model_validator(mode="after")
    def _complete(self) -> Record:
        if (self.low is None) != (self.high is None):
            raise ValueError("give both low and high, or neither")
        if isinstance(self.low, date) != isinstance(self.high, date):
            raise ValueError("low and high: give two numbers, or two dates")
        if self.from_ is None and self.until is not None:
            raise ValueError("until says nothing without from")
        if self.low is not None and not self.low <= self.high:  # type: ignore[operator]
            raise ValueError(f"low {self.low} is above high {self.high}")
        if self.role != "fact" and self.low is None and self.status != "found":
            raise ValueError(
                f"status {self.status} with role {self.role} needs a range (low, high)"
            )
        return self

    @cached_property
    def _parts(self) -> tuple[str, ...]:
        return tuple(self.key.split("."))

    def speaks_for(self, parts: tuple[str, ...], day: date | None) -> bool:
        """Tell whether the record covers a key, given in parts, and the day its step begins."""
        own = self._parts
        fits = len(own) <= len(parts) and all(
            mine in ("*", theirs) for mine, theirs in zip(own, parts, strict=False)
        )
        if not fits or self.from_ is None:
            return fits
        return day is not None and self.from_ <= day < (self.until or date.max)


class Evidence(BaseModel):
    """All records."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    record: tuple[Record, ...]
    _general: Evidence | None = PrivateAttr(None)

    def of(self, key: str) -> Record | None:
        """Return the most specific record for a dotted key, or None."""
        parts, day = _split(key)
        fitting = [record for record in self.record if record.speaks_for(parts, day)]
        if not fitting and self._general is not None:
            return self._general.of(key)
        return max(fitting, key=_how_specific, default=None)

    def before(self, general: Evidence) -> Evidence:
        """Return these records with others that speak where none of these does."""
        layered = self.model_copy()
        layered._general = general
        return layered


@lru_cache(maxsize=4)
def load_evidence(path: Path | None = None) -> Evidence:
    """Read the evidence file (the shipped one by default).

    Raises
    ------
    ScenarioError
        If it is missing, not TOML, or a record is incomplete or about a key of old.
    """
    path = path or configs_dir() / "evidence.toml"
    raw = read_toml(path)
    try:
        evidence = Evidence.model_validate(raw)
    except ValidationError as error:
        problems = [_problem(path, raw, item) for item in error.errors()]
        raise ScenarioError(problems) from None
    old = [record.key for record in evidence.record if renamed(record.key)]
    if old:
        raise ScenarioError([Problem(str(path), f"record {key}", unknown_key(key)) for key in old])
    return evidence


def evidence_for(scenario: Scenario) -> Evidence:
    """Return the evidence of a scenario: that of its case, and the general one behind it.

    The case of the baseline is what the general evidence is about.
    """
    own = configs_dir() / f"evidence_{scenario.case}.toml"
    return _of_case(own) if own.is_file() else load_evidence()


@lru_cache(maxsize=4)
def _of_case(path: Path) -> Evidence:
    return load_evidence(path).before(load_evidence())


def _problem(path: Path, raw: dict[str, Any], item: Any) -> Problem:
    """Say what is wrong with a record, naming it by its own key."""
    where = item["loc"]
    if len(where) > 1 and isinstance(where[1], int):
        record = raw["record"][where[1]]
        named = record.get("key") if isinstance(record, dict) else None
        where = (f"record {where[1] + 1} ({named or 'without key'})", *where[2:])
    message = str(item["msg"]).removeprefix("Value error, ")
    return Problem(str(path), ".".join(map(str, where)), message)


def numbers(scenario: Scenario) -> Iterator[tuple[str, Any]]:
    """Yield every number and date of a scenario that needs a record, with its key."""
    for key, value in scenario.leaves():
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if (is_number or isinstance(value, date)) and not key.startswith("time."):
            yield key, value


def without_record(scenario: Scenario, evidence: Evidence) -> list[str]:
    """Return the keys of all numbers for which no record speaks."""
    return [key for key, _ in numbers(scenario) if evidence.of(key) is None]


def _split(key: str) -> tuple[tuple[str, ...], date | None]:
    day = None
    parts = []
    for part in key.split("."):
        name, bracket, rest = part.partition("[")
        parts.append(name)
        if bracket:
            day = date.fromisoformat(rest.rstrip("]"))
    return tuple(parts), day


def _how_specific(record: Record) -> tuple[int, int, bool]:
    parts = record._parts
    return len(parts), sum(part != "*" for part in parts), record.from_ is not None
