"""The JSON Schema of scenario files, by which editors check and complete them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sim.scenario.base import MOST
from sim.scenario.schema import Scenario
from sim.scenario.toml import Raw

#: A key that means dated steps from a day on.
_FROM_A_DAY = r"@\d{4}-\d{2}-\d{2}$"
_DROPS = "Absent: drops what the file that this one extends says."
_REPLACES = "Takes the place of the table that it would otherwise add to."


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario file, for editors: all keys optional, `extends` added.

    A diff may leave out any key, so only types, ranges and names are checked.
    """
    document = Scenario.model_json_schema(by_alias=True)
    for part in (document, *document["$defs"].values()):
        if "kind" not in part.get("properties", {}) and "from" not in part.get("properties", {}):
            part.pop("required", None)
            part["patternProperties"] = {_FROM_A_DAY: {}}
        for field in part.get("properties", {}).values():
            _or_bare_number(field)
            _or_false(field)
            if "additionalProperties" in field:
                field["properties"] = {"extends": {"const": False, "description": _REPLACES}}
    _or_file(document["$defs"]["Empirical"])
    document["properties"]["extends"] = {
        "type": "string",
        "description": "File whose values hold wherever this one says nothing.",
    }
    return document


def _or_false(field: Raw) -> None:
    """Say that what may be absent is dropped by `false`, as `load` takes it."""
    if {"type": "null"} in field.get("anyOf", ()):
        field["anyOf"].remove({"type": "null"})
        field["anyOf"].append({"const": False, "description": _DROPS})
        del field["default"]


def _or_file(empirical: Raw) -> None:
    """Say that a column of a file can take the place of values, as `load` reads it."""
    empirical["properties"] |= {
        "file": {"type": "string", "description": "CSV file, from the folder of this file."},
        "column": {"type": "string", "description": "Column whose values these are."},
    }
    empirical["required"].remove("values")
    empirical["oneOf"] = [{"required": ["values"]}, {"required": ["file", "column"]}]


def _or_bare_number(field: Raw) -> None:
    """Allow one number in the place of dated steps, as `load` does."""
    numbers = {"#/$defs/Step": "number", "#/$defs/CountStep": "integer"}
    kind = numbers.get(field.get("items", {}).get("$ref"))
    if kind:
        steps = {"type": field.pop("type"), "items": field.pop("items")}
        field["anyOf"] = [steps, {"type": kind, "minimum": 0, "maximum": MOST}]
