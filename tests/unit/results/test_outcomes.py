"""Outcomes in worlds where every value is known beforehand, and the sums they must keep to."""

from __future__ import annotations

from datetime import date
from math import isfinite
from typing import Any

import numpy as np
import pytest

from sim.results.outcomes import OUTCOMES, outcomes_of
from sim.results.outcomes.afterwards import BY_THEMSELVES, ROUTES, TIMES
from sim.results.outcomes.held import GROUPS
from sim.results.run import Run
from sim.world.flow import HELD, HELD_BY_GROUP
from sim.world.simulate import simulate
from sim.world.stages import Stay
from tests.helpers.worlds import (
    WAITING_FOR_PAPERS,
    band,
    between,
    constant,
    cooperation,
    plain,
    small,
)

START, END = date(2025, 1, 1), date(2035, 1, 1)
LATE_PAPERS = cooperation(START, END, document_delay_days=constant(300))
UNWILLING = {"removal.willing_share": 0.0}


def measured(changes: dict[str, Any]) -> dict[str, float | None]:
    """Third-country nationals who serve 400 days; their case opens 180 days before the end."""
    scenario = between(
        START,
        END,
        {
            **plain(START, END),
            "arrivals.judgments_per_year": 40,
            "arrivals.third_country_share": 1.0,
            **band("third_country", constant(400)),
            **cooperation(START, END, document_delay_days=constant(50)),
            **WAITING_FOR_PAPERS,
            **changes,
        },
    )
    return outcomes_of(Run(simulate(scenario, 1)))


def home(found: dict[str, float | None], route: str) -> list[float | None]:
    return [found[f"{route}_{time}"] for time in TIMES]


def test_days_held_are_told_by_stage_and_by_whether_the_sentence_is_over() -> None:
    """400 days in prison; the document is there 120 days after the sentence ended."""
    found = measured(LATE_PAPERS)
    assert found["held_days"] == pytest.approx(520)
    assert found["held_home_prison_days"] == pytest.approx(400)
    assert found["held_detention_days"] == pytest.approx(120)
    assert found["held_after_sentence_days"] == pytest.approx(120)
    assert found["held_after_sentence_detention_days"] == pytest.approx(120)
    assert found["held_rented_prison_days"] == found["held_breach_days"] == 0
    assert found["limbo_days"] == 0


def test_removal_at_release_and_later() -> None:
    in_time, late = measured({}), measured(LATE_PAPERS)
    assert home(in_time, "removed_from_sending_state") == [1, 1, 1, 1]
    assert home(late, "removed_from_sending_state") == [0, 1, 1, 1]
    assert home(late, "left_voluntarily") == home(late, "removed_from_host") == [0, 0, 0, 0]


def test_going_home_from_the_centre_is_another_route() -> None:
    found = measured({**LATE_PAPERS, "detention.detained_if_cooperates_share": 0.0})
    assert home(found, "left_voluntarily") == home(found, "removed") == [0, 1, 1, 1]
    assert home(found, "removed_from_sending_state") == [0, 0, 0, 0]
    assert home(found, "left_from_centre") == home(found, "left_voluntarily")
    assert home(found, "left_from_outside") == [0, 0, 0, 0]


def test_who_waits_outside_does_not_go_home_from_the_centre() -> None:
    changes = {"detention.detained_if_cooperates_share": 0.0,
               "departure_centre.waits_outside_share": 1.0}  # fmt: skip
    found = measured({**LATE_PAPERS, **changes})
    assert home(found, "left_voluntarily") == home(found, "left_from_outside") == [0, 1, 1, 1]
    assert home(found, "left_from_centre") == [0, 0, 0, 0]


def test_length_of_detention_is_of_third_country_nationals() -> None:
    """EU citizens, whose papers come sooner, are detained as well."""
    changes = {**LATE_PAPERS, "arrivals.third_country_share": 0.1,
               **band("eu_eea", constant(400)), "removal.eu_unregistered_share": 0.0,
               "origins.eu_eea.document_delay_days": constant(185),
               "detention.ended_if_cooperates_per_review": 0.0}  # fmt: skip
    assert measured(changes)["detention_days"] == pytest.approx(120)


def test_who_cannot_be_returned_is_in_limbo_for_good() -> None:
    """Two years of limbo each; a time in limbo counts as five years at most."""
    found = measured({**cooperation(START, END, protected_share=1.0), **UNWILLING})
    assert found["limbo_days"] == pytest.approx(2 * 365.25)
    assert found["limbo_spell_days"] == pytest.approx(5 * 365.25)
    assert found["held_after_sentence_days"] == 0
    assert found["limbo_at_end"] > found["limbo"] > 0  # type: ignore[operator]
    assert home(found, "removed") == [0, 0, 0, 0]


def test_waits_are_of_those_who_had_to_wait() -> None:
    nobody = measured({})
    assert nobody["case_worker_queue"] == nobody["escort_queue"] == 0
    assert nobody["case_worker_wait_days"] is None
    assert nobody["escort_wait_days"] is None
    assert nobody["detention_wait_days"] is None
    assert nobody["return_wait_days"] is None
    full = measured({**LATE_PAPERS, "detention.places": 0})
    assert full["detention_wait_days"] is None, "nobody ever gets one of no places"
    assert full["detention_queue"] == pytest.approx(full["detained"])
    assert full["detention_queue"]


def test_breaches_are_counted_when_they_begin() -> None:
    """A breach is punished every week or so, by a hundred days."""
    changes = {
        **cooperation(START, END, protected_share=1.0),
        **UNWILLING,
        "departure_centre.breach_sentences_per_year": 52.0,
        "departure_centre.breach_sentence_days": constant(100),
    }
    found = measured(changes)
    served = found["breach_imprisoned"] * (END - START).days  # type: ignore[operator]
    ends = found["breach_sentences"] * 100  # type: ignore[operator]
    # Those still serving at the horizon have not served all.
    assert 0.9 * ends < served < ends
    assert 0.85 * 730.5 < found["held_breach_days"] < 730.5  # type: ignore[operator]
    assert found["held_breach_days"] == found["held_after_sentence_breach_days"]


def test_shares_do_not_exist_where_nobody_is_followed_that_long() -> None:
    """The observed period is the last three years of ten, up to the horizon."""
    found = measured(
        {**UNWILLING, **cooperation(START, END, protected_share=1.0),
         "time.observe_from": date(2032, 1, 1)}
    )  # fmt: skip
    assert found["removed_2y"] == 0
    assert found["removed_5y"] is None
    assert found["limbo_spell_days"] is None


@pytest.mark.parametrize(
    ("key", "outcome"),
    [
        ("home_prisons.places", "home_occupancy"),
        ("home_prisons.officers", "prisoners_per_officer"),
    ],
)
def test_no_places_and_no_officers_have_no_ratio(key: str, outcome: str) -> None:
    assert measured({key: 0})[outcome] is None


def test_a_centre_without_places_has_no_occupancy() -> None:
    found = measured({"departure_centre.places": 0})
    assert found["departure_centre_occupancy"] is None


# ---------------------------------------------------------------- sums


@pytest.fixture(scope="module")
def busy() -> dict[str, float | None]:
    found = [outcomes_of(Run(simulate(small(), seed))) for seed in (1, 2)]
    assert found[0] != found[1]
    return found[0]


@pytest.mark.parametrize(
    ("total", "parts"),
    [
        ("held_days", [f"held_{group}_days" for group in GROUPS]),
        (
            "held_after_sentence_days",
            [f"held_after_sentence_{g}_days" for g, group in GROUPS.items() if group.after],
        ),
        *((f"removed_{time}", [f"{r}_{time}" for r in list(ROUTES)[1:]]) for time in TIMES),
        *(
            (f"left_voluntarily_{time}", [f"{r}_{time}" for r in BY_THEMSELVES])
            for time in list(TIMES)[1:]
        ),
    ],
)
def test_parts_make_the_whole(busy: dict[str, float | None], total: str, parts: list[str]) -> None:
    assert busy[total] == pytest.approx(sum(busy[part] or 0 for part in parts))
    assert busy[total]


def test_every_held_stay_is_in_one_group() -> None:
    assert set(GROUPS) == set(HELD_BY_GROUP)
    grouped = [stay for stays in HELD_BY_GROUP.values() for stay in stays]
    assert sorted(grouped) == sorted(HELD)
    assert Stay.DEPARTURE_CENTRE not in grouped


def test_more_are_gone_the_later_one_looks(busy: dict[str, float | None]) -> None:
    for route in ROUTES:
        shares = home(busy, route)
        assert shares == sorted(shares)  # type: ignore[type-var]


def test_values_are_numbers_or_none(busy: dict[str, float | None]) -> None:
    assert all(value is None or isfinite(value) for value in busy.values())
    assert np.sum([value is not None for value in busy.values()]) > 0.9 * len(OUTCOMES)


def test_every_outcome_says_what_it_is() -> None:
    assert len({outcome.name for outcome in OUTCOMES}) == len(OUTCOMES)
    assert len({outcome.title for outcome in OUTCOMES}) == len(OUTCOMES)
    assert len({outcome.definition for outcome in OUTCOMES}) == len(OUTCOMES)
    for outcome in OUTCOMES:
        assert outcome.definition.endswith("."), outcome.name
        assert outcome.name.endswith("_days") == (outcome.unit == "days"), outcome.name


@pytest.mark.parametrize("place", ["opens", "closes"])
def test_the_rented_prison_opens_and_closes_on_days_of_the_observed_period(place: str) -> None:
    """Counted from its first day, as the service has them since the start."""
    run = Run(simulate(small(), 1))
    day = getattr(run.cohort.service, place)
    found = outcomes_of(run)[f"rented_prison_{place}_days"]
    assert found is not None
    assert run.scenario.day(run.scenario.time.observe_from) + found == day
    without = Run(simulate(small().change({"rented_prison.in_use": False}), 1))
    assert outcomes_of(without)[f"rented_prison_{place}_days"] is None
