"""The waves of a calibration, whatever it is that is simulated at a point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.experiment.design import latin_hypercube
from sim.statistics.emulator import Emulator, fit
from sim.statistics.sampler import sample

Floats = NDArray[np.float64]
#: Simulates a wave: its number from 1 and its positions (points x factors, from 0 to 1) to values
#: (points x replications x targets), missing where a target has no value.
Measure = Callable[[int, Floats], Floats]

#: Positions drawn evenly to tell how much of the ranges is left.
EVEN = 20_000
#: Positions drawn from where targets are met, to see whether any meets them all.
DRAWS = 1000


@dataclass(frozen=True)
class Target:
    """What a mean is to meet."""

    name: str
    low: float
    """Lowest value published; minus infinity for an upper bound."""
    high: float
    """Highest value published; infinity for a lower bound."""
    discrepancy: float
    """Standard deviation of the model's own error: how far a perfect fit might still be off."""
    series: str = ""
    """Targets of one series share the model's error; empty for one that is alone."""

    def distance(self, mean: Floats) -> Floats:
        """Return how far means are from what was published."""
        return np.maximum(0.0, np.maximum(self.low - mean, mean - self.high))


@dataclass(frozen=True)
class Wave:
    """A wave, and what was learnt from it and those before it."""

    positions: Floats
    values: Floats
    """Points x replications x targets."""
    log_density: Floats
    """Log density from which each position was drawn, but for a constant."""
    chance: Floats
    """For each target the variance between replications, at a point."""
    emulators: tuple[Emulator, ...]
    nearest: Floats
    """For each target the least implausibility anywhere: of positions drawn evenly, as emulated,
    and of all points simulated so far."""
    has_say: NDArray[np.bool_]
    """For each target whether the next wave is drawn by it; a structural miss has no say."""
    left: float
    """Share of the ranges where no target that has a say is more implausible than the cut-off."""

    @property
    def means(self) -> Floats:
        """Mean over replications: points x targets."""
        return np.asarray(self.values.mean(axis=1))


@dataclass(frozen=True)
class Matched:
    """The waves, and the weights of the last."""

    waves: tuple[Wave, ...]
    cutoff: float
    weights: Floats
    """Weights of the points of the last wave; they sum to one."""
    least: float
    """Least implausibility of the worst target with a say, over the points of the last wave."""

    @property
    def has_say(self) -> NDArray[np.bool_]:
        """For each target whether the ensemble follows it; a structural miss has no say."""
        return self.waves[-2].has_say

    @property
    def out_of_reach(self) -> NDArray[np.bool_]:
        """For each target whether it has no say because no point meets it, even alone."""
        return ~self.has_say & (self.waves[-2].nearest > self.cutoff)


def match(
    targets: Sequence[Target],
    factors: int,
    measure: Measure,
    *,
    points: Sequence[int],
    seed: int,
    cutoff: float = 3.0,
    correlation: float = 1.0,
) -> Matched:
    """Find parameter sets that meet targets; see the head of the package.

    Parameters
    ----------
    targets
        What to meet, in the order of the measured values.
    factors
        Number of factors.
    measure
        Simulates a wave.
    points
        Points of each wave; two waves at least.
    seed
        Decides every draw of positions.
    cutoff
        Implausibility beyond which a position is ruled out, and a target that comes no nearer
        anywhere is a structural miss.
    correlation
        Of the model's error between targets of one series, from 0 (each is evidence of its own) to
        1 (the model is off by as much in all: together they tell no more than one).

    Raises
    ------
    ValueError
        If no point of the last wave has a value of every target.
    """
    positions = latin_hypercube(points[0], factors, seed)
    log_density = np.zeros(len(positions))
    waves: list[Wave] = []
    for number, following in enumerate([*points[1:], 0], 1):
        values = measure(number, positions)
        wave = _learnt(targets, waves, positions, values, log_density, seed, cutoff)
        if following:
            density = partial(_log_density, targets, correlation)
            size = max(following, DRAWS)
            wave, drawn = _reconciled(targets, wave, density, size, seed + number, cutoff)
            positions = drawn[:following]
            log_density = density(wave, positions)
        waves.append(wave)
    return _weighted(targets, waves, cutoff, correlation)


def implausibility(
    target: Target, mean: Floats, chance: float, replications: int, doubt: float = 0.0
) -> Floats:
    """Return the distance of means from a target in standard deviations.

    Those of chance (the world happened once, and the mean is one of some replications), of the
    model's discrepancy, and of the emulator's doubt if there is one.
    """
    variance = _variance(target, chance, replications, doubt)
    apart = target.distance(mean)
    if variance == 0:
        return np.where(apart > 0, np.inf, 0.0)
    return np.asarray(apart / np.sqrt(variance))


def _variance(target: Target, chance: float, replications: int, doubt: float) -> float:
    return chance * (1 + 1 / replications) + target.discrepancy**2 + doubt


def shares(
    targets: Sequence[Target], variances: Floats, has_say: NDArray[np.bool_], correlation: float
) -> Floats:
    """Return how much each target counts, where targets of a series share the model's error.

    The errors of two targets of a series are correlated by as much as the model's error, which they
    share, has a part in theirs: r = correlation x d d' / (s s'), of the discrepancies d and the
    standard deviations s of all errors. A target then counts 1 / Σ r, over the targets of its
    series that have a say, itself (r = 1) included. Of k alike these are k / (1 + (k - 1) r) in
    all, as many as tell as much about their level in generalised least squares. About their
    differences they tell no more than they would alone: that the model is off by as much in all
    is a reason to trust them less, not one to follow each of their movements more closely.

    Parameters
    ----------
    targets
        In the order of what follows.
    variances
        Of all errors of each target, shape (targets,).
    has_say
        Which targets count at all.
    correlation
        Of the model's error between targets of a series, from 0 to 1.

    Returns
    -------
    float array, shape (targets,)
        From 0 (no say) to 1.
    """
    errors = np.array([target.discrepancy for target in targets])
    part = np.divide(errors, np.sqrt(variances), out=np.ones(len(targets)), where=variances > 0)
    series = np.array([target.series or f"{n}" for n, target in enumerate(targets)])
    shared = correlation * np.outer(part, part) * (series[:, None] == series) * has_say
    np.fill_diagonal(shared, 1.0)
    return np.where(has_say, 1 / shared.sum(axis=1), 0.0)


def _reconciled(
    targets: Sequence[Target], wave: Wave, log_density: Callable[[Wave, Floats], Floats],
    size: int, seed: int, cutoff: float,
) -> tuple[Wave, Floats]:  # fmt: skip
    """Draw positions that meet the targets; leave out targets until they can be met together.

    While no draw meets all that have a say, the one most implausible over the draws (by its median)
    loses it.
    """
    dimensions = wave.positions.shape[1]
    while True:
        drawn = sample(partial(log_density, wave), dimensions, size, seed)
        emulated = _emulated(targets, wave, drawn)
        if emulated[:, wave.has_say].max(axis=1, initial=0.0).min() <= cutoff:
            return wave, drawn
        typical = np.where(wave.has_say, np.median(emulated, axis=0), -np.inf)
        has_say = wave.has_say.copy()
        has_say[np.argmax(typical)] = False
        wave = replace(wave, has_say=has_say)


def _log_density(
    targets: Sequence[Target], correlation: float, wave: Wave, positions: Floats
) -> Floats:
    """Return -½ Σ implausibility², as emulated, each target counting its share."""
    doubt = np.array([emulator.variance for emulator in wave.emulators])
    variances = _variances(targets, wave, doubt)
    emulated = _emulated(targets, wave, positions)
    return _summed(emulated, shares(targets, variances, wave.has_say, correlation))


def _variances(targets: Sequence[Target], wave: Wave, doubt: Floats | float) -> Floats:
    """Return the variance of all errors of each target."""
    number = wave.values.shape[1]
    each = zip(targets, wave.chance, np.broadcast_to(doubt, len(targets)), strict=True)
    return np.array([_variance(target, chance, number, more) for target, chance, more in each])


def _summed(apart: Floats, share: Floats) -> Floats:
    """Return -½ Σ share x implausibility²; what has no share counts nothing, however far off."""
    counts = share > 0
    return np.asarray(-0.5 * (share[counts] * apart[:, counts] ** 2).sum(axis=1))


def _learnt(
    targets: Sequence[Target], before: Sequence[Wave], positions: Floats, values: Floats,
    log_density: Floats, seed: int, cutoff: float,
) -> Wave:  # fmt: skip
    """Fit emulators to all waves, and see what is left of the ranges."""
    everywhere = np.vstack([*(wave.positions for wave in before), positions])
    all_values = np.vstack([*(wave.values for wave in before), values])
    known = ~np.isnan(all_values).any(axis=(1, 2))
    chance = all_values[known].var(axis=1, ddof=1).mean(axis=0)
    means = all_values[known].mean(axis=1)
    emulators = fit(everywhere[known], means)
    everyone = np.ones(len(targets), dtype=bool)
    wave = Wave(positions, values, log_density, chance, emulators, np.empty(0), everyone, 0.0)
    even = np.random.default_rng(seed).random((EVEN, positions.shape[1]))
    emulated = _emulated(targets, wave, even)
    nearest = np.minimum(emulated.min(axis=0), _simulated(targets, wave, means).min(axis=0))
    has_say = nearest <= cutoff
    left = float((emulated[:, has_say] <= cutoff).all(axis=1).mean())
    return replace(wave, nearest=nearest, has_say=has_say, left=left)


def _emulated(targets: Sequence[Target], wave: Wave, positions: Floats) -> Floats:
    """Return implausibilities by emulator: positions x targets."""
    number = wave.values.shape[1]
    columns = [
        implausibility(target, emulator.mean(positions), chance, number, emulator.variance)
        for target, emulator, chance in zip(targets, wave.emulators, wave.chance, strict=True)
    ]
    return np.column_stack(columns)


def _simulated(targets: Sequence[Target], wave: Wave, means: Floats) -> Floats:
    """Return implausibilities of means that were simulated: points x targets."""
    number = wave.values.shape[1]
    columns = [
        implausibility(target, column, chance, number)
        for target, column, chance in zip(targets, means.T, wave.chance, strict=True)
    ]
    return np.column_stack(columns)


def _weighted(
    targets: Sequence[Target], waves: Sequence[Wave], cutoff: float, correlation: float
) -> Matched:
    last, has_say = waves[-1], waves[-2].has_say
    apart = _simulated(targets, last, last.means)
    share = shares(targets, _variances(targets, last, 0.0), has_say, correlation)
    log_weights = _summed(apart, share) - last.log_density
    known = np.isfinite(log_weights)
    if not known.any():
        raise ValueError("no point of the last wave has a value of every target")
    weights = np.where(known, np.exp(log_weights - log_weights[known].max()), 0.0)
    least = float(apart[known][:, has_say].max(axis=1, initial=0.0).min())
    return Matched(tuple(waves), cutoff, weights / weights.sum(), least)
