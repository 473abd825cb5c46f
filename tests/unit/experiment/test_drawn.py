"""Draws that are run: each is a run of its own, they go on where they were, and are read back."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.experiment.cells import work
from sim.experiment.definition import Experiment
from sim.experiment.keep import TABLES
from sim.experiment.read import Results
from sim.experiment.replicate import (
    ReplicationFailed,
    experiment_of,
    replicate_all,
    told_apart,
)
from sim.experiment.replications import Replications
from sim.experiment.run import run_experiment
from sim.experiment.shelf import replications_of
from sim.experiment.store import Store, StoreError
from sim.results.outcomes import outcomes_of
from sim.results.run import Run
from sim.scenario.files import load
from sim.scenario.schema import Scenario
from tests.helpers.command import prisonflow
from tests.helpers.experiments import (
    Instead,
    Shuffled,
    canned_work,
    names,
    noisy,
    opener,
    read,
    tables_in,
)

DRAWS, SEED = 2, 5


def text(draws: int, number: int = 1) -> str:
    return f"[replications]\nnumber = {number}\n[design]\nkind = 'doubt'\ndraws = {draws}\n"


@pytest.fixture(scope="module")
def worlds() -> tuple[Scenario, Scenario]:
    """Two small worlds, one of which changes something that is drawn."""
    few = {"arrivals.judgments_per_year": 8}
    world = load("baseline", few | {"name": "small"})
    return world, world.change({"name": "willing", "removal.willing_share": 0.9})


@pytest.fixture(scope="module")
def drawn(worlds: tuple[Scenario, Scenario]) -> list[Replications]:
    """Two draws of each, and one replication besides."""
    return replicate_all(worlds, 1, SEED, draws=DRAWS, progress=False)


def values(r: Replications, number: int) -> dict[str, float | None]:
    table = r.lent("outcomes")
    mine = table[table["replication"] == number]
    found = dict(zip(mine["outcome"], mine["value"], strict=True))
    return {name: None if pd.isna(value) else value for name, value in found.items()}


# ---------------------------------------------------------------- each is a run of its own


@pytest.mark.parametrize("number", range(DRAWS))
def test_a_draw_is_a_run_of_its_world_with_luck_of_its_number(drawn, worlds, number) -> None:
    plan = experiment_of(worlds, 1, SEED, draws=DRAWS).plan
    world = worlds[1].change(plan.changes(number + 1, worlds[1]))
    assert world.removal.willing_share == 0.9
    assert world.arrivals.growth_per_year != worlds[1].arrivals.growth_per_year
    assert values(drawn[1], number) == outcomes_of(sim.run(world, SEED, number))


def test_rows_are_those_of_all_draws_and_each_table_is_told(drawn) -> None:
    for r in drawn:
        assert (r.drawn, r.number, list(r.numbers)) == (True, DRAWS, [0, 1])
        assert r.lent("queues")["replication"].unique().tolist() == [0, 1]
        assert repr(r).startswith("<2 draws of ")
    assert [r.scenario.name for r in drawn] == ["small", "willing"]


def test_replications_besides_are_those_of_fixed_assumptions(drawn, worlds) -> None:
    (fixed,) = replicate_all(worlds[:1], 1, SEED, progress=False)
    chance = drawn[0].chance
    assert chance is not None
    assert (fixed.drawn, fixed.chance, chance.drawn) == (False, None, False)
    assert set(chance.tables) == set(fixed.tables)
    for name in fixed.tables:
        pd.testing.assert_frame_equal(chance.lent(name), fixed.lent(name))


def test_nobody_asks_of_a_draw_where_a_queue_has_no_end(drawn) -> None:
    """That takes as long as to simulate it."""
    assert "loads" not in drawn[0].tables
    assert "loads" in drawn[0].chance.tables
    assert set(drawn[0].tables) == set(drawn[0].chance.tables) - {"loads"}
    assert len(drawn[0].tables) == len(list(drawn[0].tables))
    with pytest.raises(KeyError, match=r"no table 'loads' was kept of small in "):
        drawn[0].lent("loads")


def test_what_is_kept_of_the_first_alone_is_of_the_first_draw(drawn) -> None:
    of_first = [name for name in drawn[0].tables if TABLES[name].of_first]
    assert of_first
    for name in of_first:
        assert drawn[0].lent(name)["replication"].unique().tolist() == [0]


def test_scenarios_are_told_apart_with_what_is_besides(drawn) -> None:
    apart = told_apart(drawn)
    titles = [r.scenario.title for r in apart]
    assert len(set(titles)) == 2
    assert [r.chance.scenario.title for r in apart] == titles


def test_a_draw_that_fails_is_named(monkeypatch, worlds) -> None:
    from sim.experiment import cells

    simulated = cells._replicate

    def fails(world: Scenario, seed: int, number: int) -> Run:
        if number == 1:
            raise ValueError("no luck")
        return simulated(world, seed, number)

    monkeypatch.setattr(cells, "_replicate", fails)
    with pytest.raises(ReplicationFailed, match=r"^small, draw 1: ValueError: no luck \(simula"):
        replicate_all(worlds[:1], 1, SEED, draws=2, progress=False)


# ---------------------------------------------------------------- stored, and gone on with


def test_more_draws_go_on_in_the_same_folder_and_fewer_read_the_first(tmp_path: Path) -> None:
    store, folder = Store(tmp_path / "out"), tmp_path / "out"

    def run(experiment: Experiment) -> list[str]:
        instead = Instead(canned_work(noisy))
        run_experiment(experiment, store, opener(instead))
        return names(instead.cells)

    def numbers(experiment: Experiment) -> list[list[int]]:
        found = replications_of(experiment, store)
        return [r.lent("outcomes")["replication"].tolist() for r in found]

    two, four = (read(tmp_path / "files", text(draws)) for draws in (2, 4))
    assert len(run(two)) == 2 * (2 + 1)
    before = tables_in(folder)
    assert run(four) == [f"{name}-p00000{n + 1}-r00000{n}-00000{n}"
                   for name in ("small", "without") for n in (2, 3)]  # fmt: skip
    after = tables_in(folder)
    assert {name: after[name] for name in before} == before
    assert numbers(four) == [[0, 1, 2, 3]] * 2
    assert numbers(two) == [[0, 1]] * 2
    assert run(two) == []
    assert numbers(two) == [[0, 1]] * 2
    assert len(replications_of(four, store, number=3)[0].lent("outcomes")) == 3


def test_draws_are_read_before_the_own_values_are_there(tmp_path: Path) -> None:
    experiment = read(tmp_path / "files", text(3))
    store = Store(tmp_path / "out")

    def without_the_own(job):
        return [cell for cell in canned_work(noisy)(job) if cell.cell.point]

    run_experiment(experiment, store, opener(Instead(without_the_own)))
    found = replications_of(experiment, store)
    assert [(r.drawn, r.number, r.chance) for r in found] == [(True, 3, None)] * 2
    with pytest.raises(StoreError, match="at point 0 replication 0 is not there"):
        replications_of(experiment, store, 0)


def test_a_gap_ends_the_draws(tmp_path: Path) -> None:
    """Of draws 0, 1 and 3 in one scenario, two are there in both."""
    experiment = read(tmp_path / "files", text(4))
    store = Store(tmp_path / "out")

    def with_a_gap(job):
        done = canned_work(noisy)(job)
        return [one for one in done if (one.cell.scenario, one.cell.point) != ("small", 3)]

    run_experiment(experiment, store, opener(Instead(with_a_gap)))
    assert [r.number for r in replications_of(experiment, store)] == [2, 2]


@pytest.mark.slow
def test_the_same_bytes_in_whatever_order_draws_are_run(tmp_path: Path) -> None:
    experiment = read(tmp_path / "files", text(2))
    run_experiment(experiment, Store(tmp_path / "one"))
    shuffled = Shuffled(work, seed=3)
    run_experiment(experiment, Store(tmp_path / "other"), opener(shuffled), workers=2)
    shuffled.shutdown()
    assert tables_in(tmp_path / "one") == tables_in(tmp_path / "other")


def test_a_folder_of_draws_is_read_and_told_like_any_other(tmp_path: Path) -> None:
    experiment = read(tmp_path / "files", text(3, number=2))
    folder = tmp_path / "out"
    run_experiment(experiment, Store(folder), opener(Instead(canned_work(noisy))))
    results = Results(folder)
    assert results.design["name"].tolist() == ["own values", "draw 0", "draw 1", "draw 2"]
    assert [r.number for r in results.replications()] == [3, 3]
    assert [list(r.numbers) for r in results.replications(0)] == [[0, 1]] * 2
    second = results.replications(2)[0]
    assert (list(second.numbers), second.drawn) == ([1], False)
    assert second.scenario.hash != results.experiment.scenarios[0].hash
    status = prisonflow("experiment", "status", folder)
    assert "2 scenarios, 4 points: 8 cells done, 10 replications in them; 0 failed" in status.stdout
    listed = prisonflow("experiment", "list", tmp_path)
    assert "tiny" in listed.stdout
    to = tmp_path / "outcomes.csv"
    exported = prisonflow("experiment", "export", folder, "--table", "outcomes", "--to", to)
    assert exported.returncode == 0, exported.stderr
    table = pd.read_csv(to)
    assert table.groupby("point")["replication"].unique().map(list).tolist() == [
        [0, 1], [0], [1], [2],
    ]  # fmt: skip
    apart = results.differences("small", "limbo")
    assert len(apart) == 5
