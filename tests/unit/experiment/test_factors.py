"""A factor takes its range from the evidence and gives every value its own type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiment.factors import Factor, balanced, factors_of
from sim.scenario.errors import ScenarioError
from sim.scenario.evidence import evidence_for
from sim.scenario.files import load
from sim.scenario.schema import Scenario

WORLD = load("baseline")


def only(key: str | Mapping[str, Any], scenario: Scenario = WORLD) -> Factor:
    (factor,) = factors_of([key], scenario)
    return factor


def own(key: str, low: Any, high: Any, range_of: str = "value") -> dict[str, Any]:
    return {"key": key, "low": low, "high": high, "range_of": range_of}


def record_of(key: str) -> Any:
    return evidence_for(WORLD).of(key)


# ---------------------------------------------------------------- ranges from the evidence


def test_a_factor_has_the_range_of_the_evidence():
    factor, record = only("removal.willing_share"), record_of("removal.willing_share")
    assert (factor.low, factor.high) == (record.low, record.high)
    assert not factor.multiplies
    assert factor.changes(WORLD, 0.41) == {"removal.willing_share": 0.41}


def test_a_range_of_multiples_multiplies_what_each_scenario_states():
    factor = only("removal.case_work_days")
    assert factor.multiplies
    work = WORLD.removal.case_work_days
    assert factor.changes(WORLD, 1.5) == {
        "removal.case_work_days.p05": work.p05 * 1.5,
        "removal.case_work_days.p95": work.p95 * 1.5,
    }
    slower = WORLD.change({"removal.case_work_days.p95": 100.0})
    assert factor.changes(slower, 1.5)["removal.case_work_days.p95"] == 150.0


def test_one_parameter_of_a_distribution_can_vary_alone():
    factor = only("removal.case_work_days.p95")
    assert set(factor.changes(WORLD, 2.0)) == {"removal.case_work_days.p95"}
    assert factor.name == "removal.case_work_days.p95"


def test_all_steps_of_a_record_vary_together_and_no_other():
    factor = only("home_prisons.other_prisoners[2008-01-01]")
    steps = WORLD.home_prisons.other_prisoners
    until_2024 = {
        f"home_prisons.other_prisoners[{step.from_}].value": step.value * 1.04
        for step in steps
        if step.from_ < date(2024, 1, 1)
    }
    assert len(until_2024) > 2
    assert factor.changes(WORLD, 1.04) == until_2024
    alone = only(own("home_prisons.other_prisoners[2008-01-01]", 3000, 3300))
    assert alone.changes(WORLD, 3100) == {"home_prisons.other_prisoners[2008-01-01].value": 3100}


@pytest.mark.parametrize("choice", ["uncertainties", "levers"])
@pytest.mark.slow
def test_the_name_of_every_factor_chooses_that_factor(choice):
    factors = factors_of(choice, WORLD)
    assert factors_of([factor.name for factor in factors], WORLD) == factors


def test_a_date_moves_by_whole_days():
    factor = only("rented_prison.opens")
    assert isinstance(factor.low, date)
    assert isinstance(factor.high, date)
    assert factor.at(0) == factor.low
    assert factor.at(1) == factor.high
    middle = factor.at(0.5)
    assert abs((middle - factor.low) - (factor.high - middle)).days <= 1  # type: ignore[operator]
    assert WORLD.change(factor.changes(WORLD, middle)).rented_prison.opens == middle


def test_a_count_is_rounded_and_a_switch_is_off_or_on():
    places = only("rented_prison.places")
    assert places.changes(WORLD, 217.6) == {"rented_prison.places": 218}
    assert isinstance(places.changes(WORLD, 217.6)["rented_prison.places"], int)
    women = only("transfer.eligibility.women")
    key = "transfer.eligibility[2008-01-01].women"
    assert women.changes(WORLD, 0.49) == {key: False}
    assert women.changes(WORLD, 0.5) == {key: True}


def test_a_range_of_its_own_replaces_that_of_the_evidence():
    factor = only(own("removal.willing_share", 0.1, 0.2))
    assert [factor.at(u) for u in (0, 0.5, 1)] == pytest.approx([0.1, 0.15, 0.2])
    doubled = only(own("removal.case_work_days", 1, 2, "factor"))
    before = WORLD.removal.case_work_days
    after = WORLD.change(doubled.changes(WORLD, 2)).removal.case_work_days
    assert (after.p05, after.p95) == (2 * before.p05, 2 * before.p95)


# ---------------------------------------------------------------- choices by role


@pytest.mark.parametrize("choice", ["uncertainties", "assumptions", "levers"])
def test_a_choice_is_every_record_of_its_role_with_a_range(choice):
    factors = factors_of(choice, WORLD)
    records = [factor.record for factor in factors]
    role = "lever" if choice == "levers" else "uncertainty"
    assert {record.role for record in records} == {role}
    if choice == "assumptions":
        assert {record.status for record in records} == {"assumption"}
    names = [factor.name for factor in factors]
    assert len(set(names)) == len(names) > 10
    targets = [key for factor in factors for key in factor.targets(WORLD)]
    assert len(set(targets)) == len(targets)


def test_assumptions_are_those_uncertainties_that_rest_on_nothing_else():
    uncertain = {factor.name for factor in factors_of("uncertainties", WORLD)}
    assumed = {factor.name for factor in factors_of("assumptions", WORLD)}
    assert assumed < uncertain
    assert {f.name for f in factors_of("levers", WORLD)}.isdisjoint(uncertain)
    for name in ("removal.willing_share", "rented_prison.first_intake_days"):
        assert name in assumed


@pytest.mark.parametrize("choice", ["uncertainties", "levers"])
@pytest.mark.parametrize("position", [0.0, 1.0])
def test_either_end_of_every_factor_is_a_world(choice, position):
    for factor in factors_of(choice, WORLD):
        changes = balanced(WORLD, factor.changes(WORLD, factor.at(position)))
        assert changes, factor.name
        WORLD.change(changes)


# ---------------------------------------------------------------- factors that cannot be


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("removal.wiling_share", "unknown key; did you mean 'willing_share'?"),
        ("rented_prison.key", "holds no number, switch or date that could vary"),
        ("host.beds_given_up", "the evidence has no range for it: give low and high"),
        (
            "arrivals.judgments_per_year",
            "several records speak for parts of it: choose one of "
            "arrivals.judgments_per_year[2008-01-01], arrivals.judgments_per_year[2020-01-01]",
        ),
        (
            own("rented_prison.opens", 1, 2),
            "low and high are numbers, but it sets a date: give two dates",
        ),
        (
            own("rented_prison.opens", 0.5, 2, "factor"),
            "low and high are numbers, but it sets a date: give two dates",
        ),
        (
            own("removal.willing_share", date(2027, 1, 1), date(2028, 1, 1)),
            "low and high are dates, but not all it sets are dates: give two numbers",
        ),
        (
            own("rented_prison.opens", date(2027, 1, 1), date(2028, 1, 1), "factor"),
            "low and high are multiples: give two numbers",
        ),
    ],
)
def test_an_unclear_factor_is_told_why(entry, words):
    with pytest.raises(ScenarioError) as caught:
        factors_of([entry], WORLD)
    (problem,) = caught.value.problems
    assert problem.key == (entry if isinstance(entry, str) else entry["key"])
    assert problem.message == words


@pytest.mark.parametrize("key", ["removal", "origins.syria", "home_prisons", "arrivals"])
def test_every_choice_that_is_proposed_can_be_chosen(key):
    with pytest.raises(ScenarioError) as caught:
        factors_of([key], WORLD)
    (problem,) = caught.value.problems
    proposed = problem.message.partition("choose one of ")[2].split(", ")
    assert len(proposed) > 5
    assert len(factors_of(proposed, WORLD)) == len(proposed)


@pytest.mark.parametrize("second", ["removal.case_work_days", "removal.case_work_days.p95"])
def test_nothing_is_varied_twice(second):
    with pytest.raises(ScenarioError) as caught:
        factors_of(["removal.case_work_days", second], WORLD)
    (problem,) = caught.value.problems
    assert problem.key == second
    assert "is varied by removal.case_work_days already" in problem.message


def test_all_unclear_factors_are_told_at_once():
    with pytest.raises(ScenarioError) as caught:
        factors_of(["removal.wiling_share", "removal.willing_share", "nothing"], WORLD)
    assert [p.key for p in caught.value.problems] == ["removal.wiling_share", "nothing"]


# ---------------------------------------------------------------- shares that sum to one

BANDS = [
    f"sentencing.third_country.{band}_share"
    for band in ("up_to_3_months", "from_3_to_12_months", "from_1_to_2_years", "over_2_years")
]
PAROLE = [f"sentencing.parole[2022-01-01].{part}_share" for part in ("half", "two_thirds", "full")]
INFLOW = [f"origins.{name}.inflow_share" for name in WORLD.origins if name != "eu_eea"]
GROUPS = [BANDS, PAROLE, INFLOW]


@st.composite
def some_shares(draw: st.DrawFn) -> tuple[list[str], dict[str, float]]:
    group = draw(st.sampled_from(GROUPS))
    keys = draw(st.lists(st.sampled_from(group), min_size=1, unique=True))
    share = st.floats(0.001, 1.0)
    return group, {key: draw(share) for key in keys}


def now(key: str) -> float:
    return float(dict(WORLD.leaves())[key])


@given(some_shares())
def test_shares_sum_to_one_and_what_was_set_stays_where_it_can(drawn):
    group, wanted = drawn
    result = balanced(WORLD, wanted)
    others = [key for key in group if key not in wanted]
    if others and sum(wanted.values()) > 1:
        assert result == wanted
        with pytest.raises(ScenarioError, match="sum"):
            WORLD.change(result)
        return
    assert set(result) == set(group)
    assert sum(result.values()) == pytest.approx(1)
    assert all(0 <= value <= 1 for value in result.values())
    if others:
        assert {key: result[key] for key in wanted} == wanted
    else:
        scale = result[next(iter(wanted))] / next(iter(wanted.values()))
        for key, value in wanted.items():
            assert result[key] == pytest.approx(scale * value)
    if len(others) > 1:  # those left keep their proportions
        ratios = [result[key] / now(key) for key in others]
        assert ratios == pytest.approx([ratios[0]] * len(others))
    WORLD.change(result)


@given(some_shares(), some_shares())
def test_balance_is_kept_group_by_group_and_nothing_else_is_touched(one, other):
    changes = {"removal.willing_share": 0.4} | one[1] | other[1]
    result = balanced(WORLD, changes)
    assert result["removal.willing_share"] == 0.4
    for group in GROUPS:
        drawn = [changes[key] for key in group if key in changes]
        if drawn and (len(drawn) == len(group) or sum(drawn) <= 1):
            assert sum(result[key] for key in group) == pytest.approx(1)
        else:
            assert {k for k in group if k in result} == {k for k in group if k in changes}
    assert set(result) <= {"removal.willing_share", *(key for group in GROUPS for key in group)}


def test_changes_without_shares_are_left_alone():
    changes = {"rented_prison.places": 100, "removal.willing_share": 0.4}
    assert balanced(WORLD, changes) == changes


def test_a_share_that_is_no_number_is_left_for_the_scenario_to_refuse():
    changes = {BANDS[0]: "lots"}
    assert balanced(WORLD, changes) == changes
    with pytest.raises(ScenarioError, match="should be a number"):
        WORLD.change(changes)


def test_shares_that_are_all_zero_are_left_for_the_scenario_to_refuse():
    with pytest.raises(ScenarioError, match="sum to 0"):
        WORLD.change(balanced(WORLD, dict.fromkeys(BANDS, 0.0)))
