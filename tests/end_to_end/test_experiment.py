"""Experiments as a user runs them: processes, clusters, and everything that can go wrong."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pandas as pd
import pytest

from sim.cli import main
from sim.experiment import definition
from sim.experiment.read import Results
from tests.helpers.experiments import all_in, tables_in, write
from tests.helpers.root import ROOT

PYTHON = [sys.executable, "-m", "sim"]

#: 2 scenarios, 2 points, as many replications as it takes, of which there may be 8 at most.
TINY = """
tables = ["queues", "spells", "exits"]
[replications]
at_least = 2
at_most = 8
per_cell = 1
until = [{ outcome = "limbo", half_width = 1.3 }]
[design]
kind = "grid"
values = { "arrivals.judgments_per_year" = [2, 40] }
"""
#: 32 cells: long enough to be stopped in the middle.
LONG = """
[replications]
number = 8
per_cell = 1
[design]
kind = "grid"
values = { "rented_prison.places" = [150, 300] }
"""


def start(*arguments: object, before: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*before, *PYTHON, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def prisonflow(*arguments: object, before: tuple[str, ...] = ()) -> tuple[int, str, str]:
    """Run a command as a process; returns its exit code and what it said."""
    with start(*arguments, before=before) as process:
        out, err = process.communicate(timeout=240)
    assert "Traceback" not in err, err
    return process.returncode, out, err


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., tuple[int, str, str]]]:
    """Run a command in this process, which saves the time to start another."""
    handler = signal.getsignal(signal.SIGTERM)

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return code, said.out, said.err

    yield run
    signal.signal(signal.SIGTERM, handler)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    write(folder, TINY)
    write(folder, LONG, name="long")
    return folder


@pytest.fixture(scope="module")
def tiny(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny experiment, one cell at a time."""
    folder = tmp_path_factory.mktemp("tiny") / "out"
    code, out, err = prisonflow(
        "experiment", "run", files / "tiny.toml", "--workers", 1, "--out", folder
    )
    assert code == 0, err
    cells = len(Results(folder).files("outcomes"))
    assert f"{cells} cells run, {cells} cells in {folder}" in out
    assert f"{cells} of {cells} cells" in err
    return folder


@pytest.fixture(scope="module")
def undisturbed(files: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The tables of the long experiment on a good day."""
    folder = tmp_path_factory.mktemp("long") / "out"
    code, _, err = prisonflow(
        "experiment", "run", files / "long.toml", "--workers", 2, "--out", folder
    )
    assert code == 0, err
    assert len([name for name in tables_in(folder) if name.startswith("outcomes/")]) == 32
    return tables_in(folder)


def last_run(folder: Path) -> dict[str, object]:
    return dict(Results(folder).status.runs[-1])


# ---------------------------------------------------------------- the same whatever runs it


def test_each_point_has_as_many_replications_as_it_needs_the_same_in_all_scenarios(tiny):
    table = Results(tiny).outcomes
    number = table.groupby(["point", "scenario"])["replication"].nunique().unstack()
    assert (number["small"] == number["without"]).all()
    assert (number["small"] == 8).all(), "all there may be: none is believed before thirty"


def test_two_processes(files, tiny, tmp_path):
    code, _, err = prisonflow(
        "experiment", "run", files / "tiny.toml", "--workers", 2, "--out", tmp_path / "out"
    )
    assert code == 0, err
    assert last_run(tmp_path / "out")["how"] == "2 processes"
    assert tables_in(tmp_path / "out") == tables_in(tiny)


WAIT = """
import sys
from distributed import Client
with Client(scheduler_file=sys.argv[1], timeout="60s", set_as_default=False) as client:
    client.wait_for_workers(2, timeout=60)
    print(client.scheduler.address)
"""


@contextmanager
def ended(processes: list[subprocess.Popen[bytes]]) -> Iterator[None]:
    try:
        yield
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in reversed(processes):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def dask_address(tmp_path: Path) -> Iterator[str]:
    """A Dask scheduler and two workers: three processes that talk over TCP."""
    pytest.importorskip("distributed")
    where = tmp_path / "scheduler.json"
    quiet = {"cwd": ROOT, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    here = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(where)]
    module = [sys.executable, "-m", "distributed.cli"]
    scheduler = [f"{module[-1]}.dask_scheduler", *here, "--port", "0"]
    worker = [f"{module[-1]}.dask_worker", *here, "--nthreads", "1", "--no-nanny"]
    started: list[subprocess.Popen[bytes]] = []
    with ended(started):
        for command in (scheduler, worker, worker):
            started.append(subprocess.Popen([*module[:-1], *command], **quiet))  # type: ignore[call-overload]
            while not where.is_file() and started[0].poll() is None:
                time.sleep(0.05)
        found = subprocess.run(
            [sys.executable, "-c", WAIT, str(where)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert found.returncode == 0, found.stderr
        yield found.stdout.strip()


def test_dask(files, tiny, tmp_path, dask_address):
    assert dask_address.startswith("tcp://127.0.0.1:")
    code, _, err = prisonflow(
        "experiment", "run", files / "tiny.toml", "--dask", dask_address, "--out", tmp_path / "out"
    )
    assert code == 0, err
    assert last_run(tmp_path / "out")["how"] == "2 Dask workers"
    assert tables_in(tmp_path / "out") == tables_in(tiny)


def mpiexec() -> str:
    """Return the `mpiexec` of this environment, or of this machine."""
    pytest.importorskip("mpi4py")
    beside = Path(sys.executable).with_name("mpiexec")
    found = str(beside) if beside.is_file() else shutil.which("mpiexec")
    if found is None:
        pytest.skip("there is no mpiexec here: pip install mpich")
    probe = subprocess.run(
        [sys.executable, "-c", "from mpi4py import MPI"], capture_output=True, check=False
    )
    if probe.returncode != 0:
        pytest.skip("mpi4py finds no MPI library: pip install mpich")
    return found


def test_mpi(files, tiny, tmp_path):
    code, _, err = prisonflow(
        "experiment", "run", files / "tiny.toml", "--mpi", "--out", tmp_path / "out",
        before=(mpiexec(), "-n", "3"),
    )  # fmt: skip
    assert code == 0, err
    assert last_run(tmp_path / "out")["how"] == "3 MPI ranks"
    assert tables_in(tmp_path / "out") == tables_in(tiny)


def test_mpi_with_one_rank_is_told(files, told, tmp_path):
    mpiexec()
    code, _, err = prisonflow(
        "experiment", "run", files / "tiny.toml", "--mpi", "--out", tmp_path / "o"
    )
    assert code == 1
    assert "MPI has one rank only: start it as mpiexec -n 4 prisonflow" in err
    assert not (tmp_path / "o").exists()


# ---------------------------------------------------------------- nothing lost


def stored(folder: Path) -> int:
    """Return how many cells a running experiment has stored."""
    return len(list((folder / "tables" / "outcomes").glob("[!.]*.parquet")))


def wait_for_cells(process: subprocess.Popen[str], folder: Path, number: int = 2) -> None:
    """Wait until some cells are stored, but not all."""
    while stored(folder) < number:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


@contextmanager
def running(files: Path, folder: Path, workers: int) -> Iterator[subprocess.Popen[str]]:
    """Start the long experiment, and wait until it is in the middle."""
    arguments = ("experiment", "run", files / "long.toml", "--workers", workers, "--out", folder)
    with start(*arguments) as process:
        try:
            wait_for_cells(process, folder)
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def finish(files: Path, folder: Path, undisturbed: dict[str, bytes]) -> None:
    """Give the same command again, and see that nothing shows what happened before."""
    before = stored(folder)
    assert 2 <= before < 32
    code, out, err = prisonflow(
        "experiment", "run", files / "long.toml", "--workers", 2, "--out", folder
    )
    assert code == 0, err
    assert f"{32 - before} cells run, 32 cells in {folder}" in out
    assert tables_in(folder) == undisturbed
    assert last_run(folder)["outcome"] == "complete"
    assert not [name for name in all_in(folder) if re.search(r"\.\d+$", name)]


@pytest.mark.parametrize(
    ("number", "workers"), [(signal.SIGINT, 2), (signal.SIGTERM, 1)], ids=["SIGINT", "SIGTERM"]
)
def test_stopped_by_the_user_or_the_cluster(files, undisturbed, tmp_path, number, workers):
    folder = tmp_path / "out"
    with running(files, folder, workers) as process:
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    cells = stored(folder)
    assert f"stopped; {cells} cells safe in {folder}. The same command runs the rest." in err
    assert last_run(folder)["outcome"] == "stopped by the user"
    assert last_run(folder)["ran"] in (cells, cells - 1)  # stored, but not counted yet
    finish(files, folder, undisturbed)


def test_the_parent_is_killed(files, undisturbed, tmp_path):
    psutil = pytest.importorskip("psutil")
    folder = tmp_path / "out"
    with running(files, folder, 2) as process:
        workers = psutil.Process(process.pid).children()
        assert len(workers) >= 2
        process.kill()
        process.wait()
    assert process.returncode == -signal.SIGKILL
    assert last_run(folder)["outcome"] == "running, or killed"
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert alive == []
    finish(files, folder, undisturbed)


def test_a_worker_is_killed(files, undisturbed, tmp_path):
    psutil = pytest.importorskip("psutil")
    folder = tmp_path / "out"
    with running(files, folder, 2) as process:
        children = psutil.Process(process.pid).children()
        worker = next(one for one in children if "spawn_main" in " ".join(one.cmdline()))
        worker.kill()
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert f"32 cells run, 32 cells in {folder}" in out
    assert tables_in(folder) == undisturbed


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """Mount a disk that fills up soon."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False).returncode
    except OSError:
        done = 1
    if done != 0:
        pytest.skip("a small disk cannot be mounted here: that takes root")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_the_disk_is_full(files, undisturbed, tmp_path):
    disk = tmp_path / "disk"
    with small_disk(disk, "144k"):
        folder = disk / "out"
        command = ("experiment", "run", files / "long.toml", "--workers", 2, "--out", folder)
        for _ in range(2):
            code, _, err = prisonflow(*command)
            assert code == 1
            assert "cannot be written to (No space left on device)" in err
            assert "Make room, and give the same command again: it runs the rest." in err
            assert not [name for name in all_in(folder) if re.search(r"\.\d+$", name)]
        larger = ["mount", "-o", "remount,size=64m", str(disk)]
        subprocess.run(larger, check=True)
        finish(files, folder, undisturbed)


def test_the_second_of_two_at_once_is_refused(files, undisturbed, tmp_path):
    folder = tmp_path / "out"
    with running(files, folder, 1) as process:
        code, _, err = prisonflow(
            "experiment", "run", files / "long.toml", "--workers", 1, "--out", folder
        )
        assert code == 1
        assert f"process {process.pid} on " in err
        assert "is writing here. Wait for it, stop it, or choose another folder." in err
        assert process.poll() is None
        _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert tables_in(folder) == undisturbed


# ---------------------------------------------------------------- commands


def test_the_same_command_again_runs_nothing(files, tiny, told):
    before = tables_in(tiny)
    code, out, err = told("experiment", "run", files / "tiny.toml", "--workers", 1, "--out", tiny)
    assert (code, tables_in(tiny)) == (0, before), err
    assert out.startswith("0 cells run, ")


def test_the_folder_stands_for_its_experiment(tiny, tmp_path, told):
    shutil.copytree(tiny, tmp_path / "moved")
    lost = next((tmp_path / "moved" / "tables" / "outcomes").iterdir())
    lost.unlink()
    code, out, err = told("experiment", "run", tmp_path / "moved", "--workers", 1)
    assert code == 0, err
    assert out.startswith("1 cell run, ")
    assert tables_in(tmp_path / "moved") == tables_in(tiny)


def test_status_says_how_far_it_is(tiny, told):
    code, out, _ = told("experiment", "status", tiny)
    assert code == 0
    cells = len(Results(tiny).files("outcomes"))
    assert out.splitlines()[:2] == [
        "tiny: A tiny experiment",
        f"2 scenarios, 2 points: {cells} cells done, {cells} replications in them; 0 failed",
    ]
    assert f"one process: complete; {cells} cells run" in out


def test_a_failed_cell_is_told_listed_and_tried_again(files, tmp_path, told, monkeypatch):
    monkeypatch.setattr(definition, "TRIED_POINTS", 0)  # as if it came late in a large design
    file = write(
        tmp_path / "files",
        '[replications]\nnumber = 1\n[design]\nkind = "points"\npoints = ['
        '{ name = "good", changes = {} }, '
        '{ name = "bad", changes = { "removal.willing_share" = 3 } }]',
    )
    folder = tmp_path / "out"
    code, out, err = told("experiment", "run", file, "--workers", 1, "--out", folder)
    assert code == 1
    assert "2 cells run, 2 cells in" in out
    assert f"2 cells failed: see prisonflow experiment status {folder}" in err
    assert "failed: small, point 1, replications 0 to 0: ScenarioError: " in err
    code, out, _ = told("experiment", "status", folder)
    assert code == 0
    assert "2 cells done, 2 replications in them; 2 failed" in out
    assert "failed: without, point 1, replications 0 to 0, scenario: ScenarioError" in out
    assert f"try them again with: prisonflow experiment retry {folder}" in out
    code, out, err = told("experiment", "retry", folder, "--workers", 1)
    assert code == 1
    assert out.startswith("0 cells run, 2 cells in ")
    assert last_run(folder)["failed"] == 2


def test_nothing_to_retry_is_no_failure(tiny, told):
    code, out, _ = told("experiment", "retry", tiny, "--workers", 1)
    assert code == 0
    assert "no cell has failed" in out


def test_results_lists_the_tables(tiny, told):
    code, out, _ = told("experiment", "export", tiny)
    assert code == 0
    assert out.startswith("<Results of tiny: 2 scenarios, 2 points, ")
    for name in ("outcomes", "queues", "spells", "exits"):
        assert any(line.startswith(f"{name}  ") for line in out.splitlines())


def test_results_exports_a_table_a_log_and_a_copy(tiny, told, tmp_path):
    file = tmp_path / "outcomes.csv"
    code, out, _ = told("experiment", "export", tiny, "--table", "outcomes", "--to", file)
    assert (code, out) == (0, f"wrote {file}\n")
    assert len(pd.read_csv(file)) == len(Results(tiny).outcomes)
    log = tmp_path / "log.parquet"
    code, _, _ = told(
        "experiment", "export", tiny, "--event-log", "pm4py", "--scenario", "without", "--point", 1,
        "--replication", 1, "--to", log,
    )  # fmt: skip
    assert code == 0
    assert "case:concept:name" in pd.read_parquet(log).columns
    code, out, _ = told("experiment", "export", tiny, "--copy-to", (tmp_path / "copy").as_uri())
    assert code == 0
    assert tables_in(tmp_path / "copy") == tables_in(tiny)


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--table", "outcomes"), 2, "--to: say into which file"),
        (("--table", "costs", "--to", "x.csv"), 2, "no table 'costs' was kept"),
        (("--table", "outcomes", "--to", "x.xlsx"), 2, "give a file that ends in .csv or .parquet"),
        (("--event-log", "pm4py", "--to", "x.csv", "--point", 9), 2, "point 9"),
        (("--event-log", "xes", "--to", "x.csv"), 2, "--event-log"),
        (("--copy-to", "nonsense"), 2, "nonsense"),
        (("--table", "outcomes", "--to", "/proc/no/x.csv"), 2, "cannot be written"),
    ],
)
def test_results_that_cannot_be_exported_are_told(tiny, told, tmp_path, options, code, words):
    placed = [tmp_path / one if str(one).startswith("x.") else one for one in options]
    found, _, err = told("experiment", "export", tiny, *placed)
    assert found == code
    assert words in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("experiment", "run", "no_such_experiment"), 2, "no shipped experiment of that name"),
        (("experiment", "run", "missing.toml"), 2, "missing.toml: no such file"),
        (("experiment", "run", "smoke", "--workers", 0), 2, "--workers"),
        (("experiment", "run", "smoke", "--workers", 2, "--mpi"), 2, "choose one of them"),
        (
            (
                "experiment",
                "run",
            ),
            2,
            "EXPERIMENT",
        ),
        (("experiment", "status", "nowhere"), 2, "holds no experiment"),
        (("experiment", "retry", "nowhere"), 2, "holds no experiment"),
        (("experiment", "export", "nowhere"), 2, "holds no experiment"),
    ],
)
def test_a_command_that_cannot_be_is_told_and_writes_nothing(
    told, tmp_path, monkeypatch, arguments, code, words
):
    monkeypatch.chdir(tmp_path)
    found, _, err = told(*arguments)
    assert found == code
    assert words in err
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_file_is_told_line_by_line_and_writes_nothing(tmp_path, told):
    file = write(tmp_path / "files", "sede = 1\n[replications]\nnumber = 0\n")
    code, _, err = told("experiment", "run", file, "--out", tmp_path / "out")
    assert code == 2
    assert err.splitlines() == [
        f"prisonflow: {file}: replications.number: is 0: should be at least 1",
        f"prisonflow: {file}: sede: unknown key; did you mean 'seed'?",
    ]
    assert not (tmp_path / "out").exists()


def test_a_folder_of_something_else_is_refused_and_stays_as_it_is(files, tiny, tmp_path, told):
    before = {name: content for name, content in all_in(tiny).items() if name != ".lock"}
    code, _, err = told("experiment", "run", files / "long.toml", "--workers", 1, "--out", tiny)
    assert code == 1
    assert "is not the folder of what you are about to run, and stays as it is:" in err
    assert "it holds the experiment 'tiny', not 'long'" in err
    after = {name: content for name, content in all_in(tiny).items() if name != ".lock"}
    assert after == before
    home = tmp_path / "home"
    home.mkdir()
    (home / "thesis.txt").write_text("years of work", encoding="utf-8")
    code, _, err = told("experiment", "run", files / "tiny.toml", "--workers", 1, "--out", home)
    assert code == 1
    assert "holds files, but no experiment" in err
    assert all_in(home) == {"thesis.txt": b"years of work"}


def test_a_corrupt_manifest_is_told(tiny, tmp_path, told):
    shutil.copytree(tiny, tmp_path / "out")
    (tmp_path / "out" / "manifest.json").write_text("{ half", encoding="utf-8")
    for command, expected in (("status", 2), ("export", 2), ("run", 1)):
        code, _, err = told("experiment", command, tmp_path / "out")
        assert code == expected
        assert "manifest.json: cannot be read" in err


def test_no_dask_scheduler_is_told(files, tmp_path, told, monkeypatch):
    distributed = pytest.importorskip("distributed")

    def refused(address: str, **_options: object) -> None:
        raise OSError(f"timed out to {address}")

    monkeypatch.setattr(distributed, "Client", refused)
    code, _, err = told(
        "experiment",
        "run",
        files / "tiny.toml",
        "--dask",
        "tcp://127.0.0.1:1",
        "--out",
        tmp_path / "o",
    )
    assert code == 1
    assert "no Dask scheduler answers at tcp://127.0.0.1:1" in err
    assert not (tmp_path / "o").exists()


def test_the_shipped_experiments_are_listed_with_their_size(told):
    code, out, _ = told("experiment", "list", "--shipped")
    assert code == 0
    assert "smoke: Smoke test (2 scenarios, 2 points, 2 replications)" in out
    assert "until_precise" in out
    assert "30 to 400 replications" in out


def test_the_experiments_in_a_folder_are_listed_with_state_date_and_size(
    tiny, tmp_path, monkeypatch, told
):
    shutil.copytree(tiny, tmp_path / "outputs" / "below" / "mine")
    broken = tmp_path / "outputs" / "broken"
    broken.mkdir()
    (broken / "manifest.json").write_text("{ half", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    code, out, _ = told("experiment", "list")
    assert code == 0
    heads, mine, *other = (line.split() for line in out.splitlines())
    done = Results(tiny).status.cells
    assert heads == ["experiment", "state", "ran", "last", "MB", "folder"]
    assert " ".join(mine).startswith(f"tiny {done} cells done, 0 failed 20")
    assert mine[-1] == str(Path("outputs", "below", "mine"))
    assert "complete" in out
    assert other[0][:4] == ["broken", "cannot", "be", "read"]
    manifest = tmp_path / "outputs" / "below" / "mine" / "manifest.json"
    known = json.loads(manifest.read_text(encoding="utf-8"))
    known["definition"]["replications"] |= {"number": 300, "per_cell": 7}  # 43 cells of each pair
    manifest.write_text(json.dumps(known), encoding="utf-8")
    _, out, _ = told("experiment", "list")
    assert f"{done} of {43 * known['points'] * len(known['scenarios']):,} cells done" in out
    code, out, _ = told("experiment", "list", tmp_path / "outputs" / "below" / "mine" / "tables")
    assert (code, out.count("holds no experiment")) == (0, 1)
    code, _, err = told("experiment", "list", "nowhere")
    assert (code, err) == (2, "prisonflow: nowhere: no such folder\n")


@pytest.mark.parametrize(
    ("arguments", "new"),
    [
        (("experiments",), "prisonflow experiment list --shipped"),
        (("status", "outputs/smoke"), "prisonflow experiment status"),
        (("retry", "outputs/smoke", "--workers", 1), "prisonflow experiment retry"),
        (("results", "outputs/smoke", "--table", "x"), "prisonflow experiment export"),
        (("experiment", "smoke", "--workers", 1), "prisonflow experiment run smoke"),
    ],
)
def test_a_command_as_it_once_was_tells_the_new_one(told, arguments, new):
    code, out, err = told(*arguments)
    assert (code, out) == (2, "")
    assert new in err


def test_the_manifest_of_a_real_run_is_complete(tiny):
    manifest = json.loads((tiny / "manifest.json").read_text(encoding="utf-8"))
    (first, *_) = manifest["runs"]
    assert first["outcome"] == "complete"
    assert first["began"] < first["ended"]
    assert manifest["machine"]["processors"] == os.cpu_count()
    assert {"hash"} <= manifest["code"].keys()
    assert re.fullmatch(r"[0-9a-f]{16}", manifest["evidence"])
    for name, found in manifest["scenarios"].items():
        text = (tiny / "scenarios" / f"{name}.toml").read_text(encoding="utf-8")
        assert f'name = "{name}"' in text
        assert re.fullmatch(r"[0-9a-f]{16}", found)
    with suppress(FileNotFoundError):
        assert not (tiny / ".owner").exists()
