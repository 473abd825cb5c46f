"""How long limbo lasts: the share of those who entered it that are still there, year by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.show.facts.data import Fan, Floats, fan
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
    share: Fan
    at_risk: Floats
    """Mean number of people who are in limbo at least so long as far as they are followed."""
    chance: Fan | None = None
    """Of draws: what chance alone does, at the scenario's own values."""

    @property
    def entered(self) -> float:
        """Mean number of people who enter limbo in the observed period."""
        return float(self.at_risk[0])

    def place(self, years: float) -> int | None:
        """Return the place of a time on the curve, None if nobody is followed so long."""
        at = int(np.argmin(np.abs(self.years - years)))
        return at if abs(self.years[at] - years) < 1 / 24 else None


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
    years, alone = mine.days[known] / YEAR_DAYS, still_there(r.chance) if r.chance else None
    beside = alone is not None and np.array_equal(alone.years, years)
    return StillThere(
        years=years,
        share=fan(r, inside.T),
        at_risk=mine.at_risk.mean(axis=0)[known],
        chance=alone.share if alone is not None and beside else None,
    )


def anyone_in_limbo(replications: Sequence[Replications]) -> bool:
    """Tell whether there is a curve for any scenario."""
    return any(still_there(r) is not None for r in replications)
