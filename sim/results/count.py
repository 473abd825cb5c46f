"""Counting people over time from the starts and ends of spells."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.results.records import Floats, Spells
from sim.scenario.schema import Scenario

Every = Literal["day", "week", "month", "quarter", "year"]
_MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}


def grid(scenario: Scenario, every: Every = "month", *, whole: bool = False) -> list[date]:
    """Return the dates on which people are counted.

    Parameters
    ----------
    scenario
        Gives the period: the observed one, or all that is simulated.
    every
        Distance of the dates; months, quarters and years are counted on their first day.
    whole
        Count over the whole simulation instead of the observed period.

    Raises
    ------
    ValueError
        If `every` is none of day, week, month, quarter, year.
    """
    time = scenario.time
    first = time.start if whole else time.observe_from
    last = (time.end if whole else time.observe_until) - timedelta(days=1)
    if every in ("day", "week"):
        step = 1 if every == "day" else 7
        return [first + timedelta(days=n) for n in range(0, (last - first).days + 1, step)]
    if every not in _MONTHS:
        raise ValueError(f"every is {every!r}: choose day, week, month, quarter or year")
    dates = []
    length = _MONTHS[every]
    months = (first.year * 12 + first.month - 1) // length * length
    while (day := date(months // 12, months % 12 + 1, 1)) <= last:
        if day >= first:
            dates.append(day)
        months += length
    return dates


def inside(spells: Spells, days: Floats, chosen: NDArray[np.bool_] | None = None) -> Floats:
    """Count the spells that cover each day: begun on or before it, ended after it.

    Parameters
    ----------
    spells
        The spells.
    days
        Days since the scenario's start, ascending, shape (n,).
    chosen
        Which spells count; all by default.
    """
    start, end = spells.start, spells.end
    if chosen is not None:
        start, end = start[chosen], end[chosen]
    begun = np.searchsorted(np.sort(start), days, side="right")
    ended = np.searchsorted(np.sort(end[~np.isnan(end)]), days, side="right")
    return (begun - ended).astype(float)


def on_steps(scenario: Scenario, steps: tuple, days: Floats) -> Floats:  # type: ignore[type-arg]
    """Return the value of dated steps on each day."""
    starts = np.array([scenario.day(step.from_) for step in steps])
    values = np.array([step.value for step in steps], float)
    return values[np.clip(np.searchsorted(starts, days, side="right") - 1, 0, len(values) - 1)]


def mean_on_steps(
    scenario: Scenario,
    steps: tuple,  # type: ignore[type-arg]
    begins: float,
    ends: float,
) -> float:
    """Return the mean of dated steps over a period, weighted by days."""
    total = 0.0
    for step in steps:
        first, last = scenario.day(step.from_), scenario.day(step.until)
        total += step.value * max(0.0, min(last, ends) - max(first, begins))
    return total / (ends - begins)
