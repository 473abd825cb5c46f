"""The file of published figures: TOML, checked like a scenario, every error at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError

from sim.results.published.vocabulary import KINDS, Figure
from sim.scenario.base import Section
from sim.scenario.cases import ARRANGEMENT, FIRST, Case, cases
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.explain import Form, problems_of
from sim.scenario.files import as_lists, as_tuples, read_toml
from sim.scenario.schema import Scenario


def _each_once(figures: tuple[Figure, ...]) -> tuple[Figure, ...]:
    twice = [key for key, times in Counter(f.key for f in figures).items() if times > 1]
    if twice:
        raise ValueError(f"{twice[0]} is there twice; each figure needs a key of its own")
    return figures


class Published(Section):
    """A file of figures."""

    figure: Annotated[tuple[Figure, ...], Field(min_length=1), AfterValidator(_each_once)]
    """The figures, in the order in which they are shown."""


FORM = Form(Published, KINDS)


def figures_of(scenario: Scenario) -> Path:
    """Return the file of what was published about a scenario's case.

    Raises
    ------
    ScenarioError
        If its case has none.
    """
    if scenario.home is None:
        message = (
            f"case {scenario.case!r} has no folder, and so no published figures: name a file of "
            f"them, or put the scenario into a folder of its own, as {ARRANGEMENT}"
        )
        raise ScenarioError([Problem(scenario.name, "", message)])
    file = Case(scenario.home).published
    if not file.is_file():
        message = (
            f"there is no such file: nothing published is known about case {scenario.case!r}, so "
            f"there is nothing to lay beside the model"
        )
        raise ScenarioError([Problem(str(file), "", message)])
    return file


def load_figures(path: str | Path | None = None) -> tuple[Figure, ...]:
    """Read published figures; those about Gjilan if no file is given.

    Raises
    ------
    ScenarioError
        Listing everything wrong with the file.
    """
    path = Path(path) if path is not None else cases()[FIRST].published
    raw = read_toml(path)
    try:
        return Published.model_validate(as_tuples(raw)).figure
    except ValidationError as error:
        keys = _keys(raw)
        raise ScenarioError([_named(p, keys) for p in problems_of(error, {}, str(path), FORM)]
                            ) from None  # fmt: skip


def as_toml(figures: Sequence[Figure]) -> str:
    """Return figures as the text of a file that loads as the same figures."""
    import tomli_w

    rows = [figure.model_dump(by_alias=True, exclude_none=True) for figure in figures]
    return tomli_w.dumps({"figure": as_lists(rows)})


def problems_with(
    figures: Sequence[Figure], scenarios: Sequence[Scenario], file: str
) -> Iterator[Problem]:
    """Yield what of some figures cannot be measured in a scenario: country groups it lacks."""
    for scenario in scenarios:
        for figure in figures:
            for origin in figure.origins():
                if origin not in scenario.origins:
                    there = ", ".join(scenario.origins)
                    message = f"scenario {scenario.name} has no origin {origin!r}; it has: {there}"
                    yield Problem(file, f"figure {figure.key}", message)


def covers(scenario: Scenario, figure: Figure) -> bool:
    """Tell whether a scenario simulates all the days that a figure is about."""
    return all(scenario.time.start <= day <= scenario.time.end for day in figure.days)


def last_day(figures: Sequence[Figure]) -> date:
    """Return the last day that any of some figures is about."""
    return max(day for figure in figures for day in figure.days)


def _keys(raw: object) -> list[str]:
    rows = raw.get("figure") if isinstance(raw, dict) else None
    named = rows if isinstance(rows, list) else []
    return [str(row.get("key", "")) if isinstance(row, dict) else "" for row in named]


def _named(problem: Problem, keys: list[str]) -> Problem:
    """Call a figure by its key as well as by its place in the file."""
    match = re.match(r"figure\[(\d+)\]", problem.key)
    if match is None or not (key := keys[int(match[1]) - 1]):
        return problem
    rest = problem.key[match.end() :]
    return Problem(problem.file, f"figure {key} (no. {match[1]}){rest}", problem.message)
