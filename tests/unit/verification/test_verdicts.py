"""Every check of `prisonflow verify` holds in a busy little world, and fails once it is spoilt.

A world is spoilt in one of three ways: its log or its people are changed, it is judged by another
scenario than the one that was simulated, or what makes its tables is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from markupsafe import escape
from scipy import integrate, stats

from sim.people.sentence import ENDINGS
from sim.results.run import Run
from sim.scenario.distributions import (
    BoundedExponential,
    Constant,
    Exponential,
    LogNormal,
    Triangular,
    Uniform,
)
from sim.scenario.schema import Scenario
from sim.verification import CHECKS, GROUPS, Check, Verification, judge, queueing, verify
from sim.verification import check as checks
from sim.verification.laws import (
    binomial_p,
    kolmogorov_smirnov,
    law_of,
    mixture,
    poisson_p,
)
from sim.verification.people import WAYS
from sim.verification.told import Told
from sim.world.places import Places
from sim.world.simulate import Replication, simulate
from sim.world.stages import CaseStage, Exit, Stay
from sim.world.world import FIRST_EXIT, Log
from tests.helpers.worlds import (
    END,
    START,
    band,
    constant,
    cooperation,
    exponential,
    small,
    uniform,
)

SEED = 3


@pytest.fixture(scope="module")
def world() -> Scenario:
    """A world in which every check finds something to check."""
    duals = {
        "group": "dual_national",
        "only_a_year_or_more": True,
        "per_year": [{"from": START, "until": END, "value": 10}],
    }
    pandemic = [
        {"from": START, "until": date(2029, 1, 1), "value": 1.0},
        {"from": date(2029, 1, 1), "until": date(2030, 6, 1), "value": 0.5},
        {"from": date(2030, 6, 1), "until": END, "value": 1.0},
    ]
    return small().change(
        {
            "stress_test": True,
            "arrivals.published_until_year": START.year + 2,
            "arrivals.additional.duals": duals,
            "staying.stays_share": 0.3,
            "staying.stopped_per_year": 5.0,
            "staying.onward_per_year": 0.5,
            "staying.asylum_share": 0.3,
            "removal.direct_share": 0.8,
            "removal.carried_out_share": pandemic,
            "removal.escort_days": uniform(10, 40),
            "detention.places": 1,
            "departure_centre.order_lifted_per_year": 0.3,
        }
    )


@pytest.fixture(scope="module")
def replications(world: Scenario) -> list[Replication]:
    return [simulate(world, SEED, number) for number in range(2)]


@pytest.fixture(scope="module")
def found(world: Scenario) -> Verification:
    return verify(world, 2, SEED)


@pytest.fixture(autouse=True)
def _fresh_engine() -> Iterator[None]:
    """The engine is simulated once in a process; here it changes."""
    engine = (queueing._erlang_a, queueing._erlang_b, queueing._erlang_c)
    yield
    for simulated in engine:
        simulated.cache_clear()


# ---------------------------------------------------------------- ways to spoil a world


def logged(kind: str, change: Callable[[np.ndarray, Told], np.ndarray]) -> Spoil:
    """Change a log, rows of person, code and day (of limbo: person, first and last day)."""

    def spoil(one: Replication, _: pytest.MonkeyPatch) -> Told:
        logs = {name: list(getattr(one.log, name)) for name in ("stays", "cases", "limbo")}
        table = np.array(logs[kind], float).reshape(-1, 3)
        logs[kind] = change(table, Told(one)).ravel().tolist()
        return Told(replace(one, log=Log(**logs)))

    return spoil


def people(part: str, **columns: Callable[[np.ndarray, Told], Any]) -> Spoil:
    """Change columns of a part of the cohort."""

    def spoil(one: Replication, _: pytest.MonkeyPatch) -> Told:
        old = getattr(one.cohort, part)
        new = {name: change(getattr(old, name), Told(one)) for name, change in columns.items()}
        changed = {name: np.asarray(column) for name, column in new.items()}
        return Told(replace(one, cohort=replace(one.cohort, **{part: replace(old, **changed)})))

    return spoil


def judged_by(changes: dict[str, Any]) -> Spoil:
    """Judge the run by another scenario than the one simulated."""
    return lambda one, _: Told(replace(one, scenario=one.scenario.change(changes)))


def told_as(change: Callable[[Run], Any]) -> Spoil:
    """Change the run as users see it, but not its log."""

    def spoil(one: Replication, _: pytest.MonkeyPatch) -> Told:
        told = Told(one)
        change(told.run)
        return told

    return spoil


def allocator(kind: type[Places]) -> Spoil:
    """Let the engine be simulated with another allocator."""

    def spoil(one: Replication, patch: pytest.MonkeyPatch) -> Told:
        for simulated in (queueing._erlang_a, queueing._erlang_b, queueing._erlang_c):
            simulated.cache_clear()
        patch.setattr(queueing, "Places", kind)
        return Told(one)

    return spoil


Spoil = Callable[[Replication, pytest.MonkeyPatch], Told]


class OneMore(Places):
    """Places that are one more than they should be."""

    __slots__ = ()

    def __init__(self, env: Any, capacity: int) -> None:
        super().__init__(env, capacity + 1)


# ---------------------------------------------------------------- what is done to a log


def _where(rows: np.ndarray, code: int) -> int:
    """Return a row in the middle of those with a code."""
    found = np.flatnonzero(rows[:, 1] == code)
    assert len(found), f"nothing with the code {code}"
    return int(found[len(found) // 2])


def _later(rows: np.ndarray, at: int, days: float) -> np.ndarray:
    rows[at, 2] += days
    return rows


def _coded(rows: np.ndarray, at: int, code: int) -> np.ndarray:
    rows[at, 1] = code
    return rows


def _twice(rows: np.ndarray, at: int) -> np.ndarray:
    return np.vstack([rows, rows[at : at + 1]])


def _without(rows: np.ndarray, who: float) -> np.ndarray:
    return rows[rows[:, 0] != who]


def _longest_inside(told: Told) -> int:
    return int(np.argmax(np.minimum(told.left, told.horizon) - told.cohort.sentence.arrives))


def _first_stay(rows: np.ndarray, told: Told) -> np.ndarray:
    """Let someone who stays long arrive a day late."""
    at = np.flatnonzero(rows[:, 0] == _longest_inside(told))[0]
    return _later(rows, int(at), 1.0)


def _cut_short(rows: np.ndarray, told: Told) -> np.ndarray:
    """Let someone whose sentence is cut short leave a day earlier than that."""
    cut = np.flatnonzero((told.cohort.sentence.ending == 2) & np.isfinite(told.left))
    at = np.flatnonzero((rows[:, 0] == cut[0]) & (rows[:, 1] >= FIRST_EXIT))[0]
    return _later(rows, int(at), -1.0)


def _from_prison(rows: np.ndarray, told: Told) -> np.ndarray:
    """Let someone travel on from a Danish prison as if it were Kosovo."""
    exits = np.flatnonzero(rows[:, 1] == FIRST_EXIT + Exit.LEFT_VOLUNTARILY)
    return _coded(rows, int(exits[0]), FIRST_EXIT + Exit.ONWARD_TRAVEL)


def _citizen_removed(rows: np.ndarray, told: Told) -> np.ndarray:
    exits = np.flatnonzero(rows[:, 1] == FIRST_EXIT + Exit.RELEASED)
    return _coded(rows, int(exits[0]), FIRST_EXIT + Exit.REMOVED)


def _no_case(rows: np.ndarray, told: Told) -> np.ndarray:
    return _without(rows, rows[_where(rows, CaseStage.IDENTIFICATION), 0])


def _early_documents(rows: np.ndarray, told: Told) -> np.ndarray:
    """Let documents be there as soon as they are asked for."""
    for who in np.unique(rows[:, 0]):
        mine = rows[:, 0] == who
        asked = rows[mine & (rows[:, 1] == CaseStage.TRAVEL_DOCUMENT), 2]
        if len(asked):
            rows[mine & (rows[:, 1] == CaseStage.READY), 2] = asked.min()
    return rows


def _limbo_in_detention(rows: np.ndarray, told: Told) -> np.ndarray:
    spans = told.spans(Stay.DETENTION)
    at = int(np.argmax(np.minimum(spans.ends, told.horizon) - spans.begins))
    return np.vstack([rows, [spans.who[at], spans.begins[at], spans.ends[at]]])


def _short_spells(run: Run) -> None:
    """Let the tables end every stay in the departure centre a day early."""
    stays = run.records.stays
    end = np.where(stays.code == Stay.DEPARTURE_CENTRE, stays.end - 1, stays.end)
    run.records = replace(run.records, stays=replace(stays, end=end))


def _double(column: str) -> Callable[[Run], None]:
    def change(run: Run) -> None:
        run._costs[column] *= 2

    return change


def _more_places(run: Run) -> None:
    run.rented_places = lambda days: np.full(len(days), 99.0)  # type: ignore[method-assign]


def _free_hands(name: str) -> Spoil:
    return judged_by({f"removal.{name}": 1000})


def _all(value: Any) -> Callable[[np.ndarray, Told], np.ndarray]:
    return lambda column, _: np.full_like(column, value)


def _plus(days: float) -> Callable[[np.ndarray, Told], np.ndarray]:
    return lambda column, _: column + days


def _closing_early(one: Replication, _: pytest.MonkeyPatch) -> Told:
    service = one.cohort.service
    return Told(replace(one, cohort=replace(one.cohort, service=replace(
        service, closes=service.opens + 300, drains=service.opens + 200))))  # fmt: skip


# ---------------------------------------------------------------- each check can fail

SPOILS: dict[str, Spoil] = {
    "one_stay_at_a_time": logged("stays", _first_stay),
    "days_spent_add_up": logged("stays", _first_stay),
    "exits_come_once_and_last": logged(
        "stays", lambda rows, _: _twice(rows, _where(rows, FIRST_EXIT + Exit.REMOVED))
    ),
    "population_balances": logged(
        "stays", lambda rows, told: _without(rows, _longest_inside(told))
    ),
    "people_go_only_where_the_flow_leads": logged(
        "stays", lambda rows, _: _coded(rows, _where(rows, Stay.WAITING_LIST), Stay.AT_LARGE)
    ),
    "people_leave_from_where_they_can": logged("stays", _from_prison),
    "people_leave_as_their_sentence_ends": logged("stays", _cut_short),
    "nobody_acts_after_death": people(
        "sentence", death=lambda _, told: np.where(np.isfinite(told.left), told.left - 1, np.inf)
    ),
    "the_agreement_runs_its_time": _closing_early,
    "rented_places_are_never_exceeded": judged_by(
        {"rented_prison.places": 5, "rented_prison.first_intake_places": 5}
    ),
    "everyone_is_out_when_it_closes": _closing_early,
    "nobody_holds_a_place_abroad_unseen": told_as(_more_places),
    "people_fly_on_flights": judged_by({"transfer.seats": 1}),
    "free_seats_and_places_are_filled_in_order": judged_by(
        {"transfer.priority": [{"from": START, "until": END, "rule": "longest_remaining_first"}]}
    ),
    "detention_places_are_never_exceeded": judged_by({"detention.places": 0}),
    "nobody_waits_for_a_detention_place_while_one_is_free": judged_by({"detention.places": 2}),
    "host_detention_is_never_exceeded": judged_by({"staying.detention_places": 0}),
    "case_workers_are_never_exceeded": judged_by({"removal.case_workers": 0}),
    "no_case_worker_is_idle": _free_hands("case_workers"),
    "escort_teams_are_never_exceeded": judged_by({"removal.escort_teams": 0}),
    "no_escort_team_is_idle": _free_hands("escort_teams"),
    "times_are_in_order": people("sentence", final=_plus(-30)),
    "sentences_last_as_the_rules_say": judged_by({"sentencing.least_served_days": 70}),
    "enough_is_left_of_the_sentence": judged_by({"transfer.least_remaining_days": 400}),
    "nobody_waits_in_vain": judged_by({"transfer.least_remaining_days": 400}),
    "nobody_is_transferred_who_is_not_eligible": people("arrived", woman=_all(True)),
    "nobody_is_detained_longer_than_the_limit": people("after", detention_limit=_all(2.0)),
    "removal_from_liberty_goes_by_way_of_detention": people("after", removal_days=_plus(1)),
    "people_under_duties_live_in_one_place": people("after", lives_elsewhere=lambda c, _: ~c),
    "permits_come_early_or_at_a_review": people("after", permit_at=_plus(1)),
    "duties_are_settled_as_drawn": people("after", settled_after=_plus(-1)),
    "people_gone_are_found_or_their_case_is_closed": judged_by(
        {"departure_centre.found_again_share": 0.9}
    ),
    "nobody_is_detained_before_the_sentence_is_over": people("sentence", leaves=_plus(1)),
    "nobody_willing_is_detained_once_the_document_is_there": logged("cases", _early_documents),
    "nobody_is_detained_without_a_prospect": logged("limbo", _limbo_in_detention),
    "nobody_is_detained_unexamined": people("after", case_work_days=_plus(400)),
    "danish_citizens_are_neither_expelled_nor_detained": logged("stays", _citizen_removed),
    "everyone_to_be_removed_has_one_case": logged("cases", _no_case),
    "nobody_is_removed_before_the_document": people("after", protected=_all(True)),
    "documents_come_after_the_request_and_its_delay": people("after", document_delay=_plus(1)),
    "documents_come_only_where_the_origin_issues_them": people("after", luck=_all(0.97)),
    "limbo_comes_after_the_sentence_and_before_the_exit": people("sentence", willing=_all(True)),
    "littles_law": told_as(_short_spells),
    "littles_law_observed": told_as(_short_spells),
    "costs_follow_from_days_and_prices": told_as(_short_spells),
    "items_add_up_to_the_total": told_as(_double("eur_million")),
    "same_seed_gives_the_same_run": logged("stays", lambda rows, _: _later(rows, 9, 1e-9)),
    "replications_differ": lambda one, _: Told(simulate(one.scenario, one.seed, 1)),
    "policy_leaves_people_alone": people("after", luck=_plus(1e-9)),
    "published_judgments_arrive": judged_by({"arrivals.judgments_per_year": 81}),
    "assumed_judgments_scatter_as_stated": judged_by({"arrivals.judgments_per_year": 150}),
    "shares_are_those_of_the_scenario": judged_by({"arrivals.women_share": 0.2}),
    "durations_follow_their_laws": judged_by({"arrivals.age_years": exponential(30)}),
    "rates_are_those_of_the_scenario": judged_by(
        {"departure_centre.breach_sentences_per_year": 4.0}
    ),
    "repeated_stays_follow_their_laws": judged_by(
        {"departure_centre.breach_sentence_days": uniform(50, 60)}
    ),
    "numbers_at_liberty": judged_by({"sentencing.remand.reporting_days": constant(900)}),
    "numbers_serving": judged_by({"arrivals.third_country_share": 0.05}),
    "places_follow_erlang_b": allocator(OneMore),
    "places_follow_erlang_c": allocator(OneMore),
    "places_follow_erlang_a": allocator(OneMore),
}


def test_there_is_a_way_to_spoil_every_check() -> None:
    assert set(SPOILS) == {check.name for check in CHECKS}


def test_every_check_applies_and_holds_where_nothing_is_spoilt(found: Verification) -> None:
    table = found.table.set_index("check")
    assert set(table["verdict"]) == {"holds"}, table[table["verdict"] != "holds"]["why"].to_dict()
    assert (table["checked"] > 0).all()
    assert found
    assert found.holds


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_every_check_fails_once_its_world_is_spoilt(
    check: Check, replications: list[Replication], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = replications
    spoilt = SPOILS[check.name](first, monkeypatch)
    verdict = judge(check, [spoilt, Told(second)])
    assert verdict.verdict == "FAILS", verdict
    assert "cannot be worked out" not in verdict.why
    assert verdict.worst > verdict.tolerance
    assert verdict.why


def test_the_worst_is_told_with_person_day_and_replication(
    replications: list[Replication], monkeypatch: pytest.MonkeyPatch
) -> None:
    check = next(check for check in CHECKS if check.name == "enough_is_left_of_the_sentence")
    told = SPOILS[check.name](replications[1], monkeypatch)
    verdict = judge(check, [told])
    boarded = told.boardings
    left = told.cohort.sentence.end[boarded.who] - boarded.ends
    at = int(np.argmin(left))
    assert verdict.worst == pytest.approx(400 - left[at])
    assert verdict.unit == "days"
    assert str(told.cohort.arrived.person[boarded.who[at]]) in verdict.why
    assert str(told.scenario.date(boarded.ends[at])) in verdict.why
    assert "replication 1" in verdict.why


def test_records_that_cannot_be_read_fail(
    replications: list[Replication], monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt = logged("stays", lambda rows, _: _coded(rows, 0, 50))(replications[0], monkeypatch)
    check = next(c for c in CHECKS if c.name == "people_go_only_where_the_flow_leads")
    verdict = judge(check, [spoilt])
    assert verdict.verdict == "FAILS"
    assert "cannot be worked out: IndexError" in verdict.why


# ---------------------------------------------------------------- what applies, and what it says


def test_what_is_not_there_does_not_apply_and_says_why() -> None:
    found = verify(small().change({"rented_prison.in_use": False}), 1, SEED)
    assert found.holds
    table = found.table.set_index("check")
    for name, why in {
        "rented_places_are_never_exceeded": "nobody is flown to a rented prison",
        "people_fly_on_flights": "no prison is rented",
        "replications_differ": "there is one replication only",
        "host_detention_is_never_exceeded": "stress tests only",
        "published_judgments_arrive": "no whole year of the simulation is published",
    }.items():
        assert table.loc[name, "verdict"] == "does not apply"
        assert why in table.loc[name, "why"]
    assert table.loc[table["verdict"] == "does not apply", "worst"].isna().all()


def test_the_object_prints_as_a_table(found: Verification) -> None:
    text, page = repr(found), found._repr_html_()
    for check in CHECKS:
        assert check.title.split()[0] in text
        assert check.meaning.split(".")[0][:30] in " ".join(text.split())
    assert f"{len(CHECKS)} checks: {len(CHECKS)} hold, 0 fail, 0 do not apply" in text
    assert "at most 1 of 10,000" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 100
    assert page.count("<tr>") == len(CHECKS) + len(GROUPS) + 1, "heads, groups, checks"
    assert all(f"{escape(title)}</th>" in page for title in GROUPS.values())
    assert "<script" not in page


def test_a_failure_stands_out(
    replications: list[Replication], monkeypatch: pytest.MonkeyPatch, found: Verification
) -> None:
    check = next(check for check in CHECKS if check.name == "people_fly_on_flights")
    verdict = judge(check, [SPOILS[check.name](replications[0], monkeypatch)])
    broken = Verification(found.scenario, SEED, 1, (verdict,))
    assert not broken
    assert broken.failures == (verdict,)
    assert "FAILS: fly out beyond the seats" in repr(broken)
    assert "fly out beyond the seats" in broken._repr_html_()
    assert "1 checks: 0 hold, 1 fail" in broken.summary


def test_at_least_one_replication() -> None:
    with pytest.raises(ValueError, match="replications is 0: it must be at least 1"):
        verify(small(), 0)


def test_names_of_checks_and_groups_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "CHECKS", list(CHECKS))
    with pytest.raises(ValueError, match="group is unknown, or its name is taken"):
        checks.records("nowhere", "A title", "A meaning.")(lambda told: [])
    with pytest.raises(ValueError, match="group is unknown, or its name is taken"):

        @checks.records("places", "A title", "A meaning.")
        def people_fly_on_flights(told: Told) -> list[checks.Part]:
            return []


def test_an_added_function_is_a_check(
    replications: list[Replication], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "CHECKS", list(CHECKS))

    @checks.records("limits", "Nobody is young", "At least 18.", unit="years", tolerance=1.0)
    def nobody_is_young(told: Told) -> Iterator[checks.Part]:
        age = told.cohort.arrived.age
        yield checks.Part(np.maximum(18 - age, 0), "too young", np.arange(len(age)))

    verdict = judge(checks.CHECKS[-1], [Told(replications[0])])
    age = replications[0].cohort.arrived.age
    assert (verdict.check, verdict.checked) == ("nobody_is_young", len(age))
    assert verdict.worst == pytest.approx(max(18 - age.min(), 0))
    assert verdict.verdict == ("holds" if 18 - age.min() <= 1 else "FAILS")


def test_what_is_no_number_is_no_agreement(replications: list[Replication]) -> None:
    part = checks.Part(np.array([0.0, np.nan]), "something")
    found = checks._worst([(Told(replications[0]), part)], tolerance=1.0)
    assert not found.holds


def test_false_alarms_are_shared_out_over_all_tests_of_chance(found: Verification) -> None:
    """Each test may find fault so rarely that all together do in one of 10,000 verifications."""
    table = found.table
    tests = table[table["unit"] == "standard errors"]
    allowed = 2 * stats.norm.sf(tests["tolerance"].astype(float)) * tests["checked"]
    assert allowed.sum() == pytest.approx(checks.FALSE_ALARM)


def test_each_ending_of_a_sentence_has_its_way_out() -> None:
    assert len(WAYS) == len(ENDINGS)


def test_who_is_removed_while_waiting_for_the_flight_back_has_not_flown() -> None:
    """Found by the check of costs: such a day used to count as a rotation that carried someone."""
    full = {"half_share": 0.0, "two_thirds_share": 0.0, "full_share": 1.0}
    scenario = small().change(
        {
            **band("third_country", uniform(200, 390)),
            **cooperation(START, END),
            "removal.willing_share": 1.0,
            "sentencing.remand.remanded_share": 0.0,
            "sentencing.parole": [{"from": START, "until": END, **full}],
            "sentencing.straight_removal.used_share": 1.0,
            "sentencing.straight_removal.served_fraction": 0.65,
            "sentencing.straight_removal.longest_sentence_days": 400,
            "transfer.least_remaining_days": 120,
            "transfer.selection_days": constant(0),
            "rented_prison.return_before_end_days": 119,
            "rented_prison.places": 40,
        }
    )
    told = Told(simulate(scenario, 1, 1))
    waits = told.spans(Stay.RETURN_QUEUE)
    removed = told.exit_of[waits.who] == Exit.REMOVED_FROM_SHORT_SENTENCE
    assert np.sum(removed & (waits.ends == told.left[waits.who])) > 5
    check = next(c for c in CHECKS if c.name == "costs_follow_from_days_and_prices")
    verdict = judge(check, [told])
    assert verdict.verdict == "holds", verdict.why


def test_counts_where_none_are_expected() -> None:
    assert poisson_p(0, 0.0) == 1
    assert poisson_p(1, 0.0) == 0
    assert poisson_p(3, 3.0) == 1
    assert poisson_p(12, 3.0) == pytest.approx(2 * stats.poisson.sf(11, 3.0))
    assert binomial_p(0, 10, 0.0) == binomial_p(10, 10, 1.0) == 1
    assert binomial_p(1, 10, 0.0) == binomial_p(9, 10, 1.0) == 0
    assert binomial_p(9, 10, 0.5) == pytest.approx(2 * 11 / 2**10)


# ---------------------------------------------------------------- laws


@pytest.mark.parametrize(
    "declared",
    [
        Uniform(kind="uniform", low=2, high=9),
        Exponential(kind="exponential", mean=40),
        BoundedExponential(kind="bounded_exponential", low=7, high=91, mean=43.5),
        BoundedExponential(kind="bounded_exponential", low=0, high=10, mean=5),
        BoundedExponential(kind="bounded_exponential", low=730, high=5844, mean=1360),
        LogNormal(kind="lognormal", p05=20, p95=240),
        Triangular(kind="triangular", low=16, mode=24, high=62),
        Constant(value=3),
    ],
    ids=lambda declared: declared.kind,
)
def test_laws_have_the_declared_mean_and_quantiles(declared: Any) -> None:
    """The mean is the integral of what lies above each value, whatever the law."""
    law, u = law_of(declared), (np.arange(1000) + 0.5) / 1000
    high = float(law.ppf(np.array([1 - 1e-12]))[0])
    above = integrate.quad(lambda x: 1 - float(law.cdf(np.array([x]))[0]), 0, high, limit=500)[0]
    assert above == pytest.approx(declared.mean, rel=1e-5)
    assert law.ppf(u) == pytest.approx(declared.quantile(u), rel=1e-6)
    assert kolmogorov_smirnov(declared.quantile(u), law.cdf) > 0.999


def test_a_mixture_has_atoms_and_parts_that_never_come() -> None:
    law = mixture([0.25, 0.75], [law_of(Constant(value=0)), law_of(Constant(value=8))])
    assert law.cdf(np.array([-1.0, 0.0, 7.9, 8.0])) == pytest.approx([0, 0.25, 0.25, 1])
    assert law.ppf(np.array([0.1, 0.3])).tolist() == [0, 8]
    never = np.full(50, np.inf)
    assert kolmogorov_smirnov(never, lambda x: np.where(np.isinf(x), 1.0, 0.0)) == 1
    assert kolmogorov_smirnov(never, law.cdf) < 1e-9


def test_kolmogorov_smirnov_is_that_of_scipy() -> None:
    values = np.random.default_rng(1).uniform(size=80) ** 1.2
    exact = stats.kstest(values, "uniform", method="exact").pvalue
    assert kolmogorov_smirnov(values, stats.uniform.cdf) == pytest.approx(exact, rel=1e-3)
