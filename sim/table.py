"""Tables that people read: rows of values, laid out for a terminal, as Markdown or as HTML.

What a cell says is the same in all three, as its column writes it; numbers stand at the right.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any

from markupsafe import Markup

from sim.numbers import MISSING, grouped, significant

#: Columns of a terminal that a text or a table should fit.
WIDTH = 100
#: Spaces between columns, before rows below a heading, before the lines that continue a cell in the
#: first column, and before notes.
_BESIDE, _BELOW, _HANGING, _NOTE = 2, 2, 2, 6


def written(value: Any) -> str:
    """Write a value of a table; text and HTML as they are."""
    if value is None or value != value:
        return MISSING
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return grouped(value) if isinstance(value, int) else significant(value)


@dataclass(frozen=True)
class Column:
    """What stands in a column, and how."""

    title: str
    """Its head; of several lines in a terminal if there are line breaks."""
    number: bool = False
    """Whether its values stand at the right."""
    write: Callable[[Any], str] = written
    """How they are written."""
    width: int = 0
    """Least width in a terminal."""
    most: int = WIDTH
    """Width in a terminal beyond which a cell goes on in the next line."""


@dataclass(frozen=True)
class Heading:
    """A line above some rows, and a note below it."""

    title: str
    note: str = ""


@dataclass(frozen=True)
class Row:
    """A row of values, and paragraphs about it."""

    values: Sequence[Any]
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Table:
    """Rows of values below headings; the first column names them."""

    columns: Sequence[Column]
    rows: Sequence[Row | Heading]
    caption: str = ""

    @classmethod
    def of(
        cls,
        heads: Sequence[str],
        rows: Iterable[Sequence[Any]],
        caption: str = "",
        *,
        numbers: bool = True,
    ) -> Table:
        """Return a table without headings.

        Parameters
        ----------
        heads
            Title of each column.
        rows
            Values: one for each column.
        caption
            Text above it; none if empty.
        numbers
            Whether the columns after the first hold numbers.
        """
        columns = [Column(head, numbers and n > 0) for n, head in enumerate(heads)]
        return cls(columns, [Row(tuple(row)) for row in rows], caption)

    def text(self, *, heads: bool = True, ruled: bool = False) -> list[str]:
        """Return the lines of the table for a terminal.

        Parameters
        ----------
        heads
            Whether the titles of the columns stand above.
        ruled
            Whether a line is drawn above each heading.
        """
        below = " " * _BELOW if any(isinstance(row, Heading) for row in self.rows) else ""
        title = self.columns[0].title.split("\n")
        block = [title, *(column.title.split("\n") for column in self.columns[1:])]
        blocks = [self._lines_of(row, below) for row in self.rows if isinstance(row, Row)]
        sized = [*blocks, *([block] if heads else [])]
        widths = [
            max([column.width, *(len(line) for cells in sized for line in cells[n])])
            for n, column in enumerate(self.columns)
        ]
        wide = sum(widths) + _BESIDE * (len(widths) - 1)
        lines = [self.caption] if self.caption else []
        if heads:
            tall = max(map(len, block))
            lines += self._joined([[""] * (tall - len(c)) + c for c in block], widths)
        ready = iter(blocks)
        for row in self.rows:
            if isinstance(row, Heading):
                lines += ["-" * wide] if ruled else []
                lines += [row.title, *_wrapped(row.note, min(wide, WIDTH), _BELOW)]
            else:
                lines += self._joined(next(ready), widths)
                for note in row.notes:
                    lines += _wrapped(note, WIDTH, _NOTE)
        return lines

    def markdown(self) -> list[str]:
        """Return the lines of the table as Markdown."""
        empty = [""] * (len(self.columns) - 1)
        lines = [_piped(column.title for column in self.columns), "|---" * len(self.columns) + "|"]
        for row in self.rows:
            if isinstance(row, Heading):
                lines.append(_piped([f"**{row.title}**", *empty]))
            else:
                first, *others = self._cells(row)
                lines.append(_piped(["<br>".join([first, *row.notes]), *others]))
        return lines

    def html(self) -> str:
        """Return the table as HTML, escaped; its head cells say of what they are."""
        told = ""
        if self.caption:
            told = Markup("<caption {}>{}</caption>").format(_side(number=False), self.caption)
        sides = [_side(number=column.number) for column in self.columns]
        head = Markup("").join(
            Markup('<th scope="col" {}>{}</th>').format(side, column.title)
            for side, column in zip(sides, self.columns, strict=True)
        )
        body = Markup("").join(self._html_row(row, sides) for row in self.rows)
        return Markup("<table>{}<thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(
            told, head, body
        )

    def _html_row(self, row: Row | Heading, sides: Sequence[Markup]) -> Markup:
        if isinstance(row, Heading):
            small = Markup("<br/><small>{}</small>").format(row.note) if row.note else ""
            return Markup('<tr><th scope="rowgroup" colspan="{}" {}>{}{}</th></tr>').format(
                len(sides), _side(number=False), row.title, small
            )
        first, *others = self._cells(row)
        notes = Markup("").join(Markup("<br/><small>{}</small>").format(n) for n in row.notes)
        cells = Markup("").join(
            Markup("<td {}>{}</td>").format(side, cell)
            for side, cell in zip(sides[1:], others, strict=True)
        )
        return Markup('<tr><th scope="row" {}>{}{}</th>{}</tr>').format(
            sides[0], first, notes, cells
        )

    def _cells(self, row: Row) -> list[str]:
        pairs = zip(self.columns, row.values, strict=True)
        return [column.write(value) for column, value in pairs]

    def _lines_of(self, row: Row, below: str) -> list[list[str]]:
        """Break the cells of a row into lines."""
        first, *others = self.columns
        name, *cells = self._cells(row)
        hanging = below + " " * _HANGING
        names = [
            line
            for part in name.split("\n")
            for line in textwrap.wrap(
                part, first.most, initial_indent=below, subsequent_indent=hanging
            )
        ]
        return [names, *(_broken(c, column.most) for column, c in zip(others, cells, strict=True))]

    def _joined(self, cells: Sequence[Sequence[str]], widths: Sequence[int]) -> Iterator[str]:
        """Set lines of cells side by side."""
        for parts in zip_longest(*cells, fillvalue=""):
            aligned = [
                part.rjust(width) if column.number else part.ljust(width)
                for part, width, column in zip(parts, widths, self.columns, strict=True)
            ]
            yield (" " * _BESIDE).join(aligned).rstrip()


def _broken(text: str, most: int) -> list[str]:
    return [line for part in text.split("\n") for line in textwrap.wrap(part, most)]


def _wrapped(text: str, width: int, indent: int) -> list[str]:
    space = " " * indent
    return textwrap.wrap(text, width, initial_indent=space, subsequent_indent=space)


def _piped(cells: Iterable[str]) -> str:
    """Return a line of a Markdown table; an empty cell takes one space."""
    inside = (cell.replace("|", r"\|").replace("\n", " ") for cell in cells)
    return "|" + "|".join(f" {cell} " if cell else " " for cell in inside) + "|"


def _side(*, number: bool) -> Markup:
    return Markup('style="text-align:{}"').format("right" if number else "left")
