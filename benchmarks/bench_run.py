"""What the whole command costs: this checkout beside another, in turn.

    python -m benchmarks.bench_run [--against CHECKOUT] [--repeats 3] [--replications 30]
                                   [--workers 2] [--page FILE]

Runs `prisonflow run baseline no_agreement` as anybody would, from start-up to report, and takes
from the system what it used: seconds on the clock and of processors, how much of the processors it
kept busy, and the memory of its largest process. A checkout is a folder of this repository at
another revision, such as `git worktree add` makes, with an environment of its own in `.venv` or
else run with this one. On a machine that does other work too, seconds of processors say more than
those on the clock.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.page import write_section

HERE = Path(__file__).resolve().parents[1]
#: Bytes in the unit in which the system counts the most memory that a process held.
UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Cost:
    """What a command used."""

    wall: float
    """Seconds on the clock."""
    cpu: float
    """Seconds of processors, of all its processes."""
    memory: float
    """Most memory that its largest process held, bytes."""

    @property
    def busy(self) -> float:
        """Processors kept busy, of one, in percent: 200 is two without a pause."""
        return 100 * self.cpu / self.wall


def cost(checkout: Path, arguments: Sequence[str]) -> Cost:
    """Run the command of a checkout into a folder that is thrown away."""
    own = checkout / ".venv" / "bin" / "python"
    python = str(own) if own.exists() else sys.executable
    with tempfile.TemporaryDirectory() as out:
        begun = time.perf_counter()
        running = subprocess.Popen(
            [python, "-m", "sim", "run", "baseline", "no_agreement", *arguments, "--out", out],
            cwd=checkout, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        # What is waited for like this says what it and all that it waited for have used.
        _, state, used = os.wait4(running.pid, 0)
        wall = time.perf_counter() - begun
        running.returncode = os.waitstatus_to_exitcode(state)
    if running.returncode:
        raise SystemExit(f"{checkout}: the command failed with {running.returncode}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * UNIT)


def table(costs: dict[str, list[Cost]]) -> str:
    """Return medians in rows; of two checkouts also how many times as fast the first is."""
    lines = [
        "|  | wall s | CPU s | busy, % of one processor | largest process, MB |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, found in costs.items():
        wall, cpu, busy, memory = (
            median(getattr(one, what) for one in found)
            for what in ("wall", "cpu", "busy", "memory")
        )
        lines.append(f"| {name} | {wall:.1f} | {cpu:.1f} | {busy:.0f} | {memory / 1e6:.0f} |")
    if len(costs) > 1:
        ours, theirs = list(costs.values())
        pairs = list(zip(theirs, ours, strict=True))
        wall, cpu = (
            median(getattr(their, what) / getattr(our, what) for their, our in pairs)
            for what in ("wall", "cpu")
        )
        lines += ["", f"By pairs, it is {wall:.2f} times as fast, with 1/{cpu:.2f} of the CPU."]
    return "\n".join(lines)


def revision(checkout: Path) -> str:
    """Return the short name of what is checked out."""
    told = subprocess.run(
        ["git", "-C", str(checkout), "rev-parse", "--short", "HEAD"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return told.stdout.strip() or checkout.name


def main() -> None:
    """Measure, print, and write the page's section if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--against", type=Path, help="a checkout of another revision")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--replications", type=int, default=30)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--page", type=Path, help="a page whose section is written again")
    asked = parser.parse_args()
    arguments = [f"--replications={asked.replications}", f"--workers={asked.workers}"]
    checkouts = {"this one": HERE}
    if asked.against:
        other = asked.against.resolve()
        checkouts[f"revision {revision(other)}"] = other
    costs: dict[str, list[Cost]] = {name: [] for name in checkouts}
    for _ in range(asked.repeats):
        for name, checkout in checkouts.items():
            costs[name].append(cost(checkout, arguments))
            one = costs[name][-1]
            print(f"{name}: {one.wall:.1f} s, {one.cpu:.1f} s CPU, {one.memory / 1e6:.0f} MB",
                  flush=True)  # fmt: skip
    command = " ".join(["prisonflow run baseline no_agreement", *arguments]).replace("=", " ")
    found = f"`{command}`; medians of {asked.repeats}.\n\n{table(costs)}"
    print(found)
    if asked.page:
        write_section(asked.page, "command", found)


if __name__ == "__main__":
    main()
