"""Durations over replications: against lifelines, by hand, and against the tables of one run."""

from __future__ import annotations

import pickle
import warnings
from datetime import date
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.analysis.durations import durations, shares_after_sentence, survival_curves
from sim.analysis.estimates import mean_interval
from sim.analysis.extract import Extract, MixedRuns, extract
from sim.results.run import Run
from sim.scenario.files import load
from sim.statistics.curves import Curve, band, quantile_over
from sim.statistics.survival import EmptySample, kaplan_meier
from sim.world.simulate import simulate
from tests.helpers.worlds import small

DAY = 365.25
AT = (0.0, 30.0, DAY)


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    return [Run(simulate(small(), 1, number)) for number in range(5)]


def curve_of(days: list[float], ended: list[bool]) -> Curve:
    return Curve.of(kaplan_meier(days, ended), len(days))


def made(curves: list[Curve | None], name: str = "made") -> list[Extract]:
    """Replications that say nothing but how long stays in limbo last."""
    return [
        Extract(name, 1, number, None, np.empty(0), {} if one is None else {("limbo", ""): one},
                {}, ("",), ("limbo",))
        for number, one in enumerate(curves)
    ]  # fmt: skip


def random_curves(number: int, spells: int, seed: int) -> list[Curve]:
    """Exponential stays, some cut off."""
    rng = np.random.default_rng(seed)
    curves = []
    for _ in range(number):
        stay, horizon = rng.exponential(100, spells), rng.uniform(50, 600, spells)
        curves.append(curve_of(list(np.minimum(stay, horizon)), list(stay <= horizon)))
    return curves


# ---------------------------------------------------------------- one replication


def test_one_replication_is_told_as_its_own_tables_tell_it(runs: list[Run]) -> None:
    table = runs[0].durations().set_index("stage")
    found = durations(runs[:1]).pivot(index="stage", columns="quantity", values="days")
    for stage in table.index:
        for quantity in ("lower_quartile_days", "median_days", "upper_quartile_days"):
            theirs, ours = table.loc[stage, quantity], found.loc[stage, quantity]
            assert np.isnan(ours) if np.isnan(theirs) else ours == theirs, (stage, quantity)
        mean = table.loc[stage, "mean_days"]
        if not np.isnan(mean):
            assert found.loc[stage, "restricted_mean_days"] == pytest.approx(mean)
    assert table["median_days"].notna().sum() > 10
    ends = durations(runs[:1])[["low", "high"]]
    assert ends.isna().all(axis=None), "of one replication, no interval is known"
    assert set(ends.dtypes) == {np.dtype(float)}


def test_one_replication_is_told_as_lifelines_tells_it(runs: list[Run]) -> None:
    lifelines = pytest.importorskip("lifelines")
    run = runs[0]
    spells, limbo = run.records.limbo, run.observed(run.records.limbo.start)
    days, ended = spells.days(run.scenario.horizon)[limbo], ~np.isnan(spells.end[limbo])
    theirs = lifelines.KaplanMeierFitter().fit(days, ended)
    ours = survival_curves([run], [10, 100, 365, 700], stages=["limbo"])
    np.testing.assert_allclose(
        ours["share"], theirs.survival_function_at_times([10, 100, 365, 700]), rtol=1e-9
    )
    found = durations([run], stages=["limbo"], limit_days=DAY).set_index("quantity")["days"]
    assert found["median_days"] == theirs.median_survival_time_
    area = lifelines.utils.restricted_mean_survival_time(theirs, DAY)
    assert found["restricted_mean_days"] == pytest.approx(area)


def test_shares_are_those_of_the_run_and_of_lifelines(runs: list[Run]) -> None:
    lifelines = pytest.importorskip("lifelines")
    run = runs[0]
    ours = shares_after_sentence([run], days=AT).set_index(["exit", "days_after_sentence"])["share"]
    theirs = run.after_sentence(years=1).set_index(["exit", "days_after_sentence"])["share"]
    for exit in ("removed", "absconded", "left_voluntarily"):
        assert ours[exit, DAY] == pytest.approx(theirs[exit, DAY])
    _, days, cause = run.after_release()
    fitter = lifelines.AalenJohansenFitter(calculate_variance=False, jitter_level=1e-9, seed=1)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Tied")
        # A day later, as jitter may put those who leave on day 0 before the start.
        fitter.fit(days + 1, cause + 1, event_of_interest=1)
    share = fitter.cumulative_density_["CIF_1"].loc[: DAY + 1].iloc[-1]
    assert ours["removed", DAY] == pytest.approx(share, rel=1e-9)


def test_only_stays_begun_and_sentences_ended_in_the_period_count() -> None:
    """The observed period is the third year of seven; nobody is followed for six years."""
    run = Run(
        simulate(
            small().change(
                {"time.observe_from": date(2028, 1, 1), "time.observe_until": date(2029, 1, 1)}
            )
        )
    )
    table = run.durations().set_index("stage")
    found = durations([run]).drop_duplicates("stage").set_index("stage")
    assert found["spells"].to_dict() == table["spells"].to_dict()
    assert found.loc["home_prison", "spells"] < len(
        run.spells[run.spells["stage"] == "home_prison"]
    )
    shares = shares_after_sentence([run], days=[3 * DAY, 6 * DAY])
    removed = shares[shares["exit"] == "removed"]
    assert removed["share"].iloc[0] > 0.1
    assert np.isnan(removed["share"].iloc[1])
    assert removed["missing"].tolist() == [0, 1]


# ---------------------------------------------------------------- several


def test_means_are_over_replications_with_student_t(runs: list[Run]) -> None:
    table = durations(runs, stages=["home_prison"], level=0.9).set_index("quantity")
    each = [run.durations().set_index("stage").loc["home_prison", "mean_days"] for run in runs]
    expected = mean_interval(each, 0.9)
    row = table.loc["restricted_mean_days"]
    assert row["days"] == pytest.approx(expected.mean)
    assert (row["low"], row["high"]) == (pytest.approx(expected.low), pytest.approx(expected.high))
    assert (row["replications"], row["missing"]) == (5, 0)
    counts = [run.durations().set_index("stage").loc["home_prison", "spells"] for run in runs]
    assert row["spells"] == sum(counts)


def test_shares_by_group_are_over_replications(runs: list[Run]) -> None:
    found = shares_after_sentence(runs, "group", days=AT)
    row = found.query(
        "group == 'third_country' and exit == 'removed' and days_after_sentence == 365.25"
    ).iloc[0]
    each = []
    for run in runs:
        table = run.after_sentence(by="group", years=1)
        each.append(table.query("group == 'third_country' and exit == 'removed'")["share"].iloc[-1])
    expected = mean_interval(each)
    assert row["share"] == pytest.approx(expected.mean)
    assert row["high"] == pytest.approx(expected.high)
    assert set(found["group"]) == {"eu_eea", "third_country"}, "nobody else is expelled"


def test_scenarios_are_kept_apart(runs: list[Run]) -> None:
    other = small().change({"removal.escort_teams": 0}).model_copy(update={"name": "no_escorts"})
    without = [Run(simulate(other, 1, number)) for number in range(2)]
    found = shares_after_sentence([*runs[:2], *without], days=[DAY])
    removed = found[found["exit"] == "removed"].set_index("scenario")["share"]
    assert removed["no_escorts"] < removed[runs[0].scenario.name]
    alone = shares_after_sentence(without, days=[DAY])
    assert removed["no_escorts"] == alone[alone["exit"] == "removed"]["share"].iloc[0]


def test_extracts_say_what_runs_say(runs: list[Run]) -> None:
    extracts = [pickle.loads(pickle.dumps(extract(run, "origin"))) for run in runs]
    for table in (durations, shares_after_sentence):
        ours, theirs = table(extracts, "origin"), table(iter(runs), "origin")  # type: ignore[operator]
        assert ours.equals(theirs)
    few = extract(runs[0], stages=["limbo"])
    assert set(few.curves) == {("limbo", "")}


# ---------------------------------------------------------------- by hand


def test_a_quartile_is_the_mean_over_replications() -> None:
    """One median on day 10; the other, of stays of which one is cut off, on day 4."""
    curves = [curve_of([10, 10], [True, True]), curve_of([4, 30], [True, False])]
    assert [curve.quantile(0.5) for curve in curves] == [10, 4]
    table = durations(made(curves), limit_days=30).set_index("quantity")
    assert table.loc["median_days", ["days", "replications", "missing"]].tolist() == [7, 2, 0]
    assert table.loc["upper_quartile_days", "replications"] == 1
    assert np.isnan(table.loc["upper_quartile_days", "days"])
    days = [10.0, 4.0, 7.0, 8.0, 6.0]
    found = quantile_over(days)
    expected = mean_interval(days)
    assert (found.days, found.half) == (expected.mean, expected.half_width)


def test_a_quartile_that_some_do_not_reach_is_not_the_mean_of_the_others() -> None:
    """Then it is the median over replications, as long as more than half reach it."""
    found = quantile_over([10, np.inf, 30, 20, 12])
    assert (found.days, found.half, found.reached) == (20, None, 4)
    assert quantile_over([10, np.inf, np.inf, 20]).days == np.inf
    assert quantile_over([10, np.inf, np.inf, 20, 30]).days == 30


def test_who_never_leaves_is_not_left_out() -> None:
    """In three of five replications everyone is still inside: no median, and it is not 10."""
    still, left = curve_of([900, 900], [False, False]), curve_of([10, 10], [True, True])
    table = durations(made([still, left, still, left, still]), limit_days=900)
    found = table.set_index("quantity")
    assert np.isnan(found.loc["median_days", "days"])
    assert np.isnan(found.loc["lower_quartile_days", "days"])
    assert found["replications"].tolist() == [2, 2, 2, 5]
    assert found.loc["restricted_mean_days", "days"] == pytest.approx((3 * 900 + 2 * 10) / 5)
    assert found["still_inside"].tolist() == [6] * 4


def test_what_is_not_followed_is_missing_and_counted() -> None:
    curves = [curve_of([10, 50], [True, True]), curve_of([10, 20], [True, False]), None]
    table = durations(made(curves), limit_days=30).set_index("quantity")
    assert table.loc["restricted_mean_days", ["days", "replications", "missing"]].tolist() == [
        (10 + 30) / 2, 1, 2,
    ]  # fmt: skip
    assert np.isnan(table.loc["restricted_mean_days", "low"])
    shares = survival_curves(made(curves), [15, 30])
    assert shares["share"].tolist() == [0.5, 0.5]
    assert shares["replications"].tolist() == [2, 1]
    assert shares["missing"].tolist() == [1, 2]


def test_a_band_is_student_t_day_by_day_and_within_0_and_1() -> None:
    curves, days = random_curves(6, 25, 3), np.array([0.0, 40.0, 90.0, 400.0])
    found = band(curves, days)
    values = np.array([curve.at(days) for curve in curves])
    for n in (1, 2):
        low, high = stats.t.interval(0.95, 5, values[:, n].mean(), stats.sem(values[:, n]))
        assert (found.low[n], found.high[n]) == (pytest.approx(low), pytest.approx(high))
    assert (found.mean[0], found.low[0], found.high[0]) == (1, 1, 1)
    assert found.followed.tolist() == [6, 6, 6, 4]
    assert np.isnan(found.low[3]), "too few are followed so far for an interval"
    assert np.nanmin(found.low) >= 0


# ---------------------------------------------------------------- what cannot be asked


def test_runs_must_belong_together(runs: list[Run]) -> None:
    with pytest.raises(MixedRuns, match="replication 0 of baseline with seed 1 comes twice"):
        durations([runs[0], runs[0]])
    with pytest.raises(MixedRuns, match="told by sex, not by origin"):
        durations([extract(runs[0], "sex")], "origin")
    with pytest.raises(MixedRuns, match="told at other days"):
        shares_after_sentence([extract(runs[0])], days=[1.0])
    with pytest.raises(MixedRuns, match="told without limbo"):
        durations([extract(runs[0], stages=["remand"])], stages=["limbo"])


def test_errors_say_what_there_is(runs: list[Run]) -> None:
    with pytest.raises(ValueError, match="stages is 'limbos': did you mean 'limbo'"):
        durations(runs, stages=["limbos"])
    with pytest.raises(ValueError, match="choose origin, group or sex"):
        durations(runs, "age")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no curve"):
        band([], np.array([1.0]))
    with pytest.raises(EmptySample):
        shares_after_sentence([])


def test_a_stage_nobody_enters_has_no_row(runs: list[Run]) -> None:
    found: Any = durations(runs)
    assert "host_asylum" not in set(found["stage"])
    assert durations([], stages=["limbo"]).empty


def test_a_full_replication_is_kept_in_little(runs: list[Run]) -> None:
    """Of the shipped baseline, all stages take little more than a megabyte."""
    run = Run(simulate(load("baseline", {"arrivals.judgments_per_year": 400}), 1))
    kept = extract(run)
    size = sum(curve.days.nbytes + curve.inside.nbytes for curve in kept.curves.values())
    begun = sum(curve.spells for curve in kept.curves.values())
    assert size <= 16 * begun
    assert all(np.all(np.diff(curve.inside, prepend=1) < 0) for curve in kept.curves.values())
