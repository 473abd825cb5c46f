"""Comparing scenarios and reporting on experiments, as a user does."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.paired import paired
from sim.experiment.read import Results
from sim.statistics.stopping import FIRST_LOOK
from tests.helpers.command import FIXED, prisonflow
from tests.helpers.experiments import ONE_YEAR, all_in, small_world, write
from tests.helpers.misuse import few_figures

SAMPLE = """
tables = ["report"]
[replications]
number = 2
per_cell = 2
[design]
kind = "latin_hypercube"
samples = 12
factors = ["removal.willing_share", "arrivals.third_country_share"]
"""

#: Fewer than by default.
SIX = (*FIXED, "--replications", 6)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("worlds")
    with_it, without = folder / "small.toml", folder / "without.toml"
    with_it.write_text(small_world("small"), encoding="utf-8")
    without.write_text(small_world("without", "[rented_prison]\nin_use = false"), encoding="utf-8")
    return with_it, without


@pytest.fixture(scope="module")
def compared(worlds: tuple[Path, Path]) -> tuple[subprocess.CompletedProcess[str], Path]:
    out = worlds[0].parent / "out"
    done = prisonflow("compare", *worlds, *SIX, "--workers", 1, "--out", out)
    assert done.returncode == 0, done.stderr
    return done, out


def test_a_comparison_has_a_report_with_every_section(
    compared: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    _, out = compared
    page = (out / "report.html").read_text(encoding="utf-8")
    for section in ("answer", "numbers", "verdicts", "figures", "people", "evidence", "besides",
                    "method"):  # fmt: skip
        assert f'<section id="{section}"' in page
    assert "<script" not in page
    assert not re.search(r'src="(?!data:)', page)
    links = set(re.findall(r'href="(?!#|https?://)(.*?)"', page))
    assert "figures/queues.csv" in links
    assert all((out / link).is_file() for link in links)
    assert not re.search(r"\bnan\b", re.sub(r'src="[^"]*"', "", page), re.IGNORECASE)
    assert "prisonflow compare" in page
    assert "6 replications" in page


def test_the_tables_behind_a_report_are_those_of_its_experiment(
    compared: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    _, out = compared
    stored = Results(out / "experiment").outcomes
    exact = paired(stored, "without").set_index("outcome")["mean"]
    for ending, read in (("csv", pd.read_csv), ("parquet", pd.read_parquet)):
        table = read(out / "tables" / f"differences.{ending}").set_index("outcome")
        assert table.loc["limbo", "mean"] == pytest.approx(exact["limbo"])
        assert set(table["reference"]) == {"without"}


def test_the_same_command_writes_the_same_report_without_running_again(
    compared: tuple[subprocess.CompletedProcess[str], Path], worlds: tuple[Path, Path]
) -> None:
    """Two workers draw this time: they draw the same."""
    _, out = compared
    before = {name: text for name, text in all_in(out).items() if "manifest" not in name}
    again = prisonflow("compare", *worlds, *SIX, "--workers", 2, "--out", out)
    assert again.returncode == 0, again.stderr
    assert "0 cells run" in again.stdout
    after = {name: text for name, text in all_in(out).items() if "manifest" not in name}
    assert after == before


def test_one_scenario_can_be_reported_on_to_a_precision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few_figures(monkeypatch)
    alone = tmp_path / "alone.toml"
    alone.write_text(small_world("alone", "[rented_prison]\nin_use = false"), encoding="utf-8")
    done = prisonflow(
        "compare",
        alone,
        *FIXED,
        "--precision",
        "document_queue=1000",
        "--workers",
        1,
        "--out",
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert Results(tmp_path / "experiment").status.replications == FIRST_LOOK
    assert f"the precision wanted is reached, with {FIRST_LOOK} replications" in done.stdout
    again = prisonflow("compare", alone, *FIXED, "--precision", "document_queue=0.0001",
                       "--at-most", 20, "--workers", 1, "--out", tmp_path / "narrow")  # fmt: skip
    assert again.returncode == 0, again.stderr
    assert "NOT reached with 20 replications" in again.stdout
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert 'id="people"' not in page
    assert 'id="verdicts"' not in page


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((*FIXED, "--precision", "limbo"), "outcome=half-width"),
        ((*FIXED, "--precision", "nonsense=3"), "no outcome is called 'nonsense'"),
        (("--precision", "limbo=3", "--replications", "5"), "give one of them"),
        (("--set", "places=3"), "places"),
        ((*FIXED, "--replications", "0"), "replications"),
        (("--precision", "limbo=3"), "add --assumptions fixed"),
        ((*FIXED, "--draws", "5"), "there are none with --assumptions fixed"),
    ],
)
def test_bad_input_is_told_and_nothing_is_written(
    arguments: tuple[str, ...], words: str, worlds: tuple[Path, Path], tmp_path: Path
) -> None:
    done = prisonflow("compare", *worlds, *arguments, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_scenarios_that_report_on_different_periods_are_not_compared(
    worlds: tuple[Path, Path], tmp_path: Path
) -> None:
    later = tmp_path / "later.toml"
    text = small_world("later", "[time]\nobserve_from = 2028-04-01")
    later.write_text(text, encoding="utf-8")
    done = prisonflow("compare", worlds[0], later, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "small from 2027-04-01 until 2037-04-01; later from 2028-04-01" in done.stderr
    assert not (tmp_path / "out").exists()


def test_durations_behind_a_report_have_intervals(
    compared: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    _, out = compared
    table = pd.read_csv(out / "tables" / "durations.csv")
    mine = table[(table["scenario"] == "small") & (table["stage"] == "remand")]
    mean = mine.set_index("measure").loc["median_days"]
    stored = Results(out / "experiment").table("durations", scenario="small")
    medians = stored[stored["stage"] == "remand"]["median_days"]
    assert mean["mean"] == pytest.approx(medians.mean())
    assert mean["low"] < mean["mean"] < mean["high"]


def test_workers_draw_the_same_figures_as_one_process(
    compared: tuple[subprocess.CompletedProcess[str], Path], tmp_path: Path
) -> None:
    _, out = compared
    for workers in (1, 2):
        to = tmp_path / str(workers)
        done = prisonflow("report", out / "experiment", "--workers", workers, "--out", to)
        assert done.returncode == 0, done.stderr
    assert all_in(tmp_path / "1") == all_in(tmp_path / "2")
    assert all_in(tmp_path / "1" / "figures") == all_in(out / "figures")


def test_a_report_on_a_sample_tells_what_nobody_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few_figures(monkeypatch)
    file = write(tmp_path, SAMPLE, world=ONE_YEAR)
    out = tmp_path / "out"
    assert prisonflow("experiment", "run", file, "--workers", 1, "--out", out).returncode == 0
    done = prisonflow("report", out, "--point", 3)
    assert done.returncode == 0, done.stderr
    page = (out / "report" / "report.html").read_text(encoding="utf-8")
    assert "How far results move over 12 points" in page
    assert "point 3: removal.willing_share = " in page
    assert "What results follow most" in page
    assert '<th scope="col" class="rank">Rank</th>' in page
    shown = Results(out).replications(3)
    assert [r.scenario.removal.willing_share for r in shown] == pytest.approx(
        [Results(out).design["removal.willing_share"][3]] * 2
    )


def test_a_report_names_the_tables_that_were_not_kept(tmp_path: Path) -> None:
    file = write(tmp_path, "[replications]\nnumber = 2\n")
    out = tmp_path / "out"
    assert prisonflow("experiment", "run", file, "--workers", 1, "--out", out).returncode == 0
    done = prisonflow("report", out)
    assert done.returncode == 2
    assert "tables that were not kept" in done.stderr
    assert "fates" in done.stderr
    assert 'tables = ["report"]' in done.stderr
    assert prisonflow("report", tmp_path).returncode == 2
