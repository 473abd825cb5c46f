"""Panels: what changes an outcome, drawn from `sim.show.facts.effects`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.numbers import grouped, signed, significant
from sim.show import words
from sim.show.draw import style
from sim.show.draw.letters import in_key
from sim.show.draw.rows import bar, ranked, say
from sim.show.facts.agreement import others
from sim.show.facts.effects import (
    Correlation,
    Effect,
    EffectRow,
    Swing,
    outcome_title,
    responses_of,
)
from sim.show.words.findings import printed_unit, scale
from sim.statistics.intervals import FEWEST

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiment.read import Results
    from sim.show.comparison import Comparison


# ---------------------------------------------------------------------- scenarios


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
    ranked(ax, [row.title for row in rows])
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
    return signed(share, f"{significant(abs(100 * share))} %") if abs(share) >= 1e-9 else "0"


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
    say(ax, y, effect.text, colour)


def _scenario_legend(ax: Axes, titles: dict[int, str]) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=style.colour(n), marker=style.marker(n), linewidth=0) for n in titles
    ]
    ax.legend(
        handles, [in_key(title) for title in titles.values()], loc="lower left",
        bbox_to_anchor=(0, 1.0), frameon=False, fontsize=style.SMALL, ncol=2,
    )  # fmt: skip


# ---------------------------------------------------------------------- a factor of a design


def response(
    results: Results,
    factor: str,
    outcome: str,
    by: str | None,
    reference: str | None,
    ax: Axes,
) -> Axes:
    """Draw an outcome against a factor: means over replications as markers, each one as a dot."""
    lines = responses_of(results, factor, outcome, by, reference)
    joined = by is not None or results.manifest["definition"]["design"]["kind"] == "grid"
    for number, line in enumerate(lines):
        colour = style.colour(number)
        ax.plot(line.each[factor], line.each["value"], ".", color=colour, alpha=0.45, markersize=5)
        ax.plot(
            line.means.index, line.means, color=colour, marker=style.marker(number), markersize=6,
            linestyle=style.dash(number) if joined else "none", label=in_key(line.name),
        )  # fmt: skip
    what = outcome_title(results, outcome) + (f": difference from {reference}" if reference else "")
    ax.set_title(what)
    ax.set_xlabel(factor)
    ax.set_ylabel(printed_unit(outcome))
    ax.grid(axis="y", color=style.PALE, linewidth=0.6)
    if len(lines) > 1:
        ax.legend(frameon=False, fontsize=style.SMALL, title=by, title_fontsize=style.SMALL)
    return ax


# ---------------------------------------------------------------------- what an outcome follows


def influence(
    results: Results, outcome: str, bars: Sequence[Swing] | Sequence[Correlation], ax: Axes
) -> Axes:
    """Draw what moves an outcome, the strongest on top."""
    every: Sequence[Swing | Correlation] = bars
    for y, one in enumerate(every):
        if isinstance(one, Swing):
            _swing(ax, y, one, scale(outcome))
        else:
            fill = style.colour(0) if one.told else "white"
            bar(ax, y, 0, one.size, fill, edgecolor=style.colour(0))
    ranked(ax, [one.factor for one in bars])
    ax.set_title(outcome_title(results, outcome))
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
            f"rank correlation over {grouped(len(results.design))} points; hollow: cannot be told "
            "from the chance of the sample"
        )
    return ax


def _swing(ax: Axes, y: int, swing: Swing, percent: float) -> None:
    """Draw both ends of a factor, the low one in the second colour."""
    for end, value, each, colour in zip(
        swing.ends, swing.values, swing.each, (style.colour(1), style.colour(0)), strict=True
    ):
        bar(ax, y, percent * swing.base, percent * value, colour, alpha=0.75)
        ax.plot([percent * v for v in each], [y] * len(each), ".", color=style.DARK, zorder=3)
        right = value > swing.base or (value == swing.base and end == swing.ends[1])
        outer = max(each, default=value) if right else min(each, default=value)
        ax.annotate(
            end, (percent * outer, y), (5 if right else -5, 0), textcoords="offset points",
            ha="left" if right else "right", va="center", size=style.SMALL - 0.6, color=colour,
        )  # fmt: skip
