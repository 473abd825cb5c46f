"""The command line: `prisonflow` and `python -m sim`.

Every mistake of a user's ends in a message on standard error and exit code 2; nothing is written
before the input has been read and the output folder has been tried, and nothing is printed before
what is to be written has been written.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from types import FrameType
from typing import Annotated

import typer

from sim.cli import (
    cache,
    calibration,
    cases,
    fit,
    forecasts,
    outcomes,
    page,
    reports,
    scenarios,
    sensitivity,
    validation,
    verification,
    words,
)
from sim.cli.output import fail, guarded, readers, say

app = typer.Typer(
    cls=words.Commands,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Where queues build, and how long people are held, when a state rents a prison abroad.",
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        from sim.world.engine import described

        say(f"prisonflow {version('prisonflow')}, engine: {described()}")
        raise typer.Exit


@app.callback()
def options(
    engine: Annotated[
        str | None,
        typer.Option(help="simpy or compiled: the same results; by default the fastest there is."),
    ] = None,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, help="Say which version and engine it is."),
    ] = False,
) -> None:
    """Settle what holds for every command."""
    from sim.world.engine import VARIABLE, NotCompiled, engine_for

    if engine:
        os.environ[VARIABLE] = engine
    try:
        engine_for()
    except (NotCompiled, ValueError) as error:
        fail([str(error)])


for command in (
    scenarios.run,
    cases.check,
    cases.new_case,
    scenarios.scenarios,
    scenarios.describe,
    scenarios.schema,
    scenarios.trace,
    outcomes.outcomes,
    verification.verify,
    reports.compare,
    reports.report,
    reports.brief,
    validation.validate,
    forecasts.forecast,
    forecasts.score,
    calibration.calibrate,
    fit.fit,
    sensitivity.sensitivity,
    cache.cache,
    page.app,
):
    app.command()(guarded(command))
app.add_typer(words.experiment, name="experiment")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    signal.signal(signal.SIGTERM, _stop)
    with readers():
        app(args=list(arguments) if arguments is not None else None, prog_name="prisonflow")


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """Treat a polite request to end, as of a cluster whose time is up, like Ctrl-C."""
    raise KeyboardInterrupt
