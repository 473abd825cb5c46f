"""Whatever one types or passes in: a result that makes sense, or a sentence; never a traceback.

Each case puts together a command (or a call), the values it is given, and the streams it writes
to. What makes no sense must be refused, and leave nothing behind that looks like a result.
`HYPOTHESIS_PROFILE=thorough` tries some hundreds.
"""

from __future__ import annotations

import shutil
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

import sim
from sim.errors import PrisonflowError
from sim.results.run import Run
from tests.helpers.misuse import call, full, gone, write_files

THOROUGH = settings().max_examples > 500
CASES = settings(
    max_examples=120 if THOROUGH else 10,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

#: Settings at the edge of what makes sense: they must give a result.
EDGES = (
    "home_prisons.officers=0", "home_prisons.places=0", "arrivals.judgments_per_year=0",
    "arrivals.judgments_per_year=0.4", "rented_prison.in_use=false", "rented_prison.places=1",
    "detention.places=0", "departure_centre.places=0", "removal.willing_share=0",
    "removal.willing_share=1", "transfer.least_remaining_days=0", "transfer.rotations_per_week=7",
    "removal.case_workers=1", "costs.centre_resident_per_year.amount=1234567.891",
    "title=Rent $15m (50 % off) vs $20m", 'title="_ \\" <b> | ` *"', "title=北京", "name=x",
    "arrivals.third_country_share=0", "removal.direct_share=1",
)  # fmt: skip
#: Settings that make no sense: they must be refused.
NONSENSE = (
    "places=3", "=3", "nonsense", "", "removal.willing_share=2", "removal.willing_share=nan",
    "removal.willing_share=inf", "removal.willing_share=-0.1", 'removal.willing_share="0.3"',
    "removal.willing_share=true", "removal.willing_share=[]", "removal.willing_share={}",
    "rented_prison.places=200.5", "rented_prison.places=-1", "rented_prison.places=1e3",
    "rented_prison.opens=soon", "rented_prison.opens=2027-04-01T12:00:00",
    "staying.detention_key=host", "rented_prison.key=home_prisons", "rented_prison.key=remand",
    "rented_prison.key=limbo", "detention.key=home_prisons", "departure_centre.key=at_liberty",
    "host.beds_given_up=100000", "time.end=2020-01-01", "time.start=2029-01-01",
    "time.observe_until=2027-04-01", "arrivals.judgments_per_year=-1", "origins.x.title=y",
    "rented_prison.places.more=3", "rented_prison[2027-01-01]=3", "name=a b", "name=", "title=",
)  # fmt: skip
COUNTS = {"": True, "1": True, "0": False, "-1": False, "1e3": False, "x": False, "1.5": False,
          "nan": False}  # fmt: skip
SEEDS = {"": True, "0": True, "7": True, "-1": False, "1.0": False, "true": False, "x": False}
WORLDS = {"tiny.toml": True, "without.toml": True, "missing.toml": False, "": False, ".": False,
          "sample.toml": False, "no_such": False}  # fmt: skip
COMMANDS = ("run", "run", "compare", "verify", "check", "describe", "trace")
STREAMS: dict[str, Callable[[], Any]] = {"open": lambda: None, "gone": gone, "full": full}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_files(tmp_path_factory.mktemp("files"))
    said = call(
        "experiment", "run", folder / "sample.toml", "--workers", 1, "--out", folder / "done"
    )
    assert said.code == 0, said.err
    (folder / "file").write_text("kept", encoding="utf-8")
    (folder / "link").symlink_to(folder / "nowhere")
    (folder / "binary.toml").write_bytes(b"\xff\xfe\x00\x01")
    (folder / "empty.toml").touch()
    return folder


def picked(choices: dict[str, bool]) -> st.SearchStrategy[tuple[str, bool]]:
    """Draw a choice, mostly one that makes sense, so that not every case is refused at once."""
    good = [(name, fits) for name, fits in choices.items() if fits]
    return st.sampled_from(good) | st.sampled_from(good) | st.sampled_from(list(choices.items()))


@st.composite
def typed(draw: st.DrawFn) -> tuple[list[str], bool, bool]:
    """Draw a command on scenarios: its words, whether they make sense, whether it has `--out`."""
    command = draw(
        st.sampled_from(["run", "run", "compare", "verify", "check", "describe", "trace"])
    )
    several = command in ("run", "compare", "verify") and draw(st.booleans())
    worlds = [draw(picked(WORLDS)) for _ in range(2 if several else 1)]
    sense = all(fits for _, fits in worlds) and len({name for name, _ in worlds}) == len(worlds)
    words = [command, *(f"FILES/{name}" if name else "" for name, _ in worlds)]
    for setting in draw(st.lists(st.sampled_from([*EDGES, *EDGES, *NONSENSE]), max_size=2)):
        words += ["--set", setting]
        sense &= setting not in NONSENSE
    sense &= not (len(worlds) == 2 and any(word.startswith("name=") for word in words))
    if command in ("run", "compare", "verify"):
        number, fits = draw(picked(COUNTS))
        words += ["--replications", number or ("2" if command == "compare" else "1")]
        words += ["--assumptions", "fixed"] if command != "verify" else []
        sense &= fits and not (command == "compare" and number == "1")
        seed, fits = draw(picked(SEEDS))
        words += ["--seed", seed] if seed else []
        sense &= fits
    out = command in ("run", "compare")
    if out:
        workers, fits = draw(picked({"1": True, "0": False, "-2": False, "two": False}))
        place, can_be = draw(picked({"OUT": True, "FILES/file": False, "FILES/link": False,
                                     "FILES/file/x": False, "/proc/none": False}))  # fmt: skip
        words += ["--workers", workers, "--out", place]
        sense &= fits and can_be
    return words, sense, out


@CASES
@given(case=typed(), stream=st.sampled_from(sorted(STREAMS)))
@pytest.mark.slow
def test_whatever_is_typed(case, stream, files, tmp_path):
    words, sense, writes = case
    out = tmp_path / "out"
    shutil.rmtree(out, ignore_errors=True)
    words = [w.replace("FILES", str(files)).replace("OUT", str(out)) for w in words]
    note(" ".join(map(repr, words)) + f" ({stream})")
    said = call(*words, out=STREAMS[stream]())
    if sense:
        assert said.code == (stream == "full"), said.err
    else:
        assert said.code in (1, 2), said.out
        assert said.err.strip()
        assert not list(out.rglob("report.html"))
    if sense and writes:
        assert (out / "report.html").is_file()
        assert (out / "tables" / "estimates.csv").is_file() or words[0] == "run"
    assert (files / "file").read_text(encoding="utf-8") == "kept"


FOLDERS = ("done", "missing", "file", "link", "", "tiny.toml")
ABOUT_FOLDERS: dict[str, list[list[str]]] = {
    "experiment status": [[]],
    "experiment retry": [["--workers", "1"], ["--workers", "0"]],
    "report": [[], ["--point", "1"], ["--point", "99"], ["--point", "-1"], ["--point", "x"]],
    "sensitivity": [
        [], ["--outcome", "limbo"], ["--outcome", "nonsense"], ["--outcome", "removed_5y"],
        ["--against", "nobody"], ["--scenario", "tiny"], ["--where", "limbo > 0"],
        ["--where", "limbo >"], ["--where", "nonsense > 1"], ["--where", ""], ["--box", "99"],
        ["--most", "0"],
    ],
    "experiment export": [
        [], ["--table", "outcomes"], ["--table", "nonsense", "--to", "OUT/x.csv"],
        ["--table", "outcomes", "--to", "OUT/x.xlsx"], ["--table", "census", "--to", "OUT/x.csv"],
        ["--table", "outcomes", "--to", "OUT"], ["--table", "outcomes", "--to", "FILES/file/x.csv"],
        ["--event-log", "pm4py", "--to", "OUT/x.csv", "--replication", "77"],
        ["--event-log", "vidigi", "--to", "OUT/x.parquet", "--scenario", "nobody"],
        ["--event-log", "other", "--to", "OUT/x.csv"], ["--copy-to", "nowhere://x"],
        ["--copy-to", ""],
    ],
}  # fmt: skip


@CASES
@given(data=st.data(), stream=st.sampled_from(sorted(STREAMS)))
def test_whatever_is_asked_of_a_folder(data, stream, files, tmp_path):
    command = data.draw(st.sampled_from(sorted(ABOUT_FOLDERS)))
    folder = data.draw(st.sampled_from(FOLDERS) | st.just("done"))
    rest = data.draw(st.sampled_from(ABOUT_FOLDERS[command]))
    words = [*command.split(), str(files / folder) if folder else "", *rest]
    words = [w.replace("FILES", str(files)).replace("OUT", str(tmp_path)) for w in words]
    note(" ".join(map(repr, words)) + f" ({stream})")
    said = call(*words, out=STREAMS[stream]())
    assert said.code in (0, 1, 2)
    if folder != "done":
        assert said.code
    assert bool(said.code) == bool(said.err) or "progress" in said.err


# ---------------------------------------------------------------- experiment files

PARTS = st.sampled_from([
    'scenarios = ["tiny.toml"]', "scenarios = []", 'scenarios = ["missing.toml"]', "seed = -1",
    "seed = 1.5", 'tables = ["nonsense"]', "[replications]\nnumber = 0",
    "[replications]\nnumber = 1.0", "[replications]\nper_cell = 0",
    '[design]\nkind = "grid"', '[design]\nkind = "nonsense"', "[design]\nkind = 3",
    '[design]\nkind = "grid"\nvalues = {}',
    '[design]\nkind = "grid"\nvalues = { "removal.willing_share" = [13.5, 0.2] }',
    '[design]\nkind = "grid"\nvalues = { "removal.case_workers" = [5, [5]] }',
    '[design]\nkind = "latin_hypercube"\nsamples = 0\nfactors = "levers"',
    '[design]\nkind = "latin_hypercube"\nsamples = 3\nfactors = ["nonsense"]',
    '[design]\nkind = "points"\npoints = []', "[changes]\nplaces = 3", "x = 1", "title = 3", "= =",
])  # fmt: skip


@CASES
@given(parts=st.lists(PARTS, max_size=3))
def test_whatever_stands_in_an_experiment_file(parts, files, tmp_path):
    text = 'name = "own"\ntitle = "Own"\n' + "\n".join(parts)
    if "scenarios" not in text:
        text = 'scenarios = ["tiny.toml"]\n' + text
    (files / "own.toml").write_text(text, encoding="utf-8")
    note(text)
    out = tmp_path / "out"
    shutil.rmtree(out, ignore_errors=True)
    said = call("experiment", "run", files / "own.toml", "--workers", 1, "--out", out)
    assert said.code in (0, 1, 2)
    if set(parts) - {'scenarios = ["tiny.toml"]'}:
        assert said.code, text
        assert not (out / "manifest.json").exists() or said.code == 1


@pytest.mark.parametrize("name", ["binary.toml", "empty.toml", "file", "link", "done", ""])
def test_a_file_that_is_none_is_told(name, files):
    commands = ["run", "check", "describe", "trace", "verify", "compare"]
    for command in commands if name == "done" else [*commands, "experiment run"]:
        said = call(*command.split(), files / name if name else "")
        assert said.code == 2, (command, said.err)
        assert said.err.strip()


# ---------------------------------------------------------------- from Python

ODD = st.sampled_from([
    None, True, 1.0, 1.5, float("nan"), float("inf"), "1", "", b"1", [], {}, -1, object(), 2**80,
])  # fmt: skip


@pytest.fixture(scope="module")
def run(files: Path) -> Run:
    return sim.run(files / "tiny.toml")


def calls(run: Run, odd: Any) -> dict[str, Callable[[], object]]:
    """Return calls that make no sense, given an odd value."""
    world = run.scenario
    return {
        "run, seed": lambda: sim.run(world, seed=odd),
        "run, replication": lambda: sim.run(world, replication=odd),
        "run, scenario": lambda: sim.run(odd),
        "compare": lambda: sim.compare(world, replications=odd, progress=False),
        "compare, seed": lambda: sim.compare(world, seed=odd, replications=1, progress=False),
        "compare, workers": lambda: sim.compare(world, replications=1, workers=odd),
        "verify": lambda: sim.verify(world, replications=odd),
        "define": lambda: sim.define("x", [world], replications=odd, seed=1),
        "define, seed": lambda: sim.define("x", [world], replications=1, seed=odd),
        "transfers": lambda: run.transfers(odd),
        "census": lambda: run.census(by=odd) if odd is not None else sim.run(odd),
        "durations": lambda: run.durations(by=odd) if odd is not None else sim.run(odd),
        "story": lambda: run.story(odd),
        "plot": lambda: sim.plots.occupancy(odd),
        "queue": lambda: sim.plots.queue(run, odd),
        "open": lambda: sim.open_experiment(odd),
    }


@CASES
@given(data=st.data(), odd=ODD)
def test_whatever_is_passed_in_is_refused_by_us(data, odd, run):
    name = data.draw(st.sampled_from(sorted(calls(run, odd))))
    note(f"{name}: {odd!r}")
    with pytest.raises((PrisonflowError, TypeError, ValueError, KeyError)) as refused:
        calls(run, odd)[name]()
    assert str(refused.value).strip(" '\"")
    where = traceback.extract_tb(refused.value.__traceback__)[-1].filename
    assert "/sim/" in where, where
