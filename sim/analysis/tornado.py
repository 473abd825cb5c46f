"""Tornado: an outcome at the low and at the high end of each factor, and how far it swings.

What an end is depends on the design, and so does what the swing means:

- `one_at_a_time`: the ends themselves, all other factors as stated. Exact at that one place, blind to
  interactions;
- `morris`: the lower and the upper end of the steps, averaged over trajectories: the others stand
  everywhere, the step is shorter than the range;
- a sample: conditional means over the lowest and the highest fifth of the factor, the others all
  over their ranges. Nothing is held fixed, so this is what learning the factor would tell.

For an outcome that depends on factors together the last two are the honest ones; the first is the
one that a reader can reproduce by hand. Groups of factors, and words, have no low end and no high
end: they are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.layout import RANKED, Layout, codes, is_words
from sim.analysis.morris import steps_of
from sim.analysis.responses import Response, responses
from sim.analysis.student import LEVEL, moments
from sim.analysis.tables import Floats

if TYPE_CHECKING:
    import pandas as pd

#: Share of a sample taken for the low, and for the high end.
FIFTH = 0.2


def swings(
    table: pd.DataFrame,
    design: pd.DataFrame,
    layout: Layout,
    outcomes: Sequence[str] | None = None,
    reference: str | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Return outcomes, or differences, at the low and at the high end of each factor.

    Parameters
    ----------
    table
        Long table: scenario, point, replication, outcome, value.
    design
        One row a point: point, name, and a column for every factor.
    layout
        Of the kind `one_at_a_time`, `morris`, `latin_hypercube` or `sobol`.
    outcomes
        Which outcomes; all by default.
    reference
        Scenario from which paired differences are taken; values if None.
    level
        Share of intervals that cover the true swing.

    Returns
    -------
    DataFrame
        Columns: scenario, reference, outcome, factor, at_low, at_high, middle (the point without
        changes, or the mean over all points), swing (at_high less at_low), half_width (Student's t
        over replications of one factor at a time, over trajectories, or between the fifths; missing
        where it cannot be told), told (whether the swing exceeds it), rank (1 is the largest).

    Raises
    ------
    UnsuitableDesign
        If the design is of another kind.
    UnusableTable, UnknownOutcome, UnknownReference, NothingInCommon, DifferentSeeds
        As in `sim.analysis.paired.paired`.
    """
    import pandas as pd

    layout.require(*RANKED)
    ends = {"one_at_a_time": _alone, "morris": _steps}.get(layout.kind, _fifths)(design, layout)
    rows = []
    for response in responses(table, design, outcomes, reference):
        base = 0 if layout.kind == "one_at_a_time" else layout.independent(design)
        middle = response.means[base]
        about = response.labels | {"middle": float(np.nanmean(middle)) if _any(middle) else np.nan}
        found = [about | {"factor": name} | _swing(low, high, level, paired=layout.kind)
                 for name, low, high in ends(response)
                 if _any(low) and _any(high)]  # fmt: skip
        found.sort(key=lambda row: -abs(row["swing"]))
        rows += [row | {"rank": number + 1} for number, row in enumerate(found)]
    return pd.DataFrame(rows, columns=COLUMNS)


COLUMNS = [
    "scenario", "reference", "outcome", "factor", "at_low", "at_high", "middle", "swing",
    "half_width", "told", "rank",
]  # fmt: skip

Ends = Callable[[Response], Iterator[tuple[str, Floats, Floats]]]


def _any(values: Floats) -> bool:
    return not bool(np.isnan(values).all())


def _directed(design: pd.DataFrame, layout: Layout) -> list[str]:
    """Return the factors that have a low and a high end."""
    return [
        mine[0]
        for mine in layout.members(design).values()
        if len(mine) == 1 and not is_words(design[mine[0]])
    ]


def _alone(design: pd.DataFrame, layout: Layout) -> Ends:
    """Take the replications of the points at which a factor alone is at its ends."""

    def ends(response: Response) -> Iterator[tuple[str, Floats, Floats]]:
        for name in _directed(design, layout):
            order = codes(design[name])
            moved = np.flatnonzero(order >= 0)
            low, high = moved[np.argmin(order[moved])], moved[np.argmax(order[moved])]
            yield name, response.values[low], response.values[high]

    return ends


def _steps(design: pd.DataFrame, layout: Layout) -> Ends:
    """Take the means of the lower and the upper end of each step."""
    steps, directed = steps_of(design, layout), set(_directed(design, layout))

    def ends(response: Response) -> Iterator[tuple[str, Floats, Floats]]:
        lows, highs = steps.ends(response.means[:, np.newaxis])
        for name, low, high in zip(steps.names, lows[..., 0], highs[..., 0], strict=True):
            if name in directed:
                yield name, low, high

    return ends


def _fifths(design: pd.DataFrame, layout: Layout) -> Ends:
    """Take the means of the points in the lowest and in the highest fifth of each factor."""
    rows = layout.independent(design)
    size = max(1, round(FIFTH * len(rows)))

    def ends(response: Response) -> Iterator[tuple[str, Floats, Floats]]:
        for name in _directed(design, layout):
            order = rows[np.argsort(codes(design[name])[rows], kind="stable")]
            yield name, response.means[order[:size]], response.means[order[-size:]]

    return ends


def _swing(low: Floats, high: Floats, level: float, paired: str) -> dict[str, Any]:
    """Return both ends and the swing between them, paired value by value unless of a sample."""
    if paired in ("one_at_a_time", "morris"):
        both = ~np.isnan(low) & ~np.isnan(high)
        low, high = np.where(both, low, np.nan), np.where(both, high, np.nan)
        found = moments(np.array([high - low]), level)
        half = float(found.half_width[0])
    else:
        found = moments(np.array([low, high]), level)
        half = float(np.hypot(*found.half_width))
    at_low, at_high = (float(moments(np.array([end])).mean[0]) for end in (low, high))
    swing = at_high - at_low
    return {"at_low": at_low, "at_high": at_high, "swing": swing, "half_width": half,
            "told": bool(abs(swing) > half)}  # fmt: skip
