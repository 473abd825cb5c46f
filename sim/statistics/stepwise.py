"""What many draws follow: assumptions taken up one after the other, and the answer at their ends.

Each assumption counts by the ranks of its values, so that its own scale and a few far values do not
matter. Forward selection takes up the assumption that says most about what the ones before it leave
open, as long as chance would hardly let the best of all do so: the level is shared among all that
could still be taken (Šidák). What is taken up explains part of the spread, in which smaller effects
would be lost; so a joint fit tells more than one correlation after the other.

References
----------
Iman and Conover (1979), Technometrics 21: 499-509, on regression of ranks.
Helton and Davis (2002), Risk Analysis 22: 591-622, section 6.6, on stepwise rank regression.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.statistics.arrays import Floats

#: Fewest draws from which anything is told.
FEWEST = 40
#: Chance accepted, at each step, that the assumption taken up says nothing.
ALPHA = 0.05
#: Shares of an assumption's values below its low and its high end.
ENDS = (0.05, 0.95)
#: Most assumptions taken up for each so many draws: more would fit the draws, not the answer.
_DRAWS_EACH = 10


@dataclass(frozen=True)
class Effect:
    """What is expected at the ends of one assumption, the others standing anywhere."""

    column: int
    """Which assumption."""
    swing: float
    """What is expected at its high end, less what is expected at its low end."""
    half_width: float
    """Half of the 95 % interval of the swing, from the spread that the joint fit leaves."""


@dataclass(frozen=True)
class Followed:
    """What draws follow, the largest swing first."""

    effects: tuple[Effect, ...]
    explained: float
    """Share of the variance that these explain together, less what as many would by chance."""
    draws: int
    """Draws in which the quantity exists."""


def followed(assumptions: Floats, values: Floats) -> Followed:
    """Tell which assumptions draws follow.

    Parameters
    ----------
    assumptions
        Value of each assumption in each draw, shape (draws, assumptions).
    values
        The quantity in each draw, shape (draws,); NaN where it does not exist.

    Returns
    -------
    Followed
        Nothing of fewer than `FEWEST` draws, or if all of them agree.
    """
    from scipy.stats import rankdata

    there = ~np.isnan(values)
    draws = int(there.sum())
    y = values[there] - (values[there].mean() if draws else 0.0)
    if draws < FEWEST or not y.any():
        return Followed((), 0.0, draws)
    ranks = rankdata(assumptions[there], axis=0)
    # From 0 to 1 over the draws; no column at all for what does not vary.
    place = (ranks - 0.5) / draws - 0.5
    varies = np.ptp(ranks, axis=0) > 0
    chosen = _chosen(place, np.where(varies)[0], y)
    if not chosen:
        return Followed((), 0.0, draws)
    effects, explained = _fitted(place[:, chosen], y, chosen)
    return Followed(tuple(sorted(effects, key=lambda one: -abs(one.swing))), explained, draws)


def _chosen(place: Floats, candidates: np.ndarray, y: Floats) -> list[int]:
    """Return the assumptions taken up, in that order."""
    from scipy.special import stdtr

    left, rest = place - place.mean(axis=0), y.copy()
    chosen: list[int] = []
    open_ = candidates.tolist()
    while open_ and len(chosen) < len(y) // _DRAWS_EACH:
        mine = left[:, open_]
        size = np.sqrt((mine**2).sum(axis=0) * (rest**2).sum())
        with np.errstate(divide="ignore", invalid="ignore"):
            together = (mine * rest[:, None]).sum(axis=0)
            correlation = np.abs(np.where(size > 1e-9, together / size, 0.0))
        best = int(np.argmax(correlation))
        r, freedom = min(float(correlation[best]), 1.0), len(y) - len(chosen) - 2
        t = r * np.sqrt(freedom / max(1 - r * r, 1e-12))
        alone = 2 * float(stdtr(freedom, -t))
        if 1 - (1 - alone) ** len(open_) > ALPHA:
            break
        column = open_.pop(best)
        taken = left[:, column] / np.sqrt((left[:, column] ** 2).sum())
        # What it says is taken out of the answer and of the others (Gram and Schmidt).
        rest = rest - taken * (taken * rest).sum()
        left = left - taken[:, None] * (taken[:, None] * left).sum(axis=0)
        chosen.append(column)
    return chosen


def _orthonormal(x: Floats) -> tuple[Floats, Floats]:
    """Return orthonormal columns, and the triangle that turns sums along them into slopes.

    Sums are NumPy's own (modified Gram and Schmidt), so that every processor gives the same digits.

    Returns
    -------
    directions, back : arrays, shapes (n, k) and (k, k)
        `directions = x @ back`.
    """
    directions, back = x.copy(), np.eye(x.shape[1])
    for column in range(x.shape[1]):
        length = np.sqrt((directions[:, column] ** 2).sum())
        directions[:, column] /= length
        back[:, column] /= length
        for later in range(column + 1, x.shape[1]):
            along = (directions[:, column] * directions[:, later]).sum()
            directions[:, later] -= along * directions[:, column]
            back[:, later] -= along * back[:, column]
    return directions, back


def _fitted(place: Floats, y: Floats, chosen: list[int]) -> tuple[list[Effect], float]:
    """Fit all assumptions that were taken up together."""
    from scipy.special import stdtrit

    x = place - place.mean(axis=0)
    directions, back = _orthonormal(x)
    along = (directions * y[:, None]).sum(axis=0)
    slopes = (back * along).sum(axis=1)
    freedom = len(y) - len(chosen) - 1
    left = float(((y - (directions * along).sum(axis=1)) ** 2).sum()) / freedom
    errors = np.sqrt(left * (back**2).sum(axis=1))
    reach, t = ENDS[1] - ENDS[0], float(stdtrit(freedom, 0.975))
    effects = [
        Effect(column, float(reach * slope), float(t * reach * error))
        for column, slope, error in zip(chosen, slopes, errors, strict=True)
    ]
    return effects, max(0.0, 1 - left / (float((y**2).sum()) / (len(y) - 1)))
