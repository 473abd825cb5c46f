"""What must hold in every world, however strange: people, places, hands, documents, limits.

Each check reads the raw log (`told`) of one run of one scenario that Hypothesis made up; the run
is shared between the checks.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable
from math import inf, isfinite

import numpy as np
import pytest
from hypothesis import given, note, settings

from sim.people.arrivals import DANISH_DUAL, GROUPS, THIRD_COUNTRY
from sim.people.sentence import ENDINGS, LIFE, PREVENTIVE_CUSTODY, RELEASED
from sim.scenario.base import as_toml_value
from sim.scenario.files import difference
from sim.scenario.schema import DAYS_PER_YEAR, Scenario
from sim.world.stages import CaseStage, Exit, Stay
from tests.property.strategies import SEEDS, scenarios
from tests.property.told import IN_DETENTION, Span, Steps, Told, inside, tell
from tests.property.worlds import small

SLACK = 1e-6
"""Days by which two ways to work out the same day may differ."""

CHECKS: list[Callable[[Told], None]] = []


def check(function: Callable[[Told], None]) -> Callable[[Told], None]:
    CHECKS.append(function)
    return function


@settings(max_examples=60)
@given(scenario=scenarios(), seed=SEEDS)
def test_everything_holds_in_every_world(scenario: Scenario, seed: int) -> None:
    note(f"seed {seed}, and of the small world:")
    for key, _, value in difference(small(), scenario):
        note(f"  {key} = {as_toml_value(value)}")
    told = tell(scenario, seed)
    for holds in CHECKS:
        note(holds.__name__)
        holds(told)


# ---------------------------------------------------------------- people


@check
def everyone_is_in_one_stay_from_arrival_to_exit_or_horizon(told: Told) -> None:
    arrives = told.cohort.sentence.arrives
    assert set(told.stays) == set(range(told.cohort.size))
    for who, track in told.stays.items():
        days = [day for _, day, _ in track]
        assert days[0] == pytest.approx(arrives[who], abs=SLACK)
        assert days == sorted(days)
        assert days[-1] <= min(told.left[who], told.horizon)
    table = told.run.spells.query("track == 'stay'")
    same = table["person"].to_numpy()[1:] == table["person"].to_numpy()[:-1]
    assert (table["start"].to_numpy()[1:] == table["end"].to_numpy()[:-1])[same].all()
    assert table["ended"].to_numpy()[:-1][same].all()


@check
def days_spent_add_up(told: Told) -> None:
    """The spells of all people cover the time from arrival to exit or horizon, once."""
    arrives = told.cohort.sentence.arrives
    table = told.run.spells.query("track == 'stay'").groupby("person")["days"].sum()
    lived = np.minimum(told.left, told.horizon) - arrives
    spent = table.reindex(told.cohort.arrived.person, fill_value=0.0)
    assert spent.to_numpy() == pytest.approx(lived, abs=SLACK)


@check
def exits_come_once_and_last(told: Told) -> None:
    for who, exits in told.exits.items():
        assert len(exits) == 1
        assert told.stays[who][-1][1] <= exits[0][1] < told.horizon
    assert not told.run.exits["person"].duplicated().any()
    assert len(told.run.exits) == len(told.exits)


@check
def times_are_in_order(told: Told) -> None:
    arrived, sentence, after = told.cohort.arrived, told.cohort.sentence, told.cohort.after
    assert (sentence.arrives >= 0).all()
    assert (np.diff(sentence.arrives) >= 0).all()
    assert (sentence.custody <= arrived.judgment)[sentence.remanded].all()
    assert (sentence.custody >= sentence.final - SLACK)[~sentence.remanded].all()
    assert (arrived.judgment <= sentence.final + SLACK).all()
    assert (sentence.end >= arrived.judgment - SLACK).all()
    assert (sentence.leaves <= sentence.end).all()
    assert (sentence.leaves >= sentence.arrives - SLACK).all()
    assert (sentence.death >= sentence.arrives - SLACK).all()
    assert (after.case_opens >= arrived.judgment - SLACK).all()
    assert (told.left >= sentence.leaves - SLACK).all()


_SERVING = {Stay.REMAND, Stay.AT_LIBERTY, Stay.DANISH_PRISON, Stay.SELECTION, Stay.WAITING_LIST}
_FREED = {Stay.DETENTION_QUEUE, Stay.DETENTION, Stay.DEPARTURE_CENTRE}
_KOSOVO = {Stay.KOSOVO_ASYLUM, Stay.KOSOVO_AT_LARGE, Stay.KOSOVO_DETENTION}
#: Where people can go next. Who is abroad comes back on a flight, or is in Denmark on a trip.
NEXT: dict[Stay, set[Stay]] = {
    Stay.REMAND: {Stay.DANISH_PRISON} | _FREED,
    Stay.AT_LIBERTY: {Stay.DANISH_PRISON} | _FREED,
    Stay.DANISH_PRISON: {Stay.SELECTION} | _FREED,
    Stay.SELECTION: {Stay.WAITING_LIST, Stay.DANISH_PRISON} | _FREED,
    Stay.WAITING_LIST: {Stay.RENTED_PRISON, Stay.DANISH_PRISON} | _FREED,
    # Straight to Denmark, too: on a flight that goes at that very moment nobody waits for it.
    Stay.RENTED_PRISON: {Stay.TEMPORARY_RETURN, Stay.RETURN_QUEUE, Stay.DETENTION_ABROAD}
    | {Stay.DANISH_PRISON}
    | _FREED
    | _KOSOVO,
    Stay.TEMPORARY_RETURN: {Stay.RENTED_PRISON, Stay.DANISH_PRISON} | _FREED,
    Stay.RETURN_QUEUE: {Stay.DANISH_PRISON} | _FREED,
    Stay.DETENTION_ABROAD: {Stay.RETURN_QUEUE, Stay.DANISH_PRISON} | _FREED,
    Stay.DETENTION_QUEUE: {Stay.DETENTION, Stay.DEPARTURE_CENTRE},
    Stay.DETENTION: {Stay.DEPARTURE_CENTRE},
    Stay.DEPARTURE_CENTRE: {Stay.BREACH_IMPRISONMENT, Stay.AT_LARGE},
    Stay.BREACH_IMPRISONMENT: _FREED,
    Stay.AT_LARGE: _FREED,
    Stay.KOSOVO_ASYLUM: set(),
    Stay.KOSOVO_AT_LARGE: {Stay.KOSOVO_AT_LARGE, Stay.KOSOVO_DETENTION},
    Stay.KOSOVO_DETENTION: {Stay.KOSOVO_AT_LARGE},
}


@check
def people_go_only_where_the_flow_leads(told: Told) -> None:
    for who, track in told.stays.items():
        stays = [stay for stay, _, _ in track]
        for here, there in itertools.pairwise(stays):
            assert there in NEXT[here], (who, here.name, there.name)


@check
def people_leave_from_where_they_can(told: Told) -> None:
    """From abroad: only by removal from there, travelling on, or as the sentence ends early."""
    early = {Exit.DIED, Exit.TRANSFERRED_TO_SERVE, Exit.REMOVED_FROM_SHORT_SENTENCE}
    ways = {
        Stay.RENTED_PRISON: early,
        Stay.DETENTION_ABROAD: {Exit.REMOVED_FROM_KOSOVO, Exit.DIED},
        **{stay: {Exit.ONWARD_TRAVEL, Exit.DIED} for stay in _KOSOVO},
    }
    in_denmark = set(Exit) - {Exit.REMOVED_FROM_KOSOVO, Exit.ONWARD_TRAVEL}
    for who, [(exit, _)] in told.exits.items():
        assert exit in ways.get(told.stays[who][-1][0], in_denmark), (who, told.stays[who][-1])


@check
def people_leave_as_their_sentence_ends(told: Told) -> None:
    """Whose sentence does not end by release leaves on that day, and in that way."""
    sentence = told.cohort.sentence
    ways = (None, Exit.REMOVED_FROM_SHORT_SENTENCE, Exit.TRANSFERRED_TO_SERVE, Exit.DIED)
    assert len(ways) == len(ENDINGS)
    for who in np.flatnonzero((sentence.ending != RELEASED) & (sentence.leaves < told.horizon)):
        exit, day = told.exits[who][0]
        assert exit == ways[sentence.ending[who]]
        assert day == pytest.approx(sentence.leaves[who], abs=SLACK)
    for who, [(exit, _)] in told.exits.items():
        if exit in ways[1:3]:
            assert ways[sentence.ending[who]] == exit


@check
def nobody_acts_after_death(told: Told) -> None:
    gone = np.isfinite(told.left)
    assert (told.left[gone] <= told.cohort.sentence.death[gone] + SLACK).all()
    for who, [(exit, day)] in told.exits.items():
        if exit == Exit.DIED:
            assert day == pytest.approx(told.cohort.sentence.death[who], abs=SLACK)


# ---------------------------------------------------------------- the rented prison


def _capacity(told: Told, day: float) -> int:
    service, rented = told.cohort.service, told.scenario.rented_prison
    if not service.opens <= day < service.closes:
        return 0
    return rented.places if day >= service.full else rented.first_intake_places


def _flights(told: Told) -> dict[float, int]:
    """Day of each rotation and its seats for people flown out."""
    service, transfer = told.cohort.service, told.scenario.transfer
    if not isfinite(service.opens):
        return {}
    every, flights, number = 7 / transfer.rotations_per_week, {}, 0
    while (day := service.opens + number * every) < min(service.closes, told.horizon):
        halted = any(
            told.scenario.day(halt.from_) <= day < told.scenario.day(halt.until)
            for halt in transfer.halts
        )
        flights[day] = 0 if halted or day > service.last_intake else transfer.seats
        number += 1
    return flights


def _boardings(told: Told) -> dict[float, list[Span]]:
    """Waits on the list that ended with a flight, by the day of the flight."""
    boarded = defaultdict(list)
    for who, track in told.stays.items():
        for (here, begins, number), (there, ends, _) in itertools.pairwise(track):
            if here == Stay.WAITING_LIST and there == Stay.RENTED_PRISON:
                boarded[ends].append(Span(who, begins, ends, number))
    return boarded


@check
def rented_places_are_never_exceeded(told: Told) -> None:
    """The number of places only grows until the prison closes, and is empty from then on."""
    for span in told.holding:
        assert inside(told.holding, span.begins) <= _capacity(told, span.begins)


@check
def everyone_is_out_when_it_closes(told: Told) -> None:
    service = told.cohort.service
    for span in told.holding:
        assert service.opens <= span.begins <= max(service.last_intake, service.opens)
        assert min(span.ends, told.horizon) <= service.closes, (span, service)
    for span in told.spans(Stay.RENTED_PRISON, Stay.TEMPORARY_RETURN, Stay.DETENTION_ABROAD):
        assert min(span.ends, told.horizon) <= max(service.drains, span.begins) + SLACK


@check
def people_fly_on_flights(told: Told) -> None:
    """Out only by rotation and seat, never while transfers are halted; back by seat."""
    flights, seats = _flights(told), told.scenario.transfer.seats
    for day, boarded in _boardings(told).items():
        assert len(boarded) <= flights[day]
    back = Counter(
        span.ends
        for span in told.spans(Stay.RETURN_QUEUE)
        if span.ends < told.horizon and _flew(told, span)
    )
    for day, number in back.items():
        assert day in flights or day == told.cohort.service.closes
        assert number <= seats or day == told.cohort.service.closes


def _flew(told: Told, span: Span) -> bool:
    """Tell whether a wait for the return flight ended by flying, not by dying or the like."""
    sentence = told.cohort.sentence
    ended = min(
        sentence.death[span.who], sentence.leaves[span.who] if sentence.ending[span.who] else inf
    )
    return span.ends < ended - SLACK or span.ends > ended + SLACK


@check
def free_seats_and_places_are_filled_in_order_of_rank(told: Told) -> None:
    boardings, waits = _boardings(told), told.spans(Stay.WAITING_LIST)
    for day, seats in _flights(told).items():
        boarded = boardings.get(day, [])
        left = [span for span in waits if span.begins < day < span.ends]
        ready = len(left) + sum(span.begins < day for span in boarded)
        taken = sum(span.begins < day <= span.ends for span in told.holding)
        free = max(0, _capacity(told, day) - taken)
        assert len(boarded) >= min(seats, free, ready)
        if boarded and left:
            assert max(_rank(told, s, day) for s in boarded) < min(
                _rank(told, s, day) for s in left
            )


def _rank(told: Told, span: Span, day: float) -> tuple[float, int]:
    """Return the place of someone waiting, by the rule in force and then by joining."""
    rule = next(
        rule.rule
        for rule in told.scenario.transfer.priority
        if told.scenario.day(rule.from_) <= day < told.scenario.day(rule.until)
    )
    rank = {
        "no_children_first": float(told.cohort.arrived.children[span.who]),
        "longest_remaining_first": -told.cohort.sentence.end[span.who],
        "first_come": 0.0,
    }
    return rank[rule], span.number


@check
def nobody_is_transferred_who_is_not_eligible(told: Told) -> None:
    sentence, least = told.cohort.sentence, told.scenario.transfer.least_remaining_days
    for day, boarded in _boardings(told).items():
        for span in boarded:
            assert sentence.end[span.who] - day >= least - SLACK
            assert sentence.final[span.who] <= day
            assert sentence.leaves[span.who] >= day
            assert _eligible(told, span.who, day)


def _eligible(told: Told, who: int, day: float) -> bool:
    """Walk through the dated rules: does the one that governs the case on this day allow it?

    A rule for everyone governs all whose judgment is final before it ends; a rule for new cases
    those whose judgment becomes final under it, while older ones keep the answer they had. Where
    no rule is in force, nobody is eligible, and the answer of old is forgotten.
    """
    final, allowed, ended = told.cohort.sentence.final[who], False, -inf
    for rule in told.scenario.transfer.eligibility:
        first, last = told.scenario.day(rule.from_), told.scenario.day(rule.until)
        if first > day:
            break
        if first > ended:
            allowed = False
        if final < last and (rule.applies_to == "everyone" or final >= first):
            allowed = _fits(told, rule, who)
        ended = last
    return allowed and day < ended


def _fits(told: Told, rule: object, who: int) -> bool:
    arrived, sentence = told.cohort.arrived, told.cohort.sentence
    excluded = [
        GROUPS[arrived.group[who]] not in rule.groups,
        arrived.woman[who] and not rule.women,
        arrived.age[who] < rule.youngest_years,
        sentence.terror[who] and not rule.terror_or_war_crime,
        sentence.ill[who] and not rule.health_excluded,
        sentence.kind[who] == LIFE and not rule.life,
        sentence.kind[who] == PREVENTIVE_CUSTODY and not rule.preventive_custody,
        sentence.kind[who] not in (LIFE, PREVENTIVE_CUSTODY)
        and sentence.length[who] > rule.longest_sentence_years * DAYS_PER_YEAR,
    ]
    return not any(excluded)


# ---------------------------------------------------------------- detention


@check
def nobody_is_detained_longer_than_the_limit(told: Told) -> None:
    days: dict[int, float] = defaultdict(float)
    for span in told.spans(*IN_DETENTION):
        days[span.who] += min(span.ends, told.horizon) - span.begins
    for who, total in days.items():
        assert total <= told.cohort.after.detention_limit[who] + SLACK


@check
def nobody_is_detained_before_the_sentence_is_over(told: Told) -> None:
    for span in told.spans(*IN_DETENTION, Stay.DEPARTURE_CENTRE, Stay.KOSOVO_ASYLUM):
        assert span.begins >= told.cohort.sentence.leaves[span.who] - SLACK


@check
def nobody_willing_is_detained_once_the_document_is_there(told: Told) -> None:
    for span in told.spans(*IN_DETENTION):
        if told.cohort.sentence.willing[span.who]:
            document = max(told.document_at[span.who], span.begins)
            assert min(span.ends, told.horizon) <= document + SLACK, span


@check
def nobody_is_detained_without_a_prospect(told: Told) -> None:
    limbo = defaultdict(list)
    for span in told.limbo:
        limbo[span.who].append(span)
    for span in told.spans(*IN_DETENTION):
        for lost in limbo[span.who]:
            shared = min(span.ends, lost.ends, told.horizon) - max(span.begins, lost.begins)
            assert shared <= SLACK, (span, lost)


@check
def detention_places_are_never_exceeded(told: Told) -> None:
    """Free places beside people held in a prison are possible: these wait for an escort only."""
    places = told.steps(told.scenario.detention.places)
    spans = told.spans(Stay.DETENTION)
    for span in spans:
        assert inside(spans, span.begins) <= places.at(span.begins)


@check
def nobody_waits_for_a_detention_place_while_one_is_free(told: Told) -> None:
    """People ask for a place until their document comes; then they wait for an escort alone."""
    places = told.steps(told.scenario.detention.places)
    queue = [
        Span(span.who, span.begins, min(span.ends, told.document_at[span.who]), span.number)
        for span in told.spans(Stay.DETENTION_QUEUE)
    ]
    _never_exceeded_nor_idle(told, told.spans(Stay.DETENTION), queue, places)


def _never_exceeded_nor_idle(
    told: Told, busy: list[Span], queue: list[Span], places: Steps
) -> None:
    """Nobody enters above the places there are; nobody waits while one is free."""
    for span in busy:
        assert inside(busy, span.begins) <= places.at(span.begins)
    moments = [span.ends for span in busy] + [span.begins for span in queue] + places.days
    for day in moments:
        if day < told.horizon and any(span.begins <= day < span.ends - SLACK for span in queue):
            assert inside(busy, day) >= places.at(day), day


# ---------------------------------------------------------------- the removal case


@check
def every_expelled_third_country_national_has_one_case(told: Told) -> None:
    """Opened when it is due, for everyone who is still there; and nobody else has any."""
    arrived, sentence = told.cohort.arrived, told.cohort.sentence
    released = (arrived.group == THIRD_COUNTRY) & (sentence.ending == RELEASED)
    served_from = np.where(sentence.remanded, sentence.final, sentence.custody)
    opens = np.maximum(told.cohort.after.case_opens, np.minimum(served_from, sentence.leaves))
    for who in range(told.cohort.size):
        opened = [day for stage, day in told.case_log.get(who, []) if stage in _OPENED]
        if not released[who]:
            assert not opened, who
        elif opens[who] < min(told.left[who], told.horizon) - SLACK:
            assert opened[0] == pytest.approx(opens[who], abs=SLACK), who
            assert len(opened) <= 2, who


_OPENED = (CaseStage.CASE_WORKER_QUEUE, CaseStage.IDENTIFICATION)


@check
def danish_citizens_are_neither_expelled_nor_detained(told: Told) -> None:
    for who in np.flatnonzero(told.cohort.arrived.group == DANISH_DUAL):
        assert not {stay for stay, _, _ in told.stays[who]} & (_FREED | _KOSOVO)
        for exit, _ in told.exits.get(who, []):
            assert exit in (Exit.RELEASED, Exit.DIED), (who, exit)


@check
def case_workers_are_never_exceeded_nor_idle(told: Told) -> None:
    workers = told.steps(told.scenario.removal.case_workers)
    queue = told.waits(CaseStage.CASE_WORKER_QUEUE)
    _never_exceeded_nor_idle(told, told.identifications, queue, workers)
    served = sorted(
        (span for span in queue if span.ends < told.left[span.who]), key=lambda span: span.begins
    )
    assert [s.ends for s in served] == sorted(s.ends for s in served)


@check
def escort_teams_are_never_exceeded_nor_idle(told: Told) -> None:
    teams = told.steps(told.scenario.removal.escort_teams)
    _never_exceeded_nor_idle(told, told.escorts, told.waits(CaseStage.ESCORT_QUEUE), teams)


@check
def nobody_is_removed_before_the_document(told: Told) -> None:
    sentence, after = told.cohort.sentence, told.cohort.after
    for who, [(exit, day)] in told.exits.items():
        if exit in (Exit.REMOVED, Exit.REMOVED_FROM_KOSOVO):
            assert told.document_at[who] <= day + SLACK
            assert sentence.willing[who] or not after.protected[who]
            assert day >= sentence.leaves[who] - SLACK


@check
def documents_come_after_the_request_and_its_delay(told: Told) -> None:
    sentence, after = told.cohort.sentence, told.cohort.after
    for span in told.identifications:
        requested = span.ends
        if requested < told.horizon:
            due = requested + after.document_delay[span.who]
            document = told.document_at[span.who]
            if sentence.willing[span.who]:
                assert document == pytest.approx(due, abs=SLACK)
            else:
                assert document >= due - SLACK


@check
def limbo_comes_after_the_sentence_and_before_the_exit(told: Told) -> None:
    spells, sentence = told.run.records.limbo, told.cohort.sentence
    end = np.where(np.isnan(spells.end), told.horizon, spells.end)
    assert (spells.start >= sentence.leaves[spells.index] - SLACK).all()
    assert (end <= np.minimum(told.left[spells.index], told.horizon) + SLACK).all()
    assert (spells.start < end).all()
    assert not sentence.willing[spells.index].any()
    same = spells.index[1:] == spells.index[:-1]
    assert (end[:-1][same] <= spells.start[1:][same]).all()
    assert len(spells.start) == len(told.limbo)


# ---------------------------------------------------------------- tables


@check
def census_counts_everyone_once(told: Told) -> None:
    census = told.run.census(every="month", whole=True)
    total = census.groupby("date")["people"].sum()
    for day, people in total.items():
        at = told.scenario.day(day.date())
        here = (told.cohort.sentence.arrives <= at) & (told.left > at)
        assert people == here.sum()
    places = told.run.census(by="place", every="month", whole=True)
    assert (places.groupby("date")["people"].sum() == total).all()


@check
def costs_add_up(told: Told) -> None:
    """Every item once more, from the table of spells, the calendar and the price list."""
    import pandas as pd

    prices, service = told.scenario.costs, told.cohort.service
    table = told.run.spells.query("track == 'stay'")
    inflated = 1 + prices.inflation_2015_to_2025
    horizon = pd.Timestamp(told.scenario.time.end)
    in_denmark = (table["place"] == "danish_prisons") & (table["stage"] != "remand")
    items = {
        "danish_prison": (in_denmark, prices.prison_2015_dkk_per_day * inflated),
        "remand": (table["stage"] == "remand", prices.remand_2015_dkk_per_day * inflated),
        "detention": (
            (table["place"] == "ellebaek") & (table["stage"] == "pre_removal_detention"),
            prices.detention_2015_dkk_per_day * inflated,
        ),
        "departure_centre": (
            table["stage"] == "departure_centre",
            prices.centre_dkk_per_year / DAYS_PER_YEAR,
        ),
    }
    costs = told.run.costs().set_index(["year", "item"])
    assert np.allclose(costs["dkk_million"], costs["eur_million"] * prices.dkk_per_eur)
    for year in range(told.scenario.time.start.year, told.scenario.time.end.year):
        begins, ends = pd.Timestamp(year, 1, 1), pd.Timestamp(year + 1, 1, 1)
        span = table["end"].fillna(horizon).clip(upper=ends) - table["start"].clip(lower=begins)
        days = span.dt.total_seconds().clip(lower=0) / 86400
        rounding = 2 * len(table) / 86400
        for item, (chosen, price) in items.items():
            row = costs.loc[(year, item)]
            assert row["quantity"] == pytest.approx(days[chosen].sum(), abs=rounding)
            assert row["dkk_million"] == pytest.approx(row["quantity"] * price / 1e6)
        first, last = (told.scenario.day(moment.date()) for moment in (begins, ends))
        years = max(0.0, min(last, service.closes) - max(first, service.opens)) / DAYS_PER_YEAR
        euro = {
            "rent": years * prices.rent_eur_million_per_year,
            "aid": years * prices.aid_eur_million_per_year,
            "set_up": prices.set_up_eur_million * (first <= service.opens < last),
            "visits": years * prices.visits_dkk_million_per_year / prices.dkk_per_eur,
            "rotations": _rotations(told, first, last)
            * prices.rotation_dkk_million
            / prices.dkk_per_eur,
        }
        for item, million in euro.items():
            assert costs.loc[(year, item), "eur_million"] == pytest.approx(million), item


def _rotations(told: Told, begins: float, ends: float) -> int:
    """Count the flights that carry someone, out or back."""
    back = {s.ends for s in told.spans(Stay.RETURN_QUEUE) if _flew(told, s)}
    days = set(_boardings(told)) | back
    return sum(begins <= day < min(ends, told.horizon) for day in days)


@check
def nobody_holds_a_place_abroad_unseen(told: Told) -> None:
    """Occupancy of the rented prison counts everyone who holds a place, on trips too."""
    table = told.run.occupancy(whole=True)
    rented = table[table["facility"] == told.scenario.rented_prison.key]
    for row in rented.itertuples():
        day = told.scenario.day(row.date.date())
        assert row.people == inside(told.holding, day)
        assert row.places == _capacity(told, day)
