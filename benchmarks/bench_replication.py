"""What one replication costs, beside bare SimPy with as many timeouts, in one run.

    python benchmarks/bench_replication.py [--repeats 5] [--scale 1 4 16] [--profile]

Bare SimPy is what anyone would write first: a process for each person that does nothing but wait,
as often in all as the model waits and for the same numbers of days. `helped` is the same with the
two tricks the model uses (people start when they arrive, the cycle collector rests). Ratios are
medians of pairs taken in turn, so that they hold on a noisy machine.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import pstats
import time
from collections import Counter
from collections.abc import Callable, Generator
from itertools import pairwise
from random import Random
from statistics import median
from typing import ClassVar

from simpy import Environment, Event

import sim
from sim.people.chance import Chance
from sim.people.cohort import draw_cohort
from sim.scenario.schema import Scenario
from sim.world import simulate as engine


class Recording(Environment):
    """An environment that remembers the length of each timeout it is asked for."""

    delays: ClassVar[list[float]] = []

    def __init__(self) -> None:
        super().__init__()
        plain = self.timeout

        def timeout(delay: float = 0, value: object = None) -> Event:
            Recording.delays.append(delay)
            return plain(delay, value)

        self.timeout = timeout  # type: ignore[assignment,method-assign]


def waits_of(scenario: Scenario, arrives: list[float]) -> list[list[float]]:
    """Run a replication, and deal its timeouts out among its people, arrivals set apart."""
    plain = engine.Clock
    Recording.delays.clear()
    engine.Clock = Recording  # type: ignore[assignment,misc]
    try:
        engine.simulate(scenario, seed=1)
    finally:
        engine.Clock = plain  # type: ignore[misc]
    gaps = Counter(b - a for a, b in pairwise([0.0, *arrives]))
    others = list((Counter(Recording.delays) - gaps).elements())
    Random(1).shuffle(others)
    return [others[i :: len(arrives)] for i in range(len(arrives))]


def bare(
    scenario: Scenario, arrives: list[float], waits: list[list[float]], *, helped: bool
) -> None:
    """Run as many processes as there are people, with the timeouts of the model."""
    env = Environment()

    def waiting(delays: list[float]) -> Generator[Event, None, None]:
        for delay in delays:
            yield env.timeout(delay)

    def person(arrival: float, delays: list[float]) -> Generator[Event, None, None]:
        yield env.timeout(arrival)
        for delay in delays:
            yield env.timeout(delay)

    def arrivals() -> Generator[Event, None, None]:
        for day, delays in zip(arrives, waits, strict=True):
            yield env.timeout(day - env.now)
            env.process(waiting(delays))

    if helped:
        gc.disable()
        env.process(arrivals())
    else:
        for day, delays in zip(arrives, waits, strict=True):
            env.process(person(day, delays))
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
    cohort = draw_cohort(scenario, Chance(1))
    arrives = cohort.sentence.arrives.tolist()
    waits = waits_of(scenario, arrives)
    timeouts = len(arrives) + sum(map(len, waits))
    rows: dict[str, list[float]] = {"model": [], "bare": [], "helped": [], "cohort": []}
    for _ in range(repeats):
        rows["model"].append(seconds(lambda: engine.simulate(scenario, seed=1)))
        rows["bare"].append(seconds(lambda: bare(scenario, arrives, waits, helped=False)))
        rows["helped"].append(seconds(lambda: bare(scenario, arrives, waits, helped=True)))
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


def enlarged(scenario: Scenario, scale: float) -> Scenario:
    """Return a country so many times as large: as many more people, places and hands."""
    removal, rented = scenario.removal, scenario.rented_prison
    counted = {
        "arrivals.judgments_per_year": scenario.arrivals.judgments_per_year,
        "removal.case_workers": removal.case_workers,
        "removal.escort_teams": removal.escort_teams,
        "detention.places": scenario.detention.places,
    }
    changes: dict[str, float] = {
        f"{key}[{step.from_}]": type(step.value)(step.value * scale)
        for key, steps in counted.items()
        for step in steps
    }
    changes["rented_prison.places"] = int(rented.places * scale)
    changes["rented_prison.first_intake_places"] = int(rented.first_intake_places * scale)
    changes["transfer.seats"] = int(scenario.transfer.seats * scale)
    return scenario.change(changes)


def main() -> None:
    """Compare at each scale, and print a profile if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--scale", type=float, nargs="+", default=[1.0])
    parser.add_argument("--profile", action="store_true")
    arguments = parser.parse_args()
    baseline = sim.load("baseline")
    for scale in arguments.scale:
        compare(enlarged(baseline, scale), arguments.repeats)
    if arguments.profile:
        profile = cProfile.Profile()
        profile.runcall(engine.simulate, baseline, seed=1)
        pstats.Stats(profile).sort_stats("tottime").print_stats(30)


if __name__ == "__main__":
    main()
