"""The how-tos: every snippet runs as it stands, on a world so small that it takes a moment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from tests.helpers.misuse import write_files
from tests.helpers.root import ROOT

TEXT = (ROOT / "docs" / "how-to.md").read_text(encoding="utf-8")
FIRST, *REST = TEXT.split("\n## ")
QUESTIONS = {part.splitlines()[0]: part for part in REST}


def snippet(text: str) -> str:
    (found,) = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """What is written smaller than on the page: worlds, draws, replications."""
    write_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    yield {
        '"baseline"': '"tiny.toml"',
        '"no_agreement"': '"without.toml"',
        "workers=4": "draws=2, replications=2, progress=False",
        "range(10)": "range(5)",
        "2030-01-01": "2028-01-01",
    }
    plt.close("all")


def answer(question: str, small: dict[str, str]) -> dict[str, Any]:
    code = snippet(FIRST) + snippet(QUESTIONS[question])
    for there, here in small.items():
        code = code.replace(there, here)
    names: dict[str, Any] = {}
    exec(code, names)
    return names


def test_ten_questions_have_one_snippet_each() -> None:
    assert len(QUESTIONS) == 10
    assert all(snippet(part) for part in QUESTIONS.values())


def named(word: str) -> str:
    (found,) = (question for question in QUESTIONS if word in question)
    return found


def test_stay_by_origin_and_year(small: dict[str, str]) -> None:
    mean = answer(named("by origin"), small)["mean"]
    assert mean.index.name == "origin"
    assert set(mean.columns) <= {2027, 2028}
    assert not mean.empty


def test_survival_of_limbo_has_a_band(small: dict[str, str]) -> None:
    band = answer(named("limbo"), small)["band"]
    assert list(band["days"]) == [0, 90, 365, 730]
    told = band.dropna()
    assert len(told) >= 2
    assert ((told["low"] <= told["share"]) & (told["share"] <= told["high"])).all()


def test_census_of_one_place_by_week(small: dict[str, str]) -> None:
    centre = answer(named("week by week"), small)["centre"]
    assert set(centre.index.diff().dropna()) == {pd.Timedelta(weeks=1)}
    assert centre.max() > 0


def test_transferred_and_returned(small: dict[str, str]) -> None:
    found = answer(named("come back"), small)
    assert found["by_year"]["transfers"].sum() > 0
    assert 0 < found["share_returned"] < 1


def test_cost_per_removal(small: dict[str, str]) -> None:
    told = answer(named("cost"), small)["told"]
    assert set(told["scenario"]) == {"tiny", "without"}
    assert (told["low"] <= told["high"]).all()


def test_waits_for_a_flight(small: dict[str, str]) -> None:
    deciles = answer(named("flight"), small)["deciles"]
    assert 0 < deciles[0.1] <= deciles[0.5]


def test_share_held_long(small: dict[str, str]) -> None:
    assert 0 < answer(named("18 months"), small)["share"] < 1


def test_two_places(small: dict[str, str]) -> None:
    found = answer(named("two places"), small)
    assert Path("danish_prisons.png").stat().st_size > 1000
    assert set(found["numbers"]["outcome"]) == {"home_occupancy", "departure_centre_occupancy"}
    assert found["centre"] is not found["danish"]


def test_event_log(small: dict[str, str]) -> None:
    answer(named("pm4py"), small)
    log = pd.read_csv("event_log.csv", dtype={"case:concept:name": str})
    assert log[["case:concept:name", "concept:name", "time:timestamp"]].notna().all(axis=None)
    begun = pd.to_datetime(log["time:timestamp"], format="ISO8601")
    assert begun.groupby(log["case:concept:name"]).is_monotonic_increasing.all()


def test_dated_change_and_data(small: dict[str, str]) -> None:
    removal = answer(named("data of my own"), small)["scenario"].removal
    assert removal.case_workers[-1].value == 60
    assert removal.escort_days.mean == pytest.approx(22.6, rel=0.2)
