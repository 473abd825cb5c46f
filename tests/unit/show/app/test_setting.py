"""Levers and settings: what is moved, as an address, as scenarios, as files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiment.replicate import experiment_of
from sim.scenario.files import load
from sim.show.app.levers import DISPUTED, POLICY, UNKNOWN, Lever, Value, levers_of
from sim.show.app.moves import feasibility
from sim.show.app.setting import Catalogue, Setting, read_query
from tests.helpers.experiments import small_world

CATALOGUE = Catalogue()
LEVERS = CATALOGUE.levers["baseline"]


def values(lever: Lever) -> st.SearchStrategy[Value]:
    """Every value that a lever may take, or many of them."""
    if lever.options is not None:
        return st.sampled_from(list(lever.options))
    kinds: dict[str, st.SearchStrategy[Value]] = {"yes_no": st.booleans()}
    if lever.kind == "date":
        kinds["date"] = st.dates(lever.low, lever.high)
    elif lever.kind == "whole":
        kinds["whole"] = st.integers(lever.low, lever.high)
    elif lever.kind != "yes_no":
        ticks = round((lever.high - lever.low) / lever.step)
        steps = st.integers(0, ticks)
        kinds[lever.kind] = steps.map(lambda n: round(lever.low + n * lever.step, 6))
    return kinds[lever.kind]


MOVED = st.lists(st.sampled_from(list(LEVERS)), max_size=6, unique=True).flatmap(
    lambda keys: st.fixed_dictionaries({key: values(LEVERS[key]) for key in keys})
)


@pytest.mark.parametrize("name", CATALOGUE.scenarios)
def test_a_lever_shows_the_scenarios_own_value_and_its_range_holds_it(name: str) -> None:
    own = dict(CATALOGUE.scenarios[name].leaves())
    levers = CATALOGUE.levers[name]
    plain = [lever for lever in levers.values() if lever.key in own]
    # Where nobody is expelled, what comes of them is absent: nothing of it can be moved.
    assert len(plain) == (24 if CATALOGUE.scenarios[name].case == "gjilan" else 16)
    assert all(lever.own == own[lever.key] for lever in plain)
    ranged = [lever for lever in levers.values() if lever.low is not None]
    assert all(lever.low <= lever.own <= lever.high for lever in ranged)
    chosen = [lever for lever in levers.values() if lever.options is not None]
    assert all(lever.own in lever.options for lever in chosen if lever.options)


@pytest.mark.parametrize("case", ["tilburg", "tartu"])
def test_it_opens_on_the_case_it_is_given_and_compares_within_it(case: str) -> None:
    catalogue = Catalogue([Path(case)])
    asked, remarks = read_query({}, catalogue)
    assert (asked.scenario, asked.beside) == (case, f"{case}/no_agreement")
    assert remarks == []
    assert {catalogue.scenarios[name].case for name in catalogue.of_case(case)} == {case}
    _, remarks = read_query({"beside": "no_agreement"}, catalogue)
    assert len(remarks) == 1, "of another case"
    made = asked.made(catalogue)
    assert f"compare {case} {case}/no_agreement" in asked.command(made)


def test_without_a_case_it_opens_on_the_baseline() -> None:
    asked, _ = read_query({}, CATALOGUE)
    assert (asked.scenario, asked.beside) == ("baseline", "no_agreement")


def test_costs_have_levers_and_the_places_say_that_rent_is_flat() -> None:
    mine = {key for key in LEVERS if key.startswith("costs.")}
    assert mine == {
        "costs.home_saved_share", "costs.discount_rate_share", "costs.price_growth_share.2015",
    }  # fmt: skip
    assert LEVERS["costs.price_growth_share.2015"].titled.startswith("Growth of prices from 2015")
    scenario = CATALOGUE.make("baseline", dict.fromkeys(mine, 0.0625)).scenario
    costs = scenario.costs
    assert costs.home_saved_share == costs.price_growth_share["2015"] == 0.0625
    assert costs.discount_rate_share == 0.0625
    said = "Rent is the same however many places are used."
    assert LEVERS["rented_prison.places"].hint.startswith(said)
    free = scenario.change({"costs.rent": False})
    [places] = [lever for lever in levers_of(free) if lever.key == "rented_prison.places"]
    assert "Rent" not in places.hint
    by_place = scenario.change({"costs.rent.place_per_month": 8500})
    [places] = [lever for lever in levers_of(by_place) if lever.key == "rented_prison.places"]
    assert "Rent" not in places.hint


def test_there_is_a_lever_for_the_cooperation_of_every_third_country() -> None:
    scenario = CATALOGUE.scenarios["baseline"]
    mine = {key.split(".")[1] for key in LEVERS if key.endswith(".cooperation")}
    assert mine == set(scenario.origins) - {"eu_eea"}
    assert {lever.part for lever in LEVERS.values()} == {POLICY, DISPUTED, UNKNOWN}


@pytest.mark.slow
@given(moved=MOVED)
def test_whatever_the_levers_say_makes_a_scenario_and_its_file_the_same_one(
    tmp_path_factory: pytest.TempPathFactory, moved: dict[str, Value]
) -> None:
    made = CATALOGUE.make("baseline", moved)
    if all(LEVERS[key].own == value for key, value in moved.items()):
        assert made.scenario is CATALOGUE.scenarios["baseline"]
        assert not made.text
        return
    file = tmp_path_factory.mktemp("made") / made.file
    file.write_text(made.text, encoding="utf-8")
    again = load(file)
    assert again.hash == made.scenario.hash
    assert (again.name, again.title) == (made.scenario.name, made.scenario.title)


@given(
    moved=MOVED,
    draws=st.sampled_from([0, 20, 60]),
    replications=st.sampled_from([5, 30, 100]),
    seed=st.integers(0, 2**31 - 1),
    beside=st.sampled_from(["", "no_agreement", "late_opening"]),
)
def test_an_address_says_all_of_a_setting(
    moved: dict[str, Value], draws: int, replications: int, seed: int, beside: str
) -> None:
    really = {key: value for key, value in moved.items() if value != LEVERS[key].own}
    setting = Setting("baseline", beside, really, draws, replications, seed)
    assert read_query(setting.query(CATALOGUE), CATALOGUE) == (setting, [])


def test_policy_changes_the_first_world_and_what_nobody_knows_changes_both() -> None:
    moved: dict[str, Value] = {"rented_prison.places": 150, "removal.willing_share": 0.2}
    first, beside = Setting(moved=moved, beside="late_opening").made(CATALOGUE)
    assert first.scenario.rented_prison.places == 150
    assert beside.scenario.rented_prison.places == 300
    assert first.scenario.removal.willing_share == beside.scenario.removal.willing_share == 0.2
    assert beside.scenario.rented_prison.opens == date(2029, 4, 1)
    assert (first.scenario.name, beside.scenario.name) == (
        "baseline_changed", "late_opening_changed",
    )  # fmt: skip


def test_a_title_says_what_was_changed_so_that_it_does_not_contradict_itself() -> None:
    moved: dict[str, Value] = {"rented_prison.opens": date(2030, 1, 1)}
    one = CATALOGUE.make("baseline", moved).scenario
    assert one.title == "Gnjilane opens in April 2027, but opens on: 2030-01-01"
    two = CATALOGUE.make("baseline", moved | {"removal.direct_share": 0.5}).scenario
    assert two.title == "Gnjilane opens in April 2027, but 2 things changed"
    assert "opens on: 2030-01-01 and removed straight" in two.summary
    assert "50 %" in two.summary


def test_fewer_places_than_the_first_intake_take_it_down_with_them() -> None:
    prison = CATALOGUE.make("baseline", {"rented_prison.places": 40}).scenario.rented_prison
    assert (prison.places, prison.first_intake_places) == (40, 40)


def test_eligibility_changes_in_every_step_that_reaches_into_the_period() -> None:
    moved: dict[str, Value] = {
        "transfer.eligibility.women": True,
        "transfer.eligibility.groups": "third_country+eu_eea",
    }
    rules = CATALOGUE.make("baseline", moved).scenario.transfer.eligibility
    assert [rule.women for rule in rules] == [True]
    assert set(rules[0].groups) == {"third_country", "eu_eea"}
    assert rules[0].longest_sentence_years == 10


def test_cooperation_changes_from_the_first_day_of_the_period() -> None:
    base = CATALOGUE.scenarios["baseline"]
    moved: dict[str, Value] = {"origins.iraq.cooperation": "refuses"}
    steps = CATALOGUE.make("baseline", moved).scenario.origins["iraq"].cooperation
    before = base.origins["iraq"].cooperation
    assert steps[:-2] == before[:-1]
    assert (steps[-2].from_, steps[-2].until) == (before[-1].from_, base.time.observe_from)
    assert (steps[-1].from_, steps[-1].regime) == (base.time.observe_from, "refuses")
    refusing = [
        o.cooperation[-1].forced_feasibility
        for name, o in base.origins.items()
        if name != "eu_eea" and o.cooperation[-1].regime == "refuses"
    ]
    assert steps[-1].forced_feasibility == pytest.approx(sum(refusing) / len(refusing), abs=5e-4)


def test_a_regime_that_no_origin_has_gets_the_mean_over_all() -> None:
    base = CATALOGUE.scenarios["baseline"]
    everyone: dict[str, Value] = {
        key: "cooperates" for key in LEVERS if key.endswith(".cooperation")
    }
    alike = CATALOGUE.make("baseline", everyone).scenario
    mean = alike.origins["iraq"].cooperation[-1].forced_feasibility
    assert mean == feasibility(base, "cooperates")
    assert feasibility(alike, "refuses") == pytest.approx(mean)


def test_both_the_same_world_is_nothing_to_compare() -> None:
    with pytest.raises(ValueError, match="same world"):
        Setting("baseline", "baseline").made(CATALOGUE)
    moved: dict[str, Value] = {"removal.willing_share": 0.9}
    with pytest.raises(ValueError, match="same world"):
        Setting("baseline", "baseline", moved).made(CATALOGUE)


def test_the_command_names_files_where_something_was_moved_and_says_what_is_drawn() -> None:
    setting = Setting(moved={"rented_prison.places": 150}, seed=7)
    assert setting.command(setting.made(CATALOGUE)) == (
        "prisonflow compare baseline_changed.toml no_agreement --assumptions ensemble --draws 60 "
        "--replications 20 --seed 7"
    )
    fixed = Setting(draws=0, replications=30)
    assert fixed.command(fixed.made(CATALOGUE)) == (
        "prisonflow compare baseline no_agreement --assumptions fixed --replications 30 --seed 1"
    )


def test_an_address_from_before_draws_keeps_its_answer() -> None:
    old = {"scenario": "baseline", "beside": "", "replications": "30", "seed": "1"}
    setting, remarks = read_query(old, CATALOGUE)
    assert (setting.assumptions, setting.replications, remarks) == ("fixed", 30, [])
    assert Setting().assumptions == "ensemble"


def test_what_is_disputed_changes_both_worlds_and_is_told_in_the_title() -> None:
    moved: dict[str, Value] = {"host.capacity_claim": "rehabilitation_centre"}
    first, beside = Setting(moved=moved).made(CATALOGUE)
    assert first.scenario.host is not None
    assert first.scenario.host.capacity_claim == "rehabilitation_centre"
    assert beside.scenario.name == "no_agreement_changed"
    assert first.scenario.title.endswith("Kosova Rehabilitation Centre for Torture Victims: 1693")


def test_a_lever_of_an_unknown_that_was_moved_is_drawn_no_more() -> None:
    moved: dict[str, Value] = {"removal.willing_share": 0.2, "origins.iraq.cooperation": "refuses"}
    first, beside = Setting(moved=moved).made(CATALOGUE)
    plan = experiment_of([first.scenario, beside.scenario], 1, 1, draws=2).plan
    for made in (first, beside):
        before, now = (
            plan.changes(1, CATALOGUE.scenarios["baseline"]),
            plan.changes(1, made.scenario),
        )
        assert "removal.willing_share" in before
        assert set(now) == set(before) - {"removal.willing_share"}
        assert not any(
            key in now for key, _ in made.scenario.leaves() if "iraq.cooperation[2027" in key
        )


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"rented_prison.places": "100000"}, "is 100000, outside 0 to 600"),
        ({"rented_prison.places": "many"}, "write a whole number"),
        ({"rented_prison.places": "1e3"}, "write a whole number"),
        ({"removal.willing_share": "nan"}, "outside 0 to 1"),
        ({"removal.willing_share": "-0.1"}, "outside 0 to 1"),
        ({"rented_prison.opens": "tomorrow"}, "write a date"),
        ({"rented_prison.opens": "1800-01-01"}, "outside"),
        ({"rented_prison.extended": "perhaps"}, "write true or false"),
        ({"origins.iraq.cooperation": "never"}, "there are: refuses, limited, cooperates"),
        ({"rented_prison.place": "3"}, "did you mean rented_prison.places?"),
        ({"scenario": "../../etc/passwd"}, "there are: baseline"),
        ({"beside": "<script>"}, "there are: baseline"),
        ({"replications": "1000000", "draws": "60"}, "write a whole number from 1 to 1000"),
        ({"draws": "0"}, "write a whole number from 1 to 1000"),
        ({"assumptions": "none"}, "there are: ensemble, fixed"),
        ({"seed": "-1"}, "write a whole number"),
        ({"seed": "9" * 5000}, "write a whole number"),
        ({"seed": "²"}, "write a whole number"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_and_changes_nothing(
    query: dict[str, str], said: str
) -> None:
    setting, (remark,) = read_query(query, CATALOGUE)
    assert setting == Setting()
    assert said in remark
    assert next(iter(query)) in remark


def test_files_of_ones_own_can_be_chosen_and_are_what_a_change_extends(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(small_world("mine"), encoding="utf-8")
    catalogue = Catalogue([file])
    assert catalogue.titles["mine"] == "A small world"
    same = catalogue.make("mine", {})
    assert (same.file, same.text) == ("mine.toml", "")
    changed = catalogue.make("mine", {"rented_prison.places": 150})
    (tmp_path / changed.file).write_text(changed.text, encoding="utf-8")
    assert load(tmp_path / changed.file).hash == changed.scenario.hash
