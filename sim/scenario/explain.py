"""Turns validation errors into problems a newcomer can act on."""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from sim.numbers import plain
from sim.scenario.base import in_short
from sim.scenario.distributions import KINDS
from sim.scenario.errors import Problem
from sim.scenario.renamed import new_key, new_name
from sim.scenario.schema import Scenario

_EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "string_type": "text in quotes",
    "tuple_type": "a list",
    "date_type": "a date such as 2027-04-01, without quotes and without a time",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}
_LIMITS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
}


@dataclass(frozen=True)
class Form:
    """What a file should be: its model, and the sections that say their `kind`."""

    model: type[BaseModel]
    kinds: Mapping[str, type[BaseModel]]

    def __hash__(self) -> int:
        return hash(self.model)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Every dotted key a file can have; `*` stands for a name of the file's own."""
        return tuple(_keys(self.model, ""))


SCENARIO = Form(Scenario, KINDS)


def problems_of(
    error: ValidationError, origin: dict[str, str], file: str, form: Form = SCENARIO
) -> list[Problem]:
    """Return one problem for each thing wrong.

    Parameters
    ----------
    error
        What the schema raised.
    origin
        File that each plain dotted key was read from.
    file
        File to name where `origin` does not know the key.
    form
        What the file should have been.
    """
    found = []
    for item in error.errors(include_url=False):
        if item["type"] == "too_short" and item["input"]:
            continue  # nothing is missing: what is wrong with the entries is told
        key = _dotted(item["loc"], form)
        for line in _messages(item, key, form):
            at, message = line
            found.append(Problem(_file_of(at, origin, file), at, message))
    lacking = [p for p in found if p.message == "is missing" and "." not in p.key]
    if len(lacking) > 2 and form is SCENARIO:
        found = [problem for problem in found if problem not in lacking]
        keys = ", ".join(problem.key for problem in lacking)
        hint = 'a file that lists only what it changes begins with extends = "baseline"'
        found.insert(0, Problem(file, "", f"has no {keys}; {hint}"))
    return found


def _messages(item: Any, key: str, form: Form) -> Iterator[tuple[str, str]]:
    kind, value = item["type"], item["input"]
    if kind == "extra_forbidden":
        yield key, unknown_key(key, item["loc"], form)
    elif kind == "missing":
        yield key, "is missing"
    elif kind == "value_error":
        for line in str(item["ctx"]["error"]).split("\n"):
            at, colon, rest = line.partition(": ")
            if colon and not key and " " not in at:
                yield at, rest
            else:
                yield key, line
    elif kind == "union_tag_invalid":
        known = ", ".join(form.kinds)
        yield f"{key}.kind", f"is {in_short(item['ctx']['tag'])}: should be one of {known}"
    elif kind == "union_tag_not_found":
        yield f"{key}.kind", f"is missing: should be one of {', '.join(form.kinds)}"
    elif kind == "int_type" and isinstance(value, float) and value.is_integer():
        yield (
            key,
            f"is {value!r}: should be a whole number, without a point: write {plain(value)}",
        )
    else:
        yield key, f"is {in_short(value)}: {_expected(item, key, form)}"


def _expected(item: Any, key: str, form: Form) -> str:
    """Say in plain words what the schema wanted."""
    kind, limits = item["type"], item.get("ctx", {})
    if kind in _LIMITS:
        words, limit = _LIMITS[kind]
        return f"should be {words} {plain(limits[limit])}"
    if kind == "string_pattern_mismatch":
        if limits["pattern"] == "^[A-Z]{3}$":
            return "should be a currency by its three capital letters, such as EUR"
        digits = ", digits" if "0-9" in limits["pattern"] else ""
        return f"should be small letters{digits} and underscores, beginning with a letter"
    if kind == "string_too_long":
        return f"should have at most {limits['max_length']} letters"
    if kind == "string_unicode":
        return "should be text, without halves of characters"
    if kind == "too_short":
        return f"should have at least {limits['min_length']} entry"
    if kind in _EXPECTED:
        return f"should be {_EXPECTED[kind]}{_example(key, form, kind)}"
    if kind == "literal_error" and isinstance(value := item["input"], str):
        known = re.findall(r"'([^']*)'", limits["expected"])
        if now := new_name(value, known):
            return f"it is called {now!r} now"
    text = str(item["msg"][0].lower() + item["msg"][1:])
    return text.replace("input should be", "should be").replace("input", "value")


def _example(key: str, form: Form, kind: str) -> str:
    """Show how a price, a distribution or a list of steps is written, where one is wanted."""
    plain, known = _starred(_unnumbered(key)), form.keys
    if f"{plain}.price_year" in known and f"{plain}.amount" in known:
        return " such as { amount = 0.6, price_year = 2025 }"
    if f"{plain}.amount" in known:
        return ' such as { amount = 0.6, currency = "EUR" }'
    if f"{plain}.million_per_year" in known:
        return ' such as { million_per_year = 15, currency = "EUR" }'
    if plain.endswith(".currencies_per_eur"):
        return " such as { DKK = 7.46 }"
    if f"{plain}.kind" in known:
        return ' that says its kind, such as { kind = "constant", value = 30 }'
    if f"{plain}.from" not in known:
        return ""
    value = ", value = 30" if f"{plain}.value" in known else ", ..."
    step = f"{{ from = 2008-01-01, until = 2040-01-01{value} }}"
    if key.endswith("]"):
        return f", such as {step}"
    if kind in ("int_type", "float_type"):
        return f", or dated steps such as [{step}]"
    return f" of dated steps, such as [{step}]"


def _dotted(loc: tuple[Any, ...], form: Form) -> str:
    """Join a location into a key, counting list entries from 1 and leaving out union tags."""
    text, after_tag = "", True
    for part in loc:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        elif not after_tag and part in form.kinds:
            after_tag = True  # what follows is a key, were it called like a kind
            continue
        elif not part.startswith("<"):
            text += f".{part}" if text else part
        after_tag = False
    return text


def _unnumbered(key: str) -> str:
    """Return a dotted key without the numbers of list entries."""
    return re.sub(r"\[\d+\]", "", key)


def _file_of(key: str, origin: dict[str, str], file: str) -> str:
    """Return the last source read that says something at a key or below it, or else above it."""
    parts = key.split("[")[0].split(".")
    for length in range(len(parts), 0, -1):
        prefix = ".".join(parts[:length])
        below = prefix + "." if length == len(parts) else prefix
        sources = [s for known, s in origin.items() if known == prefix or known.startswith(below)]
        if sources:
            return sources[-1]
    return file


def unknown_key(key: str, loc: tuple[Any, ...] = (), form: Form = SCENARIO) -> str:
    """Say that a dotted key is unknown, and which known one was probably meant.

    `loc` is where the schema met it; it names the kind of a distribution.
    """
    if now := renamed(key, form):
        return f"unknown key; it is {now!r} now"
    name = key.split(".")[-1]
    if len(loc) > 1 and loc[-2] in form.kinds:
        fields = ", ".join(field for field in form.kinds[loc[-2]].model_fields if field != "kind")
        return f"unknown key; kind {loc[-2]!r} has {fields}"
    plain = _unnumbered(key)
    known = form.keys
    siblings = [k for k in known if k.rpartition(".")[0] == _starred(plain.rpartition(".")[0])]
    names = [k.rpartition(".")[2] for k in siblings]
    near = difflib.get_close_matches(name, names, n=1)
    if not near and len(name) > 3:
        near = [known_name for known_name in names if name in known_name]
    if near:
        return f"unknown key; did you mean {near[0]!r}?"
    ends = {k.rpartition(".")[2]: k for k in known}
    far = difflib.get_close_matches(name, list(ends), n=1, cutoff=0.8)
    if far:
        return f"unknown key; there is {ends[far[0]]!r}"
    listing = ", ".join(sorted(k.rpartition(".")[2] for k in siblings))
    return f"unknown key; known here: {listing}" if listing else "unknown key"


def holds_distribution(key: str) -> bool:
    """Tell whether a dotted key of a scenario holds a distribution."""
    return f"{_starred(_unnumbered(key))}.kind" in SCENARIO.keys


def renamed(key: str, form: Form = SCENARIO) -> str | None:
    """Return what an old dotted key is called now; None for one that is not old."""
    found = new_key(_unnumbered(key))
    return None if found is None or found[0] in form.keys else found[1]


def _starred(key: str) -> str:
    """Replace the names that a scenario chooses itself (origins, claims, streams) by `*`."""
    parts = key.split(".")
    owners = ((1, "origins"), (2, "capacity_claims"), (2, "additional"), (2, "unsuitable_shares"),
              (2, "price_growth_share"), (2, "currencies_per_eur"), (3, "payments"),
              (2, "exclusions"), (3, "shares"), (2, "other_tenants"))  # fmt: skip
    for position, owner in owners:
        if len(parts) > position and parts[position - 1] == owner:
            parts[position] = "*"
    if "parts" in parts[:-1]:  # of a mixture
        parts[parts.index("parts") + 1] = "*"
    return ".".join(parts)


def _keys(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        yield key
        yield from _inside(field.annotation, key)


def _inside(annotation: Any, key: str) -> Iterator[str]:
    origin = get_origin(annotation)
    arguments = get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from _keys(annotation, f"{key}.")
    elif origin is Annotated:
        yield from _inside(arguments[0], key)
    elif origin is dict:
        yield from _inside(arguments[1], f"{key}.*")
    elif origin in (tuple, Union, types.UnionType):
        for argument in arguments:
            yield from _inside(argument, key)
