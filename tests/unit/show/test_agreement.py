"""With or without, for how long, and what it means in Kosovo: told where it matters."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.show.answer import sentences
from sim.show.draw.facilities import occupancy
from sim.show.draw.queues import queues
from sim.show.draw.style import BODY, SMALL, wrapped
from sim.show.draw.whereabouts import whereabouts
from sim.show.facts.agreement import host_prison_words, reference, staying_words, term_words
from sim.show.facts.selected import OF_AGREEMENT, OF_STAYING
from sim.show.facts.table import legend, summary
from sim.show.figures import FIGURES
from sim.show.report import html
from sim.show.terminal import as_text
from sim.show.words import MINUS
from tests.unit.show.conftest import (
    changed,
    only_first,
    renamed,
    with_outcome,
    with_scenario,
)


@pytest.fixture(scope="module")
def late(baseline):
    """Opens two years late: the scenario says so, the tables need not."""
    changes = {"rented_prison.opens": date(2029, 4, 1)}
    return renamed(with_scenario(baseline, changes), "late", "Late")


def names(rows):
    return {row.name for row in rows}


# ---------------------------------------------------------------------- the reference


def test_difference_is_with_the_agreement_minus_without(both):
    assert reference(both) == 1
    assert reference(both[::-1]) == 0
    for pair in (both, both[::-1]):
        rows = {row.name: row for row in summary(pair)}
        number = 1 - reference(pair)
        people = rows["rented_prison_people"]
        assert people.differences[number].mean == pytest.approx(people.cells[number].mean)
        assert people.difference(number).startswith("+")
        assert rows["home_occupancy"].difference(number).startswith(MINUS)
        assert people.differences[1 - number] is None


def test_first_is_the_reference_if_all_or_none_rent(both, late):
    assert reference([late, both[0]]) == 0
    assert reference([both[1], renamed(both[1], "twin", "Twin")]) == 0
    assert reference([late, both[0], both[1]]) == 2


def test_change_is_told_from_the_reference_and_the_story_is_about_the_first(both):
    first, second = (f"“{r.scenario.title}”" for r in both)
    said = sentences(both)
    heading = f"What {first} changes, compared with {second}:"
    assert said.index(heading) < said.index(f"In {first}:")
    turned = sentences(both[::-1])
    assert turned.index(heading) < turned.index(f"In {second}:")
    assert f"taken from {second}" in legend(both)


def test_reference_is_named_where_there_are_many(both, late):
    text = as_text([late, *both])
    head = text.split("Where do queues build")[0].split("\n\n")[-1]
    assert "No rented prison" in head
    page = html([late, *both], [])
    assert "the difference from “No rented prison”" in page


# ---------------------------------------------------------------------- the term


def test_term_that_fills_the_observed_period_needs_no_words(both):
    assert term_words(both) == ""


def test_term_that_leaves_the_observed_period_is_told_everywhere(both, late):
    pair = [late, both[0]]
    said = "open for 8.0 of 10 years (2.0 years of its term lie outside and are not counted)"
    assert said in term_words([late])
    assert f"{said} in “Late”; for 10.0 of 10 years" in term_words(pair)
    assert "not about the same length of agreement" in term_words(pair)
    assert "not about the same length" not in term_words([late])
    assert any(said in sentence for sentence in sentences(pair))
    costs = " ".join(as_text(pair).split("What does it cost?")[1].split())
    assert said in costs
    assert "8.0 of 10 years" in html(pair, []).split("What does it cost?")[1]
    texts = " ".join(t.get_text() for t in occupancy(pair).figure.texts)
    assert "8.0 of 10 years" in texts.replace("\n", " ")


def test_short_term_is_told(both):
    short = with_scenario(both[0], {"rented_prison.extended": False})
    assert "open for 5.0 of 10 years." in term_words([short])


# ---------------------------------------------------------------------- Kosovo


@pytest.fixture
def stress(baseline):
    r = renamed(
        with_scenario(baseline, {"stress_test": True, "staying.stays_share": 0.25}),
        "stress",
        "Stress",
    )
    told = {"stayed_in_host": 222, "host_asylum": 1.0, "host_at_large": 5.1,
            "host_detained": 1.2, "onward_travel": 218}  # fmt: skip
    for name, value in told.items():
        r = with_outcome(r, name, [value] * 5)
    return r


def test_who_stays_in_host_is_answered(stress, both):
    said = " ".join(sentences([stress, both[0]]))
    assert "222 people stay in Kosovo" in said
    assert "7.3 are there at a time (1.0 for asylum, 5.1 at large and 1.2 detained)" in said
    assert "218 travel on" in said
    assert set(OF_STAYING) <= names(summary([both[0], stress]))


def test_nobody_stays_in_host_without_the_stress_test(both):
    assert staying_words(both) == ""
    assert not set(OF_STAYING) & names(summary(both))


def test_contested_capacity_is_told_with_who_claims_it(both):
    said = host_prison_words(both[:1])
    assert "78 % full" in said
    assert "the 2,560 places that follow from the claim of the Kosovo Correctional Service" in said
    assert "126 % with the 1,693 of the Kosova Rehabilitation Centre" in said
    assert said in " ".join(sentences(both[:1]))


def test_fuller_than_full_is_told_of_any_scenario(both):
    claim = {"host.capacity_claim": "rehabilitation_centre"}
    full = renamed(with_scenario(both[0], claim), "full", "Full")
    full = with_outcome(full, "host_occupancy", [1.262] * 5)
    said = host_prison_words([both[0], full])
    assert "in “Full”, Kosovo's own prisons are 126 % full (more people than places)" in said
    assert "1,693 places that follow from the claim of the Kosova Rehabilitation Centre" in said


def test_rows_of_the_agreement_are_shown_where_a_prison_is_rented(both):
    assert set(OF_AGREEMENT) <= names(summary(both))
    assert not set(OF_AGREEMENT) & names(summary(both[1:]))


# ---------------------------------------------------------------------- few replications, shares


@pytest.mark.parametrize("number", [2, 4])
def test_few_replications_have_no_interval_and_say_why(both, number):
    few = [only_first(r, number) for r in both]
    text = " ".join(as_text(few).split())
    assert "±" not in text
    assert f"Means of {number} replications: too few for an interval (from 5 on)" in text
    assert f"there are {number} replications only" in text
    assert "±" in as_text(both)


def test_interval_of_a_share_stays_within_what_is_possible(both):
    def cell(values, name):
        return next(r for r in summary([with_outcome(both[0], name, values)]) if r.name == name)

    low = cell([0.0, 0.0, 0.0, 0.0, 0.02], "absconded_1y").cell(0)
    assert low == "0.40 (0.00–1.51)"
    high = cell([1.0, 1.0, 1.0, 1.0, 0.9], "rented_prison_fill").cell(0)
    assert high == "98.0 (92.4–100.0)"
    occupied = cell([0.99, 1.05, 0.99, 0.99, 0.99], "home_occupancy").cell(0)
    assert "±" in occupied  # prisons can be more than full


# ---------------------------------------------------------------------- figures speak


@pytest.mark.parametrize("name", FIGURES)
def test_figure_says_in_itself_what_one_sees(both, name):
    drawing = FIGURES[name](both)
    texts = [t.get_text().replace("\n", " ").replace("\u00a0", " ") for t in drawing.figure.texts]
    assert drawing.message in texts
    assert drawing.message.endswith(".")
    method = ("line: mean", "mean of", "median")
    assert name in ("flow", "costs") or any(word in " ".join(texts).lower() for word in method)
    assert drawing.message in drawing.alt


def test_message_follows_the_numbers(both):
    def three_times(table):
        return table.assign(people=3 * table["people"])

    tripled = [changed(r, "census", three_times) for r in both]
    assert whereabouts(both).message != whereabouts(tripled).message
    more = [with_outcome(r, "document_queue", [777.0] * 5) for r in both]
    assert "that for a travel document, with 777 people" in queues(more).message
    fuller = [with_outcome(r, "rented_prison_fill", [0.91] * 5) for r in both]
    assert "Gnjilane is 91 % full" in occupancy(fuller).message


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("figure", FIGURES.values())
def test_message_and_notes_touch_nothing(both, figure, long):
    if long:
        both = [
            renamed(both[0], "long", "A very long title of a scenario that needs two lines")
        ] * 4
    drawing = figure(both)
    renderer = drawing.figure.canvas.get_renderer()
    boxes = [t.get_window_extent(renderer) for t in drawing.figure.texts]
    boxes += [legend_.get_window_extent(renderer) for legend_ in drawing.figure.legends]
    for n, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[n + 1 :])
    for ax in drawing.figure.axes:
        around = ax.get_tightbbox(renderer)
        top, bottom = drawing.figure.texts[1], drawing.figure.texts[2]
        assert around.y1 <= top.get_window_extent(renderer).y0
        assert around.y0 >= bottom.get_window_extent(renderer).y1


def test_text_is_wrapped_to_the_width():
    text = "a fairly long sentence of many words, 95 % of them short, that must be broken " * 4
    for size in (SMALL, BODY):
        wide, narrow = wrapped(text, size, 9.68), wrapped(text, size, 3.0)
        assert len(wide) < len(narrow)
        assert not any(line.endswith("95") for line in narrow)
        assert " ".join(narrow).replace("\u00a0", " ") == text.strip()


def test_line_between_the_groups_and_who_is_counted_elsewhere_are_explained(both):
    drawing = whereabouts(both)
    note = " ".join(" ".join(t.get_text() for t in drawing.figure.texts).split())
    assert note.endswith(drawing.note)
    assert "Dark line: below it, people until the sentence ends; above it, after" in note
    assert "detained there for removal (counted under pre-removal detention)" in note
    white = [
        line for ax in drawing.figure.axes for line in ax.lines
        if line.get_color() == "white" and line.get_linewidth() > 1
    ]  # fmt: skip
    assert not white
    assert "counted under" not in whereabouts(both[1:]).note


# ---------------------------------------------------------------------- peaks


@pytest.mark.parametrize(
    ("month", "said"),
    [
        ("2026-02-01", "in February 2026, before the observed period)"),
        ("2030-02-01", "in February 2030)"),
        ("2038-02-01", "in February 2038, after the observed period)"),
    ],
)
def test_peak_outside_the_observed_period_is_said_to_be_so(baseline, month, said):
    def peak(table):
        mine = (table["queue"] == "travel_document") & (table["date"] == np.datetime64(month))
        table.loc[mine, "people"] = 5000.0
        return table

    r = changed(baseline, "queues", peak)
    caption = queues([r]).caption
    assert f"5,000 where the line peaks ({said.removeprefix('in ')}" in caption
