"""Reading back: whole or in part, the same; and gone with the last who reads."""

from __future__ import annotations

import gc

import pandas as pd
import pytest

from sim.experiment.keep import KEPT, TABLES
from sim.experiment.lives import life_of, worth_following
from sim.experiment.replicate import ReplicationFailed, replicate_all
from sim.experiment.replications import Replications
from sim.experiment.shelf import StoredTables
from sim.experiment.temporary import TemporaryStore
from sim.results.run import Run
from sim.results.story import examples, tell
from sim.world.simulate import simulate
from tests.helpers.worlds import small


@pytest.fixture(scope="module")
def few() -> Replications:
    """A small world, five times: cells of two, two and one."""
    return replicate_all([small()], 5, progress=False)[0]


@pytest.mark.parametrize("name", [name for name in KEPT if not TABLES[name].of_first])
def test_blocks_together_are_the_table(few, name):
    blocks = list(few.blocks(name))
    numbers = [n for block in blocks for n in block["replication"].unique()]
    assert numbers == [0, 1, 2, 3, 4]
    assert len(blocks) == 3
    plain = [block.astype(dict.fromkeys(block.select_dtypes("category"), object))
             for block in (*blocks, few.lent(name))]  # fmt: skip
    pd.testing.assert_frame_equal(pd.concat(plain[:-1], ignore_index=True), plain[-1])


def test_columns_are_those_asked_for_and_words_are_categories(few):
    table = few.lent("queues", ["people", "queue"])
    assert list(table.columns) == ["people", "queue"]
    assert isinstance(table["queue"].dtype, pd.CategoricalDtype)
    assert all(list(block.columns) == ["queue"] for block in few.blocks("queues", ["queue"]))


def test_outcomes_are_held_and_nothing_else(few):
    assert few.lent("outcomes") is few.lent("outcomes")
    assert few.lent("queues") is not few.lent("queues")


def test_a_table_that_was_not_kept_is_named(few):
    with pytest.raises(KeyError, match="no table 'qeues' was kept"):
        few.lent("qeues")


@pytest.mark.slow
def test_the_same_whatever_the_number_of_workers(few):
    again = replicate_all([small()], 5, workers=2, progress=False)[0]
    for name in KEPT:
        pd.testing.assert_frame_equal(again.lent(name), few.lent(name))


def test_a_life_is_told_as_the_run_tells_it(few):
    run = Run(simulate(few.scenario, few.seed, 0))
    assert worth_following(few) == examples(run)
    for number in examples(run):
        assert tell(life_of(few, number), number) == tell(run, number)
    with pytest.raises(KeyError, match="the number 12 "):
        life_of(few, 12)


def test_a_temporary_folder_goes_with_the_last_that_reads_in_it():
    store = TemporaryStore()
    folder = store.folder
    assert folder.is_dir()
    del store
    gc.collect()
    assert not folder.exists()


def test_a_replication_that_fails_is_told(monkeypatch):
    from sim.experiment import cells

    def fails(*_):
        raise ValueError("no such luck")

    monkeypatch.setattr(cells, "_replicate", fails)
    with pytest.raises(ReplicationFailed, match="replications 0 to 1: ValueError: no such luck"):
        replicate_all([small()], 2, progress=False)


def test_asking_whether_a_table_is_there_reads_none(few, monkeypatch):
    monkeypatch.setattr(StoredTables, "read", lambda *_: pytest.fail("a table was read"))
    assert "queues" in few.tables
    assert "no such" not in few.tables


def test_tables_are_passed_on_as_they_are_read(few):
    parts = list(few.parts("queues"))
    assert len(parts) == 3
    assert sum(part.num_rows for part in parts) == len(few.tables["queues"])
