"""How long limbo lasts: the share of those who entered it that are still there, year by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.show.facts.data import Floats, spread
from sim.show.facts.joined import joined
from sim.show.facts.memory import remembered
from sim.show.words import YEAR_DAYS

if TYPE_CHECKING:
    from sim.experiment.replications import Replications

#: The fewest people who enter limbo (a replication) of whom a curve is drawn.
FEWEST = 20


@dataclass(frozen=True, eq=False)
class StillThere:
    """Share of people still in limbo, at times after they entered it, shape (m,)."""

    years: Floats
    share: Floats
    low: Floats
    high: Floats
    at_risk: Floats
    """Mean number of people who are in limbo at least so long as far as they are followed."""

    @property
    def entered(self) -> float:
        """Mean number of people who enter limbo in the observed period."""
        return float(self.at_risk[0])

    def after(self, years: float) -> float | None:
        """Return the share still there after some years, None if nobody is followed so long."""
        at = int(np.argmin(np.abs(self.years - years)))
        return float(self.share[at]) if abs(self.years[at] - years) < 1 / 24 else None


@remembered
def still_there(r: Replications) -> StillThere | None:
    """Return how long limbo lasts, None if hardly anyone enters it.

    The curve ends where some replication follows nobody any longer.
    """
    mine = joined(r).get("limbo")
    if mine is None or mine.people < FEWEST:
        return None
    known = np.isfinite(mine.waiting).all(axis=0)
    inside = mine.waiting[:, known]
    low, high = spread(inside.T)
    return StillThere(
        years=mine.days[known] / YEAR_DAYS,
        share=inside.mean(axis=0),
        low=low,
        high=high,
        at_risk=mine.at_risk.mean(axis=0)[known],
    )


def anyone_in_limbo(replications: Sequence[Replications]) -> bool:
    """Tell whether there is a curve for any scenario."""
    return any(still_there(r) is not None for r in replications)
