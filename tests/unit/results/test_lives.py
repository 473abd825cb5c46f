"""Lives that are kept tell the same stories as the run that they are of."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.results.lives import LIVES, STEPS, followed, lives, run_of, steps
from sim.results.run import Run
from sim.results.story import examples, tell
from sim.scenario.files import load
from sim.world.simulate import simulate
from tests.helpers.worlds import small


@pytest.fixture(scope="module")
def run() -> Run:
    """A small world in which people are sent abroad."""
    return Run(simulate(small(), 1))


@pytest.fixture(scope="module")
def tables(run: Run) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What is kept of it."""
    return lives(run), steps(run)


def test_everyone_whose_sentence_ends_in_the_period_is_followed(run, tables):
    about, _ = tables
    ends = run.observed(run.cohort.sentence.leaves)
    third = run.people["group"].to_numpy() == "third_country"
    assert set(run.cohort.arrived.person[ends & third]) <= set(about["person"])
    assert set(examples(run)) <= set(about["person"])
    assert len(about) == len(followed(run)) > 20


def test_columns_are_those_that_are_documented(tables):
    assert [list(table.columns) for table in tables] == [list(LIVES), list(STEPS)]


def test_a_story_is_the_same_from_what_was_kept(run, tables):
    about, all_steps = tables
    for number in about["person"]:
        mine, taken = (table[table["person"] == number] for table in (about, all_steps))
        one = run_of(run.scenario, run.seed, run.replication, run.cohort.service, mine, taken)
        assert tell(one, number) == tell(run, number)


def test_all_lives_together_are_a_run_of_these_people(run, tables):
    again = run_of(run.scenario, run.seed, run.replication, run.cohort.service, *tables)
    who = tables[0]["person"]
    for name in ("people", "spells", "exits"):
        ours, theirs = getattr(again, name), getattr(run, name)
        theirs = theirs[theirs["person"].isin(who)].reset_index(drop=True)
        pd.testing.assert_frame_equal(ours, theirs)


def test_who_is_worth_following_has_a_rank_and_a_reason(run, tables):
    mine = tables[0][tables[0]["rank"] > 0].sort_values("rank")
    assert dict(zip(mine["person"], mine["reason"], strict=True)) == examples(run)
    assert np.all(tables[0].loc[tables[0]["rank"] == 0, "reason"] == "")


def test_where_nobody_is_expelled_everyone_is_followed():
    run = Run(simulate(load("norgerhaven"), 1))
    about = lives(run)
    ends = run.observed(run.cohort.sentence.leaves)
    assert set(run.cohort.arrived.person[ends]) <= set(about["person"])
