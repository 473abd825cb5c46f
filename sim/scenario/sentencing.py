"""Sections of a scenario on courts and sentences: who arrives, and for how long."""

from __future__ import annotations

from typing import Annotated, Literal
from zlib import crc32

from pydantic import AfterValidator, Field, model_validator

from sim.numbers import grouped, plain
from sim.scenario.base import (
    CalendarYear,
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
from sim.scenario.names import STREAMS, named

#: The first two are expelled by judgment; the others are released when their sentence ends.
Group = Literal["eu_eea", "third_country", "dual_national", "not_expelled"]

#: More arrivals a year in one stream are taken for a mistake.
MOST_PER_YEAR = 50_000


def stream_number(name: str) -> int:
    """Return the number that begins the numbers of an additional stream's people, from its name.

    It does not depend on what other streams there are: people are the same in every scenario.
    """
    return 1 + crc32(name.encode()) % 8999


class AdditionalArrivals(Section):
    """People who come on top of the published series, for instance by a reform."""

    group: Group
    """Nationality group of everyone in this stream."""
    per_year: Steps
    """Judgments a year; zero outside the steps' years must be written as a step of zero."""
    only_a_year_or_more: bool
    """Whether all of them have a sentence of a year or more."""


def _streams(additional: dict[str, AdditionalArrivals]) -> dict[str, AdditionalArrivals]:
    return named(additional, STREAMS)


class Arrivals(Section):
    """Judgments that order prison and expulsion, by day of judgment."""

    judgments_per_year: Steps
    """All nationalities together, a year."""
    growth_per_year: Annotated[float, Field(ge=-0.2, le=0.2)]
    """Growth of the arrivals after `grows_from_year`, compounded, as a share a year."""
    grows_from_year: CalendarYear
    """First calendar year to which growth is applied."""
    published_until_year: CalendarYear
    """Before this year the published count arrives exactly; from it on, a random number."""
    year_to_year_variation: Share = 0
    """Standard deviation, as a share of the mean, of a factor by which a year has more or fewer
    judgments in all streams, where none are published; 0 makes their number Poisson."""
    third_country_share: Share
    """Share of judgments on nationals of countries outside the EU and EEA."""
    women_share: Share
    """Share of women."""
    age_years: Distribution
    """Age at judgment."""
    children_in_sending_state_share: Share
    """Share with children in the sending state, among third-country nationals."""
    deaths_per_year: PerYear
    """Deaths per person-year, from arrest or judgment to exit, wherever people are."""
    additional: Annotated[dict[str, AdditionalArrivals], AfterValidator(_streams)] = Field(
        default_factory=dict
    )
    """Further streams by name; none in the baseline."""

    @model_validator(mode="after")
    def _countable(self) -> Arrivals:
        streams = {"judgments_per_year": self.judgments_per_year}
        streams |= {
            f"additional.{name}.per_year": s.per_year for name, s in self.additional.items()
        }
        for name, steps in streams.items():
            most = max(step.value for step in steps)
            if most > MOST_PER_YEAR:
                raise ValueError(
                    f"{name}: {grouped(most)} a year; at most {grouped(MOST_PER_YEAR)}"
                )
        numbers = {stream_number(name) for name in self.additional}
        if len(numbers) < len(self.additional):
            raise ValueError(
                "additional: two of the names are too alike to be told apart; change one"
            )
        return self

    @property
    def expels(self) -> bool:
        """Whether anyone at all is expelled by judgment."""
        groups = ("eu_eea", "third_country")
        streams = [self.judgments_per_year]
        streams += [s.per_year for s in self.additional.values() if s.group in groups]
        return any(step.value > 0 for steps in streams for step in steps)


class Mixture(Section):
    """Shares of a group's sentences by band of length; they sum to one."""

    up_to_3_months_share: Share
    from_3_to_12_months_share: Share
    from_1_to_2_years_share: Share
    over_2_years_share: Share

    @model_validator(mode="after")
    def _sums_to_one(self) -> Mixture:
        total = sum(self.shares)
        if abs(total - 1) > 1e-6:
            raise ValueError(f"the four shares sum to {plain(total)}, not to 1")
        return self

    @property
    def shares(self) -> tuple[float, float, float, float]:
        """The four shares, from the shortest band to the longest."""
        return (
            self.up_to_3_months_share,
            self.from_3_to_12_months_share,
            self.from_1_to_2_years_share,
            self.over_2_years_share,
        )


class Bands(Section):
    """Length of a sentence inside each band, in days."""

    up_to_3_months_days: Distribution
    from_3_to_12_months_days: Distribution
    from_1_to_2_years_days: Distribution
    over_2_years_days: Distribution

    @property
    def days(self) -> tuple[Distribution, Distribution, Distribution, Distribution]:
        """The four distributions, from the shortest band to the longest."""
        return (
            self.up_to_3_months_days,
            self.from_3_to_12_months_days,
            self.from_1_to_2_years_days,
            self.over_2_years_days,
        )


class ParoleRule(Period):
    """Which part of a sentence people serve, by the day their judgment becomes final."""

    half_share: Share
    """Released after half of the sentence."""
    two_thirds_share: Share
    """Released after two thirds."""
    full_share: Share
    """Serve the whole sentence."""

    @model_validator(mode="after")
    def _sums_to_one(self) -> ParoleRule:
        total = self.half_share + self.two_thirds_share + self.full_share
        if abs(total - 1) > 1e-6:
            raise ValueError(
                f"half_share, two_thirds_share and full_share sum to {plain(total)}, not to 1"
            )
        return self


class Remand(Section):
    """Detention before the judgment is final; every day counts toward the sentence."""

    remanded_share: Share
    """Share detained from arrest; the others are at liberty until they are called to serve."""
    remand_days: Distribution
    """From arrest to judgment."""
    longest_fraction: Share
    """Remand lasts at most this fraction of the sentence that follows."""
    appealed_share: Share
    """Share of judgments appealed, which delays that they become final."""
    appeal_days: Distribution
    """From judgment to final judgment on appeal."""
    reporting_days: Distribution
    """From final judgment to the first day in prison, for those at liberty."""


class Special(Section):
    """Sentences without a number of days, among third-country nationals."""

    preventive_custody_share: Share
    """Preventive custody (forvaring): indeterminate."""
    preventive_custody_days: Distribution
    """Days until release from preventive custody."""
    life_share: Share
    """Life sentences."""
    life_days: Distribution
    """Days until release from a life sentence."""
    terror_or_war_crime_share: Share
    """Convicted of terror or war crimes."""
    health_excluded_share: Share
    """Too ill, in body or mind, to serve abroad."""

    @model_validator(mode="after")
    def _at_most_everyone(self) -> Special:
        total = self.preventive_custody_share + self.life_share
        if total > 1:
            raise ValueError(
                f"preventive_custody_share and life_share sum to {plain(total)}, more than 1"
            )
        return self


class StraightRemoval(Section):
    """A short sentence interrupted for immediate removal."""

    periods: Windows
    """When the rule is in force."""
    longest_sentence_days: Days
    """Only sentences up to this length."""
    used_share: Share
    """Share of eligible short sentences interrupted."""
    served_fraction: Share
    """Part of the sentence served before the removal."""


class TransferToOrigin(Section):
    """Transfer to the home country to serve the rest of the sentence there."""

    shortest_sentence_days: Days
    """Only sentences of at least this length."""
    transferred_share: Share
    """Share of them transferred, where the origin does not refuse all cooperation."""
    transferred_factor: Steps
    """A multiple of that share, by the date on which a transfer is due."""
    processing_days: Distribution
    """From final judgment to transfer."""


class Sentencing(Section):
    """From judgment to the day the sentence ends."""

    eu_eea: Mixture
    """Sentence lengths of expelled EU and EEA citizens."""
    third_country: Mixture
    """Sentence lengths of expelled third-country nationals, and of all who are not expelled."""
    bands: Bands
    """Length within each band."""
    remand: Remand
    special: Special
    parole: Annotated[
        tuple[ParoleRule, ...], AfterValidator(in_order), AfterValidator(without_gaps)
    ]
    """Which part of the sentence is served, by date."""
    least_served_days: Days
    """Nobody is paroled before this many days (or the whole sentence, if shorter)."""
    straight_removal: StraightRemoval
    transfer_to_origin: TransferToOrigin


class HomePrisons(Section):
    """Prisons and remand houses of the sending state together."""

    places: Steps
    """Places in use."""
    other_prisoners: Steps
    """Prisoners who are not in this model: everyone not expelled by judgment."""
    officers: Steps
    """Prison officers employed."""
    freed_places_filled_share: Share = 0.0
    """Share of the places freed by those who serve abroad to which others are called up at once."""
