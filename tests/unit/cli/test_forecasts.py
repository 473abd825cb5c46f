"""The commands of forecasts: what they say, write and refuse."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from sim.analysis.forecasting.file import write_forecast
from tests.helpers.forecasts import made_of, target
from tests.helpers.misuse import call


def test_a_forecast_is_scored(tmp_path: Path) -> None:
    draws = [float(n) for n in range(1, 100)]
    told = write_forecast(made_of(target("one", draws), target("later", draws)), tmp_path)
    came = tmp_path / "came.csv"
    came.write_text("key,value\none,50\nother,1\n")
    said = call("score", told, came, "--out", tmp_path / "out")
    assert (said.code, said.err) == (0, "")
    assert "Inside the 90 % range: 100.0 % of 1 figure." in said.out
    assert "no figure yet (1): later" in said.out
    assert "no target (1): other" in said.out
    table = pd.read_csv(tmp_path / "out" / "score.csv")
    assert list(table["state"]) == ["scored", "no figure yet", "no target"]


def test_a_forecast_of_today_is_not_written_over(tmp_path: Path) -> None:
    there = tmp_path / f"gjilan-{date.today()}.toml"
    there.write_text("mine")
    said = call("forecast", "baseline", "--out", tmp_path)
    assert said.code == 1
    assert "never written over" in said.err
    assert there.read_text() == "mine"
