"""Distributions declared in a scenario file, each a quantile function.

A distribution never draws: it maps a column of uniforms to a column of values, so that the
same person keeps the same luck when a parameter changes. Every mean is exact, in closed form.

A range that is a multiple scales all of them: it multiplies both percentiles, both ends, or the
`times` of values from data. Weights count by their proportions, so a common multiple leaves them.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Annotated, Literal, get_args

import numpy as np
from pydantic import Field

from sim.scenario.base import MOST, Section
from sim.scenario.bounded import BoundedExponential as BoundedExponential
from sim.scenario.bounded import Constant as Constant
from sim.scenario.bounded import Triangular as Triangular
from sim.scenario.bounded import Uniform as Uniform
from sim.scenario.declared import Column, Declared
from sim.scenario.empirical import Empirical as Empirical
from sim.scenario.names import Name
from sim.scenario.tailed import Exponential as Exponential
from sim.scenario.tailed import Gamma as Gamma
from sim.scenario.tailed import LogNormal as LogNormal
from sim.scenario.tailed import Weibull as Weibull

_Simple = (
    Constant
    | Uniform
    | Exponential
    | BoundedExponential
    | LogNormal
    | Gamma
    | Weibull
    | Triangular
    | Empirical
)


class Part(Section):
    """One part of a mixture."""

    weight: Annotated[float, Field(gt=0, le=MOST)]
    """How much of the mixture it is; weights count by their proportions."""
    of: Annotated[_Simple, Field(discriminator="kind")]
    """What this part is like."""


class Mixture(Declared):
    """Several groups in one, such as many short stays and a few long ones.

    A person's luck is a place in the order of the whole: whoever has more never has less time.
    """

    kind: Literal["mixture"]
    parts: Annotated[dict[Name, Part], Field(min_length=2, max_length=20)]
    """The groups by name."""

    @cached_property
    def _weighted(self) -> list[tuple[float, _Simple]]:
        """Shares and parts in the order of names: equal files add up to equal bits."""
        total = math.fsum(part.weight for part in self.parts.values())
        return [(part.weight / total, part.of) for _, part in sorted(self.parts.items())]

    def quantile(self, u: Column) -> Column:
        """Map uniforms in [0, 1) to values, by bisection of `cdf`; shape is kept.

        Each value is halved down by itself to neighbouring numbers, whatever else is in the column.
        """
        ends = [part.quantile(u) for _, part in self._weighted]
        low: Column = np.minimum.reduce(ends)
        high: Column = np.maximum.reduce(ends)
        high = np.asarray(np.where(self.cdf(low) >= u, low, high), np.float64)
        while True:
            middle = low + (high - low) / 2
            between = (low < middle) & (middle < high)
            if not between.any():
                return high
            reached = self.cdf(middle) >= u
            high = np.where(between & reached, middle, high)
            low = np.where(between & ~reached, middle, low)

    def cdf(self, x: Column) -> Column:
        """Map values to the probability of at most so much; shape is kept."""
        found = np.zeros_like(x)
        for share, part in self._weighted:
            found = found + share * part.cdf(x)
        return found

    @property
    def mean(self) -> float:
        """Exact mean."""
        return math.fsum(share * part.mean for share, part in self._weighted)


Distribution = Annotated[_Simple | Mixture, Field(discriminator="kind")]

#: The class of each kind, by the name it has in a file.
KINDS: dict[str, type[Section]] = {
    get_args(member.model_fields["kind"].annotation)[0]: member
    for member in get_args(get_args(Distribution)[0])
}
