"""The look of all figures: colours, dashes, fonts, date axes, labels beside what they name.

Nothing here knows the model. Colours are those of Okabe and Ito (2008), told apart by people with
any common colour blindness; each scenario has a dash pattern of its own besides, so that a
print in grey loses nothing.
"""

from __future__ import annotations

import io
import re
import warnings
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from threading import RLock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.numbers import grouped, tied
from sim.show.draw.letters import drawable, families, in_key, see_that_drawable

if TYPE_CHECKING:
    import pandas as pd
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


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure with its words."""

    name: str
    """Stem of its files."""
    title: str
    """The question it answers."""
    figure: Figure
    form: str
    """What it is made of, in a sentence, for those who cannot see it."""
    message: str
    """What one sees, in the one sentence that stands in the figure, computed from the data."""
    note: str
    """How to read it, as it stands below the figure: what line and band are, and of whom."""
    caption: str = ""
    """What there is to say besides."""
    numbers: Callable[[], pd.DataFrame] | None = field(default=None, repr=False)
    """Lays out the numbers that are drawn; only files need them, not the page or a notebook."""

    @cached_property
    def data(self) -> pd.DataFrame | None:
        """The numbers that are drawn, None where the figure has none of its own."""
        return self.numbers() if self.numbers is not None else None

    @property
    def alt(self) -> str:
        """The alternative text: what it is made of, and what one sees."""
        return f"{self.form} {self.message}"

    @property
    def words(self) -> str:
        """All that is said of it, each thing once."""
        return " ".join(filter(None, (self.message, self.caption, self.note)))

    def png(self) -> bytes:
        """Return the figure as PNG; the same figure gives the same bytes."""
        words = {"Title": self.title, "Description": self.words, "Software": None}
        return self._saved("png", {"dpi": DPI, "metadata": words})

    def csv(self) -> str | None:
        """Return the numbers that are drawn as CSV, None where the figure has none of its own."""
        return self._csv

    @cached_property
    def _csv(self) -> str | None:
        return self.data.to_csv(index=False) if self.data is not None else None

    def svg(self) -> bytes:
        """Return the figure as SVG; the same figure gives the same bytes."""
        return self._svg

    @cached_property
    def _svg(self) -> bytes:
        words = {"Title": self.title, "Description": self.words, "Date": None,
                 "Creator": "prisonflow"}  # fmt: skip
        return self._saved("svg", {"metadata": words})

    @property
    def inches(self) -> tuple[float, float]:
        """Width and height."""
        wide, tall = self.figure.get_size_inches()
        return float(wide), float(tall)

    def _saved(self, kind: str, options: dict[str, Any]) -> bytes:
        buffer = io.BytesIO()
        with look():
            see_that_drawable(self.figure)
            self.figure.savefig(buffer, format=kind, **options)
        return buffer.getvalue()

    def _repr_png_(self) -> bytes:
        return self.png()


@dataclass(frozen=True, eq=False)
class Picture:
    """A drawing as it is saved, such as another process has drawn it: words as there."""

    name: str
    title: str
    message: str
    caption: str
    alt: str
    inches: tuple[float, float]
    _png: bytes
    _svg: bytes
    _csv: str | None

    def png(self) -> bytes:
        """Return the figure as PNG."""
        return self._png

    def svg(self) -> bytes:
        """Return the figure as SVG."""
        return self._svg

    def csv(self) -> str | None:
        """Return the numbers that are drawn as CSV, None where the figure has none of its own."""
        return self._csv


def saved(drawing: Drawing) -> Picture:
    """Return a drawing as it is saved."""
    words = drawing.name, drawing.title, drawing.message, drawing.caption, drawing.alt
    return Picture(*words, drawing.inches, drawing.png(), drawing.svg(), drawing.csv())


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
    return 0.56 + message_height(message, width)


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
    shapes = {0: [], 1: [1], 2: [2], 3: [3], 4: [2, 2], 5: [2, 3], 6: [3, 3], 7: [3, 4]}
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


# ---------------------------------------------------------------------- axes


def day_number(day: date) -> float:
    """Return a date as matplotlib counts dates."""
    from matplotlib.dates import date2num

    return float(date2num(day))


def date_axis(ax: Axes, first: date, last: date) -> None:
    """Let the horizontal axis run from date to date, with a tick for every few years."""
    from matplotlib.dates import DateFormatter, YearLocator

    ax.set_xlim(day_number(first), day_number(last))
    inches = ax.get_position().width * ax.figure.get_size_inches()[0]  # type: ignore[union-attr]
    years = max(1.0, (last - first).days / 365.25)
    step = next((s for s in (1, 2, 3, 5, 10, 20) if years / s <= inches / 0.48), 50)
    ax.xaxis.set_major_locator(YearLocator(step))
    ax.xaxis.set_major_formatter(DateFormatter("%Y"))
    ax.xaxis.set_minor_locator(YearLocator(1))
    ax.tick_params(axis="x", which="minor", length=2)


def count_axis(ax: Axes, highest: float, lowest: float = 0.0) -> None:
    """Let the vertical axis count people, with whole ticks and room above for labels.

    It begins at zero, unless everything drawn lies well above: then it begins at the tick below
    what is drawn, and says so. Give no `lowest` where the axis must begin at zero.
    """
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    locator = MaxNLocator(5, integer=True, steps=[1, 2, 2.5, 5, 10])
    bottom = 0.0
    if 0 < 0.55 * highest < lowest:
        room = 0.35 * (highest - lowest) or 0.5 * lowest
        bottom = float(locator.tick_values(lowest - room, highest)[0])
    ax.set_ylim(bottom, max(bottom + 1.22 * (highest - bottom), bottom + 1.0))
    ax.yaxis.set_major_locator(locator)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: grouped(y)))
    ax.grid(axis="y", color=PALE, linewidth=0.6, alpha=0.7)
    if bottom > 0:
        _say_cut(ax, bottom)


def _say_cut(ax: Axes, bottom: float) -> None:
    ax.annotate(
        f"axis begins at {grouped(bottom)}", (0, 0), (5, 5), xycoords="axes fraction",
        textcoords="offset points", size=SMALL - 0.6, color=GREY, style="italic",
    )  # fmt: skip


def share_axis(ax: Axes) -> None:
    """Let the vertical axis run from 0 to 100 %."""
    ax.set_ylim(0, 1)
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])


TIME_TICKS = (
    (1 / 24, "1 hour"),
    (1, "1 day"),
    (7, "1 week"),
    (30.44, "1 month"),
    (91.3, "3 months"),
    (365.25, "1 year"),
    (3 * 365.25, "3 years"),
    (10 * 365.25, "10 years"),
)


def time_axis(ax: Axes, first: float, last: float, *, short: bool = False) -> None:
    """Let the horizontal axis show durations in days, on a log scale with words for ticks."""
    from matplotlib.ticker import NullFormatter, NullLocator

    ax.set_xscale("log")
    ax.set_xlim(first, last)
    ticks = [(at, text) for at, text in TIME_TICKS if first <= at <= last]
    if short:
        brief = {"1 week": "1 wk", "1 month": "1 mo", "1 year": "1 yr"}
        ticks = [(at, brief[text]) for at, text in ticks if text in brief]
    if short:
        ticks = [(at, text) for at, text in ticks if text not in ("3 mo", "3 y")]
    size = SMALL - 0.8 if short else SMALL
    ax.set_xticks([at for at, _ in ticks], [text for _, text in ticks], size=size)
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.grid(axis="x", color=PALE, linewidth=0.6)
