"""Panel: one person's way through the system, stay by stay."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.show import words
from sim.show.draw import style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.results.run import Run

#: Kinds of row: colour and words for the key.
_HELD, _FREE, _CASE, _LIMBO = "held", "not held", "removal case", "limbo"
_COLOURS = {_HELD: "#08345e", _FREE: "#9ecae1", _CASE: "#b8a878", _LIMBO: "#ef8a3c"}
_TRACKS = ("stay", "condition", "case")


@dataclass(frozen=True)
class LifeRow:
    """One stage, and when the person is in it."""

    title: str
    kind: str
    spans: tuple[tuple[float, float], ...]
    """Begin and end, as matplotlib counts dates."""


@dataclass(frozen=True)
class Life:
    """What is drawn of one person."""

    title: str
    rows: tuple[LifeRow, ...]
    sentence_end: float | None
    exit: tuple[float, str] | None
    """When the person leaves, and how."""


def life_of(run: Run, person: int) -> Life:
    """Gather a person's stays, the removal case, limbo and the exit.

    Raises
    ------
    KeyError
        If the run has no such person.
    """
    story = run.story(person)
    mine = run.spells[run.spells["person"] == person]
    about = run.people[run.people["person"] == person].iloc[0]
    left = run.exits[run.exits["person"] == person]
    exits = [
        (_number(row.date), words.exit_titles(run.scenario)[str(row.exit)])
        for row in left.itertuples()
    ]
    end = about["sentence_end"]
    return Life(
        story.heading.removesuffix("."),
        tuple(_rows(run, mine)),
        None if np.isnat(np.datetime64(end)) else _number(end),
        exits[0] if exits else None,
    )


def _rows(run: Run, spells: pd.DataFrame) -> Iterator[LifeRow]:
    """Yield stages in the order in which they are entered: stays, limbo, the removal case."""
    scenario = run.scenario
    horizon, titles = np.datetime64(scenario.time.end), words.titles_in_tables(scenario)
    for track in _TRACKS:
        there = spells[spells["track"] == track].sort_values("start")
        for stage, rows in there.groupby("stage", sort=False, observed=True):
            kind = {"condition": _LIMBO, "case": _CASE}.get(track)
            held = bool(rows["held"].iloc[0])
            spans = zip(rows["start"], rows["end"].fillna(horizon), strict=True)
            yield LifeRow(
                titles[str(stage)],
                kind or (_HELD if held else _FREE),
                tuple((_number(start), _number(end)) for start, end in spans),
            )


def life(found: Life, ax: Axes) -> Axes:
    """Draw a person's stages as bars over time, from above in the order of the journey."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.patches import Patch

    for y, row in enumerate(found.rows):
        spans = [(start, end - start) for start, end in row.spans]
        ax.broken_barh(
            spans, (y - 0.34, 0.68), facecolor=_COLOURS[row.kind], edgecolor=_COLOURS[row.kind],
            linewidth=1.2,
        )  # fmt: skip
    ax.set_yticks(range(len(found.rows)), [row.title for row in found.rows])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(found.rows) - 0.4, -0.6)
    ax.spines["left"].set_visible(False)
    if found.sentence_end is not None:
        _mark(ax, found.sentence_end, "sentence ends", "right")
    if found.exit is not None:
        _mark(ax, found.exit[0], words.lower_first(found.exit[1]), "left")
    locator = AutoDateLocator()
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    ax.grid(axis="x", color=style.PALE, linewidth=0.6)
    ax.margins(x=0.04)
    kinds = list(dict.fromkeys(row.kind for row in found.rows))
    ax.legend(
        [Patch(color=_COLOURS[kind]) for kind in kinds], kinds, loc="upper left", ncol=4,
        bbox_to_anchor=(0, -0.7 / (len(found.rows) + 1)), frameon=False, fontsize=style.SMALL,
        handlelength=1.2,
    )  # fmt: skip
    ax.set_title("\n".join(textwrap.wrap(found.title, 78)), pad=18)
    return ax


def _mark(ax: Axes, at: float, text: str, side: str) -> None:
    """Mark a day, its words above the panel on one side of it."""
    ax.axvline(at, color=style.GREY, linestyle=(0, (1, 2)), linewidth=1.1)
    ax.annotate(
        text, (at, 1.0), (-3 if side == "right" else 3, 3), xycoords=("data", "axes fraction"),
        textcoords="offset points", ha=side, size=style.SMALL - 0.6, color=style.GREY,
    )  # fmt: skip


def _number(moment: object) -> float:
    from matplotlib.dates import date2num

    return float(date2num(moment))
