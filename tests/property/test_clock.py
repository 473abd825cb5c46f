"""The clocks do what SimPy's own environment does, event by event, and so do the two engines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from simpy import Environment

from sim.people.cohort import Cohort
from sim.scenario.dated import Span
from sim.scenario.files import load, walk_shipped
from sim.scenario.schema import Scenario
from sim.world import clock, scheduler
from sim.world import simulate as simulate_module
from sim.world.alone import Alone, alone
from sim.world.engine import why_not_compiled
from sim.world.simulate import simulate
from sim.world.stages import Log
from tests.helpers.strategies import SEEDS, scenarios

SHIPPED = [scenario.name for scenario in walk_shipped()]
compiled = pytest.mark.skipif(why_not_compiled() is not None, reason=f"{why_not_compiled()}")


class Plain(Environment):
    """SimPy's own environment: processes begin and end with events of their own."""

    def forget(self) -> None:
        self._queue.clear()


def log_on(kind: Callable[[], object], scenario: Scenario, seed: int) -> Log:
    """Run the text as it stands on another clock."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "Clock", kind)
        return simulate(scenario, seed, engine="simpy").log


def by_person(flat: list[float]) -> list[list[float]]:
    rows = np.array(flat, float).reshape(-1, 3)
    return rows[np.argsort(rows[:, 0], kind="stable")].tolist()


@settings(max_examples=15)
@given(scenario=scenarios(), seed=SEEDS)
def test_every_world_is_the_same_as_with_simpys_own_environment(
    scenario: Scenario, seed: int
) -> None:
    assert simulate(scenario, seed, engine="simpy").log == log_on(Plain, scenario, seed)


@settings(max_examples=10)
@given(scenario=scenarios(), seed=SEEDS)
def test_every_world_is_the_same_with_the_scheduler(scenario: Scenario, seed: int) -> None:
    ours = log_on(scheduler.Clock, scenario, seed)
    assert simulate(scenario, seed, engine="simpy").log == ours


@compiled
@settings(max_examples=25)
@given(scenario=scenarios(), seed=SEEDS)
def test_every_world_is_the_same_compiled(scenario: Scenario, seed: int) -> None:
    ours = simulate(scenario, seed, engine="compiled").log
    assert simulate(scenario, seed, engine="simpy").log == ours


@compiled
@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_scenario_is_the_same_compiled(name: str) -> None:
    scenario = load(name)
    ours = simulate(scenario, 3, 1, engine="compiled").log
    assert simulate(scenario, 3, 1, engine="simpy").log == ours


def everyone_from_arrest(cohort: Cohort, travel: Sequence[Span], horizon: float) -> Alone:
    """Let nobody be written as columns: everyone is a process from arrest on."""
    arrived = alone(cohort, travel, horizon).arrived
    starts = [(i, day, True) for i, day in enumerate(arrived.tolist())]
    return Alone(np.empty((0, 3)), starts, arrived)


@settings(max_examples=25)
@given(scenario=scenarios(), seed=SEEDS)
def test_columns_hold_the_stays_that_processes_would_have(scenario: Scenario, seed: int) -> None:
    ours = simulate(scenario, seed, engine="simpy").log
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulate_module, "alone", everyone_from_arrest)
        theirs = simulate(scenario, seed, engine="simpy").log
    for track in ("stays", "cases", "limbo"):
        assert by_person(getattr(ours, track)) == by_person(getattr(theirs, track))


KINDS = [clock.Clock, scheduler.Clock, Plain]


@pytest.mark.parametrize("kind", KINDS)
def test_what_happens_by_a_day(kind: Callable[[], Environment]) -> None:
    """In order of time, then of asking; what falls on the day itself does not happen any more."""
    env, seen = kind(), []

    def waiting(days: float, value: str):  # type: ignore[no-untyped-def]
        got = yield env.timeout(days, value)
        seen.append((env.now, got))

    for days, value in ((3.0, "c"), (1.0, "a"), (1.0, "b"), (4.0, "late"), (900.5, "later")):
        env.process(waiting(days, value))
    env.run(until=4.0)
    assert seen == [(1.0, "a"), (1.0, "b"), (3.0, "c")]
    assert env.now == 4.0


@pytest.mark.parametrize("kind", KINDS)
def test_who_waits_for_one_event_is_told_in_the_order_of_asking(
    kind: Callable[[], Environment],
) -> None:
    env, seen = kind(), []
    event = env.event()

    def called(_: object) -> None:
        seen.append("called")

    def waiting(who: str, day: float):  # type: ignore[no-untyped-def]
        yield env.timeout(day)
        seen.append((who, (yield event)))
        seen.append((who, (yield event), env.now))  # it is over, and still says what it brought

    env.process(waiting("a", 0.0))
    env.timeout(0.5).callbacks.append(lambda _: event.callbacks.append(called))
    env.process(waiting("b", 1.0))
    env.timeout(2.0).callbacks.append(lambda _: event.succeed("papers"))
    env.run(until=3.0)
    first, second = [("a", "papers"), ("a", "papers", 2.0)], [("b", "papers"), ("b", "papers", 2.0)]
    assert seen == [*first, "called", *second]
    with pytest.raises(RuntimeError, match="triggered"):
        event.succeed()


@pytest.mark.parametrize("kind", KINDS)
def test_a_mistake_in_a_process_is_not_lost(kind: Callable[[], Environment]) -> None:
    env = kind()

    def failing():  # type: ignore[no-untyped-def]
        yield env.timeout(1.0)
        raise LookupError("a mistake")

    env.process(failing())
    with pytest.raises(LookupError, match="a mistake"):
        env.run(until=2.0)


def test_a_process_can_be_waited_for_on_simpy() -> None:
    env, seen = clock.Clock(), []

    def child():  # type: ignore[no-untyped-def]
        yield env.timeout(1.0)
        return "done"

    def parent():  # type: ignore[no-untyped-def]
        seen.append((yield env.process(child())))

    env.process(parent())
    env.run(until=2.0)
    assert seen == ["done"]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["simpy", pytest.param("compiled", marks=compiled)])
def test_a_run_leaves_no_world_to_the_cycle_collector(engine: str) -> None:
    import gc

    scenario = load("baseline")
    simulate(scenario, engine=engine)  # what is made once
    gc.collect()
    gc.disable()
    try:
        simulate(scenario, engine=engine)
        assert gc.collect() < 1000
    finally:
        gc.enable()
