"""The one question of sensitivity: of which results, laid out how, about which outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.analysis.sensitivity.layout import Layout
from sim.analysis.sensitivity.responses import Response, responses
from sim.statistics.intervals import LEVEL

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.sensitivity.discovery import Discovery


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked of the results of a design; each method is one answer, as a table.

    Which answers there are depends on the design; each says what it needs.
    """

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

    def ranking(self) -> pd.DataFrame:
        """Rank factors, outcome by outcome, by how much results follow them.

        Returns
        -------
        DataFrame
            Of a Morris design the table of `morris.screening`, of a Sobol' design that of
            `sobol.indices`, of others that of `ignorance.influence`. All have scenario,
            reference, outcome, factor, told, rank; `STRENGTH` names the column ranked by.

        Raises
        ------
        UnsuitableDesign
            If the points do not show what results follow: a grid, or points written out.
        NeedsSALib
            For a Sobol' design, if SALib is not installed.
        UnknownOutcome, UnknownReference, NothingInCommon
            As in `sim.analysis.paired.paired`.
        """
        from sim.analysis.sensitivity.ranks import ranking

        return ranking(self)

    def interactions(self) -> pd.DataFrame:
        """Return second-order Sobol' indices; see `sobol.interactions`."""
        from sim.analysis.sensitivity.sobol import interactions

        return interactions(self)

    def tornado(self) -> pd.DataFrame:
        """Return outcomes at the low and at the high end of each factor; see `swings.swings`."""
        from sim.analysis.sensitivity.swings import swings

        return swings(self)

    def two_kinds(self) -> pd.DataFrame:
        """Tell chance and ignorance apart, with the share of each; see `variance.two_kinds`."""
        from sim.analysis.sensitivity.variance import two_kinds

        return two_kinds(self)

    def discovery(self, where: str, scenario: str, box: int | None = None) -> Discovery:
        """Find the conditions under which something holds; see `discovery.discover`."""
        from sim.analysis.sensitivity.discovery import discover

        return discover(self, where, scenario, box)
