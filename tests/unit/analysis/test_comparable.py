"""What can be compared is decided in one place, and everybody asks there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import sim
from sim.analysis.comparable import incomparable
from sim.analysis.paired import NoComparison
from sim.scenario.schema import Scenario
from sim.show.app.setting import Catalogue, Setting
from tests.helpers.misuse import TINY, call, write_files
from tests.helpers.runs import replicate

#: For each way in which two scenarios cannot be compared: what differs, and what is said.
DIFFERENT = {
    "name": ({}, "tiny: given twice"),
    "case": ({"name": "other", "case": "elsewhere"}, "are about different cases"),
    "first day observed": (
        {"name": "other", "time.observe_from": "2027-06-01"}, "report on different periods"
    ),
    "last day observed": (
        {"name": "other", "time.observe_until": "2028-05-01"}, "report on different periods"
    ),
    "horizon": ({"name": "other", "time.end": "2028-06-01"}, "people are not followed for as long"),
    "start": ({"name": "other", "time.start": "2026-02-01"}, "are simulated for different periods"),
}  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return write_files(tmp_path)


@pytest.mark.parametrize("kind", DIFFERENT)
def test_every_way_to_compare_refuses_in_the_same_words(kind, files):
    changes, words = DIFFERENT[kind]
    other = files / "other.toml"
    text = TINY
    for key, value in changes.items():
        name = key.removeprefix("time.")
        before = next((line for line in TINY.splitlines() if line.startswith(f"{name} = ")), None)
        line = f'{name} = "{value}"' if key in ("name", "case") else f"{name} = {value}"
        text = text.replace(before, line) if before else text.replace("[time]", f"{line}\n[time]")
    other.write_text(text, encoding="utf-8")
    for command in ("run", "compare"):
        said = call(command, files / "tiny.toml", other, "--out", files / "out")
        assert said.code == 2
        assert said.out == ""
        assert words in said.err
        assert not (files / "out").exists()
    with pytest.raises(NoComparison, match=words):
        sim.compare(files / "tiny.toml", other)
    if any(key.startswith("time.") for key in changes):  # else the page finds the worlds the same
        catalogue = Catalogue([files / "tiny.toml", other])
        with pytest.raises(ValueError, match=words):
            Setting("tiny", "other").made(catalogue)


def test_runs_of_different_seeds_are_not_compared(files):
    tiny, without = (sim.load(files / f"{name}.toml") for name in ("tiny", "without"))
    one, two = replicate(tiny, 1, seed=1), replicate(without, 1, seed=1)
    assert len(sim.Comparison([one, two])) == 2
    with pytest.raises(NoComparison, match="tiny with seed 1; without with seed 2"):
        sim.Comparison([one, replace(two, seed=2)])


def test_alike_scenarios_can_be_compared(files):
    worlds: list[Scenario] = [sim.load(files / f"{name}.toml") for name in ("tiny", "without")]
    assert incomparable(worlds) == incomparable(worlds, [1, 1]) == ""
    assert "at least one" in incomparable([])
