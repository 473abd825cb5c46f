"""PRIM, the patient rule induction method: boxes in which a condition holds unusually often.

A box is peeled off a sample: of all thin slices along the edges of the box, the one is cut off
whose loss raises the share of cases most for its size, again and again. Afterwards slices are
pasted back where that does no harm. Every box on the way is one answer to the trade-off between
coverage (share of all cases that lie in the box) and density (share of the box's points that are
cases).

References
----------
Friedman & Fisher (1999), Statistics and Computing 9: 123-143.
Bryant & Lempert (2010), Technological Forecasting and Social Change 77: 34-49 (coverage, density,
quasi-p-values of restrictions).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.statistics.arrays import Flags, Floats

#: Share of a box that one peel takes, and points below which a box is not peeled further.
PEEL, FEWEST = 0.05, 10
#: Largest quasi-p-value with which a restriction is kept.
ALPHA = 0.05


@dataclass(frozen=True)
class Restriction:
    """What a box asks of one factor."""

    factor: int
    """Column of the factor."""
    low: float = -np.inf
    high: float = np.inf
    """Least and largest value in the box."""
    without: frozenset[float] = frozenset()
    """Values of a factor without order that are not in the box."""
    quasi_p: float = np.nan
    """Chance of so many cases in the box if the restriction told nothing (binomial)."""

    def holds(self, x: Floats) -> Flags:
        """Tell which points satisfy it."""
        column = x[:, self.factor]
        kept = (column >= self.low) & (column <= self.high)
        return kept & ~np.isin(column, list(self.without)) if self.without else kept


@dataclass(frozen=True)
class Box:
    """Restrictions, and how well they tell cases from other points."""

    restrictions: tuple[Restriction, ...]
    points: int
    """Points in the box."""
    cases: int
    """Of these, points at which the condition holds."""
    coverage: float
    """Share of all cases that lie in the box."""
    density: float
    """Share of the box's points that are cases."""

    @property
    def balance(self) -> float:
        """Harmonic mean of coverage and density."""
        total = self.coverage + self.density
        return 2 * self.coverage * self.density / total if total else 0.0


def inside(x: Floats, restrictions: Sequence[Restriction]) -> Flags:
    """Tell which points satisfy all restrictions."""
    kept = np.ones(len(x), bool)
    for restriction in restrictions:
        kept &= restriction.holds(x)
    return kept


def measured(x: Floats, cases: Flags, restrictions: Sequence[Restriction]) -> Box:
    """Return a box with its coverage and density; coverage is 0 where there is no case."""
    kept = inside(x, restrictions)
    points, hits = int(kept.sum()), int((kept & cases).sum())
    total = int(cases.sum())
    coverage = hits / total if total else 0.0
    return Box(tuple(restrictions), points, hits, coverage, hits / points if points else 0.0)


def trajectory(x: Floats, cases: Flags, unordered: Sequence[bool]) -> list[Box]:
    """Peel boxes off a sample, the whole sample first.

    Parameters
    ----------
    x
        Shape (points, factors).
    cases
        Shape (points,): where the condition holds.
    unordered
        Which factors have values without order, of which one at a time is peeled off.
    """
    boxes = [measured(x, cases, ())]
    while boxes[-1].density < 1 and boxes[-1].points > FEWEST:
        kept = inside(x, boxes[-1].restrictions)
        peels = [
            measured(x, cases, tightened(boxes[-1].restrictions, peel))
            for peel in _peels(x[kept], unordered)
        ]
        peels = [box for box in peels if box.points >= FEWEST]
        if not peels:
            break
        boxes.append(max(peels, key=lambda box: (_gain(boxes[-1], box), box.points)))
    return boxes


def _gain(before: Box, after: Box) -> float:
    """Return what a peel adds to the density for each point that it takes.

    Slices of a range are all about as thick; a word may be a third of the box. Judged by density
    alone, words would go first, whatever they cost.
    """
    return (after.density - before.density) / (before.points - after.points)


def _peels(x: Floats, unordered: Sequence[bool]) -> Iterator[Restriction]:
    """Yield what would cut a thin slice off the edge of some points, along every factor."""
    for factor, column in enumerate(x.T):
        values = np.unique(column)
        if len(values) < 2:
            continue
        if unordered[factor]:
            yield from (Restriction(factor, without=frozenset({float(v)})) for v in values)
            continue
        low, high = np.quantile(column, [PEEL, 1 - PEEL])
        # At least one value goes, also where a large share of the points has it.
        yield Restriction(factor, low=float(values[values > min(low, values[-2])][0]))
        yield Restriction(factor, high=float(values[values < max(high, values[1])][-1]))


def tightened(restrictions: Sequence[Restriction], more: Restriction) -> tuple[Restriction, ...]:
    """Add a restriction to others, joined with that on the same factor if there is one."""
    found = {restriction.factor: restriction for restriction in restrictions}
    now = found.get(more.factor, Restriction(more.factor))
    found[more.factor] = replace(
        now,
        low=max(now.low, more.low),
        high=min(now.high, more.high),
        without=now.without | more.without,
    )
    return tuple(found.values())


def pasted(x: Floats, cases: Flags, box: Box) -> Box:
    """Give slices back to a box, as long as its density does not fall."""
    while True:
        wider = [measured(x, cases, restrictions) for restrictions in _pastes(x, box)]
        wider = [w for w in wider if w.points > box.points and w.density >= box.density]
        if not wider:
            return box
        box = max(wider, key=lambda w: (w.density, w.points))


def _pastes(x: Floats, box: Box) -> Iterator[tuple[Restriction, ...]]:
    """Yield the restrictions of a box with one edge moved out, by a slice or by a point."""
    for size in sorted({1, round(PEEL * box.points) or 1}):
        yield from _pastes_of(x, box, size)


def _pastes_of(x: Floats, box: Box, size: int) -> Iterator[tuple[Restriction, ...]]:
    for restriction in box.restrictions:
        others = tuple(r for r in box.restrictions if r is not restriction)
        column = x[inside(x, others), restriction.factor]
        below = np.sort(column[column < restriction.low])[::-1]
        above = np.sort(column[column > restriction.high])
        if len(below):
            low = float(below[size - 1]) if len(below) > size else -np.inf
            yield (*others, replace(restriction, low=low))
        if len(above):
            high = float(above[size - 1]) if len(above) > size else np.inf
            yield (*others, replace(restriction, high=high))
        for value in restriction.without:
            yield (*others, replace(restriction, without=restriction.without - {value}))


def judged(x: Floats, cases: Flags, box: Box) -> Box:
    """Give each restriction its quasi-p-value, leaving out those that restrict nothing."""
    from scipy.stats import binom

    told = []
    for restriction in box.restrictions:
        others = [r for r in box.restrictions if r is not restriction]
        without = measured(x, cases, others)
        if without.points > box.points:
            chance = float(binom.sf(box.cases - 1, box.points, without.density))
            told.append(replace(restriction, quasi_p=chance))
    return measured(x, cases, told)


def pruned(x: Floats, cases: Flags, box: Box) -> Box:
    """Give up restrictions that may be there by chance, the least certain first."""
    box = judged(x, cases, box)
    while box.restrictions:
        worst = max(box.restrictions, key=lambda restriction: restriction.quasi_p)
        if worst.quasi_p <= ALPHA:
            break
        left = tuple(r for r in box.restrictions if r is not worst)
        box = judged(x, cases, measured(x, cases, left))
    return box
