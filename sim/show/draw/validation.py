"""Figure: the model beside what was published."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.tables import records
from sim.analysis.validation import AGREES, MISSED, SET
from sim.show.draw.drawing import Drawing
from sim.show.draw.page import page
from sim.show.draw.rows import accepted, name_rows, spread
from sim.show.draw.style import COLOURS, DARK, GREY, MARGIN, SMALL, WASH, WIDTH, look
from sim.show.words import counted, in_unit
from sim.show.words.validation import summary

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.analysis.validation import Validation
    from sim.scenario.schema import Scenario


_COLOUR = {AGREES: COLOURS[0], SET: GREY, MISSED: COLOURS[1]}


_ROW, _HEAD, _FOOT, _LABEL, _GAP = 0.175, 0.30, 0.32, 2.30, 0.30


def draw(found: Validation, scenario: Scenario) -> Drawing:
    """Draw every figure of a scenario: what was published, and where the replications lie."""
    table = found.table[found.table["scenario"] == scenario.name]
    shown = table[table["verdict"].isin(list(_COLOUR))]
    if shown.empty:
        raise ValueError(f"scenario {scenario.name} covers none of the figures")
    topics = [rows for _, rows in shown.groupby("topic", sort=False)]
    columns = _in_two(topics)
    body = max(sum(map(_height, column)) for column in columns)
    title = f"Does the model meet what was published? {scenario.title}"
    message = summary(found, scenario.name)
    note = (
        f"Dot and line: mean and middle 90 % of {counted(found.replications, 'replication')} "
        f"(chance alone). Bar: the published value, with its own uncertainty and a tolerance for "
        f"what is not quite alike; open to one side for a bound. Blue: agrees. Grey: agrees, but "
        f"the scenario was set with the figure in view. Orange: missed."
    )
    with look():
        on = page(title, message, note, body + 0.2)
        wide = WIDTH / 2
        for n, column in enumerate(columns):
            down = 0.1
            for rows in column:
                left, room = n * wide + _LABEL + MARGIN, wide - _LABEL - MARGIN - _GAP
                _panel(on.box(left, down + _HEAD, room, _ROW * len(rows)), rows)
                down += _height(rows)
    form = "A row for each published figure: what was published, and what the model gives."
    return Drawing(
        f"validation_{scenario.name}", title, on.figure, form, message, note,
        numbers=lambda: shown,
    )  # fmt: skip


def _height(rows: pd.DataFrame) -> float:
    return _HEAD + _ROW * len(rows) + _FOOT


def _in_two(topics: Sequence[pd.DataFrame]) -> list[list[pd.DataFrame]]:
    """Share topics out over two columns, in order, as even as they go."""
    heights = np.cumsum([_height(rows) for rows in topics])
    uneven = np.maximum(heights, heights[-1] - heights)
    cut = int(np.argmin(uneven)) + 1
    return [part for part in (list(topics[:cut]), list(topics[cut:])) if part]


def _panel(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw one topic: a row for each figure."""
    first, last = _limits(rows)
    unit = rows["unit"].iloc[0]
    for y, row in enumerate(records(rows)):
        colour = _COLOUR[row["verdict"]]
        low, high = max(row["accepted_low"], first), min(row["accepted_high"], last)
        accepted(ax, y, low, row["published"], high)
        spread(ax, y, row["model_low"], row["model"], row["model_high"], colour, 1.6)
    ax.set_xlim(first, last)
    name_rows(ax, list(rows["title"]), SMALL - 1)
    for label, verdict in zip(ax.get_yticklabels(), rows["verdict"], strict=True):
        label.set_color(_COLOUR[verdict] if verdict == MISSED else DARK)
    ax.tick_params(axis="x", labelsize=SMALL - 1)
    ax.locator_params(axis="x", nbins=4)
    ax.xaxis.set_major_formatter(lambda x, _: in_unit(x, unit).replace(".0 %", " %"))
    ax.set_facecolor(WASH)
    ax.annotate(
        str(rows["topic"].iloc[0]), (0, 1), (-_LABEL * 72, 4), xycoords="axes fraction",
        textcoords="offset points", size=SMALL, weight="bold",
    )  # fmt: skip


def _limits(rows: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of an axis on which all that is known of some rows can be seen."""
    ends = rows[["accepted_low", "accepted_high", "published", "model_low", "model_high"]]
    known = ends.to_numpy(float)
    known = known[np.isfinite(known)]
    low, high = float(known.min()), float(known.max())
    room = 0.06 * (high - low) or 0.02 * abs(high) or 1.0
    open_below = bool((rows["accepted_low"] == -inf).any())
    first = 0.0 if open_below or 0 <= low < 0.5 * high else low - room
    return first, high + room
