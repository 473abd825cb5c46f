"""The JSON Schema for editors accepts every shipped file and refuses plain mistakes."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sim.scenario.files import shipped
from sim.scenario.json_schema import schema

DAY = re.compile(r"\d{4}-\d{2}-\d{2}$")
KNOWN = {
    "$defs", "$ref", "additionalProperties", "anyOf", "const", "default", "description",
    "discriminator", "enum", "exclusiveMaximum", "exclusiveMinimum", "format", "items",
    "maxLength", "maximum", "minimum", "oneOf", "pattern", "patternProperties", "properties",
    "required", "title", "type",
}  # fmt: skip
TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}


def errors(value: Any, wanted: dict[str, Any], where: str = "") -> Iterator[str]:
    """Yield what does not conform: as much of JSON Schema as the document uses."""
    assert set(wanted) <= KNOWN, set(wanted) - KNOWN
    if "$ref" in wanted:
        name = wanted["$ref"].removeprefix("#/$defs/")
        yield from errors(value, schema()["$defs"][name], where)
    for word in ("anyOf", "oneOf"):
        options = wanted.get(word, ())
        if isinstance(value, dict):  # editors tell what is wrong with the option that is a table
            options = [option for option in options if "const" not in option]
        tried = [list(errors(value, option, where)) for option in options]
        if len(tried) == 1:
            yield from tried[0]
        elif tried and not any(found == [] for found in tried):
            yield f"{where}: fits none of {len(tried)}"
    if "type" in wanted:
        is_bool = isinstance(value, bool) and wanted["type"] != "boolean"
        if is_bool or not isinstance(value, TYPES[wanted["type"]]):
            yield f"{where}: not {wanted['type']}"
            return
    yield from _scalar_errors(value, wanted, where)
    if isinstance(value, dict):
        yield from _table_errors(value, wanted, where)
    if isinstance(value, list) and "items" in wanted:
        for number, item in enumerate(value):
            yield from errors(item, wanted["items"], f"{where}[{number}]")


def _scalar_errors(value: Any, wanted: dict[str, Any], where: str) -> Iterator[str]:
    if "enum" in wanted and value not in wanted["enum"]:
        yield f"{where}: not in enum"
    if "const" in wanted and value != wanted["const"]:
        yield f"{where}: not const"
    if "pattern" in wanted and not re.search(wanted["pattern"], value):
        yield f"{where}: pattern"
    if wanted.get("format") == "date" and not DAY.match(str(value)):
        yield f"{where}: not a date"
    if "minimum" in wanted and value < wanted["minimum"]:
        yield f"{where}: minimum"
    if "maximum" in wanted and value > wanted["maximum"]:
        yield f"{where}: maximum"
    if "exclusiveMinimum" in wanted and value <= wanted["exclusiveMinimum"]:
        yield f"{where}: exclusiveMinimum"


def _table_errors(value: dict[str, Any], wanted: dict[str, Any], where: str) -> Iterator[str]:
    known, others = wanted.get("properties", {}), wanted.get("additionalProperties", True)
    for key, inner in value.items():
        if any(re.search(pattern, key) for pattern in wanted.get("patternProperties", {})):
            continue  # from a day on: what is there is for the schema of the steps
        if key in known:
            yield from errors(inner, known[key], f"{where}.{key}")
        elif others is False:
            yield f"{where}.{key}: unknown"
        elif isinstance(others, dict):
            yield from errors(inner, others, f"{where}.{key}")
    for key in wanted.get("required", ()):
        if key not in value:
            yield f"{where}.{key}: required"


def _as_json(text: str) -> Any:
    def plain(value: Any) -> str:
        assert isinstance(value, date)
        return value.isoformat()

    return json.loads(json.dumps(tomllib.loads(text), default=plain))


def said_of(text: str) -> list[str]:
    return list(errors(_as_json(text), schema()))


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_every_shipped_file_conforms(path: Path) -> None:
    assert said_of(path.read_text(encoding="utf-8")) == []


def test_what_may_be_absent_is_dropped_by_false() -> None:
    assert said_of("departure_centre = false\n[costs]\ncentre_resident_per_year = false") == []
    assert said_of("[costs]\naid_million_per_year = false") == []
    assert said_of("rented_prison = false") == [".rented_prison: not object"]
    assert said_of("departure_centre = true") == [".departure_centre: fits none of 2"]


def test_one_number_may_stand_in_for_dated_steps() -> None:
    assert said_of("[home_prisons]\nplaces = 7.5\n[removal]\ncase_workers = 20") == []
    assert said_of("[removal]\ncase_workers = 2.5") == [".removal.case_workers: fits none of 2"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[rented_prison]\nplases = 3", ".rented_prison.plases: unknown"),
        ("[rented_prison]\nplaces = 'x'", ".rented_prison.places: not integer"),
        ("[rented_prison]\nplaces = true", ".rented_prison.places: not integer"),
        ("[rented_prison]\nplaces = -1", ".rented_prison.places: minimum"),
        ("[rented_prison]\nopens = 'soon'", ".rented_prison.opens: not a date"),
        ("[rented_prison]\nterm_years = 0", ".rented_prison.term_years: exclusiveMinimum"),
        ("[removal]\nwilling_share = 2", ".removal.willing_share: maximum"),
        ("[removal]\nescort_days = { kind = 'x' }", ".removal.escort_days: fits none of 10"),
        ("[home_prisons]\nplaces = [{ value = 1 }]", ".home_prisons.places: fits none of 2"),
        ("name = 'My World'", ".name: pattern"),
        ("extends = 3", ".extends: not string"),
    ],
)
def test_plain_mistakes_are_refused(text: str, error: str) -> None:
    assert said_of(text) == [error]


def test_the_schema_is_json_and_describes_its_keys() -> None:
    document = json.loads(json.dumps(schema()))
    assert document["properties"]["extends"]["type"] == "string"
    places = document["$defs"]["RentedPrison"]["properties"]["places"]
    assert places["description"] == "Rented places."


@pytest.mark.parametrize(
    ("rent", "fits"),
    [
        ("million_per_year = 30.6", True),
        ("included_places = false", True),
        ("place_per_month = [{ from = 2008-01-01, until = 2040-01-01, value = 8500 }]", True),
        ("payments.ahead = { paid_on = 2026-01-01, million = 22.95 }", True),
        ("million_per_year = -1", False),
        ("prisoner_per_month = 'much'", False),
    ],
)
def test_rent_is_a_number_or_dated_steps(rent: str, fits: bool) -> None:
    assert (said_of(f"[costs.rent]\n{rent}") == []) is fits
