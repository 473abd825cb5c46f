"""What one replication costs, beside bare SimPy with as many timeouts, in one run.

    python benchmarks/replication.py [--repeats 5] [--scale 1 4 16] [--profile]

Bare SimPy is what anyone would write first: a process for each person that does nothing but wait,
as many times in all as the model waits. `bare, helped` is the same with the two tricks the model
uses (people start when they arrive, the cycle collector rests). Ratios are medians of pairs taken
in turn, so that they hold on a noisy machine.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import pstats
import time
from collections.abc import Callable, Generator
from statistics import median

from simpy import Environment, Event

import sim
from sim.people.chance import Chance
from sim.people.cohort import draw_cohort
from sim.scenario.schema import Scenario
from sim.world import simulate as engine


class Counting(Environment):
    """An environment that counts the timeouts it is asked for."""

    timeouts = 0

    def __init__(self) -> None:
        super().__init__()
        plain = self.timeout

        def timeout(delay: float = 0, value: object = None) -> Event:
            Counting.timeouts += 1
            return plain(delay, value)

        self.timeout = timeout  # type: ignore[assignment,method-assign]


def count_timeouts(scenario: Scenario) -> int:
    """Run a replication and count its timeouts."""
    plain, Counting.timeouts = engine.Environment, 0
    engine.Environment = Counting  # type: ignore[misc]
    try:
        engine.simulate(scenario, seed=1)
    finally:
        engine.Environment = plain  # type: ignore[misc]
    return Counting.timeouts


def bare(scenario: Scenario, arrives: list[float], timeouts: int, *, helped: bool) -> None:
    """Run as many processes as there are people, with as many timeouts as the model."""
    env = Environment()
    each, more = divmod(timeouts - len(arrives), len(arrives))

    def waits(number: int) -> Generator[Event, None, None]:
        for _ in range(number):
            yield env.timeout(37.0)

    def person(arrival: float, number: int) -> Generator[Event, None, None]:
        yield env.timeout(arrival)
        yield from waits(number)

    def arrivals() -> Generator[Event, None, None]:
        for i, day in enumerate(arrives):
            yield env.timeout(day - env.now)
            env.process(waits(each + (i < more)))

    if helped:
        gc.disable()
        env.process(arrivals())
    else:
        for i, day in enumerate(arrives):
            env.process(person(day, each + (i < more)))
    env.run(until=scenario.horizon)
    gc.enable()


def seconds(what: Callable[[], object]) -> float:
    """Time one call."""
    gc.collect()
    begun = time.perf_counter()
    what()
    return time.perf_counter() - begun


def compare(scenario: Scenario, repeats: int) -> None:
    """Print the medians for one scenario."""
    timeouts = count_timeouts(scenario)
    cohort = draw_cohort(scenario, Chance(1))
    arrives = cohort.sentence.arrives.tolist()
    rows: dict[str, list[float]] = {"model": [], "bare": [], "helped": [], "cohort": []}
    for _ in range(repeats):
        rows["model"].append(seconds(lambda: engine.simulate(scenario, seed=1)))
        rows["bare"].append(seconds(lambda: bare(scenario, arrives, timeouts, helped=False)))
        rows["helped"].append(seconds(lambda: bare(scenario, arrives, timeouts, helped=True)))
        rows["cohort"].append(seconds(lambda: draw_cohort(scenario, Chance(1))))
    ratio = {
        name: median(m / b for m, b in zip(rows["model"], rows[name], strict=True))
        for name in ("bare", "helped")
    }
    people = cohort.size
    print(
        f"{people:>8,} people {timeouts:>10,} timeouts   model {median(rows['model']):7.2f} s "
        f"({median(rows['model']) / people * 1e6:5.1f} us a person, drawing them "
        f"{median(rows['cohort']):.2f} s)   bare {median(rows['bare']):7.2f} s, helped "
        f"{median(rows['helped']):7.2f} s   model / bare {ratio['bare']:.2f}, / helped "
        f"{ratio['helped']:.2f}",
        flush=True,
    )


def main() -> None:
    """Compare at each scale, and print a profile if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--scale", type=float, nargs="+", default=[1.0])
    parser.add_argument("--profile", action="store_true")
    arguments = parser.parse_args()
    baseline = sim.load("baseline")
    for scale in arguments.scale:
        steps = baseline.arrivals.judgments_per_year
        changes = {f"arrivals.judgments_per_year[{s.from_}]": s.value * scale for s in steps}
        compare(baseline.with_(changes), arguments.repeats)
    if arguments.profile:
        profile = cProfile.Profile()
        profile.runcall(engine.simulate, baseline, seed=1)
        pstats.Stats(profile).sort_stats("tottime").print_stats(30)


if __name__ == "__main__":
    main()
