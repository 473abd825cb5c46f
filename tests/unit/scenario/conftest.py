"""A writer of small scenario files, and a reader of what is said about them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.scenario.errors import ScenarioError
from sim.scenario.files import find, load
from sim.scenario.schema import Scenario


@pytest.fixture(scope="session")
def baseline() -> Scenario:
    """The shipped baseline."""
    return load("baseline")


@pytest.fixture
def diff(tmp_path: Path) -> Callable[..., Path]:
    """Write a file that extends the baseline (or stands alone), and return its path."""

    def write(text: str, name: str = "mine.toml", extends: bool = True) -> Path:
        path = tmp_path / name
        first = f"extends = '{find('baseline')}'\n" if extends else ""
        path.write_text(first + text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def complaints(diff: Callable[..., Path], tmp_path: Path) -> Callable[..., list[str]]:
    """Return what is said about a file that extends the baseline, without folder names."""

    def read(text: str, extends: bool = True) -> list[str]:
        path = diff(text, extends=extends)
        with pytest.raises(ScenarioError) as caught:
            load(path)
        return [
            str(problem).replace(f"{tmp_path}/", "").replace(f"{find('baseline').parent}/", "")
            for problem in caught.value.problems
        ]

    return read
