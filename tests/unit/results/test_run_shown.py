"""A run, and a story, show themselves in a notebook as their tables say."""

from xml.etree import ElementTree as etree

import pytest

import sim
from sim.results.run import Run


@pytest.fixture(scope="module")
def run() -> Run:
    return sim.run(sim.load("baseline", {"arrivals.judgments_per_year": 150}), seed=2)


def rows(text: str) -> dict[str, list[str]]:
    found = etree.fromstring(text).iter("tr")
    cells = (["".join(cell.itertext()) for cell in row] for row in found)
    return {name: values for name, *values in cells}


def test_numbers_are_those_of_the_tables(run):
    told = rows(run._repr_html_())
    people = run.occupancy().query("facility == 'kaershovedgaard'")["people"]
    assert told["kaershovedgaard"][:2] == [f"{people.mean():,.0f}", f"{people.max():,.0f}"]
    limbo = run.queues().query("queue == 'limbo'")["people"]
    assert told["limbo (in limbo)"][0] == f"{limbo.mean():,.1f}"
    assert run.scenario.hash in run._repr_html_()


def test_examples_can_be_told(run):
    examples = run.examples(3)
    assert list(examples.columns) == ["person", "reason"]
    story = run.story(int(examples["person"].iloc[0]))
    assert str(story).splitlines()[0] == story.heading
    assert len(str(story).splitlines()) == len(story.lines) + 2
    assert len(rows(story._repr_html_())) <= len(story.lines) + 1
    assert repr(story).count("\n") == 0


def test_nobody_of_that_number_is_told(run):
    with pytest.raises(KeyError, match="nobody has the number 7"):
        run.story(7)
