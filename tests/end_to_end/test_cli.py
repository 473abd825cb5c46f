"""What a user types, once as a process of its own: results, messages, exit codes, no half files."""

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.cli import main
from sim.experiment import tables
from sim.scenario.files import find
from tests.helpers.command import FIXED, prisonflow, process
from tests.helpers.misuse import few_figures
from tests.helpers.root import ROOT

SMALL = f"""
extends = "{find("baseline").as_posix()}"
name = "small"
title = "A small world"
summary = "Few people, for tests."

[arrivals]
judgments_per_year = 150
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small.toml"
    file.write_text(SMALL, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """Two scenarios, two replications each, on two workers."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "small.toml").write_text(SMALL, encoding="utf-8")
    without = SMALL.replace('"small"', '"small_without"') + "\n[rented_prison]\nin_use = false\n"
    (folder / "without.toml").write_text(without, encoding="utf-8")
    result = process(
        "run", folder / "small.toml", folder / "without.toml", *FIXED,
        "--replications", 2, "--workers", 2, "--out", folder / "out",
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result, folder / "out"


def test_run_writes_report_figures_and_tables(done):
    _, out = done
    names = {"occupancy", "queues", "whereabouts", "durations", "after_sentence", "flow", "costs"}
    drawn = {path.stem for path in (out / "figures").glob("*.png")}
    assert names <= drawn
    assert {path.stem for path in (out / "figures").glob("*.svg")} == drawn
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "A small world" in page
    assert 'src="http' not in page
    assert "<script" not in page
    assert page.count("<img") == len(drawn) == page.count('alt="')
    made = json.loads((out / "tables" / "run.json").read_text(encoding="utf-8"))
    assert set(made["scenarios"]) == {"small", "small_without"}
    assert made["replications"] == 2


def test_run_prints_the_answer(done):
    result, _ = done
    assert "People in the rented prison" in result.stdout
    assert "difference" in result.stdout
    assert "too few for an interval" in " ".join(result.stdout.split())  # two replications


def test_tables_are_those_of_python(done):
    _, out = done
    table = pd.read_parquet(out / "tables" / "outcomes.parquet")
    one = table[(table["scenario"] == "small") & (table["replication"] == 1)]
    from sim.results.outcomes import outcomes_of

    scenario = sim.load("baseline").change({"arrivals.judgments_per_year": 150})
    values = outcomes_of(sim.run(scenario, seed=1, replication=1))
    told = dict(zip(one["outcome"], one["value"], strict=True))
    assert told["limbo"] == values["limbo"]
    assert told["rented_prison_people"] == values["rented_prison_people"] > 0


def test_workers_do_not_change_a_byte(done, tmp_path):
    _, out = done
    folder = out.parent
    again = prisonflow(
        "run", folder / "small.toml", folder / "without.toml", *FIXED, "--replications", 2,
        "--workers", 1, "--out", tmp_path / "out",
    )  # fmt: skip
    assert again.returncode == 0, again.stderr
    made = [*out.glob("tables/*"), *out.glob("figures/*")]
    assert len(made) > 20
    for path in made:
        assert path.read_bytes() == (tmp_path / "out" / path.relative_to(out)).read_bytes()


def test_check_says_what_changes(small):
    result = prisonflow("check", small)
    assert result.returncode == 0
    assert "is valid" in result.stdout
    assert "arrivals.judgments_per_year" in result.stdout


def test_check_lists_every_error_at_once(small):
    small.write_text(SMALL + "\n[removal]\nwiling_share = 0.4\nslow_share = 3\n", encoding="utf-8")
    result = prisonflow("check", small)
    assert result.returncode == 2
    assert "did you mean 'willing_share'?" in result.stderr
    assert "removal.slow_share" in result.stderr
    assert "Traceback" not in result.stderr


def test_scenarios_and_describe_and_schema():
    listed = prisonflow("scenarios")
    assert listed.returncode == 0
    assert "no_agreement" in listed.stdout
    described = prisonflow("describe", "baseline")
    assert described.returncode == 0
    assert "rented_prison.places = 300 places" in described.stdout
    assert "assumption" in described.stdout
    schema = json.loads(prisonflow("schema").stdout)
    assert "extends" in schema["properties"]
    assert set(tomllib.loads(SMALL)) <= set(schema["properties"])


def test_trace_tells_a_story(small):
    people = sim.run(sim.load(small)).people
    person = int(people["person"].iloc[100])
    result = prisonflow("trace", small, "--person", person)
    assert result.returncode == 0
    assert f"Person {person}:" in result.stdout
    assert "is sentenced" in result.stdout
    assert "Held for" in result.stdout


def test_trace_of_nobody_says_whom_to_follow(small):
    result = prisonflow("trace", small, "--person", 7)
    assert result.returncode == 2
    assert "nobody has this number" in result.stderr
    assert "--person 20" in result.stderr
    assert "<Run" not in result.stderr
    assert "“A small world” (seed 1, replication 0)" in result.stderr
    for reason in ("serves in Gnjilane", "lives in limbo in Kærshovedgård", "and then removed"):
        assert reason in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "no_such_scenario"), "no such file"),
        (("run", "missing.toml"), "no such file"),
        (("run", "baseline", "--set", "places=3"), "places"),
        (("run", "baseline", "--set", "nonsense"), "key=value"),
        (("run", "baseline", "baseline"), "given twice"),
        (("run", "baseline", "--replications", "0"), "replications"),
        (("run", "baseline", "--seed", "-1"), "seed"),
        (("run",), "SCENARIO"),
    ],
)
def test_bad_input_is_told_and_writes_nothing(arguments, words, tmp_path):
    out = tmp_path / "out"
    extra = ("--out", out) if len(arguments) > 1 else ()
    result = prisonflow(*arguments, *extra)
    assert result.returncode == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert not out.exists()


def test_an_output_folder_that_cannot_be_written_is_told(small, tmp_path):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    result = prisonflow("run", small, "--replications", 1, "--out", tmp_path / "taken")
    assert result.returncode == 2
    assert "cannot be written to" in result.stderr
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "a file"


def test_a_run_that_is_stopped_writes_nothing_and_leaves_what_was_there(
    small, tmp_path, monkeypatch
):
    few_figures(monkeypatch)
    out = tmp_path / "out"
    once = (small, *FIXED, "--replications", 1, "--workers", 1)
    assert prisonflow("run", *once, "--out", out).returncode == 0
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    command = [sys.executable, "-m", "sim", "run", str(small), *FIXED, "--replications", "5000"]
    kept = tmp_path / "kept"  # where its temporary store lies
    kept.mkdir()
    with subprocess.Popen(
        [*command, "--out", str(out)], cwd=ROOT, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"TMPDIR": str(kept)},
    ) as running:  # fmt: skip
        while running.poll() is None and not list(kept.rglob("outcomes/*.parquet")):
            time.sleep(0.05)  # until the first cells are stored: it is simulating
        running.send_signal(signal.SIGINT)
        try:
            _, error = running.communicate(timeout=60)
        finally:
            running.kill()  # one that did not stop would go on for a quarter of an hour
    assert running.returncode == 130
    assert "stopped; nothing was written" in error
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_files_of_an_earlier_run_do_not_stay_beside_new_ones(small, tmp_path):
    """A table too long for CSV has none, a figure may have another name: nothing old is left."""
    stale = tmp_path / "out" / "tables" / "queues.csv"
    stale.parent.mkdir(parents=True)
    stale.write_text("of an earlier run", encoding="utf-8")
    (stale.parent / "mine.csv").write_text("not ours", encoding="utf-8")
    figure = tmp_path / "out" / "figures" / "stages.png"
    figure.parent.mkdir()
    figure.write_bytes(b"of an earlier run")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "CSV_ROWS", 10)
        few_figures(patch)
        with pytest.raises(SystemExit) as ended:
            main(["run", str(small), *FIXED, "--replications", "1", "--out", str(tmp_path / "out")])
    assert not ended.value.code
    assert not stale.exists()
    assert not figure.exists()
    assert (stale.parent / "mine.csv").exists()


@pytest.mark.parametrize("folder", ["tables", "figures"])
def test_a_file_in_the_place_of_a_folder_is_told_before_anything_runs(folder, small, tmp_path):
    (tmp_path / folder).write_text("a file", encoding="utf-8")
    result = prisonflow("run", small, "--replications", 100_000, "--out", tmp_path)
    assert result.returncode == 2
    assert "cannot be written to" in result.stderr


def test_importing_sim_loads_nothing_heavy():
    code = "import sim, sys; print([m for m in ('pandas', 'numpy', 'simpy') if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert result.stdout.strip() == "[]"


def test_verify_says_that_all_holds_and_writes_the_table(small, tmp_path):
    out = tmp_path / "checks" / "table.csv"
    result = prisonflow("verify", small, "--replications", 1, "--seed", 5, "--out", out)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "The rented prison is never overfull" in result.stdout
    assert " 0 fail, " in " ".join(result.stdout.split())
    assert result.stderr == ""
    table = pd.read_csv(out)
    assert set(table["verdict"]) == {"holds", "does not apply"}
    again = sim.verify(sim.load(small), replications=1, seed=5)
    assert again.holds
    assert table["check"].tolist() == again.table["check"].tolist()
    assert table["checked"].tolist() == again.table["checked"].tolist()


def test_verify_that_fails_is_told_and_ends_with_code_1(small, monkeypatch, capsys, tmp_path):
    """A change of the model that breaks a rule: people stay in detention beyond their limit."""
    from sim.world import detention

    monkeypatch.setattr(detention, "limit", lambda w, i: w.env.now + 4_000)
    monkeypatch.setenv("PRISONFLOW_ENGINE", "simpy")  # the file that was changed, not its copy
    out = tmp_path / "table.csv"
    with pytest.raises(SystemExit) as ended:
        main(["verify", str(small), "--replications", "1", "--out", str(out)])
    assert ended.value.code == 1
    told = capsys.readouterr()
    assert "FAILS in small: Nobody is detained past the limit" in told.err
    assert "detained too long, person 20" in " ".join(told.out.split())
    table = pd.read_csv(out).set_index("check")
    assert table.loc["nobody_is_detained_longer_than_the_limit", "verdict"] == "FAILS"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("no_such_scenario",), "no such file"),
        (("baseline", "baseline"), "given twice"),
        (("baseline", "--set", "places=3"), "places"),
        (("baseline", "--replications", "0"), "replications"),
        (("baseline", "--out", "table.xlsx"), "ends in .csv"),
    ],
)
def test_bad_input_to_verify_is_told_before_anything_runs(arguments, words):
    result = prisonflow("verify", *arguments)
    assert result.returncode == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_verify_does_not_write_over_a_folder(small, tmp_path):
    (tmp_path / "taken.csv").mkdir()
    result = prisonflow("verify", small, "--out", tmp_path / "taken.csv")
    assert result.returncode == 2
    assert "is a folder" in result.stderr
