"""One replication: people, world, and the run from the first day to the horizon."""

from __future__ import annotations

import gc
from dataclasses import dataclass

from sim.people.chance import Chance
from sim.people.cohort import Cohort, draw_cohort
from sim.scenario.schema import Scenario
from sim.world import journey, transfer
from sim.world.clock import Clock
from sim.world.world import Log, World


@dataclass(frozen=True)
class Replication:
    """What one replication leaves: who there was, and the log of what happened."""

    scenario: Scenario
    seed: int
    number: int
    cohort: Cohort
    log: Log


def simulate(scenario: Scenario, seed: int = 1, replication: int = 0) -> Replication:
    """Run one replication of a scenario.

    Parameters
    ----------
    scenario
        The world.
    seed
        Root seed; scenarios run with the same seed are about the same people.
    replication
        Number of the replication, from 0.

    Raises
    ------
    PrisonflowError
        If seed or replication is no whole number, or negative.
    """
    chance = Chance(seed, replication)
    cohort = draw_cohort(scenario, chance)
    env = Clock()
    world = World(env, scenario, cohort, chance)
    env.process(transfer.ranking(world))
    env.process(transfer.office(world))
    env.process(journey.arrivals(world))
    # Thousands of waiting processes are alive at once; walking them finds no garbage.
    collecting = gc.isenabled()
    gc.disable()
    try:
        env.run(until=scenario.horizon)
    finally:
        if collecting:
            gc.enable()
    return Replication(scenario, chance.seed, chance.replication, cohort, world.log)
