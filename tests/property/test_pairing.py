"""Same people, same luck: what a seed fixes, and what a change may not touch."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import sim.people.cohort
from sim.people.cohort import Cohort
from sim.results.run import Run
from sim.scenario.schema import Scenario
from sim.verification.told import Told
from sim.world.simulate import simulate
from sim.world.stages import Stay
from tests.helpers.runs import tell
from tests.helpers.strategies import SEEDS, scenarios
from tests.helpers.worlds import small

SEED = 7
#: So much of everything that no one waits for anyone else, but for a flight and a place abroad.
PLENTY = {
    "removal.case_workers": 1_000_000,
    "removal.escort_teams": 1_000_000,
    "detention.places": 1_000_000,
}


def fingerprint(scenario: Scenario, seed: int, replication: int = 0) -> str:
    """Return a digest of every table of a run, byte by byte."""
    run = Run(simulate(scenario, seed, replication))
    digest = sha256()
    for table in (run.people, run.spells, run.exits, run.census(), run.queues(), run.costs()):
        digest.update(table.to_csv().encode())
    return digest.hexdigest()


def columns(cohort: Cohort) -> Iterator[tuple[str, np.ndarray]]:
    """Yield every column of a cohort by name."""
    for part in (cohort.arrived, cohort.sentence, cohort.eligibility, cohort.after):
        for field in fields(part):
            value = getattr(part, field.name)
            if isinstance(value, np.ndarray):
                yield field.name, value


def spells_of(told: Told, who: int) -> list[tuple[int, float]]:
    """Return all that befell a person, without the places in the log."""
    found = []
    for entries in (told.everything, told.cases):
        mine = entries.who == who
        found += list(zip(entries.code[mine].tolist(), entries.day[mine].tolist(), strict=True))
    return found


# ---------------------------------------------------------------- seeds


@pytest.mark.slow
@settings(max_examples=15)
@given(scenario=scenarios(), seed=SEEDS)
def test_same_seed_gives_the_same_bytes(scenario: Scenario, seed: int) -> None:
    assert fingerprint(scenario, seed) == fingerprint(scenario, seed)


def test_order_of_execution_changes_nothing() -> None:
    worlds = [small(), small().change({"rented_prison.places": 5})]
    cells = [(world, number) for world in worlds for number in range(3)]
    forward = [fingerprint(world, SEED, number) for world, number in cells]
    backward = [fingerprint(world, SEED, number) for world, number in reversed(cells)]
    assert forward == backward[::-1]
    assert len(set(forward)) == len(cells)


@pytest.mark.slow
def test_another_process_with_other_hashes_gives_the_same_bytes() -> None:
    code = (
        "from tests.property.test_pairing import SEED, fingerprint\n"
        "from tests.helpers.worlds import small\n"
        "print(fingerprint(small(), SEED))"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "12345", "PYTHONPATH": str(root)},
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == fingerprint(small(), SEED)


def test_replications_and_seeds_are_about_different_people() -> None:
    first, second, other = (
        simulate(small(), seed, number).cohort for seed, number in ((7, 0), (7, 1), (8, 0))
    )
    for cohort in (second, other):
        size = min(first.size, cohort.size)
        for name in ("luck", "age", "length", "death"):
            mine, theirs = (dict(columns(c))[name][:size] for c in (first, cohort))
            if np.isfinite(mine).all() and np.isfinite(theirs).all():
                assert not (mine == theirs).any()
                assert abs(np.corrcoef(mine, theirs)[0, 1]) < 4 / np.sqrt(size)


# ---------------------------------------------------------------- changes that touch nothing else


def test_a_new_cause_changes_no_other_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(small(), SEED)
    drawn = sim.people.cohort.draw_after_sentence

    def with_another(scenario, chance, arrived, sentence):  # type: ignore[no-untyped-def]
        another = arrived.draw("something nobody has thought of yet")
        assert len(another) == len(arrived.person)
        chance.of_world("and something that befalls the world")
        return drawn(scenario, chance, arrived, sentence)

    monkeypatch.setattr(sim.people.cohort, "draw_after_sentence", with_another)
    assert fingerprint(small(), SEED) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"rented_prison.places": 5},
        {"rented_prison.in_use": False},
        {"transfer.seats": 1, "transfer.rotations_per_week": 0.25},
        {"removal.case_workers": 3, "removal.escort_teams": 3},
        {"detention.places": 100},
        {"removal.direct_share": 1.0, "detention.in_rented_prison_share": 0.0},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_policy_leaves_people_and_their_luck_as_they_are(changes: dict[str, Any]) -> None:
    before, after = (
        dict(columns(tell(s, SEED).cohort)) for s in (small(), small().change(changes))
    )
    may_change = {"selected"} if "rented_prison.in_use" in changes else set()
    may_change |= {"direct", "detained_abroad"} if "removal.direct_share" in changes else set()
    for name, column in before.items():
        same = np.array_equal(column, after[name])
        assert same or name in may_change, name


@pytest.mark.parametrize("places", [0, 5, 40])
def test_rented_places_do_not_touch_people_who_are_never_listed(places: int) -> None:
    """With hands enough for all, who never comes into question lives through the same days."""
    before = tell(small().change(PLENTY), SEED)
    changes = {"rented_prison.places": places, "rented_prison.first_intake_places": 0}
    after = tell(small().change({**PLENTY, **changes}), SEED)
    listed = {who for told in (before, after) for who in told.spans(Stay.SELECTION).who.tolist()}
    assert 20 < len(listed) < before.cohort.size / 2
    for who in set(range(before.cohort.size)) - listed:
        assert spells_of(before, who) == spells_of(after, who)
    assert any(spells_of(before, who) != spells_of(after, who) for who in listed)


def test_case_workers_do_not_touch_people_without_a_case() -> None:
    before = tell(small().change(PLENTY), SEED)
    after = tell(small().change({**PLENTY, "removal.case_workers": 1}), SEED)
    touched = (
        set(before.cases.who.tolist())
        | set(after.cases.who.tolist())
        | {who for told in (before, after) for who in told.spans(Stay.WAITING_LIST).who.tolist()}
    )
    untouched = set(range(before.cohort.size)) - touched
    assert len(untouched) > 50
    for who in untouched:
        assert spells_of(before, who) == spells_of(after, who)
    assert any(spells_of(before, who) != spells_of(after, who) for who in touched)


@pytest.mark.parametrize("published_until", [2026, 2100])
def test_more_arrivals_keep_the_first_people_of_every_year(published_until: int) -> None:
    """Whether the number of a year is published or drawn, more people are the same and others."""
    fixed = {"arrivals.published_until_year": published_until}
    few, many = (
        simulate(small().change({**fixed, "arrivals.judgments_per_year": n}), SEED).cohort
        for n in (60, 90)
    )
    assert few.size < many.size
    position = {person: at for at, person in enumerate(many.arrived.person)}
    at = np.array([position[person] for person in few.arrived.person])
    theirs = dict(columns(many))
    for name, column in columns(few):
        known = np.isfinite(column) if column.dtype.kind == "f" else np.ones(len(column), bool)
        assert column[known] == pytest.approx(theirs[name][at][known], rel=1e-9, abs=1e-6), name
        assert not np.isfinite(theirs[name][at][~known]).any()


def test_another_stream_keeps_everyone_of_the_published_one() -> None:
    extra = {
        "group": "third_country",
        "only_a_year_or_more": True,
        "per_year": [{"from": small().time.start, "until": small().time.end, "value": 30}],
    }
    alone, joined = (
        simulate(world, SEED).cohort
        for world in (small(), small().change({"arrivals.additional.more": extra}))
    )
    kept = np.isin(joined.arrived.person, alone.arrived.person)
    assert kept.sum() == alone.size < joined.size
    theirs = dict(columns(joined))
    for name, column in columns(alone):
        assert np.array_equal(column, theirs[name][kept]), name


def test_shares_of_origins_move_people_between_origins_and_nothing_else() -> None:
    """Whoever keeps the origin keeps everything; whoever changes it keeps all that is personal."""
    origins = small().origins
    moved = {
        "origins.albania.inflow_share": 0.0,
        "origins.other.inflow_share": origins["other"].inflow_share
        + origins["albania"].inflow_share,
    }
    before, after = (simulate(world, SEED).cohort for world in (small(), small().change(moved)))
    same = before.arrived.origin == after.arrived.origin
    assert 0 < np.sum(~same) < before.size / 2
    personal = {
        "person", "judgment", "group", "woman", "age", "children", "kind", "length", "remanded",
        "custody", "arrives", "final", "end", "fraction", "death", "terror", "ill", "willing",
        "case_opens", "case_work_days", "luck", "escort_days", "unregistered", "detained_abroad",
        "detention_limit", "removal_days", "travel_luck", "waits_outside", "never_reports",
        "lives_elsewhere",
    }  # fmt: skip
    theirs = dict(columns(after))
    for name, column in columns(before):
        assert np.array_equal(column[same], theirs[name][same]), name
        assert np.array_equal(column, theirs[name]) or name not in personal, name
