"""HTML by which objects show themselves in a notebook: small, escaped, without colours of its own.

Nothing here knows the model. Text and lines take the colour of the page, so that they are read in a
light and in a dark theme; where a code host leaves styles and drawings out, tables remain.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup
from numpy.typing import ArrayLike

from sim.numbers import grouped

#: Width and height of a small plot, and the margin that keeps its lines whole, in CSS pixels.
_WIDE, _TALL, _MARGIN = 150, 26, 2
#: Dash patterns of the lines of one small plot, in order.
_DASHES = ("", "4 2", "1 2", "6 2 1 2")


def card(title: str, note: str, *parts: str) -> str:
    """Put a title and a note in small letters above some parts.

    Parameters
    ----------
    title, note
        Plain text.
    *parts
        HTML, as the other functions of this module return it.
    """
    small = Markup("<br/><small>{}</small>").format(note) if note else ""
    head = Markup("<p><strong>{}</strong>{}</p>").format(title, small)
    return str(Markup("<div>{}{}</div>").format(head, Markup("").join(map(Markup, parts))))


def paragraph(text: str) -> str:
    """Return a paragraph of plain text."""
    return Markup("<p>{}</p>").format(text)


def folded(summary: str, *parts: str) -> str:
    """Hide some parts behind a line of plain text that opens them."""
    inside = Markup("").join(map(Markup, parts))
    return Markup("<details><summary>{}</summary>{}</details>").format(summary, inside)


def small_plot(lines: Sequence[ArrayLike], what: str, *, top: float | None = None) -> str:
    """Return a plot of the size of a word: lines from zero up, told apart by their dashes.

    Parameters
    ----------
    lines
        Values at equal distances, the first line solid.
    what
        What it shows, for those who cannot see it; the highest and the last value of each line are
        added.
    top
        Value at the upper edge; the highest one by default.
    """
    drawn = [np.asarray(line, float) for line in lines]
    highest = max((float(line.max()) for line in drawn if len(line)), default=0.0)
    scale = top or highest or 1.0
    ends = [
        f"at most {grouped(line.max())}, {grouped(line[-1])} at the end"
        for line in drawn
        if len(line)
    ]
    alt = f"{what}: {'; '.join(ends)}"
    paths = Markup("").join(
        Markup('<path d="{}" stroke-dasharray="{}"/>').format(_path(line, scale), dash)
        for line, dash in zip(drawn, _DASHES, strict=False)
        if len(line)
    )
    return Markup(
        '<svg role="img" aria-label="{}" width="{}" height="{}" fill="none" stroke="currentColor" '
        'stroke-width="1.4"><title>{}</title>{}</svg>'
    ).format(alt, _WIDE, _TALL, alt, paths)


def _path(line: np.ndarray, scale: float) -> str:
    x = np.linspace(_MARGIN, _WIDE - _MARGIN, len(line))
    y = _TALL - _MARGIN - (_TALL - 2 * _MARGIN) * line / scale
    return "M" + " L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True))
