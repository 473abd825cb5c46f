"""The folder of an experiment: what is there is whole, and belongs together."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sim.experiment import provenance, store
from sim.experiment.cells import Cell, Failed
from sim.experiment.definition import Experiment, read_experiment
from sim.experiment.provenance import PACKAGES
from sim.experiment.read import Results
from sim.experiment.store import Key, Store, StoreError
from sim.scenario.files import configs_dir, load
from tests.helpers.experiments import all_in, canned, constant, read, write

GRID = """
[replications]
number = 2
per_cell = 2
[design]
kind = "grid"
values = { "rented_prison.places" = [150, 200] }
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Experiment:
    return read(tmp_path / "files", GRID)


@pytest.fixture
def begun(tmp_path: Path, tiny: Experiment) -> Store:
    """A folder in which an experiment was begun."""
    found = Store(tmp_path / "out")
    with found.locked():
        found.begin(tiny)
    return found


def begin(folder: Path, experiment: Experiment) -> None:
    there = Store(folder)
    with there.locked():
        there.begin(experiment)


def refused(folder: Path, experiment: Experiment) -> str:
    """See that a folder is refused and stays as it is; returns what is said."""
    before = {name: content for name, content in all_in(folder).items() if name != ".lock"}
    with pytest.raises(StoreError) as caught:
        begin(folder, experiment)
    after = {name: content for name, content in all_in(folder).items() if name != ".lock"}
    assert after == before
    return str(caught.value)


# ---------------------------------------------------------------- what is written


def test_the_manifest_says_all_it_takes_to_make_the_tables_again(begun, tiny):
    manifest = json.loads((begun.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["name"] == "tiny"
    assert manifest["seed"] == 1
    assert manifest["points"] == 2
    assert manifest["scenarios"] == {world.name: world.hash for world in tiny.scenarios}
    assert manifest["evidence"] == provenance.evidence_hash(load("baseline"))
    assert manifest["code"]["hash"] == provenance.code_hash()
    assert manifest["versions"].keys() == {"python", *PACKAGES}
    assert manifest["versions"]["python"] == ".".join(map(str, sys.version_info[:3]))
    assert manifest["machine"]["processors"] == os.cpu_count()
    assert manifest["definition"]["replications"]["number"] == 2
    if provenance.revision():
        assert len(manifest["code"]["revision"]) == 40
        assert isinstance(manifest["code"]["clean"], bool)


def test_scenarios_and_definition_in_the_folder_stand_alone(begun, tiny):
    for world in tiny.scenarios:
        text = (begun.folder / "scenarios" / f"{world.name}.toml").read_text(encoding="utf-8")
        assert "extends" not in tomllib.loads(text)
        assert load(begun.folder / "scenarios" / f"{world.name}.toml").hash == world.hash
    again = read_experiment(begun.folder / "experiment.toml")
    assert again.fingerprint() == tiny.fingerprint()
    begin(begun.folder, again)


def test_a_design_that_cannot_be_stored_leaves_no_half_made_folder(tmp_path, tiny, monkeypatch):
    def broken(_plan: object) -> None:
        raise TypeError("no such column")

    monkeypatch.setattr("sim.experiment.design.Plan.table", broken)
    with pytest.raises(TypeError):
        begin(tmp_path / "out", tiny)
    assert [name for name in all_in(tmp_path / "out") if name != ".lock"] == []


@pytest.mark.parametrize(
    "text",
    [
        '[replications]\nnumber = 1\n[changes]\n"removal.willing_share" = 0.3\n',
        '[replications]\nnumber = 1\n[design]\nkind = "sobol"\nsamples = 2\nfactors = '
        '["removal.willing_share", { key = "rented_prison.opens", low = 2027-05-01, '
        "high = 2028-05-01 }]",
        '[replications]\nnumber = 1\n[design]\nkind = "points"\npoints = '
        '[{ name = "a", changes = { "rented_prison.opens" = 2028-01-01 } }]',
        '[replications]\nnumber = 1\n[design]\nkind = "points"\npoints = ['
        '{ name = "a", changes = { "removal.case_workers" = 5 } },'
        '{ name = "b", changes = { "removal.case_workers" = '
        "[{ from = 2008-01-01, until = 2040-01-01, value = 5 }] } }]",
        '[replications]\nat_most = 30\nuntil = [{ outcome = "limbo", half_width = 0.1, '
        'relative = true, difference_from = "without" }]',
    ],
)
def test_the_folder_of_any_experiment_is_the_experiment(tmp_path, text):
    chosen = read(tmp_path / "files", text)
    begin(tmp_path / "out", chosen)
    again = read_experiment(tmp_path / "out" / "experiment.toml")
    assert again.fingerprint() == chosen.fingerprint()
    assert again.definition.replications == chosen.definition.replications
    begin(tmp_path / "out", again)


def test_the_points_are_a_table(begun, tiny):
    table = pq.read_table(begun.folder / "design.parquet").to_pandas()
    assert list(table["rented_prison.places"]) == [150, 200]
    assert list(table["point"]) == [0, 1]


def test_the_evidence_hash_is_that_of_the_files_of_the_case(tmp_path):
    shutil.copytree(configs_dir(), tmp_path / "configs")
    before = provenance.evidence_hash(load("baseline"))
    folder = tmp_path / "configs" / "cases" / "gjilan"
    again = load(folder)
    assert provenance.evidence_hash(again) == before
    with (folder / "evidence.toml").open("a") as file:
        file.write("# more\n")
    assert provenance.evidence_hash(again) != before
    assert provenance.evidence_hash(load("norgerhaven")) != before


# ---------------------------------------------------------------- whose folder it is


def test_files_of_others_are_left_alone(tmp_path, tiny):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(StoreError, match="holds files, but no experiment"):
        begin(folder, tiny)
    assert all_in(folder) == {"thesis.txt": b"years of work"}


def test_a_file_is_no_folder(tmp_path, tiny):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(StoreError, match="taken: cannot be written to"):
        begin(tmp_path / "taken", tiny)
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "a file"


def test_another_experiment_is_refused(begun, tmp_path):
    other = read(tmp_path / "other", GRID, name="other")
    assert "it holds the experiment 'tiny', not 'other'" in refused(begun.folder, other)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "[150, 200]",
            "[150, 250]",
            "the design, the tables or figures kept, or the replications in a cell",
        ),
        (
            "per_cell = 2",
            "per_cell = 1",
            "the design, the tables or figures kept, or the replications",
        ),
        ("[replications]", 'tables = ["queues"]\n[replications]', "the tables or figures kept"),
        ("[replications]", "seed = 9\n[replications]", "its seed is 1, not 9"),
        (
            "[replications]",
            'scenarios = ["small.toml"]\n[replications]',
            "scenario without is gone",
        ),
    ],
)
def test_another_definition_is_refused(begun, tmp_path, old, new, words):
    assert words in refused(begun.folder, read(tmp_path / "other", GRID.replace(old, new)))


def test_another_world_of_the_same_name_is_refused(begun, tmp_path):
    file = write(tmp_path / "other", GRID)
    world = tmp_path / "other" / "small.toml"
    text = world.read_text(encoding="utf-8").replace("= 40", "= 41")
    world.write_text(text, encoding="utf-8")
    told = refused(begun.folder, read_experiment(file))
    there = begun.manifest()["scenarios"]["small"]
    assert f"scenario small changed ({there} there, {load(world).hash} here)" in told
    assert "stays as it is" in told


def test_results_of_other_code_are_refused(begun, tiny, monkeypatch):
    monkeypatch.setattr(store, "code_hash", lambda: "0123456789abcdef")
    assert "it was written by other code" in refused(begun.folder, tiny)


def test_results_of_other_libraries_are_refused_by_name(begun, tiny, monkeypatch):
    monkeypatch.setattr(store, "code_hash", lambda: "0123456789abcdef")
    now = provenance.versions()
    monkeypatch.setattr(store, "versions", lambda: now | {"numpy": "99.0"})
    told = refused(begun.folder, tiny)
    assert f"other code (numpy {now['numpy']} there, 99.0 here)" in told


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{ half a manif", "manifest.json: cannot be read"),
        ("", "manifest.json: cannot be read"),
        ("[]", "is of another format"),
        ('{"format": 99}', "is of another format"),
    ],
)
def test_a_corrupt_manifest_is_told_and_kept(begun, tiny, content, words):
    begun.manifest_file.write_text(content, encoding="utf-8")
    assert words in refused(begun.folder, tiny)
    with pytest.raises(StoreError, match=words):
        Results(begun.folder)


def test_a_folder_without_experiment_has_no_results(tmp_path):
    with pytest.raises(StoreError, match="holds no experiment"):
        Results(tmp_path)


def test_the_same_experiment_is_welcome_and_its_runs_are_kept(begun, tiny):
    begun.note_run({"began": "2026-01-01", "outcome": "complete"})
    begin(begun.folder, tiny)
    assert begun.manifest()["runs"] == [{"began": "2026-01-01", "outcome": "complete"}]
    begun.note_run({"began": "2026-01-01", "outcome": "stopped"})
    begun.note_run({"began": "2026-01-02", "outcome": "complete"})
    assert [run["outcome"] for run in begun.manifest()["runs"]] == ["stopped", "complete"]


def test_only_one_may_write(begun, tiny):
    told = rf"process {os.getpid()} on .* is writing here"
    with begun.locked(), pytest.raises(StoreError, match=told):
        begin(begun.folder, tiny)
    begin(begun.folder, tiny)


@pytest.mark.parametrize("after", range(5))
def test_a_folder_whose_first_run_was_killed_early_is_taken_up(tmp_path, tiny, monkeypatch, after):
    class Killed(BaseException):
        pass

    real, written = store.replace, []

    def replace(path: Path, content: str | bytes, *, sync: bool = False) -> Path:
        if len(written) == after:
            raise Killed
        written.append(path)
        return real(path, content, sync=sync)

    monkeypatch.setattr(store, "replace", replace)
    with pytest.raises(Killed):
        begin(tmp_path / "out", tiny)
    monkeypatch.undo()
    begin(tmp_path / "out", tiny)
    again = read_experiment(tmp_path / "out" / "experiment.toml")
    assert again.fingerprint() == tiny.fingerprint()


# ---------------------------------------------------------------- cells


def cell(first: int = 0, replications: int = 2, scenario: str = "small", point: int = 0) -> Cell:
    return Cell(point, first, scenario, replications)


def test_a_cell_that_is_there_is_done(begun):
    assert begun.done() == {}
    begun.put(canned(cell(), constant))
    begun.put(canned(cell(2, 1, "without", 1), constant))
    assert begun.done() == {Key(0, "small", 0): 2, Key(1, "without", 2): 1}


def test_a_cell_without_outcomes_is_not_done_and_not_read(begun):
    stored = canned(cell(), constant)
    queues = begun.folder / "tables" / "queues" / f"{cell().name}.parquet"
    queues.parent.mkdir(parents=True)
    queues.write_bytes(stored.tables["outcomes"])
    assert begun.done() == {}
    assert begun.files("queues") == []
    begun.put(stored)
    assert begun.files("queues") == [queues]


def test_the_outcomes_of_a_cell_are_stored_last(begun, monkeypatch):
    stored = canned(cell(), constant)
    tables = {"outcomes": stored.tables["outcomes"], "queues": b"q", "spells": b"s"}
    order: list[str] = []
    real = store.replace

    def replace(path: Path, content: str | bytes, *, sync: bool = False) -> Path:
        assert sync
        order.append(path.parent.name)
        return real(path, content, sync=sync)

    monkeypatch.setattr(store, "replace", replace)
    begun.put(type(stored)(stored.cell, tables, 0.1, stored.code))
    assert sorted(order) == sorted(tables)
    assert order[-1] == "outcomes"


def test_what_must_not_be_lost_is_forced_to_the_disk(begun, monkeypatch):
    forced: list[Path] = []
    real = store.replace

    def replace(path: Path, content: str | bytes, *, sync: bool = False) -> Path:
        if sync:
            forced.append(path)
        return real(path, content, sync=sync)

    monkeypatch.setattr(store, "replace", replace)
    begun.note_run({"began": "2026-01-01", "outcome": "complete"})
    begun.fail(Failed(cell(), "scenario", "no"))
    assert [path.suffix for path in forced] == [".json", ".json"]


def test_a_full_disk_leaves_no_half_file(begun, monkeypatch):
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    begun.put(canned(cell(0), constant))
    before = all_in(begun.folder)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        begun.put(canned(cell(2), constant))
    assert all_in(begun.folder) == before


def test_what_was_left_half_written_is_swept(begun, tiny):
    tables = begun.folder / "tables" / "outcomes"
    tables.mkdir(parents=True)
    leftovers = [
        tables / f".{cell().name}.parquet.4242",
        begun.folder / ".manifest.json.4242",
        begun.folder / "scenarios" / ".small.toml.4242",
    ]
    for file in leftovers:
        file.write_bytes(b"half")
    mine = begun.folder / ".notes"
    mine.write_text("kept", encoding="utf-8")
    assert begun.done() == {}
    begin(begun.folder, tiny)
    assert not any(file.exists() for file in leftovers)
    assert mine.exists()


def test_a_longer_cell_takes_the_place_of_the_shorter(begun):
    begun.put(canned(cell(0, 1), constant))
    begun.put(canned(cell(0, 2), constant))
    begun.supersede(cell(0, 2), 1)
    assert [file.stem for file in begun.files("outcomes")] == [cell(0, 2).name]
    begun.supersede(cell(0, 2), 2)
    assert len(begun.files("outcomes")) == 1


def test_a_run_killed_between_the_longer_cell_and_the_shorter_doubles_nothing(begun, tiny):
    begun.put(canned(cell(0, 1), constant))
    begun.put(canned(cell(0, 2), constant))
    assert begun.done() == {Key(0, "small", 0): 2}
    outcomes = Results(begun.folder).outcomes
    assert list(outcomes["replication"]) == [0, 1]
    begin(begun.folder, tiny)
    assert len(begun.outcomes_of(0, "small")) == 1


def test_a_failure_is_data_until_the_cell_succeeds(begun):
    begun.fail(Failed(cell(), "simulation of replication 1", "ValueError: no", "where"))
    ((failed, told),) = begun.failed().items()
    assert failed == cell()
    assert told["stage"] == "simulation of replication 1"
    assert told["error"] == "ValueError: no"
    assert told["cell"] == "small, point 0, replications 0 to 1"
    begun.put(canned(cell(), constant))
    assert begun.failed() == {}


def test_the_failure_of_a_shorter_cell_is_gone_once_the_longer_succeeds(begun):
    begun.fail(Failed(cell(4, 1), "simulation", "no"))
    begun.fail(Failed(cell(40, 1), "simulation", "no"))
    begun.put(canned(cell(4, 2), constant))
    assert list(begun.failed()) == [cell(40, 1)]


@pytest.mark.parametrize("names", [("a", "a_b", "ab"), ("x1", "x", "x_2")])
def test_files_are_in_order_of_scenario_point_and_replication(begun, names):
    cells = [
        Cell(point, first, name, 2)
        for name in names
        for point in (0, 2, 10)
        for first in (0, 2, 10)
    ]
    for one in reversed(cells):
        begun.put(canned(one, constant))
    expected = sorted(cells, key=lambda c: (c.scenario, c.point, c.first))
    assert [file.stem for file in begun.files("outcomes")] == [c.name for c in expected]
    mine = begun.files("outcomes", scenario=names[0], points=[10])
    assert len(mine) == 3
    assert mine == begun.outcomes_of(10, names[0])


# ---------------------------------------------------------------- provenance


def git(answers: dict[str, str | None]) -> Callable[..., str | None]:
    return lambda _folder, *arguments: answers[arguments[0]]


def test_the_revision_says_whether_the_tree_was_clean(monkeypatch):
    plain = provenance.revision
    if not plain():
        pytest.skip("the code does not come from a git repository")
    monkeypatch.setattr(provenance, "_git", git({"rev-parse": "abc\n", "status": ""}))
    assert plain() == {"revision": "abc", "clean": True}
    monkeypatch.setattr(provenance, "_git", git({"rev-parse": "abc\n", "status": " M x.py\n"}))
    assert plain() == {"revision": "abc", "clean": False}
    monkeypatch.setattr(provenance, "_git", git({"rev-parse": None, "status": None}))
    assert plain() == {}


def test_no_git_is_no_reason_to_fail(monkeypatch):
    def missing(*_arguments: object, **_options: object) -> None:
        raise FileNotFoundError("git")

    monkeypatch.setattr(provenance.subprocess, "run", missing)
    assert provenance.revision() == {}


@pytest.mark.slow
def test_the_code_hash_depends_on_the_libraries_that_decide(monkeypatch):
    plain = provenance.code_hash.__wrapped__
    before = plain()
    assert before == plain()
    real = provenance.version
    for name in provenance.DECISIVE:
        monkeypatch.setattr(
            provenance, "version", lambda asked, name=name: "0" if asked == name else real(asked)
        )
        assert plain() != before


SOURCE = """
\"\"\"A module.\"\"\"

LIMIT = 3  # years


class Part:
    value: int = 1
    \"\"\"What it is.\"\"\"

    def of(self, other: int) -> int:
        \"\"\"Return something.\"\"\"
        if other < 0:
            raise ValueError(f"{other} is negative")
        return self.value + other * LIMIT


COSTS = Outcome("costs", "Costs", "EUR", "All there are.", Part().of)
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A module.", "Another text."),
        ("# years", "# and another comment"),
        ("What it is.", "What it was."),
        ("Return something.", "Say something."),
        ("is negative", "is below zero"),
        ('"Costs"', '"What it costs"'),
        ("All there are.", "Every one."),
        ("+ other * LIMIT", "+ (other * LIMIT)"),
        ("\n\n\nclass", "\n\n\n\nclass"),
    ],
)
def test_words_leave_the_hash_of_the_code_as_it_is(before, after):
    assert SOURCE.count(before) == 1
    changed = SOURCE.replace(before, after)
    assert provenance.hash_of_source(changed.encode()) == provenance.hash_of_source(SOURCE.encode())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("LIMIT = 3 ", "LIMIT = 3.0 "),
        ("LIMIT = 3 ", "LIMIT = 4 "),
        ("value: int = 1", "value: int = 2"),
        ("+ other", "- other"),
        ("other < 0", "other <= 0"),
        ("ValueError", "KeyError"),
        ('"EUR"', '"DKK"'),
        ('"costs"', '"cost"'),
        ("Part().of)", "Part(2).of)"),
    ],
)
def test_whatever_can_change_a_result_changes_the_hash_of_the_code(before, after):
    assert SOURCE.count(before) == 1
    changed = SOURCE.replace(before, after)
    assert provenance.hash_of_source(changed.encode()) != provenance.hash_of_source(SOURCE.encode())


def test_every_module_that_decides_is_part_of_the_hash_and_none_that_only_tells():
    package = Path(provenance.__file__).parents[1]
    files = {f.relative_to(package).as_posix() for f in provenance._decisive_files(package)}
    assert {"world/removal.py", "people/chance.py", "results/costs.py", "whole.py"} <= files
    assert {"scenario/schema.py", "experiment/design.py", "results/outcomes/money.py"} <= files
    assert not files & set(provenance._TELLING)
    assert all((package / name).is_file() for name in provenance._TELLING)
