"""Ensembles: parameter sets with weights, in a file that experiments draw from.

TOML: `title`, how it was `made`, the `factors` as in a design, and `sets`, each with its weight
and a value for every factor; perhaps what is `settled`, so that draws leave it as it is.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, ValidationError, model_validator

from sim.experiment.entries import Entry, made_out
from sim.experiment.factors import Factor
from sim.scenario.base import Section
from sim.scenario.cases import Case, cases
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.explain import Form, problems_of
from sim.scenario.files import as_lists, as_tuples, read_toml
from sim.scenario.schema import Scenario
from sim.scenario.toml import is_file
from sim.statistics.weights import effective_size

#: Fractional part of the golden ratio: steps of it fill a circle most evenly (Weyl 1916).
GOLDEN = (math.sqrt(5) - 1) / 2


class ParameterSet(Section):
    """One value for every factor."""

    weight: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    """Plausibility beside the other sets; the weights need not sum to one."""
    values: tuple[float, ...]
    """Values in the order of the factors."""


def _some_weight(sets: tuple[ParameterSet, ...]) -> tuple[ParameterSet, ...]:
    if not sum(one.weight for one in sets) > 0:
        raise ValueError("no set has a weight above zero")
    return sets


class Ensemble(Section):
    """Parameter sets that are as plausible as their weights say."""

    title: str
    """What it is, for people."""
    made: dict[str, Any] = Field(default_factory=dict)
    """How it was made: command, seed, hashes of code and figures, and whatever else is known."""
    factors: Annotated[tuple[Entry, ...], Field(min_length=1)]
    """Keys, or keys with ranges of their own, as in a design."""
    settled: tuple[str, ...] = ()
    """Keys of what published figures follow as well, though it is no factor: moved alone, it would
    make sets contradict them."""
    sets: Annotated[tuple[ParameterSet, ...], Field(min_length=1), AfterValidator(_some_weight)]
    """The parameter sets."""

    @model_validator(mode="after")
    def _as_many_values_as_factors(self) -> Ensemble:
        for number, one in enumerate(self.sets, 1):
            if len(one.values) != len(self.factors):
                raise ValueError(
                    f"sets: number {number} has {len(one.values)} values for "
                    f"{len(self.factors)} factors"
                )
        return self

    @property
    def weights(self) -> NDArray[np.float64]:
        """Weights that sum to one."""
        weights = np.array([one.weight for one in self.sets])
        return np.asarray(weights / weights.sum())

    @property
    def values(self) -> NDArray[np.float64]:
        """One row for each set, one column for each factor."""
        return np.array([one.values for one in self.sets])

    @property
    def effective_size(self) -> float:
        """Kish's effective sample size: as many equally weighted sets would tell as much."""
        return effective_size(self.weights)

    def factors_in(self, scenario: Scenario) -> list[Factor]:
        """Return what varies, in the order of the values; ScenarioError if it lacks a key."""
        return made_out(self.factors, scenario)

    def drawn(self, samples: int, seed: int) -> NDArray[np.intp]:
        """Draw sets by weight, with replacement; returns their numbers from 0.

        Positions step by the golden ratio around the circle of weights, from a start by chance. So
        any number of first draws spreads evenly over the sets, and more draws leave the first as
        they are.
        """
        start = np.random.default_rng(seed).random()
        positions = (start + GOLDEN * np.arange(samples)) % 1.0
        reached = np.searchsorted(np.cumsum(self.weights), positions, side="right")
        return np.minimum(reached, len(self.sets) - 1)


FORM = Form(Ensemble, {})


def shipped_ensembles() -> dict[str, Path]:
    """Return the files of the ensembles that come with the model, by the name of their case."""
    return {name: case.ensemble for name, case in cases().items() if case.ensemble.is_file()}


def ensemble_of_case(scenario: Scenario) -> Path | None:
    """Return the file of the ensemble of a scenario's case, None if there is none."""
    file = None if scenario.home is None else Case(scenario.home).ensemble
    return file if file is not None and file.is_file() else None


def find_ensemble(source: str, folder: Path) -> Path:
    """Return the file of an ensemble, given from a folder or by the name of a shipped one.

    Raises
    ------
    ScenarioError
        If there is neither.
    """
    named = shipped_ensembles()
    if source in named:
        return named[source]
    if is_file(path := folder / source):
        return path
    there = ", ".join(named) or "none"
    message = f"no such file, and no shipped ensemble of that name; there are: {there}"
    raise ScenarioError([Problem(source, "", message)])


def load_ensemble(path: str | Path) -> Ensemble:
    """Read an ensemble; ScenarioError lists everything wrong with the file."""
    try:
        return Ensemble.model_validate(as_tuples(read_toml(Path(path))))
    except ValidationError as error:
        raise ScenarioError(problems_of(error, {}, str(path), FORM)) from None


def as_toml(ensemble: Ensemble, comment: str = "") -> str:
    """Return an ensemble as the text of a file that loads as the same; one set a line."""
    import tomli_w

    head = "".join(f"# {line}\n" for line in comment.splitlines())
    content = ensemble.model_dump(mode="python", exclude_none=True, exclude={"title", "sets"})
    lines = [
        f"  {{ weight = {one.weight!r}, values = {list(one.values)} }}," for one in ensemble.sets
    ]
    # Before the rest, in which tables may begin.
    title = tomli_w.dumps({"title": ensemble.title})
    sets = "\n".join(["sets = [", *lines, "]"])
    rest = {name: content[name] for name in ("factors", "settled", "made") if content[name]}
    return f"{head}{title}\n{sets}\n\n{tomli_w.dumps(as_lists(rest))}"


def rounded(value: float) -> float:
    """Return a value with six significant digits: what a file needs."""
    return 0.0 if value == 0 else round(value, 5 - math.floor(math.log10(abs(value))))
