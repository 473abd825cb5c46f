"""Figure: one person's way through the system in both worlds, stage by stage."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from sim.language import mark, tr
from sim.show import words
from sim.show.draw import style
from sim.show.draw.drawing import Drawing
from sim.show.draw.letters import in_key
from sim.show.draw.page import page
from sim.show.facts.agreement import pair_of
from sim.show.facts.data import as_date
from sim.show.facts.lifelines import HELD, LifeRow, SideBySide
from sim.show.facts.one_person import lives_of, person_shown, stages

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiment.replications import Replications

TITLE = mark("What changes for one person?")
#: Inches of a row, of what stands above and below the rows; room for names at the left.
ROW, ABOVE, BELOW, LEFT = 0.36, 0.34, 0.3, 1.62
#: Inches from the rows up to the key.
_KEY = 0.24
#: Half the height of a bar of someone held, and of others, as a share of a row.
_HELD, _OTHER = 0.17, 0.07


def life_twice(found: SideBySide, titles: Sequence[str], ax: Axes) -> Axes:
    """Draw a person's stages over time, in each row a bar for every world.

    Parameters
    ----------
    found
        The lives.
    titles
        Titles of the worlds.
    ax
        Where to draw.
    """
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    lanes = len(found.lives)
    for y, (_, rows) in enumerate(found.rows):
        for number, row in enumerate(rows):
            if row is not None:
                _bars(ax, _lane(y, number, lanes), row, number)
    out = len(found.rows)
    for number, life in enumerate(found.lives):
        if life.exit is not None:
            day, _ = life.exit
            ax.plot([day], [_lane(out, number, lanes)], marker=style.marker(number), linewidth=0,
                    color=style.colour(number), markersize=5.5, clip_on=False)  # fmt: skip
    names = [*(title for title, _ in found.rows), tr("Way out")]
    ax.set_yticks(range(len(names)), ["\n".join(textwrap.wrap(n, 22)) for n in names])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(names) - 0.45, -0.55)
    ax.spines["left"].set_visible(False)
    for y in range(1, len(names)):
        ax.axhline(y - 0.5, color=style.PALE, linewidth=0.5, zorder=0)
    locator = AutoDateLocator(minticks=3, maxticks=6)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    ax.margins(x=0.04)
    _mark_end(ax, found)
    _exits(ax, found, out)
    if lanes > 1:
        _key(ax, titles)
    return ax


def _lane(y: float, number: int, lanes: int) -> float:
    return y if lanes == 1 else y + 0.42 * (number / (lanes - 1) - 0.5)


def _bars(ax: Axes, y: float, row: LifeRow, number: int) -> None:
    half = _HELD if row.kind == HELD else _OTHER
    colour = style.colour(number)
    look: dict[str, Any] = {"facecolor": colour, "edgecolor": colour}
    if number:
        look |= {"facecolor": "white", "hatch": "//////"}
    spans = [(start, end - start) for start, end in row.spans]
    ax.broken_barh(spans, (y - half, 2 * half), linewidth=1.0, zorder=3, **look)


def _mark_end(ax: Axes, found: SideBySide) -> None:
    """Mark the end of the sentence, once where the worlds share it."""
    ends: dict[int, list[float]] = {}
    for life in found.lives:
        if life.sentence_end is not None:
            ends.setdefault(round(life.sentence_end), []).append(life.sentence_end)
    for days in ends.values():
        ax.axvline(days[0], color=style.GREY, linestyle=(0, (1, 2)), linewidth=1.1, zorder=1)
    if ends:
        ax.annotate(
            tr("sentence ends"), (max(ends), 1.0), (-3, 3), xycoords=("data", "axes fraction"),
            textcoords="offset points", ha="right", size=style.SMALL, color=style.GREY,
        )  # fmt: skip


def _exits(ax: Axes, found: SideBySide, y: float) -> None:
    """Write how the person leaves beside the marks, on the side that has room."""
    first, last = ax.get_xlim()
    for number, life in enumerate(found.lives):
        if life.exit is None:
            continue
        day, how = life.exit
        left = day > (first + last) / 2
        ax.annotate(
            words.lower_first(how), (day, _lane(y, number, len(found.lives))),
            (-6 if left else 6, 0), textcoords="offset points", va="center",
            ha="right" if left else "left", size=style.SMALL, color=style.colour(number),
            annotation_clip=False,
        )  # fmt: skip


def _key(ax: Axes, titles: Sequence[str]) -> None:
    from matplotlib.patches import Patch

    looks: list[dict[str, Any]] = [
        {"facecolor": "white" if n else style.colour(n), "edgecolor": style.colour(n),
         "hatch": "//////" if n else ""}
        for n in range(len(titles))
    ]  # fmt: skip
    place, (width, height) = ax.get_position(), ax.figure.get_size_inches()  # type: ignore[union-attr]
    tall, wide = place.height * height, place.width * width
    ax.legend(
        [Patch(**look) for look in looks], [in_key(title) for title in titles], loc="lower left",
        bbox_to_anchor=(-(LEFT - style.MARGIN) / wide, 1 + _KEY / tall), frameon=False,
        fontsize=style.SMALL, handlelength=1.5, borderaxespad=0, borderpad=0, labelspacing=0.3,
    )  # fmt: skip


def one_person(replications: Sequence[Replications]) -> Drawing:
    """Draw one person's life in the first scenario and in the one it is compared with.

    Returns
    -------
    Drawing
        Stages from above in the order of the journey; of someone whose fate changes, if any does.

    Raises
    ------
    ValueError
        If no lives are kept.
    """
    person = person_shown(replications)
    if person is None:
        raise ValueError("nobody's life is kept: run the scenarios with the tables of a report")
    found = lives_of(replications, person)
    titles = [words.title_of(replications[n].scenario) for n in pair_of(replications)]
    message, note = _message(found, titles), _note()
    key = 0.18 * len(titles) if len(titles) > 1 else 0.0
    tall = ROW * (len(found.rows) + 1)
    with style.look():
        sheet = page(tr(TITLE), message, note, key + ABOVE + tall + BELOW, style.NARROW)
        ax = sheet.box(LEFT, key + ABOVE, style.NARROW - LEFT - 0.2, tall)
        life_twice(found, titles, ax)
    form = tr("Bars along time, a row for each stage, and in each row a bar for every scenario.")
    caption = f"{found.heading}."
    numbers = partial(stages, replications, person)
    return Drawing("one_person", tr(TITLE), sheet.figure, form, message, note, caption, numbers)


def _message(found: SideBySide, titles: Sequence[str]) -> str:
    """Say how long the person is held, and how and when they leave, a sentence for each world."""
    return " ".join(_fate(found, n, title) for n, title in enumerate(titles))


def _fate(found: SideBySide, number: int, title: str) -> str:
    values = {"scenario": title, "span": words.span(found.held_days(number))}
    left = found.lives[number].exit
    if left is None:
        return tr(
            "{scenario}: held for {span} in all, and still there at the end of the simulation.",
            **values,
        )
    return tr(
        "{scenario}: held for {span} in all; {way_out} in {month}.",
        way_out=words.lower_first(left[1]),
        month=words.month(as_date(left[0])),
        **values,
    )


def _note() -> str:
    return tr(
        "One simulated person of the first replication, no mean of several. Thick bars: held; thin "
        "bars: not held, in limbo, or a step of the removal case."
    )
