"""Figure: how full each facility is, over time and against its places."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING

from sim.show import words
from sim.show.draw import style
from sim.show.draw.drawing import Drawing
from sim.show.draw.over_time import FEW, LABELLED, Line, draw
from sim.show.draw.page import page
from sim.show.facts.agreement import term_words
from sim.show.facts.data import band_words, edge_words, over_time, term
from sim.show.facts.facilities import use
from sim.show.facts.plotted import plotted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiment.replications import Replications

TITLE = "How full is each facility?"
#: Facilities that hold mostly people outside the model: what differs is small beside them.
_MOSTLY_OTHERS = ("home_prisons", "host_prisons")


def facility(
    replications: Sequence[Replications],
    role: str,
    ax: Axes | None = None,
    *,
    labelled: bool = True,
) -> Axes:
    """Draw people and places of one facility over time.

    Parameters
    ----------
    replications
        Scenarios to compare.
    role
        One of `sim.show.words.FACILITIES`.
    ax
        Where to draw; a figure of its own by default.
    labelled
        Write names beside the lines (of up to two scenarios).
    """
    with style.look():
        ax = style.own_axes(ax)
        lines = lines_of(replications, role)
        draw(ax, lines, replications, labelled=labelled, cut=role in _MOSTLY_OTHERS)
        ax.set_title(_title(replications, role))
    return ax


def lines_of(replications: Sequence[Replications], role: str) -> list[Line]:
    """Return the lines of a facility, leaving out scenarios in which it has no part."""
    lines = []
    for number, r in enumerate(replications):
        key = words.facility_key(r.scenario, role)
        people = over_time(r, "occupancy", key)
        places = over_time(r, "occupancy", key, "places")
        if people is None or places is None:
            continue
        unused = people.highest == 0
        if unused and (places.highest == 0 or role == "host_detention"):
            continue
        lines.append(Line(number, r.scenario.title, people, places))
    return lines


def occupancy(replications: Sequence[Replications]) -> Drawing:
    """Draw every facility that is used in any of the scenarios.

    Returns
    -------
    Drawing
        Small multiples; the caption gives mean numbers in the observed period.
    """
    roles = [role for role in words.FACILITIES if lines_of(replications, role)]
    rows = style.rows_of(len(roles))
    labelled = len(replications) <= LABELLED
    message, note = _message(replications, roles), _note(replications)
    with style.look():
        body = 0.34 + 2.75 * len(rows) + (0 if labelled else 0.6)
        figure, top, bottom = page(TITLE, message, note, body)
        if not labelled:
            top += style.key(figure, [r.scenario.title for r in replications], top)
        bottom += 0.36
        axes = style.grid(figure, rows, top + 0.24, bottom, between=0.72)
        for ax, role in zip(axes, roles, strict=True):
            facility(replications, role, ax)
    form = (
        f"{words.counted(len(roles), 'panel')} over time, one for each facility, with people as "
        "lines and places as steps."
    )
    caption, numbers = _caption(replications, roles), partial(plotted, "occupancy", replications)
    return Drawing("occupancy", TITLE, figure, form, message, note, caption, numbers)


def _title(replications: Sequence[Replications], role: str) -> str:
    titles = dict.fromkeys(words.facility_title(r.scenario, role) for r in replications)
    return words.capital(" / ".join(titles))


def _note(replications: Sequence[Replications]) -> str:
    said = (
        f"{band_words(replications, len(replications) <= FEW)} Thin steps: places. "
        f"{period_words(replications)} {_after(term_words(replications))}Counted on the first of "
        "each month; each panel has a scale of its own. "
        f"{edge_words(replications)}"
    )
    return said.strip()


def _after(text: str) -> str:
    return f"{text} " if text else ""


def _message(replications: Sequence[Replications], roles: Sequence[str]) -> str:
    """Say in one sentence how full the rented prison and prisons of the sending state are."""
    parts = []
    for role in ("rented_prison", "home_prisons"):
        lines = lines_of(replications, role) if role in roles else []
        shares = {n.number: use(replications[n.number], role).share for n in lines}
        shares = {n: share for n, share in shares.items() if isfinite(share)}
        if shares:
            verb = "are" if role == "home_prisons" else "is"
            name = _title(replications, role)
            parts.append(f"{name} {verb} {_full(replications, shares)}")
    return f"On average in the observed period, {' and '.join(parts)}." if parts else ""


def _full(replications: Sequence[Replications], shares: dict[int, float]) -> str:
    """Say how full a facility is in some of the scenarios, or from which to which."""
    several = len(replications) > 1
    said: dict[str, list[str]] = {}
    for number, share in shares.items():
        title = words.quoted(replications[number].scenario.title)
        said.setdefault(f"{words.percent(share)} full", []).append(title)
    if len(said) == 1 and len(shares) == len(replications):
        return next(iter(said)) + (" in every scenario" if several else "")
    if len(said) > 1 and len(shares) > FEW:
        low, high = min(shares, key=lambda n: shares[n]), max(shares, key=lambda n: shares[n])
        ends = [
            f"{words.percent(shares[n])} ({words.quoted(replications[n].scenario.title)})"
            for n in (low, high)
        ]
        return f"from {ends[0]} to {ends[1]} full"
    return ", ".join(f"{text} in {words.listed(who)}" for text, who in said.items())


def period_words(replications: Sequence[Replications]) -> str:
    """Say what the shaded period is, and what the dotted lines mark."""
    time = replications[0].scenario.time
    last = f"{words.month(time.observe_from)} until {words.month(time.observe_until)}"
    text = f"Shaded: the observed period, {last}, to which averages refer."
    titles = {r.scenario.rented_prison.title for r in replications if term(r) is not None}
    if titles:
        which = "" if len(replications) <= FEW else " in one scenario or another"
        text += f" Dotted: {' or '.join(sorted(titles))} opens, closes{which}"
        strip = "; a strip where chance decides the date."
        if any(r.drawn for r in replications):
            strip = "; a strip where the date differs between draws."
        text += strip if _uncertain(replications) else "."
    return text


def _uncertain(replications: Sequence[Replications]) -> bool:
    terms = [term(r) for r in replications]
    return any(t.opens[0] < t.opens[1] for t in terms if t is not None)


def _caption(replications: Sequence[Replications], roles: Sequence[str]) -> str:
    parts = [_occupied(replications, role) for role in roles]
    unused = [
        words.quoted(r.scenario.title)
        for r in replications
        if all(line.title != r.scenario.title for line in lines_of(replications, "rented_prison"))
    ]
    if unused and "rented_prison" in roles:
        parts.append(f"No rented prison is in use in {words.listed(unused)}.")
    elif unused:
        parts.append("No rented prison is in use.")
    parts.append(
        replications[0].scenario.told(
            "Most people in {adjective} prisons and all in {hosts} own are outside the model: the "
            "scenario states their number."
        )
    )
    return " ".join(parts)


def _occupied(replications: Sequence[Replications], role: str) -> str:
    """Say how many people a facility holds, and what part of its places that is."""
    said: dict[str, list[str]] = {}
    for line in lines_of(replications, role):
        found = use(replications[line.number], role)
        text = f"{words.people(found.people)} people on average"
        text += f", {words.percent(found.share)} of its places" if isfinite(found.share) else ""
        said.setdefault(text, []).append(words.quoted(line.title))
    name = _title(replications, role)
    verb = "hold" if name.endswith("prisons") else "holds"
    if role in _MOSTLY_OTHERS:
        said = {text.replace("its places", "their places"): who for text, who in said.items()}
    if len(said) == 1:
        return f"{name} {verb} {next(iter(said))}."
    if len(said) > FEW:
        return f"{name} {verb} {_range(replications, role)}."
    each = [f"{text} in {words.listed(who)}" for text, who in said.items()]
    return f"{name} {verb} {'; '.join(each)}."


def _range(replications: Sequence[Replications], role: str) -> str:
    means = [
        (use(replications[line.number], role).people, line.title)
        for line in lines_of(replications, role)
    ]
    (low, fewest), (high, most) = min(means), max(means)
    if words.people(low) == words.people(high):
        return f"{words.people(low)} people on average in every scenario"
    return (
        f"between {words.people(low)} ({words.quoted(fewest)}) and {words.people(high)} "
        f"({words.quoted(most)}) people on average"
    )
