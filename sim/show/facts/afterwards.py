"""What happens after the sentence, as cumulative shares of people by way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.show import words
from sim.show.facts.data import Floats
from sim.show.facts.memory import remembered

if TYPE_CHECKING:
    from sim.experiment.replications import Replications


#: Years drawn; a curve ends before where nobody is followed so long.
YEARS = 5


MAIN, SECOND = "third_country", "eu_eea"


@remembered
def curves(r: Replications, group: str) -> tuple[Floats, dict[str, Floats]]:
    """Return years after the sentence, and cumulative shares by exit: means over replications.

    They end where some replication follows nobody any longer.
    """
    table = r.lent("after_sentence", ["days_after_sentence", "group", "exit", "share"])
    mine = table[table["group"] == group]
    shares = mine.groupby(["days_after_sentence", "exit"], sort=False, observed=True)["share"]
    wide = shares.agg(lambda share: share.mean(skipna=False)).unstack("exit").dropna()
    years = wide.index.to_numpy(float) / words.YEAR_DAYS
    return years, {str(name): wide[name].to_numpy(float) for name in wide.columns}


def anyone_expelled(replications: Sequence[Replications]) -> bool:
    """Tell whether the sentence of a third-country national expelled ends in any scenario."""
    return any(len(curves(r, MAIN)[0]) for r in replications)


def sum_of(parts: Sequence[Floats]) -> Floats:
    """Add curves up."""
    return np.asarray(np.sum(parts, axis=0), float)
