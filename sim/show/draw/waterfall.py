"""Figure: from what the world without costs to what the world with costs, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.language import tr
from sim.numbers import grouped, with_sign
from sim.show import words
from sim.show.draw import style
from sim.show.draw.drawing import Drawing
from sim.show.draw.page import page
from sim.show.draw.rows import BAR, bar, name_rows, say
from sim.show.facts.agreement import others, reference
from sim.show.facts.costs import (
    Step,
    left_out,
    net_cost,
    rent_words,
    steps,
    title_of,
    total,
)
from sim.show.facts.data import Floats, runs_words
from sim.show.facts.plotted import plotted
from sim.show.words.amounts import million, unit
from sim.statistics.intervals import estimate
from sim.statistics.ranges import FEWEST, range_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiment.replications import Replications

#: Inches: of names at the left, numbers at the right, and a row.
_LEFT, _RIGHT, _ROW = 1.55, 1.2, 0.34
#: Inches below a panel for its axis, and above it for its title where there are several.
_BELOW, _ABOVE = 0.5, 0.3
#: Millions below which a step is told together with other small ones: it would be written as zero.
_SMALL = 0.5
_REST = "rest"
#: Worlds that have a panel.
_MOST = 3
_SIZE = style.SMALL - 0.4
MORE, LESS = "#E08A3C", "#0B4F8A"


class Reach(NamedTuple):
    """Where a quantity lies: its middle, and how far it reaches; None where that is not known."""

    middle: float
    low: float | None
    high: float | None


def reach(r: Replications, values: Floats) -> Reach:
    """Return median and range of draws; of replications their mean with the interval of chance."""
    if r.drawn:
        found = range_of(values)
        return Reach(found.middle, found.low, found.high)
    mean = estimate(values)
    if mean.half is None:
        return Reach(mean.mean, None, None)
    return Reach(mean.mean, mean.mean - mean.half, mean.mean + mean.half)


def gathered(found: Sequence[Step]) -> list[Step]:
    """Return steps with those that are written as zero in every draw as one, the last."""
    small = [step for step in found if np.abs(step.million).max() < _SMALL]
    if len(small) < 2:
        return list(found)
    rest = Step(_REST, np.sum([step.million for step in small], axis=0))
    return [*(step for step in found if step not in small), rest]


def _title(step: Step, r: Replications) -> str:
    return tr("all else") if step.item == _REST else title_of(step.item, r.scenario, days=True)


# ---------------------------------------------------------------------- a panel


def steps_of(base: Replications, other: Replications, ax: Axes | None = None) -> Axes:
    """Draw what a world costs more than another, item by item, each from where the last ended.

    Parameters
    ----------
    base, other
        The world without, where the steps begin, and the one where they lead.
    ax
        Where to draw; a figure of its own by default.
    """
    with style.look():
        ax = style.own_axes(ax)
        currency, rate = unit(other.scenario.costs)
        found, at = gathered(steps(base, other)), 0.0
        for row, step in enumerate(found, 1):
            mean = rate * step.mean
            _step(ax, row, at, mean)
            _range(ax, row, at, rate, reach(other, step.million))
            say(ax, row, _number(other, step, rate), style.DARK, _SIZE)
            ax.plot([at + mean] * 2, [row + BAR / 2, row + 1 - BAR / 2], color=style.GREY,
                    linewidth=0.7, zorder=1)  # fmt: skip
            at += mean
        last, net = len(found) + 1, net_cost(base, other)
        bar(ax, last, 0, at, style.DARK)
        _range(ax, last, 0, rate, reach(other, net), style.GREY)
        whole = Step("net", net)
        say(ax, last, _number(other, whole, rate), style.DARK, _SIZE)
        ax.axvline(0, color=style.DARK, linewidth=0.9, zorder=1.5)
        ax.plot([0], [0], marker="D", color=style.DARK, markersize=4.5, zorder=4, clip_on=False)
        say(ax, 0, tr("{million} in all", million=grouped(rate * total(base))), style.DARK, _SIZE)
        names = [_title(step, other) for step in found]
        every = [words.quoted(base.scenario.title), *names, tr("difference")]
        name_rows(ax, [_two_lines(name) for name in every], _SIZE)
        ax.get_yticklabels()[-1].set_fontweight("bold")
        ax.set_xlabel(tr("difference, {currency} million", currency=currency))
        ax.spines["left"].set_visible(False)
        ax.grid(axis="x", color=style.PALE, linewidth=0.6)
        ax.margins(x=0.04)
        ax.locator_params(axis="x", nbins=5)
        ax.xaxis.set_major_formatter(lambda value, _: with_sign(value))
    return ax


def _step(ax: Axes, row: int, at: float, size: float) -> None:
    """Draw a step: plain where it costs more, hatched where it costs less."""
    more = size >= 0
    bar(ax, row, at, at + size, MORE if more else LESS, hatch=None if more else "////",
        edgecolor=MORE if more else "white", linewidth=0)  # fmt: skip


def _range(
    ax: Axes, row: int, at: float, rate: float, found: Reach, colour: str = style.DARK
) -> None:
    """Draw how far a step reaches, from where it begins."""
    if found.low is None or found.high is None or found.low == found.high:
        return
    ends = at + rate * found.low, at + rate * found.high
    ax.plot(ends, [row] * 2, color="white", linewidth=3.4, solid_capstyle="butt", zorder=3)
    ax.plot(ends, [row] * 2, color=colour, linewidth=1.5, marker="|", markersize=6, zorder=3.5)


def _number(r: Replications, step: Step, rate: float) -> str:
    """Write the mean of a step, and below it how far it reaches."""
    found, text = reach(r, step.million), with_sign(rate * step.mean)
    if found.low is None or found.high is None:
        return text
    low, high = with_sign(rate * found.low), with_sign(rate * found.high)
    return text if low == high else f"{text}\n{tr('{low} to {high}', low=low, high=high)}"


def _two_lines(name: str) -> str:
    """Break a name into no more lines than a row has room for."""
    lines = style.wrapped(name, _SIZE, _LEFT - 0.3)
    return "\n".join(lines if len(lines) < 3 else [lines[0], f"{lines[1]} …"])


# ---------------------------------------------------------------------- the figure


def waterfall(replications: Sequence[Replications]) -> Drawing:
    """Draw the steps from the reference to each of the other worlds."""
    base = replications[reference(replications)]
    shown = [replications[n] for n in others(replications)][:_MOST]
    title = tr("What makes the difference in cost?")
    message = " ".join(_message(base, other) for other in shown)
    note = _note(replications, base, shown)
    tall = [_ROW * (len(gathered(steps(base, other))) + 2) for other in shown]
    above = _ABOVE if len(shown) > 1 else 0.0
    with style.look():
        body = sum(tall) + (above + _BELOW) * len(shown)
        drawn = page(title, message, note, body, style.NARROW)
        y, wide = above, style.NARROW - _LEFT - _RIGHT
        edge = (style.MARGIN - _LEFT) / wide
        for other, high in zip(shown, tall, strict=True):
            ax = steps_of(base, other, drawn.box(_LEFT, y, wide, high))
            if len(shown) > 1:
                heading = style.wrapped(
                    words.title_of(other.scenario), style.BODY, style.NARROW - 2 * style.MARGIN
                )
                ax.set_title(heading[0], size=style.BODY, x=edge)
            y += high + above + _BELOW
    form = tr(
        "For each item of cost a bar that begins where the one above it ended, with a line for its "
        "range; below, the difference of both worlds."
    )
    caption, numbers = _caption(base, shown), partial(plotted, "waterfall", replications)
    return Drawing("waterfall", title, drawn.figure, form, message, note, caption, numbers)


def _message(base: Replications, other: Replications) -> str:
    """Say what the difference is, and how sure that is."""
    found, costs = reach(other, net_cost(base, other)), other.scenario.costs
    _, rate = unit(costs)
    said = {
        "other": words.quoted(other.scenario.title),
        "base": words.quoted(base.scenario.title),
        "net": million(found.middle, costs, sign=True),
    }
    if found.low is None or found.high is None:
        return tr("{other} less {base}: {net} on average.", **said)
    said |= {"low": with_sign(rate * found.low), "high": with_sign(rate * found.high)}
    if not other.drawn:
        return tr(
            "{other} less {base}: {net} on average, from {low} to {high} by chance alone.", **said
        )
    if other.number < FEWEST:
        return tr("{other} less {base}: {net}, from {low} to {high} in the draws so far.", **said)
    return tr("{other} less {base}: {net}, in 90 of 100 draws from {low} to {high}.", **said)


def _note(
    replications: Sequence[Replications], base: Replications, shown: Sequence[Replications]
) -> str:
    """Say how to read it, and what is in no sum."""
    runs = runs_words(replications)
    said = [tr("Bars and first numbers: mean of {runs}, as means add up.", runs=runs)]
    if base.drawn:
        said.append(tr("Lines and second numbers: range over assumptions and chance."))
    else:
        said.append(tr("Lines and second numbers: interval of the mean, chance only."))
    said.append(tr("Hatched: costs less. What differs in no item is left out."))
    said.append(tr("Kept ready: the part of the price of freed places that is not saved."))
    there = [replications[n] for n in others(replications)]
    if len(there) > len(shown):
        said.append(
            tr(
                "The first {shown} of {number} worlds are drawn; all are in the numbers.",
                shown=grouped(len(shown)),
                number=grouped(len(there)),
            )
        )
    return " ".join(said)


def _caption(base: Replications, shown: Sequence[Replications]) -> str:
    """Say what is left out, and what the rent follows."""
    scenario = shown[0].scenario
    said = [tr("In no sum: {items}.", items="; ".join(left_out(scenario)))]
    each = [text for r in (base, *shown) if (text := rent_words(r))]
    if len(set(each)) == 1:
        said.insert(0, each[0])
    return " ".join(said)
