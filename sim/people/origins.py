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
    regime = np.zeros(len(day), np.int64)
    for number, group in enumerate(scenario.origins.values()):
        mine = origin == number
        starts = np.array([scenario.day(step.from_) for step in group.cooperation])
        codes = np.array([REGIMES.index(step.regime) for step in group.cooperation])
        step = np.searchsorted(starts, day[mine], side="right") - 1
        regime[mine] = codes[np.clip(step, 0, len(codes) - 1)]
    return regime
