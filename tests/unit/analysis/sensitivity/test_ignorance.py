"""Outcomes over the points of a design: means by hand, ranks against scipy."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.stats import spearmanr

from sim.analysis.paired import UnknownOutcome, UnknownReference
from sim.analysis.sensitivity.ignorance import (
    influence,
    over_points,
    point_means,
)
from sim.statistics.ranks import FEWEST_POINTS, chance_of


def long(values: dict[tuple[str, int, int], float | None], outcome: str = "limbo") -> pd.DataFrame:
    """Values by scenario, point and replication."""
    rows = [(*key, outcome, value) for key, value in values.items()]
    return pd.DataFrame(rows, columns=["scenario", "point", "replication", "outcome", "value"])


TABLE = long(
    {("a", 0, 0): 1, ("a", 0, 1): 3, ("a", 1, 0): 10, ("a", 1, 1): None,
     ("b", 0, 0): 2, ("b", 0, 1): 6, ("b", 1, 0): 11, ("b", 1, 1): 20}
)  # fmt: skip


def test_every_point_counts_once_with_its_mean() -> None:
    found = point_means(TABLE).set_index(["scenario", "point"])["value"]
    assert found.to_dict() == {("a", 0): 2, ("a", 1): 10, ("b", 0): 4, ("b", 1): 15.5}


def test_differences_are_paired_by_replication() -> None:
    """At point 1 only replication 0 exists in both: 11 - 10."""
    found = point_means(TABLE, "a").set_index(["scenario", "point"])["value"]
    assert found.to_dict() == {("b", 0): 2, ("b", 1): 1}


def test_quantiles_are_over_points() -> None:
    found = over_points(TABLE, shares=(0.0, 0.5, 1.0))
    mine = found[found["scenario"] == "b"].set_index("share")["quantile"]
    assert mine.to_dict() == {0.0: 4, 0.5: 9.75, 1.0: 15.5}
    assert set(found["points"]) == {2}


def test_an_outcome_that_exists_nowhere_has_no_quantile() -> None:
    found = over_points(long({("a", 0, 0): None, ("a", 1, 0): None}))
    assert found["quantile"].isna().all()
    assert set(found["points"]) == {0}


@pytest.fixture
def sample() -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(1)
    design = pd.DataFrame({"point": range(200), "name": "", "strong": rng.random(200),
                           "weak": rng.random(200), "nothing": rng.random(200),
                           "day": pd.date_range("2027-01-01", periods=200)})  # fmt: skip
    value = np.exp(3 * design["strong"]) - 2 * design["weak"] + rng.normal(0, 0.1, 200)
    return design, long({("a", n, 0): v for n, v in enumerate(value)})


def test_influence_over_a_sample_is_the_rank_correlation(
    sample: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    design, table = sample
    found = influence(table, design, ["limbo"]).set_index("factor")
    assert found.loc["strong", "rank"] == 1
    assert found.loc["weak", "rank"] == 2
    assert found.loc["weak", "influence"] < 0
    for factor in ("strong", "weak", "nothing"):
        exact = spearmanr(design[factor], table["value"]).statistic
        assert found.loc[factor, "influence"] == pytest.approx(exact)
    days = design["day"].to_numpy().astype("datetime64[D]").astype(float)
    assert found.loc["day", "influence"] == pytest.approx(spearmanr(days, table["value"]).statistic)


def test_influence_of_one_factor_at_a_time_is_the_swing() -> None:
    """Base; first from 1 to 3 moves the outcome by 8, second by -2."""
    design = pd.DataFrame(
        {
            "point": range(5),
            "name": ["base", "x low", "x high", "y low", "y high"],
            "x": [np.nan, 1.0, 3.0, np.nan, np.nan],
            "y": [np.nan, np.nan, np.nan, 0.0, 1.0],
        }
    )
    table = long({("a", n, 0): v for n, v in enumerate([10, 6, 14, 11, 9])})
    found = influence(table, design, ["limbo"], one_at_a_time=True).set_index("factor")
    assert found["influence"].to_dict() == {"x": 1.0, "y": -0.25}
    assert found["rank"].to_dict() == {"x": 1, "y": 2}


def test_too_few_points_tell_nothing() -> None:
    number = FEWEST_POINTS - 1
    design = pd.DataFrame({"point": range(number), "name": "", "x": np.linspace(0, 1, number)})
    table = long({("a", n, 0): n for n in range(number)})
    assert influence(table, design, ["limbo"]).empty


def test_a_choice_among_dates_can_be_ranked() -> None:
    days = [date(2027, 1, 1 + n) for n in range(FEWEST_POINTS)]
    design = pd.DataFrame(
        {"point": range(FEWEST_POINTS), "name": "", "opens": pd.to_datetime(days)}
    )
    table = long({("a", n, 0): -n for n in range(FEWEST_POINTS)})
    assert influence(table, design, ["limbo"])["influence"].tolist() == pytest.approx([-1])


def test_what_is_unknown_is_named() -> None:
    design = pd.DataFrame({"point": [0, 1], "name": "", "x": [0.0, 1.0]})
    with pytest.raises(UnknownOutcome, match="nonsense"):
        influence(TABLE, design, ["nonsense"])
    with pytest.raises(UnknownReference, match="nowhere"):
        point_means(TABLE, "nowhere")


def test_correlations_by_chance_alone_are_not_told() -> None:
    """Twelve points and 170 factors that mean nothing: the largest correlation is near 0.8."""
    rng = np.random.default_rng(3)
    factors = {f"f{n}": rng.random(12) for n in range(170)}
    design = pd.DataFrame({"point": range(12), "name": "", **factors})
    found = influence(long({("a", n, 0): rng.random() for n in range(12)}), design, ["limbo"])
    assert found["influence"].abs().max() > 0.7
    assert not found["told"].any()


def test_what_matters_is_told_among_many_that_do_not(
    sample: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    found = influence(sample[1], sample[0], ["limbo"]).set_index("factor")["told"]
    assert found["strong"]
    assert not found["nothing"]


def test_words_have_no_order_and_missing_switches_are_no_value() -> None:
    design = pd.DataFrame(
        {"point": range(5), "name": "", "x": [np.nan, 1.0, 2.0, np.nan, np.nan],
         "switch": [None, None, None, False, True], "word": [None, None, None, "a", "b"]}
    )  # fmt: skip
    table = long({("a", n, 0): v for n, v in enumerate([10, 0, 20, 9, 11])})
    found = influence(table, design, ["limbo"], one_at_a_time=True).set_index("factor")
    assert found["influence"].to_dict() == {"x": 1.0, "switch": 0.1}


def noise(rng: np.random.Generator, missing: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sixty points and twenty factors; the outcome follows none, and is missing at some points."""
    factors = {f"f{n}": rng.random(60) for n in range(20)}
    design = pd.DataFrame({"point": range(60), "name": "", **factors})
    lacking = rng.random(60) < missing
    values = np.where(lacking, np.nan, rng.random(60))
    return long({("a", n, 0): value for n, value in enumerate(values)}), design


@pytest.mark.parametrize("missing", [0.3, 0.5])
def test_a_correlation_is_judged_by_the_points_at_which_the_outcome_exists(missing: float) -> None:
    table, design = noise(np.random.default_rng(5), missing)
    found = influence(table, design, ["limbo"])
    exists = int(table["value"].notna().sum())
    assert set(found["points"]) == {exists}
    known = design[table["value"].notna().to_numpy()]
    first = found.set_index("factor").loc["f0"]
    theirs = stats.spearmanr(known["f0"], table["value"].dropna())
    assert first["influence"] == pytest.approx(theirs.statistic)
    assert chance_of(np.array([first["influence"]]), np.array([exists]))[0] == pytest.approx(
        theirs.pvalue
    )


def test_what_differs_by_rounding_only_follows_nothing() -> None:
    rng = np.random.default_rng(2)
    design = pd.DataFrame({"point": range(40), "name": "", "x": rng.random(40)})
    table = long({("a", n, 0): 7 * (1 + 1e-13 * value) for n, value in enumerate(design["x"])})
    assert influence(table, design, ["limbo"]).empty
