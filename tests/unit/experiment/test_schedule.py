"""Which cells are run: the same replications in all scenarios, and no more than needed."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from sim.experiment.cells import Cell
from sim.experiment.definition import Definition, Experiment, make_out
from sim.experiment.design import Grid
from sim.experiment.schedule import Schedule
from sim.experiment.store import Key, key_of
from sim.scenario.files import load

WORLDS = (load("baseline"), load("no_agreement"))


def fixed(number: int, per_cell: int, points: int = 1) -> Experiment:
    return _experiment({"number": number, "per_cell": per_cell}, points)


def precise(at_least: int, at_most: int, per_cell: int, points: int = 1) -> Experiment:
    rule = {"outcome": "limbo", "half_width": 1.0}
    limits = {"at_least": at_least, "at_most": at_most, "per_cell": per_cell}
    return _experiment({"until": (rule,)} | limits, points)


def _experiment(replications: dict[str, object], points: int) -> Experiment:
    values = {"rented_prison.places": tuple(range(100, 100 + points))}
    definition = Definition(
        name="tiny",
        title="Tiny",
        scenarios=("baseline", "no_agreement"),
        replications=replications,  # type: ignore[arg-type]
        design=Grid(kind="grid", values=values),
    )
    return make_out(definition, Path(), "tiny.toml")


def never(_point: int, _replications: int) -> bool:
    return False


def always(_point: int, _replications: int) -> bool:
    return True


def run(experiment: Experiment, is_enough=never, done=None, size=7) -> list[Cell]:
    """Run a schedule to its end; returns the cells in the order in which it gave them out."""
    schedule = Schedule(experiment, dict(done or {}), is_enough)
    ran: list[Cell] = []
    while cells := schedule.take(size):
        for cell in cells:
            ran.append(cell)
            schedule.finish(cell)
    assert schedule.finished == schedule.expected()
    return ran


def replications(cells: list[Cell]) -> dict[tuple[int, str], list[int]]:
    """Return which replications were run of every scenario at every point."""
    found: dict[tuple[int, str], list[int]] = {}
    for cell in sorted(cells):
        numbers = range(cell.first, cell.first + cell.replications)
        found.setdefault((cell.point, cell.scenario), []).extend(numbers)
    return found


@settings(max_examples=40)
@given(st.integers(1, 30), st.integers(1, 12), st.integers(1, 3), st.integers(1, 9))
def test_a_fixed_number_is_run_once_in_blocks(number, per_cell, points, size):
    ran = run(fixed(number, per_cell, points), size=size)
    assert len(set(ran)) == len(ran) == points * 2 * -(-number // per_cell)
    found = replications(ran)
    assert set(found) == {(p, w.name) for p in range(points) for w in WORLDS}
    assert all(numbers == list(range(number)) for numbers in found.values())
    assert all(cell.first % per_cell == 0 and cell.replications <= per_cell for cell in ran)


def test_a_fixed_number_asks_for_no_judgment():
    def asked(_point: int, _replications: int) -> bool:
        raise AssertionError("nobody should ask")

    assert len(run(fixed(5, 2), asked)) == 6


@settings(max_examples=40)
@given(
    st.integers(2, 20),
    st.integers(0, 30),
    st.integers(1, 10),
    st.integers(1, 40),
    st.integers(1, 9),
)
def test_precision_runs_whole_blocks_until_enough_from_the_minimum_to_the_cap(
    at_least, more, per_cell, needed, size
):
    at_most = at_least + more
    asked: list[int] = []

    def enough(_point: int, number: int) -> bool:
        asked.append(number)
        return number >= needed

    found = replications(run(precise(at_least, at_most, per_cell), enough, size=size))
    blocks = -(-max(at_least, needed) // per_cell)
    expected = min(blocks * per_cell, at_most)
    assert set(map(len, found.values())) == {expected}
    assert all(numbers == list(range(expected)) for numbers in found.values())
    assert asked == sorted(set(asked))
    assert all(n % per_cell == 0 and at_least <= n < at_most for n in asked)


def test_every_point_is_judged_by_itself():
    needed = {0: 2, 1: 6, 2: 4}
    ran = run(precise(2, 20, 2, points=3), lambda point, number: number >= needed[point])
    found = replications(ran)
    assert {key: len(numbers) for key, numbers in found.items()} == {
        (point, world.name): number for point, number in needed.items() for world in WORLDS
    }


def test_a_point_waits_for_all_its_cells_before_it_is_judged():
    schedule = Schedule(precise(2, 20, 2), {}, never)
    first, second = schedule.take(5)
    schedule.finish(first)
    assert schedule.take(5) == []
    schedule.finish(second)
    assert [cell.first for cell in schedule.take(5)] == [2, 2]


def test_one_slow_point_does_not_keep_others_waiting():
    schedule = Schedule(precise(2, 4, 2, points=2), {}, never)
    cells = schedule.take(4)
    assert [cell.point for cell in cells] == [0, 0, 1, 1]
    for cell in cells[2:]:
        schedule.finish(cell)
    assert {(cell.point, cell.first) for cell in schedule.take(4)} == {(1, 2)}


@settings(max_examples=40)
@given(st.data())
def test_whatever_is_done_already_only_the_rest_is_run(data):
    experiment = precise(4, 12, 2, points=2)
    needed = {0: 8, 1: 4}

    def enough(point: int, number: int) -> bool:
        return number >= needed[point]

    whole = run(experiment, enough)
    kept = data.draw(st.sets(st.sampled_from(whole)))
    done = {key_of(cell): cell.replications for cell in kept}
    assert sorted(run(experiment, enough, done)) == sorted(set(whole) - kept)


def test_more_replications_run_only_the_new_cells():
    done = {key_of(cell): cell.replications for cell in run(fixed(4, 2))}
    assert {cell.first for cell in run(fixed(8, 2), done=done)} == {4, 6}
    assert run(fixed(4, 2), done=done) == []
    assert run(fixed(2, 2), done=done) == []


def test_a_last_block_that_was_not_whole_is_run_whole():
    done = {key_of(cell): cell.replications for cell in run(fixed(5, 2))}
    again = run(fixed(8, 2), done=done)
    assert {(cell.first, cell.replications) for cell in again} == {(4, 2), (6, 2)}


def test_a_raised_cap_goes_on_from_the_old_one():
    done = {key_of(cell): cell.replications for cell in run(precise(2, 5, 2))}
    assert done[Key(0, "baseline", 4)] == 1
    again = run(precise(2, 8, 2), done=done)
    assert {(cell.first, cell.replications) for cell in again} == {(4, 2), (6, 2)}


def test_the_expected_number_grows_with_the_search():
    schedule = Schedule(precise(2, 6, 2, points=2), {}, never)
    assert schedule.expected() == 4
    for cell in schedule.take(2):
        schedule.finish(cell)
    assert schedule.expected() == 6
    assert schedule.finished == 2


def test_what_was_done_before_counts_as_finished():
    done = {key_of(cell): cell.replications for cell in run(fixed(4, 2))}
    schedule = Schedule(fixed(8, 2), done, always)
    assert len(schedule.take(100)) == 4
    assert (schedule.finished, schedule.expected()) == (4, 8)
