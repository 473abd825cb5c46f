"""Morris screening: elementary effects along trajectories, of outcomes and of differences.

An elementary effect is how far an outcome moves when one factor (or a group of factors) moves, as
for its whole range, with all others held at some point. Over trajectories through the whole space,

- `mu_star`, the mean size of the effects, tells how much a factor matters (Campolongo et al. 2007);
- `mu`, their mean, tells in which direction, where effects do not cancel;
- `sigma`, their standard deviation, tells how much the effect depends on where the others stand: an
  interaction, or a curve.

The two ends of a step share their luck, replication by replication. What chance still does to an
effect shows between replications: `chance` is the `mu_star` that it stays under in 95 of 100 cases
by itself, even if it hit all trajectories alike.

References
----------
Morris (1991), Technometrics 33: 161-174.
Campolongo, Cariboni & Saltelli (2007), Environmental Modelling & Software 22: 1509-1518.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.sensitivity.layout import Layout, Rows, UnsuitableDesign, codes, is_words
from sim.analysis.sensitivity.responses import Response
from sim.analysis.sensitivity.sample import Sample
from sim.analysis.tables import Floats
from sim.statistics.intervals import pooled_half_width
from sim.statistics.pairs import differences

if TYPE_CHECKING:
    import pandas as pd

#: Resamples of trajectories behind an interval, and what they are drawn from.
RESAMPLES, SEED = 2000, 1


@dataclass(frozen=True, eq=False)
class Steps:
    """The steps of a Morris design: arrays of shape (factors or groups, trajectories)."""

    names: list[str]
    before: Rows
    """Row of the design at which each step begins."""
    sign: Floats
    """1 up, -1 down; NaN for groups and for words, which have no direction."""
    size: float
    """Length of a step, as a share of the range."""

    def effects(self, values: Floats) -> Floats:
        """Return the elementary effects of values at every point, shape (points, replications).

        The shape is that of the steps, with replications last. What is mere rounding is no effect.
        """
        moved = differences(values[self.before + 1], values[self.before])
        return np.asarray(moved * np.nan_to_num(self.sign, nan=1.0)[..., np.newaxis] / self.size)


def steps_of(design: pd.DataFrame, layout: Layout) -> Steps:
    """Find the steps in the points of a Morris design.

    Raises
    ------
    UnsuitableDesign
        If it is of another kind, or its points are not those of one.
    """
    layout.require("morris")
    members = layout.members(design)
    length = len(members) + 1
    if len(design) % length:
        raise UnsuitableDesign(f"{len(design)} points are no trajectories of {length} points each")
    before, signs = [], []
    for mine in members.values():
        moved = np.diff(codes(design[mine[0]]).reshape(-1, length), axis=1)
        step = np.argmax(moved != 0, axis=1)
        if np.any(np.sum(moved != 0, axis=1) != 1):
            raise UnsuitableDesign(f"{mine[0]} does not move exactly once in every trajectory")
        trajectories = np.arange(len(moved))
        before.append(trajectories * length + step)
        directed = len(mine) == 1 and not is_words(design[mine[0]])
        signs.append(np.sign(moved[trajectories, step]) if directed else np.full(len(step), np.nan))
    size = layout.levels / (2 * (layout.levels - 1))
    return Steps(list(members), np.array(before), np.array(signs, float), size)


def screening(question: Sample) -> pd.DataFrame:
    """Rank factors by their elementary effects on outcomes, or on differences.

    Parameters
    ----------
    question
        About a design of the kind `morris`; trajectories of which a point is missing count as far
        as they go.

    Returns
    -------
    DataFrame
        Columns: scenario, reference, outcome, factor (or group), mu_star, low, high (percentile
        bootstrap over trajectories), mu (missing for groups and words), sigma (likewise), chance
        (missing with one replication), told (whether `low` exceeds `chance`), trajectories (that
        have the effect), rank (1 is the largest `mu_star`). Effects are in the outcome's unit, for
        the whole range of the factor. Rows without any effect known are left out.

    Raises
    ------
    UnsuitableDesign
        As in `steps_of`.
    UnusableTable, UnknownOutcome, UnknownReference, NothingInCommon, DifferentSeeds
        As in `sim.analysis.paired.paired`.
    """
    import pandas as pd

    steps = steps_of(question.design, question.layout)
    rows = [
        response.labels | row
        for response in question.responses()
        for row in _ranked(response, steps, question.level)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


COLUMNS = [
    "scenario", "reference", "outcome", "factor", "mu_star", "low", "high", "mu", "sigma", "chance",
    "told", "trajectories", "rank",
]  # fmt: skip


def _ranked(response: Response, steps: Steps, level: float) -> list[dict[str, Any]]:
    effects = steps.effects(response.values)
    rows = [
        {"factor": name} | _about(mine, bool(np.isnan(sign).all()), level)
        for name, mine, sign in zip(steps.names, effects, steps.sign, strict=True)
        if not np.isnan(mine).all()
    ]
    order = sorted(rows, key=lambda row: -row["mu_star"])
    return [row | {"rank": number + 1} for number, row in enumerate(order)]


def _about(effects: Floats, undirected: bool, level: float) -> dict[str, Any]:
    """Summarise the effects of one factor, shape (trajectories, replications)."""
    number = np.sum(~np.isnan(effects), axis=1)
    known = np.nansum(effects, axis=1)[number > 0] / number[number > 0]
    low, high = _interval(np.abs(known), level)
    chance = pooled_half_width(effects, level)
    spread = float(np.std(known, ddof=1)) if len(known) > 1 else np.nan
    return {
        "mu_star": float(np.mean(np.abs(known))),
        "low": low,
        "high": high,
        "mu": np.nan if undirected else float(np.mean(known)),
        "sigma": np.nan if undirected else spread,
        "chance": chance,
        "told": bool(low > chance),
        "trajectories": len(known),
    }


def _interval(sizes: Floats, level: float) -> tuple[float, float]:
    """Return a percentile bootstrap interval of a mean; NaN from a single value."""
    if len(sizes) < 2:
        return np.nan, np.nan
    drawn = np.random.default_rng(SEED).integers(len(sizes), size=(RESAMPLES, len(sizes)))
    low, high = np.quantile(sizes[drawn].mean(axis=1), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
