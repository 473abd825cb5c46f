"""Nothing is told of a time up to which people are not followed."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.analysis.durations import shares_after_sentence
from sim.analysis.paired import NoComparison
from sim.experiment.replications import Replications
from sim.results.fates import AFTER_DAYS, fate_table
from sim.results.run import Run
from sim.scenario.calendar import on_calendar
from sim.scenario.files import load
from sim.scenario.schema import Scenario
from sim.show import words
from sim.show.answer import sentences
from sim.show.comparison import Comparison, compare
from sim.show.draw import afterwards, flows
from sim.show.facts import changed
from sim.show.facts import flows as ways
from sim.show.facts.afterwards import curves
from sim.world.simulate import simulate
from tests.helpers.runs import replicate

OBSERVED = {"time.observe_from": date(2027, 4, 1), "time.observe_until": date(2029, 4, 1)}


def short(end: date, name: str = "short") -> Scenario:
    """Two years observed, from 2024 on, until a day."""
    baseline = load("baseline")
    calendar = on_calendar(baseline, date(2024, 1, 1), end)
    world = baseline.change({**calendar, **OBSERVED, "arrivals.judgments_per_year": 400})
    return world.model_copy(update={"name": name, "title": name.capitalize()})


@pytest.fixture(scope="module")
def run() -> Run:
    return Run(simulate(short(date(2030, 1, 1)), 1))


@pytest.fixture(scope="module")
def few() -> Replications:
    return replicate(short(date(2030, 1, 1)), 2)


def test_shares_after_the_sentence_end_with_the_last_day_anyone_is_followed(run: Run) -> None:
    """As those over replications do; what is known is what a longer simulation says of it."""
    table = run.after_sentence()
    third = run.after_sentence(by="group").query("group == 'third_country'")
    last = (run.scenario.time.end - OBSERVED["time.observe_from"]).days
    for found in (table, third):
        assert found.loc[found["days_after_sentence"] > last, "share"].isna().all()
        assert found.loc[found["days_after_sentence"] < last - 40, "share"].notna().all()
    keys = ["days_after_sentence", "exit"]
    same = shares_after_sentence([run], days=sorted(set(table["days_after_sentence"])))
    pd.testing.assert_series_equal(
        table.set_index(keys)["share"].sort_index(), same.set_index(keys)["share"].sort_index()
    )


def test_shares_go_on_where_everyone_has_left(run: Run) -> None:
    eu = run.after_sentence(by="group").query("group == 'eu_eea'")
    whole = eu.groupby("days_after_sentence")["share"].sum(min_count=1)
    index, _, cause = run.after_release()
    mine = run.cohort.arrived.group[index] == 0
    assert (whole.isna().any()) == bool((cause[mine] < 0).any())


def test_the_figure_and_its_words_end_there(few: Replications) -> None:
    years, _ = curves(few, "third_country")
    assert 2 < years[-1] < 2.76
    drawing = afterwards.after_sentence([few])
    third, _, _ = drawing.caption.partition("EU and EEA citizens")  # who have all left by then
    assert "after five years" not in third
    assert re.search(r"after 2\.\d years, longer than which nobody is followed", drawing.caption)
    [ax, *_] = drawing.figure.axes
    assert max(line.get_xdata().max() for line in ax.lines) == pytest.approx(years[-1])


def test_nothing_is_said_of_a_year_that_nobody_is_followed_for() -> None:
    observed = {**OBSERVED, "time.observe_from": date(2028, 8, 1)}
    world = short(date(2029, 4, 1)).change(observed)
    drawing = afterwards.after_sentence([replicate(world, 1)])
    assert "nobody is followed so long" in drawing.message
    assert "nobody is followed for a year" in drawing.caption
    assert not re.search(r"\d %", drawing.message)


@pytest.mark.parametrize("end", [date(2029, 4, 1), date(2030, 1, 1), date(2032, 1, 1)])
def test_a_fate_is_of_those_followed_so_long(end: date) -> None:
    run = Run(simulate(short(end), 1))
    table = fate_table(run).set_index("person")
    ends = run.people.set_index("person").loc[table.index, "sentence_end"]
    days = (pd.Timestamp(end) - ends).dt.total_seconds() / 86400
    seen = days >= AFTER_DAYS
    for column in ("fate", "in_limbo", "limbo_days", "held_days", "looked_at_days"):
        assert table[column].notna().equals(seen), column
    assert table["next"].notna().all()
    assert set(table["looked_at_days"].dropna()) <= {AFTER_DAYS}


def test_fates_of_those_followed_are_those_that_a_longer_simulation_tells() -> None:
    runs = [Run(simulate(short(end), 1)) for end in (date(2030, 1, 1), date(2033, 1, 1))]
    early, late = (fate_table(run).set_index("person") for run in runs)
    known = early.dropna(subset="fate")
    assert 0.2 * len(early) < len(known) < 0.6 * len(early)
    assert late["fate"].notna().all()
    differ = known["fate"] != late.loc[known.index, "fate"]
    assert differ.mean() < 0.02, "queues differ a little, as people judged later are not there"


def test_the_flow_says_how_many_are_followed(few: Replications) -> None:
    followed = few.tables["fates"]["fate"].notna().mean()
    message = flows.flow([few]).message
    assert f"of the {100 * followed:.0f} % followed so long" in message
    total = sum(flow.people for flow in ways.flows(few))
    unknown = sum(flow.people for flow in ways.flows(few) if flow.fate == ways.UNKNOWN)
    assert unknown / total == pytest.approx(1 - followed)
    home = few.tables["fates"].dropna(subset="fate")["fate"].isin(
        ["removed", "removed_from_host", "left_voluntarily", "removed_from_short_sentence",
         "transferred_to_serve"]
    ).mean()  # fmt: skip
    assert f"{words.percent(home + 1e-9)} have left for home" in message


def test_nobody_followed_for_two_years_is_said() -> None:
    world = short(date(2029, 4, 1)).change({**OBSERVED, "time.observe_from": date(2028, 1, 1)})
    message = flows.flow([replicate(world, 1)]).message
    assert "nobody is followed for two years" in message
    assert "two years later" not in message


def test_who_changes_fate_leaves_them_out_and_says_so(few: Replications, monkeypatch: Any) -> None:
    monkeypatch.setattr(changed, "_stories", lambda *_: ((), ""))
    other = short(date(2030, 1, 1), "without").change({"rented_prison.in_use": False})
    [one] = changed.changed([few, replicate(other, 2)], 0)
    left_out = int(re.findall(r"(\d+)(?:\.\d)? more are left out", one.summary)[0])
    unseen = few.tables["fates"]["fate"].isna().sum() / 2
    assert left_out == pytest.approx(unseen, rel=0.1)


def test_worlds_of_other_horizons_are_not_compared(few: Replications) -> None:
    longer = replicate(short(date(2031, 1, 1), "longer"), 2)
    with pytest.raises(NoComparison, match=r"different periods.*not followed for as long"):
        Comparison([few, longer])
    with pytest.raises(NoComparison, match="longer from 2024-01-01 until 2031-01-01"):
        compare(few.scenario, longer.scenario, replications=1, progress=False)
    assert any("not followed for as long" in one for one in sentences([few, longer]))
    assert changed.changed([few, longer], 0) == []


def test_days_held_are_of_those_followed_for_two_years(run: Run) -> None:
    from sim.results.outcomes.base import followed

    ends = run.cohort.sentence.leaves[followed(run, 2)]
    assert np.all(ends + AFTER_DAYS <= run.scenario.horizon)
    assert len(ends) > 0
