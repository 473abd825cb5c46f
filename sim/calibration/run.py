"""A calibration on the experiment machinery: waves that are stored, resumed and shared out."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.calibration.file import Task
from sim.calibration.match import Matched, match
from sim.experiment.definition import Experiment, validated, with_scenarios
from sim.experiment.ensemble import Ensemble, ParameterSet, as_toml, rounded
from sim.experiment.factors import Factor, balanced
from sim.experiment.keep import PUBLISHED
from sim.experiment.provenance import code_hash, evidence_hash
from sim.experiment.read import Results
from sim.results.files import replace
from sim.results.published.file import as_toml as figures_toml
from sim.scenario.files import changed
from sim.scenario.schema import Scenario
from sim.world.load import offered_load

Floats = NDArray[np.float64]
#: Weight beside the largest below which a parameter set is taken to count nothing.
LEAST_WEIGHT = 1e-3
#: Runs an experiment in a folder, or what is missing of it.
Run = Callable[[Experiment, Path], Results]


@dataclass(frozen=True, eq=False)
class Calibrated:
    """What a calibration found."""

    task: Task
    matched: Matched
    measured: tuple[Floats, ...]
    """For each wave: points x replications x figures (the targets, then those held out)."""
    ensemble: Ensemble


def calibrate(task: Task, folder: Path, run: Run, command: str) -> Calibrated:
    """Run the waves of a calibration in a folder; a second call goes on with what is there.

    Parameters
    ----------
    task
        What to calibrate.
    folder
        Each wave is an experiment in a folder of its own there, `wave_1` and so on.
    run
        Runs an experiment.
    command
        Said of the ensemble: how it was made.

    Raises
    ------
    StoreError
        If a folder holds something else.
    ValueError
        If no point of the last wave has a value of every target.
    """
    measured: list[Floats] = []
    points: list[Ensemble] = []

    def measure(number: int, positions: Floats) -> Floats:
        points.append(wave_points(task, number, positions))
        wave = wave_experiment(task, folder, number, points[-1])
        results = run(wave, folder / f"wave_{number}")
        measured.append(_values(task, results, len(positions)))
        return measured[-1][:, :, : len(task.targets)]

    words = task.definition
    found = match(
        task.targets, len(task.factors), measure,
        points=words.points, seed=words.seed, cutoff=words.cutoff,
        correlation=words.series_correlation,
    )  # fmt: skip
    last = _weighted(task, points[-1], found.weights)
    made = {
        "command": command,
        "seed": words.seed,
        "points": list(words.points),
        "replications": words.replications,
        "scenario": task.world.hash,
        "code": code_hash(),
        "evidence": evidence_hash(),
        "figures": hashlib.sha256(figures_toml(task.figures).encode()).hexdigest()[:16],
        "targets": [t.name for t, says in zip(task.targets, found.has_say, strict=True) if says],
    }
    ensemble = Ensemble(
        title=words.title, made=made, factors=words.factors, besides=task.besides, sets=last
    )
    ensemble.made["effective_size"] = round(ensemble.effective_size, 1)
    return Calibrated(task, found, tuple(measured), ensemble)


def wave_points(task: Task, number: int, positions: Floats) -> Ensemble:
    """Return the points of a wave as parameter sets, each with its draw of what varies besides."""
    rows = [
        tuple(rounded(factor.at(float(u))) for factor, u in zip(task.factors, row, strict=True))
        for row in positions
    ]
    words, before = task.definition, sum(task.definition.points[: number - 1])
    draws = itertools.count(before) if task.besides else itertools.repeat(None)
    return Ensemble(
        title=f"{words.title}, wave {number}",
        factors=words.factors,
        besides=task.besides,
        sets=tuple(
            ParameterSet(weight=1.0, values=row, besides=draw)
            for row, draw in zip(rows, draws, strict=False)
        ),
    )


def wave_experiment(task: Task, folder: Path, number: int, points: Ensemble) -> Experiment:
    """Return the experiment of a wave; its points go to a file in the folder first."""
    words = task.definition
    file = replace(folder / f"wave_{number}.toml", as_toml(points))
    definition = validated(
        {
            "name": f"{words.name}_{number}",
            "title": points.title,
            "scenarios": (task.world.name,),
            "seed": words.seed,
            "tables": (PUBLISHED,),
            "replications": {"number": words.replications, "per_cell": words.replications},
            "design": {"kind": "ensemble", "file": str(file)},
        },
        str(file),
    )
    return with_scenarios(definition, [task.world], str(file), task.figures)


def _weighted(task: Task, points: Ensemble, weights: Floats) -> tuple[ParameterSet, ...]:
    """Give the points of the last wave their weights.

    Those that count next to nothing, and those with which hands of the scenario would be asked for
    more than they have, so that a queue has no end, count nothing.
    """
    counts = weights >= LEAST_WEIGHT * weights.max()
    factors, values = points.points(task.scenario, range(len(points.sets)))
    by_name = {factor.name: factor for factor in factors}
    if task.besides is not None:
        for number in np.flatnonzero(counts):
            counts[number] = _ends(task.scenario, by_name, values[number])
    kept = np.where(counts, weights, 0.0)
    return tuple(
        one.model_copy(update={"weight": rounded(float(weight))})
        for one, weight in zip(points.sets, kept / kept.sum(), strict=True)
    )


def _ends(scenario: Scenario, factors: Mapping[str, Factor], values: Mapping[str, Any]) -> bool:
    """Tell whether every queue has an end in a scenario with some values."""
    changes: dict[str, Any] = {}
    for name, value in values.items():
        changes |= factors[name].changes(scenario, value)
    world = changed(scenario, balanced(scenario, changes))
    return all(load.stable for load in offered_load(world))


def _values(task: Task, results: Results, points: int) -> Floats:
    """Return what was measured: points x replications x figures."""
    table = results.table(PUBLISHED)
    keys = [figure.key for figure in task.figures]
    number = task.definition.replications
    wide = table.pivot(index=["point", "replication"], columns="figure", values="value")[keys]
    return wide.to_numpy(float).reshape(points, number, len(keys))
