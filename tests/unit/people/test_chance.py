"""The chance table: stable, uniform, and independent between causes, people and occurrences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.people.chance import Chance

SIZES = st.dictionaries(st.integers(1990, 2060), st.integers(0, 50), max_size=6).map(
    lambda sizes: dict(sorted(sizes.items()))
)


@given(sizes=SIZES, more=SIZES)
def test_a_year_keeps_its_values_whatever_the_other_years(
    sizes: dict[int, int], more: dict[int, int]
) -> None:
    chance = Chance(1)
    alone = dict(zip(sizes, chance.columns("age", "published", sizes), strict=True))
    both = dict(sorted({**more, **{year: size + 7 for year, size in sizes.items()}}.items()))
    joined = dict(zip(both, chance.columns("age", "published", both), strict=True))
    for year, column in alone.items():
        assert len(column) == sizes[year]
        assert np.array_equal(column, joined[year][: len(column)])


def test_years_do_not_share_values_even_if_they_are_as_large_as_can_be() -> None:
    first, second = Chance(1).columns("age", "published", {2026: 100_000, 2027: 100_000})
    assert len(np.unique(np.concatenate([first, second]))) == 200_000


@pytest.mark.parametrize(
    "other",
    [
        Chance(2).columns("age", "published", {2026: 2_000}),
        Chance(1, 1).columns("age", "published", {2026: 2_000}),
        Chance(1).columns("sex", "published", {2026: 2_000}),
        Chance(1).columns("age", "reform", {2026: 2_000}),
        Chance(1).columns("age", "published", {2027: 2_000}),
    ],
    ids=["seed", "replication", "cause", "stream", "year"],
)
def test_anything_in_the_key_gives_other_values(other: list[np.ndarray]) -> None:
    [mine] = Chance(1).columns("age", "published", {2026: 2_000})
    assert not (mine == other[0]).any()
    assert abs(np.corrcoef(mine, other[0])[0, 1]) < 4 / np.sqrt(2_000)


def test_seed_and_replication_are_not_mixed_up() -> None:
    """Seed 1 with replication 12 is not seed 11 with replication 2."""
    assert Chance(1, 12).of_world("opening delay") != Chance(11, 2).of_world("opening delay")


def test_columns_are_uniform() -> None:
    [column] = Chance(5).columns("age", "published", {2026: 20_000})
    assert ((column >= 0) & (column < 1)).all()
    assert stats.kstest(column, "uniform").pvalue > 1e-4


def test_recurring_draws_are_uniform_and_independent() -> None:
    """Over people and over occurrences, neighbours in either are not related."""
    draw = Chance(5).recurring("breach of duties")
    base = 2026 * 100_000
    table = np.array([[draw(base + person, n) for n in range(40)] for person in range(500)])
    assert ((table >= 0) & (table < 1)).all()
    assert stats.kstest(table.ravel(), "uniform").pvalue > 1e-4
    assert len(np.unique(table)) == table.size
    for one, other in (
        (table[:, :-1], table[:, 1:]),
        (table[:-1], table[1:]),
        (table[:-1, :-1], table[1:, 1:]),
    ):
        assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 4 / np.sqrt(one.size)


def test_recurring_draws_do_not_remember() -> None:
    draw, again = Chance(5).recurring("breach"), Chance(5).recurring("breach")
    forward = [draw(3, n) for n in range(5)]
    assert [again(3, n) for n in reversed(range(5))] == forward[::-1]
    assert Chance(5).recurring("trip")(3, 0) != forward[0]
    assert Chance(5, 1).recurring("breach")(3, 0) != forward[0]


@pytest.mark.parametrize(("seed", "replication"), [(-1, 0), (0, -1)])
def test_negative_numbers_are_refused(seed: int, replication: int) -> None:
    with pytest.raises(ValueError, match="must be at least 0"):
        Chance(seed, replication)
