"""Worlds in which something is zero: what does not exist is missing, and all else is told."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from sim.experiment.keep import TABLES
from sim.experiment.lives import worth_following
from sim.experiment.replicate import replicate_all
from sim.experiment.replications import Replications
from sim.experiment.tables import write_tables
from sim.results.outcomes import outcomes_of
from sim.scenario.schema import Scenario
from sim.show.app import parts
from sim.show.app.months import html, months_of
from sim.show.comparison import Comparison
from sim.show.documents import write_all
from sim.show.facts.estimates import tables_behind, write_behind
from tests.helpers.worlds import small

NOTHING_DANISH = {
    "home_prisons.places": 0,
    "home_prisons.officers": 0,
    "home_prisons.other_prisoners": 0,
}
NO_PLACES = {"rented_prison.places": 0, "rented_prison.first_intake_places": 0}
#: What is zero, and the outcomes that do not exist then.
WORLDS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "nobody judged": (
        {"arrivals.judgments_per_year": 0},
        ("held_days", "limbo_days", "removed_1y", "transfer_wait_days", "total_cost_per_removal",
         "agreement_cost_per_used_day", "rented_prison_mean_stay_days"),
    ),
    "nothing in Denmark": (NOTHING_DANISH, ("home_occupancy", "prisoners_per_officer")),
    "no officers": ({"home_prisons.officers": 0}, ("prisoners_per_officer",)),
    "nothing at all": (
        {"arrivals.judgments_per_year": 0, **NOTHING_DANISH, **NO_PLACES,
         "detention.places": 0, "departure_centre.places": 0, "removal.case_workers": 0,
         "removal.escort_teams": 0, "staying.detention_places": 0},
        ("home_occupancy", "prisoners_per_officer", "rented_prison_fill",
         "departure_centre_occupancy"),
    ),
    "no third-country nationals": (
        {"arrivals.third_country_share": 0.0},
        ("held_days", "limbo_days", "removed_1y", "total_cost_per_removal"),
    ),
    "nobody transferred": (
        {"transfer.considered_share": 0.0},
        ("transfer_wait_days", "transfers_own_wish_share", "rented_prison_mean_stay_days"),
    ),
    "no rented places": (NO_PLACES, ("rented_prison_fill", "rented_prison_fill_90_days")),
    "no officers abroad": ({"rented_prison.officers": 0}, ("rented_prison_per_officer",)),
    "no detention": ({"detention.places": 0}, ("detention_days",)),
    "no case workers": ({"removal.case_workers": 0}, ("document_wait_days",)),
    "no places in the centre": (
        {"departure_centre.places": 0}, ("departure_centre_occupancy",)
    ),
    "a day": (
        {"time.observe_from": date(2028, 5, 3), "time.observe_until": date(2028, 5, 4)},
        (),
    ),
}  # fmt: skip


def world(name: str) -> Scenario:
    return small().change(WORLDS[name][0])


@pytest.mark.parametrize("name", WORLDS)
def test_outcomes_are_numbers_or_missing(name: str) -> None:
    found = outcomes_of(sim.run(world(name)))
    assert all(value is None or math.isfinite(value) for value in found.values())
    missing = {outcome for outcome, value in found.items() if value is None}
    assert set(WORLDS[name][1]) <= missing
    shares = [value for outcome, value in found.items() if outcome.endswith("_share")]
    assert all(share is None or 0 <= share <= 1 for share in shares)


@pytest.mark.parametrize("name", WORLDS)
def test_every_table_has_its_columns(name: str) -> None:
    run = sim.run(world(name))
    whole = sim.run(small())
    for kept, table in TABLES.items():
        if kept != "published":
            assert list(table.of(run).columns) == list(table.of(whole).columns), kept
    assert list(run.durations(["origin", "year"])) == list(whole.durations(["origin", "year"]))
    with_staff = run.scenario.home_prisons.officers[0].value > 0
    assert run.staffing()["prisoners_per_officer"].notna().all() == with_staff
    assert not run.occupancy()["occupancy"].isin([math.inf]).any()
    assert (run.occupancy()["places"] >= 0).all()


@pytest.fixture(scope="module", params=["nobody judged", "nothing at all", "a day"])
def empty(request: pytest.FixtureRequest) -> list[Replications]:
    one = world(request.param)
    other = one.change({"name": "other", "title": "Other", "rented_prison.in_use": False})
    return replicate_all([one, other], 2, progress=False)


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 2])
def test_all_is_written(empty: list[Replications], number: int, tmp_path: Path) -> None:
    shown = empty[:number]
    assert write_all(shown, tmp_path)[-1].stat().st_size > 10_000
    write_tables(shown, tmp_path)
    write_behind(tables_behind(shown, 0), tmp_path)
    told = Comparison(shown)
    for text in (told.answer, str(told), told._repr_html_()):
        assert "nan" not in text.lower().replace("finance", "")
        assert "inf " not in text


def test_the_page_has_something_to_say(empty: list[Replications]) -> None:
    for told in (parts.answer(empty), parts.glance(empty), parts.numbers(empty)):
        assert told
    assert list(parts.what_it_rests_on(empty))
    assert parts.tables(empty)
    assert html(months_of(empty))
    for person in worth_following(empty[0]):
        assert parts.person(parts.stories(empty, person))


def test_nobody_stays_anywhere() -> None:
    run = sim.run(world("nobody judged"))
    for by in (None, "origin", ["group", "year"]):
        table = run.durations(by)  # type: ignore[arg-type]
        assert table.empty
        assert "lower_quartile_days" in table.columns
    assert isinstance(run._repr_html_(), str)
    assert run.examples().empty
    assert run.people.empty
    assert run.costs()["eur_million"].sum() > 0, "an agreement is paid for that nobody uses"


def test_an_agreement_about_no_places_is_paid_for() -> None:
    costs = {}
    for places in (0, 1):
        changes = {"rented_prison.places": places, "rented_prison.first_intake_places": places}
        table = sim.run(small().change(changes)).costs()
        paid = table[table["item"].isin(["rent", "set_up", "aid", "visits"])]
        costs[places] = paid.set_index(["year", "item"])["eur_million"]
    pd.testing.assert_series_equal(costs[0], costs[1])
    assert costs[0].sum() > 3 * 15


def test_kosovo_has_no_negative_places() -> None:
    run = sim.run(small())
    host = run.scenario.host.model_copy(update={"beds_given_up": 100_000})
    run.scenario = run.scenario.model_copy(update={"host": host})
    places = run.occupancy().query("facility == 'host_prisons'")["places"]
    assert places.min() == 0
    assert (outcomes_of(run)["host_occupancy"] or 0) >= 0
