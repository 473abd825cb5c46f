"""Exports: a table as one file, event logs, and a copy of the folder."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.experiment.call import run_experiment as call
from sim.experiment.export import copy_folder, event_log
from sim.experiment.keep import TABLES
from sim.experiment.read import Results
from tests.helpers.experiments import all_in, write

TEXT = """
tables = ["spells", "exits", "people"]
[replications]
number = 2
per_cell = 1
"""
PM4PY = [
    "case:concept:name",
    "concept:name",
    "time:timestamp",
    "lifecycle:transition",
    "org:resource",
]
VIDIGI = {"entity_id", "event_type", "event", "time", "resource_id", "pathway"}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Two scenarios, two replications each, with spells and exits."""
    folder = tmp_path_factory.mktemp("export")
    return call(write(folder / "files", TEXT), folder / "out", progress=False)


def log_of(results: Results, folder: Path, form: str, **which: int) -> pd.DataFrame:
    file = event_log(results, folder / "log.parquet", form, "small", **which)  # type: ignore[arg-type]
    return pd.read_parquet(file)


def spells_of(results: Results, replication: int = 1) -> pd.DataFrame:
    spells = results.table("spells", scenario="small")
    return spells[(spells["replication"] == replication) & (spells["track"] == "stay")]


# ---------------------------------------------------------------- tables


@pytest.mark.parametrize("name", ["outcomes", "spells", "exits", "people"])
def test_a_table_as_csv_is_the_table(results, tmp_path, name):
    file = results.export(name, tmp_path / "below" / f"{name}.csv")
    expected = results.table(name)
    moments = [c for c, kind in TABLES[name].columns.items() if kind.startswith("timestamp")]
    found = pd.read_csv(file, parse_dates=moments)
    assert list(found.columns) == list(expected.columns)
    for column in expected:
        if column in moments:
            expected[column] = expected[column].astype("datetime64[ns]")
            found[column] = found[column].astype("datetime64[ns]")
        if column in (
            "place",
            "place_role",
        ):  # an empty text and nothing are the same in a CSV file
            found[column] = found[column].fillna("")
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_a_table_as_one_parquet_file_is_the_table(results, tmp_path):
    file = results.export("spells", tmp_path / "spells.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(file), results.table("spells"))


def test_an_export_that_cannot_be_leaves_nothing(results, tmp_path):
    with pytest.raises(ValueError, match=r"should end in \.csv or \.parquet"):
        results.export("spells", tmp_path / "spells.xlsx")
    with pytest.raises(KeyError, match=r"no table 'queues' was kept; there are: .*spells"):
        results.export("queues", tmp_path / "queues.csv")
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_breaks_keeps_the_older_file(results, tmp_path, monkeypatch):
    file = tmp_path / "spells.csv"
    file.write_text("older", encoding="utf-8")
    import pyarrow.csv as csv

    class Full:
        def __init__(self, path: Path, schema: object) -> None:
            Path(path).write_text("half", encoding="utf-8")

        def write_table(self, table: object) -> None:
            raise OSError("No space left on device")

    monkeypatch.setattr(csv, "CSVWriter", Full)
    with pytest.raises(OSError, match="No space"):
        results.export("spells", file)
    assert all_in(tmp_path) == {"spells.csv": b"older"}


# ---------------------------------------------------------------- event logs


def test_the_log_for_pm4py_has_a_start_and_a_complete_for_every_stay(results, tmp_path):
    log = log_of(results, tmp_path, "pm4py", replication=1)
    assert list(log.columns) == PM4PY
    assert log["time:timestamp"].dtype.kind == "M"
    assert set(log["lifecycle:transition"]) == {"start", "complete"}
    stays = spells_of(results)
    starts = log[log["lifecycle:transition"] == "start"]
    assert len(starts) == len(stays)
    assert (
        starts["concept:name"].value_counts().to_dict() == stays["stage"].value_counts().to_dict()
    )
    assert set(log["case:concept:name"]) == set(stays["person"].astype(str))


def test_what_is_not_complete_for_pm4py_is_open_at_the_horizon(results, tmp_path):
    log = log_of(results, tmp_path, "pm4py", replication=1)
    stays = spells_of(results)
    still = set(stays.loc[~stays["ended"], "person"].astype(str))
    assert still
    exits = results.table("exits", scenario="small").query("replication == 1")
    left = dict(zip(exits["person"].astype(str), exits["exit"], strict=True))
    assert still.isdisjoint(left)
    assert still | set(left) == set(log["case:concept:name"])
    for person, events in log.groupby("case:concept:name"):
        told = list(zip(events["concept:name"], events["lifecycle:transition"], strict=True))
        if person in left:
            assert told.pop() == (left[person], "complete")
        else:
            assert told.pop()[1] == "start"
        # What remains is start, complete, start, complete, ... of one stage after the other.
        assert len(told) % 2 == 0
        for (begun, start), (ended, complete) in zip(told[::2], told[1::2], strict=True):
            assert (begun, start, complete) == (ended, "start", "complete")
        assert events["time:timestamp"].is_monotonic_increasing


def test_the_log_for_vidigi_has_its_columns_and_event_types(results, tmp_path):
    log = log_of(results, tmp_path, "vidigi", replication=1)
    assert set(log.columns) == VIDIGI
    assert set(log["event_type"]) == {
        "arrival_departure",
        "queue",
        "resource_use",
        "resource_use_end",
    }
    ends = log[log["event_type"] == "arrival_departure"]
    assert set(ends["event"]) == {"arrival", "depart"}
    assert log["time"].min() == 0
    assert log["time"].notna().all()
    uses = log["event_type"].isin(["resource_use", "resource_use_end"])
    assert log.loc[uses, "resource_id"].notna().all()
    assert log.loc[~uses, "resource_id"].isna().all()
    departs = log["event"] == "depart"
    assert log.loc[departs, "pathway"].notna().all()


def test_the_events_of_every_person_are_in_order_for_vidigi(results, tmp_path):
    log = log_of(results, tmp_path, "vidigi", replication=1)
    stays = spells_of(results)
    still = set(stays.loc[~stays["ended"], "person"])
    for person, events in log.groupby("entity_id"):
        assert events["time"].is_monotonic_increasing
        kinds, told = list(events["event_type"]), list(events["event"])
        assert told[0] == "arrival"
        assert told.count("arrival") == 1
        assert (told[-1] == "depart") == (person not in still)
        using: str | None = None
        for kind, event in zip(kinds, told, strict=True):
            if kind == "resource_use":
                assert using is None
                using = event
            elif kind == "resource_use_end":
                assert using == event
                using = None
            else:
                assert using is None
        assert (using is None) or person in still


def test_a_log_is_of_one_replication(results, tmp_path):
    first, second = (log_of(results, tmp_path, "pm4py", replication=n) for n in (0, 1))
    assert not first.equals(second)
    assert len(first) > 100


def test_a_log_as_csv(results, tmp_path):
    file = event_log(results, tmp_path / "log.csv", "pm4py", "without")
    found = pd.read_csv(file, parse_dates=["time:timestamp"])
    assert list(found.columns) == PM4PY
    assert found["time:timestamp"].dtype.kind == "M"


def test_a_log_that_cannot_be_is_told(results, tmp_path):
    with pytest.raises(KeyError, match="no replication 7 of small at point 0"):
        log_of(results, tmp_path, "pm4py", replication=7)
    with pytest.raises(KeyError, match="nothing for scenario small and point 4"):
        log_of(results, tmp_path, "pm4py", point=4)
    without = call(
        write(tmp_path / "files", "[replications]\nnumber = 1\n"), tmp_path / "o", progress=False
    )
    with pytest.raises(KeyError, match="needs the tables"):
        log_of(without, tmp_path, "vidigi")


# ---------------------------------------------------------------- copies


def test_a_folder_is_copied_to_another_file_system(results, tmp_path):
    uri = (tmp_path / "far" / "away").as_uri()
    copy_folder(results.folder, uri)
    there = Results(tmp_path / "far" / "away")
    assert there.status == results.status
    pd.testing.assert_frame_equal(there.outcomes, results.outcomes)
    original = {k: v for k, v in all_in(results.folder).items() if not k.startswith(".")}
    copied = {k: v for k, v in all_in(tmp_path / "far" / "away").items() if not k.startswith(".")}
    assert copied == original


@pytest.mark.parametrize("uri", ["nonsense", "ftq://host/place"])
def test_an_address_that_nobody_knows_is_told(results, uri):
    with pytest.raises(ValueError, match=uri):
        copy_folder(results.folder, uri)
