"""Figures of a sensitivity analysis: rankings, tornado, trade-off, two kinds of uncertainty.

Each panel is a function that takes rows of a table of `sim.analysis.sensitivity` and axes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.sensitivity import STRENGTH
from sim.analysis.tables import records
from sim.language import trn
from sim.show.draw import style
from sim.show.draw.drawing import Drawing
from sim.show.draw.page import page
from sim.show.draw.rows import BAR, bar, ranked
from sim.show.words import counted, grouped, listed, points, significant
from sim.show.words.findings import (
    MEASURES,
    Quantity,
    outcome_title,
    printed_unit,
    quantities,
    scale,
    share_words,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.analysis.sensitivity.discovery import Discovery

#: Factors drawn in a panel, and inches of a row.
SHOWN, _ROW = 12, 0.27
TOLD, UNTOLD = style.COLOURS[0], style.PALE
LOW, HIGH = style.COLOURS[1], style.COLOURS[0]
IGNORANCE, CHANCE = "#9ecae1", "#08345e"


# ---------------------------------------------------------------------- panels


def ranking(rows: pd.DataFrame, kind: str, ax: Axes | None = None) -> Axes:
    """Draw the factors that matter most to one outcome as bars with intervals.

    Parameters
    ----------
    rows
        Rows of `sim.analysis.sensitivity.ranking` about one outcome of one scenario.
    kind
        Kind of the design.
    ax
        Where to draw; a figure of its own by default.
    """
    with style.look():
        ax = style.own_axes(ax)
        top = rows.sort_values("rank").head(SHOWN)
        by = scale(str(rows["outcome"].iloc[0])) if kind == "morris" and len(rows) else 1.0
        sizes = by * top[STRENGTH[kind]].to_numpy(float)
        places = np.arange(len(top))
        colours = np.where(top["told"], TOLD, UNTOLD)
        ax.barh(places, sizes, color=colours, height=BAR, zorder=2)
        if "first" in top:
            ax.barh(places + 0.21, np.clip(top["first"].to_numpy(float), 0, None),
                    color="#08345e", height=0.2, zorder=3)  # fmt: skip
        if "low" in top:
            _whiskers(ax, places, by * top["low"].to_numpy(), by * top["high"].to_numpy())
        if "chance" in top:
            ax.plot(by * top["chance"].to_numpy(float), places, "|", color=style.COLOURS[1],
                    markersize=9, markeredgewidth=1.8, zorder=4)  # fmt: skip
        _name_rows(ax, top["factor"])
        unit = printed_unit(str(rows["outcome"].iloc[0])) if kind == "morris" and len(rows) else ""
        ax.set_xlabel(MEASURES[kind][0] + (f", {unit}" if unit else ""))
        if kind in ("morris", "sobol"):
            ax.set_xlim(left=0)
        else:
            ax.axvline(0, color=style.GREY, linewidth=0.8)
    return ax


def morris(rows: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw Morris' plane of one outcome: how much a factor matters, and how unevenly.

    Only single factors have a place in it; groups have no sigma.

    Parameters
    ----------
    rows
        Rows of `sim.analysis.sensitivity.morris.screening` about one outcome of one scenario.
    ax
        Where to draw; a figure of its own by default.
    """
    with style.look():
        ax = style.own_axes(ax)
        single = rows[rows["sigma"].notna() & (rows["mu_star"] > 0)].sort_values("rank")
        by = scale(str(rows["outcome"].iloc[0])) if len(rows) else 1.0
        x, y = by * single["mu_star"].to_numpy(), by * single["sigma"].to_numpy(float)
        ax.scatter(x, y, s=26, color=np.where(single["told"], TOLD, UNTOLD), zorder=3,
                   edgecolor=style.GREY, linewidth=0.4)  # fmt: skip
        reach = 1.16 * max([*x, *y], default=1.0) or 1.0
        for slope, words in ((1.0, "σ = µ*: the effect depends on the others"), (0.1, "")):
            ax.plot([0, reach], [0, slope * reach], color=style.PALE, linewidth=0.8, zorder=1)
            ax.annotate(words, (0.97 * reach, 0.93 * reach * slope), ha="right", va="top",
                        size=style.SMALL - 1, color=style.GREY)  # fmt: skip
        _name_dots(ax, x[:4], y[:4], list(single["factor"][:4]), reach)
        ax.set_xlim(0, reach)
        ax.set_ylim(0, reach)
        unit = printed_unit(str(rows["outcome"].iloc[0])) if len(rows) else ""
        ax.set_xlabel(f"µ*, {unit}: how much it matters")
        ax.set_ylabel(f"σ, {unit}: how unevenly")
    return ax


def tornado(rows: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw one outcome at the low and at the high end of each factor.

    Parameters
    ----------
    rows
        Rows of `sim.analysis.sensitivity.swings.swings` about one outcome of one scenario.
    ax
        Where to draw; a figure of its own by default.
    """
    with style.look():
        ax = style.own_axes(ax)
        moved = rows[rows["swing"] != 0]
        top = (rows if moved.empty else moved).sort_values("rank").head(SHOWN)
        outcome = str(rows["outcome"].iloc[0])
        by = scale(outcome)
        for place, row in enumerate(records(top)):
            middle = by * row["middle"]
            for end, colour in (("at_low", LOW), ("at_high", HIGH)):
                value = by * row[end]
                bar(ax, place, middle, value, colour, alpha=1.0 if row["told"] else 0.3)
        _name_rows(ax, top["factor"])
        ax.axvline(by * float(top["middle"].iloc[0]), color=style.DARK, linewidth=0.9, zorder=3)
        ax.set_xlabel(f"{outcome_title(outcome)}, {printed_unit(outcome)}")
    return ax


def trade_off(found: Discovery, ax: Axes | None = None) -> Axes:
    """Draw the boxes on the way to the one chosen: the more they catch, the less purely.

    Parameters
    ----------
    found
        What was discovered.
    ax
        Where to draw; a figure of its own by default.
    """
    with style.look():
        ax = style.own_axes(ax)
        boxes = found.trade_off
        ax.plot(boxes["coverage"], boxes["density"], color=style.GREY, linewidth=0.9, zorder=1)
        dots = ax.scatter(boxes["coverage"], boxes["density"], c=boxes["restrictions"],
                          cmap="viridis_r", s=30, zorder=2)  # fmt: skip
        ticks = np.unique(boxes["restrictions"])
        ax.figure.colorbar(dots, ax=ax, label="restrictions", ticks=ticks)
        for number in np.flatnonzero(boxes["chosen"]):
            place = float(boxes["coverage"].iloc[number]), float(boxes["density"].iloc[number])
            ax.plot([place[0]], [place[1]], "o", markersize=12, markerfacecolor="none",
                    markeredgecolor=style.COLOURS[1], markeredgewidth=1.8, zorder=3)  # fmt: skip
            ax.annotate(f"box {number}, shown", place, (-8, -12), textcoords="offset points",
                        size=style.SMALL, ha="right", va="top")  # fmt: skip
        ax.set_xlabel("coverage: share of such points in the box")
        ax.set_ylabel("density: share of the box's points that are such")
        ax.set_xlim(0, 1.04)
        ax.set_ylim(0, 1.04)
    return ax


def two_kinds(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw for each outcome the spread of everything that is uncertain, and of chance alone.

    Bands are one standard deviation to each side of the mean, each row on its own scale: that of
    its wide band.

    Parameters
    ----------
    table
        As `sim.analysis.sensitivity.two_kinds`.
    ax
        Where to draw; a figure of its own by default.
    """
    with style.look():
        ax = style.own_axes(ax)
        known = table[table["ignorance_share"].notna()]
        for place, row in enumerate(records(known)):
            total = np.sqrt(row["chance"] + row["ignorance"])
            bar(ax, place, -1, 1, IGNORANCE)
            part = row["chance_sd"] / total
            bar(ax, place, -part, part, CHANCE, height=0.3, zorder=3)
            by, unit = scale(row["outcome"]), printed_unit(row["outcome"])
            ends = [significant(by * (row["mean"] + side * total)) for side in (-1, 1)]
            for side, text in zip((-1, 1), ends, strict=True):
                ax.annotate(text, (side, place), (5 * side, 0), textcoords="offset points",
                            va="center", ha="right" if side < 0 else "left",
                            size=style.SMALL - 0.4)  # fmt: skip
            ax.annotate(share_words(row), (1.83, place), va="center", size=style.SMALL,
                        annotation_clip=False)  # fmt: skip
            ax.annotate(unit, (1.78, place), va="center", ha="right", size=style.SMALL - 1.2,
                        color=style.GREY)  # fmt: skip
        names = [f"{outcome_title(q.outcome)}\n{q.what}" for q in quantities(known)]
        ax.set_yticks(range(len(names)), names)
        ax.set_ylim(len(names) - 0.4, -0.9)
        ax.set_xlim(-1.45, 2.75)
        ax.set_xticks([])
        ax.tick_params(axis="y", length=0)
        for edge in ("left", "bottom"):
            ax.spines[edge].set_visible(False)
        ax.annotate("share of ignorance", (1.83, -0.75), va="center", size=style.SMALL,
                    weight="bold")  # fmt: skip
        ax.annotate("mean ± 1 standard deviation", (0, -0.75), va="center", ha="center",
                    size=style.SMALL, weight="bold")  # fmt: skip
    return ax


def _whiskers(ax: Axes, places: Any, low: Any, high: Any) -> None:
    for place, left, right in zip(places, low, high, strict=True):
        ax.plot([max(left, 0.0), right], [place, place], color=style.DARK, linewidth=1, zorder=4)


def _name_rows(ax: Axes, factors: Iterable[str]) -> None:
    """Write the names of factors beside their rows, the first on top."""
    ranked(ax, [_broken(str(factor)) for factor in factors], style.SMALL - 1)


def _broken(name: str, most: int = 34) -> str:
    """Break the name of a factor after a dot or a space if it is long."""
    if len(name) <= most:
        return name
    cut = max(name.rfind(sign, 0, most) for sign in ". ")
    return f"{name[: cut + 1]}\n{name[cut + 1 :]}" if cut > 0 else name


def _name_dots(ax: Axes, x: Any, y: Any, names: Sequence[str], reach: float) -> None:
    """Write names beside dots, to the left of those at the right, none on top of another."""
    from sim.show.draw.labels import spread

    order = np.argsort(y)
    places = spread([float(y[n]) for n in order], 0.075 * reach, 0.02 * reach, 0.98 * reach)
    for n, place in zip(order, places, strict=True):
        left = x[n] > 0.5 * reach
        ax.annotate(
            names[n].partition("[")[0].rpartition(".")[2], (x[n], y[n]),
            (x[n] + (-0.03 if left else 0.03) * reach, place), va="center",
            ha="right" if left else "left", size=style.SMALL - 1.4, zorder=4,
            arrowprops={"arrowstyle": "-", "color": style.GREY, "linewidth": 0.5, "shrinkA": 0,
                        "shrinkB": 2},
        )  # fmt: skip


# ---------------------------------------------------------------------- figures


def ranking_figures(table: pd.DataFrame, kind: str) -> list[Drawing]:
    """Draw one figure for each outcome: what each scenario, and the difference, follows."""
    return [
        _ranking_figure(outcome, _of_interest(table, outcome), table, kind)
        for outcome in dict.fromkeys(table["outcome"])
    ]


def tornado_figures(table: pd.DataFrame, kind: str) -> list[Drawing]:
    """Draw one figure for each outcome: its value at both ends of each factor."""
    return [
        _tornado_figure(outcome, _of_interest(table, outcome), table, kind)
        for outcome in dict.fromkeys(table["outcome"])
    ]


def _of_interest(table: pd.DataFrame, outcome: str) -> list[Quantity]:
    """Return at most two quantities: the value in the scenario in question, and its difference."""
    mine = [quantity for quantity in quantities(table) if quantity.outcome == outcome]
    differences = [quantity for quantity in mine if quantity.reference is not None][:1]
    scenario = differences[0].scenario if differences else mine[0].scenario
    values = [q for q in mine if q.reference is None and q.scenario == scenario]
    return [*values, *differences]


def _ranking_figure(
    outcome: str, shown: Sequence[Quantity], table: pd.DataFrame, kind: str
) -> Drawing:
    title = f"What moves it? {outcome_title(outcome)}"
    message = " ".join(_ranking_message(q, table) for q in shown)
    panels: list[tuple[str, Callable[[Any], Any]]] = [
        (q.what, partial(ranking, q.of(table), kind)) for q in shown
    ]
    planes: list[tuple[str, Callable[[Any], Any]]] = []
    if kind == "morris":
        planes = [("", partial(morris, q.of(table))) for q in shown]
    figure = _laid_out(title, message, _RANKING_NOTES[kind], panels, planes)
    form = "Bars, one for each factor, the longest on top."
    return Drawing(f"ranking_{outcome}", title, figure, form, message, _RANKING_NOTES[kind])


_UNTOLD = "Grey: the interval reaches what chance could do."
_RANKING_NOTES = {
    "morris": (
        "Bar: mean size of the elementary effects (µ*), line: 95 % bootstrap interval over "
        "trajectories, orange mark: what chance alone stays under in 95 of 100 cases. "
        + _UNTOLD
        + " Below: σ is large where the effect depends on other factors, or is curved; single "
        "factors only, groups have no σ."
    ),
    "sobol": (
        "Light bar: total index, dark bar: first-order index (the factor alone), line: 95 % "
        "interval of the total (bootstrap), orange mark: what chance alone stays under in 95 of "
        "100 cases. " + _UNTOLD + " What the light bar has beyond the dark one is interaction."
    ),
    "latin_hypercube": (
        "Spearman's rank correlation over the points. Grey: cannot be told from the chance of the "
        "sample (Holm's rule)."
    ),
    "one_at_a_time": "Swing between the two ends of a factor, as a share of the largest.",
}
_TORNADO_NOTES = {
    "one_at_a_time": "Ends of the range, all other factors as stated; line: nothing changed.",
    "morris": (
        "Half the mean effect to both sides of the mean over all points, the other factors being "
        "anywhere, the step extended to the whole range. Groups have no direction and are left out."
    ),
    "sample": (
        "Mean over the lowest and the highest fifth of the factor, the other factors being "
        "anywhere in their ranges; line: mean over all points."
    ),
}


def _ranking_message(quantity: Quantity, table: pd.DataFrame) -> str:
    mine = quantity.of(table).sort_values("rank")
    factors = list(mine[mine["told"].astype(bool)]["factor"])
    if not factors:
        return f"{quantity.what}: no factor can be told from chance."
    number = f"{counted(len(factors), 'factor')} of {len(mine)}"
    first = f"{'the largest are ' if len(factors) > 1 else ''}{listed(factors[:3])}"
    return f"{quantity.what}: {number} can be told from chance; {first}."


def _tornado_figure(
    outcome: str, shown: Sequence[Quantity], table: pd.DataFrame, kind: str
) -> Drawing:
    title = f"How far does it swing? {outcome_title(outcome)}"
    message = " ".join(_tornado_message(q, table) for q in shown)
    note = _TORNADO_NOTES.get(kind, _TORNADO_NOTES["sample"])
    note = f"Orange: low end, blue: high end of a factor; pale where chance could do it. {note}"
    panels: list[tuple[str, Callable[[Any], Any]]] = [
        (q.what, partial(tornado, q.of(table))) for q in shown
    ]
    figure = _laid_out(title, message, note, panels, [])
    form = "Bars to both sides of a line, one for each factor, the longest on top."
    return Drawing(f"tornado_{outcome}", title, figure, form, message, note)


def _tornado_message(quantity: Quantity, table: pd.DataFrame) -> str:
    first = quantity.of(table).sort_values("rank").iloc[0]
    by = scale(quantity.outcome)
    return (
        f"{quantity.what}: from {significant(by * first['at_low'])} to "
        f"{significant(by * first['at_high'])} {quantity.unit} with {first['factor']}."
    )


def _laid_out(
    title: str,
    message: str,
    note: str,
    upper: Sequence[tuple[str, Callable[[Any], Any]]],
    lower: Sequence[tuple[str, Callable[[Any], Any]]],
) -> Any:
    """Lay out panels side by side, others below them."""
    with style.look():
        tall = 0.6 + _ROW * SHOWN
        on = page(title, message, note, 0.64 + tall + (3.9 if lower else 0.0))
        rows = [len(upper), len(lower)] if lower else [len(upper)]
        heights = [tall, 3.2] if lower else None
        axes = style.grid(
            on.figure, rows, on.top + 0.3, on.bottom + 0.5, left=2.45, gap=2.5, heights=heights
        )
        for ax, (words, draw) in zip(axes, [*upper, *lower], strict=True):
            draw(ax)
            ax.set_title(words)
    return on.figure


def kinds_figure(table: pd.DataFrame) -> Drawing:
    """Draw both kinds of uncertainty of all outcomes."""
    known = table[table["ignorance_share"].notna()].reset_index(drop=True)
    title = "What is chance, and what is ignorance?"
    more = int((known["ignorance_share"] > 0.5).sum())
    message = trn(
        "In {more} of {number} quantity most of the variance comes from what nobody knows about "
        "the parameters, not from chance.",
        "In {more} of {number} quantities most of the variance comes from what nobody knows about "
        "the parameters, not from chance.",
        len(known),
        more=more,
    )
    note = (
        "Wide band: one future, everything uncertain. Narrow band: one future if every parameter "
        "were known, which is chance alone. Each row has its own scale. Ignorance is the variance "
        "between the points of the design, over ranges in which every value counts alike."
    )
    with style.look():
        on = page(title, message, note, 0.64 + 0.44 * (len(known) + 1))
        (ax,) = style.grid(on.figure, [1], on.top + 0.1, on.bottom + 0.1, left=3.0)
        two_kinds(known, ax)
    form = "A wide and a narrow band for each outcome."
    return Drawing("two_kinds", title, on.figure, form, message, note)


def trade_off_figure(found: Discovery, number: int) -> Drawing:
    """Draw the trade-off behind a discovery."""
    title = f"When does it hold? {found.condition}"
    message = f"It holds at {grouped(found.cases)} of {grouped(found.points)} points."
    if found.boxes:
        box = found.boxes[0]
        message += (
            f" The rules shown catch {points(box.coverage)} of them, and hold in "
            f"{points(box.density)} of the points they catch."
        )
    note = "Each dot is a box that PRIM peeled off, from the whole sample (right) to a small one."
    with style.look():
        on = page(title, message, note, 3.9, width=7.0)
        (ax,) = style.grid(on.figure, [1], on.top + 0.1, on.bottom + 0.5)
        trade_off(found, ax)
    form = "A curve of coverage and density."
    return Drawing(f"trade_off_{number}", title, on.figure, form, message, note)
