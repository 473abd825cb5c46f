"""Few hands that assess: who is assessed on which day, recomputed from plain arrays."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from sim.results.run import Run
from sim.scenario.files import load
from sim.world.simulate import simulate
from sim.world.stages import Stay
from tests.helpers.worlds import constant, small

HANDS = "transfer.assessment.per_day"
#: From then on hands are half as many.
HALF = date(2016, 1, 1)


@lru_cache
def norway(value: float, seed: int = 1, **changes: Any) -> Run:
    """The case Norgerhaven with fewer people, and hands that assess so many a day."""
    steps = [
        {"from": load("norgerhaven").time.start, "until": HALF, "value": value},
        {"from": HALF, "until": load("norgerhaven").time.end, "value": value / 2},
    ]
    fewer = {"arrivals.additional.norway.per_year": 1000, HANDS: steps}
    return Run(simulate(load("norgerhaven", {**fewer, **changes}), seed))


def begun(run: Run) -> dict[int, float]:
    """Day on which the assessment of each person begins, in the run."""
    stays = run.records.stays.of(Stay.SELECTION)
    return dict(zip(stays.index.tolist(), stays.start.tolist(), strict=True))


def recomputed(run: Run) -> dict[int, float]:
    """The same from the columns alone: a list of those who wait, sorted anew each evening."""
    scenario, cohort, service = run.scenario, run.cohort, run.cohort.service
    arrived = cohort.eligibility.selected
    last = np.minimum.reduce(
        [
            cohort.sentence.end - scenario.transfer.least_remaining_days,
            cohort.sentence.leaves,
            cohort.eligibility.until,
            np.full(cohort.size, service.last_intake),
        ]
    )
    assert scenario.transfer.assessment is not None
    steps = scenario.transfer.assessment.per_day
    own_wish = cohort.eligibility.own_wish
    # Whom the beginning of the selection finds in prison joins in the order of coming there.
    serves = np.where(cohort.sentence.remanded, cohort.sentence.final, cohort.sentence.custody)
    found: dict[int, float] = {}
    able, day = 0.0, service.selection
    while day + 1 < service.last_intake:
        able += next(s.value for s in steps if scenario.day(s.until) > day)
        day += 1
        waiting = [
            who
            for who in np.flatnonzero((arrived < day) & (last > day)).tolist()
            if who not in found
        ]
        waiting.sort(key=lambda who: (not own_wish[who], arrived[who], serves[who]))
        for who in waiting[: int(able)]:
            found[who] = day
        able -= int(able)
    return found


@pytest.mark.parametrize(("hands", "seed"), [(1.0, 1), (0.3, 2), (50.0, 3), (0.0, 4)])
def test_hands_take_on_whom_a_recomputation_takes(hands: float, seed: int) -> None:
    ours, theirs = begun(norway(hands, seed)), recomputed(norway(hands, seed))
    assert ours.keys() == theirs.keys()
    assert bool(ours) == (hands > 0)
    assert [ours[who] for who in ours] == pytest.approx([theirs[who] for who in ours])


def test_no_more_are_assessed_than_the_hands_can() -> None:
    run = norway(1.0)
    days = np.sort(list(begun(run).values()))
    first, half = run.cohort.service.selection, run.scenario.day(HALF)
    for day in np.unique(days):
        able = min(day, half) - first + max(day - half, 0) / 2
        assert np.sum(days <= day) <= able + 1e-6
    assert np.sum(days < first + 40) == 39, "they are busy at first: all wait who have long served"


def test_who_waits_for_hands_is_in_a_prison_at_home_and_serves_on() -> None:
    run = norway(0.3, 2)
    served = run.records.stays.of(Stay.HOME_PRISON)
    eligibility, sentence = run.cohort.eligibility, run.cohort.sentence
    never = np.isfinite(eligibility.selected) & (sentence.ending == 0)
    never[list(begun(run))] = False
    whole = served[np.isin(served.index, np.flatnonzero(never))]
    whole = whole[~np.isnan(whole.end)]
    assert len(whole.index) > 50
    assert whole.end == pytest.approx(sentence.leaves[whole.index])


def test_without_complaint_or_hands_in_plenty_all_is_as_without_the_rule() -> None:
    """A hundred thousand a day take on everyone within a day of the selection."""
    world = small()
    span = {"from": world.time.start, "until": world.time.end, "value": 100_000.0}
    many = {"per_day": [span], "complaint_days": constant(0), "own_wish_factor": 1.0}
    run = Run(simulate(world.change({"transfer.assessment": many}), 3))
    plain = Run(simulate(world, 3))
    ours, theirs = begun(run), begun(plain)
    assert len(theirs) > 5
    assert ours.keys() <= theirs.keys()
    assert all(0 < ours[who] - theirs[who] <= 1 for who in ours)
    assert len(ours) > 0.9 * len(theirs)


def test_only_who_did_not_apply_complains() -> None:
    run = norway(1.0)
    eligibility = run.cohort.eligibility
    assert not eligibility.complaint_days[eligibility.own_wish].any()
    assert eligibility.complaint_days[~eligibility.own_wish].min() > 0
    waits = run.records.stays.of(Stay.WAITING_LIST)
    flown = set(zip(run.stays_abroad.index.tolist(), run.stays_abroad.start.tolist(), strict=True))
    rows = zip(waits.index.tolist(), waits.start.tolist(), waits.end.tolist(), strict=True)
    waited = [(who, end - start) for who, start, end in rows if (who, end) in flown]
    assert len(waited) > 50
    assert all(days >= eligibility.complaint_days[who] - 1e-9 for who, days in waited)
