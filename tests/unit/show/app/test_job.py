"""A visitor's job: grows, is looked at, stops, fails, and gives what the command line gives."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import pandas as pd
import pytest

from sim.experiment.cells import Cell, Failed, Finished, job_of, work
from sim.experiment.cells import Job as Work
from sim.experiment.crew import Crew
from sim.experiment.provenance import code_hash
from sim.experiment.replicate import experiment_of
from sim.scenario.files import load
from sim.show.app.job import FIRST_DRAWS, STAGES, STAGES_ALONE, UNSEEN_SECONDS, Job, Stage
from tests.helpers.runs import replicate

FEW = {"arrivals.judgments_per_year": 20}
WORLDS = [load("baseline", FEW), load("no_agreement", FEW)]


class ByHand:
    """Workers that finish what they are told to, when they are told to."""

    def __init__(self, workers: int = 2) -> None:
        self.workers = workers
        self.out: list[tuple[Future[Any], Work]] = []

    def submit(self, _function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.out.append((future, *arguments))
        return future

    def finish(self, at: int = 0, error: Exception | None = None) -> tuple[str, int]:
        """Finish one of those that are out, and say which replication of what it was."""
        future, job = self.out.pop(at)
        (cell,) = job.cells
        if future.set_running_or_notify_cancel():
            if error is None:
                future.set_result([finished(cell)])
            else:
                future.set_exception(error)
        return cell.scenario, cell.first


def finished(cell: Cell) -> Finished:
    """Say that a cell ran, with hardly anything in its table."""
    buffer = io.BytesIO()
    pd.DataFrame({"replication": [cell.first]}).to_parquet(buffer)
    return Finished(cell, {"outcomes": buffer.getvalue()}, 0.0, code_hash())


def test_the_first_replication_of_each_comes_first_and_no_more_are_out_than_there_are_workers() -> (
    None
):
    crew = ByHand()
    job = Job(WORLDS, 3, 1, crew)
    order = []
    while crew.out:
        assert len(crew.out) <= 2
        order.append(crew.finish())
    assert order == [(w, n) for n in range(3) for w in ("baseline", "no_agreement")]
    assert (job.done, job.total, job.is_running, job.stage) == (6, 6, False, (3, 0))


def test_only_replications_that_all_have_from_the_first_on_are_shown() -> None:
    crew = ByHand(4)
    job = Job(WORLDS, 20, 1, crew)
    crew.finish(2)  # replication 1 of the baseline, before replication 0
    assert (job.stage.number, job.results()) == (0, [])
    crew.finish(0)
    assert job.stage.number == 0
    crew.finish(0)
    assert job.stage.number == 1
    assert [r.number for r in job.results()] == [1, 1]
    while job.done < 9:
        crew.finish()
    assert job.stage.number == 3
    assert STAGES_ALONE[:2] == (1, 3)


def test_draws_come_first_and_soon_what_chance_alone_does() -> None:
    crew = ByHand()
    job = Job(WORLDS, 3, 1, crew, draws=FIRST_DRAWS + 4)
    points, stages = [], []
    while crew.out:
        points.append(crew.out[0][1].cells[0].point)
        crew.finish()
        if job.stage not in stages:
            stages.append(job.stage)
            assert [(r.drawn, r.number) for r in job.results()] == 2 * [
                (True, job.stage.number)
            ] or (not job.results())
    first, rest = range(1, FIRST_DRAWS + 1), range(FIRST_DRAWS + 1, FIRST_DRAWS + 5)
    assert points == [p for p in first for _ in WORLDS] + 6 * [0] + [
        p for p in rest for _ in WORLDS
    ]
    few, more, range_ = STAGES[:3]
    end = Stage(FIRST_DRAWS + 4, 3)
    assert stages == [(0, 0), (few, 0), (more, 0), (range_, 0), (range_, 3), end]
    assert [r.chance is not None and r.chance.number for r in job.results()] == [3, 3]
    assert (job.number, job.total) == (FIRST_DRAWS + 4, 2 * (FIRST_DRAWS + 7))


def test_chance_is_not_shown_before_all_of_it_is_there() -> None:
    crew = ByHand()
    job = Job(WORLDS, 3, 1, crew, draws=4)
    while job.done < 2 * 4 + 4:
        crew.finish()
    assert job.stage == (4, 0)
    assert [r.chance for r in job.results()] == [None, None]
    job.stop()
    assert job.stage == (4, 2)
    assert [r.chance is not None and r.chance.number for r in job.results()] == [2, 2]


def test_a_stop_hands_out_no_more_and_keeps_what_is_there() -> None:
    crew = ByHand()
    job = Job(WORLDS, 50, 1, crew)
    for _ in range(10):
        crew.finish()
    job.stop()
    assert not job.is_running
    assert job.stage.number == 5
    assert job.results()[0].tables["outcomes"]["replication"].tolist() == [0, 1, 2, 3, 4]
    assert all(future.cancelled() for future, _ in crew.out)
    assert not job.error


def test_what_was_running_at_a_stop_is_no_harm() -> None:
    crew = ByHand()
    job = Job(WORLDS, 50, 1, crew)
    running, handed_out = crew.out[0]
    running.set_running_or_notify_cancel()
    job.stop()
    running.set_result([finished(*handed_out.cells)])
    assert (job.done, job.is_running) == (1, False)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("no such thing"), "ValueError: no such thing"),
        (BrokenProcessPool("gone"), "a worker process died"),
    ],
)
def test_a_failure_is_told_and_ends_the_job(error: Exception, said: str) -> None:
    crew = ByHand()
    job = Job(WORLDS, 5, 1, crew)
    crew.finish(error=error)
    assert said in job.error
    assert not job.is_running


def test_a_cell_that_failed_is_told_and_ends_the_job() -> None:
    crew = ByHand()
    job = Job(WORLDS, 5, 1, crew)
    future, handed_out = crew.out[0]
    future.set_result([Failed(handed_out.cells[0], "simulation", "ValueError: no such thing")])
    assert job.error == "ValueError: no such thing"
    assert (job.done, job.is_running) == (0, False)


def test_a_job_that_nobody_looks_at_stops() -> None:
    now = 0.0
    crew = ByHand()
    job = Job(WORLDS, 50, 1, crew, clock=lambda: now)
    now = UNSEEN_SECONDS
    crew.finish()
    assert job.is_running
    job.seen()
    now += UNSEEN_SECONDS + 1
    crew.finish()
    assert job.stopped


@pytest.mark.slow
def test_a_job_on_processes_gives_what_the_command_line_gives() -> None:
    crew = Crew(2)
    try:
        job = Job(WORLDS, 4, 3, crew)
        while job.is_running:
            job.seen()
        for world, mine in zip(WORLDS, job.results(), strict=True):
            expected = replicate(world, 4, seed=3)
            assert list(mine.tables) == list(expected.tables)
            for name, table in mine.tables.items():
                pd.testing.assert_frame_equal(table, expected.tables[name])
    finally:
        crew.close()


@pytest.mark.slow
def test_a_crew_that_lost_a_worker_is_replaced() -> None:
    import os

    crew = Crew(1)
    try:
        with pytest.raises(BrokenProcessPool):
            crew.submit(os._exit, 1).result()
        cell = Cell(0, 0, WORLDS[0].name, 1)
        (result,) = crew.submit(work, job_of(experiment_of(WORLDS, 1, 1), [cell])).result()
        assert result.cell == cell
    finally:
        crew.close()
