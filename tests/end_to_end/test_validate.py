"""prisonflow validate, as typed: a table with every figure, files, going on, and mistakes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pandas as pd
import pytest

from sim.results.published.file import load_figures
from tests.helpers.command import prisonflow
from tests.helpers.experiments import small_world

Command = tuple[subprocess.CompletedProcess[str], Path]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Command:
    folder = tmp_path_factory.mktemp("validate")
    (folder / "small.toml").write_text(small_world("small"), encoding="utf-8")
    result = prisonflow("validate", folder / "small.toml", "--replications", 2, "--workers", 1,
                        "--out", folder / "out")  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result, folder


def test_every_figure_is_printed_and_written_in_order(done: Command) -> None:
    result, folder = done
    keys = [figure.key for figure in load_figures()]
    for ending, read in (("csv", pd.read_csv), ("parquet", pd.read_parquet)):
        table = read(folder / "out" / "tables" / f"validation.{ending}")
        assert table["figure"].tolist() == keys
        assert result.stdout.count(" MISSED ") == (table["verdict"] == "MISSED").sum() > 10
    assert "wrote the table to" in result.stdout
    names = {path.name for path in (folder / "out" / "figures").iterdir()}
    assert names == {f"validation_small.{kind}" for kind in ("png", "svg", "csv")}


def test_the_same_command_goes_on_and_says_the_same(done: Command) -> None:
    result, folder = done
    again = prisonflow("validate", folder / "small.toml", "--replications", 2, "--workers", 1,
                       "--out", folder / "out")  # fmt: skip
    assert again.stdout.splitlines()[0].startswith("0 cells run")
    assert again.stdout.splitlines()[1:] == result.stdout.splitlines()[1:]


def test_mistakes_leave_no_trace(done: Command, tmp_path: Path) -> None:
    _, folder = done
    (tmp_path / "mine.toml").write_text('[[figure]]\nkey = "x"\nvalue = 1\n', encoding="utf-8")
    out = tmp_path / "out"
    bad = prisonflow("validate", folder / "small.toml", "--figures", tmp_path / "mine.toml",
                     "--out", out)  # fmt: skip
    assert bad.returncode == 2
    assert "figure x (no. 1).measure: is missing" in bad.stderr
    assert "Traceback" not in bad.stderr
    assert not out.exists()
