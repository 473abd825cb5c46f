"""Arrangements that lack a part of the baseline: run, compared, told, checked and played."""

from __future__ import annotations

import math
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.experiment.keep import TABLES
from sim.experiment.lives import worth_following
from sim.experiment.replicate import replicate_all
from sim.experiment.replications import Replications
from sim.experiment.tables import write_tables
from sim.results.outcomes import OUTCOMES, outcomes_of
from sim.scenario.evidence import evidence_for, without_record
from sim.scenario.files import difference, load, parse_setting
from sim.scenario.schema import Scenario
from sim.show.app import parts
from sim.show.app.levers import levers_of
from sim.show.app.months import html, months_of
from sim.show.comparison import Comparison
from sim.show.documents import write_all
from sim.show.facts.assumptions import changes
from sim.show.facts.estimates import tables_behind, write_behind
from sim.show.report import reproduce
from sim.verification import verify
from sim.world.flow import DETAINED
from sim.world.load import offered_load
from sim.world.stages import Exit, Stay
from tests.helpers.worlds import END, START, cooperation, small

#: People who are not expelled, in the place of those who are.
NOBODY_EXPELLED = {
    "arrivals.judgments_per_year": 0,
    "arrivals.additional.others": {
        "group": "not_expelled",
        "only_a_year_or_more": False,
        "per_year": [{"from": START, "until": END, "value": 900}],
    },
}
PRICES = (
    "rent", "set_up_million", "aid_million_per_year",
    "rotation_million", "visits_million_per_year", "prison_per_day", "remand_per_day",
    "detention_per_day", "centre_resident_per_year", "host_prisoner_per_day",
)  # fmt: skip
#: What is absent, and outcomes that then do not exist.
WORLDS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "detention": (
        {"detention": False},
        ("detained", "detention_days", "detention_queue", "held_detention_days"),
    ),
    "departure centre": (
        {"departure_centre": False},
        ("departure_centre_people", "departure_centre_overfull", "breach_sentences",
         "left_from_centre_1y"),
    ),
    "both": (
        {"detention": False, "departure_centre": False},
        ("detained", "departure_centre_people", "breach_imprisoned"),
    ),
    "removal": (
        {"removal": False, "detention": False, "departure_centre": False, **NOBODY_EXPELLED},
        ("limbo", "removals", "removed_1y", "document_queue", "case_worker_queue", "escort_queue"),
    ),
    "prisons of the host": ({"host": False}, ("host_occupancy", "displaced_inmates")),
    "staying": ({"staying": False}, ("stayed_in_host", "host_at_large", "onward_travel")),
    "prices": (
        {f"costs.{price}": False for price in PRICES},
        ("agreement_cost", "total_cost", "total_cost_per_removal", "host_price_cost",
         "agreement_cost_net"),
    ),
    "the price of a prison": (
        {"costs.prison_per_day": False}, ("agreement_cost_net", "agreement_cost_net_per_used_day")
    ),
}  # fmt: skip


def world(name: str) -> Scenario:
    return small().change(WORLDS[name][0])


@pytest.mark.parametrize("name", WORLDS)
def test_what_is_absent_is_missing(name: str) -> None:
    found, whole = outcomes_of(sim.run(world(name))), outcomes_of(sim.run(small()))
    missing = {outcome for outcome, value in found.items() if value is None}
    assert set(WORLDS[name][1]) <= missing
    assert not set(WORLDS[name][1]) <= {key for key, value in whole.items() if value is None}
    assert all(value is None or math.isfinite(value) for value in found.values())


@pytest.mark.parametrize("name", WORLDS)
def test_every_table_has_its_columns(name: str) -> None:
    run, whole = sim.run(world(name)), sim.run(small())
    for kept, table in TABLES.items():
        if kept != "published":
            assert list(table.of(run).columns) == list(table.of(whole).columns), kept


def test_what_is_absent_has_no_rows() -> None:
    roles = {name: set(sim.run(world(name)).occupancy()["role"]) for name in WORLDS}
    all_of_them = set(sim.run(small()).occupancy()["role"])
    assert all_of_them - roles["detention"] == {"detention"}
    assert all_of_them - roles["both"] == {"detention", "departure_centre"}
    assert all_of_them - roles["prisons of the host"] == {"host_prisons"}
    assert all_of_them - roles["staying"] == {"host_detention"}
    assert sim.run(world("prices")).costs().empty
    items = set(sim.run(world("the price of a prison")).costs()["item"])
    assert "home_prison" not in items
    assert "remand" in items


@pytest.mark.parametrize("name", WORLDS)
def test_the_checks_hold(name: str) -> None:
    found = verify(world(name), 1)
    assert found.failures == ()


@pytest.mark.parametrize("name", WORLDS)
def test_the_scenario_stands_alone_and_changes(name: str, tmp_path: Path) -> None:
    one = world(name)
    path = tmp_path / "alone.toml"
    path.write_text(one.as_toml(), encoding="utf-8")
    assert load(path).hash == one.hash
    assert one.change({}).hash == one.hash
    assert one.hash != small().hash
    assert not any(value is None for _, value in one.leaves())
    own = [key for key in without_record(one, evidence_for(one)) if "additional.others" not in key]
    assert own == []
    assert isinstance(one._repr_html_(), str)
    assert {lever.key.split(".")[0] for lever in levers_of(one)} <= {
        key.split(".")[0].split("[")[0] for key, _ in one.leaves()
    }


@pytest.mark.parametrize("name", [name for name in WORLDS if name != "removal"])
def test_what_is_absent_is_one_difference_there_and_back(name: str) -> None:
    one, whole = world(name), small()
    found = difference(whole, one)
    assert [(key, False) for key in WORLDS[name][0]] == [(key, after) for key, _, after in found]
    assert whole.change({key: after for key, _, after in found}).hash == one.hash
    assert one.change({key: before for key, before, _ in found}).hash == whole.hash


@pytest.mark.parametrize("name", ["both", "the price of a prison"])
def test_the_command_in_a_report_makes_the_same_scenario(name: str) -> None:
    one = load("baseline").change(WORLDS[name][0])
    command, remarks = reproduce([Replications(one, 1, 3, {})])
    assert remarks == []
    words = shlex.split(command)
    settings = [words[n + 1] for n, word in enumerate(words) if word == "--set"]
    assert load("baseline", dict(map(parse_setting, settings))).hash == one.hash


#: What is absent together in the worlds that are shown.
SHOWN = (("both", "prisons of the host"), ("removal", "staying", "prices"))


@pytest.fixture(scope="module", params=SHOWN, ids=" and ".join)
def compared(request: pytest.FixtureRequest) -> list[Replications]:
    """Return a world that lacks something beside the small world, which has all."""
    changes = {key: value for name in request.param for key, value in WORLDS[name][0].items()}
    one = small().change({"name": "lacking", "title": "Lacking", **changes})
    return replicate_all([one, small()], 2, progress=False)


def test_what_is_absent_is_called_so_beside_what_it_was(compared: list[Replications]) -> None:
    lacking, whole = compared
    told = {row.key: row for row in changes([whole, lacking], None)[lacking.scenario.title][0]}
    gone = {key for key in told if told[key].after == "absent"}
    assert gone == {
        key
        for key, before, after in difference(whole.scenario, lacking.scenario)
        if after is False and before is not None and key in told
    }
    assert len(gone) > 2
    assert all(1 <= len(told[key].before) <= 60 for key in gone)


@pytest.mark.slow
def test_all_is_written(compared: list[Replications], tmp_path: Path) -> None:
    assert write_all(compared, tmp_path)[-1].stat().st_size > 10_000
    write_tables(compared, tmp_path)
    write_behind(tables_behind(compared, 0), tmp_path)
    told = Comparison(compared)
    for text in (told.answer, str(told), told._repr_html_()):
        assert "nan" not in text.lower().replace("finance", "")
        assert "None" not in text


def test_the_page_has_something_to_say(compared: list[Replications]) -> None:
    for told in (parts.answer(compared), parts.glance(compared), parts.numbers(compared)):
        assert told
    assert list(parts.what_it_rests_on(compared))
    assert parts.tables(compared)
    assert html(months_of(compared))
    for person in worth_following(compared[0]):
        assert parts.person(parts.stories(compared, person))


def test_without_a_centre_everyone_who_is_let_out_waits_outside_until_removed() -> None:
    run = sim.run(world("both"))
    stays, exits, willing = run.records.stays, run.records.exits, run.cohort.sentence.willing
    assert not np.isin(stays.code, (Stay.DEPARTURE_CENTRE, Stay.DETENTION, Stay.AT_LARGE)).any()
    outside = exits.from_stay == Stay.WAITING_OUTSIDE
    unwilling = ~willing[exits.index]
    assert set(exits.code[outside & unwilling]) == {Exit.REMOVED, Exit.DIED}
    assert set(exits.code[outside & ~unwilling]) == {Exit.LEFT_VOLUNTARILY, Exit.DIED}


def test_without_detention_people_still_leave_straight_from_abroad() -> None:
    direct = world("both").change(
        {
            "removal.direct_share": 1.0,
            "removal.case_workers": 20,
            "removal.escort_teams": 20,
            "transfer.least_remaining_days": 10.0,
            "transfer.seats": 20,
            "rented_prison.places": 60,
            "rented_prison.return_before_end_days": 5.0,
            **cooperation(START, END, protected_share=0.0),
        }
    )
    run = sim.run(direct)
    stays, exits = run.records.stays, run.records.exits
    straight = exits.code == Exit.REMOVED_FROM_HOST
    assert set(exits.from_stay[straight]) == {Stay.RENTED_PRISON}
    assert set(run.cohort.sentence.willing[exits.index[straight]]) == {True, False}
    assert not np.isin(stays.code, DETAINED).any()
    assert verify(direct, 1).failures == ()


def test_without_removal_nobody_asks_for_hands() -> None:
    assert offered_load(world("removal")) == ()
    assert len(offered_load(small())) == 2


def test_sections_of_outcomes_can_be_absent() -> None:
    for outcome in OUTCOMES:
        if outcome.section is not None:
            assert not Scenario.model_fields[outcome.section].is_required(), outcome.name
