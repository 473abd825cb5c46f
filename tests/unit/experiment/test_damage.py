"""What befalls the files of an experiment is told by name, and its cells are run again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import sim
from sim.experiment import pools
from sim.experiment.read import Results
from sim.experiment.store import Store, StoreError
from tests.helpers.experiments import tables_in
from tests.helpers.misuse import EXPERIMENT, call, few_figures, write_files
from tests.helpers.root import ROOT

DAMAGE: dict[str, Callable[[bytes], bytes | None]] = {
    "empty": lambda _: b"",
    "truncated": lambda whole: whole[: len(whole) // 2],
    "garbled": lambda whole: b"\0" * len(whole),
    "footer garbled": lambda whole: whole[:-60] + b"\xff" * 52 + whole[-8:],
    "text": lambda _: b"scenario,point\n",
    "gone": lambda _: None,
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = write_files(tmp_path_factory.mktemp("files"))
    text = EXPERIMENT.replace("samples = 4", "samples = 2").replace('"spells", "exits"', '"spells"')
    (files / "sample.toml").write_text(text, encoding="utf-8")
    sim.run_experiment(files / "sample.toml", files / "done", progress=False)
    return files / "done"


@pytest.mark.parametrize("table", ["outcomes", "census", "spells"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_table_is_named_and_its_cell_run_again(table, damage, finished):
    before = tables_in(finished)
    file = finished / "tables" / table / "tiny-p000001-r000000-000000.parquet"
    changed = DAMAGE[damage](file.read_bytes())
    if changed is None:
        file.unlink()
    else:
        file.write_bytes(changed)
    if changed is not None and (table != "outcomes" or damage == "footer garbled"):
        with pytest.raises(StoreError, match=rf"{file.name}: is damaged.*command again"):
            Results(finished).table(table)
        said = call(
            "experiment", "export", finished, "--table", table, "--to", finished.parent / "to.csv"
        )
        assert said.code == 2
        assert file.name in said.err
    elif table == "outcomes":
        assert Results(finished).status.cells == 7
    again = sim.run_experiment(finished, progress=False)
    assert again.status.runs[-1]["ran"] == 1
    assert tables_in(finished) == before


@pytest.mark.slow
@pytest.mark.parametrize("name", ["manifest.json", "design.parquet", "experiment.toml"])
@pytest.mark.parametrize("damage", ["empty", "text", "gone"])
def test_other_damaged_files_are_named(name, damage, finished, monkeypatch):
    few_figures(monkeypatch)
    file = finished / name
    before = file.read_bytes()
    changed = DAMAGE[damage](before)
    file.unlink()
    if changed is not None:
        file.write_bytes(changed)
    try:
        ours = ("experiment status", "experiment retry", "experiment run", "experiment export")
        for command in (*ours, "report", "sensitivity"):
            crew = ["--workers", 1] if command.endswith("retry") else []
            said = call(*command.split(), finished, *crew)
            assert "Traceback" not in said.err
            if said.code:
                assert said.err.count("prisonflow: ") >= 1
    finally:
        file.write_bytes(before)


def test_a_failure_whose_record_is_damaged_is_still_known(finished):
    store = Store(finished)
    record = finished / "failures" / "tiny-p000001-r000002-000002.json"
    record.parent.mkdir(exist_ok=True)
    record.write_text("{", encoding="utf-8")
    assert [found["error"] for found in store.failed().values()] == [f"{record} cannot be read"]
    assert call("experiment", "status", finished).code == 0
    record.unlink()


# ---------------------------------------------------------------- several processes from anywhere

SCRIPT = """
import sim
print("begins")
both = sim.compare(
    r"{tiny}", r"{without}", draws=2, replications=1, workers=2, progress=False
)
print(both.outcomes["replication"].nunique())
"""


@pytest.mark.slow
@pytest.mark.parametrize("way", ["-", "-c", "file"])
def test_several_processes_need_no_main_guard(way, tmp_path):
    files = write_files(tmp_path)
    text = SCRIPT.format(tiny=files / "tiny.toml", without=files / "without.toml")
    (files / "script.py").write_text(text, encoding="utf-8")
    given = {"-": ["-"], "-c": ["-c", text], "file": [str(files / "script.py")]}[way]
    done = subprocess.run(
        [sys.executable, *given], input=text, cwd=ROOT, capture_output=True, text=True,
        check=False, timeout=120, env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["begins", "2"]


def test_workers_that_cannot_start_are_told(monkeypatch):
    monkeypatch.setattr(pools, "_prepare", pools.os._exit)
    with pytest.raises(StoreError, match="workers=1"), pools.processes(1):
        pytest.fail("nothing can be run here")


def test_a_worker_that_dies_is_told():
    with pytest.raises(StoreError, match="a worker process died"), pools.processes(1) as pool:
        pool.submit(pools.os._exit, 1).result()
