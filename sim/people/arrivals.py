"""Who arrives: judgments by year, and what people bring with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from sim.people.chance import Chance, Column
from sim.scenario.base import Step
from sim.scenario.schema import EU_ORIGIN, Scenario
from sim.scenario.sentencing import Group, stream_number

GROUPS: tuple[str, ...] = get_args(Group)
EU, THIRD_COUNTRY, DUAL_NATIONAL, NOT_EXPELLED = range(4)

#: A person's number is stream, year and place in the year's list: 2028_00042, 417_2028_00007.
PEOPLE_PER_YEAR = 100_000
PEOPLE_PER_STREAM = 10_000 * PEOPLE_PER_YEAR

#: Nobody judged later than this after the end of the simulation was arrested before it.
LONGEST_REMAND_DAYS = 3 * 366


#: The stream of published judgments, beside those that a scenario adds.
PUBLISHED = "published"


@dataclass(frozen=True)
class Year:
    """A calendar year of one stream, as far as it is simulated."""

    year: int
    edges: Column
    """Days between which the rate is constant."""
    expected: Column
    """Arrivals expected up to each edge."""
    per_year: float
    """Arrivals expected in the whole year, at the mean rate of what is simulated of it."""

    @property
    def number(self) -> float:
        """Arrivals expected in what is simulated of the year."""
        return float(self.expected[-1])


@dataclass(frozen=True)
class Block:
    """The people of one stream and one calendar year."""

    stream: str
    number: int
    year: int
    size: int


@dataclass(frozen=True)
class Draw:
    """Draws columns of luck for all people of a run, block by block."""

    chance: Chance
    blocks: tuple[Block, ...]

    def __call__(self, cause: str) -> Column:
        """Return one uniform for each person."""
        streams: dict[str, dict[int, int]] = {}
        for block in self.blocks:
            streams.setdefault(block.stream, {})[block.year] = block.size
        parts = [self.chance.columns(cause, name, sizes) for name, sizes in streams.items()]
        return np.concatenate([np.empty(0), *(column for part in parts for column in part)])


@dataclass(frozen=True)
class Arrived:
    """Columns of what people are when they are judged."""

    draw: Draw
    person: NDArray[np.int64]
    """Number of the person, the same in every scenario that shares the seed."""
    judgment: Column
    """Day of judgment."""
    group: NDArray[np.int64]
    """Position in `GROUPS`."""
    origin: NDArray[np.int64]
    """Position in the scenario's origins."""
    woman: NDArray[np.bool_]
    age: Column
    """Age at judgment, years."""
    children: NDArray[np.bool_]
    """Whether the person has children in the sending state."""
    long_only: NDArray[np.bool_]
    """Whether the person's stream has only sentences of a year or more."""

    @property
    def expelled(self) -> NDArray[np.bool_]:
        """Whether the judgment orders expulsion."""
        expelled: NDArray[np.bool_] = (self.group == EU) | (self.group == THIRD_COUNTRY)
        return expelled


def draw_arrivals(scenario: Scenario, chance: Chance) -> Arrived:
    """Draw the judgments of every year of the scenario."""
    rules = scenario.arrivals
    planned, factors = planned_years(scenario), year_factors(scenario, chance)
    blocks, years = [], []
    for name, calendar in planned.items():
        number = stream_number(name) if name in rules.additional else 0
        for year in calendar:
            size = _size(scenario, chance, name, year, factors[year.year])
            blocks.append(Block(name, number, year.year, size))
            years.append(year)
    draw = Draw(chance, tuple(blocks))
    sizes = [block.size for block in blocks]
    group = _groups(scenario, draw, blocks, sizes)
    return Arrived(
        draw=draw,
        person=np.concatenate([_numbers(block) for block in blocks]),
        judgment=_days(draw, years),
        group=group,
        origin=_origins(scenario, draw, group),
        woman=draw("woman") < rules.women_share,
        age=rules.age_years.quantile(draw("age")),
        children=(draw("children") < rules.children_in_sending_state_share) & (group != EU),
        long_only=np.repeat([_long_only(scenario, block) for block in blocks], sizes),
    )


def year_factors(scenario: Scenario, chance: Chance) -> dict[int, float]:
    """Draw by how much each calendar year has more or fewer judgments than expected.

    A gamma factor with mean 1, the same for every stream, makes of a Poisson number a negative
    binomial one: with the mean m and the variation c its variance is m + (c m)².

    Returns
    -------
    dict
        Factor by calendar year; 1 in published years, and where nothing varies.
    """
    from scipy.special import gammaincinv

    rules, variance = scenario.arrivals, scenario.arrivals.year_to_year_variation**2
    factors = {}
    for year in range(scenario.time.start.year, _judged_until(scenario).year + 1):
        factors[year] = 1.0
        if variance and year >= rules.published_until_year:
            luck = chance.of_year("year of the courts", "all streams", year)
            factors[year] = float(gammaincinv(1 / variance, luck)) * variance
    return factors


def _judged_until(scenario: Scenario) -> date:
    return scenario.date(scenario.horizon + LONGEST_REMAND_DAYS)


def planned_years(scenario: Scenario) -> dict[str, list[Year]]:
    """Return what is expected of every stream, year by year."""
    rules = scenario.arrivals
    steps = {PUBLISHED: rules.judgments_per_year}
    steps |= {name: stream.per_year for name, stream in rules.additional.items()}
    return {name: list(_years(scenario, mine)) for name, mine in steps.items()}


def _groups(
    scenario: Scenario, draw: Draw, blocks: list[Block], sizes: list[int]
) -> NDArray[np.int64]:
    """Nationality groups: given for a stream of its own, drawn in the published one."""
    given = np.repeat([_group(scenario, block) for block in blocks], sizes)
    third = draw("third country") < scenario.arrivals.third_country_share
    return np.where(given >= 0, given, np.where(third, THIRD_COUNTRY, EU))


def _origins(scenario: Scenario, draw: Draw, group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Origins by their shares of the inflow; EU and EEA citizens have one of their own."""
    names = list(scenario.origins)
    shares = np.array([0 if n == EU_ORIGIN else scenario.origins[n].inflow_share for n in names])
    chosen = np.searchsorted(np.cumsum(shares), draw("origin") * shares.sum(), side="right")
    return np.where(group == EU, names.index(EU_ORIGIN), np.minimum(chosen, len(names) - 1))


def _days(draw: Draw, years: list[Year]) -> Column:
    """Day of each judgment: spread over its year in proportion to what is expected."""
    ends = np.cumsum([block.size for block in draw.blocks])
    lucks = np.split(draw("judgment day"), ends[:-1])
    return np.concatenate(
        [
            np.interp(u * year.number, year.expected, year.edges)
            for u, year in zip(lucks, years, strict=True)
        ]
    )


def _years(scenario: Scenario, steps: tuple[Step, ...]) -> Iterator[Year]:
    """Yield each calendar year of a stream.

    The last step is taken to hold on for a while, for people who are judged after the end but
    arrested before it.
    """
    rules, end = scenario.arrivals, scenario.horizon + LONGEST_REMAND_DAYS
    for year in range(scenario.time.start.year, _judged_until(scenario).year + 1):
        first, last = scenario.day(date(year, 1, 1)), scenario.day(date(year + 1, 1, 1))
        cuts = {max(first, 0.0), min(last, end)}
        cuts |= {scenario.day(step.from_) for step in steps}
        edges = np.array(sorted(c for c in cuts if max(first, 0.0) <= c <= min(last, end)))
        if len(edges) < 2:
            continue
        growth = (1 + rules.growth_per_year) ** max(0, year - rules.grows_from_year + 1)
        rates = [_value_at(scenario, steps, (a + b) / 2) for a, b in pairwise(edges)]
        expected = np.cumsum([0.0, *(np.array(rates) * np.diff(edges) / (last - first) * growth)])
        yield Year(year, edges, expected, float(expected[-1] * (last - first) / np.ptp(edges)))


def _value_at(scenario: Scenario, steps: tuple[Step, ...], day: float) -> float:
    return next((s.value for s in steps if day < scenario.day(s.until)), steps[-1].value)


def _size(scenario: Scenario, chance: Chance, stream: str, year: Year, factor: float) -> int:
    """Number of arrivals: the published count, or a random one where nothing is published."""
    if stream == PUBLISHED and year.year < scenario.arrivals.published_until_year:
        return min(round(year.number), PEOPLE_PER_YEAR)
    from scipy.special import pdtrik

    u = chance.of_year("number of arrivals", stream, year.year)
    count = np.ceil(pdtrik(min(max(u, 1e-12), 1 - 1e-12), year.number * factor))
    return min(int(np.nan_to_num(max(count, 0.0))), PEOPLE_PER_YEAR)


def _numbers(block: Block) -> NDArray[np.int64]:
    base = block.number * PEOPLE_PER_STREAM + block.year * PEOPLE_PER_YEAR
    return base + np.arange(block.size)


def _group(scenario: Scenario, block: Block) -> int:
    """Group of everyone in a stream, or -1 for the published one, which is mixed."""
    if block.number == 0:
        return -1
    return GROUPS.index(scenario.arrivals.additional[block.stream].group)


def _long_only(scenario: Scenario, block: Block) -> bool:
    stream = scenario.arrivals.additional.get(block.stream)
    return block.number > 0 and stream is not None and stream.only_a_year_or_more
