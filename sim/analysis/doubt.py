"""How sure an answer is: its headlines over draws, beside chance alone, and what they follow.

A headline is an outcome of a scenario, or its difference from a reference where there is one, draw
by draw: the same assumptions, people and luck. Its range is over assumptions and chance together.
Replications of both scenarios at their own values tell chance alone. What it follows is told by a
joint fit over the draws (`sim.statistics.stepwise`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.analysis.tables import outcome
from sim.experiment.factors import changed_from
from sim.statistics.pairs import differences
from sim.statistics.ranges import Range, range_of
from sim.statistics.stepwise import ENDS, Followed, followed

if TYPE_CHECKING:
    from sim.experiment.factors import Factor
    from sim.experiment.replications import Replications
    from sim.scenario.schema import Scenario
    from sim.statistics.arrays import Floats


class Asked(NamedTuple):
    """What a headline is of."""

    outcome: str
    difference: bool
    """Whether it is the difference from the reference, where there is one."""


#: The headlines. Places freed are a difference by what they are.
HEADLINES = (
    Asked("places_freed_net", difference=False),
    Asked("rented_prison_people", difference=False),
    Asked("rented_prison_fill", difference=False),
    Asked("total_cost", difference=True),
    Asked("held_after_sentence_days", difference=True),
    Asked("detained", difference=True),
    Asked("removed_1y", difference=True),
    Asked("limbo", difference=True),
)


@dataclass(frozen=True)
class Follows:
    """An assumption that a headline follows, and the headline at both its ends."""

    factor: str
    low: float | date
    """Value of the assumption that few draws lie below (`sim.statistics.stepwise.ENDS`)."""
    high: float | date
    times: bool
    """Whether the values are multiples of what the scenario states."""
    at_low: float
    """What is expected of the headline there, the other assumptions standing anywhere."""
    at_high: float
    half_width: float
    """Half of the 95 % interval of the swing from one end to the other."""

    @property
    def swing(self) -> float:
        """The headline at the high end, less that at the low end."""
        return self.at_high - self.at_low


@dataclass(frozen=True)
class Headline:
    """One number of the answer, and how sure it is."""

    outcome: str
    difference: bool
    """Whether it is a difference from the reference."""
    range: Range
    """Over assumptions and chance."""
    one_way: float
    """Share of draws on the side of zero on which most lie; NaN if there is no draw."""
    chance: Range | None = None
    """By chance alone, at the scenario's own values, if that is known."""
    follows: tuple[Follows, ...] = ()
    """What it follows, the largest swing first: all that is told from chance."""
    explained: float = 0.0
    """Share of the variance over the draws that these explain."""

    @property
    def exact(self) -> bool:
        """Whether it is a difference, and none in any draw."""
        return self.difference and self.range.low == self.range.high == 0


@dataclass(frozen=True)
class Doubt:
    """How sure the answer is for one scenario, beside a reference if there is one."""

    scenario: str
    reference: str | None
    draws: int
    replications: int
    """Replications that tell chance alone; 0 if there are none."""
    seed: int
    headlines: tuple[Headline, ...]
    assumptions: int = 0
    """Assumptions that vary over the draws."""
    made: Mapping[str, str] = field(default_factory=dict)
    """Hashes of what made it: of scenario, reference, ensemble and evidence."""

    def of(self, outcome: str) -> Headline | None:
        """Return the headline of an outcome, None if there is none."""
        return next((one for one in self.headlines if one.outcome == outcome), None)


def doubt_of(
    other: Replications,
    base: Replications | None = None,
    asked: Sequence[Asked] = HEADLINES,
) -> Doubt:
    """Tell how sure the answer is for a scenario.

    Parameters
    ----------
    other
        Draws of the scenario.
    base
        As many draws of the reference, with the same assumptions and luck; values instead of
        differences without one.
    asked
        Which headlines; those that a scenario does not have are left out.

    Raises
    ------
    ValueError
        If these are replications, and no draws.
    """
    if not other.drawn or (base is not None and not base.drawn):
        raise ValueError(f"{other!r}: how sure an answer is can be told of draws alone")
    factors, drawn = assumptions_of(other, base)
    headlines = (_headline(one, other, base, factors, drawn) for one in asked)
    chance = _of_chance(other, base)
    return Doubt(
        other.scenario.name,
        None if base is None else base.scenario.name,
        other.number,
        0 if chance is None else chance[0].number,
        other.seed,
        tuple(one for one in headlines if one is not None),
        len(factors),
    )


def one_way_share(values: Floats) -> float:
    """Return the share of draws on the side of zero on which most lie; NaN if there is no draw."""
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan")
    return float(max((known > 0).mean(), (known < 0).mean(), (known == 0).mean()))


def _of_chance(
    other: Replications, base: Replications | None
) -> tuple[Replications, Replications | None] | None:
    """Return the replications that tell chance alone; None if a scenario has none."""
    if other.chance is None or (base is not None and base.chance is None):
        return None
    return other.chance, None if base is None else base.chance


def _headline(
    asked: Asked,
    other: Replications,
    base: Replications | None,
    factors: Sequence[Factor],
    drawn: Floats,
) -> Headline | None:
    """Return one headline; None if the scenario has it in no draw."""
    values = _values(asked, other, base)
    found = range_of(values)
    if not found.number:
        return None
    chance, fit = _of_chance(other, base), followed(drawn, values)
    alone = None if chance is None else range_of(_values(asked, *chance))
    return Headline(
        asked.outcome,
        asked.difference and base is not None,
        found,
        one_way_share(values),
        alone if alone is not None and alone.number else None,
        tuple(_follows(fit, factors, drawn, found.middle)),
        fit.explained,
    )


def _values(asked: Asked, other: Replications, base: Replications | None) -> Floats:
    """Return a headline draw by draw."""
    mine = outcome(other, asked.outcome)
    if base is None or not asked.difference:
        return mine
    return np.asarray(differences(mine, outcome(base, asked.outcome)))


def _follows(
    fit: Followed, factors: Sequence[Factor], drawn: Floats, middle: float
) -> Iterator[Follows]:
    for effect in fit.effects:
        factor, column = factors[effect.column], drawn[:, effect.column]
        low, high = (_as_set(factor, float(end)) for end in np.quantile(column, ENDS))
        half = effect.swing / 2
        yield Follows(
            factor.name, low, high, factor.multiplies, middle - half, middle + half,
            effect.half_width,
        )  # fmt: skip


def _as_set(factor: Factor, value: float) -> float | date:
    return date.fromordinal(round(value)) if isinstance(factor.low, date) else value


# ---------------------------------------------------------------------- the assumptions of draws


def assumptions_of(
    other: Replications, base: Replications | None = None
) -> tuple[list[Factor], Floats]:
    """Return the assumptions that vary over draws, and their values.

    Returns
    -------
    factors, values
        Those that move either scenario, and have an order; shape (draws, factors).
    """
    plan = other.plan
    if plan is None or plan.base is None:
        return [], np.empty((other.number, 0))
    worlds = [r.scenario for r in (other, base) if r is not None]
    factors = [
        factor
        for factor in plan.factors
        if not factor.among and any(_moves(factor, plan.base, world) for world in worlds)
    ]
    points = [plan.values[number + 1] for number in other.numbers]
    values = [[_as_number(point[factor.name]) for factor in factors] for point in points]
    return factors, np.array(values, float).reshape(other.number, len(factors))


def _moves(factor: Factor, base: Scenario, world: Scenario) -> bool:
    """Tell whether a factor sets anything that a scenario does not change itself."""
    return not changed_from(base, world).issuperset(factor.targets(world))


def _as_number(value: object) -> float:
    if isinstance(value, date):
        return float(value.toordinal())
    assert isinstance(value, int | float)
    return float(value)
