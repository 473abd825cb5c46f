"""The short answer on the terminal: sentences, and a table with intervals and differences."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.show.answer import sentences
from sim.show.facts.agreement import others, reference, term_words
from sim.show.facts.selected import OF_COST, SELECTED
from sim.show.facts.table import CELL, Row, legend, summary
from sim.show.words import NO_BREAK, tied

if TYPE_CHECKING:
    from sim.experiment.replications import Replications


#: Width of the terminal that the table of two scenarios fits.
WIDTH = 100


_TITLE, _BESIDE = 43, 2


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
    replications: Sequence[Replications], rows: dict[str, Row], columns: Sequence[_Column]
) -> list[str]:
    heads = [_head(replications, column) for column in columns]
    tall = max(map(len, heads))
    heads = [[""] * (tall - len(head)) + head for head in heads]
    lines = [_line("", [head[n] for head in heads]) for n in range(tall)]
    wide = _TITLE + len(columns) * (CELL + _BESIDE)
    for question, names in SELECTED.items():
        mine = [rows[name] for name in names if name in rows]
        if mine:
            lines += ["-" * wide, question]
            if question == OF_COST and (note := term_words(replications)):
                lines += [f"  {line}" for line in textwrap.wrap(note, min(wide, WIDTH) - 2)]
        for row in mine:
            texts = [row.difference(n) if diff else row.cell(n) for n, diff in columns]
            first, *more = textwrap.wrap(f"{row.title}, {row.printed_unit}", _TITLE - 2)
            lines.append(_line(f"  {first}", texts))
            lines += [f"    {rest}" for rest in more]
    return lines


def _head(replications: Sequence[Replications], column: _Column) -> list[str]:
    number, difference = column
    text = replications[number].scenario.title
    if difference and len(replications) > 2:
        text = f"difference from {replications[reference(replications)].scenario.title}"
    elif difference:
        text = "difference: the "
        text += "second minus the first" if number else "first minus the second"
    return textwrap.wrap(text, CELL, max_lines=4, placeholder=" …")


def _line(title: str, cells: Sequence[str]) -> str:
    beside = " " * _BESIDE
    return (f"{title:<{_TITLE}}" + "".join(f"{beside}{c:>{CELL}}" for c in cells)).rstrip()
