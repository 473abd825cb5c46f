"""What a calibration found, for the terminal and as Markdown."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sim.analysis.tables import records
from sim.analysis.validation import MISSED
from sim.calibration.told import ALONE, HELD_OUT, INFORMED, TARGET, TOGETHER
from sim.numbers import counted, grouped, in_unit, plain, points, significant
from sim.show.words.validation import bounded
from sim.table import WIDTH, Column, Heading, Row, Table

if TYPE_CHECKING:
    import pandas as pd

    from sim.calibration.run import Calibrated

_ROLES = (TARGET, TOGETHER, ALONE, HELD_OUT)
HEADINGS = {
    TARGET: "Targets",
    TOGETHER: "Targets set aside: no parameter set meets them along with the others",
    ALONE: "Targets set aside: out of reach of every parameter set",
    HELD_OUT: "Held out: no say in the calibration",
}
_RULE = (
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
        f"{grouped(simulated)} parameter sets in {len(words.points)} waves, "
        f"{counted(words.replications, 'replication')} each; the "
        f"{grouped(len(matched.weights))} of the last are the ensemble, worth "
        f"{grouped(found.ensemble.effective_size)} equally weighted ones.",
        f"{informed} of {counted(len(unknowns), 'unknown')} informed, "
        f"{len(unknowns) - informed} as wide as before.",
    ]
    for role in _ROLES:
        rows = foretold[foretold["role"] == role]
        missed = int((rows["verdict"] == MISSED).sum())
        if len(rows):
            lines.append(f"{HEADINGS[role]}: {missed} of {counted(len(rows), 'figure')} missed.")
    if matched.least > words.cutoff:
        lines.append(
            f"No parameter set of the last wave meets all targets that have a say: the best is "
            f"{grouped(matched.least, 1)} standard deviations off one of them (cut-off "
            f"{plain(words.cutoff)})."
        )
    return lines


def as_text(found: Calibrated, unknowns: pd.DataFrame, foretold: pd.DataFrame) -> str:
    """Return what was found as tables for a terminal."""
    lines = [found.task.definition.title, ""]
    for line in summary(found, unknowns, foretold):
        lines += textwrap.wrap(line, WIDTH)
    lines += ["", *_unknowns_table(unknowns).text(), "", *_foretold_table(foretold).text()]
    return "\n".join([*lines, "", *textwrap.wrap(_RULE, WIDTH)])


def as_markdown(found: Calibrated, unknowns: pd.DataFrame, foretold: pd.DataFrame) -> str:
    """Return the report, beside whose file the figures lie in `figures`."""
    lines = [f"# {found.task.definition.title}", ""]
    lines += [f"- {line}" for line in summary(found, unknowns, foretold)]
    made = found.ensemble.made
    lines += ["", f"Made by `{made['command']}` with seed {made['seed']}, code {made['code']}, "
              f"evidence {made['evidence']}, figures {made['figures']}.", ""]  # fmt: skip
    lines += ["## Waves", "", *_waves_table(found).markdown()]
    lines += ["", "## Unknowns", "", *_unknowns_table(unknowns, code=True).markdown(), "",
              "![Unknowns](figures/calibration_unknowns.png)", "", "## What the ensemble foretells",
              "", *_foretold_table(foretold, bold=True).markdown(), "",
              "![Figures](figures/calibration_foretold.png)", "", _RULE, ""]  # fmt: skip
    return "\n".join(lines)


def _waves_table(found: Calibrated) -> Table:
    heads = ("wave", "parameter sets", "of the ranges not ruled out",
             "foretold by the emulators, least to most")  # fmt: skip
    rows = []
    for n, wave in enumerate(found.matched.waves, 1):
        shares = [emulator.explained for emulator in wave.emulators]
        told = f"{points(min(shares))} to {points(max(shares))}"
        rows.append((n, len(wave.positions), points(wave.left, 2), told))
    return Table.of(heads, rows)


def _unknowns_table(unknowns: pd.DataFrame, *, code: bool = False) -> Table:
    """Return the unknowns, each before and after.

    Parameters
    ----------
    unknowns
        As `sim.calibration.told` returns them.
    code
        Whether their keys are marked as code, for Markdown.
    """
    columns = (
        Column("unknown", write="`{}`".format if code else str, most=42),
        Column("before,\nmiddle 90 %", number=True),
        Column("after,\nmiddle 90 %", number=True),
        Column("narrower\nby", number=True, write=points),
        Column("verdict"),
    )
    rows = [
        Row(
            (
                row["factor"],
                range_words(row, "before_low", "before_high"),
                range_words(row, "low", "high"),
                row["narrowed"],
                row["verdict"],
            )
        )
        for row in records(unknowns)
    ]
    return Table(columns, rows)


def _foretold_table(foretold: pd.DataFrame, *, bold: bool = False) -> Table:
    """Return what the ensemble foretells, by the say that a figure has.

    Parameters
    ----------
    foretold
        As `sim.calibration.told` returns it.
    bold
        Whether what is missed is marked in bold, for Markdown; in capitals otherwise.
    """

    def verdict(text: str) -> str:
        return f"**{text.lower()}**" if bold and text == MISSED else text

    columns = (
        Column("figure", most=38),
        Column("published", number=True),
        Column("all ranges,\nmiddle 90 %", number=True),
        Column("ensemble,\nmiddle 90 %", number=True),
        Column("verdict", write=verdict),
    )
    lines: list[Row | Heading] = []
    for role, rows in by_role(foretold):
        lines.append(Heading(HEADINGS[role]))
        for row in rows:
            before, after = foretold_words(row, "before_"), foretold_words(row)
            title = f"{row['topic']}: {row['title']}"
            lines.append(Row((title, bounded(row), before, after, row["verdict"])))
    return Table(columns, lines)


def by_role(foretold: pd.DataFrame) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield each role that figures have, with its rows."""
    for role in _ROLES:
        rows = foretold[foretold["role"] == role]
        if len(rows):
            yield role, records(rows)


def range_words(row: Mapping[str, Any], low: str, high: str) -> str:
    """Write a range of an unknown, `×` before one of multiples."""
    times = "× " if row["multiplies"] else ""
    return f"{times}{significant(row[low])} to {significant(row[high])}"


def foretold_words(row: Mapping[str, Any], which: str = "") -> str:
    """Write the middle 90 % that is foretold."""
    low, high = (in_unit(row[f"{which}{end}"], row["unit"]) for end in ("low", "high"))
    return f"{low.removesuffix(' %')} to {high}" if low else "no value"
