"""Tables of a log written by hand: every number below was worked out from the five stories."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import inf
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.people.chance import Chance
from sim.people.cohort import draw_cohort
from sim.results.costs import freed_places, saved
from sim.results.outcomes import OUTCOMES, outcomes_of
from sim.results.run import Run
from sim.statistics.survival import EmptySample
from sim.world.simulate import Replication, simulate
from sim.world.stages import CaseStage, Exit, Stay
from sim.world.world import FIRST_EXIT, Log
from tests.helpers.worlds import between

START, END = date(2026, 1, 1), date(2027, 1, 1)
HORIZON = 365.0

#: Five people: where they go from which day, and how they leave.
STAYS = {
    # Flown out on 1 March (day 59), once in Denmark for ten days, flown back on day 157.
    0: ([(Stay.REMAND, 0), (Stay.HOME_PRISON, 10), (Stay.SELECTION, 20), (Stay.WAITING_LIST, 40),
         (Stay.RENTED_PRISON, 59), (Stay.TEMPORARY_RETURN, 80), (Stay.RENTED_PRISON, 90),
         (Stay.RETURN_QUEUE, 150), (Stay.HOME_PRISON, 157)], (Exit.REMOVED, 200)),
    # Detained in Denmark after the sentence (day 100), and in the centre to this day.
    1: ([(Stay.HOME_PRISON, 5), (Stay.DETENTION_QUEUE, 100), (Stay.DETENTION, 110),
         (Stay.DEPARTURE_CENTRE, 140)], None),
    # Listed on the very day of the flight; dies abroad while waiting for the flight back.
    2: ([(Stay.SELECTION, 30), (Stay.WAITING_LIST, 59), (Stay.RENTED_PRISON, 59),
         (Stay.RETURN_QUEUE, 150)], (Exit.DIED, 152)),
    # Never reports to the centre: gone on day 60, at the end of the sentence.
    3: ([(Stay.HOME_PRISON, 20)], (Exit.ABSCONDED, 60)),
    # In prison until the horizon.
    4: ([(Stay.HOME_PRISON, 300)], None),
}  # fmt: skip
#: Their removal cases: stages from which day. What lies after an exit does not count.
CASES = {
    0: [(CaseStage.IDENTIFICATION, 120), (CaseStage.TRAVEL_DOCUMENT, 130), (CaseStage.READY, 180)],
    1: [(CaseStage.CASE_WORKER_QUEUE, 30), (CaseStage.IDENTIFICATION, 35),
        (CaseStage.TRAVEL_DOCUMENT, 45)],
    3: [(CaseStage.IDENTIFICATION, 50), (CaseStage.TRAVEL_DOCUMENT, 55), (CaseStage.READY, 90)],
}  # fmt: skip
#: Times without a prospect: until they are cut short by exit or horizon, or never begun.
LIMBO = {1: (120, inf), 3: (58, 80), 0: (250, 260)}
#: The last day of each sentence.
ENDS = [200.0, 100.0, 400.0, 60.0, 900.0]


@pytest.fixture(scope="module")
def run() -> Run:
    scenario = between(
        START,
        END,
        {
            "arrivals.judgments_per_year": 5,
            "arrivals.published_until_year": 2100,
            "rented_prison.opens": date(2026, 3, 1),
            "rented_prison.places": 5,
            "rented_prison.first_intake_places": 2,
            "rented_prison.first_intake_days": 30.0,
            "rented_prison.term_years": 0.5,
            "rented_prison.extended": False,
            "rented_prison.drain_days": 90.0,
            "home_prisons.places": 100,
            "home_prisons.other_prisoners": 95,
            "home_prisons.officers": 50,
        },
    )
    cohort = draw_cohort(scenario, Chance(1))
    assert cohort.size == 5
    sentence = replace(
        cohort.sentence,
        leaves=np.array(ENDS),
        ending=np.array([0, 0, 3, 0, 0]),
        willing=np.array([False, False, True, False, True]),
    )
    arrived = replace(cohort.arrived, group=np.ones(5, np.int64))
    stays = [(day, who, stay) for who, (track, _) in STAYS.items() for stay, day in track]
    stays += [
        (exit[1], who, FIRST_EXIT + exit[0]) for who, (_, exit) in STAYS.items() if exit is not None
    ]
    stays.sort(key=lambda row: row[0])
    log = Log(
        [value for day, who, code in stays for value in (who, code, float(day))],
        [v for who, track in CASES.items() for stage, day in track for v in (who, stage, day)],
        [v for who, (begins, ends) in LIMBO.items() for v in (who, begins, ends)],
    )
    return Run(
        Replication(scenario, 1, 0, replace(cohort, sentence=sentence, arrived=arrived), log)
    )


def at(table: pd.DataFrame, name: str, **where: str) -> dict[int, float]:
    """Return a column of a table over time by month, for the rows that match."""
    for column, value in where.items():
        table = table[table[column] == value]
    return {day.month: value for day, value in zip(table["date"], table[name], strict=True)}


# ---------------------------------------------------------------- spells and exits


def test_spells_of_a_stay_run_from_one_entry_to_the_next(run: Run) -> None:
    table = run.spells.query("track == 'stay'")
    mine = table[table["person"] == run.cohort.arrived.person[0]]
    assert list(mine["stage"]) == [
        "remand", "home_prison", "selection", "waiting_list", "gnjilane", "temporary_return",
        "gnjilane", "return_queue", "home_prison",
    ]  # fmt: skip
    assert list(mine["days"]) == [10, 10, 20, 19, 21, 10, 60, 7, 43]
    assert list(mine["start"])[4] == pd.Timestamp("2026-03-01")
    assert mine["ended"].all()
    assert mine["held"].all()
    assert not mine["days_after_sentence"].any()


def test_open_spells_end_at_the_horizon(run: Run) -> None:
    table = run.spells[run.spells["person"] == run.cohort.arrived.person[1]]
    centre = table[table["stage"] == "departure_centre"].iloc[0]
    assert centre["days"] == HORIZON - 140
    assert pd.isna(centre["end"])
    assert not centre["ended"]
    assert not centre["held"]
    days = table.set_index("stage")["days_after_sentence"]
    assert days["home_prison"] == 0
    assert days["pre_removal_detention"] == 30
    assert days["detention_queue"] == 10
    assert days["identification"] == 0
    assert days["travel_document"] == HORIZON - 100


def test_cases_and_limbo_end_with_the_exit(run: Run) -> None:
    person = run.cohort.arrived.person
    table = run.spells.groupby(["person", "stage"], observed=True)["days"].sum()
    assert table[person[3], "identification"] == 5
    assert table[person[3], "travel_document"] == 5
    assert table[person[3], "limbo"] == 2
    assert table[person[0], "travel_document"] == 50
    assert (person[0], "limbo") not in table.index
    assert table[person[1], "limbo"] == HORIZON - 120
    assert table[person[1], "case_worker_queue"] == 5


def test_exits_say_how_whence_and_when(run: Run) -> None:
    table = run.exits.set_index("person").loc[run.cohort.arrived.person[[0, 2, 3]]]
    assert list(table["exit"]) == ["removed", "died", "absconded"]
    assert list(table["from_stage"]) == ["home_prison", "return_queue", "home_prison"]
    assert list(table["from_place"]) == ["home_prisons", "gnjilane", "home_prisons"]
    assert list(table["days_after_sentence"]) == [0, 152 - 400, 0]
    assert list(table["escorted"]) == [True, False, False]
    assert table["date"].iloc[0] == pd.Timestamp("2026-07-20")
    assert len(run.exits) == 3


# ---------------------------------------------------------------- over time


def test_census_counts_by_stage_and_place(run: Run) -> None:
    census = run.census()
    prison = at(census, "people", stage="home_prison")
    assert [prison[month] for month in (1, 2, 3, 4, 5, 7, 8, 11, 12)] == [0, 2, 2, 1, 0, 1, 0, 1, 1]
    abroad = at(census, "people", stage="gnjilane")
    assert [abroad[month] for month in (2, 3, 4, 5, 6)] == [0, 2, 2, 2, 0]
    places = run.census(by="place")
    assert at(places, "people", place="gnjilane")[6] == 2  # both in the queue for the flight
    assert at(places, "people", place="home_prisons")[5] == 0
    assert at(places, "people", place="kaershovedgaard")[12] == 1
    assert at(places, "people", place="ellebaek")[5] == 1
    whole = run.census(every="day", whole=True)
    assert whole.groupby("date")["people"].sum().max() == 4


def test_queues_are_counted_on_all_tracks(run: Run) -> None:
    queues = run.queues()
    assert at(queues, "people", queue="flight_and_place")[2] == 0
    assert at(queues, "people", queue="return_flight")[6] == 2
    documents = at(queues, "people", queue="travel_document")
    assert [documents[month] for month in (2, 3, 5, 6, 7, 12)] == [0, 2, 1, 2, 1, 1]
    limbo = at(queues, "people", queue="limbo")
    assert [limbo[month] for month in (3, 4, 5, 6, 12)] == [1, 0, 1, 1, 1]
    daily = run.queues(every="day")
    cases = daily[daily["queue"] == "case_worker"].set_index("date")["people"]
    assert cases["2026-01-31":"2026-02-04"].tolist() == [1, 1, 1, 1, 1]  # type: ignore[misc]
    assert cases.sum() == 5
    places = daily[daily["queue"] == "detention_place"].set_index("date")["people"]
    assert places.sum() == 10


def test_occupancy_counts_who_keeps_a_place(run: Run) -> None:
    daily = run.occupancy(every="day")
    rented = daily[daily["facility"] == "gnjilane"].set_index("date")
    assert rented["people"]["2026-03-22":"2026-03-31"].tolist() == [2.0] * 10  # type: ignore[misc]
    assert rented["places"]["2026-02-28"] == 0
    assert pd.isna(rented["occupancy"]["2026-02-28"])
    assert rented["places"]["2026-03-01"] == 2
    assert rented["occupancy"]["2026-03-01"] == 1
    assert rented["places"]["2026-03-30"] == 2
    assert rented["places"]["2026-03-31"] == 5
    assert rented["occupancy"]["2026-03-31"] == 2 / 5
    closes = pd.Timestamp(START) + pd.Timedelta(days=run.cohort.service.closes)
    assert rented["places"][closes - pd.Timedelta(days=1)] == 5
    assert rented["places"][closes] == 0
    danish = daily[daily["facility"] == "home_prisons"].set_index("date")
    assert danish["people"]["2026-02-01"] == 95 + 4
    assert danish["occupancy"]["2026-02-01"] == 0.99


def test_kosovo_loses_its_beds_while_the_prison_is_rented(run: Run) -> None:
    host = run.scenario.host
    table = run.occupancy(every="day").query("facility == 'host_prisons'").set_index("date")
    claim = host.capacity_claims[host.capacity_claim].places
    assert table["places"]["2026-01-01"] == claim - host.beds_given_up, "emptied a year before"
    assert table["places"]["2026-12-31"] == claim, "given back when it closes"


def test_staffing_is_prisoners_per_officer(run: Run) -> None:
    table = run.staffing()
    assert at(table, "prisoners_per_officer")[2] == (95 + 4) / 50


# ---------------------------------------------------------------- durations


def test_durations_are_of_spells_begun_in_the_period(run: Run) -> None:
    table = run.durations().set_index("stage")
    assert table.loc["home_prison", "spells"] == 5
    assert table.loc["home_prison", "still_inside"] == 1
    # Ended after 10, 40, 43 and 95 days; one still inside after 65.
    assert table.loc["home_prison", "median_days"] == 43
    # One of the two was in Denmark for ten days meanwhile: 91 and 91 days in all.
    assert table.loc["gnjilane", "spells"] == 2
    assert table.loc["gnjilane", "median_days"] == 91
    assert table.loc["temporary_return", "median_days"] == 10
    assert table.loc["departure_centre", "still_inside"] == 1
    assert pd.isna(table.loc["departure_centre", "median_days"])


def test_after_sentence_counts_who_was_released(run: Run) -> None:
    """Three were: one removed and one gone at once, one still there. The fifth serves on."""
    table = run.after_sentence(years=0.5).set_index(["exit", "days_after_sentence"])["share"]
    assert table["removed", 0.0] == pytest.approx(1 / 3)
    assert table["absconded", 0.0] == pytest.approx(1 / 3)
    assert table["died"].max() == 0


def test_departures_are_registered_ones(run: Run) -> None:
    table = run.departed(date(2026, 12, 31))
    assert table["departed"].sum() == 1
    assert table["judged"].sum() == np.sum(run.cohort.arrived.judgment < 364)
    assert run.departed(date(2026, 7, 20))["departed"].sum() == 0
    with pytest.raises(ValueError, match="until is 2027-01-02: the simulation ends on 2027-01-01"):
        run.departed(date(2027, 1, 2))


# ---------------------------------------------------------------- flights and costs


def test_flights_are_those_that_carried_someone(run: Run) -> None:
    """Out on day 59, back on day 157. To die in the queue is not to fly."""
    assert run.flights_out.tolist() == [59]
    assert run.flights.tolist() == [59, 157]


def test_person_days_by_stay(run: Run) -> None:
    def days(begins: float, ends: float, *stays: Stay) -> float:
        spent = run.records.stays.person_days(begins, ends, HORIZON)
        return float(spent[list(stays)].sum())

    assert days(0, HORIZON, Stay.RENTED_PRISON) == 21 + 60 + 91
    assert days(70, 85, Stay.RENTED_PRISON) == 10 + 15
    assert days(0, HORIZON, Stay.DEPARTURE_CENTRE, Stay.DETENTION) == 30 + 225


def test_costs_of_the_year(run: Run) -> None:
    prices, service = run.scenario.costs, run.cohort.service
    table = run.costs().set_index("item")
    years = (service.closes - 59) / 365
    assert table.loc["rent", "quantity"] == pytest.approx(years)
    assert table.loc["rent", "eur_million"] == pytest.approx(15 * years)
    assert table.loc["set_up", "eur_million"] == pytest.approx(5)
    assert table.loc["rotations", "million"] == pytest.approx(2 * 0.6)
    prison = {0: 10 + 20 + 19 + 10 + 43, 1: 95 + 10, 2: 29, 3: 40, 4: 65}
    assert table.loc["home_prison", "quantity"] == sum(prison.values())
    assert table.loc["remand", "quantity"] == 10
    assert table.loc["detention", "quantity"] == 30
    assert table.loc["departure_centre", "quantity"] == pytest.approx((HORIZON - 140) / 365)
    price = prices.paid(1.0, prices.prison_per_day)
    exact = sum(prison.values()) * price / 1e6
    assert table.loc["home_prison", "million"] == pytest.approx(exact)
    assert table.loc["home_prison", "eur_million"] == pytest.approx(exact / 7.46)


# ---------------------------------------------------------------- outcomes


def test_outcomes_by_hand(run: Run) -> None:
    found = outcomes_of(run)
    abroad = (21 + 10 + 60 + 7) + (91 + 2)
    assert found["rented_prison_people"] == pytest.approx(abroad / HORIZON)
    place_days = 2 * 30 + 5 * (run.cohort.service.closes - 89)
    assert found["rented_prison_fill"] == pytest.approx(abroad / place_days, rel=0.01)
    assert found["transfer_queue"] == pytest.approx(19 / HORIZON)
    assert found["limbo"] == pytest.approx((245 + 2) / HORIZON)
    assert found["detained"] == pytest.approx(40 / HORIZON)
    assert found["removals"] == 1
    assert found["removals_from_host_share"] == 0
    assert found["case_worker_queue"] == pytest.approx(5 / HORIZON)
    assert found["total_cost_per_removal"] == found["total_cost"]


def test_queues_and_places_by_hand(run: Run) -> None:
    found = outcomes_of(run)
    assert found["return_queue"] == pytest.approx((7 + 2) / HORIZON)
    assert found["return_wait_days"] == 7, "one of two dies first, and is never flown back"
    assert found["detention_queue"] == pytest.approx(10 / HORIZON)
    assert found["detention_wait_days"] == 10
    assert found["case_worker_wait_days"] == 5
    in_denmark = (10 + 49 + 10 + 43) + (95 + 10) + 29 + 40 + 65
    assert found["home_places_used"] == pytest.approx(in_denmark / HORIZON)
    centre = found["departure_centre_occupancy"] or 0
    assert centre * run.scenario.departure_centre.places[0].value == pytest.approx(225 / HORIZON)
    assert found["departure_centre_overfull"] == 0
    assert found["limbo_at_end"] == 1
    assert found["breach_sentences"] == 0
    assert found["held_days"] is None, "nobody is followed for two years"


def test_shares_at_release_by_hand(run: Run) -> None:
    """Of three released, one is removed and one absconds that day; nobody is seen for a year."""
    found = outcomes_of(run)
    assert found["removed_at_release"] == pytest.approx(1 / 3)
    assert found["removed_from_sending_state_at_release"] == pytest.approx(1 / 3)
    assert found["removed_from_host_at_release"] == 0
    assert found["removed_1y"] is None


#: Days on which the five of them free a prison place at home: nobody's sentence ends abroad.
FREED = 21 + 60 + 7 + 91 + 2


def _as(run: Run, **other: Any) -> Run:
    """Return a run as it would be under another scenario or cohort that changes no journey."""
    found = {"scenario": run.scenario, "cohort": run.cohort} | other
    return Run.of(found["scenario"], 1, 0, found["cohort"], run.records)


def test_net_cost_takes_off_what_freed_places_save(run: Run) -> None:
    found, prices = outcomes_of(run), run.scenario.costs
    day = prices.paid(1.0, prices.prison_per_day) / prices.currency_per_eur
    net = found["agreement_cost"] * 1e6 - prices.home_saved_share * FREED * day  # type: ignore[operator]
    assert 0 < prices.home_saved_share < 1
    assert found["agreement_cost_net"] == pytest.approx(net / 1e6)
    assert found["agreement_cost_net_per_used_day"] == pytest.approx(net / (FREED + 10))
    assert found["agreement_cost_net_per_freed_place"] == pytest.approx(net / (FREED / HORIZON))


@pytest.mark.parametrize(("share", "filled"), [(0.0, 0.0), (0.25, 0.0), (1.0, 0.0), (0.5, 0.6)])
def test_days_abroad_save_the_share_of_the_price_of_places_that_stay_free(
    run: Run, share: float, filled: float
) -> None:
    """All of it is at home: what is kept ready, what is filled again, and the rest is saved."""
    scenario = run.scenario.change(
        {"costs.home_saved_share": share, "home_prisons.freed_places_filled_share": filled}
    )
    other = _as(run, scenario=scenario)
    table = other.costs().set_index("item")["million"] * 1e6
    prices = scenario.costs
    day = prices.paid(1.0, prices.prison_per_day)
    free = (1 - filled) * FREED
    assert table["home_prison_kept_ready"] == pytest.approx((1 - share) * free * day)
    assert table["home_prison_filled_again"] == pytest.approx(filled * FREED * day)
    less = saved(other)
    assert less == {START.year: pytest.approx(share * free * day / prices.currency_per_eur / 1e6)}
    apart = [item for item in table.index if item.startswith("home_prison_")]
    unchanged = table.drop(apart), run.costs().set_index("item")["million"].drop(apart) * 1e6
    pd.testing.assert_series_equal(*unchanged)


def test_who_is_abroad_after_the_sentence_frees_no_place(run: Run) -> None:
    sentence = run.cohort.sentence
    leaves = np.where(np.arange(5) == 2, 100.0, sentence.leaves)
    cohort = replace(run.cohort, sentence=replace(sentence, leaves=leaves))
    freed, _ = freed_places(_as(run, cohort=cohort), 0.0, HORIZON)
    assert freed.days == 21 + 60 + 7 + (100 - 59)


def test_present_values_discount_each_year_to_one(run: Run) -> None:
    assert outcomes_of(run)["total_cost_present"] is None
    rate = {"costs.discount_rate_share": 0.035, "costs.discount_to_year": START.year - 2}
    other = _as(run, scenario=run.scenario.change(rate))
    found = outcomes_of(other)
    for name in ("total_cost", "agreement_cost_net"):
        assert found[f"{name}_present"] == pytest.approx(found[name] / 1.035**2)  # type: ignore[operator]


def test_outcomes_that_do_not_exist_are_none() -> None:
    """A world in which nobody's sentence ends in the observed period has a table all the same."""
    scenario = between(
        START,
        END,
        {
            "arrivals.judgments_per_year": 40,
            "time.observe_from": date(2026, 1, 1),
            "time.observe_until": date(2026, 1, 2),
            "sentencing.remand.remanded_share": 0.0,
            "rented_prison.in_use": False,
        },
    )
    empty = Run(simulate(scenario, 1))
    with pytest.raises(EmptySample):
        empty.after_sentence()
    found = outcomes_of(empty)
    assert set(found) == {outcome.name for outcome in OUTCOMES}
    assert found["removed_1y"] is None
    assert found["agreement_cost_per_used_day"] is None


# ---------------------------------------------------------------------- what is rented, and Kosovo


def test_officers_displaced_inmates_and_kosovos_own_price(run):
    values, rented = outcomes_of(run), run.scenario.rented_prison
    begins, ends = run.period
    service = run.cohort.service
    open_days = min(service.closes, ends) - max(service.opens, begins)
    present = run.observed_days[[Stay.RENTED_PRISON, Stay.RETURN_QUEUE, Stay.DETENTION_ABROAD]]
    assert present.sum() > 0
    per_officer = present.sum() / open_days / rented.officers
    assert values["rented_prison_per_officer"] == pytest.approx(per_officer)
    days = values["rented_prison_people"] * (ends - begins)
    price = run.scenario.costs.host_prisoner_per_day.amount
    assert values["host_price_cost"] == pytest.approx(days * price / 1e6)
    host = run.scenario.host
    emptied = max(begins, service.opens - host.emptied_before_opening_days)
    share = (min(service.closes, ends) - emptied) / (ends - begins)
    assert values["displaced_inmates"] == pytest.approx(host.displaced_inmates * share)


def test_displaced_inmates_and_officers_have_an_effect():
    def measured(changes):
        small = {"arrivals.judgments_per_year": 20} | changes
        return outcomes_of(sim.run(sim.load("baseline").change(small), seed=1))

    base = measured({})
    assert base["displaced_inmates"] == 215
    assert measured({"host.displaced_inmates": 100})["displaced_inmates"] == 100
    assert measured({"rented_prison.officers": 110})["rented_prison_per_officer"] == pytest.approx(
        2 * base["rented_prison_per_officer"]
    )
    without = measured({"rented_prison.in_use": False})
    assert without["displaced_inmates"] == without["host_price_cost"] == 0
    assert without["rented_prison_per_officer"] is None
    assert without["stayed_in_host"] == without["onward_travel"] == 0


def test_those_who_stay_in_kosovo_are_counted_by_place():
    scenario = sim.load("released_in_kosovo").change({"arrivals.judgments_per_year": 200})
    run = sim.run(scenario, seed=1)
    values, spells = outcomes_of(run), run.spells
    spells = spells[spells["place"].isin(["host", "vranidoll"])]
    period = [
        pd.Timestamp(day) for day in (scenario.time.observe_from, scenario.time.observe_until)
    ]
    firsts = spells.groupby("person", observed=True)["start"].min()
    assert values["stayed_in_host"] == firsts.between(*period, inclusive="left").sum() > 0
    left = run.exits[run.exits["exit"] == "onward_travel"]["date"]
    assert values["onward_travel"] == left.between(*period, inclusive="left").sum() > 0
    days = float((period[1] - period[0]).days)
    for name, stage in (
        ("host_asylum", "host_asylum"),
        ("host_at_large", "host_at_large"),
        ("host_detained", "host_detention"),
    ):
        mine = spells[spells["stage"] == stage]
        end = mine["end"].fillna(pd.Timestamp(scenario.time.end)).clip(upper=period[1])
        inside = (end - mine["start"].clip(lower=period[0])).dt.total_seconds() / 86400
        assert values[name] == pytest.approx(inside.clip(lower=0).sum() / days, rel=1e-4)
