"""Forecasts: made the same way twice, stored once, and judged by scores worked out by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.analysis.forecasting.file import (
    ForecastExists,
    as_toml,
    read_forecast,
)
from sim.analysis.forecasting.judge import (
    KNOWN,
    NO_TARGET,
    SCORED,
    WAITING,
    score,
    scores,
)
from sim.analysis.forecasting.make import forecast
from sim.analysis.forecasting.targets import targets
from sim.errors import PrisonflowError
from sim.scenario.errors import ScenarioError
from tests.helpers.forecasts import MADE, made_of, target, without_numba
from tests.helpers.worlds import between, small

__all__ = ["without_numba"]
ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(("value", "draws"), [(1.0, [0, 2, 3]), (9.0, [1, 1, 4, 7]), (2, [2, 2])])
def test_crps_is_that_of_the_formula(value: float, draws: list[float]) -> None:
    far = np.mean([abs(one - value) for one in draws])
    apart = np.mean([abs(one - other) for one, other in product(draws, draws)])
    found = scores(target("one", draws), value)
    assert found["crps"] == pytest.approx(far - apart / 2)
    assert found["own_crps"] == abs(value - 3.0)


def test_interval_scores_and_ranks_are_those_of_the_formula() -> None:
    one = target("one", list(range(1, 100)))  # 5th, 25th, ... percentile are 5, 25, ...
    found = scores(one, 99.5)
    assert (one.q05, one.q25, one.median, one.q75, one.q95) == (5, 25, 50, 75, 95)
    assert found["interval_50"] == pytest.approx(50 + 2 / 0.5 * 24.5)
    assert found["interval_90"] == pytest.approx(90 + 2 / 0.1 * 4.5)
    assert (found["inside_50"], found["inside_90"], found["rank"]) == (False, False, 1.0)
    assert scores(one, 50)["rank"] == pytest.approx(49.5 / 99)


def test_what_came_is_scored_and_the_rest_is_listed(tmp_path: Path) -> None:
    draws = [float(n) for n in range(1, 100)]
    keys = ("inside", "between", "outside", "told", "waiting")
    came = tmp_path / "came.csv"
    came.write_text(
        "key,value,source,published\ninside,50,A report,\nbetween,80,,\noutside,200,,\n"
        "told,50,,2027-09-30\nother,1,,\n"
    )
    found = score(made_of(*(target(key, draws) for key in keys)), came)
    states = dict(zip(found.table["key"], found.table["state"], strict=True))
    assert states == dict.fromkeys(keys[:3], SCORED) | {
        "told": KNOWN, "waiting": WAITING, "other": NO_TARGET
    }  # fmt: skip
    assert found.coverage == pytest.approx((1 / 3, 2 / 3))
    assert found.ranks is None
    assert found.table["crps"].notna().sum() == 3


def test_published_figures_match_by_what_they_measure(tmp_path: Path) -> None:
    figure = (
        '[[figure]]\nkey = "{}"\ntopic = "T"\ntitle = "T"\nvalue = 2\nunit = "people"\n'
        'used_to_set = false\nstatus = "found"\nsource = "S"\nconfidence = "high"\n'
        'measure = {{ kind = "prisoners", at = {} }}\n'
    )
    file = tmp_path / "published.toml"
    file.write_text(figure.format("any", "2028-01-01") + figure.format("far", "2028-01-02"))
    found = score(made_of(target("one", [1.0, 2.0])), file)
    assert list(found.table["state"]) == [SCORED, NO_TARGET]
    early = score(made_of(target("one", [1.0, 2.0]), made=date(2028, 1, 1)), file)
    assert list(early.table["state"]) == [KNOWN, NO_TARGET]
    file.write_text(figure.format("any", "2028-01-01") + figure.format("again", "2028-01-01"))
    with pytest.raises(ScenarioError, match="figure again: measures the same"):
        score(made_of(target("one", [1.0, 2.0])), file)


def test_a_forecast_is_stored_once(tmp_path: Path) -> None:
    told = made_of(target("one", [1.0, 2.5]))
    path = told.write(tmp_path / "forecasts")
    assert path.name == "tiny-2027-10-01.toml"
    assert read_forecast(path) == told
    with pytest.raises(ForecastExists, match="never written over"):
        made_of(target("one", [7.0, 8.0])).write(tmp_path / "forecasts")
    assert path.read_text(encoding="utf-8") == as_toml(told)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("name,value\na,1\n", "needs the columns key and value; it has: name, value"),
        ("key,value\none,many\n", "line 2: one: .*value is a number"),
        ("key,value\none,nan\n", "line 2: one: value nan is no number"),
        ("key,value\none,1\none,2\n", "line 3: one is there twice"),
    ],
)
def test_a_broken_table_is_told(tmp_path: Path, table: str, told: str) -> None:
    file = tmp_path / "came.csv"
    file.write_text(table)
    with pytest.raises(ScenarioError, match=told):
        score(made_of(target("one", [1.0, 2.0])), file)


def test_a_broken_forecast_is_told(tmp_path: Path) -> None:
    file = tmp_path / "one.toml"
    text = as_toml(made_of(target("one", [1.0, 2.0])))
    file.write_text(text.replace("seed = 1", 'seed = "x"').replace("q05", "q06"))
    with pytest.raises(ScenarioError) as error:
        read_forecast(file)
    assert "seed" in str(error.value)
    assert "q06" in str(error.value)


def test_targets_lie_ahead_and_exist_in_the_scenario() -> None:
    until = date(2029, 1, 2)
    found = targets(small(), MADE, until)
    assert all(MADE < max(figure.days) <= until for figure in found)
    keys = {figure.key for figure in found}
    assert {"rented_prison_2028_01", "transfers_2027_11", "removals_2028"} <= keys
    assert {"rented_occupancy_2028_01", "agreement_cost_2028"} <= keys
    opens = small().rented_prison.opens
    early = targets(small(), date(opens.year - 1, 6, 1), until)
    about = [one for one in early if one.key.startswith(("rented", "transfers", "agreement"))]
    assert about
    assert all(max(one.days) > opens for one in about)
    none = targets(small().change({"rented_prison.in_use": False}), MADE, until)
    assert not any(figure.key.startswith(("rented", "transfers", "flights")) for figure in none)
    assert {"removals_2028", "departure_centre_2028_01"} <= {figure.key for figure in none}


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Forecast a little world for the next months, as the text of its file."""
    monkeypatch.setattr("sim.analysis.forecasting.make.OWN", 1)
    world = between(date(2026, 1, 1), date(2026, 12, 1), {"rented_prison.in_use": False})

    def made(day: date = date(2026, 4, 1), **others: Any) -> str:
        return as_toml(forecast(world, made=day, draws=2, until=date(2026, 7, 2), **others))

    return made


def test_a_forecast_made_twice_is_the_same(soon: Callable[..., str]) -> None:
    first, again = soon(), soon(date(2026, 4, 2))
    assert again == first.replace("made = 2026-04-01", "made = 2026-04-02")
    with pytest.raises(PrisonflowError, match="nothing to forecast after 2026-12-01"):
        soon(date(2026, 12, 1))


@pytest.mark.slow
def test_a_forecast_is_the_same_whatever_the_workers(soon: Callable[..., str]) -> None:
    assert soon(workers=2) == soon()


def test_the_example_of_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "forecasts.md").read_text(encoding="utf-8")
    (snippet,) = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    told = made_of(target("rented_prison_2027_07", [50.0, 60.0, 90.0]), made=date(2027, 1, 15))
    monkeypatch.setattr(
        sim, "forecast", lambda *_, made, **__: told.model_copy(update={"made": made})
    )
    monkeypatch.chdir(tmp_path)
    exec(snippet, {})
    assert "rented_prison_2027_07   60.0    60.0" in capsys.readouterr().out
    assert (tmp_path / "forecasts" / "tiny-2027-01-15.toml").is_file()


def test_a_forecast_has_a_table_in_the_order_of_its_targets() -> None:
    table = made_of(target("one", [1.0, 2.0]), target("two", [3.0, 5.0])).table
    assert list(table["key"]) == ["one", "two"]
    assert list(table["median"]) == [1.5, 4.0]
    assert list(table["date"]) == [date(2028, 1, 1)] * 2
