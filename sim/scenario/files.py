"""Scenario files: TOML that lists only what it changes against the file it extends."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from sim.scenario.base import Section
from sim.scenario.base import as_toml_value as as_toml_value
from sim.scenario.borrowed import DAYS, Lender, borrowed, kept, lenders, senseless
from sim.scenario.cases import (
    ARRANGEMENT,
    COUNTRY,
    FIRST,
    Case,
    case_of,
    cases,
    countries,
    shipped_cases,
)
from sim.scenario.cases import configs_dir as configs_dir
from sim.scenario.columns import read_values
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.explain import problems_of, renamed, unknown_key
from sim.scenario.plain import UnusableError, change, merge
from sim.scenario.plain import as_lists as as_lists
from sim.scenario.plain import as_tuples as as_tuples
from sim.scenario.schema import Scenario, dated, leaves_of
from sim.scenario.toml import Raw, is_file, value_of
from sim.scenario.toml import read_toml as read_toml

_LOG = logging.getLogger("sim")


def shipped() -> list[Path]:
    """Return the files of all shipped scenarios, case by case, each arrangement first."""
    return [file for case in shipped_cases() for file in case.files]


def variants(case: str = FIRST) -> list[Path]:
    """Return the files of a case that can be named, the arrangement first."""
    return cases()[case].files


def named() -> Mapping[str, Path]:
    """Return the files of the scenarios that can be named, by name.

    An arrangement has the name that its file gives it, and that of its case; a variant is
    `case/variant`. Within the first case, and where no other has the name, it is `variant` alone.
    """
    found: dict[str, Path] = {}
    there = cases()
    for name, case in there.items():
        found.setdefault(_own_name(case.scenario), case.scenario)
        for file in case.variants:
            found.setdefault(file.stem if name == FIRST else f"{name}/{file.stem}", file)
    for name, case in there.items():
        found.setdefault(name, case.scenario)
        for file in case.variants:
            found.setdefault(f"{name}/{file.stem}", file)
            found.setdefault(file.stem, file)
    return found


def _own_name(file: Path) -> str:
    name = _said(file, "name")
    return name if isinstance(name, str) else file.parent.name


def _said(file: Path, key: str) -> Any:
    """Return what a file says of one of its own keys, None if nothing."""
    return _read(file, times_of([file])).get(key)


@lru_cache(maxsize=256)
def _read(file: Path, _times: tuple[int, ...]) -> Raw:
    """Return what a file says, to be looked at and not changed."""
    return read_toml(file)


def can_be_named(home: Path) -> bool:
    """Tell whether the case in a folder is shipped or installed."""
    return home in {case.folder.resolve() for case in cases().values()}


def called(scenario: Scenario) -> str | None:
    """Return the name, or else the file, by which a scenario of that name and case is loaded.

    It may have been changed since: then what is loaded is another one.
    """
    own = [] if scenario.home is None else Case(scenario.home).files
    mine = next((file for file in own if _own_name(file) == scenario.name), None)
    if mine is None:
        return None
    return next((name for name, file in named().items() if file.resolve() == mine), str(mine))


def as_shipped(scenario: Scenario) -> Scenario | None:
    """Return the scenario of that name and case as its file has it, None without a file."""
    name = called(scenario)
    return None if name is None else load(name)


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
    chain = read_chain(path)
    given = {} if changes is None else changes
    _see_that_mapping(given)
    problems = [*senseless(chain.mine, chain.borrowed, str(path)), *_change(chain.raw, given)]
    own = [_plain(key) for key in filter(_is_text, given)]
    _claim(chain.origin, own, "given value")
    scenario = _validated(chain.raw, chain.origin, str(path), problems, chain.home)
    whose = {key: lender.named for key, lender in chain.borrowed.items()}
    scenario._borrowed = kept(whose, own)
    return scenario


def as_toml(scenario: Scenario) -> str:
    """Return a scenario as the text of a file that stands alone and loads as the same world."""
    import tomli_w

    content = scenario.model_dump(mode="python", by_alias=True, exclude_none=True)
    return tomli_w.dumps(as_lists(content))


def base_of(source: str | Path) -> Scenario | None:
    """Return the scenario that a file extends, or None for one that extends none."""
    path = find(source)
    extends = _said(path, "extends")
    base = _base(path, extends) if isinstance(extends, str) else None
    return None if base is None or base.name == COUNTRY else load(base)


def loaded(file: Path) -> Scenario:
    """Read a scenario's file, or return what was read when it was as old as it is."""
    return _loaded(file, times_of(_files(file)))


@lru_cache(maxsize=32)
def _loaded(file: Path, _times: tuple[int, ...]) -> Scenario:
    return load(file)


def base_of_case(scenario: Scenario) -> Scenario:
    """Return the arrangement that evidence for a scenario's case speaks of.

    A scenario of a case that has no folder is its own.
    """
    return scenario if scenario.home is None else loaded(Case(scenario.home).scenario)


def country_of(file: Path) -> Path | None:
    """Return the country's file that a scenario's file extends, if it is of the country it names.

    Whoever extends another country's file, and says another name, has borrowed it.
    """
    files = _files(file)
    told = [name for one in files if (name := (_said(one, "countries") or {}).get("sending"))]
    mine = next((one for one in files if one.name == COUNTRY), None)
    same = mine is not None and told[0] == _said(mine, "countries").get("sending")
    return mine if same else None


def times_of(files: Sequence[Path]) -> tuple[int, ...]:
    """Return when files were written: what was read from them is as old."""
    return tuple(file.stat().st_mtime_ns for file in files if is_file(file))


def changed(
    scenario: Scenario, changes: Mapping[str, Any], on: date | str | None = None
) -> Scenario:
    """Return a scenario with some dotted keys changed; see `Scenario.change`."""
    _see_that_mapping(changes)
    raw = as_lists(scenario.model_dump(by_alias=True))
    problems = _change(raw, changes, None if on is None else _day(on))
    origin = {_plain(key): "given value" for key in filter(_is_text, changes)}
    home = scenario.home if raw["case"] == scenario.case else _known_home(raw)
    found = _validated(raw, origin, scenario.name, problems, home)
    found._borrowed = kept(scenario.borrowed, origin)
    return found


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
    absent = dict.fromkeys([*_absent(base, ""), *_absent(other, "")])
    lacking = [key for key in absent if not any(key.startswith(f"{one}.") for one in absent)]
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
    """Return the file of a scenario given by file, by the folder of a case, or by a known name."""
    if not isinstance(source, str | Path):
        message = f"is a {type(source).__name__}: give a file, or the name of a shipped scenario"
        raise ScenarioError([Problem(repr(source), "", message)])
    path = Path(source)
    if path.suffix == ".toml" or is_file(path):
        if path.name == COUNTRY:
            message = "is a country's file: give that of an arrangement, which extends it"
            raise ScenarioError([Problem(str(path), "", message)])
        if not is_file(path) and path.stem in named():
            message = f"no such file; a shipped scenario has the name {path.stem!r}: give that"
            raise ScenarioError([Problem(str(path), "", message)])
        return path
    if is_file(path / ARRANGEMENT):
        return path / ARRANGEMENT
    there = named()
    if str(source) in there:
        return there[str(source)]
    known = [name for name in there if "/" not in name]
    near = get_close_matches(str(source), there, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    message = (
        f"no such file, no folder with a {ARRANGEMENT}, and no shipped scenario of that name"
        f"{hint}; there are: {', '.join(known)}"
    )
    raise ScenarioError([Problem(str(source), "", message)])


@dataclass(frozen=True)
class Chain:
    """A scenario's file on top of those that it extends."""

    raw: Raw
    """All that they say."""
    origin: dict[str, str]
    """The file that each key has its value from, by key without days."""
    files: tuple[Path, ...]
    """The files, that which is extended by all others last."""
    home: Path | None
    """Folder of the case, if it has one."""
    mine: Lender
    """The states that it is about."""
    borrowed: dict[str, Lender]
    """Keys that have their values from a file about another country, and whose they are."""


def read_chain(path: Path) -> Chain:
    """Read a file on top of those it extends; ScenarioError lists what is wrong with any."""
    files = _files(path)
    raw: Raw = {}
    origin: dict[str, str] = {}
    for file in reversed(files):
        own = read_toml(file)
        if unreadable := [*read_values(own, file)]:
            raise ScenarioError(unreadable)
        own.pop("extends", None)
        if old := [*_old_keys(own, "", str(file))]:
            raise ScenarioError(old)
        try:
            merge(raw, own)
        except UnusableError as error:
            raise ScenarioError([Problem(str(file), "", str(error))]) from None
        _claim(origin, [key for key, _ in leaves_of(own, "")], str(file))
    mine, others = lenders(files, {file: _said(file, "countries") or {} for file in files})
    case = next((case for file in files if (case := case_of(file))), None)
    if case is not None and not _says_case(files, case):
        raw["case"] = case.name
        origin["case"] = str(files[0])
    gone = [key for key in origin if not _is_there(raw, key)]
    taken = borrowed({key: file for key, file in origin.items() if key not in gone}, others)
    home = _known_home(raw) if case is None else case.folder
    return Chain(raw, origin, files, home, mine, taken)


def _is_there(raw: Raw, key: str) -> bool:
    """Tell whether plain data still say something at a key: a table may have been dropped since."""
    value: Any = raw
    for part in key.split("."):
        if isinstance(value, list):
            return True
        if not isinstance(value, Mapping) or part not in value:
            return False
        value = value[part]
    return True


def _known_home(raw: Raw) -> Path | None:
    """Return the folder of a case that is named, if it is shipped or installed."""
    known = cases().get(raw["case"]) if isinstance(raw.get("case"), str) else None
    return None if known is None else known.folder.resolve()


def _says_case(files: Sequence[Path], case: Case) -> bool:
    """Tell whether a file in the folder of a case names the case: it need not have its name."""
    mine = [file for file in files if (found := case_of(file)) and found.folder == case.folder]
    outside = files[: files.index(mine[0])]
    return any(_said(file, "case") is not None for file in (*outside, *mine))


def _files(path: Path) -> tuple[Path, ...]:
    """Return a file and those it extends, in order."""
    files: list[Path] = []
    seen: list[Path] = []
    while True:
        extends = _said(path, "extends")
        here = path.resolve()
        if here in seen:
            chain = " -> ".join(file.name for file in (*seen[seen.index(here) :], here))
            raise ScenarioError([Problem(str(path), "extends", f"goes round in a circle: {chain}")])
        files.append(path)
        seen.append(here)
        if extends is None:
            return tuple(files)
        if not isinstance(extends, str):
            message = f"is {extends!r}: write the file's name as text"
            raise ScenarioError([Problem(str(path), "extends", message)])
        path = _base(path, extends)


def _base(path: Path, extends: str) -> Path:
    """Return the file that a file extends: from its own folder, or a known one by its name."""
    base = path.parent / extends
    if is_file(base):
        return base
    there = {**named(), **countries()}
    for name in (extends, extends.removesuffix(".toml"), Path(extends).stem):
        if name in there:
            return there[name]
    message = f"there is no file {base}, and no shipped scenario or country {extends!r}"
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


def _validated(
    raw: Raw, origin: dict[str, str], file: str, problems: list[Problem], home: Path | None
) -> Scenario:
    try:
        scenario = Scenario.model_validate(as_tuples(raw))
        scenario._home = home
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
    return DAYS.sub("", key)


def walk_shipped() -> Iterator[Scenario]:
    """Yield every shipped scenario, the baseline first."""
    for path in shipped():
        yield load(path)
