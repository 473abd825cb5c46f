"""Places freed at home, gross and net: those called up fill a share, and change no life."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from sim.results.outcomes import outcomes_of
from sim.results.run import Run
from sim.scenario.files import load
from sim.scenario.schema import Scenario
from sim.world.simulate import simulate
from tests.helpers.strategies import SEEDS, SHARES, scenarios
from tests.helpers.worlds import small

FILLED = "home_prisons.freed_places_filled_share"
#: What is said of prisons at home, and so may follow those called up.
AT_HOME = {
    "home_occupancy",
    "home_places_used",
    "home_overcrowded",
    "prisoners_per_officer",
    "places_freed_net",
}
#: What a prison at home costs follows who is there.
COSTS_AT_HOME = {
    "agreement_cost_net",
    "agreement_cost_net_per_freed_place",
    "agreement_cost_net_per_used_day",
    "total_cost",
    "total_cost_per_removal",
}
#: Whoever is in a prison at home serves the sentence there: nobody is held otherwise.
NOTHING_AFTER: dict[str, Any] = {
    "detention.places": 1_000_000,
    "departure_centre.breach_sentences_per_year": 0.0,
}


@lru_cache
def measured(share: float, in_use: bool = True) -> dict[str, float | None]:
    world = small().change({**NOTHING_AFTER, FILLED: share, "rented_prison.in_use": in_use})
    return outcomes_of(Run(simulate(world, 3)))


@settings(max_examples=10)
@given(scenario=scenarios(), seed=SEEDS, share=SHARES)
def test_those_called_up_change_nothing_but_the_prisons_at_home(
    scenario: Scenario, seed: int, share: float
) -> None:
    before = simulate(scenario.change({FILLED: 0.0}), seed)
    after = simulate(scenario.change({FILLED: share}), seed)
    assert before.log == after.log
    ours, theirs = outcomes_of(Run(before)), outcomes_of(Run(after))
    differ = {name for name in ours if ours[name] != theirs[name]}
    assert differ <= AT_HOME | COSTS_AT_HOME if share else not differ


def test_places_freed_are_the_difference_that_the_agreement_makes() -> None:
    """With nobody in prison but to serve, day by day: no place is freed in another way."""
    with_it, without = measured(0.0), measured(0.0, False)
    assert without["places_freed_gross"] == without["places_freed_net"] == 0
    gross = with_it["places_freed_gross"]
    assert gross == pytest.approx(without["home_places_used"] - with_it["home_places_used"])
    assert gross > 1


def test_all_filled_is_as_if_nobody_had_left() -> None:
    filled, without = measured(1.0), measured(1.0, False)
    assert filled["places_freed_gross"] == measured(0.0)["places_freed_gross"]
    assert filled["places_freed_net"] == pytest.approx(0, abs=1e-12)
    for name in AT_HOME - {"places_freed_net"}:
        assert filled[name] == pytest.approx(without[name]), name
    assert measured(0.0)["home_occupancy"] < without["home_occupancy"]


def test_the_more_are_filled_the_fuller_prisons_are_and_the_fewer_places_are_freed() -> None:
    shares = (0.0, 0.25, 0.5, 1.0)
    found = [measured(share) for share in shares]
    gross = found[0]["places_freed_gross"]
    for share, one in zip(shares, found, strict=True):
        assert one["places_freed_net"] == pytest.approx((1 - share) * gross)
    for name in ("home_occupancy", "home_places_used", "prisoners_per_officer"):
        assert (np.diff([one[name] for one in found]) > 0).all(), name


def test_tables_by_day_hold_those_called_up() -> None:
    """At noon of every day, half of those who serve abroad are in prisons at home besides."""
    none, half = (Run(simulate(small().change({FILLED: share}), 3)) for share in (0.0, 0.5))
    for table in ("occupancy", "staffing"):
        column = "people" if table == "occupancy" else "prisoners"
        few, more = (getattr(run, table)("day") for run in (none, half))
        if table == "occupancy":
            few, more = (t[t["facility"] == "home_prisons"] for t in (few, more))
        days = np.arange(len(few), dtype=float)
        spells = none.spells.query("role in ['rented_prison', 'return_queue']")
        people = none.people.set_index("person")["sentence_end"]
        begins = (spells["start"] - few["date"].iloc[0]).dt.total_seconds() / 86400
        over = spells["person"].map(people)
        ends = np.fmin(spells["end"].fillna(over), over)
        ends = (ends - few["date"].iloc[0]).dt.total_seconds() / 86400
        there = (begins.to_numpy()[:, None] <= days) & (days < ends.to_numpy()[:, None])
        assert (more[column].to_numpy() - few[column].to_numpy()) == pytest.approx(
            there.sum(axis=0) / 2
        )
        assert there.any()


def test_a_share_is_between_none_and_all() -> None:
    for share in (-0.1, 1.1):
        with pytest.raises(ValueError, match=r"should be at (least 0|most 1)"):
            load("baseline", {FILLED: share})
