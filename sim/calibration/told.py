"""What a calibration tells: which unknowns it informs, and what the ensemble foretells.

**Informed.** Before, every value in a factor's range is as plausible as any other. The ensemble
informs a factor if its weighted distribution differs from that by more than chance would let as
many equal draws as its effective sample size (Kolmogorov's test, one error in a hundred factors).
Else the factor **stays as wide**: the data say nothing about it that could be told.

**Foretold.** For every figure the middle 90 % of what was simulated, over parameter sets by their
weight and replications alike, is laid beside what is accepted, as `prisonflow validate` does: the
two **agree** if they have a point in common, else the figure is **missed**.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from math import log, sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.analysis.validation import AGREES, MIDDLE, MISSED
from sim.calibration.run import Calibrated
from sim.experiment.ensemble import Ensemble
from sim.experiment.factors import Factor
from sim.scenario.schema import Scenario
from sim.statistics.weights import weighted_quantiles

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

INFORMED, AS_WIDE = "informed", "stays as wide"
TARGET, HELD_OUT = "target", "held out"
ALONE, TOGETHER = "set aside: out of reach", "set aside: not with the others"
#: Share of factors that chance may call informed.
ALPHA = 0.01


@dataclass(frozen=True)
class Spread:
    """A factor before the calibration and after it."""

    factor: str
    multiplies: bool
    """Whether its values are multiples of what the scenario states."""
    before_low: float
    before_high: float
    """The middle 90 % of its range."""
    low: float
    median: float
    high: float
    """The middle 90 % of the ensemble, and its middle."""
    narrowed: float
    """Share by which the middle 90 % is narrower than before; below zero if it is wider."""
    distance: float
    """Greatest difference of the two distribution functions."""
    verdict: str


def spreads(ensemble: Ensemble, scenario: Scenario) -> list[Spread]:
    """Return what an ensemble says of each of its factors; see the head of this module."""
    weights, size = ensemble.weights, ensemble.effective_size
    return [
        _spread(factor, values, weights, size)
        for factor, values in zip(ensemble.factors_in(scenario), ensemble.values.T, strict=True)
    ]


def _spread(factor: Factor, values: Floats, weights: Floats, size: float) -> Spread:
    first, last = factor.at(0.0), factor.at(1.0)
    before_low, before_high = factor.at(MIDDLE[0]), factor.at(MIDDLE[1])
    low, median, high = weighted_quantiles(values, weights, (MIDDLE[0], 0.5, MIDDLE[1]))
    distance = distance_from_even((values - first) / (last - first), weights)
    critical = sqrt(-log(ALPHA / 2) / (2 * size))
    return Spread(
        factor.name, factor.multiplies, before_low, before_high, low, median, high,
        1 - (high - low) / (before_high - before_low), distance,
        INFORMED if distance > critical else AS_WIDE,
    )  # fmt: skip


def distance_from_even(positions: Floats, weights: Floats) -> float:
    """Return Kolmogorov's distance of weighted positions from the uniform distribution."""
    order = np.argsort(positions)
    reached = np.cumsum(weights[order]) / weights.sum()
    before = np.r_[0.0, reached[:-1]]
    return float(np.maximum(abs(reached - positions[order]), abs(positions[order] - before)).max())


def unknowns_table(found: Calibrated) -> pd.DataFrame:
    """Return one row for each factor: the columns are those of `Spread`."""
    import pandas as pd

    return pd.DataFrame([asdict(one) for one in spreads(found.ensemble, found.task.world)])


def foretold_table(found: Calibrated) -> pd.DataFrame:
    """Return one row for each figure, targets first.

    Columns: figure, topic, title, unit, compare, role (target, held out, or set aside, with the
    reason), published, accepted_low, accepted_high, median, low, high (of the ensemble),
    before_low, before_high (of the first wave: all ranges), nearest (least implausibility
    anywhere; targets only), verdict, and replications (values of which the ensemble's quantiles
    are taken).
    """
    import pandas as pd

    return pd.DataFrame(list(_foretold(found)))


def _foretold(found: Calibrated) -> Iterator[dict[str, object]]:
    matched = found.matched
    nearest = matched.waves[-2].nearest
    for n, figure in enumerate(found.task.figures):
        values = found.measured[-1][:, :, n]
        weights = np.repeat(matched.weights, values.shape[1])
        median, low, high = _known_quantiles(values.ravel(), weights)
        first = found.measured[0][:, :, n].ravel()
        _, before_low, before_high = _known_quantiles(first, np.ones(len(first)))
        accepted_low, accepted_high = figure.accepted
        agrees = low <= accepted_high and high >= accepted_low
        yield {
            "figure": figure.key,
            "topic": figure.topic,
            "title": figure.title,
            "unit": figure.unit,
            "compare": figure.compare,
            "role": _role(found, n),
            "published": figure.value,
            "accepted_low": accepted_low,
            "accepted_high": accepted_high,
            "median": median,
            "low": low,
            "high": high,
            "before_low": before_low,
            "before_high": before_high,
            "nearest": nearest[n] if n < len(nearest) else np.nan,
            "verdict": AGREES if agrees else MISSED,
            "replications": int((~np.isnan(values)).sum()),
        }


def _known_quantiles(values: Floats, weights: Floats) -> list[float]:
    known = ~np.isnan(values)
    if not weights[known].sum() > 0:
        return [float("nan")] * 3
    low, median, high = weighted_quantiles(
        values[known], weights[known], (MIDDLE[0], 0.5, MIDDLE[1])
    )
    return [median, low, high]


def _role(found: Calibrated, number: int) -> str:
    if number >= len(found.task.targets):
        return HELD_OUT
    if found.matched.has_say[number]:
        return TARGET
    return ALONE if found.matched.out_of_reach[number] else TOGETHER
