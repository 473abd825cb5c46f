"""What serving abroad changes: the same luck, other thresholds, and nobody who was never there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from sim.people.arrivals import THIRD_COUNTRY
from sim.results.outcomes import outcomes_of
from sim.results.run import Run
from sim.scenario.errors import ScenarioError
from sim.scenario.schema import Scenario
from sim.scenario.transfer import Effects
from sim.verification.told import Told
from sim.world.simulate import Replication, simulate
from sim.world.stages import Exit, Stay
from tests.helpers.strategies import SEEDS, scenarios
from tests.helpers.worlds import constant, small

SEED = 5
#: Hands and places for all, abroad, too, so that many are flown out, and nobody waits for anyone.
PLENTY: dict[str, Any] = {
    "arrivals.judgments_per_year": 160,
    "rented_prison.places": 100,
    "rented_prison.first_intake_places": 100,
    "transfer.rotations_per_week": 2.0,
    "transfer.seats": 20,
    "removal.case_workers": 1_000_000,
    "removal.escort_teams": 1_000_000,
    "detention.places": 1_000_000,
}
#: So much that anyone who is flown out meets it.
STRONG = {"willing": 0.0, "feasibility": 0.0, "document_delay": 3.0, "permit": 0.0}


def factors(**values: float) -> dict[str, float]:
    return {f"rented_prison.effects.{name}_factor": value for name, value in values.items()}


def world(**values: float) -> Scenario:
    return small().change({**PLENTY, **factors(**values)})


def run(seed: int = SEED, **values: float) -> Replication:
    return simulate(world(**values), seed)


def lives_of(one: Replication) -> dict[int, list[tuple[str, float, float]]]:
    """Return all that is logged of each person."""
    found: dict[int, list[tuple[str, float, float]]] = {}
    for track in ("stays", "cases", "limbo"):
        rows = np.array(getattr(one.log, track), float).reshape(-1, 3)
        for who, what, day in rows.tolist():
            found.setdefault(int(who), []).append((track, what, day))
    return found


# ---------------------------------------------------------------- no effect


@settings(max_examples=10)
@given(scenario=scenarios(), seed=SEEDS)
def test_factors_of_one_leave_the_log_as_it_was(scenario: Scenario, seed: int) -> None:
    """Also where everyone flown out is changed into who they are."""
    same = scenario.change(factors(willing=1.0, feasibility=1.0, document_delay=1.0, permit=1.0))
    before = simulate(same, seed, engine="simpy")
    assert before.cohort.abroad is None
    assert before.log.changed == []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Effects, "none", False)
        after = simulate(same, seed, engine="simpy")
    assert (before.log.stays, before.log.cases, before.log.limbo) == (
        after.log.stays, after.log.cases, after.log.limbo
    )  # fmt: skip


def test_without_the_agreement_no_factor_changes_anything() -> None:
    idle = world().change({"rented_prison.in_use": False})
    assert simulate(idle, SEED).log == simulate(idle.change(factors(**STRONG)), SEED).log


def test_where_nobody_is_removed_there_is_nothing_to_change() -> None:
    from sim.scenario.files import load

    cohort = simulate(load("norgerhaven", factors(**STRONG)), 1).cohort
    assert cohort.abroad is None


# ---------------------------------------------------------------- who is changed


def test_only_those_who_serve_abroad_before_their_case_is_examined_are_changed() -> None:
    before, after = run(), run(**STRONG)
    told = Told(before)
    flown = set(told.spans(Stay.RENTED_PRISON).who.tolist())
    changed = set(after.log.changed)
    assert changed <= flown
    assert 20 < len(changed) < before.cohort.size / 2
    cohort = before.cohort
    assert (cohort.arrived.group[sorted(changed)] == THIRD_COUNTRY).all()
    spans = told.spans(Stay.RENTED_PRISON)
    first = np.full(cohort.size, np.inf)
    np.minimum.at(first, spans.who, spans.begins)
    for who in flown - changed:
        assert cohort.sentence.ending[who] or told.examined_at[who] <= first[who]
    ours, theirs = lives_of(before), lives_of(after)
    same = [ours[who] == theirs[who] for who in set(ours) - changed]
    assert all(same)
    assert any(ours[who] != theirs[who] for who in changed)


def test_nothing_differs_until_the_first_is_flown_out() -> None:
    before, after = run(), run(**STRONG)
    opens = before.cohort.service.opens
    ours, theirs = (np.array(one.log.stays).reshape(-1, 3) for one in (before, after))
    ours, theirs = ours[ours[:, 2] < opens], theirs[theirs[:, 2] < opens]
    assert len(ours) > 100
    assert np.array_equal(ours, theirs)


# ---------------------------------------------------------------- how, to the exact answer


def test_thresholds_move_and_luck_stays() -> None:
    """Of two worlds, the willing of the one are among those of the other."""
    drawn = run().cohort
    none, few, more, all_ = (
        run(willing=factor).cohort.abroad.willing for factor in (0.0, 0.5, 1.5, 1000.0)
    )
    third = drawn.arrived.group == THIRD_COUNTRY
    assert not none[third].any()
    assert all_.all()
    assert not (few & ~drawn.sentence.willing).any()
    assert not (drawn.sentence.willing & ~more).any()
    share = world().removal.willing_share
    for willing, factor in ((few, 0.5), (more, 1.5)):
        sigma = np.sqrt(share * factor * (1 - share * factor) / third.sum())
        assert abs(willing[third].mean() - share * factor) < 4 * sigma
    assert run(permit=2.0).cohort.abroad.willing.tolist() == drawn.sentence.willing.tolist()


def test_documents_take_so_many_times_as_long() -> None:
    told = Told(run(document_delay=3.0, willing=1000.0))
    changed = np.array(told.log.changed)
    asked = told.examined_at[changed]
    issued = told.document_at[changed]
    seen = (issued < np.minimum(told.left[changed], told.horizon)) & (asked < told.horizon)
    delay = told.drawn.after.document_delay[changed]
    assert seen.sum() > 10
    assert issued[seen] - asked[seen] == pytest.approx(3 * delay[seen])


def test_without_feasibility_the_unwilling_never_have_a_document() -> None:
    before, after = Told(run()), Told(run(feasibility=0.0))
    changed = np.array(after.log.changed)
    unwilling = changed[~after.cohort.sentence.willing[changed]]
    assert np.isinf(after.document_at[unwilling]).all()
    assert np.isfinite(before.document_at[unwilling]).any()
    willing = changed[after.cohort.sentence.willing[changed]]
    assert np.array_equal(before.document_at[willing], after.document_at[willing])


def test_protected_people_stay_protected_whatever_is_feasible() -> None:
    told = Told(run(feasibility=1000.0))
    changed = np.array(told.log.changed)
    after, unwilling = told.cohort.after, ~told.cohort.sentence.willing
    safe = changed[after.protected[changed] & unwilling[changed]]
    assert len(safe) > 2
    assert np.isinf(told.document_at[safe]).all()


def test_no_permits_follow_where_none_are_given() -> None:
    """Permits are all there is to end a stay in the centre: with none, everyone stays."""
    only_permits = {
        "removal.willing_share": 0.0,
        "detention.detained_if_cooperates_share": 0.0,
        "detention.detained_if_limited_share": 0.0,
        "departure_centre.permit_per_review": 0.2,
        "departure_centre.never_reports_share": 0.0,
        "departure_centre.tolerated_absconds_per_year": 0.0,
        "departure_centre.early_permit_share": 0.0,
        "departure_centre.order_lifted_per_year": 0.0,
        "departure_centre.leaves_voluntarily_per_year": 0.0,
    }
    permits = []
    for factor in (0.0, 0.2, 1.0, 2.0):
        told = Told(simulate(world(permit=factor, feasibility=0.0).change(only_permits), SEED))
        changed = np.array(told.log.changed)
        permits.append(int(np.sum(told.exit_of[changed] == Exit.PERMIT)))
    assert permits[0] == 0
    assert permits == sorted(permits)
    assert permits[1] < permits[2] < permits[3]


# ---------------------------------------------------------------- which way results go


@pytest.mark.parametrize(
    ("name", "values", "outcome", "rises"),
    [
        ("willing", (0.0, 1.0, 2.0), "removed_1y", True),
        ("willing", (0.0, 1.0, 2.0), "limbo", False),
        ("feasibility", (0.0, 1.0, 3.0), "limbo", False),
        ("document_delay", (0.2, 1.0, 8.0), "removed_at_release", False),
    ],
)
def test_results_follow_each_factor_one_way(
    name: str, values: tuple[float, ...], outcome: str, rises: bool
) -> None:
    means = []
    for value in values:
        measured = [outcomes_of(Run(run(seed, **{name: value})))[outcome] for seed in (1, 2, 3)]
        means.append(np.mean(measured))
    steps = np.diff(means) if rises else -np.diff(means)
    assert (steps > 0).all(), means


def test_tables_say_who_people_are_in_the_end() -> None:
    after = run(willing=0.0)
    table = Run(after).people
    changed = np.zeros(len(table), bool)
    changed[after.log.changed] = True
    assert not table["willing"][changed].any()
    assert table["willing"][~changed].equals(Run(run()).people["willing"][~changed])


def test_factors_are_multiples() -> None:
    for value in (-0.5, 2000.0):
        with pytest.raises(
            ScenarioError, match=r"willing_factor: .*should be at (least 0|most 1000)"
        ):
            small().change(factors(willing=value))


def test_a_case_examined_before_the_flight_is_left_as_at_home() -> None:
    """Where cases open years before the end, all are examined before anyone is flown out."""
    early = {"removal.case_opens_before_end_days": 100_000.0, "removal.case_work_days": constant(0)}
    one = simulate(world(**STRONG).change(early), SEED)
    assert len(Told(one).boardings) > 20
    assert one.log.changed == []
    assert one.cohort.abroad is not None
