"""Figure: how long people are held or wait, by stage and by group of countries of origin."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.language import mark, tr, trn
from sim.show import words
from sim.show.draw import scales, style
from sim.show.draw.drawing import Drawing
from sim.show.draw.page import first_words, page
from sim.show.draw.whiskers import whisker
from sim.show.facts.data import runs_words
from sim.show.facts.lengths import FEWEST, Length, common, half, lengths
from sim.show.facts.plotted import plotted
from sim.show.facts.stays import COMPARED, ENOUGH_TO_RANK, REGIMES, STAGES, origins_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.experiment.replications import Replications
    from sim.scenario.schema import Scenario

TITLE = mark("How long are people held, and how long do they wait?")

BY_ORIGIN = ("limbo", "pre_removal_detention", "departure_centre")
#: Inches: one whisker, the space between rows, a gap between parts, a row of an origin.
_WHISKER, _BETWEEN, _GAP, _ROW = 0.16, 0.09, 0.12, 0.205


@dataclass(frozen=True)
class Row:
    """One stage in the panel by stage."""

    name: str
    y: float
    """Middle of the row, in inches from the top."""
    whiskers: tuple[tuple[float, int | None, Length], ...]
    """Height, scenario and length of each; no scenario where all are alike."""


def by_stage(replications: Sequence[Replications], ax: Axes | None = None) -> Axes:
    """Draw lengths of stay by stage, up to four scenarios; those alike are drawn once.

    Parameters
    ----------
    replications
        Scenarios to compare.
    ax
        Where to draw; a figure of its own by default.
    """
    shown = replications[:COMPARED]
    rows, tall = rows_of(shown)
    with style.look():
        if ax is None:
            figure = style.new_figure(tall + 0.9, 9)
            ax = style.grid(figure, [1], 0.5, 0.4, left=2.6, right=1.5)[0]
        titles = words.stage_titles(shown[0].scenario)
        shortest = min((x.lower for row in rows for _, _, x in row.whiskers), default=1.0)
        scales.time_axis(ax, min(0.8, max(0.8 * shortest, 1 / 24)), 4800)
        _rows(ax, [row.y for row in rows], [titles[row.name] for row in rows], tall)
        for row in rows:
            for y, number, length in row.whiskers:
                colour = style.DARK if number is None else style.colour(number)
                whisker(ax, y, length, colour, "o" if number is None else style.marker(number))
        _column_head(ax, shown[0].scenario)
    return ax


def rows_of(shown: Sequence[Replications]) -> tuple[list[Row], float]:
    """Return the stages that occur often enough, and the height of all rows in inches."""
    tables = [lengths(r) for r in shown]
    rows: list[Row] = []
    y, gap = 0.06, False
    for name in STAGES:
        if name is None:
            gap = bool(rows)
            continue
        found = [(n, t[(name,)]) for n, t in enumerate(tables) if (name,) in t]
        found = [(n, length) for n, length in found if length.stays >= FEWEST]
        if not found:
            continue
        y, gap = y + (_GAP if gap else 0.0), False
        together = len(found) == len(shown) and common([length for _, length in found])
        lines: list[tuple[int | None, Length]] = (
            [(None if len(shown) > 1 else 0, found[0][1])] if together else [*found]
        )
        heights = [y + _WHISKER * (n + 0.5) for n in range(len(lines))]
        whiskers = tuple((h, n, x) for h, (n, x) in zip(heights, lines, strict=True))
        rows.append(Row(name, y + _WHISKER * len(lines) / 2, whiskers))
        y += _WHISKER * len(lines) + _BETWEEN
    return rows, y


def by_origin(
    r: Replications,
    stage: str,
    ax: Axes | None = None,
    rows: Sequence[str] | None = None,
    *,
    named: bool = True,
) -> Axes:
    """Draw lengths of stay in one stage by group of countries of origin.

    Parameters
    ----------
    r
        Replications of the scenario.
    stage
        `limbo`, `pre_removal_detention`, `departure_centre` or any other stage.
    ax
        Where to draw; a figure of its own by default.
    rows
        Names of origins from above, `=` and a regime for a heading; `origins_of` by default.
    named
        Write the names.
    """
    with style.look():
        if ax is None:
            ax = style.grid(style.new_figure(5.5, 7), [1], 0.4, 0.4, left=2.8, right=0.9)[0]
        table = lengths(r, "origin")
        rows = origins_of(r) if rows is None else rows
        scales.time_axis(ax, 2.8, 2600, short=True)
        names = [_origin_title(r.scenario, name) if named else "" for name in rows]
        heights = [(n + 0.5) * _ROW for n in range(len(rows))]
        _rows(ax, heights, names, len(rows) * _ROW)
        for y, name in zip(heights, rows, strict=True):
            length = table.get((stage, name))
            if length is not None and length.stays >= FEWEST:
                whisker(ax, y, length, style.colour(0), style.marker(0))
        title = words.stage_titles(r.scenario).get(stage, stage)
        ax.set_title(textwrap.fill(title, 24), pad=6)
    return ax


def durations(replications: Sequence[Replications]) -> Drawing:
    """Draw how long people are held or wait, by stage and by origin.

    Returns
    -------
    Drawing
        Above, medians and quartiles by stage for up to four scenarios; below, by origin for the
        first of them, if anyone is expelled in it.
    """
    shown, first = list(replications[:COMPARED]), replications[0]
    rows, upper_height = rows_of(shown)
    origins = origins_of(first) if first.scenario.arrivals.expels else []
    message, note = _message(shown), _note(replications, shown)
    with style.look():
        body = (2.44 if origins else 0.89) + upper_height + _ROW * len(origins)
        figure, top, bottom = page(tr(TITLE), message, note, body)
        if len(shown) > 1:
            titles = [words.title_of(r.scenario) for r in shown]
            together = trn("{number} alike", "all {number} alike", len(shown))
            if len(shown) == 2:
                together = tr("both scenarios alike")
            alike = together if any(w[1] is None for row in rows for w in row.whiskers) else None
            top += style.key(figure, titles, top, lines=False, alike=alike)
        bottom += 0.48
        upper, *lower = _layout(figure, top + 0.36, bottom, upper_height, _ROW * len(origins))
        by_stage(shown, upper)
        upper.set_title(tr("By stage"), pad=8)
        upper.set_xlabel(tr("length of one stay (log scale)"))
        for ax in lower[1:2]:
            ax.set_xlabel(tr("length of one stay (log scale)"))
        for number, (ax, stage) in enumerate(zip(lower, BY_ORIGIN, strict=False)):
            by_origin(first, stage, ax, origins, named=number == 0)
        if lower:
            _origin_head(figure, lower[0], first, len(replications) > 1)
    form = tr("Medians with quartiles on a log scale of time, by stage and by origin.")
    caption, numbers = _caption(shown), partial(plotted, "durations", replications)
    return Drawing("durations", tr(TITLE), figure, form, message, note, caption, numbers)


def _layout(figure: Figure, top: float, bottom: float, upper: float, lower: float) -> list[Axes]:
    """Lay out one wide panel above three that share their rows, if these have any height."""
    width, height = figure.get_size_inches()
    left, right, gap = 2.82, 1.25, 0.86
    box = (left / width, (height - top - upper) / height, (width - left - right) / width,
           upper / height)  # fmt: skip
    axes = [figure.add_axes(box)]
    wide = (width - left - gap * 3) / 3
    for n in range(3 if lower else 0):
        x = left + n * (wide + gap)
        box = (x / width, bottom / height, wide / width, lower / height)
        axes.append(figure.add_axes(box))
    return axes


def _rows(ax: Axes, heights: Sequence[float], names: Sequence[str], tall: float) -> None:
    """Name rows at given heights from the top; a name that begins with `=` is a heading."""
    ax.set_ylim(tall, 0)
    ax.set_yticks(list(heights), [name.removeprefix("=") for name in names])
    ax.tick_params(axis="y", length=0, pad=5)
    for label, name in zip(ax.get_yticklabels(), names, strict=True):
        if name.startswith("="):
            label.set_fontweight("bold")
    ax.spines["left"].set_visible(False)


def _origin_title(scenario: Scenario, name: str) -> str:
    if name.startswith("="):
        return f"={tr(REGIMES[name[1:]])}"
    return textwrap.shorten(tr(scenario.origins[name].title), 42, placeholder=" …")


def _column_head(ax: Axes, scenario: Scenario) -> None:
    text = tr("○ not over by\n{month}, of all", month=words.month(scenario.time.end))
    ax.annotate(
        text, (1.0, 1.0), (2, 5),
        xycoords="axes fraction", textcoords="offset points", size=style.SMALL - 0.6,
        color=style.GREY, va="bottom", annotation_clip=False, linespacing=1.1,
    )  # fmt: skip


def _origin_head(figure: Figure, ax: Axes, r: Replications, several: bool) -> None:
    title = tr("By country of origin")
    if several:
        title = tr(
            "By country of origin (only {scenario})", scenario=words.quoted(r.scenario.title)
        )
    width, height = figure.get_size_inches()
    y = ax.get_position().y1 + 0.36 / height
    figure.text(0.16 / width, y, title, size=10.5, weight="bold")


def _note(replications: Sequence[Replications], shown: Sequence[Replications]) -> str:
    parts = [first_words(replications, shown), tr("Marker: median; bar: the middle half of stays.")]
    most = max(r.number for r in shown)
    if most > 1:
        parts.append(tr("Kaplan-Meier, the middle of {runs}.", runs=runs_words(shown)))
    else:
        parts.append("Kaplan-Meier.")
    parts.append(
        tr(
            "Stays that begin in the observed period, however they end; one person can have "
            "several. Waiting ends also without what is waited for: how long it takes to get it is "
            "told with the queues. At the right: mean number of stays, and of those not over at "
            "the end (○). Cooperation as on the first observed day."
        )
    )
    if _any_open(replications, shown):
        parts.append(tr("Arrow: so many are not over that the upper quartile is not reached."))
    parts.append(_rare(shown))
    return " ".join(filter(None, parts))


def _any_open(replications: Sequence[Replications], shown: Sequence[Replications]) -> bool:
    tables = [*(lengths(r) for r in shown), lengths(replications[0], "origin")]
    return any(
        not np.isfinite(length.upper)
        for table in tables
        for key, length in table.items()
        if length.stays >= FEWEST and key[0] in STAGES and (len(key) == 1 or key[0] in BY_ORIGIN)
    )


def _rare(shown: Sequence[Replications]) -> str:
    tables = [lengths(r) for r in shown]
    titles = words.stage_titles(shown[0].scenario)
    rare = [
        words.lower_first(titles[name], shown[0].scenario)
        for name in STAGES
        if name
        and any((name,) in t for t in tables)
        and all((name,) not in t or t[(name,)].stays < FEWEST for t in tables)
    ]
    if not rare:
        return ""
    return tr(
        "Too rare to show (fewer than {fewest} stays): {stages}.",
        fewest=FEWEST,
        stages=words.listed(rare),
    )


def _caption(shown: Sequence[Replications]) -> str:
    told = ("rented_prison", "pre_removal_detention", "departure_centre", "limbo")
    parts = [_stage_words(shown, name) for name in told]
    return " ".join(filter(None, [*parts, _origin_words(shown[0])]))


def _message(shown: Sequence[Replications]) -> str:
    """Say in one sentence within which time half of the stays are over in the first scenario."""
    table, scenario = lengths(shown[0]), shown[0].scenario
    titles, parts = words.stage_titles(scenario), []
    for name in ("rented_prison", "pre_removal_detention", "departure_centre", "limbo"):
        length = table.get((name,))
        if length is not None and length.stays >= FEWEST and np.isfinite(length.median):
            title = tr("limbo") if name == "limbo" else words.lower_first(titles[name], scenario)
            parts.append(tr("{time} in {stage}", time=words.span(length.median), stage=title))
    if not parts:
        return tr("Too few people stay anywhere to say for how long.")
    if len(shown) == 1:
        return tr("Half of all stays are over within {parts}.", parts=words.listed(parts))
    return tr(
        "Half of all stays in {scenario} are over within {parts}.",
        scenario=words.quoted(scenario.title),
        parts=words.listed(parts),
    )


def _stage_words(shown: Sequence[Replications], name: str) -> str:
    said: dict[str, list[str]] = {}
    for r in shown:
        length = lengths(r).get((name,))
        if length is not None and length.stays >= FEWEST:
            said.setdefault(half(length), []).append(words.quoted(r.scenario.title))
    title = words.stage_titles(shown[0].scenario)[name]
    if not said:
        return ""
    if len(said) == 1:
        return f"{title}: {next(iter(said))}."
    each = [
        tr("{what} in {scenarios}", what=text, scenarios=words.listed(who))
        for text, who in said.items()
    ]
    return f"{title}: {'; '.join(each)}."


def _origin_words(r: Replications) -> str:
    """Name the origins whose people are in limbo longest and shortest."""
    found = {
        key[1]: length.median
        for key, length in lengths(r, "origin").items()
        if key[0] == "limbo" and length.stays >= ENOUGH_TO_RANK and np.isfinite(length.median)
    }
    if len(found) < 2:
        return ""
    longest, shortest = max(found, key=lambda o: found[o]), min(found, key=lambda o: found[o])
    names = r.scenario.origins
    return tr(
        "Of origins with {fewest} or more cases of limbo, the median is longest for {longest} "
        "({long}) and shortest for {shortest} ({short}).",
        fewest=ENOUGH_TO_RANK,
        longest=tr(names[longest].title),
        long=words.span(found[longest]),
        shortest=tr(names[shortest].title),
        short=words.span(found[shortest]),
    )
