"""The page on distributions: its examples load and run, and it tells of every kind."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim
from sim.scenario.distributions import KINDS
from tests.helpers.root import ROOT

TEXT = (ROOT / "docs" / "distributions.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_every_kind_has_a_row_with_what_it_says() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", TEXT, re.MULTILINE))
    assert rows.keys() == KINDS.keys()
    for kind, said in rows.items():
        named = set(re.findall(r"`(\w+)`", said)) - {"file", "column"}
        assert named == {
            name for name, field in KINDS[kind].model_fields.items()
            if field.is_required() and name != "kind"
        }  # fmt: skip


@pytest.mark.parametrize("number", range(3))
def test_the_examples_load(number: int, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "stays.csv").write_text("days\n4\n9\n", encoding="utf-8")
    file = tmp_path / "mine.toml"
    file.write_text('extends = "baseline"\n' + blocks("toml")[number], encoding="utf-8")
    assert sim.load(file).hash != sim.load("baseline").hash
    assert len(blocks("toml")) == 3


def test_the_example_in_python_runs() -> None:
    names: dict[str, object] = {}
    (snippet,) = blocks("python")
    exec(snippet, names)
    world = names["fitted"]
    assert isinstance(world, sim.Scenario)
    assert world.removal is not None
    assert world.removal.escort_days.mean == pytest.approx(22.6, rel=0.2)
