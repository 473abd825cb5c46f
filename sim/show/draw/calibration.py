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
from sim.show.draw.drawing import Drawing
from sim.show.draw.page import page
from sim.show.draw.rows import accepted, bar, name_rows, say, spread
from sim.show.draw.style import COLOURS, GREY, MARGIN, PALE, SMALL, WIDTH, look
from sim.show.words.calibration import HEADINGS, by_role, foretold_words, range_words, summary
from sim.show.words.validation import bounded

if TYPE_CHECKING:
    import pandas as pd

    from sim.calibration.run import Calibrated


#: Inches of a row, of the head of a group, of the names at the left and the words at the right.
_ROW, _HEAD, _NAMES, _SAID = 0.2, 0.3, 3.6, 1.7
_WIDE = WIDTH - _NAMES - _SAID


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
        tall = _ROW * len(unknowns)
        on = page(title, message, note, tall + 0.6)
        ax = on.box(_NAMES, 0.3, _WIDE, tall)
        factors = {factor.name: factor for factor in found.task.factors}
        for y, row in enumerate(records(unknowns)):
            factor = factors[row["factor"]]
            first, last = factor.at(0.0), factor.at(1.0)
            low, middle, high = (
                (row[k] - first) / (last - first) for k in ("low", "median", "high")
            )
            colour = COLOURS[0] if row["verdict"] == INFORMED else GREY
            bar(ax, y, 0.05, 0.95, PALE, linewidth=0, zorder=1)
            spread(ax, y, low, middle, high, colour)
            say(ax, y, range_words(row, "low", "high"), colour, SMALL - 1)
        ax.set_xlim(0, 1)
        ax.set_xticks([0, 1], ["lowest", "highest"], size=SMALL)
        name_rows(ax, list(unknowns["factor"]), SMALL - 1)
    form = "A bar for each unknown, from the lowest to the highest value that is possible."
    return Drawing(
        "calibration_unknowns", title, on.figure, form, message, note, numbers=lambda: unknowns
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
        on = page(title, message, note, rows_high + 0.25)
        down = 0.1 + _HEAD
        for role, rows in groups:
            tall = _ROW * len(rows)
            ax = on.box(_NAMES, down, _WIDE, tall)
            for place, row in enumerate(rows):
                _draw_row(ax, place, row)
            ax.set_xlim(0, 1)
            ax.set_xticks([])
            labels = [f"{row['topic'].split(' (')[0]}: {row['title']}" for row in rows]
            name_rows(ax, [_short(label) for label in labels], SMALL - 1)
            ax.annotate(HEADINGS[role], (0, 1), ((MARGIN - _NAMES) * 72, 0.06 * 72),
                        xycoords="axes fraction", textcoords="offset points", size=SMALL,
                        weight="bold")  # fmt: skip
            down += tall + _HEAD
    form = "A row for each published figure: what was published, and two ranges of the model."
    return Drawing(
        "calibration_foretold", title, on.figure, form, message, note, numbers=lambda: foretold
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
    accepted(ax, y, at(row["accepted_low"]), at(row["published"]), at(row["accepted_high"]))
    if np.isfinite(row["low"]):
        ax.plot([at(row["before_low"]), at(row["before_high"])], [y, y], color=GREY, linewidth=0.7)
        spread(ax, y, at(row["low"]), at(row["median"]), at(row["high"]), colour)
    say(ax, y, f"{bounded(row)}; {foretold_words(row)}", colour, SMALL - 1)
