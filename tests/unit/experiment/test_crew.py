"""Worker processes: all there from the start, and gone when they are not needed."""

from __future__ import annotations

import multiprocessing
import time
from contextlib import suppress

from sim.experiment.crew import Crew
from sim.experiment.pools import processes


def test_all_workers_of_a_pool_are_started_at_once():
    before = set(multiprocessing.active_children())
    with processes(2):
        assert len(set(multiprocessing.active_children()) - before) == 2
    assert set(multiprocessing.active_children()) <= before


def test_a_crew_works_and_goes_home():
    before = set(multiprocessing.active_children())
    with Crew(1) as crew:
        assert crew.submit(divmod, 7, 2).result() == (3, 1)
    assert set(multiprocessing.active_children()) <= before


def test_a_crew_is_stopped_at_once_by_an_error():
    before, begun = set(multiprocessing.active_children()), time.monotonic()
    with suppress(KeyError), Crew(1) as crew:
        crew.submit(time.sleep, 60)
        raise KeyError
    for process in set(multiprocessing.active_children()) - before:
        process.join(30)
    assert set(multiprocessing.active_children()) <= before
    assert time.monotonic() - begun < 60
