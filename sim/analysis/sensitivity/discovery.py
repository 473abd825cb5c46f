"""Scenario discovery: the conditions under which something holds.

Over a sample of points a condition holds at some. The boxes found by PRIM say at which, as rules on
a few factors: `coverage` is the share of all such points that the rules catch, `density` the share
of the points they catch at which it holds. Both are shares of the sample, in which every value of a
range is as likely as any other: they are no probabilities of the world.

A condition is judged by the mean over the replications of a point. Where single replications
disagree, chance has a say in it: such points are counted as `unsure`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.paired import check_comparable
from sim.analysis.sensitivity.condition import Part, parse
from sim.analysis.sensitivity.layout import SAMPLES, factors_in, is_words
from sim.analysis.sensitivity.responses import means_over
from sim.analysis.sensitivity.sample import Sample
from sim.analysis.tables import Flags, Floats
from sim.results.copies import copied
from sim.statistics.prim import Box, Restriction, inside, pasted, pruned, trajectory

if TYPE_CHECKING:
    import pandas as pd

#: Boxes at most; fewest points at which a condition holds, or fails, for anything to be discovered.
MOST_BOXES, FEWEST = 3, 10


@dataclass(frozen=True)
class Rule:
    """What a box asks of a factor, in its own values."""

    factor: str
    low: Any
    """Least value in the box, None where the range is not cut."""
    high: Any
    """Largest."""
    among: tuple[str, ...]
    """The words in the box, of a factor that takes words."""
    quasi_p: float
    """Chance of so many cases in the box if the rule told nothing."""


@dataclass(frozen=True)
class Found:
    """A box: rules that all hold, and how well they tell where the condition holds."""

    rules: tuple[Rule, ...]
    points: int
    cases: int
    coverage: float
    density: float


@copied("trade_off")
@dataclass(frozen=True)
class Discovery:
    """Where a condition holds."""

    condition: str
    about: str
    """What it is about: a scenario, or a scenario and its reference; empty if it names its own."""
    points: int
    """Points at which it can be judged."""
    cases: int
    """Points at which it holds."""
    unsure: int
    """Points whose replications disagree."""
    spans: tuple[tuple[str, float, float], ...]
    """Least and largest mean over the points, for each part of the condition."""
    boxes: tuple[Found, ...]
    """Found one after the other, each among the points outside those before it; none where there
    is nothing to discover."""
    trade_off: pd.DataFrame
    """The boxes on the way to the first: box, restrictions, points, coverage, density, chosen."""


def discover(question: Sample, where: str, scenario: str, box: int | None = None) -> Discovery:
    """Find the conditions under which something holds.

    Parameters
    ----------
    question
        About a sample: `latin_hypercube`, or `sobol`, of which the independent points count. Its
        reference is what differences are taken from; without one an outcome's name alone means its
        value. Its outcomes do not matter: the condition names its own.
    where
        The condition; see `sim.analysis.sensitivity.condition.parse`.
    scenario
        The scenario in question.
    box
        Number in `Discovery.trade_off` of the box wanted; by default that with the largest harmonic
        mean of coverage and density.

    Raises
    ------
    UnsuitableDesign
        If the design is no sample.
    BadCondition
        If the condition cannot be understood.
    ValueError
        If there is no box of that number.
    UnusableTable, UnknownOutcome, UnknownReference, NothingInCommon, DifferentSeeds
        As in `sim.analysis.paired.paired`.
    """
    table, design, reference = question.table, question.design, question.reference
    question.layout.require(*SAMPLES)
    check_comparable(table, reference, None)
    outcomes, scenarios = (list(table[name].unique()) for name in ("outcome", "scenario"))
    parts = parse(where, outcomes, scenarios)
    rows = question.layout.independent(design)
    held, spans = [], []
    for part in parts:
        values = part.sign * _values(question, part, scenario)[rows]
        held.append(_held(values, part))
        means = means_over(values)
        known = means[~np.isnan(means)]
        span = (float(known.min()), float(known.max())) if len(known) else (np.nan, np.nan)
        spans.append((part.name, *span))
    known = ~np.isnan(np.array([mean for mean, _ in held])).any(axis=0)
    cases = np.all([mean[known] == 1 for mean, _ in held], axis=0)
    unsure = np.any([differ[known] for _, differ in held], axis=0)
    x, levels, unordered = _as_numbers(design.iloc[rows[known]])
    boxes, peeled, chosen = _boxes(x, cases, unordered, box)
    about = scenario if reference is None else f"{scenario} less {reference}"
    if all(part.scenario is not None for part in parts):
        about = ""
    return Discovery(
        where.strip(), about, int(known.sum()), int(cases.sum()), int(unsure.sum()), tuple(spans),
        tuple(_found(one, factors_in(design), levels) for one in boxes), _trade_off(peeled, chosen),
    )  # fmt: skip


def _values(question: Sample, part: Part, scenario: str) -> Floats:
    """Return what a comparison is about, shape (points, replications)."""
    base = None if part.scenario is not None else question.reference
    wanted = part.scenario or scenario
    found = replace(question, outcomes=[part.outcome], reference=base).responses()
    return next(response.values for response in found if response.scenario == wanted)


def _held(values: Floats, part: Part) -> tuple[Floats, Flags]:
    """Tell at which points a comparison holds (1, 0, or NaN), and where replications disagree."""
    means = means_over(values)
    held = np.where(np.isnan(means), np.nan, part.compare(means, part.number))
    single = np.where(np.isnan(values), np.nan, part.compare(values, part.number))
    return held, np.any(~np.isnan(single) & (single != held[:, np.newaxis]), axis=1)


def _as_numbers(design: pd.DataFrame) -> tuple[Floats, list[list[Any]], list[bool]]:
    """Return the values of factors numbered in their order, these values, and which have none."""
    names = factors_in(design)
    numbered = [design[name].factorize(sort=True) for name in names]
    x = np.column_stack([codes for codes, _ in numbered]).astype(float)
    return x, [list(values) for _, values in numbered], [is_words(design[n]) for n in names]


def _boxes(
    x: Floats, cases: Flags, unordered: Sequence[bool], wanted: int | None
) -> tuple[list[Box], list[Box], int]:
    """Find boxes one after the other; return them, those on the way to the first, and its number.

    A box after the first is found among the points outside those before; its coverage is still a
    share of all cases.
    """
    left = np.ones(len(x), bool)
    boxes: list[Box] = []
    peeled: list[Box] = []
    chosen = 0
    while len(boxes) < MOST_BOXES and FEWEST <= cases[left].sum() <= left.sum() - FEWEST:
        path = trajectory(x[left], cases[left], unordered)
        if wanted is not None and not boxes and not 0 <= wanted < len(path):
            raise ValueError(f"there is no box {wanted}; there are 0 to {len(path) - 1}")
        best = max(range(len(path)), key=lambda n: path[n].balance)
        number = wanted if wanted is not None and not boxes else best
        box = pruned(x[left], cases[left], pasted(x[left], cases[left], path[number]))
        if not peeled:
            peeled, chosen = path, number
        if not box.restrictions:
            break
        mine = left & inside(x, box.restrictions)
        hits = int(cases[mine].sum())
        boxes.append(Box(box.restrictions, box.points, hits, hits / int(cases.sum()), box.density))
        left &= ~mine
    return boxes, peeled, chosen


def _found(box: Box, names: Sequence[str], levels: Sequence[Sequence[Any]]) -> Found:
    rules = tuple(
        _rule(names[restriction.factor], restriction, levels[restriction.factor])
        for restriction in box.restrictions
    )
    return Found(rules, box.points, box.cases, box.coverage, box.density)


def _rule(name: str, restriction: Restriction, values: Sequence[Any]) -> Rule:
    """Put a restriction on numbered values into the values themselves."""
    low = values[int(restriction.low)] if np.isfinite(restriction.low) else None
    high = values[int(restriction.high)] if np.isfinite(restriction.high) else None
    left = [v for n, v in enumerate(values) if n not in restriction.without]
    among = tuple(map(str, left)) if restriction.without else ()
    return Rule(name, low, high, among, restriction.quasi_p)


def _trade_off(boxes: Sequence[Box], chosen: int) -> pd.DataFrame:
    """Return the boxes on the way as a table."""
    import pandas as pd

    rows = [
        (n, len(box.restrictions), box.points, box.coverage, box.density, n == chosen)
        for n, box in enumerate(boxes)
    ]
    columns = ["box", "restrictions", "points", "coverage", "density", "chosen"]
    return pd.DataFrame(rows, columns=columns)
