"""An electronic tag: who wears one, and what it changes, with the luck of each kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.people.chance import Chance
from sim.people.cohort import Cohort, draw_cohort
from sim.results.run import Run
from sim.verification import verify
from sim.world.simulate import simulate
from sim.world.stages import Stay
from tests.helpers.worlds import small

TAG = {"worn_share": 0.5, "absconds_factor": 0.25, "lives_elsewhere_share": 1.0}


def cohort(changes: dict[str, Any]) -> Cohort:
    return draw_cohort(small().change(changes), Chance(1))


@pytest.fixture(scope="module")
def plain() -> Cohort:
    return cohort({})


def test_nobody_wears_a_tag_where_there_is_none(plain: Cohort) -> None:
    assert not plain.after.tagged.any()


def test_a_tag_slows_absconding_and_opens_the_centre_for_those_who_wear_it(plain: Cohort) -> None:
    before, after = plain.after, cohort({"departure_centre.tag": TAG}).after
    worn = after.tagged
    assert np.mean(worn) == pytest.approx(0.5, abs=0.07)
    assert after.absconds_after[worn] == pytest.approx(4 * before.absconds_after[worn])
    assert after.absconds_after[~worn].tobytes() == before.absconds_after[~worn].tobytes()
    unwilling = worn & ~plain.sentence.willing
    assert after.lives_elsewhere[unwilling].all()
    assert (after.lives_elsewhere[~worn] == before.lives_elsewhere[~worn]).all()


def test_a_tag_that_changes_nothing_leaves_every_stay_the_same() -> None:
    same = small().departure_centre
    assert same is not None
    tag = TAG | {"absconds_factor": 1.0, "lives_elsewhere_share": same.lives_elsewhere_share}
    runs = [Run(simulate(small().change(c))) for c in ({}, {"departure_centre.tag": tag})]
    for column in ("code", "start", "end"):
        first, second = (getattr(run.records.stays, column) for run in runs)
        assert first.tobytes() == second.tobytes()


def test_who_wears_a_tag_that_none_evades_never_absconds() -> None:
    changes = {"departure_centre.tag": TAG | {"absconds_factor": 0.0},
               "departure_centre.never_reports_share": 0.0}  # fmt: skip
    run = Run(simulate(small().change(changes)))
    gone = run.records.stays.of(Stay.AT_LARGE).index
    assert len(gone)
    assert not run.cohort.after.tagged[gone].any()


def test_nothing_is_broken_by_a_tag() -> None:
    assert verify(small().change({"departure_centre.tag": TAG}), replications=1)
