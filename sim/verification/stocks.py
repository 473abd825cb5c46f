"""How many are where, by integration, against how many the simulation finds there.

At liberty, and in prison, nobody is refused: a queue with infinitely many servers and arrivals that
change over time, M_t/G/infinity, in which numbers are Poisson with the integral of the arrival rate
times the chance of still being there as their mean (Eick, Massey and Whitt 1993, theorem 1). Rates
are those given the factor of each year, without which judgments are not Poisson.
Published years, in which judgments arrive in exactly their number, scatter less: the tests then err
on the side of not finding fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import inf

import numpy as np
from scipy.stats import qmc

from sim.numbers import grouped
from sim.people.arrivals import PEOPLE_PER_STREAM, THIRD_COUNTRY
from sim.people.sentence import PRISON
from sim.scenario.schema import DAYS_PER_YEAR, EU_ORIGIN, Scenario
from sim.verification.arrivals import Arrivals, factors_in, streams
from sim.verification.check import PValue, chance
from sim.verification.drawn import appeal_law, sentence_law
from sim.verification.laws import law_of, poisson_p
from sim.verification.told import Floats, Told
from sim.world.flow import AFTER_SENTENCE, HELD
from sim.world.stages import Stay

#: People are counted at ninths of the run, on the day before each, without its empty beginning.
_LOOKS = np.arange(1, 10) / 9
_POINTS = 14  # 2^14 points of a Sobol' sequence integrate to about one part in ten thousand


@chance(
    "theory",
    "People at liberty before serving: M_t/G/∞",
    "At nine times over the run, the number sentenced and not yet called to prison is Poisson, "
    "with the integral of judgments times the chance of still being at liberty as its mean.",
    otherwise="everyone is on remand",
)
def numbers_at_liberty(told: Sequence[Told]) -> Iterator[PValue]:
    """Integrate over the laws of appeal and reporting."""
    scenario, days = told[0].scenario, _LOOKS * told[0].horizon - 1
    remand = scenario.sentencing.remand
    points = _sobol(2)
    length = appeal_law(scenario).ppf(points[:, 0]) + law_of(remand.reporting_days).ppf(
        points[:, 1]
    )
    mortality = scenario.arrivals.deaths_per_year / DAYS_PER_YEAR
    factors = factors_in(told)
    judged = [
        Arrivals(scenario, steps, factors).alive(mortality) for *_, steps in streams(scenario)
    ]
    for day in days.tolist():
        still = sum(float(np.mean(upto(day + 0 * length) - upto(day - length))) for upto in judged)
        expected = (1 - remand.remanded_share) * still * np.exp(-mortality * day)
        look = np.array([day])
        count = sum(int(one.spans(Stay.AT_LIBERTY).inside(look)[0]) for one in told)
        yield from _count_test(scenario, day, count, float(expected) * len(told))


@chance(
    "theory",
    "People serving a sentence: M_t/G/∞",
    "At nine times over the run, the number in prison, at home or abroad, of third-country "
    "nationals whose sentence nothing but death can cut short, is Poisson, with the integral of "
    "judgments times the chance of serving then, from remand, length and parole, as its mean.",
    otherwise="there are no such people",
)
def numbers_serving(told: Sequence[Told]) -> Iterator[PValue]:
    """Count the unwilling whose sentence is too short for a transfer home, or who are protected."""
    scenario = told[0].scenario
    serving = _Serving(scenario, factors_in(told))
    for day in (_LOOKS * told[0].horizon - 1).tolist():
        count = sum(_serving(one, day) for one in told)
        yield from _count_test(scenario, day, count, serving.expected(day) * len(told))


_SERVING = tuple(stay for stay in HELD if stay not in AFTER_SENTENCE)


def _serving(told: Told, day: float) -> int:
    """Count those of the published stream whom nothing but death takes out of prison early."""
    arrived, sentence = told.drawn.arrived, told.drawn.sentence
    short = sentence.length < told.scenario.sentencing.transfer_to_origin.shortest_sentence_days
    chosen = (arrived.person // PEOPLE_PER_STREAM == 0) & (arrived.group == THIRD_COUNTRY)
    chosen &= (sentence.kind == PRISON) & ~sentence.willing
    chosen &= short | told.cohort.after.protected
    spans = told.spans(*_SERVING)
    there = (spans.begins <= day) & (day < np.minimum(spans.ends, sentence.end[spans.who]))
    return int(np.sum(there & chosen[spans.who]))


class _Serving:
    """The mean number of those that `_serving` counts, by integration over what is drawn.

    Someone judged on day u is in prison on day t if u lies between two days that follow from
    remand, appeal, reporting, length and the fraction served; the fraction depends on the rule in
    force on the day of the final judgment, which bounds u once more.
    """

    def __init__(self, scenario: Scenario, factors: Mapping[int, float]) -> None:
        self.scenario = scenario
        rules, remand = scenario.sentencing, scenario.sentencing.remand
        points = _sobol(4)
        law = sentence_law(scenario, eu=False, long_only=False)
        assert law is not None  # a mixture sums to one
        self.length = law.ppf(points[:, 0])
        longest = remand.longest_fraction * self.length
        self.remand = np.minimum(law_of(remand.remand_days).ppf(points[:, 1]), longest)
        self.appeal = appeal_law(scenario).ppf(points[:, 2])
        self.liberty = self.appeal + law_of(remand.reporting_days).ppf(points[:, 3])
        self.mortality = scenario.arrivals.deaths_per_year / DAYS_PER_YEAR
        judged = Arrivals(scenario, scenario.arrivals.judgments_per_year, factors)
        self.upto = judged.alive(self.mortality)
        third = [o for name, o in scenario.origins.items() if name != EU_ORIGIN]
        protected = sum(o.inflow_share * o.protected_share for o in third)
        short = self.length < rules.transfer_to_origin.shortest_sentence_days
        self.weight = np.where(short, 1.0, protected)
        special = rules.special
        self.share = (
            scenario.arrivals.third_country_share
            * (1 - (scenario.removal.willing_share if scenario.removal else 0.0))
            * max(0.0, 1 - special.preventive_custody_share - special.life_share)
        )

    def expected(self, day: float) -> float:
        """Return the mean number on a day."""
        rules = self.scenario.sentencing
        least = np.minimum(self.length, rules.least_served_days)
        remanded = rules.remand.remanded_share
        total = 0.0
        for number, rule in enumerate(rules.parole):
            first = self.scenario.day(rule.from_) if number else -inf
            last = self.scenario.day(rule.until) if number < len(rules.parole) - 1 else inf
            final = first - self.appeal, last - self.appeal
            for fraction, share in ((1 / 2, rule.half_share), (2 / 3, rule.two_thirds_share),
                                    (1.0, rule.full_share)):  # fmt: skip
                served = np.maximum(fraction * self.length, least)
                # Held from arrest: in prison from u - remand on, for as long as is served.
                held = self._judged(
                    day, np.maximum(served - self.remand, 0.0), -self.remand, *final
                )
                held *= np.exp(-self.mortality * self.remand)
                free = self._judged(day, self.liberty + served, self.liberty, *final)
                total += share * float(np.mean(self.weight * (
                    remanded * held + (1 - remanded) * free)))  # fmt: skip
        return self.share * total * float(np.exp(-self.mortality * day))

    def _judged(
        self, day: float, ends: Floats, begins: Floats, first: Floats, last: Floats
    ) -> Floats:
        """Return the judgments u with u + begins <= day < u + ends and first <= u < last."""
        low, high = np.maximum(day - ends, first), np.minimum(day - begins, last)
        found: Floats = np.maximum(self.upto(high) - self.upto(low), 0.0)
        return found


def _sobol(causes: int) -> Floats:
    """Return points that fill the unit cube evenly, always the same."""
    points: Floats = qmc.Sobol(causes, rng=np.random.default_rng(0)).random_base2(_POINTS)
    return np.clip(points, 1e-9, 1 - 1e-9)


def _count_test(scenario: Scenario, day: float, count: int, expected: float) -> Iterator[PValue]:
    """Test a number of people; there is nothing to test where nobody is expected, or found."""
    if count or expected > 0:
        words = f"{scenario.date(day)}: {grouped(count)} people, {grouped(expected, 1)} expected"
        yield PValue(poisson_p(count, expected), words)
