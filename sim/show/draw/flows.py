"""Figure: where people go from the end of their sentence, as ribbons as wide as they are many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from sim.language import mark, tr
from sim.numbers import grouped
from sim.show import words
from sim.show.draw import flow_changes, style
from sim.show.draw.drawing import Drawing
from sim.show.draw.page import page
from sim.show.draw.ribbons import ribbon
from sim.show.facts.data import runs_words
from sim.show.facts.flows import (
    ABSCONDED,
    CENTRE,
    DETENTION,
    GROUP,
    HOME,
    HOST,
    OTHER,
    OUTSIDE,
    SERVED,
    STAYING,
    UNKNOWN,
    Flow,
    destinations,
    flows,
    people_by,
    title_of,
)
from sim.show.facts.plotted import plotted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiment.replications import Replications

TITLE = mark("Where do people go from the end of their sentence?")

#: Share of all people below which a label is left out.
SMALL_SHARE = 0.012
#: Ends of ribbons from above, with their colours.
_COLOURS = {
    HOME: "#2c7fb8",
    HOST: "#08345e",
    DETENTION: "#8c6bb1",
    OUTSIDE: "#7fb8a4",
    CENTRE: "#b8a878",
    ABSCONDED: "#ef8a3c",
    STAYING: "#f2b705",
    OTHER: "#8c8c8c",
    UNKNOWN: "#e4e0d8",
}
_NODE, _GAP = 0.035, 0.03


def alluvial(r: Replications, ax: Axes | None = None) -> Axes:
    """Draw the flow of people from the end of their sentence, in three steps.

    Parameters
    ----------
    r
        Replications of a scenario; means over them are drawn.
    ax
        Where to draw; a figure of its own by default.
    """
    with style.look():
        ax = style.own_axes(ax)
        found = flows(r)
        ax.set_axis_off()
        ax.set(xticks=[], yticks=[])
        ax.set_xlim(0, 1)
        total = destinations(r).people
        if not total:
            ax.text(0.5, 0.5, "Nobody’s sentence ends in the observed period.", ha="center")
            return ax
        steps = ("served", "next", "fate")
        orders: list[Sequence[str]] = [SERVED, tuple(_COLOURS), tuple(_COLOURS)]
        height = total * (1 + _GAP * (len(_COLOURS) - 1))
        ax.set_ylim(0, height)
        places = []
        at = (0.19, 0.47, 0.73)
        for x, step, order in zip(at, steps, orders, strict=True):
            sizes = {ways[0]: people for ways, people in people_by(found, step).items()}
            places.append(_nodes(ax, r, x, sizes, order, height, total))
        for n, (one, other) in enumerate((("served", "next"), ("next", "fate"))):
            edges = at[n] + _NODE / 2, at[n + 1] - _NODE / 2
            _ribbons(ax, found, one, other, edges, places[n], places[n + 1], orders[n])
        heads = (tr("Served the sentence"), tr("Right after it"), tr("Two years later"))
        for x, head in zip(at, heads, strict=True):
            ax.text(x, 1.02, head, size=style.SMALL, color=style.GREY, ha="center",
                    transform=ax.transAxes)  # fmt: skip
    return ax


def _nodes(
    ax: Axes,
    r: Replications,
    x: float,
    sizes: Mapping[str, float],
    order: Sequence[str],
    height: float,
    total: float,
) -> dict[str, float]:
    """Draw the bars of one step from above, with their labels; return the top of each."""
    from matplotlib.patches import Rectangle

    here = [key for key in order if sizes.get(key)]
    gap = (height - total) / max(1, len(here) - 1) if len(here) > 1 else 0.0
    gap = min(gap, _GAP * total)
    top = height - (height - total - gap * (len(here) - 1)) / 2
    tops = {}
    for key in here:
        size = sizes[key]
        tops[key] = top
        ax.add_patch(Rectangle((x - _NODE / 2, top - size), _NODE, size, linewidth=0,
                               facecolor=_COLOURS.get(key, style.GREY), zorder=3))  # fmt: skip
        if size / total >= SMALL_SHARE:
            left, title = x < 0.3, title_of(r, key, later=x > 0.6)
            ax.text(x + (-1 if left else 1) * (_NODE / 2 + 0.008), top - size / 2,
                    f"{title}  {words.percent(size / total)}", va="center",
                    ha="right" if left else "left", size=style.SMALL, zorder=6,
                    bbox={"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 0.8},
                    )  # fmt: skip
        top -= size + gap
    return tops


def _ribbons(
    ax: Axes, found: Sequence[Flow], one: str, other: str, edges: tuple[float, float],
    tops: Mapping[str, float], ends: Mapping[str, float], order: Sequence[str],
) -> None:  # fmt: skip
    """Draw the ribbons between two steps, in the colour of what comes after."""
    sizes = people_by(found, one, other)
    left, right = dict(tops), dict(ends)
    for source in order:
        for target in _COLOURS:
            size = sizes.get((source, target), 0.0)
            if not size:
                continue
            a, b = left[source], right[target]
            left[source], right[target] = a - size, b - size
            ribbon(ax, edges, a, b, size, facecolor=_COLOURS[target], alpha=0.45, linewidth=0,
                   zorder=2)  # fmt: skip


def flow(replications: Sequence[Replications]) -> Drawing:
    """Draw the flow of one scenario; of several, what differs from the reference."""
    if len(replications) > 1:
        return flow_changes.flow(replications)
    [r] = replications
    message = _message(r)
    who = words.group_title(r.scenario, GROUP)
    note = tr(
        "{who} whose sentence ends in the observed period; width: people a year, mean over {runs}. "
        "Colour: where they go next.",
        who=who,
        runs=runs_words(replications),
    )
    note = f"{note} {_unknown_words(replications)}".strip()
    with style.look():
        figure, top, bottom = page(tr(TITLE), message, note, 3.79)
        [ax] = style.grid(figure, [1], top + 0.42, bottom + 0.1, left=0.2, right=0.2)
        alluvial(r, ax)
        ax.set_title(words.title_of(r.scenario), pad=22)
    form = tr("Ribbons from left to right in three steps.")
    caption, numbers = _caption(r), partial(plotted, "flow", replications)
    return Drawing("flow", tr(TITLE), figure, form, message, note, caption, numbers)


def _unknown_words(shown: Sequence[Replications]) -> str:
    """Say what it means that some are not followed, if there are any."""
    if not any(flow.fate == UNKNOWN for r in shown for flow in flows(r)):
        return ""
    return tr(
        "Not followed so long: the simulation ends less than two years after the sentence; shares "
        "in the last step are of all, followed or not."
    )


def _message(r: Replications) -> str:
    """Say where most people go in a scenario."""
    found = destinations(r)
    if not found.people:
        return tr(
            "In {scenario}, nobody’s sentence ends in the period.",
            scenario=words.quoted(r.scenario.title),
        )
    if found.followed:
        home = words.percent(found.home_later / found.followed)
        gone = words.percent(found.absconded_later / found.followed)
        share = words.percent(found.followed / found.people)
        if found.followed == found.people:
            later = tr(
                "two years later {home} have left for home and {gone} have absconded",
                home=home,
                gone=gone,
            )
        else:
            later = tr(
                "two years later, of the {share} followed so long, {home} have left for home and "
                "{gone} have absconded",
                share=share,
                home=home,
                gone=gone,
            )
    else:
        later = tr("nobody is followed for two years")
    return tr(
        "In {scenario}, {people} third-country nationals a year come to the end of their sentence: "
        "{home} leave for home at once, {detained} are detained; {later}.",
        scenario=words.quoted(r.scenario.title),
        people=grouped(found.people),
        home=words.percent(found.home_at_once / found.people),
        detained=words.percent(found.detained_at_once / found.people),
        later=later,
    )


def _caption(r: Replications) -> str:
    abroad = people_by(flows(r), "served").get(("abroad",), 0.0)
    return tr(
        "{people} people a year have served part of their sentence in {prison}.",
        people=words.people(abroad),
        prison=tr(r.scenario.rented_prison.title),
    )
