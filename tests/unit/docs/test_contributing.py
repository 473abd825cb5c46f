"""The worked examples of CONTRIBUTING.md work, and its table lists every room."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.root import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
RUN = """
import sim
from pathlib import Path
assert Path(sim.__file__).parents[1] == Path.cwd()
"""
ASKED = {
    "Add an outcome": """
from sim.results.outcomes import margin_of, outcome_titles, outcomes_of
from tests.helpers.worlds import small
run = sim.run(small())
assert outcomes_of(run)["departure_centre_most"] >= outcomes_of(run)["departure_centre_people"] > 0
assert outcome_titles(run.scenario)["departure_centre_most"].startswith("Most residents")
assert margin_of("departure_centre_most").absolute == 5
""",
    "Add a figure": """
from sim.experiment.replicate import of_runs
from sim.show.figures import draw_all
from tests.helpers.worlds import small
drawing = draw_all([of_runs([sim.run(small(), replication=number) for number in (0, 1)])])[-1]
assert drawing.name == "cases" and "on average" in drawing.message
assert drawing.png().startswith(b"\\x89PNG")
""",
    "Change an assumption": """
from sim.scenario.evidence import evidence_for, without_record
world = sim.load("baseline")
assert world.departure_centre.waits_outside_share == 0.9
evidence = evidence_for(world)
assert evidence.of("departure_centre.waits_outside_share").low == 0.7
assert not without_record(world, evidence)
""",
}


def changes(example: str) -> list[tuple[str, str, str]]:
    """Return the changes of an example in order: a file, what stands there, and what shall."""
    (section,) = re.findall(rf"^### {example}\n(.*?)(?=^##)", TEXT, re.MULTILINE | re.DOTALL)
    return [change(textwrap.dedent(block)) for block in re.findall(
        r"^ *```diff\n(.*?)^ *```", section, re.MULTILINE | re.DOTALL)]  # fmt: skip


def change(block: str) -> tuple[str, str, str]:
    head, *lines = block.splitlines()
    lines = [line or " " for line in lines]
    before, after = (
        "".join(f"{line[1:]}\n" for line in lines if line[0] in signs) for signs in (" -", " +")
    )
    return head[4:], before, after


@pytest.mark.slow
@pytest.mark.parametrize("example", ASKED)
def test_an_example_works_and_touches_two_files_at_most(example: str, tmp_path: Path) -> None:
    for folder in ("sim", "configs", "tests/helpers"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    found = changes(example)
    assert 1 <= len({file for file, _, _ in found}) <= 2
    for name, before, after in found:
        file = tmp_path / name
        text = file.read_text(encoding="utf-8") if before else ""
        assert text.count(before) == 1 or not before, f"{name} has no longer:\n{before}"
        file.write_text(text.replace(before, after) if before else after, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", RUN + ASKED[example]], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def rooms() -> Iterator[str]:
    for folder in sorted((ROOT / "sim").iterdir()):
        if (folder / "__init__.py").is_file():
            yield f"sim/{folder.name}/"


@pytest.mark.parametrize("room", list(rooms()))
def test_every_room_is_in_the_table(room: str) -> None:
    (row,) = [line for line in TEXT.splitlines() if line.startswith(f"| `{room}` |")]
    assert len(row.split("|")[2].strip()) > 20


def test_what_the_table_lists_is_there() -> None:
    listed = re.findall(r"^\| `([\w./]+)` \|", TEXT, re.MULTILINE)
    assert len(listed) > 12
    assert [name for name in listed if not (ROOT / name).exists()] == []


def test_tests_mirror_the_package() -> None:
    """Every folder of unit tests is one of the package, or beside it."""
    beside = {"docs", "benchmarks"}
    for folder in (ROOT / "tests" / "unit").rglob("*/"):
        name = folder.relative_to(ROOT / "tests" / "unit")
        if any(folder.glob("test_*.py")) and name.parts and name.parts[0] not in beside:
            assert (ROOT / "sim" / name / "__init__.py").is_file(), name


def test_helpers_hold_no_tests_and_tests_lend_nothing() -> None:
    """What several test files share is in `tests/helpers`, or in a `conftest.py`."""
    for file in (ROOT / "tests").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        if file.parent.name == "helpers":
            assert "def test_" not in text, file
        assert not re.findall(r"^from tests\.\S+\.test_\w+ import", text, re.MULTILINE), file
