"""Figure: how long people are held or wait, by stage and by group of countries of origin."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.show import style, words
from sim.show.style import Drawing

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.experiment.replicate import Replications
    from sim.scenario.schema import Scenario

TITLE = "How long are people held, and how long do they wait?"
#: Scenarios that fit side by side, and the fewest stays (a replication) worth a quartile.
COMPARED, FEWEST = 4, 5

#: Rows from above, in the order of the journey; None leaves a gap.
STAGES = (
    "remand", "at_liberty", "danish_prison", "selection", "waiting_list", "rented_prison",
    "temporary_return", "return_queue", None, "pre_removal_detention", "detention_queue",
    "departure_centre", "breach_imprisonment", "at_large", "kosovo_asylum", "kosovo_at_large",
    "kosovo_detention", None, "case_worker_queue", "travel_document", "stalled", "escort_queue",
    None, "limbo",
)  # fmt: skip
BY_ORIGIN = ("limbo", "pre_removal_detention", "departure_centre")
_REGIMES = {
    "refuses": "Origin refuses",
    "limited": "Origin cooperates to a limited extent",
    "cooperates": "Origin cooperates",
}


@dataclass(frozen=True)
class Length:
    """How long stays last: quartiles of the middle replication, infinite if not reached."""

    lower: float
    median: float
    upper: float
    inside: float
    """Mean number of stays that were not over at the end of the simulation."""
    stays: float
    """Mean number of stays."""


def lengths(r: Replications, by: str = "stage") -> dict[tuple[str, ...], Length]:
    """Return lengths of stay by stage (named as here), or by stage and origin.

    Of each quartile, the median over replications is taken, a quartile that is not reached
    counting as longer than any other.
    """
    keys = ["stage"] if by == "stage" else ["stage", "origin"]
    table = r.tables["durations" if by == "stage" else "durations_by_origin"]
    quartiles = ["lower_quartile_days", "median_days", "upper_quartile_days"]
    known = table[quartiles].astype(float).fillna(np.inf)
    grouped = table[[*keys, "spells", "still_inside"]].join(known).groupby(keys, sort=False)
    middle = grouped[quartiles].agg(lambda days: float(np.median(days)))
    total = grouped[["still_inside", "spells"]].sum() / r.number
    role = {words.stage_key(r.scenario, "rented_prison"): "rented_prison"}
    found = {}
    for name, row in middle.join(total).iterrows():
        parts = name if isinstance(name, tuple) else (name,)
        found[(role.get(str(parts[0]), str(parts[0])), *map(str, parts[1:]))] = _length(row)
    return found


def _length(row: pd.Series) -> Length:
    return Length(
        float(row["lower_quartile_days"]), float(row["median_days"]),
        float(row["upper_quartile_days"]), float(row["still_inside"]), float(row["spells"]),
    )  # fmt: skip


def by_stage(replications: Sequence[Replications], ax: Axes | None = None) -> Axes:
    """Draw lengths of stay by stage, up to four scenarios below one another.

    Parameters
    ----------
    replications
        Scenarios to compare.
    ax
        Where to draw; a figure of its own by default.
    """
    with style.look():
        if ax is None:
            ax = style.grid(style.new_figure(6, 9), [1], 0.5, 0.4, left=2.4, right=1.4)[0]
        shown = replications[:COMPARED]
        tables = [lengths(r) for r in shown]
        rows = rows_of(tables)
        titles = words.stage_titles(shown[0].scenario)
        _frame(ax, [titles[name] if name else "" for name in rows])
        step = 0.62 / max(1, len(shown) - 1) if len(shown) > 1 else 0.0
        for row, name in enumerate(rows):
            for number, table in enumerate(tables):
                length = table.get((name,)) if name else None
                if length is not None and length.stays >= FEWEST:
                    y = row + (number * step - 0.31 if len(shown) > 1 else 0.0)
                    _whisker(ax, y, length, number)
        _column_head(ax, replications[0].scenario)
    return ax


def rows_of(tables: Sequence[dict[tuple[str, ...], Length]]) -> list[str | None]:
    """Return the stages that occur often enough, with None for gaps between parts."""
    rows: list[str | None] = []
    for name in STAGES:
        if name is None:
            if rows and rows[-1] is not None:
                rows.append(None)
        elif any((name,) in t and t[(name,)].stays >= FEWEST for t in tables):
            rows.append(name)
    return rows[:-1] if rows and rows[-1] is None else rows


def by_origin(
    r: Replications,
    stage: str,
    ax: Axes | None = None,
    rows: Sequence[str | None] | None = None,
    *,
    named: bool = True,
) -> Axes:
    """Draw lengths of stay in one stage by group of countries of origin.

    Parameters
    ----------
    r
        Replications of the scenario.
    stage
        `limbo`, `pre_removal_detention`, `departure_centre` or any other stage.
    ax
        Where to draw; a figure of its own by default.
    rows
        Names of origins from above, None for a gap; sorted by cooperation by default.
    named
        Write the names.
    """
    with style.look():
        if ax is None:
            ax = style.grid(style.new_figure(5.5, 7), [1], 0.4, 0.4, left=2.7, right=0.9)[0]
        table = lengths(r, "origin")
        rows = origins_of(r, table) if rows is None else rows
        _frame(ax, [_origin_title(r.scenario, name) if named else "" for name in rows], short=True)
        for row, name in enumerate(rows):
            length = table.get((stage, name)) if name else None
            if length is not None and length.stays >= FEWEST:
                _whisker(ax, row, length, 0)
        ax.set_title(words.stage_titles(r.scenario).get(stage, stage), pad=16)
    return ax


def origins_of(
    r: Replications, table: dict[tuple[str, ...], Length], stage: str = "limbo"
) -> list[str | None]:
    """Return origins by cooperation when the observed period begins, longest limbo first."""
    rows: list[str | None] = []
    for regime in _REGIMES:
        mine = [o for o in r.scenario.origins if regime_of(r.scenario, o) == regime]
        absent = Length(0, 0, 0, 0, 0)
        mine.sort(key=lambda o: -table.get((stage, o), absent).median)
        rows += [f"={regime}", *mine] if mine else []
    return rows


def regime_of(scenario: Scenario, origin: str) -> str:
    """Return how an origin cooperates on the first observed day."""
    day = scenario.time.observe_from
    steps = scenario.origins[origin].cooperation
    return next((s.regime for s in steps if s.from_ <= day < s.until), steps[-1].regime)


def durations(replications: Sequence[Replications]) -> Drawing:
    """Draw how long people are held or wait, by stage and by origin.

    Returns
    -------
    Drawing
        Above, medians and quartiles by stage for up to four scenarios; below, by origin for the
        first of them.
    """
    shown, first = list(replications[:COMPARED]), replications[0]
    stage_rows = rows_of([lengths(r) for r in shown])
    table = lengths(first, "origin")
    origin_rows = origins_of(first, table)
    note = _note(replications, shown)
    tall = (len(stage_rows) * (0.12 + 0.15 * len(shown)) + 0.2, 0.2 * len(origin_rows))
    with style.look():
        figure = style.new_figure(3.0 + sum(tall))
        top = style.header(figure, TITLE)
        if len(shown) > 1:
            top += style.key(figure, [r.scenario.title for r in shown], top, lines=False)
        bottom = style.footer(figure, note) + 0.3
        upper, *lower = _layout(figure, top + 0.34, bottom, tall)
        by_stage(shown, upper)
        upper.set_title("By stage", pad=10)
        for number, (ax, stage) in enumerate(zip(lower, BY_ORIGIN, strict=True)):
            by_origin(first, stage, ax, origin_rows, named=number == 0)
        _origin_head(lower[0], first, len(replications) > 1)
    caption = _caption(replications, shown)
    alt = f"Medians with quartiles on a log scale of time, by stage and by origin. {caption}"
    return Drawing("durations", TITLE, figure, caption, alt)


def _layout(figure: object, top: float, bottom: float, tall: tuple[float, float]) -> list[Axes]:
    """Lay out one wide panel above three that share their rows."""
    from matplotlib.figure import Figure

    assert isinstance(figure, Figure)
    width, height = figure.get_size_inches()
    left, right, gap = 2.75, 1.25, 0.68
    axes = [figure.add_axes((left / width, (height - top - tall[0]) / height,
                             (width - left - right) / width, tall[0] / height))]  # fmt: skip
    wide = (width - left - 0.72 - 2 * gap) / 3
    axes += [
        figure.add_axes(((left + n * (wide + gap)) / width, bottom / height, wide / width,
                         tall[1] / height))
        for n in range(3)
    ]  # fmt: skip
    return axes


def _frame(ax: Axes, names: Sequence[str], *, short: bool = False) -> None:
    """Set rows and the axis of time; a name that begins with `=` heads the rows below it."""
    style.time_axis(ax, 0.7, 4500 if not short else 3000, short=short)
    ax.set_ylim(len(names) - 0.4, -0.6)
    plain = [name.removeprefix("=") for name in names]
    ax.set_yticks(range(len(names)), plain)
    ax.tick_params(axis="y", length=0, pad=5)
    for label, name in zip(ax.get_yticklabels(), names, strict=True):
        if name.startswith("="):
            label.set_fontweight("bold")
    ax.spines["left"].set_visible(False)


def _origin_title(scenario: Scenario, name: str | None) -> str:
    if name is None:
        return ""
    if name.startswith("="):
        return f"={_REGIMES[name[1:]]}"
    return textwrap.shorten(scenario.origins[name].title, 42, placeholder=" …")


def _whisker(ax: Axes, y: float, length: Length, number: int) -> None:
    """Draw quartiles as a bar, the median as a marker, and who is still inside at the right."""
    first, last = ax.get_xlim()
    colour = style.colour(number)
    lower = min(max(length.lower, first), last)
    open_end = not np.isfinite(length.upper) or length.upper > last
    upper = last if open_end else max(length.upper, first)
    ax.plot([lower, upper], [y, y], color=colour, linewidth=2.6, alpha=0.45,
            solid_capstyle="butt", zorder=2)  # fmt: skip
    if open_end:
        ax.plot([last], [y], marker=">", color=colour, markersize=6, clip_on=False, zorder=4)
    if first <= length.median <= last:
        ax.plot([length.median], [y], marker=style.marker(number), color=colour, markersize=5,
                zorder=4)  # fmt: skip
    _inside(ax, y, length, colour)


def _inside(ax: Axes, y: float, length: Length, colour: str) -> None:
    to_right = ax.get_yaxis_transform()
    if length.inside > 0:
        ax.plot([1.0], [y], marker="o", markerfacecolor="white", markeredgecolor=colour,
                markersize=5, transform=to_right, clip_on=False, zorder=5)  # fmt: skip
    inside = f"{words.people(length.inside)} of " if length.inside > 0 else ""
    ax.annotate(
        f"{inside}{length.stays:,.0f}", (1.0, y), (7, 0), xycoords=to_right,
        textcoords="offset points", size=style.SMALL - 1.2, color=colour, va="center",
        annotation_clip=False,
    )  # fmt: skip


def _column_head(ax: Axes, scenario: Scenario) -> None:
    ax.annotate(
        f"○ not over by\n{words.month(scenario.time.end)}, of all", (1.0, 1.0), (7, 4),
        xycoords="axes fraction", textcoords="offset points", size=style.SMALL - 1.0,
        color=style.GREY, va="bottom", annotation_clip=False, linespacing=1.1,
    )  # fmt: skip


def _origin_head(ax: Axes, r: Replications, several: bool) -> None:
    title = "By country of origin"
    title += f", {words.quoted(r.scenario.title)} only" if several else ""
    ax.annotate(
        title, (0, 1), (-2.6 * 72, 30), xycoords="axes fraction", textcoords="offset points",
        size=10.5, weight="bold", annotation_clip=False,
    )  # fmt: skip


def _note(replications: Sequence[Replications], shown: Sequence[Replications]) -> str:
    parts = []
    if len(shown) < len(replications):
        parts.append(f"The first {len(shown)} of {len(replications)} scenarios.")
    number = words.counted(max(r.number for r in shown), "replication")
    middle = f"the middle of {number}" if max(r.number for r in shown) > 1 else "one replication"
    parts.append(
        f"Marker: median; bar: middle half of all stays (Kaplan-Meier, {middle}), for stays begun "
        "in the observed period; arrow: the upper quartile is not reached. Right: mean number of "
        "stays, and of those not over (○). One person can have several stays. Log scale."
    )
    parts.append(_rare(shown))
    return " ".join(filter(None, parts))


def _rare(shown: Sequence[Replications]) -> str:
    tables = [lengths(r) for r in shown]
    titles = words.stage_titles(shown[0].scenario)
    rare = [
        words.lower_first(titles[name])
        for name in STAGES
        if name
        and any((name,) in t for t in tables)
        and all((name,) not in t or t[(name,)].stays < FEWEST for t in tables)
    ]
    return f"Too rare to show (fewer than {FEWEST} stays): {words.listed(rare)}." if rare else ""


def _caption(replications: Sequence[Replications], shown: Sequence[Replications]) -> str:
    parts = [_stage_words(shown, name) for name in ("rented_prison", "pre_removal_detention")]
    parts += [_stage_words(shown, "departure_centre"), _stage_words(shown, "travel_document")]
    parts += [_stage_words(shown, "limbo"), _origin_words(shown[0])]
    return " ".join([*filter(None, parts), _note(replications, shown)])


def half(length: Length) -> str:
    """Say median and quartiles in words."""
    if not np.isfinite(length.lower):
        return "fewer than a quarter are over by the end of the simulation"
    if not np.isfinite(length.median):
        return f"a quarter are over within {words.span(length.lower)}, fewer than half at all"
    middle = f"half are over within {words.span(length.median)}"
    if not np.isfinite(length.upper):
        return f"{middle}, fewer than three quarters at all"
    return f"{middle}, three quarters within {words.span(length.upper)}"


def _stage_words(shown: Sequence[Replications], name: str) -> str:
    said: dict[str, list[str]] = {}
    for r in shown:
        length = lengths(r).get((name,))
        if length is not None and length.stays >= FEWEST:
            said.setdefault(half(length), []).append(words.quoted(r.scenario.title))
    title = words.stage_titles(shown[0].scenario)[name]
    if not said:
        return ""
    if len(said) == 1:
        return f"{title}: {next(iter(said))}."
    return f"{title}: {'; '.join(f'{t} in {words.listed(w)}' for t, w in said.items())}."


def _origin_words(r: Replications) -> str:
    """Name the origins whose people are in limbo longest and shortest."""
    found = {
        key[1]: length.median
        for key, length in lengths(r, "origin").items()
        if key[0] == "limbo" and length.stays >= FEWEST and np.isfinite(length.median)
    }
    if len(found) < 2:
        return ""
    longest, shortest = max(found, key=lambda o: found[o]), min(found, key=lambda o: found[o])
    names = r.scenario.origins
    return (
        f"By origin, median limbo is longest for {names[longest].title} "
        f"({words.span(found[longest])}) and shortest for {names[shortest].title} "
        f"({words.span(found[shortest])})."
    )
