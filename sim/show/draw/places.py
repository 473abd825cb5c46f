"""Figure: places filled and empty, in the rented prison and in prisons at home, over time."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.language import mark, tr
from sim.show import words
from sim.show.draw import scales, style
from sim.show.draw.drawing import Drawing
from sim.show.draw.facilities import period_words
from sim.show.draw.labels import outlined
from sim.show.draw.over_time import bands, mark_term, time_frame
from sim.show.draw.page import page
from sim.show.draw.style import Floats
from sim.show.facts.agreement import pair_of, reference
from sim.show.facts.data import Fan, Series, band_words, over_time, ranged
from sim.show.facts.places import Left, balance, left_at_home, more_at_home, more_left
from sim.show.facts.plotted import plotted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiment.replications import Replications

TITLE = mark("How many places stand empty?")
HOME, RENTED = "home_prisons", "rented_prison"
FILLED = "#0072B2"
_EMPTY: dict[str, Any] = {"facecolor": "white", "edgecolor": "#7d7d7d", "hatch": "////"}
_BEYOND: dict[str, Any] = {"facecolor": "#ef8a3c", "edgecolor": "#6b3306", "hatch": "...."}
#: Inches: of a panel, of a line above it.
_PANEL, _LINE = 1.35, 0.17


def filled(r: Replications, ax: Axes) -> Axes:
    """Draw the places of the rented prison over time, filled and empty."""
    key = words.facility_key(r.scenario, RENTED)
    people, places = over_time(r, "occupancy", key), over_time(r, "occupancy", key, "places")
    assert people is not None
    assert places is not None
    time_frame(ax, [r])
    days, inside, there = people.days, people.middle, places.middle
    held = np.minimum(inside, there)
    ax.fill_between(days, 0, held, facecolor=FILLED, linewidth=0, zorder=2)
    _area(ax, days, held, there, _EMPTY)
    _area(ax, days, there, np.maximum(inside, there), _BEYOND)
    _line(ax, days, Fan(people.middle, people.low, people.high))
    scales.count_axis(ax, max(float(there.max()), float(people.high.max())))
    found = balance(r, RENTED)
    if found is not None and (at := _centre(people)) is not None:
        text = tr("{number} filled", number=words.people(found.people))
        _write(ax, days[at], held[at] / 2, text, "white", FILLED)
        if round(found.left) > 0:
            _write(ax, days[at], (held[at] + there[at]) / 2, _left_words(found.left))
    return ax


def left(r: Replications, ax: Axes, most: tuple[float, float] | None = None) -> Axes:
    """Draw the places left in prisons at home over time, and people beyond the places below zero.

    Parameters
    ----------
    r
        Replications of a scenario.
    ax
        Where to draw.
    most
        Ends of the axis, for scenarios that are drawn beside each other; its own by default.
    """
    found, known = left_at_home(r), balance(r, HOME)
    assert found is not None
    _around_zero(ax, r, found, most or ends([found]))
    if known is not None and (at := _centre(over_time(r, "occupancy", HOME))) is not None:
        _write(ax, found.days[at], found.line.middle[at] / 2, _left_words(known.left))
    return ax


def more(r: Replications, base: Replications, ax: Axes) -> Axes:
    """Draw how many more places are left at home than in another scenario."""
    found, total = more_at_home(r, base), more_left(r, base)
    assert found is not None
    _around_zero(ax, r, found, ends([found]))
    if total is not None and (at := _centre(over_time(r, "occupancy", HOME))) is not None:
        number = float(total.middle[0])
        text = words.signed(number, words.people(abs(number)))
        _write(ax, found.days[at], found.line.middle[at] / 2, text)
    return ax


def _around_zero(ax: Axes, r: Replications, found: Left, most: tuple[float, float]) -> None:
    time_frame(ax, [r])
    line = found.line.middle
    zero = np.zeros_like(line)
    _area(ax, found.days, zero, np.maximum(line, 0), _EMPTY)
    _area(ax, found.days, np.minimum(line, 0), zero, _BEYOND)
    _line(ax, found.days, found.line)
    scales.count_axis(ax, most[1])
    ax.set_ylim(1.15 * most[0], 1.3 * most[1])
    ax.axhline(0, color=style.DARK, linewidth=0.9, zorder=4)


def _area(ax: Axes, days: Floats, low: Floats, high: Floats, look: dict[str, Any]) -> None:
    if np.any(high > low):
        ax.fill_between(
            days, low, high, where=(high > low).tolist(), interpolate=True, linewidth=0, zorder=2,
            **look,
        )  # fmt: skip


def _line(ax: Axes, days: Floats, line: Fan) -> None:
    bands(ax, days, line, None, style.DARK)
    ax.plot(days, line.middle, color=style.DARK, linewidth=1.2, zorder=3.5)


def _centre(series: Series | None) -> int | None:
    """Return the place of the middle of the observed period, None if none."""
    inside = np.flatnonzero(series.observed) if series is not None else ()
    return int(inside[len(inside) // 2]) if len(inside) else None


def _write(ax: Axes, x: float, y: float, text: str, ink: str = style.DARK,
           ground: str = "white") -> None:  # fmt: skip
    ax.text(x, y, text, ha="center", va="center", size=style.BODY, weight="bold", color=ink,
            zorder=6, path_effects=outlined(3.4, ground))  # fmt: skip


def _left_words(number: float) -> str:
    if round(number) < 0:
        return tr("{people} people too many", people=words.people(-number))
    return tr("{number} empty", number=words.people(max(number, 0.0)))


def places(replications: Sequence[Replications]) -> Drawing:
    """Draw filled and empty places of the first scenario and of the one it is compared with.

    Returns
    -------
    Drawing
        The rented prison where it is in use, then prisons at home on one scale, and last how many
        more places are empty there.
    """
    shown = [replications[n] for n in pair_of(replications)]
    panels = _panels(replications, shown)
    message, note = _message(replications, shown), _note(shown)
    heads = ["\n".join(textwrap.wrap(panel.head, 54)) for panel in panels]
    between = 0.32 + _LINE * max(head.count("\n") + 1 for head in heads)
    with style.look():
        body = len(panels) * (_PANEL + between) + 0.08
        sheet = page(tr(TITLE), message, note, body, style.NARROW)
        axes = style.grid(
            sheet.figure, [1] * len(panels), sheet.top + between - 0.22, sheet.bottom + 0.3,
            left=0.62, right=0.2, between=between,
        )  # fmt: skip
        for ax, panel, head in zip(axes, panels, heads, strict=True):
            panel.draw(ax)
            ax.set_title(head, size=style.BODY)
            ax.set_ylabel(panel.unit, labelpad=3)
            mark_term(ax, [panel.r], words=False)
    form = tr("Areas over time, a panel for each prison and scenario: filled and empty places.")
    caption, numbers = _caption(shown), partial(plotted, "places", replications)
    return Drawing("places", tr(TITLE), sheet.figure, form, message, note, caption, numbers)


class _Panel(NamedTuple):
    """What a panel shows."""

    r: Replications
    head: str
    unit: str
    draw: Callable[[Axes], Axes]


def _panels(replications: Sequence[Replications], shown: Sequence[Replications]) -> list[_Panel]:
    several = len(shown) > 1

    def head(r: Replications, role: str) -> str:
        title = words.capital(words.facility_title(r.scenario, role))
        return f"{title}: {words.title_of(r.scenario)}" if several else title

    at_home = [r for r in shown if left_at_home(r) is not None]
    most = ends([found for r in at_home if (found := left_at_home(r)) is not None])
    panels = [_Panel(r, head(r, RENTED), tr("places"), partial(filled, r)) for r in _abroad(shown)]
    panels += [
        _Panel(r, head(r, HOME), tr("places left"), partial(left, r, most=most)) for r in at_home
    ]
    if (pair := _pair(replications, shown)) is not None:
        r, base = pair
        title = words.facility_title(r.scenario, HOME)
        text = tr("{prisons}: more empty places than in {reference}", prisons=words.capital(title),
                  reference=words.quoted(base.scenario.title))  # fmt: skip
        panels.append(_Panel(r, text, tr("more places"), partial(more, r, base)))
    return panels


def _abroad(shown: Sequence[Replications]) -> list[Replications]:
    return [r for r in shown if balance(r, RENTED) is not None]


def _pair(
    replications: Sequence[Replications], shown: Sequence[Replications]
) -> tuple[Replications, Replications] | None:
    """Return the scenario and the reference whose places at home are compared, if they pair."""
    base = replications[reference(replications)]
    other = next((r for r in shown if r is not base), None)
    if other is None or more_at_home(other, base) is None:
        return None
    return other, base


def ends(found: Sequence[Left]) -> tuple[float, float]:
    """Return the ends of the axis that scenarios share."""
    low = min(0.0, *(float(one.line.low.min()) for one in found), 0.0)
    return low, max(1.0, *(float(one.line.high.max()) for one in found), 1.0)


def _message(replications: Sequence[Replications], shown: Sequence[Replications]) -> str:
    """Say how many places stand empty, a sentence for each prison and scenario."""
    abroad = _abroad(shown)
    said = [_sentence(shown, r, RENTED, quoted=len(abroad) > 1) for r in abroad]
    pair = _pair(replications, shown)
    total = more_left(*pair) if pair is not None else None
    if pair is None or total is None:
        at_home = [r for r in shown if balance(r, HOME) is not None]
        said += [_sentence(shown, r, HOME, quoted=len(shown) > 1) for r in at_home]
    else:
        said.append(_difference(*pair, total))
    return " ".join(said)


def _difference(r: Replications, base: Replications, total: Fan) -> str:
    middle, low, high = (float(one[0]) for one in total)
    values = {
        "prisons": words.capital(words.facility_title(r.scenario, HOME)),
        "scenario": words.quoted(r.scenario.title),
        "reference": words.quoted(base.scenario.title),
    }
    if middle < 0:
        return tr(
            "{prisons}: {number} fewer places are empty in {scenario} than in {reference}, on "
            "average.",
            number=ranged([r], -middle, -high, -low),
            **values,
        )
    return tr(
        "{prisons}: {number} more places are empty in {scenario} than in {reference}, on average.",
        number=ranged([r], middle, low, high),
        **values,
    )


def _sentence(shown: Sequence[Replications], r: Replications, role: str, *, quoted: bool) -> str:
    found = balance(r, role)
    assert found is not None
    title = words.capital(words.facility_title(r.scenario, role))
    prison = f"{title} ({words.title_of(r.scenario)})" if quoted else title
    if round(found.left) < 0:
        return tr(
            "{prison}: {people} people more than places, on average.",
            prison=prison,
            people=words.people(-found.left),
        )
    return tr(
        "{prison}: {empty} of {places} places are empty, on average.",
        prison=prison,
        empty=ranged(shown, found.left, found.low, found.high),
        places=words.people(found.people + found.left),
    )


def _caption(shown: Sequence[Replications]) -> str:
    abroad = _abroad(shown)
    said = []
    if len(shown) > 1:
        at_home = [r for r in shown if balance(r, HOME) is not None]
        said += [_sentence(shown, r, HOME, quoted=True) for r in at_home]
    without = [words.quoted(r.scenario.title) for r in shown if r not in abroad]
    if without and abroad:
        said.append(tr("No place is rented in {scenarios}.", scenarios=words.listed(without)))
    said.append(
        tr(
            "A place that a transfer frees at home stands empty as far as nobody is called up to "
            "it, which the scenario decides."
        )
    )
    return " ".join(said)


def _note(shown: Sequence[Replications]) -> str:
    return " ".join(
        (
            band_words(shown, narrow=False),
            tr("Hatched: empty places; dotted orange: people beyond the places."),
            period_words(shown),
            tr("Prisons at home share a scale."),
        )
    )
