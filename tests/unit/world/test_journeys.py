"""Journeys told stay by stay, in worlds where nothing is left to chance but the day of judgment."""

from __future__ import annotations

from datetime import date
from math import inf
from typing import Any

import numpy as np
import pytest

from sim.verification.told import Told
from sim.world.stages import CaseStage, Exit, Stay
from tests.helpers.runs import each, exits, stays_of, tell
from tests.helpers.worlds import WAITING_FOR_PAPERS, band, between, constant, cooperation, plain

START, END = date(2025, 1, 1), date(2032, 1, 1)
WEEK = 7.0


def world(changes: dict[str, Any] | None = None) -> Told:
    """Third-country nationals who serve 1000 days, cooperate, and have papers in 50 days."""
    return tell(
        between(
            START,
            END,
            {
                **plain(START, END),
                "arrivals.judgments_per_year": 40,
                "arrivals.third_country_share": 1.0,
                "arrivals.children_in_sending_state_share": 0.5,
                **band("third_country", constant(1000)),
                **cooperation(START, END, document_delay_days=constant(50), transit_from_host=True),
                **WAITING_FOR_PAPERS,
                **(changes or {}),
            },
        ),
        1,
    )


#: A prison abroad with room for everyone from the first day, and a flight a week.
ABROAD: dict[str, Any] = {
    "rented_prison.in_use": True,
    "rented_prison.opens": START,
    "rented_prison.term_years": 20.0,
    "rented_prison.places": 1000,
    "rented_prison.first_intake_places": 1000,
    "rented_prison.temporary_returns_per_year": 0.0,
    "transfer.rotations_per_week": 1.0,
    "transfer.seats": 1000,
    "transfer.selection_days": constant(10),
    "transfer.eligibility": [
        {"from": START, "until": END, "applies_to": "everyone",
         "groups": ["third_country", "dual_national"], "women": True, "youngest_years": 0.0,
         "terror_or_war_crime": True, "health_excluded": True, "life": True,
         "preventive_custody": True, "longest_sentence_years": 100.0}
    ],
}  # fmt: skip
DIRECT = {"removal.direct_share": 1.0}
LATE_PAPERS = cooperation(START, END, document_delay_days=constant(300), transit_from_host=True)


def followed(told: Told) -> list[int]:
    """Return everyone who arrives early enough to be followed to the end."""
    days = np.flatnonzero(told.cohort.sentence.arrives < 800)
    assert len(days) > 20
    return [int(who) for who in days]


def path(told: Told, who: int) -> list[Stay]:
    """Return where someone has been, stays of no length left out."""
    track = stays_of(told, who)
    ends = [day for _, day in track[1:]] + [told.left[who]]
    return [stay for (stay, day), end in zip(track, ends, strict=True) if end > day]


def days_in(told: Told, who: int, *stays: Stay) -> float:
    return sum(span.ends - span.begins for span in each(told.spans(*stays)) if span.who == who)


def assert_all(told: Told, stays: list[Stay], exit: Exit, days: float) -> None:
    """Everyone goes this way, and leaves so many days after the judgment."""
    for who in followed(told):
        assert path(told, who) == stays
        way, day = exits(told)[who]
        assert way == exit
        assert day == pytest.approx(told.cohort.arrived.judgment[who] + days)


# ---------------------------------------------------------------- in Denmark


def test_papers_in_time_mean_departure_on_the_last_day() -> None:
    assert_all(world(), [Stay.HOME_PRISON], Exit.REMOVED, 1000)


def test_late_papers_are_waited_for_in_detention() -> None:
    """The case opens on day 820; the document is there on day 1120."""
    told = world(LATE_PAPERS)
    assert_all(told, [Stay.HOME_PRISON, Stay.DETENTION], Exit.REMOVED, 1120)


def test_who_is_not_detained_waits_in_the_centre_and_leaves_alone() -> None:
    told = world({**LATE_PAPERS, "detention.detained_if_cooperates_share": 0.0})
    stays = [Stay.HOME_PRISON, Stay.DEPARTURE_CENTRE]
    assert_all(told, stays, Exit.LEFT_VOLUNTARILY, 1120)


OUTSIDE = {"departure_centre.waits_outside_share": 1.0}


def test_who_cooperates_and_is_not_detained_waits_outside_and_leaves_alone() -> None:
    told = world({**LATE_PAPERS, **OUTSIDE, "detention.detained_if_cooperates_share": 0.0})
    stays = [Stay.HOME_PRISON, Stay.WAITING_OUTSIDE]
    assert_all(told, stays, Exit.LEFT_VOLUNTARILY, 1120)


def test_who_cooperates_waits_outside_once_a_review_ends_the_detention() -> None:
    told = world({**LATE_PAPERS, **OUTSIDE, "detention.review_every_days": WEEK,
                  "detention.ended_if_cooperates_per_review": 1.0})  # fmt: skip
    stays = [Stay.HOME_PRISON, Stay.DETENTION, Stay.WAITING_OUTSIDE]
    assert_all(told, stays, Exit.LEFT_VOLUNTARILY, 1120)
    assert not told.limbo


def test_who_waits_outside_before_the_case_is_examined_waits_for_that_too() -> None:
    """The case worker needs 200 days, 20 of them after the release; papers come 50 later."""
    told = world({**OUTSIDE, "removal.case_work_days": constant(200),
                  "detention.detained_if_cooperates_share": 0.0})  # fmt: skip
    stays = [Stay.HOME_PRISON, Stay.WAITING_OUTSIDE]
    assert_all(told, stays, Exit.LEFT_VOLUNTARILY, 1070)


def test_the_unwilling_do_not_wait_outside() -> None:
    told = world({**LATE_PAPERS, **OUTSIDE, "removal.willing_share": 0.0,
                  "detention.detained_if_cooperates_share": 0.0})  # fmt: skip
    for who in followed(told):
        assert path(told, who) == [Stay.HOME_PRISON, Stay.DEPARTURE_CENTRE]


def test_detention_ends_at_its_limit() -> None:
    told = world({**LATE_PAPERS, "detention.longest_days": constant(90)})
    stays = [Stay.HOME_PRISON, Stay.DETENTION, Stay.DEPARTURE_CENTRE]
    assert_all(told, stays, Exit.LEFT_VOLUNTARILY, 1120)
    for who in followed(told):
        assert days_in(told, who, Stay.DETENTION) == pytest.approx(90)


def test_detention_ends_when_a_review_finds_no_prospect() -> None:
    """Unwilling, and the origin issues nothing: the second of weekly reviews ends it."""
    nothing = cooperation(START, END, forced_feasibility=0.0, protected_share=0.0)
    told = world(
        {
            **nothing,
            "removal.willing_share": 0.0,
            "detention.review_every_days": WEEK,
            "detention.ended_if_cooperates_per_review": 1.0,
        }
    )
    for who in followed(told):
        assert days_in(told, who, Stay.DETENTION) == pytest.approx(WEEK)
        assert path(told, who)[-1] == Stay.DEPARTURE_CENTRE
        assert who not in exits(told)


def test_a_review_lets_the_willing_wait_outside_without_ending_their_prospect() -> None:
    told = world({**LATE_PAPERS, "detention.review_every_days": WEEK,
                  "detention.ended_if_cooperates_per_review": 1.0})  # fmt: skip
    stays = [Stay.HOME_PRISON, Stay.DETENTION, Stay.DEPARTURE_CENTRE]
    assert_all(told, stays, Exit.LEFT_VOLUNTARILY, 1120)
    for who in followed(told):
        assert days_in(told, who, Stay.DETENTION) == pytest.approx(WEEK)
    assert not told.limbo


def test_without_places_detention_is_served_in_a_prison() -> None:
    told = world({**LATE_PAPERS, "detention.places": 0})
    assert_all(told, [Stay.HOME_PRISON, Stay.DETENTION_QUEUE], Exit.REMOVED, 1120)


def test_nobody_is_detained_on_a_case_that_nobody_has_examined() -> None:
    """The case worker needs 200 days, 20 of them after the release; papers come 50 later."""
    told = world({"removal.case_work_days": constant(200)})
    assert_all(told, [Stay.HOME_PRISON, Stay.DEPARTURE_CENTRE], Exit.LEFT_VOLUNTARILY, 1070)
    assert not told.limbo


def test_who_is_at_liberty_stays_so_when_the_examination_finds_a_prospect() -> None:
    """As above, but unwilling: an escort comes to the centre once the papers are there."""
    told = world(
        {
            "removal.case_work_days": constant(200),
            "removal.willing_share": 0.0,
            **cooperation(START, END, document_delay_days=constant(50), protected_share=0.0),
        }
    )
    assert_all(told, [Stay.HOME_PRISON, Stay.DEPARTURE_CENTRE], Exit.REMOVED, 1070)


def test_limbo_begins_when_an_examination_after_the_release_finds_no_prospect() -> None:
    nothing = cooperation(START, END, regime="refuses", forced_feasibility=0.0)
    told = world({**nothing, "removal.case_work_days": constant(200), "removal.willing_share": 0.0})
    assert_in_limbo(told, 1020)


def test_without_case_workers_nobody_is_detained_nor_removed() -> None:
    told = world({"removal.case_workers": 0, **DIRECT})
    for who in followed(told):
        assert not days_in(told, who, Stay.DETENTION, Stay.DETENTION_QUEUE, Stay.DETENTION_ABROAD)
        assert path(told, who)[-1] == Stay.DEPARTURE_CENTRE
        assert who not in exits(told)
    assert not told.limbo, "they wait for a case worker, for ever"
    assert len(told.waits(CaseStage.CASE_WORKER_QUEUE)) >= len(followed(told))


def assert_in_limbo(told: Told, begins: float) -> None:
    """Everyone is in limbo for good from so many days after the judgment."""
    spans = {span.who: span for span in each(told.limbo)}
    for who in followed(told):
        assert spans[who].begins == pytest.approx(told.cohort.arrived.judgment[who] + begins)
        assert spans[who].ends == inf


def test_protected_people_go_to_the_centre_and_stay() -> None:
    told = world({**cooperation(START, END, protected_share=1.0), "removal.willing_share": 0.0})
    for who in followed(told):
        assert path(told, who) == [Stay.HOME_PRISON, Stay.DEPARTURE_CENTRE]
        assert who not in exits(told)
    assert len(told.limbo) >= len(followed(told))
    for span in each(told.limbo):
        assert span.begins == pytest.approx(told.cohort.sentence.end[span.who])


#: Unwilling, and nobody is protected: papers come against their will, on day 1120.
UNWILLING = {
    **cooperation(START, END, document_delay_days=constant(300), protected_share=0.0),
    "removal.willing_share": 0.0,
    "detention.detained_if_cooperates_share": 0.0,
}
NEVER_REPORT = {
    "removal.willing_share": 0.0,
    "detention.detained_if_cooperates_share": 0.0,
    "departure_centre.never_reports_share": 1.0,
}
FOUND = {
    "departure_centre.found_again_share": 1.0,
    "departure_centre.at_large_days": constant(30),
}
CLOSED = {
    "departure_centre.found_again_share": 0.0,
    "departure_centre.cases_closed_per_year": 2.0,
}


def test_the_unwilling_who_never_report_are_gone_until_their_case_is_closed() -> None:
    """The longest wait of them all is long enough for papers: these change nothing."""
    told = world({**LATE_PAPERS, **NEVER_REPORT, **CLOSED})
    for who in followed(told):
        assert path(told, who) == [Stay.HOME_PRISON, Stay.AT_LARGE]
        assert told.exit_of[who] in (Exit.ABSCONDED, -1)
    waits = [told.left[who] - told.cohort.arrived.judgment[who] - 1000 for who in followed(told)]
    assert min(waits) < 100
    assert max(waits) > 200
    forgotten = world({**LATE_PAPERS, **NEVER_REPORT, "departure_centre.found_again_share": 0.0})
    assert not exits(forgotten), "no case is closed"


def test_the_willing_report() -> None:
    told = world({**LATE_PAPERS, **NEVER_REPORT, "removal.willing_share": 1.0})
    assert_all(told, [Stay.HOME_PRISON, Stay.DEPARTURE_CENTRE], Exit.LEFT_VOLUNTARILY, 1120)


def test_who_is_found_goes_on_as_the_case_stands() -> None:
    """Found on day 1030 without papers, sent to the centre; removed on day 1120."""
    told = world({**NEVER_REPORT, **UNWILLING, **FOUND})
    stays = [Stay.HOME_PRISON, Stay.AT_LARGE, Stay.DEPARTURE_CENTRE]
    assert_all(told, stays, Exit.REMOVED, 1120)
    later = world({**NEVER_REPORT, **UNWILLING, **FOUND,
                   "departure_centre.at_large_days": constant(150)})  # fmt: skip
    assert_all(later, [Stay.HOME_PRISON, Stay.AT_LARGE], Exit.REMOVED, 1150)


def test_some_live_elsewhere_with_the_same_duties() -> None:
    changes = {**UNWILLING, "departure_centre.lives_elsewhere_share": 1.0}
    told = world(changes)
    assert_all(told, [Stay.HOME_PRISON, Stay.LIVING_ELSEWHERE], Exit.REMOVED, 1120)
    willing = world({**changes, "removal.willing_share": 1.0})
    stays = [Stay.HOME_PRISON, Stay.DEPARTURE_CENTRE]
    assert_all(willing, stays, Exit.LEFT_VOLUNTARILY, 1120)


# ---------------------------------------------------------------- detention before a removal

ARRANGED = {**UNWILLING, "detention.before_removal_days": constant(14)}
HOME_THEN_DETAINED = [Stay.HOME_PRISON, Stay.DEPARTURE_CENTRE, Stay.DETENTION]


def test_removal_from_the_centre_goes_by_way_of_detention() -> None:
    """Papers on day 1120: detained then, and removed once it is arranged."""
    assert_all(world(ARRANGED), HOME_THEN_DETAINED, Exit.REMOVED, 1134)


def test_removal_from_a_prison_is_arranged_before_the_end() -> None:
    """Papers are there in time, or come in detention: removed at once."""
    in_time = world({**ARRANGED, **cooperation(START, END, document_delay_days=constant(50),
                                               protected_share=0.0)})  # fmt: skip
    assert_all(in_time, [Stay.HOME_PRISON], Exit.REMOVED, 1000)
    detained = world({**ARRANGED, "detention.detained_if_cooperates_share": 1.0})
    assert_all(detained, [Stay.HOME_PRISON, Stay.DETENTION], Exit.REMOVED, 1120)


def test_detention_before_a_removal_waits_for_a_place_in_a_prison() -> None:
    told = world({**ARRANGED, "detention.places": 0})
    stays = [Stay.HOME_PRISON, Stay.DEPARTURE_CENTRE, Stay.DETENTION_QUEUE]
    assert_all(told, stays, Exit.REMOVED, 1134)


def test_where_no_detention_stands_removal_is_straight_from_the_centre() -> None:
    told = world({**ARRANGED, "detention.longest_days": constant(0)})
    assert_all(told, [Stay.HOME_PRISON, Stay.DEPARTURE_CENTRE], Exit.REMOVED, 1120)


def test_a_removal_that_takes_longer_than_detention_may_is_from_liberty() -> None:
    """Detained for ten days, let go, and not detained again the same day: an escort comes."""
    told = world({**ARRANGED, "detention.longest_days": constant(10)})
    assert_all(told, HOME_THEN_DETAINED, Exit.REMOVED, 1130)
    for who in followed(told):
        assert stays_of(told, who)[-1] == (Stay.DEPARTURE_CENTRE, told.left[who])


def test_the_limit_counts_anew_after_a_time_at_liberty() -> None:
    """Ninety days from the release, let go; papers on day 1120: detained for 14 more."""
    told = world({**ARRANGED, "detention.detained_if_cooperates_share": 1.0,
                  "detention.longest_days": constant(90)})  # fmt: skip
    stays = [Stay.HOME_PRISON, Stay.DETENTION, Stay.DEPARTURE_CENTRE, Stay.DETENTION]
    assert_all(told, stays, Exit.REMOVED, 1134)


# ---------------------------------------------------------------- permits, and orders that fall


def tolerated(**changes: Any) -> Told:
    protected = cooperation(START, END, protected_share=1.0)
    keyed = {f"departure_centre.{key}": value for key, value in changes.items()}
    return world({**protected, "removal.willing_share": 0.0, **keyed})


EARLY = {"early_permit_share": 1.0}


def test_an_early_permit_comes_on_its_day() -> None:
    told = tolerated(**EARLY, early_permit_days=constant(40))
    assert_all(told, [Stay.HOME_PRISON, Stay.DEPARTURE_CENTRE], Exit.PERMIT, 1040)
    at_once = tolerated(**EARLY, early_permit_days=constant(0))
    assert_all(at_once, [Stay.HOME_PRISON], Exit.PERMIT, 1000)


def test_an_early_permit_waits_for_who_is_in_prison_for_a_breach() -> None:
    """Convicted within days, 60 days in prison: the permit of day 40 is received at the end."""
    told = tolerated(**EARLY, early_permit_days=constant(40),
                     breach_sentences_per_year=50.0, breach_sentence_days=constant(60))  # fmt: skip
    for who in followed(told):
        way, day = exits(told)[who]
        assert way == Exit.PERMIT
        served = [span for span in each(told.spans(Stay.BREACH_IMPRISONMENT)) if span.who == who]
        ends = [span.ends for span in served]
        released = told.cohort.sentence.end[who]
        assert day == pytest.approx(max([released + 40, *ends]))
    assert told.spans(Stay.BREACH_IMPRISONMENT).begins.size > 100


def test_an_early_permit_does_not_reach_who_is_gone() -> None:
    gone = tolerated(**EARLY, early_permit_days=constant(40), never_reports_share=1.0,
                     found_again_share=1.0, at_large_days=constant(100))  # fmt: skip
    assert_all(gone, [Stay.HOME_PRISON, Stay.AT_LARGE], Exit.PERMIT, 1100)


def test_reviews_are_of_tolerated_stay_alone() -> None:
    """Every review gives a permit: to the protected on day 1182, to nobody else."""
    review = {"permit_per_review": 1.0, "review_every_days": 182.0}
    told = tolerated(**review)
    assert_all(told, [Stay.HOME_PRISON, Stay.DEPARTURE_CENTRE], Exit.PERMIT, 1182)
    nothing = cooperation(START, END, forced_feasibility=0.0, protected_share=0.0)
    keyed = {f"departure_centre.{key}": value for key, value in review.items()}
    others = world({**nothing, "removal.willing_share": 0.0, **keyed})
    assert not exits(others)


def test_orders_are_lifted_of_who_is_under_duties() -> None:
    told = tolerated(order_lifted_per_year=2.0, lives_elsewhere_share=0.5)
    ways = {told.exit_of[who] for who in followed(told)}
    assert ways <= {Exit.ORDER_LIFTED, -1}
    assert {told.exit_of[who] for who in followed(told)} >= {Exit.ORDER_LIFTED}
    places = {path(told, who)[-1] for who in followed(told)}
    assert places == {Stay.DEPARTURE_CENTRE, Stay.LIVING_ELSEWHERE}


def test_breach_sentences_are_scaled_by_their_date() -> None:
    change = date(2029, 1, 1)
    told = tolerated(
        breach_sentences_per_year=3.0, breach_sentence_days=constant(60),
        breach_sentence_factor=[{"from": START, "until": change, "value": 0.5},
                                {"from": change, "until": END, "value": 1.0}],
    )  # fmt: skip
    spans = [s for s in each(told.spans(Stay.BREACH_IMPRISONMENT)) if s.ends < told.horizon]
    assert len(spans) > 100
    for span in spans:
        expected = 30 if span.begins < told.scenario.day(change) else 60
        assert span.ends - span.begins == pytest.approx(expected)


# ---------------------------------------------------------------- departures that cannot take place

PANDEMIC = (date(2027, 9, 1), date(2029, 1, 1))
HALF_OF_THEM = [
    {"from": START, "until": PANDEMIC[0], "value": 1.0},
    {"from": PANDEMIC[0], "until": PANDEMIC[1], "value": 0.5},
    {"from": PANDEMIC[1], "until": END, "value": 1.0},
]


@pytest.mark.parametrize("group", ["eu_eea", "third_country"])
@pytest.mark.parametrize("delay", [50.0, 300.0])
def test_half_of_the_departures_due_in_the_pandemic_wait_for_its_end(
    group: str, delay: float
) -> None:
    """With papers from day 870 or 1120, and free on day 1000: due on the later of these."""
    eu = group == "eu_eea"
    told = world(
        {
            **cooperation(START, END, document_delay_days=constant(delay)),
            **band(group, constant(1000)),
            "origins.eu_eea.document_delay_days": constant(delay),
            "arrivals.third_country_share": 0.0 if eu else 1.0,
            "removal.carried_out_share": HALF_OF_THEM,
        }
    )
    begins, ends = (told.scenario.day(day) for day in PANDEMIC)
    waits = 0
    for who in followed(told):
        due = told.cohort.arrived.judgment[who] + max(1000, 820 + delay)
        held_up = begins <= due < ends and told.cohort.after.travel_luck[who] >= 0.5
        assert exits(told)[who][1] == pytest.approx(ends if held_up else due)
        waits += held_up
    assert waits > 5


def test_one_escort_team_takes_one_person_at_a_time() -> None:
    told = world(
        {
            "removal.willing_share": 0.0,
            "removal.escort_teams": 1,
            "removal.escort_days": constant(20),
            "detention.longest_days": constant(2000),
        }
    )
    days = sorted(day for _, day in exits(told).values())
    assert {way for way, _ in exits(told).values()} == {Exit.REMOVED}
    assert min(np.diff(days)) >= 20 - 1e-6
    assert told.run.exits["escorted"].all()


def test_nobody_is_removed_after_death() -> None:
    """No escort team for years, so that people die while they wait for one, in detention."""
    told = world(
        {
            "removal.willing_share": 0.0,
            "removal.escort_teams": [
                {"from": START, "until": date(2030, 1, 1), "value": 0},
                {"from": date(2030, 1, 1), "until": END, "value": 1000},
            ],
            "detention.longest_days": constant(2000),
            "arrivals.deaths_per_year": 0.3,
        }
    )
    waited = {span.who for span in each(told.spans(Stay.DETENTION))}
    died = [who for who in waited if told.exit_of[who] == Exit.DIED]
    assert len(died) > 5
    for who, (_, day) in exits(told).items():
        assert day <= told.cohort.sentence.death[who] + 1e-6


# ---------------------------------------------------------------- abroad


def test_transfer_and_return() -> None:
    """Selected at once, ten days of selection, the next flight out; sixty days before the end
    due back, by the next flight; the rest in Denmark.
    """
    told = world({**ABROAD, "rented_prison.return_before_end_days": 60.0})
    stays = [Stay.SELECTION, Stay.WAITING_LIST, Stay.RENTED_PRISON, Stay.RETURN_QUEUE,
             Stay.HOME_PRISON]  # fmt: skip
    assert_all(told, stays, Exit.REMOVED, 1000)
    for span in each(told.spans(Stay.RENTED_PRISON)):
        judgment = told.cohort.arrived.judgment[span.who]
        assert span.begins == pytest.approx(np.ceil((judgment + 10) / WEEK) * WEEK)
        if span.ends < told.horizon:
            assert span.ends == pytest.approx(judgment + 940)
    for span in each(told.spans(Stay.RETURN_QUEUE)):
        if span.ends < told.horizon:
            assert span.ends == pytest.approx(np.ceil(span.begins / WEEK) * WEEK)


def test_the_place_is_kept_during_trips_to_denmark() -> None:
    told = world(
        {
            **ABROAD,
            "rented_prison.temporary_returns_per_year": 4.0,
            "rented_prison.temporary_return_days": constant(5),
        }
    )
    trips = [s for s in each(told.spans(Stay.TEMPORARY_RETURN)) if s.ends < told.horizon]
    assert len(trips) > 50
    due = told.cohort.sentence.end - told.scenario.rented_prison.return_before_end_days
    for span in trips:
        assert span.ends - span.begins == pytest.approx(min(5, due[span.who] - span.begins))
    years = (
        sum(min(s.ends, told.horizon) - s.begins for s in each(told.spans(Stay.RENTED_PRISON)))
        / 365.25
    )
    assert abs(len(trips) - 4 * years) < 4 * np.sqrt(4 * years), "four a year, a Poisson number"
    people = told.run.occupancy(every="year", whole=True).query("facility == 'gnjilane'")
    for row in people.itertuples():
        day = told.scenario.day(row.date.date())
        assert row.people == told.holding.inside(np.array([day]))[0]


def test_papers_by_the_end_mean_removal_straight_from_abroad() -> None:
    told = world({**ABROAD, **DIRECT})
    stays = [Stay.SELECTION, Stay.WAITING_LIST, Stay.RENTED_PRISON]
    assert_all(told, stays, Exit.REMOVED_FROM_HOST, 1000)
    assert set(told.run.exits["from_place"]) == {"gnjilane"}


def test_late_papers_are_waited_for_abroad_by_some() -> None:
    told = world({**ABROAD, **DIRECT, **LATE_PAPERS, "detention.in_rented_prison_share": 1.0})
    stays = [Stay.SELECTION, Stay.WAITING_LIST, Stay.RENTED_PRISON, Stay.DETENTION_ABROAD]
    assert_all(told, stays, Exit.REMOVED_FROM_HOST, 1120)


def test_the_limit_of_detention_is_the_same_abroad_and_in_denmark() -> None:
    """Ninety days abroad, a flight, and no detention is left: the centre, until the papers."""
    told = world(
        {
            **ABROAD,
            **DIRECT,
            **LATE_PAPERS,
            "detention.in_rented_prison_share": 1.0,
            "detention.longest_days": constant(90),
        }
    )
    stays = [Stay.SELECTION, Stay.WAITING_LIST, Stay.RENTED_PRISON, Stay.DETENTION_ABROAD,
             Stay.RETURN_QUEUE, Stay.DEPARTURE_CENTRE]  # fmt: skip
    assert_all(told, stays, Exit.LEFT_VOLUNTARILY, 1120)
    for who in followed(told):
        assert days_in(told, who, Stay.DETENTION_ABROAD) == pytest.approx(90)


@pytest.mark.parametrize("back", [0.0, 60.0])
def test_nobody_comes_back_but_by_flight(back: float) -> None:
    """However late people are due back, they are released in Denmark, and fly there."""
    told = world({**ABROAD, "rented_prison.return_before_end_days": back})
    for who in followed(told):
        stays = [stay for stay, _ in stays_of(told, who)]
        assert stays[stays.index(Stay.RENTED_PRISON) + 1] == Stay.RETURN_QUEUE


def test_everyone_is_flown_back_when_the_prison_closes() -> None:
    changes = {"rented_prison.term_years": 2.0, "rented_prison.extended": False,
               "rented_prison.drain_days": 60.0}  # fmt: skip
    told = world({**ABROAD, **changes})
    service = told.cohort.service
    drained = [s for s in each(told.spans(Stay.RENTED_PRISON)) if s.ends == service.drains]
    assert len(drained) > 5
    assert all(span.ends <= service.closes for span in each(told.holding))
    for span in drained:
        assert path(told, span.who)[-2:] == [Stay.RETURN_QUEUE, Stay.HOME_PRISON]


def test_a_prison_that_closes_without_draining_is_empty_all_the_same() -> None:
    from sim.scenario.errors import ScenarioError

    changes = {"rented_prison.term_years": 2.0, "rented_prison.extended": False,
               "rented_prison.drain_days": 0.0}  # fmt: skip
    try:
        told = world({**ABROAD, **changes})
    except ScenarioError:
        return  # refusing such a scenario would be an answer, too
    assert all(span.ends <= told.cohort.service.closes for span in each(told.holding))


def test_danish_citizens_come_back_and_are_released() -> None:
    """A dual national is not expelled: no removal case, no detention, no removal from abroad."""
    stream = {"group": "dual_national", "only_a_year_or_more": False,
              "per_year": [{"from": START, "until": END, "value": 40}]}  # fmt: skip
    told = world({**ABROAD, **DIRECT, "arrivals.judgments_per_year": 1,
                  "arrivals.additional.duals": stream, "removal.willing_share": 0.0,
                  "stress_test": True, "staying.stays_share": 1.0})  # fmt: skip
    duals = [who for who in followed(told) if told.cohort.arrived.group[who] == 2]
    assert len(duals) > 20
    for who in duals:
        assert path(told, who)[-3:] == [Stay.RENTED_PRISON, Stay.RETURN_QUEUE, Stay.HOME_PRISON]
        assert told.exit_of[who] == Exit.RELEASED


# ---------------------------------------------------------------- stress test: Kosovo

STRESS = {**ABROAD, "stress_test": True, "staying.stays_share": 1.0}


def test_some_ask_for_asylum_in_kosovo_and_travel_on() -> None:
    told = world({**STRESS, "staying.asylum_share": 1.0, "staying.asylum_days": constant(32)})
    stays = [Stay.SELECTION, Stay.WAITING_LIST, Stay.RENTED_PRISON, Stay.HOST_ASYLUM]
    assert_all(told, stays, Exit.ONWARD_TRAVEL, 1032)


def test_others_live_without_papers_and_are_stopped_again_and_again() -> None:
    told = world(
        {
            **STRESS,
            "staying.asylum_share": 0.0,
            "staying.stopped_per_year": 10.0,
            "staying.onward_per_year": 2.0,
            "staying.detention_days": constant(400),
            "staying.detention_limit_days": 30.0,
            "staying.detention_places": 2,
        }
    )
    detained = told.spans(Stay.HOST_DETENTION)
    assert len(detained) > 20
    assert max(detained.inside(detained.begins)) <= 2
    for span in each(detained):
        if span.ends < told.horizon:
            assert span.ends - span.begins == pytest.approx(30)
    left = {way for way, _ in exits(told).values()}
    assert left == {Exit.ONWARD_TRAVEL}
