"""Scenario files: TOML that lists only what it changes against the file it extends."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.scenario.base import as_toml_value as as_toml_value
from sim.scenario.changes import (
    Raw,
    UnknownName,
    UnusableKey,
    as_lists,
    drop_steps_outside,
    merge,
    plain_key,
    put,
    table_or_none,
)
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.explain import problems_of, renamed, unknown_key
from sim.scenario.schema import Scenario, leaves_of

_DROPS = "Absent: drops what the file that this one extends says."
_REPLACES = "Takes the place of the table that it would otherwise add to."


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
        problems += _given(raw, key, value)
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
    """Return a scenario with some dotted keys changed; see `Scenario.change`."""
    raw = as_lists(scenario.model_dump(by_alias=True))
    problems = [p for key, value in changes.items() for p in _given(raw, key, value)]
    origin = {plain_key(key): "given value" for key in changes}
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
        # Some editors begin a file with a byte-order mark, which TOML does not know.
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        problem = "no such file"
    except IsADirectoryError:
        problem = "is a folder; give a file"
    except tomllib.TOMLDecodeError as error:
        problem = f"not valid TOML: {error}"
    except RecursionError:
        problem = "not valid TOML: nested too deeply"
    except UnicodeDecodeError as error:
        problem = f"not a text in UTF-8 ({error.reason} at byte {error.start}); save it as UTF-8"
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        problem = f"cannot be read: {getattr(error, 'strerror', None) or error}"
    raise ScenarioError([Problem(str(path), "", problem)])


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
    if old := [*_old_keys(own, "", str(path))]:
        raise ScenarioError(old)
    drop_steps_outside(raw, table_or_none(raw.get("time")) | table_or_none(own.get("time")))
    period_first = dict(sorted(own.items(), key=lambda item: item[0] != "time"))
    try:
        merge(raw, period_first)
    except UnusableKey as error:
        raise ScenarioError([Problem(str(path), "", str(error))]) from None
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
    for key in map(plain_key, keys):
        origin.pop(key, None)
        origin[key] = source


def _given(raw: Raw, key: str, value: Any) -> list[Problem]:
    """Set one dotted key in place; return what is wrong with the key, if anything is."""
    if old := [*_old_keys(as_lists(value), key, "given value")]:
        return old
    try:
        put(raw, key, as_lists(value))
    except UnknownName as error:
        return [Problem("given value", key, unknown_key(str(error)))]
    except UnusableKey as error:
        return [Problem("given value", key, str(error))]
    return []


def _old_keys(value: Any, key: str, file: str) -> Iterator[Problem]:
    """Tell each old key in plain data what it is called now."""
    for old, _ in leaves_of(value, key):
        if renamed(old):
            yield Problem(file, old, unknown_key(old))


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
            _or_false(field)
            if "additionalProperties" in field:
                field["properties"] = {"extends": {"const": False, "description": _REPLACES}}
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
