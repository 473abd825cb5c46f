"""Making a forecast: the targets measured in draws of everything that nobody knows."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from sim.analysis.forecasting.file import Forecast, Target, quantiles_of
from sim.analysis.forecasting.targets import targets
from sim.errors import PrisonflowError
from sim.experiment.call import run_experiment
from sim.experiment.definition import Experiment, validated, with_scenarios
from sim.experiment.ensemble import rounded
from sim.experiment.keep import PUBLISHED
from sim.experiment.provenance import code_hash, evidence_hash, versions
from sim.experiment.replicate import DRAWS, doubt_about
from sim.results.published.vocabulary import Figure
from sim.scenario.calendar import followed_until
from sim.scenario.given import scenario_from
from sim.scenario.schema import Scenario
from sim.whole import whole_number

#: Whole calendar years after that of the forecast, unless a day is given.
YEARS = 3
#: Replications at the scenario's own values, besides the draws.
OWN = 10


def forecast(
    scenario: str | Path | Scenario = "baseline",
    *,
    until: date | None = None,
    draws: int = DRAWS,
    seed: int = 1,
    workers: int = 1,
    made: date | None = None,
) -> Forecast:
    """Return what the model says now of figures to come.

    `Forecast.write` stores it, and `sim.score` lays it beside what came.

    Parameters
    ----------
    scenario
        A scenario, its name or file, or the folder of a case.
    until
        No target goes beyond this day; by default three whole calendar years are forecast.
    draws, seed, workers
        Draws of what nobody knows, root seed, and processes.
    made
        Day of the forecast; today by default.

    Returns
    -------
    Forecast
        With a target for each figure: its quantiles and draws, in its unit (people, flights,
        EUR million, share, ratio), and the value at the scenario's own values.

    Raises
    ------
    PrisonflowError
        If the scenario has nothing to forecast between the two days.
    ScenarioError
        If the scenario cannot be read.

    Examples
    --------
    ::

        made = sim.forecast("baseline", until=date(2027, 12, 31), draws=20)
        made.table[["key", "q05", "median", "q95"]]
        made.write("forecasts")
    """
    world, made = scenario_from(scenario), made or date.today()
    last = until or date(made.year + YEARS + 1, 1, 2)
    asked = targets(world, made, last)
    if not asked:
        raise PrisonflowError(
            f"{world.name}: there is nothing to forecast after {made} until {last}; the scenario "
            f"is simulated until {world.time.end}. Give a later day with --until, or a scenario "
            f"with a later time.end."
        )
    chosen = _experiment(world, asked, draws, seed)
    with tempfile.TemporaryDirectory() as folder:
        results = run_experiment(chosen, Path(folder) / "experiment", workers=workers)
        values = results.table(PUBLISHED)
    found, none = _measured(asked, values)
    if not found:
        raise PrisonflowError(f"{world.name}: no target has a value in most draws")
    return Forecast(
        case=world.case, scenario=world.name, made=made, until=last, seed=seed, draws=draws,
        scenario_hash=world.hash, code_hash=code_hash(), evidence_hash=evidence_hash(world),
        versions=versions(), not_known=tuple(factor.name for factor in chosen.plan.factors),
        no_value=none, target=found,
    )  # fmt: skip


def _experiment(world: Scenario, asked: tuple[Figure, ...], draws: int, seed: int) -> Experiment:
    last = max(day for figure in asked for day in figure.days)
    definition = validated(
        {
            "name": "forecast",
            "title": "Forecast",
            "scenarios": (world.name,),
            "seed": whole_number("seed", seed),
            "tables": (PUBLISHED,),
            "replications": {"number": OWN, "per_cell": 2},
            "design": doubt_about(world, whole_number("draws", draws, 2)),
        },
        "forecast",
    )
    followed = followed_until(world, last)
    return with_scenarios(definition, [followed], "forecast", asked, try_points=False)


def _measured(
    asked: tuple[Figure, ...], values: pd.DataFrame
) -> tuple[tuple[Target, ...], tuple[str, ...]]:
    """Return targets with their draws, and the keys of those that most draws lack."""
    found, none = [], []
    by_key = dict(iter(values.sort_values(["point", "replication"]).groupby("figure")))
    for figure in asked:
        rows = by_key[figure.key]
        drawn = rows.loc[rows["point"] > 0, "value"].to_numpy(float)
        own = rows.loc[rows["point"] == 0, "value"].dropna().to_numpy(float)
        there = np.array([rounded(one) for one in drawn[~np.isnan(drawn)]])
        if len(there) < max(2, len(drawn) / 2) or not len(own):
            none.append(figure.key)
            continue
        told = {name: rounded(value) for name, value in quantiles_of(there).items()}
        found.append(
            Target(
                key=figure.key, title=figure.title, unit=figure.unit, measure=figure.measure,
                dates=tuple(sorted(set(figure.days))), own_values=rounded(float(np.median(own))),
                draws=tuple(map(float, there)), **told,
            )
        )  # fmt: skip
    return tuple(found), tuple(none)
