"""Dated steps, read on days and against one another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.scenario.base import CountStep, ShareStep, Step

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

Floats = NDArray[np.float64]
AnyStep = Step | CountStep | ShareStep
#: A dated step in the engine's units: first day, first day after it, value.
Span = tuple[float, float, float]


def on_steps(scenario: Scenario, steps: Sequence[AnyStep], days: Floats) -> Floats:
    """Return the value of dated steps on each day; the first and the last hold beyond them."""
    starts = np.array([scenario.day(step.from_) for step in steps])
    values = np.array([step.value for step in steps], float)
    found: Floats = values[
        np.clip(np.searchsorted(starts, days, side="right") - 1, 0, len(values) - 1)
    ]
    return found


def spans_of(scenario: Scenario, steps: Sequence[AnyStep]) -> list[Span]:
    """Return dated steps in days; the first and the last hold beyond them."""
    edges = [-inf, *(scenario.day(step.from_) for step in steps[1:]), inf]
    return [(*edge, float(step.value)) for edge, step in zip(pairwise(edges), steps, strict=True)]


def when_due(spans: Sequence[Span], day: float, work: float) -> float:
    """Return when something that comes at a dated rate is due; infinite for never.

    Parameters
    ----------
    spans
        The rate by date, per day.
    day
        Day from which it can come.
    work
        What the rate must add up to until then: of an exponential variable with mean 1.
    """
    for begins, ends, rate in spans:
        begins = max(day, begins)
        if begins < ends and rate > 0:
            if work <= rate * (ends - begins):
                return begins + work / rate
            work -= rate * (ends - begins)
    return inf


def value_on(spans: Sequence[Span], day: float) -> float:
    """Return the value on a day."""
    return next(value for _, ends, value in spans if day < ends)


def net_of(total: Sequence[CountStep], others: Sequence[CountStep]) -> tuple[CountStep, ...]:
    """Return what is left of dated numbers once others have taken theirs, never below zero."""
    days = sorted({day for step in (*total, *others) for day in (step.from_, step.until)})
    return tuple(
        CountStep(from_=begins, until=ends, value=max(0, _on(total, begins) - _on(others, begins)))
        for begins, ends in pairwise(days)
    )


def _on(steps: Sequence[CountStep], day: date) -> int:
    return next((step.value for step in steps if step.from_ <= day < step.until), 0)
