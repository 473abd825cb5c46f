"""Figure: how far one headline may be off, and what it would be at either end of an assumption."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sim.language import tr
from sim.numbers import grouped
from sim.show.draw import style
from sim.show.draw.drawing import Drawing
from sim.show.draw.page import page
from sim.show.draw.rows import bar
from sim.show.words.assumptions import assumption_title, assumption_value
from sim.show.words.sureness import (
    amount,
    between,
    decimals_of,
    explained_words,
    factor_of,
    follows_words,
    headline_title,
    headline_unit,
)
from sim.statistics.stepwise import ENDS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.analysis.doubt import Follows, Headline
    from sim.scenario.schema import Scenario

#: Inches: so narrow that it is read on a phone without moving it; height of a row.
WIDTH, _ROW = 4.4, 0.6
#: Assumptions drawn, the largest swings.
MOST = 6
#: Where in its row the name and the values below the bar stand, and how high the bar is.
_NAME, _BELOW, _TALL = -0.3, 0.3, 0.26


def tornado(one: Headline, follows: tuple[Follows, ...], scenario: Scenario) -> Drawing:
    """Draw the range of a headline, and what it follows.

    Parameters
    ----------
    one
        The headline.
    follows
        What it follows, the largest swing first; of its own draws or of others.
    scenario
        Whose names are put in.
    """
    shown = follows[:MOST]
    title, message = tr("What does it hang on?"), message_of(one, follows, scenario)
    note = _note(one)
    with style.look():
        drawn = page(title, message, note, _ROW * (2 + len(shown)) + 0.62, WIDTH)
        box = drawn.box(style.MARGIN, 0.08, WIDTH - 2 * style.MARGIN, _ROW * (2 + len(shown)))
        bars(one, shown, scenario, box)
    form = tr(
        "A bar for the range of all draws, one for chance alone, and one for each assumption, from "
        "what is expected at its low end to what is expected at its high end."
    )
    numbers = partial(table, one, follows, scenario)
    caption = explained_words(one)
    name = f"tornado_{scenario.name}_{one.outcome}"
    return Drawing(name, title, drawn.figure, form, message, note, caption, numbers)


def bars(one: Headline, follows: tuple[Follows, ...], scenario: Scenario, ax: Axes) -> Axes:
    """Draw the rows: the whole range, chance alone, and each assumption."""
    scale = factor_of(one)
    for row in range(2 + len(follows)):
        ax.plot([scale * one.range.middle] * 2, [row - 0.17, row + 0.17], color=style.DARK,
                linewidth=1.4, zorder=3)  # fmt: skip
    _name(ax, 0, tr("All assumptions and chance: {range}", range=between(one, one.range)))
    bar(ax, 0, scale * one.range.low, scale * one.range.high, style.PALE, height=_TALL)
    alone = one.chance
    told = tr("not known") if alone is None else between(one, alone)
    _name(ax, 1, tr("Chance alone: {range}", range=told))
    if alone is not None:
        bar(ax, 1, scale * alone.low, scale * alone.high, style.GREY, height=_TALL)
    for row, most in enumerate(follows, 2):
        _assumption(ax, row, one, most, scenario)
    ax.set_ylim(len(follows) + 1.5, -0.5)
    ax.use_sticky_edges = False
    ax.margins(x=0.03)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x", color=style.PALE, linewidth=0.6)
    ax.locator_params(axis="x", nbins=5)
    ax.xaxis.set_major_formatter(lambda value, _: amount(one, value / scale, _few(ax)))
    said = {"headline": headline_title(one, scenario), "unit": headline_unit(one)}
    ax.set_xlabel(tr("{headline} ({unit})", **said))
    return ax


def _few(ax: Axes) -> int:
    """Return as many decimals as tell the marks of an axis apart."""
    low, high = ax.get_xlim()
    return 0 if high - low >= 5 else 1 if high - low >= 0.5 else 2


def _name(ax: Axes, row: int, text: str) -> None:
    lines = style.wrapped(text, style.SMALL, WIDTH - 2 * style.MARGIN)
    ax.text(
        0, row + _NAME, lines[0] + (" …" if len(lines) > 1 else ""), va="center",
        transform=ax.get_yaxis_transform(), size=style.SMALL, zorder=4,
    )  # fmt: skip


def _assumption(ax: Axes, row: int, one: Headline, most: Follows, scenario: Scenario) -> None:
    """Draw one assumption: plain towards its low end, hatched towards its high end."""
    scale, middle = factor_of(one), factor_of(one) * one.range.middle
    _name(ax, row, assumption_title(most.factor, scenario))
    half = scale * most.swing / 2
    plain, hatched = style.colour(0), style.colour(1)
    bar(ax, row, middle - half, middle, plain, height=_TALL)
    bar(ax, row, middle, middle + half, "white", height=_TALL, hatch="/////",
        edgecolor=hatched, linewidth=0.8)  # fmt: skip
    ends = [(most.low, most.at_low, plain), (most.high, most.at_high, hatched)]
    ends.sort(key=lambda end: end[1])
    for place, (value, at, colour) in enumerate(ends):
        text = tr(
            "at {value}: {answer}",
            value=assumption_value(most.factor, value, times=most.times),
            answer=amount(one, at, decimals_of(one)),
        )
        ax.text(
            place, row + _BELOW, text, ha="right" if place else "left", va="center", color=colour,
            transform=ax.get_yaxis_transform(), size=style.SMALL - 0.6, zorder=4,
        )  # fmt: skip


# ---------------------------------------------------------------------- words and numbers


def message_of(one: Headline, follows: tuple[Follows, ...], scenario: Scenario) -> str:
    """Say how far the headline may be off, and what it follows most."""
    said = tr(
        "{headline}: {range} {unit}.",
        headline=headline_title(one, scenario),
        range=between(one, one.range),
        unit=headline_unit(one),
    )
    return f"{said} {follows_words(one, follows[0], scenario)}" if follows else said


def _note(one: Headline) -> str:
    return tr(
        "Line: middle of {draws} draws. Coloured: what is expected where an assumption is as low "
        "(plain) or as high (hatched) as in {tail} of 100 draws, the others being anywhere; by a "
        "joint fit of ranks. What cannot be told from chance is left out.",
        draws=grouped(one.range.number),
        tail=grouped(100 * ENDS[0]),
    )


def table(one: Headline, follows: tuple[Follows, ...], scenario: Scenario) -> pd.DataFrame:
    """Return the numbers that are drawn, and those of assumptions that are not."""
    import pandas as pd

    rows: list[tuple[object, ...]] = [
        ("all", "", None, None, one.range.low, one.range.high, None),
    ]
    if one.chance is not None:
        rows.append(("chance", "", None, None, one.chance.low, one.chance.high, None))
    rows += [
        (most.factor, assumption_title(most.factor, scenario), most.low, most.high, most.at_low,
         most.at_high, most.half_width)
        for most in follows
    ]  # fmt: skip
    columns = ["assumption", "title", "low", "high", "at_low", "at_high", "half_width"]
    frame = pd.DataFrame(rows, columns=columns)
    frame.insert(0, "outcome", one.outcome)
    return frame
