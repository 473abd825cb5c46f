"""Ensembles: their file, their draws, and experiments that draw from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.experiment.definition import read_experiment
from sim.experiment.ensemble import (
    Ensemble,
    ParameterSet,
    as_toml,
    load_ensemble,
    rounded,
)
from sim.experiment.entries import OwnRange
from sim.experiment.run import run_experiment
from sim.experiment.store import Store
from sim.scenario.errors import ScenarioError
from tests.helpers.experiments import Instead, canned_work, constant, opener, write

KEYS = ("removal.case_work_days", "removal.willing_share")
WEIGHTS = (0.5, 0.0, 0.375, 0.125)
ENSEMBLE = Ensemble(
    title="Four sets",
    made={"seed": 7},
    factors=(
        OwnRange(key="removal.case_work_days", low=0.5, high=2.0, range_of="factor"),
        "removal.willing_share",
    ),
    sets=tuple(
        ParameterSet(weight=2 * weight, values=(0.5 + number, 0.1 * number))
        for number, weight in enumerate(WEIGHTS)
    ),
)
TEXT = "[replications]\nnumber = 1\n[design]\nkind = 'ensemble'\nfile = 'mine.toml'\nsamples = 16\n"


def in_folder(folder: Path, text: str = TEXT, ensemble: str = as_toml(ENSEMBLE)) -> Path:
    file = write(folder, text)
    (folder / "mine.toml").write_text(ensemble, encoding="utf-8")
    return file


def test_a_file_loads_as_what_was_written(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(as_toml(ENSEMBLE, "two\nlines"), encoding="utf-8")
    assert file.read_text(encoding="utf-8").startswith("# two\n# lines\ntitle")
    assert load_ensemble(file) == ENSEMBLE


def test_every_set_comes_as_often_as_its_weight_says() -> None:
    assert ENSEMBLE.weights == pytest.approx(WEIGHTS)
    counts = np.bincount(ENSEMBLE.drawn(16, seed=1), minlength=4)
    assert abs(counts - [8, 0, 6, 2]).max() <= 1
    assert ENSEMBLE.drawn(16, seed=1)[:5].tolist() == ENSEMBLE.drawn(5, seed=1).tolist()
    few = np.mean([np.bincount(ENSEMBLE.drawn(3, s), minlength=4) for s in range(2000)], axis=0)
    assert few / 3 == pytest.approx(WEIGHTS, abs=0.02)


def test_effective_size_by_hand() -> None:
    assert ENSEMBLE.effective_size == pytest.approx(1 / (0.25 + 0.140625 + 0.015625))


def test_points_change_what_the_sets_say(tmp_path: Path) -> None:
    experiment = read_experiment(in_folder(tmp_path))
    point = experiment.plan.names.index("set 2")
    world = experiment.scenarios[0]
    changed = world.change(experiment.plan.changes(point, world))
    assert changed.removal.willing_share == 0.2
    before, after = world.removal.case_work_days, changed.removal.case_work_days
    for name, value in before.model_dump().items():
        if isinstance(value, float):
            assert getattr(after, name) == pytest.approx(2.5 * value)


def test_each_set_once_without_a_number_of_samples(tmp_path: Path) -> None:
    experiment = read_experiment(in_folder(tmp_path, TEXT.replace("samples = 16", "")))
    assert experiment.plan.names == ("set 0", "set 1", "set 2", "set 3")


def test_the_folder_of_an_experiment_holds_its_ensemble(tmp_path: Path) -> None:
    """Where the file was, and what becomes of it, is of no concern to what was begun."""
    experiment = read_experiment(in_folder(tmp_path / "files"))
    store = Store(tmp_path / "out")
    run_experiment(experiment, store, opener(Instead(canned_work(constant))))
    (tmp_path / "files" / "mine.toml").unlink()
    again = read_experiment(tmp_path / "out" / "experiment.toml")
    assert again.fingerprint() == experiment.fingerprint()
    assert run_experiment(again, store, opener(Instead(canned_work(constant)))).ran == 0
    other = as_toml(ENSEMBLE).replace("0.1]", "0.15]").replace("0.2]", "0.25]")
    changed = read_experiment(in_folder(tmp_path / "others", ensemble=other))
    assert changed.fingerprint() != experiment.fingerprint()


@pytest.mark.parametrize(
    ("text", "ensemble", "told"),
    [
        (TEXT.replace("mine.toml", "your.toml"), "", "design.file: your.toml: no such file"),
        (TEXT, "title = 3", "title: is 3: should be text"),
        (TEXT, as_toml(ENSEMBLE).replace("values = [0.5, 0.0]", "values = [0.5]"),
         "sets: number 1 has 1 values for 2 factors"),
        (TEXT, as_toml(ENSEMBLE).replace("weight = 1.0", "weight = -1.0"), "weight"),
        (TEXT, as_toml(ENSEMBLE).replace("willing_share", "wiling_share"),
         "removal.wiling_share: unknown key"),
        (TEXT.replace("samples = 16", "samples = 0"), "", "design.samples: is 0"),
    ],
)  # fmt: skip
def test_mistakes_are_told(text: str, ensemble: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_experiment(in_folder(tmp_path, text, ensemble))
    assert told in str(caught.value)


def test_sets_without_any_weight_are_refused() -> None:
    with pytest.raises(ValueError, match="no set has a weight above zero"):
        Ensemble(title="x", factors=("removal.willing_share",),
                 sets=(ParameterSet(weight=0, values=(0.5,)),))  # fmt: skip


# ---------------------------------------------------------------- what is settled

SETTLED = ENSEMBLE.model_copy(update={"settled": ("arrivals.growth_per_year",)})


def test_what_is_settled_is_written_and_read(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(as_toml(SETTLED), encoding="utf-8")
    assert load_ensemble(file) == SETTLED
    assert "settled" not in as_toml(ENSEMBLE)


def test_six_digits_are_kept() -> None:
    assert rounded(0.0) == 0.0
    assert rounded(0.0012345678) == 0.00123457
    assert rounded(-123456.78) == -123457.0
