"""Labels beside what they name: found a free spot by trying, spread when they would overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.show.draw.style import SMALL, Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

_GAPS = (3.0, 9.0, 18.0, 30.0, 45.0, 65.0)
_STEPS = 25


@dataclass(frozen=True)
class LineLabel:
    """A text to stand beside a line, given by its points in data coordinates."""

    text: str
    colour: str
    x: Floats
    y: Floats
    rival: bool = True
    """Whether other labels shun stretches where this line hides theirs."""


def outlined(width: float = 2.6, colour: str = "white") -> list[Any]:
    """Return an outline, so that text stays legible on what lies below."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=width, foreground=colour)]


def label_lines(ax: Axes, labels: Sequence[LineLabel], size: float = SMALL) -> list[Text]:
    """Write each label beside its line, where it covers no line and no other text.

    Every spot along the line, above and below it, is tried, and the one with the least under it
    is taken; of equals, the one nearest to the line.
    """
    renderer = ax.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    lines = [_pixels(ax, line.get_xdata(), line.get_ydata()) for line in ax.lines]
    taken = [
        np.asarray(text.get_window_extent(renderer).extents, np.float64)
        for text in ax.texts
        if text.get_text()
    ]
    owns = [_pixels(ax, label.x, label.y) for label in labels]
    written = []
    for number, label in enumerate(labels):
        text = ax.text(
            0, 0, label.text, size=size, color=label.colour, ha="left", va="bottom",
            path_effects=outlined(), zorder=6, linespacing=1.1,
        )  # fmt: skip
        box = text.get_window_extent(renderer)
        rivals = [o for n, o in enumerate(owns) if n != number and labels[n].rival]
        spot = _best(ax, owns[number], lines, rivals, taken, (box.width, box.height))
        left, bottom = spot
        x, y = ax.transData.inverted().transform((left, bottom))
        text.set_position((float(x), float(y)))
        taken.append(np.array([left, bottom, left + box.width, bottom + box.height]))
        written.append(text)
    return written


def _pixels(ax: Axes, x: Any, y: Any) -> Floats:
    """Return a line as pixels, dense enough that none of it slips through a box."""
    if ax.get_xscale() != "linear":
        raise ValueError("labels are only placed on a linear axis")
    points = np.column_stack([np.asarray(x, float), np.asarray(y, float)])
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) > 1:
        at = np.linspace(0, len(points) - 1, max(400, len(points)))
        known = np.arange(len(points))
        points = np.column_stack([np.interp(at, known, points[:, n]) for n in (0, 1)])
    return np.asarray(ax.transData.transform(points), float).reshape(-1, 2)


def _best(
    ax: Axes,
    own: Floats,
    lines: Sequence[Floats],
    rivals: Sequence[Floats],
    taken: Sequence[Floats],
    size: tuple[float, float],
) -> tuple[float, float]:
    frame, (wide, tall) = np.asarray(ax.get_window_extent().extents, np.float64), size
    best, least = (float(frame[0]), float(frame[1])), np.inf
    spots = np.linspace(frame[0] + 4, max(frame[0] + 4, frame[2] - wide - 3), _STEPS)
    for place, left in enumerate(spots):
        under = own[(own[:, 0] >= left) & (own[:, 0] <= left + wide), 1]
        if not len(under):
            continue
        hidden = 3 * _hidden(own, rivals, float(left), float(left + wide))
        for gap in _GAPS:
            for bottom in (under.max() + gap, under.min() - gap - tall):
                box = np.array([left, bottom, left + wide, bottom + tall])
                cost = _cost(box, frame, lines, taken) + gap / 10
                cost += hidden + abs(place / (_STEPS - 1) - 0.6) / 10
                if cost < least:
                    best, least = (float(left), float(bottom)), cost
    return best


def _hidden(own: Floats, rivals: Sequence[Floats], left: float, right: float) -> float:
    """Return the share of a stretch of a line that another line hides."""
    mine = own[(own[:, 0] >= left) & (own[:, 0] <= right)]
    shares = [
        np.mean(np.abs(np.interp(mine[:, 0], p[:, 0], p[:, 1]) - mine[:, 1]) < 6) for p in rivals
    ]
    return float(max(shares, default=0.0))


def _cost(box: Floats, frame: Floats, lines: Sequence[Floats], taken: Sequence[Floats]) -> float:
    if box[1] < frame[1] + 1 or box[3] > frame[3] - 1:
        return 1e6
    covered = sum(
        bool(
            np.any(
                (p[:, 0] > box[0] - 2) & (p[:, 0] < box[2] + 2)
                & (p[:, 1] > box[1] - 1) & (p[:, 1] < box[3] + 1)
            )
        )
        for p in lines
    )  # fmt: skip
    overlaps = sum(
        box[0] < t[2] + 3 and t[0] < box[2] + 3 and box[1] < t[3] + 1 and t[1] < box[3] + 1
        for t in taken
    )
    return float(10.0 * covered + 100.0 * overlaps)


def spread(wanted: Sequence[float], distance: float, low: float, high: float) -> list[float]:
    """Move ascending positions apart as little as needed, within limits.

    Parameters
    ----------
    wanted
        Positions, ascending.
    distance
        Least distance between neighbours.
    low, high
        Limits; `distance` shrinks if there is not enough room.
    """
    if not len(wanted):
        return []
    distance = min(distance, (high - low) / max(1, len(wanted) - 1))
    steps = np.arange(len(wanted)) * distance
    # Least squares under "ascending after the steps are taken off": pool adjacent violators.
    pools: list[list[float]] = []
    for value in np.asarray(wanted, float) - steps:
        pools.append([value, 1.0])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            value_2, weight_2 = pools.pop()
            value_1, weight_1 = pools.pop()
            weight = weight_1 + weight_2
            pools.append([(value_1 * weight_1 + value_2 * weight_2) / weight, weight])
    base = np.concatenate([np.full(int(weight), value) for value, weight in pools])
    return [float(p) for p in np.clip(base, low, high - steps[-1]) + steps]


def label_bands(
    ax: Axes, x: float, bands: Sequence[tuple[float, float, str, str]], size: float = SMALL
) -> None:
    """Write a label to the right of each band of a stack, with a thin line to its end.

    Parameters
    ----------
    ax
        The axes; their vertical limits are final.
    x
        Right end of the bands.
    bands
        Lower edge, upper edge, text and colour of each, from below.
    size
        Size of the text in points.
    """
    low, high = ax.get_ylim()
    points = ax.get_position().height * ax.figure.get_size_inches()[1] * 72  # type: ignore[union-attr]
    line = size * 1.32 / points * (high - low)
    lines = [text.count("\n") + 1 for *_, text, _ in bands]
    middles = [(lower + upper) / 2 for lower, upper, *_ in bands]
    places = spread(middles, line * max(lines, default=1), low + line / 2, high - line / 2)
    for (_, _, text, colour), middle, place in zip(bands, middles, places, strict=True):
        ax.annotate(
            text, (x, middle), (14, (place - middle) / (high - low) * points),
            textcoords="offset points", va="center", ha="left", size=size, color=colour,
            annotation_clip=False, linespacing=1.1,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.8,
                        "shrinkA": 0, "shrinkB": 1, "relpos": (0, 0.5)},
        )  # fmt: skip
