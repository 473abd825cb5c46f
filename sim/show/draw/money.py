"""Figure: what it costs, item by item, beside the reference."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.language import mark, tr, trn
from sim.numbers import grouped
from sim.show import words
from sim.show.draw import style
from sim.show.draw.drawing import Drawing
from sim.show.draw.page import page
from sim.show.facts.costs import ITEMS, costs_of, of_agreement, title_of, total
from sim.show.facts.data import runs_words
from sim.show.facts.plotted import plotted
from sim.show.words.amounts import million, unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiment.replications import Replications

TITLE = mark("What does it cost?")
#: Colour of each item: the agreement's are blue, those of the sending state brown.
_COLOURS = {
    "rent": "#08345e",
    "rent_by_month": "#08519c",
    "rent_payments": "#4a6fa5",
    "aid": "#2c7fb8",
    "rotations": "#6baed6",
    "set_up": "#9ecae1",
    "visits": "#c6dbef",
    "home_prison": "#8c510a",
    "remand": "#bf812d",
    "detention": "#dfc27d",
    "departure_centre": "#f6e8c3",
    "home_prison_kept_ready": "#737373",
    "home_prison_filled_again": "#969696",
    "detention_kept_ready": "#bdbdbd",
}
#: Above the bar there is room for one name alone: that of detention, between two wide parts.
_ABOVE = ("detention",)
_COLOURS_MEAN = mark(
    "Blue: what the agreement costs; brown: what {adjective} prisons, detention and the departure "
    "centre cost for the people of this model."
)
#: Share of the longest bar from which on a part is labelled; inches of that bar.
_TOLD, _INCHES = 0.03, 7.1


def note_of(replications: Sequence[Replications]) -> str:
    """Say what the colours are, and what day prices."""
    scenario, runs = replications[0].scenario, runs_words(replications)
    costs = scenario.costs
    currency, _ = unit(costs)
    prices = [p for p in (costs.prison_per_day, costs.remand_per_day, costs.detention_per_day) if p]
    years = words.listed(sorted({str(price.price_year) for price in prices}))
    said = [
        tr("Mean of {runs}, {currency} million.", runs=runs, currency=currency),
        words.told(scenario, _COLOURS_MEAN),
        tr("Grey: what freed places cost all the same. The smallest parts have no words."),
    ]
    years = years or str(costs.price_year)
    if any(map(costs.growth, prices)):
        said.append(
            words.told(
                scenario,
                "{adjective} day prices are those of {years}, raised to {to}.",
                years=years,
                to=costs.price_year,
            )
        )
    else:
        said.append(
            words.told(scenario, "{adjective} day prices are those of {years}.", years=years)
        )
    return " ".join(said)


def bars(replications: Sequence[Replications], ax: Axes | None = None) -> Axes:
    """Draw the costs of scenarios as bars made of items.

    Parameters
    ----------
    replications
        Scenarios, one bar each.
    ax
        Where to draw; a figure of its own by default.
    """
    with style.look():
        ax = style.own_axes(ax)
        currency, rate = unit(replications[0].scenario.costs)
        found = [costs_of(r) for r in replications]
        titles = {item: title_of(item, replications[0].scenario) for item in ITEMS}
        longest = rate * max(map(total, replications), default=0.0)
        for row, items in enumerate(found):
            left = 0.0
            for item, colour in _COLOURS.items():
                size = rate * items[item]
                ax.barh(row, size, left=left, color=colour, height=0.62, linewidth=0.6,
                        edgecolor="white", zorder=2)  # fmt: skip
                text = f"{titles[item]}\n{grouped(size)}"
                above = item in _ABOVE
                _label(ax, text, (left, row), size, longest, colour, above=above)
                left += size
            ax.text(left + 0.008 * longest, row, f"{grouped(left)}", va="center", weight="bold")
        ax.set_yticks(
            np.arange(len(found)), [_wrapped(words.title_of(r.scenario)) for r in replications]
        )
        ax.set_ylim(len(found) - 0.5, -0.5)
        ax.set_xlim(0, 1.08 * longest or 1)
        ax.set_xlabel(tr("{currency} million in the observed period", currency=currency))
        ax.xaxis.set_major_formatter(lambda value, _: grouped(value))
        ax.grid(axis="x", color=style.PALE, linewidth=0.6)
        ax.spines["left"].set_visible(False)
        ax.tick_params(axis="y", length=0)
    return ax


def _label(
    ax: Axes,
    text: str,
    at: tuple[float, int],
    size: float,
    longest: float,
    colour: str,
    *,
    above: bool,
) -> None:
    """Write the name and size of a part into it, or above it where it is narrow."""
    share = size / longest if longest else 0.0
    fits = share * _INCHES >= 0.062 * max(map(len, text.split("\n")))
    if not fits and (share < _TOLD or not above):
        return
    ax.text(
        at[0] + size / 2, at[1] if fits else at[1] - 0.34,
        text if fits else text.replace("\n", " "),
        ha="center", va="center" if fits else "bottom", size=style.SMALL - 1, linespacing=1.0,
        color="white" if fits and _dark(colour) else style.DARK, zorder=3,
    )  # fmt: skip


def _dark(colour: str) -> bool:
    """Tell whether white text is read better on a colour (relative luminance, WCAG 2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] < 0.18


def _wrapped(title: str) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(title, 26))


def costs(replications: Sequence[Replications]) -> Drawing:
    """Draw the costs of all scenarios."""
    message, note = _message(replications), note_of(replications)
    with style.look():
        figure, top, bottom = page(tr(TITLE), message, note, 0.44 + 0.72 * len(replications))
        axes = style.grid(figure, [1], top + 0.05, bottom + 0.52, left=2.0, right=0.3)
        bars(replications, axes[0])
    form = tr("A bar for each scenario, made of items of cost.")
    caption, numbers = _caption(replications), partial(plotted, "costs", replications)
    return Drawing("costs", tr(TITLE), figure, form, message, note, caption, numbers)


def _message(replications: Sequence[Replications]) -> str:
    """Say what the first scenarios cost, without ranking what chance may have ordered."""
    each = "; ".join(_costing(r, total(r)) for r in replications[:3])
    if more := len(replications[3:]):
        return trn(
            "On average over the observed period: {each}, and {number} more scenario.",
            "On average over the observed period: {each}, and {number} more scenarios.",
            more, each=each,
        )  # fmt: skip
    return tr("On average over the observed period: {each}.", each=each)


def _costing(r: Replications, eur_million: float) -> str:
    """Say of a scenario that it costs something."""
    amount = million(eur_million, r.scenario.costs)
    return tr("{scenario} {amount}", scenario=words.quoted(r.scenario.title), amount=amount)


def _caption(replications: Sequence[Replications]) -> str:
    """Say how much of the costs is for the agreement, in those scenarios that have one."""
    said = [_costing(r, ours) for r in replications if (ours := of_agreement(r))]
    if not said:
        return ""
    each = "; ".join(said[:6])
    if more := len(said[6:]):
        return trn(
            "For the agreement alone: {each}, and {number} more scenario.",
            "For the agreement alone: {each}, and {number} more scenarios.",
            more, each=each,
        )  # fmt: skip
    return tr("For the agreement alone: {each}.", each=each)
