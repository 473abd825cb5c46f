"""Tornado: an outcome at the low and at the high end of each factor, and how far it swings.

What an end is depends on the design, and so does what the swing means:

- `one_at_a_time`: the ends themselves, all other factors as stated. Exact at that one place, and
  blind to interactions;
- `morris`: the mean over all points, less and plus half the mean effect (`mu`): the others stand
  everywhere, and the step is extended to the whole range as if it were straight;
- a sample: conditional means over the lowest and the highest fifth of the factor, the others all
  over their ranges. Nothing is held fixed, so this is what learning the factor would tell.

For an outcome that depends on factors together the last two are the honest ones; the first is the
one that a reader can reproduce by hand. Groups of factors, and words, have no low end and no high
end: they are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.sensitivity.layout import RANKED, Layout, codes, is_words
from sim.analysis.sensitivity.morris import steps_of
from sim.analysis.sensitivity.responses import Response, means_over
from sim.analysis.sensitivity.sample import Sample
from sim.analysis.tables import Floats
from sim.statistics.intervals import moments
from sim.statistics.pairs import differences

if TYPE_CHECKING:
    import pandas as pd

#: Share of a sample taken for the low, and for the high end.
FIFTH = 0.2


def swings(question: Sample) -> pd.DataFrame:
    """Return outcomes, or differences, at the low and at the high end of each factor.

    Parameters
    ----------
    question
        About a design of the kind `one_at_a_time`, `morris`, `latin_hypercube` or `sobol`.

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

    design, layout = question.design, question.layout
    layout.require(*RANKED)
    measure = {"one_at_a_time": _alone, "morris": _steps}.get(layout.kind, _fifths)
    rows = []
    for response in question.responses():
        if np.isnan(response.values).all():
            continue  # it exists nowhere, and follows nothing
        found = [row for row in measure(response, design, layout, question.level) if row.known]
        found.sort(key=lambda row: -abs(row.swing))
        rows += [
            response.labels | asdict(row) | {"swing": row.swing, "told": row.told, "rank": n + 1}
            for n, row in enumerate(found)
        ]
    return pd.DataFrame(rows, columns=COLUMNS)


COLUMNS = [
    "scenario", "reference", "outcome", "factor", "at_low", "at_high", "middle", "swing",
    "half_width", "told", "rank",
]  # fmt: skip


@dataclass(frozen=True)
class _Swing:
    factor: str
    at_low: float
    at_high: float
    middle: float
    half_width: float

    @property
    def swing(self) -> float:
        return float(differences(self.at_high, self.at_low))

    @property
    def told(self) -> bool:
        return abs(self.swing) > self.half_width

    @property
    def known(self) -> bool:
        return self.swing == self.swing


def _directed(design: pd.DataFrame, layout: Layout) -> list[str]:
    """Return the factors that have a low and a high end."""
    return [
        mine[0]
        for mine in layout.members(design).values()
        if len(mine) == 1 and not is_words(design[mine[0]])
    ]


def _alone(
    response: Response, design: pd.DataFrame, layout: Layout, level: float
) -> Iterator[_Swing]:
    """Compare the points at which a factor alone is at its ends, replication by replication."""
    for name in _directed(design, layout):
        order = codes(design[name])
        moved = np.flatnonzero(order >= 0)
        low, high = moved[np.argmin(order[moved])], moved[np.argmax(order[moved])]
        found = moments(differences(response.values[[high]], response.values[[low]]), level)
        at_low, at_high = response.means[low], response.means[high]
        yield _Swing(name, at_low, at_high, response.means[0], found.half_width[0])


def _steps(
    response: Response, design: pd.DataFrame, layout: Layout, level: float
) -> Iterator[_Swing]:
    """Take the mean effect over trajectories, to both sides of the mean over all points."""
    steps, directed = steps_of(design, layout), set(_directed(design, layout))
    effects = means_over(steps.effects(response.values).reshape(-1, response.values.shape[1]))
    found = moments(effects.reshape(len(steps.names), -1), level)
    middle = _mean(response.means)
    for name, effect, half in zip(steps.names, found.mean, found.half_width, strict=True):
        if name in directed:
            yield _Swing(name, middle - effect / 2, middle + effect / 2, middle, half)


def _fifths(
    response: Response, design: pd.DataFrame, layout: Layout, level: float
) -> Iterator[_Swing]:
    """Compare the points in the lowest and in the highest fifth of each factor."""
    rows = layout.independent(design)
    rows = rows[~np.isnan(response.means[rows])]
    size = max(1, round(FIFTH * len(rows)))
    middle = _mean(response.means[rows])
    for name in _directed(design, layout):
        order = rows[np.argsort(codes(design[name])[rows], kind="stable")]
        ends = response.means[np.array([order[:size], order[-size:]])]
        found = moments(ends, level)
        at_low, at_high = found.mean
        yield _Swing(name, at_low, at_high, middle, float(np.hypot(*found.half_width)))


def _mean(values: Floats) -> float:
    return float(means_over(values[np.newaxis])[0])
