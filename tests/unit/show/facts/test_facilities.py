"""How far a facility is used is what its outcome, or else its table, says."""

from __future__ import annotations

import pandas as pd
import pytest

from sim.experiment.replications import Replications
from sim.show import words
from sim.show.facts.costs import ITEMS, costs_of, of_agreement, total
from sim.show.facts.data import typical_outcome
from sim.show.facts.facilities import use


def test_rented_prison_is_used_as_its_outcomes_measure(baseline: Replications) -> None:
    found = use(baseline, "rented_prison")
    assert found.people == typical_outcome(baseline, "rented_prison_people") > 0
    assert found.share == typical_outcome(baseline, "rented_prison_fill")


def test_other_prisons_are_used_as_monthly_counts_say(baseline: Replications) -> None:
    scenario = baseline.scenario
    table = baseline.tables["occupancy"]
    mine = table[table["facility"] == words.facility_key(scenario, "home_prisons")]
    begin, end = (
        pd.Timestamp(day) for day in (scenario.time.observe_from, scenario.time.observe_until)
    )
    mine = mine[(mine["date"] >= begin) & (mine["date"] < end)]
    found = use(baseline, "home_prisons")
    assert found.people == pytest.approx(mine["people"].mean())
    assert found.share == pytest.approx(mine["people"].sum() / mine["places"].sum())


def test_facility_that_a_scenario_lacks_is_refused(baseline: Replications) -> None:
    with pytest.raises(ValueError, match="has no facility detention_abroad"):
        use(baseline, "detention_abroad")


def test_costs_add_up(both: list[Replications]) -> None:
    for r in both:
        table = r.tables["costs"]
        assert total(r) == pytest.approx(table["eur_million"].sum() / r.number)
        assert of_agreement(r) <= total(r)
    home = ("home_prison", "remand", "detention", "departure_centre")
    freed = ("home_prison_kept_ready", "home_prison_filled_again", "detention_kept_ready")
    rest = sum(costs_of(both[0])[item] for item in ITEMS if item not in (*home, *freed))
    assert of_agreement(both[0]) == pytest.approx(rest)
    assert of_agreement(both[1]) == 0
