"""The report: one HTML file that needs nothing but itself, and the figures as files beside it."""

from __future__ import annotations

import shlex
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.language import ENGLISH, language, tr, trn
from sim.numbers import tied, whole_day
from sim.results.files import replace
from sim.scenario.base import as_toml_value
from sim.scenario.errors import ScenarioError
from sim.scenario.files import called
from sim.show.answer import sentences
from sim.show.facts.agreement import others, reference, term_words
from sim.show.facts.assumptions import STATUSES, assumptions, changes, evidence_or_reason, tally
from sim.show.facts.changed import changed
from sim.show.facts.selected import OF_COST
from sim.show.facts.sources import sources
from sim.show.facts.study import Study
from sim.show.facts.table import by_question, legend
from sim.show.facts.verdicts import verdicts
from sim.show.figures import Drawing, Picture, draw_all
from sim.show.pdf import pdf_of
from sim.show.sure import HowSure
from sim.show.words import quoted

if TYPE_CHECKING:
    from jinja2 import Environment

    from sim.experiment.replications import Replications
    from sim.scenario.schema import Scenario

TEMPLATES = Path(__file__).parent / "templates"


def write_report(
    replications: Sequence[Replications],
    folder: Path,
    drawings: Sequence[Drawing | Picture] | None = None,
    study: Study | None = None,
    command: str = "",
    sure: HowSure | None = None,
    *,
    pdf: bool = False,
) -> list[Path]:
    """Write `report.html`: answer, table, figures, evidence and method, in one file.

    Parameters
    ----------
    replications
        One or more scenarios.
    folder
        Where to write.
    drawings
        The figures, if they are drawn already.
    study
        The experiment that they come from, if any.
    command
        The command that made them; by default one is made out.
    sure
        How sure the answer is, if that is told already.
    pdf
        Write `report.pdf`, too.

    Returns
    -------
    list of Path
        The files written, the page last. Each is whole or not there.

    Raises
    ------
    NoPdf
        If PDF is asked for, and WeasyPrint or Pango is missing: then only HTML is written.
    OSError
        If the folder cannot be written to.
    """
    drawings = draw_all(replications) if drawings is None else drawings
    content = _content(replications, drawings, study, command)
    content["sure"] = sure or HowSure(replications)
    page = replace(folder / "report.html", rendered("report.html.j2", **content))
    if not pdf:
        return [page]
    # Figures as pictures: their lines would take the printer a second each, and are fine enough so.
    content["figures"] = [(one, _png_uri(one), size_of(one)) for one in drawings]
    printed = pdf_of(rendered("report.html.j2", **content))
    return [replace(folder / "report.pdf", printed), page]


def html(
    replications: Sequence[Replications],
    drawings: Sequence[Drawing | Picture],
    study: Study | None = None,
    command: str = "",
    sure: HowSure | None = None,
) -> str:
    """Return the report as HTML; it loads nothing and runs nothing."""
    content = _content(replications, drawings, study, command)
    return rendered("report.html.j2", sure=sure or HowSure(replications), **content)


def rendered(template: str, **content: Any) -> str:
    """Fill in one of the templates; what is filled in is escaped."""
    return _templates().get_template(template).render(**content)


@cache
def _templates() -> Environment:
    """Return the templates, each read and compiled when it is first filled in."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(tr, trn, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(tr=tr, trn=trn, language=language, quoted=quoted)
    environment.filters.update(tied=tied, whole_day=whole_day, uri=data_uri, size=size_of)
    return environment


def _content(
    replications: Sequence[Replications],
    drawings: Sequence[Drawing | Picture],
    study: Study | None,
    command: str,
) -> dict[str, Any]:
    from sim.experiment.tables import provenance

    first = replications[0]
    evidence, reason = evidence_or_reason(first.scenario)
    ranks = study.ranks if study is not None else {}
    sections = assumptions(first.scenario, evidence, ranks)
    groups, besides = by_question(replications)
    remarks: list[str] = []
    if study is not None:
        command = study.command
    elif not command:
        command, remarks = reproduce(replications)
    return {
        "scenarios": [r.scenario for r in replications],
        "reference": reference(replications),
        "others": others(replications),
        "notes": {OF_COST: term_words(replications)},
        "replications": max(r.number for r in replications),
        "sentences": sentences(replications),
        "groups": groups,
        "besides": besides,
        "legend": legend(replications),
        "figures": [(drawing, data_uri(drawing), size_of(drawing)) for drawing in drawings],
        "sections": sections,
        "sources": sources(sections),
        "statuses": STATUSES,
        "tally": tally(sections),
        "contested": [row for rows in sections.values() for row in rows if row.contested],
        "no_evidence": reason,
        "changes": changes(replications, evidence),
        "provenance": provenance(replications),
        "command": command,
        "study": study,
        "changed": changed(replications, reference(replications)),
        "verdicts": verdicts(replications),
        "remarks": remarks,
    }


def data_uri(drawing: Drawing | Picture) -> str:
    """Return a figure as an address that holds it whole."""
    return "data:image/svg+xml;base64," + b64encode(drawing.svg()).decode("ascii")


def _png_uri(drawing: Drawing | Picture) -> str:
    return "data:image/png;base64," + b64encode(drawing.png()).decode("ascii")


def size_of(drawing: Drawing | Picture) -> tuple[int, int]:
    """Return width and height in CSS pixels, so that nothing jumps while the page is laid out."""
    wide, tall = drawing.inches
    return round(wide * 96), round(tall * 96)


# ---------------------------------------------------------------------- how to make it again


def reproduce(replications: Sequence[Replications]) -> tuple[str, list[str]]:
    """Return the command that makes the same tables, and what it cannot say.

    Settings by which all scenarios differ from the shipped ones of the same name are given as
    `--set`; each is read again and must make the same scenario, to the last digit. What cannot be
    given so is listed; a scenario that no shipped one leads to is named as a file of one's own.
    """
    first = replications[0]
    settings = [_settings(r.scenario) for r in replications]
    own = [
        tr(
            "{scenario} is not a shipped scenario: give the file it was read from in the place of "
            "{name} (hash {hash}).",
            scenario=quoted(r.scenario.title),
            name=r.scenario.name,
            hash=r.scenario.hash,
        )
        for r, found in zip(replications, settings, strict=True)
        if found is None
    ]
    known = [found for found in settings if found is not None]
    together = not own and all(found == known[0] and found.whole for found in known)
    remarks = own if together else own + [
        tr(
            "{scenario} differs from the shipped {name} in what this command does not say: {what} "
            "(hash {hash}).",
            scenario=quoted(r.scenario.title),
            name=r.scenario.name,
            what=", ".join(found.texts),
            hash=r.scenario.hash,
        )
        for r, found in zip(replications, settings, strict=True)
        if found is not None and found.texts
    ]  # fmt: skip
    parts = ["prisonflow", "run", *(called(r.scenario) or r.scenario.name for r in replications)]
    for setting in known[0].texts if together else ():
        parts += ["--set", setting]
    parts += ["--replications", str(first.number), "--seed", str(first.seed)]
    parts += ["--language", language()] if language() != ENGLISH else []
    parts += ["--out", "outputs"]
    return shlex.join(parts), remarks


@dataclass(frozen=True)
class _Settings:
    """In what a scenario differs from the shipped one of its name."""

    texts: tuple[str, ...]
    """Each as `key=value`."""
    whole: bool
    """Whether they make the scenario when they are given as `--set`."""


def _settings(scenario: Scenario) -> _Settings | None:
    """Return how a scenario differs from the shipped one of its name, None if there is none."""
    from sim.scenario.files import difference, load, parse_setting

    name = called(scenario)
    if name is None:
        return None
    base = load(name)
    found = [(key, after) for key, _, after in difference(base, scenario)]
    found += [
        (key, after)
        for key in ("title", "summary", "case")
        if (after := getattr(scenario, key)) != getattr(base, key)
    ]
    texts = tuple(
        f"{key}={as_toml_value(value)}" if value is not None else f"{key} (left out)"
        for key, value in found
    )
    try:
        again = load(name, dict(map(parse_setting, texts)))
    except ScenarioError:
        return _Settings(texts, whole=False)
    same = again.hash == scenario.hash and not difference(again, scenario)
    return _Settings(texts, whole=same and again.title == scenario.title)
