"""What is stored reads alike in every tool, and pairs."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from sim.experiment.call import run_experiment as call
from sim.experiment.keep import LABELS, TABLES
from sim.experiment.read import Results
from sim.experiment.run import run_experiment
from sim.experiment.store import Store
from sim.results.outcomes import OUTCOMES
from tests.helpers.experiments import Instead, canned_work, noisy, opener, read, write

ALL = [name for name in TABLES if name != "outcomes"]
TEXT = f"""
tables = {ALL}
[replications]
number = 2
per_cell = 1
[design]
kind = "grid"
values = {{ "rented_prison.places" = [150, 200] }}
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Every table of two scenarios, two points and two replications."""
    folder = tmp_path_factory.mktemp("read")
    return call(write(folder / "files", TEXT), folder / "out", progress=False)


def test_every_table_was_kept(results):
    assert results.tables == sorted(TABLES)
    for name in TABLES:
        assert len(results.files(name)) == (4 if TABLES[name].of_first else 8)


@pytest.mark.parametrize("name", TABLES)
def test_every_file_has_the_documented_columns(results, name):
    for file in results.files(name):
        schema = pq.read_schema(file)
        assert {field.name: str(field.type) for field in schema} == TABLES[name].columns
        assert list(schema.names)[:3] == list(LABELS)
        assert not schema.metadata


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_in_order_of_scenario_point_and_replication(results, name):
    keys = results.table(name)[list(LABELS)].drop_duplicates()
    numbers = (0,) if TABLES[name].of_first else (0, 1)
    expected = [(s, p, r) for s in ("small", "without") for p in (0, 1) for r in numbers]
    assert list(keys.itertuples(index=False, name=None)) == expected


def test_part_of_a_table(results):
    whole = results.table("costs")
    part = results.table("costs", scenario="without", point=1)
    assert len(part) > 0
    chosen = whole[(whole["scenario"] == "without") & (whole["point"] == 1)]
    pd.testing.assert_frame_equal(part, chosen.reset_index(drop=True))


def test_what_is_not_there_is_told(results):
    with pytest.raises(KeyError, match="no table 'spel' was kept"):
        results.table("spel")
    with pytest.raises(KeyError, match=r"no scenario .nobody. in .*there are: small, without"):
        results.table("costs", scenario="nobody", point=0)
    with pytest.raises(KeyError, match=r"no outcome 'limbi'; did you mean 'limbo'\? there are: "):
        results.differences("without", "limbi")
    with pytest.raises(KeyError, match=r"no scenario 'baseline'; there are: small, without"):
        results.differences("baseline")


def test_every_outcome_of_every_replication(results):
    table = results.outcomes
    assert list(table.columns) == ["scenario", "point", "replication", "outcome", "value", "unit"]
    assert len(table) == 8 * len(OUTCOMES)
    assert set(table["outcome"]) == {outcome.name for outcome in OUTCOMES}
    never = table.query("scenario == 'without' and outcome == 'transfer_wait_days'")["value"]
    assert never.isna().all()


def test_differences_are_paired_by_point_and_replication(results):
    paired = results.differences("without", "home_occupancy")
    assert list(paired["scenario"]) == ["small"] * 4
    table = results.outcomes.query("outcome == 'home_occupancy'")
    value = table.set_index(["scenario", "point", "replication"])["value"]
    for row in paired.itertuples():
        mine = value["small", row.point, row.replication]
        other = value["without", row.point, row.replication]
        assert (row.value, row.reference) == (mine, other)
        assert row.difference == mine - other
    assert set(results.differences("without")["outcome"]) == {o.name for o in OUTCOMES}


def test_a_point_of_no_effect_makes_no_difference(results):
    # Places in a prison that is not used change nothing: the same people, the same luck.
    values = results.table("outcomes", scenario="without").set_index(["replication", "outcome"])
    first, second = (values[values["point"] == point]["value"] for point in (0, 1))
    pd.testing.assert_series_equal(first, second)


def test_replications_are_different_people(results):
    judgments = [
        set(table["judgment"])
        for _, table in results.table("people", scenario="small", point=0).groupby("replication")
    ]
    assert len(judgments) == 2
    assert judgments[0] != judgments[1]


def test_status_and_words(results):
    status = results.status
    assert (status.name, status.cells, status.replications, status.failed) == ("tiny", 8, 8, 0)
    assert repr(results).startswith("<Results of tiny: 2 scenarios, 2 points, 8 cells")
    assert list(results.design["rented_prison.places"]) == [150, 200]
    assert results.failures.empty


def test_an_experiment_that_has_hardly_begun_can_be_looked_at(tmp_path):
    chosen = read(tmp_path / "files", TEXT)
    store = Store(tmp_path / "out")
    with store.locked():
        store.begin(chosen)
        begun = Results(tmp_path / "out")
        assert begun.status.cells == 0
        assert begun.tables == []
        with pytest.raises(KeyError, match="no table 'outcomes'"):
            _ = begun.outcomes


def test_more_of_a_kind_are_read_while_they_come(tmp_path):
    chosen = read(tmp_path / "files", "[replications]\nnumber = 3\nper_cell = 1\n")
    run_experiment(chosen, Store(tmp_path / "out"), opener(Instead(canned_work(noisy))))
    found = Results(tmp_path / "out")
    assert len(found.outcomes) == 6
    found.files("outcomes")[0].unlink()
    assert len(found.outcomes) == 5
    assert len(found.differences("without")) == 2


# ---------------------------------------------------------------- other tools


def dated(frame: pd.DataFrame) -> pd.DataFrame:
    """Give every reader's table the same kinds of columns: values are what is compared."""
    frame = frame.copy()
    for column in frame:
        if frame[column].dtype.kind == "M":
            frame[column] = frame[column].astype("datetime64[ms]")
        elif frame[column].dtype.kind in "if":
            frame[column] = frame[column].astype(float)
        elif frame[column].dtype.kind == "b":
            frame[column] = frame[column].astype(bool)
        else:
            frame[column] = frame[column].astype(object).where(frame[column].notna(), None)
    return frame


def compare(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    keys = [name for name in ("scenario", "point", "replication", "person", "start", "track",
                              "stage", "outcome", "date", "end") if name in expected]  # fmt: skip
    left, right = (
        dated(table).sort_values(keys, kind="stable").reset_index(drop=True)
        for table in (found, expected)
    )
    pd.testing.assert_frame_equal(left[right.columns], right)


@pytest.mark.parametrize("name", ["outcomes", "spells", "people", "queues"])
class TestOtherTools:
    def test_pandas(self, results, name):
        found = pd.read_parquet(Path(results.folder) / "tables" / name)
        compare(found, results.table(name))

    def test_arrow(self, results, name):
        found = ds.dataset(results.folder / "tables" / name, format="parquet").to_table()
        compare(found.to_pandas(), results.table(name))

    def test_polars(self, results, name):
        polars = pytest.importorskip("polars")
        found = polars.read_parquet(results.folder / "tables" / name / "*.parquet")
        expected = results.table(name)
        for column, kind in TABLES[name].columns.items():
            if kind.startswith("timestamp"):
                assert found.schema[column] == polars.Datetime("ms")
            elif kind == "string":
                assert found.schema[column] == polars.String
        assert found.columns == list(expected.columns)
        assert found.height == len(expected)
        compare(pd.DataFrame(found.to_dict(as_series=False)), expected)

    def test_duckdb(self, results, name):
        duckdb = pytest.importorskip("duckdb")
        pattern = (results.folder / "tables" / name / "*.parquet").as_posix()
        found = duckdb.sql(f"select * from read_parquet('{pattern}')")
        kinds = dict(zip(found.columns, map(str, found.types), strict=True))
        for column, kind in TABLES[name].columns.items():
            if kind.startswith("timestamp"):
                assert kinds[column].startswith("TIMESTAMP")
            elif kind == "string":
                assert kinds[column] == "VARCHAR"
        compare(found.df(), results.table(name))


def test_dates_are_dates(results):
    people = results.table("people")
    assert people["judgment"].dtype.kind == "M"
    first = people["judgment"].min().date()
    assert datetime.date(1990, 1, 1) < first < datetime.date(2009, 1, 1)
    queues = results.table("queues")
    assert set(queues["date"].dt.day) == {1}
    assert np.issubdtype(queues["people"].dtype, np.floating)


def test_unknown_names_are_refused_with_the_nearest(results: Results) -> None:
    for asks, told in (
        (lambda: results.table("outcome"), "did you mean 'outcomes'"),
        (lambda: results.table("outcomes", scenario="smal"), "did you mean 'small'"),
        (lambda: results.differences("whithout"), "did you mean 'without'"),
        (lambda: results.differences("without", "lmbo"), "did you mean 'limbo'"),
    ):
        with pytest.raises(KeyError, match=told):
            asks()
