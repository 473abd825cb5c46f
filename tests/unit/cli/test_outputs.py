"""Nothing that befalls what is printed costs a result, and outputs are tried before any work."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sim.experiment import cells
from tests.helpers.command import FIXED
from tests.helpers.misuse import (
    Failing,
    call,
    few_figures,
    full,
    gone,
    interrupting,
    write_files,
)
from tests.helpers.root import ROOT


@pytest.fixture(autouse=True)
def _few_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    few_figures(monkeypatch)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scenarios, and a finished experiment on them in `done`."""
    folder = write_files(tmp_path_factory.mktemp("files"))
    said = call(
        "experiment", "run", folder / "sample.toml", "--workers", 1, "--out", folder / "done"
    )
    assert said.code == 0, said.err
    return folder


def commands(files: Path, out: Path) -> dict[str, tuple[list[object], list[str]]]:
    """Return every command but the page's, with the files that it is to write."""
    tiny, without = files / "tiny.toml", files / "without.toml"
    one = ["--replications", 1, "--workers", 1, "--out", out]
    report = ["report.html", "brief.html", "tables/estimates.csv", "figures/occupancy.png"]
    return {
        "run": (["run", tiny, without, *FIXED, *one], ["report.html", "tables/outcomes.csv"]),
        "compare": (["compare", tiny, without, *FIXED, "--replications", 2, *one[2:]], report),
        "report": (["report", files / "done", "--out", out], report),
        "brief": (["brief", files / "done", "--out", out], ["brief.html"]),
        "sensitivity": (["sensitivity", files / "done", "--out", out], ["tables/ranking.csv"]),
        "validate": (["validate", files / "long.toml", *one], ["tables/validation.csv"]),
        "verify": (["verify", tiny, "--replications", 1, "--out", out / "t.csv"], ["t.csv"]),
        "experiment": (
            ["experiment", "run", files / "sample.toml", *one[2:]],
            ["design.parquet", "tables/outcomes/tiny-p000003-r000001-000001.parquet"],
        ),
        "export": (
            ["experiment", "export", files / "done", "--table", "outcomes", "--to", out / "o.csv"],
            ["o.csv"],
        ),
        "event log": (
            ["experiment", "export", files / "done", "--event-log", "pm4py", "--to", out / "l.csv"],
            ["l.csv"],
        ),
        "list": (["experiment", "export", files / "done"], []),
        "retry": (["experiment", "retry", files / "done"], []),
        "status": (["experiment", "status", files / "done"], []),
        "check": (["check", tiny], []),
        "describe": (["describe", tiny], []),
        "trace": (["trace", tiny], []),
        "scenarios": (["scenarios"], []),
        "experiments": (["experiment", "list", "--shipped"], []),
        "experiments there": (["experiment", "list", files], []),
        "outcomes": (["outcomes"], []),
        "schema": (["schema"], []),
    }  # fmt: skip


NAMES = list(commands(Path(), Path()))
WRITING = [name for name, (_, files) in commands(Path(), Path()).items() if files]


def see_that_whole(out: Path, wanted: list[str]) -> None:
    """See that everything is there, readable, and nothing half-written."""
    for name in wanted:
        assert (out / name).stat().st_size > 0
    for file in out.rglob("*.csv") if out.exists() else ():
        assert len(pd.read_csv(file, low_memory=False).columns)
    left = [str(path) for path in (out.rglob(".*") if out.exists() else ())]
    assert not [name for name in left if not name.endswith((".lock", ".owner"))]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_reader_who_goes_away_costs_nothing_and_is_no_failure(name, files, tmp_path):
    arguments, wanted = commands(files, tmp_path / "out")[name]
    said = call(*arguments, out=gone())
    assert said.code == 0, said.err
    assert "prisonflow:" not in said.err
    see_that_whole(tmp_path / "out", wanted)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_full_disk_behind_the_output_is_said_and_costs_nothing(name, files, tmp_path):
    arguments, wanted = commands(files, tmp_path / "out")[name]
    said = call(*arguments, out=full())
    assert said.code == 1
    assert "standard output cannot be written to (No space left on device)" in said.err
    see_that_whole(tmp_path / "out", wanted)


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITING)
def test_everything_is_written_before_a_word_is_said(name, files, tmp_path):
    arguments, wanted = commands(files, tmp_path / "out")[name]
    said = call(*arguments, out=interrupting())
    assert said.code == 130
    assert "stopped" in said.err
    if name not in ("compare", "validate"):  # their cells are safe, which is said before the report
        see_that_whole(tmp_path / "out", wanted)


def test_an_exit_code_says_how_the_work_went_whoever_listens(files, tmp_path):
    assert call("check", files / "missing.toml", out=gone()).code == 2
    assert call("run", files / "tiny.toml", "--seed", -1, out=full()).code == 2


def test_ctrl_c_while_it_simulates_is_a_sentence(files, tmp_path, monkeypatch):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cells, "_replicate", interrupted)
    said = call("run", files / "tiny.toml", "--workers", 1, "--out", tmp_path / "out")
    assert said == (130, "", said.err)
    assert "stopped; nothing was written" in said.err
    assert not (tmp_path / "out" / "report.html").exists()


@pytest.mark.slow
@pytest.mark.parametrize("redirect", ["| true", ">/dev/full", ">&-", ">&- 2>&-", "2>/dev/full"])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_real_shell(redirect, files, tmp_path):
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {sys.executable} -m sim verify {files}/tiny.toml "
         f"--replications 1 --out {tmp_path}/out/t.csv {redirect}"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    assert done.returncode == (redirect == ">/dev/full")
    see_that_whole(tmp_path / "out", ["t.csv"])


def test_an_encoding_without_our_signs_costs_no_traceback(files):
    done = subprocess.run(
        [sys.executable, "-m", "sim", "trace", str(files / "tiny.toml"), "--person", "7"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert done.returncode == 2
    assert "nobody has this number" in done.stderr
    assert "Traceback" not in done.stderr


# ---------------------------------------------------------------- places that cannot be written to


def _dangling(folder: Path) -> Path:
    (folder / "link").symlink_to(folder / "nowhere")
    return folder / "link"


def _file(folder: Path) -> Path:
    (folder / "file").write_text("kept", encoding="utf-8")
    return folder / "file"


PLACES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "dangling": (_dangling, "is a link to"),
    "below dangling": (lambda folder: _dangling(folder) / "out", "is a link to"),
    "file": (_file, "is a file, not a folder"),
    "below a file": (lambda folder: _file(folder) / "a" / "out", "is a file, not a folder"),
    "long": (lambda folder: folder / ("x" * 300), "File name too long"),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", WRITING)
def test_an_output_that_cannot_be_made_is_told_before_any_work(
    name, place, files, tmp_path, monkeypatch
):
    def simulated(*_: object, **__: object) -> None:
        raise AssertionError("this simulates before it has tried its output")

    monkeypatch.setattr("sim.world.simulate.simulate", simulated)
    make, words = PLACES[place]
    arguments, _ = commands(files, make(tmp_path))[name]
    said = call(*arguments)
    assert said.code in (1, 2)
    assert said.out == ""
    assert words in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("name", WRITING)
def test_a_disk_that_fills_while_files_are_written_leaves_none_half_written(
    name, files, tmp_path, monkeypatch
):
    """Every file is written beside its place first; here the fourth of them finds no room."""
    arguments, _ = commands(files, tmp_path / "out")[name]
    plain, written = Path.replace, []

    def replace(self: Path, target: Path) -> Path:
        written.append(target)
        if len(written) == (1 if name in ("verify", "export", "event log", "brief") else 4):
            raise full().error
        return plain(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    said = call(*arguments)
    assert said.code == 1
    assert "No space left on device" in said.err
    see_that_whole(tmp_path / "out", [])
    shutil.rmtree(tmp_path / "out", ignore_errors=True)


def test_a_failing_stream_fails() -> None:
    with pytest.raises(BrokenPipeError):
        Failing(BrokenPipeError()).write("x")
