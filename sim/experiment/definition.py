"""The experiment file: which scenarios, at which points, how often, and what is kept.

TOML, checked like a scenario: every error at once, each naming file, key, value and what is
allowed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError, model_validator

from sim.experiment import design as designs
from sim.experiment.design import Design, Plan, lay_out
from sim.experiment.ensemble import find_ensemble
from sim.experiment.keep import KEPT, MOVED, PUBLISHED, TABLES
from sim.numbers import grouped
from sim.results.choice import nearest
from sim.results.outcomes import OUTCOMES
from sim.results.published.file import load_figures, problems_with
from sim.results.published.vocabulary import Figure
from sim.scenario.base import Section, Seed
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.explain import Form, problems_of
from sim.scenario.files import as_tuples, changed, configs_dir, load, read_toml, variants
from sim.scenario.names import Name, Title
from sim.scenario.schema import Scenario
from sim.scenario.together import told_apart
from sim.scenario.toml import is_file
from sim.statistics.stopping import FIRST_LOOK

#: Points tried on every scenario before anything runs: all of a small design, and of one whose
#: points belong together; some of another sample.
TRIED_POINTS = 200
#: More replications than this are taken for a mistake.
MOST_REPLICATIONS = 1_000_000


class Precise(Section):
    """An outcome that must be known to within a half-width, in every scenario."""

    outcome: str
    """Name of the outcome."""
    half_width: Annotated[float, Field(gt=0)]
    """Half the width of the confidence interval, in the outcome's unit."""
    relative: bool = False
    """Whether it is a share of the mean instead (of the reference's mean, for a difference)."""
    difference_from: str | None = None
    """Reference scenario: the paired difference from it must be known, not the value."""

    @model_validator(mode="after")
    def _known(self) -> Precise:
        names = [outcome.name for outcome in OUTCOMES]
        if self.outcome not in names:
            raise ValueError(
                f"no outcome is called {self.outcome!r}; {nearest(self.outcome, names)}"
                f"there are: {', '.join(names)}"
            )
        return self


class ReplicationRule(Section):
    """How often every scenario is simulated at every point."""

    number: Annotated[int, Field(ge=1, le=MOST_REPLICATIONS)] | None = None
    """A fixed number of replications ..."""
    until: tuple[Precise, ...] = ()
    """... or as many as it takes, the same for all scenarios of a point,"""
    at_least: Annotated[int, Field(ge=2, le=MOST_REPLICATIONS)] = FIRST_LOOK
    """but not fewer than this (nor than `sim.statistics.stopping` asks for)"""
    at_most: Annotated[int, Field(ge=2, le=MOST_REPLICATIONS)] = 1000
    """and not more than this."""
    level: Annotated[float, Field(gt=0, lt=1)] = 0.95
    """Confidence level of the intervals."""
    per_cell: Annotated[int, Field(ge=1, le=MOST_REPLICATIONS)] = 10
    """Replications in one cell, the unit that is stored, resumed and judged at once."""

    @model_validator(mode="after")
    def _one_rule(self) -> ReplicationRule:
        if (self.number is None) == (not self.until):
            raise ValueError("give either a number, or until = [...] with the precision wanted")
        if self.at_least > self.at_most:
            raise ValueError(f"at_least {self.at_least} is above at_most {self.at_most}")
        return self

    @property
    def most(self) -> int:
        """The largest number of replications there can be."""
        return self.at_most if self.number is None else self.number

    @property
    def often(self) -> str:
        """The number of replications, or the fewest and the most, in words."""
        if self.number is not None:
            return grouped(self.number)
        return f"{grouped(self.at_least)} to {grouped(self.at_most)}"


def _written_out(tables: tuple[str, ...]) -> tuple[str, ...]:
    """Put the names of the tables that a report needs in the place of the word `report`."""
    names = [name for table in tables for name in (KEPT if table == "report" else [table])]
    return tuple(dict.fromkeys(names))


class Definition(Section):
    """An experiment as its file defines it."""

    name: Name
    """Short name: the folder of its results by default."""
    title: Title
    """Title for people."""
    summary: str = ""
    """Which question it answers, in a sentence or two."""
    scenarios: Annotated[tuple[str, ...], Field(min_length=1)]
    """Names of shipped scenarios, files (from the experiment file's folder), or `"all"`."""
    seed: Seed = 1
    """Root seed, the same for all: every scenario and point is about the same people."""
    tables: Annotated[tuple[str, ...], AfterValidator(_written_out)] = ()
    """Tables kept besides the outcomes, such as `"queues"`; `"report"` for all a report needs."""
    figures: str | None = None
    """File of the figures in the table `"published"` (from the experiment file's folder); the
    shipped ones if left out."""
    changes: dict[str, Any] = Field(default_factory=dict)
    """Changes to every scenario, by dotted key."""
    replications: ReplicationRule
    design: Design = designs.Base()

    @model_validator(mode="after")
    def _consistent(self) -> Definition:
        unknown = [name for name in self.tables if name not in TABLES]
        if unknown:
            there = ", ".join(["report", *TABLES])
            moved = MOVED.get(unknown[0])
            hint = f"{moved}; " if moved else nearest(unknown[0], TABLES)
            raise ValueError(f"tables: no table {unknown[0]!r}; {hint}there are: {there}")
        if self.figures is not None and PUBLISHED not in self.tables:
            raise ValueError(f"figures: are measured only if tables names {PUBLISHED!r}")
        return self

    def __repr__(self) -> str:
        return f"<Definition of {self.name}: {self.title}>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        from sim.experiment.shown import definition_html

        return definition_html(self)


KINDS = {
    model.model_fields["kind"].annotation.__args__[0]: model  # type: ignore[union-attr]
    for model in (
        designs.Base,
        designs.Points,
        designs.Grid,
        designs.LatinHypercube,
        designs.Morris,
        designs.Sobol,
        designs.OneAtATime,
        designs.FromEnsemble,
        designs.Doubt,
    )
}
FORM = Form(Definition, KINDS)


@dataclass(frozen=True)
class Experiment:
    """A definition with its scenarios and points made out: all that decides the results."""

    definition: Definition
    scenarios: tuple[Scenario, ...]
    plan: Plan
    figures: tuple[Figure, ...] = ()
    """What the table `published` measures, if it is kept."""

    @property
    def hashes(self) -> dict[str, str]:
        """Content hash of each scenario by its name."""
        return {scenario.name: scenario.hash for scenario in self.scenarios}

    def fingerprint(self) -> str:
        """Hash of what the cells depend on; how many replications or draws is not part of it."""
        content = self.definition.model_dump(mode="json")
        for words in ("name", "title", "summary", "scenarios", "figures", "changes"):
            del content[words]
        for words in ("file", "ensemble", "draws"):  # the points themselves are part of it
            content["design"].pop(words, None)
        if self.figures:  # what is measured, not what is said about it
            content["figures"] = [
                figure.model_dump(mode="json", include={"key", "measure"})
                for figure in self.figures
            ]
        content["replications"] = content["replications"]["per_cell"]
        # The first draw varies everything, and more draws leave it as it is. The others follow
        # from the ensemble.
        if self.plan.draws and (file := designs.ensemble_of(self.definition.design)) is not None:
            content["sets"] = hashlib.sha256(Path(file).read_bytes()).hexdigest()
        values = self.plan.values[: 2 if self.plan.draws else None]
        points = json.dumps([dict(p) for p in values], default=str, sort_keys=True)
        text = json.dumps([content, self.hashes, points], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def __repr__(self) -> str:
        often = self.definition.replications.often
        size = f"{grouped(len(self.plan))} points x {often} replications"
        if self.plan.draws:
            size = f"({often} replications + {grouped(self.plan.draws)} draws)"
        return f"<Experiment {self.definition.name}: {len(self.scenarios)} scenarios x {size}>"

    def _repr_html_(self) -> str:
        from sim.experiment.shown import experiment_html

        return experiment_html(self)


def shipped_experiments() -> list[Path]:
    """Return the files of all shipped experiments."""
    return sorted((configs_dir() / "experiments").glob("*.toml"))


def find_experiment(source: object) -> Path:
    """Return the file of an experiment given by path or by the name of a shipped one.

    Raises
    ------
    ScenarioError
        If there is neither.
    """
    if not isinstance(source, str | Path):
        message = f"is a {type(source).__name__}: give a file, or the name of a shipped experiment"
        raise ScenarioError([Problem(repr(source), "", message)])
    path = Path(source)
    if path.suffix == ".toml" or is_file(path):
        return path
    named = {file.stem: file for file in shipped_experiments()}
    if str(source) in named:
        return named[str(source)]
    message = f"no such file, and no shipped experiment of that name; there are: {', '.join(named)}"
    raise ScenarioError([Problem(str(source), "", message)])


def read_experiment(source: str | Path, *, try_points: bool = True) -> Experiment:
    """Read and check an experiment file, with its scenarios and its design.

    Parameters
    ----------
    source
        File, or name of a shipped experiment.
    try_points
        Whether to try the points on the scenarios, which takes some milliseconds each.

    Raises
    ------
    ScenarioError
        Listing everything wrong: the file itself, its scenarios, and points that make a scenario
        invalid (of a large grid or Latin hypercube the first 200 are tried; the others fail as
        cells of their own).
    """
    path = find_experiment(source)
    definition = validated(read_toml(path), str(path))
    return make_out(definition, path.parent, str(path), try_points=try_points)


def read_definition(source: str | Path) -> tuple[Definition, tuple[Scenario, ...]]:
    """Read an experiment file and its scenarios; nothing is laid out.

    Raises
    ------
    ScenarioError
        Listing everything wrong with the file and its scenarios.
    """
    path = find_experiment(source)
    definition = validated(read_toml(path), str(path))
    definition = _with_its_ensemble(definition, path.parent, str(path))
    return definition, _scenarios(definition, path.parent, str(path))


def make_out(
    definition: Definition, folder: Path, file: str, *, try_points: bool = True
) -> Experiment:
    """Load the scenarios of a definition and lay out its design; see `read_experiment`."""
    figures = load_figures(folder / definition.figures) if definition.figures else None
    definition = _with_its_ensemble(definition, folder, file)
    scenarios = _scenarios(definition, folder, file)
    return with_scenarios(definition, scenarios, file, figures, try_points=try_points)


def with_scenarios(
    definition: Definition,
    scenarios: Sequence[Scenario],
    file: str,
    figures: Sequence[Figure] | None = None,
    *,
    try_points: bool = True,
) -> Experiment:
    """Lay out a definition for scenarios that are loaded already; see `read_experiment`.

    Those that share a title are given titles of their own: `sim.scenario.together`.

    If it keeps the table `published`, the figures given are measured, or else the shipped ones.
    """
    scenarios = told_apart(scenarios)
    chosen: tuple[Figure, ...] = ()
    if PUBLISHED in definition.tables:
        chosen = load_figures() if figures is None else tuple(figures)
    problems = [*_name_problems(definition, tuple(scenarios), file)]
    problems += problems_with(chosen, scenarios, file)
    if problems:
        raise ScenarioError(problems)
    try:
        plan = lay_out(definition.design, scenarios[0], definition.seed)
    except ScenarioError as error:
        raise ScenarioError([Problem(file, f"{p.file}.{p.key}", p.message) for p in error.problems]
                            ) from None  # fmt: skip
    problems = [*_point_problems(plan, tuple(scenarios), file)] if try_points else []
    if problems:
        raise ScenarioError(problems)
    return Experiment(definition, tuple(scenarios), plan, chosen)


def _with_its_ensemble(definition: Definition, folder: Path, file: str) -> Definition:
    """Find the file of the ensemble that a design draws from, if it does."""
    named = designs.ensemble_of(definition.design)
    if named is None:
        return definition
    try:
        path = find_ensemble(named, folder)
    except ScenarioError as error:
        key = "file" if isinstance(definition.design, designs.FromEnsemble) else "ensemble"
        message = f"{named}: {error.problems[0].message}"
        raise ScenarioError([Problem(file, f"design.{key}", message)]) from None
    design = designs.with_ensemble(definition.design, str(path))
    return definition.model_copy(update={"design": design})


def validated(raw: dict[str, Any], file: str) -> Definition:
    """Check a definition; ScenarioError lists everything wrong with it, as of the file named."""
    try:
        return Definition.model_validate(as_tuples(raw))
    except ValidationError as error:
        raise ScenarioError(problems_of(error, {}, file, FORM)) from None


def _scenarios(definition: Definition, folder: Path, file: str) -> tuple[Scenario, ...]:
    """Load every scenario, listing what is wrong with any of them."""
    sources: list[str | Path] = []
    for name in definition.scenarios:
        if name == "all":
            sources += variants()
        else:
            sources.append(folder / name if name.endswith(".toml") else name)
    scenarios: list[Scenario] = []
    problems: list[Problem] = []
    for source in sources:
        try:
            scenarios.append(load(source, definition.changes))
        except ScenarioError as error:
            problems += [_in_words_of(file, source, problem) for problem in error.problems]
    if problems:
        raise ScenarioError(list(dict.fromkeys(problems)))
    return tuple(scenarios)


def _in_words_of(file: str, source: str | Path, problem: Problem) -> Problem:
    """Say where in the experiment file a problem with a scenario comes from, if it does."""
    if problem.file == "given value":
        return Problem(file, f"changes.{problem.key}", problem.message)
    if problem.file == str(source) and not Path(source).is_file():
        return Problem(file, f"scenarios: {source}", problem.message)
    return problem


def _name_problems(
    definition: Definition, scenarios: tuple[Scenario, ...], file: str
) -> Iterator[Problem]:
    names = [scenario.name for scenario in scenarios]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Problem(file, "scenarios", f"{name} is there twice; each needs a name of its own")
    for rule in definition.replications.until:
        reference = rule.difference_from
        if reference is not None and reference not in names:
            message = f"no scenario is called {reference!r}; there are: {', '.join(names)}"
            yield Problem(file, "replications.until.difference_from", message)
    cases = list(dict.fromkeys(scenario.case for scenario in scenarios))
    if isinstance(definition.design, designs.Doubt) and len(cases) > 1:
        message = (
            f"draws are of what nobody knows about one case, but the scenarios are about "
            f"{', '.join(cases)}: write an experiment for each"
        )
        yield Problem(file, "design.kind", message)


def _point_problems(plan: Plan, scenarios: tuple[Scenario, ...], file: str) -> Iterator[Problem]:
    """Try points on every scenario: a change may be unusable, alone or with another."""
    for point in range(len(plan) if plan.whole else min(len(plan), TRIED_POINTS)):
        for scenario in scenarios:
            try:
                changed(scenario, plan.changes(point, scenario))
            except ScenarioError as error:
                for problem in error.problems:
                    where = f"design, {plan.names[point]}, scenario {scenario.name}: {problem.key}"
                    yield Problem(file, where, problem.message)
