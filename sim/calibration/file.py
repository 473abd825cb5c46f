"""The file of a calibration: what is varied, what is to be met, and what is held out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, model_validator

from sim.calibration.match import Target
from sim.experiment.entries import Entry, made_out
from sim.experiment.factors import Factor
from sim.results.published.file import (
    covers,
    figures_of,
    last_day,
    load_figures,
    problems_with,
)
from sim.results.published.vocabulary import Figure
from sim.scenario.base import Section, Seed
from sim.scenario.calendar import followed_until
from sim.scenario.cases import FIRST, cases
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.explain import Form, problems_of
from sim.scenario.files import as_tuples, load, read_toml
from sim.scenario.names import Name, Title
from sim.scenario.schema import Scenario


class Aim(Section):
    """A published figure that the model is to meet."""

    figure: str
    """Key of the figure."""
    discrepancy: Annotated[float, Field(gt=0)] | None = None
    """How far a model with the right parameters might still be off, in the figure's unit: taken for
    two standard deviations. The figure's tolerance if left out."""
    why: str = ""
    """What the discrepancy stands for."""
    series: Annotated[str, Field(min_length=1)] | None = None
    """Series that it belongs to: targets of one series share the model's error."""

    @model_validator(mode="after")
    def _explained(self) -> Aim:
        if self.discrepancy is not None and not self.why:
            raise ValueError("why: say what the discrepancy stands for")
        return self


class Calibration(Section):
    """A calibration as its file defines it."""

    name: Name
    """Short name: the folder of its results by default."""
    title: Title
    """Title for people."""
    scenario: str = "baseline"
    """Name of a shipped scenario, or a file (from the calibration's folder)."""
    figures: str | None = None
    """File of published figures (from the calibration's folder); the shipped ones if left out."""
    seed: Seed = 1
    """Decides the points, and who is simulated: the same people at every point."""
    points: tuple[Annotated[int, Field(ge=10)], ...]
    """Points of each wave; those of the last become the ensemble."""
    replications: Annotated[int, Field(ge=2)] = 2
    """Replications at each point: two tell how far chance goes."""
    cutoff: Annotated[float, Field(gt=0)] = 3.0
    """Implausibility beyond which a point is ruled out, and a target out of reach."""
    series_correlation: Annotated[float, Field(ge=0, le=1)] = 1.0
    """How far the model's errors in targets of one series go together: from 0, where each is
    evidence of its own, to 1, where all of them tell no more than one."""
    factors: Annotated[tuple[Entry, ...], Field(min_length=1)]
    """What is varied: keys, or keys with ranges of their own."""
    settled: tuple[str, ...] = ()
    """Keys of what the figures follow as well, though it is not searched: draws leave it alone."""
    target: Annotated[tuple[Aim, ...], Field(min_length=1)]
    """What is to be met."""
    held_out: tuple[str, ...] = ()
    """Keys of figures that are measured, but have no say: to be foretold."""

    @model_validator(mode="after")
    def _each_once(self) -> Calibration:
        keys = [*(aim.figure for aim in self.target), *self.held_out]
        if twice := [key for key in keys if keys.count(key) > 1]:
            raise ValueError(
                f"figure {twice[0]!r} is named twice: it can be one target, or held out, not both"
            )
        if len(self.points) < 2:
            raise ValueError("points: give those of two waves at least: one to learn, one to keep")
        if self.points[0] <= len(self.factors):
            raise ValueError(
                f"points: {self.points[0]} points tell nothing about {len(self.factors)} factors; "
                f"the first wave needs more points than there are factors"
            )
        return self


FORM = Form(Calibration, {})


@dataclass(frozen=True, eq=False)
class Task:
    """A calibration with its world, factors and figures made out."""

    definition: Calibration
    world: Scenario
    """Simulated no further than the figures go."""
    factors: tuple[Factor, ...]
    figures: tuple[Figure, ...]
    """The targets in their order, then what is held out."""
    targets: tuple[Target, ...]


def shipped_calibration() -> Path:
    """Return the file of the calibration that comes with the model."""
    return cases()[FIRST].calibration


def read_calibration(source: str | Path | None = None) -> Task:
    """Read and check a calibration; the shipped one if no file is given.

    Raises
    ------
    ScenarioError
        Listing everything wrong: the file, its scenario, factors and figures.
    """
    path = Path(source) if source is not None else shipped_calibration()
    try:
        definition = Calibration.model_validate(as_tuples(read_toml(path)))
    except ValidationError as error:
        raise ScenarioError(problems_of(error, {}, str(path), FORM)) from None
    named = definition.scenario
    scenario = load(path.parent / named if named.endswith(".toml") else named)
    own = definition.figures
    there = load_figures(path.parent / own if own else figures_of(scenario))
    return task_of(definition, scenario, there, str(path))


def task_of(
    definition: Calibration, scenario: Scenario, figures: Sequence[Figure], file: str
) -> Task:
    """Make out a calibration of a scenario by some figures; see `read_calibration`."""
    by_key = {figure.key: figure for figure in figures}
    problems = [*_figure_problems(definition, scenario, by_key, file)]
    try:
        factors = made_out(definition.factors, scenario)
        problems += _factor_problems(factors, file)
        made_out(definition.settled, scenario)
    except ScenarioError as error:
        problems += [Problem(file, f"factors.{p.key}", p.message) for p in error.problems]
    if problems:
        raise ScenarioError(problems)
    aims = [by_key[aim.figure] for aim in definition.target]
    chosen = (*aims, *(by_key[key] for key in definition.held_out))
    targets = [_target(aim, figure) for aim, figure in zip(definition.target, aims, strict=True)]
    world = followed_until(scenario, last_day(chosen))
    return Task(definition, world, tuple(factors), chosen, tuple(targets))


def _figure_problems(
    definition: Calibration, scenario: Scenario, figures: dict[str, Figure], file: str
) -> Iterator[Problem]:
    named = [("target", aim.figure) for aim in definition.target]
    named += [("held_out", key) for key in definition.held_out]
    for where, key in named:
        if key not in figures:
            near = get_close_matches(key, figures, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            yield Problem(file, where, f"no figure has the key {key!r}{hint}")
        elif not covers(scenario, figures[key]):
            when = f"{scenario.time.start} to {scenario.time.end}"
            message = f"scenario {scenario.name} ({when}) does not simulate the days of {key}"
            yield Problem(file, where, message)
        else:
            yield from problems_with([figures[key]], [scenario], file)


def _factor_problems(factors: Sequence[Factor], file: str) -> Iterator[Problem]:
    for factor in factors:
        if factor.among or isinstance(factor.low, date):
            message = "only a factor between two numbers can be calibrated"
            yield Problem(file, f"factors.{factor.name}", message)


def _target(aim: Aim, figure: Figure) -> Target:
    low, high = figure.published
    open_low, open_high = figure.compare == "at_most", figure.compare == "at_least"
    discrepancy = figure.tolerance if aim.discrepancy is None else aim.discrepancy
    return Target(
        figure.key,
        float("-inf") if open_low else low,
        float("inf") if open_high else high,
        discrepancy / 2,
        aim.series or "",
    )
