"""Names speak Danish where it is asked for."""

from __future__ import annotations

from sim.language import speaking
from sim.scenario.files import load
from sim.show import words


def test_scenarios_states_and_outcomes_have_their_names() -> None:
    scenario = load("baseline")
    with speaking("da"):
        assert words.title_of(scenario) == "Gjilan åbner i april 2027"
        assert words.quoted(scenario.title) == "»Gjilan åbner i april 2027«"
        assert words.facility_title(scenario, "home_prisons") == "Fængsler i Danmark"
        assert words.stage_titles(scenario)["detention_queue"] == "Kø til en plads i Ellebæk"
        assert words.listed(["a", "b", "c"]) == "a, b og c"
        assert words.outcome_titles(scenario)["agreement_cost"] == "Udgift til aftalen"
    assert words.facility_title(scenario, "home_prisons") == "Danish prisons"
