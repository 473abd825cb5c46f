"""Designs: at which points of its parameters a world is simulated.

Every kind turns into the same thing, a list of points, each a set of changes by dotted key. Which
points these are depends on the design and the seed alone.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, Field, model_validator

from sim.experiment.ensemble import load_ensemble
from sim.experiment.entries import Factors, made_out
from sim.experiment.factors import WORDS, Factor, balanced, changed_from
from sim.experiment.groups import factors_by_group, group_problems
from sim.numbers import grouped
from sim.scenario.base import Section, Seed, as_toml_value
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.files import base_of_case
from sim.scenario.names import Title
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

#: What is disputed, by the beginning of its keys, and told as alternatives: how many places there
#: are, and whether serving abroad changes a removal case.
CONTESTED = ("host.capacity_claims", "rented_prison.effects")
#: More points than this are taken for a mistake.
MOST_POINTS = 1_000_000


class Base(Section):
    """The scenarios as they are: one point, without changes."""

    kind: Literal["base"] = "base"


def _of_a_world(values: dict[str, Any]) -> dict[str, Any]:
    """Check that keys are about what is simulated."""
    for key in values:
        if key in WORDS:
            raise ValueError(f"{key} is a word for a scenario, not a value that a point can change")
    return values


def _each_once(points: tuple[NamedPoint, ...]) -> tuple[NamedPoint, ...]:
    names = [point.name for point in points]
    if twice := [name for name in names if names.count(name) > 1]:
        raise ValueError(f"two points are called {twice[0]!r}: give each a name of its own")
    return points


class NamedPoint(Section):
    """A point written out."""

    name: Title
    """Name for tables and figures, each once."""
    changes: Annotated[dict[str, Any], AfterValidator(_of_a_world)]
    """Values by dotted key; all of them are simulated as they stand."""


class Points(Section):
    """Points written out one by one."""

    kind: Literal["points"]
    points: Annotated[tuple[NamedPoint, ...], Field(min_length=1), AfterValidator(_each_once)]
    """The points."""


def _has_values(values: dict[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
    empty = [key for key, choices in values.items() if not choices]
    if not values or empty:
        raise ValueError(f"{empty[0]} has no values" if empty else "no keys: give at least one")
    return values


class Grid(Section):
    """Every combination of some values."""

    kind: Literal["grid"]
    values: Annotated[
        dict[str, tuple[Any, ...]], AfterValidator(_of_a_world), AfterValidator(_has_values)
    ]
    """Values to be combined, by dotted key."""


class Sampled(Section):
    """What designs drawn at random have in common."""

    factors: Factors
    """`"uncertainties"`, `"assumptions"`, `"levers"`, or a list of keys and own ranges."""
    seed: Seed | None = None
    """Decides the sample; by default the seed of the experiment does."""


class LatinHypercube(Sampled):
    """A sample that spreads evenly over the range of every single factor."""

    kind: Literal["latin_hypercube"]
    samples: Annotated[int, Field(ge=1, le=MOST_POINTS)]
    """Number of points."""


class Grouped(Sampled):
    """Designs in which several factors can be moved as one."""

    groups: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Factors by the name of their group: names, in which `*` stands for anything. A factor in no
    group stands by itself."""


class Morris(Grouped):
    """Trajectories that move one factor (or group) after the other: screening after Morris."""

    kind: Literal["morris"]
    trajectories: Annotated[int, Field(ge=2, le=MOST_POINTS)]
    """Number r of trajectories; the points are r (D + 1), for D factors or groups."""
    levels: Annotated[int, Field(ge=2, le=100, multiple_of=2)] = 4
    """Levels p of each factor; a step moves it by p / (2 (p - 1)) of its range."""


class Sobol(Grouped):
    """Saltelli's layout of a Sobol' sequence, from which Sobol' indices are estimated."""

    kind: Literal["sobol"]
    samples: Annotated[int, Field(ge=2, le=MOST_POINTS)]
    """Base samples N, a power of two; the points are N (D + 2), or N (2 D + 2) with second
    order, for D factors or groups."""
    second_order: bool = False
    """Whether interactions of two factors can be estimated."""

    @model_validator(mode="after")
    def _power_of_two(self) -> Sobol:
        if self.samples & (self.samples - 1):
            near = 1 << (self.samples.bit_length() - 1)
            raise ValueError(f"{self.samples} is no power of two: take {near} or {2 * near}")
        return self


class OneAtATime(Section):
    """The scenarios as they are, and each factor alone at its low and its high end."""

    kind: Literal["one_at_a_time"]
    factors: Factors
    """`"uncertainties"`, `"assumptions"`, `"levers"`, or a list of keys and own ranges."""


class FromEnsemble(Section):
    """Parameter sets from the file of an ensemble, such as a calibration writes."""

    kind: Literal["ensemble"]
    file: str
    """File (from the experiment file's folder), or name of a shipped ensemble."""
    samples: Annotated[int, Field(ge=1, le=MOST_POINTS)] | None = None
    """Number of points, drawn by weight; each set once, whatever its weight, if left out."""
    seed: Seed | None = None
    """Decides the draw; by default the seed of the experiment does."""


class Doubt(Section):
    """Draws of everything that nobody knows, besides the scenarios as they are.

    A draw is one parameter set of an ensemble, and for every other uncertainty that this does not
    call settled a value from the range of its evidence. What a scenario changes itself stays as it
    says. Each draw is simulated
    once, with luck of its own: draws differ by assumptions and chance.
    """

    kind: Literal["doubt"]
    draws: Annotated[int, Field(ge=1, le=MOST_POINTS)]
    """Number of draws; more of them leave the first as they are."""
    ensemble: str | None = None
    """File (from the experiment file's folder), or name of a shipped ensemble, if there is any."""
    contested: tuple[str, ...] = CONTESTED
    """What is disputed, by the beginning of its keys: shown as alternatives, never drawn."""
    seed: Seed | None = None
    """Decides the draws; by default the seed of the experiment does."""


Design = Annotated[
    Base | Points | Grid | LatinHypercube | Morris | Sobol | OneAtATime | FromEnsemble | Doubt,
    Field(discriminator="kind"),
]


def ensemble_of(design: Design) -> str | None:
    """Return the ensemble that a design draws from, as a file or a name; None if there is none."""
    if isinstance(design, FromEnsemble):
        return design.file
    return design.ensemble if isinstance(design, Doubt) else None


def with_ensemble(design: Design, file: str) -> Design:
    """Return a design that draws from the ensemble in a file instead."""
    key = "file" if isinstance(design, FromEnsemble) else "ensemble"
    return design.model_copy(update={key: file})


@dataclass(frozen=True)
class Plan:
    """The points of a design.

    `values` holds for each point the values of what varies, by name; `names` a name for each. In
    a `whole` design the points belong together: one that cannot be simulated spoils others. With a
    `base`, points change only what a scenario has in common with it.
    """

    factors: tuple[Factor, ...]
    names: tuple[str, ...]
    values: tuple[Mapping[str, Any], ...]
    whole: bool = False
    base: Scenario | None = None

    def __len__(self) -> int:
        return len(self.names)

    @property
    def draws(self) -> int:
        """Number of points that are draws: all but the first, where scenarios are as they are."""
        return 0 if self.base is None else len(self) - 1

    @property
    def order(self) -> Sequence[int]:
        """The points in the order in which they are run: draws come first."""
        return range(len(self)) if self.base is None else [*range(1, len(self)), 0]

    def is_draw(self, point: int) -> bool:
        """Tell whether a point is a draw, simulated once."""
        return self.base is not None and point > 0

    def first(self, point: int) -> int:
        """Return the number of a point's first replication: that of the draw, if it is one."""
        return point - 1 if self.is_draw(point) else 0

    @cached_property
    def _by_name(self) -> dict[str, Factor]:
        return {factor.name: factor for factor in self.factors}

    @cached_property
    def _found(self) -> dict[Scenario, dict[str, Mapping[str, Any]]]:
        return {}

    def _targets(self, scenario: Scenario) -> dict[str, Mapping[str, Any]]:
        """Return what each factor sets in a scenario: looked up once, whatever the points."""
        if scenario not in self._found:
            found = {factor.name: factor.targets(scenario) for factor in self.factors}
            self._found[scenario] = found
        return self._found[scenario]

    def changes(self, point: int, scenario: Scenario) -> dict[str, Any]:
        """Return what a point changes in a scenario, by dotted key.

        Values that were written out stand as they are; those drawn for factors are balanced, where
        they are shares that must sum to one with others.
        """
        values = self.values[point]
        if not values or not self.factors:
            return dict(values)
        changes: dict[str, Any] = {}
        targets = self._targets(scenario)
        for name, value in values.items():
            changes |= self._by_name[name].set(targets[name], value)
        if self.base is not None:
            own = changed_from(self.base, scenario)
            changes = {key: value for key, value in changes.items() if key not in own}
        return balanced(scenario, changes)

    def table(self) -> pd.DataFrame:
        """Return the points: one row each, a column for everything that varies.

        Numbers, switches, dates and words are themselves; a column with values of several kinds,
        or with lists and tables, has each as it stands in a file. What a point leaves as it is is
        missing.
        """
        import pandas as pd

        keys = list(dict.fromkeys(key for values in self.values for key in values))
        columns = {key: _column([values.get(key) for values in self.values]) for key in keys}
        frame = pd.DataFrame(columns, index=range(len(self)))
        frame.insert(0, "name", list(self.names))
        frame.insert(0, "point", np.arange(len(self), dtype=np.int32))
        return frame


def _column(values: Sequence[Any]) -> pd.Series | list[Any]:
    """Return values of one column in a form that a table can store; None is missing."""
    import pandas as pd

    kinds = {_kind(value) for value in values if value is not None}
    if kinds == {date}:
        return pd.Series(np.array(values, "datetime64[ms]"))
    if len(kinds) > 1 or not kinds <= {bool, float, str}:
        return [None if value is None else as_toml_value(value) for value in values]
    return pd.Series(values)


def _kind(value: Any) -> type:
    """Return the kind of a value; whole and other numbers are of one kind, unknown ones objects."""
    if type(value) is int and value.bit_length() > 63:
        return object
    kinds = {bool: bool, date: date, str: str, int: float, float: float}
    return kinds.get(type(value), object)


def lay_out(design: Design, scenario: Scenario, seed: int) -> Plan:
    """Turn a design into its points.

    Parameters
    ----------
    design
        The design.
    scenario
        The one whose keys and values the factors speak of (the first of the experiment).
    seed
        Decides samples; the same seed gives the same points.

    Raises
    ------
    ScenarioError
        If a factor is unknown or has no range, or there would be too many points.
    """
    if isinstance(design, Base):
        return Plan((), ("base",), ({},))
    if isinstance(design, Points):
        names = tuple(point.name for point in design.points)
        return Plan((), names, tuple(point.changes for point in design.points))
    if isinstance(design, Grid):
        return _grid(design)
    if isinstance(design, FromEnsemble):
        return _from_ensemble(design, scenario, seed)
    if isinstance(design, Doubt):
        return _doubt(design, scenario, seed)
    factors = tuple(made_out(design.factors, scenario))
    if not factors:
        raise ScenarioError([Problem("design", "factors", "there is nothing to vary")])
    if isinstance(design, OneAtATime):
        return _one_at_a_time(factors)
    positions = _positions(design, [factor.name for factor in factors], seed)
    values = tuple(
        {factor.name: factor.at(u) for factor, u in zip(factors, row, strict=True)}
        for row in positions
    )
    return Plan(factors, _numbered(len(values)), values, isinstance(design, Grouped))


def number_of_points(design: Design, scenario: Scenario, seed: int) -> int:
    """Return how many points `lay_out` gives; those that SALib would draw are not drawn."""
    if isinstance(design, Morris | Sobol):
        names = [factor.name for factor in made_out(design.factors, scenario)]
        return _size(design, _problem(names, design.groups)[1])
    return len(lay_out(design, scenario, seed))


def _size(design: Morris | Sobol, groups: int) -> int:
    """Return the number of points for some factors or groups; refuse it if it is too large."""
    if isinstance(design, Morris):
        size, key = design.trajectories * (groups + 1), "trajectories"
    else:
        size, key = design.samples * ((2 if design.second_order else 1) * groups + 2), "samples"
    _see_that_it_is_not_too_large(size, key)
    return size


def _from_ensemble(design: FromEnsemble, scenario: Scenario, seed: int) -> Plan:
    found = load_ensemble(design.file)
    factors = tuple(found.factors_in(scenario))
    numbers = np.arange(len(found.sets))
    if design.samples is not None:
        numbers = found.drawn(design.samples, seed if design.seed is None else design.seed)
    names = tuple(f"set {number}" for number in numbers)
    values = tuple(
        {factor.name: value for factor, value in zip(factors, found.sets[n].values, strict=True)}
        for n in numbers
    )
    return Plan(factors, names, values)


def _doubt(design: Doubt, scenario: Scenario, seed: int) -> Plan:
    """Lay out draws of what nobody knows about the case of a scenario."""
    seed, base = seed if design.seed is None else design.seed, base_of_case(scenario)
    factors: list[Factor] = []
    drawn: list[dict[str, Any]] = [{} for _ in range(design.draws)]
    left: tuple[str, ...] = ()
    if design.ensemble is not None:
        found = load_ensemble(design.ensemble)
        factors, left = found.factors_in(base), found.settled
        names = [factor.name for factor in factors]
        for values, number in zip(drawn, found.drawn(design.draws, seed), strict=True):
            values |= zip(names, found.sets[number].values, strict=True)
    known = {factor.name for factor in factors} | set(left)
    ranged = [
        factor
        for factor in made_out("uncertainties", base)
        if factor.name not in known and not factor.name.startswith(design.contested)
    ]
    for number, values in enumerate(drawn):
        values |= {factor.name: factor.at(_position(factor, seed, number)) for factor in ranged}
    names = ["own values", *(f"draw {number}" for number in range(design.draws))]
    return Plan((*factors, *ranged), tuple(names), ({}, *drawn), base=base)


def _position(factor: Factor, seed: int, number: int) -> float:
    """Return where in its range a factor lies in the draw of a number, from 0 to 1.

    Each factor and number has luck of its own: one more or less leaves the others as they are.
    """
    key = zlib.crc32(factor.name.encode())
    return float(np.random.default_rng([seed, key, number]).random())


def _grid(design: Grid) -> Plan:
    size = math.prod(len(choices) for choices in design.values.values())
    if size > MOST_POINTS:
        message = f"{grouped(size)} combinations; at most {grouped(MOST_POINTS)} are allowed"
        raise ScenarioError([Problem("design", "values", message)])
    values = tuple(
        dict(zip(design.values, combination, strict=True))
        for combination in product(*design.values.values())
    )
    return Plan((), _numbered(len(values)), values)


def _see_that_it_is_not_too_large(size: int, key: str) -> None:
    if size > MOST_POINTS:
        message = f"{grouped(size)} points; at most {grouped(MOST_POINTS)} are allowed"
        raise ScenarioError([Problem("design", key, message)])


def _one_at_a_time(factors: tuple[Factor, ...]) -> Plan:
    def each() -> Iterator[tuple[str, dict[str, Any]]]:
        yield "base", {}
        for factor in factors:
            for words, value in factor.ends():
                yield f"{factor.name} {words}", {factor.name: value}

    names, values = zip(*each(), strict=True)
    return Plan(factors, names, values)


def _positions(
    design: LatinHypercube | Morris | Sobol, names: Sequence[str], seed: int
) -> np.ndarray:
    """Return where each point lies in the range of each factor, from 0 (low) to 1 (high)."""
    seed = seed if design.seed is None else design.seed
    if isinstance(design, LatinHypercube):
        return latin_hypercube(design.samples, len(names), seed)
    if problems := list(group_problems(names, design.groups)):
        raise ScenarioError([Problem("design", *problem) for problem in problems])
    if isinstance(design, Morris):
        return _morris(design, names, seed)
    return _sobol(design, names, seed)


def latin_hypercube(samples: int, dimensions: int, seed: int) -> np.ndarray:
    """Return points of a Latin hypercube, each from 0 to 1 in every dimension."""
    from scipy.stats import qmc

    sampler = qmc.LatinHypercube(dimensions, rng=np.random.default_rng(seed))
    return np.asarray(sampler.random(samples))


def _morris(design: Morris, names: Sequence[str], seed: int) -> np.ndarray:
    problem, groups = _problem(names, design.groups)
    _size(design, groups)
    try:
        from SALib.sample.morris import sample
    except ImportError:
        raise _needs_salib("Morris") from None
    return np.asarray(sample(problem, design.trajectories, num_levels=design.levels, seed=seed))


def _sobol(design: Sobol, names: Sequence[str], seed: int) -> np.ndarray:
    problem, groups = _problem(names, design.groups)
    _size(design, groups)
    try:
        from SALib.sample.sobol import sample
    except ImportError:
        raise _needs_salib("Sobol'") from None
    return np.asarray(
        sample(problem, design.samples, calc_second_order=design.second_order, seed=seed)
    )


def _problem(
    names: Sequence[str], groups: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Any], int]:
    """Return factors on the unit cube in the words of SALib, and the number of their groups."""
    by_group = factors_by_group(names, groups)
    group_of = {name: group for group, mine in by_group.items() for name in mine}
    problem = {
        "num_vars": len(names),
        "names": list(names),
        "bounds": [[0.0, 1.0]] * len(names),
        "groups": [group_of[name] for name in names],
    }
    return problem, len(set(group_of.values()))


def _needs_salib(what: str) -> ScenarioError:
    message = f"a {what} design needs SALib: pip install 'prisonflow[sensitivity]'"
    return ScenarioError([Problem("design", "kind", message)])


def _numbered(size: int) -> tuple[str, ...]:
    return tuple(f"point {number}" for number in range(size))
