"""Figure: how long limbo lasts, with how many people the curve is about at every year."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.language import mark, tr
from sim.numbers import grouped
from sim.show import words
from sim.show.draw import scales, style
from sim.show.draw.drawing import Drawing
from sim.show.draw.labels import LineLabel, label_lines
from sim.show.draw.over_time import FEW, bands, short
from sim.show.draw.page import page
from sim.show.facts.data import alike, band_words, ranged
from sim.show.facts.limbo import StillThere, still_there
from sim.show.facts.plotted import plotted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiment.replications import Replications

TITLE = mark("How long does limbo last?")
#: Years drawn, and inches: of the panel, of the first row of numbers below it, of each more.
YEARS, _PANEL, _HEAD, _ROW = 5, 2.6, 0.78, 0.17


def survival_of_limbo(replications: Sequence[Replications], ax: Axes) -> Axes:
    """Draw the share of people still in limbo, some time after they entered it.

    Parameters
    ----------
    replications
        Scenarios to compare; those in which hardly anyone enters limbo have no curve.
    ax
        Where to draw; numbers at risk stand below it.
    """
    found = _curves(replications)
    for number, one in found:
        colour = style.colour(number)
        if len(replications) <= FEW:
            bands(ax, one.years, one.share, one.chance, colour)
        ax.plot(
            one.years, one.share.middle, color=colour, linestyle=style.dash(number),
            linewidth=2.4 if number == 0 else 1.7, zorder=3 + number / 100,
        )  # fmt: skip
    ax.set_xlim(0, YEARS)
    scales.share_axis(ax)
    ax.set_xticks(range(YEARS + 1))
    ax.grid(color=style.PALE, linewidth=0.6, alpha=0.7)
    ax.set_xlabel(tr("years after entering limbo"), labelpad=2)
    label_lines(ax, _names(replications, found))
    _numbers(ax, replications, found)
    return ax


def _curves(replications: Sequence[Replications]) -> list[tuple[int, StillThere]]:
    found = ((n, still_there(r)) for n, r in enumerate(replications))
    return [(n, one) for n, one in found if one is not None]


def _names(
    replications: Sequence[Replications], found: Sequence[tuple[int, StillThere]]
) -> list[LineLabel]:
    """Return names of the lines, those that coincide named together."""
    if len(replications) == 1 or len(replications) > FEW:
        return []
    labels = []
    for group in alike([one.share.middle for _, one in found], 1.0):
        number, one = found[group[0]]
        every = len(group) > 1 and len(group) == len(replications)
        every_words = tr("both scenarios") if len(group) == 2 else tr("every scenario")
        text = every_words if every else short(words.title_of(replications[number].scenario))
        colour = style.DARK if len(group) > 1 else style.colour(number)
        shown = one.years <= YEARS
        labels.append(LineLabel(text, colour, one.years[shown], one.share.middle[shown]))
    return labels


def _numbers(
    ax: Axes, replications: Sequence[Replications], found: Sequence[tuple[int, StillThere]]
) -> None:
    """Write below the years how many people the curve is about."""
    tall = ax.get_position().height * ax.figure.get_size_inches()[1]  # type: ignore[union-attr]

    def write(x: float, row: float, text: str, colour: str, side: str) -> None:
        y = -(_HEAD - 0.22 + row * _ROW) / tall
        ax.text(
            x, y, text, transform=ax.get_xaxis_transform(), size=style.SMALL, color=colour,
            ha=side, va="center",
        )  # fmt: skip

    write(0, 0, tr("People still in limbo and followed so long:"), style.GREY, "left")
    for row, (name, colour, one) in enumerate(_at_risk(replications, found)):
        at = 1 + row * (2 if name else 1)
        if name:
            write(0, at, name, colour, "left")
            at += 1
        for year in range(YEARS + 1):
            if (place := one.place(year)) is not None:
                side = {0: "left", YEARS: "right"}.get(year, "center")
                write(year, at, grouped(one.at_risk[place]), colour, side)


def _at_risk(
    replications: Sequence[Replications], found: Sequence[tuple[int, StillThere]]
) -> list[tuple[str, str, StillThere]]:
    """Return what numbers there are to write: names and colours; scenarios alike share a row."""
    alike_: dict[tuple[int, ...], list[tuple[int, StillThere]]] = {}
    for number, one in found[:FEW]:
        alike_.setdefault(tuple(np.rint(one.at_risk).astype(int)), []).append((number, one))
    rows = []
    for together in alike_.values():
        number, one = together[0]
        several = len(together) > 1
        name = " / ".join(words.title_of(replications[n].scenario) for n, _ in together)
        if several and len(together) == len(replications):
            name = tr("both scenarios") if len(together) == 2 else tr("every scenario")
        colour = style.DARK if several else style.colour(number)
        rows.append((name if len(replications) > 1 else "", colour, one))
    return rows


def below(replications: Sequence[Replications]) -> float:
    """Return how many inches the numbers below the panel take."""
    rows = len(_at_risk(replications, _curves(replications))) * (1 + (len(replications) > 1))
    return _HEAD - 0.2 + _ROW * (1 + rows)


def limbo(replications: Sequence[Replications]) -> Drawing:
    """Draw how long limbo lasts, one line for each scenario.

    Returns
    -------
    Drawing
        One panel; the numbers of people at risk stand below it.
    """
    message, note = _message(replications), _note(replications)
    keyed = len(replications) > FEW
    room = 0.1 + 0.19 * len(replications) if keyed else 0.0
    body = 0.12 + _PANEL + below(replications) + room
    with style.look():
        sheet = page(tr(TITLE), message, note, body, style.NARROW)
        top = 0.12
        if keyed:
            titles = [words.title_of(r.scenario) for r in replications]
            top += style.key(sheet.figure, titles, sheet.top)
        survival_of_limbo(replications, sheet.box(0.62, top, style.NARROW - 0.62 - 0.3, _PANEL))
    form = tr(
        "A falling line for each scenario over five years; below it, how many people it is about."
    )
    caption, numbers = _caption(replications), partial(plotted, "limbo", replications)
    return Drawing("limbo", tr(TITLE), sheet.figure, form, message, note, caption, numbers)


def _message(replications: Sequence[Replications]) -> str:
    """Say how many of 100 people are still there after a year, a sentence for each share."""
    said = _said(replications, 1.0)
    sentences = [
        tr("{number} of 100 people are still in limbo a year after entering it ({scenarios}).",
           number=number, scenarios=who)
        if who
        else tr("{number} of 100 people are still in limbo a year after entering it.",
                number=number)
        for number, who in said.items()
    ]  # fmt: skip
    return " ".join(sentences) or tr("Hardly anyone enters limbo.")


def _caption(replications: Sequence[Replications]) -> str:
    sentences = [
        tr("After three years it is {number} ({scenarios}).", number=number, scenarios=who)
        if who
        else tr("After three years it is {number}.", number=number)
        for number, who in _said(replications, 3.0).items()
    ]
    sentences.append(
        tr(
            "In limbo the sentence is over and no removal is in prospect. Whoever leaves it has "
            "gone home, has absconded or has a prospect of removal again."
        )
    )
    return " ".join(sentences)


def _said(replications: Sequence[Replications], years: float) -> dict[str, str]:
    """Return how many of 100 people are still there after some years, and in which scenarios."""
    said: dict[str, list[str]] = {}
    for number, one in _curves(replications):
        if (at := one.place(years)) is not None:
            share = (100 * float(line[at]) for line in one.share)
            title = words.quoted(replications[number].scenario.title)
            said.setdefault(ranged(replications, *share), []).append(title)
    alone = len(said) == 1 and len(next(iter(said.values()))) == len(replications)
    return {number: "" if alone else words.listed(who) for number, who in said.items()}


def _note(replications: Sequence[Replications]) -> str:
    return " ".join(
        (
            band_words(replications, len(replications) <= FEW),
            tr(
                "Of all who enter limbo in the observed period (Kaplan-Meier): those not followed "
                "to its end count for as long as they are."
            ),
        )
    )
