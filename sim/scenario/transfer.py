"""Sections of a scenario on the rented prison: who is transferred, how, and for how long."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, model_validator

from sim.numbers import plain
from sim.scenario.base import (
    MOST,
    Absent,
    AppliesTo,
    Count,
    Days,
    Period,
    PerYear,
    Section,
    Share,
    Steps,
    Windows,
    in_order,
    without_gaps,
)
from sim.scenario.distributions import Distribution
from sim.scenario.names import PlaceName, Title, named
from sim.scenario.sentencing import Group


class EligibilityRule(Period):
    """Who may be transferred to the rented prison during a period."""

    may_end_early: ClassVar[bool] = True

    applies_to: AppliesTo
    """`new_cases`: judgments that become final in the period; `everyone`: people inside too."""
    groups: tuple[Group, ...]
    """Nationality groups."""
    women: bool
    """Whether women may be transferred."""
    youngest_years: Annotated[float, Field(ge=0, le=150)]
    """Youngest age at judgment."""
    terror_or_war_crime: bool
    """Whether people convicted of terror or war crimes may be transferred."""
    health_excluded: bool
    """Whether people too ill to serve abroad may be transferred."""
    life: bool
    """Whether life sentences may be transferred."""
    preventive_custody: bool
    """Whether people in preventive custody may be transferred."""
    longest_sentence_years: Annotated[float, Field(gt=0, le=1000)]
    """Longest sentence that may be transferred."""


Priority = Literal["no_children_first", "own_wish_first", "longest_remaining_first", "first_come"]


RotationsPerWeek = Annotated[float, Field(gt=0, le=14)]


class PriorityRule(Period):
    """In which order people on the waiting list fly, during a period."""

    rule: Priority
    """Name of the rule."""


class RotationPeriod(Period):
    """A period in which flights go more or less often than otherwise."""

    may_end_early: ClassVar[bool] = True

    rotations_per_week: RotationsPerWeek
    """Charter flights there and back, a week."""


#: A thousand times as likely or as long is a mistake.
Factor = Annotated[float, Field(ge=0, le=1000)]


class Assessment(Section):
    """Assessment of those who come into question, by so many hands as there are."""

    per_day: Steps
    """People whose assessment can begin, a day; hands that find nobody are idle. The others wait in
    prison, in the order in which they would fly."""
    complaint_days: Distribution
    """From the decision to the first day on which someone who did not apply can fly: complaint."""
    own_wish_factor: Factor = 1.0
    """Shares found unsuitable among those who apply: multiple of `transfer.unsuitable_shares`."""


class HostRefusal(Section):
    """The host state's answer on those whom the selection proposes."""

    shares: Annotated[dict[str, Share], AfterValidator(named)]
    """Share of those proposed whom it refuses, by the main reason."""
    answer_days: Distribution
    """Days until it answers, on top of the selection."""

    @model_validator(mode="after")
    def _reasons_fit(self) -> HostRefusal:
        _sum_to_one_at_most("shares", self.shares)
        return self


class Transfer(Section):
    """Selection and flights to the rented prison, and back."""

    eligibility: Annotated[tuple[EligibilityRule, ...], AfterValidator(in_order)]
    """Dated rules; nobody is eligible outside them."""
    priority: Annotated[
        tuple[PriorityRule, ...], AfterValidator(in_order), AfterValidator(without_gaps)
    ]
    """Dated order of the waiting list."""
    least_remaining_days: Days
    """Least time left to serve on the day someone is taken on the list or flown."""
    selection_days: Distribution
    """Selection, hearing of the person and complaint, before the waiting list."""
    selection_starts_days_before: Days
    """Selection begins this many days before the rented prison opens."""
    considered_share: Share = 1.0
    """Share of those whom the rules allow who are considered at all."""
    own_wish_share: Share = 0.0
    """Share of those who come into question who apply for the transfer."""
    from_liberty_share: Share = 0.0
    """Share of those who wait at liberty to serve who apply, and so are called up at once; of those
    with a sentence long enough for the transfer."""
    unsuitable_shares: Annotated[dict[str, Share], AfterValidator(named)] = Field(
        default_factory=dict
    )
    """Share of those assessed in the selection who turn out unsuitable, by the main reason."""
    exclusions: Annotated[dict[str, Share], AfterValidator(named)] = Field(default_factory=dict)
    """Share of those whom the dated rules allow whom the law excludes for good, by the main ground:
    they are never assessed, and do not match the criteria."""
    host_refusal: Absent[HostRefusal] = None
    """Refusal by the host state; absent where it takes all who are proposed."""
    assessment: Absent[Assessment] = None
    """Hands that assess, where they are few. Without it the selection of all begins at once."""
    rotations_per_week: RotationsPerWeek
    """Charter flights there and back, a week."""
    rotation_periods: Annotated[tuple[RotationPeriod, ...], AfterValidator(in_order)] = ()
    """Periods in which they go more or less often."""
    seats: Annotated[int, Field(ge=1, le=MOST)]
    """Seats for prisoners on each flight, in each direction."""
    halts: Windows = ()
    """Periods in which nobody is flown out (for instance by order of a court)."""

    @model_validator(mode="after")
    def _reasons_fit(self) -> Transfer:
        _sum_to_one_at_most("unsuitable_shares", self.unsuitable_shares)
        _sum_to_one_at_most("exclusions", self.exclusions)
        return self

    @property
    def refusal_shares(self) -> dict[str, float]:
        """Share of those proposed whom the host state refuses, by reason; of nobody, none."""
        return {} if self.host_refusal is None else self.host_refusal.shares


def _sum_to_one_at_most(key: str, shares: dict[str, float]) -> None:
    total = sum(shares.values())
    if total > 1 + 1e-9:
        raise ValueError(f"{key}: sum to {plain(total)}, more than 1")


class Effects(Section):
    """What serving in the rented prison changes in a removal case: multiples of what it is at home.

    1 is no effect. A probability never becomes more than 1, nor a protected person removable.
    """

    willing_factor: Factor = 1.0
    """Share who cooperate in their return."""
    feasibility_factor: Factor = 1.0
    """Probability that someone who does not cooperate gets a travel document after all."""
    document_delay_factor: Factor = 1.0
    """Days from request to travel document."""
    permit_factor: Factor = 1.0
    """Probability that a review of the tolerated stay ends in a residence permit."""

    @property
    def none(self) -> bool:
        """Whether serving there changes nothing."""
        return all(factor == 1 for _, factor in self)


class ReturnAtLeave(Section):
    """When leave can be granted, for which people return to the sending state."""

    share: Share
    """Share of the sentence that must have passed, remand included."""
    least_days: Days
    """Days of it that must at least have passed."""


class PlacePeriod(Period):
    """A period in which more or fewer places are rented than otherwise."""

    may_end_early: ClassVar[bool] = True

    places: Count
    """Rented places."""


class Tenant(Section):
    """Another state that rents places of the same building."""

    title: Title
    """Its name as people write it."""
    periods: Annotated[tuple[PlacePeriod, ...], AfterValidator(in_order)]
    """Places that it rents, by the calendar; none outside the periods."""
    used_share: Share
    """Share of them in use."""
    served: Literal["first", "last"]
    """`first`: its places are taken from those rented here; `last`: it has what is left of them."""
    beds_given_up: Count = 0
    """Beds that the host state loses to it, on top of those lost to the rented prison."""


class SentBack(Section):
    """Who is sent back for good before the time: without it, nobody is."""

    on_demand_per_year: PerYear = 0.0
    """Returns on demand of the host state, per prisoner-year; for good, by the next free seat."""
    when_places_fall: bool = False
    """Whether those above the places go back when places fall, the end of whose sentence is
    nearest first. Else all stay, and nobody is flown in until fewer are inside than places."""


class RentedPrison(Section):
    """The rented prison."""

    key: PlaceName
    """Its name as a stage and place in tables."""
    title: Title
    """Its name as people write it."""
    in_use: bool
    """Whether the agreement is carried out at all."""
    opens: date
    """First day on which people can be flown in, before any delay."""
    opening_delay_days: Distribution
    """Delay of the opening, drawn once per replication."""
    places: Count
    """Rented places."""
    first_intake_places: Count
    """Places in use at first."""
    first_intake_days: Days
    """Days from the opening until all places are in use."""
    place_periods: Annotated[tuple[PlacePeriod, ...], AfterValidator(in_order)] = ()
    """Periods, by the calendar, in which more or fewer are rented."""
    term_years: Annotated[float, Field(gt=0, le=1000)]
    """First term of the agreement."""
    extended: bool
    """Whether the agreement is extended after the first term."""
    extension_years: Annotated[float, Field(gt=0, le=1000)]
    """Length of the extension."""
    ends_early: Absent[date] = None
    """First day out of service although the term runs on: payments stop, everyone is back by then.
    A prison that would open no earlier never opens. Absent where the term is kept."""
    drain_days: Days
    """Days before the closing in which everyone still inside is flown back."""
    return_before_end_days: Days
    """Days before the end of the sentence on which people return to the sending state."""
    return_at_leave: Absent[ReturnAtLeave] = None
    """Return as soon as leave can be granted, if that is earlier. Without it, only before the end.
    """
    other_tenants: Annotated[dict[str, Tenant], AfterValidator(named)] = Field(default_factory=dict)
    """Other states that rent places of it. They have flights, staff and costs of their own."""
    sent_back: Absent[SentBack] = None
    """Returns for good on demand of the host state, or when places fall; absent where none are."""
    temporary_returns_per_year: PerYear
    """Temporary returns (court, hospital), per prisoner-year; the place is kept."""
    temporary_return_days: Distribution
    """Length of a temporary return."""
    officers: Count
    """Local officers employed while it is open."""
    effects: Effects = Effects()
    """What serving there changes in a removal case."""

    @property
    def most_places(self) -> int:
        """Most places that are ever rented at once."""
        return max([self.places, *(period.places for period in self.place_periods)])

    @model_validator(mode="after")
    def _fits(self) -> RentedPrison:
        if self.first_intake_places > self.places:
            raise ValueError(
                f"first_intake_places {self.first_intake_places} is more than places {self.places}"
            )
        if self.ends_early is not None and self.ends_early <= self.opens:
            raise ValueError(
                f"ends_early {self.ends_early} is not after opens {self.opens}; where no prison is "
                "rented at all, say in_use = false"
            )
        if self.drain_days >= self.term_years * 365:
            raise ValueError(
                f"drain_days {plain(self.drain_days)} leaves nothing of a term of "
                f"{plain(self.term_years)} years"
            )
        return self
