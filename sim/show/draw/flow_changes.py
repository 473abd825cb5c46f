"""Panel: where people go in two scenarios, what is the same quiet and what differs loud."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sim.show import words
from sim.show.draw import style
from sim.show.draw.labels import spread
from sim.show.draw.ribbons import ribbon
from sim.show.facts.flow_changes import STEPS, Change, changes
from sim.show.facts.flows import title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiment.replications import Replications

#: The looks of what is the same, of what is more and of what is fewer.
_SAME: dict[str, Any] = {"facecolor": "#d9d6cf"}
_MORE: dict[str, Any] = {"facecolor": "#0072B2"}
_FEWER: dict[str, Any] = {"facecolor": "#fbe3cf", "edgecolor": "#B04A00", "hatch": "//////"}
#: Places of the steps across the panel, half the width of a bar, and share left between bars.
_AT, _HALF, _GAP = (0.24, 0.49, 0.745), 0.016, 0.045
#: Characters of a line of a label, step by step.
_CHARACTERS = (14, 16, 17)
_HEADS = ("Served the sentence", "Right after it", "Two years later")


def difference(base: Replications, other: Replications, ax: Axes) -> Axes:
    """Draw where people go from the end of their sentence, and what differs between scenarios.

    Parameters
    ----------
    base, other
        The scenarios; more and fewer are said of the second.
    ax
        Where to draw.
    """
    ax.set_axis_off()
    ax.set(xticks=[], yticks=[])
    ax.set_xlim(0, 1)
    steps = list(STEPS)
    nodes = [{key: one for (key,), one in changes(base, other, step).items()} for step in steps]
    if not nodes[0]:
        ax.text(0.5, 0.5, "Nobody’s sentence ends in the observed period.", ha="center")
        return ax
    ways = [changes(base, other, *pair) for pair in pairwise(steps)]
    rooms = [_rooms(n, nodes[n], ways) for n in range(len(steps))]
    total = max(sum(room.values()) for room in rooms)
    height = total * (1 + _GAP * (max(len(room) for room in rooms) - 1))
    ax.set_ylim(0, height)
    tops = [_tops(step, room, total, height) for step, room in zip(steps, rooms, strict=True)]
    for n, found in enumerate(ways):
        _ribbons(ax, found, (_AT[n] + _HALF, _AT[n + 1] - _HALF), tops[n], tops[n + 1],
                 STEPS[steps[n]][1])  # fmt: skip
    _scale(ax, total)
    for n, here in enumerate(nodes):
        _bars(ax, _AT[n], here, tops[n])
        _labels(ax, other, n, here, tops[n], rooms[n])
        ax.text(_AT[n] if n else _AT[0] + _HALF, 1.03, _HEADS[n], size=style.SMALL,
                color=style.GREY, ha=("right", "center", "left")[n], transform=ax.transAxes,
                )  # fmt: skip
    return ax


def _rooms(
    n: int, here: Mapping[str, Change], ways: Sequence[Mapping[tuple[str, ...], Change]]
) -> dict[str, float]:
    """Return how tall a place must be for what comes in, what goes out, and who is there."""
    rooms = {key: one.most for key, one in here.items()}
    for side, found in ((1, ways[n - 1] if n else {}), (0, ways[n] if n < len(ways) else {})):
        sums: dict[str, float] = {}
        for way, one in found.items():
            sums[way[side]] = sums.get(way[side], 0.0) + one.most
        rooms = {key: max(room, sums.get(key, 0.0)) for key, room in rooms.items()}
    return rooms


def _tops(step: str, rooms: Mapping[str, float], total: float, height: float) -> dict[str, float]:
    here = [key for key in STEPS[step][1] if key in rooms]
    gap = _GAP * total
    top = height - (height - sum(rooms.values()) - gap * (len(here) - 1)) / 2
    tops = {}
    for key in here:
        tops[key] = top
        top -= rooms[key] + gap
    return tops


def _scale(ax: Axes, total: float) -> None:
    """Draw how many people a width is."""
    people = next(n for n in (500, 200, 100, 50, 20, 10, 5, 2, 1) if n <= total / 7 or n == 1)
    ax.plot([0.012] * 2, [0, people], color=style.DARK, linewidth=1.6, solid_capstyle="butt")
    ax.text(0.03, people / 2, f"{people} people\na year", size=style.SMALL, va="center",
            color=style.DARK, linespacing=1.1)  # fmt: skip


def _looks(one: Change) -> list[tuple[float, dict[str, Any]]]:
    """Return what is drawn of a change: the common part, then what is more or fewer."""
    differs = _MORE if one.difference > 0 else _FEWER
    return [(one.common, _SAME), (abs(one.difference), differs)]


def _ribbons(
    ax: Axes, found: Mapping[tuple[str, ...], Change], edges: tuple[float, float],
    tops: Mapping[str, float], ends: Mapping[str, float], order: Sequence[str],
) -> None:  # fmt: skip
    left, right = dict(tops), dict(ends)
    for source in order:
        for target in STEPS["fate"][1]:
            one = found.get((source, target))
            for size, look in _looks(one) if one is not None else ():
                if size:
                    ribbon(ax, edges, left[source], right[target], size, linewidth=0,
                           zorder=2 if look is _SAME else 3, alpha=0.55 if look is _SAME else 1,
                           **look)  # fmt: skip
                    left[source], right[target] = left[source] - size, right[target] - size


def _bars(ax: Axes, x: float, here: Mapping[str, Change], tops: Mapping[str, float]) -> None:
    from matplotlib.patches import Rectangle

    for key, one in here.items():
        top = tops[key]
        for size, look in _looks(one):
            dark = {"facecolor": "#8f8b82"} if look is _SAME else look
            ax.add_patch(
                Rectangle((x - _HALF, top - size), 2 * _HALF, size, linewidth=0, zorder=4, **dark)
            )
            top -= size


def _labels(
    ax: Axes, other: Replications, n: int, here: Mapping[str, Change], tops: Mapping[str, float],
    rooms: Mapping[str, float],
) -> None:  # fmt: skip
    """Name the places of a step beside them, with people a year and how many more or fewer."""
    low, high = ax.get_ylim()
    tall = ax.get_position().height * ax.figure.get_size_inches()[1] * 72  # type: ignore[union-attr]
    line = style.SMALL * 1.3 / tall * (high - low)
    shown = sorted(here, key=lambda key: tops[key])
    middles = [tops[key] - rooms[key] / 2 for key in shown]
    texts = [_label(other, n, key, here[key]) for key in shown]
    lines = max((text.count("\n") + 1 for text in texts), default=1)
    side, away = ("right", -1) if n == 0 else ("left", 1)
    places = spread(middles, lines * line, low + line, high - line)
    for key, text, y in zip(shown, texts, places, strict=True):
        loud = bool(here[key].difference)
        ax.text(
            _AT[n] + away * (_HALF + 0.012), y, text, va="center", ha=side, size=style.SMALL,
            linespacing=1.1, color=style.DARK if loud else style.GREY,
            weight="bold" if loud else "normal", zorder=6,
            bbox={"facecolor": "white", "alpha": 0.72, "linewidth": 0, "pad": 0.6},
        )  # fmt: skip


def _label(r: Replications, n: int, key: str, one: Change) -> str:
    text = f"{title_of(r, key, later=n == len(STEPS) - 1)} {words.people(one.other)}"
    if one.difference:
        size = words.people(abs(one.difference))
        text += f" ({words.signed(one.difference, size)})"
    return "\n".join(textwrap.wrap(text, _CHARACTERS[n], break_long_words=False))
