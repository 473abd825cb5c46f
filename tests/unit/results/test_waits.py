"""Waits are from the asking to the getting; who leaves without it has not got it."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.results.outcomes import outcomes_of
from sim.results.outcomes.queues import BY_QUEUE
from sim.results.run import Run
from sim.results.waits import LOOKED_AT_DAYS, WAITS, after_joining
from sim.world.simulate import simulate
from tests.helpers.worlds import (
    WAITING_FOR_PAPERS,
    band,
    between,
    constant,
    cooperation,
    plain,
    small,
)

START, END = date(2025, 1, 1), date(2035, 1, 1)
UNWILLING = {"removal.willing_share": 0.0}


def run_of(changes: dict[str, Any]) -> Run:
    """Third-country nationals who serve 400 days; their case opens 180 days before the end."""
    world = {
        **plain(START, END),
        "arrivals.judgments_per_year": 40,
        "arrivals.third_country_share": 1.0,
        **band("third_country", constant(400)),
        **cooperation(START, END, document_delay_days=constant(50)),
        **WAITING_FOR_PAPERS,
    }
    return Run(simulate(between(START, END, {**world, **changes}), 1))


def found(run: Run, queue: str) -> dict[str, Any]:
    return dict(run.waits().set_index("queue").loc[queue])


def test_a_document_that_always_comes_takes_as_long_as_it_takes() -> None:
    table = found(run_of({}), "travel_document")
    assert table["median_days"] == pytest.approx(50)
    assert table["got"] + table["still_waiting"] == table["requests"] > 100


def test_a_document_at_once_is_a_wait_of_no_days() -> None:
    at_once = cooperation(START, END, document_delay_days=constant(0), protected_share=0.0)
    for willing in (0.0, 1.0):
        table = found(run_of({**at_once, "removal.willing_share": willing}), "travel_document")
        assert table["median_days"] == 0
        assert table["got"] == table["requests"] > 100


def test_who_never_has_a_prospect_asks_as_well_and_never_gets_it() -> None:
    run = run_of({**cooperation(START, END, protected_share=1.0), **UNWILLING})
    table = found(run, "travel_document")
    assert table["requests"] > 100
    assert table["got"] == 0
    assert np.isnan(table["median_days"])
    assert outcomes_of(run)["document_wait_days"] is None
    assert outcomes_of(run)["document_queue"] == 0


def test_a_time_without_prospect_is_part_of_the_wait() -> None:
    """The countries refuse for 300 days; who asks then waits until they do no more."""
    stops, again = date(2029, 1, 1), date(2029, 10, 28)
    steps = [(START, stops, "cooperates"), (stops, again, "refuses"), (again, END, "cooperates")]
    feasible = {"cooperates": 1.0, "refuses": 0.0}
    rule = [
        {"from": a, "until": b, "regime": regime, "forced_feasibility": feasible[regime]}
        for a, b, regime in steps
    ]
    changes: dict[str, Any] = cooperation(START, END, document_delay_days=constant(50))
    changes |= {key: rule for key in changes if key.endswith("cooperation")}
    run = run_of({**changes, **UNWILLING, "time.observe_from": date(2028, 11, 20)})
    people = run.people.dropna(subset="document_issued")
    days = (people["document_issued"] - people["document_requested"]).dt.total_seconds() / 86400
    asked = people["document_requested"]
    inside = (asked >= pd.Timestamp(stops) - pd.Timedelta(days=49)) & (asked < pd.Timestamp(again))
    assert inside.sum() > 20
    until = (pd.Timestamp(again) - asked[inside]).dt.total_seconds() / 86400
    np.testing.assert_allclose(days[inside], until + 50, atol=1e-4)
    np.testing.assert_allclose(days[~inside & (asked < pd.Timestamp(stops))], 50, atol=1e-4)


def test_whoever_leaves_the_queue_without_it_is_no_success() -> None:
    """No detention places: everyone is removed out of the queue, and nobody ever has a place."""
    run = run_of({**cooperation(START, END, document_delay_days=constant(300)),
                  "detention.places": 0})  # fmt: skip
    table = found(run, "detention_place")
    assert table["ended_otherwise"] + table["still_waiting"] == table["requests"] > 100
    assert outcomes_of(run)["detention_wait_days"] is None


def test_no_case_worker_no_document() -> None:
    run = run_of({"removal.case_workers": 0})
    assert found(run, "case_worker")["got"] == found(run, "travel_document")["requests"] == 0


def test_median_is_of_all_who_ask() -> None:
    """One escort team: less than half of those who ask while it is away ever travel with it."""
    run = Run(simulate(small(), 1))
    table = run.waits().set_index("queue")
    assert (table["got"] + table["ended_otherwise"] + table["still_waiting"]).equals(
        table["requests"].rename(None)
    )
    for queue, row in table.iterrows():
        if row["still_waiting"] == 0 and row["requests"]:
            assert np.isfinite(row["median_days"]) == (2 * row["got"] >= row["requests"]), queue
    assert (table["ended_otherwise"] > 0).sum() >= 3
    by = run.waits(by="origin").groupby("queue", sort=False)[["requests", "got"]].sum()
    pd.testing.assert_frame_equal(by, table[["requests", "got"]])


def test_every_queue_has_a_length_and_a_wait() -> None:
    run = Run(simulate(small(), 1))
    queues = [name for name in run.queues()["queue"].unique() if name != "limbo"]
    assert set(queues) == set(WAITS) == set(BY_QUEUE)
    for length, wait in BY_QUEUE.values():
        assert (length.unit, wait.unit) == ("persons", "days")


def test_who_joined_is_followed_until_nobody_is_left_to_follow() -> None:
    """Documents after 50 days exactly: all wait until then, and none longer."""
    table = after_joining(run_of({})).set_index(["queue", "days_after_joining"])
    document = table.loc["travel_document"]
    assert (document.loc[:49, ["waiting", "got"]] == [1, 0]).all(axis=None)
    assert (document.loc[51:, ["waiting", "got"]] == [0, 1]).all(axis=None)
    assert document["at_risk"].loc[0] > 100
    assert (document["at_risk"].loc[51:] == 0).all()
    nobody = table.loc["return_flight"]  # joins
    assert (nobody["at_risk"] == 0).all()
    assert nobody[["waiting", "got", "ended_otherwise"]].isna().all(axis=None)


def test_shares_of_those_who_joined_add_up_and_agree_with_the_waits() -> None:
    run = Run(simulate(small(), 1))
    table = after_joining(run)
    shares = table[["waiting", "got", "ended_otherwise"]].sum(axis=1, skipna=False)
    assert (shares.dropna() == 1).all()
    whole = run.waits().set_index("queue")
    at_once = table[table["days_after_joining"] == 0].set_index("queue")["at_risk"]
    assert at_once.drop("limbo").to_dict() == whole["requests"].to_dict()
    limbo = table[table["queue"] == "limbo"].set_index("days_after_joining")
    assert at_once["limbo"] == run.durations().set_index("stage").loc["limbo", "spells"] > 0
    assert limbo["waiting"].dropna().is_monotonic_decreasing
    assert (limbo["at_risk"].diff().dropna() <= 0).all()
    assert len(limbo) == len(LOOKED_AT_DAYS)
