"""Every outcome of every shipped scenario, recomputed from what a reader can see.

From the tables `spells`, `people` and `exits`, the scenario, pandas and lifelines alone.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import pytest

from sim.results.outcomes import OUTCOMES, outcomes_of
from sim.results.run import Run
from sim.scenario.calendar import on_calendar
from sim.scenario.files import called, load, shipped
from sim.scenario.schema import Scenario
from sim.world.simulate import simulate
from tests.helpers.worlds import constant, small

pytest.importorskip("lifelines", reason="lifelines is not installed")
from tests.helpers.public_tables import Told
from tests.helpers.recomputed import again

#: Shipped scenarios are given fewer judgments, so that all take less than a minute.
JUDGMENTS = 600
SHIPPED = [called(load(path)) for path in shipped()]
#: Worlds in which things happen that are rare in the others: hands and places are short, and nobody
#: is followed for long.
OTHERS = ("short_of_hands", "crowded", "short_of_time")
NAMES = [*SHIPPED, *OTHERS]
#: Tables hold seconds: lengths of stay and times are rounded to these.
ROUNDING = {"rel": 1e-6, "abs": 5e-5}


SHORT: dict[str, Any] = {
    "removal.willing_share": 0.2,
    "removal.direct_share": 0.8,
    "transfer.least_remaining_days": 0.0,
    "transfer.own_wish_share": 0.3,
    "transfer.unsuitable_shares": {"health": 0.2},
    "transfer.host_refusal": {"shares": {"risk": 0.2}, "answer_days": constant(7)},
    "rented_prison.sent_back": {"on_demand_per_year": 0.3},
    "rented_prison.place_periods": [
        {"from": date(2028, 3, 1), "until": date(2028, 9, 1), "places": 3}
    ],
    "detention.places": 1,
    "stress_test": True,
    "staying.stays_share": 0.2,
}
CROWDED: dict[str, Any] = {
    **SHORT,
    "rented_prison.sent_back.when_places_fall": True,
    "removal.case_workers": 4,
    "removal.escort_days": constant(5),
    "detention.places": 8,
    "detention.detained_if_limited_share": 0.6,
    "detention.ended_if_limited_per_review": 0.0,
    "detention.ended_if_cooperates_per_review": 0.0,
    "home_prisons.other_prisoners": 0,
    "home_prisons.places": 60,
    "home_prisons.freed_places_filled_share": 0.4,
    "departure_centre.places": 1,
    "departure_centre.lives_elsewhere_share": 0.0,
    "departure_centre.leaves_voluntarily_per_year": 20.0,
    "staying.stays_share": 0.4,
    "staying.stopped_per_year": 3.0,
    "costs.discount_rate_share": 0.035,
    "costs.home_saved_share": 0.3,
}


def scenario(name: str) -> Scenario:
    if name in ("short_of_hands", "crowded"):
        return small().change(SHORT if name == "short_of_hands" else CROWDED)
    if name == "short_of_time":
        baseline = load("baseline", {"arrivals.judgments_per_year": JUDGMENTS})
        world = baseline.change(on_calendar(baseline, date(2024, 1, 1), date(2030, 1, 1)))
        observed = {"time.observe_from": date(2027, 4, 15), "time.observe_until": date(2029, 2, 3)}
        return world.change(observed)
    world = load(name)
    # Where nobody is judged but in streams of its own, as many are as there are.
    most = max(step.value for step in world.arrivals.judgments_per_year)
    return world.change({"arrivals.judgments_per_year": JUDGMENTS}) if most else world


@lru_cache
def both(name: str) -> tuple[dict[str, float | None], dict[str, float | None]]:
    """Outcomes of a world, and what they are worked out to here."""
    run = Run(simulate(scenario(name), 1))
    return outcomes_of(run), again(Told(run))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_outcome_is_what_the_tables_say(name: str) -> None:
    ours, theirs = both(name)
    assert set(theirs) == set(ours) == {outcome.name for outcome in OUTCOMES}
    world = scenario(name)
    lacking = {
        outcome.name
        for outcome in OUTCOMES
        if outcome.section and getattr(world, outcome.section) is None
    }
    assert all(ours[outcome] is None for outcome in lacking)
    differ = {
        outcome: (value, theirs[outcome])
        for outcome, value in ours.items()
        if outcome not in lacking
        and (
            (value is None) != (theirs[outcome] is None)
            or (value is not None and value != pytest.approx(theirs[outcome], **ROUNDING))
        )
    }
    assert not differ, f"{name}: outcome, and recomputed: {differ}"


def test_every_outcome_exists_and_says_something_somewhere() -> None:
    """Else the agreement above would say nothing."""
    found = [both(name)[0] for name in NAMES]
    for outcome in OUTCOMES:
        values = {values[outcome.name] for values in found}
        assert values - {None, 0.0}, outcome.name
