"""What a comparison costs: memory of all processes together, and time.

    python -m benchmarks.bench_compare [--scenarios 12] [--replications 2 4] [--workers 1 2]
                                       [--judgments 0] [--again 0]

Runs `prisonflow compare` as anybody would, for every number of replications and of workers, and
adds up what its processes hold, twenty times a second: while it simulates, and while it writes the
report (after the last cell). Memory must not grow with the number of replications but for the
outcomes. `--judgments` makes the worlds smaller. `--again 30` says what the report takes with so
many replications, without simulating them: the cells there are copied under other numbers.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sim.scenario.files import variants

EVERY_SECONDS = 0.05
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Cost:
    """What a command took."""

    seconds: float
    cpu_seconds: float
    simulating: float
    """Most memory in use while cells were run, of all processes together, bytes."""
    reporting: float
    """The same afterwards."""


def resident(process: int) -> int:
    """Return the memory that a process holds, its shared pages divided by those who share them."""
    try:
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    return 0


def family(process: int) -> Iterator[int]:
    """Yield a process and all that come from it."""
    yield process
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        children = [child for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return
    for child in children:
        yield from family(int(child))


def cost(command: list[str], experiment: Path, cells: int) -> Cost:
    """Run a command, and measure it."""
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    most = {False: 0, True: 0}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        while running.poll() is None:
            there = len(list((experiment / "tables" / "outcomes").glob("*.parquet"))) >= cells
            most[there] = max(most[there], sum(map(resident, family(running.pid))))
            time.sleep(EVERY_SECONDS)
    if running.returncode:
        raise SystemExit(f"{' '.join(command)}: failed with {running.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(time.perf_counter() - begun, cpu, most[False], most[True])


def multiply(experiment: Path, replications: int) -> None:
    """Copy the cells of an experiment under other numbers, until there are so many replications."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for file in sorted(experiment.glob("tables/*/*-r000000-*.parquet")):
        table = pq.read_table(file)
        size = 1 + int(file.stem.rpartition("-")[2])
        numbers = table["replication"].to_numpy()
        place = table.column_names.index("replication")
        if file.parent.name in ("lives", "steps"):
            continue
        for first in range(size, replications, size):
            column = pa.array(numbers + first, pa.int32())
            stem = file.stem.replace("r000000", f"r{first:06d}").rpartition("-")[0]
            copy = table.set_column(place, "replication", column)
            pq.write_table(copy, file.with_name(f"{stem}-{first + size - 1:06d}.parquet"))


def told(what: str, found: Cost) -> None:
    """Print what a command took."""
    print(
        f"{what}: {found.seconds:.0f} s ({found.cpu_seconds:.0f} s of processors); at most "
        f"{found.simulating / 1e6:,.0f} MB while simulating, {found.reporting / 1e6:,.0f} MB after",
        flush=True,
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--scenarios", type=int, default=12)
    parser.add_argument("--replications", type=int, nargs="+", default=[2, 4])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--judgments", type=int, default=0)
    parser.add_argument("--again", type=int, nargs="*", default=[])
    asked = parser.parse_args()
    names = [path.stem for path in variants()][: asked.scenarios]
    changes = [f"--set=arrivals.judgments_per_year={asked.judgments}"] if asked.judgments else []
    python = [sys.executable, "-m", "sim"]
    with tempfile.TemporaryDirectory() as folder:
        for workers in asked.workers:
            for number in asked.replications:
                out = Path(folder) / f"{workers}-{number}"
                found = cost(
                    [*python, "compare", *names, *changes, f"--replications={number}",
                     f"--workers={workers}", f"--out={out}"],
                    out / "experiment", len(names) * -(-number // 5),
                )  # fmt: skip
                told(f"{len(names)} scenarios x {number}, {workers} workers", found)
        for number in asked.again:
            multiply(out / "experiment", number)
            found = cost(
                [*python, "report", str(out / "experiment"), f"--out={out}/again"],
                out / "experiment", 0,
            )  # fmt: skip
            told(f"report alone, {len(names)} scenarios x {number}", found)


if __name__ == "__main__":
    main()
