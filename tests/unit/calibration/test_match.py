"""Calibration against known answers: a model of a line, whose true parameters are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kstest

from sim.calibration.match import Matched, Target, implausibility, match, shares
from sim.calibration.told import distance_from_even
from sim.statistics.emulator import _LEVEL, _left_out, basis, fit
from sim.statistics.sampler import sample
from sim.statistics.weights import effective_size, weighted_quantiles

TRUE = np.array([0.3, 0.7, 0.5])
#: Standard deviation of chance in a replication, and replications at a point.
CHANCE, REPLICATIONS = 0.2, 3
POINTS = (60, 60, 300)


def model(x: np.ndarray) -> np.ndarray:
    """Two means of three parameters, of which the third has no effect; a third mean beyond them."""
    first, second = x[:, 0], x[:, 1]
    return np.column_stack([10 * first + second, 5 * second**2 + 2 * first, 10 * first])


def measured(number: int, x: np.ndarray) -> np.ndarray:
    luck = np.random.default_rng(100 + number)
    return model(x)[:, None, :] + luck.normal(0, CHANCE, (len(x), REPLICATIONS, 3))


def targets(discrepancy: float = 0.2) -> list[Target]:
    met = model(TRUE[None])[0]
    out_of_reach = Target("third", 100.0, 100.0, 1.0)
    return [Target("first", met[0], met[0], discrepancy),
            Target("second", met[1], met[1], discrepancy), out_of_reach]  # fmt: skip


@pytest.fixture(scope="module")
def found() -> Matched:
    return match(targets(), 3, measured, points=POINTS, seed=1)


def interval(found: Matched, factor: int) -> list[float]:
    return weighted_quantiles(found.waves[-1].positions[:, factor], found.weights, (0.05, 0.95))


@pytest.mark.slow
def test_the_true_parameters_are_found_and_the_idle_one_stays_as_wide(found: Matched) -> None:
    for factor in (0, 1):
        low, high = interval(found, factor)
        assert low < TRUE[factor] < high
        assert high - low < 0.4
    low, high = interval(found, 2)
    assert 0.8 < high - low < 1
    positions, size = found.waves[-1].positions.T, effective_size(found.weights)
    critical = 1.63 / np.sqrt(size)
    assert [distance_from_even(x, found.weights) > critical for x in positions] == [
        True, True, False,
    ]  # fmt: skip


@pytest.mark.slow
def test_weights_and_intervals_are_those_of_the_exact_posterior(found: Matched) -> None:
    """On a fine grid exp(-½ Σ implausibility²) of the true mean can be summed up."""
    assert found.weights.sum() == pytest.approx(1)
    assert (found.weights >= 0).all()
    side = (np.arange(400) + 0.5) / 400
    grid = np.array(np.meshgrid(side, side)).reshape(2, -1).T
    means = model(grid)
    variance = CHANCE**2 * (1 + 1 / REPLICATIONS) + 0.2**2
    apart = sum((means[:, n] - targets()[n].low) ** 2 / variance for n in (0, 1))
    for factor in (0, 1):
        exact = weighted_quantiles(grid[:, factor], np.exp(-0.5 * apart), (0.05, 0.95))
        # Means of simulated replications scatter: the weights are a little wider than the exact.
        assert interval(found, factor) == pytest.approx(exact, abs=0.06)


@pytest.mark.slow
def test_a_target_out_of_reach_is_a_structural_miss_and_has_no_say(found: Matched) -> None:
    assert found.has_say.tolist() == [True, True, False]
    assert found.out_of_reach.tolist() == [False, False, True]
    farther = [*targets()[:2], Target("third", 500.0, 500.0, 1.0)]
    again = match(farther, 3, measured, points=POINTS, seed=1)
    np.testing.assert_array_equal(again.weights, found.weights)


def test_targets_that_cannot_be_met_together_are_told_apart() -> None:
    """The third mean is ten times the first factor: it cannot be 3 and 8 at once."""

    def twice(number: int, x: np.ndarray) -> np.ndarray:
        return measured(number, x)[:, :, [2, 2, 1]]

    aims = [Target("low", 3.0, 3.0, 0.1), Target("high", 8.0, 8.0, 0.1), targets()[1]]
    found = match(aims, 3, twice, points=(40, 40), seed=1)
    assert found.has_say.sum() == 2
    assert found.has_say[2]
    assert not found.out_of_reach.any()


@pytest.mark.slow
def test_the_same_seed_gives_the_same_and_another_does_not(found: Matched) -> None:
    again = match(targets(), 3, measured, points=POINTS, seed=1)
    np.testing.assert_array_equal(again.weights, found.weights)
    other = match(targets(), 3, measured, points=POINTS, seed=2)
    assert not np.array_equal(other.waves[0].positions, found.waves[0].positions)


def test_points_without_a_value_weigh_nothing() -> None:
    def gaps(number: int, x: np.ndarray) -> np.ndarray:
        values = measured(number, x)
        values[::4, 0, 0] = np.nan
        return values

    found = match(targets(), 3, gaps, points=(60, 60), seed=1)
    assert (found.weights[::4] == 0).all()
    assert found.weights.sum() == pytest.approx(1)


def test_nothing_but_gaps_is_refused() -> None:
    def last_is_empty(number: int, x: np.ndarray) -> np.ndarray:
        return measured(number, x) * (1 if number == 1 else np.nan)

    with pytest.raises(ValueError, match="no point of the last wave has a value"):
        match(targets(), 3, last_is_empty, points=(60, 20), seed=1)


@pytest.mark.parametrize(
    ("low", "high", "mean", "apart"),
    [(5, 5, 5, 0), (5, 5, 8, 3), (5, 5, 1, 4), (4, 6, 5.5, 0), (4, 6, 8, 2), (-np.inf, 6, -99, 0),
     (-np.inf, 6, 9, 3), (4, np.inf, 99, 0), (4, np.inf, 3, 1)],
)  # fmt: skip
def test_implausibility_by_hand(low: float, high: float, mean: float, apart: float) -> None:
    target = Target("one", low, high, 3.0)
    # Chance 4 (1 + 1/2), discrepancy 9, doubt 1: a standard deviation of 4.
    found = implausibility(target, np.array([mean]), 4.0, 2, 1.0)
    assert found == pytest.approx(apart / 4)
    exact = replace(target, discrepancy=0.0)
    assert implausibility(exact, np.array([mean]), 0.0, 2)[0] == (np.inf if apart else 0)


# ---------------------------------------------------------------- the emulator and the sampler


def test_an_emulator_of_a_quadratic_follows_it_wherever_its_points_lie() -> None:
    luck = np.random.default_rng(1)
    positions = 0.5 + 0.5 * luck.random((80, 3))  # in a corner, so that their mean is not even

    def quadratic(x: np.ndarray) -> np.ndarray:
        return np.asarray(-40 + 3 * x[:, 0] - 7 * x[:, 1] ** 2 + 5 * x[:, 0] * x[:, 2])

    (emulator,) = fit(positions, quadratic(positions)[:, np.newaxis])
    there = 0.5 + 0.5 * luck.random((50, 3))
    assert not emulator.logarithm
    assert emulator.mean(there) == pytest.approx(quadratic(there), abs=0.1)
    assert emulator.explained > 0.999


def test_rates_that_multiply_are_emulated_by_their_logarithm() -> None:
    luck = np.random.default_rng(1)
    positions, there = luck.random((60, 3)), luck.random((50, 3))

    def product(x: np.ndarray) -> np.ndarray:
        return np.asarray(np.exp(2 * x[:, 0] + 2 * x[:, 1] + 2 * x[:, 2]) - 1)

    (emulator,) = fit(positions, product(positions)[:, np.newaxis])
    assert emulator.logarithm
    assert emulator.mean(there) == pytest.approx(product(there), rel=0.01)


@pytest.mark.parametrize("logarithm", [False, True])
def test_the_error_left_out_is_that_of_leaving_points_out(logarithm: bool) -> None:
    luck = np.random.default_rng(1)
    terms = basis(luck.random((15, 2)))
    kernel, values = 0.5 * terms @ terms.T, 3 + luck.random(15)
    y = np.log1p(values) if logarithm else values
    errors = []
    for out in range(15):
        rest = np.arange(15) != out
        among = kernel[np.ix_(rest, rest)] + _LEVEL + np.eye(14)
        foretold = (kernel[out, rest] + _LEVEL) @ np.linalg.solve(among, y[rest] - y.mean())
        foretold += y.mean()
        errors.append((np.expm1(foretold) if logarithm else foretold) - values[out])
    inverse = np.linalg.inv(kernel + _LEVEL + np.eye(15))
    assert _left_out(inverse, values, logarithm) == pytest.approx(np.mean(np.square(errors)))


def test_draws_follow_a_density_with_two_peaks_on_the_cube() -> None:
    def log_density(x: np.ndarray) -> np.ndarray:
        near = [-0.5 * ((x[:, 0] - peak) / 0.04) ** 2 for peak in (0.2, 0.8)]
        return np.asarray(np.logaddexp(*near))

    drawn = sample(log_density, 2, 1000, seed=3)
    assert ((drawn >= 0) & (drawn <= 1)).all()
    left = drawn[:, 0] < 0.5
    assert left.mean() == pytest.approx(0.5, abs=0.12)
    assert drawn[left, 0].mean() == pytest.approx(0.2, abs=0.01)
    assert drawn[left, 0].std() == pytest.approx(0.04, abs=0.006)
    # The second factor has no say: it stays even.
    assert kstest(drawn[:, 1], "uniform").statistic < 0.08


def test_distance_from_even_and_quantiles_by_hand() -> None:
    positions, weights = np.array([0.9, 0.1]), np.array([3.0, 1.0])
    # Steps to 0.25 at 0.1 and to 1 at 0.9: farthest apart just below 0.9.
    assert distance_from_even(positions, weights) == pytest.approx(0.65)
    even = (np.arange(10) + 0.5) / 10
    assert distance_from_even(even, np.ones(10)) == pytest.approx(0.05)
    assert distance_from_even(even, np.ones(10)) == pytest.approx(kstest(even, "uniform").statistic)
    assert weighted_quantiles(positions, weights, (0.2, 0.3)) == [0.1, 0.9]


# ---------------------------------------------------------------- targets of one series


def spread(found: Matched) -> float:
    """Standard deviation of what the ensemble says of the level, 10 times the first factor."""
    level = 10 * found.waves[-1].positions[:, 0]
    mean = np.average(level, weights=found.weights)
    return float(np.sqrt(np.average((level - mean) ** 2, weights=found.weights)))


def of_one_level(correlation: float, number: int = 3) -> float:
    """Spread after a calibration to some targets that all are the level, known to within 0.5."""
    aims = [Target(f"t{n}", 5.0, 5.0, 0.5, "level") for n in range(number)]

    def level(wave: int, x: np.ndarray) -> np.ndarray:
        luck = np.random.default_rng(wave).normal(0, 1e-3, (len(x), 2, number))
        return 10 * x[:, :1, None] + luck

    found = match(aims, 2, level, points=(40, 160), seed=1, correlation=correlation)
    return spread(found)


@pytest.mark.slow
def test_three_targets_with_one_error_tell_no_more_than_one() -> None:
    alone = of_one_level(1.0, number=1)
    assert alone == pytest.approx(0.5, abs=0.06)
    assert of_one_level(1.0) == pytest.approx(alone, abs=0.04)
    independent = of_one_level(0.0)
    assert independent == pytest.approx(0.5 / np.sqrt(3), abs=0.05)


def test_what_a_target_counts_by_hand() -> None:
    """Of variance 4 three quarters are the model's error; the last series is another."""
    error = np.sqrt(3.0)
    aims = [Target(f"t{n}", 0, 0, error, series) for n, series in enumerate("aaab")]
    variances, everyone = np.full(4, 4.0), np.ones(4, bool)
    of_three = 1 / (1 + 2 * 0.75)
    assert shares(aims, variances, everyone, 1.0) == pytest.approx([*[of_three] * 3, 1])
    assert shares(aims, variances, everyone, 0.0) == pytest.approx([1, 1, 1, 1])
    two = np.array([True, False, True, True])
    assert shares(aims, variances, two, 1.0) == pytest.approx([1 / 1.75, 0, 1 / 1.75, 1])
    # As many independent targets as tell as much about a common level in least squares.
    covariance = np.full((3, 3), 3.0) + np.eye(3)
    told = np.ones(3) @ np.linalg.solve(covariance, np.ones(3)) * 4
    assert 3 * of_three == pytest.approx(told)
