"""How the points of a design belong together: what an analysis must know of it, and no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import PrisonflowError
from sim.experiment.groups import factors_by_group

if TYPE_CHECKING:
    import pandas as pd

Rows = NDArray[np.intp]
#: Designs of which it can be said what results follow.
SAMPLES = ("latin_hypercube", "sobol")
RANKED = (*SAMPLES, "morris", "one_at_a_time")


class UnsuitableDesign(PrisonflowError):
    """A design cannot answer what it is asked."""


@dataclass(frozen=True)
class Layout:
    """The kind of a design, and what its points depend on besides."""

    kind: str
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Factors that move as one: names, with `*`, by the name of the group."""
    levels: int = 4
    """Levels of a Morris design."""
    second_order: bool = False
    """Whether a Sobol' design can tell interactions of two factors."""

    @staticmethod
    def of(manifest: Mapping[str, Any]) -> Layout:
        """Return the layout of an experiment from its manifest."""
        design = manifest["definition"]["design"]
        known = {name: design[name] for name in ("groups", "levels", "second_order")
                 if name in design}  # fmt: skip
        return Layout(design["kind"], **known)

    def require(self, *kinds: str) -> None:
        """See that the design is of one of some kinds; UnsuitableDesign if not."""
        if self.kind not in kinds:
            raise UnsuitableDesign(
                f"the design is of the kind {self.kind!r}: this takes {' or '.join(kinds)}"
            )

    def members(self, design: pd.DataFrame) -> dict[str, list[str]]:
        """Return the factors of each group, a factor in none being its own, in order."""
        return factors_by_group(factors_in(design), self.groups)

    def independent(self, design: pd.DataFrame) -> Rows:
        """Return the rows of a sample that were drawn independently of each other.

        Of a Sobol' design these are the first and the last point of each block; the points between
        mix the two.
        """
        rows = np.arange(len(design))
        if self.kind != "sobol":
            return rows
        size = self.block_size(len(self.members(design)))
        return np.flatnonzero((rows % size == 0) | (rows % size == size - 1))

    def block_size(self, groups: int) -> int:
        """Return how many points of a Sobol' design belong to one base sample."""
        return (2 if self.second_order else 1) * groups + 2


def factors_in(design: pd.DataFrame) -> list[str]:
    """Return the names of what varies in a design."""
    return [str(column) for column in design if column not in ("point", "name")]


def is_words(column: pd.Series) -> bool:
    """Tell whether a factor takes words, which have no order."""
    return any(isinstance(value, str) for value in column)


def codes(column: pd.Series) -> NDArray[np.int64]:
    """Number the values of a factor in ascending order; words by the alphabet."""
    found, _ = column.factorize(sort=True)
    return np.asarray(found, np.int64)
