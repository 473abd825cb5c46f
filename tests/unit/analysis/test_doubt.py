"""How sure an answer is: headlines of draws, and the files that are shipped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.alternatives import QUESTIONS, alternatives, worlds
from sim.analysis.doubt import Asked, Doubt, Follows, assumptions_of, doubt_of
from sim.analysis.score import Scored, read_score
from sim.analysis.score import as_toml as score_as_toml
from sim.analysis.shipped_doubt import (
    as_toml,
    departures,
    doubt_file,
    hashes,
    nearest_doubt,
    read_doubt,
    shipped_doubt,
)
from sim.analysis.validation import AGREES, MISSED
from sim.experiment.design import Plan
from sim.experiment.replicate import experiment_of
from sim.experiment.replications import Replications
from sim.scenario.cases import cases
from sim.scenario.files import load
from sim.scenario.schema import Scenario

DRAWS = 60
COST, PEOPLE = Asked("total_cost", True), Asked("rented_prison_people", False)


def table(**outcomes: np.ndarray) -> dict[str, pd.DataFrame]:
    parts = [
        pd.DataFrame({"replication": range(len(values)), "outcome": name, "value": values})
        for name, values in outcomes.items()
    ]
    return {"outcomes": pd.concat(parts, ignore_index=True)}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return experiment_of([load("baseline"), load("no_agreement")], 1, 1, draws=DRAWS).plan


def drawn(name: str, plan: Plan, draws: Mapping[str, np.ndarray], chance: Mapping[str, np.ndarray]):
    world = load(name)
    alone = Replications(world, 1, len(next(iter(chance.values()))), table(**chance))
    return Replications(world, 1, DRAWS, table(**draws), 0, True, alone, plan)


@pytest.fixture(scope="module")
def both(plan: Plan) -> tuple[Replications, Replications]:
    """Draws in which cost follows the price of flights, and little else."""
    price = np.array([plan.values[n + 1]["costs.rotation_million.amount"] for n in range(DRAWS)])
    luck = np.random.default_rng(1).normal(0, 2, DRAWS)
    with_it = {"total_cost": 500 + 100 * price + luck, "rented_prison_people": 200 + luck}
    without = {"total_cost": 400 + 0 * luck}
    chance = np.linspace(-1, 1, 20)
    return (
        drawn("baseline", plan, with_it, {"total_cost": 560 + chance,
                                          "rented_prison_people": 200 + chance}),
        drawn("no_agreement", plan, without, {"total_cost": 400 + 0 * chance}),
    )  # fmt: skip


def test_a_headline_has_its_range_chance_alone_and_what_it_follows(both):
    found = doubt_of(*both, [COST, PEOPLE])
    cost = found.of("total_cost")
    assert cost.difference
    values = both[0].lent("outcomes").query("outcome == 'total_cost'")["value"] - 400
    assert cost.range.middle == pytest.approx(np.median(values))
    assert (cost.range.number, cost.one_way) == (DRAWS, 1.0)
    assert cost.chance.middle == pytest.approx(160)
    (first, *_) = cost.follows
    assert first.factor == "costs.rotation_million.amount"
    assert 0.4 <= first.low < 0.5 < 0.9 < first.high <= 1.0
    assert first.swing == pytest.approx(100 * (first.high - first.low), abs=4)
    assert (first.at_low + first.at_high) / 2 == pytest.approx(cost.range.middle)


def test_a_value_is_no_difference_and_what_a_scenario_lacks_is_left_out(both):
    found = doubt_of(*both, [COST, PEOPLE, Asked("limbo", True)])
    assert [(one.outcome, one.difference) for one in found.headlines] == [
        ("total_cost", True), ("rented_prison_people", False),
    ]  # fmt: skip
    assert not doubt_of(both[0], asked=[COST]).of("total_cost").difference


def test_replications_are_refused(both):
    with pytest.raises(ValueError, match="draws alone"):
        doubt_of(both[0].chance)


def test_an_assumption_that_both_scenarios_change_themselves_is_none(both, plan):
    key = "removal.willing_share"
    names = [factor.name for factor in assumptions_of(*both)[0]]
    assert key in names
    other = replace(both[0], scenario=both[0].scenario.change({key: 0.6}))
    without = replace(both[1], scenario=both[1].scenario.change({key: 0.6}))
    assert key not in [factor.name for factor in assumptions_of(other, without)[0]]


# ---------------------------------------------------------------------- the files


@pytest.fixture(scope="module")
def made(both) -> Doubt:
    world, reference = (r.scenario for r in both)
    return replace(doubt_of(*both), made=hashes(world, reference.hash))


def test_a_file_gives_back_what_was_written(made, tmp_path: Path):
    cost = made.of("total_cost")
    days = Follows("rented_prison.opens", date(2027, 1, 1), date(2028, 1, 1), False, 1.5, 2.5, 0.25)
    told = replace(made, headlines=(replace(cost, follows=(*cost.follows, days)),))
    file = tmp_path / "made.toml"
    file.write_text(as_toml(told, "A comment."), encoding="utf-8")
    again = read_doubt(file)
    assert again.headlines[0].follows[-1] == days
    assert again.headlines[0].range.middle == pytest.approx(cost.range.middle, rel=1e-5)
    assert (again.made, again.draws, again.reference) == (made.made, DRAWS, "no_agreement")


def test_a_setting_that_has_left_the_shipped_scenario_is_named(made, both):
    world, reference = (r.scenario for r in both)
    assert not departures(made, world, reference)
    left = departures(made, world.change({"rented_prison.places": 200}), reference)
    assert left.settings == (("rented_prison.places", 300, 200),)
    other = departures(made, world, load("late_opening"))
    assert (other.reference, other.settings) == ("no_agreement", ())
    stale = replace(made, made={**made.made, "ensemble": "another"})
    assert departures(stale, world, reference).stale


def test_what_is_shipped_is_about_shipped_scenarios_and_read_by_name():
    for file in doubt_file(cases()["gjilan"], "any").parent.glob("*.toml"):
        found = shipped_doubt(file.stem)
        assert (found.scenario, found.reference) == (file.stem, "no_agreement")
        assert found.of("total_cost").range.low <= found.of("total_cost").range.high
    assert shipped_doubt("norgerhaven") is None
    own = load("baseline").model_copy(update={"name": "mine"})
    assert nearest_doubt(own) == shipped_doubt("baseline")


def test_alternatives_change_both_worlds_alike_and_no_draw_decides_them():
    base: Scenario = load("baseline")
    for one in alternatives():
        other, without = worlds(one, "baseline", "no_agreement")
        assert other.hash not in (base.hash, without.hash)
        assert other.name != without.name
        for key, value in one.changes().items():
            if isinstance(value, float):
                assert dict(other.leaves())[key] == dict(without.leaves())[key] == value
    assert base.removal.direct_share == 0.4, "the question says two in five"
    assert all(question.others and question.outcomes for question in QUESTIONS)


def test_a_score_gives_back_what_was_written(tmp_path: Path):
    figures = (
        Scored("Tolerated stay", "End of 2020", 128, "equal", "persons", 97, 126, MISSED),
        Scored("Occupancy", "2018", 0.97, "at_most", "share", 0.9, 0.95, AGREES),
    )
    file = tmp_path / "score.toml"
    file.write_text(score_as_toml(figures), encoding="utf-8")
    assert read_score(file) == figures
    assert [figure.missed for figure in figures] == [True, False]
