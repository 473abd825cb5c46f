"""Runs shared by the checks that look at them."""

from __future__ import annotations

from functools import lru_cache

from sim.analysis.verify.told import Told
from sim.scenario.schema import Scenario
from sim.world.simulate import simulate


@lru_cache(maxsize=256)
def tell(scenario: Scenario, seed: int) -> Told:
    """Run a scenario; checks that ask for the same run share it."""
    return Told(simulate(scenario, seed))
