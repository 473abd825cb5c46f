"""The whole answer: how sure it is, what changes, then where queues build and how long."""

from __future__ import annotations

import dataclasses

import pytest

from sim.show.answer import sentences
from sim.show.answer.short import sureness
from tests.unit.show.conftest import only_first


def test_with_a_comparison_the_answer_begins_with_what_changes(both):
    said = sentences(both)
    assert said[1].startswith("What ")
    first = said.index(f"In “{both[0].scenario.title}”:")
    assert said[first + 1].startswith("The longest queue: ")
    assert "costs" in " ".join(said[:first])
    assert "held" in " ".join(said[first:])


def test_one_scenario_is_not_compared(both):
    said = sentences(both[:1])
    assert said[1].startswith("The longest queue: ")
    assert any(one.startswith("A year after their sentence") for one in said)
    assert not any("compared" in one or "changes" in one for one in said)


def test_sentences_are_whole_and_short(both):
    for text in sentences(both):
        assert text[0].isupper() or text[0].isdigit()
        assert text.endswith((".", ":"))
        # One fact each: what a claim of another is laid beside is the one exception.
        assert text.count(";") <= text.count("contested")


@pytest.mark.parametrize(
    ("drawn", "number", "said"),
    [
        (True, 3, "from the lowest to the highest of 3 draws"),
        (True, 60, "the range in which 90 % of 60 draws lie"),
        (False, 4, "there are 4 replications only: chance may explain all of it"),
        (False, 5, "what stands after ± is chance alone"),
    ],
)
def test_how_sure_it_is_is_said_first(both, drawn, number, said):
    some = [dataclasses.replace(r, drawn=drawn, number=number) for r in both]
    assert said in sureness(some)


def test_it_is_the_first_sentence(both):
    few = [only_first(r, 2) for r in both]
    assert sentences(few)[0] == sureness(few)
    assert "±" not in " ".join(sentences(few)[1:])
