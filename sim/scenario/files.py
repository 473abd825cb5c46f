"""Scenario files: TOML that lists only what it changes against the file it extends."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from sim.scenario.base import as_toml_value as as_toml_value
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.explain import problems_of, unknown_key
from sim.scenario.schema import Scenario, leaves_of

Raw = dict[str, Any]
_REPLACES = "Takes the place of the table that it would otherwise add to."
_PART = re.compile(r"^(?P<name>[^\[\]]+)(\[(?P<day>\d{4}-\d{2}-\d{2})\])?$")


def configs_dir() -> Path:
    """Return the folder of the shipped scenarios: the repository's, or the installed copy."""
    package = Path(__file__).resolve().parents[1]
    beside = package.parent / "configs"
    return beside if (beside / "baseline.toml").is_file() else package / "configs"


def shipped() -> list[Path]:
    """Return the files of all shipped scenarios, the baseline first."""
    folder = configs_dir()
    return [folder / "baseline.toml", *sorted((folder / "scenarios").glob("*.toml"))]


def variants() -> list[Path]:
    """Return the files of the shipped scenarios about the baseline's case, the baseline first."""
    case = load("baseline").case
    return [path for path in shipped() if load(path).case == case]


def load(source: str | Path, changes: Mapping[str, Any] | None = None) -> Scenario:
    """Read a scenario.

    Parameters
    ----------
    source
        A TOML file, or the name of a shipped scenario such as `"baseline"`.
    changes
        Values to change on top, by dotted key.

    Raises
    ------
    ScenarioError
        Listing everything wrong with the file and those it extends: a missing file, broken
        TOML, a cycle of `extends`, unknown keys, wrong types, values out of range, steps that
        overlap, leave gaps or lie outside the horizon, shares that do not sum to one.
    """
    path = find(source)
    raw, origin = _read_chain(path)
    problems: list[Problem] = []
    for key, value in (changes or {}).items():
        problems += _put(raw, key, value)
        _claim(origin, [key], "given value")
    return _validated(raw, origin, str(path), problems)


def as_toml(scenario: Scenario) -> str:
    """Return a scenario as the text of a file that stands alone and loads as the same world."""
    import tomli_w

    content = scenario.model_dump(mode="python", by_alias=True, exclude_none=True)
    return tomli_w.dumps(as_lists(content))


def base_of(source: str | Path) -> Scenario | None:
    """Return the scenario that a file extends, or None for one that stands alone."""
    path = find(source)
    extends = read_toml(path).get("extends")
    return load(_base(path, extends)) if isinstance(extends, str) else None


def changed(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """Return a scenario with some dotted keys changed; see `Scenario.with_`."""
    raw = as_lists(scenario.model_dump(by_alias=True))
    problems = [p for key, value in changes.items() for p in _put(raw, key, value)]
    origin = {_plain(key): "given value" for key in changes}
    return _validated(raw, origin, scenario.name, problems)


def difference(base: Scenario, other: Scenario) -> list[tuple[str, Any, Any]]:
    """Return `(key, value in base, value in other)` for every value that differs.

    A value that one of the two lacks is given as None.
    """
    before, after = (
        {key: value for key, value in scenario.leaves() if value != ()}
        for scenario in (base, other)
    )
    keys = [*before, *(key for key in after if key not in before)]
    words = ("name", "title", "summary", "case")
    return [
        (key, before.get(key), after.get(key))
        for key in keys
        if key not in words and before.get(key) != after.get(key)
    ]


def parse_setting(text: str) -> tuple[str, Any]:
    """Read `key=value` from a command line; the value is TOML, or else plain text.

    Raises
    ------
    ScenarioError
        If there is no `=`, or no key before it.
    """
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise ScenarioError([Problem("--set", text, "write it as key=value")])
    try:
        return key.strip(), tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return key.strip(), value.strip()


def find(source: str | Path) -> Path:
    """Return the file of a scenario given by path or by the name of a shipped one."""
    path = Path(source)
    if path.suffix != ".toml" and not path.is_file():
        for file in shipped():
            if file.stem == str(source):
                return file
        names = ", ".join(file.stem for file in shipped())
        message = f"no such file, and no shipped scenario of that name; there are: {names}"
        raise ScenarioError([Problem(str(source), "", message)])
    return path


def read_toml(path: Path) -> Raw:
    """Read a TOML file as it stands; ScenarioError if it is missing, unreadable or not TOML."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        raise ScenarioError([Problem(str(path), "", "no such file")]) from None
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError([Problem(str(path), "", f"not valid TOML: {error}")]) from None
    except UnicodeDecodeError as error:
        raise ScenarioError([Problem(str(path), "", f"not a text in UTF-8: {error}")]) from None
    except OSError as error:
        raise ScenarioError([Problem(str(path), "", f"cannot be read: {error.strerror}")]) from None


def _read_chain(path: Path, seen: tuple[Path, ...] = ()) -> tuple[Raw, dict[str, str]]:
    """Read a file on top of those it extends; also say which file each key comes from."""
    here = path.resolve()
    if here in seen:
        chain = " -> ".join(file.name for file in (*seen[seen.index(here) :], here))
        raise ScenarioError([Problem(str(path), "extends", f"goes round in a circle: {chain}")])
    own = read_toml(path)
    extends = own.pop("extends", None)
    raw: Raw = {}
    origin: dict[str, str] = {}
    if extends is not None:
        if not isinstance(extends, str):
            message = f"is {extends!r}: write the file's name as text"
            raise ScenarioError([Problem(str(path), "extends", message)])
        base = _base(path, extends)
        raw, origin = _read_chain(base, (*seen, here))
    _drop_steps_outside(raw, {**raw.get("time", {}), **_table_or_none(own.get("time"))})
    period_first = dict(sorted(own.items(), key=lambda item: item[0] != "time"))
    _merge(raw, period_first, raw.get("time", {}))
    _claim(origin, [key for key, _ in leaves_of(own, "")], str(path))
    return raw, origin


def _base(path: Path, extends: str) -> Path:
    """Return the file that a file extends: from its own folder, or a shipped one by its name."""
    base = path.parent / extends
    if base.is_file():
        return base
    for file in shipped():
        if extends in (file.stem, file.name):
            return file
    message = f"there is no file {base}, and no shipped scenario {extends!r}"
    raise ScenarioError([Problem(str(path), "extends", message)])


def _claim(origin: dict[str, str], keys: Iterable[str], source: str) -> None:
    """Note that keys have their values from a source; the source read last comes last."""
    for key in map(_plain, keys):
        origin.pop(key, None)
        origin[key] = source


def _merge(base: Raw, own: Raw, time: Raw) -> None:
    """Lay `own` over `base` in place: tables merge, everything else replaces.

    A table that says `extends = false` replaces, too.
    """
    for key, value in own.items():
        old = base.get(key)
        if isinstance(value, dict) and value.get("extends") is False:
            old, value = None, {name: v for name, v in value.items() if name != "extends"}
        if isinstance(value, dict) and isinstance(old, dict) and "kind" not in value:
            _merge(old, value, time)
        else:
            base[key] = _whole_period(old, value, time)


def _table_or_none(value: Any) -> Raw:
    return value if isinstance(value, dict) else {}


def _drop_steps_outside(base: Any, time: Raw) -> None:
    """Leave out, in place, dated steps of a base that a shorter calendar never comes to."""
    start, end = time.get("start"), time.get("end")
    if not (isinstance(start, date) and isinstance(end, date)):
        return
    for key, value in base.items():
        if isinstance(value, dict):
            _drop_steps_outside(value, time)
        elif isinstance(value, list) and all(isinstance(s, dict) and "from" in s for s in value):
            base[key] = [s for s in value if s["from"] < end and s["until"] > start]


def _whole_period(old: Any, value: Any, time: Raw) -> Any:
    """Read a bare number in the place of dated steps as one step over the whole simulation."""
    stepped = isinstance(old, list) and old and isinstance(old[0], dict) and "value" in old[0]
    dated = isinstance(time, dict) and "start" in time and "end" in time
    if stepped and dated and isinstance(value, int | float) and not isinstance(value, bool):
        return [{"from": time["start"], "until": time["end"], "value": value}]
    return value


def _put(raw: Raw, key: str, value: Any) -> list[Problem]:
    """Set one dotted key in place; `key[2026-01-01].value` names the step of that day."""
    try:
        _set(raw, key, as_lists(value))
    except _UnusableError as error:
        return [Problem("given value", key, str(error))]
    return []


class _UnusableError(Exception):
    """A dotted key that leads nowhere."""


def _set(raw: Raw, key: str, value: Any) -> None:
    parts = [match for part in key.split(".") if (match := _PART.match(part))]
    if len(parts) < len(key.split(".")):
        raise _UnusableError("not a key: write it as section.name, such as rented_prison.places")
    place: Any = raw
    above = ""
    for part in parts[:-1]:
        table = _table(place, above)
        above, day = part["name"], part["day"]
        place = _step(table, above, day) if day else table.setdefault(above, {})
    table = _table(place, above)
    name, day = parts[-1]["name"], parts[-1]["day"]
    if not day:
        _merge(table, {name: value}, raw.get("time", {}))
        return
    step = _step(table, name, day)
    if "value" not in step:
        raise _UnusableError(f"say which value of the step: {', '.join(step)}")
    step["value"] = value


def _table(place: Any, above: str) -> Raw:
    """Return a place that has keys, or say why it has none."""
    if isinstance(place, dict):
        return place
    if isinstance(place, list) and place:
        raise _UnusableError(f"say which step, by its first day: {above}[{_first_day(place[0])}]")
    raise _UnusableError(f"{above!r} is a single value: there is nothing below it")


def _step(table: Raw, name: str, day: str) -> Raw:
    """Return the dated step that begins on a day."""
    if name not in table:
        raise _UnusableError(unknown_key(name))
    steps = table[name]
    if not isinstance(steps, list):
        raise _UnusableError(f"{name!r} has no dated steps: leave out [{day}]")
    found: list[Raw] = [step for step in steps if _first_day(step) == day]
    if found:
        return found[0]
    days = ", ".join(map(_first_day, steps))
    raise _UnusableError(f"no step begins on {day}" + (f"; steps begin on {days}" if days else ""))


def _first_day(step: Any) -> str:
    return str(step.get("from")) if isinstance(step, dict) else ""


def _validated(raw: Raw, origin: dict[str, str], file: str, problems: list[Problem]) -> Scenario:
    try:
        scenario = Scenario.model_validate(as_tuples(raw))
    except ValidationError as error:
        problems = [*problems, *problems_of(error, origin, file)]
    if problems:
        raise ScenarioError(problems)
    return scenario


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


def _plain(key: str) -> str:
    """Return a dotted key without the days of its steps."""
    return re.sub(r"\[[^\]]*\]", "", key)


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario file, for editors: all keys optional, `extends` added.

    A diff may leave out any key, so only types, ranges and names are checked.
    """
    document = Scenario.model_json_schema(by_alias=True)
    for part in (document, *document["$defs"].values()):
        if "kind" not in part.get("properties", {}) and "from" not in part.get("properties", {}):
            part.pop("required", None)
        for field in part.get("properties", {}).values():
            _or_bare_number(field)
            if "additionalProperties" in field:
                field["properties"] = {"extends": {"const": False, "description": _REPLACES}}
    document["properties"]["extends"] = {
        "type": "string",
        "description": "File whose values hold wherever this one says nothing.",
    }
    return document


def _or_bare_number(field: Raw) -> None:
    """Allow one number in the place of dated steps, as `load` does."""
    numbers = {"#/$defs/Step": "number", "#/$defs/CountStep": "integer"}
    kind = numbers.get(field.get("items", {}).get("$ref"))
    if kind:
        steps = {"type": field.pop("type"), "items": field.pop("items")}
        field["anyOf"] = [steps, {"type": kind, "minimum": 0}]


def walk_shipped() -> Iterator[Scenario]:
    """Yield every shipped scenario, the baseline first."""
    for path in shipped():
        yield load(path)
