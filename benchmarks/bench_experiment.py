"""What an experiment costs beside its replications: workers, cells, and room on the disk.

    python -m benchmarks.bench_experiment [--cells 2000] [--repeats 3] [--workers 2]

Four questions, each answered within one run, so that ratios hold on a noisy machine: what a
replication costs with its tables and their encoding; how much faster two workers are than one;
what the machinery adds to a cell, with worlds so small that it is nearly all there is, and whether
the parent's memory stays flat; and how many bytes a replication takes in the store.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from statistics import median

import sim
from sim.experiment import pools
from sim.experiment.cells import Cell, Finished, Job, work
from sim.experiment.definition import Definition, Experiment, make_out
from sim.experiment.run import run_experiment
from sim.experiment.store import Store

#: Judgments a year of a world that costs next to nothing.
TINY = 5


def an_experiment(
    replications: int, per_cell: int, changes: dict[str, object] | None = None,
    tables: Sequence[str] = (),
) -> Experiment:  # fmt: skip
    """Return an experiment on the baseline alone."""
    definition = Definition.model_validate(
        {
            "name": "bench",
            "title": "Benchmark",
            "scenarios": ("baseline",),
            "tables": tuple(tables),
            "changes": changes or {},
            "replications": {"number": replications, "per_cell": per_cell},
        }
    )
    return make_out(definition, Path(), "benchmark")


def seconds(experiment: Experiment, workers: int) -> float:
    """Run an experiment into a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        opener = nullcontext if workers == 1 else lambda: pools.processes(workers)
        run_experiment(experiment, Store(Path(folder) / "out"), opener, workers=workers)
        return time.perf_counter() - begun


def replication(repeats: int) -> None:
    """Print what a replication costs in all, and what of it is simulating."""
    world, whole, alone = sim.load("baseline"), [], []
    job = Job((Cell(0, 0, "baseline", 1),), {"baseline": world}, {0: {"baseline": {}}}, 1,
              ("outcomes",))  # fmt: skip
    work(job)
    for number in range(repeats):
        begun = time.perf_counter()
        sim.run(world, 1, number)
        middle = time.perf_counter()
        work(job)
        alone.append(middle - begun)
        whole.append(time.perf_counter() - middle)
    ratio = median(w / a for w, a in zip(whole, alone, strict=True))
    print(
        f"a replication of the baseline: {median(alone):.2f} s to simulate, {median(whole):.2f} s "
        f"with its outcomes as Parquet (ratio {ratio:.2f})"
    )


def scaling(repeats: int, workers: int) -> None:
    """Print how much faster several workers are, the start of the pool included."""
    experiment = an_experiment(8 * workers, 2)
    ratios = [seconds(experiment, 1) / seconds(experiment, workers) for _ in range(repeats)]
    print(
        f"{workers} workers against 1, {8 * workers} replications in cells of 2, start included: "
        f"{median(ratios):.2f} times faster ({min(ratios):.2f} to {max(ratios):.2f})"
    )


def overhead(cells: int, workers: int) -> None:
    """Print what the machinery adds to a cell, and what the parent's memory does."""
    tiny = {"arrivals.judgments_per_year": TINY}
    few, many = an_experiment(cells // 10, 1, tiny), an_experiment(cells, 1, tiny)
    job_cells = tuple(Cell(0, n, "baseline", 1) for n in range(100))
    job = Job(job_cells, {"baseline": many.scenarios[0]}, {0: {"baseline": {}}}, 1, ("outcomes",))
    work(job)
    begun = time.perf_counter()
    work(job)
    inside = (time.perf_counter() - begun) / len(job_cells)
    seconds(few, workers)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    spent = seconds(many, workers) / cells * workers
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{cells:,} tiny cells on {workers} workers: {spent * 1e3:.1f} ms of a worker each, "
        f"{inside * 1e3:.1f} ms of them the cell itself; the parent's peak memory grew by "
        f"{(after - before) / 1024:.1f} MiB over that of {cells // 10:,} cells"
    )


def room() -> None:
    """Print the bytes that a replication takes, by what is kept of it."""
    for kept in ((), ("queues", "occupancy", "durations"), ("spells", "people", "exits")):
        experiment = an_experiment(2, 2, tables=kept)
        world, tables = experiment.scenarios[0], ("outcomes", *kept)
        cell = Cell(0, 0, "baseline", 2)
        done = work(Job((cell,), {"baseline": world}, {0: {"baseline": {}}}, 1, tables))[0]
        assert isinstance(done, Finished)
        size = sum(map(len, done.tables.values())) / 2
        print(f"{', '.join(tables)}: {size / 1000:,.0f} kB a replication")


def main() -> None:
    """Answer all four questions."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cells", type=int, default=2000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    replication(arguments.repeats)
    scaling(arguments.repeats, arguments.workers)
    overhead(arguments.cells, arguments.workers)
    room()


if __name__ == "__main__":
    main()
