"""The command that checks whether anything is broken in a scenario."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.common import (
    Seed,
    Setting,
    cannot_write,
    load_lines,
    load_scenario,
    refuse,
    told_if_stopped,
    try_file,
)
from sim.cli.output import fail, say

if TYPE_CHECKING:
    from sim.verification import Verification


def verify(
    scenarios: Annotated[
        list[str],
        typer.Argument(metavar="SCENARIO...", help="Scenario files, or names of shipped ones."),
    ],
    set_: Setting = None,
    replications: Annotated[
        int, typer.Option(min=1, help="Replications of each scenario that are checked.")
    ] = 3,
    seed: Seed = 1,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="File for the table, as CSV.")
    ] = None,
) -> None:
    """Check that nothing is broken: conservation, limits, Little's law, costs, chance, theory."""
    from sim.analysis.comparable import same_names
    from sim.verification import verify as check

    worlds = [load_scenario(name, set_) for name in scenarios]
    refuse(same_names(worlds))
    if out is not None:
        try_file(out, "--out", (".csv",))

    done = []
    with told_if_stopped("stopped; nothing was written"):
        for world in worlds:
            with _progress(world.name) as progress:
                done.append(check(world, replications, seed, progress))
        if out is not None:
            _write(done, out)
    loads = ["\n".join(load_lines(world)) for world in worlds]
    parts = [f"{one!r}\n\n{load}" for one, load in zip(done, loads, strict=True)]
    say("\n\n\n".join(parts))
    if out is not None:
        say(f"wrote {out}")
    broken = [f"{one.scenario.name}: {v.title}" for one in done for v in one.failures]
    if broken:
        fail([f"FAILS in {line}" for line in broken], code=1)


@contextmanager
def _progress(name: str) -> Iterator[Callable[[str], object]]:
    """Show on a terminal what is being done."""
    from tqdm import tqdm

    with tqdm(bar_format="{desc}", leave=False, disable=None) as line:
        yield lambda what: line.set_description_str(f"{name}: {what}")


def _write(done: list[Verification], out: Path) -> None:
    import pandas as pd

    from sim.results.files import replace

    table = pd.concat([one.table for one in done], ignore_index=True)
    try:
        replace(out, table.to_csv(index=False))
    except OSError as error:
        cannot_write(out, error)
