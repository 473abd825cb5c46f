"""Worlds whose answers theory works out, and how close the model has to come to them.

Simulations start empty, and so do the exact answers. A difference between the two has mean zero
over replications: a test demands |mean| < K standard errors, each below a stated share of the exact
value.
"""

from __future__ import annotations

from datetime import date
from math import sqrt
from typing import Any

import numpy as np
from scipy import stats

from sim.results.run import Run
from sim.scenario.schema import Scenario
from sim.world.simulate import simulate
from sim.world.stages import CaseStage, Stay
from tests.helpers.worlds import between, constant, plain

SEED = 2028
K = 4.0  # standard errors; with 30 or more replications chance exceeds it once in 2,500 tests
CHANCE = 2 * stats.norm.sf(K)  # the same, as the smallest p-value accepted
#: Calendar years without a leap day: judgments a year are then the same number a day in each.
START, END = date(2025, 1, 1), date(2028, 1, 1)
DAYS = (END - START).days

EU_ONLY = {
    "arrivals__third_country_share": 0.0,
    "origins__eu_eea__document_delay_days": constant(0),
}


def runs(scenario: Scenario, replications: int) -> list[Run]:
    return [Run(simulate(scenario, SEED, number)) for number in range(replications)]


def world(**changes: Any) -> Scenario:
    """Return a plain world of three years, with changes by dotted key (`__` for the dot)."""
    return wide(START, END, **changes)


def wide(start: date, end: date, **changes: Any) -> Scenario:
    keyed = {key.replace("__", "."): value for key, value in changes.items()}
    return between(start, end, {**plain(start, end), **keyed})


def assert_mean(values: np.ndarray, exact: float, precision: float) -> None:
    """Independent values have the exact mean, within K standard errors, each small enough."""
    error = np.std(values, ddof=1) / sqrt(len(values))
    assert error < precision * exact, f"too few replications to tell: {error:g} of {exact:g}"
    assert abs(np.mean(values) - exact) < K * error, f"{np.mean(values):g}, exact {exact:g}"


def assert_poisson(counts: np.ndarray, mean: float, precision: float) -> None:
    """Independent counts are Poisson: by their mean and by their dispersion.

    The index of dispersion, sum (x - mean)^2 / mean, has n as its mean and, from the fourth moment
    of the Poisson, n (2 + 1 / mean) as its variance.
    """
    error = sqrt(mean / len(counts))
    assert error < precision * mean, f"too few counts to tell: {error:g} of {mean:g}"
    assert abs(counts.mean() - mean) < K * error, f"{counts.mean():g}, exact {mean:g}"
    spread = np.sum((counts - mean) ** 2) / mean
    assert abs(spread - len(counts)) < K * sqrt(len(counts) * (2 + 1 / mean))


def people_in(run: Run, days: np.ndarray, *stays: Stay) -> np.ndarray:
    """Count the people in some stays on given days, spell by spell."""
    spells = run.records.stays
    mine = np.isin(spells.code, stays)
    start, end = spells.start[mine], np.nan_to_num(spells.end[mine], nan=np.inf)
    return np.array([np.sum((start <= day) & (day < end)) for day in days])


def mean_cases(run: Run, stage: CaseStage, begins: float, ends: float) -> float:
    """Return the mean number of cases in a stage over a period."""
    days = run.records.cases.overlap(begins, ends, run.scenario.horizon)
    return float(days[run.records.cases.code == stage].sum() / (ends - begins))


def keyed(changes: dict[str, Any]) -> dict[str, Any]:
    return {key.replace(".", "__"): value for key, value in changes.items()}
