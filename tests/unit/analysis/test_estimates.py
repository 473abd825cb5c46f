"""Means, intervals, spread and the number of replications, against scipy, numpy and brute force."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.analysis.estimates import (
    mean_interval,
    means,
    precision,
    replications_needed,
    spread,
    spreads,
)
from sim.analysis.tables import UnusableTable, outcome_table
from sim.results.outcomes import OUTCOMES
from tests.helpers.long import long
from tests.helpers.runs import replicate
from tests.helpers.worlds import small

SAMPLE = [3.0, 1.5, 4.0, 2.5, 9.0]

# ---------------------------------------------------------------- means


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99])
def test_interval_is_that_of_scipy(level: float) -> None:
    found = mean_interval(SAMPLE, level)
    low, high = stats.t.interval(level, 4, np.mean(SAMPLE), stats.sem(SAMPLE))
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
    assert found.mean == pytest.approx(np.mean(SAMPLE))
    assert found.sd == pytest.approx(np.std(SAMPLE, ddof=1))
    assert found.half_width == pytest.approx((high - low) / 2)
    assert (found.level, found.replications, found.missing) == (level, 5, 0)


def test_missing_values_are_counted_and_left_out() -> None:
    found = mean_interval([None, *SAMPLE, float("nan")])
    assert (found.replications, found.missing) == (5, 2)
    assert found.mean == mean_interval(SAMPLE).mean
    assert found.half_width == mean_interval(SAMPLE).half_width
    assert mean_interval(pd.array([1, None, 3], dtype="Float64")).mean == 2


def test_what_does_not_exist_is_none_and_no_number() -> None:
    one = mean_interval([7.0])
    assert (one.mean, one.low, one.high, one.half_width, one.sd) == (7, None, None, None, None)
    none = mean_interval([None, None])
    assert (none.mean, none.low, none.replications, none.missing) == (None, None, 0, 2)


def test_values_that_are_alike_have_no_width() -> None:
    assert mean_interval([0.1 + 0.2, 0.3] * 20).half_width == 0
    assert mean_interval([1e9, 1e9 + 100]).half_width != 0


@pytest.mark.parametrize("level", [0, 1, 95, -0.5])
def test_a_level_is_a_share(level: float) -> None:
    with pytest.raises(ValueError, match="level is"):
        mean_interval(SAMPLE, level)


@pytest.mark.parametrize("values", [[1.0, float("inf")], ["three"]])
def test_values_are_finite_numbers(values: list[object]) -> None:
    with pytest.raises(UnusableTable):
        mean_interval(values)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="shape"):
        mean_interval([[1.0, 2.0]])


# ---------------------------------------------------------------- of a table


@pytest.fixture
def table() -> pd.DataFrame:
    """Two scenarios, the second at two points, one of them without waits in two replications."""
    return pd.concat(
        [
            long({"a": {"people": SAMPLE, "wait": [None, 1, 2, 3, None]}}),
            long({"b": {"people": [1, 2], "wait": [None, None]}}, point=0),
            long({"b": {"people": [5]}}, point=1),
        ],
        ignore_index=True,
    )


def test_means_of_a_table_are_those_of_its_columns(table: pd.DataFrame) -> None:
    shuffled = table.sample(frac=1, random_state=1)
    found = means(shuffled, 0.9).set_index(["scenario", "point", "outcome"]).sort_index()
    assert len(found) == 6
    for key, row in found.iterrows():
        mine = table.set_index(["scenario", "point", "outcome"]).sort_index()["value"]
        values = mine.get(key, pd.Series([None]))
        one = mean_interval(
            list(pd.array(values, dtype="Float64").to_numpy(float, na_value=np.nan)), 0.9
        )
        for name in ("mean", "low", "high", "half_width", "sd"):
            expected = getattr(one, name)
            if expected is None:
                assert np.isnan(row[name])
            else:
                assert row[name] == pytest.approx(expected)
        assert (row["replications"], row["missing"]) == (one.replications, one.missing)


def test_an_outcome_without_a_row_is_missing(table: pd.DataFrame) -> None:
    found = means(table).set_index(["scenario", "point", "outcome"])
    assert found.loc[("b", 1, "wait"), ["replications", "missing"]].tolist() == [0, 1]
    without = table.drop(
        index=table.index[(table["outcome"] == "wait") & (table["replication"] == 1)]
    )
    found = means(without).set_index(["scenario", "point", "outcome"])
    assert found.loc[("a", 0, "wait"), ["replications", "missing"]].tolist() == [2, 3]


def test_a_table_must_be_whole_and_say_things_once(table: pd.DataFrame) -> None:
    with pytest.raises(UnusableTable, match="no column 'point'"):
        means(table.drop(columns="point"))
    with pytest.raises(
        UnusableTable, match=r"people is given more than once for replication 0 of a"
    ):
        means(pd.concat([table, table.head(1)]))
    with pytest.raises(UnusableTable, match="'point' has missing entries"):
        means(table.assign(point=None))


def test_the_table_of_replications_holds_every_outcome() -> None:
    done = replicate(small(), 2, seed=5)
    table = outcome_table([done])
    assert len(table) == 2 * len(OUTCOMES)
    assert set(table["seed"]) == {5}
    found = means(table).set_index("outcome")
    values = done.tables["outcomes"].set_index("outcome").loc["limbo", "value"]
    assert found.loc["limbo", "mean"] == pytest.approx(values.mean())
    with pytest.raises(UnusableTable, match="two scenarios are called 'baseline'"):
        outcome_table([done, done])


# ---------------------------------------------------------------- spread


def test_spread_is_that_of_numpy() -> None:
    shares = [0, 0.1, 0.5, 1]
    assert list(spread([*SAMPLE, None], shares).values()) == pytest.approx(
        np.quantile(SAMPLE, shares)
    )
    assert spread([None], [0.5]) == {0.5: None}
    with pytest.raises(ValueError, match="not a share"):
        spread(SAMPLE, [50])


def test_spreads_of_a_table(table: pd.DataFrame) -> None:
    found = spreads(table, [0.25, 0.75]).set_index(["scenario", "point", "outcome", "share"])
    assert found.loc[("a", 0, "people", 0.25), "quantile"] == np.quantile(SAMPLE, 0.25)
    assert found.loc[("a", 0, "wait", 0.75), "quantile"] == 2.5
    assert found.loc[("a", 0, "wait", 0.75), "missing"] == 2
    assert np.isnan(found.loc[("b", 0, "wait", 0.25), "quantile"])
    assert len(found) == 2 * 6


# ---------------------------------------------------------------- how many are enough


def brute(sd: float, wanted: float, level: float) -> int:
    number = 5  # as an interval takes
    while stats.t.ppf((1 + level) / 2, number - 1) * sd / number**0.5 > wanted:
        number += 1
    return number


@given(
    st.lists(st.floats(-100, 100), min_size=2, max_size=8),
    st.floats(0.5, 20),
    st.sampled_from([0.8, 0.95]),
)
def test_needed_is_the_smallest_number_that_is_narrow_enough(
    values: list[float], wanted: float, level: float
) -> None:
    sd = mean_interval(values).sd
    assert sd is not None
    wanted = max(wanted, sd / 8)
    assert replications_needed(values, half_width=wanted, level=level) == brute(sd, wanted, level)


def test_needed_relative_to_the_mean() -> None:
    mean, sd = np.mean(SAMPLE), np.std(SAMPLE, ddof=1)
    needed = replications_needed(SAMPLE, relative=0.1)
    assert needed == brute(float(sd), 0.1 * float(mean), 0.95)
    assert replications_needed([-v for v in SAMPLE], relative=0.1) == needed


def test_missing_values_ask_for_more() -> None:
    needed = replications_needed(SAMPLE, half_width=1.0)
    assert replications_needed([*SAMPLE, *[None] * 5], half_width=1.0) == 2 * needed


def test_what_never_varies_takes_as_many_as_an_interval_does() -> None:
    assert replications_needed([4.0, 4.0, 4.0], half_width=0.001) == 5


@pytest.mark.parametrize(
    ("values", "asked", "why"),
    [
        ([1.0], {"relative": 0.1}, "at least two"),
        (SAMPLE, {}, "either"),
        (SAMPLE, {"relative": 0.1, "half_width": 1.0}, "either"),
        (SAMPLE, {"relative": -0.1}, "above 0"),
        (SAMPLE, {"half_width": 0.0}, "above 0"),
        ([-1.0, 1.0], {"relative": 0.1}, "mean is 0"),
    ],
)
def test_what_cannot_be_asked(values: list[float], asked: dict[str, float], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        replications_needed(values, **asked)  # type: ignore[arg-type]


def test_precision_asks_it_of_every_outcome(table: pd.DataFrame) -> None:
    found = precision(table, relative=0.3).set_index(["scenario", "point", "outcome"])
    row = found.loc[("a", 0, "people")]
    assert row["needed"] == replications_needed(SAMPLE, relative=0.3)
    assert row["wanted"] == pytest.approx(0.3 * np.mean(SAMPLE))
    assert not row["enough"]
    assert pd.isna(found.loc[("b", 0, "wait"), "needed"])
    assert not found.loc[("b", 0, "wait"), "enough"]
    wide = precision(table, half_width=30.0).set_index(["scenario", "point", "outcome"])
    assert wide.loc[("a", 0, "people"), "enough"]
    assert wide.loc[("a", 0, "people"), "needed"] == 5
    with pytest.raises(ValueError, match="either"):
        precision(table)
