"""What a visitor asks: as an address to share, as scenarios to run, as files to keep."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.analysis.comparable import incomparable
from sim.language import ENGLISH, speaking, tr
from sim.scenario.cases import FIRST, case_of
from sim.scenario.explain import renamed
from sim.scenario.files import called, changed, find, load, named
from sim.scenario.schema import Scenario
from sim.scenario.together import told_apart
from sim.show.app.levers import POLICY, UNKNOWN, Lever, Value, levers_of
from sim.show.app.moves import changes
from sim.show.words import counted, listed, lower_first

#: Environment variable with the user's own scenario files, as the command line passes them.
FILES = "PRISONFLOW_SCENARIOS"
#: Draws, and replications where there are no draws, that the page offers.
DRAWS, REPLICATIONS = (20, 60, 100, 200), (5, 10, 30, 60, 100)
#: The usual: draws, replications beside them, and replications alone.
USUAL, BESIDE_DRAWS, ALONE = 60, 20, 30
#: More of either may be asked for in an address, up to this number.
MOST = 1000
#: What an address says of assumptions: everything that nobody knows is drawn, or nothing is.
ENSEMBLE, FIXED = "ensemble", "fixed"
#: Names in addresses of what is no lever.
_SCENARIO, _BESIDE, _SEED = "scenario", "beside", "seed"
_ASSUMPTIONS, _DRAWS, _REPLICATIONS = "assumptions", "draws", "replications"
#: Largest seed that may be asked for.
MOST_SEED = 2**31 - 1
#: Added to the name of a scenario in which something was moved.
_CHANGED = "_changed"


class Catalogue:
    """The scenarios to choose from: the shipped ones, and files of one's own.

    Parameters
    ----------
    files
        Scenario files, names, or folders of cases, of which all files are taken; one with the name
        of a shipped scenario takes its place.

    Raises
    ------
    ScenarioError
        If a file cannot be read as a scenario.
    """

    def __init__(self, files: Sequence[Path] = ()) -> None:
        self.scenarios: dict[str, Scenario] = {}
        self._extends: dict[str, str] = {}
        there = set[Path]()
        for name, file in named().items():
            if file not in there:
                there.add(file)
                self.scenarios[name], self._extends[name] = load(file), name
        own = [file for path in files for file in files_of(path) if file not in there]
        for file in own:
            scenario = load(file)
            self.scenarios[scenario.name], self._extends[scenario.name] = scenario, file.name
        first = load(files_of(files[0])[0]) if files else load(FIRST)
        self.opens = next(name for name, one in self.scenarios.items() if one == first)
        """Name of the scenario that it opens on."""

    def of_case(self, name: str) -> list[str]:
        """Return the names of the scenarios of the same case."""
        case = self.scenarios[name].case
        return [other for other, scenario in self.scenarios.items() if scenario.case == case]

    def beside(self, name: str) -> str:
        """Return what a scenario is compared with at first: its case without a rented prison."""
        without = (n for n in self.of_case(name) if not self.scenarios[n].rented_prison.in_use)
        return next(without, "")

    @property
    def titles(self) -> dict[str, str]:
        """Titles by name, the baseline first; one that several share says its name, too."""
        apart = told_apart(list(self.scenarios.values()))
        return {name: one.title for name, one in zip(self.scenarios, apart, strict=True)}

    @cached_property
    def levers(self) -> dict[str, dict[str, Lever]]:
        """What can be moved in each scenario, by name and key."""
        return {
            name: {lever.key: lever for lever in levers_of(scenario)}
            for name, scenario in self.scenarios.items()
        }

    def make(self, name: str, moved: Mapping[str, Value]) -> Made:
        """Return a scenario with levers moved; ScenarioError if that makes none."""
        base = self.scenarios[name]
        levers = self.levers[name]
        really = {k: v for k, v in moved.items() if k in levers and levers[k].own != v}
        found = changes(base, really)
        if not found:
            return Made(base, "" if self._is_shipped(name) else self._extends[name], "")
        with speaking(ENGLISH):  # It is written into a file.
            told = [
                f"{lower_first(levers[key].titled, base)}: {levers[key].shown(value)}"
                for key, value in really.items()
            ]
        short = len(told) == 1 and all(levers[key].part != UNKNOWN for key in really)
        but = told[0] if short else f"{counted(len(told), 'thing')} changed"
        words = {
            "name": base.name + _CHANGED,
            "title": f"{base.title}, but {but}",
            "summary": f"{base.summary} But {listed(told)}.",
        }
        text = _file(self._extends[name], words, found)
        return Made(changed(base, {**words, **found}), f"{words['name']}.toml", text)

    def _is_shipped(self, name: str) -> bool:
        return self._extends[name] == name


def files_of(path: Path) -> list[Path]:
    """Return the files of a scenario, or of the whole case if its folder or name is given."""
    file = find(path)
    case = case_of(file)
    return case.files if case is not None and path != file else [file]


@dataclass(frozen=True)
class Made:
    """A scenario as a setting makes it."""

    scenario: Scenario
    file: str
    """Name of the file it is read from; empty for a shipped one."""
    text: str
    """Content of that file, where it is the setting's own: what differs from the one extended."""


@dataclass(frozen=True)
class Setting:
    """A scenario, one to compare it with, what is moved, what is drawn, and how often it is run."""

    scenario: str = "baseline"
    beside: str = "no_agreement"
    """The scenario to compare with; empty for none."""
    moved: Mapping[str, Value] = field(default_factory=dict)
    """Values of the levers that were moved, by key. Levers of policy change the first scenario
    alone; what is disputed, and what nobody knows, changes both: it is the same world."""
    draws: int = USUAL
    """Draws of everything that nobody knows; 0 if assumptions are fixed."""
    replications: int = BESIDE_DRAWS
    """Replications of the scenarios at their own values."""
    seed: int = 1

    @property
    def assumptions(self) -> str:
        """What is drawn, as an address and the command line say it."""
        return ENSEMBLE if self.draws else FIXED

    def made(self, catalogue: Catalogue) -> list[Made]:
        """Return the scenarios to run, one or two, with their files.

        Raises
        ------
        ScenarioError
            If what was moved makes no scenario.
        ValueError
            If both would be the same world, or they cannot be compared.
        """
        made = [catalogue.make(self.scenario, self.moved)]
        if self.beside:
            levers = catalogue.levers[self.scenario]
            shared = {k: v for k, v in self.moved.items() if levers[k].part != POLICY}
            made.append(catalogue.make(self.beside, shared))
        worlds = [one.scenario for one in made]
        if len({one.scenario.hash for one in made}) < len(made):
            raise ValueError(
                tr(
                    "both are the same world: choose another scenario to compare with, or move "
                    "something that policy can choose"
                )
            )
        if told := incomparable(worlds):
            raise ValueError(told)
        apart = told_apart(worlds)
        return [replace(one, scenario=world) for one, world in zip(made, apart, strict=True)]

    def query(self, catalogue: Catalogue) -> dict[str, str]:
        """Return the setting as the query of an address."""
        levers = catalogue.levers[self.scenario]
        return {
            _SCENARIO: self.scenario,
            _BESIDE: self.beside,
            **{key: levers[key].written(value) for key, value in self.moved.items()},
            **self._often(),
        }

    def command(self, made: Sequence[Made]) -> str:
        """Return the command that gives the same answer, files beside it."""
        names = shlex.join(one.file or called(one.scenario) or one.scenario.name for one in made)
        options = " ".join(f"--{name} {value}" for name, value in self._often().items())
        return f"prisonflow compare {names} {options}"

    def _often(self) -> dict[str, str]:
        """Return how often it is run, by the names of an address and of the command line."""
        draws = {_DRAWS: str(self.draws)} if self.draws else {}
        return {
            _ASSUMPTIONS: self.assumptions,
            **draws,
            _REPLICATIONS: str(self.replications),
            _SEED: str(self.seed),
        }


def _file(extends: str, words: Mapping[str, str], found: Mapping[str, Any]) -> str:
    """Return a scenario file that lists what is changed."""
    import tomli_w

    content: dict[str, Any] = {"extends": extends, **words}
    for key, value in found.items():
        *sections, name = key.split(".")
        place = content
        for section in sections:
            place = place.setdefault(section, {})
        place[name] = value
    return tomli_w.dumps(content)


# ---------------------------------------------------------------------- from addresses


def read_query(query: Mapping[str, str], catalogue: Catalogue) -> tuple[Setting, list[str]]:
    """Read a setting from the query of an address.

    Returns
    -------
    tuple
        The setting, and what of the address could not be used, in words. Whatever could not be
        used is as in the scenario.
    """
    usual = Setting(catalogue.opens, catalogue.beside(catalogue.opens))
    rest, remarks = dict(query), list[str]()

    def chosen(name: str, allowed: Sequence[str], otherwise: str) -> str:
        text = rest.pop(name, otherwise)
        if text in allowed:
            return text
        there = ", ".join(filter(None, allowed))
        remarks.append(tr("{name}: is {text}; there are: {there}",
                          name=name, text=repr(text), there=there))  # fmt: skip
        return otherwise

    def number(name: str, low: int, high: int, otherwise: int) -> int:
        text = rest.pop(name, str(otherwise))
        written = text.isascii() and text.isdigit() and len(text) <= len(str(high))
        if written and low <= int(text) <= high:
            return int(text)
        remarks.append(tr("{name}: is {text}; write a whole number from {low} to {high}",
                          name=name, text=repr(text), low=low, high=high))  # fmt: skip
        return otherwise

    scenarios = list(catalogue.scenarios)
    scenario = chosen(_SCENARIO, scenarios, usual.scenario)
    beside = chosen(_BESIDE, ["", *catalogue.of_case(scenario)], catalogue.beside(scenario))
    # An address without a word on assumptions that asks for replications is from before draws.
    old = _REPLICATIONS in rest and _DRAWS not in rest
    drawn = chosen(_ASSUMPTIONS, [ENSEMBLE, FIXED], FIXED if old else ENSEMBLE) == ENSEMBLE
    draws = number(_DRAWS, 1, MOST, usual.draws)
    often = number(_REPLICATIONS, 1, MOST, BESIDE_DRAWS if drawn else ALONE)
    seed = number(_SEED, 0, MOST_SEED, usual.seed)
    moved, told = _moved(catalogue.levers[scenario], rest)
    asked = Setting(scenario, beside, moved, draws if drawn else 0, often, seed)
    return asked, [*remarks, *told]


def _moved(
    levers: Mapping[str, Lever], query: Mapping[str, str]
) -> tuple[dict[str, Value], list[str]]:
    moved, remarks = dict[str, Value](), []
    for key, text in query.items():
        lever = levers.get(key)
        if lever is None:
            now = renamed(key)
            near = [now] if now in levers else get_close_matches(key, levers, 1)
            remarks.append(
                tr("{key}: nothing of this name can be moved here; did you mean {near}?",
                   key=key, near=near[0])
                if near
                else tr("{key}: nothing of this name can be moved here", key=key)
            )  # fmt: skip
            continue
        try:
            value = lever.read(text)
        except ValueError as error:
            remarks.append(
                tr("{key}: {error}; the scenario's own value is used", key=key, error=error)
            )
            continue
        if value != lever.own:
            moved[key] = value
    return moved, remarks
