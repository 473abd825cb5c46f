"""Sentence arithmetic: remand counts, parole by date, and which end comes first."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from sim.people.arrivals import DUAL_NATIONAL, THIRD_COUNTRY
from sim.people.chance import Chance
from sim.people.cohort import Cohort, draw_cohort
from sim.people.origins import regime_at
from sim.people.sentence import DIED, HOME_TRANSFER, LIFE, PREVENTIVE_CUSTODY, PRISON, RELEASED
from sim.people.sentence import STRAIGHT_REMOVAL as REMOVED_EARLY
from sim.scenario.removal import REGIMES
from sim.scenario.schema import Scenario
from tests.helpers.worlds import band, between, constant, cooperation, plain

START, END = date(2026, 1, 1), date(2030, 1, 1)
REMAND, SENTENCING = "sentencing.remand", "sentencing"


def world(length: float = 100, changes: dict[str, Any] | None = None) -> Scenario:
    """Everyone a third-country national with the same sentence, served in full, at liberty."""
    return between(
        START,
        END,
        {
            **plain(START, END),
            "arrivals.judgments_per_year": 200,
            "arrivals.published_until_year": 2100,
            "arrivals.third_country_share": 1.0,
            "removal.willing_share": 1.0,
            f"{SENTENCING}.least_served_days": 0.0,
            **band("third_country", constant(length)),
            **cooperation(START, END),
            **(changes or {}),
        },
    )


def cohort(length: float = 100, changes: dict[str, Any] | None = None) -> Cohort:
    return draw_cohort(world(length, changes), Chance(1))


def parole(half: float, two_thirds: float) -> list[dict[str, Any]]:
    return [_parole(START, END, half, two_thirds)]


def _parole(first: date, last: date, half: float, two_thirds: float) -> dict[str, Any]:
    full = 1 - half - two_thirds
    return {"from": first, "until": last, "half_share": half, "two_thirds_share": two_thirds,
            "full_share": full}  # fmt: skip


def remanded(days: float, longest: float = 1.0, **more: Any) -> dict[str, Any]:
    values = {
        "remanded_share": 1.0,
        "remand_days": constant(days),
        "longest_fraction": longest,
        **more,
    }
    return {f"{REMAND}.{key}": value for key, value in values.items()}


def test_at_liberty_people_wait_until_they_are_called() -> None:
    """Judgment, 30 days of appeal, 50 until called, 100 served."""
    people = cohort(
        changes={
            f"{REMAND}.appealed_share": 1.0,
            f"{REMAND}.appeal_days": constant(30),
            f"{REMAND}.reporting_days": constant(50),
        }
    )
    judgment, sentence = people.arrived.judgment, people.sentence
    assert np.allclose(sentence.arrives, judgment)
    assert np.allclose(sentence.final, judgment + 30)
    assert np.allclose(sentence.custody, judgment + 80)
    assert np.allclose(sentence.end, judgment + 180)


def test_remand_counts_toward_the_sentence() -> None:
    people = cohort(changes=remanded(40))
    judgment, sentence = people.arrived.judgment, people.sentence
    assert np.allclose(sentence.custody, judgment - 40)
    assert np.allclose(sentence.arrives, np.maximum(judgment - 40, 0))
    assert np.allclose(sentence.end, judgment + 60)


def test_remand_lasts_a_fraction_of_the_sentence_at_most() -> None:
    people = cohort(changes=remanded(400, longest=0.6))
    assert np.allclose(people.sentence.custody, people.arrived.judgment - 60)


def test_who_has_served_it_all_on_remand_leaves_at_judgment() -> None:
    """60 days of remand, half of 100 to serve; an appeal cannot be final later than that."""
    changes = remanded(400, 0.6, appealed_share=1.0, appeal_days=constant(90))
    people = cohort(changes={**changes, f"{SENTENCING}.parole": parole(1.0, 0.0)})
    judgment, sentence = people.arrived.judgment, people.sentence
    assert np.allclose(sentence.end, judgment)
    assert np.allclose(sentence.final, judgment)


def test_remand_goes_on_during_the_appeal() -> None:
    people = cohort(changes=remanded(40, appealed_share=1.0, appeal_days=constant(30)))
    assert np.allclose(people.sentence.final, people.arrived.judgment + 30)
    assert np.allclose(people.sentence.end, people.arrived.judgment + 60)


@pytest.mark.parametrize(
    ("length", "fraction", "least", "served"),
    [
        (300, 1 / 2, 0, 150),
        (300, 2 / 3, 0, 200),
        (300, 1.0, 0, 300),
        (100, 1 / 2, 60, 60),  # half would be 50
        (100, 2 / 3, 60, 200 / 3),
        (40, 1 / 2, 60, 40),  # shorter than the least: served in full
    ],
)
def test_parole_is_by_fraction_and_never_before_the_least(
    length: float, fraction: float, least: float, served: float
) -> None:
    rule = parole(float(fraction == 1 / 2), float(fraction == 2 / 3))
    changes = {f"{SENTENCING}.parole": rule, f"{SENTENCING}.least_served_days": float(least)}
    people = cohort(length, changes)
    assert np.allclose(people.sentence.end - people.sentence.custody, served)


def test_parole_is_by_the_rule_of_the_final_day() -> None:
    change = date(2027, 1, 1)
    rules = [_parole(START, change, 1.0, 0.0), _parole(change, END, 0.0, 1.0)]
    people = cohort(
        changes={
            f"{SENTENCING}.parole": rules,
            f"{REMAND}.appealed_share": 1.0,
            f"{REMAND}.appeal_days": constant(200),
        }
    )
    late = people.sentence.final >= world().day(change)
    judged_before = people.arrived.judgment < world().day(change)
    assert (late & judged_before).any()
    assert np.allclose(people.sentence.fraction, np.where(late, 2 / 3, 1 / 2))


def test_parole_shares_are_kept() -> None:
    people = cohort(changes={f"{SENTENCING}.parole": parole(0.5, 0.3)})
    for fraction, share in ((1 / 2, 0.5), (2 / 3, 0.3), (1.0, 0.2)):
        mean = np.mean(people.sentence.fraction == fraction)
        assert abs(mean - share) < 4 * np.sqrt(share * (1 - share) / people.size)


def test_preventive_custody_and_life_have_no_parole() -> None:
    special = f"{SENTENCING}.special"
    people = cohort(
        changes={
            f"{SENTENCING}.parole": parole(1.0, 0.0),
            f"{special}.preventive_custody_share": 0.3,
            f"{special}.preventive_custody_days": constant(3000),
            f"{special}.life_share": 0.2,
            f"{special}.life_days": constant(5000),
        }
    )
    sentence = people.sentence
    for kind, days, served in (
        (PRISON, 100, 50), (PREVENTIVE_CUSTODY, 3000, 3000), (LIFE, 5000, 5000),
    ):  # fmt: skip
        mine = sentence.kind == kind
        assert mine.any()
        assert np.allclose(sentence.length[mine], days)
        assert np.allclose((sentence.end - sentence.custody)[mine], served)


def removal_rule(**values: Any) -> dict[str, Any]:
    rule = {
        "used_share": 1.0,
        "served_fraction": 0.3,
        "longest_sentence_days": 122.0,
        "periods": [{"from": START, "until": END, "reason": "a test"}],
        **values,
    }
    return {f"{SENTENCING}.straight_removal.{key}": value for key, value in rule.items()}


def test_short_sentences_are_interrupted_for_removal() -> None:
    sentence = cohort(changes=removal_rule()).sentence
    assert (sentence.ending == REMOVED_EARLY).all()
    assert np.allclose(sentence.leaves, sentence.custody + 30)


def test_nobody_is_removed_early_before_the_judgment_is_final() -> None:
    """Thirty of the hundred days are over before the judgment; the appeal takes ten after it."""
    changes = remanded(40, appealed_share=1.0, appeal_days=constant(10)) | removal_rule()
    people = cohort(changes=changes)
    mine = (people.sentence.custody > 0) & (people.sentence.final < world().horizon)
    assert (people.sentence.ending == REMOVED_EARLY)[mine].all()
    assert np.allclose(people.sentence.leaves[mine], people.arrived.judgment[mine] + 10)


@pytest.mark.parametrize(
    "exception",
    [
        {"removal.willing_share": 0.0},
        {f"{SENTENCING}.straight_removal.longest_sentence_days": 99.0},
        {f"{SENTENCING}.straight_removal.periods": []},
        {f"{SENTENCING}.straight_removal.served_fraction": 1.0},
        cooperation(START, END, regime="limited"),
    ],
    ids=["unwilling", "too long", "no rule", "served anyway", "origin"],
)
def test_straight_removal_has_its_conditions(exception: dict[str, Any]) -> None:
    assert (cohort(changes={**removal_rule(), **exception}).sentence.ending == RELEASED).all()


def test_straight_removal_only_in_its_period() -> None:
    change = date(2027, 1, 1)
    periods = [{"from": START, "until": change, "reason": "a test"}]
    people = cohort(changes=removal_rule(periods=periods))
    before = people.sentence.final < world().day(change)
    assert ((people.sentence.ending == REMOVED_EARLY) == before).all()


def home(days: float = 40, **values: Any) -> dict[str, Any]:
    rule = {
        "transferred_share": 1.0,
        "shortest_sentence_days": 100.0,
        "processing_days": constant(days),
        **values,
    }
    return {f"{SENTENCING}.transfer_to_origin.{key}": value for key, value in rule.items()}


def test_transfer_home_comes_after_its_processing() -> None:
    sentence = cohort(changes=home()).sentence
    assert (sentence.ending == HOME_TRANSFER).all()
    assert np.allclose(sentence.leaves, sentence.custody + 40)
    assert np.allclose(sentence.end, sentence.custody + 100)


@pytest.mark.parametrize(
    "exception",
    [home(days=101), home(shortest_sentence_days=101.0), cooperation(START, END, regime="refuses")],
    ids=["too slow", "too short", "origin"],
)
def test_transfer_home_has_its_conditions(exception: dict[str, Any]) -> None:
    assert (cohort(changes={**home(), **exception}).sentence.ending == RELEASED).all()


def test_danes_are_not_sent_home() -> None:
    stream = {"group": "dual_national", "only_a_year_or_more": False,
              "per_year": [{"from": START, "until": END, "value": 50}]}  # fmt: skip
    people = cohort(changes={**home(), **removal_rule(), "arrivals.additional.duals": stream})
    duals = people.arrived.group == DUAL_NATIONAL
    assert duals.any()
    assert (people.sentence.ending[duals] == RELEASED).all()
    assert (people.sentence.ending[~duals] != RELEASED).all()


def test_whatever_comes_first_ends_the_sentence() -> None:
    """Removal after 30 days, transfer home after 20: the transfer; and death before all."""
    assert (cohort(changes={**removal_rule(), **home(20)}).sentence.ending == HOME_TRANSFER).all()
    changes = {**removal_rule(), **home(20), "arrivals.deaths_per_year": 20.0}
    sentence = cohort(changes=changes).sentence
    died = sentence.ending == DIED
    assert 0 < died.sum() < len(died)
    assert (died == (sentence.death < sentence.custody + 20)).all()
    assert np.array_equal(sentence.leaves[died], sentence.death[died])
    assert np.allclose(sentence.leaves[~died], sentence.custody[~died] + 20)


def test_lifetimes_are_exponential_from_arrival() -> None:
    sentence = cohort(changes={"arrivals.deaths_per_year": 0.5}).sentence
    years = (sentence.death - sentence.arrives) / 365.25
    assert abs(years.mean() - 2) < 4 * 2 / np.sqrt(len(years))
    assert np.isinf(cohort().sentence.death).all()


def test_eu_citizens_cooperate_and_are_neither_ill_nor_terrorists() -> None:
    special = f"{SENTENCING}.special"
    people = cohort(
        changes={
            "arrivals.third_country_share": 0.5,
            "removal.willing_share": 0.0,
            f"{special}.terror_or_war_crime_share": 1.0,
            f"{special}.health_excluded_share": 1.0,
        }
    )
    third = people.arrived.group == THIRD_COUNTRY
    assert 0 < third.sum() < people.size
    assert (people.sentence.willing == ~third).all()
    assert (people.sentence.terror == third).all()
    assert (people.sentence.ill == third).all()


def test_regimes_hold_from_their_first_day() -> None:
    steps = [
        {"from": START, "until": date(2027, 1, 1), "regime": "refuses", "forced_feasibility": 0.0},
        {"from": date(2027, 1, 1), "until": END, "regime": "limited", "forced_feasibility": 0.5},
    ]
    scenario = world(changes={"origins.iran.cooperation": steps})
    iran, albania = (list(scenario.origins).index(name) for name in ("iran", "albania"))
    days = np.array([-5.0, 0.0, 364.999, 365.0, 9_999.0, 365.0])
    found = regime_at(scenario, np.array([iran] * 5 + [albania]), days)
    assert [REGIMES[code] for code in found] == [
        "refuses", "refuses", "refuses", "limited", "limited", "cooperates",
    ]  # fmt: skip
