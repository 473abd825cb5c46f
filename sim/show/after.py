"""Figure: what happens after the sentence, as cumulative shares by exit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.show import style, words
from sim.show.labels import write_ends
from sim.show.style import Drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiment.replicate import Replications

TITLE = "What happens after the sentence?"
MOST_PANELS = 4

#: Exits from below, in bands; what is left on top are the people who have not left.
BANDS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("Removed from Denmark", ("removed", "removed_from_short_sentence", "transferred_to_serve"),
     "#0072B2"),
    ("Removed from Kosovo", ("removed_from_kosovo",), "#003A5C"),
    ("Left voluntarily", ("left_voluntarily",), "#56B4E9"),
    ("Left, not registered", ("left_unregistered",), "#A6CEE3"),
    ("Travelled on from Kosovo", ("onward_travel",), "#AA4499"),
    ("Absconded", ("absconded",), "#E69F00"),
    ("Residence permit", ("permit",), "#009E73"),
    ("Died", ("died",), "#222222"),
)  # fmt: skip
REST = ("Still in the system", "#E4E4E4")


def after_sentence(replications: Sequence[Replications]) -> Drawing:
    """Draw third-country nationals for up to four scenarios, and EU citizens beside them."""
    shown = [(r, "third_country") for r in replications[:MOST_PANELS]]
    if len(shown) < MOST_PANELS and "eu_eea" in set(
        replications[0].tables["after_sentence"]["group"]
    ):
        shown.append((replications[0], "eu_eea"))
    rows = {1: [1], 2: [2], 3: [2, 1], 4: [2, 2]}[len(shown)]
    with style.look():
        figure = style.new_figure(1.6 + 3.2 * len(rows))
        top = style.header(figure, TITLE)
        bottom = style.footer(figure, _note(replications)) + 0.55
        axes = style.grid(figure, rows, top + 0.5, bottom, gap=2.5, right=2.3, between=1.0)
        for ax, (r, group) in zip(axes, shown, strict=True):
            shares(r, group, ax)
    caption = _caption(replications[:MOST_PANELS])
    alt = f"Stacked cumulative shares by exit over five years. {caption}"
    return Drawing("after_sentence", TITLE, figure, caption, alt)


def shares(r: Replications, group: str = "third_country", ax: Axes | None = None) -> Axes:
    """Draw the cumulative share of a group that has left in each way, by time since the sentence.

    Parameters
    ----------
    r
        The replications; means over them are drawn.
    group
        A nationality group of the scenario.
    ax
        Where to draw; a figure of its own by default.
    """
    with style.look():
        ax = style.own_axes(ax)
        table = mean_shares(r, group)
        years = table.index.to_numpy(float) / words.YEAR_DAYS
        floor = np.zeros(len(years))
        ends: list[tuple[float, str, str]] = []
        for title, exits, colour in BANDS:
            part = table.reindex(columns=list(exits), fill_value=0.0).sum(axis=1).to_numpy(float)
            if part[-1] < 0.0005:
                continue
            ax.fill_between(
                years, floor, floor + part, color=colour, linewidth=0.4, edgecolor="white"
            )
            ends.append((floor[-1] + part[-1] / 2, f"{title} {words.percent(part[-1])}", colour))
            floor = floor + part
        ax.fill_between(years, floor, 1, color=REST[1], linewidth=0)
        ends.append(((floor[-1] + 1) / 2, f"{REST[0]} {words.percent(1 - floor[-1])}", "#888888"))
        style.share_axis(ax)
        ax.set_xlim(0, years[-1])
        ax.set_xlabel("years since the end of the sentence")
        write_ends(ax, ends, 1.02)
        ax.set_title(f"{words.GROUP_TITLES[group]}\n{r.scenario.title}", fontsize=style.BODY)
    return ax


def mean_shares(r: Replications, group: str) -> pd.DataFrame:
    """Return mean cumulative shares: one row for each day, one column for each exit."""
    table = r.tables["after_sentence"]
    rows = table[table["group"] == group]
    return rows.pivot_table(
        index="days_after_sentence", columns="exit", values="share", aggfunc="mean", observed=True
    )


def _note(replications: Sequence[Replications]) -> str:
    more = len(replications) - MOST_PANELS
    only = f"Only the first {MOST_PANELS} scenarios are drawn. " if more > 0 else ""
    return (
        f"{only}Cumulative shares by exit (Aalen-Johansen), means over "
        f"{words.counted(min(r.number for r in replications), 'replication')}; the numbers are "
        "those after five years. People expelled whose sentence ends by release in the observed "
        "period; those not followed for five years are censored, not dropped."
    )


def _caption(replications: Sequence[Replications]) -> str:
    said = []
    for r in replications:
        table = mean_shares(r, "third_country")
        home = ["removed", "removed_from_kosovo", "left_voluntarily"]
        one = table.reindex(columns=home, fill_value=0.0).sum(axis=1)
        after = float(one.iloc[np.searchsorted(one.index, words.YEAR_DAYS)])
        gone = float(table.iloc[-1].get("absconded", 0.0))
        left = 1 - float(table.iloc[-1].sum())
        said.append(
            f"In {words.quoted(r.scenario.title)} {words.percent(after)} of third-country "
            f"nationals have gone home one year after the sentence, by force or not; after five years "
            f"{words.percent(float(one.iloc[-1]))} have, {words.percent(gone)} have absconded for "
            f"good and {words.percent(left)} are still in the system."
        )
    return " ".join(said)
