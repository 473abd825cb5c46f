"""What became of those who joined a queue, or limbo, some time later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.show.facts.data import Floats
from sim.show.facts.memory import remembered

if TYPE_CHECKING:
    from sim.experiment.replications import Replications

_TABLE, _SHARES = "after_joining", ("waiting", "got", "ended_otherwise")


@dataclass(frozen=True, eq=False)
class Joined:
    """Those who joined in the observed period, in the replications in which anyone did."""

    days: Floats
    """Days after joining, shape (m,)."""
    at_risk: Floats
    """People who wait at least so long as far as they are followed, shape (n, m)."""
    waiting: Floats
    """Share of all who joined that still wait, shape (n, m); missing where nobody is followed."""
    got: Floats
    ended_otherwise: Floats

    @property
    def people(self) -> float:
        """Mean number of people who joined."""
        return float(self.at_risk[:, 0].mean())

    def at(self, day: float) -> int:
        """Return the place of a day among those looked at."""
        return int(np.argmin(np.abs(self.days - day)))


@remembered
def joined(r: Replications) -> dict[str, Joined]:
    """Return those who joined each queue, and limbo, of queues that anyone joins.

    Tables of an earlier version may lack them: then there is nothing to return.
    """
    if _TABLE not in r.tables:
        return {}
    table = r.lent(_TABLE)
    found = {}
    for queue, rows in table.groupby("queue", sort=False, observed=True):
        days = rows["days_after_joining"].unique()
        columns = {c: rows[c].to_numpy(float).reshape(-1, len(days)) for c in ("at_risk", *_SHARES)}
        there = columns["at_risk"][:, 0] > 0
        if there.any():
            found[str(queue)] = Joined(days, **{c: v[there] for c, v in columns.items()})
    return found
