"""Figure: where people go in two scenarios, what is the same quiet and what differs loud."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sim.language import mark, tr, trn
from sim.show import words
from sim.show.draw import style
from sim.show.draw.drawing import Drawing
from sim.show.draw.labels import spread
from sim.show.draw.page import page
from sim.show.draw.ribbons import ribbon
from sim.show.facts.data import ranged, runs_words
from sim.show.facts.flow_changes import STEPS, Change, changes, pairs_of
from sim.show.facts.flows import GROUP, UNKNOWN, flows, title_of
from sim.show.facts.plotted import plotted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiment.replications import Replications

TITLE = mark("What changes after the sentence?")
#: Inches of a panel, and above it.
_PANEL, _ABOVE, _LINE = 3.9, 0.28, 0.18
#: The looks of what is the same, of what is more and of what is fewer.
_SAME: dict[str, Any] = {"facecolor": "#d9d6cf"}
_MORE: dict[str, Any] = {"facecolor": "#0072B2"}
_FEWER: dict[str, Any] = {"facecolor": "#fbe3cf", "edgecolor": "#B04A00", "hatch": "//////"}
#: Places of the steps across the panel, half the width of a bar, and share left between bars.
_AT, _HALF, _GAP = (0.24, 0.49, 0.745), 0.016, 0.045
#: Characters of a line of a label, step by step.
_CHARACTERS = (14, 16, 17)
_HEADS = (mark("Served the sentence"), mark("Right after it"), mark("Two years later"))


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
        ax.text(0.5, 0.5, tr("Nobody’s sentence ends in the observed period."), ha="center")
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
    _scale(ax, total, height)
    for n, here in enumerate(nodes):
        _bars(ax, _AT[n], here, tops[n])
        _labels(ax, other, n, here, tops[n], rooms[n])
        ax.text(_AT[n] if n else _AT[0] + _HALF, 1.03, tr(_HEADS[n]), size=style.SMALL,
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


def _scale(ax: Axes, total: float, height: float) -> None:
    """Draw how many people a width is."""
    people = next(n for n in (500, 200, 100, 50, 20, 10, 5, 2, 1) if n <= total / 7 or n == 1)
    ax.plot(
        [0.012] * 2,
        [height - people, height],
        color=style.DARK,
        linewidth=1.6,
        solid_capstyle="butt",
    )
    text = tr("{number} people\na year", number=people)
    ax.text(0.03, height - people / 2, text, size=style.SMALL, va="center", color=style.DARK,
            linespacing=1.1)  # fmt: skip


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


def flow(replications: Sequence[Replications]) -> Drawing:
    """Draw what differs from the reference in where people go, for those that differ most.

    Returns
    -------
    Drawing
        A panel for each of up to two scenarios.
    """
    pairs = pairs_of(replications)
    message, note = _message(*pairs[0]), _note(replications)
    heads = ["\n".join(textwrap.wrap(_head(*pair), 56)) for pair in pairs]
    above = _ABOVE + _LINE * max(head.count("\n") + 1 for head in heads)
    with style.look():
        body = 0.1 + len(pairs) * (_PANEL + above)
        figure, top, bottom = page(tr(TITLE), message, note, body, style.NARROW)
        axes = style.grid(
            figure, [1] * len(pairs), top + above, bottom + 0.1, left=style.MARGIN,
            right=style.MARGIN, between=above,
        )  # fmt: skip
        for ax, pair, head in zip(axes, pairs, heads, strict=True):
            difference(*pair, ax)
            ax.set_title(head, size=style.BODY, pad=20)
    form = tr(
        "Ribbons from left to right in three steps, what is the same in grey, what differs loud."
    )
    caption = _caption(pairs, len(replications) - len(pairs) - 1)
    numbers = partial(plotted, "flow", replications)
    return Drawing("flow", tr(TITLE), figure, form, message, note, caption, numbers)


def _head(base: Replications, other: Replications) -> str:
    return tr(
        "{scenario}, against: {reference}",
        scenario=words.title_of(other.scenario),
        reference=words.title_of(base.scenario),
    )


def _message(base: Replications, other: Replications) -> str:
    """Say where most people more or fewer are two years after the sentence."""
    said = [_sentence(base, other, key, one) for key, one in _largest(base, other, "fate")]
    if said:
        return " ".join(said)
    return tr(
        "Two years after the sentence, as many people are at each place in {scenario} as in "
        "{reference}.",
        scenario=words.quoted(other.scenario.title),
        reference=words.quoted(base.scenario.title),
    )


def _largest(base: Replications, other: Replications, step: str) -> list[tuple[str, Change]]:
    """Return the two places that differ most."""
    found = sorted(changes(base, other, step).items(), key=lambda one: -abs(one[1].difference))
    return [(key, one) for (key,), one in found[:2] if one.difference]


def _sentence(base: Replications, other: Replications, key: str, one: Change) -> str:
    more = one.difference > 0
    sizes = one.difference, one.low, one.high
    values = {
        "place": title_of(other, key, later=True),
        "number": ranged([other], *(sizes if more else (-one.difference, -one.high, -one.low))),
        "scenario": words.quoted(other.scenario.title),
        "reference": words.quoted(base.scenario.title),
    }
    if more:
        return tr(
            "Two years after the sentence, {scenario} has on average {number} people a year more "
            "than {reference}: {place}.",
            **values,
        )
    return tr(
        "Two years after the sentence, {scenario} has on average {number} people a year fewer than "
        "{reference}: {place}.",
        **values,
    )


def _caption(pairs: Sequence[tuple[Replications, Replications]], left_out: int) -> str:
    base, first = pairs[0]
    abroad = changes(base, first, "served").get(("abroad",))
    people = words.people(sum(one.other for one in changes(base, first, "served").values()))
    said = [
        tr(
            "{abroad} of {people} people a year have served part of their sentence in {prison} "
            "({scenario}).",
            abroad=words.people(abroad.other if abroad else 0.0),
            people=people,
            prison=tr(first.scenario.rented_prison.title),
            scenario=words.title_of(first.scenario),
        ),
        *(_message(*pair) for pair in pairs[1:]),
    ]
    if left_out:
        said.append(
            trn(
                "{number} more scenario less unlike the reference, not drawn.",
                "{number} more scenarios less unlike the reference, not drawn.",
                left_out,
            )
        )
    return " ".join(said)


def _note(replications: Sequence[Replications]) -> str:
    said = [
        tr(
            "{people} whose sentence ends in the observed period; width: people a year, mean of "
            "{runs}. Grey: the same in both. Blue: more; hatched orange: fewer. Where blue and "
            "orange meet and grey goes on, the same people came by another way.",
            people=words.group_title(replications[0].scenario, GROUP),
            runs=runs_words(replications),
        )
    ]
    if any(way.fate == UNKNOWN for r in replications for way in flows(r)):
        said.append(
            tr("Not followed so long: the simulation ends less than two years after the sentence.")
        )
    return " ".join(said)
