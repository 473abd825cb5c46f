"""A calibration on the experiment machinery: waves that are stored, resumed and shared out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.calibration.file import Task
from sim.calibration.match import Matched, match
from sim.experiment.definition import Experiment, validated, with_scenarios
from sim.experiment.ensemble import Ensemble, ParameterSet, as_toml, rounded
from sim.experiment.keep import PUBLISHED
from sim.experiment.provenance import code_hash, evidence_hash
from sim.experiment.read import Results
from sim.results.files import replace
from sim.results.published.file import as_toml as figures_toml

Floats = NDArray[np.float64]
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

    def measure(number: int, positions: Floats) -> Floats:
        results = run(wave_experiment(task, folder, number, positions), folder / f"wave_{number}")
        measured.append(_values(task, results, len(positions)))
        return measured[-1][:, :, : len(task.targets)]

    words = task.definition
    found = match(
        task.targets, len(task.factors), measure,
        points=words.points, seed=words.seed, cutoff=words.cutoff,
        correlation=words.series_correlation,
    )  # fmt: skip
    last = _parameter_sets(task, found.waves[-1].positions, found.weights)
    made = {
        "command": command,
        "seed": words.seed,
        "points": list(words.points),
        "replications": words.replications,
        "scenario": task.world.hash,
        "code": code_hash(),
        "evidence": evidence_hash(task.world),
        "figures": hashlib.sha256(figures_toml(task.figures).encode()).hexdigest()[:16],
        "targets": [t.name for t, says in zip(task.targets, found.has_say, strict=True) if says],
    }
    ensemble = Ensemble(
        title=words.title, made=made, factors=words.factors, settled=words.settled, sets=last
    )
    ensemble.made["effective_size"] = round(ensemble.effective_size, 1)
    return Calibrated(task, found, tuple(measured), ensemble)


def wave_experiment(task: Task, folder: Path, number: int, positions: Floats) -> Experiment:
    """Return the experiment of a wave; its points go to a file in the folder first."""
    words = task.definition
    points = Ensemble(
        title=f"{words.title}, wave {number}",
        factors=words.factors,
        sets=_parameter_sets(task, positions, np.ones(len(positions))),
    )
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


def _parameter_sets(task: Task, positions: Floats, weights: Floats) -> tuple[ParameterSet, ...]:
    return tuple(
        ParameterSet(
            weight=rounded(float(weight)),
            values=tuple(
                rounded(factor.at(float(u))) for factor, u in zip(task.factors, row, strict=True)
            ),
        )
        for row, weight in zip(positions, weights, strict=True)
    )


def _values(task: Task, results: Results, points: int) -> Floats:
    """Return what was measured: points x replications x figures."""
    table = results.table(PUBLISHED)
    keys = [figure.key for figure in task.figures]
    number = task.definition.replications
    wide = table.pivot(index=["point", "replication"], columns="figure", values="value")[keys]
    return wide.to_numpy(float).reshape(points, number, len(keys))
