"""What a value rests on: published, assumed, and what the shipped calibration says of it.

No value was moved to the ensemble: the baseline is as it was set, and each that was calibrated
says whether it lies where the ensemble does.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sim.calibration.told import INFORMED, Spread, spreads
from sim.experiment.ensemble import ensemble_of_case, load_ensemble
from sim.scenario.base import as_toml_value
from sim.scenario.evidence import Record
from sim.scenario.files import base_of_case
from sim.scenario.schema import Scenario

_ASSUMED = ("assumption", "recalled")


def ground(record: Record) -> str:
    """Say whether a value was published (or worked out from what was), is assumed, or neither."""
    if record.status in ("own", "borrowed"):
        return "without a source"
    return "assumed" if record.status in _ASSUMED else "published"


@lru_cache(maxsize=16)
def calibrated_values(scenario: Scenario) -> Mapping[str, str]:
    """Say what the shipped ensemble knows of a scenario's values, by dotted key.

    Only of values as the arrangement of its case has them: a scenario that changes one is about
    another world.
    """
    file, base = ensemble_of_case(scenario), base_of_case(scenario)
    if file is None:
        return {}
    ensemble, now, there = load_ensemble(file), dict(scenario.leaves()), dict(base.leaves())
    told = {}
    for factor, spread in zip(ensemble.factors_in(base), spreads(ensemble, base), strict=True):
        for key, value in factor.targets(base).items():
            if now.get(key) == value == there[key]:
                told[key] = _told(spread, value)
    return told


def _told(spread: Spread, value: Any) -> str:
    """Say what an ensemble knows of a value."""
    if spread.verdict != INFORMED:
        return "calibration: not informed, stays as wide as before; the value was not moved"
    times = "times " if spread.multiplies else ""
    compared = 1.0 if spread.multiplies else float(value)
    place = "inside" if spread.low <= compared <= spread.high else "OUTSIDE"
    low, high = (as_toml_value(float(f"{end:.3g}")) for end in (spread.low, spread.high))
    return (
        f"calibration: informed, 5 to 95 % of the ensemble {times}{low} to {high}; "
        f"the value lies {place} of that and was not moved"
    )
