"""What one replication costs on each engine, beside bare SimPy with as many timeouts, in one run.

    python -m benchmarks.bench_replication [--repeats 5] [--scale 1 4 16] [--short] [--page FILE]

Bare SimPy is what anyone would write first: a process for each person that does nothing but wait,
as often in all as the model waits if everyone is a process, and for the same numbers of days.
`plain` is the model on SimPy's own environment with everyone a process from arrest on, which costs
what the model cost before it had engines; the others are ratios to it. Everything is CPU time,
taken in turn; ratios are medians of pairs, so that they hold on a noisy machine. A world is set-up,
loop and end without drawing its people; a replication has them, the tables that an experiment keeps
by default, and the published figures.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import pstats
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import median
from typing import ClassVar

import numpy as np
from simpy import Environment, Event

import sim
from benchmarks.page import write_section
from sim.people.chance import Chance
from sim.people.cohort import Cohort, draw_cohort
from sim.scenario.dated import Span
from sim.scenario.schema import Scenario
from sim.world import clock
from sim.world import simulate as replication
from sim.world.alone import Alone, alone
from sim.world.engine import described, why_not_compiled

PLAIN = "plain"
NAMES = {PLAIN: "plain", "simpy": "SimPy", "compiled": "compiled"}
Rows = dict[str, list[float]]
ENGINES = ["simpy"] if why_not_compiled() else ["simpy", "compiled"]


class Plain(Environment):
    """SimPy's own environment."""

    def forget(self) -> None:
        self._queue.clear()


class Recording(Plain):
    """An environment that remembers the length of each timeout it is asked for."""

    delays: ClassVar[list[float]] = []

    def __init__(self) -> None:
        super().__init__()
        plain = self.timeout

        def timeout(delay: float = 0, value: object = None) -> Event:
            Recording.delays.append(delay)
            return plain(delay, value)

        self.timeout = timeout  # type: ignore[assignment,method-assign]


def everyone_from_arrest(cohort: Cohort, travel: Sequence[Span], horizon: float) -> Alone:
    """Write nobody as columns: everyone is a process."""
    arrived = alone(cohort, travel, horizon).arrived
    starts = [(i, day, True) for i, day in enumerate(arrived.tolist())]
    return Alone(np.empty((0, 3)), starts, arrived)


@contextmanager
def plainly(kind: type[Environment]) -> Iterator[None]:
    """Run the model on SimPy's own environment, everyone a process."""
    kept = clock.Clock, replication.alone
    clock.Clock = kind  # type: ignore[assignment,misc]
    replication.alone = everyone_from_arrest
    try:
        yield
    finally:
        clock.Clock, replication.alone = kept  # type: ignore[misc]


def waits_of(scenario: Scenario, arrives: list[float]) -> list[list[float]]:
    """Run a replication, and deal its timeouts out among its people, arrivals set apart."""
    Recording.delays.clear()
    with plainly(Recording):
        replication.simulate(scenario, seed=1, engine="simpy")
    gaps = Counter(b - a for a, b in pairwise([0.0, *arrives]))
    others = list((Counter(Recording.delays) - gaps).elements())
    Random(1).shuffle(others)
    return [others[i :: len(arrives)] for i in range(len(arrives))]


def bare(scenario: Scenario, arrives: list[float], waits: list[list[float]]) -> None:
    """Run as many processes as there are people, with the timeouts of the model."""
    env = Environment()

    def person(arrival: float, delays: list[float]) -> Generator[Event, None, None]:
        yield env.timeout(arrival)
        for delay in delays:
            yield env.timeout(delay)

    for day, delays in zip(arrives, waits, strict=True):
        env.process(person(day, delays))
    env.run(until=scenario.horizon)


def tables(run: sim.Run) -> None:
    """Make every table that an experiment keeps by default, and the published figures."""
    from sim.experiment.keep import KEPT, PUBLISHED, TABLES
    from sim.results.published.file import load_figures

    figures = load_figures()
    for name in (*KEPT, PUBLISHED):
        TABLES[name].of(run, figures)


def seconds(what: Callable[[], object]) -> float:
    """Return the CPU seconds of one call."""
    gc.collect()
    begun = time.process_time()
    what()
    return time.process_time() - begun


def measure(scenario: Scenario, repeats: int, *, whole: bool) -> Rows:
    """Time everything in turn; `whole` adds the tables."""
    cohort = draw_cohort(scenario, Chance(1))
    arrives = cohort.sentence.arrives.tolist()
    waits = waits_of(scenario, arrives)
    rows: Rows = {"people": [cohort.size]}
    rows["timeouts"] = [len(arrives) + sum(map(len, waits))]

    def take(name: str, what: Callable[[], object]) -> None:
        rows.setdefault(name, []).append(seconds(what))

    def loop(engine: str) -> Callable[[], object]:
        return lambda: replication.run(scenario, cohort, Chance(1), engine)  # type: ignore[arg-type]

    def replicate(engine: str) -> None:
        tables(sim.run(scenario, engine=engine))  # type: ignore[arg-type]

    for _ in range(repeats):
        take("bare", lambda: bare(scenario, arrives, waits))
        with plainly(Plain):
            take(PLAIN, loop("simpy"))
            if whole:
                take(f"{PLAIN}, whole", lambda: replicate("simpy"))
        for engine in ENGINES:
            take(engine, loop(engine))
            if whole:
                take(f"{engine}, whole", lambda engine=engine: replicate(engine))  # type: ignore[misc]
    return rows


def ratio(rows: Rows, above: str, below: str) -> float:
    """Return the median ratio of two things timed in turn."""
    return median(a / b for a, b in zip(rows[above], rows[below], strict=True))


HEADER = ("", "CPU s", "µs a person", "to bare SimPy", "to plain", "replication, s", "to plain")


def table(rows: Rows) -> list[tuple[str, ...]]:
    """Return what one scale has given: a line for each way to run the world."""
    people = rows["people"][0]
    lines: list[tuple[str, ...]] = [
        ("bare SimPy", f"{median(rows['bare']):.2f}", "", "1", "", "", "")
    ]
    for engine in (PLAIN, *ENGINES):
        line = [
            NAMES[engine],
            f"{median(rows[engine]):.2f}",
            f"{median(rows[engine]) / people * 1e6:.1f}",
            f"{ratio(rows, engine, 'bare'):.2f}",
            f"{ratio(rows, engine, PLAIN):.2f}",
        ]
        if f"{engine}, whole" in rows:
            line.append(f"{median(rows[f'{engine}, whole']):.2f}")
            line.append(f"{ratio(rows, f'{engine}, whole', f'{PLAIN}, whole'):.2f}")
        lines.append((*line, *[""] * (len(HEADER) - len(line))))
    return lines


def page(scales: dict[float, Rows]) -> str:
    """Lay out what was measured as Markdown."""
    parts = []
    for scale, rows in scales.items():
        lines = [HEADER, ("---",) * len(HEADER), *table(rows)]
        parts.append(
            f"**A country {scale:g} times as large**: {rows['people'][0]:,.0f} people, "
            f"{rows['timeouts'][0]:,.0f} timeouts if everyone is a process.\n\n"
            + "\n".join(f"| {' | '.join(line)} |" for line in lines)
        )
    first, last = min(scales), max(scales)
    if first < last:
        growth = {
            NAMES[engine]: (median(scales[last][engine]) / scales[last]["people"][0])
            / (median(scales[first][engine]) / scales[first]["people"][0])
            for engine in (PLAIN, *ENGINES)
        }
        told = ", ".join(f"{name} {value:.2f}" for name, value in growth.items())
        parts.append(f"Cost of a person at {last:g} times the size, to that at {first:g}: {told}.")
    return "\n\n".join(parts) + "\n"


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
    parser.add_argument("--short", action="store_true", help="one line: the ratios to bare SimPy")
    parser.add_argument("--page", type=Path, help="a page whose last section is written again")
    parser.add_argument("--profile", action="store_true")
    arguments = parser.parse_args()
    baseline = sim.load("baseline")
    if arguments.short:
        rows = measure(baseline, arguments.repeats, whole=False)
        found = ", ".join(f"{engine} {ratio(rows, engine, 'bare'):.2f}" for engine in ENGINES)
        print(f"engine: {described()}; cost beside bare SimPy with as many timeouts: {found}")
        return
    print(f"engine: {described()}")
    scales = {
        scale: measure(enlarged(baseline, scale), arguments.repeats, whole=scale <= 1)
        for scale in arguments.scale
    }
    print(page(scales))
    if arguments.page:
        write_section(arguments.page, "replication", page(scales))
    if arguments.profile:
        profile = cProfile.Profile()
        profile.runcall(replication.simulate, baseline, seed=1)
        pstats.Stats(profile).sort_stats("tottime").print_stats(30)


if __name__ == "__main__":
    main()
