"""Runs shared by the checks that look at them, and the same runs person by person."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from sim.experiment.replicate import replicate_all
from sim.experiment.replications import Replications
from sim.scenario.schema import Scenario
from sim.verification.told import Spans, Told
from sim.world.simulate import simulate
from sim.world.stages import Exit, Stay


class Span(NamedTuple):
    """One person's time in something; `ends` is infinite if the horizon came first."""

    who: int
    begins: float
    ends: float


@lru_cache(maxsize=256)
def tell(scenario: Scenario, seed: int) -> Told:
    """Run a scenario; checks that ask for the same run share it."""
    return Told(simulate(scenario, seed))


def replicate(scenario: Scenario, replications: int, seed: int = 1) -> Replications:
    """Replicate one scenario in this process, without a bar."""
    return replicate_all([scenario], replications, seed, progress=False)[0]


def each(spans: Spans) -> Iterator[Span]:
    """Yield spans one by one."""
    columns = spans.who.tolist(), spans.begins.tolist(), spans.ends.tolist()
    yield from map(Span, *columns)


def stays_of(told: Told, who: int) -> list[tuple[Stay, float]]:
    """Return a person's stays in order: which, and from when."""
    mine = told.stays[told.stays.who == who]
    return [(Stay(code), day) for code, day in zip(mine.code, mine.day.tolist(), strict=True)]


def exits(told: Told) -> dict[int, tuple[Exit, float]]:
    """Return the way out, and its day, of everyone who left."""
    left = told.exits
    ways = zip(left.who.tolist(), left.code, left.day.tolist(), strict=True)
    return {who: (Exit(code), day) for who, code, day in ways}
