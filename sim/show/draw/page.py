"""A figure's page: question and message above, panels, how to read them below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from sim.language import tr
from sim.show.draw import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Page(NamedTuple):
    """A figure with its words, and how far they reach into it."""

    figure: Figure
    top: float
    """Inches taken above by question and message."""
    bottom: float
    """Inches taken below by how to read it."""

    def box(self, left: float, top: float, wide: float, tall: float) -> Axes:
        """Return axes of a size in inches, placed from the left edge and from the words above."""
        width, height = self.figure.get_size_inches()
        y = height - self.top - top - tall
        return self.figure.add_axes((left / width, y / height, wide / width, tall / height))


def page(title: str, message: str, note: str, body: float, width: float = style.WIDTH) -> Page:
    """Return a page as high as its words and what stands between them.

    Parameters
    ----------
    title, message
        The question, and what one sees.
    note
        How to read it.
    body, width
        Height of what stands between the words, and width of the page, in inches.
    """
    height = style.header_height(message, width) + body + style.note_height(note, width)
    figure = style.new_figure(height, width)
    return Page(figure, style.header(figure, title, message), style.footer(figure, note))


def first_words(given: Sequence[object], shown: Sequence[object]) -> str:
    """Say that not all scenarios are drawn; nothing if they are."""
    if len(shown) >= len(given):
        return ""
    return tr("The first {shown} of {given} scenarios.", shown=len(shown), given=len(given))
