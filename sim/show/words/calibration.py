"""What a calibration found: for the terminal, as Markdown, and two figures."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.calibration.told import ALONE, HELD_OUT, INFORMED, TARGET, TOGETHER
from sim.analysis.tables import records
from sim.analysis.validation import MISSED
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
from sim.show.words import counted
from sim.show.words.validation import bounded, number

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.calibration.run import Calibrated

_ROLES = (TARGET, TOGETHER, ALONE, HELD_OUT)
_HEADINGS = {
    TARGET: "Targets",
    TOGETHER: "Targets set aside: no parameter set meets them along with the others",
    ALONE: "Targets set aside: out of reach of every parameter set",
    HELD_OUT: "Held out: no say in the calibration",
}
RULE = (
    "Informed: the ensemble's distribution differs from an even one over the range by more than "
    "chance would let as many equal draws as the effective sample size (Kolmogorov, 1 %). Missed: "
    "the middle 90 % of the ensemble and what is accepted have no point in common."
)


def summary(found: Calibrated, unknowns: pd.DataFrame, foretold: pd.DataFrame) -> list[str]:
    """Say in a few sentences what was found."""
    matched, words = found.matched, found.task.definition
    informed = int((unknowns["verdict"] == INFORMED).sum())
    simulated = sum(len(wave.positions) for wave in matched.waves)
    lines = [
        f"{simulated:,} parameter sets in {len(words.points)} waves, "
        f"{counted(words.replications, 'replication')} each; the "
        f"{len(matched.weights):,} of the last are the ensemble, worth "
        f"{found.ensemble.effective_size:.0f} equally weighted ones.",
        f"{informed} of {counted(len(unknowns), 'unknown')} informed, "
        f"{len(unknowns) - informed} as wide as before.",
    ]
    for role in _ROLES:
        rows = foretold[foretold["role"] == role]
        missed = int((rows["verdict"] == MISSED).sum())
        if len(rows):
            lines.append(f"{_HEADINGS[role]}: {missed} of {counted(len(rows), 'figure')} missed.")
    if matched.least > words.cutoff:
        lines.append(
            f"No parameter set of the last wave meets all targets that have a say: the best is "
            f"{matched.least:.1f} standard deviations off one of them (cut-off {words.cutoff:g})."
        )
    return lines


def as_text(found: Calibrated, unknowns: pd.DataFrame, foretold: pd.DataFrame) -> str:
    """Return what was found as tables for a terminal."""
    lines = [found.task.definition.title, ""]
    for line in summary(found, unknowns, foretold):
        lines += textwrap.wrap(line, 100)
    lines += ["", f"{'':<50}{'before':>16}{'after':>18}{'narrower':>10}  verdict"]
    for row in records(unknowns):
        before, after = _range(row, "before_low", "before_high"), _range(row, "low", "high")
        lines.append(
            f"  {row['factor']:<48}{before:>16}{after:>18}{row['narrowed']:>10.0%}  "
            f"{row['verdict']}"
        )
    for role, rows in _by_role(foretold):
        lines += ["", f"{_HEADINGS[role]:<60}{'published':>10}{'ensemble 90 %':>18}  verdict"]
        lines += [
            f"  {row['topic'] + ': ' + row['title']:<58.58}{bounded(row):>10}{_foretold(row):>18}  "
            f"{row['verdict']}"
            for row in rows
        ]
    return "\n".join([*lines, "", *textwrap.wrap(RULE, 100)])


def as_markdown(found: Calibrated, unknowns: pd.DataFrame, foretold: pd.DataFrame) -> str:
    """Return the report, beside whose file the figures lie in `figures`."""
    lines = [f"# {found.task.definition.title}", ""]
    lines += [f"- {line}" for line in summary(found, unknowns, foretold)]
    made = found.ensemble.made
    lines += ["", f"Made by `{made['command']}` with seed {made['seed']}, code {made['code']}, "
              f"evidence {made['evidence']}, figures {made['figures']}.", ""]  # fmt: skip
    lines += ["## Waves", "", "| wave | parameter sets | of the ranges not ruled out | "
              "foretold by the emulators, least to most |", "|---|---|---|---|"]  # fmt: skip
    for n, wave in enumerate(found.matched.waves, 1):
        shares = [emulator.explained for emulator in wave.emulators]
        told = f"{min(shares):.0%} to {max(shares):.0%}"
        lines.append(f"| {n} | {len(wave.positions)} | {wave.left:.2%} | {told} |")
    lines += ["", "## Unknowns", "", *unknown_rows(unknowns), "",
              "![Unknowns](figures/calibration_unknowns.png)", "", "## What the ensemble foretells",
              "", *foretold_rows(foretold), "",
              "![Figures](figures/calibration_foretold.png)", "", RULE, ""]  # fmt: skip
    return "\n".join(lines)


def unknown_rows(unknowns: pd.DataFrame) -> list[str]:
    """Return the unknowns as rows of a Markdown table."""
    head = ["| unknown | before, middle 90 % | after, middle 90 % | narrower by | verdict |",
            "|---|---|---|---|---|"]  # fmt: skip
    return head + [
        f"| `{row['factor']}` | {_range(row, 'before_low', 'before_high')} | "
        f"{_range(row, 'low', 'high')} | {row['narrowed']:.0%} | {row['verdict']} |"
        for row in records(unknowns)
    ]


def foretold_rows(foretold: pd.DataFrame) -> list[str]:
    """Return what the ensemble foretells as rows of a Markdown table."""
    lines = ["| figure | published | all ranges, middle 90 % | ensemble, middle 90 % | verdict |",
             "|---|---|---|---|---|"]  # fmt: skip
    for role, rows in _by_role(foretold):
        lines.append(f"| **{_HEADINGS[role]}** | | | | |")
        for row in rows:
            verdict = (
                f"**{row['verdict'].lower()}**" if row["verdict"] == MISSED else row["verdict"]
            )
            lines.append(
                f"| {row['topic']}: {row['title']} | {bounded(row)} | "
                f"{_foretold(row, 'before_')} | {_foretold(row)} | {verdict} |"
            )
    return lines


def _by_role(foretold: pd.DataFrame) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for role in _ROLES:
        rows = foretold[foretold["role"] == role]
        if len(rows):
            yield role, records(rows)


def _range(row: Mapping[str, Any], low: str, high: str) -> str:
    times = "× " if row["multiplies"] else ""
    return f"{times}{row[low]:.3g} to {row[high]:.3g}"


def _foretold(row: Mapping[str, Any], which: str = "") -> str:
    low, high = (number(row[f"{which}{end}"], row["unit"]) for end in ("low", "high"))
    return f"{low.removesuffix(' %')} to {high}" if low else "no value"


# ---------------------------------------------------------------- figures

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
        f"{found.ensemble.effective_size:.0f}."
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
            ax.annotate(_range(row, "low", "high"), (1, y), (6, 0), textcoords="offset points",
                        va="center", size=SMALL - 1, color=colour)  # fmt: skip
        ax.set_xlim(0, 1)
        ax.set_xticks([0, 1], ["lowest", "highest"], size=SMALL)
        ax.set_ylim(len(unknowns) - 0.5, -0.5)
        ax.set_yticks(range(len(unknowns)), list(unknowns["factor"]), size=SMALL - 1)
        ax.tick_params(axis="y", length=0)
    told = "; ".join(f"{row['factor']}: {row['verdict']}" for row in records(unknowns))
    return Drawing("calibration_unknowns", title, figure, message, f"{message}. {note}", told)


def draw_foretold(found: Calibrated, foretold: pd.DataFrame) -> Drawing:
    """Draw every figure: what was published, before, and as the ensemble foretells it."""
    title = "Does the ensemble meet what was published?"
    message = " ".join(summary(found, foretold=foretold, unknowns=foretold.assign(verdict=""))[2:])
    note = (
        "Each row has a scale of its own: what was published is the dark mark, the light bar what "
        "is accepted. Thin line: middle 90 % over all ranges before; thick line and dot: middle "
        "90 % and middle of the ensemble. Blue: agrees; orange: missed."
    )
    groups = list(_by_role(foretold))
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
            figure.text(MARGIN / WIDTH, (y - _HEAD + 0.06) / height, _HEADINGS[role], size=SMALL,
                        weight="bold")  # fmt: skip
            y -= _HEAD + tall
    told = "; ".join(f"{row['title']}: {row['verdict']}" for row in records(foretold))
    return Drawing("calibration_foretold", title, figure, message, f"{message} {note}", told)


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
    words = f"{bounded(row)}; {_foretold(row)}"
    ax.annotate(words, (1, y), (6, 0), textcoords="offset points", va="center", size=SMALL - 1,
                color=colour)  # fmt: skip
