"""How long people stay, when some of them are still inside at the horizon.

In: flat columns with one entry per spell (its duration in days and how it ended).
Out: a survival curve (Kaplan-Meier) or one cumulative incidence per competing way out
(Aalen-Johansen). Spells cut off by the horizon are censored, never dropped: dropping them
would leave out the longest stays and make every queue look shorter than it is.

Conventions shared by both estimators
    * Curves are step functions, continuous from the right: ``survival`` at t is P(T > t).
    * A spell censored at t is still at risk of ending at t, as is usual for ties.
    * Every spell is seen from its start.
    * Beyond ``last_time`` a curve keeps its last value (Gill 1980). Where people were still
      inside then, that value is an upper bound of survival, not an estimate.

References
----------
Kaplan & Meier (1958), JASA 53: 457-481.
Aalen & Johansen (1978), Scand. J. Stat. 5: 141-150.
Gill (1980), Censoring and Stochastic Integrals, Mathematical Centre Tracts 124.
Klein & Moeschberger (2003), Survival Analysis, 2nd ed., Springer: sections 4.2 (curve), 4.5
(restricted mean), 4.7 (competing risks).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import PrisonflowError
from sim.statistics.arrays import Flags, Floats, Integers

__all__ = [
    "CENSORED",
    "CumulativeIncidence",
    "EmptySample",
    "SurvivalCurve",
    "aalen_johansen",
    "area_under",
    "first_time_at",
    "kaplan_meier",
]

CENSORED = -1
"""Cause of a spell that had not ended at the horizon; also pandas' code for a missing category."""

_GRID = 2.0**52  # sums of multiples of 2**-52 within [0, 1] are exact in double precision
_TIE = 1e-9  # relative rounding allowed when a curve is compared with a share


class EmptySample(PrisonflowError):
    """There is no spell to estimate anything from."""


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalCurve:
    """Share still inside after a number of days.

    Attributes
    ----------
    time : float array, shape (m,)
        Days at which a spell ended or was censored, strictly increasing.
    survival : float array, shape (m,)
        Share still inside just after each time; 1 before the first.
    at_risk : int array, shape (m,)
        Spells under observation just before each time.
    events : int array, shape (m,)
        Spells that ended at each time; censored ones are not counted.
    """

    time: Floats
    survival: Floats
    at_risk: Integers
    events: Integers

    @property
    def last_time(self) -> float:
        """Days at which the curve ends; no restricted mean beyond, unless all have ended."""
        return float(self.time[-1])

    @property
    def median(self) -> float:
        """Days after which half have ended, or `math.inf` if the curve ends before that."""
        return self.quantile(0.5)

    def at(self, t: ArrayLike) -> Floats:
        """Share still inside after `t` days, P(T > t).

        Parameters
        ----------
        t : array-like of float, any shape
            Days. Beyond `last_time` the last share is kept.

        Returns
        -------
        float array, shape of `t` (a 0-d array for a number).

        Raises
        ------
        ValueError
            If a time is missing (NaN).
        """
        return _step(self.time, self.survival, 1.0, t)

    def quantile(self, q: float) -> float:
        """First time at which a share `q` has ended: the smallest t with survival <= 1 - q.

        Parameters
        ----------
        q : float
            Share that has ended, 0 < q <= 1.

        Returns
        -------
        float
            Days, or `math.inf` if that share was not reached while the curve lasts: the answer
            is then "longer than `last_time`". Never NaN.

        Raises
        ------
        ValueError
            If `q` is not a share above 0.
        """
        if not 0.0 < q <= 1.0:
            raise ValueError(f"q must be a share with 0 < q <= 1, got {q!r}")
        return first_time_at(self.time, self.survival, q)

    def restricted_mean(self, limit: float) -> float:
        """Mean of min(duration, `limit`): the area under the curve from 0 to `limit`.

        Parameters
        ----------
        limit : float
            Days, at least 0. At most `last_time`, unless survival has fallen to 0: the rest of
            the area is then known to be 0 and any limit is allowed, also `math.inf`.

        Returns
        -------
        float
            Days. Klein & Moeschberger (2003), section 4.5.

        Raises
        ------
        ValueError
            If `limit` is negative or NaN, or lies where the curve has ended with people inside.
        """
        if not limit >= 0.0:  # catches NaN as well
            raise ValueError(f"limit must be a number of days of at least 0, got {limit!r}")
        if limit > self.last_time and self.survival[-1] > 0.0:
            raise ValueError(
                f"limit is {limit} days, but the curve ends at {self.last_time} days with "
                f"{self.survival[-1]:.1%} still inside: choose a limit of at most last_time"
            )
        return area_under(self.time, self.survival, min(limit, self.last_time))


@dataclass(frozen=True, slots=True, eq=False)
class CumulativeIncidence:
    """Share that has left by each competing way out after a number of days.

    At every time the incidences of all causes and `survival` sum to exactly 1: they are whole
    multiples of 2**-52, so that no order of adding them rounds.

    Attributes
    ----------
    time : float array, shape (m,)
        Days at which a spell ended or was censored, strictly increasing.
    causes : tuple of int, length k
        Codes of the ways out, in the order of the columns.
    incidence : float array, shape (m, k)
        Share that has ended by each cause up to and including each time.
    survival : float array, shape (m,)
        Share still inside: the Kaplan-Meier curve for any cause.
    at_risk : int array, shape (m,)
        Spells under observation just before each time.
    events : int array, shape (m, k)
        Spells that ended by each cause at each time.
    """

    time: Floats
    causes: tuple[int, ...]
    incidence: Floats
    survival: Floats
    at_risk: Integers
    events: Integers

    @property
    def last_time(self) -> float:
        """Days at which the curve ends."""
        return float(self.time[-1])

    @property
    def followed(self) -> float:
        """Days up to which shares are known: `last_time`, or infinite once everyone has left."""
        return math.inf if self.survival[-1] == 0.0 else self.last_time

    def quantile(self, cause: int, q: float) -> float:
        """First time at which a share `q` of all has ended by one cause.

        Parameters
        ----------
        cause : int
            One of `causes`.
        q : float
            Share of all spells, those that end otherwise included, 0 < q <= 1.

        Returns
        -------
        float
            Days; `math.inf` if fewer end by that cause, or the curve ends before.

        Raises
        ------
        ValueError
            If `q` is not a share above 0, or there is no such cause.
        """
        if not 0.0 < q <= 1.0:
            raise ValueError(f"q must be a share with 0 < q <= 1, got {q!r}")
        if cause not in self.causes:
            raise ValueError(f"there is no cause {cause!r}; there are: {list(self.causes)}")
        reached = self.incidence[:, self.causes.index(cause)] >= q * (1.0 - _TIE)
        return float(self.time[np.argmax(reached)]) if reached.any() else math.inf

    def at(self, times: ArrayLike) -> Floats:
        """Share that has ended by each cause after `times` days.

        Parameters
        ----------
        times : array-like of float, shape (n,), or a number
            Days. Beyond `last_time` the last shares are kept.

        Returns
        -------
        float array, shape (n, k), columns in the order of `causes`; n = 1 for a number.

        Raises
        ------
        ValueError
            If a time is missing (NaN).
        """
        return _step(self.time, self.incidence, 0.0, np.atleast_1d(times))

    def survival_at(self, times: ArrayLike) -> Floats:
        """Share still inside after `times` days, shape (n,): 1 minus the row sums of `at`."""
        return _step(self.time, self.survival, 1.0, np.atleast_1d(times))


def kaplan_meier(duration: ArrayLike, ended: ArrayLike) -> SurvivalCurve:
    """Estimate how long people stay from spells of which some have not ended.

    Parameters
    ----------
    duration : array-like of float, shape (n,)
        Days from the start of each spell to its end or to the horizon; finite, at least 0.
    ended : array-like of bool, shape (n,)
        True if the spell ended, False if the person was still inside (censored).

    Returns
    -------
    SurvivalCurve
        S(t) = prod over t_i <= t of (1 - d_i / n_i), Kaplan & Meier (1958).

    Raises
    ------
    EmptySample
        If there are no spells.
    ValueError
        If an input is not one-dimensional, of another length, of another kind, missing,
        infinite or negative.
    """
    days = _days("duration", duration)
    table = _risk_table(days, _flags(ended, days.size)[:, np.newaxis])
    events = table.events[:, 0]
    survival = _product_limit(table.at_risk, events)
    _freeze(table.time, survival, table.at_risk, events)
    return SurvivalCurve(
        time=table.time,
        survival=survival,
        at_risk=table.at_risk,
        events=events,
    )


def aalen_johansen(
    duration: ArrayLike, cause: ArrayLike, causes: Sequence[int]
) -> CumulativeIncidence:
    """Estimate what share leaves by each of several competing ways, and when.

    Parameters
    ----------
    duration : array-like of float, shape (n,)
        Days from the start of each spell to its end or to the horizon; finite, at least 0.
    cause : array-like of int, shape (n,)
        How each spell ended: one of `causes`, or `CENSORED` (-1) if it had not.
    causes : sequence of int, length k
        All ways out, each once; one that nobody took gives a column of zeros.

    Returns
    -------
    CumulativeIncidence
        F_k(t) = sum over t_i <= t of S(t_i-) d_ik / n_i, Aalen & Johansen (1978). Different
        causes at the same time share its fall in survival; nothing is jittered.

    Raises
    ------
    EmptySample
        As in `kaplan_meier`.
    ValueError
        As in `kaplan_meier`, and if `causes` is empty, repeats a code or holds `CENSORED`, or
        if `cause` holds a code that `causes` does not list.
    """
    days = _days("duration", duration)
    table = _risk_table(days, _by_cause(cause, causes, days.size))
    ended = table.events.sum(axis=1)
    survival = np.round(_product_limit(table.at_risk, ended) * _GRID) / _GRID
    fall = _increments(1.0 - survival)
    up_to_cause = np.cumsum(table.events, axis=1) / np.maximum(ended, 1)[:, np.newaxis]
    parts = np.round(fall[:, np.newaxis] * up_to_cause * _GRID) / _GRID
    incidence = np.cumsum(_increments(parts.T).T, axis=0)
    _freeze(table.time, incidence, survival, table.at_risk, table.events)
    return CumulativeIncidence(
        time=table.time,
        causes=tuple(int(code) for code in causes),
        incidence=incidence,
        survival=survival,
        at_risk=table.at_risk,
        events=table.events,
    )


def area_under(time: Floats, survival: Floats, limit: float) -> float:
    """Return the area under a survival curve from 0 to a limit, in days."""
    within = int(np.searchsorted(time, limit))
    edges, heights = np.empty(within + 2), np.empty(within + 1)
    edges[0], edges[1:-1], edges[-1] = 0.0, time[:within], limit
    heights[0], heights[1:] = 1.0, survival[:within]
    areas = (edges[1:] - edges[:-1]) * heights
    return math.fsum(areas.tolist())  # rounded once: the same on every processor


def first_time_at(time: Floats, survival: Floats, q: float) -> float:
    """Return the first time at which a share `q` has ended, infinite if that is not reached."""
    reached = survival <= (1.0 - q) * (1.0 + _TIE)
    return float(time[reached.argmax()]) if reached.any() else math.inf


class _RiskTable(NamedTuple):
    """Who was at risk and what happened, at each distinct time."""

    time: Floats
    at_risk: Integers
    events: Integers  # shape (m, number of causes)


def _risk_table(duration: Floats, ended: Flags) -> _RiskTable:
    """Count, at each distinct time, the spells at risk and the ends by cause."""
    order = np.argsort(duration)
    ordered = duration[order]
    new = np.ones(duration.size, bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    first = np.flatnonzero(new)  # first spell at each distinct time
    time = ordered[first]
    events = np.add.reduceat(ended[order], first, axis=0, dtype=np.int64)
    return _RiskTable(time, duration.size - first, events)


def _product_limit(at_risk: Integers, events: Integers) -> Floats:
    return np.cumprod((at_risk - events) / at_risk, dtype=np.float64)


def _increments(values: Floats) -> Floats:
    """By how much each row is above the one before it, the first above nothing."""
    rises = values.copy()
    rises[1:] -= values[:-1]
    return rises


def _step(time: Floats, values: Floats, before: float, t: ArrayLike) -> Floats:
    """Value at `t` of the right-continuous step function that is `before` until time[0]."""
    wanted = np.asarray(t, dtype=np.float64)
    if np.isnan(wanted).any():
        raise ValueError("times must be numbers of days, found NaN")
    start = np.full((1, *values.shape[1:]), before)
    rows = np.searchsorted(time, wanted, side="right")
    return np.asarray(np.concatenate((start, values))[rows])


def _days(name: str, values: ArrayLike) -> Floats:
    """`values` as a checked column of days."""
    raw = _column(name, values, None, kinds="iuf", expected="numbers of days")
    days = raw.astype(np.float64)
    wrong = ~(np.isfinite(days) & (days >= 0.0))
    if wrong.any():
        at = int(np.argmax(wrong))
        raise ValueError(f"{name}[{at}] is {days[at]}, expected finite days of at least 0")
    return days


def _flags(ended: ArrayLike, size: int) -> Flags:
    return _column("ended", ended, size, kinds="b", expected="booleans").astype(np.bool_)


def _by_cause(cause: ArrayLike, causes: Sequence[int], size: int) -> Flags:
    """One column of flags per cause."""
    if len(causes) == 0 or len(set(causes)) < len(causes) or CENSORED in causes:
        raise ValueError(
            f"causes must be one or more different codes other than CENSORED ({CENSORED}), "
            f"got {list(causes)}"
        )
    codes = _column("causes", causes, None, kinds="iu", expected="integer codes")
    found = _column("cause", cause, size, kinds="iu", expected="integer codes")
    flags = np.asarray(found[:, np.newaxis] == codes)
    unknown = ~flags.any(axis=1) & (found != CENSORED)
    if unknown.any():
        at = int(np.argmax(unknown))
        raise ValueError(
            f"cause[{at}] is {found[at]}, expected one of {list(causes)} or CENSORED ({CENSORED})"
        )
    return flags


def _column(
    name: str, values: ArrayLike, size: int | None, kinds: str, expected: str
) -> NDArray[np.generic]:
    """`values` as a non-empty one-dimensional array of one of the numpy `kinds`."""
    column = np.asarray(values)
    if column.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, got shape {column.shape}")
    if size is not None and column.size != size:
        raise ValueError(f"{name} has {column.size} values, duration has {size}")
    if column.size == 0:
        raise EmptySample(f"{name} is empty: nothing to estimate from")
    if column.dtype.kind not in kinds:
        raise ValueError(f"{name} must hold {expected}, got dtype {column.dtype}")
    return column


def _freeze(*arrays: NDArray[np.generic]) -> None:
    for array in arrays:
        array.setflags(write=False)
