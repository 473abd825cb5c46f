"""Figure: how long each queue is, over time; limbo beside them, marked as a condition."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.language import mark, tr, trn
from sim.show import words
from sim.show.draw import style
from sim.show.draw.drawing import Drawing
from sim.show.draw.facilities import period_words
from sim.show.draw.over_time import FEW, LABELLED, Line, draw
from sim.show.draw.page import page
from sim.show.facts.data import band_words, over_time
from sim.show.facts.plotted import plotted
from sim.show.facts.queues import CONDITION, Means, mean_lengths, names_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiment.replications import Replications

TITLE = mark("How long is each queue?")


def queue(
    replications: Sequence[Replications],
    name: str,
    ax: Axes | None = None,
    *,
    labelled: bool = True,
) -> Axes:
    """Draw the number of people in one queue over time.

    Parameters
    ----------
    replications
        Scenarios to compare.
    name
        A queue of `Run.queues`, or `limbo`.
    ax
        Where to draw; a figure of its own by default.
    labelled
        Write names beside the lines (of up to two scenarios).
    """
    with style.look():
        ax = style.own_axes(ax)
        draw(ax, lines_of(replications, name), replications, labelled=labelled)
        ax.set_title(_title(name))
    return ax


def lines_of(replications: Sequence[Replications], name: str) -> list[Line]:
    """Return the lines of a queue, leaving out scenarios in which it is always empty."""
    found = ((n, r, over_time(r, "queues", name)) for n, r in enumerate(replications))
    return [
        Line(n, words.title_of(r.scenario), s)
        for n, r, s in found
        if s is not None and s.highest > 0
    ]


def queues(replications: Sequence[Replications]) -> Drawing:
    """Draw every queue in which anyone is ever counted.

    Returns
    -------
    Drawing
        Small multiples, the longest queue first; queues that are always empty are named in a
        note.
    """
    lines = {name: lines_of(replications, name) for name in names_of(replications)}
    used = sorted(
        (n for n in lines if lines[n]),
        key=lambda n: (n == CONDITION, -max(mean_lengths(replications, n).values())),
    )
    empty = [name for name in lines if not lines[name]]
    rows = style.rows_of(len(used))
    labelled = len(replications) <= LABELLED
    message = _message(replications, {name: lines[name] for name in used if name != CONDITION})
    note = _note(replications, empty)
    with style.look():
        body = 0.34 + 2.75 * max(1, len(rows)) + (0 if labelled else 0.6)
        figure, top, bottom = page(tr(TITLE), message, note, body)
        if not labelled:
            top += style.key(figure, [words.title_of(r.scenario) for r in replications], top)
        bottom += 0.36
        axes = style.grid(figure, rows, top + 0.24, bottom, between=0.72)
        for ax, name in zip(axes, used, strict=True):
            queue(replications, name, ax)
    form = trn(
        "{number} panel over time: the queue that is ever in use.",
        "{number} panels over time, one for each queue that is ever in use.",
        len(used),
    )
    caption = _caption(replications, {name: lines[name] for name in used})
    numbers = partial(plotted, "queues", replications)
    return Drawing("queues", tr(TITLE), figure, form, message, note, caption, numbers)


def _title(name: str) -> str:
    title = words.queue_titles().get(name, name)
    return tr("{title} (not a queue)", title=title) if name == CONDITION else title


def _empty_words(empty: Sequence[str]) -> str:
    if not empty:
        return ""
    titles = [words.lower_first(words.queue_titles().get(name, name)) for name in empty]
    return tr("Empty on every day counted: {queues}.", queues=words.listed(titles))


def _note(replications: Sequence[Replications], empty: Sequence[str]) -> str:
    said = (
        _empty_words(empty),
        band_words(replications, len(replications) <= FEW),
        period_words(replications),
        tr("Counted on the first of each month; each panel has a scale of its own."),
    )
    return " ".join(filter(None, said))


def _caption(replications: Sequence[Replications], used: dict[str, list[Line]]) -> str:
    parts = [_length(replications, name, lines) for name, lines in used.items()]
    if CONDITION in used:
        parts.append(
            tr(
                "Limbo is a condition, not a queue: the sentence is over and no removal is in "
                "prospect."
            )
        )
    parts.append(tr("Someone can wait in more than one queue."))
    return " ".join(parts)


def _length(replications: Sequence[Replications], name: str, lines: Sequence[Line]) -> str:
    """Say how long a queue is on average, and at most."""
    title = words.queue_titles().get(name, name)
    said: dict[str, list[str]] = {}
    means = mean_lengths(replications, name)
    for line in lines:
        mean, peak = means[line.number], int(np.argmax(line.people.middle))
        when = words.month(line.people.dates[peak].astype("datetime64[D]").item())
        where, most = line.people.beside(peak), float(line.people.middle[peak])
        text = tr("{people} people on average", people=words.people(mean))
        if most > 0:  # the middle of draws can be nobody on every day
            text = tr(
                "{people} people on average, {most} where the line peaks ({month})",
                people=words.people(mean),
                most=words.people(most),
                month=f"{when}, {where}" if where else when,
            )
        said.setdefault(text, []).append(words.quoted(line.title))
    if len(lines) < len(replications):
        seen = {line.number for line in lines}
        said[tr("nobody")] = [
            words.quoted(r.scenario.title) for n, r in enumerate(replications) if n not in seen
        ]
    if len(said) == 1:
        return f"{title}: {next(iter(said))}."
    if len(said) > FEW:
        low, high = (pick(means, key=lambda n: means[n]) for pick in (min, max))
        what = tr(
            "between {low} ({fewest}) and {high} ({most}) people on average",
            low=words.people(means[low]),
            fewest=words.quoted(replications[low].scenario.title),
            high=words.people(means[high]),
            most=words.quoted(replications[high].scenario.title),
        )
        return f"{title}: {what}."
    each = [
        tr("{what} in {scenarios}", what=text, scenarios=words.listed(who))
        for text, who in said.items()
    ]
    return f"{title}: {'; '.join(each)}."


def _message(replications: Sequence[Replications], used: dict[str, list[Line]]) -> str:
    """Say in one sentence which queue is longest on average, and which comes next."""
    means = {name: mean_lengths(replications, name) for name in used}
    ranked = sorted(means, key=lambda name: -max(means[name].values()))
    if not ranked:
        return tr("Nobody is ever counted in a queue.")
    first, *more = ranked
    if not more:
        return tr(
            "The longest queue on average in the observed period is {queue}, with {people}.",
            queue=_named(first),
            people=_people(means[first]),
        )
    return tr(
        "The longest queue on average in the observed period is {queue}, with {people}; next comes "
        "{second}, with {fewer}.",
        queue=_named(first),
        people=_people(means[first]),
        second=_named(more[0]),
        fewer=_people(means[more[0]]),
    )


#: Queues as the subject of a sentence.
_NAMES = {
    "flight_and_place": mark("the waiting list"),
    "return_flight": mark("that for a return flight"),
    "detention_place": mark("that for a place in detention"),
    "case_worker": mark("that for a case worker"),
    "travel_document": mark("that for a travel document"),
    "escort": mark("that for an escort"),
}


def _named(name: str) -> str:
    return tr(_NAMES.get(name, name))


def _people(means: Means) -> str:
    """Say how many people, from the scenario with fewest to the one with most."""
    low, high = words.people(min(means.values())), words.people(max(means.values()))
    if low == high:
        return tr("{people} people", people=low)
    return tr("{low} to {high} people, by scenario", low=low, high=high)
