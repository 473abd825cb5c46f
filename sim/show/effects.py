"""What changes an outcome: another scenario, a factor of a design, the factors it follows most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.ignorance import influence as ranked
from sim.analysis.ignorance import point_means
from sim.analysis.layout import SAMPLES
from sim.analysis.paired import UnknownOutcome
from sim.results.choice import nearest
from sim.results.outcomes import OUTCOMES, outcome_titles
from sim.show import style, words
from sim.show.agreement import others
from sim.show.findings import printed_unit, scale
from sim.show.table import summary
from sim.statistics.intervals import FEWEST
from sim.statistics.pairs import LESS, MORE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.experiment.read import Results
    from sim.show.comparison import Comparison

#: Names of all outcomes.
NAMES = tuple(outcome.name for outcome in OUTCOMES)
#: Outcomes of general interest, that exist with and without an agreement.
GENERAL = (
    "danish_occupancy",
    "document_queue",
    "case_worker_queue",
    "detained",
    "held_after_sentence_days",
    "limbo",
    "departure_centre_people",
    "breach_imprisoned",
    "removed_1y",
    "absconded_1y",
    "total_cost",
)
ONE_AT_A_TIME = "one_at_a_time"


# ---------------------------------------------------------------------- scenarios


@dataclass(frozen=True)
class Effect:
    """How one scenario changes one outcome, relative to the reference."""

    scenario: int
    """Place of the scenario in the comparison."""
    mean: float
    """Difference as a share of the reference's mean."""
    half: float | None
    """Half-width of its interval; None if there are too few replications."""
    told: bool
    """Whether it can be told from chance, by Holm's rule, and matters."""
    text: str
    """The difference in the outcome's own unit."""


@dataclass(frozen=True)
class EffectRow:
    """One outcome, and how each scenario changes it."""

    title: str
    effects: tuple[Effect, ...]


def difference_rows(comparison: Comparison, names: Sequence[str] | None) -> list[EffectRow]:
    """Return what is drawn of each outcome; outcomes of which the reference has none are left out.

    Raises
    ------
    UnknownOutcome
        If there is no such outcome.
    ValueError
        If there is nothing to draw.
    """
    if len(comparison) < 2:
        raise ValueError("one scenario has no differences: compare two or more")
    unknown = [name for name in names or () if name not in NAMES]
    if unknown:
        hint = nearest(unknown[0], NAMES)
        raise UnknownOutcome(
            f"no outcome is called {unknown[0]!r}; {hint}there are: {', '.join(NAMES)}"
        )
    chosen = [*(GENERAL if names is None else names)]
    told: list[Any] = list(comparison.differences(chosen).itertuples())
    found = {(one.scenario, one.outcome): one for one in told}
    rows = []
    for row in summary(comparison.replications, chosen):
        effects = []
        for n in others(comparison.replications):
            one = found[comparison.scenarios[n].name, row.name]
            if np.isfinite(one.mean) and one.reference_mean:
                size = abs(one.reference_mean)
                half = one.half_width / size if np.isfinite(one.half_width) else None
                judged = one.verdict in (MORE, LESS)
                text = row.difference(n)
                unit = "points" if row.unit == "share" else row.printed_unit
                text += f" {unit}" if one.mean and text[0] != "≈" else ""
                effects.append(Effect(n, one.mean / size, half, judged, text))
        if effects:
            rows.append(EffectRow(row.title, tuple(effects)))
    if not rows:
        raise ValueError("none of these outcomes exists in the scenarios compared")
    return rows


def differences(rows: Sequence[EffectRow], comparison: Comparison, ax: Axes) -> Axes:
    """Draw differences as shares of the reference's mean, the outcome's own unit beside them."""
    from matplotlib.ticker import MaxNLocator

    compared = others(comparison.replications)
    apart = 0.6 / len(compared)
    few = any(effect.half is None for row in rows for effect in row.effects)
    ax.axvline(0, color=style.GREY, linewidth=0.8)
    for y, row in enumerate(rows):
        for effect in row.effects:
            place = compared.index(effect.scenario)
            at = y + apart * (place - (len(compared) - 1) / 2)
            _effect(ax, effect, at, style.colour(effect.scenario), style.marker(effect.scenario))
    ax.set_yticks(range(len(rows)), [row.title for row in rows])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.grid(axis="x", color=style.PALE, linewidth=0.6)
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.xaxis.set_major_formatter(lambda share, _: _signed(share))
    ax.margins(x=0.08)
    ax.set_xlabel(
        f"difference from {words.quoted(comparison.reference.title)}, as a share of its value\n"
        + _marks(few)
    )
    if len(compared) == 1:
        ax.set_title(comparison.scenarios[compared[0]].title)
    else:
        _scenario_legend(ax, {n: comparison.scenarios[n].title for n in compared})
    return ax


def _signed(share: float) -> str:
    """Write a share as per cent, with its sign."""
    return "0" if abs(share) < 1e-9 else f"{100 * share:+.3g} %".replace("-", words.MINUS)


def _marks(few: bool) -> str:
    """Say what marker and bar are."""
    if few:
        return f"hollow: fewer than {FEWEST} replications, chance is not known"
    return "bar: 95 % interval of the mean; hollow: cannot be told from chance, or negligible"


def _effect(ax: Axes, effect: Effect, y: float, colour: str, marker: str) -> None:
    if effect.half is not None:
        ends = [effect.mean - effect.half, effect.mean + effect.half]
        ax.plot(ends, [y, y], color=colour, linewidth=2.2, alpha=0.5, solid_capstyle="butt")
    ax.plot(
        [effect.mean], [y], marker=marker, color=colour, markersize=6,
        markerfacecolor=colour if effect.told else "white",
    )  # fmt: skip
    ax.annotate(
        effect.text, (1.0, y), (6, 0), xycoords=ax.get_yaxis_transform(),
        textcoords="offset points", va="center", size=style.SMALL, color=colour,
        annotation_clip=False,
    )  # fmt: skip


def _scenario_legend(ax: Axes, titles: dict[int, str]) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=style.colour(n), marker=style.marker(n), linewidth=0) for n in titles
    ]
    ax.legend(
        handles, list(titles.values()), loc="lower left", bbox_to_anchor=(0, 1.0), frameon=False,
        fontsize=style.SMALL, ncol=2,
    )  # fmt: skip


# ---------------------------------------------------------------------- a factor of a design


def factors_of(results: Results) -> list[str]:
    """Return the names of what varies between the points of an experiment."""
    return [str(column) for column in results.design if column not in ("point", "name")]


def response(
    results: Results,
    factor: str,
    outcome: str,
    by: str | None,
    reference: str | None,
    ax: Axes,
) -> Axes:
    """Draw an outcome against a factor: means over replications as markers, each one as a dot."""
    table = _values(results, outcome, reference)
    table = table.assign(value=scale(outcome) * table["value"].astype(float)).merge(
        results.design, on="point"
    )
    scenarios = list(dict.fromkeys(table["scenario"]))
    keys = ["scenario", by] if by else ["scenario"]
    lines = [(key, rows) for key, rows in table.groupby(keys, sort=False)]
    for number, (key, rows) in enumerate(lines):
        colour = style.colour(number)
        ax.plot(rows[factor], rows["value"], ".", color=colour, alpha=0.45, markersize=5)
        means = rows.groupby(factor)["value"].mean()
        joined = by is not None or results.manifest["definition"]["design"]["kind"] == "grid"
        ax.plot(
            means.index, means, color=colour, marker=style.marker(number), markersize=6,
            linestyle=style.dash(number) if joined else "none",
            label=_line_name(key, by, len(scenarios) > 1),
        )  # fmt: skip
    what = _title(results, outcome) + (f": difference from {reference}" if reference else "")
    ax.set_title(what)
    ax.set_xlabel(factor)
    ax.set_ylabel(printed_unit(outcome))
    ax.grid(axis="y", color=style.PALE, linewidth=0.6)
    if len(lines) > 1:
        ax.legend(frameon=False, fontsize=style.SMALL, title=by, title_fontsize=style.SMALL)
    return ax


def _title(results: Results, outcome: str) -> str:
    return outcome_titles(results.experiment.scenarios[0])[outcome]


def _values(results: Results, outcome: str, reference: str | None) -> pd.DataFrame:
    """Return scenario, point, replication and value, or difference, of an outcome."""
    if reference is None:
        table = results.outcomes
        return table[table["outcome"] == outcome]
    found = results.differences(reference, outcome)
    return found.assign(value=found["difference"])


def _line_name(key: tuple[Any, ...], by: str | None, several: bool) -> str:
    scenario, *value = key
    parts = [str(scenario)] if several or by is None else []
    return ", ".join([*parts, *(_told(v) for v in value)])


def _told(value: Any) -> str:
    """Say the value of a factor."""
    if hasattr(value, "to_pydatetime"):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:g}" if isinstance(value, int | float) else str(value)


# ---------------------------------------------------------------------- what an outcome follows


@dataclass(frozen=True)
class Swing:
    """An outcome at the ends of one factor, the others left as they are."""

    factor: str
    ends: tuple[str, str]
    """The factor's low and high value."""
    base: float
    values: tuple[float, float]
    """Mean of the outcome at its low and high value."""
    each: tuple[tuple[float, ...], tuple[float, ...]]
    """The base and the change against it, replication by replication, at both."""


@dataclass(frozen=True)
class Correlation:
    """Rank correlation of a factor and an outcome over a sample."""

    factor: str
    size: float
    told: bool


def bars_of(
    results: Results, outcome: str, reference: str | None, scenario: str | None
) -> list[Swing] | list[Correlation]:
    """Return what moves an outcome, the strongest first.

    Raises
    ------
    ValueError
        If the design cannot tell, or there is no such scenario.
    """
    kind = results.manifest["definition"]["design"]["kind"]
    table = _values(results, outcome, reference)
    there = list(dict.fromkeys(table["scenario"]))
    chosen = there[0] if scenario is None else scenario
    if chosen not in there:
        raise ValueError(f"no scenario is called {chosen!r}; there are: {', '.join(there)}")
    if kind == ONE_AT_A_TIME:
        mine = table[table["scenario"] == chosen]
        swings = list(_swings(mine, results.design, factors_of(results)))
        return sorted(swings, key=lambda s: -abs(s.values[1] - s.values[0]))
    if kind not in SAMPLES:
        raise ValueError(
            f"a design of kind {kind} does not tell what an outcome follows: choose "
            f"{', '.join([ONE_AT_A_TIME, *SAMPLES])}"
        )
    whole = results.outcomes
    found = ranked(whole[whole["outcome"] == outcome], results.design, [outcome], reference)
    rows: list[Any] = list(found[found["scenario"] == chosen].itertuples())
    if not rows:
        raise ValueError(f"{outcome} varies at too few points for its factors to be ranked")
    return [Correlation(row.factor, row.influence, bool(row.told)) for row in rows]


def _swings(table: pd.DataFrame, design: pd.DataFrame, factors: Sequence[str]) -> Iterator[Swing]:
    """Yield the swing of each factor that has a low and a high end."""
    means = point_means(table).set_index("point")["value"]
    wide = table.astype({"value": float}).pivot(
        index="replication", columns="point", values="value"
    )
    base = int(design.loc[design[list(factors)].isna().all(axis=1), "point"].iloc[0])
    for factor in factors:
        moved = design[design[factor].notna()].sort_values(factor)
        low, high = int(moved["point"].iloc[0]), int(moved["point"].iloc[-1])
        shifted = [
            tuple(float(means[base] + change) for change in (wide[point] - wide[base]).dropna())
            for point in (low, high)
        ]
        yield Swing(
            factor,
            (_told(moved[factor].iloc[0]), _told(moved[factor].iloc[-1])),
            float(means[base]),
            (float(means[low]), float(means[high])),
            (shifted[0], shifted[1]),
        )


def influence(
    results: Results, outcome: str, bars: Sequence[Swing] | Sequence[Correlation], ax: Axes
) -> Axes:
    """Draw what moves an outcome, the strongest on top."""
    every: Sequence[Swing | Correlation] = bars
    for y, bar in enumerate(every):
        if isinstance(bar, Swing):
            _swing(ax, y, bar, scale(outcome))
        else:
            ax.barh(
                y, bar.size, height=0.62, color=style.colour(0) if bar.told else "white",
                edgecolor=style.colour(0), zorder=2,
            )  # fmt: skip
    ax.set_yticks(range(len(bars)), [bar.factor for bar in bars])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(bars) - 0.5, -0.5)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x", color=style.PALE, linewidth=0.6)
    ax.set_title(_title(results, outcome))
    if isinstance(bars[0], Swing):
        ax.axvline(scale(outcome) * bars[0].base, color=style.DARK, linewidth=0.9)
        ax.margins(x=0.16)
        ax.set_xlabel(
            f"{printed_unit(outcome)}; line: all as in the scenario; beside each end: "
            "the factor’s value\ndots: single replications, the base of each moved to the line"
        )
    else:
        ax.axvline(0, color=style.DARK, linewidth=0.9)
        ax.set_xlim(-1, 1)
        ax.set_xlabel(
            f"rank correlation over {len(results.design):,} points; hollow: cannot be told from "
            "the chance of the sample"
        )
    return ax


def _swing(ax: Axes, y: int, swing: Swing, percent: float) -> None:
    """Draw both ends of a factor, the low one in the second colour."""
    for end, value, each, colour in zip(
        swing.ends, swing.values, swing.each, (style.colour(1), style.colour(0)), strict=True
    ):
        ax.barh(
            y, percent * (value - swing.base), left=percent * swing.base, height=0.62,
            color=colour, alpha=0.75, zorder=2,
        )  # fmt: skip
        ax.plot([percent * v for v in each], [y] * len(each), ".", color=style.DARK, zorder=3)
        right = value > swing.base or (value == swing.base and end == swing.ends[1])
        outer = max(each, default=value) if right else min(each, default=value)
        ax.annotate(
            end, (percent * outer, y), (5 if right else -5, 0), textcoords="offset points",
            ha="left" if right else "right", va="center", size=style.SMALL - 0.6, color=colour,
        )  # fmt: skip
