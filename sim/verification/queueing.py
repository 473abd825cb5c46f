"""The allocator of places against queueing theory: exact answers, and simulations of it alone.

The unit of time is the mean stay, so arrivals per unit of time are the offered load. Simulations
start in the exact stationary state, so there is no warm-up to choose and no bias.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from sim.numbers import grouped, plain
from sim.verification.check import PValue, chance
from sim.verification.told import Floats, Told
from sim.world.clock import Clock
from sim.world.places import Places

if TYPE_CHECKING:
    from sim.world.world import Process

#: Seed of the simulations of the engine alone: the same on every machine, whatever the scenario.
SEED = 2027
_REPLICATIONS = 40

# ---------------------------------------------------------------- exact answers


def erlang_b(places: int, load: float) -> float:
    """Return the probability of being lost, by recursion over places (Erlang 1917)."""
    inverse = 1.0
    for n in range(1, places + 1):
        inverse = 1 + inverse * n / load
    return 1 / inverse


def erlang_c(places: int, load: float) -> tuple[float, float]:
    """Return the probability of waiting and the mean wait (Erlang 1917; Cooper 1981, ch. 3)."""
    lost = erlang_b(places, load)
    waits = lost / (1 - load / places * (1 - lost))
    return waits, waits / (places - load)


def birth_death(places: int, load: float, leaving: float) -> Floats:
    """Return the stationary distribution of those inside and waiting, each wait left at a rate.

    Erlang A for a finite rate (Palm 1957; Garnett, Mandelbaum and Reiman 2002, section 2), Erlang
    C for 0 and Erlang B for infinity: detailed balance of births and deaths in each of them.

    Raises
    ------
    ValueError
        If the load is so near the places that a queue of 5,000 is not rare.
    """
    n = np.arange(1, (places if leaving == inf else places + 5_000) + 1)
    waiting = np.maximum(n - places, 0)
    deaths = np.minimum(n, places) + (0 if leaving == inf else leaving * waiting)
    weights = np.concatenate([[0.0], np.cumsum(np.log(load / deaths))])
    chances = np.exp(weights - weights.max())
    if leaving != inf and chances[-1] >= 1e-12 * chances.sum():
        raise ValueError(f"load {plain(load)} is too near {places} places: the queue does not end")
    found: Floats = chances / chances.sum()
    return found


def erlang_a(places: int, load: float, leaving: float) -> tuple[float, float, float]:
    """Return the probabilities of waiting and of leaving the queue, and the mean queue."""
    chances = birth_death(places, load, leaving)
    queue = float(np.maximum(np.arange(len(chances)) - places, 0) @ chances)
    return float(chances[places:].sum()), leaving * queue / load, queue


# ---------------------------------------------------------------- the allocator at work

#: Draws so many stays, or what is left of so many found under way.
Draws = Callable[[np.random.Generator, int], Floats]


def exponential(rng: np.random.Generator, size: int) -> Floats:
    """Draw stays of mean 1 whose rest has the same law."""
    return rng.exponential(size=size)


def poisson_times(rng: np.random.Generator, load: float, duration: float) -> Floats:
    """Draw the times of a Poisson process."""
    times: Floats = np.sort(rng.uniform(0, duration, rng.poisson(load * duration)))
    return times


def lost_calls(
    rng: np.random.Generator, places: int, load: float, duration: float, stays: Draws, rests: Draws
) -> tuple[int, int]:
    """Simulate M/G/c/c from its stationary state; return the numbers who came and were lost."""
    env = Clock()
    allocator = Places(env, places)
    came = lost = 0

    def leave(_: object) -> None:
        allocator.give_back()

    def arrivals(times: Floats) -> Process:
        nonlocal came, lost
        for time, stay in zip(times.tolist(), stays(rng, len(times)).tolist(), strict=True):
            yield env.timeout(time - env.now)
            came += 1
            if allocator.take():
                env.timeout(stay).callbacks.append(leave)
            else:
                lost += 1

    chances = birth_death(places, load, inf)
    for rest in rests(rng, int(rng.choice(len(chances), p=chances))).tolist():
        allocator.take()
        env.timeout(rest).callbacks.append(leave)
    env.process(arrivals(poisson_times(rng, load, duration)))
    env.run(until=duration)
    return came, lost


@dataclass
class Waits:
    """What one replication records: a line per arrival, and the queue seen at fixed times."""

    waited: list[float] = field(default_factory=list)
    granted: list[bool] = field(default_factory=list)
    queues: list[int] = field(default_factory=list)


def waiting_room(
    rng: np.random.Generator, places: int, load: float, duration: float, leaving: float
) -> Waits:
    """Simulate M/M/c, or M/M/c+M when people leave the queue, from its stationary state.

    Those who came are followed until the last one is served or has left; a first-come queue does
    not feel later arrivals, so that nobody's wait is cut short.
    """
    env = Clock()
    allocator = Places(env, places)
    records = Waits()

    def leave(_: object) -> None:
        allocator.give_back()

    def told(wait: float, granted: bool, stay: float, counted: bool) -> None:
        if counted:
            records.waited.append(wait)
            records.granted.append(granted)
        if granted:
            env.timeout(stay).callbacks.append(leave)

    def waiting(request: Any, stay: float, counted: bool) -> Process:
        start = env.now
        granted = yield request
        told(env.now - start, granted, stay, counted)

    def come(who: int, stay: float, patience: float, counted: bool) -> None:
        if allocator.take():
            told(0.0, True, stay, counted)
        else:
            request = allocator.request(who, env.now + patience)
            env.process(waiting(request, stay, counted))

    def arrivals(times: Sequence[float], people: Iterable[tuple[int, float, float]]) -> Process:
        for time, (who, stay, patience) in zip(times, people, strict=True):
            yield env.timeout(time - env.now)
            come(who, stay, patience, counted=True)

    def observer() -> Process:
        for _ in range(int(duration)):
            yield env.timeout(1)
            records.queues.append(allocator.queue_length)

    def people(size: int) -> Iterator[tuple[int, float, float]]:
        patience = rng.exponential(1 / leaving, size) if leaving else np.full(size, inf)
        return zip(range(size), rng.exponential(size=size).tolist(), patience.tolist(), strict=True)

    chances = birth_death(places, load, leaving)
    for who, stay, patience in people(int(rng.choice(len(chances), p=chances))):
        come(who, stay, patience, counted=False)
    times = poisson_times(rng, load, duration).tolist()
    env.process(arrivals(times, people(len(times))))
    env.process(observer())
    env.run(until=inf)
    if (allocator.taken, allocator.queue_length, len(records.waited)) != (0, 0, len(times)):
        raise RuntimeError("someone never left, or was never told: the allocator lost a place")
    return records


# ---------------------------------------------------------------- checks


@chance(
    "engine",
    "Share turned away: Erlang B",
    "With 3 places, twice as many arrivals as leave in a mean stay, and nobody waiting, the "
    "allocator of places turns away the share that Erlang's formula gives (t over 40 simulations).",
)
def places_follow_erlang_b(_: Sequence[Told]) -> Iterator[PValue]:
    """Test the share lost, with exponential stays."""
    yield from _erlang_b()


@chance(
    "engine",
    "Waiting for a place: Erlang C",
    "With 3 places and waiting first come, first served, the share who wait and the mean wait are "
    "those of Erlang's formula.",
)
def places_follow_erlang_c(_: Sequence[Told]) -> Iterator[PValue]:
    """Test who waits, and how long."""
    yield from _erlang_c()


@chance(
    "engine",
    "Waiting for a place, and giving up: Erlang A",
    "With 5 places, more arrivals than they can serve, and people who leave the queue at a rate, "
    "the shares who wait and give up and the mean queue are exact.",
)
def places_follow_erlang_a(_: Sequence[Told]) -> Iterator[PValue]:
    """Test who waits, who leaves the queue, and how long the queue is."""
    yield from _erlang_a()


def _generators() -> list[np.random.Generator]:
    return [np.random.default_rng([SEED, number]) for number in range(_REPLICATIONS)]


@cache
def _erlang_b(places: int = 3, load: float = 2.0, duration: float = 400) -> tuple[PValue, ...]:
    exact = erlang_b(places, load)
    lost = []
    for rng in _generators():
        came, turned_away = lost_calls(rng, places, load, duration, exponential, exponential)
        lost.append((turned_away - exact * came) / (load * duration))
    return (_mean_zero(lost, "share turned away", exact),)


@cache
def _erlang_c(places: int = 3, load: float = 2.0, duration: float = 300) -> tuple[PValue, ...]:
    waits, mean_wait = erlang_c(places, load)
    who, how_long = [], []
    for rng in _generators():
        waited = np.array(waiting_room(rng, places, load, duration, leaving=0).waited)
        who.append(((waited > 0) - waits).sum() / (load * duration))
        how_long.append((waited - mean_wait).sum() / (load * duration))
    return _mean_zero(who, "share who wait", waits), _mean_zero(how_long, "mean wait", mean_wait)


@cache
def _erlang_a(
    places: int = 5, load: float = 6.0, leaving: float = 0.5, duration: float = 100
) -> tuple[PValue, ...]:
    waits, leaves, queue = erlang_a(places, load, leaving)
    who, gone, length = [], [], []
    for rng in _generators():
        records = waiting_room(rng, places, load, duration, leaving)
        waited, granted = np.array(records.waited), np.array(records.granted)
        who.append(((waited > 0) - waits).sum() / (load * duration))
        gone.append((~granted - leaves).sum() / (load * duration))
        length.append(float(np.mean(records.queues)) - queue)
    return (
        _mean_zero(who, "share who wait", waits),
        _mean_zero(gone, "share who give up", leaves),
        _mean_zero(length, "mean queue", queue),
    )


def _mean_zero(differences: Sequence[float], what: str, exact: float) -> PValue:
    """Test that differences from the exact answer, one a simulation, have mean zero."""
    p = float(stats.ttest_1samp(differences, 0.0).pvalue)
    return PValue(
        p, f"{what}: {grouped(exact + float(np.mean(differences)), 4)}, exact {grouped(exact, 4)}"
    )
