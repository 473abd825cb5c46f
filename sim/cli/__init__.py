"""The command line: `prisonflow` and `python -m sim`.

Every mistake of a user's ends in a message on standard error and exit code 2; nothing is written
before the input has been read and the output folder has been tried.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

import typer

from sim.cli import (
    calibration,
    experiments,
    page,
    reports,
    scenarios,
    sensitivity,
    validation,
    verification,
)
from sim.cli.common import fail

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Where queues build, and how long people are held, when a state rents a prison abroad.",
)
for command in (
    scenarios.run,
    scenarios.check,
    scenarios.scenarios,
    scenarios.describe,
    scenarios.schema,
    scenarios.trace,
    verification.verify,
    reports.compare,
    reports.report,
    validation.validate,
    calibration.calibrate,
    sensitivity.sensitivity,
    experiments.experiment,
    experiments.experiments,
    experiments.status,
    experiments.retry,
    experiments.results,
    page.app,
):
    app.command()(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    from sim.scenario.errors import ScenarioError

    signal.signal(signal.SIGTERM, _stop)
    try:
        app(args=list(arguments) if arguments is not None else None, prog_name="prisonflow")
    except ScenarioError as error:
        fail([str(problem) for problem in error.problems])
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """Treat a polite request to end, as of a cluster whose time is up, like Ctrl-C."""
    raise KeyboardInterrupt
