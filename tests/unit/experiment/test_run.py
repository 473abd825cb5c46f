"""Running: the same files whatever runs it, and nothing lost whatever happens."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sim
from sim.experiment import run as running
from sim.experiment import store as storing
from sim.experiment.call import run_experiment as call
from sim.experiment.cells import Cell, Failed, Finished, Job, work
from sim.experiment.definition import Experiment, read_experiment
from sim.experiment.read import Results
from sim.experiment.run import Ended, failed_cells, run_experiment
from sim.experiment.store import Store, StoreError
from tests.helpers.experiments import (
    Instead,
    Shuffled,
    canned,
    canned_work,
    constant,
    deadly_pool,
    names,
    noisy,
    opener,
    read,
    tables_in,
    write,
)
from tests.helpers.root import ROOT

FOUR = "[replications]\nnumber = 4\nper_cell = 1\n"
TWO_POINTS = """
[design]
kind = "grid"
values = { "rented_prison.places" = [150, 200] }
"""
UNTIL = """
[replications]
at_least = 30
at_most = 120
per_cell = 5
until = [{ outcome = "limbo", half_width = 0.5 }]
"""


@pytest.fixture
def four(tmp_path: Path) -> Experiment:
    """Eight cells: two scenarios, four replications of each."""
    return read(tmp_path / "files", FOUR)


@pytest.fixture(scope="module")
def until(tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    """Two points that need different numbers of replications."""
    return read(tmp_path_factory.mktemp("files"), UNTIL + TWO_POINTS)


@pytest.fixture(scope="module")
def reference(
    until: Experiment, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Ended, dict[str, bytes]]:
    """The experiment until precise, one cell at a time."""
    folder = tmp_path_factory.mktemp("reference")
    instead = Instead(canned_work(noisy, seconds=1.0))
    ended = run_experiment(until, Store(folder), opener(instead))
    return ended, tables_in(folder)


def outcome_of(folder: Path) -> str:
    return str(Results(folder).status.runs[-1]["outcome"])


# ---------------------------------------------------------------- the same whatever runs it


def test_points_have_as_many_replications_as_they_need(reference):
    ended, tables = reference
    blocks = {
        point: {
            name: sum(f"{name}-p{point:06d}" in file for file in tables)
            for name in ("small", "without")
        }
        for point in (0, 1)
    }
    assert blocks[0]["small"] == blocks[0]["without"]
    assert 6 <= blocks[0]["small"] < blocks[1]["small"] == blocks[1]["without"] < 24
    assert (ended.finished, ended.ran, ended.failed) == (len(tables), len(tables), 0)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32),
    workers=st.integers(1, 5),
    seconds=st.sampled_from([0.001, 0.1, 0.4, 5.0]),
)
def test_neither_order_nor_workers_nor_batches_change_a_byte(
    until, reference, tmp_path_factory, seed, workers, seconds
):
    folder = tmp_path_factory.mktemp("shuffled")
    with Shuffled(canned_work(noisy, seconds), seed) as executor:
        run_experiment(until, Store(folder), opener(executor), workers=workers)
    assert tables_in(folder) == reference[1]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_what_was_lost_is_run_again_and_nothing_else(until, reference, tmp_path_factory, data):
    whole = reference[1]
    lost = data.draw(st.sets(st.sampled_from(sorted(whole)), min_size=1))
    folder = tmp_path_factory.mktemp("lost")
    run_experiment(until, Store(folder), opener(Instead(canned_work(noisy))))
    for file in lost:
        (folder / "tables" / file).unlink()
    again = Instead(canned_work(noisy))
    ended = run_experiment(until, Store(folder), opener(again))
    assert {f"outcomes/{name}.parquet" for name in names(again.cells)} == lost
    assert ended.ran == len(lost)
    assert tables_in(folder) == whole


def test_short_cells_travel_together_and_long_ones_alone(tmp_path):
    chosen = read(tmp_path / "files", "[replications]\nnumber = 200\nper_cell = 1\n")
    short, long = (Instead(canned_work(constant, seconds)) for seconds in (0.1, 2.0))
    run_experiment(chosen, Store(tmp_path / "short"), opener(short))
    run_experiment(chosen, Store(tmp_path / "long"), opener(long))
    assert max(len(job.cells) for job in short.jobs) == 10
    assert {len(job.cells) for job in long.jobs} == {1}
    assert tables_in(tmp_path / "short") == tables_in(tmp_path / "long")


def test_real_cells_are_the_same_in_this_process_and_in_two_others(tmp_path):
    file = write(
        tmp_path / "files",
        f'tables = ["spells", "after_sentence"]\n{FOUR.replace("4", "2")}{TWO_POINTS}',
    )
    one = call(file, tmp_path / "one", progress=False)
    with ProcessPoolExecutor(2) as pool:
        two = call(file, tmp_path / "two", workers=2, executor=pool, progress=False)
    assert two.status.runs[-1]["how"] == "2 workers of ProcessPoolExecutor"
    assert tables_in(one.folder) == tables_in(two.folder)
    assert len(tables_in(one.folder)) == 4 * 8, "outcomes and loads, and two asked for"


def test_a_cell_holds_what_a_run_says_of_the_same_replication(tmp_path):
    from sim.results.outcomes import outcomes_of

    file = write(tmp_path / "files", f"seed = 5\n{FOUR.replace('4', '2')}{TWO_POINTS}")
    table = call(file, tmp_path / "out", progress=False).outcomes
    world = sim.load("baseline").change(
        {"arrivals.judgments_per_year": 40, "rented_prison.places": 200}
    )
    one = table.query("scenario == 'small' and point == 1 and replication == 1")
    told = dict(zip(one["outcome"], one["value"], strict=True))
    for name, value in outcomes_of(sim.run(world, seed=5, replication=1)).items():
        assert told[name] == value or (value is None and told[name] != told[name])


# ---------------------------------------------------------------- cells that fail


def failing(bad: set[str], error: type[Exception] = ValueError):
    """Return work in which some cells, by scenario and first replication, fail."""

    def instead(job: Job) -> list[Finished | Failed]:
        return [
            Failed(cell, "simulation of replication 0", f"{error.__name__}: no", "where")
            if f"{cell.scenario} {cell.first}" in bad
            else canned(cell, noisy)
            for cell in job.cells
        ]

    return instead


def test_a_cell_that_fails_is_recorded_and_the_others_finish(tmp_path, four):
    folder = tmp_path / "out"
    executor = Instead(failing({"small 1", "without 3"}))
    ended = run_experiment(four, Store(folder), opener(executor))
    assert (ended.ran, ended.failed) == (6, 2)
    results = Results(folder)
    assert outcome_of(folder) == "complete, but for failed cells"
    assert results.status.failed == 2
    assert list(results.failures["cell"]) == [
        "small, point 0, replications 1 to 1",
        "without, point 0, replications 3 to 3",
    ]
    assert set(results.failures["error"]) == {"ValueError: no"}
    assert results.status.runs[-1]["failed"] == 2


def test_retry_runs_the_failed_cells_only_and_the_tables_are_those_of_a_good_day(tmp_path, four):
    store, good = Store(tmp_path / "out"), Store(tmp_path / "good")
    run_experiment(four, good, opener(Instead(canned_work(noisy))))
    run_experiment(four, store, opener(Instead(failing({"small 1", "without 3"}))))
    again = Instead(canned_work(noisy))
    ended = run_experiment(four, store, opener(again), only=failed_cells(store))
    assert [(cell.scenario, cell.first) for cell in again.cells] == [("small", 1), ("without", 3)]
    assert (ended.ran, ended.failed) == (2, 0)
    assert store.failed() == {}
    assert tables_in(store.folder) == tables_in(good.folder)


def test_the_same_call_runs_failed_cells_too(tmp_path, four):
    store = Store(tmp_path / "out")
    run_experiment(four, store, opener(Instead(failing({"small 1"}))))
    again = Instead(canned_work(noisy))
    run_experiment(four, store, opener(again))
    assert names(again.cells) == ["small-p000000-r000001-000001"]
    assert store.failed() == {}


def test_retry_finds_one_failed_cell_among_thousands_that_were_never_run(tmp_path):
    chosen = read(tmp_path / "files", "[replications]\nnumber = 3000\nper_cell = 1\n")
    store = Store(tmp_path / "out")
    last = Cell(0, 2999, "without", 1)
    with store.locked():
        store.begin(chosen)
        store.fail(Failed(last, "simulation", "no"))
    again = Instead(canned_work(constant))
    ended = run_experiment(chosen, store, opener(again), only=failed_cells(store))
    assert again.cells == [last]
    assert ended.ran == 1


def test_a_failed_cell_that_is_longer_by_now_is_retried_whole(tmp_path):
    text = "[replications]\nnumber = 3\nper_cell = 2\n"
    store = Store(tmp_path / "out")
    run_experiment(
        read(tmp_path / "files", text), store, opener(Instead(failing({"small 2", "small 0"})))
    )
    longer = read(tmp_path / "files", text.replace("3", "4"))
    run_experiment(longer, store, opener(Instead(canned_work(noisy))), only=failed_cells(store))
    assert store.failed() == {}
    assert {file.stem for file in store.files("outcomes", scenario="small")} == {
        "small-p000000-r000000-000001",
        "small-p000000-r000002-000003",
    }


def test_a_job_that_cannot_even_be_sent_back_is_a_failure_of_its_cells(tmp_path, four):
    def explode(_job: Job) -> list[Finished | Failed]:
        raise TypeError("cannot pickle")

    ended = run_experiment(four, Store(tmp_path / "out"), opener(Instead(explode)))
    assert (ended.ran, ended.failed) == (0, 8)
    failures = Results(tmp_path / "out").failures
    assert set(failures["stage"]) == {"worker"}
    assert set(failures["error"]) == {"TypeError: cannot pickle"}


def test_an_error_in_one_cell_does_not_touch_the_next():
    world = sim.load("baseline").change({"arrivals.judgments_per_year": 40})
    bad, good = Cell(0, 0, "baseline", 1), Cell(1, 0, "baseline", 1)
    changes = {0: {"baseline": {"removal.willing_share": 3}}, 1: {"baseline": {}}}
    first, second = work(Job((bad, good), {"baseline": world}, changes, 1, ("outcomes",)))
    assert isinstance(first, Failed)
    assert first.stage == "scenario"
    assert "removal.willing_share: is 3: should be at most 1" in first.error
    assert isinstance(second, Finished)


def test_an_error_names_the_replication_in_which_it_happened(monkeypatch):
    from sim.world import simulate

    real = simulate.simulate

    def fragile(world: object, seed: int, number: int):
        if number == 3:
            raise ZeroDivisionError("nobody left")
        return real(world, seed, number)

    monkeypatch.setattr(simulate, "simulate", fragile)
    world = sim.load("baseline").change({"arrivals.judgments_per_year": 40})
    cell = Cell(0, 2, "baseline", 3)
    job = Job((cell,), {"baseline": world}, {0: {"baseline": {}}}, 1, ("outcomes",))
    (failed,) = work(job)
    assert isinstance(failed, Failed)
    assert failed.stage == "simulation of replication 3"
    assert failed.error == "ZeroDivisionError: nobody left"
    assert "fragile" in failed.details


def test_cells_in_which_nothing_happens_have_the_same_columns_as_all_others(tmp_path):
    tables = ["spells", "people", "exits", "durations", "durations_by_origin", "after_sentence"]
    text = f"tables = {tables}\n[replications]\nnumber = 6\nper_cell = 3\n[design]\n"
    text += 'kind = "grid"\nvalues = { "arrivals.judgments_per_year" = [0.02, 0.2, 40] }\n'
    results = call(write(tmp_path / "files", text), tmp_path / "out", progress=False)
    assert results.status.failed == 0
    for name in tables:
        table = results.table(name)
        some = results.table(name, point=2)
        assert list(table.dtypes) == list(some.dtypes)
        assert set(table["point"]) >= {1, 2}


# ---------------------------------------------------------------- workers that die


@pytest.mark.slow
def test_a_cell_that_kills_its_worker_each_time_fails_and_the_others_finish(tmp_path, four):
    folder = tmp_path / "out"
    ended = run_experiment(four, Store(folder), deadly_pool, workers=2)
    assert (ended.ran, ended.failed) == (7, 1)
    (failed,) = Results(folder).failures.to_dict("records")
    assert failed["cell"] == "small, point 0, replications 1 to 1"
    assert failed["stage"] == "worker"
    assert "died 3 times" in failed["error"]
    again = run_experiment(four, Store(folder))
    assert (again.ran, again.failed) == (1, 0)
    run_experiment(four, Store(tmp_path / "good"))
    assert tables_in(folder) == tables_in(tmp_path / "good")


@pytest.mark.slow
def test_an_executor_that_was_passed_in_and_breaks_is_told(tmp_path):
    file = write(tmp_path / "files", FOUR)
    with deadly_pool() as pool, pytest.raises(StoreError, match="the executor broke"):
        call(file, tmp_path / "out", workers=2, executor=pool, progress=False)
    done = call(file, tmp_path / "out", progress=False)
    assert done.status.cells == 8


def test_a_worker_with_other_code_is_not_believed(tmp_path, four):
    def foreign(job: Job) -> list[Finished | Failed]:
        return [Finished(cell, {"outcomes": b""}, 0.1, "0123456789abcdef") for cell in job.cells]

    with pytest.raises(StoreError, match=r"a worker runs other code \(0123456789abcdef\)"):
        run_experiment(four, Store(tmp_path / "out"), opener(Instead(foreign)))
    assert tables_in(tmp_path / "out") == {}


# ---------------------------------------------------------------- stopped


def interrupted(after: int, error: BaseException):
    """Return work that is stopped after some cells."""
    ran: list[Cell] = []

    def instead(job: Job) -> list[Finished | Failed]:
        if len(ran) >= after:
            raise error
        ran.extend(job.cells)
        return [canned(cell, noisy, seconds=1.0) for cell in job.cells]

    return instead


def test_a_user_who_stops_loses_nothing_that_is_finished(tmp_path, four, monkeypatch):
    store = Store(tmp_path / "out")
    monkeypatch.setattr(running, "work", interrupted(3, KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        run_experiment(four, store, nullcontext)
    assert len(store.done()) == 3
    assert outcome_of(store.folder) == "stopped by the user"
    assert Results(store.folder).status.runs[-1]["ran"] == 3
    monkeypatch.setattr(running, "work", canned_work(noisy))
    assert run_experiment(four, store, nullcontext).ran == 5
    assert outcome_of(store.folder) == "complete"
    run_experiment(four, Store(tmp_path / "good"), nullcontext)
    assert tables_in(store.folder) == tables_in(tmp_path / "good")


@pytest.mark.parametrize("after", range(0, 14, 2))
def test_a_disk_that_fills_up_is_told_and_nothing_is_lost(tmp_path, four, monkeypatch, after):
    real, written = storing.replace, []

    def replace(path: Path, content: str | bytes, *, sync: bool = False) -> Path:
        if len(written) >= after:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written.append(path)
        return real(path, content, sync=sync)

    store = Store(tmp_path / "out")
    executor = Instead(canned_work(noisy))
    monkeypatch.setattr(storing, "replace", replace)
    with pytest.raises(StoreError, match=r"cannot be written to \(No space left on device\)"):
        run_experiment(four, store, opener(executor))
    with pytest.raises(StoreError, match="Make room, and give the same command again"):
        run_experiment(four, store, opener(executor))
    monkeypatch.undo()
    before = len(store.done())
    ended = run_experiment(four, store, opener(Instead(canned_work(noisy))))
    assert ended.ran == 8 - before
    run_experiment(four, Store(tmp_path / "good"), opener(Instead(canned_work(noisy))))
    assert tables_in(store.folder) == tables_in(tmp_path / "good")


def test_the_manifest_says_when_and_on_what_each_run_ran(tmp_path, four):
    folder = tmp_path / "out"
    executor = opener(Instead(canned_work(noisy)))
    run_experiment(four, Store(folder), executor, workers=3, how="three parrots")
    run_experiment(four, Store(folder), executor)
    first, second = Results(folder).status.runs
    assert (first["how"], first["workers"], first["ran"]) == ("three parrots", 3, 8)
    assert (second["how"], second["ran"], second["failed"]) == ("one process", 0, 0)
    assert first["began"] <= first["ended"] <= second["began"] <= second["ended"]


def test_a_larger_number_runs_the_new_cells_only(tmp_path):
    files, folder = tmp_path / "files", tmp_path / "out"
    run_experiment(read(files, FOUR), Store(folder), opener(Instead(canned_work(noisy))))
    more = Instead(canned_work(noisy))
    longer = read(files, FOUR.replace("4", "6"))
    run_experiment(longer, Store(folder), opener(more))
    assert sorted({cell.first for cell in more.cells}) == [4, 5]
    run_experiment(longer, Store(tmp_path / "new"), opener(Instead(canned_work(noisy))))
    assert tables_in(folder) == tables_in(tmp_path / "new")


def test_a_last_cell_that_grows_replaces_the_shorter(tmp_path):
    files, folder = tmp_path / "files", tmp_path / "out"
    text = "[replications]\nnumber = 5\nper_cell = 2\n"
    run_experiment(read(files, text), Store(folder), opener(Instead(canned_work(noisy))))
    longer = read(files, text.replace("5", "7"))
    run_experiment(longer, Store(folder), opener(Instead(canned_work(noisy))))
    run_experiment(longer, Store(tmp_path / "new"), opener(Instead(canned_work(noisy))))
    assert tables_in(folder) == tables_in(tmp_path / "new")


def test_a_sharper_rule_goes_on_from_what_is_there(tmp_path, until):
    files, folder = tmp_path / "files", tmp_path / "out"
    loose = read(files, (UNTIL + TWO_POINTS).replace("half_width = 0.5", "half_width = 1.0"))
    first = run_experiment(loose, Store(folder), opener(Instead(canned_work(noisy))))
    sharp = read(files, UNTIL + TWO_POINTS)
    second = run_experiment(sharp, Store(folder), opener(Instead(canned_work(noisy))))
    run_experiment(sharp, Store(tmp_path / "new"), opener(Instead(canned_work(noisy))))
    assert second.ran > 0
    assert second.finished == first.ran + second.ran
    assert tables_in(folder) == tables_in(tmp_path / "new")


# ---------------------------------------------------------------- from Python


def test_one_call_runs_an_experiment_and_goes_on_with_its_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "work", canned_work(noisy))
    file = write(tmp_path / "files", FOUR)
    results = sim.run_experiment(file, tmp_path / "out", progress=False)
    assert isinstance(results, sim.Results)
    assert results.status.cells == 8
    assert sim.open_experiment(tmp_path / "out").status == results.status
    again = sim.run_experiment(tmp_path / "out", progress=False)
    assert again.folder == tmp_path / "out"
    assert again.status.runs[-1]["ran"] == 0
    chosen = sim.run_experiment(read_experiment(file), tmp_path / "other", progress=False)
    assert tables_in(chosen.folder) == tables_in(results.folder)


def test_retry_from_python(tmp_path, monkeypatch):
    file = write(tmp_path / "files", FOUR)
    monkeypatch.setattr(running, "work", failing({"small 1"}))
    assert call(file, tmp_path / "out", progress=False).status.failed == 1
    monkeypatch.setattr(running, "work", canned_work(noisy))
    results = call(tmp_path / "out", retry=True, progress=False)
    assert (results.status.failed, results.status.cells) == (0, 8)


def test_less_than_one_worker_is_told(tmp_path):
    with pytest.raises(ValueError, match="workers is 0"):
        call(write(tmp_path, FOUR), tmp_path / "out", workers=0)


MEMORY = """
import os, resource, sys
from dataclasses import replace
from pathlib import Path
from sim.experiment.run import run_experiment
from sim.experiment.store import Store
from tests.helpers.experiments import Instead, canned_work, constant, opener, read

class Forgetful(Instead):
    def submit(self, fn, /, *args, **kwargs):
        future = super().submit(fn, *args, **kwargs)
        self.jobs.clear()
        return future

def heavy(job):
    light = canned_work(constant, seconds=0.1)(job)
    return [replace(one, tables=one.tables | {"spells": bytes(30_000)}) for one in light]

os.fsync = lambda descriptor: None
folder = Path(sys.argv[1])
for number in (100, 1000):
    text = f"[replications]\\nnumber = {number}\\nper_cell = 1\\n"
    chosen = read(folder / f"files{number}", text)
    store = Store(folder / f"out{number}")
    ended = run_experiment(chosen, store, opener(Forgetful(heavy)), workers=4)
    assert ended.ran == 2 * number
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is told in other units elsewhere")
def test_ten_times_as_many_cells_need_hardly_more_memory_in_the_parent(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    few, many = (int(line) / 1024 for line in done.stdout.split())
    assert many - few < 6  # MiB
