"""Figure: how full each facility is, over time and against its places."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING

from sim.language import mark, tr, trn
from sim.show import words
from sim.show.draw import style
from sim.show.draw.drawing import Drawing
from sim.show.draw.over_time import FEW, LABELLED, Line, draw
from sim.show.draw.page import page
from sim.show.facts.agreement import term_words, titles_of
from sim.show.facts.data import band_words, edge_words, over_time, term
from sim.show.facts.facilities import use
from sim.show.facts.plotted import plotted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiment.replications import Replications

TITLE = mark("How full is each facility?")
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
        lines.append(Line(number, words.title_of(r.scenario), people, places))
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
        figure, top, bottom = page(tr(TITLE), message, note, body)
        if not labelled:
            top += style.key(figure, [words.title_of(r.scenario) for r in replications], top)
        bottom += 0.36
        axes = style.grid(figure, rows, top + 0.24, bottom, between=0.72)
        for ax, role in zip(axes, roles, strict=True):
            facility(replications, role, ax)
    form = trn(
        "{number} panel over time, with people as lines and places as steps.",
        "{number} panels over time, one for each facility, with people as lines and places as "
        "steps.",
        len(roles),
    )
    caption, numbers = _caption(replications, roles), partial(plotted, "occupancy", replications)
    return Drawing("occupancy", tr(TITLE), figure, form, message, note, caption, numbers)


def _title(replications: Sequence[Replications], role: str) -> str:
    titles = dict.fromkeys(words.facility_title(r.scenario, role) for r in replications)
    return words.capital(" / ".join(titles))


def _note(replications: Sequence[Replications]) -> str:
    said = (
        band_words(replications, len(replications) <= FEW),
        tr("Thin steps: places."),
        period_words(replications),
        term_words(replications),
        tr("Counted on the first of each month; each panel has a scale of its own."),
        edge_words(replications),
    )
    return " ".join(filter(None, said))


def _message(replications: Sequence[Replications], roles: Sequence[str]) -> str:
    """Say in one sentence how full the rented prison and prisons of the sending state are."""
    parts = []
    for role in ("rented_prison", "home_prisons"):
        lines = lines_of(replications, role) if role in roles else []
        shares = {n.number: use(replications[n.number], role).share for n in lines}
        shares = {n: share for n, share in shares.items() if isfinite(share)}
        if shares:
            full = _full(replications, shares)
            name = words.lower_first(_title(replications, role), replications[0].scenario)
            if role == "home_prisons":
                parts.append(tr("{prisons} are {full}", prisons=name, full=full))
            else:
                parts.append(tr("{prison} is {full}", prison=name, full=full))
    if not parts:
        return ""
    return tr("On average in the observed period, {parts}.", parts=words.listed(parts))


def _full(replications: Sequence[Replications], shares: dict[int, float]) -> str:
    """Say how full a facility is in some of the scenarios, or from which to which."""
    said: dict[str, list[str]] = {}
    for number, share in shares.items():
        title = words.quoted(replications[number].scenario.title)
        text = tr("{share} full", share=words.percent(share))
        said.setdefault(text, []).append(title)
    if len(said) == 1 and len(shares) == len(replications):
        text = next(iter(said))
        return tr("{what} in every scenario", what=text) if len(replications) > 1 else text
    if len(said) > 1 and len(shares) > FEW:
        low, high = (pick(shares, key=lambda n: shares[n]) for pick in (min, max))
        return tr(
            "from {low} ({fewest}) to {high} ({most}) full",
            low=words.percent(shares[low]),
            fewest=words.quoted(replications[low].scenario.title),
            high=words.percent(shares[high]),
            most=words.quoted(replications[high].scenario.title),
        )
    return ", ".join(_in(text, who) for text, who in said.items())


def _in(text: str, who: Sequence[str]) -> str:
    return tr("{what} in {scenarios}", what=text, scenarios=words.listed(who))


def period_words(replications: Sequence[Replications]) -> str:
    """Say what the shaded period is, and what the dotted lines mark."""
    time = replications[0].scenario.time
    period = tr(
        "{first} until {last}",
        first=words.month(time.observe_from),
        last=words.month(time.observe_until),
    )
    return f"{shade_words(period)} {opening_words(replications)}".strip()


def shade_words(period: str) -> str:
    """Say what the shaded period is."""
    return tr("Shaded: the observed period, {period}, to which averages refer.", period=period)


def opening_words(replications: Sequence[Replications]) -> str:
    """Say what the dotted lines mark; nothing if there are none."""
    using = [r for r in replications if term(r) is not None]
    if not using:
        return ""
    if len(replications) <= FEW:
        text = tr("Dotted: {prison} opens, closes", prison=titles_of(using))
    else:
        text = tr(
            "Dotted: {prison} opens, closes in one scenario or another", prison=titles_of(using)
        )
    if not _uncertain(replications):
        return f"{text}."
    if any(r.drawn for r in replications):
        return tr("{what}; a strip where the date differs between draws.", what=text)
    return tr("{what}; a strip where chance decides the date.", what=text)


def _uncertain(replications: Sequence[Replications]) -> bool:
    terms = [term(r) for r in replications]
    return any(t.opens[0] < t.opens[1] for t in terms if t is not None)


def _caption(replications: Sequence[Replications], roles: Sequence[str]) -> str:
    parts = [_occupied(replications, role) for role in roles]
    unused = [
        words.quoted(r.scenario.title)
        for r in replications
        if all(
            line.title != words.title_of(r.scenario)
            for line in lines_of(replications, "rented_prison")
        )
    ]
    if unused and "rented_prison" in roles:
        parts.append(
            tr("No rented prison is in use in {scenarios}.", scenarios=words.listed(unused))
        )
    elif unused:
        parts.append(tr("No rented prison is in use."))
    parts.append(
        words.told(
            replications[0].scenario,
            "Most people in {adjective} prisons and all in {hosts} own are outside the model: the "
            "scenario states their number.",
        )
    )
    return " ".join(parts)


def _occupied(replications: Sequence[Replications], role: str) -> str:
    """Say how many people a facility holds, and what part of its places that is."""
    said: dict[str, list[str]] = {}
    for line in lines_of(replications, role):
        found = use(replications[line.number], role)
        text = tr("{people} people on average", people=words.people(found.people))
        if isfinite(found.share):
            text = tr("{what}, {share} of the places", what=text, share=words.percent(found.share))
        said.setdefault(text, []).append(words.quoted(line.title))
    if len(said) == 1:
        what = next(iter(said))
    elif len(said) > FEW:
        what = _range(replications, role)
    else:
        what = "; ".join(_in(text, who) for text, who in said.items())
    return tr("{facility}: {what}.", facility=_title(replications, role), what=what)


def _range(replications: Sequence[Replications], role: str) -> str:
    means = [
        (use(replications[line.number], role).people, line.title)
        for line in lines_of(replications, role)
    ]
    (low, fewest), (high, most) = min(means), max(means)
    if words.people(low) == words.people(high):
        text = tr("{people} people on average", people=words.people(low))
        return tr("{what} in every scenario", what=text)
    return tr(
        "between {low} ({fewest}) and {high} ({most}) people on average",
        low=words.people(low),
        fewest=words.quoted(fewest),
        high=words.people(high),
        most=words.quoted(most),
    )
