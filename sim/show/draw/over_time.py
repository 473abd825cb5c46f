"""Panels that share a time axis: one quantity over time, scenario by scenario."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sim.language import tr, trn
from sim.show.draw import scales, style
from sim.show.draw.labels import LineLabel, label_lines, outlined
from sim.show.draw.style import Floats
from sim.show.facts.data import Fan, Series, alike, first_shown, term
from sim.show.words import short_month

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiment.replications import Replications

#: Scenarios up to these numbers have their bands drawn, and their lines labelled in the panels.
FEW, LABELLED = 3, 2


@dataclass(frozen=True, eq=False)
class Line:
    """What one scenario contributes to a panel."""

    number: int
    """Place of the scenario among those compared; gives colour and dashes."""
    title: str
    people: Series
    places: Series | None = None


def draw(
    ax: Axes,
    lines: Sequence[Line],
    replications: Sequence[Replications],
    *,
    labelled: bool = True,
    cut: bool = False,
) -> Axes:
    """Draw lines with bands, steps of places and the rented prison's term.

    Parameters
    ----------
    ax
        Where.
    lines
        One for each scenario that has the facility or queue.
    replications
        All scenarios compared; the first gives the time axis.
    labelled
        Write names beside the lines.
    cut
        Let the vertical axis begin above zero if that shows more.
    """
    compared = len(replications)
    time_frame(ax, replications)
    _limits(ax, lines, cut=cut)
    banded = compared <= FEW
    for line in lines:
        series = line.people
        if banded:
            wide = Fan(series.middle, series.low, series.high)
            bands(ax, series.days, wide, series.chance, style.colour(line.number))
        ax.plot(
            series.days, series.middle, color=style.colour(line.number),
            linestyle=style.dash(line.number), linewidth=2.4 if line.number == 0 else 1.7,
            zorder=3 + line.number / 100,
        )  # fmt: skip
    labels = _capacity(ax, lines)
    mark_term(ax, replications)
    if labelled:
        labels += _names(ax, lines, compared)
    label_lines(ax, labels)
    return ax


def bands(ax: Axes, x: Floats, wide: Fan, narrow: Fan | None, colour: str) -> None:
    """Draw the band around a line, and in it the band of chance alone if it is another one.

    The edges of the wide band are drawn where there are two, so that bands of several scenarios
    are told apart, in grey too.
    """
    if np.any(wide.high > wide.low):
        ax.fill_between(
            x, wide.low, wide.high, color=colour, alpha=0.18 if narrow is None else 0.13,
            linewidth=0, zorder=2,
        )  # fmt: skip
    if narrow is None:
        return
    for edge in (wide.low, wide.high):
        ax.plot(x, edge, color=colour, linewidth=0.6, alpha=0.7, zorder=2.2)
    if np.any(narrow.high > narrow.low):
        ax.fill_between(
            x, narrow.low, narrow.high, color=colour, alpha=0.3, linewidth=0, zorder=2.1
        )


def time_frame(ax: Axes, replications: Sequence[Replications]) -> None:
    """Set the time axis, and shade the observed period."""
    first = min(first_shown(r.scenario) for r in replications)
    last = max(r.scenario.time.end for r in replications)
    scales.date_axis(ax, first, last)
    time = replications[0].scenario.time
    ax.axvspan(
        scales.day_number(time.observe_from), scales.day_number(time.observe_until),
        color=style.WASH, linewidth=0, zorder=0,
    )  # fmt: skip


def mark_term(ax: Axes, replications: Sequence[Replications], *, words: bool = True) -> None:
    """Mark when the rented prison opens and closes; a range where chance decides.

    Scenarios that share a date share a mark; a date that not all share has the scenario's
    colour, unless there are many. Marks that would crowd one another lose their words.
    """
    marks: dict[tuple[str, date, date], list[int]] = {}
    for number, r in enumerate(replications):
        period = term(r)
        if period is not None:
            marks.setdefault(("opens", *period.opens), []).append(number)
            if period.closes is not None:
                marks.setdefault(("closes", *period.closes), []).append(number)
    users = {n for numbers in marks.values() for n in numbers}
    room = _points_per_day(ax)
    written: list[float] = []
    crowded = len(replications) > FEW
    for (what, early, late), numbers in sorted(marks.items(), key=lambda m: (m[0][1], m[0][0])):
        shared = len(numbers) == len(users)
        colour = style.GREY if shared or crowded else style.colour(numbers[0])
        at, until = scales.day_number(early), scales.day_number(late)
        dashes = (0, (1, 2))
        if late > early:
            ax.axvspan(at, until, facecolor=colour, alpha=0.13, linewidth=0, zorder=1)
        else:
            ax.axvline(at, color=colour, linestyle=dashes, linewidth=1.1, zorder=1.5)
        middle = (at + until) / 2
        fits = all(abs(middle - other) * room > 62 for other in written)
        if words and fits and (shared or not crowded):
            named = tr("Opens") if what == "opens" else tr("Closes")
            _write_mark(ax, middle, f"{named}\n{_when(early, late)}", colour)
            written.append(middle)


def _when(early: date, late: date) -> str:
    if (early.year, early.month) == (late.year, late.month):
        return short_month(early)
    return f"{early.year}–{late.year % 100:02d}" if early.year < late.year else str(early.year)


def _points_per_day(ax: Axes) -> float:
    inches = ax.get_position().width * ax.figure.get_size_inches()[0]  # type: ignore[union-attr]
    first, last = ax.get_xlim()
    return float(inches * 72 / (last - first))


def _write_mark(ax: Axes, at: float, text: str, colour: str) -> None:
    """Write beside a mark, on the side that has room."""
    first, last = ax.get_xlim()
    left = at > first + 0.8 * (last - first)
    ax.annotate(
        text, (at, 1.0), (-3 if left else 3, -1), xycoords=("data", "axes fraction"),
        textcoords="offset points", va="top", ha="right" if left else "left",
        size=style.SMALL - 0.6, color=colour, linespacing=1.05, path_effects=outlined(),
        zorder=5,
    )  # fmt: skip


def _limits(ax: Axes, lines: Sequence[Line], *, cut: bool) -> None:
    banded = len(lines) <= FEW
    values = [s for line in lines for s in (line.people, line.places) if s is not None]
    highest = max((float((s.high if banded else s.middle).max()) for s in values), default=1.0)
    lowest = min((float((s.low if banded else s.middle).min()) for s in values), default=0.0)
    scales.count_axis(ax, highest, lowest if cut else 0.0)
    ax.set_ylabel(tr("people"), labelpad=3)


def _height(ax: Axes) -> float:
    low, high = ax.get_ylim()
    return float(high - low)


def _capacity(ax: Axes, lines: Sequence[Line]) -> list[LineLabel]:
    """Draw steps of places, one for each distinct capacity; return their labels."""
    with_places = [line for line in lines if line.places is not None]
    curves = [line.places.middle for line in with_places if line.places is not None]
    groups = alike(curves, _height(ax))
    labels = []
    for group in groups:
        line = with_places[group[0]]
        series = line.places
        assert series is not None
        shared = len(groups) == 1 or len(lines) > FEW
        colour = style.DARK if shared else style.colour(line.number)
        ax.step(
            series.days, series.middle, where="post", color=colour, linewidth=1.2,
            linestyle="solid", zorder=2.5, alpha=0.9,
        )  # fmt: skip
        at = _middle(series)
        if series.middle[at] > 0:
            text = trn("{number} place", "{number} places", round(float(series.middle[at])))
            near = slice(max(0, at - 40), at + 40)
            labels.append(LineLabel(text, colour, series.days[near], series.middle[near], False))
    return list({label.text: label for label in reversed(labels)}.values())


def _middle(series: Series) -> int:
    """Return the place of the middle of the observed period."""
    inside = np.flatnonzero(series.observed)
    return int(inside[len(inside) // 2]) if len(inside) else len(series.days) // 2


def _names(ax: Axes, lines: Sequence[Line], compared: int) -> list[LineLabel]:
    """Return names of the lines, those that coincide named together."""
    if compared == 1 or compared > LABELLED:
        return []
    groups = alike([line.people.middle for line in lines], _height(ax))
    labels = []
    for group in groups:
        first = lines[group[0]]
        together = len(group) > 1 and len(group) == compared
        text = tr("both scenarios") if together else short(first.title)
        colour = style.DARK if len(group) > 1 else style.colour(first.number)
        labels.append(LineLabel(text, colour, first.people.days, first.people.middle))
    return labels


def short(title: str) -> str:
    """Break the name of a line into short lines."""
    return "\n".join(textwrap.wrap(title, 18))
