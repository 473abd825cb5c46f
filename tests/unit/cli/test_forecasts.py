"""The commands of forecasts: what they say, write and refuse."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from sim.scenario.cases import cases
from tests.helpers.forecasts import made_of, target, without_numba
from tests.helpers.misuse import call

__all__ = ["without_numba"]


def test_a_forecast_is_scored(tmp_path: Path) -> None:
    draws = [float(n) for n in range(1, 100)]
    told = made_of(target("one", draws), target("later", draws)).write(tmp_path)
    came = tmp_path / "came.csv"
    came.write_text("key,value\none,50\nother,1\n")
    said = call("score", told, came, "--out", tmp_path / "out")
    assert (said.code, said.err) == (0, "")
    assert "Inside the middle 90 %: 100 %." in said.out
    assert "Targets without a figure yet (1): later" in said.out
    assert "Figures that are no target (1): other" in said.out
    table = pd.read_csv(tmp_path / "out" / "score.csv")
    assert list(table["state"]) == ["scored", "no figure yet", "no target"]
    drawn = pd.read_csv(tmp_path / "out" / "forecast.csv")
    assert list(drawn["key"]) == ["one", "later"]
    assert (tmp_path / "out" / "forecast.svg").stat().st_size > 1000
    danish = call("score", told, came, "--language", "da")
    assert "Inden for de midterste 90 %: 100 %." in danish.out


def test_a_forecast_of_today_is_not_written_over(tmp_path: Path) -> None:
    there = tmp_path / f"gjilan-{date.today()}.toml"
    there.write_text("mine")
    said = call("forecast", cases()["gjilan"].folder, "--out", tmp_path)
    assert said.code == 1
    assert "never written over" in said.err
    assert there.read_text() == "mine"
