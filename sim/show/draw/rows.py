"""Rows of a panel, named at the left, the first on top: rankings, and figures beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.show.draw import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Height of a bar as a share of its row.
BAR = 0.62


def name_rows(ax: Axes, names: Sequence[str], size: float | None = None) -> None:
    """Write names beside rows, the first on top."""
    ax.set_yticks(range(len(names)), list(names), size=size)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(max(len(names), 1) - 0.5, -0.5)


def ranked(ax: Axes, names: Sequence[str], size: float | None = None) -> None:
    """Let rows be a ranking: names without an axis line, and a grid to read sizes from."""
    name_rows(ax, names, size)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x", color=style.PALE, linewidth=0.6)


def bar(ax: Axes, y: float, first: float, last: float, colour: str, **look: Any) -> None:
    """Draw the bar of a row from one value to another."""
    options: dict[str, Any] = {"height": BAR, "color": colour, "zorder": 2} | look
    ax.barh(y, last - first, left=first, **options)


def accepted(ax: Axes, y: float, low: float, published: float, high: float) -> None:
    """Draw what was published as a dark mark, and what is accepted as a pale bar."""
    bar(ax, y, low, high, style.PALE, height=0.66, linewidth=0, zorder=1)
    ax.plot([published] * 2, [y - 0.33, y + 0.33], color=style.DARK, linewidth=1.2)


def spread(
    ax: Axes, y: float, low: float, middle: float, high: float, colour: str, width: float = 2.0
) -> None:
    """Draw a range as a line with a dot in it."""
    ax.plot([low, high], [y, y], color=colour, linewidth=width)
    ax.plot(middle, y, marker="o", markersize=4, color=colour, linewidth=0)


def say(ax: Axes, y: float, text: str, colour: str, size: float = style.SMALL) -> None:
    """Write what there is to say of a row at the right of the panel."""
    ax.annotate(
        text, (1.0, y), (6, 0), xycoords=ax.get_yaxis_transform(), textcoords="offset points",
        va="center", size=size, color=colour, annotation_clip=False,
    )  # fmt: skip
