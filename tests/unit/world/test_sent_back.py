"""Places by date, and who goes back for good: on demand of the host, or when places fall."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from sim.people.service import NEVER, Service
from sim.results.reasons import sent_back
from sim.results.run import Run
from sim.scenario.errors import ScenarioError
from sim.scenario.schema import Scenario
from sim.verification import verify
from sim.world.simulate import simulate
from sim.world.stages import Stay
from tests.helpers.worlds import small

FALLS, RISES = date(2028, 3, 1), date(2028, 9, 1)
PERIODS = [
    {"from": FALLS, "until": RISES, "places": 3},
    {"from": date(2029, 2, 1), "until": date(2029, 6, 1), "places": 14},
]
FEWER = {"rented_prison.place_periods": PERIODS}
BACK = {**FEWER, "rented_prison.sent_back": {"when_places_fall": True}}


def run(**changes: Any) -> Run:
    keyed = {key.replace("__", "."): value for key, value in changes.items()}
    return Run(simulate(small().change(keyed)))


@pytest.fixture(scope="module")
def kept() -> Run:
    return Run(simulate(small().change(FEWER)))


@pytest.fixture(scope="module")
def called_back() -> Run:
    return Run(simulate(small().change(BACK)))


def people_and_places(run: Run) -> tuple[np.ndarray, np.ndarray]:
    return run.facility("gnjilane", np.arange(run.scenario.horizon) + 0.5)


def spans(scenario: Scenario, opens: float) -> list[tuple[float, float, float]]:
    return Service.opening(scenario, opens).places(scenario)


def test_places_follow_their_dates_from_the_first_intake_to_the_closing() -> None:
    scenario = small().change(FEWER)
    opens = scenario.day(date(2027, 1, 1))
    service = Service.opening(scenario, opens)
    dates = [date(2028, 3, 1), date(2028, 9, 1), date(2029, 2, 1), date(2029, 6, 1)]
    edges = [opens, service.full, *map(scenario.day, dates), service.closes]
    found = service.places(scenario)
    assert [(begins, ends) for begins, ends, _ in found] == list(pairwise(edges))
    assert [places for *_, places in found] == [5, 10, 3, 10, 14, 10]


def test_fewer_places_than_the_first_ones_hold_in_the_first_intake_too() -> None:
    periods = [{"from": date(2027, 1, 1), "until": date(2027, 3, 1), "places": 2}]
    scenario = small().change({"rented_prison.place_periods": periods})
    assert [n for *_, n in spans(scenario, scenario.day(date(2027, 1, 1)))] == [2, 5, 10]


def test_a_late_opening_does_not_move_the_dates_of_places() -> None:
    scenario = small().change(FEWER)
    found = spans(scenario, scenario.day(date(2028, 5, 1)))
    assert found[0][2] == 3
    assert found[0][1] == scenario.day(RISES)


def test_places_that_come_later_are_selected_for() -> None:
    nothing = {"rented_prison.places": 0, "rented_prison.first_intake_places": 0}
    later = small().change({**FEWER, **nothing})
    assert Service.opening(later, 400.0).selection < np.inf


def test_all_stay_when_places_fall_and_nobody_comes_until_fewer_are_inside(kept: Run) -> None:
    people, places = people_and_places(kept)
    above = people > places
    assert above.any()
    assert (np.diff(people)[above[1:]] <= 0).all()
    assert [len(days) for days in sent_back(kept)] == [0, 0]


def test_those_above_the_places_go_by_the_next_seats_the_first_to_end_first(
    called_back: Run, kept: Run
) -> None:
    fallen = sent_back(called_back)[1]
    day = called_back.scenario.day(FALLS)
    before = people_and_places(kept)[0][int(day) - 1]
    falls = [day, called_back.scenario.day(date(2029, 6, 1))]
    assert set(fallen) <= set(falls)
    assert np.sum(fallen == day) >= before - 3 - 1
    stays = called_back.records.stays.joined(Stay.RENTED_PRISON, Stay.TEMPORARY_RETURN)
    end = called_back.cohort.sentence.end[stays.index]
    went, stayed = stays.end == day, (stays.start < day) & (stays.end > day)
    assert end[went].max() <= end[stayed].min()
    assert np.sum(stayed) <= 3


def test_who_is_sent_back_serves_the_rest_at_home_and_never_returns() -> None:
    often = run(rented_prison__sent_back={"on_demand_per_year": 2.0})
    demanded, fallen = sent_back(often)
    assert len(demanded) > 3
    assert len(fallen) == 0
    starts = often.stays_abroad
    assert len(np.unique(starts.index)) == len(starts.index)


@pytest.mark.parametrize("changes", [FEWER, BACK | {"rented_prison.sent_back.on_demand_per_year":
                                                     0.8}])  # fmt: skip
def test_nothing_is_broken_where_places_change(changes: dict[str, Any]) -> None:
    assert verify(small().change(changes), replications=1)


def test_an_early_end_empties_the_prison_by_its_day() -> None:
    stopped = run(rented_prison__ends_early=date(2029, 1, 1))
    day = stopped.scenario.day(date(2029, 1, 1))
    assert stopped.cohort.service.closes == day
    people, _ = people_and_places(stopped)
    assert people[int(day) - 200] > 0
    assert people[int(day) :].sum() == 0


def test_an_early_end_after_the_term_changes_nothing() -> None:
    late, plain = run(rented_prison__ends_early=date(2031, 1, 1)), run()
    assert late.cohort.service == plain.cohort.service
    assert late.records.stays.end.tobytes() == plain.records.stays.end.tobytes()


def test_a_prison_that_would_open_after_its_end_never_opens() -> None:
    delay = {"kind": "constant", "value": 800}
    changes = {"rented_prison.opening_delay_days": delay, "rented_prison.ends_early": FALLS}
    assert run(**changes).cohort.service == NEVER


def test_an_end_before_the_opening_is_refused() -> None:
    with pytest.raises(ScenarioError, match="is not after opens"):
        small().change({"rented_prison.ends_early": date(2026, 6, 1)})


def test_empty_features_leave_every_stay_the_same() -> None:
    plain = run()
    same = run(
        rented_prison__sent_back={"on_demand_per_year": 0.0},
        rented_prison__place_periods=[{"from": FALLS, "until": RISES, "places": 10}],
        transfer__exclusions={"extradition": 0.0},
    )
    for column in ("index", "code", "start", "end"):
        found = getattr(same.records.stays, column).tobytes()
        assert found == getattr(plain.records.stays, column).tobytes()
