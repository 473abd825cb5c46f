"""Sections of a scenario on what follows the sentence: removal, detention, centre, host state."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from sim.numbers import plain
from sim.scenario.base import (
    MOST,
    Absent,
    AppliesTo,
    Count,
    CountStep,
    CountSteps,
    Days,
    Period,
    PerYear,
    PositiveDays,
    ReviewDays,
    Section,
    Share,
    ShareSteps,
    Steps,
    in_order,
    without_gaps,
)
from sim.scenario.dated import net_of
from sim.scenario.distributions import Distribution
from sim.scenario.names import PlaceName, Title, named

Regime = Literal["refuses", "limited", "cooperates"]
REGIMES: tuple[Regime, ...] = ("refuses", "limited", "cooperates")


class CooperationStep(Period):
    """How a country of origin cooperates in readmission, for a period."""

    applies_to: AppliesTo = "everyone"
    """`new_cases`: only cases whose sentence ends in the period or later; `everyone`: all."""
    regime: Regime
    """What authorities take it for: whether they see a real prospect of removal."""
    forced_feasibility: Share
    """Probability that a person who does not cooperate gets a travel document after all."""


class Origin(Section):
    """A group of countries of origin."""

    title: Title
    """Its name as people write it."""
    inflow_share: Share
    """Share of the inflow of its nationality group; the third-country shares sum to one."""
    cooperation: Annotated[
        tuple[CooperationStep, ...], AfterValidator(in_order), AfterValidator(without_gaps)
    ]
    """Cooperation regime by date."""
    document_delay_days: Distribution
    """From request to travel document, when one is issued."""
    protected_share: Share
    """Share who cannot be returned against their will because of non-refoulement."""
    transit_from_host: bool
    """Whether the origin accepts people straight from the host state."""


class Removal(Section):
    """The removal case, which runs in parallel with the end of the sentence."""

    case_opens_before_end_days: Days
    """The case opens this many days before the sentence ends (or at judgment, if later)."""
    case_workers: CountSteps
    """Case workers who identify people and request documents."""
    case_workers_for_others: CountSteps
    """Case workers whom people outside this model keep busy, on average."""
    case_work_days: Distribution
    """Days a case worker spends on one person."""
    willing_share: Share
    """Share of third-country nationals who cooperate in their return."""
    slow_share: Share
    """Share of documents that take far longer than usual."""
    slow_factor: Annotated[float, Field(ge=1, le=1000)]
    """How many times longer those take."""
    escort_teams: CountSteps
    """Police escort teams for forced returns."""
    escort_teams_for_others: CountSteps
    """Escort teams whom people outside this model keep busy, on average."""
    escort_days: Distribution
    """Days one forced return occupies a team."""
    carried_out_share: ShareSteps
    """Share of departures due that can take place, by date; the others wait until more of them
    can."""
    feasibility_factor: Steps
    """A multiple of every origin's forced feasibility, by date: what moves it for all."""
    direct_share: Share
    """Share of feasible cases removed straight from the rented prison."""
    eu_unregistered_share: Share
    """Share of EU and EEA citizens who leave without a registered departure."""

    @property
    def own_case_workers(self) -> tuple[CountStep, ...]:
        """Case workers whom people outside this model leave free."""
        return net_of(self.case_workers, self.case_workers_for_others)

    @property
    def own_escort_teams(self) -> tuple[CountStep, ...]:
        """Escort teams whom people outside this model leave free."""
        return net_of(self.escort_teams, self.escort_teams_for_others)


class Detention(Section):
    """Pre-removal detention, only while there is a real prospect of removal."""

    detained_if_cooperates_share: Share
    """Share detained when papers are pending and the origin cooperates."""
    detained_if_limited_share: Share
    """The same where the origin cooperates to a limited extent."""
    review_every_days: ReviewDays
    """A court reviews the prospect this often."""
    ended_if_cooperates_per_review: Share
    """Probability that a review ends the detention, origin cooperating: of the unwilling for want
    of a prospect, of the willing because they can wait for their papers outside."""
    ended_if_limited_per_review: Share
    """The same where the origin cooperates to a limited extent."""
    longest_days: Distribution
    """Longest detention that courts let stand for one person, counted from its first day and anew
    after a time at liberty. No fixed limit binds them for people expelled by judgment."""
    before_removal_days: Distribution
    """Days in detention before a removal of someone who was at liberty."""
    in_rented_prison_share: Share
    """Share of suitable cases detained in the rented prison, the others in the sending state."""
    key: PlaceName
    """Name of the detention centre in tables."""
    title: Title
    """Its name as people write it."""
    places: CountSteps
    """Places of the detention centre."""
    places_for_others: CountSteps
    """Places that people outside this model take, on average."""

    @property
    def own_places(self) -> tuple[CountStep, ...]:
        """Places that people outside this model leave free."""
        return net_of(self.places, self.places_for_others)


class Tag(Section):
    """An electronic tag on people with duties after the sentence, for as long as they have them."""

    worn_share: Share
    """Share of those under duties who wear one."""
    absconds_factor: Annotated[float, Field(ge=0, le=1000)]
    """Rate at which they abscond: multiple of that of the others."""
    lives_elsewhere_share: Share
    """Share of the unwilling among them who live elsewhere than in the centre."""


class DepartureCentre(Section):
    """A departure centre: tolerated stay, with duties, without an end."""

    key: PlaceName
    """Its name as a place in tables."""
    title: Title
    """Its name as people write it."""
    places: CountSteps
    """Places; more residents than places is possible, and measured."""
    waits_outside_share: Share
    """Share of those who cooperate who, when not detained, wait for their papers elsewhere, at
    liberty, until they leave."""
    never_reports_share: Share
    """Share of the unwilling sent to the centre who never report there: their whereabouts are
    unknown from then on."""
    lives_elsewhere_share: Share
    """Share of the other unwilling who live elsewhere, with the same duties but that one."""
    tag: Absent[Tag] = None
    """An electronic tag that some wear; absent where nobody does."""
    absconds_per_year: PerYear
    """Rate at which people under duties abscond, per person-year, but for those on tolerated
    stay."""
    tolerated_absconds_per_year: PerYear
    """The same for those on tolerated stay, who cannot be returned against their will."""
    leaves_voluntarily_per_year: PerYear
    """Rate of voluntary return, per person-year under duties."""
    order_lifted_per_year: PerYear
    """Rate at which expulsions are lifted for good, per person-year under duties."""
    early_permit_share: Share
    """Share of those on tolerated stay who receive a residence permit early."""
    early_permit_days: Distribution
    """Days from the end of the sentence to an early permit."""
    review_every_days: ReviewDays
    """Tolerated stay is reviewed this often."""
    permit_per_review: Share
    """Probability that a review ends in a residence permit."""
    breach_sentences_per_year: PerYear
    """Convictions for breach of duties to prison, per person-year under duties."""
    breach_sentence_days: Distribution
    """Time served for a breach."""
    breach_sentence_factor: Steps
    """A multiple of that time, by date of the sentence."""
    found_again_share: Share
    """Share of those with unknown whereabouts who are found again."""
    at_large_days: Distribution
    """Days until they are found."""
    cases_closed_per_year: Steps
    """Rate at which cases of the others are closed, by date: they are known, or taken, to have
    left."""


class CapacityClaim(Section):
    """One side's figure for the capacity of the host state's prisons."""

    who: Title
    """Who says so."""
    places: Annotated[int, Field(gt=0, le=MOST)]
    """Places, those of the rented prison included."""


class Host(Section):
    """The host state's own prisons."""

    population: Steps
    """The host state's own prisoners."""
    capacity_claims: Annotated[dict[str, CapacityClaim], AfterValidator(named)]
    """What different sides say the capacity is."""
    capacity_claim: str
    """Name of the claim this scenario uses."""
    displaced_inmates: Count
    """Inmates moved elsewhere when the rented prison is emptied."""
    beds_given_up: Count
    """Beds that the host state can no longer use for its own inmates."""
    emptied_before_opening_days: Days
    """The prison is emptied this many days before it opens to those of the sending state."""

    @model_validator(mode="after")
    def _claim_is_known(self) -> Host:
        if self.capacity_claim not in self.capacity_claims:
            known = ", ".join(sorted(self.capacity_claims))
            raise ValueError(f"capacity_claim {self.capacity_claim!r} is none of: {known}")
        return self

    @model_validator(mode="after")
    def _no_more_is_lost_than_there_is(self) -> Host:
        capacity = self.capacity_claims[self.capacity_claim].places
        if self.beds_given_up > capacity:
            raise ValueError(
                f"beds_given_up {self.beds_given_up} is more than the {capacity} places of "
                f"capacity_claim {self.capacity_claim!r}"
            )
        fewest = min(step.value for step in self.population)
        if self.displaced_inmates > fewest:
            raise ValueError(
                f"displaced_inmates {self.displaced_inmates} is more than the population, which "
                f"falls to {plain(fewest)}"
            )
        return self


class Staying(Section):
    """Stress tests only: people who stay in the host state, which the treaty rules out."""

    stays_share: Share
    """Share of those due to return to the sending state who stay in the host state instead."""
    asylum_share: Share
    """Of those, share who ask for asylum there; the others are undocumented at large."""
    asylum_days: Distribution
    """Stay in the asylum centre before travelling on."""
    stopped_per_year: PerYear
    """Rate at which people at large are stopped and detained, per person-year."""
    onward_per_year: PerYear
    """Rate of onward travel, per person-year at large."""
    detention_key: PlaceName
    """Name of the foreigners' detention centre in tables."""
    detention_title: Title
    """Its name as people write it."""
    detention_places: Count
    """Places of the foreigners' detention centre."""
    detention_days: Distribution
    """Days detained, cut off at the limit."""
    detention_limit_days: PositiveDays
    """After this many days the door opens."""
