"""What is told of one scenario follows its tables: queues, peaks, waits, places and stays."""

from __future__ import annotations

import numpy as np
import pytest

from sim.show import words
from sim.show.answer import one
from tests.unit.show.conftest import changed, with_outcome


def test_another_queue_becomes_the_longest(both):
    assert one.longest(both[0])[0].startswith("The longest queue: waiting for a travel document,")
    said = one.longest(with_outcome(both[0], "transfer_queue", [900.0, 950.0]))
    assert said[0] == "The longest queue: waiting list for the flight, with 925 people on average."


def test_next_comes_the_second(both):
    r = with_outcome(both[0], "transfer_queue", [12.0] * 5)
    r = with_outcome(r, "document_queue", [30.0] * 5)
    assert one.second(r)[0] == "Next comes waiting list for the flight, with 12 people on average."


def test_waits_are_those_of_the_outcomes(both):
    def wait(values):
        return " ".join(one.longest(with_outcome(both[0], "document_wait_days", values)))

    within = f"Half of those who join it have what they wait for within {words.span(205)}."
    assert within in wait([200.0, 210.0])
    assert "Fewer than half of those who join it ever get what they wait for." in wait([None] * 2)
    assert "of those who join it" not in wait([None, 200.0])  # neither can be said


@pytest.mark.parametrize(
    ("month", "said"),
    [
        ("2026-02-01", "in February 2026, before the observed period."),
        ("2030-02-01", "in February 2030."),
        ("2038-02-01", "in February 2038, after the observed period."),
    ],
)
def test_a_peak_outside_the_observed_period_is_said_to_be_so(baseline, month, said):
    def peak(table):
        mine = (table["queue"] == "travel_document") & (table["date"] == np.datetime64(month))
        table.loc[mine, "people"] = 5000.0
        return table

    assert f"It peaks at 5,000 {said}" in one.longest(changed(baseline, "queues", peak))


def test_how_full_prisons_are_follows_the_numbers(both):
    assert one.home(with_outcome(both[0], "home_occupancy", [0.91] * 5)) == [
        "Danish prisons are 91 % full."
    ]


def test_what_becomes_of_people_follows_the_numbers(both):
    r = with_outcome(both[0], "removed_1y", [0.6] * 5)
    said = one.after(with_outcome(r, "absconded_1y", [0.2] * 5))
    assert "60 % of third-country nationals released have been removed" in said[0]
    assert said[1] == "Nobody knows where 20 % of them are."
    assert one.limbo(with_outcome(both[0], "limbo", [45.0] * 5))[0] == (
        "45 people are in limbo on average."
    )


def test_days_held_after_the_sentence_are_told(both):
    said = one.stays(with_outcome(both[0], "held_after_sentence_days", [57.0] * 5))
    assert said[-1].endswith("are held for 57 days on average.")
    assert any(text.startswith("Stays in Gnjilane, trips to Denmark included:") for text in said)
    without = one.stays(both[1])
    assert not any("Gnjilane" in text for text in without)
