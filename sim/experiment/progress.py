"""Progress: a bar for who watches, a line now and then for who reads a log later."""

from __future__ import annotations

import sys
import time
from typing import Any, Protocol, TextIO

from sim.experiment.cells import Cell
from sim.numbers import grouped, significant

#: Seconds between two lines where nobody watches.
EVERY_SECONDS = 30.0


class Progress(Protocol):
    """Told how far an experiment has got."""

    def update(self, finished: int, expected: int, failed: int) -> None:
        """Take note: cells that are done, cells as far as known, cells that failed."""

    def failure(self, cell: Cell, error: str) -> None:
        """Take note of a cell that failed."""

    def close(self) -> None:
        """Show the last state, and stop."""


class Silent:
    """Shows nothing."""

    def update(self, finished: int, expected: int, failed: int) -> None:
        """Take note of nothing."""

    def failure(self, cell: Cell, error: str) -> None:
        """Take note of nothing."""

    def close(self) -> None:
        """Do nothing."""


class Lines:
    """Writes a line every half minute, and one at the end: made for logs."""

    def __init__(self, stream: TextIO | None = None, every: float = EVERY_SECONDS) -> None:
        self._stream = stream or sys.stderr
        self._every = every
        self._begun = self._told = time.monotonic()
        self._first: int | None = None
        self._last = (0, 0, 0)

    def update(self, finished: int, expected: int, failed: int) -> None:
        """Write a line if the last one was long enough ago."""
        if self._first is None:
            self._first = finished
        self._last = finished, expected, failed
        if time.monotonic() - self._told >= self._every:
            self._tell()

    def failure(self, cell: Cell, error: str) -> None:
        """Write at once why a cell failed."""
        print(f"failed: {cell}: {error}", file=self._stream, flush=True)

    def close(self) -> None:
        """Write the last line."""
        if self._first is not None:
            self._tell()

    def _tell(self) -> None:
        self._told = time.monotonic()
        finished, expected, failed = self._last
        rate = (finished - (self._first or 0)) / max(self._told - self._begun, 1e-9)
        words = [
            f"{grouped(finished)} of {grouped(expected)} cells",
            f"{significant(rate, 2)} a second",
        ]
        if rate > 0 and finished < expected:
            words.append(f"{duration((expected - finished) / rate)} left")
        if failed:
            words.append(f"{grouped(failed)} failed")
        print(", ".join(words), file=self._stream, flush=True)


class Bar:
    """A bar with cells done, rate, time left and failures."""

    def __init__(self) -> None:
        from tqdm import tqdm

        self._bar = tqdm(unit="cell", dynamic_ncols=True)

    def update(self, finished: int, expected: int, failed: int) -> None:
        """Move the bar."""
        if self._bar.total is None:
            self._bar.initial = self._bar.n = finished
            self._bar.start_t = time.time()
        self._bar.total = expected
        if failed:
            self._bar.set_postfix(failed=failed, refresh=False)
        self._bar.update(finished - self._bar.n)

    def failure(self, cell: Cell, error: str) -> None:
        """Write above the bar why a cell failed."""
        self._bar.write(f"failed: {cell}: {error}")

    def close(self) -> None:
        """Leave the bar as it is."""
        self._bar.close()


def fitting(stream: TextIO | None = None) -> Progress:
    """Return what fits: a bar in a terminal or a notebook, lines in a log."""
    stream = stream or sys.stderr
    return Bar() if _in_notebook() or stream.isatty() else Lines(stream)


def _in_notebook() -> bool:
    """Tell whether this process is the kernel of a notebook."""
    interactive: Any = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive is not None else None
    return hasattr(shell, "kernel")


def duration(seconds: float) -> str:
    """Say a time in words: the largest unit that gives a number above one."""
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 1.5 * length:
            return f"{grouped(seconds / length, 1)} {unit}"
    return f"{grouped(seconds)} seconds"
