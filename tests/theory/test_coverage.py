"""95 % intervals cover the truth in 93 to 97 % of many experiments whose truth is known.

Each experiment is a handful of replications, as someone would run them. Where people within a
replication share its luck, an interval that took them for independent would fail here.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.analysis.estimates import mean_interval, replications_needed
from sim.analysis.paired import paired
from sim.statistics.curves import Curve, band, quantile_over
from sim.statistics.intervals import moments
from sim.statistics.survival import SurvivalCurve, aalen_johansen, kaplan_meier
from tests.helpers.long import long

EXPERIMENTS, REPLICATIONS = 4000, 8
#: Mean stays, days: a world is lucky or not, and everyone in it with it.
LUCKS = (60.0, 140.0)
#: Years of follow-up end between these days.
CUT = (150.0, 400.0)


def covers(share: float) -> bool:
    return 0.93 <= share <= 0.97


def share_that_covers(ends: Iterable[tuple[float | None, float | None]], truth: float) -> float:
    hits = [low is not None and low <= truth and (high is None or truth <= high)
            for low, high in ends]  # fmt: skip
    return float(np.mean(hits))


# ---------------------------------------------------------------- means and differences


def test_means_of_counts() -> None:
    """Counts are not normal, but nearly, as those of a replication are."""
    rng = np.random.default_rng(1)
    ends = []
    for sample in rng.poisson(40, (EXPERIMENTS, REPLICATIONS)):
        found = mean_interval(sample)
        ends.append((found.low, found.high))
    assert covers(share_that_covers(ends, 40))


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_every_level_keeps_its_word(level: float) -> None:
    rng = np.random.default_rng(2)
    found = moments(rng.normal(5, 3, (20_000, 5)), level)
    share = np.mean(np.abs(found.mean - 5) <= found.half_width)
    assert share == pytest.approx(level, abs=0.006)


def test_means_where_some_replications_have_no_value() -> None:
    """A value exists or not by chance of its own."""
    rng = np.random.default_rng(3)
    values = rng.normal(5, 3, (EXPERIMENTS, REPLICATIONS))
    values[rng.uniform(size=values.shape) < 0.3] = np.nan
    found = moments(values)
    told = found.number >= 5
    assert covers(float(np.mean((np.abs(found.mean - 5) <= found.half_width)[told])))


@pytest.fixture(scope="module")
def comparisons() -> NDArray[np.void]:
    """Experiments of two scenarios that share most of their luck, and differ by 1."""
    rng = np.random.default_rng(4)
    size = (EXPERIMENTS, REPLICATIONS)
    luck = rng.normal(0, 3, size)
    base = 50 + luck + rng.normal(0, 1, size)
    new = 51 + luck + rng.normal(0, 1, size)
    outcomes = [f"experiment_{n}" for n in range(EXPERIMENTS)]
    rows = {name: dict(zip(outcomes, part, strict=True)) for name, part in
            (("base", base), ("new", new))}  # fmt: skip
    table = long(rows)  # type: ignore[arg-type]
    return paired(table, "base").to_records()


def test_paired_differences(comparisons: NDArray[np.void]) -> None:
    inside = (comparisons["low"] <= 1) & (comparisons["high"] >= 1)
    assert covers(float(inside.mean()))


def test_the_variance_reduction_is_that_of_the_shared_luck(comparisons: NDArray[np.void]) -> None:
    """Variance 2 (9 + 1) unpaired, 2 paired; correlation 9 / 10."""
    assert np.median(comparisons["variance_reduction"]) == pytest.approx(10, rel=0.1)
    assert np.median(comparisons["correlation"]) == pytest.approx(0.9, abs=0.03)


@pytest.mark.slow
def test_holm_is_wrong_about_any_in_one_family_of_twenty() -> None:
    """Twelve comparisons, nothing in any: a verdict is a false alarm. Unadjusted, half have one."""
    rng = np.random.default_rng(5)
    zeros = np.zeros(REPLICATIONS)
    alarms, loose = [], []
    for sample in rng.normal(0, 1, (400, 12, REPLICATIONS)):
        names = [f"o{n}" for n in range(12)]
        found = paired(
            long(
                {"base": dict.fromkeys(names, zeros), "new": dict(zip(names, sample, strict=True))}
            ),  # type: ignore[dict-item]
            "base",
        )
        alarms.append(set(found["verdict"]) != {"too small to detect"})
        loose.append(bool((found["p_value"] <= 0.05).any()))
    assert 0.02 < np.mean(alarms) < 0.08
    assert np.mean(loose) > 0.3


def test_as_many_replications_as_needed_are_narrow_enough() -> None:
    rng = np.random.default_rng(6)
    pilot = rng.normal(100, 10, 400)
    needed = replications_needed(pilot, half_width=2.0)
    assert needed == pytest.approx((1.96 * 10 / 2) ** 2, rel=0.2)
    widths = moments(rng.normal(100, 10, (500, needed))).half_width
    assert np.mean(widths) == pytest.approx(2.0, rel=0.1)


# ---------------------------------------------------------------- durations


def stays(rng: np.random.Generator, spells: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Stays of one replication, cut off by its horizon."""
    stay = rng.exponential(rng.choice(LUCKS), spells)
    horizon = rng.uniform(*CUT, spells)
    return np.minimum(stay, horizon), stay <= horizon


def still_inside(day: float) -> float:
    """Share still inside after some days, over worlds."""
    return float(np.mean([np.exp(-day / mean) for mean in LUCKS]))


@pytest.fixture(scope="module")
def experiments() -> list[list[Curve]]:
    rng = np.random.default_rng(7)
    found = []
    for _ in range(1000):
        curves = []
        for _ in range(10):
            days, ended = stays(rng, 40)
            curves.append(Curve.of(kaplan_meier(days, ended), 40))
        found.append(curves)
    return found


@pytest.mark.parametrize("day", [20.0, 60.0, 130.0])
def test_survival_curves(experiments: list[list[Curve]], day: float) -> None:
    ends = []
    for curves in experiments:
        found = band(curves, np.array([day]))
        ends.append((float(found.low[0]), float(found.high[0])))
    assert covers(share_that_covers(ends, still_inside(day)))


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_quantiles(experiments: list[list[Curve]], share: float) -> None:
    """What to expect of one replication's: of 40 stays, the 10th or the 20th to end."""
    ended = round(40 * share)
    truth = float(np.mean(LUCKS)) * sum(1 / left for left in range(41 - ended, 41))
    ends = []
    for curves in experiments:
        found = quantile_over([curve.quantile(share) for curve in curves])
        assert found.half is not None
        ends.append((found.days - found.half, found.days + found.half))
    assert covers(share_that_covers(ends, truth))


def test_restricted_means(experiments: list[list[Curve]]) -> None:
    limit = 120.0
    truth = float(np.mean([mean * (1 - np.exp(-limit / mean)) for mean in LUCKS]))
    found = moments(
        np.array([[curve.restricted_mean(limit) for curve in curves] for curves in experiments])
    )
    assert covers(float(np.mean(np.abs(found.mean - truth) <= found.half_width)))


def greenwood(curve: SurvivalCurve) -> NDArray[np.float64]:
    """Variance of a curve whose spells are independent."""
    left = np.maximum(curve.at_risk - curve.events, 1)
    return curve.survival**2 * np.cumsum(curve.events / (curve.at_risk * left))


def test_greenwood_over_all_people_would_not_cover() -> None:
    """What everyone does who pools: people of a lucky world are not independent."""
    rng = np.random.default_rng(8)
    hits = []
    for _ in range(300):
        parts = [stays(rng, 40) for _ in range(10)]
        curve = kaplan_meier(*(np.concatenate(part) for part in zip(*parts, strict=True)))
        row = int(np.searchsorted(curve.time, 60.0, side="right")) - 1
        half = 1.96 * greenwood(curve)[row] ** 0.5
        hits.append(abs(curve.survival[row] - still_inside(60.0)) <= half)
    assert np.mean(hits) < 0.75


def test_shares_by_exit() -> None:
    """Two ways out, one twice as fast as the other; the whole pace is the world's luck."""
    rng = np.random.default_rng(9)
    day, values = 80.0, []
    for _ in range(1000):
        each = []
        for _ in range(10):
            days, ended = stays(rng, 40)
            cause = np.where(ended, (rng.uniform(size=40) < 1 / 3).astype(int), -1)
            each.append(aalen_johansen(days, cause, [0, 1]).at(day)[0])
        values.append(each)
    found = moments(np.moveaxis(np.array(values), 1, 2).reshape(-1, 10))
    truth = np.tile([2 / 3, 1 / 3], 1000) * (1 - still_inside(day))
    inside = np.abs(found.mean - truth) <= found.half_width
    assert covers(float(inside[::2].mean()))
    assert covers(float(inside[1::2].mean()))
