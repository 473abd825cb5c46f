"""How long stays last: quartiles over replications, their words, and how one is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.show import words
from sim.show.draw import style
from sim.statistics.curves import quantile_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiment.replicate import Replications

#: Columns of the tables of durations that hold quartiles.
QUARTILES = ("lower_quartile_days", "median_days", "upper_quartile_days")
#: The fewest stays (a replication) of which quartiles are told.
FEWEST = 5


@dataclass(frozen=True)
class Length:
    """How long stays last: quartiles over replications, infinite if not reached."""

    lower: float
    median: float
    upper: float
    inside: float
    """Mean number of stays that were not over at the end of the simulation."""
    stays: float
    """Mean number of stays."""


def lengths(r: Replications, by: str = "stage") -> dict[tuple[str, ...], Length]:
    """Return lengths of stay by stage (named as here), or by stage and origin.

    `sim.statistics.curves.quantile_over` says what is told of a quartile that not every replication
    reaches.
    """
    keys = ["stage"] if by == "stage" else ["stage", "origin"]
    table = r.lent("durations" if by == "stage" else "durations_by_origin")
    known = table[[*QUARTILES]].astype(float).fillna(np.inf)
    grouped = table[[*keys, "spells", "still_inside"]].join(known).groupby(keys, sort=False)
    role = {words.stage_key(r.scenario, "rented_prison"): "rented_prison"}
    found = {}
    for name, mine in grouped:
        stage, *origin = (str(part) for part in name)
        lower, median, upper = (quantile_over(mine[one]).days for one in QUARTILES)
        inside, stays = (float(mine[one].sum()) / r.number for one in ("still_inside", "spells"))
        found[(role.get(stage, stage), *origin)] = Length(lower, median, upper, inside, stays)
    return found


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


def common(lengths_: Sequence[Length]) -> bool:
    """Tell whether lengths and numbers of stays could not be told apart (within 2 %)."""
    quartiles = np.array([[x.lower, x.median, x.upper, x.stays] for x in lengths_])
    with np.errstate(invalid="ignore"):
        near = np.abs(quartiles - quartiles[0]) <= 0.02 * quartiles[0]
    return bool(np.all(near | (quartiles == quartiles[0])))


def whisker(ax: Axes, y: float, length: Length, colour: str, marker: str) -> None:
    """Draw quartiles as a bar, the median as a marker, and who is still inside at the right."""
    first, last = ax.get_xlim()
    lower = min(max(length.lower, first), last)
    open_end = not length.upper <= last
    upper = last if open_end else max(length.upper, first)
    ax.plot(
        [lower, upper], [y, y], color=colour, linewidth=3, alpha=0.42, solid_capstyle="butt",
        zorder=2,
    )  # fmt: skip
    if open_end:
        ax.plot([last], [y], marker=">", color=colour, markersize=7, clip_on=False, zorder=4)
    if first <= length.median <= last:
        ax.plot([length.median], [y], marker=marker, color=colour, markersize=5.5, zorder=4)
    _inside(ax, y, length, colour)


def _inside(ax: Axes, y: float, length: Length, colour: str) -> None:
    """Write how many stays there are; if some are not over, an open marker and how many."""
    from matplotlib.transforms import offset_copy

    at_right = ax.get_yaxis_transform()
    text = f"{length.stays:,.0f}"
    if length.inside > 0:
        text = f"{words.whole(length.inside)} of {text}"
    if round(length.inside) >= 1:
        beside = offset_copy(at_right, ax.figure, x=8, units="points")  # type: ignore[arg-type]
        ax.plot(
            [1.0], [y], marker="o", markerfacecolor="white", markeredgecolor=colour,
            markersize=5, transform=beside, clip_on=False, zorder=5,
        )  # fmt: skip
    ax.annotate(
        text, (1.0, y), (15, 0), xycoords=at_right, textcoords="offset points",
        size=style.SMALL - 0.4, color=colour, va="center", annotation_clip=False,
    )  # fmt: skip
