"""The command line, in this process or as one of its own."""

from __future__ import annotations

import subprocess
import sys

from tests.helpers.misuse import call
from tests.helpers.root import ROOT

#: A scenario's own values alone: no draws, so that a command lasts a moment.
FIXED = ("--assumptions", "fixed")


def prisonflow(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command in this process, which saves the time to start another."""
    said = call(*arguments)
    return subprocess.CompletedProcess([*map(str, arguments)], said.code, said.out, said.err)


def process(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command as a process from the root of the project, and wait for it."""
    return subprocess.run(
        [sys.executable, "-m", "sim", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
