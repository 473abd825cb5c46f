"""What every declared distribution is: a quantile function, its inverse, and a mean."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from sim.numbers import plain
from sim.scenario.base import MOST_DAYS, Section

Column = NDArray[np.float64]
NonNegative = Annotated[float, Field(ge=0, le=MOST_DAYS)]
Positive = Annotated[float, Field(gt=0, le=MOST_DAYS)]


class Declared(Section):
    """A distribution as a scenario file declares it."""

    def quantile(self, u: Column) -> Column:
        """Map uniforms in [0, 1) to values; shape is kept."""
        raise NotImplementedError

    def cdf(self, x: Column) -> Column:
        """Map values to the probability of at most so much; shape is kept."""
        raise NotImplementedError

    def at(self, u: float) -> float:
        """Map one uniform in [0, 1) to a value."""
        return float(self.quantile(np.array([u]))[0])


def below(low_name: str, low: float, high_name: str, high: float) -> None:
    """See that one parameter is less than another.

    Raises
    ------
    ValueError
        If it is not.
    """
    if not low < high:
        raise ValueError(f"{low_name} {plain(low)} must be below {high_name} {plain(high)}")
