"""Figure: what a forecast says over time, and what came."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sim.analysis.tables import records
from sim.language import tr, trn
from sim.numbers import in_unit, points, whole_day
from sim.show.draw.drawing import Drawing
from sim.show.draw.page import page
from sim.show.draw.scales import date_axis, day_number
from sim.show.draw.style import COLOURS, DARK, MARGIN, PALE, SMALL, WIDTH, look
from sim.show.words.forecast import SERIES, coverage_words, made_words, named_unit, series_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.analysis.forecasting.file import Forecast
    from sim.analysis.forecasting.judge import Score

#: Inches of a panel, of its head and foot, and of what stands at its left; panels beside another.
_TALL, _HEAD, _FOOT, _LABEL, _GAP, _BESIDE = 1.35, 0.3, 0.35, 0.5, 0.35, 2
#: Of so few dates each has a bar of its own.
_FEW = 4
#: Days left free at the ends of a time axis: of a line, and of bars.
_ROOM, _BAR_ROOM = 25, 200
#: Units that stand behind the name of a panel; the others are in it.
_NAMED = ("people", "EUR million")


def draw(forecast: Forecast, found: Score | None = None) -> Drawing:
    """Draw the targets of a forecast over time; with a score, what came as well.

    Parameters
    ----------
    forecast
        What was forecast.
    found
        What came beside it.
    """
    rows = forecast.table if found is None else found.told
    rows = rows.assign(series=rows["key"].map(series_of))
    panels = [panel for _, panel in rows.groupby("series", sort=False)]
    title, message = _words(forecast, found)
    note = _note(came=found is not None)
    down = -(-len(panels) // _BESIDE)
    each = _HEAD + _TALL + _FOOT
    with look():
        on = page(title, message, note, down * each + 0.1)
        wide = (WIDTH - 2 * MARGIN) / _BESIDE
        for number, panel in enumerate(panels):
            left = MARGIN + number % _BESIDE * wide + _LABEL
            top = number // _BESIDE * each + _HEAD
            _panel(on.box(left, top, wide - _LABEL - _GAP, _TALL), panel)
    form = trn(
        "{number} panel over time, with the ranges of a forecast.",
        "{number} panels over time, with the ranges of a forecast.",
        len(panels),
    )
    return Drawing(
        "forecast", title, on.figure, form, message, note,
        numbers=lambda: rows.drop(columns="series"),
    )  # fmt: skip


def _words(forecast: Forecast, found: Score | None) -> tuple[str, str]:
    """Return the question, and what one sees."""
    if found is not None:
        title = tr("What did the forecast say, and what came?")
        return title, f"{made_words(forecast)} {coverage_words(found)}"
    targets = trn(
        "{number} target until {day}.", "{number} targets until {day}.", len(forecast.target),
        day=whole_day(forecast.until),
    )  # fmt: skip
    return tr("What does the forecast say?"), f"{made_words(forecast)} {targets}"


def _note(*, came: bool) -> str:
    parts = [
        tr(
            "Line: median of the draws. Dark band: middle 50 %. Light band: middle 90 %. Where "
            "dates are few, each has a bar. Dashes or cross: the scenario at its own values, as "
            "announced."
        )
    ]
    if came:
        parts.append(tr("Dot: what came. White diamond: what came, outside the middle 90 %."))
    return " ".join(parts)


def _panel(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw one series of targets."""
    unit, yearly = str(rows["unit"].iloc[0]), bool(rows["key"].map(_of_a_year).all())
    shown = [_shown_on(*row) for row in zip(rows["key"], rows["date"], strict=True)]
    days = [day_number(day) for day in shown]
    colour, low, high = COLOURS[0], rows["q05"], rows["q95"]
    if len(rows) <= _FEW:
        ax.vlines(days, low, high, color=colour, linewidth=5, alpha=0.3, zorder=2)
        ax.vlines(days, rows["q25"], rows["q75"], color=colour, linewidth=5, alpha=0.7, zorder=2)
        ax.plot(days, rows["median"], color=DARK, marker="_", markersize=9, linewidth=0, zorder=3)
        own: dict[str, Any] = {"marker": "x", "linewidth": 0, "markersize": 4}
    else:
        ax.fill_between(days, low, high, color=colour, alpha=0.18, linewidth=0, zorder=2)
        ax.fill_between(
            days, rows["q25"], rows["q75"], color=colour, alpha=0.38, linewidth=0, zorder=2
        )
        ax.plot(days, rows["median"], color=colour, linewidth=2, zorder=3)
        own = {"linestyle": (0, (4, 2)), "linewidth": 1.1}
    ax.plot(days, rows["own_values"], color=DARK, zorder=3.1, **own)
    _came(ax, rows, days)
    around = timedelta(days=_ROOM if len(rows) > _FEW else _BAR_ROOM)
    date_axis(ax, min(shown) - around, max(shown) + around)
    if yearly:
        ax.set_xticks(days, [key[-4:] for key in rows["key"]])
        ax.set_xticks([], minor=True)
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(lambda y, _: points(y) if unit == "share" else in_unit(y, unit))
    ax.locator_params(axis="y", nbins=5)
    ax.grid(axis="y", color=PALE, linewidth=0.6, alpha=0.7)
    ax.tick_params(labelsize=SMALL - 1)
    name = SERIES.get(str(rows["series"].iloc[0]))
    told = tr(name) if name else str(rows["title"].iloc[0])
    ax.set_title(f"{told} ({named_unit(unit)})" if unit in _NAMED else told, size=SMALL)


def _of_a_year(key: str) -> bool:
    """Tell whether a target is about a whole year: its key ends in one."""
    return re.search(r"_\d{4}$", key) is not None


def _shown_on(key: str, last: date) -> date:
    """Return where a target stands in time: a year in its middle, else its last day."""
    return date(int(key[-4:]), 7, 1) if _of_a_year(key) else last


def _came(ax: Axes, rows: pd.DataFrame, days: list[float]) -> None:
    """Draw what came: inside the middle 90 % a dot, outside of it a white diamond."""
    for day, row in zip(days, records(rows), strict=True):
        if "value" not in row or row["value"] != row["value"]:
            continue
        inside = row["q05"] <= row["value"] <= row["q95"]
        ax.plot(
            [day], [row["value"]], marker="o" if inside else "D",
            color=DARK, markerfacecolor=DARK if inside else "white", markersize=5.5, zorder=5,
            clip_on=False,
        )  # fmt: skip
