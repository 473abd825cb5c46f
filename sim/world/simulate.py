"""One replication: people, world, and the run from the first day to the horizon."""

from __future__ import annotations

import gc
from dataclasses import dataclass

from sim.people.chance import Chance
from sim.people.cohort import Cohort, draw_cohort
from sim.scenario.schema import Scenario
from sim.world.alone import alone
from sim.world.engine import Engine, engine_for, part
from sim.world.stages import Log
from sim.world.world import travel_of


@dataclass(frozen=True)
class Replication:
    """What one replication leaves: who there was, and the log of what happened."""

    scenario: Scenario
    seed: int
    number: int
    cohort: Cohort
    """People as they are in the end: whoever serving abroad has changed is so."""
    log: Log


def simulate(
    scenario: Scenario, seed: int = 1, replication: int = 0, engine: Engine | None = None
) -> Replication:
    """Run one replication of a scenario.

    Parameters
    ----------
    scenario
        The world.
    seed
        Root seed; scenarios run with the same seed are about the same people.
    replication
        Number of the replication, from 0.
    engine
        What runs it: "simpy" or "compiled"; by default the fastest there is. The log is the same.

    Raises
    ------
    NotCompiled
        If the compiled engine is asked for and there is none.
    """
    chance = Chance(seed, replication)
    cohort = draw_cohort(scenario, chance)
    log = run(scenario, cohort, chance, engine)
    return Replication(scenario, chance.seed, chance.replication, cohort.changed(log.changed), log)


def run(scenario: Scenario, cohort: Cohort, chance: Chance, engine: Engine | None = None) -> Log:
    """Let everything happen to a cohort, and return the log."""
    # Thousands of waiting processes are alive at once; walking them finds no garbage.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _run(scenario, cohort, chance, engine_for(engine))
    finally:
        if collecting:
            gc.enable()


def _run(scenario: Scenario, cohort: Cohort, chance: Chance, engine: Engine) -> Log:
    journey, transfer = part(engine, "journey"), part(engine, "transfer")
    rented_prison = part(engine, "rented_prison")
    env = part(engine, "clock").Clock()
    world = part(engine, "world").World(env, scenario, cohort, chance)
    settled = alone(cohort, travel_of(scenario), scenario.horizon)
    env.process(transfer.ranking(world))
    env.process(transfer.office(world))
    if scenario.transfer.assessment is not None:
        env.process(transfer.assessors(world))
    if world.recalls is not None:
        env.process(rented_prison.recalls(world))
    env.process(journey.arrivals(world, settled.starts))
    try:
        env.run(until=scenario.horizon)
    finally:
        world.forget()
    log: Log = world.log
    # First: who begins to be a process later on has been somewhere before.
    log.stays[:0] = settled.log.ravel().tolist()
    return log
