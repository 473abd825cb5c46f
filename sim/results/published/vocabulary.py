"""The words in which a published figure is laid beside a run: whom, when, and what is counted.

Every measure is one `measure = { kind = "...", ... }` of a figure. Stages and exits have the same
names in every scenario, whatever its places are called. A day means its first moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from sim.numbers import plain
from sim.results.choice import nearest
from sim.scenario.base import Days, Period, Section, Share
from sim.scenario.sentencing import Group
from sim.world.stages import Exit, Stay

STAGES = {stay.name.lower(): stay for stay in Stay}
EXITS = {exit.name.lower(): exit for exit in Exit}


def _among(known: Sequence[str]) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    """Return what checks that names are known, and says which one was probably meant."""

    def check(names: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [name for name in names if name not in known]
        if unknown:
            told = nearest(unknown[0], known).strip() or f"there are: {', '.join(known)}"
            raise ValueError(f"no {unknown[0]!r} here; {told}")
        return names

    return check


Stages = Annotated[tuple[str, ...], Field(min_length=1), AfterValidator(_among(list(STAGES)))]
Exits = Annotated[tuple[str, ...], Field(min_length=1), AfterValidator(_among(list(EXITS)))]
StagesOrExits = Annotated[
    tuple[str, ...], Field(min_length=1), AfterValidator(_among([*STAGES, *EXITS]))
]


class Whom(Section):
    """Whom a measure is about; everyone expelled by judgment, as far as nothing is said."""

    group: Group | None = None
    """Nationality group: eu_eea, third_country, dual_national or not_expelled."""
    origin: str | None = None
    """Country group, by its name in the scenario."""
    sex: Literal["woman", "man"] | None = None
    """Only women, or only men."""
    judged_from: date | None = None
    """Only people judged on this day or later ..."""
    judged_until: date | None = None
    """... and before this one."""
    sentence_at_least_days: Days | None = None
    """Only sentences of at least so many days ..."""
    sentence_below_days: Days | None = None
    """... and of fewer than these."""
    terror_or_war_crime: bool | None = None
    """Only people sentenced for terror or war crimes, or only the others."""
    tolerated: bool | None = None
    """Only people on tolerated stay once their sentence is over, or only the others."""
    own_wish: bool | None = None
    """Only people who apply for a transfer, or only the others."""


class When(Section):
    """One day, or the mean over a period."""

    at: date | None = None
    """The day of the count ..."""
    from_: date | None = Field(default=None, alias="from")
    """... or the first day of a period over which the mean is taken,"""
    until: date | None = None
    """and the first day after it."""

    @model_validator(mode="after")
    def _one_of_both(self) -> When:
        if (self.at is None) != (self.from_ is not None and self.until is not None):
            raise ValueError("give either at, or from and until")
        if self.from_ is not None and self.until is not None and self.from_ >= self.until:
            raise ValueError(f"begins on {self.from_} but ends on {self.until}: from < until")
        return self


class Stock(Whom, When):
    """People in some stages, on a day or as a mean over a period."""

    kind: Literal["stock"]
    stages: Stages
    """The stages."""
    final_for_days: Days | None = None
    """Only people whose judgment has been final for so many days."""


class Elapsed(Whom):
    """Days that those who are in some stages on a day have been there: mean or quantile."""

    kind: Literal["elapsed"]
    stages: Stages
    """The stages; going over from one of them to another goes on the same stay."""
    at: date
    """The day."""
    quantile: Share | None = None
    """Which quantile; the mean if left out."""


class Duration(Whom, Period):
    """Days of the stays in some stages that end in a period: mean or quantile."""

    kind: Literal["duration"]
    stages: Stages
    """The stages; going over from one of them to another goes on the same stay."""
    quantile: Share | None = None
    """Which quantile; the mean if left out."""


class Moves(Whom, Period):
    """How often someone goes over into a stage, or leaves by an exit, in a period."""

    kind: Literal["moves"]
    out_of: Stages | None = None
    """Stages that they come from; any, or none before, if left out."""
    into: StagesOrExits
    """Stages or exits that they go over into."""
    per_year: bool = False
    """Whether it is the number a year."""


class Judgments(Whom, Period):
    """Judgments of expulsion with a prison sentence in a period."""

    kind: Literal["judgments"]
    per_year: bool = False
    """Whether it is the number a year."""


class SentenceDays(Whom, Period):
    """Length of all prison sentences judged in a period, added up; life and custody left out."""

    kind: Literal["sentence_days"]


class Left(Whom, Period):
    """Share of the people judged in a period who have left by some exits before a day."""

    kind: Literal["left"]
    exits: Exits
    """The exits that count."""
    seen: date
    """The day by which they have left."""


class Eligible(Section):
    """People in prison, their judgment final, whom the rules of transfer allow to be transferred.

    The scenario's own rules, on that day, whether or not there is a rented prison.
    """

    kind: Literal["eligible"]
    at: date
    """The day."""
    least_remaining_days: Days = 0.0
    """Days of the sentence that must at least be left."""


class Assessed(Whom):
    """People whose selection for a transfer has come to its end before a day."""

    kind: Literal["assessed"]
    at: date
    """The day."""
    unsuitable: bool | None = None
    """Only those found unsuitable, or only the others."""


class Flights(Period):
    """Flights in a period that carry anyone to the rented prison or back."""

    kind: Literal["flights"]


class AgreementCost(Period):
    """What the agreement costs in a period, EUR million: rent, set-up, aid, flights and visits."""

    kind: Literal["agreement_cost"]


class Prisoners(When):
    """All prisoners in the sending state, those that the model only declares included."""

    kind: Literal["prisoners"]


class Places(When):
    """Places of a facility in the sending state, or those in use of the rented prison."""

    kind: Literal["places"]
    facility: Literal["home_prisons", "detention", "departure_centre", "rented_prison"]
    """The facility."""


class Officers(When):
    """Prison officers in the sending state."""

    kind: Literal["officers"]


Plain = (
    Stock | Elapsed | Duration | Moves | Judgments | SentenceDays | Left | Eligible | Assessed
    | Flights | AgreementCost | Prisoners | Places | Officers
)  # fmt: skip
PlainMeasure = Annotated[Plain, Field(discriminator="kind")]


class Ratio(Section):
    """One measure over another."""

    kind: Literal["ratio"]
    of: PlainMeasure
    """What is divided ..."""
    to: PlainMeasure
    """... and by what."""


Measure = Plain | Ratio
KINDS: dict[str, type[Section]] = {
    model.model_fields["kind"].annotation.__args__[0]: model for model in (*Plain.__args__, Ratio)
}


class Figure(Section):
    """A published figure, and what of a run is to be laid beside it."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    """Short name, the same in every table."""
    topic: str
    """Heading under which it stands."""
    title: str
    """What it is, for people."""
    value: float
    """The published value."""
    unit: Literal["share", "people", "people_per_year", "days", "flights", "EUR million", "ratio"]
    """Its unit; a share is 0.79, not 79."""
    low: float | None = None
    """Lowest value that the source allows: a range, or rounding; the value if left out."""
    high: float | None = None
    """Highest value that the source allows; the value if left out."""
    tolerance: Annotated[float, Field(ge=0)] = 0.0
    """How far beyond that the model may be, as the two are not about quite the same."""
    tolerance_why: str = ""
    """Why: what low, high and tolerance stand for."""
    compare: Literal["equal", "at_most", "at_least"] = "equal"
    """Whether the model should meet it, or stay below or above (the model's people are a part)."""
    used_to_set: bool
    """Whether the baseline was set with it in view: then it is no independent test."""
    status: Literal["found", "article", "derived", "recalled"]
    """Whether it was read, stands in the founding article, is arithmetic on such, or recalled."""
    source: str
    """Where it was read."""
    url: str = ""
    """Address of the source."""
    year: str = ""
    """Year it speaks of."""
    confidence: Literal["high", "medium", "low"]
    """How far to trust it."""
    note: str = ""
    """In what its population or definition differs from what the model measures."""
    measure: Annotated[Measure, Field(discriminator="kind")]
    """What the model measures."""

    @model_validator(mode="after")
    def _complete(self) -> Figure:
        low, high = self.published
        if not low <= self.value <= high:
            raise ValueError(
                f"value {plain(self.value)} lies outside low {plain(low)} to high {plain(high)}"
            )
        if (low < high or self.tolerance) and not self.tolerance_why:
            raise ValueError("tolerance_why: say what low, high or tolerance stand for")
        return self

    @property
    def published(self) -> tuple[float, float]:
        """The published value with its own uncertainty: lowest and highest."""
        low = self.value if self.low is None else self.low
        return low, self.value if self.high is None else self.high

    @property
    def accepted(self) -> tuple[float, float]:
        """Lowest and highest value that agree with it; infinite on the side that is open."""
        low, high = self.published
        low = low - self.tolerance if self.compare != "at_most" else float("-inf")
        return low, high + self.tolerance if self.compare != "at_least" else float("inf")

    @cached_property
    def days(self) -> tuple[date, ...]:
        """Every day that must be simulated, or that ends what must be."""
        return tuple(_dates(self.measure))

    def origins(self) -> list[str]:
        """Return every country group that its measure names."""
        parts = [self.measure.of, self.measure.to] if isinstance(self.measure, Ratio) else [
            self.measure
        ]  # fmt: skip
        return [p.origin for p in parts if isinstance(p, Whom) and p.origin is not None]


def _dates(value: Any) -> Iterator[date]:
    for name in type(value).model_fields:
        inner = getattr(value, name)
        if isinstance(inner, date):
            yield inner
            if name == "at":
                yield inner + timedelta(days=1)
        elif isinstance(inner, Section):
            yield from _dates(inner)
