"""Figure: where people are, stacked over time, one panel for each of up to four scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.show import style, words
from sim.show.data import Series, over_time
from sim.show.facilities import period_words
from sim.show.labels import write_ends
from sim.show.over_time import mark_term, time_frame
from sim.show.style import Drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiment.replicate import Replications

TITLE = "Where are the people of the model?"
MOST_PANELS = 4

#: Bands from below, by the stages they are made of; related stages have related colours.
BANDS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("Not yet in prison", ("at_liberty",), "#D9D9D9"),
    ("Remand", ("remand",), "#9ECAE1"),
    ("Danish prison", ("danish_prison", "selection", "waiting_list", "temporary_return"),
     "#4292C6"),
    ("{rented}", ("rented_prison", "return_queue"), "#08306B"),
    ("Detention", ("pre_removal_detention", "detention_queue"), "#D55E00"),
    ("{centre}", ("departure_centre",), "#E6B84A"),
    ("Prison for breach", ("breach_imprisonment",), "#8C5A00"),
    ("At large", ("at_large", "kosovo_asylum", "kosovo_at_large", "kosovo_detention"),
     "#777777"),
)  # fmt: skip


def stages(replications: Sequence[Replications]) -> Drawing:
    """Draw the mean number of people in each stage, stacked, for the first four scenarios."""
    shown = replications[:MOST_PANELS]
    rows = {1: [1], 2: [2], 3: [3], 4: [2, 2]}[len(shown)]
    with style.look():
        figure = style.new_figure(1.6 + 3.3 * len(rows))
        top = style.header(figure, TITLE)
        bottom = style.footer(figure, _note(replications)) + 0.36
        axes = style.grid(figure, rows, top + 0.32, bottom, gap=2.0, right=1.5, between=0.72)
        highest = max(np.sum([s.mean for _, s, _ in _stack(r)], axis=0).max() for r in shown)
        for ax, r in zip(axes, shown, strict=True):
            stack(r, ax, highest=float(highest))
    caption = _caption(shown)
    alt = f"Stacked areas over time, one panel for each scenario. {caption}"
    return Drawing("stages", TITLE, figure, caption, alt)


def stack(r: Replications, ax: Axes | None = None, *, highest: float | None = None) -> Axes:
    """Draw one scenario's people by stage, stacked over time.

    Parameters
    ----------
    r
        The replications; means over them are drawn.
    ax
        Where to draw; a figure of its own by default.
    highest
        Top of the vertical axis, so that panels can be compared.
    """
    with style.look():
        ax = style.own_axes(ax)
        time_frame(ax, [r])
        bands = _stack(r)
        floor = np.zeros_like(bands[0][1].mean)
        ends: list[tuple[float, str, str]] = []
        for title, series, colour in bands:
            ceiling = floor + series.mean
            ax.fill_between(
                series.days, floor, ceiling, color=colour, linewidth=0.5, edgecolor="white"
            )
            at = int(np.argmax(series.mean)) if series.mean[-3] < 15 else len(floor) - 3
            ends.append(
                (float((floor[at] + ceiling[at]) / 2), f"{title} {series.typical:,.0f}", colour)
            )
            floor = ceiling
        top = 1.12 * (highest if highest is not None else float(floor.max()))
        ax.set_ylim(0, top)
        ax.set_ylabel("people")
        write_ends(ax, ends, top)
        mark_term(ax, [r])
        ax.set_title(r.scenario.title)
    return ax


def _stack(r: Replications) -> list[tuple[str, Series, str]]:
    """Return title, mean over time and colour of every band that is ever used."""
    names = {"rented": r.scenario.rented_prison.title, "centre": r.scenario.departure_centre.title}
    found = []
    for title, members, colour in BANDS:
        keys = [words.stage_key(r.scenario, member) for member in members]
        parts = [s for s in (over_time(r, "census", key) for key in keys) if s is not None]
        total = sum((part.mean for part in parts), start=np.zeros_like(parts[0].mean))
        if total.max() >= 0.5:
            whole = Series(
                parts[0].days, parts[0].dates, total, total, total, float(total.max()),
                parts[0].observed,
            )  # fmt: skip
            found.append((title.format(**names), whole, colour))
    return found


def _note(replications: Sequence[Replications]) -> str:
    left_out = len(replications) - MOST_PANELS
    more = f"Only the first {MOST_PANELS} scenarios are drawn. " if left_out > 0 else ""
    number = min(r.number for r in replications)
    return (
        f"{more}Height of a band: mean over {words.counted(number, 'replication')}; the number "
        f"beside a name is the mean of the observed period. {period_words(replications)} "
        "Selection, waiting list and trips to Denmark count as Danish prison; people in Kosovo after their "
        "sentence as at large. Only people of the model: other prisoners are not drawn."
    )


def _caption(replications: Sequence[Replications]) -> str:
    said = []
    for r in replications:
        bands = sorted(_stack(r), key=lambda band: -band[1].typical)
        total = sum(series.typical for _, series, _ in bands)
        most = [f"{title} {series.typical:,.0f}" for title, series, _ in bands[:3]]
        said.append(
            f"In {words.quoted(r.scenario.title)} {total:,.0f} people are in the system on "
            f"average, most of them here: {words.listed(most)}."
        )
    return " ".join(said)
