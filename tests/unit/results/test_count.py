"""Counting over time: dates, people inside, and values of dated steps."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.results.count import Every, grid, inside, mean_on_steps
from sim.results.records import Spells
from sim.scenario.dated import on_steps
from sim.scenario.schema import Scenario
from tests.helpers.worlds import between

START, END = date(2026, 1, 1), date(2028, 1, 1)

DAYS = st.one_of(st.integers(0, 30).map(float), st.floats(0, 30))
SPELLS = st.lists(st.tuples(DAYS, st.one_of(st.none(), DAYS), st.booleans()), max_size=30)


def spells(rows: list[tuple[float, float | None, bool]]) -> Spells:
    """Spells of some rows: start, length or None if still open, and whether it is chosen."""
    start = np.array([begins for begins, _, _ in rows], float)
    end = np.array([np.nan if days is None else begins + days for begins, days, _ in rows], float)
    zeros = np.zeros(len(rows), np.int64)
    return Spells(zeros, zeros, start, end)


@given(rows=SPELLS, days=st.lists(DAYS, max_size=10).map(sorted))
def test_inside_counts_those_begun_and_not_ended(
    rows: list[tuple[float, float | None, bool]], days: list[float]
) -> None:
    table = spells(rows)
    chosen = np.array([mine for _, _, mine in rows], bool)
    for counts, mine in (
        (inside(table, np.array(days)), np.ones(len(rows), bool)),
        (inside(table[chosen], np.array(days)), chosen),
    ):
        by_hand = [
            sum(
                begins <= day and (days is None or day < begins + days)
                for (begins, days, _), counted in zip(rows, mine, strict=True)
                if counted
            )
            for day in days
        ]
        assert counts.tolist() == by_hand


@given(rows=SPELLS, begins=DAYS, days=DAYS)
def test_overlap_is_the_time_between_two_days(
    rows: list[tuple[float, float | None, bool]], begins: float, days: float
) -> None:
    table, horizon, ends = spells(rows), 40.0, begins + days
    for row, shared in zip(rows, table.overlap(begins, ends, horizon), strict=True):
        start, end = row[0], horizon if row[1] is None else row[0] + row[1]
        assert shared == max(0.0, min(end, ends) - max(start, begins))


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        ("year", [date(2027, 1, 1)]),
        ("quarter", [date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1), date(2027, 1, 1)]),
        ("week", [date(2026, 2, 15), date(2026, 2, 22), date(2026, 3, 1)]),
        ("day", [date(2026, 2, 15), date(2026, 2, 16)]),
        ("month", [date(2026, 3, 1), date(2026, 4, 1)]),
    ],
)
def test_dates_lie_in_the_observed_period(every: Every, expected: list[date]) -> None:
    """From 15 February 2026 until 1 February 2027, which is not part of it any more."""
    dates = grid(world(), every)
    assert dates[: len(expected)] == expected
    assert min(dates) >= date(2026, 2, 15)
    assert max(dates) < date(2027, 2, 1)
    whole = grid(world(), every, whole=True)
    assert whole[0] == START
    assert max(whole) < END
    assert len(grid(world(), "day")) == (date(2027, 2, 1) - date(2026, 2, 15)).days


def test_an_unknown_distance_is_named() -> None:
    with pytest.raises(ValueError, match=r"fortnight.*choose day, week, month"):
        grid(world(), "fortnight")  # type: ignore[arg-type]


def world(steps: Any = 7) -> Scenario:
    return between(
        START,
        END,
        {
            "time.observe_from": date(2026, 2, 15),
            "time.observe_until": date(2027, 2, 1),
            "home_prisons.places": steps,
        },
    )


STEPS = [
    {"from": START, "until": date(2026, 1, 11), "value": 5},
    {"from": date(2026, 1, 11), "until": END, "value": 8},
]


def test_steps_hold_from_their_first_day() -> None:
    scenario = world(STEPS)
    values = on_steps(scenario, scenario.home_prisons.places, np.array([0, 9.9, 10, 700.0]))
    assert values.tolist() == [5, 5, 8, 8]


@pytest.mark.parametrize(
    ("begins", "ends", "mean"),
    [(0, 10, 5), (0, 20, 6.5), (5, 20, 7), (10, 30, 8), (9.5, 10.5, 6.5)],
)
def test_mean_of_steps_is_weighted_by_days(begins: float, ends: float, mean: float) -> None:
    scenario = world(STEPS)
    assert mean_on_steps(scenario, scenario.home_prisons.places, begins, ends) == mean
