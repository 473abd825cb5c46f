"""Scenario files: TOML that lists only what it changes against the file it extends."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from sim.scenario.base import Section
from sim.scenario.base import as_toml_value as as_toml_value
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.explain import problems_of, renamed, unknown_key
from sim.scenario.plain import UnusableError, change, merge
from sim.scenario.plain import as_lists as as_lists
from sim.scenario.plain import as_tuples as as_tuples
from sim.scenario.schema import Scenario, dated, leaves_of
from sim.scenario.toml import Raw, is_file, value_of
from sim.scenario.toml import read_toml as read_toml

_LOG = logging.getLogger("sim")


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
        Values to change on top, by dotted key, as `Scenario.change` takes them.

    Raises
    ------
    ScenarioError
        Listing everything wrong with the file and those it extends: a missing file, broken
        TOML, a cycle of `extends`, unknown keys, wrong types, values out of range, steps that
        overlap, leave gaps or lie outside the horizon, shares that do not sum to one.
    """
    path = find(source)
    raw, origin = _read_chain(path)
    given = {} if changes is None else changes
    _see_that_mapping(given)
    problems = _change(raw, given)
    _claim(origin, filter(_is_text, given), "given value")
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


@lru_cache(maxsize=8)
def _base_of_case(case: str) -> Scenario:
    baseline = load("baseline")
    shipped_too = case in {path.stem for path in shipped()}
    return load(case) if shipped_too and case != baseline.case else baseline


def base_of_case(scenario: Scenario) -> Scenario:
    """Return the shipped scenario that evidence for a scenario's case speaks of.

    It has the name of the case; the baseline stands in for a case that is not shipped.
    """
    return _base_of_case(scenario.case)


def changed(
    scenario: Scenario, changes: Mapping[str, Any], on: date | str | None = None
) -> Scenario:
    """Return a scenario with some dotted keys changed; see `Scenario.change`."""
    _see_that_mapping(changes)
    raw = as_lists(scenario.model_dump(by_alias=True))
    problems = _change(raw, changes, None if on is None else _day(on))
    origin = {_plain(key): "given value" for key in filter(_is_text, changes)}
    return _validated(raw, origin, scenario.name, problems)


def note_replaced(scenario: Scenario, changes: Mapping[str, Any]) -> None:
    """Say on the log where a number takes the place of dated steps that differ."""
    steps = dict(dated(scenario))
    for key, value in changes.items():
        found = steps.get(key, ()) if isinstance(value, int | float | np.number) else ()
        if len({getattr(step, "value", None) for step in found}) > 1:
            _LOG.warning(
                "%s: %s from %s until %s takes the place of %d steps; "
                "%s@%s or another day keeps those before",
                key, value, found[0].from_, found[-1].until, len(found), key, found[-1].from_,
            )  # fmt: skip


def _day(on: date | str) -> date:
    """Read the day from which a change holds."""
    if isinstance(on, date) and not isinstance(on, datetime):
        return on
    try:
        return date.fromisoformat(on)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        message = f'is {on!r}: give a date, such as "2030-01-01"'
        raise ScenarioError([Problem("given value", "on", message)]) from None


def difference(base: Scenario, other: Scenario) -> list[tuple[str, Any, Any]]:
    """Return `(key, value in base, value in other)` for every value that differs.

    A value that one of the two lacks is given as None. A section or a price that one of them lacks
    is one value: all of it, and False where it is absent.
    """
    lacking = dict.fromkeys([*_absent(base, ""), *_absent(other, "")])
    before, after = (dict(_told_whole(scenario, lacking)) for scenario in (base, other))
    keys = [*before, *(key for key in after if key not in before)]
    words = ("name", "title", "summary", "case")
    none = dict.fromkeys(lacking, False)
    return [
        (key, before.get(key, none.get(key)), after.get(key, none.get(key)))
        for key in keys
        if key not in words and before.get(key) != after.get(key)
    ]


def _absent(section: Section, above: str) -> Iterator[str]:
    """Yield the keys of the sections and prices that are absent from a section or below it."""
    for name, value in section:
        if value is None:
            yield above + name
        elif isinstance(value, Section):
            yield from _absent(value, f"{above}{name}.")


def _told_whole(scenario: Scenario, parts: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Yield every value by its key, but some parts as one value each."""
    for part in parts:
        if any(part.startswith(f"{whole}.") for whole in parts):
            continue
        value: Any = scenario
        for name in part.split("."):
            value = getattr(value, name)
        if isinstance(value, Section):
            value = as_lists(value.model_dump(by_alias=True, exclude_none=True))
        if value is not None:
            yield part, value
    within = tuple(f"{part}." for part in parts)
    for key, value in scenario.leaves():
        if value != () and key not in parts and not key.startswith(within):
            yield key, value


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
    return key.strip(), value_of(value)


def find(source: object) -> Path:
    """Return the file of a scenario given by path or by the name of a shipped one."""
    if not isinstance(source, str | Path):
        message = f"is a {type(source).__name__}: give a file, or the name of a shipped scenario"
        raise ScenarioError([Problem(repr(source), "", message)])
    path = Path(source)
    if path.suffix != ".toml" and not is_file(path):
        for file in shipped():
            if file.stem == str(source):
                return file
        names = ", ".join(file.stem for file in shipped())
        message = f"no such file, and no shipped scenario of that name; there are: {names}"
        raise ScenarioError([Problem(str(source), "", message)])
    return path


def _read_chain(path: Path, seen: tuple[Path, ...] = ()) -> tuple[Raw, dict[str, str]]:
    """Read a file on top of those it extends; also say which file each key comes from."""
    own = read_toml(path)
    here = path.resolve()
    if here in seen:
        chain = " -> ".join(file.name for file in (*seen[seen.index(here) :], here))
        raise ScenarioError([Problem(str(path), "extends", f"goes round in a circle: {chain}")])
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
    try:
        merge(raw, own)
    except UnusableError as error:
        raise ScenarioError([Problem(str(path), "", str(error))]) from None
    _claim(origin, [key for key, _ in leaves_of(own, "")], str(path))
    return raw, origin


def _base(path: Path, extends: str) -> Path:
    """Return the file that a file extends: from its own folder, or a shipped one by its name."""
    base = path.parent / extends
    if is_file(base):
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


def _change(raw: Raw, changes: Mapping[str, Any], on: date | None = None) -> list[Problem]:
    """Set dotted keys in place, but for old ones; return what is wrong with them."""
    told: list[Problem] = []
    usable = {}
    for key, value in changes.items():
        old = [*_old_keys(as_lists(value), key, "given value")] if _is_text(key) else []
        told += old
        if not old:
            usable[key] = value
    return [*told, *change(raw, usable, on)]


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


def _see_that_mapping(changes: object) -> None:
    if not isinstance(changes, Mapping):
        message = (
            f'is {changes!r}: give values by dotted key, as in {{"rented_prison.places": 200}}'
        )
        raise ScenarioError([Problem("changes", "", message)])


def _is_text(key: object) -> bool:
    return isinstance(key, str)


def _plain(key: str) -> str:
    """Return a dotted key without the days of its steps."""
    return re.sub(r"\[[^\]]*\]|@[\d-]*$", "", key)


def walk_shipped() -> Iterator[Scenario]:
    """Yield every shipped scenario, the baseline first."""
    for path in shipped():
        yield load(path)
