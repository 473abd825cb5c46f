"""Dated steps: read on days, added up at a rate, and less one another."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

from sim.scenario.base import CountStep
from sim.scenario.dated import Span, net_of, on_steps, spans_of, value_on, when_due
from tests.helpers.worlds import between

START, END = date(2026, 1, 1), date(2028, 1, 1)
SPANS: list[Span] = [(-inf, 100.0, 0.5), (100.0, 150.0, 0.0), (150.0, inf, 2.0)]


def places(*steps: tuple[date, date, int]) -> tuple[CountStep, ...]:
    return tuple(CountStep(**{"from": a, "until": b, "value": n}) for a, b, n in steps)


def test_the_first_step_and_the_last_hold_beyond_them() -> None:
    change = date(2026, 1, 11)
    steps = [
        {"from": START, "until": change, "value": 5},
        {"from": change, "until": END, "value": 7},
    ]
    scenario = between(START, END, {"home_prisons.places": steps})
    own = scenario.home_prisons.places
    days = np.array([-3.0, 0.0, 9.9, 10.0, 5000.0])
    assert on_steps(scenario, own, days).tolist() == [5, 5, 5, 7, 7]
    assert spans_of(scenario, own) == [(-inf, 10.0, 5.0), (10.0, inf, 7.0)]
    assert [value_on(spans_of(scenario, own), day) for day in days] == [5, 5, 5, 7, 7]


@pytest.mark.parametrize(
    ("day", "work", "due"),
    [(0, 10, 20), (0, 50, 100), (0, 60, 155), (90, 5, 100), (120, 10, 155), (0, 0.0, 0)],
)
def test_what_comes_at_a_dated_rate_is_due_when_the_rate_adds_up_to_it(
    day: float, work: float, due: float
) -> None:
    assert when_due(SPANS, day, work) == pytest.approx(due)


def test_what_comes_at_no_rate_never_comes() -> None:
    assert when_due([(-inf, 100.0, 1.0), (100.0, inf, 0.0)], 50, 50.1) == inf
    assert when_due([], 0, 1.0) == inf


@given(
    rates=st.lists(st.sampled_from([0.0, 0.01, 0.5, 3.0]), min_size=1, max_size=4),
    day=st.floats(0, 40),
    work=st.floats(0.01, 20),
)
def test_the_rate_adds_up_to_the_work_by_the_day_due(
    rates: list[float], day: float, work: float
) -> None:
    edges = [-inf, *(10.0 * (n + 1) for n in range(len(rates) - 1)), inf]
    spans = [(*edge, rate) for edge, rate in zip(pairwise(edges), rates, strict=True)]
    due = when_due(spans, day, work)
    if due == inf:
        assert rates[-1] == 0
        due = max(day, edges[-2]) + 1
        assert area(spans, day, due) < work + 1e-9
    else:
        assert area(spans, day, due) == pytest.approx(work, rel=1e-6)


def area(spans: list[Span], begins: float, ends: float) -> float:
    edges = [begins, *(a for a, _, _ in spans if begins < a < ends), ends]
    parts = [integrate.quad(lambda x: value_on(spans, x), a, b)[0]
             for a, b in pairwise(edges)]  # fmt: skip
    return sum(parts)


def test_what_others_leave_is_never_below_zero() -> None:
    first, second, third = date(2026, 1, 1), date(2026, 6, 1), date(2027, 1, 1)
    total = places((first, third, 10), (third, END, 4))
    others = places((first, second, 3), (second, END, 7))
    assert net_of(total, others) == places((first, second, 7), (second, third, 3), (third, END, 0))
