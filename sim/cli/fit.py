"""The command that fits distributions to data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.common import Language, cannot_write, refuse_language, try_folder
from sim.cli.output import fail, say
from sim.language import ENGLISH, speaking, tr


def fit(
    data: Annotated[Path, typer.Argument(metavar="DATA.csv", help="CSV file with durations.")],
    column: Annotated[str, typer.Option(help="Column of the durations.")],
    censored: Annotated[
        str | None,
        typer.Option(help="Column that says 1 where a duration had not ended yet, 0 otherwise."),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(help="Key of a scenario that the lines are for; by default the column."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the figure and the table.")] = None,
    language: Language = ENGLISH,
) -> None:
    """Fit distributions to a column of data, and print the lines that declare them."""
    from sim.analysis.fitting import UnfitError, title_of
    from sim.analysis.fitting import fit as fitted
    from sim.scenario.base import as_toml_value, unit_of
    from sim.scenario.explain import holds_distribution, unknown_key

    refuse_language(language)
    if key is not None and not holds_distribution(key):
        known = unknown_key(key)
        fail([f"--key {key}: holds no distribution ({known})"])
    if out is not None:
        try_folder(out)
    try:
        found = fitted(data, column, censored)
    except UnfitError as error:
        fail([f"{data}, column {column!r}: {error}"])
    name = key or column.strip().replace(" ", "_")
    with speaking(language):
        say(str(found))
        say("\n" + tr("Lines for a scenario file, the least AIC first:"))
        for one in found.families:
            say(f"\n# {title_of(one.fit.family)}\n{one.toml(name)}")
        if censored is None:
            itself = {"kind": "empirical", "file": str(data), "column": column}
            say(f"\n# {tr('the data themselves')}\n{name} = {as_toml_value(itself)}")
        if out is not None:
            from sim.show.draw.fit import fit as drawn

            drawing = drawn(found, unit_of(name) or column)
            try:
                (out / "fit.png").write_bytes(drawing.png())
                (out / "fit.svg").write_bytes(drawing.svg())
                found.table.to_csv(out / "fit.csv", index=False)
            except OSError as error:
                cannot_write(out, error)
            say(f"\nwrote fit.png, fit.svg and fit.csv to {out}")
