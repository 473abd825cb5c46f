"""Survival estimates: against hand calculation, lifelines, exact theory and their own laws."""

import math
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.statistics import survival
from sim.statistics.survival import (
    CENSORED,
    CumulativeIncidence,
    EmptySample,
    SurvivalCurve,
    aalen_johansen,
    kaplan_meier,
)

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")

Floats = NDArray[np.float64]
STANDARD_ERRORS = 4.0  # a right estimate misses this by chance about once in 16,000 comparisons


@pytest.fixture(scope="module")
def lifelines() -> Any:
    return pytest.importorskip("lifelines")


def censored_sample(
    n: int, seed: int, causes: int = 2
) -> tuple[Floats, NDArray[np.int64], NDArray[np.bool_]]:
    """Gamma stays cut off at uniform horizons: duration, cause (CENSORED if cut), ended."""
    rng = np.random.default_rng(seed)
    stay, horizon = rng.gamma(2.0, 60.0, n), rng.uniform(0.0, 400.0, n)
    ended = stay <= horizon
    cause = np.where(ended, rng.integers(1, causes + 1, n), CENSORED)
    return np.minimum(stay, horizon), cause, ended


# ---------------------------------------------------------------- by hand


@pytest.fixture
def by_hand() -> SurvivalCurve:
    """Six spells with ties: at day 3 one ends and one is censored, at day 5 two end."""
    return kaplan_meier([2, 3, 3, 5, 5, 8], [True, True, False, True, True, False])


def test_curve_by_hand(by_hand: SurvivalCurve) -> None:
    assert by_hand.time.tolist() == [2, 3, 5, 8]
    assert by_hand.at_risk.tolist() == [6, 5, 3, 1]
    assert by_hand.events.tolist() == [1, 1, 2, 0]
    np.testing.assert_allclose(by_hand.survival, [5 / 6, 2 / 3, 2 / 9, 2 / 9], rtol=1e-15)
    assert by_hand.last_time == 8.0


def test_curve_is_continuous_from_the_right_and_kept_beyond_its_end(by_hand: SurvivalCurve) -> None:
    times = np.array([[-1.0, 0.0, 1.999], [2.0, 5.0, 100.0]])
    expected = np.array([[1.0, 1.0, 1.0], [5 / 6, 2 / 9, 2 / 9]])
    np.testing.assert_allclose(by_hand.at(times), expected, rtol=1e-15)
    assert by_hand.at(3).shape == ()
    assert by_hand.at([]).shape == (0,)


@pytest.mark.parametrize(
    ("q", "days"),
    [(0.01, 2), (1 / 6, 2), (0.17, 3), (1 / 3, 3), (0.5, 5), (7 / 9, 5), (0.78, math.inf)],
)
def test_quantile_by_hand(by_hand: SurvivalCurve, q: float, days: float) -> None:
    assert by_hand.quantile(q) == days


def test_quantile_of_all_is_the_last_end_or_never(by_hand: SurvivalCurve) -> None:
    assert by_hand.quantile(1.0) == math.inf
    assert kaplan_meier([1.0, 7.0], [True, True]).quantile(1.0) == 7.0


def test_restricted_mean_by_hand(by_hand: SurvivalCurve) -> None:
    assert by_hand.restricted_mean(6) == pytest.approx(79 / 18, rel=1e-14)


def test_restricted_mean_does_not_depend_on_the_order_of_adding() -> None:
    """An area is a sum rounded once: the same on every kind of processor."""
    curve = kaplan_meier(np.random.default_rng(3).gamma(2.0, 60.0, 999), np.ones(999, bool))
    widths = np.diff(np.concatenate(([0.0], curve.time)))
    exact = sum(
        Fraction(float(width * height))
        for width, height in zip(widths, np.concatenate(([1.0], curve.survival)), strict=False)
    )
    assert curve.restricted_mean(math.inf) == float(exact)


@pytest.mark.parametrize(("limit", "area"), [(0, 0.0), (1, 1.0), (2, 2.0), (8, 79 / 18 + 4 / 9)])
def test_restricted_mean_at_the_edges(by_hand: SurvivalCurve, limit: float, area: float) -> None:
    assert by_hand.restricted_mean(limit) == pytest.approx(area, rel=1e-14)


def test_competing_causes_by_hand_with_ties() -> None:
    duration, cause = [1, 2, 2, 2, 4, 4], [1, 1, 2, CENSORED, 2, 1]
    result = aalen_johansen(duration, cause, [2, 1, 7])
    assert result.causes == (2, 1, 7)
    assert result.time.tolist() == [1, 2, 4]
    assert result.at_risk.tolist() == [6, 5, 2]
    assert result.events.tolist() == [[0, 1, 0], [1, 1, 0], [1, 1, 0]]
    expected = [[0, 1 / 6, 0], [1 / 6, 1 / 3, 0], [5 / 12, 7 / 12, 0]]
    np.testing.assert_allclose(result.incidence, expected, rtol=0, atol=1e-15)
    np.testing.assert_allclose(result.survival, [5 / 6, 1 / 2, 0], rtol=0, atol=1e-15)
    np.testing.assert_allclose(result.at([0, 2, 3.9, 9])[:, 1], [0, 1 / 3, 1 / 3, 7 / 12])
    np.testing.assert_allclose(result.survival_at([0, 2, 3.9, 9]), [1, 1 / 2, 1 / 2, 0])
    assert result.at(2).shape == (1, 3)
    assert result.last_time == 4.0


def test_nobody_ended() -> None:
    curve = kaplan_meier([3.0, 4.0], [False, False])
    assert curve.survival.tolist() == [1.0, 1.0]
    assert curve.median == math.inf
    assert curve.restricted_mean(4.0) == 4.0


def test_all_ended_at_once() -> None:
    curve = kaplan_meier([0.0, 0.0], [True, True])
    assert curve.median == 0.0
    assert curve.restricted_mean(10.0) == 0.0


def test_limit_may_pass_the_last_time_only_if_all_have_ended(by_hand: SurvivalCurve) -> None:
    ended = kaplan_meier([1.0, 3.0], [True, True])
    assert ended.restricted_mean(50.0) == ended.restricted_mean(math.inf) == 2.0
    with pytest.raises(ValueError, match=r"the curve ends at 8\.0 days with 22\.2% still inside"):
        by_hand.restricted_mean(8.001)


# ---------------------------------------------------------------- against lifelines


@pytest.mark.parametrize("decimals", [12, 0], ids=["no ties", "whole days"])
def test_curve_equals_lifelines(lifelines: Any, decimals: int) -> None:
    duration, _, ended = censored_sample(800, seed=4)
    duration = duration.round(decimals)
    curve = kaplan_meier(duration, ended)
    theirs = lifelines.KaplanMeierFitter().fit(duration, ended)
    np.testing.assert_allclose(
        curve.survival, theirs.survival_function_at_times(curve.time), rtol=1e-10, atol=1e-13
    )
    assert curve.events.tolist() == theirs.event_table.loc[curve.time, "observed"].tolist()
    assert curve.median == theirs.median_survival_time_


def test_restricted_mean_equals_lifelines(lifelines: Any) -> None:
    duration, _, ended = censored_sample(500, seed=6)
    theirs = lifelines.KaplanMeierFitter().fit(duration, ended)
    curve = kaplan_meier(duration, ended)
    for limit in (10.0, 100.0, 300.0, curve.last_time):
        expected = lifelines.utils.restricted_mean_survival_time(theirs, t=limit)
        assert curve.restricted_mean(limit) == pytest.approx(expected, rel=1e-10)


def test_incidence_equals_lifelines(lifelines: Any) -> None:
    duration, cause, _ = censored_sample(600, seed=8, causes=3)
    result = aalen_johansen(duration, cause, [1, 2, 3])
    for column, code in enumerate(result.causes):
        theirs = lifelines.AalenJohansenFitter(calculate_variance=False).fit(
            duration, np.maximum(cause, 0), code
        )
        expected = theirs.cumulative_density_.loc[result.time].to_numpy()[:, 0]
        np.testing.assert_allclose(result.incidence[:, column], expected, rtol=1e-9, atol=1e-13)


# ---------------------------------------------------------------- against exact theory


def test_censored_exponential_within_its_standard_error() -> None:
    """Errors beside their spread over 200 samples of the same size."""
    rng = np.random.default_rng(11)
    days = np.array([5.0, 50.0, 100.0, 300.0])
    shares, areas = np.empty((200, 4)), np.empty((200, 4))
    for row in range(200):
        stay, horizon = rng.exponential(100.0, 2_000), rng.uniform(0.0, 500.0, 2_000)
        curve = kaplan_meier(np.minimum(stay, horizon), stay <= horizon)
        shares[row] = curve.at(days)
        areas[row] = [curve.restricted_mean(day) for day in days]
    for found, exact in (
        (shares, np.exp(-days / 100.0)),
        (areas, 100.0 * -np.expm1(-days / 100.0)),
    ):
        error = found.std(axis=0, ddof=1) / math.sqrt(len(found))
        assert (np.abs(found.mean(axis=0) - exact) < STANDARD_ERRORS * error).all()


RATES = np.array([0.01, 0.004, 0.001])  # per day
TIMES = np.array([5.0, 40.0, 100.0, 200.0])


def exact_incidence() -> Floats:
    """Competing exponentials: l_k / l (1 - exp(-l t)), with l the sum of all rates."""
    total = RATES.sum()
    return np.asarray(np.outer(-np.expm1(-total * TIMES), RATES / total))


def competing_exponentials(rng: np.random.Generator, n: int) -> tuple[Floats, NDArray[np.intp]]:
    latent = rng.exponential(1.0 / RATES, (n, RATES.size))
    return latent.min(axis=1), latent.argmin(axis=1)


def test_competing_exponentials_all_seen_to_end() -> None:
    """Without censoring the incidence is a binomial share, of known standard error."""
    n = 100_000
    duration, cause = competing_exponentials(np.random.default_rng(14), n)
    result = aalen_johansen(duration, cause, [0, 1, 2])
    exact = exact_incidence()
    standard_error = np.sqrt(exact * (1.0 - exact) / n)
    assert (np.abs(result.at(TIMES) - exact) < STANDARD_ERRORS * standard_error).all()


def test_competing_exponentials_under_censoring() -> None:
    """Unbiased over replications; dropping the censored, as a check, is not."""
    replications, n = 300, 400
    rng = np.random.default_rng(15)
    estimates = np.empty((replications, TIMES.size, RATES.size))
    dropped = np.empty_like(estimates)
    for r in range(replications):
        stay, way = competing_exponentials(rng, n)
        horizon = rng.uniform(0.0, 400.0, n)
        seen = stay <= horizon
        cause = np.where(seen, way, CENSORED)
        estimates[r] = aalen_johansen(np.minimum(stay, horizon), cause, [0, 1, 2]).at(TIMES)
        dropped[r] = aalen_johansen(stay[seen], way[seen], [0, 1, 2]).at(TIMES)
    standard_error = estimates.std(axis=0, ddof=1) / math.sqrt(replications)
    errors = np.abs(estimates.mean(axis=0) - exact_incidence()) / standard_error
    assert errors.max() < STANDARD_ERRORS
    bias = np.abs(dropped.mean(axis=0) - exact_incidence()) / standard_error
    assert bias.max() > 10


# ---------------------------------------------------------------- laws

DAYS = st.one_of(st.integers(0, 12).map(float), st.floats(0.0, 5000.0))  # the first kind ties
SPELLS = st.lists(st.tuples(DAYS, st.integers(CENSORED, 2)), min_size=1, max_size=60)
Spells = list[tuple[float, int]]


def columns(spells: Spells) -> tuple[Floats, NDArray[np.int64]]:
    return np.array([days for days, _ in spells]), np.array([cause for _, cause in spells])


def definition(spells: Spells) -> list[Fraction]:
    """Kaplan-Meier in exact fractions, at each distinct time."""
    share, shares = Fraction(1), []
    for t in sorted({days for days, _ in spells}):
        at_risk = sum(t <= days for days, _ in spells)
        ended = sum(days == t and cause != CENSORED for days, cause in spells)
        share *= 1 - Fraction(ended, at_risk)
        shares.append(share)
    return shares


@settings(deadline=None)
@given(SPELLS)
def test_curve_follows_the_definition(spells: Spells) -> None:
    duration, cause = columns(spells)
    curve = kaplan_meier(duration, cause != CENSORED)
    assert curve.time.tolist() == sorted(set(duration.tolist()))
    exact = [float(share) for share in definition(spells)]
    np.testing.assert_allclose(curve.survival, exact, rtol=1e-13, atol=0)


@settings(deadline=None)
@given(SPELLS)
def test_curve_falls_from_one_and_stays_a_share(spells: Spells) -> None:
    duration, cause = columns(spells)
    curve = kaplan_meier(duration, cause != CENSORED)
    assert (np.diff(curve.time) > 0).all()
    assert (np.diff(curve.survival, prepend=1.0) <= 0).all()
    assert ((curve.survival >= 0) & (curve.survival <= 1)).all()
    quantiles = [curve.quantile(q) for q in (0.1, 0.5, 0.9, 1.0)]
    assert quantiles == sorted(quantiles)
    assert not any(math.isnan(days) for days in quantiles)


@settings(deadline=None)
@given(SPELLS)
def test_incidences_rise_and_sum_with_survival_to_exactly_one(spells: Spells) -> None:
    duration, cause = columns(spells)
    result = aalen_johansen(duration, cause, [2, 0, 1])
    assert (np.diff(result.incidence, axis=0, prepend=0.0) >= 0).all()
    assert ((result.incidence >= 0) & (result.incidence <= 1)).all()
    times = np.concatenate((duration, [0.0, 1e6]))
    assert (result.at(times).sum(axis=1) + result.survival_at(times) == 1.0).all()
    assert (result.survival_at(times) + result.at(times)[:, ::-1].sum(axis=1) == 1.0).all()


def test_sum_is_exactly_one_for_many_spells_and_causes() -> None:
    duration, cause, _ = censored_sample(20_000, seed=16, causes=11)
    for days in (duration, duration.round()):
        result = aalen_johansen(days, cause, range(1, 12))
        assert (result.incidence.sum(axis=1) + result.survival == 1.0).all()
        kept = kaplan_meier(days, cause != CENSORED).survival
        np.testing.assert_allclose(result.survival, kept, rtol=0, atol=1e-15)


@settings(deadline=None)
@given(SPELLS)
def test_one_cause_is_the_complement_of_the_curve(spells: Spells) -> None:
    duration, cause = columns(spells)
    ended = cause != CENSORED
    result = aalen_johansen(duration, np.where(ended, 5, CENSORED), [5])
    np.testing.assert_allclose(
        result.incidence[:, 0], 1.0 - kaplan_meier(duration, ended).survival, rtol=0, atol=1e-14
    )


@settings(deadline=None)
@given(SPELLS)
def test_without_censoring_the_curve_is_the_share_of_longer_stays(spells: Spells) -> None:
    duration, _ = columns(spells)
    curve = kaplan_meier(duration, np.ones(duration.size, dtype=bool))
    longer = (duration > curve.time[:, np.newaxis]).mean(axis=1)
    np.testing.assert_allclose(curve.survival, longer, rtol=1e-13, atol=0)
    mean = curve.restricted_mean(math.inf)
    assert mean == pytest.approx(duration.mean(), rel=1e-12, abs=1e-300)


@settings(deadline=None)
@given(SPELLS, st.randoms(use_true_random=False))
def test_order_of_spells_does_not_matter(spells: Spells, random: Any) -> None:
    duration, cause = columns(spells)
    shuffled_duration, shuffled_cause = columns(random.sample(spells, len(spells)))
    curve = kaplan_meier(duration, cause != CENSORED)
    shuffled = kaplan_meier(shuffled_duration, shuffled_cause != CENSORED)
    for name in ("time", "survival", "at_risk", "events"):
        np.testing.assert_array_equal(getattr(curve, name), getattr(shuffled, name))
    np.testing.assert_array_equal(
        aalen_johansen(duration, cause, [0, 1, 2]).incidence,
        aalen_johansen(shuffled_duration, shuffled_cause, [0, 1, 2]).incidence,
    )


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize("empty", [[], np.array([])])
def test_empty_sample_is_an_error_of_its_own(empty: Any) -> None:
    with pytest.raises(EmptySample, match="duration is empty"):
        kaplan_meier(empty, [])
    with pytest.raises(EmptySample, match="duration is empty"):
        aalen_johansen(empty, [], [1])
    assert issubclass(EmptySample, ValueError)


@pytest.mark.parametrize(
    ("duration", "message"),
    [
        ([1.0, -0.5], r"duration\[1\] is -0.5, expected finite days of at least 0"),
        ([1.0, math.nan], r"duration\[1\] is nan"),
        ([math.inf, 1.0], r"duration\[0\] is inf"),
        ([[1.0, 2.0]], r"duration must be one-dimensional, got shape \(1, 2\)"),
        (3.0, "duration must be one-dimensional"),
        (np.array([1, 2], dtype="timedelta64[D]"), "duration must hold numbers of days"),
        (["1", "2"], "duration must hold numbers of days"),
        ([1.0, None], "duration must hold numbers of days"),
        ([1.0, 2.0, 3.0], "has 2 values, duration has 3"),
    ],
)
def test_bad_durations_are_named(duration: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kaplan_meier(duration, [True, False])
    with pytest.raises(ValueError, match=message):
        aalen_johansen(duration, [1, CENSORED], [1])


@pytest.mark.parametrize(
    ("estimate", "message"),
    [
        (lambda: kaplan_meier([1, 2], [1, 0]), "ended must hold booleans, got dtype int64"),
        (lambda: kaplan_meier([1, 2], ["True", "False"]), "ended must hold booleans"),
        (lambda: kaplan_meier([1, 2], [True]), "ended has 1 values, duration has 2"),
        (lambda: aalen_johansen([1, 2], [1, 3], [1, 2]), r"cause\[1\] is 3, expected one of \[1,"),
        (lambda: aalen_johansen([1, 2], [0, 1], [1]), r"cause\[0\] is 0"),
        (lambda: aalen_johansen([1, 2], [1.0, 2.0], [1, 2]), "cause must hold integer codes"),
        (lambda: aalen_johansen([1, 2], [1], [1]), "cause has 1 values, duration has 2"),
        (lambda: aalen_johansen([1, 2], [1, 1], [1, 1]), "causes must be one or more different"),
        (lambda: aalen_johansen([1, 2], [1, 1], [1, CENSORED]), "causes must be one or more"),
        (lambda: aalen_johansen([1, 2], [1, 1], []), "causes must be one or more"),
        (lambda: aalen_johansen([1, 2], [1, 1], [1.5]), "causes must hold integer codes"),  # type: ignore[list-item]
    ],
)
def test_other_bad_inputs_are_named(estimate: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as error:
        estimate()
    assert not isinstance(error.value, EmptySample)


@pytest.mark.parametrize("q", [0.0, -0.1, 1.1, math.nan])
def test_quantile_wants_a_share(by_hand: SurvivalCurve, q: float) -> None:
    with pytest.raises(ValueError, match="q must be a share"):
        by_hand.quantile(q)


@pytest.mark.parametrize("limit", [-1.0, math.nan])
def test_limit_is_a_number_of_days(by_hand: SurvivalCurve, limit: float) -> None:
    with pytest.raises(ValueError, match="limit must be a number of days"):
        by_hand.restricted_mean(limit)


def test_missing_times_are_refused(by_hand: SurvivalCurve) -> None:
    result: CumulativeIncidence = aalen_johansen([1.0], [1], [1])
    for at in (by_hand.at, result.at, result.survival_at):
        with pytest.raises(ValueError, match="found NaN"):
            at([1.0, math.nan])


# ---------------------------------------------------------------- as a part of the program


def test_inputs_are_left_alone_and_results_are_frozen() -> None:
    duration, cause = np.array([3.0, 1.0]), np.array([1, 1])
    result, curve = aalen_johansen(duration, cause, [1]), kaplan_meier(duration, cause == 1)
    assert duration.tolist() == [3.0, 1.0]
    for array in (curve.survival, curve.events, result.incidence, result.events, result.time):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    with pytest.raises(AttributeError):
        curve.time = duration  # type: ignore[misc]


def test_many_spells_are_fast() -> None:
    """Some tens of milliseconds in fact; the bound only catches a loop over spells."""
    duration, cause, _ = censored_sample(200_000, seed=17)
    start = time.perf_counter()
    kaplan_meier(duration, cause != CENSORED)
    aalen_johansen(duration, cause, [1, 2])
    assert time.perf_counter() - start < 1.0


def test_import_pulls_in_neither_pandas_nor_scipy() -> None:
    code = (
        f"import sys, {survival.__name__}; "
        "print([name for name in ('pandas', 'scipy') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
