"""Judgments as a scenario expects them, day by day, against those that arrive."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from sim.numbers import grouped
from sim.people.arrivals import LONGEST_REMAND_DAYS, PEOPLE_PER_STREAM, year_factors
from sim.people.chance import Chance
from sim.scenario.base import Step
from sim.scenario.schema import Scenario
from sim.scenario.sentencing import stream_number
from sim.verification.check import Part, PValue, chance, runs
from sim.verification.laws import overdispersed_p
from sim.verification.told import Floats, Told


class Arrivals:
    """What a scenario expects of one stream of judgments, day by day.

    The rate is constant within a day, and in each year a factor of it if `factors` are given. The
    last step holds on after the end of the simulation, for
    those judged later but arrested before it.
    """

    def __init__(
        self,
        scenario: Scenario,
        steps: tuple[Step, ...],
        factors: Mapping[int, float] | None = None,
    ) -> None:
        self.scenario = scenario
        days = int(scenario.horizon + LONGEST_REMAND_DAYS)
        dates = [scenario.time.start + timedelta(days=n) for n in range(days)]
        values, rules, at = [], scenario.arrivals, 0
        for day in dates:
            while at < len(steps) - 1 and day >= steps[at].until:
                at += 1
            grown = (1 + rules.growth_per_year) ** max(0, day.year - rules.grows_from_year + 1)
            factor = 1.0 if factors is None else factors[day.year]
            values.append(steps[at].value * grown * factor / (366 if isleap(day.year) else 365))
        self.rates: Floats = np.array(values)

    @cached_property
    def _upto(self) -> Floats:
        return np.append(0.0, np.cumsum(self.rates))

    def upto(self, days: Floats) -> Floats:
        """Return how many judgments are expected from the start to each day."""
        found: Floats = np.interp(days, np.arange(len(self._upto)), self._upto)
        return found

    def alive(self, mortality: float) -> _Growing:
        """Return judgments up to a day, each weighted by exp(mortality times its day)."""
        return _Growing(self.rates, mortality)


class _Growing:
    """The integral of the rate of judgments times exp(m u) from 0 to a day.

    Of those judged at u a share exp(-m (t - u)) is alive at t: so the integral over u, times
    exp(-m t), is the number alive.
    """

    def __init__(self, rates: Floats, mortality: float) -> None:
        self.rates, self.mortality = rates, mortality
        edges = np.arange(len(rates) + 1.0)
        self.upto = np.append(0.0, np.cumsum(rates * np.diff(self._whole(edges))))

    def __call__(self, days: Floats) -> Floats:
        days = np.clip(days, 0.0, len(self.rates))
        day = np.minimum(days.astype(np.int64), len(self.rates) - 1)
        part = self._whole(days) - self._whole(day.astype(float))
        found: Floats = self.upto[day] + self.rates[day] * part
        return found

    def _whole(self, days: Floats) -> Floats:
        m = self.mortality
        return np.expm1(m * days) / m if m else days


def streams(scenario: Scenario) -> Iterator[tuple[str, int, tuple[Step, ...]]]:
    """Yield each stream of arrivals with its name, number and steps."""
    yield "published", 0, scenario.arrivals.judgments_per_year
    for name, stream in scenario.arrivals.additional.items():
        yield name, stream_number(name), stream.per_year


def factors_in(told: Sequence[Told]) -> dict[int, float]:
    """Return the factor of each year, its mean over some runs.

    Given its factor a year's number is Poisson, and so is all that follows from it.
    """
    scenario = told[0].scenario
    runs = [year_factors(scenario, Chance(one.run.seed, one.run.replication)) for one in told]
    return {year: float(np.mean([one[year] for one in runs])) for year in runs[0]}


def _years(told: Sequence[Told]) -> Iterator[tuple[str, int, float, list[int], bool]]:
    """Yield stream, year, expected judgments, judgments in each run, and if they are exact."""
    scenario = told[0].scenario
    published_until = scenario.arrivals.published_until_year
    for name, number, steps in streams(scenario):
        expected = Arrivals(scenario, steps)
        for year in range(scenario.time.start.year, scenario.time.end.year + 1):
            first, after = (scenario.day(date(n, 1, 1)) for n in (year, year + 1))
            edges = np.clip([first, after], 0.0, scenario.horizon)
            exact = name == "published" and year < published_until
            if edges[0] == edges[1] or (exact and after > scenario.horizon):
                continue  # of a published year cut off by the horizon only a part is judged
            counts = [_judged(one, number, *edges) for one in told]
            yield name, year, float(np.diff(expected.upto(edges))[0]), counts, exact


def _shape(scenario: Scenario, year: int) -> float:
    """Return the shape of a year's gamma factor; infinite where there is none."""
    variation = scenario.arrivals.year_to_year_variation
    drawn = variation > 0 and year >= scenario.arrivals.published_until_year
    return variation**-2 if drawn else np.inf


def _judged(told: Told, stream: int, first: float, after: float) -> int:
    arrived = told.cohort.arrived
    mine = arrived.person // PEOPLE_PER_STREAM == stream
    return int(np.sum(mine & (first <= arrived.judgment) & (arrived.judgment < after)))


@runs(
    "theory",
    "Published judgments arrive in their number",
    "Before the year from which judgments are assumed, each year brings exactly the published "
    "number.",
    unit="persons",
    otherwise="no whole year of the simulation is published",
)
def published_judgments_arrive(told: Sequence[Told]) -> Iterator[Part]:
    """Count the judgments of each published year."""
    for name, year, expected, counts, exact in _years(told):
        if exact:
            yield Part(np.abs(np.array(counts) - round(expected)), f"{name} {year}")


@chance(
    "theory",
    "Assumed judgments are as many as the scenario says",
    "From that year on their number is negative binomial, with the scenario's rate and growth as "
    "its mean and its year-to-year variation; Poisson if that is 0.",
    otherwise="every year of the simulation is published",
)
def assumed_judgments_scatter_as_stated(told: Sequence[Told]) -> Iterator[PValue]:
    """Test the number of each year."""
    for name, year, expected, counts, exact in _years(told):
        if not exact:
            mean = grouped(expected * len(told), 1)
            words = f"{name} {year}: {grouped(sum(counts))} judgments, {mean} expected"
            shape = _shape(told[0].scenario, year)
            p = overdispersed_p(sum(counts), expected * len(told), shape * len(told))
            yield PValue(p, words)
