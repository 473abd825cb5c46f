"""The short answer on the terminal: sentences, and a table with intervals and differences."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.language import tr
from sim.show.answer import sentences
from sim.show.facts.agreement import others, reference, term_words
from sim.show.facts.selected import OF_COST, SELECTED
from sim.show.facts.table import CELL, RANGE_CELL, OutcomeRow, legend, summary
from sim.show.words import NO_BREAK, grouped, tied, title_of
from sim.table import WIDTH, Column, Heading, Row, Table

if TYPE_CHECKING:
    from sim.experiment.replications import Replications


#: Width of the first column, so that the table of two scenarios fits a terminal: beside means, and
#: beside ranges.
_TITLE, _TITLE_OF_RANGES = 43, 34


def as_text(replications: Sequence[Replications]) -> str:
    """Return the answer in sentences and the short table, for a terminal.

    Two scenarios stand side by side with their difference within 100 columns; of more, each
    further one is a pair of columns, in blocks of two.
    """
    lines = []
    for sentence in sentences(replications):
        lines += _wrapped(sentence)
    rows = {row.name: row for row in summary(replications)}
    for columns in _blocks(replications):
        lines += ["", *_block(replications, rows, columns)]
    return "\n".join([*lines, "", *_wrapped(legend(replications))])


def first_answer(replications: Sequence[Replications]) -> str:
    """Return what the first draws tell in sentences, to be read while the others are running."""
    number = grouped(replications[0].number)
    lines = _wrapped(tr("A first answer, from {draws} draws; the rest is running.", draws=number))
    for sentence in sentences(replications):
        lines += _wrapped(sentence)
    return "\n".join(lines)


def _wrapped(text: str) -> list[str]:
    """Wrap a text so that no number loses its sign or its unit."""
    return [line.replace(NO_BREAK, " ") for line in textwrap.wrap(tied(text), WIDTH)]


#: A column of the table: the number of a scenario, and whether it is its difference.
_Column = tuple[int, bool]


def _blocks(replications: Sequence[Replications]) -> list[list[_Column]]:
    """Share columns out over blocks that fit the width; of many, the reference comes first."""
    if len(replications) <= 2:
        plain = [(n, False) for n in range(len(replications))]
        return [plain + [(n, True) for n in others(replications)]]
    columns = [(reference(replications), False)]
    for n in others(replications):
        columns += [(n, False), (n, True)]
    blocks = [columns[:3]]
    rest = columns[3:]
    return [*blocks, *(rest[n : n + 2] for n in range(0, len(rest), 2))]


def _block(
    replications: Sequence[Replications], rows: dict[str, OutcomeRow], columns: Sequence[_Column]
) -> list[str]:
    drawn = replications[0].drawn
    cell, title = (RANGE_CELL, _TITLE_OF_RANGES) if drawn else (CELL, _TITLE)
    heads = [Column(_head(replications, c, cell), number=True, width=cell) for c in columns]
    body: list[Row | Heading] = []
    for question, names in SELECTED.items():
        mine = [rows[name] for name in names if name in rows]
        if mine:
            note = term_words(replications) if question == OF_COST else ""
            body.append(Heading(tr(question), note))
        for row in mine:
            texts = [row.difference(n) if diff else row.cell(n) for n, diff in columns]
            body.append(Row((f"{row.title}, {row.printed_unit}", *texts)))
    return Table([Column("", width=title, most=title), *heads], body).text(ruled=True)


def _head(replications: Sequence[Replications], column: _Column, width: int) -> str:
    number, difference = column
    if not difference:
        text = title_of(replications[number].scenario)
    elif len(replications) > 2:
        base = replications[reference(replications)].scenario
        text = tr("difference from {reference}", reference=title_of(base))
    elif number:
        text = tr("difference: the second minus the first")
    else:
        text = tr("difference: the first minus the second")
    return "\n".join(textwrap.wrap(text, width, max_lines=4, placeholder=" …"))
