"""The command that lays the model beside what was published."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.common import (
    Seed,
    Setting,
    cannot_write,
    load_scenario,
    refuse,
    refuse_strangers,
    try_folder,
)
from sim.cli.experiments import Workers, crew_of, open_results, run_cells
from sim.cli.output import say

if TYPE_CHECKING:
    from sim.analysis.validation import Validation


def validate(
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SCENARIO...]",
            help="Scenario files, or names of shipped ones; the baseline by default.",
        ),
    ] = None,
    figures: Annotated[
        Path | None,
        typer.Option(help="File of published figures; those that come with the model by default."),
    ] = None,
    replications: Annotated[int, typer.Option(min=1, help="Replications of each scenario.")] = 30,
    seed: Seed = 1,
    workers: Workers = None,
    set_: Setting = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of tables and figures; outputs/validate/<names> by default."),
    ] = None,
) -> None:
    """Lay the model beside what was published, figure by figure; a miss stays a miss.

    The model agrees with a figure if the middle 90 % of its replications (5th to 95th percentile:
    chance alone) touch what is accepted: the published value with its own uncertainty, widened by
    a tolerance for what is not quite alike (for an upper bound, everything below). Where the
    baseline was set with the figure in view, it is said to be set to agree. Stopped, it goes on
    with the same command.
    """
    from sim.analysis.comparable import different_cases, same_names
    from sim.analysis.validation import validation_experiment, validation_of
    from sim.results.published.file import figures_of, load_figures

    worlds = [load_scenario(name, set_) for name in scenarios or ["baseline"]]
    refuse(same_names(worlds) or different_cases(worlds))
    chosen = validation_experiment(
        worlds, load_figures(figures or figures_of(worlds[0])), replications, seed
    )
    folder = out or Path("outputs") / "validate" / "-".join(w.name for w in worlds)[:80]
    refuse_strangers(folder, "experiment", ("report.html", "tables", "figures"))
    try_folder(folder)
    with crew_of(workers, None, False) as crew:
        run_cells(chosen, folder / "experiment", crew)
    _write(validation_of(chosen, open_results(folder / "experiment")), folder)


def _write(found: Validation, out: Path) -> None:
    """Write the table, and print it with its figures: all at once, or nothing."""
    from sim.analysis.validation import NOT_COVERED
    from sim.results.files import staged
    from sim.show.draw.validation import draw
    from sim.show.facts.estimates import write_behind
    from sim.show.figures import write_figures
    from sim.show.words.validation import as_text

    drawn = [s for s in found.scenarios if found.count(NOT_COVERED, s.name) < len(found.figures)]
    try:
        with staged(out) as beside:
            write_behind({"validation": found.table}, beside / "tables")
            write_figures([draw(found, scenario) for scenario in drawn], beside / "figures")
    except OSError as error:
        cannot_write(out, error)
    say(as_text(found))
    say(f"\nwrote the table to {out / 'tables'} and figures to {out / 'figures'}")
