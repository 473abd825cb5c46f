"""Evidence: where every number of a scenario comes from, and how far it may be off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, model_validator

from sim.scenario.borrowed import is_at_or_below
from sim.scenario.cases import EVIDENCE, FIRST, Case, cases
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.explain import renamed, unknown_key
from sim.scenario.files import base_of_case, country_of, loaded, times_of
from sim.scenario.schema import Scenario
from sim.scenario.toml import is_file, read_toml

#: What is known of a number. Two stand in no file: `own`, where a scenario has another number than
#: the record is about, and `borrowed`, where it is another country's.
Status = Literal["found", "article", "derived", "recalled", "assumption", "own", "borrowed"]
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
    scenario: str = ""
    """Name of the variant whose number it is about; empty for that of the arrangement."""

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

    @property
    def of_another(self) -> Record:
        """What it is for a number that is another: the range still holds, the source does not."""
        nothing = {"source": "", "url": "", "year": "", "contested": ""}
        return self.model_copy(update={"status": "own", "confidence": "low", **nothing})

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

    record: tuple[Record, ...] = ()
    _general: Evidence | None = PrivateAttr(None)
    _asked: Scenario | None = PrivateAttr(None)
    _stated: dict[str, Mapping[str, Any]] = PrivateAttr(default_factory=dict)

    def of(self, key: str) -> Record | None:
        """Return the most specific record for a dotted key, or None.

        Of a scenario (`evidence_for`) it is about numbers as the record has them: of one that is
        another, the status is `own`, and there is no source. So it is with `borrowed` numbers, of
        which no record speaks.
        """
        parts, day = _split(key)
        record = self._most_specific(parts, day, self._asked.name if self._asked else "")
        if self._asked is None:
            return record
        if record is None:
            taken = (one for one in self._asked.borrowed if is_at_or_below(key, one))
            return next(map(_of_another_country, taken), None)
        if record.scenario not in self._stated:
            self._stated[record.scenario] = _values(_about(record, self._asked))
        there = self._stated[record.scenario]
        return record if _values(self._asked).get(key) == there.get(key) else record.of_another

    def _most_specific(self, parts: tuple[str, ...], day: date | None, name: str) -> Record | None:
        """Return the record for a key: of the scenario of a name before that of all others."""
        fitting = [record for record in self.record if record.speaks_for(parts, day)]
        if not fitting and self._general is not None:
            return self._general._most_specific(parts, day, name)
        return max(fitting, key=partial(_how_specific, name), default=None)

    def before(self, general: Evidence) -> Evidence:
        """Return these records with others that speak where none of these does."""
        layered = self.model_copy()
        layered._general = general
        return layered

    def asked_by(self, scenario: Scenario) -> Evidence:
        """Return the same records, as they speak for the numbers of a scenario."""
        asked = self.model_copy()
        asked._asked, asked._stated = scenario, {}
        return asked


def _of_another_country(key: str) -> Record:
    return Record(key=key, status="borrowed", role="fact", source="", confidence="low")


def _about(record: Record, scenario: Scenario) -> Scenario:
    """Return the scenario of a case whose numbers a record is about."""
    base = base_of_case(scenario)
    if not record.scenario or scenario.home is None:
        return base
    file = scenario.home / "variants" / f"{record.scenario}.toml"
    return loaded(file) if is_file(file) else base


@lru_cache(maxsize=64)
def _values(scenario: Scenario) -> Mapping[str, Any]:
    return dict(scenario.leaves())


def load_evidence(path: Path | None = None) -> Evidence:
    """Read a file of evidence; that of the arrangement about Gjilan by default.

    Raises
    ------
    ScenarioError
        If it is missing, not TOML, or a record is incomplete or about a key of old.
    """
    path = path or cases()[FIRST].evidence
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


def evidence_of_case(scenario: Scenario) -> Evidence:
    """Return what is known in a scenario's case: of the arrangement, and of its country behind it.

    That of a country speaks for the cases of that country alone. Where a scenario has another
    number than its case, the range is still that of what nobody knows: studies of sensitivity read
    it. `evidence_for` tells that the source is not.
    """
    if scenario.home is None or scenario.countries != base_of_case(scenario).countries:
        return Evidence()
    files = files_of_evidence(scenario)
    return _of_files(files, times_of(files))


def evidence_for(scenario: Scenario) -> Evidence:
    """Return the evidence of a scenario's case as it speaks for the scenario's own numbers."""
    return evidence_of_case(scenario).asked_by(scenario)


def files_of_evidence(scenario: Scenario) -> tuple[Path, ...]:
    """Return the files of the evidence of a scenario's case: the arrangement's, the country's."""
    if scenario.home is None:
        return ()
    case = Case(scenario.home)
    country = country_of(case.scenario)
    files = [case.evidence, *([] if country is None else [country.parent / EVIDENCE])]
    return tuple(file for file in files if file.is_file())


@lru_cache(maxsize=8)
def _of_files(files: tuple[Path, ...], _times: tuple[int, ...]) -> Evidence:
    found = Evidence()
    for file in reversed(files):
        found = load_evidence(file).before(found)
    return found


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


def _how_specific(name: str, record: Record) -> tuple[bool, bool, int, int, bool]:
    parts, named = record._parts, sum(part != "*" for part in record._parts)
    of_it, of_all = bool(name) and record.scenario == name, not record.scenario
    return of_it, of_all, len(parts), named, record.from_ is not None
