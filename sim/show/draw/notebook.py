"""A panel on axes of its own, as a notebook shows it, and the key below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sim.experiment.replications import Replications
from sim.show.draw import (
    style,
)
from sim.show.draw.letters import in_key, see_that_drawable
from sim.show.draw.over_time import LABELLED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def drawn(
    panel: Callable[[Axes], Axes],
    ax: Axes | None,
    *,
    height: float = 3.8,
    width: float = 8.0,
    top: float = 0.4,
    bottom: float = 0.5,
    left: float = 0.7,
    right: float = 0.2,
) -> Axes:
    """Draw a panel on the axes given, or on a new figure; distances in inches."""
    new = _new_figure(width, height) if ax is None else None
    with style.look():
        if ax is None:
            assert new is not None
            ax = style.grid(new, [1], top, bottom, left=left, right=right)[0]
        found = panel(ax)
        # Ticks that are made only when a figure is drawn would have the look of another moment.
        see_that_drawable(_figure_of(found))
        _figure_of(found).draw_without_rendering()
    return found


def _new_figure(width: float, height: float) -> Figure:
    """Return a figure that a notebook shows.

    It is made outside our look: with its first figure a notebook chooses how to show all others,
    and that choice must outlast the look.
    """
    from matplotlib import pyplot

    return pyplot.figure(figsize=(width, height), facecolor="white", layout="none")


def _figure_of(ax: Axes) -> Figure:
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def with_key(shown: Sequence[Replications], ax: Axes) -> Axes:
    """Name the lines below the panel where they are too many to be named beside them."""
    if len(shown) > LABELLED:
        key(ax, [r.scenario.title for r in shown])
    return ax


def key(ax: Axes, titles: Sequence[str], *, lines: bool = True, alike: bool = False) -> None:
    """Name scenarios below a panel, by their lines or their markers."""
    from matplotlib.lines import Line2D

    looks: list[dict[str, Any]] = [
        {"linestyle": style.dash(n)} if lines else {"linewidth": 0, "marker": style.marker(n)}
        for n in range(len(titles))
    ]
    handles = [Line2D([], [], color=style.colour(n), **look) for n, look in enumerate(looks)]
    names = list(titles)
    if alike:
        handles.append(Line2D([], [], color=style.DARK, marker="o", linewidth=0))
        names.append("both alike" if len(titles) == 2 else "all alike")
    below = -0.45 / (ax.get_position().height * _figure_of(ax).get_figheight())
    with style.look():
        ax.legend(
            handles, [in_key(name) for name in names], loc="upper left",
            bbox_to_anchor=(0, below), ncol=min(len(names), 3), frameon=False,
            fontsize=style.SMALL, handlelength=2.6 if lines else 1.2,
            borderaxespad=0,
        )  # fmt: skip
