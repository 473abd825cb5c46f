"""How a length of stay is drawn: quartiles as a bar, the median as a marker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language import tr
from sim.numbers import grouped
from sim.show import words
from sim.show.draw import style
from sim.show.facts.lengths import Length

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def whisker(ax: Axes, y: float, length: Length, colour: str, marker: str) -> None:
    """Draw quartiles as a bar, the median as a marker, and who is still inside at the right."""
    first, last = ax.get_xlim()
    lower = min(max(length.lower, first), last)
    open_end = not length.upper <= last
    upper = last if open_end else max(length.upper, first)
    ax.plot(
        [lower, upper], [y, y], color=colour, linewidth=3, alpha=0.42, solid_capstyle="butt",
        zorder=2,
    )  # fmt: skip
    if open_end:
        ax.plot([last], [y], marker=">", color=colour, markersize=7, clip_on=False, zorder=4)
    if first <= length.median <= last:
        ax.plot([length.median], [y], marker=marker, color=colour, markersize=5.5, zorder=4)
    _inside(ax, y, length, colour)


def _inside(ax: Axes, y: float, length: Length, colour: str) -> None:
    """Write how many stays there are; if some are not over, an open marker and how many."""
    from matplotlib.transforms import offset_copy

    at_right = ax.get_yaxis_transform()
    text = grouped(length.stays)
    if length.inside > 0:
        text = tr("{number} of {all}", number=words.whole(length.inside), all=text)
    if round(length.inside) >= 1:
        beside = offset_copy(at_right, ax.figure, x=8, units="points")  # type: ignore[arg-type]
        ax.plot(
            [1.0], [y], marker="o", markerfacecolor="white", markeredgecolor=colour,
            markersize=5, transform=beside, clip_on=False, zorder=5,
        )  # fmt: skip
    ax.annotate(
        text, (1.0, y), (15, 0), xycoords=at_right, textcoords="offset points",
        size=style.SMALL - 0.4, color=colour, va="center", annotation_clip=False,
    )  # fmt: skip
