"""Panel: one person's way through the system, stay by stay."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from sim.show import words
from sim.show.draw import style
from sim.show.facts.lifelines import CASE, FREE, HELD, LIMBO, Life

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_COLOURS = {HELD: "#08345e", FREE: "#9ecae1", CASE: "#b8a878", LIMBO: "#ef8a3c"}


def life(found: Life, ax: Axes) -> Axes:
    """Draw a person's stages as bars over time, from above in the order of the journey."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.patches import Patch

    for y, row in enumerate(found.rows):
        spans = [(start, end - start) for start, end in row.spans]
        ax.broken_barh(
            spans, (y - 0.34, 0.68), facecolor=_COLOURS[row.kind], edgecolor=_COLOURS[row.kind],
            linewidth=1.2,
        )  # fmt: skip
    ax.set_yticks(range(len(found.rows)), [row.title for row in found.rows])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(found.rows) - 0.4, -0.6)
    ax.spines["left"].set_visible(False)
    if found.sentence_end is not None:
        _mark(ax, found.sentence_end, "sentence ends", "right")
    if found.exit is not None:
        _mark(ax, found.exit[0], words.lower_first(found.exit[1]), "left")
    locator = AutoDateLocator()
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    ax.grid(axis="x", color=style.PALE, linewidth=0.6)
    ax.margins(x=0.04)
    kinds = list(dict.fromkeys(row.kind for row in found.rows))
    ax.legend(
        [Patch(color=_COLOURS[kind]) for kind in kinds], kinds, loc="upper left", ncol=4,
        bbox_to_anchor=(0, -0.7 / (len(found.rows) + 1)), frameon=False, fontsize=style.SMALL,
        handlelength=1.2,
    )  # fmt: skip
    ax.set_title("\n".join(textwrap.wrap(found.title, 78)), pad=18)
    return ax


def _mark(ax: Axes, at: float, text: str, side: str) -> None:
    """Mark a day, its words above the panel on one side of it."""
    ax.axvline(at, color=style.GREY, linestyle=(0, (1, 2)), linewidth=1.1)
    ax.annotate(
        text, (at, 1.0), (-3 if side == "right" else 3, 3), xycoords=("data", "axes fraction"),
        textcoords="offset points", ha=side, size=style.SMALL - 0.6, color=style.GREY,
    )  # fmt: skip
