"""What is drawn for people, shares and durations, against what the scenario declares.

Everyone judged within the simulation counts, over all replications: they are independent, and their
luck follows the declared laws whatever happens to them later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from math import inf

import numpy as np

from sim.numbers import grouped, plain
from sim.people.arrivals import EU, PEOPLE_PER_STREAM, THIRD_COUNTRY
from sim.people.origins import regime_at
from sim.people.sentence import LIFE, PREVENTIVE_CUSTODY, PRISON
from sim.people.transfer import SUITABLE
from sim.scenario.distributions import Exponential
from sim.scenario.removal import REGIMES, DepartureCentre, Detention, Removal
from sim.scenario.schema import DAYS_PER_YEAR, EU_ORIGIN, Scenario
from sim.verification.check import PValue, chance
from sim.verification.laws import (
    Function,
    Law,
    atom,
    binomial_p,
    kolmogorov_smirnov,
    law_of,
    mixture,
)
from sim.verification.told import Floats, Told, Truths


class Drawn:
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
        columns = (getattr(getattr(one.drawn, part), name) for one in self.told)
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
    for what, among, which, share in _shares(Drawn(told)):
        size = int(np.sum(among))
        if size:
            count = int(np.sum(among & which))
            words = f"{what}: {grouped(count)} of {grouped(size)}, share {plain(share)}"
            yield PValue(binomial_p(count, size, share), words)


def _shares(drawn: Drawn) -> Iterator[tuple[str, Truths, Truths, float]]:
    """Yield each share: its key, whom it is about, whom it applies to, and its value."""
    scenario = drawn.scenario
    arrivals, rules, removal = scenario.arrivals, scenario.sentencing, scenario.removal
    everyone, foreign = drawn.judgment >= 0, drawn.group != EU
    third = drawn.group == THIRD_COUNTRY
    special, remand = rules.special, rules.remand
    yield ("arrivals.third_country_share", drawn.published, third, arrivals.third_country_share)
    yield "arrivals.women_share", everyone, drawn.woman, arrivals.women_share
    children = arrivals.children_in_sending_state_share
    yield "arrivals.children_in_sending_state_share", foreign, drawn.children, children
    yield "sentencing.remand.remanded_share", everyone, drawn.remanded, remand.remanded_share
    yield ("sentencing.special.preventive_custody_share", third, drawn.kind == PREVENTIVE_CUSTODY,
           min(special.preventive_custody_share, 1 - special.life_share))  # fmt: skip
    yield "sentencing.special.life_share", third, drawn.kind == LIFE, special.life_share
    yield ("sentencing.special.terror_or_war_crime_share", foreign, drawn.terror,
           special.terror_or_war_crime_share)  # fmt: skip
    yield ("sentencing.special.health_excluded_share", foreign, drawn.ill,
           special.health_excluded_share)  # fmt: skip
    if removal is not None:
        yield "removal.willing_share", foreign, drawn.willing, removal.willing_share
    yield from _parole_shares(drawn)
    yield from _origin_shares(drawn, foreign)
    yield from _shares_after(drawn, everyone)


def _parole_shares(drawn: Drawn) -> Iterator[tuple[str, Truths, Truths, float]]:
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


def _origin_shares(drawn: Drawn, foreign: Truths) -> Iterator[tuple[str, Truths, Truths, float]]:
    for number, (name, origin) in enumerate(drawn.scenario.origins.items()):
        mine = drawn.origin == number
        if name != EU_ORIGIN:
            yield f"origins.{name}.inflow_share", foreign, mine, origin.inflow_share
        yield f"origins.{name}.protected_share", mine, drawn.protected, origin.protected_share


def _shares_after(drawn: Drawn, everyone: Truths) -> Iterator[tuple[str, Truths, Truths, float]]:
    scenario, expelled = drawn.scenario, drawn.group <= THIRD_COUNTRY
    if (centre := scenario.departure_centre) is not None:
        yield ("departure_centre.waits_outside_share", drawn.willing, drawn.waits_outside,
               centre.waits_outside_share)  # fmt: skip
        yield ("departure_centre.never_reports_share", ~drawn.willing, drawn.never_reports,
               centre.never_reports_share)  # fmt: skip
        yield ("departure_centre.lives_elsewhere_share", ~drawn.willing & ~drawn.tagged,
               drawn.lives_elsewhere, centre.lives_elsewhere_share)  # fmt: skip
        if (tag := centre.tag) is not None:
            yield "departure_centre.tag.worn_share", everyone, drawn.tagged, tag.worn_share
            yield ("departure_centre.tag.lives_elsewhere_share", ~drawn.willing & drawn.tagged,
                   drawn.lives_elsewhere, tag.lives_elsewhere_share)  # fmt: skip
        yield ("departure_centre.early_permit_share", ~drawn.willing & drawn.protected,
               np.isfinite(drawn.permit_at), centre.early_permit_share)  # fmt: skip
    if (removal := scenario.removal) is not None:
        transit = np.array([origin.transit_from_host for origin in scenario.origins.values()])
        yield ("removal.direct_share", expelled & transit[drawn.origin], drawn.direct,
               removal.direct_share)  # fmt: skip
        yield ("removal.eu_unregistered_share", drawn.group == EU, drawn.unregistered,
               removal.eu_unregistered_share)  # fmt: skip
        for share in sorted({step.value for step in removal.carried_out_share}):
            yield ("removal.carried_out_share", everyone, drawn.travel_luck < share, share)
    if scenario.detention is not None:
        yield from _shares_of_detention(drawn, scenario.detention, everyone)
    if (staying := scenario.staying) is not None:
        yield "staying.stays_share", expelled, drawn.stays_in_host, staying.stays_share
        yield "staying.asylum_share", everyone, drawn.asks_asylum, staying.asylum_share


def _shares_of_detention(
    drawn: Drawn, detention: Detention, everyone: Truths
) -> Iterator[tuple[str, Truths, Truths, float]]:
    yield ("detention.in_rented_prison_share", everyone, drawn.detained_abroad,
           detention.in_rented_prison_share)  # fmt: skip
    cooperates = drawn.regime == REGIMES.index("cooperates")
    at_once = drawn.review_days <= detention.review_every_days
    for name, mine in (("cooperates", cooperates), ("limited", ~cooperates)):
        detained = f"detained_if_{name}_share"
        ended = f"ended_if_{name}_per_review"
        yield f"detention.{detained}", mine, drawn.detained, getattr(detention, detained)
        yield f"detention.{ended}", mine, at_once, getattr(detention, ended)


@chance(
    "theory",
    "Drawn durations follow the distributions of the scenario",
    "Ages, sentences, remand, appeal, delays of documents, work, escorts, patience and lives "
    "follow the laws that the scenario declares (Kolmogorov and Smirnov).",
)
def durations_follow_their_laws(told: Sequence[Told]) -> Iterator[PValue]:
    """Test each column against a distribution function that was not used to draw it."""
    drawn = Drawn(told)
    for what, values, cdf in [*_sentence_laws(drawn), *_laws_after(drawn)]:
        if len(values):
            yield PValue(kolmogorov_smirnov(values, cdf), f"{what}, {grouped(len(values))} values")


#: What a sample is of, its values, and the distribution function it should have.
_Sample = tuple[str, Floats, Function]


def sentence_law(scenario: Scenario, *, eu: bool, long_only: bool) -> Law | None:
    """Return the law of sentence lengths of a group; None if it has none so long."""
    rules = scenario.sentencing
    laws = [law_of(band) for band in rules.bands.days]
    shares = (rules.eu_eea if eu else rules.third_country).shares
    from_band = 2 if long_only else 0
    if sum(shares[from_band:]) <= 0:
        return None
    return mixture(shares[from_band:], laws[from_band:])


def _sentence_laws(drawn: Drawn) -> Iterator[_Sample]:
    """Yield what courts and prosecution decide."""
    rules, remand = drawn.scenario.sentencing, drawn.scenario.sentencing.remand
    yield "arrivals.age_years", drawn.age, law_of(drawn.scenario.arrivals.age_years).cdf
    held, remand_law = drawn.judgment - drawn.custody, law_of(remand.remand_days)
    for eu in (True, False):
        for long_only in (False, True):
            law = sentence_law(drawn.scenario, eu=eu, long_only=long_only)
            mine = (drawn.group == EU) == eu
            mine &= (drawn.long_only == long_only) & (drawn.kind == PRISON)
            if law is None:
                continue
            whose = ("EU and EEA" if eu else "third countries") + (", long" if long_only else "")
            yield f"sentence lengths ({whose})", drawn.length[mine], law.cdf
            mine &= drawn.remanded
            if remand.longest_fraction > 0:
                longest = law.times(remand.longest_fraction)
                yield f"remand ({whose})", held[mine], remand_law.or_if_less(longest).cdf
    for kind, days in ((PREVENTIVE_CUSTODY, rules.special.preventive_custody_days),
                       (LIFE, rules.special.life_days)):  # fmt: skip
        law = law_of(days)
        name = "preventive custody" if kind == PREVENTIVE_CUSTODY else "life"
        yield f"time served ({name})", drawn.length[drawn.kind == kind], law.cdf
    free = ~drawn.remanded
    appeal = appeal_law(drawn.scenario)
    yield "appeal, if any", (drawn.final - drawn.judgment)[free], appeal.cdf
    reporting = law_of(remand.reporting_days)
    free &= _not_called_up(drawn)
    yield "sentencing.remand.reporting_days", (drawn.custody - drawn.final)[free], reporting.cdf


def _not_called_up(drawn: Drawn) -> Truths:
    """Tell whose wait at liberty no call-up for the rented prison has shortened.

    Of those waiting when the selection begins, only long waits are: they are all left out.
    """
    applied: Truths = drawn.applied_at_liberty
    if not applied.any():
        return ~applied
    begins = max(one.cohort.service.selection for one in drawn.told)
    return ~applied & (drawn.final >= begins)


def appeal_law(scenario: Scenario) -> Law:
    """Return the law of the days from judgment to final judgment, which most do not appeal."""
    remand = scenario.sentencing.remand
    share = remand.appealed_share
    return mixture([1 - share, share], [atom(0.0), law_of(remand.appeal_days)])


def _laws_after(drawn: Drawn) -> Iterator[_Sample]:
    """Yield what follows the sentence, and death."""
    scenario = drawn.scenario
    if scenario.removal is not None:
        yield from _laws_of_removal(drawn, scenario.removal)
    selection = law_of(scenario.transfer.selection_days)
    # Whom the host state is asked about waits longer, for its answer.
    asked = drawn.unsuitable == SUITABLE if scenario.transfer.host_refusal else drawn.judgment < 0
    yield "transfer.selection_days", drawn.selection_days[~asked], selection.cdf
    if (assessment := scenario.transfer.assessment) is not None:
        complaint = law_of(assessment.complaint_days)
        yield (
            "transfer.assessment.complaint_days",
            drawn.complaint_days[~drawn.own_wish],
            complaint.cdf,
        )
    if (staying := scenario.staying) is not None:
        yield "staying.asylum_days", drawn.asylum_days, law_of(staying.asylum_days).cdf
    if scenario.departure_centre is not None:
        yield from _laws_of_the_centre(drawn, scenario.departure_centre)
    if scenario.detention is not None:
        yield from _laws_of_detention(drawn, scenario.detention)
    lives = drawn.death - drawn.arrives
    yield "arrivals.deaths_per_year", lives, waiting(scenario.arrivals.deaths_per_year).cdf


def _laws_of_removal(drawn: Drawn, removal: Removal) -> Iterator[_Sample]:
    yield "removal.case_work_days", drawn.case_work_days, law_of(removal.case_work_days).cdf
    yield "removal.escort_days", drawn.escort_days, law_of(removal.escort_days).cdf
    for number, (name, origin) in enumerate(drawn.scenario.origins.items()):
        usual = law_of(origin.document_delay_days)
        slow = 0.0 if name == EU_ORIGIN else removal.slow_share
        law = mixture([1 - slow, slow], [usual, usual.times(removal.slow_factor)])
        mine = drawn.origin == number
        yield f"origins.{name}.document_delay_days", drawn.document_delay[mine], law.cdf


def _laws_of_detention(drawn: Drawn, detention: Detention) -> Iterator[_Sample]:
    yield "detention.longest_days", drawn.detention_limit, law_of(detention.longest_days).cdf
    before = law_of(detention.before_removal_days)
    yield "detention.before_removal_days", drawn.removal_days, before.cdf


def _laws_of_the_centre(drawn: Drawn, centre: DepartureCentre) -> Iterator[_Sample]:
    tolerated = ~drawn.willing & drawn.protected
    for kind, mine in (("tolerated_", tolerated), ("", ~tolerated)):
        key = f"{kind}absconds_per_year"
        rate = getattr(centre, key)
        bare = mine & ~drawn.tagged
        yield f"departure_centre.{key}", drawn.absconds_after[bare], waiting(rate).cdf
        whose = "on tolerated stay" if kind else "the others"
        permit = centre.permit_per_review if kind else 0.0
        yield f"what settles duties ({whose})", drawn.settled_after[mine], _settling(centre, permit)
    early = np.isfinite(drawn.permit_at)
    days, law = (drawn.permit_at - drawn.end)[early], law_of(centre.early_permit_days)
    yield "departure_centre.early_permit_days", days, law.cdf


def waiting(rate_per_year: float) -> Law:
    """Return the law of the days until something that comes at a rate."""
    if rate_per_year <= 0:
        return atom(np.inf)
    return law_of(Exponential(kind="exponential", mean=DAYS_PER_YEAR / rate_per_year))


def _settling(centre: DepartureCentre, permit: float) -> Function:
    """Whichever comes first: going home, an order lifted, or a permit at one of the reviews."""
    rate = centre.leaves_voluntarily_per_year + centre.order_lifted_per_year
    gone, refused = waiting(rate).cdf, 1 - permit

    def cdf(x: Floats) -> Floats:
        reviews = np.maximum(np.floor(x / centre.review_every_days), 0.0)
        still = (1 - gone(x)) * np.power(refused, reviews)
        return np.where(x < 0, 0.0, 1 - still)

    return cdf
