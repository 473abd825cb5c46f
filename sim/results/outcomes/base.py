"""What an outcome is, and the measures that most of them are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.people.arrivals import THIRD_COUNTRY
from sim.people.sentence import RELEASED
from sim.results.basis import fixed
from sim.results.lengths import MEAN_LIMIT_DAYS
from sim.results.once import once
from sim.results.outcomes.margins import MARGINS, OWN_MARGINS
from sim.scenario.schema import DAYS_PER_YEAR
from sim.statistics.survival import EmptySample, SurvivalCurve, kaplan_meier
from sim.world.stages import Stay

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.results.records import Floats, Spells
    from sim.results.run import Run
    from sim.statistics.pairs import Margin


@dataclass(frozen=True)
class Outcome:
    """One measured quantity.

    Title and definition leave room for the names of states, which `Scenario.told` puts in.
    """

    name: str
    title: str
    unit: str
    definition: str
    value: Callable[[Run], float | None]
    """What a run says; None where the quantity does not exist."""
    section: str | None = None
    """Section of the scenario that it is about: where that is absent, so is the quantity."""

    def of(self, run: Run) -> float | None:
        """Measure it in a run; None where it does not exist."""
        if self.section is not None and getattr(run.scenario, self.section) is None:
            return None
        return self.value(run)

    @property
    def margin(self) -> Margin:
        """The size from which a difference in it matters: a smaller one is negligible."""
        return OWN_MARGINS.get(self.name, MARGINS[self.unit])


def mean_people(run: Run, *stays: Stay) -> float:
    """Return the mean number of people in some stays over the observed period."""
    begins, ends = run.period
    return float(run.observed_days[list(stays)].sum()) / (ends - begins)


def mean_length(run: Run, spells: Spells) -> float:
    """Return the mean number of some spells that are open in the observed period."""
    begins, ends = run.period
    return float(spells.overlap(begins, ends, run.scenario.horizon).sum()) / (ends - begins)


def median_days(run: Run, spells: Spells) -> float | None:
    """Return the median length of some spells that begin in the observed period, days.

    However they end; those still open at the horizon are censored. None if there are none, or if
    half of them last longer than anyone was followed.
    """
    curve = _kaplan_meier(run, spells)
    if curve is None:
        return None
    return curve.median if np.isfinite(curve.median) else None


def _kaplan_meier(run: Run, spells: Spells) -> SurvivalCurve | None:
    mine = spells[run.observed(spells.start)]
    try:
        return kaplan_meier(mine.days(run.scenario.horizon), ~np.isnan(mine.end))
    except EmptySample:
        return None


def restricted_mean_days(run: Run, spells: Spells) -> float | None:
    """Return the mean length of some spells that begin in the observed period, days.

    Those longer than `MEAN_LIMIT_DAYS` count as that long, those still open at the horizon are
    censored; None if there are none, or if nobody is followed that long.
    """
    curve = _kaplan_meier(run, spells)
    if curve is None or (curve.last_time < MEAN_LIMIT_DAYS and curve.survival[-1] > 0):
        return None
    return curve.restricted_mean(MEAN_LIMIT_DAYS)


@once
def followed(run: Run, years: float) -> NDArray[np.bool_]:
    """Tell which people are third-country nationals released in the period and followed so long.

    Their sentence ends by release in the observed period, some years or more before the horizon.
    So each is seen for the whole of that time, and days within it need no censoring.
    """
    sentence, group = run.cohort.sentence, run.cohort.arrived.group
    released = (sentence.ending == RELEASED) & run.observed(sentence.leaves)
    seen = sentence.leaves + years * DAYS_PER_YEAR <= run.scenario.horizon
    chosen: NDArray[np.bool_] = released & (group == THIRD_COUNTRY) & seen
    return fixed(chosen)


@once
def middays(run: Run) -> Floats:
    """Return the middle of each day of the observed period."""
    begins, ends = run.period
    return fixed(np.arange(begins, ends) + 0.5)


def facility(run: Run, wanted: str) -> tuple[Floats, Floats]:
    """Return people and places of a facility at the middle of each observed day."""
    return run.facility(wanted, middays(run))
