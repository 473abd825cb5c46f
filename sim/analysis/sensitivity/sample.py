"""Results of a design: which, laid out how, and about which outcomes a question is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.analysis.sensitivity.layout import Layout
from sim.analysis.sensitivity.responses import Response, responses
from sim.statistics.intervals import LEVEL

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Sample:
    """Results over the points of a design, and what is asked about."""

    table: pd.DataFrame
    """Long table: scenario, point, replication, outcome, value."""
    design: pd.DataFrame
    """One row a point: point, name, and a column for every factor."""
    layout: Layout
    """How the points of the design belong together."""
    outcomes: Sequence[str] | None = None
    """Which outcomes, in order; all by default."""
    reference: str | None = None
    """Scenario from which paired differences are taken; values if None."""
    level: float = LEVEL
    """Share of intervals that cover the true value, and of cases that chance covers."""

    def responses(self) -> Iterator[Response]:
        """Yield each outcome of each scenario over the points; see `responses`."""
        yield from responses(self.table, self.design, self.outcomes, self.reference)
