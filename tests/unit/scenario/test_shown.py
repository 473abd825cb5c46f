"""A scenario shows itself: what it changes, its levers, and its keys to whoever presses tab."""

import sys
from xml.etree import ElementTree as etree

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import sim
from sim.scenario.shown import LEVERS, as_html


def cells(text: str) -> list[list[str]]:
    rows = etree.fromstring(text).iter("tr")
    return [["".join(cell.itertext()) for cell in row] for row in rows]


def test_it_tells_what_it_changes_with_units():
    scenario = sim.load("late_opening").change({"rented_prison.places": 200})
    text = scenario._repr_html_()
    assert ["rented_prison.opens", "2027-04-01", "2029-04-01"] in cells(text)
    assert ["rented_prison.places", "300 places", "200 places"] in cells(text)
    assert scenario.hash in text
    assert scenario.title in text


def test_every_lever_has_a_value_and_a_meaning():
    told = {row[0]: row for row in cells(as_html(sim.load("baseline")))}
    assert all(len(told[key]) == 3 and all(told[key]) for key in LEVERS)


def test_the_baseline_changes_nothing_and_many_changes_are_folded():
    assert "Changes" not in as_html(sim.load("baseline"))
    assert "more changes" in as_html(sim.load("cooperation_breakdown"))


def test_words_of_the_user_are_escaped():
    scenario = sim.load("baseline").change({"title": "<b>&", "summary": "<i>"})
    assert "<b>" not in scenario._repr_html_()
    assert "<i>" not in scenario._repr_html_()


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    """An IPython that knows a scenario, and nobody's own settings."""
    config = Config({"HistoryManager": {"enabled": False}})
    folder = tmp_path_factory.mktemp("ipython")
    main = sys.modules["__main__"]
    shell = InteractiveShell(config=config, ipython_dir=str(folder))
    sys.modules["__main__"] = main  # a shell takes its place
    scenario = sim.load("baseline")
    shell.push({"sim": sim, "scenario": scenario, "origins": scenario.origins})
    return shell


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("scenario.re", {"scenario.removal", "scenario.rented_prison"}),
        (
            "scenario.rented_prison.pl",
            {"scenario.rented_prison.places", "scenario.rented_prison.place_periods"},
        ),
        ('scenario.origins["iran"].pr', {'scenario.origins["iran"].protected_share'}),
        ('origins["ira', {'origins["iran', 'origins["iraq'}),
        ("sim.comp", {"sim.compare"}),
        ("sim.plots.du", {"sim.plots.durations", "sim.plots.durations_by_origin"}),
    ],
)
def test_tab_completes(shell, typed, offered):
    with provisionalcompleter():
        found = list(shell.Completer.completions(typed, len(typed)))
    assert {typed[: one.start] + one.text for one in found} == offered


def test_what_pydantic_adds_is_there_but_not_completed():
    scenario = sim.load("baseline")
    assert "model_dump" not in dir(scenario)
    assert "change" in dir(scenario)
    assert scenario.model_dump()
