"""What a scenario's own numbers imply, worked out without simulating, against what is simulated.

Arrivals, drawn shares and durations are compared with what the scenario declares; the numbers at
liberty and in prison with those of queues with infinitely many servers and arrivals that change
over time, M_t/G/infinity: whose mean is the integral of the arrival rate times the chance of still
being there (Eick, Massey and Whitt 1993, theorem 1). Numbers over replications are pooled.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cached_property
from math import inf

import numpy as np
from scipy import stats
from scipy.stats import qmc

from sim.analysis.verify.check import Part, PValue, chance, runs
from sim.analysis.verify.laws import Function, Law, atom, kolmogorov_smirnov, law_of, mixture
from sim.analysis.verify.told import Floats, Told, Truths
from sim.people.arrivals import EU, LONGEST_REMAND_DAYS, PEOPLE_PER_STREAM, THIRD_COUNTRY
from sim.people.origins import regime_at
from sim.people.sentence import LIFE, PREVENTIVE_CUSTODY, PRISON
from sim.scenario.base import Step
from sim.scenario.distributions import Exponential
from sim.scenario.removal import REGIMES
from sim.scenario.schema import DAYS_PER_YEAR, EU_ORIGIN, Scenario
from sim.scenario.sentencing import stream_number
from sim.world.stages import Stay

# ---------------------------------------------------------------- arrivals


class Arrivals:
    """What a scenario expects of one stream of judgments, day by day.

    The rate is constant within a day. The last step holds on after the end of the simulation, for
    those judged later but arrested before it.
    """

    def __init__(self, scenario: Scenario, steps: tuple[Step, ...]) -> None:
        self.scenario = scenario
        days = int(scenario.horizon + LONGEST_REMAND_DAYS)
        dates = [scenario.time.start + timedelta(days=n) for n in range(days)]
        values, rules, at = [], scenario.arrivals, 0
        for day in dates:
            while at < len(steps) - 1 and day >= steps[at].until:
                at += 1
            grown = (1 + rules.growth_per_year) ** max(0, day.year - rules.grows_from_year + 1)
            values.append(steps[at].value * grown / (366 if isleap(day.year) else 365))
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


def _streams(scenario: Scenario) -> Iterator[tuple[str, int, tuple[Step, ...]]]:
    """Yield each stream of arrivals with its name, number and steps."""
    yield "published", 0, scenario.arrivals.judgments_per_year
    for name, stream in scenario.arrivals.additional.items():
        yield name, stream_number(name), stream.per_year


def _years(told: Sequence[Told]) -> Iterator[tuple[str, int, float, list[int], bool]]:
    """Yield stream, year, expected judgments, judgments in each run, and if they are exact."""
    scenario = told[0].scenario
    published_until = scenario.arrivals.published_until_year
    for name, number, steps in _streams(scenario):
        expected = Arrivals(scenario, steps)
        for year in range(scenario.time.start.year, scenario.time.end.year + 1):
            first, after = (scenario.day(date(n, 1, 1)) for n in (year, year + 1))
            edges = np.clip([first, after], 0.0, scenario.horizon)
            exact = name == "published" and year < published_until
            if edges[0] == edges[1] or (exact and after > scenario.horizon):
                continue  # of a published year cut off by the horizon only a part is judged
            counts = [_judged(one, number, *edges) for one in told]
            yield name, year, float(np.diff(expected.upto(edges))[0]), counts, exact


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
    "From that year on their number is Poisson, with the scenario's rate and growth as its mean.",
    otherwise="every year of the simulation is published",
)
def assumed_judgments_are_poisson(told: Sequence[Told]) -> Iterator[PValue]:
    """Test the number of each year."""
    for name, year, expected, counts, exact in _years(told):
        if not exact:
            words = (
                f"{name} {year}: {sum(counts):,} judgments, {expected * len(told):,.1f} expected"
            )
            yield PValue(_poisson(sum(counts), expected * len(told)), words)


def _poisson(count: int, mean: float) -> float:
    """Return the exact two-sided p-value of a Poisson count."""
    return float(
        min(1.0, 2 * min(stats.poisson.cdf(count, mean), stats.poisson.sf(count - 1, mean)))
    )


def _binomial(count: int, size: int, share: float) -> float:
    """Return the exact two-sided p-value of a binomial count."""
    law = stats.binom(size, share)
    return float(min(1.0, 2 * min(law.cdf(count), law.sf(count - 1))))


# ---------------------------------------------------------------- what is drawn


class _Drawn:
    """Everyone judged within the simulation, over all replications, as columns."""

    def __init__(self, told: Sequence[Told]) -> None:
        self.told = told
        self.scenario = told[0].scenario
        self._chosen = [
            (one.cohort.arrived.judgment >= 0) & (one.cohort.arrived.judgment < one.horizon)
            for one in told
        ]

    def __getattr__(self, name: str) -> np.ndarray:
        part = next(
            part for part in ("arrived", "sentence", "after", "eligibility")
            if name in getattr(self.told[0].cohort, part).__dataclass_fields__
        )  # fmt: skip
        columns = (getattr(getattr(one.cohort, part), name) for one in self.told)
        return np.concatenate([c[mine] for c, mine in zip(columns, self._chosen, strict=True)])

    @cached_property
    def published(self) -> Truths:
        """Tell who belongs to the published stream."""
        found: Truths = self.person // PEOPLE_PER_STREAM == 0
        return found

    @cached_property
    def regime(self) -> np.ndarray:
        """Position in `REGIMES` of each origin's regime at the end of the sentence."""
        return regime_at(self.scenario, self.origin, self.end)


@chance(
    "theory",
    "Drawn shares are those of the scenario",
    "Groups, origins, remand, parole, willingness, protection and the other shares among all "
    "people judged are what the scenario says (binomial).",
)
def shares_are_those_of_the_scenario(told: Sequence[Told]) -> Iterator[PValue]:
    """Test each share among those it is about."""
    for what, among, which, share in _shares(_Drawn(told)):
        size = int(np.sum(among))
        if size:
            count = int(np.sum(among & which))
            words = f"{what}: {count:,} of {size:,}, share {share:g}"
            yield PValue(_binomial(count, size, share), words)


def _shares(drawn: _Drawn) -> Iterator[tuple[str, Truths, Truths, float]]:
    """Yield each share: its key, whom it is about, whom it applies to, and its value."""
    scenario = drawn.scenario
    arrivals, rules, removal = scenario.arrivals, scenario.sentencing, scenario.removal
    everyone, foreign = drawn.judgment >= 0, drawn.group != EU
    third = drawn.group == THIRD_COUNTRY
    special, remand = rules.special, rules.remand
    yield ("arrivals.third_country_share", drawn.published, third, arrivals.third_country_share)
    yield "arrivals.women_share", everyone, drawn.woman, arrivals.women_share
    children = arrivals.children_in_denmark_share
    yield "arrivals.children_in_denmark_share", foreign, drawn.children, children
    yield "sentencing.remand.remanded_share", everyone, drawn.remanded, remand.remanded_share
    yield ("sentencing.special.preventive_custody_share", third, drawn.kind == PREVENTIVE_CUSTODY,
           min(special.preventive_custody_share, 1 - special.life_share))  # fmt: skip
    yield "sentencing.special.life_share", third, drawn.kind == LIFE, special.life_share
    yield ("sentencing.special.terror_or_war_crime_share", foreign, drawn.terror,
           special.terror_or_war_crime_share)  # fmt: skip
    yield ("sentencing.special.health_excluded_share", foreign, drawn.ill,
           special.health_excluded_share)  # fmt: skip
    yield "removal.willing_share", foreign, drawn.willing, removal.willing_share
    yield from _parole_shares(drawn)
    yield from _origin_shares(drawn, foreign)
    yield from _shares_after(drawn, everyone)


def _parole_shares(drawn: _Drawn) -> Iterator[tuple[str, Truths, Truths, float]]:
    """Among those at liberty until called to serve, whose final judgment has its own day."""
    scenario, own_day = drawn.scenario, (drawn.kind == PRISON) & ~drawn.remanded
    rules = scenario.sentencing.parole
    for number, rule in enumerate(rules):
        first = scenario.day(rule.from_) if number else -inf
        last = scenario.day(rule.until) if number < len(rules) - 1 else inf
        mine = own_day & (drawn.final >= first) & (drawn.final < last)
        key = f"sentencing.parole[{rule.from_}]"
        yield f"{key}.half_share", mine, drawn.fraction == 1 / 2, rule.half_share
        yield f"{key}.two_thirds_share", mine, drawn.fraction == 2 / 3, rule.two_thirds_share


def _origin_shares(drawn: _Drawn, foreign: Truths) -> Iterator[tuple[str, Truths, Truths, float]]:
    for number, (name, origin) in enumerate(drawn.scenario.origins.items()):
        mine = drawn.origin == number
        if name != EU_ORIGIN:
            yield f"origins.{name}.inflow_share", foreign, mine, origin.inflow_share
        yield f"origins.{name}.protected_share", mine, drawn.protected, origin.protected_share


def _shares_after(drawn: _Drawn, everyone: Truths) -> Iterator[tuple[str, Truths, Truths, float]]:
    scenario = drawn.scenario
    centre, detention, kosovo = scenario.departure_centre, scenario.detention, scenario.kosovo
    unwilling, foreign = ~drawn.willing, drawn.group != EU
    eu, expelled = ~foreign, drawn.group <= THIRD_COUNTRY
    transit = np.array([origin.transit_from_kosovo for origin in scenario.origins.values()])
    yield "departure_centre.leaver_share", everyone, drawn.leaver, centre.leaver_share
    yield ("departure_centre.never_reports_share", unwilling, drawn.never_reports,
           centre.never_reports_share)  # fmt: skip
    yield ("removal.direct_share", expelled & transit[drawn.origin], drawn.direct,
           scenario.removal.direct_share)  # fmt: skip
    yield ("removal.eu_unregistered_share", eu, drawn.unregistered,
           scenario.removal.eu_unregistered_share)  # fmt: skip
    yield ("detention.in_rented_prison_share", everyone, drawn.detained_abroad,
           detention.in_rented_prison_share)  # fmt: skip
    if detention.extension_days:
        extended = drawn.detention_limit > detention.first_limit_days
        yield "detention.extended_share", everyone, extended, detention.extended_share
    cooperates = drawn.regime == REGIMES.index("cooperates")
    at_once = drawn.review_days <= detention.review_every_days
    for name, mine in (("cooperates", cooperates), ("limited", ~cooperates)):
        detained = f"detained_if_{name}_share"
        ended = f"ended_if_{name}_per_review"
        yield f"detention.{detained}", mine, drawn.detained, getattr(detention, detained)
        yield f"detention.{ended}", mine, at_once, getattr(detention, ended)
    yield "kosovo.stays_share", expelled, drawn.stays_in_kosovo, kosovo.stays_share
    yield "kosovo.asylum_share", everyone, drawn.asks_asylum, kosovo.asylum_share


@chance(
    "theory",
    "Drawn durations follow the distributions of the scenario",
    "Ages, sentences, remand, appeal, delays of documents, work, escorts, patience and lives "
    "follow the laws that the scenario declares (Kolmogorov and Smirnov).",
)
def durations_follow_their_laws(told: Sequence[Told]) -> Iterator[PValue]:
    """Test each column against a distribution function that was not used to draw it."""
    drawn = _Drawn(told)
    for what, values, cdf in [*_sentence_laws(drawn), *_laws_after(drawn)]:
        if len(values):
            yield PValue(kolmogorov_smirnov(values, cdf), f"{what}, {len(values):,} values")


#: What a sample is of, its values, and the distribution function it should have.
_Sample = tuple[str, Floats, Function]


def _sentence_law(scenario: Scenario, *, eu: bool, long_only: bool) -> Law | None:
    """Return the law of sentence lengths of a group; None if it has none so long."""
    rules = scenario.sentencing
    laws = [law_of(band) for band in rules.bands.days]
    shares = (rules.eu_eea if eu else rules.third_country).shares
    from_band = 2 if long_only else 0
    if sum(shares[from_band:]) <= 0:
        return None
    return mixture(shares[from_band:], laws[from_band:])


def _sentence_laws(drawn: _Drawn) -> Iterator[_Sample]:
    """Yield what courts and prosecution decide."""
    rules, remand = drawn.scenario.sentencing, drawn.scenario.sentencing.remand
    yield "arrivals.age_years", drawn.age, law_of(drawn.scenario.arrivals.age_years).cdf
    held, remand_law = drawn.judgment - drawn.custody, law_of(remand.remand_days)
    for eu in (True, False):
        for long_only in (False, True):
            law = _sentence_law(drawn.scenario, eu=eu, long_only=long_only)
            mine = (drawn.group == EU) == eu
            mine &= (drawn.long_only == long_only) & (drawn.kind == PRISON)
            if law is None:
                continue
            whose = ("EU and EEA" if eu else "third countries") + (", long" if long_only else "")
            yield f"sentence lengths ({whose})", drawn.length[mine], law.cdf
            mine &= drawn.remanded
            if remand.longest_fraction > 0:
                longest = law.times(remand.longest_fraction)
                yield f"remand ({whose})", held[mine], remand_law.or_if_less(longest)
    for kind, days in ((PREVENTIVE_CUSTODY, rules.special.preventive_custody_days),
                       (LIFE, rules.special.life_days)):  # fmt: skip
        law = law_of(days)
        name = "preventive custody" if kind == PREVENTIVE_CUSTODY else "life"
        yield f"time served ({name})", drawn.length[drawn.kind == kind], law.cdf
    free = ~drawn.remanded
    appeal = _appeal_law(drawn.scenario)
    yield "appeal, if any", (drawn.final - drawn.judgment)[free], appeal.cdf
    reporting = law_of(remand.reporting_days)
    yield "sentencing.remand.reporting_days", (drawn.custody - drawn.final)[free], reporting.cdf


def _appeal_law(scenario: Scenario) -> Law:
    """Return the law of the days from judgment to final judgment, which most do not appeal."""
    remand = scenario.sentencing.remand
    share = remand.appealed_share
    return mixture([1 - share, share], [atom(0.0), law_of(remand.appeal_days)])


def _laws_after(drawn: _Drawn) -> Iterator[_Sample]:
    """Yield what follows the sentence, and death."""
    scenario = drawn.scenario
    removal, centre = scenario.removal, scenario.departure_centre
    yield "removal.case_work_days", drawn.case_work_days, law_of(removal.case_work_days).cdf
    yield "removal.escort_days", drawn.escort_days, law_of(removal.escort_days).cdf
    selection = law_of(scenario.transfer.selection_days)
    yield "transfer.selection_days", drawn.selection_days, selection.cdf
    yield "kosovo.asylum_days", drawn.asylum_days, law_of(scenario.kosovo.asylum_days).cdf
    for number, (name, origin) in enumerate(scenario.origins.items()):
        usual = law_of(origin.document_delay_days)
        slow = 0.0 if name == EU_ORIGIN else removal.slow_share
        law = mixture([1 - slow, slow], [usual, usual.times(removal.slow_factor)])
        mine = drawn.origin == number
        yield f"origins.{name}.document_delay_days", drawn.document_delay[mine], law.cdf
    for kind, mine, rate in (
        ("leaver", drawn.leaver, centre.leaver_absconds_per_year),
        ("stayer", ~drawn.leaver, centre.stayer_absconds_per_year),
    ):
        key = f"departure_centre.{kind}_absconds_per_year"
        yield key, drawn.absconds_after[mine], _waiting(rate)
    yield "voluntary return or permit", drawn.settled_after, _settling(scenario)
    lives = drawn.death - drawn.arrives
    yield "arrivals.deaths_per_year", lives, _waiting(scenario.arrivals.deaths_per_year)


def _waiting(rate_per_year: float) -> Function:
    """Return the distribution function of the days until something that comes at a rate."""
    if rate_per_year <= 0:
        return lambda x: np.where(np.isinf(x), 1.0 * (x > 0), 0.0)
    return law_of(Exponential(kind="exponential", mean=DAYS_PER_YEAR / rate_per_year)).cdf


def _settling(scenario: Scenario) -> Function:
    """Whichever comes first: going home at a rate, or a permit at one of the reviews."""
    centre = scenario.departure_centre
    home, refused = _waiting(centre.leaves_voluntarily_per_year), 1 - centre.permit_per_review

    def cdf(x: Floats) -> Floats:
        reviews = np.maximum(np.floor(x / centre.review_every_days), 0.0)
        still = (1 - home(x)) * np.power(refused, reviews)
        return np.where(x < 0, 0.0, 1 - still)

    return cdf


# ---------------------------------------------------------------- M_t/G/infinity

#: Days at which people are counted: ninths of the run, without its empty beginning and its end.
_LOOKS = np.arange(1, 9) / 9
_POINTS = 14  # 2^14 points of a Sobol' sequence integrate to about one part in ten thousand


@chance(
    "theory",
    "People at liberty before serving: M_t/G/∞",
    "At eight times over the run, the number sentenced and not yet called to prison is Poisson, "
    "with the integral of judgments times the chance of still being at liberty as its mean.",
    otherwise="everyone is on remand",
)
def numbers_at_liberty(told: Sequence[Told]) -> Iterator[PValue]:
    """Integrate over the laws of appeal and reporting."""
    scenario, days = told[0].scenario, _LOOKS * told[0].horizon
    remand = scenario.sentencing.remand
    if remand.remanded_share >= 1:
        return
    points = _sobol(2)
    length = _appeal_law(scenario).ppf(points[:, 0]) + law_of(remand.reporting_days).ppf(
        points[:, 1]
    )
    mortality = scenario.arrivals.deaths_per_year / DAYS_PER_YEAR
    streams = [Arrivals(scenario, steps).alive(mortality) for *_, steps in _streams(scenario)]
    for day in days.tolist():
        still = sum(float(np.mean(upto(day + 0 * length) - upto(day - length))) for upto in streams)
        expected = (1 - remand.remanded_share) * still * np.exp(-mortality * day)
        look = np.array([day])
        count = sum(int(one.spans(Stay.AT_LIBERTY).inside(look)[0]) for one in told)
        yield _count_test(scenario, day, count, float(expected) * len(told))


@chance(
    "theory",
    "People serving a sentence: M_t/G/∞",
    "At eight times over the run, the number in prison, in Denmark or abroad, of third-country "
    "nationals whose sentence nothing but death can cut short, is Poisson, with the integral of "
    "judgments times the chance of serving then, from remand, length and parole, as its mean.",
    otherwise="there are no such people",
)
def numbers_serving(told: Sequence[Told]) -> Iterator[PValue]:
    """Count the unwilling whose sentence is too short for a transfer home, or who are protected."""
    scenario = told[0].scenario
    serving = _Serving(scenario)
    for day in (_LOOKS * told[0].horizon).tolist():
        expected = serving.expected(day)
        if expected <= 0:
            continue
        count = sum(_serving(one, day) for one in told)
        yield _count_test(scenario, day, count, expected * len(told))


_SERVING = (Stay.REMAND, Stay.DANISH_PRISON, Stay.SELECTION, Stay.WAITING_LIST,
            Stay.RENTED_PRISON, Stay.TEMPORARY_RETURN, Stay.RETURN_QUEUE)  # fmt: skip


def _serving(told: Told, day: float) -> int:
    """Count those of the published stream whom nothing but death takes out of prison early."""
    arrived, sentence = told.cohort.arrived, told.cohort.sentence
    short = sentence.length < told.scenario.sentencing.home_transfer.shortest_sentence_days
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

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        rules, remand = scenario.sentencing, scenario.sentencing.remand
        points = _sobol(4)
        law = _sentence_law(scenario, eu=False, long_only=False)
        assert law is not None  # a mixture sums to one
        self.length = law.ppf(points[:, 0])
        longest = remand.longest_fraction * self.length
        self.remand = np.minimum(law_of(remand.remand_days).ppf(points[:, 1]), longest)
        self.appeal = _appeal_law(scenario).ppf(points[:, 2])
        self.liberty = self.appeal + law_of(remand.reporting_days).ppf(points[:, 3])
        self.mortality = scenario.arrivals.deaths_per_year / DAYS_PER_YEAR
        self.upto = Arrivals(scenario, scenario.arrivals.judgments_per_year).alive(self.mortality)
        third = [o for name, o in scenario.origins.items() if name != EU_ORIGIN]
        protected = sum(o.inflow_share * o.protected_share for o in third)
        short = self.length < rules.home_transfer.shortest_sentence_days
        self.weight = np.where(short, 1.0, protected)
        special = rules.special
        self.share = (
            scenario.arrivals.third_country_share
            * (1 - scenario.removal.willing_share)
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


def _count_test(scenario: Scenario, day: float, count: int, expected: float) -> PValue:
    words = f"{scenario.date(day)}: {count:,} people, {expected:,.1f} expected"
    return PValue(_poisson(count, expected), words)
