"""Figure: from what the world without costs to what the world with costs, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.language import tr, trn
from sim.numbers import grouped, signed
from sim.show import words
from sim.show.draw import style
from sim.show.draw.drawing import Drawing
from sim.show.draw.page import page
from sim.show.draw.rows import BAR, bar, name_rows, say
from sim.show.facts.agreement import others, reference
from sim.show.facts.costs import Step, each_cost, left_out, net_cost, steps, title_of, total
from sim.show.facts.data import Floats
from sim.show.facts.plotted import plotted
from sim.show.words.amounts import million, unit
from sim.statistics.intervals import estimate
from sim.statistics.ranges import FEWEST, range_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiment.replications import Replications

#: Inches: narrow, so that it is read on a phone without moving it; of names and numbers beside.
_WIDTH, _LEFT, _RIGHT, _ROW = 5.4, 1.62, 1.32, 0.27
#: Inches above a panel and below it: its title; its axis with a label.
_ABOVE, _BELOW = 0.3, 0.62
#: Worlds that have a panel.
_MOST = 3
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
        found, at = steps(base, other), 0.0
        for row, step in enumerate(found, 1):
            mean = rate * step.mean
            _step(ax, row, at, mean)
            _range(ax, row, at, rate, reach(other, step.million))
            say(ax, row, _number(other, step, rate), style.DARK, style.SMALL - 0.4)
            ax.plot([at + mean] * 2, [row + BAR / 2, row + 1 - BAR / 2], color=style.GREY,
                    linewidth=0.7, zorder=1)  # fmt: skip
            at += mean
        last, net = len(found) + 1, net_cost(base, other)
        bar(ax, last, 0, at, style.DARK)
        _range(ax, last, 0, rate, reach(other, net), style.GREY)
        whole = Step("net", net)
        say(ax, last, _number(other, whole, rate), style.DARK, style.SMALL - 0.4)
        ax.axvline(0, color=style.DARK, linewidth=0.9, zorder=1.5)
        ax.plot([0], [0], marker="D", color=style.DARK, markersize=4.5, zorder=4)
        say(ax, 0, grouped(rate * total(base)), style.DARK, style.SMALL - 0.4)
        names = [title_of(step.item, other.scenario) for step in found]
        name_rows(ax, [tr("without: in all"), *names, tr("difference")], style.SMALL - 0.2)
        for label in (ax.get_yticklabels()[0], ax.get_yticklabels()[-1]):
            label.set_weight("bold")
        ax.set_xlabel(tr("{currency} million more than without", currency=currency))
        ax.spines["left"].set_visible(False)
        ax.grid(axis="x", color=style.PALE, linewidth=0.6)
        ax.margins(x=0.04)
        ax.locator_params(axis="x", nbins=5)
        ax.xaxis.set_major_formatter(lambda value, _: signed(value, grouped(abs(value))))
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
    found, text = reach(r, step.million), _signed(rate * step.mean)
    if found.low is None or found.high is None:
        return text
    low, high = _signed(rate * found.low), _signed(rate * found.high)
    return text if low == high else tr("{mean} ({low} to {high})", mean=text, low=low, high=high)


def _signed(number: float) -> str:
    return signed(number, grouped(abs(number)))


# ---------------------------------------------------------------------- the figure


def waterfall(replications: Sequence[Replications]) -> Drawing:
    """Draw the steps from the reference to each of the other worlds."""
    base = replications[reference(replications)]
    shown = [replications[n] for n in others(replications)][:_MOST]
    title = tr("What makes the difference in cost?")
    message = " ".join(_message(base, other) for other in shown)
    note = _note(replications, base, shown)
    rows = [len(steps(base, other)) + 2 for other in shown]
    tall = [_ROW * count for count in rows]
    with style.look():
        body = sum(tall) + (_ABOVE + _BELOW) * len(shown)
        drawn = page(title, message, note, body, _WIDTH)
        y = _ABOVE
        for other, high in zip(shown, tall, strict=True):
            ax = steps_of(base, other, drawn.box(_LEFT, y, _WIDTH - _LEFT - _RIGHT, high))
            if len(shown) > 1:
                heading = style.wrapped(other.scenario.title, style.BODY, _WIDTH - 2 * style.MARGIN)
                ax.set_title(heading[0], size=style.BODY, x=-_LEFT / (_WIDTH - _LEFT - _RIGHT))
            y += high + _ABOVE + _BELOW
    form = tr(
        "For each item of cost a bar that begins where the one above it ended, with a line for its "
        "range; below, the difference of both worlds."
    )
    caption, numbers = _caption(base, shown), partial(plotted, "waterfall", replications)
    return Drawing("waterfall", title, drawn.figure, form, message, note, caption, numbers)


def _message(base: Replications, other: Replications) -> str:
    """Say what the difference is, and how sure that is."""
    found, costs = reach(other, net_cost(base, other)), other.scenario.costs
    said = {
        "other": words.quoted(other.scenario.title),
        "base": words.quoted(base.scenario.title),
        "net": million(found.middle, costs, sign=True),
    }
    if found.low is None or found.high is None:
        return tr("{other} less {base}: {net} on average.", **said)
    said |= {
        "low": million(found.low, costs, sign=True),
        "high": million(found.high, costs, sign=True),
    }
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
    if base.drawn:
        said = [trn(
            "Bars and first numbers: mean of {number} draw, as means add up; lines and brackets: "
            "range over assumptions and chance.",
            "Bars and first numbers: mean of {number} draws, as means add up; lines and brackets: "
            "range over assumptions and chance.",
            base.number,
        )]  # fmt: skip
    else:
        said = [trn(
            "Bars and first numbers: mean of {number} replication; lines and brackets: its "
            "interval, chance only.",
            "Bars and first numbers: mean of {number} replications; lines and brackets: its "
            "interval, chance only.",
            base.number,
        )]  # fmt: skip
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
    """Say what is left out, and that rent does not follow the places."""
    scenario = shown[0].scenario
    said = [tr("In no sum: {items}.", items="; ".join(left_out(scenario)))]
    if any(np.any(each_cost(r)["rent"]) for r in (base, *shown)):
        said.insert(0, tr("Rent is the same however many places are used."))
    return " ".join(said)
