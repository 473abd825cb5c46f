"""Ten questions of an analyst, each by the first try that one would make."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot

import sim
from tests.helpers.worlds import small


@pytest.fixture(scope="module")
def runs():
    """Five runs each of two scenarios."""
    without = small().change({"rented_prison.in_use": False})
    worlds = [small(), without.model_copy(update={"name": "without"})]
    return sim.runs(worlds, 5, progress=False, cache=False)


def test_mean_stay_by_origin_and_year_of_entry(runs):
    table = runs.durations(by=["origin", "year"], stages="departure_centre")
    wide = table.pivot_table(index=["scenario", "origin"], columns="year", values="mean_days")
    assert set(wide.columns) <= set(range(2026, 2033))
    assert (table["mean_days"].dropna() > 0).all()


def test_survival_of_limbo_with_a_band(runs):
    table = runs.survival("limbo", days=[0, 200, 400])
    assert (table["low"] <= table["share"]).all()
    assert (table["low"] < table["high"]).any()
    assert (table["at_risk"] > 0).all()


def test_weekly_census_of_one_place(runs):
    table = runs.census(place="home_prisons", every="week")
    assert np.diff(table["date"].unique()).min() == pd.Timedelta(days=7)
    assert table["people"].max() > 0


def test_transferred_and_returned(runs):
    chosen = runs.outcomes.query("outcome == 'transfers'")
    flown = chosen.groupby("scenario", observed=True)["value"].mean()
    assert flown["baseline"] > 0
    back = runs.spells.query("role == 'rented_prison' and ended")
    assert back.groupby(["scenario", "replication"], observed=True)["person"].nunique().max() > 0


def test_cost_per_removal_by_scenario(runs):
    means = runs.means().query("outcome == 'total_cost_per_removal'").set_index("scenario")
    assert set(means.index) == {"baseline", "without"}
    assert (means["mean"] > 0).all()


def test_distribution_of_waits_for_a_flight(runs):
    waits = runs.spells.query("scenario == 'baseline' and stage == 'waiting_list'")["days"]
    assert waits.describe()["50%"] > 0


def test_share_held_more_than_18_months(runs):
    table = runs.survival("home_prison", days=548).set_index("scenario")
    assert table["share"].between(0, 1).all()
    assert table["share"]["baseline"] > 0


def test_two_occupancies_with_bands(runs):
    ax = sim.plots.occupancy(runs, "home_prisons")
    assert len(ax.lines) >= 2
    pyplot.close("all")
    bands = runs.bands("occupancy", "occupancy").query("role == 'home_prisons'")
    assert (bands["low"] <= bands["high"]).all()


def test_an_event_log_for_pm4py(runs):
    log = runs.event_log("pm4py")
    assert {"case:concept:name", "concept:name", "time:timestamp"} <= set(log.columns)
    assert pd.api.types.is_datetime64_any_dtype(log["time:timestamp"])


def test_a_dated_change_and_a_distribution_from_data(tmp_path):
    file = tmp_path / "days.csv"
    days = np.random.default_rng(1).gamma(2.0, 30.0, 200)
    pd.DataFrame({"days": days}).to_csv(file, index=False)
    assert len(sim.fit(file, column="days").table) > 1
    changed = small().change({"detention.places@2028-01-01": 6})
    table = sim.runs(changed, 1, progress=False, cache=False).table("occupancy")
    places = table[table["role"] == "detention"].set_index("date")["places"]
    assert (places["2029-01-01"], places["2027-01-01"]) == (6, 3)
    own = {"kind": "empirical", "values": days.tolist()}
    drawn = small().change({"removal.case_work_days": own}).removal.case_work_days
    assert drawn.mean == pytest.approx(days.mean())
    with pytest.raises(sim.ScenarioError, match="elsewhere give values"):
        small().change({"removal.case_work_days": {"kind": "empirical", "file": str(file)}})


@pytest.mark.parametrize("name", ["queue", "limbo", "waits", "survival", "costs", "differences"])
def test_plots_take_runs(runs, name):
    given = {"queue": ["limbo"], "survival": ["limbo"]}.get(name, [])
    assert getattr(sim.plots, name)(runs, *given).figure is not None
    pyplot.close("all")
