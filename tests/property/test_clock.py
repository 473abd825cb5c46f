"""The world's clock does what SimPy's own environment does, event by event."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from simpy import Environment

from sim.scenario.schema import Scenario
from sim.world import simulate as engine
from sim.world.clock import Clock
from tests.helpers.strategies import SEEDS, scenarios


@settings(max_examples=15)
@given(scenario=scenarios(), seed=SEEDS)
def test_every_world_is_the_same_as_with_simpys_own_environment(
    scenario: Scenario, seed: int
) -> None:
    ours = engine.simulate(scenario, seed).log
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "Clock", Environment)
        theirs = engine.simulate(scenario, seed).log
    assert ours == theirs


@pytest.mark.parametrize("kind", [Clock, Environment])
def test_what_happens_by_a_day(kind: type[Environment]) -> None:
    """In order of time, then of asking; what falls on the day itself does not happen any more."""
    clock, seen = kind(), []

    def waiting(days: float, value: str):  # type: ignore[no-untyped-def]
        got = yield clock.timeout(days, value)
        seen.append((clock.now, got))

    for days, value in ((3.0, "c"), (1.0, "a"), (1.0, "b"), (4.0, "late")):
        clock.process(waiting(days, value))
    clock.run(until=4.0)
    assert seen == [(1.0, "a"), (1.0, "b"), (3.0, "c")]
    assert clock.now == 4.0
    assert repr(clock.timeout(2.5)).startswith("<Timeout(2.5)")


@pytest.mark.parametrize("kind", [Clock, Environment])
def test_a_mistake_in_a_process_is_not_lost(kind: type[Environment]) -> None:
    clock = kind()

    def failing():  # type: ignore[no-untyped-def]
        yield clock.timeout(1.0)
        raise LookupError("a mistake")

    clock.process(failing())
    with pytest.raises(LookupError, match="a mistake"):
        clock.run(until=2.0)
