"""The words of commands about experiments, and what is said to those who write the old ones."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from sim.cli import experiments
from sim.cli.output import fail, guarded

#: What the commands were called before, and what they are called now.
RENAMED = {
    "experiments": "experiment list --shipped",
    "status": "experiment status",
    "retry": "experiment retry",
    "results": "experiment export",
}


class Commands(TyperGroup):
    """Commands of which some have been renamed: the old name tells the new one."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command meant by the first word."""
        if args and args[0] in RENAMED:
            fail([f"{args[0]}: is now written: prisonflow {RENAMED[args[0]]}"])
        return super().resolve_command(ctx, args)


class ExperimentCommands(TyperGroup):
    """Commands below `experiment`; what is none of them was once the experiment to run."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command meant by the first word."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            fail([
                f"experiment {args[0]}: no such command; there are: {', '.join(self.commands)}. "
                f"To run an experiment of that name: prisonflow experiment run {args[0]}"
            ])  # fmt: skip
        return super().resolve_command(ctx, args)


experiment = typer.Typer(
    cls=ExperimentCommands,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Run experiments, see how far they are, try again, take the results.",
)
for command in (
    experiments.run,
    experiments.status,
    experiments.retry,
    experiments.export,
    experiments.list_,
):
    experiment.command(command.__name__.strip("_"))(guarded(command))
