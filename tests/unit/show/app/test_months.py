"""The view month by month says what the tables say."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from sim.experiment.lives import worth_following
from sim.experiment.replications import Replications
from sim.show.app import parts
from sim.show.app.months import SERVING, WAITING, html, months_of
from tests.unit.show.conftest import renamed


def mean_people(r: Replications, table: str, label: str, name: str, day: str) -> float:
    rows = r.tables[table]
    mine = rows[(rows[label] == name) & (rows["date"] == np.datetime64(day))]
    assert len(mine) == r.number
    return float(mine["people"].mean())


def test_numbers_are_means_of_the_tables(both: list[Replications]) -> None:
    months = months_of(both)
    at = months.months.index("May 2030")
    cards = {card.title: card for card in months.cards}
    for n, r in enumerate(both):
        for title, stage in (("Remand", "remand"), ("Kærshovedgård", "departure_centre")):
            expected = mean_people(r, "census", "stage", stage, "2030-05-01")
            assert cards[title].people[n][at] == pytest.approx(expected, abs=0.051)
        prison = sum(
            mean_people(r, "census", "stage", stage, "2030-05-01")
            for stage in ("home_prison", "temporary_return")
        )
        assert cards["Danish prison"].people[n][at] == pytest.approx(prison, abs=0.051)
        queue = mean_people(r, "queues", "queue", "travel_document", "2030-05-01")
        title = "Waiting for a travel document"
        assert cards[title].people[n][at] == pytest.approx(queue, abs=0.051)
    gnjilane = cards["Gnjilane"]
    assert gnjilane.people[0][at] > 0 == max(gnjilane.people[1])
    assert gnjilane.places is not None
    assert gnjilane.places[0][at] == 300


def test_everyone_who_is_somewhere_is_in_one_of_the_boxes(both: list[Replications]) -> None:
    months = months_of(both)
    r = both[0]
    census = r.tables["census"].groupby("date")["people"].sum() / r.number
    shown = np.sum([c.people[0] for c in months.cards if c.part != WAITING], axis=0)
    known = census[census.index >= np.datetime64("2025-04-01")]
    assert len(known) == len(months.months)
    assert shown == pytest.approx(known.to_numpy(), abs=0.6)


def test_it_knows_the_period_and_the_opening(both: list[Replications]) -> None:
    months = months_of(both)
    assert months.months[months.observed[0]] == "April 2027"
    assert months.months[months.observed[1]] == "April 2037"
    assert months.opens == (months.observed[0], None)
    assert months.cards[0].part == SERVING


def test_a_title_cannot_break_out_of_the_page(both: list[Replications]) -> None:
    bad = renamed(both[0], "bad", "</script><script>alert(1)</script>")
    page = html(months_of([bad, both[1]]))
    assert "<script>alert" not in page
    content = re.search(r'type="application/json">(.*?)</script>', page, re.DOTALL)
    assert content is not None
    assert json.loads(content[1])["titles"][0] == bad.scenario.title
    for part in (parts.glance, parts.answer, parts.numbers):
        assert "<script>alert" not in part([bad, both[1]])


def test_the_page_says_what_the_command_line_says(both: list[Replications]) -> None:
    from sim.show.answer import sentences
    from sim.show.facts.table import summary

    answer = re.sub(r"\s+", " ", parts.answer(both).replace("&#39;", "'").replace("\u00a0", " "))
    assert all(sentence in answer for sentence in sentences(both))
    numbers = parts.numbers(both).replace("\u00a0", " ")
    for row in summary(both):
        assert row.cell(0) in numbers
        assert row.difference(0 if row.differences[0] else 1) in numbers


@pytest.mark.slow
def test_tables_and_report_can_be_taken_along(both: list[Replications]) -> None:
    import io
    import zipfile

    archive = zipfile.ZipFile(io.BytesIO(parts.tables(both)))
    names = archive.namelist()
    assert archive.testzip() is None
    assert {"tables/outcomes.csv", "tables/run.json", "estimates/differences.csv"} <= set(names)
    assert "The answer in short" in parts.report(both)


def test_stories_are_told_in_every_world_and_a_missing_person_is_told(
    both: list[Replications],
) -> None:
    worth = worth_following(both[0])
    person = next(iter(worth))
    told = parts.stories(both, person)
    assert [title for title, _ in told] == [r.scenario.title for r in both]
    assert all(f"Person {person}" in lines[0] for _, lines in told)
    assert told[0][1] != told[1][1]
    assert "Nobody has the number 12" in parts.stories(both[:1], 12)[0][1][0]
    assert "<li>" in parts.person(told)
