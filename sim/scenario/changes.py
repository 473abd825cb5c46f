"""Changes of plain scenario data, as a TOML file holds it: merging, setting keys, dated steps.

One grammar serves files, `--set` and `Scenario.change`:

- `section.name` sets a value. A bare number in the place of dated steps holds from the first day
  to the last.
- `section.name[2030-01-01].value` sets a value of the step that begins on that day.
- `section.name@2030-01-01` adds a step from that day on: what holds before stays, what would come
  after goes.

Tables merge: `{}` changes nothing. A table that says `extends = false` takes the place of the old.
`false` in the place of a section that an arrangement may lack, such as `departure_centre = false`,
drops it.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeGuard

import numpy as np

from sim.scenario.base import as_toml_value

Raw = dict[str, Any]
_PART = re.compile(
    r"^(?P<name>[^\[\]@]+)(\[(?P<step>\d{4}-\d{2}-\d{2})\])?(@(?P<on>\d{4}-\d{2}-\d{2}))?$"
)


class StepsReplaced(UserWarning):
    """One number has taken the place of several dated steps."""


class UnusableKey(Exception):
    """A dotted key that leads nowhere, or that cannot be changed so."""


class UnknownName(UnusableKey):
    """A name that is not there."""


def merge(base: Raw, own: Raw, root: Raw | None = None) -> None:
    """Lay `own` over `base` in place: tables merge, everything else replaces.

    Parameters
    ----------
    base, own
        Tables; those of `own` may say `extends = false`, and its keys `name@2030-01-01`.
    root
        The whole that `base` is part of; `base` itself by default.

    Raises
    ------
    UnusableKey
        If a step cannot be added where a key says.
    """
    root = base if root is None else root
    for key, value in own.items():
        name, at, day = key.partition("@")
        old = base.get(name)
        if at:
            base[name] = _with_step(name, old, day, value)
            continue
        if isinstance(value, dict) and value.get("extends") is False:
            old, value = None, {name: v for name, v in value.items() if name != "extends"}
        if isinstance(value, dict) and isinstance(old, dict) and "kind" not in value:
            merge(old, value, root)
        else:
            base[key] = _whole_period(old, value, table_or_none(root.get("time")))


def put(raw: Raw, key: str, value: Any) -> None:
    """Set one dotted key in place; see the head of this module for what a key can say.

    Raises
    ------
    UnusableKey
        If the key leads nowhere.
    """
    parts = [match for part in key.split(".") if (match := _PART.match(part))]
    if len(parts) < len(key.split(".")):
        raise UnusableKey("not a key: write it as section.name, such as rented_prison.places")
    place: Any = raw
    above = ""
    for part in parts[:-1]:
        if part["on"]:
            raise UnusableKey(f"not a key: write the day last, as in section.name@{part['on']}")
        table = _table(place, above)
        above, day = part["name"], part["step"]
        place = _step(table, above, day) if day else table.setdefault(above, {})
    table, last = _table(place, above), parts[-1]
    if last["step"]:
        step = _step(table, last["name"], last["step"])
        if "value" not in step:
            raise UnusableKey(f"say which value of the step: {', '.join(step)}")
        step["value"] = value
        return
    steps = table.get(last["name"])
    if not last["on"] and _is_number(value) and _are_steps(steps) and len(steps) > 1:
        _tell_replaced(key, steps, value)
    merge(table, {last[0]: value}, raw)


def _tell_replaced(key: str, steps: list[Raw], value: Any) -> None:
    """Warn that a number takes the place of a whole history."""
    first, last = _first_day(steps[0]), steps[-1].get("until")
    warnings.warn(
        f"{key}: {as_toml_value(value)} takes the place of {len(steps)} dated steps, {first} until "
        f"{last}; to change it from a day on, set {key}@2030-01-01",
        StepsReplaced,
        stacklevel=4,
    )


def table_or_none(value: Any) -> Raw:
    """Return a table as it is, and an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def drop_steps_outside(base: Raw, time: Raw) -> None:
    """Leave out, in place, dated steps of a base that a shorter calendar never comes to."""
    start, end = time.get("start"), time.get("end")
    if not (_is_day(start) and _is_day(end)):
        return
    for key, value in base.items():
        if isinstance(value, dict):
            drop_steps_outside(value, time)
        elif isinstance(value, list):
            base[key] = [s for s in value if not _lies_outside(s, start, end)]


def _lies_outside(step: Any, start: date, end: date) -> bool:
    """Tell whether a step is surely one that a calendar never comes to; wrong ones are told."""
    return _is_dated(step) and bool(step["from"] >= end or step["until"] <= start)


def _is_day(value: Any) -> TypeGuard[date]:
    """Tell whether something read from TOML is a date without a time of day."""
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _are_steps(value: Any) -> TypeGuard[list[Raw]]:
    """Tell whether something looks like a list of dated steps of one value."""
    return isinstance(value, list) and bool(value) and "value" in table_or_none(value[0])


def _whole_period(old: Any, value: Any, time: Raw) -> Any:
    """Read a bare number in the place of dated steps as one step over the whole simulation."""
    if _are_steps(old) and _is_number(value) and "start" in time and "end" in time:
        return [{"from": time["start"], "until": time["end"], "value": value}]
    return value


def _with_step(name: str, steps: Any, on: str, value: Any) -> list[Raw]:
    """Return dated steps with one more from a day on, which takes the place of what came after."""
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise UnusableKey(f"{on!r} is no day: write {name}@2030-01-01") from None
    if not (isinstance(steps, list) and steps and all(map(_is_dated, steps))):
        raise UnusableKey(f"{name!r} has no dated steps: leave out @{on}")
    first, last = steps[0]["from"], steps[-1]["until"]
    if not first <= day < last:
        raise UnusableKey(f"{on} lies outside of its steps, which run from {first} until {last}")
    before = [step for step in steps if step["from"] < day]
    now = next((step for step in reversed(steps) if step["from"] <= day), steps[0])
    if not isinstance(value, dict) and "value" not in now:
        raise UnusableKey(f"give a table of what changes from {on} on, of: {', '.join(now)}")
    given = value if isinstance(value, dict) else {"value": value}
    kept = [step | {"until": min(step["until"], day)} for step in before]
    return [*kept, now | {"from": day, "until": last} | given]


def _is_dated(step: Any) -> bool:
    table = table_or_none(step)
    return _is_day(table.get("from")) and _is_day(table.get("until"))


def _table(place: Any, above: str) -> Raw:
    """Return a place that has keys, or say why it has none."""
    if isinstance(place, dict):
        return place
    if isinstance(place, list) and place:
        raise UnusableKey(f"say which step, by its first day: {above}[{_first_day(place[0])}]")
    if place is None or place is False:
        raise UnusableKey(f"{above!r} is absent: give all of it, as a table")
    raise UnusableKey(f"{above!r} is a single value: there is nothing below it")


def _step(table: Raw, name: str, day: str) -> Raw:
    """Return the dated step that begins on a day."""
    if name not in table:
        raise UnknownName(name)
    steps = table[name]
    if not isinstance(steps, list):
        raise UnusableKey(f"{name!r} has no dated steps: leave out [{day}]")
    found: list[Raw] = [step for step in steps if _first_day(step) == day]
    if found:
        return found[0]
    days = ", ".join(map(_first_day, steps))
    raise UnusableKey(f"no step begins on {day}" + (f"; steps begin on {days}" if days else ""))


def _first_day(step: Any) -> str:
    return str(step.get("from")) if isinstance(step, dict) else ""


def as_lists(value: Any) -> Any:
    """Turn the tuples of plain data into lists, as files are written."""
    if isinstance(value, Mapping):
        return {key: as_lists(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [as_lists(inner) for inner in value]
    return value.item() if isinstance(value, np.generic) else value


def plain_key(key: str) -> str:
    """Return a dotted key without the days of its steps."""
    return re.sub(r"\[[^\]]*\]|@[\d-]*", "", key)
