"""One call that simulates a replication and returns what happened."""

from __future__ import annotations

from pathlib import Path

from sim.results.run import Run
from sim.scenario.given import scenario_from
from sim.scenario.schema import Scenario
from sim.world.engine import Engine
from sim.world.simulate import simulate


def run(
    scenario: Scenario | str | Path,
    seed: int = 1,
    replication: int = 0,
    engine: Engine | None = None,
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
    return Run(simulate(scenario_from(scenario), seed, replication, engine))
