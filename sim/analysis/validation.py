"""The model beside what was published: an experiment, a table, and a verdict on every figure.

**The verdict.** Each replication gives one value of a figure; between their 5th and their 95th
percentile lie the middle 90 %, which is chance alone: the world happened once, as a replication
does. The published value with its own uncertainty (low to high), widened by the tolerance for what
is not quite alike, is what is accepted; for an upper bound everything below is, for a lower one
everything above. The model **agrees** if the middle 90 % and what is accepted have a point in
common, and has **missed** the figure if they have none. Where the baseline was set with the figure
in view an agreement is no independent test: **set to agree**. A figure whose days a scenario does
not simulate is **not covered**, one that no replication has a value of has **no value**.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.experiment.call import run_experiment
from sim.experiment.definition import Experiment, validated, with_scenarios
from sim.experiment.keep import PUBLISHED
from sim.experiment.read import Results
from sim.results.copies import copied
from sim.results.published.file import covers, figures_of, last_day, load_figures
from sim.results.published.vocabulary import Figure
from sim.scenario.calendar import followed_until
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.given import expect, scenario_from
from sim.scenario.schema import Scenario
from sim.whole import whole_number

if TYPE_CHECKING:
    import pandas as pd

AGREES, SET, MISSED = "agrees", "set to agree", "MISSED"
NOT_COVERED, NO_VALUE = "not covered", "no value"
VERDICTS = (AGREES, SET, MISSED, NOT_COVERED, NO_VALUE)
#: Quantiles of the replications between which the model's value lies.
MIDDLE = (0.05, 0.95)
#: Replications that are stored, and resumed, at once.
PER_CELL = 2

#: What the table takes over from a figure as it stands.
_SAID = ("status", "source", "url", "year", "confidence", "note")


@copied("values", "table")
@dataclass(frozen=True, eq=False)
class Validation:
    """Published figures, and what the model has to say to each."""

    figures: tuple[Figure, ...]
    scenarios: tuple[Scenario, ...]
    """As simulated: no further than the figures need."""
    replications: int
    """Of each scenario."""
    values: pd.DataFrame
    """One row for each scenario, replication and figure: scenario, replication, figure, value."""
    table: pd.DataFrame
    """One row for each scenario and figure, in the order of their file; see `validation_table`."""

    def count(self, verdict: str, scenario: str) -> int:
        """Count the figures of a scenario with a verdict."""
        mine = self.table["scenario"] == scenario
        return int((mine & (self.table["verdict"] == verdict)).sum())


def validate(
    scenarios: str | Path | Scenario | Sequence[str | Path | Scenario] = "baseline",
    *,
    figures: str | Path | None = None,
    replications: int = 30,
    seed: int = 1,
    workers: int = 1,
    out: str | Path | None = None,
) -> Validation:
    """Lay scenarios beside published figures.

    Parameters
    ----------
    scenarios
        One or more scenarios, or names or files of them. They are simulated as far as the figures
        go, which changes nothing of what happens until then.
    figures
        File of published figures; the shipped ones about the scenarios' case by default.
    replications, seed, workers
        Replications of each scenario, root seed, and processes.
    out
        Folder of the experiment, which a second call goes on with; nothing is kept by default.

    Raises
    ------
    ScenarioError
        If the figures or a scenario cannot be used.
    StoreError
        If the folder holds something else.
    """
    expect(scenarios, (str, Path, Scenario, Sequence), "one or more scenarios, or names of them")
    sources = [scenarios] if isinstance(scenarios, str | Path | Scenario) else scenarios
    worlds = [scenario_from(source) for source in sources]
    if not worlds:
        raise ValueError("nothing to validate: give at least one scenario")
    chosen = validation_experiment(
        worlds, load_figures(figures or figures_of(worlds[0])), replications, seed
    )
    if out is not None:
        return validation_of(chosen, run_experiment(chosen, out, workers=workers))
    with tempfile.TemporaryDirectory() as folder:
        results = run_experiment(chosen, Path(folder) / "experiment", workers=workers)
        return validation_of(chosen, results)


def validation_experiment(
    scenarios: Sequence[Scenario], figures: Sequence[Figure], replications: int, seed: int = 1
) -> Experiment:
    """Return the experiment that measures figures in scenarios, simulated as far as they go."""
    last = last_day(figures)
    problems = [
        Problem(one.name, "time.start", f"is {one.time.start}, but the last published figure is "
                f"about {last}: there is nothing to lay beside this scenario")
        for one in scenarios
        if one.time.start >= last
    ]  # fmt: skip
    if problems:
        raise ScenarioError(problems)
    worlds = [followed_until(scenario, last) for scenario in scenarios]
    definition = validated(
        {
            "name": "validate",
            "title": "Published figures",
            "scenarios": tuple(world.name for world in worlds),
            "seed": whole_number("seed", seed),
            "tables": (PUBLISHED,),
            "replications": {
                "number": whole_number("replications", replications, 1),
                "per_cell": PER_CELL,
            },
        },
        "validate",
    )
    return with_scenarios(definition, worlds, "validate", figures)


def validation_of(experiment: Experiment, results: Results) -> Validation:
    """Judge what an experiment measured."""
    number = experiment.definition.replications.most
    values = results.table(PUBLISHED, point=0).drop(columns="point")
    values = values[values["replication"] < number].reset_index(drop=True)
    table = validation_table(experiment.figures, experiment.scenarios, values)
    return Validation(experiment.figures, experiment.scenarios, number, values, table)


def validation_table(
    figures: Sequence[Figure], scenarios: Sequence[Scenario], values: pd.DataFrame
) -> pd.DataFrame:
    """Lay measured values beside published ones.

    Parameters
    ----------
    figures, scenarios
        What was measured, and where.
    values
        Columns: scenario, replication, figure, value.

    Returns
    -------
    DataFrame
        Columns: scenario, figure, topic, title, unit, compare, published, published_low,
        published_high, accepted_low, accepted_high (infinite where open), model (mean over the
        replications that have a value), model_low, model_high (the middle 90 % of them),
        replications (their number), verdict, used_to_set, tolerance, tolerance_why, status,
        source, url, year, confidence, note.
    """
    import pandas as pd

    found = {key: rows.to_numpy(float) for key, rows in
             values.groupby(["scenario", "figure"])["value"]}  # fmt: skip
    rows = []
    for scenario in scenarios:
        for figure in figures:
            sample = found.get((scenario.name, figure.key), np.empty(0))
            rows.append({"scenario": scenario.name} | _row(scenario, figure, sample))
    return pd.DataFrame(rows)


def _row(scenario: Scenario, figure: Figure, sample: NDArray[np.float64]) -> dict[str, object]:
    known = sample[~np.isnan(sample)]
    low, high = np.quantile(known, MIDDLE) if len(known) else (np.nan, np.nan)
    verdict = verdict_on(figure, known) if covers(scenario, figure) else NOT_COVERED
    return {
        "figure": figure.key,
        "topic": figure.topic,
        "title": figure.title,
        "unit": figure.unit,
        "compare": figure.compare,
        "published": figure.value,
        "published_low": figure.published[0],
        "published_high": figure.published[1],
        "accepted_low": figure.accepted[0],
        "accepted_high": figure.accepted[1],
        "model": known.mean() if len(known) else np.nan,
        "model_low": low,
        "model_high": high,
        "replications": len(known),
        "verdict": verdict,
        "used_to_set": figure.used_to_set,
        "tolerance": figure.tolerance,
        "tolerance_why": figure.tolerance_why,
    } | {name: getattr(figure, name) for name in _SAID}


def verdict_on(figure: Figure, sample: NDArray[np.float64]) -> str:
    """Say whether replications agree with a figure; see the head of this module."""
    if not len(sample):
        return NO_VALUE
    low, high = np.quantile(sample, MIDDLE)
    lowest, highest = figure.accepted
    if low > highest or high < lowest:
        return MISSED
    return SET if figure.used_to_set else AGREES
