"""The one question of sensitivity: what the results of a design follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.sensitivity import discovery, ranks, sobol, swings, variance
from sim.analysis.sensitivity.sample import Sample

if TYPE_CHECKING:
    import pandas as pd


class Question(Sample):
    """What is asked of the results of a design; each method is one answer, as a table.

    Which answers there are depends on the design; each says what it needs.
    """

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
        return ranks.ranking(self)

    def interactions(self) -> pd.DataFrame:
        """Return second-order Sobol' indices; see `sobol.interactions`."""
        return sobol.interactions(self)

    def tornado(self) -> pd.DataFrame:
        """Return outcomes at the low and at the high end of each factor; see `swings.swings`."""
        return swings.swings(self)

    def two_kinds(self) -> pd.DataFrame:
        """Tell chance and ignorance apart, with the share of each; see `variance.two_kinds`."""
        return variance.two_kinds(self)

    def discovery(self, where: str, scenario: str, box: int | None = None) -> discovery.Discovery:
        """Find the conditions under which something holds; see `discovery.discover`."""
        return discovery.discover(self, where, scenario, box)
