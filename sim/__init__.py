"""prisonflow: where queues build, and how long people are held, when a prison is rented abroad.

    import sim

    scenario = sim.load("baseline")
    smaller = scenario.with_(rented_prison__places=200)
    run = sim.run(smaller, seed=1)
    run.people, run.spells, run.exits            # what happened, one row each
    run.census(), run.queues(), run.occupancy()  # over time
    run.durations(by="origin"), run.after_sentence(), run.costs()

    many = sim.experiment("all_scenarios", workers=4)  # resumable; sim.open_experiment(folder)
    many.outcomes, many.differences("no_agreement")    # every replication, paired

    sim.validate(replications=10).table                # the model beside what was published

Everything is loaded when first used, so that importing `sim` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from sim import experiment
    from sim.analysis.validation import Validation, validate
    from sim.experiment.read import Results
    from sim.experiment.store import StoreError
    from sim.results.run import Run
    from sim.scenario.errors import ScenarioError
    from sim.scenario.files import load
    from sim.scenario.schema import Scenario

__version__ = "0.1.0"
__all__ = [
    "Results",
    "Run",
    "Scenario",
    "ScenarioError",
    "StoreError",
    "Validation",
    "experiment",
    "load",
    "open_experiment",
    "run",
    "validate",
]

_HOMES = {
    "Results": "sim.experiment.read",
    "StoreError": "sim.experiment.store",
    "Run": "sim.results.run",
    "Scenario": "sim.scenario.schema",
    "ScenarioError": "sim.scenario.errors",
    "Validation": "sim.analysis.validation",
    "load": "sim.scenario.files",
    "validate": "sim.analysis.validation",
}


def run(scenario: Scenario | str, seed: int = 1, replication: int = 0) -> Run:
    """Run one replication.

    Parameters
    ----------
    scenario
        A scenario, or the name or file of one.
    seed
        Root seed. Scenarios run with the same seed are about the same people with the same luck.
    replication
        Number of the replication, from 0.

    Raises
    ------
    ScenarioError
        If the scenario cannot be read.
    """
    from sim.results.run import Run
    from sim.scenario.files import load
    from sim.scenario.schema import Scenario
    from sim.world.simulate import simulate

    world = scenario if isinstance(scenario, Scenario) else load(scenario)
    return Run(simulate(world, seed, replication))


def open_experiment(folder: str | Path) -> Results:
    """Open the folder of an experiment, finished or not, and read its tables.

    Raises
    ------
    StoreError
        If it holds no experiment.
    """
    from sim.experiment.read import Results

    return Results(folder)


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "experiment":
        return import_module("sim.experiment")  # a package that can be called
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
