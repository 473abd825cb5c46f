"""Axes of dates, people, shares and durations: where they begin and end, and their ticks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sim.language import mark, tr
from sim.numbers import grouped, points
from sim.show.draw.style import GREY, PALE, SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def day_number(day: date) -> float:
    """Return a date as matplotlib counts dates."""
    from matplotlib.dates import date2num

    return float(date2num(day))


def date_axis(ax: Axes, first: date, last: date) -> None:
    """Let the horizontal axis run from date to date, with a tick for every few years."""
    from matplotlib.dates import DateFormatter, YearLocator

    ax.set_xlim(day_number(first), day_number(last))
    inches = ax.get_position().width * ax.figure.get_size_inches()[0]  # type: ignore[union-attr]
    years = max(1.0, (last - first).days / 365.25)
    step = next((s for s in (1, 2, 3, 5, 10, 20) if years / s <= inches / 0.48), 50)
    ax.xaxis.set_major_locator(YearLocator(step))
    ax.xaxis.set_major_formatter(DateFormatter("%Y"))
    ax.xaxis.set_minor_locator(YearLocator(1))
    ax.tick_params(axis="x", which="minor", length=2)


def count_axis(ax: Axes, highest: float, lowest: float = 0.0) -> None:
    """Let the vertical axis count people, with whole ticks and room above for labels.

    It begins at zero, unless everything drawn lies well above: then it begins at the tick below
    what is drawn, and says so. Give no `lowest` where the axis must begin at zero.
    """
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    locator = MaxNLocator(5, integer=True, steps=[1, 2, 2.5, 5, 10])
    bottom = 0.0
    if 0 < 0.55 * highest < lowest:
        room = 0.35 * (highest - lowest) or 0.5 * lowest
        bottom = float(locator.tick_values(lowest - room, highest)[0])
    ax.set_ylim(bottom, max(bottom + 1.22 * (highest - bottom), bottom + 1.0))
    ax.yaxis.set_major_locator(locator)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: grouped(y)))
    ax.grid(axis="y", color=PALE, linewidth=0.6, alpha=0.7)
    if bottom > 0:
        _say_cut(ax, bottom)


def _say_cut(ax: Axes, bottom: float) -> None:
    text = tr("axis begins at {number}", number=grouped(bottom))
    ax.annotate(
        text, (0, 0), (5, 5), xycoords="axes fraction",
        textcoords="offset points", size=SMALL - 0.6, color=GREY, style="italic",
    )  # fmt: skip


def share_axis(ax: Axes) -> None:
    """Let the vertical axis run from 0 to 100 %."""
    ax.set_ylim(0, 1)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    ax.set_yticks(ticks, list(map(points, ticks)))


TIME_TICKS = (
    (1 / 24, mark("1 hour")),
    (1, mark("1 day")),
    (7, mark("1 week")),
    (30.44, mark("1 month")),
    (91.3, mark("3 months")),
    (365.25, mark("1 year")),
    (3 * 365.25, mark("3 years")),
    (10 * 365.25, mark("10 years")),
)


def time_axis(ax: Axes, first: float, last: float, *, short: bool = False) -> None:
    """Let the horizontal axis show durations in days, on a log scale with words for ticks."""
    from matplotlib.ticker import NullFormatter, NullLocator

    ax.set_xscale("log")
    ax.set_xlim(first, last)
    ticks = [(at, text) for at, text in TIME_TICKS if first <= at <= last]
    if short:
        brief = {"1 week": mark("1 wk"), "1 month": mark("1 mo"), "1 year": mark("1 yr")}
        ticks = [(at, brief[text]) for at, text in ticks if text in brief]
    size = SMALL - 0.8 if short else SMALL
    ax.set_xticks([at for at, _ in ticks], [tr(text) for _, text in ticks], size=size)
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.grid(axis="x", color=PALE, linewidth=0.6)
