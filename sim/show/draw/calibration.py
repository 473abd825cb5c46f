"""Figures: what a calibration found."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.tables import records
from sim.analysis.validation import MISSED
from sim.calibration.told import INFORMED
from sim.numbers import grouped
from sim.show.draw.style import (
    COLOURS,
    DARK,
    GREY,
    MARGIN,
    PALE,
    SMALL,
    WIDTH,
    Drawing,
    footer,
    header,
    look,
    message_height,
    new_figure,
    note_height,
)
from sim.show.words.calibration import HEADINGS, by_role, foretold_words, range_words, summary
from sim.show.words.validation import bounded

if TYPE_CHECKING:
    import pandas as pd

    from sim.calibration.run import Calibrated


_ROW, _HEAD = 0.2, 0.3


def draw_unknowns(found: Calibrated, unknowns: pd.DataFrame) -> Drawing:
    """Draw for every unknown how much of its range the ensemble leaves."""
    title = "Which unknowns do the published figures inform?"
    informed = unknowns["verdict"] == INFORMED
    message = (
        f"{informed.sum()} of {len(unknowns)} are informed, "
        f"{(~informed).sum()} stay as wide as before"
    )
    note = (
        "Each row is an unknown, from the lowest to the highest value of its range. Line and dot: "
        "middle 90 % and middle of the ensemble; light bar: the middle 90 % before. Blue: "
        "informed; grey: not told from an even spread over the range. Effective sample size "
        f"{grouped(found.ensemble.effective_size)}."
    )
    with look():
        top = 0.56 + message_height(message) + 0.3
        height = top + _ROW * len(unknowns) + note_height(note) + 0.3
        figure = new_figure(height)
        header(figure, title, message)
        footer(figure, note)
        left, tall = 3.6, _ROW * len(unknowns)
        box = (
            left / WIDTH,
            (height - top - tall) / height,
            1 - (left + 1.7) / WIDTH,
            tall / height,
        )
        ax = figure.add_axes(box)
        factors = {factor.name: factor for factor in found.task.factors}
        for y, row in enumerate(records(unknowns)):
            factor = factors[row["factor"]]
            first, last = factor.at(0.0), factor.at(1.0)
            low, middle, high = (
                (row[k] - first) / (last - first) for k in ("low", "median", "high")
            )
            colour = COLOURS[0] if row["verdict"] == INFORMED else GREY
            ax.barh(y, 0.9, left=0.05, height=0.6, color=PALE, linewidth=0)
            ax.plot([low, high], [y, y], color=colour, linewidth=2)
            ax.plot(middle, y, marker="o", markersize=4, color=colour)
            ax.annotate(range_words(row, "low", "high"), (1, y), (6, 0), textcoords="offset points",
                        va="center", size=SMALL - 1, color=colour)  # fmt: skip
        ax.set_xlim(0, 1)
        ax.set_xticks([0, 1], ["lowest", "highest"], size=SMALL)
        ax.set_ylim(len(unknowns) - 0.5, -0.5)
        ax.set_yticks(range(len(unknowns)), list(unknowns["factor"]), size=SMALL - 1)
        ax.tick_params(axis="y", length=0)
    form = "A bar for each unknown, from the lowest to the highest value that is possible."
    return Drawing(
        "calibration_unknowns", title, figure, form, message, note, numbers=lambda: unknowns
    )


def draw_foretold(found: Calibrated, foretold: pd.DataFrame) -> Drawing:
    """Draw every figure: what was published, before, and as the ensemble foretells it."""
    title = "Does the ensemble meet what was published?"
    message = " ".join(summary(found, foretold=foretold, unknowns=foretold.assign(verdict=""))[2:])
    note = (
        "Each row has a scale of its own: what was published is the dark mark, the light bar what "
        "is accepted. Thin line: middle 90 % over all ranges before; thick line and dot: middle "
        "90 % and middle of the ensemble. Blue: agrees; orange: missed."
    )
    groups = list(by_role(foretold))
    rows_high = _ROW * len(foretold) + _HEAD * len(groups)
    with look():
        top = 0.56 + message_height(message) + 0.1
        height = top + rows_high + note_height(note) + 0.15
        figure = new_figure(height)
        header(figure, title, message)
        footer(figure, note)
        y = height - top
        for role, rows in groups:
            tall = _ROW * len(rows)
            box = (3.6 / WIDTH, (y - _HEAD - tall) / height, 1 - 5.3 / WIDTH, tall / height)
            ax = figure.add_axes(box)
            for place, row in enumerate(rows):
                _draw_row(ax, place, row)
            ax.set_xlim(0, 1)
            ax.set_xticks([])
            ax.set_ylim(len(rows) - 0.5, -0.5)
            labels = [f"{row['topic'].split(' (')[0]}: {row['title']}" for row in rows]
            ax.set_yticks(range(len(rows)), [_short(label) for label in labels], size=SMALL - 1)
            ax.tick_params(axis="y", length=0)
            figure.text(MARGIN / WIDTH, (y - _HEAD + 0.06) / height, HEADINGS[role], size=SMALL,
                        weight="bold")  # fmt: skip
            y -= _HEAD + tall
    form = "A row for each published figure: what was published, and two ranges of the model."
    return Drawing(
        "calibration_foretold", title, figure, form, message, note, numbers=lambda: foretold
    )


def _short(label: str) -> str:
    return textwrap.shorten(label, 58, placeholder=" …")


def _draw_row(ax: Any, y: int, row: Mapping[str, Any]) -> None:
    """Draw a figure on the scale on which all that is known of it can be seen."""
    ends = np.array([row[k] for k in ("accepted_low", "accepted_high", "published", "low", "high",
                                      "before_low", "before_high")])  # fmt: skip
    known = ends[np.isfinite(ends)]
    least, room = float(known.min()), float(np.ptp(known)) or 1.0

    def at(value: float) -> float:
        return float(np.clip(0.03 + 0.94 * (value - least) / room, 0, 1))

    colour = COLOURS[1] if row["verdict"] == MISSED else COLOURS[0]
    low, high = at(row["accepted_low"]), at(row["accepted_high"])
    ax.barh(y, high - low, left=low, height=0.66, color=PALE, linewidth=0)
    ax.plot([at(row["published"])] * 2, [y - 0.33, y + 0.33], color=DARK, linewidth=1.2)
    if np.isfinite(row["low"]):
        ax.plot([at(row["before_low"]), at(row["before_high"])], [y, y], color=GREY, linewidth=0.7)
        ax.plot([at(row["low"]), at(row["high"])], [y, y], color=colour, linewidth=2)
        ax.plot(at(row["median"]), y, marker="o", markersize=4, color=colour)
    words = f"{bounded(row)}; {foretold_words(row)}"
    ax.annotate(words, (1, y), (6, 0), textcoords="offset points", va="center", size=SMALL - 1,
                color=colour)  # fmt: skip
