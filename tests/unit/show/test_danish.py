"""What is shown speaks Danish where it is asked to, and files stay as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from sim.experiment.replications import Replications
from sim.language import speaking
from sim.show import words
from sim.show.facts.table import legend, summary
from sim.show.figures import picture
from sim.show.report import html
from sim.show.terminal import as_text


def test_the_report_says_which_language_it_speaks_and_speaks_it(
    both: Sequence[Replications],
) -> None:
    english = html(both, [])
    with speaking("da"):
        danish = html(both, [])
    assert '<html lang="en">' in english
    assert '<html lang="da">' in danish
    heads = re.findall(r"<h2[^>]*>([^<]*)</h2>", danish)
    assert heads[:2] == ["Svaret i korte træk", "Tallene"]
    assert not {*re.findall(r"<h2[^>]*>([^<]*)</h2>", english)} & {*heads}
    assert "står på det sprog, de er skrevet på" in danish
    assert html(both, []) == english


def test_scenarios_states_and_outcomes_have_their_names(both: Sequence[Replications]) -> None:
    scenario = both[0].scenario
    with speaking("da"):
        assert words.title_of(scenario) == "Gjilan åbner i april 2027"
        assert words.quoted(scenario.title) == "»Gjilan åbner i april 2027«"
        assert words.facility_title(scenario, "home_prisons") == "Fængsler i Danmark"
        assert words.stage_titles(scenario)["detention_queue"] == "Kø til en plads i Ellebæk"
        assert words.listed(["a", "b", "c"]) == "a, b og c"
        row = next(row for row in summary(both) if row.name == "agreement_cost")
        assert (row.title, row.printed_unit) == ("Udgift til aftalen", "mio. EUR")
    assert words.facility_title(scenario, "home_prisons") == "Danish prisons"


def test_numbers_and_dates_of_the_legend_are_danish(both: Sequence[Replications]) -> None:
    with speaking("da"):
        assert legend(both).startswith("Observeret: 1. april 2027 til 1. april 2037; startværdi")


def test_the_terminal_speaks_too(both: Sequence[Replications]) -> None:
    english = as_text(both)
    with speaking("da"):
        danish = as_text(both)
    assert "Hvad koster det?" in danish
    assert not re.search(r"\b(the|people|with|of)\b", danish)
    assert as_text(both) == english


@pytest.mark.parametrize("name", ["costs"])
def test_a_figure_drawn_elsewhere_speaks_and_its_numbers_stay(
    both: Sequence[Replications], name: str
) -> None:
    english, danish = picture(name, both), picture(name, both, "da")
    assert english.title == "What does it cost?"
    assert danish.title == "Hvad koster det?"
    assert "Gjilan åbner i april 2027" in danish.message
    assert danish.csv() == english.csv()
