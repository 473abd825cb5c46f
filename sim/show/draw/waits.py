"""Figure: of 100 people who begin to wait, how many have what they wait for, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sim.language import mark, tr
from sim.numbers import grouped
from sim.show import words
from sim.show.draw import style
from sim.show.draw.drawing import Drawing
from sim.show.draw.letters import in_key
from sim.show.draw.page import page
from sim.show.facts.data import ranged, runs_words
from sim.show.facts.plotted import plotted
from sim.show.facts.waits import FEWEST, UNTIL, Waited, queues_of, waited

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiment.replications import Replications

TITLE = mark("How long do people wait?")
#: Scenarios that fit below each other.
COMPARED = 3

#: Fills and inks of the parts of a bar: the sooner the darker; patterns tell the last two apart.
_GOT = (
    ("#08306b", "white"), ("#08519c", "white"), ("#3182bd", "white"), ("#6baed6", "black"),
    ("#9ecae1", "black"), ("#d3e5f3", "black"),
)  # fmt: skip
_WITHOUT: dict[str, Any] = {"facecolor": "white", "edgecolor": style.GREY, "hatch": "////"}
_WAITING: dict[str, Any] = {"facecolor": "#ef8a3c", "edgecolor": "#6b3306", "hatch": "...."}
#: Inches: of a bar, of the line above it, of the title of a queue, between queues, of the key.
_BAR, _LINE, _TITLE, _BETWEEN, _KEY = 0.25, 0.19, 0.24, 0.14, 0.58
#: People from which a part is wide enough for its number.
_WIDE = 3


@dataclass(frozen=True)
class Block:
    """A queue, and what there is to draw of it."""

    queue: str
    bars: tuple[tuple[str, Waited], ...]
    """Each with the scenarios of which it tells."""

    @property
    def inches(self) -> float:
        """How tall it is."""
        return _TITLE + len(self.bars) * (_LINE + _BAR) + _BETWEEN


def blocks_of(replications: Sequence[Replications]) -> list[Block]:
    """Return what is drawn, the longest waits first; scenarios alike share a bar."""
    shown, blocks = replications[:COMPARED], []
    for queue in queues_of(shown):
        said: dict[tuple[int, ...], list[int]] = {}
        for number, r in enumerate(shown):
            if (one := waited(r).get(queue)) is not None:
                said.setdefault(one.parts, []).append(number)
        bars = [(_whose(shown, who), waited(shown[who[0]])[queue]) for who in said.values()]
        blocks.append(Block(queue, tuple(bars)))
    return blocks


def _whose(shown: Sequence[Replications], who: Sequence[int]) -> str:
    if len(shown) == 1:
        return ""
    if len(who) == len(shown):
        return tr("both scenarios") if len(who) == 2 else tr("every scenario")
    return " / ".join(words.title_of(shown[n].scenario) for n in who)


def height(blocks: Sequence[Block]) -> float:
    """Return how many inches the bars take with their key."""
    return _KEY + sum(block.inches for block in blocks)


def hundreds(blocks: Sequence[Block], ax: Axes) -> Axes:
    """Draw 100 people of each queue as a bar, in the order in which they have what they wait for.

    Parameters
    ----------
    blocks
        As `blocks_of` returns them.
    ax
        Where to draw: as many inches tall as `height` says.
    """
    ax.set_axis_off()
    ax.set(xticks=[], yticks=[])
    ax.set_xlim(0, 100)
    y = _KEY
    for block in blocks:
        y += _TITLE
        ax.text(0, y - 0.05, tr(words.queue_titles()[block.queue]), weight="bold", size=style.BODY)
        for whose, one in block.bars:
            y += _LINE
            _said(ax, y - 0.05, whose, one)
            _bar(ax, y, one)
            y += _BAR
        y += _BETWEEN
    ax.set_ylim(y, 0)
    _key(ax)
    return ax


def _said(ax: Axes, y: float, whose: str, one: Waited) -> None:
    people = tr("{number} people", number=grouped(one.people))
    text = f"{whose}: {people}" if whose else people
    ax.text(0, y, text, size=style.SMALL, color=style.GREY)


def _bar(ax: Axes, y: float, one: Waited) -> None:
    looks: list[dict[str, Any]] = [{"facecolor": fill} for fill, _ in _GOT]
    inks = [ink for _, ink in _GOT] + ["black"] * 2
    begin = 0
    for n, people in enumerate(one.parts):
        look: dict[str, Any] = {"edgecolor": "white", "linewidth": 0.8}
        look |= [*looks, _WITHOUT, _WAITING][n]
        if not people:
            continue
        ax.barh(y + _BAR / 2, people, left=begin, height=_BAR, **look)
        if people >= _WIDE:
            ax.text(
                begin + people / 2, y + _BAR / 2 + 0.005, str(people), ha="center", va="center",
                size=style.SMALL, color=inks[n], bbox=_ground(n, one),
            )  # fmt: skip
        begin += people


def _ground(part: int, one: Waited) -> dict[str, Any] | None:
    """Return what lets a number stand out from a pattern."""
    if part < len(UNTIL):
        return None
    return {"facecolor": "white", "linewidth": 0, "pad": 0.9, "alpha": 0.9}


def _key(ax: Axes) -> None:
    from matplotlib.patches import Patch

    handles = [Patch(facecolor=fill) for fill, _ in _GOT]
    first, *later = map(tr, UNTIL.values())
    names = [tr("have it within {time}", time=first)]
    names += [tr("within {time}", time=time) for time in later]
    names += [tr("stopped without it"), tr("still wait after that")]
    handles += [Patch(**_WITHOUT, linewidth=0.6), Patch(**_WAITING, linewidth=0.6)]
    ax.legend(
        handles, [in_key(name) for name in names], loc="upper left", bbox_to_anchor=(0, 1),
        ncol=3, frameon=False, fontsize=style.SMALL, handlelength=1.5, handleheight=0.9,
        borderaxespad=0, borderpad=0, columnspacing=1.2, labelspacing=0.35,
    )  # fmt: skip


def waits(replications: Sequence[Replications]) -> Drawing:
    """Draw what becomes of 100 people in each queue, one bar for each of the first scenarios."""
    shown, blocks = replications[:COMPARED], blocks_of(replications)
    message, note = _message(shown, blocks), _note(replications)
    with style.look():
        sheet = page(tr(TITLE), message, note, height(blocks) + 0.1, style.NARROW)
        ax = sheet.box(style.MARGIN, 0.1, style.NARROW - 2 * style.MARGIN, height(blocks))
        hundreds(blocks, ax)
    form = tr("Bars of 100 people, one for each queue and scenario, divided by how long they wait.")
    caption = " ".join(_sentences(shown, block) for block in blocks[1:])
    numbers = partial(plotted, "waits", replications)
    return Drawing("waits", tr(TITLE), sheet.figure, form, message, note, caption, numbers)


def _message(shown: Sequence[Replications], blocks: Sequence[Block]) -> str:
    if not blocks:
        return tr("Hardly anyone begins to wait.")
    return _sentences(shown, blocks[0])


def _sentences(shown: Sequence[Replications], block: Block) -> str:
    """Say what becomes of 100 people in a queue, a sentence for each bar."""
    return " ".join(_sentence(shown, block.queue, one, whose) for whose, one in block.bars)


def _sentence(shown: Sequence[Replications], queue: str, one: Waited, whose: str) -> str:
    """Say how many have it by the time that half do, or all who ever do."""
    most = min(50, sum(one.got))
    place = next(n for n, time in enumerate(one.until) if one.within(time) >= most)
    values = {
        "queue": tr(words.queue_titles()[queue]),
        "got": ranged(shown, one.within(one.until[place]), *one.ranges[place]),
        "time": tr(one.until[place]),
        "without": one.without,
        "waiting": one.waiting,
        "last": tr(one.until[-1]),
    }
    if not whose:
        return tr(
            "{queue}: of 100 people, {got} have it within {time}, {without} stop without it, "
            "{waiting} still wait after {last}.",
            **values,
        )
    return tr(
        "{queue} ({scenario}): of 100 people, {got} have it within {time}, {without} stop without "
        "it, {waiting} still wait after {last}.",
        scenario=whose,
        **values,
    )


def _note(replications: Sequence[Replications]) -> str:
    said = tr(
        "Each bar: 100 of those who begin to wait in the observed period, mean of {runs}. Stopped "
        "without it: left, let out, or too little of the sentence left. Queues that fewer than "
        "{fewest} people join are left out.",
        runs=runs_words(replications),
        fewest=FEWEST,
    )
    if len(replications) <= COMPARED:
        return said
    more = tr("The first {shown} of {all} scenarios.", shown=COMPARED, all=len(replications))
    return f"{said} {more}"
