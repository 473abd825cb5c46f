"""Figure: how long people stay and are held, by stage and by origin, those still inside shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.show import style, words
from sim.show.style import Drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiment.replicate import Replications

TITLE = "How long are people held, and where do they wait?"
STAGES = (
    "remand",
    "danish_prison",
    "waiting_list",
    "rented_prison",
    "travel_document",
    "pre_removal_detention",
    "departure_centre",
    "breach_imprisonment",
    "limbo",
)
BY_ORIGIN = ("pre_removal_detention", "limbo")
MOST_SCENARIOS = 4
#: Origins with fewer spells a replication are left out: their quartiles say nothing.
FEWEST = 10
SHORTEST, LONGEST = 0.4, 16 * 365.25


def durations(replications: Sequence[Replications]) -> Drawing:
    """Draw median and quartiles of every stage, and of detention and limbo by origin."""
    shown = replications[:MOST_SCENARIOS]
    with style.look():
        figure = style.new_figure(9.4)
        top = style.header(figure, TITLE)
        if len(shown) > 1:
            top += style.key(figure, [r.scenario.title for r in shown], top, lines=False)
        bottom = style.footer(figure, _note(replications)) + 0.4
        axes = style.grid(
            figure, [1, 2], top + 0.3, bottom, left=2.3, right=0.75, gap=2.55, between=0.8,
            heights=[1.1, 1.2],
        )  # fmt: skip
        by_stage(shown, axes[0])
        for ax, stage in zip(axes[1:], BY_ORIGIN, strict=True):
            by_origin(shown[0], stage, ax)
    caption = _caption(shown)
    alt = f"Dots for medians with bars from lower to upper quartile, on a log scale. {caption}"
    return Drawing("durations", TITLE, figure, caption, alt)


def by_stage(replications: Sequence[Replications], ax: Axes | None = None) -> Axes:
    """Draw how long spells last in each stage, scenarios side by side."""
    with style.look():
        ax = style.own_axes(ax)
        titles = words.stage_titles(replications[0].scenario)
        tables = [_by(r, "durations", "stage") for r in replications]
        names = [
            s for s in STAGES if any(_key(r, s) in t.index for r, t in _pairs(replications, tables))
        ]
        gap = min(0.34, 0.8 / len(replications))
        for row, stage in enumerate(names):
            for number, (r, table) in enumerate(_pairs(replications, tables)):
                if _key(r, stage) in table.index:
                    y = row + (number - (len(replications) - 1) / 2) * gap
                    _bar(ax, y, table.loc[_key(r, stage)].squeeze(), number)
        _rows(ax, [titles[name] for name in names])
        ax.set_title("By stage")
    return ax


def by_origin(r: Replications, stage: str, ax: Axes | None = None) -> Axes:
    """Draw how long spells of one stage last, by group of countries of origin."""
    with style.look():
        ax = style.own_axes(ax)
        table = r.tables["durations_by_origin"]
        table = _summary(table[table["stage"] == _key(r, stage)], "origin")
        table = table[table["spells"] >= FEWEST].sort_values("median_days", na_position="last")
        for row, (_, values) in enumerate(table.iterrows()):
            _bar(ax, row, values, 0)
        _rows(ax, [r.scenario.origins[name].title for name in table.index], small=True)
        title = words.stage_titles(r.scenario)[stage]
        ax.set_title(f"{title}, by origin" if len(title) < 24 else title)
    return ax


def _pairs(
    replications: Sequence[Replications], tables: Sequence[pd.DataFrame]
) -> list[tuple[Replications, pd.DataFrame]]:
    return list(zip(replications, tables, strict=True))


def _key(r: Replications, stage: str) -> str:
    return words.stage_key(r.scenario, stage)


def _by(r: Replications, table: str, label: str) -> pd.DataFrame:
    return _summary(r.tables[table], label)


def _summary(table: pd.DataFrame, label: str) -> pd.DataFrame:
    """Average over replications; a quartile that some replication does not reach stays missing."""
    columns = ["lower_quartile_days", "median_days", "upper_quartile_days"]
    numbers = table[[label, "spells", "still_inside", *columns]].copy()
    numbers[columns] = numbers[columns].astype(float).fillna(np.inf)
    means = numbers.groupby(label, sort=False, observed=True).mean()
    return means.replace(np.inf, np.nan)


def _bar(ax: Axes, y: float, values: pd.Series, number: int) -> None:
    """Draw median and quartiles; an arrow where the upper quartile has not been reached."""
    colour = style.colour(number)
    low, middle, high = (
        values[f"{name}_days"] for name in ("lower_quartile", "median", "upper_quartile")
    )
    if np.isnan(low):
        return
    low = max(low, SHORTEST)
    right = LONGEST * 0.8 if np.isnan(high) else max(high, SHORTEST)
    ax.plot([low, right], [y, y], color=colour, linewidth=2.2, alpha=0.55, solid_capstyle="butt")
    if np.isnan(high):
        ax.plot([right], [y], marker=">", color=colour, markersize=6, clip_on=False)
    if not np.isnan(middle):
        ax.plot(
            [max(middle, SHORTEST)], [y], marker=style.marker(number), color=colour, markersize=6
        )
    if values["still_inside"] >= 0.5:
        ax.annotate(
            f"{values['still_inside']:,.0f} inside", (1, y), (4, 0),
            xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
            size=style.SMALL - 1.8, color=colour, annotation_clip=False,
        )  # fmt: skip


def _rows(ax: Axes, names: Sequence[str], *, small: bool = False) -> None:
    ax.set_yticks(range(len(names)), names, fontsize=style.SMALL - (1.4 if small else 0))
    ax.set_ylim(max(len(names), 1) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    style.time_axis(ax, SHORTEST, LONGEST, short=small)


def _note(replications: Sequence[Replications]) -> str:
    more = len(replications) - MOST_SCENARIOS
    only = f"Only the first {MOST_SCENARIOS} scenarios are drawn. " if more > 0 else ""
    return (
        f"{only}Dot: median; bar: from the lower to the upper quartile, both by Kaplan-Meier, "
        f"means over {words.counted(min(r.number for r in replications), 'replication')}. Arrow: fewer "
        "than three quarters have left. “Inside”: spells still open at the end of the simulation, "
        "counted as at least that long. Spells that begin in the observed period; log scale. "
        f"By origin: {words.quoted(replications[0].scenario.title)}, groups with at least {FEWEST} "
        "spells."
    )


def _caption(replications: Sequence[Replications]) -> str:
    first = replications[0]
    table = _by(first, "durations", "stage")
    titles = words.stage_titles(first.scenario)
    said = []
    for stage in ("rented_prison", "pre_removal_detention", "departure_centre", "limbo"):
        if _key(first, stage) in table.index:
            half = float(table["median_days"].loc[_key(first, stage)])
            said.append(f"{titles[stage]} {'not reached' if np.isnan(half) else words.span(half)}")
    return f"In {words.quoted(first.scenario.title)} the median stay is: {words.listed(said)}."
