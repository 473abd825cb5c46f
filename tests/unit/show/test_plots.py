"""Plots for notebooks: drawn on the axes given, from runs, comparisons and results, as they say."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib import pyplot

import sim
from sim import plots
from sim.results.run import Run
from sim.show.comparison import Comparison
from sim.show.draw import style
from sim.show.facts.effects import bars_of, difference_rows
from tests.helpers.experiments import small_world
from tests.unit.show.conftest import only_first


@pytest.fixture(scope="module")
def run(baseline) -> Run:
    return sim.run(baseline.scenario, seed=baseline.seed)


@pytest.fixture(scope="module")
def comparison(both) -> Comparison:
    return Comparison(both)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """One factor at a time, with few people."""
    folder = tmp_path_factory.mktemp("plots")
    (folder / "small.toml").write_text(small_world("small"), encoding="utf-8")
    chosen = {"kind": "one_at_a_time", "factors": ["removal.willing_share", "rented_prison.opens"]}
    experiment = sim.define("swings", [folder / "small.toml"], 2, design=chosen)
    return sim.run_experiment(experiment, folder / "results", progress=False)


@pytest.fixture(autouse=True)
def closed():
    """Close what pyplot keeps open."""
    yield
    pyplot.close("all")


def drawings(run, comparison):
    person = int(run.examples(1)["person"].iloc[0])
    return {
        "occupancy": lambda ax: plots.occupancy(comparison, ax=ax),
        "queue": lambda ax: plots.queue(run, "limbo", ax=ax),
        "places": lambda ax: plots.places(run, ax=ax),
        "waits": lambda ax: plots.waits(comparison, ax=ax),
        "limbo": lambda ax: plots.limbo(comparison, ax=ax),
        "flow_change": lambda ax: plots.flow_change(comparison, ax=ax),
        "one_person": lambda ax: plots.one_person(comparison, ax=ax),
        "durations": lambda ax: plots.durations(comparison, ax=ax),
        "durations_by_origin": lambda ax: plots.durations_by_origin(run, ax=ax),
        "survival": lambda ax: plots.survival(run, ["limbo", "departure_centre"], ax=ax),
        "after_sentence": lambda ax: plots.after_sentence(comparison["baseline"], ax=ax),
        "whereabouts": lambda ax: plots.whereabouts(run, ax=ax),
        "flow": lambda ax: plots.flow(run, ax=ax),
        "costs": lambda ax: plots.costs(comparison, ax=ax),
        "waterfall": lambda ax: plots.waterfall(comparison, ax=ax),
        "differences": lambda ax: plots.differences(comparison, ax=ax),
        "story": lambda ax: plots.story(run, person, ax=ax),
    }


def test_each_draws_on_the_axes_given_or_on_a_new_figure_of_pyplot(run, comparison):
    found = drawings(run, comparison)
    assert set(plots.__all__) - set(found) == {"influence", "response"}
    for number, draw in enumerate(found.values(), 1):
        ax = style.new_figure(4).add_subplot()
        assert draw(ax) is ax
        assert ax.has_data() or ax.texts
        assert draw(None).figure.number in pyplot.get_fignums()
        assert len(pyplot.get_fignums()) == number


def test_the_users_own_settings_are_left_alone(run):
    with pyplot.rc_context({"lines.linewidth": 7.0}):
        plots.queue(run, "limbo")
        assert pyplot.rcParams["lines.linewidth"] == 7.0


def test_a_run_is_drawn_as_its_tables_say(run):
    [line] = [line for line in plots.queue(run, "limbo").lines if len(line.get_xdata()) > 2]
    table = run.queues(whole=True).query("queue == 'limbo'")
    assert line.get_ydata()[-12:].tolist() == table["people"].tolist()[-12:]


def test_runs_of_one_scenario_are_one_line_with_a_band(run):
    more = [run, sim.run(run.scenario, seed=run.seed, replication=1)]
    ax = plots.queue(more, "travel_document")
    assert len([line for line in ax.lines if len(line.get_xdata()) > 2]) == 1
    one, two = (r.queues(whole=True).query("queue == 'travel_document'") for r in more)
    mean = (one["people"].to_numpy() + two["people"].to_numpy()) / 2
    np.testing.assert_allclose(ax.lines[0].get_ydata()[-12:], mean[-12:])


def test_one_replication_other_than_the_first_has_its_own_opening(run):
    later = run.scenario.change(
        {"rented_prison.opening_delay_days": {"kind": "uniform", "low": 0, "high": 900}}
    )
    second = sim.run(later, seed=run.seed, replication=1)
    marks = [text.get_text() for text in plots.occupancy(second).texts]
    opened = second.scenario.date(np.ceil(second.cohort.service.opens))
    assert f"Opens\n{opened:%b %Y}" in marks


def test_names_that_do_not_exist_are_told_with_the_nearest(run, comparison, results):
    for draw, hint in (
        (lambda: plots.queue(run, "lmbo"), "did you mean 'limbo'"),
        (lambda: plots.occupancy(run, "gnjilan"), "did you mean 'gnjilane'"),
        (lambda: plots.durations_by_origin(run, "limb"), "did you mean 'limbo'"),
        (lambda: plots.after_sentence(run, "third"), "There are: eu_eea"),
        (lambda: plots.flow(comparison), r"choose one of baseline, no_agreement"),
        (lambda: plots.response(results, "removal.willing", "limbo"), "did you mean 'removal"),
        (lambda: plots.influence(results, "limb"), "did you mean 'limbo'"),
        (lambda: plots.influence(results, "limbo", scenario="smal"), "there are: small"),
        (lambda: plots.survival(run, "host_detention"), "nobody begins"),
        (lambda: plots.queue([], "limbo"), "nothing to draw"),
        (lambda: plots.differences(comparison, ["limb"]), "no outcome is called 'limb'"),
        (lambda: plots.differences(Comparison([comparison["baseline"]])), "no differences"),
    ):
        with pytest.raises(ValueError, match=hint):
            draw()


def test_a_facility_has_both_its_names(run):
    for name in ("gnjilane", "rented_prison"):
        assert plots.occupancy(run, name).get_title(loc="left") == "Gnjilane"


def test_differences_are_shares_of_the_reference_and_hollow_where_untold(comparison):
    rows = difference_rows(comparison, ["home_occupancy", "limbo"])
    table = comparison.differences(["home_occupancy", "limbo"]).set_index("outcome")
    for row, name in zip(rows, ("home_occupancy", "limbo"), strict=True):
        [effect] = row.effects
        found = table.loc[name]
        assert effect.mean == pytest.approx(found["mean"] / found["reference_mean"])
        assert effect.half == pytest.approx(found["half_width"] / found["reference_mean"])
        assert effect.told == (found["verdict"] in ("more", "less"))
    ax = plots.differences(comparison, ["home_occupancy", "limbo"])
    faces = [m.get_markerfacecolor() for m in ax.lines if m.get_marker() == style.marker(0)]
    assert [face != "white" for face in faces] == [row.effects[0].told for row in rows]


def test_few_replications_have_no_interval_and_tell_nothing(comparison):
    few = Comparison([only_first(r, 2) for r in comparison])
    effects_ = [row.effects[0] for row in difference_rows(few, None)]
    assert all(effect.half is None and not effect.told for effect in effects_)
    assert "chance is not known" in plots.differences(few).get_xlabel()


def test_swings_lead_from_the_base_to_the_means_at_both_ends(results):
    [first, second] = bars_of(results, "limbo", None, None)
    assert abs(np.subtract(*first.values)) >= abs(np.subtract(*second.values))
    table = results.outcomes.query("outcome == 'limbo'").merge(results.design, on="point")
    for swing in (first, second):
        means = table.groupby(swing.factor)["value"].mean()
        assert swing.values == pytest.approx(tuple(means))
        assert [np.mean(each) for each in swing.each] == pytest.approx(list(means))
    ax = plots.influence(results, "limbo")
    assert [text.get_text() for text in ax.get_yticklabels()] == [first.factor, second.factor]
    with pytest.raises(ValueError, match="no scenario"):
        bars_of(results, "limbo", None, "another")


def test_a_response_is_drawn_point_by_point(results):
    ax = plots.response(results, "removal.willing_share", "removed_1y")
    means = next(line for line in ax.lines if line.get_marker() == style.marker(0))
    table = results.outcomes.query("outcome == 'removed_1y'").merge(results.design, on="point")
    expected = 100 * table.groupby("removal.willing_share")["value"].mean()
    np.testing.assert_allclose(means.get_ydata(), expected.astype(float))
    assert ax.get_ylabel() == "%"
