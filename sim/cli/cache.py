"""The command that shows and clears the cache of runs."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.output import say


def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Remove all that is kept.")] = False,
) -> None:
    """Say where results of sim.runs are kept and how large they are; or remove them."""
    from sim.analysis.many.cache import cache as kept

    if clear:
        kept.clear()
    say(kept.told())
