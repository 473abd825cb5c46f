"""What the processes share: the clock, the log, the steps of capacity."""

from __future__ import annotations

import random
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from simpy import Environment

from sim.people.chance import Chance
from sim.people.cohort import draw_cohort
from sim.world.stages import Exit, Stay
from sim.world.world import FIRST_EXIT, World
from tests.helpers.worlds import between, cooperation

START, END = date(2026, 1, 1), date(2028, 1, 1)


def world(**changes: Any) -> World:
    keyed = {key.replace("__", "."): value for key, value in changes.items()}
    scenario = between(START, END, {"arrivals.judgments_per_year": 20, **keyed})
    chance = Chance(1)
    return World(Environment(), scenario, draw_cohort(scenario, chance), chance)


def waking(begins: float, day: float) -> float:
    """Return the day on which someone wakes who waits for a day, from another."""
    w, woke = world(), []

    def sleeper():  # type: ignore[no-untyped-def]
        yield w.timeout(begins)
        yield w.until(day)
        woke.append(w.env.now)

    w.env.process(sleeper())
    w.env.run(until=20_000)
    return woke[0]


def test_until_waits_for_a_day_and_not_at_all_for_one_that_has_passed() -> None:
    assert waking(10.0, 25.5) == 25.5
    assert waking(10.0, 10.0) == 10.0
    assert waking(10.0, 3.0) == 10.0


def test_until_never_wakes_before_the_day() -> None:
    """Rounding: now + (day - now) can fall short of the day, and `now >= day` would be false.

    What follows takes that for granted: a document due on a day is there when one wakes on it.
    """
    rng = random.Random(1)
    pairs = [(rng.uniform(2048, 4096), rng.uniform(6200, 8000)) for _ in range(40)]
    assert any(now + (day - now) < day for now, day in pairs), "no pair that rounds down"
    assert all(waking(now, day) >= day for now, day in pairs)


def test_stays_and_exits_are_logged_in_order() -> None:
    w = world()
    w.enter(3, Stay.REMAND)
    assert w.leave(3, Exit.DIED) is None
    assert w.log.stays == [3, Stay.REMAND, 0.0, 3, FIRST_EXIT + Exit.DIED, 0.0]
    assert w.gone[3]
    assert not w.gone[2]


def test_limbo_is_logged_only_if_it_lasts() -> None:
    w = world()
    w.limbo(1, 5.0, 5.0)
    w.limbo(1, 6.0, 5.0)
    w.limbo(1, 5.0, 7.0)
    assert w.log.limbo == [1, 5.0, 7.0]


def test_recurring_events_are_counted_by_person_and_kind() -> None:
    w = world()
    assert [w.count("trip", 1), w.count("trip", 1), w.count("trip", 2), w.count("breach", 1)] == [
        0, 1, 0, 0,
    ]  # fmt: skip


def test_places_follow_their_dated_steps() -> None:
    steps = [
        {"from": START, "until": date(2026, 1, 11), "value": 3},
        {"from": date(2026, 1, 11), "until": END, "value": 1},
    ]
    others = {"removal__case_workers_for_others": 0, "removal__escort_teams_for_others": 0,
              "detention__places_for_others": 0}  # fmt: skip
    w = world(removal__case_workers=steps, detention__places=steps, removal__escort_teams=steps,
              **others)  # fmt: skip
    for places in (w.case_workers, w.detention, w.escorts):
        assert places.capacity == 3
    w.env.run(until=10.5)
    for places in (w.case_workers, w.detention, w.escorts):
        assert places.capacity == 1


@pytest.mark.parametrize(
    ("first", "days", "expected"),
    [
        (4, 30.0, [0, 4, 4, 9, 0]),
        (0, 30.0, [0, 0, 0, 9, 0]),
        (4, 0.0, [0, 9, 9, 9, 0]),  # all places on the first day
        (4, 900.0, [0, 4, 4, 4, 0]),  # closed before they are all in use
    ],
)
def test_the_rented_prison_opens_fills_and_closes(
    first: int, days: float, expected: list[int]
) -> None:
    w = world(
        rented_prison__opens=date(2026, 2, 1),
        rented_prison__places=9,
        rented_prison__first_intake_places=first,
        rented_prison__first_intake_days=days,
        rented_prison__term_years=1.0,
        rented_prison__extended=False,
    )
    seen = []
    for day in (30.5, 31.5, 60.5, 200.0, 400.0):
        w.env.run(until=day)
        seen.append(w.rented_prison.capacity)
    assert seen == expected


@given(st.floats(0.001, 1e4), st.floats(1e-9, 1e4))
@example(2.9613773225610647, 26.19464374055195)  # no wait leads from the one to the other
def test_the_very_instant_of_a_day_is_reached_in_two_waits(now: float, ahead: float) -> None:
    env = Environment(now)
    world, day = SimpleNamespace(env=env), now + ahead
    for _ in range(2):
        if env.now < day:
            env.run(World.towards(world, day))
    assert env.now == day


def test_others_take_hands_and_places_first() -> None:
    """Of three, others keep one busy at first, then five: none is left, and never fewer."""
    others = [
        {"from": START, "until": date(2026, 1, 11), "value": 1},
        {"from": date(2026, 1, 11), "until": END, "value": 5},
    ]
    names = ("removal__case_workers", "removal__escort_teams", "detention__places")
    changes = dict.fromkeys(names, 3) | {f"{name}_for_others": others for name in names}
    w = world(**changes)
    for places in (w.case_workers, w.detention, w.escorts):
        assert places.capacity == 2
    w.env.run(until=10.5)
    for places in (w.case_workers, w.detention, w.escorts):
        assert places.capacity == 0


def test_a_dated_factor_splits_the_steps_of_every_origin() -> None:
    change = date(2027, 1, 1)
    factor = [
        {"from": START, "until": change, "value": 0.5},
        {"from": change, "until": END, "value": 1.5},
    ]
    w = world(**{key.replace(".", "__"): value for key, value in
                 cooperation(START, END, forced_feasibility=0.6).items()},
              removal__feasibility_factor=factor)  # fmt: skip
    day = w.scenario.day(change)
    for name, steps in zip(w.scenario.origins, w.origins, strict=True):
        if name == "eu_eea":
            continue
        assert [step.feasibility for step in steps] == pytest.approx([0.3, 0.9])
        assert steps[0].ends == steps[1].begins == day
