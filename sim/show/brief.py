"""The brief: two printed pages to hand on, with the report as their annex."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.language import tr, trn
from sim.numbers import whole_day
from sim.results.files import replace
from sim.show.answer import sentences
from sim.show.answer.changes import change_sentences
from sim.show.answer.short import sureness
from sim.show.draw.printed import printed
from sim.show.facts.assumptions import assumptions, evidence_or_reason
from sim.show.facts.headlines import headlines, how_sure, pair, unknowable
from sim.show.facts.sources import behind, sources
from sim.show.facts.table import legend
from sim.show.pdf import laid_out
from sim.show.report import data_uri, rendered, reproduce, size_of
from sim.show.sure import HowSure, View
from sim.show.words import lower_first, quoted, title_of
from sim.show.words.sureness import follows_words, headline_title

if TYPE_CHECKING:
    from sim.analysis.doubt import Headline
    from sim.experiment.replications import Replications
    from sim.show.facts.study import Study

#: Pages of a brief, sentences on its first, and addresses on its last.
PAGES, SAID, ADDRESSES = 2, 10, 6
#: Numbers of which the assumption is named on which they hang most.
HANGING = 3
#: Published figures named that the model misses.
MISSED = 2
#: What is drawn with what it hangs on, if that is known of it.
FIRST = ("total_cost", "agreement_cost_net")
#: Sizes in which it is set, in points: the first in which it fits.
SIZES = (8.5, 8.0, 7.5, 7.0, 6.5, 6.0)


@dataclass(frozen=True)
class Brief:
    """All that a brief says, drawn and written; it is set as HTML in a size."""

    content: dict[str, Any]

    def html(self, size: float = SIZES[0]) -> str:
        """Return it as HTML, which loads nothing and runs nothing.

        Parameters
        ----------
        size
            Size of its letters in print, in points.
        """
        return rendered("brief.html.j2", size=size, **self.content)

    def pdf(self) -> bytes:
        """Return it as PDF: in the largest size in which it fits on its pages.

        Raises
        ------
        NoPdf
            If WeasyPrint or Pango is missing.
        """
        for size in SIZES:
            document = laid_out(self.html(size))
            if len(document.pages) <= PAGES:
                break
        return bytes(document.write_pdf())


def write_brief(
    replications: Sequence[Replications],
    folder: Path,
    study: Study | None = None,
    command: str = "",
    sure: HowSure | None = None,
    *,
    pdf: bool = False,
) -> list[Path]:
    """Write `brief.html`, and `brief.pdf` if it is asked for.

    Parameters
    ----------
    replications
        One or more scenarios; the brief is about the first and what it is compared with.
    folder
        Where to write; made if it is not there.
    study
        The experiment that they come from, if any.
    command
        The command that made them; by default one is made out.
    sure
        How sure the answer is, if that is told already.
    pdf
        Write the PDF, too.

    Returns
    -------
    list of Path
        The files written. Each is whole or not there.

    Raises
    ------
    NoPdf
        If PDF is asked for, and WeasyPrint or Pango is missing: then only HTML is written.
    OSError
        If the folder cannot be written to.
    """
    brief = brief_of(replications, study, command, sure)
    paths = [replace(folder / "brief.html", brief.html())]
    return [*paths, replace(folder / "brief.pdf", brief.pdf())] if pdf else paths


def brief_of(
    replications: Sequence[Replications],
    study: Study | None = None,
    command: str = "",
    sure: HowSure | None = None,
    made: date | None = None,
) -> Brief:
    """Gather what a brief says.

    Parameters
    ----------
    replications, study, command, sure
        As `write_brief` takes them.
    made
        The day on which it is made; today by default.
    """
    made = made or date.today()
    compared = pair(replications)
    world = compared[0].scenario
    evidence, _ = evidence_or_reason(world)
    sections = assumptions(world, evidence)
    rows = [row for section in sections.values() for row in section]
    sure = sure or HowSure(replications)
    several = len(compared) > 1
    # What changes is said under a title that names both scenarios.
    said = change_sentences(compared) if several else sentences(compared)
    view = next((one for one in sure.views if one.scenario.name == world.name), None)
    hanging = _hanging(view)
    return Brief(
        {
            "title": _title(compared),
            "scenarios": [r.scenario for r in compared],
            "more": len(replications) - len(compared),
            "made": whole_day(made),
            "sentences": (said[1:] or said)[:SAID],
            "headlines": headlines(compared),
            "legend": legend(compared),
            "alone": _alone(compared),
            "how_sure": [sureness(compared), *how_sure(compared), *_score(sure)],
            "unknowable": [*_nobody_knows(sure), *unknowable(world, rows, made)],
            "hangs": bool(hanging),
            "hangs_on": _hangs_on(view, hanging),
            "figures": [(one, data_uri(one), size_of(one)) for one in printed(compared, hanging)],
            "behind": behind(world, sections)[:ADDRESSES],
            "addresses": len(sources(sections)),
            "command": _command(replications, study, command),
            "code": _code(study),
        }
    )


def _title(compared: Sequence[Replications]) -> str:
    titles = [quoted(title_of(r.scenario)) for r in compared]
    if len(titles) == 1:
        return titles[0]
    return tr("{scenario} compared with {reference}", scenario=titles[0], reference=titles[1])


def _hanging(view: View | None) -> list[Headline]:
    """Return the headlines that hang on assumptions, the cost first: that is drawn."""
    found = view.found.hanging if view is not None else []
    return sorted(found, key=lambda one: one.outcome not in FIRST)


def _hangs_on(view: View | None, hanging: Sequence[Headline]) -> list[str]:
    """Say on what the headlines hang most that are not drawn."""
    if view is None:
        return []
    return [
        tr(
            "{number}: {sentence}",
            number=headline_title(one, view.scenario),
            sentence=follows_words(one, one.follows[0], view.scenario),
        )
        for one in hanging[1 : 1 + HANGING]
    ]


def _score(sure: HowSure) -> list[str]:
    """Say how many published figures the model meets, and which of them it misses."""
    met, missed = sure.score
    if not missed:
        return [met] if met else []
    return [met, tr("Among those missed: {figures}.", figures="; ".join(missed[-MISSED:]))]


def _nobody_knows(sure: HowSure) -> list[str]:
    """Say what can only be learnt later."""
    titles = [lower_first(title, sure.scenario) for title, _ in sure.nobody_knows]
    return [tr("Nobody can know yet: {what}.", what="; ".join(titles))] if titles else []


def _alone(compared: Sequence[Replications]) -> str:
    """Say what the column of chance alone is, where there is one."""
    chance = compared[0].chance
    if chance is None:
        return ""
    return trn(
        "Chance alone: {number} replication in which every assumption is as the scenario has it.",
        "Chance alone: {number} replications in which every assumption is as the scenario has it.",
        chance.number,
    )


def _command(replications: Sequence[Replications], study: Study | None, command: str) -> str:
    if study is not None:
        return study.command
    return command or reproduce(replications)[0]


def _code(study: Study | None) -> str:
    """Name version and revision of the code."""
    from sim.experiment.provenance import revision

    known = revision()
    told = study.code if study is not None else str(known.get("revision", ""))[:12]
    number = version("prisonflow")
    if not told:
        return tr("prisonflow {version}", version=number)
    return tr("prisonflow {version}, revision {revision}", version=number, revision=told)
