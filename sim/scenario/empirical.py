"""A distribution that is data: values as they were observed, each as likely as it was frequent."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from sim.scenario.base import MOST
from sim.scenario.declared import Column, Declared, NonNegative, Positive

MOST_VALUES = 100_000
_Weight = Annotated[float, Field(ge=0, le=MOST)]


class Empirical(Declared):
    """Values as observed, nothing between them.

    The quantile function is the inverse of the empirical distribution function, a staircase without
    interpolation: the k-th smallest of n values for luck from (k - 1) / n up to k / n. So the mean
    is that of the data. A file can name `file` and `column` in the place of `values`; they are
    read when the scenario is, and part of it from then on.
    """

    kind: Literal["empirical"]
    values: Annotated[tuple[NonNegative, ...], Field(min_length=1, max_length=MOST_VALUES)]
    """What was observed, in any order."""
    weights: Annotated[tuple[_Weight, ...], Field(min_length=1)] | None = None
    """How often each value counts, if not once; weights count by their proportions."""
    times: Positive = 1.0
    """What every value is multiplied by: 30.4375 where the data are in months, 1 in days."""

    @model_validator(mode="before")
    @classmethod
    def _without_file(cls, given: Any) -> Any:
        if isinstance(given, dict) and {"file", "column", "censored"} & given.keys():
            raise ValueError(
                "names a file of data: that stands in a scenario file, beside kind = "
                '"empirical"; elsewhere give values = [...]'
            )
        return given

    @model_validator(mode="after")
    def _weighted(self) -> Empirical:
        if self.weights is None:
            return self
        if len(self.weights) != len(self.values):
            raise ValueError(
                f"has {len(self.values)} values, but {len(self.weights)} weights: give one weight "
                "for each value"
            )
        if math.fsum(self.weights) <= 0:
            raise ValueError("all weights are 0: at least one must be more")
        return self

    @cached_property
    def _steps(self) -> tuple[Column, Column]:
        """Return the values in order, and the share of all up to and with each."""
        values = np.array(self.values, np.float64)
        weights = np.ones(len(values)) if self.weights is None else np.array(self.weights)
        order = np.argsort(values, kind="stable")
        counted = order[weights[order] > 0]
        upto = np.cumsum(weights[counted])
        return values[counted] * self.times, upto / upto[-1]

    def quantile(self, u: Column) -> Column:
        """Map uniforms in [0, 1) to values; shape is kept."""
        values, upto = self._steps
        return values[np.searchsorted(upto, u, side="right")]

    def cdf(self, x: Column) -> Column:
        """Map values to the probability of at most so much; shape is kept."""
        values, upto = self._steps
        return np.append(0.0, upto)[np.searchsorted(values, x, side="right")]

    @property
    def mean(self) -> float:
        """Exact mean."""
        weights = self.weights or (1.0,) * len(self.values)
        total = math.fsum(
            value * weight for value, weight in zip(self.values, weights, strict=True)
        )
        return self.times * total / math.fsum(weights)
