"""Figure: what happens after the sentence, as cumulative shares of people by way out."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.language import mark, tr
from sim.show import words
from sim.show.draw import scales, style
from sim.show.draw.drawing import Drawing
from sim.show.draw.labels import label_bands
from sim.show.draw.page import first_words, page
from sim.show.facts.afterwards import (
    HOME,
    MAIN,
    OTHERS,
    SECOND,
    STILL_THERE,
    WAYS,
    YEARS,
    curves,
    rest_title,
    sum_of,
    time_of,
    ways_of,
)
from sim.show.facts.data import runs_words
from sim.show.facts.plotted import plotted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiment.replications import Replications

TITLE = mark("What happens after the sentence?")
#: Scenarios that fit.
COMPARED = 4
#: Inches that one more line of a panel's title takes.
_LINE = 0.2

#: Colours of ways out and of their labels, from below.
_COLOURS = dict(
    zip(
        WAYS,
        (
            ("#08345e", "#08345e"),
            ("#2c7fb8", "#1f6291"),
            ("#6baed6", "#2f6f9f"),
            ("#9ecae1", "#3d6f8f"),
            ("#66c2a4", "#1b7a5a"),
            ("#c7e9c0", "#4d7a45"),
            ("#c994c7", "#8a4388"),
            ("#dec2dd", "#7a5578"),
            ("#8c6bb1", "#6a4a94"),
            ("#525252", "#525252"),
            ("#f2b705", "#8a6800"),
            ("#ef8a3c", "#b3540b"),
        ),
        strict=True,
    )
) | {OTHERS: ("#8c8c8c", style.GREY), STILL_THERE: ("#ece8df", style.GREY)}


def ways_out(
    r: Replications,
    group: str = MAIN,
    ax: Axes | None = None,
    *,
    beside: Sequence[Replications] = (),
) -> Axes:
    """Draw what becomes of a group of people in the five years after their sentence.

    Areas end where nobody is followed any longer.

    Parameters
    ----------
    r
        Replications of the scenario; means over them are drawn.
    group
        `third_country`, `eu_eea`, `dual_national` or `not_expelled`.
    ax
        Where to draw; a figure of its own by default.
    beside
        Scenarios drawn beside it, which decide with it what is too small to be drawn.
    """
    with style.look():
        if ax is None:
            ax = style.grid(style.new_figure(4, 7), [1], 0.5, 0.5, right=2.0)[0]
        years, ways = ways_of(r, group, beside)
        lower, bands = np.zeros_like(years), []
        for way in ways:
            upper = lower + way.share
            fill, ink = _COLOURS[way.name]
            ax.fill_between(years, lower, upper, facecolor=fill, linewidth=0, zorder=2)
            ax.plot(years, lower, color="white", linewidth=0.9, zorder=3)
            share = words.percent(float(way.share[-1])).replace(" ", words.NO_BREAK)
            text = "\n".join(textwrap.wrap(f"{way.title} {share}", 23))
            bands.append((float(lower[-1]), float(upper[-1]), text, ink))
            lower = upper
        ax.set_xlim(0, YEARS)
        scales.share_axis(ax)
        ax.set_xticks(np.arange(0, YEARS + 1))
        ax.grid(axis="x", color="white", linewidth=0.8, alpha=0.6, zorder=3.5)
        ax.set_axisbelow(False)
        label_bands(ax, float(years[-1]), bands)
    return ax


def after_sentence(replications: Sequence[Replications]) -> Drawing:
    """Draw what happens after the sentence, one column or row for each of up to four scenarios.

    Returns
    -------
    Drawing
        Third-country nationals above, EU and EEA citizens in a lower panel.
    """
    shown = [r for r in replications[:COMPARED] if len(curves(r, MAIN)[0])]
    second = [r for r in shown[: 2 if len(shown) < 3 else 1] if len(curves(r, SECOND)[0])]
    columns = min(2, len(shown))
    panels: list[tuple[Replications | None, str]] = [(r, MAIN) for r in shown]
    panels += [(None, MAIN)] * (-len(panels) % columns)
    panels += [(r, SECOND) for r in second]
    rows = -(-len(panels) // columns)
    heights = [1.0] * (-(-len(shown) // columns)) + [0.5] * bool(second)
    message, note = _message(shown), _note(replications, shown)
    taller = _LINE * (max((_head(r, MAIN, True).count("\n") for r in shown), default=1) - 1)
    with style.look():
        body = 0.34 + 3.35 * sum(heights) + 0.62 * (rows - 1) + taller * rows
        figure, top, bottom = page(tr(TITLE), message, note, body)
        bottom += 0.5
        axes = style.grid(
            figure, [columns] * rows, top + 0.42 + taller, bottom, left=0.72, right=1.95, gap=2.6,
            between=0.98 + taller, heights=heights,
        )  # fmt: skip
        for ax, (r, group) in zip(axes, panels, strict=False):
            if r is None:
                ax.remove()
                continue
            ways_out(r, group, ax, beside=shown)
            _words_around(ax, r, group, len(shown) > 1)
        for ax in axes[len(panels) :]:
            ax.remove()
    form = tr("Stacked areas over up to five years after the end of the sentence.")
    caption, numbers = _caption(shown), partial(plotted, "after_sentence", replications)
    return Drawing("after_sentence", tr(TITLE), figure, form, message, note, caption, numbers)


def _words_around(ax: Axes, r: Replications, group: str, several: bool) -> None:
    ax.set_title(_head(r, group, several), linespacing=1.25)
    ax.set_xlabel(tr("years after the end of the sentence"), labelpad=3)
    ax.set_ylabel(tr("share of people"), labelpad=3)


def _head(r: Replications, group: str, several: bool) -> str:
    """Return the title of a panel, broken into lines."""
    who = words.group_title(r.scenario, group)
    name = "\n".join(textwrap.wrap(words.title_of(r.scenario), 40))
    return f"{name}\n{who}" if several else who


def _note(replications: Sequence[Replications], shown: Sequence[Replications]) -> str:
    parts = [
        first_words(replications, shown),
        tr(
            "People whose sentence ends by release in the observed period (removal out of a short "
            "sentence and transfer home to serve are left out)."
        ),
        tr(
            "Cumulative shares that account for the end of the simulation (Aalen-Johansen), mean "
            "of {runs}.",
            runs=runs_words(shown),
        ),
        _last_words(shown),
        tr("Whoever is gone counts as still in the system until the case is closed."),
    ]
    parts += [_merged_words(shown, group) for group in (MAIN, SECOND)]
    return " ".join(filter(None, parts))


def _last_words(shown: Sequence[Replications]) -> str:
    """Say when the shares are that are written beside the bands."""
    ends = [curves(r, MAIN)[0][-1] for r in shown]
    if all(round(end, 1) >= YEARS for end in ends):
        return tr("At the right: shares after five years.")
    return tr("At the right: shares where each curve ends: nobody is followed longer.")


def _merged_words(shown: Sequence[Replications], group: str) -> str:
    """Say what the other ways out of a group are."""
    merged = dict.fromkeys(
        title
        for r in shown
        if len(curves(r, group)[0])
        for way in ways_of(r, group, shown)[1]
        if len(way.merged) > 1
        for title in way.merged
    )
    who = words.lower_first(words.group_title(shown[0].scenario, group), shown[0].scenario)
    return tr("Other ways out of {who}: {ways}.", who=who, ways="; ".join(merged)) if merged else ""


def _caption(shown: Sequence[Replications]) -> str:
    said: dict[str, list[str]] = {}
    for r in shown:
        said.setdefault(_outcome_words(r, MAIN), []).append(words.quoted(r.scenario.title))
    parts = [
        tr(
            "Third-country nationals in {scenarios}: {what}.",
            scenarios=words.listed(who),
            what=text,
        )
        if len(shown) > 1
        else tr("Third-country nationals: {what}.", what=text)
        for text, who in said.items()
    ]
    if shown and len(curves(shown[0], SECOND)[0]):
        parts.append(tr("EU and EEA citizens: {what}.", what=_outcome_words(shown[0], SECOND)))
    return " ".join(parts)


def _message(shown: Sequence[Replications]) -> str:
    """Say in one sentence what has become of third-country nationals after a year."""
    if not shown:
        return tr("Nobody's sentence ends in the observed period.")
    said: dict[str, list[str]] = {}
    for r in shown:
        said.setdefault(_after_a_year(r), []).append(words.quoted(r.scenario.title))
    if len(said) == 1 and len(shown) > 1:
        return tr(
            "Of third-country nationals, one year after the sentence, in every scenario shown: "
            "{what}.",
            what=next(iter(said)),
        )
    parts = [
        tr("in {scenarios}, {what}", scenarios=words.listed(who), what=text)
        if len(said) > 1
        else text
        for text, who in said.items()
    ]
    return tr(
        "Of third-country nationals, one year after the sentence: {what}.", what="; ".join(parts)
    )


def _after_a_year(r: Replications) -> str:
    """Say which share is home, away or still there a year after the sentence."""
    years, shares = curves(r, MAIN)
    one = time_of(years, 1)
    if one is None:
        return tr("nobody is followed so long")
    none = np.zeros_like(years)
    gone = {
        mark("{share} have been removed or have gone home"): sum_of(
            [shares[n] for n in HOME if n in shares]
        ),
        mark("{share} have absconded and had their case closed"): shares.get("absconded", none),
        mark("{share} have travelled on from {host}"): shares.get("onward_travel", none),
    }
    each = [
        words.told(r.scenario, what, share=words.percent(float(share[one])))
        for what, share in gone.items()
        if share[one]
    ]
    left = words.percent(float(ways_of(r, MAIN)[1][-1].share[one]))
    return words.listed([*each, tr("{share} are {where}", share=left, where=_rest(r))])


def _rest(r: Replications) -> str:
    return words.lower_first(rest_title(r))


def _outcome_words(r: Replications, group: str) -> str:
    """Say what has become of people one year and five years after the sentence."""
    years, ways = ways_of(r, group)
    one = time_of(years, 1)
    if one is None:
        return tr("nobody is followed for a year")
    gone = sorted((w for w in ways[:-1]), key=lambda w: -w.share[one])[:3]
    each = [
        f"{words.lower_first(w.title)} {words.percent(float(w.share[one]))}"
        for w in gone
        if w.share[one] > 0
    ]
    left = ways[-1].share
    about = {
        "ways": words.listed(each) or tr("nobody has left"),
        "left": words.percent(float(left[one])),
        "later": words.percent(float(left[-1])),
    }
    if round(years[-1], 1) >= YEARS:
        return tr(
            "after one year {ways}, still in the system {left}; after five years still in it "
            "{later}",
            **about,
        )
    return tr(
        "after one year {ways}, still in the system {left}; after {years} years, longer than which "
        "nobody is followed, still in it {later}",
        years=words.grouped(years[-1], 1),
        **about,
    )
