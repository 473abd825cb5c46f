"""One small flow of prisoners in six tools, side by side in one run.

    python -m benchmarks.bench_peers [--people 20000] [--repeats 5] [--page FILE]

The reference flow: people are arrested on given days, spend given days on remand, wait for one of
the places of a prison, serve given days, wait for a case worker who takes given days, and half of
them spend given days in a centre before they leave. Every tool gets the same numbers, and nothing
is drawn while it runs: so all must give the same mean waits, or the run stops. Each is written as
its own documentation writes such things. What is measured is CPU time, taken in turn, medians.

The limit is a loop over a heap of events in machine code (numba), which knows nothing but this
flow. Ciw, salabim and numba are in the extra `peers`; what is not installed is left out.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import cache, partial
from heapq import heapify, heappop, heappush
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from benchmarks.page import write_section
from sim.world.engine import Engine, part, why_not_compiled

Floats = NDArray[np.float64]
#: Mean days waited for a place, and for a case worker.
Waits = tuple[float, float]
#: What ends in the kernel; people queue after the first two, for a place and for a case worker.
REMAND, SENTENCE, WORK, CENTRE = range(4)


@dataclass(frozen=True)
class Flow:
    """The numbers of a reference flow: days, one per person in order of arrest."""

    arrested: Floats
    remand: Floats
    sentence: Floats
    work: Floats
    centre: Floats
    """Days in the centre; 0 for those who never come there."""
    places: int
    case_workers: int


def drawn(people: int, seed: int = 1) -> Flow:
    """Draw a flow in which both queues build up and drain: nine tenths of the hands are busy."""
    rng = np.random.default_rng(seed)
    gaps, remand, sentence, work, centre = (
        rng.exponential(mean, people) for mean in (1.0, 120.0, 270.0, 4.5, 400.0)
    )
    centre = np.where(rng.random(people) < 0.5, centre, 0.0)
    return Flow(np.cumsum(gaps), remand, sentence, work, centre, places=280, case_workers=5)


def in_simpy(flow: Flow) -> Waits:
    """Ordinary SimPy: a process a person, and its own resources."""
    env = simpy.Environment()
    prison = simpy.Resource(env, flow.places)
    workers = simpy.Resource(env, flow.case_workers)
    waits = [0.0, 0.0]

    def person(
        arrested: float, remand: float, sentence: float, work: float, centre: float
    ) -> Generator[simpy.Event, Any, None]:
        yield env.timeout(arrested)
        yield env.timeout(remand)
        for number, (resource, days) in enumerate(((prison, sentence), (workers, work))):
            asked = env.now
            with resource.request() as request:
                yield request
                waits[number] += env.now - asked
                yield env.timeout(days)
        if centre:
            yield env.timeout(centre)

    for row in _rows(flow):
        env.process(person(*row))
    env.run()
    return _means(waits, flow)


def in_prisonflow(flow: Flow, engine: Engine) -> Waits:
    """The clock and the allocator of this project; the text of the flow itself is not compiled."""
    env = part(engine, "clock").Clock()
    places_of = part(engine, "places").Places
    prison, workers = places_of(env, flow.places), places_of(env, flow.case_workers)
    waits = [0.0, 0.0]

    def person(
        i: int, remand: float, sentence: float, work: float, centre: float
    ) -> Generator[Any, Any, None]:
        yield env.timeout(remand)
        for number, (places, days) in enumerate(((prison, sentence), (workers, work))):
            asked = env.now
            if not places.take():
                yield places.request(i)
            waits[number] += env.now - asked
            yield env.timeout(days)
            places.give_back()
        if centre:
            yield env.timeout(centre)

    def arrivals() -> Generator[Any, Any, None]:
        for i, (arrested, *days) in enumerate(_rows(flow)):
            yield env.timeout(arrested - env.now)
            env.process(person(i, *days))

    env.process(arrivals())
    env.run(until=_end(flow))
    return _means(waits, flow)


def in_salabim(flow: Flow) -> Waits:
    """Salabim: a component a person, with generators, which are faster there than greenlets."""
    import salabim

    salabim.yieldless(False)
    env = salabim.Environment(trace=False, random_seed=None)
    prison = salabim.Resource("prison", flow.places, env=env)
    workers = salabim.Resource("case workers", flow.case_workers, env=env)
    for monitored in (prison, workers):
        for monitor in (
            monitored.claimed_quantity,
            monitored.available_quantity,
            monitored.capacity,
            monitored.occupancy,
        ):
            monitor.monitor(False)
    waits = [0.0, 0.0]

    class Person(salabim.Component):  # type: ignore[misc]
        def setup(self, days: tuple[float, ...]) -> None:
            self.days = days

        def process(self) -> Generator[Any, Any, None]:
            remand, sentence, work, centre = self.days
            yield self.hold(remand)
            for number, (resource, days) in enumerate(((prison, sentence), (workers, work))):
                asked = env.now()
                yield self.request(resource)
                waits[number] += env.now() - asked
                yield self.hold(days)
                self.release(resource)
            if centre:
                yield self.hold(centre)

    for arrested, *days in _rows(flow):
        Person(env=env, at=arrested, days=tuple(days))
    env.run()
    return _means(waits, flow)


def in_ciw(flow: Flow) -> Waits:
    """Ciw: a network of four nodes, in which the days of service are looked up by person."""
    import ciw

    class OfPerson(ciw.dists.Distribution):  # type: ignore[misc]
        def __init__(self, days: Floats) -> None:
            self.days = days.tolist()

        def sample(self, t: float | None = None, ind: Any = None) -> float:
            return float(self.days[ind.id_number - 1])

    def route(ind: Any, simulation: Any) -> list[int]:
        return [2, 3, 4] if flow.centre[ind.id_number - 1] else [2, 3]

    gaps = np.diff(flow.arrested, prepend=0.0).tolist()
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*gaps, float("inf")]), None, None, None],
        service_distributions=[
            OfPerson(days) for days in (flow.remand, flow.sentence, flow.work, flow.centre)
        ],
        number_of_servers=[float("inf"), flow.places, flow.case_workers, float("inf")],
        routing=ciw.routing.ProcessBased(route),
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(_end(flow))
    waits = [0.0, 0.0]
    for record in simulation.get_all_records():
        if record.node in (2, 3):
            waits[record.node - 2] += record.waiting_time
    return _means(waits, flow)


def kernel(
    arrested: Floats,
    remand: Floats,
    sentence: Floats,
    work: Floats,
    centre: Floats,
    places: int,
    case_workers: int,
) -> Waits:
    """Run the flow as a loop over a heap of (day, number, person, what ends)."""
    people = len(arrested)
    free, waited = [places, case_workers], [0.0, 0.0]
    asked = np.zeros((2, people))
    queue = np.zeros((2, people), dtype=np.int64)
    first, last = [0, 0], [0, 0]
    heap = [(arrested[i] + remand[i], i, i, REMAND) for i in range(people)]
    heapify(heap)
    number = people
    while heap:
        now, _, i, ends = heappop(heap)
        if ends in (REMAND, SENTENCE):
            asked[ends, i] = now
            queue[ends, last[ends]] = i
            last[ends] += 1
        if ends in (SENTENCE, WORK):
            free[ends - 1] += 1
        for kind in range(2):
            while free[kind] and first[kind] < last[kind]:
                j = queue[kind, first[kind]]
                first[kind] += 1
                free[kind] -= 1
                waited[kind] += now - asked[kind, j]
                heappush(heap, (now + (work[j] if kind else sentence[j]), number, j, kind + 1))
                number += 1
        if ends == WORK and centre[i]:
            heappush(heap, (now + centre[i], number, i, CENTRE))
            number += 1
    return waited[0] / people, waited[1] / people


@cache
def compiled_kernel() -> Callable[..., Waits]:
    """Compile the kernel."""
    import numba

    found: Callable[..., Waits] = numba.njit(kernel)
    return found


def in_machine_code(flow: Flow) -> Waits:
    """The limit."""
    return compiled_kernel()(
        flow.arrested,
        flow.remand,
        flow.sentence,
        flow.work,
        flow.centre,
        flow.places,
        flow.case_workers,
    )


def tools() -> dict[str, Callable[[Flow], Waits]]:
    """Return every tool that is there, by name, ordinary SimPy first."""
    found: dict[str, Callable[[Flow], Waits]] = {
        "ordinary SimPy": in_simpy,
        "prisonflow on SimPy": partial(in_prisonflow, engine="simpy"),
    }
    if why_not_compiled() is None:
        found["prisonflow, compiled"] = partial(in_prisonflow, engine="compiled")
    others = {
        "ciw": ("Ciw", in_ciw),
        "salabim": ("salabim", in_salabim),
        "numba": ("the limit (numba)", in_machine_code),
    }
    return found | {name: tool for module, (name, tool) in others.items() if find_spec(module)}


def measure(flow: Flow, repeats: int) -> dict[str, list[float]]:
    """Time every tool in turn, CPU seconds, after one run that is not counted.

    Raises
    ------
    SystemExit
        If two tools disagree about a wait.
    """
    found = tools()
    expected = in_simpy(flow)
    for name, tool in found.items():
        if not np.allclose(got := tool(flow), expected, rtol=1e-9):
            raise SystemExit(f"{name} has waits of {got}, ordinary SimPy of {expected}")
    seconds: dict[str, list[float]] = {name: [] for name in found}
    for _ in range(repeats):
        for name, tool in found.items():
            gc.collect()
            begun = time.process_time()
            tool(flow)
            seconds[name].append(time.process_time() - begun)
    return seconds


def table(seconds: dict[str, list[float]], people: int) -> str:
    """Lay out what was measured as Markdown: ratios are medians of pairs taken in turn."""
    base = seconds["ordinary SimPy"]
    lines = ["| tool | µs a person | to ordinary SimPy |", "| --- | --- | --- |"]
    for name, taken in seconds.items():
        ratio = median(a / b for a, b in zip(taken, base, strict=True))
        lines.append(f"| {name} | {median(taken) / people * 1e6:.3g} | {ratio:.2g} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write the page's section if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--page", type=Path, help="a page whose section is written again")
    arguments = parser.parse_args()
    flow = drawn(arguments.people)
    prison, workers = in_simpy(flow)
    found = (
        f"{arguments.people:,} people, {arguments.repeats} runs each; mean wait for a place "
        f"{prison:.1f} days, for a case worker {workers:.1f}, the same in every tool.\n\n"
        + table(measure(flow, arguments.repeats), arguments.people)
    )
    print(found)
    if arguments.page:
        write_section(arguments.page, "peers", found)


def _rows(flow: Flow) -> list[tuple[float, ...]]:
    columns = (flow.arrested, flow.remand, flow.sentence, flow.work, flow.centre)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _end(flow: Flow) -> float:
    """Return a day after which nobody is left."""
    longest = flow.remand + flow.sentence + flow.work + flow.centre
    return float(flow.arrested[-1] + longest.max() + flow.sentence.sum() / flow.places * 3)


def _means(waits: list[float], flow: Flow) -> Waits:
    return waits[0] / len(flow.arrested), waits[1] / len(flow.arrested)


if __name__ == "__main__":
    main()
