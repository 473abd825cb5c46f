"""The look of all figures: colours, dashes, fonts, words around them, axes in rows.

Nothing here knows the model. Colours are those of Okabe and Ito (2008), told apart by people with
any common colour blindness; each scenario has a dash pattern of its own besides, so that a
print in grey loses nothing.
"""

from __future__ import annotations

import re
import warnings
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from threading import RLock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.numbers import tied
from sim.show.draw.letters import drawable, families, in_key

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

DARK, GREY, PALE, WASH = "#222222", "#5f5f5f", "#c8c8c8", "#f3f1ec"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#AA4499", "#B07800", "#3B9BD6", "#000000")
DASHES: tuple[Any, ...] = (
    "solid",
    (0, (5, 1.6)),
    (0, (1.2, 1.2)),
    (0, (7, 1.6, 1.4, 1.6)),
    (0, (3, 1.2, 1, 1.2, 1, 1.2)),
    (0, (9, 3)),
    (0, (2.5, 2.5)),
    (0, (1, 3)),
    (0, (9, 1.5, 3, 1.5)),
    (0, (5, 1.5, 1, 1.5, 1, 1.5, 1, 1.5)),
    (0, (12, 2, 1, 2)),
    (0, (4, 4)),
)
MARKERS = "osD^vP*Xhp<>"

#: Inches and points; sizes are chosen so that a figure is read at half its size.
WIDTH, DPI = 10.0, 160
#: Inches of a figure that is read on a phone as it is.
NARROW = 5.4
BODY, SMALL, TITLE = 9.5, 8.6, 14.0

_RC: dict[str, Any] = {
    "font.size": BODY,
    "text.parse_math": False,  # titles are not formulas
    "text.color": DARK,
    "axes.labelcolor": DARK,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": SMALL,
    "axes.axisbelow": True,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": DARK,
    "ytick.labelcolor": DARK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    # The same figure gives the same bytes: no random ids, letters as outlines.
    "svg.hashsalt": "prisonflow",
    "svg.fonttype": "path",
}


#: matplotlib's settings belong to the whole process: threads draw one after the other.
_DRAWING = RLock()


@contextmanager
def look() -> Iterator[None]:
    """Draw and save with this look, whatever the user's own settings are."""
    import matplotlib

    with _DRAWING, matplotlib.rc_context(), warnings.catch_warnings():
        # Seen to before anything is drawn for good.
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from font")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_RC | {"font.family": families()})  # type: ignore[arg-type]
        yield


def new_figure(height: float, width: float = WIDTH) -> Figure:
    """Return an empty figure that belongs to no window system."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def own_axes(ax: Axes | None) -> Axes:
    """Return the axes given, or axes on a figure of their own."""
    return ax if ax is not None else new_figure(3.6, 6.0).add_subplot()


#: Inches left free at the sides, and height of a line of what one sees and of notes.
MARGIN, _MESSAGE_LINE, _NOTE_LINE = 0.16, 0.185, 0.155
#: Dots per inch at which text is measured: fine enough that hinting makes no difference.
_FINE = 600


def wrapped(text: str, size: float, inches: float) -> list[str]:
    """Break a text into lines no wider than some inches; numbers stay with sign and unit."""
    return list(_lines(tied(text), size, inches))


@lru_cache(maxsize=256)
def _lines(text: str, size: float, inches: float) -> tuple[str, ...]:
    """Return `wrapped`; a line is found by halving, as measuring one takes long."""
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.font_manager import FontProperties

    renderer, font = RendererAgg(1, 1, _FINE), FontProperties(family=families(), size=size)
    words = list(filter(None, re.split(r"[ \n\r\t\f\v]+", text)))

    def fits(end: int) -> bool:
        line = drawable(" ".join(words[begin:end]))
        wide = renderer.get_text_width_height_descent(line, font, False)[0]
        return float(wide) / _FINE <= inches

    lines, begin = [], 0
    while begin < len(words):
        more = range(begin + 2, len(words) + 1)
        end = begin + 1 + bisect_left(more, True, key=lambda end: not fits(end))
        lines.append(" ".join(words[begin:end]))
        begin = end
    return tuple(lines)


def message_height(message: str, width: float = WIDTH) -> float:
    """Return how many inches a message takes above a figure."""
    return _MESSAGE_LINE * len(wrapped(message, BODY, width - 2 * MARGIN))


def header_height(message: str, width: float = WIDTH) -> float:
    """Return how many inches question and message take above a figure."""
    return 0.56 + message_height(message, width)


def note_height(note: str, width: float = WIDTH) -> float:
    """Return how many inches a note takes below a figure."""
    return 0.16 + _NOTE_LINE * len(wrapped(note, SMALL, width - 2 * MARGIN))


def header(figure: Figure, title: str, message: str) -> float:
    """Write the question above a figure, and what one sees; return how many inches they take."""
    width, height = figure.get_size_inches()
    left = MARGIN / width
    figure.text(left, 1 - 0.14 / height, title, size=TITLE, weight="bold", va="top")
    lines = wrapped(message, BODY, width - 2 * MARGIN)
    figure.text(
        left, 1 - 0.47 / height, "\n".join(lines), size=BODY, va="top", linespacing=1.25,
    )  # fmt: skip
    return header_height(message, width)


def footer(figure: Figure, note: str, left: float = MARGIN) -> float:
    """Write how to read a figure below it; return how many inches it takes."""
    width, height = figure.get_size_inches()
    lines = wrapped(note, SMALL, width - 2 * left)
    figure.text(
        left / width, 0.1 / height, "\n".join(lines), size=SMALL, color=GREY, va="bottom",
        linespacing=1.25,
    )  # fmt: skip
    return note_height(note, width)


def rows_of(panels: int) -> list[int]:
    """Share panels out over rows, the wider ones (which come first) on top."""
    shapes = {0: [], 1: [1], 2: [2], 3: [3], 4: [2, 2], 5: [2, 3], 6: [3, 3], 7: [2, 2, 3]}
    return shapes.get(panels) or [3] * (panels // 3) + ([panels % 3] if panels % 3 else [])


def grid(
    figure: Figure,
    rows: Sequence[int],
    top: float,
    bottom: float,
    *,
    left: float = 0.62,
    right: float = 0.24,
    gap: float = 0.78,
    between: float = 0.66,
    heights: Sequence[float] | None = None,
) -> list[Axes]:
    """Lay axes out in rows; all distances in inches, axis labels included in the gaps."""
    width, height = figure.get_size_inches()
    shares = np.array(heights if heights is not None else [1.0] * len(rows), float)
    free = height - top - bottom - between * (len(rows) - 1)
    tall = shares / shares.sum() * free
    axes, y = [], height - top
    for row, panels in enumerate(rows):
        wide = (width - left - right - gap * (panels - 1)) / panels
        y -= tall[row]
        for n in range(panels):
            x = left + n * (wide + gap)
            axes.append(figure.add_axes((x / width, y / height, wide / width, tall[row] / height)))
        y -= between
    return axes


def key(
    figure: Figure,
    titles: Sequence[str],
    top: float,
    *,
    left: float = 0.16,
    lines: bool = True,
    alike: str | None = None,
) -> float:
    """Draw a key of scenarios across the figure, `top` inches down; return its height.

    Parameters
    ----------
    figure
        Where.
    titles
        Titles of the scenarios, in order.
    top, left
        Place of the key in inches.
    lines
        Show lines; markers otherwise.
    alike
        What the dark marker for all scenarios together means, if there is one.
    """
    from matplotlib.lines import Line2D

    width, height = figure.get_size_inches()
    shown = [in_key(title) for title in (*titles, *([alike] if alike else []))]
    wide = 0.061 * max(map(len, shown)) + (0.7 if lines else 0.4)
    columns = max(1, min(len(shown), int((width - left) / wide)))
    columns = -(-len(shown) // -(-len(shown) // columns))
    looks: list[dict[str, Any]] = [
        {"linestyle": dash(n), "linewidth": 1.8}
        if lines
        else {"marker": marker(n), "linewidth": 0, "markersize": 6}
        for n in range(len(titles))
    ]
    handles = [Line2D([], [], color=colour(n), **look) for n, look in enumerate(looks)]
    if alike:
        handles.append(Line2D([], [], color=DARK, marker="o", linewidth=0, markersize=6))
    legend = figure.legend(
        handles, shown, loc="upper left", bbox_to_anchor=(left / width, 1 - top / height),
        ncol=columns, frameon=False, fontsize=SMALL, handlelength=3.4 if lines else 1.2,
        borderpad=0, borderaxespad=0, columnspacing=1.6, labelspacing=0.4,
    )  # fmt: skip
    legend.set_zorder(5)
    return 0.1 + 0.19 * -(-len(shown) // columns)


def colour(n: int) -> str:
    """Colour of the n-th scenario."""
    return COLOURS[n % len(COLOURS)]


def dash(n: int) -> Any:
    """Dash pattern of the n-th scenario."""
    return DASHES[n % len(DASHES)]


def marker(n: int) -> str:
    """Marker of the n-th scenario."""
    return MARKERS[n % len(MARKERS)]
