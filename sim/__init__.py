"""prisonflow: where queues build, and how long people are held, when a prison is rented abroad.

    import sim

    scenario = sim.load("baseline")
    smaller = scenario.change({"rented_prison.places": 200})
    run = sim.run(smaller, seed=1)
    run.people, run.spells, run.exits            # what happened, one row each
    run.census(), run.queues(), run.occupancy()  # over time
    run.durations(by="origin"), run.after_sentence(), run.costs()

    both = sim.compare("baseline", "no_agreement", replications=10)
    print(both)                                  # the answer, and how sure it is
    sim.plots.queue(both, "travel_document")     # plots take and return axes

    many = sim.run_experiment("all_scenarios", workers=4)  # resumable; sim.open_experiment(folder)
    many.outcomes, many.differences("no_agreement")    # every replication, paired

    sim.verify(smaller)                                # is anything broken? a table of checks
    sim.validate(replications=10).table                # the model beside what was published

Everything is loaded when first used, so that importing `sim` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from sim.analysis.validation import Validation, validate
    from sim.errors import PrisonflowError
    from sim.experiment.call import run_experiment
    from sim.experiment.define import define
    from sim.experiment.definition import Experiment
    from sim.experiment.read import Results
    from sim.experiment.store import StoreError
    from sim.results.run import Run
    from sim.scenario.errors import ScenarioError
    from sim.scenario.files import load
    from sim.scenario.schema import Scenario
    from sim.show import plots
    from sim.show.comparison import Comparison, compare
    from sim.verification import Verification
    from sim.world.engine import Engine

__version__ = "0.1.0"
__all__ = [
    "Comparison",
    "Experiment",
    "PrisonflowError",
    "Results",
    "Run",
    "Scenario",
    "ScenarioError",
    "StoreError",
    "Validation",
    "Verification",
    "compare",
    "define",
    "load",
    "open_experiment",
    "plots",
    "run",
    "run_experiment",
    "validate",
    "verify",
]

_HOMES = {
    "Comparison": "sim.show.comparison",
    "compare": "sim.show.comparison",
    "PrisonflowError": "sim.errors",
    "Experiment": "sim.experiment.definition",
    "define": "sim.experiment.define",
    "Results": "sim.experiment.read",
    "StoreError": "sim.experiment.store",
    "Run": "sim.results.run",
    "Scenario": "sim.scenario.schema",
    "ScenarioError": "sim.scenario.errors",
    "Verification": "sim.verification",
    "Validation": "sim.analysis.validation",
    "load": "sim.scenario.files",
    "run_experiment": "sim.experiment.call",
    "validate": "sim.analysis.validation",
}
#: Modules that need no import of their own; calling `sim.experiment` tells what to call instead.
_MODULES = {"experiment": "sim.experiment", "plots": "sim.show.plots"}


def run(
    scenario: Scenario | str, seed: int = 1, replication: int = 0, engine: Engine | None = None
) -> Run:
    """Run one replication.

    Parameters
    ----------
    scenario
        A scenario, or the name or file of one.
    seed
        Root seed. Scenarios run with the same seed are about the same people with the same luck.
    replication
        Number of the replication, from 0.
    engine
        "simpy" or "compiled", the same text to the same results; by default the fastest there is.

    Raises
    ------
    ScenarioError
        If the scenario cannot be read.
    PrisonflowError
        If seed or replication is no whole number, or negative.
    NotCompiled
        If the compiled engine is asked for, and none fits the code.
    """
    from sim.results.run import Run
    from sim.scenario.given import scenario_from
    from sim.world.simulate import simulate

    return Run(simulate(scenario_from(scenario), seed, replication, engine))


def verify(scenario: Scenario | str, replications: int = 3, seed: int = 1) -> Verification:
    """Check that nothing is broken in a scenario: conservation, Little's law, limits, theory.

    Parameters
    ----------
    scenario
        A scenario, or the name or file of one.
    replications
        How many are simulated and checked.
    seed
        Root seed.

    Returns
    -------
    Verification
        What every check found; prints as a table, `table` is the same as a DataFrame, `holds` tells
        whether none fails.

    Raises
    ------
    ScenarioError
        If the scenario cannot be read.
    PrisonflowError
        If there is less than one replication, or a number is not whole.
    """
    from sim.scenario.given import scenario_from
    from sim.verification import verify as check

    return check(scenario_from(scenario), replications, seed)


def open_experiment(folder: str | Path, *, stable_only: bool = False) -> Results:
    """Open the folder of an experiment, finished or not, and read its tables.

    Parameters
    ----------
    folder
        The experiment's folder.
    stable_only
        Whether to leave out the points at which a queue has no end, in any of the scenarios.

    Raises
    ------
    StoreError
        If it holds no experiment, or one whose points belong together and cannot be left out.
    """
    from sim.experiment.read import Results

    return Results(folder, stable_only=stable_only)


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _MODULES:
        return import_module(_MODULES[name])
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
