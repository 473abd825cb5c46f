"""The baseline, and what is said about an experiment file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.scenario.errors import ScenarioError
from sim.scenario.files import load
from sim.scenario.schema import Scenario
from tests.helpers.experiments import read


@pytest.fixture(scope="session")
def baseline() -> Scenario:
    """The shipped baseline."""
    return load("baseline")


@pytest.fixture
def complaints(tmp_path: Path) -> Callable[[str], list[str]]:
    """Return what is said about an experiment file, without the folder's name."""

    def told(text: str) -> list[str]:
        with pytest.raises(ScenarioError) as caught:
            read(tmp_path, text)
        return [str(problem).replace(f"{tmp_path}/", "") for problem in caught.value.problems]

    return told
