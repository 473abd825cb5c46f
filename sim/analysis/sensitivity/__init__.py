"""What the results of an experiment follow: questions to its folder, answered with tables.

    from sim.analysis import sensitivity

    found = sim.open_experiment("outputs/experiments/screening")
    sensitivity.ranking(found, ["limbo"], reference="no_agreement")
    sensitivity.tornado(found, ["limbo"], reference="no_agreement")
    sensitivity.two_kinds(found, ["limbo"])                    # chance and ignorance
    sensitivity.discover(found, "limbo > 0", reference="no_agreement")

Which of these there are depends on the design; each says what it needs. The functions of
modules `morris`, `sobol`, `tornado`, `variance` and `discovery` do the same with any table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.analysis.sensitivity import discovery, ignorance, morris, sobol, swings, variance
from sim.analysis.sensitivity.layout import RANKED, Layout
from sim.analysis.sensitivity.sobol import NeedsSALib
from sim.experiment.read import Results
from sim.scenario.given import expect
from sim.statistics.intervals import LEVEL

if TYPE_CHECKING:
    import pandas as pd


__all__ = [
    "STRENGTH", "NeedsSALib", "discover", "interactions", "ranking", "tornado", "two_kinds"
]  # fmt: skip

#: What factors are ranked by, by the kind of the design.
STRENGTH = {
    "morris": "mu_star",
    "sobol": "total",
    "latin_hypercube": "influence",
    "one_at_a_time": "influence",
}


def _layout(results: Results) -> Layout:
    expect(results, Results, "the results of an experiment: sim.open_experiment(folder)")
    return Layout.of(results.manifest)


def ranking(
    results: Results,
    outcomes: Sequence[str] | None = None,
    reference: str | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Rank factors, outcome by outcome, by how much results follow them.

    Parameters
    ----------
    results
        An experiment, finished or not.
    outcomes
        Which outcomes; all by default.
    reference
        Scenario from which paired differences are taken; values if None.
    level
        Share of intervals that cover the true value.

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
    layout = _layout(results)
    layout.require(*RANKED)
    table, design = results.outcomes, results.design
    if layout.kind == "morris":
        return morris.screening(table, design, layout, outcomes, reference, level)
    if layout.kind == "sobol":
        return sobol.indices(table, design, layout, outcomes, reference, level)
    chosen = list(outcomes if outcomes is not None else table["outcome"].unique())
    alone = layout.kind == "one_at_a_time"
    found = ignorance.influence(table, design, chosen, reference, one_at_a_time=alone)
    found.insert(1, "reference", reference)
    return found


def interactions(
    results: Results,
    outcomes: Sequence[str] | None = None,
    reference: str | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Return second-order Sobol' indices; see `sobol.interactions`."""
    layout = _layout(results)
    return sobol.interactions(results.outcomes, results.design, layout, outcomes, reference, level)


def tornado(
    results: Results,
    outcomes: Sequence[str] | None = None,
    reference: str | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Return outcomes at the low and at the high end of each factor; see `swings`."""
    layout = _layout(results)
    return swings.swings(results.outcomes, results.design, layout, outcomes, reference, level)


def two_kinds(
    results: Results,
    outcomes: Sequence[str] | None = None,
    reference: str | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Tell chance and ignorance apart, with the share of each; see `variance`."""
    layout = _layout(results)
    return variance.two_kinds(results.outcomes, results.design, layout, outcomes, reference, level)


def discover(
    results: Results,
    where: str,
    scenario: str | None = None,
    reference: str | None = None,
    box: int | None = None,
) -> discovery.Discovery:
    """Find the conditions under which something holds; see `discovery`.

    By default `scenario` is the first that is not the reference.
    """
    names = [name for name in results.manifest["scenarios"] if name != reference]
    chosen = scenario if scenario is not None else names[0]
    layout = _layout(results)
    return discovery.discover(
        results.outcomes, results.design, layout, where, chosen, reference, box
    )
