"""Scenarios beside each other can be told apart, whatever their titles."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.experiment.definition import read_experiment
from sim.scenario.names import MOST_TITLE
from sim.scenario.schema import Scenario
from sim.scenario.together import told_apart
from sim.show.terminal import as_text
from tests.helpers.experiments import write
from tests.helpers.worlds import small

NAMES = ("a", "b", "c")
TITLES = ("X", "X (b)", "X (c)", "Y" * MOST_TITLE)


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(TITLES)), min_size=1, max_size=5))
def test_titles_differ_and_worlds_stay_the_same(words: list[tuple[str, str]]) -> None:
    worlds = [small().model_copy(update={"name": name, "title": title}) for name, title in words]
    found = told_apart(worlds)
    titles = [one.title for one in found]
    assert len(set(titles)) == len(titles)
    assert all(len(title) <= MOST_TITLE for title in titles)
    assert [(one.name, one.hash) for one in found] == [(one.name, one.hash) for one in worlds]
    for (_, title), now in zip(words, titles, strict=True):
        if [one for _, one in words].count(title) == 1 and not title.startswith("X ("):
            assert now == title


def test_titles_of_their_own_are_left_alone(baseline: Scenario) -> None:
    worlds = [baseline, sim.load("no_agreement")]
    assert [a is b for a, b in zip(told_apart(worlds), worlds, strict=True)] == [True, True]


def test_an_inherited_title_is_told_apart_in_a_comparison() -> None:
    world = small()
    other = world.change({"name": "other", "rented_prison.in_use": False})
    both = sim.compare(world, other, assumptions="fixed", replications=1, progress=False)
    titles = [scenario.title for scenario in both.scenarios]
    assert titles == [f"{world.title} ({world.name})", f"{world.title} (other)"]
    text = as_text(list(both))
    assert world.name in text
    assert "(other)" in text


def test_an_inherited_title_is_told_apart_in_an_experiment(tmp_path) -> None:
    file = write(tmp_path, "[replications]\nnumber = 1\n")
    titles = [scenario.title for scenario in read_experiment(file).scenarios]
    assert titles == ["A small world (small)", "A small world (without)"]
