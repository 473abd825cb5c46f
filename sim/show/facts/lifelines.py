"""One person’s way through the system, stay by stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.show import words
from sim.show.facts.data import day_number

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.run import Run


#: Kinds of row, as the key names them.
HELD, FREE, CASE, LIMBO = "held", "not held", "removal case", "limbo"


_TRACKS = ("stay", "condition", "case")


@dataclass(frozen=True)
class LifeRow:
    """One stage, and when the person is in it."""

    title: str
    kind: str
    spans: tuple[tuple[float, float], ...]
    """Begin and end, in days since 1970."""


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
            kind = {"condition": LIMBO, "case": CASE}.get(track)
            held = bool(rows["held"].iloc[0])
            spans = zip(rows["start"], rows["end"].fillna(horizon), strict=True)
            yield LifeRow(
                titles[str(stage)],
                kind or (HELD if held else FREE),
                tuple((_number(start), _number(end)) for start, end in spans),
            )


def _number(moment: object) -> float:
    return day_number(np.datetime64(moment))  # type: ignore[call-overload]


@dataclass(frozen=True)
class SideBySide:
    """One person's life in several worlds."""

    lives: tuple[Life, ...]
    rows: tuple[tuple[str, tuple[LifeRow | None, ...]], ...]
    """Each stage with its row in every world, None where the person is never in it."""

    @property
    def heading(self) -> str:
        """Who it is."""
        return self.lives[0].title

    def held_days(self, number: int) -> float:
        """Return how long the person is held in one of the worlds."""
        held = (row for row in self.lives[number].rows if row.kind == HELD)
        return sum(end - start for row in held for start, end in row.spans)


def side_by_side(lives: Sequence[Life]) -> SideBySide:
    """Lay the lives of one person in several worlds beside each other, stage by stage."""
    kinds = (HELD, FREE, LIMBO, CASE)
    first: dict[str, tuple[int, float]] = {}
    for life in lives:
        for row in life.rows:
            track = max(kinds.index(row.kind) - 1, 0)  # held or not: one way
            first[row.title] = min(first.get(row.title, (track, np.inf)), (track, row.spans[0][0]))
    by_title = [{row.title: row for row in life.rows} for life in lives]
    order = sorted(first, key=lambda title: first[title])
    rows = ((title, tuple(rows.get(title) for rows in by_title)) for title in order)
    return SideBySide(tuple(lives), tuple(rows))
