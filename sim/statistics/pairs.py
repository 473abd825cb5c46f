"""Differences between pairs: the one subtraction, and the one verdict on what it tells.

Two worlds that share a seed are about the same people with the same luck, replication by
replication: differences are taken within a pair. A difference has a **margin**, the size from which
it matters; what can be told, and what matters, are two questions, and a verdict answers both:

- `SAME`: zero in every pair, rounding aside;
- `NEGLIGIBLE`: too small to matter. Either its interval lies within the margin on both sides, so
  that nothing that matters is left, or it is told from chance and its mean lies within the margin;
- `MORE`, `LESS`: told from chance (by Holm's rule over all comparisons), its mean beyond the
  margin;
- `UNDETECTED`: not told from chance, and its interval reaches beyond the margin: if there is a
  difference, it is too small to detect with so many pairs;
- `UNTOLD`: fewer pairs than an interval takes, so that nothing can be told.

References
----------
Law (2015), Simulation Modeling and Analysis, 5th ed., sections 10.2.1 (paired t) and 11.2 (common
random numbers).
Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15: 657-680 (an interval within
a margin; that of 95 % asks for more than his two one-sided tests at 5 %).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sim.statistics.arrays import Flags, Floats
from sim.statistics.intervals import LEVEL, ROUNDING, Estimate, Moments, estimate

MORE, LESS, NEGLIGIBLE, SAME = "more", "less", "negligible", "no difference"
UNDETECTED, UNTOLD = "too small to detect", "cannot be told"
#: All verdicts.
VERDICTS = (MORE, LESS, NEGLIGIBLE, SAME, UNDETECTED, UNTOLD)


@dataclass(frozen=True)
class Margin:
    """The size from which a difference matters: the larger of two."""

    absolute: float = 0.0
    """In the unit of the quantity, at least 0."""
    relative: float = 0.0
    """As a share of the reference's value, at least 0."""

    def at(self, reference: float) -> float:
        """Return the size that matters beside a value of the reference; NaN counts as 0."""
        return max(self.absolute, self.relative * abs(float(np.nan_to_num(reference))))


def differences(ours: ArrayLike, theirs: ArrayLike) -> Floats:
    """Return differences within pairs, with those that are mere rounding taken as none.

    Parameters
    ----------
    ours, theirs
        Values in the same order, of shapes that fit; NaN where one does not exist.

    Returns
    -------
    float array
        `ours` less `theirs`; 0 where that is at most `ROUNDING` of the larger in size, NaN where
        either is missing.
    """
    mine, other = np.asarray(ours, float), np.asarray(theirs, float)
    found = mine - other
    size = np.maximum(np.abs(mine), np.abs(other))
    return np.where(np.abs(found) <= ROUNDING * size, 0.0, found)


@dataclass(frozen=True)
class Difference(Estimate):
    """A mean difference over pairs, with the half-width of its interval."""

    exact: bool
    """Whether it is zero in every pair."""


def difference(ours: ArrayLike, theirs: ArrayLike, level: float = LEVEL) -> Difference:
    """Return the mean difference from a base, pair by pair.

    Parameters
    ----------
    ours, theirs
        One value per replication, in the same order and from the same seed; pairs in which one is
        missing do not count, nor do replications that only one of the two has.
    level
        Share of intervals that cover the true mean difference.
    """
    mine, other = np.asarray(ours, float), np.asarray(theirs, float)
    number = min(len(mine), len(other))
    apart = differences(mine[:number], other[:number])
    found = estimate(apart, level)
    exact = found.number > 0 and not np.nan_to_num(apart).any()
    return Difference(found.mean, found.half, found.number, exact)


def verdicts(found: Moments, p_adjusted: Floats, margin: Floats, alpha: float) -> list[str]:
    """Say what differences tell; the head of the module says what each verdict means.

    Parameters
    ----------
    found
        Moments of the differences, of n comparisons.
    p_adjusted
        P values, adjusted for the number of comparisons; NaN where there is none. Shape (n,).
    margin
        Sizes that matter, at least 0, shape (n,).
    alpha
        Largest adjusted p value with which a difference is told from chance.
    """
    size = np.abs(found.mean)
    told = p_adjusted <= alpha
    within = size + found.half_width <= margin
    same: Flags = (found.number > 0) & (size == 0) & ((found.sd == 0) | (found.number == 1))
    chosen = np.select(
        [
            same,
            np.isnan(found.half_width),
            within | (told & (size <= margin)),
            told & (found.mean > 0),
            told,
        ],
        [SAME, UNTOLD, NEGLIGIBLE, MORE, LESS],
        UNDETECTED,
    )
    return [str(verdict) for verdict in chosen]
