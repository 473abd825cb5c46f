"""prisonflow fit, as typed: lines to paste, a figure, and mistakes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.helpers.command import prisonflow

DAYS = [3, 5, 8, 12, 13, 20, 21, 30, 44, 70]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    file = tmp_path / "stays.csv"
    file.write_text("\n".join(["days,inside,note", *(f"{day},0,x" for day in DAYS)]), "utf-8")
    return file


def test_lines_figure_and_table(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    key = "removal.escort_days"
    done = prisonflow("fit", data, "--column", "days", "--key", key, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "exponential" in done.stdout
    assert f'{key} = {{ kind = "lognormal", p05 = ' in done.stdout
    assert f'{key} = {{ kind = "empirical", file = ' in done.stdout
    assert {path.name for path in out.iterdir()} == {"fit.png", "fit.svg", "fit.csv"}
    assert pd.read_csv(out / "fit.csv")["aic"].is_monotonic_increasing


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--column", "dais"], "has no column 'dais'; did you mean 'days'?"),
        (["--column", "note"], "line 2, column 'note': is 'x': should be a number"),
        (["--column", "days", "--censored", "note"], "is 'x': should be 1 or 0"),
        (["--column", "days", "--key", "rented_prison.places"], "holds no distribution"),
        (["--column", "inside"], "10 of 10 durations are 0"),
    ],
)
def test_mistakes_are_told(data: Path, tmp_path: Path, options: list[str], told: str) -> None:
    done = prisonflow("fit", data, *options)
    assert done.returncode == 2
    assert told in done.stderr
