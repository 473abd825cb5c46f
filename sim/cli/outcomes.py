"""The command that lists the outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sim.cli.output import say
from sim.table import Table

if TYPE_CHECKING:
    import pandas as pd

Form = Literal["text", "csv", "json", "markdown"]


def outcomes(
    scenario: Annotated[
        str,
        typer.Argument(metavar="SCENARIO", help="Scenario whose names of states the words use."),
    ] = "baseline",
    form: Annotated[Form, typer.Option("--format", help="How the table is written.")] = "text",
) -> None:
    """List the outcomes with their words and units, and in other formats their definitions."""
    from sim.results.outcomes.listing import outcomes as listed

    say(_written(listed(scenario), form))


def _written(table: pd.DataFrame, form: Form) -> str:
    """Write the table in a format."""
    whole = table.reset_index()
    if form == "csv":
        return whole.to_csv(index=False).rstrip("\n")
    if form == "json":
        return whole.to_json(orient="records", indent=2, force_ascii=False)
    if form == "markdown":
        every = Table.of([*map(str, whole)], whole.itertuples(index=False), numbers=False)
        return "\n".join(every.markdown())
    few = ["outcome", "unit", "title"]
    rows = whole[few].itertuples(index=False)
    return "\n".join(Table.of(few, rows, numbers=False).text(heads=False))
