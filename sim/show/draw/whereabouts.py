"""Figure: where the people of the model are, stage upon stage, over time."""

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
from sim.show.draw.facilities import opening_words
from sim.show.draw.labels import label_bands, outlined
from sim.show.draw.over_time import mark_term, time_frame
from sim.show.draw.page import first_words, page
from sim.show.draw.style import Floats
from sim.show.facts.agreement import titles_of
from sim.show.facts.data import Series, edge_words, over_time, runs_words, term
from sim.show.facts.plotted import plotted
from sim.show.facts.whereabouts import (
    AFTER,
    DURING,
    ELSEWHERE,
    LAYERS,
    Band,
    anyone_in,
    bands_of,
    layer_of,
    most_at_once,
    totals,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiment.replications import Replications

TITLE = mark("Where are the people?")
#: Scenarios that fit, one panel each.
PANELS = 4
#: Scenarios that differ, up to this number, are all told in the sentence above the panels.
SAID = 2


#: Colours of layers and of their labels, by the first band of the flow in a layer.
_COLOURS = {
    "liberty": ("#d9e8f5", "#4d6a80"),
    "remand": ("#8fbfe3", "#2f6f9f"),
    "prison": ("#2c7fb8", "#1f6291"),
    "rented": ("#08345e", "#08345e"),
    "detention": ("#fdd9b0", "#9a5b12"),
    "outside": ("#fbe3a4", "#7d6608"),
    "centre": ("#ef8a3c", "#b3540b"),
    "breach": ("#a63603", "#a63603"),
    "large": ("#f7c6da", "#8c3a63"),
    "host": ("#7a4b8f", "#7a4b8f"),
    ELSEWHERE: ("#9a9a9a", style.GREY),
}


def stack(r: Replications, ax: Axes | None = None) -> Axes:
    """Draw where the people of one scenario are over time, as a stack of stages.

    Parameters
    ----------
    r
        Replications of the scenario; means over them are drawn.
    ax
        Where to draw; a figure of its own by default.
    """
    with style.look():
        if ax is None:
            figure = style.new_figure(4.4, 7.4)
            ax = style.grid(figure, [1], 0.5, 0.4, right=1.9)[0]
        bands, _ = bands_of(r)
        _stack(ax, r, bands)
    return ax


def whereabouts(replications: Sequence[Replications]) -> Drawing:
    """Draw where people are, one panel for each of the first four scenarios.

    Returns
    -------
    Drawing
        Stacked stages with their mean numbers beside them.
    """
    shown = list(replications[:PANELS])
    rows = style.rows_of(len(shown)) if len(shown) != 3 else [2, 1]
    message, note = _message(shown), _note(replications, shown)
    with style.look():
        body = 4.84 if len(rows) == 1 else 0.64 + 4.0 * len(rows)
        figure, top, bottom = page(tr(TITLE), message, note, body)
        bottom += 0.36
        gap = 2.25
        axes = style.grid(
            figure, [max(rows)] * len(rows), top + 0.3, bottom, right=1.72, gap=gap, between=0.8
        )
        for ax in axes[len(shown) :]:
            ax.remove()
        tallest = max(most_at_once(bands_of(r)[0]) for r in shown)
        for ax, r in zip(axes, shown, strict=False):
            ax.set_title(
                "\n".join(textwrap.wrap(words.title_of(r.scenario), 44 if len(shown) > 1 else 90))
            )
            _stack(ax, r, bands_of(r)[0], tallest)
    form = tr("Stacked areas over time, one panel for each scenario.")
    caption, numbers = _caption(shown), partial(plotted, "whereabouts", replications)
    return Drawing("whereabouts", tr(TITLE), figure, form, message, note, caption, numbers)


def _stack(ax: Axes, r: Replications, bands: Sequence[Band], tallest: float | None = None) -> None:
    any_stage = over_time(r, "census", "remand")
    assert any_stage is not None
    time_frame(ax, [r])
    lower = np.zeros_like(any_stage.mean)
    edges = []
    for number, band in enumerate(bands):
        upper = lower + band.mean
        fill, _ = _COLOURS[band.layer]
        ax.fill_between(any_stage.days, lower, upper, facecolor=fill, linewidth=0, zorder=2)
        ax.plot(any_stage.days, lower, color="white", linewidth=0.8, zorder=3)
        if number and (bands[number - 1].part, band.part) == (DURING, AFTER):
            ax.plot(any_stage.days, lower, color=style.DARK, linewidth=1.4, zorder=3.5)
        edges.append((lower, upper))
        lower = upper
    _axis(ax, tallest if tallest is not None else float(lower.max()))
    mark_term(ax, [r])
    _observed_edges(ax, any_stage)
    _label(ax, any_stage, bands, edges)


def _label(
    ax: Axes, series: Series, bands: Sequence[Band], edges: Sequence[tuple[Floats, Floats]]
) -> None:
    """Label bands at their right end, and those that have closed by then inside."""
    least = 0.035 * ax.get_ylim()[1]
    at_end = []
    for band, (low, up) in zip(bands, edges, strict=True):
        text = f"{_wrapped(band.title)} {words.people(band.typical)}"
        wide = up - low
        fill, ink = _COLOURS[band.layer]
        if wide[-1] < least / 4 and wide.max() > 1.6 * least:
            inside = np.flatnonzero(wide > 1.3 * least)
            at = inside[len(inside) // 2]
            ax.text(
                series.days[at], (low[at] + up[at]) / 2, text.replace("\n", " "), ha="center",
                va="center", size=style.SMALL, color="white", zorder=6,
                path_effects=outlined(2.0, fill),
            )  # fmt: skip
        else:
            at_end.append((float(low[-1]), float(up[-1]), text, ink))
    label_bands(ax, float(series.days[-1]), at_end)


def _axis(ax: Axes, tallest: float) -> None:
    scales.count_axis(ax, tallest)
    ax.set_ylim(0, tallest * 1.14 or 1)
    ax.set_ylabel(tr("people"), labelpad=3)


def _observed_edges(ax: Axes, series: Series) -> None:
    """Mark the observed period at the foot of the axes, where the stack hides the shade."""
    inside = np.flatnonzero(series.observed)
    if len(inside):
        ax.plot(
            series.days[inside[[0, -1]]], [0, 0], color=style.DARK, linewidth=4,
            solid_capstyle="butt", zorder=6, clip_on=False,
        )  # fmt: skip


def _wrapped(title: str) -> str:
    return "\n".join(textwrap.wrap(title, 20))


def _note(replications: Sequence[Replications], shown: Sequence[Replications]) -> str:
    time = replications[0].scenario.time
    said = (
        first_words(replications, shown),
        tr(
            "Mean of {runs}; only people of the model, not other prisoners.",
            runs=runs_words(shown),
        ),
        _merged_words(shown),
        _kept_words(shown),
        _line_words(shown),
        tr(
            "Bar below, and shade: the observed period, {first} until {last}, whose means stand "
            "beside the bands.",
            first=words.month(time.observe_from),
            last=words.month(time.observe_until),
        ),
        opening_words(replications),
        edge_words(shown),
    )
    return " ".join(filter(None, said))


def _merged_words(shown: Sequence[Replications]) -> str:
    """Say which stages are merged into which band."""
    parts = []
    titles = words.stage_titles(shown[0].scenario)
    for layer in LAYERS:
        name, _, stages_ = layer_of(layer)
        used = [stage for stage in stages_[1:] if anyone_in(shown, stage)]
        if used and name != "host":
            first = shown[0].scenario
            listed = words.listed([words.lower_first(titles[stage], first) for stage in used])
            parts.append(tr("{stage} includes {others}.", stage=titles[name], others=listed))
    small = dict.fromkeys(
        words.lower_first(band.title, r.scenario)
        for r in shown
        if len(bands_of(r)[1]) > 1
        for band in bands_of(r)[1]
    )
    if small:
        parts.append(tr("Elsewhere: {stages}.", stages="; ".join(small)))
    return " ".join(parts)


def _line_words(shown: Sequence[Replications]) -> str:
    """Say what the dark line divides, if there is one."""
    if not any(band.part == AFTER for r in shown for band in bands_of(r)[0]):
        return ""
    small = [band for r in shown for band in bands_of(r)[1]]
    if any(band.part == DURING for band in small):
        return tr(
            "Dark line: below it, people until the sentence ends; above it, after the sentence or "
            "elsewhere."
        )
    return tr("Dark line: below it, people until the sentence ends; above it, after the sentence.")


def _kept_words(shown: Sequence[Replications]) -> str:
    """Say who has a place in the rented prison but is counted in another band."""
    using = [r for r in shown if term(r) is not None]
    parts = []
    rules = [r.scenario.detention for r in using]
    if any(rule and rule.in_rented_prison_share > 0 for rule in rules) and anyone_in(
        using, "pre_removal_detention"
    ):
        parts.append(tr("people detained there for removal (counted under pre-removal detention)"))
    if any(anyone_in([r], "temporary_return") for r in using):
        parts.append(
            words.told(
                shown[0].scenario,
                "people in {sending} for a time (counted under {adjective} prison)",
            )
        )
    if not parts:
        return ""
    return tr(
        "Not in the band of {prison}, though they have a place there: {people}.",
        prison=titles_of(using),
        people=words.listed(parts),
    )


def _message(shown: Sequence[Replications]) -> str:
    """Say in one sentence how many people there are, how many after the sentence, and where."""
    said: dict[str, list[str]] = {}
    abroad: dict[str, list[str]] = {}
    for r in shown:
        people = totals(r)
        text = tr(
            "{people} people, {after} of them after the sentence",
            people=words.people(people.all),
            after=words.people(people.after),
        )
        said.setdefault(text, []).append(words.quoted(r.scenario.title))
        if people.rented > 0:
            text = tr(
                "{people} are in {prison}",
                people=words.people(people.rented),
                prison=tr(r.scenario.rented_prison.title),
            )
            abroad.setdefault(text, []).append(words.quoted(r.scenario.title))
    if max(len(said), len(abroad)) > SAID:
        return _alone(shown[0])
    each = [_where(text, who, shown) for text, who in said.items()]
    each += [_where(text, who, shown) for text, who in abroad.items()]
    return tr("On average in the observed period the model has {people}.", people="; ".join(each))


def _alone(first: Replications) -> str:
    """Say what the first scenario has, of more than can be told."""
    people = totals(first)
    return tr(
        "On average in the observed period {scenario} has {people} people, {after} of them after "
        "the sentence; {rented} are in the rented prison.",
        scenario=words.quoted(first.scenario.title),
        people=words.people(people.all),
        after=words.people(people.after),
        rented=words.people(people.rented),
    )


def _where(text: str, who: Sequence[str], shown: Sequence[Replications]) -> str:
    if len(shown) == 1:
        return text
    if len(who) == len(shown):
        return tr("{what} in every scenario shown", what=text)
    return tr("{what} in {scenarios}", what=text, scenarios=words.listed(who))


def _caption(shown: Sequence[Replications]) -> str:
    parts = []
    for r in shown:
        people = totals(r)
        each = [
            f"{words.lower_first(band.title, r.scenario)} {words.people(band.typical)}"
            for band in people.largest[:3]
        ]
        parts.append(
            tr(
                "{scenario}: {people} people of the model on average, {after} of them after the "
                "end of their sentence; most in {stages}.",
                scenario=words.quoted(r.scenario.title),
                people=words.people(people.all),
                after=words.people(people.after),
                stages=words.listed(each),
            )
        )
    return " ".join(parts)
