"""Those who joined a queue, or limbo, as figures tell of them: counted by hand."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from sim.results.waits import LOOKED_AT_DAYS
from sim.show.draw.limbo import limbo
from sim.show.draw.queues import queue
from sim.show.draw.waits import blocks_of, waits
from sim.show.facts.data import band_words, over_time, ranged
from sim.show.facts.joined import joined
from sim.show.facts.limbo import still_there
from sim.show.facts.waits import queues_of, waited, whole_people
from sim.show.figures import says
from tests.unit.show.conftest import changed, only_first, renamed

QUEUES = ["flight_and_place", "travel_document", "limbo"]


def with_waits(r, queue, at_risk, waiting, got):
    """Set what became of those who joined a queue, in every replication."""

    def put(table):
        mine = table["queue"] == queue
        number = mine.sum() // len(LOOKED_AT_DAYS)
        table.loc[mine, "at_risk"] = np.tile(at_risk, number).astype(int)
        table.loc[mine, "waiting"] = np.tile(waiting, number)
        table.loc[mine, "got"] = np.tile(got, number)
        table.loc[mine, "ended_otherwise"] = 1 - np.tile(waiting, number) - np.tile(got, number)
        return table

    return changed(r, "after_joining", put)


def falling(r, queue="travel_document", people=1000, followed=np.inf):
    """Half get it between a month and 3 months; a tenth stop before a week; the rest wait on."""
    days = LOOKED_AT_DAYS
    got, waiting = np.where(days > 80, 0.5, 0.0), np.where(days > 80, 0.4, 0.9)
    waiting, got = (np.where(days <= followed, x, np.nan) for x in (waiting, got))
    return with_waits(r, queue, people * np.nan_to_num(waiting), waiting, got)


def test_joined_are_those_of_the_table(baseline):
    found = joined(baseline)["travel_document"]
    table = baseline.tables["after_joining"].query("queue == 'travel_document'")
    by_hand = table.groupby("days_after_joining")[["at_risk", "waiting", "got"]].mean()
    assert found.at_risk.mean(axis=0) == pytest.approx(by_hand["at_risk"].to_numpy())
    assert found.got.mean(axis=0) == pytest.approx(by_hand["got"].to_numpy())
    assert found.people == by_hand["at_risk"].iloc[0]
    assert joined(changed(baseline, "after_joining", lambda table: table.iloc[:0])) == {}


def test_a_hundred_people_are_shared_out_by_when_they_have_it(baseline):
    one = waited(falling(baseline))["travel_document"]
    assert one.got == (0, 0, 50, 0, 0, 0)
    assert (one.without, one.waiting, one.people) == (10, 40, 900)
    assert (one.within("a month"), one.within("3 months")) == (0, 50)
    assert sum(one.parts) == 100


def test_what_is_not_followed_is_not_told(baseline):
    one = waited(falling(baseline, followed=100))["travel_document"]
    assert one.until == ("a week", "a month", "3 months")
    assert one.waiting == 40
    assert "travel_document" not in waited(falling(baseline, followed=5))
    assert "travel_document" not in waited(falling(baseline, people=15))


def test_the_longest_waits_come_first(both):
    first = queues_of([falling(r, "return_flight") for r in both])[0]
    assert first == "return_flight"
    drawing = waits([falling(r, "return_flight") for r in both])
    assert drawing.message == (
        "Waiting for a return flight (both scenarios): of 100 people, 50 have it within 3 months, "
        "10 stop without it, 40 still wait after 2 years."
    )


def test_scenarios_alike_share_a_bar(baseline):
    twin = renamed(baseline, "twin", "Twin")
    assert {len(block.bars) for block in blocks_of([baseline, twin])} == {1}
    other = falling(twin)
    bars = {block.queue: block.bars for block in blocks_of([baseline, other])}
    assert [whose for whose, _ in bars["travel_document"]] == [baseline.scenario.title, "Twin"]


@pytest.mark.parametrize(
    ("shares", "people"),
    [
        ([0.5, 0.5], [50, 50]),
        ([1 / 3, 1 / 3, 1 / 3], [34, 33, 33]),
        ([0.996, 0.004], [100, 0]),
        ([0.284, 0.283, 0.433], [28, 28, 43]),
    ],
)
def test_whole_people_add_up(shares, people):
    found = whole_people(shares)
    assert sum(found) == 100
    assert np.abs(np.subtract(found, people)).max() <= 1
    assert np.abs(found - 100 * np.array(shares)).max() < 1


def test_survival_of_limbo_has_its_numbers_at_risk(baseline):
    people = 800.0 - 30 * np.arange(len(LOOKED_AT_DAYS))
    share = np.where(LOOKED_AT_DAYS > 1000, np.nan, people / 800)
    r = with_waits(baseline, "limbo", people, share, 0 * share)
    found = still_there(r)
    assert found.years[-1] * 365.25 < 1000
    assert found.entered == 800
    assert found.share.middle[found.place(1)] == pytest.approx(people[8] / 800)
    assert found.place(4) is None
    drawing = limbo([r])
    [ax] = drawing.figure.axes
    texts = {text.get_text() for text in ax.texts}
    assert {"800", f"{people[8]:.0f}", f"{people[12]:.0f}"} <= texts
    assert f"{100 * people[8] / 800:.0f} of 100 people" in drawing.message
    numbers = drawing.data
    assert numbers["people_at_risk"].iloc[0] == 800


def test_band_of_limbo_is_over_replications(baseline):
    found = still_there(baseline)
    table = baseline.tables["after_joining"].query("queue == 'limbo'")
    wide = table.pivot(index="days_after_joining", columns="replication", values="waiting")
    wide = wide.dropna()
    assert found.share.low == pytest.approx(wide.min(axis=1).to_numpy())
    assert found.share.high == pytest.approx(wide.max(axis=1).to_numpy())
    one = limbo([only_first(baseline)])
    assert not one.figure.axes[0].collections


def test_hardly_anyone_in_limbo_is_no_figure(baseline):
    few = with_waits(baseline, "limbo", *(np.full(len(LOOKED_AT_DAYS), x) for x in (5, 0.5, 0.0)))
    assert not says("limbo", [few])
    assert says("limbo", [few, baseline])


# ---------------------------------------------------------------------- draws


@pytest.fixture(scope="module")
def drawn(baseline):
    """Five draws, and two replications of the scenario as it is."""
    return dataclasses.replace(baseline, drawn=True, chance=only_first(baseline, 2))


def test_the_line_of_draws_is_their_median_with_chance_alone_inside(baseline, drawn):
    series = over_time(drawn, "queues", "limbo")
    table = baseline.tables["queues"].query("queue == 'limbo'")
    wide = table.pivot(index="date", columns="replication", values="people").to_numpy()
    wide = wide[-len(series.days) :]
    assert series.middle == pytest.approx(np.median(wide, axis=1))
    assert series.mean == pytest.approx(wide.mean(axis=1))
    assert series.low == pytest.approx(wide.min(axis=1))  # of few draws, from lowest to highest
    assert series.chance.high == pytest.approx(wide[:, :2].max(axis=1))
    assert series.chance.middle == pytest.approx(wide[:, :2].mean(axis=1))
    assert over_time(baseline, "queues", "limbo").chance is None


def test_both_bands_are_drawn_and_what_they_are_is_said(baseline, drawn):
    bare, both = queue([baseline], "limbo"), queue([drawn], "limbo")
    assert len(both.collections) == len(bare.collections) + 1
    assert len(both.lines) == len(bare.lines) + 2  # the edges of the wide one
    said = band_words([drawn])
    assert said.startswith("Line: the middle of 5 draws; band: from the lowest to the highest")
    assert "Narrow band: chance alone" in said
    many = dataclasses.replace(drawn, number=60, chance=None)
    assert band_words([many]) == (
        "Line: the middle of 60 draws; band: 90 of 100 draws lie in it, over assumptions and "
        "chance."
    )
    assert "one draw" in band_words([dataclasses.replace(drawn, number=1)])


def test_people_are_told_with_their_range_where_there_are_draws(baseline, drawn):
    fixed, ranged_ = (waited(r)["travel_document"] for r in (baseline, drawn))
    assert fixed.parts == ranged_.parts
    message = waits([drawn]).message
    assert re.search(r"of 100 people, \d+ \(\d+ to \d+\) have it", message)
    assert "(" not in waits([baseline]).message
    assert re.search(r"^\d+ \(\d+ to \d+\) of 100 people", limbo([drawn]).message)
    assert ranged([drawn], 3.0, 0.01, 14.2) == "3.0 (0 to 14)"
    assert ranged([drawn], 3.0, 3.0, 3.0) == ranged([baseline], 3.0, 0, 9) == "3.0"
