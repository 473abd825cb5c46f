"""Counting people over time from the starts and ends of spells."""

from __future__ import annotations

from calendar import isleap
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal, get_args

import numpy as np

from sim.results.choice import chosen
from sim.results.records import Floats, Integers, Spells
from sim.scenario.schema import Scenario

Every = Literal["day", "week", "month", "quarter", "year"]
_MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}


def bounds(scenario: Scenario, *, whole: bool = False) -> tuple[date, date]:
    """Return the first day of the observed period, or of the simulation, and the day after it."""
    time = scenario.time
    return (time.start, time.end) if whole else (time.observe_from, time.observe_until)


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
    chosen("every", every, get_args(Every))
    first, after = bounds(scenario, whole=whole)
    last = after - timedelta(days=1)
    if every in ("day", "week"):
        step = 1 if every == "day" else 7
        return [first + timedelta(days=n) for n in range(0, (last - first).days + 1, step)]
    dates = []
    length = _MONTHS[every]
    months = (first.year * 12 + first.month - 1) // length * length
    while (day := date(months // 12, months % 12 + 1, 1)) <= last:
        if day >= first:
            dates.append(day)
        months += length
    return dates


def periods(
    scenario: Scenario, every: Every = "month", *, whole: bool = False
) -> list[tuple[date, float, float]]:
    """Return the periods by which events are counted: together they are all that is observed.

    The first begins with the observed period, wherever in the calendar that is, the others on the
    dates on which people are counted; so the first and the last may be shorter than the rest.

    Parameters
    ----------
    scenario, every, whole
        As in `grid`.

    Returns
    -------
    list of tuple
        First date, first day, and first day after it, days since the scenario's start.

    Raises
    ------
    ValueError
        If `every` is none of day, week, month, quarter, year.
    """
    first, after = bounds(scenario, whole=whole)
    dates = sorted({first, *grid(scenario, every, whole=whole)})
    edges = [scenario.day(day) for day in (*dates, after)]
    return [(day, *edge) for day, edge in zip(dates, pairwise(edges), strict=True)]


def events(
    scenario: Scenario, days: Floats, every: Every = "month", *, whole: bool = False
) -> Integers:
    """Count events by the period in which they happen; see `periods`.

    Parameters
    ----------
    scenario, every, whole
        As in `grid`.
    days
        Days of the events, in any order; those outside all periods, and missing ones, do not count.
    """
    spans = periods(scenario, every, whole=whole)
    counted = days[(days >= spans[0][1]) & (days < spans[-1][2])]
    place = np.searchsorted([begins for _, begins, _ in spans], counted, side="right") - 1
    return np.bincount(place, minlength=len(spans))


def calendar_years(scenario: Scenario, days: Floats) -> Floats:
    """Place days in the calendar, in years since 1 January of the year of the scenario's start.

    The difference of two is the time between them as prices per year count it: each day is 1/365
    of a year, but for 29 February, which costs nothing more (the day count NL/365). So a full
    calendar year is one year, leap year or not, and so is the time from a day to the same day a
    year later.

    Parameters
    ----------
    scenario
        Gives the calendar.
    days
        Days since its start and up to its end, shape (n,).
    """
    first = scenario.time.start.year
    knots: list[tuple[date, float]] = []
    for year in range(first, scenario.time.end.year + 2):
        knots.append((date(year, 1, 1), year - first))
        if isleap(year):
            at = year - first + (date(year, 2, 29) - date(year, 1, 1)).days / 365
            knots += [(date(year, 2, 29), at), (date(year, 3, 1), at)]
    return np.interp(days, [scenario.day(day) for day, _ in knots], [at for _, at in knots])


def calendar_months(scenario: Scenario, days: Floats) -> Floats:
    """Place days in the calendar, in months since the first day of the scenario's first month.

    The difference of two is the time between them as prices per month count it: a full calendar
    month is one, and each of its days has an equal share of it.

    Parameters
    ----------
    scenario
        Gives the calendar.
    days
        Days since its start and up to its end, shape (n,).
    """
    time = scenario.time
    first = time.start.year * 12 + time.start.month - 1
    last = time.end.year * 12 + time.end.month
    knots = [scenario.day(date(n // 12, n % 12 + 1, 1)) for n in range(first, last + 1)]
    found: Floats = np.interp(days, knots, np.arange(len(knots), dtype=float))
    return found


def inside(spells: Spells, days: Floats) -> Floats:
    """Count the spells that cover each day: begun on or before it, ended after it.

    Parameters
    ----------
    spells
        The spells.
    days
        Days since the scenario's start, ascending, shape (n,).
    """
    starts, ends = spells.edges()
    begun = np.searchsorted(starts, days, side="right")
    ended = np.searchsorted(ends, days, side="right")
    return (begun - ended).astype(float)


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
