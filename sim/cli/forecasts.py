"""The commands of forecasts: store one, and lay it beside what came."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.common import File, Seed, Setting, cannot_write, load_scenario, try_folder
from sim.cli.experiments import Workers
from sim.cli.output import say
from sim.numbers import counted, in_unit

if TYPE_CHECKING:
    from sim.analysis.forecasting.judge import Score


def forecast(
    scenario: File,
    until: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Last day of any target; three whole years by default."
        ),
    ] = None,
    draws: Annotated[int, typer.Option(min=2, help="Draws of everything that nobody knows.")] = 60,
    seed: Seed = 1,
    workers: Workers = None,
    set_: Setting = None,
    out: Annotated[Path, typer.Option(help="Folder of forecasts.")] = Path("forecasts"),
) -> None:
    """Store what the model says today of figures to come, to be judged once they have come.

    The file is named after the case and the day. It is never written over.
    """
    from datetime import date

    from sim.analysis.forecasting.file import file_of, see_that_it_is_new, write_forecast
    from sim.analysis.forecasting.make import forecast as make
    from sim.experiment.pools import processors

    world, made = load_scenario(scenario, set_), date.today()
    see_that_it_is_new(file_of(world.case, world.name, made, out))
    try_folder(out)
    day = None if until is None else until.date()
    found = make(
        world, until=day, draws=draws, seed=seed, workers=workers or processors(), made=made
    )
    try:
        path = write_forecast(found, out)
    except OSError as error:
        cannot_write(out, error)
    say(f"{counted(len(found.target), 'target')} until {found.until}, {draws} draws")
    if found.no_value:
        say(f"left out, as most draws have no value: {', '.join(found.no_value)}")
    say(f"wrote {path}")


def score(
    forecast: Annotated[Path, typer.Argument(metavar="FORECAST", help="File of a forecast.")],
    figures: Annotated[
        Path,
        typer.Argument(
            metavar="FIGURES",
            help="What came: a file like published.toml, or a CSV of key, value, source.",
        ),
    ],
    out: Annotated[Path | None, typer.Option(help="Folder for the table as CSV.")] = None,
) -> None:
    """Lay a forecast beside what came, with proper scores; what cannot be scored is listed."""
    from sim.analysis.forecasting.judge import score as judge

    found = judge(forecast, figures)
    if out is not None:
        try_folder(out)
        try:
            found.table.to_csv(out / "score.csv", index=False, lineterminator="\n")
        except OSError as error:
            cannot_write(out, error)
    for line in lines(found):
        say(line)
    if out is not None:
        say(f"wrote {out / 'score.csv'}")


def lines(found: Score) -> list[str]:
    """Return what is said of a score, line by line."""
    from sim.analysis.forecasting.judge import BARS, SCORED, STATES

    about, rows = found.forecast, found.scored
    told = [f"Forecast of {about.case}, {about.scenario}, made on {about.made}."]
    for row in rows.to_dict("records"):
        value, middle, low, high, crps = (
            in_unit(row[name], row["unit"]) for name in ("value", "median", "q05", "q95", "crps")
        )
        told.append(f"  {row['title']}: came {value}; said {middle} ({low} to {high}); CRPS {crps}")
    if len(rows):
        half, most = found.coverage
        told.append(
            f"Inside the 50 % range: {in_unit(half, 'share')} of {counted(len(rows), 'figure')}."
        )
        told.append(
            f"Inside the 90 % range: {in_unit(most, 'share')} of {counted(len(rows), 'figure')}."
        )
        for unit, of_unit in rows.groupby("unit", sort=False):
            mine, own = of_unit["crps"].mean(), of_unit["own_crps"].mean()
            told.append(
                f"Mean CRPS, {unit}: {in_unit(mine, str(unit))}; as announced (the scenario's own "
                f"values): {in_unit(own, str(unit))}."
            )
    if found.ranks is not None:
        bars = ", ".join(map(str, found.ranks))
        told.append(f"Figures by rank among the draws, in {BARS} equal parts: {bars}.")
    for state in STATES:
        keys = found.table.loc[found.table["state"] == state, "key"]
        if state != SCORED and len(keys):
            told.append(f"{state} ({len(keys)}): {', '.join(keys)}")
    return told
