"""Countries of origin: their cooperation by date, looked up for whole columns of people."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.people.chance import Column
from sim.scenario.removal import REGIMES
from sim.scenario.schema import Scenario


def protected(scenario: Scenario, origin: NDArray[np.int64], luck: Column) -> NDArray[np.bool_]:
    """Tell who cannot be sent to the origin against their will (non-refoulement).

    It is those whose luck is least in favour of a document without cooperation.
    """
    shares = np.array([group.protected_share for group in scenario.origins.values()])
    found: NDArray[np.bool_] = luck >= 1 - shares[origin]
    return found


def regime_at(scenario: Scenario, origin: NDArray[np.int64], day: Column) -> NDArray[np.int64]:
    """Return each person's regime of origin on a day, as a position in `REGIMES`."""
    steps = [group.cooperation for group in scenario.origins.values()]
    regime = np.array([REGIMES.index(mine[0].regime) for mine in steps])[origin]
    for number in range(1, max(map(len, steps))):
        later = [mine[number] if number < len(mine) else None for mine in steps]
        begins = np.array([scenario.day(step.from_) if step else np.inf for step in later])
        codes = np.array([REGIMES.index(step.regime) if step else 0 for step in later])
        regime = np.where(day >= begins[origin], codes[origin], regime)
    return regime
