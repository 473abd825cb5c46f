"""What results follow, as a user asks: of experiments whose outcomes a formula says."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.analysis.sensitivity import sobol
from sim.analysis.sensitivity.layout import Layout, UnsuitableDesign
from sim.analysis.sensitivity.question import Question
from sim.cli import main
from sim.experiment.cells import Cell
from sim.experiment.read import Results
from sim.experiment.run import run_experiment
from sim.experiment.store import Store
from tests.helpers.experiments import Instead, all_in, canned_work, opener, read

pytest.importorskip("SALib")

HEAD = "[replications]\nnumber = {number}\nper_cell = {number}\n[design]\n"
SHARE, WILLING, NOTHING = (
    "arrivals.third_country_share",
    "removal.willing_share",
    "staying.asylum_share",
)
FACTORS = f'factors = ["{SHARE}", "{WILLING}", "{NOTHING}"]\n'


def make(folder: Path, design: str, number: int = 2, points: int | None = None) -> Results:
    """Run an experiment in which limbo is 1000 times one share less 100 times another.

    Without a rented prison 40 fewer are in limbo where the willing are few; luck is the same for
    all. With `points`, only those of them are run.
    """
    experiment = read(folder / "files", HEAD.format(number=number) + design)

    def limbo(cell: Cell, replication: int) -> float:
        values = experiment.plan.values[cell.point]
        level = 1000 * values.get(SHARE, 0.4) - 100 * values.get(WILLING, 0.5) + replication
        return level - 40 * (cell.scenario == "without" and values.get(WILLING, 0.5) < 0.5)

    store = Store(folder / "out")
    run_experiment(experiment, store, opener(Instead(canned_work(limbo))))
    for file in (folder / "out" / "tables" / "outcomes").iterdir():
        if points is not None and pd.read_parquet(file)["point"].iloc[0] >= points:
            file.unlink()
    return Results(folder / "out")


@pytest.fixture(scope="module")
def screening(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return make(
        tmp_path_factory.mktemp("screening"), f'kind = "morris"\ntrajectories = 6\n{FACTORS}'
    )


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Results:
    design = f'kind = "latin_hypercube"\nsamples = 80\n{FACTORS}'
    return make(tmp_path_factory.mktemp("sample"), design, number=5)


def asked(*arguments: object) -> int:
    """Give a command, and return its exit code."""
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in ("sensitivity", *arguments)])
    return int(ended.value.code or 0)


def test_a_screening_tells_what_matters_and_what_does_nothing(
    screening: Results, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(screening.folder, "--out", tmp_path) == 0
    told = capsys.readouterr().out
    assert "In limbo: small (mean size of the effect (µ*), persons)" in told
    assert re.search(rf"1\. +{SHARE} +300 \(300 to 300\), upwards", told)
    assert re.search(rf"2\. +{WILLING} +35 \(35 to 35\), downwards", told)
    assert "In limbo: small minus without" in told
    assert "1 change nothing at all (of 3)" in told
    assert "UNFINISHED" not in told
    table = pd.read_parquet(tmp_path / "tables" / "ranking.parquet")
    mine = table[table["reference"].isna()].set_index("factor")["mu"]
    assert mine.to_dict() == {SHARE: pytest.approx(300), WILLING: pytest.approx(-35), NOTHING: 0}
    names = {file.name for file in (tmp_path / "figures").iterdir()}
    assert names == {f"{f}_limbo.{end}" for f in ("ranking", "tornado") for end in ("png", "svg")}


def test_a_sobol_design_is_told_with_both_indices_also_unfinished(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    design = f'kind = "sobol"\nsamples = 16\n{FACTORS}'
    results = make(tmp_path, design, points=65)
    assert asked(results.folder) == 0
    told = capsys.readouterr().out
    assert "UNFINISHED: 130 of 160 pairs of scenario and point are there" in told
    assert re.search(rf"1\. +{SHARE}", told)
    assert "; alone " in told
    table = pd.read_parquet(results.folder / "sensitivity" / "tables" / "ranking.parquet")
    assert set(table["base_samples"]) == {13}
    difference = table[table["reference"] == "without"].set_index("factor")["total"]
    assert difference[SHARE] == 0
    assert difference[WILLING] > 0.5


def test_a_sample_tells_both_kinds_of_uncertainty_and_when_something_holds(
    sample: Results, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = "limbo > 0"
    assert asked(sample.folder, "--outcome", "limbo", "--where", where, "--out", tmp_path) == 0
    told = capsys.readouterr().out
    assert "of the variance is ignorance" in told
    assert f"{where} (small less without)" in told
    assert "holds at 34 of 80 points (limbo is 0 to 40)" in told
    assert re.search(r"most often when removal\.willing_share is at most 0\.(49|50)", told)
    assert "coverage 100 % (of all such points), density 97 % (of 35 points in the box)" in told
    names = {file.stem for file in (tmp_path / "tables").glob("*.csv")}
    assert names == {"ranking", "tornado", "two_kinds", "trade_off_1"}
    assert (tmp_path / "figures" / "two_kinds.svg").is_file()
    assert (tmp_path / "figures" / "trade_off_1.png").is_file()


def test_in_python_the_same_is_a_table(screening: Results, sample: Results) -> None:
    found = sim.sensitivity(sim.open_experiment(screening.folder), ["limbo"], "without").ranking()
    assert set(found["scenario"]) == {"small"}
    assert set(found["reference"]) == {"without"}
    with pytest.raises(UnsuitableDesign, match="latin_hypercube or sobol"):
        sim.sensitivity(screening, ["limbo"]).two_kinds()
    kinds = sim.sensitivity(sample, ["limbo"]).two_kinds().iloc[0]
    assert kinds["chance"] == pytest.approx(2.5)  # of 0, 1, 2, 3, 4
    assert kinds["ignorance_share"] > 0.99


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--outcome", "limob"], "there is no outcome 'limob': did you mean 'limbo'?"),
        (
            ["--against", "nowhere"],
            "--against nowhere: no such scenario; there are: small, without",
        ),
        (["--scenario", "nowhere"], "--scenario nowhere: no such scenario"),
        (["--scenario", "without"], "--scenario without: is what differences are taken from"),
        (["--where", "limbo > 0"], "'morris': this takes latin_hypercube or sobol"),
    ],
)
def test_what_cannot_be_answered_is_told_and_nothing_is_written(
    screening: Results,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    words: str,
) -> None:
    before = all_in(screening.folder)
    assert asked(screening.folder, *options, "--out", tmp_path / "out") == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert all_in(screening.folder) == before


def test_a_condition_that_is_none_is_told(
    sample: Results, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(sample.folder, "--where", "limbo") == 2
    assert "'limbo' is no comparison" in capsys.readouterr().err
    assert asked(sample.folder, "--where", "limbo > 0", "--box", 999) == 2
    assert "there is no box 999" in capsys.readouterr().err


def test_designs_that_cannot_tell_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = make(tmp_path, 'kind = "grid"\nvalues = { "rented_prison.places" = [100, 200] }')
    assert asked(results.folder) == 2
    assert "of the kind 'grid', which does not show what results follow" in capsys.readouterr().err
    assert asked(tmp_path) == 2
    assert str(tmp_path) in capsys.readouterr().err


def test_without_salib_the_extra_is_named(sample: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "SALib.analyze.sobol", None)
    with pytest.raises(sobol.NeedsSALib, match=r"pip install 'prisonflow\[sensitivity\]'"):
        sobol.indices(Question(sample.outcomes, sample.design, Layout("sobol"), ["limbo"]))
