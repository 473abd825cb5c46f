"""The command that finds which parameters agree with what was published."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.common import cannot_write, refuse_strangers, try_folder
from sim.cli.experiments import DaskAddress, Mpi, Workers, crew_of, open_results, run_cells
from sim.cli.output import fail, say

if TYPE_CHECKING:
    from sim.calibration.run import Calibrated
    from sim.experiment.definition import Experiment
    from sim.experiment.read import Results


def calibrate(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="Calibration file; the shipped one by default."),
    ] = None,
    workers: Workers = None,
    dask: DaskAddress = None,
    mpi: Mpi = False,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder of waves, ensemble and report; outputs/calibrate/<name> by default."
        ),
    ] = None,
) -> None:
    """Find which values of what nobody knows agree with what was published.

    In waves: each is an experiment that simulates parameter sets, the next is drawn from where the
    targets are met. The last wave, weighted, is an ensemble that experiments can draw from. The
    report says which unknowns the data inform and which stay as wide as before, and lays what the
    ensemble foretells beside the targets and beside figures that were held out. Stopped, it goes on
    with the same command.
    """  # fmt: skip
    from sim.calibration.file import read_calibration
    from sim.calibration.run import calibrate as run_waves

    task = read_calibration(file)
    folder = out or Path("outputs") / "calibrate" / task.definition.name
    refuse_strangers(folder, "wave_1", ("calibration.md", "ensemble.toml", "tables", "figures"))
    try_folder(folder)
    command = f"prisonflow calibrate {shlex.quote(file.name)}" if file else "prisonflow calibrate"
    with crew_of(workers, dask, mpi) as crew:
        if not crew.workers:
            return

        def run(experiment: Experiment, where: Path) -> Results:
            say(f"{experiment.definition.title}:")
            run_cells(experiment, where, crew)
            return open_results(where)

        try:
            found = run_waves(task, folder, run, command)
        except ValueError as error:
            fail([str(error)], code=1)
    _write(found, folder)


def _write(found: Calibrated, out: Path) -> None:
    """Write what was found, and print it: all at once, or nothing."""
    from sim.calibration.told import foretold_table, unknowns_table
    from sim.experiment.ensemble import as_toml
    from sim.results.files import replace, staged
    from sim.show.draw.calibration import draw_foretold, draw_unknowns
    from sim.show.facts.estimates import write_behind
    from sim.show.figures import write_figures
    from sim.show.words.calibration import as_markdown, as_text

    unknowns, foretold = unknowns_table(found), foretold_table(found)
    try:
        with staged(out) as beside:
            write_behind({"unknowns": unknowns, "foretold": foretold}, beside / "tables")
            drawings = [draw_unknowns(found, unknowns), draw_foretold(found, foretold)]
            write_figures(drawings, beside / "figures")
            replace(beside / "calibration.md", as_markdown(found, unknowns, foretold))
            replace(beside / "ensemble.toml", as_toml(found.ensemble, _COMMENT))
    except OSError as error:
        cannot_write(out, error)
    say(as_text(found, unknowns, foretold))
    say(f"\nwrote {out / 'ensemble.toml'}, {out / 'calibration.md'}, tables and figures")


_COMMENT = (
    "Parameter sets by how plausible they are, written by prisonflow calibrate. An experiment\n"
    'draws from them with [design] kind = "ensemble", file = ..., samples = ...'
)
