"""Ensembles: their file, their draws, and experiments that draw from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.experiment.definition import read_experiment
from sim.experiment.ensemble import (
    Besides,
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
from sim.scenario.files import load
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


# ---------------------------------------------------------------- what varies besides

WITH_BESIDES = ENSEMBLE.model_copy(
    update={
        "besides": Besides(factors=("arrivals.growth_per_year",), seed=3),
        "sets": tuple(
            one.model_copy(update={"besides": 10 + number})
            for number, one in enumerate(ENSEMBLE.sets)
        ),
    }
)


def test_what_varies_besides_is_written_and_read(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(as_toml(WITH_BESIDES), encoding="utf-8")
    assert load_ensemble(file) == WITH_BESIDES
    text = file.read_text(encoding="utf-8")
    assert "besides = 13" in text
    assert "[besides]" in text
    assert "besides" not in as_toml(ENSEMBLE)


def test_a_set_has_the_values_of_its_number_besides() -> None:
    own, besides = ENSEMBLE, Besides(factors=("arrivals.growth_per_year",), seed=3)
    world = load("baseline")
    ranged = besides.factors_in(world, ())
    _, values = WITH_BESIDES.points(world, [2, 0, 2])
    expected = [besides.values(ranged, number) for number in (12, 10, 12)]
    for mine, more, number in zip(values, expected, (2, 0, 2), strict=True):
        assert mine == dict(zip(KEYS, own.sets[number].values, strict=True)) | more
    factors, _ = WITH_BESIDES.points(world, [0])
    assert [factor.name for factor in factors] == [*KEYS, *(factor.name for factor in ranged)]


def test_what_an_ensemble_says_itself_counts_before_what_is_asked() -> None:
    world, asked = load("baseline"), Besides(factors=("arrivals.growth_per_year",), seed=99)
    assert WITH_BESIDES.points(world, [1], asked)[1] == WITH_BESIDES.points(world, [1])[1]
    of_places = [ENSEMBLE.points(world, numbers, asked)[1] for numbers in ([1, 1], [3, 2])]
    besides = [[point["arrivals.growth_per_year"] for point in points] for points in of_places]
    assert besides[0] == besides[1]  # by the place among the draws, whichever set it is
    assert besides[0][0] != besides[0][1]


def test_what_is_a_factor_already_is_not_drawn_besides() -> None:
    world = load("baseline")
    besides = Besides(seed=1)
    all_names = {factor.name for factor in besides.factors_in(world, ())}
    rest = {factor.name for factor in besides.factors_in(world, KEYS)}
    assert KEYS[1] in all_names
    assert rest == all_names - set(KEYS)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (as_toml(WITH_BESIDES).replace(", besides = 12", ""),
         "sets: number 3 lacks the number besides, of its draw of what varies besides the factors"),
        (as_toml(ENSEMBLE).replace(" }", ", besides = 1 }", 1), "sets: number 1 has the number be"),
        (as_toml(WITH_BESIDES).replace("besides = 12", "besides = -1"), "besides: is -1"),
        (as_toml(WITH_BESIDES).replace("seed = 3", ""), "besides.seed: is missing"),
        (as_toml(WITH_BESIDES).replace("arrivals.growth_per_year", "arrivals.growth_per_yer"),
         "arrivals.growth_per_yer: unknown key"),
    ],
)  # fmt: skip
def test_mistakes_about_it_are_told(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_experiment(in_folder(tmp_path, ensemble=text))
    assert told in str(caught.value)


def test_six_digits_are_kept() -> None:
    assert rounded(0.0) == 0.0
    assert rounded(0.0012345678) == 0.00123457
    assert rounded(-123456.78) == -123457.0
