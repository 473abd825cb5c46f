"""The commands of forecasts: store one, and lay it beside what came."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.common import (
    File,
    Language,
    Seed,
    Setting,
    cannot_write,
    load_scenario,
    refuse_language,
    try_folder,
)
from sim.cli.experiments import Workers
from sim.cli.output import say
from sim.language import ENGLISH, speaking, tr, trn
from sim.numbers import whole_day

if TYPE_CHECKING:
    from sim.analysis.forecasting.file import Forecast
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
    figures: Annotated[
        Path | None, typer.Option(help="Folder for a figure of it, with its numbers as CSV.")
    ] = None,
    language: Language = ENGLISH,
) -> None:
    """Store what the model says today of figures to come, to be judged once they have come.

    The file is named after the case and the day. It is never written over.
    """
    from datetime import date

    from sim.analysis.forecasting.file import file_of, see_that_it_is_new
    from sim.analysis.forecasting.make import forecast as make
    from sim.experiment.pools import processors

    world, made = load_scenario(scenario, set_), date.today()
    see_that_it_is_new(file_of(world.case, world.name, made, out))
    refuse_language(language)
    try_folder(out)
    if figures is not None:
        try_folder(figures, "--figures")
    day = None if until is None else until.date()
    with speaking(language):
        found = make(
            world, until=day, draws=draws, seed=seed, workers=workers or processors(), made=made
        )
        try:
            path = found.write(out)
        except OSError as error:
            cannot_write(out, error)
        told = [
            trn(
                "{number} target until {day}.", "{number} targets until {day}.",
                len(found.target), day=whole_day(found.until),
            ),
            *_left_out(found),
        ]  # fmt: skip
        drawn = [] if figures is None else _drawn(found, None, figures, "--figures")
    for line in told:
        say(line)
    for written in (path, *drawn):
        say(f"wrote {written}")


def _left_out(found: Forecast) -> list[str]:
    """Say which targets are left out, if any are."""
    if not found.no_value:
        return []
    keys = ", ".join(found.no_value)
    return [tr("Left out, as most draws have no value of it: {keys}", keys=keys)]


def score(
    forecast: Annotated[Path, typer.Argument(metavar="FORECAST", help="File of a forecast.")],
    figures: Annotated[
        Path,
        typer.Argument(
            metavar="FIGURES",
            help="What came: a file like published.toml, or a CSV of key, value, source.",
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder for the table as CSV, and a figure of it.")
    ] = None,
    language: Language = ENGLISH,
) -> None:
    """Lay a forecast beside what came, with proper scores; what cannot be scored is listed."""
    from sim.analysis.forecasting.judge import score as judge
    from sim.results.files import replace
    from sim.show.words.forecast import as_text

    refuse_language(language)
    found = judge(forecast, figures)
    written: list[Path] = []
    with speaking(language):
        if out is not None:
            try_folder(out)
            table = found.table.to_csv(index=False, lineterminator="\n")
            try:
                written.append(replace(out / "score.csv", table))
            except OSError as error:
                cannot_write(out, error)
            written += _drawn(found.forecast, found, out, "--out")
        said = as_text(found)
    say(said)
    for path in written:
        say(f"wrote {path}")


def _drawn(forecast: Forecast, found: Score | None, folder: Path, option: str) -> list[Path]:
    """Write the figure of a forecast."""
    from sim.show.draw.forecast import draw
    from sim.show.figures import write_figures

    try:
        return write_figures([draw(forecast, found)], folder)
    except OSError as error:
        cannot_write(folder, error, option)
