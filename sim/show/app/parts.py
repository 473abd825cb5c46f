"""What the page shows of replications, as HTML: answer, numbers, figures, people, assumptions."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from sim.experiment.lives import life_of
from sim.experiment.tables import write_tables
from sim.language import mark, tr
from sim.results.outcomes import OUTCOMES
from sim.results.story import tell
from sim.show.answer import sentences
from sim.show.app.told import Told, told_difference, told_value
from sim.show.draw.drawing import Drawing
from sim.show.facts.agreement import others, reference, term_words
from sim.show.facts.assumptions import STATUSES, assumptions, changes, evidence_or_reason, tally
from sim.show.facts.estimates import tables_behind, write_behind
from sim.show.facts.selected import OF_COST, idle
from sim.show.facts.table import by_question, legend
from sim.show.figures import draw_all
from sim.show.report import data_uri, html, rendered, size_of
from sim.show.sure import HowSure
from sim.show.words import names

if TYPE_CHECKING:
    from sim.experiment.replications import Replications
    from sim.scenario.schema import Scenario
    from sim.show.app.short import Short

#: Outcomes at a glance.
GLANCE = (
    "total_cost",
    "places_freed_net",
    "rented_prison_people",
    "home_occupancy",
    "transfer_queue",
    "held_after_sentence_days",
    "limbo",
    "removed_1y",
)
_TITLES = {one.name: one.title for one in OUTCOMES} | {
    "places_freed_net": mark("Places freed at home, less those filled again"),
}


class Card(NamedTuple):
    """A number at a glance."""

    title: str
    first: Told
    """What changes; of one scenario alone, what it has."""
    each: Sequence[tuple[str, Told]]
    """What each scenario has, under its title."""


def plain(text: str) -> str:
    """Return plain text as it stands in the page's own words, which are Markdown."""
    return re.sub(r"([\\`*_\[\]<>$#~|&]|:(?=\w))", r"\\\1", " ".join(text.split()))


def look() -> str:
    """Return the style of everything here."""
    return rendered("app_style.html.j2")


def answer(replications: Sequence[Replications]) -> str:
    """Return the answer in sentences: those of the command line and the report."""
    return rendered(
        "app_answer.html.j2",
        scenarios=[r.scenario for r in replications],
        sentences=sentences(replications),
        drawn=replications[0].drawn,
    )


def short(answer: Short) -> str:
    """Return the answer to one of the questions of the first screen."""
    return rendered("app_short.html.j2", short=answer)


def glance(replications: Sequence[Replications]) -> str:
    """Return a few numbers at a glance: what changes first, each with its range."""
    first = replications[0]
    there = set(first.lent("outcomes")["outcome"]) - idle(replications)
    names = [name for name in GLANCE if name in there]
    return rendered(
        "app_cards.html.j2",
        cards=[_card(replications, name) for name in names],
        drawn=first.drawn,
        chance=first.chance is not None,
    )


def how_sure(replications: Sequence[Replications]) -> str:
    """Return how sure the answer is, of the draws compared; empty if nothing is known of it."""
    found = HowSure(replications)
    return rendered("app_sure.html.j2", found=found) if found.views else ""


def how_sure_before(scenario: Scenario, beside: Scenario | None = None) -> str:
    """Return what is shipped about how sure the answer is, before anything is run.

    Parameters
    ----------
    scenario, beside
        What is chosen on the page, and what it is to be compared with. Where these are others than
        the shipped ones, the view says in what.
    """
    found = HowSure.before(scenario, beside)
    return rendered("app_sure.html.j2", found=found) if found.views else ""


def _card(replications: Sequence[Replications], name: str) -> Card:
    title = names.told(replications[0].scenario, _TITLES[name])
    alone = [(names.title_of(r.scenario), told_value(r, name)) for r in replications]
    base = replications[reference(replications)]
    if len(replications) == 1:
        return Card(title, alone[0][1], [])
    other = replications[others(replications)[0]]
    if base.seed != other.seed:
        return Card(title, alone[0][1], alone[1:])
    return Card(title, told_difference(base, other, name), alone)


def numbers(replications: Sequence[Replications], question: str | None = None) -> str:
    """Return the short table with intervals and differences, or the part on one question."""
    groups = [group for group in by_question(replications)[0] if question in (None, group[0])]
    return rendered(
        "app_numbers.html.j2",
        scenarios=[r.scenario for r in replications],
        reference=reference(replications),
        others=others(replications),
        notes={OF_COST: term_words(replications)},
        legend=legend(replications),
        groups=groups,
    )


def figure(drawing: Drawing) -> str:
    """Return a figure with its words."""
    return rendered(
        "app_figure.html.j2",
        title=drawing.title,
        uri=data_uri(drawing),
        size=size_of(drawing),
        narrow=drawing.narrow,
        alt=drawing.alt,
        caption=drawing.caption,
    )


def what_it_rests_on(replications: Sequence[Replications]) -> Iterator[tuple[str, str]]:
    """Yield headings and tables of every number of the first scenario; the overview first."""
    scenario = replications[0].scenario
    evidence, reason = evidence_or_reason(scenario)
    sections = assumptions(scenario, evidence)
    yield (
        "",
        rendered(
            "app_assumptions.html.j2",
            scenario=scenario,
            no_evidence=reason,
            tally=tally(sections),
            statuses=STATUSES,
            contested=[row for rows in sections.values() for row in rows if row.contested],
            changes=changes(replications, evidence),
        ),
    )
    for title, rows in sections.items():
        yield title, rendered("app_section.html.j2", title=title, rows=rows)


# ---------------------------------------------------------------------- one person

Stories = list[tuple[str, list[str]]]


def person(told: Stories) -> str:
    """Return one person's story in each world, side by side."""
    return rendered("app_person.html.j2", told=told)


def stories(replications: Sequence[Replications], number: int) -> Stories:
    """Tell a person's story in each world (in replication 0), under the world's title.

    A world that does not have this person, or does not follow them, says so.
    """
    told = []
    for r in replications:
        try:
            lines = tell(life_of(r, number), number)
        except KeyError:
            lines = [
                tr(
                    "Nobody has the number {number} here, of those who are followed: third-country "
                    "nationals who are there in the observed period. The command prisonflow trace "
                    "tells the story of anybody.",
                    number=number,
                )
            ]
        told.append((names.title_of(r.scenario), lines))
    return told


# ---------------------------------------------------------------------- to take along


def report(replications: Sequence[Replications]) -> str:
    """Return the report, the one that the command line writes."""
    return html(replications, draw_all(replications))


def tables(replications: Sequence[Replications]) -> bytes:
    """Return all tables as a ZIP archive: those of every replication, and the estimates."""
    archive = io.BytesIO()
    with TemporaryDirectory() as place, zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as into:
        folder = Path(place)
        write_tables(replications, folder / "tables")
        write_behind(tables_behind(replications, reference(replications)), folder / "estimates")
        for path in sorted(folder.rglob("*.*")):
            into.write(path, path.relative_to(folder))
    return archive.getvalue()
