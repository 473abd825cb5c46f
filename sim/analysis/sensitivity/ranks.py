"""The ranking of factors that a design allows, whichever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.sensitivity import ignorance, morris, sobol
from sim.analysis.sensitivity.layout import RANKED
from sim.analysis.sensitivity.sample import Sample

if TYPE_CHECKING:
    import pandas as pd

#: What factors are ranked by, by the kind of the design.
STRENGTH = {
    "morris": "mu_star",
    "sobol": "total",
    "latin_hypercube": "influence",
    "one_at_a_time": "influence",
}


def ranking(question: Sample) -> pd.DataFrame:
    """Rank factors as the design allows; see `Sample.ranking`."""
    kind = question.layout.kind
    question.layout.require(*RANKED)
    if kind == "morris":
        return morris.screening(question)
    if kind == "sobol":
        return sobol.indices(question)
    table, reference = question.table, question.reference
    chosen = list(question.outcomes if question.outcomes is not None else table["outcome"].unique())
    alone = kind == "one_at_a_time"
    found = ignorance.influence(table, question.design, chosen, reference, one_at_a_time=alone)
    found.insert(1, "reference", reference)
    return found
