"""A scenario as plain data, before it is checked: files laid over one another, keys changed.

A key that ends in a day, `places@2030-01-01`, means dated steps from that day on: what holds before
stays, what follows has the new value. `false` in the place of a section or a price that an
arrangement may lack, such as `departure_centre = false`, drops it. Files, `--set` and
`Scenario.change` read it alike.

Nothing here may trust what it is given: what makes no sense is left in place, for the schema to
tell with file and key, or refused as a problem.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, TypeGuard

import numpy as np

from sim.errors import PrisonflowError
from sim.scenario.errors import Problem
from sim.scenario.explain import unknown_key
from sim.scenario.toml import Raw

_PART = re.compile(r"^(?P<name>[^\[\]]+)(\[(?P<day>\d{4}-\d{2}-\d{2})\])?$")
_GIVEN = "given value"
_EXAMPLE = '{"rented_prison.places": 200}'
_DAYS: Raw = {"from": None, "until": None}


def merge(base: Raw, own: Raw) -> None:
    """Lay the content of a file over that of the file it extends, in place.

    Tables merge, everything else replaces; a table that says `extends = false` replaces, too.
    Dated steps of the base that the calendar of `own` never comes to are left out.
    """
    _put_table(base, "time", own)
    _drop_steps_outside(base, _table_or_none(base.get("time")))
    _merge(base, {key: value for key, value in own.items() if key != "time"}, base.get("time"))


def change(raw: Raw, changes: Mapping[str, Any], on: date | None = None) -> list[Problem]:
    """Set dotted keys in place, from a day on if one is given; return what cannot be set."""
    calendar = [key for key in changes if key == "time" or str(key).startswith("time.")]
    problems = _put_all(raw, {key: changes[key] for key in calendar}, on)
    if calendar:
        _drop_steps_outside(raw, _table_or_none(raw.get("time")))
    others = {key: value for key, value in changes.items() if key not in calendar}
    return [*problems, *_put_all(raw, others, on)]


def _put_all(raw: Raw, changes: Mapping[str, Any], on: date | None) -> list[Problem]:
    problems = []
    for key, value in changes.items():
        try:
            if not isinstance(key, str):
                raise UnusableError(f"is no dotted key: write it as in {_EXAMPLE}")
            if value is None:
                raise UnusableError(
                    "is None: give a value; False says that a section or a price is absent"
                )
            if isinstance(value, Mapping) and not value:
                raise UnusableError(
                    "an empty table changes nothing: to empty the one there, give it "
                    '"extends" = false'
                )
            name, day = _dated_key(key)
            if day and on:
                raise UnusableError(f"names a day already: leave out @{day}, or on {on}")
            first = day or on
            if first:
                _set_from(raw, name, as_lists(value), first, raw.get("time"))
            else:
                _set(raw, key, as_lists(value))
        except UnusableError as error:
            problems.append(Problem(_GIVEN, str(key), str(error)))
    return problems


class UnusableError(PrisonflowError):
    """A dotted key that leads nowhere, or a value that cannot be set there."""


# ---------------------------------------------------------------------- laying over one another


def _put_table(base: Raw, name: str, own: Raw) -> None:
    if name in own:
        _merge(base, {name: own[name]}, None)


def _merge(base: Raw, own: Raw, time: Any) -> None:
    for key, value in own.items():
        name, day = _dated_key(key)
        if day:
            _set_from(base, name, value, day, time)
            continue
        old = base.get(key)
        if isinstance(value, dict) and value.get("extends") is False:
            old, value = None, {name: v for name, v in value.items() if name != "extends"}
        if isinstance(value, dict) and isinstance(old, dict) and "kind" not in value:
            _merge(old, value, time)
        else:
            base[key] = _whole_period(old, value, time)


def _table_or_none(value: Any) -> Raw:
    return value if isinstance(value, dict) else {}


def _is_day(value: Any) -> TypeGuard[date]:
    """Tell whether a value is a date; a date with a time of day is none."""
    return type(value) is date


def _is_step(value: Any) -> bool:
    return isinstance(value, dict) and _is_day(value.get("from")) and _is_day(value.get("until"))


def _drop_steps_outside(base: Raw, time: Raw) -> None:
    """Leave out, in place, dated steps that a shorter calendar never comes to."""
    start, end = time.get("start"), time.get("end")
    if not (_is_day(start) and _is_day(end)):
        return
    for key, value in base.items():
        if isinstance(value, dict):
            _drop_steps_outside(value, time)
        elif isinstance(value, list) and all(map(_is_step, value)):
            base[key] = [s for s in value if s["from"] < end and s["until"] > start]


def _whole_period(old: Any, value: Any, time: Any) -> Any:
    """Read a bare number in the place of dated steps as one step over the whole simulation."""
    stepped = isinstance(old, list) and old and isinstance(old[0], dict) and "value" in old[0]
    time = _table_or_none(time)
    dated = _is_day(time.get("start")) and _is_day(time.get("end"))
    if stepped and dated and isinstance(value, int | float) and not isinstance(value, bool):
        return [{"from": time["start"], "until": time["end"], "value": value}]
    return value


# ---------------------------------------------------------------------- dotted keys


def _dated_key(key: str) -> tuple[str, date | None]:
    """Return a key and the day from which on it is meant, if it says so."""
    name, at, text = key.partition("@")
    if not at:
        return key, None
    try:
        return name, date.fromisoformat(text)
    except ValueError:
        raise UnusableError(f"{text!r} is no day: write it as {name}@2030-01-01") from None


def _parts(key: str) -> list[tuple[str, str | None]]:
    """Return the names in a dotted key, each with the day of the step that it names."""
    found = [_PART.match(part) for part in key.split(".")]
    if not all(found):
        raise UnusableError("not a key: write it as section.name, such as rented_prison.places")
    return [(match["name"], match["day"]) for match in found if match]


def _set(raw: Raw, key: str, value: Any) -> None:
    *parts, (name, day) = _parts(key)
    place: Any = raw
    above = ""
    for part, its_day in parts:
        table = _table(place, above)
        above = part
        place = _step(table, above, its_day) if its_day else table.setdefault(above, {})
    table = _table(place, above)
    if not day:
        _merge(table, {name: value}, raw.get("time"))
        return
    step = _step(table, name, day)
    if "value" not in step:
        raise UnusableError(f"say which value of the step: {', '.join(step)}")
    step["value"] = value


def _table(place: Any, above: str) -> Raw:
    """Return a place that has keys, or say why it has none."""
    if isinstance(place, dict):
        return place
    if isinstance(place, list) and place:
        raise UnusableError(f"say which step, by its first day: {above}[{_first_day(place[0])}]")
    if place is None or place is False:
        raise UnusableError(f"{above!r} is absent: give all of it, as a table")
    raise UnusableError(f"{above!r} is a single value: there is nothing below it")


def _step(table: Raw, name: str, day: str) -> Raw:
    """Return the dated step that begins on a day."""
    if name not in table:
        raise UnusableError(unknown_key(name))
    steps = table[name]
    if not isinstance(steps, list):
        raise UnusableError(f"{name!r} has no dated steps: leave out [{day}]")
    found: list[Raw] = [step for step in steps if _first_day(step) == day]
    if found:
        return found[0]
    days = ", ".join(map(_first_day, steps))
    raise UnusableError(f"no step begins on {day}" + (f"; steps begin on {days}" if days else ""))


def _first_day(step: Any) -> str:
    return str(step.get("from")) if isinstance(step, dict) else ""


# ---------------------------------------------------------------------- from a day on


def _set_from(raw: Raw, key: str, value: Any, on: date, time: Any) -> None:
    """Give the dated steps of a key other values from a day on: the key itself, or one below it."""
    start, end = (_table_or_none(time).get(edge) for edge in ("start", "end"))
    if not (_is_day(start) and _is_day(end) and start <= on < end):
        raise UnusableError(f"on {on} lies outside the simulated period ({start} until {end})")
    parts = _parts(key)
    if any(day for _, day in parts):
        raise UnusableError(f"names a step already: leave out its day, or on {on}")
    names = [name for name, _ in parts]
    table, own = _dated(raw, names, on)
    steps = _split(table[own[0]], on, end)
    fields = value
    if own[1:]:
        fields = {own[1]: value}
    elif not isinstance(value, dict):
        fields = {"value": value}
    table[own[0]] = _joined([s | fields if s["from"] >= on else s for s in steps], on)


def _dated(raw: Raw, names: list[str], on: date) -> tuple[Raw, list[str]]:
    """Return the table that holds the dated steps of a key, and what is left of the key there."""
    table: Any = raw
    for position, name in enumerate(names):
        if not isinstance(table, dict) or name not in table:
            break
        inner = table[name]
        left = names[position:]
        if isinstance(inner, list) and len(left) <= 2 and all(map(_is_step, inner)):
            return table, left
        table = inner
    else:
        raise UnusableError(f"holds no dated steps: it cannot change on {on}; leave that out")
    raise UnusableError(unknown_key(".".join(names)))


def _split(steps: list[Raw], on: date, end: date) -> list[Raw]:
    """Return steps of which one begins on a day: the one in force is cut, or a new one added."""
    found: list[Raw] = []
    for step in steps:
        if step["from"] < on < step["until"]:
            found += [step | {"until": on}, step | {"from": on}]
        else:
            found.append(dict(step))
    if not any(step["from"] <= on < step["until"] for step in found):
        following = [step["from"] for step in found if step["from"] > on]
        found.append({"from": on, "until": min(following, default=end)})
    return sorted(found, key=lambda step: step["from"])


def _joined(steps: list[Raw], on: date) -> list[Raw]:
    """Put steps from a day on into one with the step before if that says the same."""
    found: list[Raw] = []
    for step in steps:
        last = found[-1] if found else {}
        meets = step["from"] >= on and last.get("until") == step["from"]
        if meets and last | _DAYS == step | _DAYS:
            last["until"] = step["until"]
        else:
            found.append(dict(step))
    return found


# ---------------------------------------------------------------------- kinds of plain data


def as_tuples(value: Any) -> Any:
    """Turn the lists of plain data into tuples, as the strict schema wants them."""
    if isinstance(value, dict):
        return {key: as_tuples(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return tuple(as_tuples(inner) for inner in value)
    return value


def as_lists(value: Any) -> Any:
    """Turn the tuples of plain data into lists, as files are written."""
    if isinstance(value, Mapping):
        return {key: as_lists(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [as_lists(inner) for inner in value]
    return value.item() if isinstance(value, np.generic) else value
