"""The score against published figures, as the validation last told it: there at once.

`docs.make_validation` writes it, from what it computes anyway.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sim.analysis.validation import MISSED
from sim.experiment.ensemble import rounded
from sim.scenario.base import as_toml_value
from sim.scenario.cases import Case
from sim.scenario.toml import is_file

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Scored:
    """A published figure beside the model."""

    topic: str
    title: str
    published: float
    compare: str
    """`equal`, `at_most` or `at_least`: the last two are bounds."""
    unit: str
    model_low: float
    model_high: float
    """Ends of the middle 90 %: over assumptions and chance where the figure was put to the
    ensemble, else over chance alone."""
    verdict: str
    """As in `sim.analysis.validation`."""

    @property
    def missed(self) -> bool:
        """Whether the model misses it."""
        return self.verdict == MISSED


def score_file(case: Case) -> Path:
    """Return the file of the score of a case, whether it is there or not."""
    return case.doubt / "score.toml"


def shipped_score(scenario: Scenario) -> tuple[Scored, ...]:
    """Return the published figures about a scenario's case that were judged; none if none were."""
    if scenario.home is None:
        return ()
    file = score_file(Case(scenario.home))
    return read_score(file) if is_file(file) else ()


@lru_cache(maxsize=2)
def read_score(file: Path) -> tuple[Scored, ...]:
    """Read a file that `as_toml` wrote."""
    found = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple(Scored(**one) for one in found["figures"])


def as_toml(figures: Iterable[Scored]) -> str:
    """Return a score as the text of a file, one figure a line."""
    lines = [
        "# Published figures beside the model: by docs.make_validation.",
        "figures = [",
    ]
    for figure in figures:
        told = {
            key: rounded(value) if isinstance(value, float) else value
            for key, value in asdict(figure).items()
        }
        lines.append(f"  {as_toml_value(told)},")
    return "\n".join([*lines, "]"]) + "\n"
