"""The files that are no Python: that each can be read by the program it is for."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers.root import ROOT

MERGE_MARK = re.compile(r"^(<{7} |>{7} |={7}$)", re.MULTILINE)
TARGETS = re.findall(
    r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
)
SUFFIXES = {"", ".cfg", ".cff", ".ipynb", ".json", ".md", ".py", ".toml", ".yaml", ".yml"}


def tracked() -> list[Path]:
    """The text files that are in git; all of the folder's, where there is no git."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a checkout of git")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.suffix in SUFFIXES and path.is_file()]


def test_no_file_keeps_the_marks_of_a_merge() -> None:
    files = tracked()
    assert ROOT / "Makefile" in files
    marked = [
        str(path.relative_to(ROOT))
        for path in files
        if MERGE_MARK.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not marked


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
@pytest.mark.parametrize("target", TARGETS)
def test_make_knows_how_to_make_each_of_its_targets(target: str) -> None:
    done = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
