"""Commands in this process, on worlds so small that they take a moment, with streams that fail."""

from __future__ import annotations

import errno
import io
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from sim.cli import main
from sim.scenario.files import find
from sim.show import figures

BASE = find("baseline").as_posix()
#: Two years, of which one is observed, with few people.
TINY = f"""
extends = "{BASE}"
name = "tiny"
title = "A tiny world"
summary = "For tests."
[time]
start = 2026-01-01
observe_from = 2027-04-01
observe_until = 2028-04-01
end = 2028-07-01
[arrivals]
judgments_per_year = 60
"""
#: The baseline's years with very few people: what was published about them can be measured.
LONG = f"""
extends = "{BASE}"
name = "long"
title = "A long tiny world"
summary = "For tests."
[arrivals]
judgments_per_year = 12
"""
WITHOUT = TINY.replace('"tiny"', '"without"') + "[rented_prison]\nin_use = false\n"
EXPERIMENT = """
name = "sample"
title = "A sample"
scenarios = ["tiny.toml", "without.toml"]
tables = ["report", "spells", "exits"]
[replications]
number = 2
per_cell = 1
[design]
kind = "latin_hypercube"
samples = 4
factors = ["removal.willing_share"]
"""


def write_files(folder: Path) -> Path:
    """Write some scenarios and an experiment on two of them; returns the folder."""
    for name, text in (
        ("tiny", TINY),
        ("without", WITHOUT),
        ("long", LONG),
        ("sample", EXPERIMENT),
    ):
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def few_figures(patch: pytest.MonkeyPatch) -> None:
    """Let a report have one figure: most of its time is drawing, where a test asks for files."""
    patch.setattr(figures, "FIGURES", {"occupancy": figures.FIGURES["occupancy"]})


class Said(NamedTuple):
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str


class Failing(io.StringIO):
    """A stream that cannot be written to, or whose reader interrupts when something is said."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error

    def write(self, text: str) -> int:
        raise self.error


def gone() -> Failing:
    """Return a pipe whose reader has gone away."""
    return Failing(BrokenPipeError(errno.EPIPE, "Broken pipe"))


def full() -> Failing:
    """Return a file on a full disk."""
    return Failing(OSError(errno.ENOSPC, "No space left on device"))


def interrupting() -> Failing:
    """Return a stream at whose first word the user presses Ctrl-C."""
    return Failing(KeyboardInterrupt())


def call(*arguments: object, out: io.StringIO | None = None) -> Said:
    """Run a command in this process; a traceback is an error of the test."""
    out, err = out or io.StringIO(), io.StringIO()
    with _streams(out, err), pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    code = ended.value.code
    assert isinstance(code, int), code
    assert "Traceback" not in err.getvalue()
    return Said(code, out.getvalue(), err.getvalue())


@contextmanager
def _streams(out: io.StringIO, err: io.StringIO) -> Iterator[None]:
    before, handler = (sys.stdout, sys.stderr), signal.getsignal(signal.SIGTERM)
    sys.stdout, sys.stderr = out, err
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        signal.signal(signal.SIGTERM, handler)
