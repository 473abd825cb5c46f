"""Paired differences, against pandas by hand, scipy, and Holm's rule worked out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.analysis.estimates import mean_interval
from sim.analysis.paired import (
    DifferentSeeds,
    NothingInCommon,
    UnknownOutcome,
    UnknownReference,
    paired,
)
from sim.statistics.intervals import holm
from sim.statistics.pairs import Margin
from tests.helpers.long import long

BASE = [10.0, 12.0, 9.0, 14.0, 11.0]
MORE = [11.0, 13.5, 9.5, 15.5, 12.0]
NOISE = [3.0, -2.0, 4.0, -5.0, 0.5]


def one(table: pd.DataFrame, **named: object) -> pd.Series:
    found = paired(table, "base", **named)  # type: ignore[arg-type]
    assert len(found) == 1
    return found.iloc[0]


def test_the_difference_is_that_of_pandas_and_scipy() -> None:
    row = one(long({"base": {"x": BASE}, "new": {"x": MORE}}), level=0.9)
    difference = pd.Series(MORE) - pd.Series(BASE)
    assert row["mean"] == pytest.approx(difference.mean())
    assert row["sd"] == pytest.approx(difference.std())
    test = stats.ttest_rel(MORE, BASE)
    assert row["p_value"] == pytest.approx(test.pvalue)
    low, high = test.confidence_interval(0.9)
    assert (row["low"], row["high"]) == (pytest.approx(low), pytest.approx(high))
    assert row["correlation"] == pytest.approx(np.corrcoef(BASE, MORE)[0, 1])
    unpaired = np.var(BASE, ddof=1) + np.var(MORE, ddof=1)
    assert row["variance_reduction"] == pytest.approx(unpaired / difference.var())
    assert row["scenario_mean"] == np.mean(MORE)
    assert row["reference_mean"] == np.mean(BASE)
    assert (row["pairs"], row["missing"], row["unpaired"]) == (5, 0, 0)
    assert (row["scenario"], row["reference"], row["verdict"]) == ("new", "base", "more")


def test_rows_pair_by_replication_whatever_their_order() -> None:
    table = long({"base": {"x": BASE}, "new": {"x": MORE}})
    pd.testing.assert_frame_equal(
        paired(table.sample(frac=1, random_state=3), "base"), paired(table, "base")
    )


def test_only_pairs_with_both_values_count() -> None:
    table = long({"base": {"x": [*BASE, 5.0, None, 1.0]}, "new": {"x": [*MORE, None, 3.0]}})
    row, whole = one(table), one(long({"base": {"x": BASE}, "new": {"x": MORE}}))
    assert (row["pairs"], row["missing"], row["unpaired"]) == (5, 2, 1)
    same = ["mean", "low", "high", "sd", "scenario_mean", "reference_mean", "correlation",
            "variance_reduction", "p_value"]  # fmt: skip
    assert row[same].tolist() == pytest.approx(whole[same].tolist())


def test_points_are_compared_with_the_same_point() -> None:
    table = pd.concat(
        [
            long({"base": {"x": BASE}, "new": {"x": MORE}}),
            long({"base": {"x": MORE}, "new": {"x": BASE}}, point=1),
            long({"new": {"x": BASE}}, point=2),
        ]
    )
    found = paired(table, "base").set_index("point")
    assert found.loc[0, "mean"] == -found.loc[1, "mean"]
    assert found["verdict"].tolist() == ["more", "less", "cannot be told"]
    assert (found.loc[2, "pairs"], found.loc[2, "unpaired"]) == (0, 5)
    assert np.isnan(found.loc[2, "mean"])


def test_verdicts() -> None:
    outcomes = {"more": MORE, "noise": list(np.add(BASE, NOISE)), "same": BASE, "gone": [None] * 5}
    table = long({"base": dict.fromkeys(outcomes, BASE), "new": outcomes})  # type: ignore[dict-item]
    found = paired(table, "base").set_index("outcome")
    verdicts = {"more": "more", "noise": "too small to detect", "same": "no difference",
                "gone": "cannot be told"}  # fmt: skip
    assert found["verdict"].to_dict() == verdicts
    assert found.loc["same", "p_value"] == 1
    assert np.isnan(found.loc["same", "variance_reduction"])
    assert np.isnan(found.loc["gone", "p_adjusted"])
    assert found.loc["gone", "missing"] == 5


def test_rounding_is_no_difference_and_a_fixed_one_is_told() -> None:
    values = np.array([0.1, 0.7, 1.3, 0.4, 0.2])
    table = long(
        {"base": {"x": values, "y": values}, "new": {"x": values * (1 + 1e-13), "y": values + 2}}  # type: ignore[dict-item]
    )
    found = paired(table, "base").set_index("outcome")
    assert found["verdict"].to_dict() == {"x": "no difference", "y": "more"}
    assert found.loc["y", ["low", "high"]].tolist() == pytest.approx([2, 2])
    assert np.isnan(found.loc["y", "variance_reduction"])


@pytest.mark.parametrize("pairs", [1, 4])
def test_few_pairs_tell_nothing_but_that_nothing_differs(pairs: int) -> None:
    values = np.arange(pairs) + 1.0
    row = one(long({"base": {"x": values}, "new": {"x": values + 1}}))  # type: ignore[dict-item]
    assert row["mean"] == 1
    assert row["verdict"] == "cannot be told"
    assert row[["low", "high", "half_width", "p_value", "p_adjusted"]].isna().all()
    same = one(long({"base": {"x": values}, "new": {"x": values}}))  # type: ignore[dict-item]
    assert same["verdict"] == "no difference"


def test_an_outcome_has_its_own_margin_and_another_can_be_given() -> None:
    values = np.array([50.0, 60.0, 55.0, 40.0, 70.0])
    apart = [0.0008, 0.0009, 0.0008, 0.0007, 0.0008]
    table = long({"base": {"limbo": values, "x": values},  # type: ignore[dict-item]
                  "new": {"limbo": values + apart, "x": values + apart}})  # type: ignore[dict-item]  # fmt: skip
    found = paired(table, "base").set_index("outcome")
    assert found["verdict"].to_dict() == {"limbo": "negligible", "x": "more"}
    assert found["margin"].to_dict() == {"limbo": pytest.approx(0.55), "x": 0}
    given = paired(table, "base", margins={"limbo": Margin(), "x": Margin(absolute=1)})
    assert given["verdict"].tolist() == ["more", "negligible"]


# ---------------------------------------------------------------- many comparisons


def test_the_family_is_what_is_shown() -> None:
    """Told by itself, but not as one of many."""
    rng = np.random.default_rng(1)
    shifts = {f"none{n}": rng.normal(0, 1, 10) for n in range(20)}
    effect = [0.2, 1.9, 0.1, 1.2, -0.4, 1.6, 0.8, -0.1, 1.1, 0.9]
    outcomes = {"effect": effect, **shifts}
    table = long({"base": dict.fromkeys(outcomes, [0.0] * 10), "new": outcomes})  # type: ignore[dict-item]
    alone = one(table, outcomes=["effect"])
    assert 0.05 / 21 < alone["p_value"] < 0.05
    assert alone["p_adjusted"] == alone["p_value"]
    assert alone["verdict"] == "more"
    family = paired(table, "base").set_index("outcome")
    assert family.loc["effect", "p_adjusted"] == pytest.approx(21 * alone["p_value"])
    assert family.loc["effect", "verdict"] == "too small to detect"
    assert family.loc["effect", "low"] == alone["low"], "each interval stands by itself"
    np.testing.assert_allclose(family["p_adjusted"], holm(family["p_value"].to_numpy()), rtol=1e-15)


def test_an_interval_is_the_mean_interval_of_the_differences() -> None:
    row = one(long({"base": {"x": BASE}, "new": {"x": NOISE}}))
    found = mean_interval(list(np.subtract(NOISE, BASE)))
    assert (row["low"], row["high"]) == (pytest.approx(found.low), pytest.approx(found.high))


# ---------------------------------------------------------------- what cannot be compared


def test_errors_say_what_is_there() -> None:
    table = long({"base": {"limbo": BASE}, "new": {"limbo": MORE}}, seed=1)
    with pytest.raises(UnknownReference, match=r"no scenario 'bass'.*base, new"):
        paired(table, "bass")
    with pytest.raises(UnknownOutcome, match="did you mean 'limbo'"):
        paired(table, "base", outcomes=["limbos"])
    elsewhere = table.assign(replication=table["replication"] + 100 * (table["scenario"] == "new"))
    with pytest.raises(
        NothingInCommon, match="replications 100 to 104 of point 0 and replications"
    ):
        paired(elsewhere, "base")
    other = table.assign(seed=np.where(table["scenario"] == "new", 2, 1))
    with pytest.raises(DifferentSeeds, match=r"new has seed 2, of base seed 1.*not about the same"):
        paired(other, "base")
    assert paired(table, "base")["pairs"].tolist() == [5]
