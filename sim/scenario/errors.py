"""What can be wrong with a scenario, told to the person who wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.errors import PrisonflowError


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, and what to do about it."""

    file: str
    key: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}: {self.key}" if self.key else self.file
        return f"{where}: {self.message}"


class ScenarioError(PrisonflowError):
    """A scenario that cannot be used; `problems` lists everything wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
