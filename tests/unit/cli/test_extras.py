"""Every command works without the extras that it does not use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.misuse import write_files
from tests.helpers.root import ROOT

EXTRAS = ("SALib", "streamlit", "distributed", "dask", "mpi4py", "ipykernel", "jupytext",
          "nbclient", "weasyprint", "lifelines", "duckdb", "polars", "hypothesis")  # fmt: skip
#: Runs commands, one a line, in a process in which no extra can be imported; once a report with
#: all its figures is written, others have one.
WITHOUT = f"""
import shlex, sys
class Absent:
    def find_spec(self, name, *_):
        if name.partition(".")[0] in {EXTRAS}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
from sim.cli import main
for line in sys.stdin:
    try:
        main(shlex.split(line))
    except SystemExit as ended:
        print("ENDED", ended.code, line)
    if line.startswith("run "):
        from sim.show import figures
        figures.FIGURES = {{"occupancy": figures.FIGURES["occupancy"]}}
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_files(tmp_path_factory.mktemp("files"))


def without_extras(*lines: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT], input="\n".join(lines) + "\n",
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip


@pytest.mark.slow
def test_every_command_but_those_of_an_extra(files, tmp_path):
    one, fixed = f"--replications 1 --workers 1 --out {tmp_path}", "--assumptions fixed"
    lines = [
        "scenarios",
        "experiment list --shipped",
        f"experiment list {files}",
        "outcomes",
        "schema",
        f"check {files}/tiny.toml",
        f"describe {files}/tiny.toml",
        f"trace {files}/tiny.toml",
        f"verify {files}/tiny.toml --replications 1",
        f"run {files}/tiny.toml {files}/without.toml {fixed} {one}/run",
        f"compare {files}/tiny.toml {fixed} --replications 2 --workers 1 --out {tmp_path}/compare",
        f"validate {files}/long.toml {one}/validate",
        f"experiment run {files}/sample.toml --workers 1 --out {files}/done",
        f"experiment status {files}/done",
        f"experiment retry {files}/done",
        f"experiment export {files}/done",
        f"experiment export {files}/done --table outcomes --to {tmp_path}/outcomes.csv",
        f"experiment export {files}/done --event-log vidigi --to {tmp_path}/log.csv",
        f"report {files}/done --out {tmp_path}/report",
        f"brief {files}/done --pdf --out {tmp_path}/brief",
        f"sensitivity {files}/done --out {tmp_path}/sensitivity",
    ]
    done = without_extras(*lines)
    ended = [line for line in done.stdout.splitlines() if line.startswith("ENDED")]
    assert ended == [f"ENDED 0 {line}" for line in lines], done.stderr
    assert "screening: " in done.stdout  # laid out with SALib, listed without
    assert "sobol: " in done.stdout
    needed = "no PDF was written: PDF needs WeasyPrint: pip install 'prisonflow[pdf]'"
    assert done.stdout.count(needed) == 1
    assert [file.name for file in (tmp_path / "brief").iterdir()] == ["brief.html"]


def test_the_number_of_points_listed_is_that_which_is_laid_out():
    pytest.importorskip("SALib")
    from sim.experiment.definition import read_experiment, shipped_experiments
    from sim.experiment.design import number_of_points

    for file in shipped_experiments():
        chosen = read_experiment(file, try_points=False)
        design, seed = chosen.definition.design, chosen.definition.seed
        assert number_of_points(design, chosen.scenarios[0], seed) == len(chosen.plan)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("app --no-browser", "pip install 'prisonflow[app]'"),
        ("experiment run screening --workers 1", "pip install 'prisonflow[sensitivity]'"),
        ("experiment run smoke --dask tcp://127.0.0.1:1", "pip install 'prisonflow[cluster]'"),
        ("experiment run smoke --mpi", "pip install 'prisonflow[cluster]'"),
    ],
)
def test_what_needs_an_extra_says_which(line, words):
    done = without_extras(line)
    assert words in done.stderr
    assert "Traceback" not in done.stderr
