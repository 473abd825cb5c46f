"""A ribbon from one bar to the next, as wide as people on the way are many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def ribbon(
    ax: Axes, edges: tuple[float, float], top: float, end: float, size: float, **look: Any
) -> None:
    """Draw a ribbon between two places.

    Parameters
    ----------
    ax
        Where.
    edges
        Where it begins and ends from left to right.
    top, end
        Its upper edge at the left and at the right.
    size
        How wide it is.
    **look
        Colours and patterns.
    """
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    x, beyond = edges
    middle = (x + beyond) / 2
    corners = [(x, top), (middle, top), (middle, end), (beyond, end), (beyond, end - size),
               (middle, end - size), (middle, top - size), (x, top - size), (x, top)]  # fmt: skip
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    ax.add_patch(PathPatch(Path(corners, codes), **look))
