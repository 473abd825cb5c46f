"""What is left to be read of scenarios: figures, the brief and the report, as HTML and as PDF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.show import figures
from sim.show.brief import write_brief
from sim.show.figures import Drawing, Picture, draw_all, write_figures
from sim.show.report import write_report
from sim.show.sure import HowSure

if TYPE_CHECKING:
    from sim.experiment.replications import Replications
    from sim.show.facts.study import Study

#: Documents that are written only where they are asked for.
ASKED_FOR = ("brief.pdf", "report.pdf")


def write_all(
    replications: Sequence[Replications],
    folder: Path,
    study: Study | None = None,
    command: str = "",
    drawings: Sequence[Drawing | Picture] | None = None,
    *,
    pdf: bool = False,
) -> list[Path]:
    """Write figures (PNG, SVG and their numbers as CSV), the brief and the report.

    Parameters
    ----------
    replications
        One or more scenarios; the answer is about the first, differences are taken from the
        reference (`sim.show.facts.agreement`).
    folder
        Where to write: `figures/`, `brief.html` and `report.html`; made if it is not there.
    study
        The experiment that they come from, if any.
    command
        The command that made them; by default one is made out that makes the same tables.
    drawings
        The figures, if they are drawn already.
    pdf
        Write `brief.pdf` and `report.pdf`, too.

    Returns
    -------
    list of Path
        The files written, the report's page last. Each is whole or not there.

    Raises
    ------
    NoPdf
        If PDF is asked for, and WeasyPrint or Pango is missing.
    OSError
        If the folder cannot be written to.
    """
    drawings = draw_all(replications) if drawings is None else drawings
    sure = HowSure(replications)
    paths = write_figures([*drawings, *sure.drawn], folder / "figures")
    paths += write_brief(replications, folder, study, command, sure, pdf=pdf)
    return paths + write_report(replications, folder, drawings, study, command, sure, pdf=pdf)


def outdated(
    folder: Path, written: Sequence[Path], documents: Sequence[str] = ASKED_FOR
) -> list[Path]:
    """Return the files of an earlier report that this one has not written anew.

    Parameters
    ----------
    folder
        Where the report is.
    written
        The files that were written.
    documents
        Which documents would be of an earlier report if they were not written.
    """
    old = [folder / name for name in documents]
    return [
        *figures.outdated(folder / "figures", written),
        *(file for file in old if file.is_file() and file not in written),
    ]
