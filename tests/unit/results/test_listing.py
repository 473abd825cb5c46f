"""The list of outcomes: each with its words, unit and definition."""

import pytest

import sim
from sim.results.outcomes import OUTCOMES


def test_every_outcome_is_listed_with_its_words_and_unit():
    table = sim.outcomes()
    assert table.index.tolist() == [one.name for one in OUTCOMES]
    assert table.index.is_unique
    assert list(table) == ["title", "unit", "definition", "matters_absolute", "matters_relative"]
    assert table.loc["limbo", "unit"] == "persons"
    assert (table[["title", "unit", "definition"]] != "").all(axis=None)
    assert not table["definition"].str.contains("[{}]").any()


def test_the_words_are_those_of_the_scenario():
    ours, theirs = sim.outcomes(), sim.outcomes("norgerhaven")
    assert ours.index.equals(theirs.index)
    assert theirs["title"].str.contains("Norw|Dutch|Norgerhaven|Netherlands").any()
    assert not ours["title"].str.contains("Norw|Dutch|Norgerhaven|Netherlands").any()
    with pytest.raises(sim.ScenarioError, match="no such file"):
        sim.outcomes("nowhere")
