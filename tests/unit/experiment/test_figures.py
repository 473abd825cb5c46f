"""An experiment that keeps published figures knows which, and notices when they change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import sim
from sim.experiment.definition import read_experiment
from sim.experiment.run import run_experiment
from sim.experiment.store import Store, StoreError
from sim.results.published.file import load_figures
from tests.helpers.experiments import read

FIGURE = """[[figure]]
key = "judged"
topic = "Courts"
title = "Judged in 2010"
value = 40
unit = "people"
used_to_set = true
status = "derived"
source = "The scenario."
confidence = "high"
measure = { kind = "judgments", from = 2010-01-01, until = 2011-01-01 }
"""
TEXT = (
    'scenarios = ["small.toml"]\ntables = ["published"]\nfigures = "mine.toml"\n'
    "[replications]\nnumber = 1\n"
)


def written(folder: Path, figure: str = FIGURE) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "mine.toml").write_text(figure, encoding="utf-8")
    return folder


def test_figures_are_part_of_what_was_run(tmp_path: Path) -> None:
    experiment = read(written(tmp_path), TEXT)
    store = Store(tmp_path / "out")
    run_experiment(experiment, store)
    table = sim.open_experiment(tmp_path / "out").table("published")
    assert table.drop(columns="scenario").to_numpy().tolist() == [[0, 0, "judged", 40.0]]

    again = read_experiment(tmp_path / "out" / "experiment.toml")
    assert again.figures == experiment.figures
    assert again.fingerprint() == experiment.fingerprint()
    assert run_experiment(again, store).ran == 0

    reworded = read(written(tmp_path, FIGURE.replace("The scenario.", "Its file.")), TEXT)
    assert run_experiment(reworded, store).ran == 0
    assert load_figures(tmp_path / "out" / "figures.toml") == reworded.figures

    other = read(written(tmp_path, FIGURE.replace("2011-01-01", "2010-07-01")), TEXT)
    with pytest.raises(StoreError, match="tables or figures kept"):
        run_experiment(other, store)


def test_the_shipped_figures_are_measured_if_no_file_is_named(tmp_path: Path) -> None:
    experiment = read(tmp_path, TEXT.replace('figures = "mine.toml"\n', ""))
    assert experiment.figures == load_figures()
    assert read(tmp_path, "[replications]\nnumber = 1\n").figures == ()


def test_what_is_wrong_with_the_figures_is_told(
    tmp_path: Path, complaints: Callable[[str], list[str]]
) -> None:
    written(tmp_path, FIGURE.replace("value = 40", "value = true"))
    assert complaints(TEXT) == [
        "mine.toml: figure judged (no. 1).value: is true: should be a number"
    ]
    written(tmp_path, FIGURE.replace('"judgments",', '"judgments", origin = "atlantis",'))
    (told,) = complaints(TEXT)
    assert "figure judged: scenario small has no origin 'atlantis'" in told
    assert complaints(TEXT.replace('tables = ["published"]\n', "")) == [
        "tiny.toml: figures: are measured only if tables names 'published'"
    ]
