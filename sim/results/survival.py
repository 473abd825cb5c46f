"""How long people stay, when some of them are still inside at the horizon.

In: flat columns with one entry per spell (its duration in days and how it ended).
Out: a survival curve (Kaplan-Meier) or one cumulative incidence per competing way out
(Aalen-Johansen). Spells cut off by the horizon are censored, never dropped: dropping them
would leave out the longest stays and make every queue look shorter than it is.

Conventions shared by both estimators
    * Curves are step functions, continuous from the right: ``survival`` at t is P(T > t).
    * A spell censored at t is still at risk of ending at t, as is usual for ties.
    * With delayed entry a spell is at risk on (entry, duration]: from just after observation
      of it began. An entry of 0 means observed from the start, day 0 included.
    * If even the smallest entry is above 0, nothing is known about stays shorter than that, and
      the curve holds for people who have already stayed until ``first_time``.
    * Delayed entry can leave a break: a day that no observed spell spans, or by which all at risk
      have ended, although other spells are seen later. A product over it would mean nothing, so
      the curve stops there; ``unlinked`` counts the spells that last longer. Nothing earlier is
      lost by this, as spells that enter later say nothing about earlier days.
    * Beyond ``last_time`` a curve keeps its last value (Gill 1980). Where people were still
      inside then, that value is an upper bound of survival, not an estimate.

References
----------
Kaplan & Meier (1958), JASA 53: 457-481.
Aalen & Johansen (1978), Scand. J. Stat. 5: 141-150.
Gill (1980), Censoring and Stochastic Integrals, Mathematical Centre Tracts 124.
Klein & Moeschberger (2003), Survival Analysis, 2nd ed., Springer: sections 4.2 (curve and
Greenwood's variance), 4.5 (restricted mean), 4.6 (delayed entry), 4.7 (competing risks).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import PrisonflowError

__all__ = [
    "CENSORED",
    "BrokenRiskSet",
    "CumulativeIncidence",
    "EmptySample",
    "SurvivalCurve",
    "aalen_johansen",
    "kaplan_meier",
]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

CENSORED = -1
"""Cause of a spell that had not ended at the horizon; also pandas' code for a missing category."""

_GRID = 2.0**52  # sums of multiples of 2**-52 within [0, 1] are exact in double precision
_TIE = 1e-9  # relative rounding allowed when a curve is compared with a share


class EmptySample(PrisonflowError):
    """There is no spell to estimate anything from."""


class BrokenRiskSet(PrisonflowError):
    """Delayed entry leaves no stretch of days at all over which a curve could be drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalCurve:
    """Share still inside after a number of days, with its uncertainty.

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
    variance : float array, shape (m,)
        Greenwood's variance of `survival`; 0 where survival is 0 or 1, which means that the
        formula has nothing to say there, not that the value is certain.
    first_time : float
        Days from which anyone was observed; above 0 only with delayed entry, and then all
        results are given a stay of at least this long.
    unlinked : int
        Spells that last beyond `last_time`, across a break of the risk set; 0 unless entry is
        delayed, and always 0 where survival reaches 0.
    """

    time: Floats
    survival: Floats
    at_risk: Integers
    events: Integers
    variance: Floats
    first_time: float
    unlinked: int

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
        reached = self.survival <= (1.0 - q) * (1.0 + _TIE)
        return float(self.time[np.argmax(reached)]) if reached.any() else math.inf

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
        widths, heights = self._steps_until(limit)
        return float(np.dot(widths, heights))

    def restricted_mean_variance(self, limit: float) -> float:
        """Variance of the estimate `restricted_mean`, not of the durations.

        Parameters
        ----------
        limit : float
            Days, as for `restricted_mean`.

        Returns
        -------
        float
            Square days. Klein & Moeschberger (2003), section 4.5: the sum over t_i < limit of
            A_i^2 d_i / (n_i (n_i - d_i)), with A_i the area under the curve from t_i to `limit`,
            d_i the spells that end and n_i those at risk.

        Raises
        ------
        ValueError
            As for `restricted_mean`.
        """
        widths, heights = self._steps_until(limit)
        area_after = np.cumsum((widths * heights)[:0:-1])[::-1]
        terms = _greenwood_terms(self.at_risk, self.events)[: area_after.size]
        return float(np.dot(area_after**2, terms))

    def _steps_until(self, limit: float) -> tuple[Floats, Floats]:
        """Widths and heights of the curve's steps from day 0 to `limit`."""
        if not limit >= 0.0:  # catches NaN as well
            raise ValueError(f"limit must be a number of days of at least 0, got {limit!r}")
        if limit > self.last_time and self.survival[-1] > 0.0:
            raise ValueError(
                f"limit is {limit} days, but the curve ends at {self.last_time} days with "
                f"{self.survival[-1]:.1%} still inside: choose a limit of at most last_time"
            )
        within = self.time[self.time < limit]
        edges = np.concatenate(([0.0], within, [min(limit, self.last_time)]))
        heights = np.concatenate(([1.0], self.survival[: within.size]))
        return np.diff(edges), heights


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
    first_time : float
    unlinked : int
        As in `SurvivalCurve`.
    """

    time: Floats
    causes: tuple[int, ...]
    incidence: Floats
    survival: Floats
    at_risk: Integers
    events: Integers
    first_time: float
    unlinked: int

    @property
    def last_time(self) -> float:
        """Days at which the curve ends."""
        return float(self.time[-1])

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


def kaplan_meier(
    duration: ArrayLike, ended: ArrayLike, entry: ArrayLike | None = None
) -> SurvivalCurve:
    """Estimate how long people stay from spells of which some have not ended.

    Parameters
    ----------
    duration : array-like of float, shape (n,)
        Days from the start of each spell to its end or to the horizon; finite, at least 0.
    ended : array-like of bool, shape (n,)
        True if the spell ended, False if the person was still inside (censored).
    entry : array-like of float, shape (n,), optional
        Days each spell had already lasted when observation of it began (left truncation);
        0 for spells seen from their start. Below `duration` wherever it is above 0.

    Returns
    -------
    SurvivalCurve
        S(t) = prod over t_i <= t of (1 - d_i / n_i), Kaplan & Meier (1958); its variance is
        Greenwood's, S(t)^2 * sum of d_i / (n_i (n_i - d_i)).

    Raises
    ------
    EmptySample
        If there are no spells.
    BrokenRiskSet
        If delayed entry leaves all at risk at the first end ending then, although other
        spells are seen later: there is no curve, not even a short one.
    ValueError
        If an input is not one-dimensional, of another length, of another kind, missing,
        infinite or negative.
    """
    days = _days("duration", duration)
    table = _risk_table(days, _flags(ended, days.size)[:, np.newaxis], entry)
    events = table.events[:, 0]
    survival = _product_limit(table.at_risk, events)
    variance = survival**2 * np.cumsum(_greenwood_terms(table.at_risk, events))
    _freeze(table.time, survival, table.at_risk, events, variance)
    return SurvivalCurve(
        time=table.time,
        survival=survival,
        at_risk=table.at_risk,
        events=events,
        variance=variance,
        first_time=table.first_time,
        unlinked=table.unlinked,
    )


def aalen_johansen(
    duration: ArrayLike,
    cause: ArrayLike,
    causes: Sequence[int],
    entry: ArrayLike | None = None,
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
    entry : array-like of float, shape (n,), optional
        As in `kaplan_meier`.

    Returns
    -------
    CumulativeIncidence
        F_k(t) = sum over t_i <= t of S(t_i-) d_ik / n_i, Aalen & Johansen (1978). Different
        causes at the same time share its fall in survival; nothing is jittered.

    Raises
    ------
    EmptySample, BrokenRiskSet
        As in `kaplan_meier`.
    ValueError
        As in `kaplan_meier`, and if `causes` is empty, repeats a code or holds `CENSORED`, or
        if `cause` holds a code that `causes` does not list.
    """
    days = _days("duration", duration)
    table = _risk_table(days, _by_cause(cause, causes, days.size), entry)
    ended = table.events.sum(axis=1)
    survival = np.round(_product_limit(table.at_risk, ended) * _GRID) / _GRID
    fall = np.diff(1.0 - survival, prepend=0.0)
    up_to_cause = np.cumsum(table.events, axis=1) / np.maximum(ended, 1)[:, np.newaxis]
    parts = np.round(fall[:, np.newaxis] * up_to_cause * _GRID) / _GRID
    incidence = np.cumsum(np.diff(parts, axis=1, prepend=0.0), axis=0)
    _freeze(table.time, incidence, survival, table.at_risk, table.events)
    return CumulativeIncidence(
        time=table.time,
        causes=tuple(int(code) for code in causes),
        incidence=incidence,
        survival=survival,
        at_risk=table.at_risk,
        events=table.events,
        first_time=table.first_time,
        unlinked=table.unlinked,
    )


class _RiskTable(NamedTuple):
    """Who was at risk and what happened, at each distinct time until the curve ends."""

    time: Floats
    at_risk: Integers
    events: Integers  # shape (m, number of causes)
    first_time: float
    unlinked: int


def _risk_table(duration: Floats, ended: Booleans, entry: ArrayLike | None) -> _RiskTable:
    """Count, at each distinct time, the spells at risk and the ends by cause."""
    order = np.argsort(duration)
    ordered = duration[order]
    first = np.flatnonzero(np.diff(ordered, prepend=-1.0))  # first spell at each distinct time
    time = ordered[first]
    events = np.add.reduceat(ended[order], first, axis=0, dtype=np.int64)
    if entry is None:
        return _RiskTable(time, duration.size - first, events, 0.0, 0)
    entries = _entries(entry, duration)
    starts = np.sort(np.where(entries > 0.0, entries, -1.0))  # entry 0 is at risk on day 0 too
    at_risk = np.searchsorted(starts, time, side="left") - first
    gone = np.append(first[1:], duration.size)
    inside_after = np.searchsorted(starts, time, side="right") - gone
    rows = _rows_before_break(time, at_risk - events.sum(axis=1), inside_after)
    return _RiskTable(
        time=time[:rows],
        at_risk=at_risk[:rows],
        events=events[:rows],
        first_time=float(entries.min()),
        unlinked=int(duration.size - gone[rows - 1]),
    )


def _rows_before_break(time: Floats, not_ended: Integers, inside_after: Integers) -> int:
    """Count the times until nobody links the curve to those observed later.

    A time at which all at risk end is left out, as survival would be 0 while others are known to
    stay longer; one after which merely nobody is observed for a while still counts.
    """
    breaks = np.flatnonzero((not_ended[:-1] == 0) | (inside_after[:-1] == 0))
    if breaks.size == 0:
        return time.size
    rows = int(breaks[0]) + int(not_ended[breaks[0]] > 0)
    if rows == 0:
        raise BrokenRiskSet(
            f"all spells at risk on day {time[0]} ended on that day, while others are observed "
            "later: there is no curve to draw. Pool more spells, or give only those that last "
            "longer, for a curve from their first entry on"
        )
    return rows


def _product_limit(at_risk: Integers, events: Integers) -> Floats:
    return np.cumprod((at_risk - events) / at_risk, dtype=np.float64)


def _greenwood_terms(at_risk: Integers, events: Integers) -> Floats:
    """Terms d / (n (n - d)); 0 where all at risk ended, as survival, their factor, is 0 then."""
    left = (at_risk - events).astype(np.float64)
    return np.divide(events, at_risk * left, out=np.zeros(left.size), where=left > 0.0)


def _step(time: Floats, values: Floats, before: float, t: ArrayLike) -> Floats:
    """Value at `t` of the right-continuous step function that is `before` until time[0]."""
    wanted = np.asarray(t, dtype=np.float64)
    if np.isnan(wanted).any():
        raise ValueError("times must be numbers of days, found NaN")
    start = np.full((1, *values.shape[1:]), before)
    rows = np.searchsorted(time, wanted, side="right")
    return np.asarray(np.concatenate((start, values))[rows])


def _days(name: str, values: ArrayLike, size: int | None = None) -> Floats:
    """`values` as a checked column of days."""
    raw = _column(name, values, size, kinds="iuf", expected="numbers of days")
    days = raw.astype(np.float64)
    wrong = ~(np.isfinite(days) & (days >= 0.0))
    if wrong.any():
        at = int(np.argmax(wrong))
        raise ValueError(f"{name}[{at}] is {days[at]}, expected finite days of at least 0")
    return days


def _entries(entry: ArrayLike, duration: Floats) -> Floats:
    entries = _days("entry", entry, duration.size)
    unseen = (entries > 0.0) & (entries >= duration)
    if unseen.any():
        at = int(np.argmax(unseen))
        raise ValueError(
            f"entry[{at}] is {entries[at]} and duration[{at}] is {duration[at]}: a spell must end "
            "after its observation began; leave out spells never observed"
        )
    return entries


def _flags(ended: ArrayLike, size: int) -> Booleans:
    return _column("ended", ended, size, kinds="b", expected="booleans").astype(np.bool_)


def _by_cause(cause: ArrayLike, causes: Sequence[int], size: int) -> Booleans:
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
