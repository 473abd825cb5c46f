"""Outcomes: what one replication says about the observed period, one number each.

Each is defined once, in words and as a function of a run. A value that does not exist (a wait
where nobody waited, a cost per place-day where there is no place) is None, never zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.results import count
from sim.results.costs import AGREEMENT_ITEMS
from sim.results.survival import EmptySample, kaplan_meier
from sim.world.stages import STAYS, CaseStage, Exit, Stay

if TYPE_CHECKING:
    from sim.results.records import Spells
    from sim.results.run import Run

RENTED = (Stay.RENTED_PRISON, Stay.TEMPORARY_RETURN, Stay.RETURN_QUEUE, Stay.DETENTION_ABROAD)
STAYING_IN_KOSOVO = (Stay.KOSOVO_ASYLUM, Stay.KOSOVO_AT_LARGE, Stay.KOSOVO_DETENTION)
IN_DENMARK = tuple(stay for stay, about in STAYS.items() if about.place == "danish_prisons")


@dataclass(frozen=True)
class Outcome:
    """One measured quantity."""

    name: str
    title: str
    unit: str
    definition: str
    value: Callable[[Run], float | None]


def outcomes(run: Run) -> dict[str, float | None]:
    """Return every outcome of a run by name."""
    return {outcome.name: outcome.value(run) for outcome in OUTCOMES}


def _mean_people(run: Run, *stays: Stay) -> float:
    begins, ends = run.period
    return float(run.observed_days[list(stays)].sum()) / (ends - begins)


def _fill(run: Run) -> float | None:
    places = _place_days(run)
    return float(run.observed_days[list(RENTED)].sum()) / places if places else None


def _place_days(run: Run) -> float:
    """Place-days of the rented prison in the observed period."""
    begins, ends = run.period
    days = np.arange(begins, ends)
    return float(run.rented_places(days + 0.5).sum())


def _queue_length(run: Run, spells: Spells, code: int) -> float:
    begins, ends = run.period
    chosen = spells.overlap(begins, ends, run.scenario.horizon)[spells.code == code]
    return float(chosen.sum()) / (ends - begins)


def _median(run: Run, spells: Spells, code: int) -> float | None:
    chosen = (spells.code == code) & run.observed(spells.start)
    try:
        days, ended = spells.days(run.scenario.horizon), ~np.isnan(spells.end)
        median = kaplan_meier(days[chosen], ended[chosen]).median
    except EmptySample:
        return None
    return median if np.isfinite(median) else None


def _danish_occupancy(run: Run) -> float:
    begins, ends = run.period
    mean = count.mean_on_steps
    prisons = run.scenario.danish_prisons
    people = _mean_people(run, *IN_DENMARK)
    people += mean(run.scenario, prisons.other_prisoners, begins, ends)
    return people / mean(run.scenario, prisons.places, begins, ends)


def _per_officer(run: Run) -> float:
    begins, ends = run.period
    mean = count.mean_on_steps
    prisons = run.scenario.danish_prisons
    people = _mean_people(run, *IN_DENMARK)
    people += mean(run.scenario, prisons.other_prisoners, begins, ends)
    return people / mean(run.scenario, prisons.officers, begins, ends)


def _left_within(run: Run, years: float, *exits: Exit) -> float | None:
    """Share of third-country nationals released in the period who left so within some years."""
    try:
        table = run.after_sentence(by="group", years=years)
    except EmptySample:
        return None
    last = table[table["days_after_sentence"] == table["days_after_sentence"].max()]
    last = last[last["group"] == "third_country"]
    names = [exit.name.lower() for exit in exits]
    return float(last.loc[last["exit"].isin(names), "share"].sum()) if len(last) else None


def _held_after(run: Run, years: float) -> float | None:
    """Mean days held in the years after the sentence, for those followed that long."""
    sentence, horizon = run.cohort.sentence, run.scenario.horizon
    released = (sentence.ending == 0) & run.observed(sentence.leaves)
    released &= (run.cohort.arrived.group == 1) & (sentence.leaves + years * 365.25 <= horizon)
    if not released.any():
        return None
    stays = run.records.stays
    held = np.array([STAYS[stay].held for stay in Stay])[stays.code]
    ends = sentence.leaves[stays.index]
    days = stays.overlap(ends, ends + years * 365.25, horizon)
    mine = held & released[stays.index]
    return float(days[mine].sum() / released.sum())


def _in_limbo(run: Run) -> float:
    return _queue_length(run, run.records.limbo, 0)


def _removals(run: Run) -> float:
    exits = run.records.exits
    removed = np.isin(exits.code, (Exit.REMOVED, Exit.REMOVED_FROM_KOSOVO))
    third = run.cohort.arrived.group[exits.index] == 1
    return float(np.sum(removed & third & run.observed(exits.day)))


def _agreement_cost(run: Run) -> float:
    """Cost of the agreement in the observed period, EUR million."""
    table = run.costs()
    return float(table.loc[table["item"].isin(AGREEMENT_ITEMS), "eur_million"].sum())


def _total_cost(run: Run) -> float:
    return float(run.costs()["eur_million"].sum())


def _cost_per_used_day(run: Run) -> float | None:
    used = float(run.observed_days[list(RENTED)].sum())
    return _agreement_cost(run) * 1e6 / used if used else None


def _overcrowded(run: Run) -> float:
    begins, ends = run.period
    days = np.arange(begins, ends) + 0.5
    places = count.on_steps(run.scenario, run.scenario.danish_prisons.places, days)
    return float(np.mean(run.in_danish_prisons(days) > places))


def _kosovo_occupancy(run: Run) -> float:
    begins, ends = run.period
    days = np.arange(begins, ends) + 0.5
    people, places = next(
        (people, places)
        for name, people, places in run.facilities(days)
        if name == "kosovo_prisons"
    )
    return float(people.sum() / places.sum())


OUTCOMES: tuple[Outcome, ...] = (
    Outcome(
        "rented_prison_people",
        "People in the rented prison",
        "persons",
        "Mean number of people who hold a place in the rented prison.",
        lambda run: _mean_people(run, *RENTED),
    ),
    Outcome(
        "rented_prison_fill",
        "Rented places in use",
        "share",
        "Person-days in the rented prison over its place-days.",
        _fill,
    ),
    Outcome(
        "transfer_queue",
        "Waiting list for the flight",
        "persons",
        "Mean number of people on the waiting list for transfer.",
        lambda run: _queue_length(run, run.records.stays, Stay.WAITING_LIST),
    ),
    Outcome(
        "transfer_wait_days",
        "Wait on that list",
        "days",
        "Median days on the waiting list, those still waiting censored.",
        lambda run: _median(run, run.records.stays, Stay.WAITING_LIST),
    ),
    Outcome(
        "document_queue",
        "Waiting for a travel document",
        "persons",
        "Mean number of people whose removal case waits for a travel document.",
        lambda run: _queue_length(run, run.records.cases, CaseStage.TRAVEL_DOCUMENT),
    ),
    Outcome(
        "document_wait_days",
        "Wait for a travel document",
        "days",
        "Median days from request to travel document, cut short by exit.",
        lambda run: _median(run, run.records.cases, CaseStage.TRAVEL_DOCUMENT),
    ),
    Outcome(
        "case_worker_queue",
        "Waiting for a case worker",
        "persons",
        "Mean number of removal cases that wait for a case worker.",
        lambda run: _queue_length(run, run.records.cases, CaseStage.CASE_WORKER_QUEUE),
    ),
    Outcome(
        "danish_occupancy",
        "Occupancy of Danish prisons",
        "share",
        "Mean prisoners over mean places, everyone in Danish prisons included.",
        _danish_occupancy,
    ),
    Outcome(
        "danish_overcrowded",
        "Days with more prisoners than places",
        "share",
        "Share of days on which Danish prisons hold more people than they have places.",
        _overcrowded,
    ),
    Outcome(
        "prisoners_per_officer",
        "Prisoners per officer in Denmark",
        "ratio",
        "Mean prisoners in Danish prisons over mean officers.",
        _per_officer,
    ),
    Outcome(
        "detained",
        "In pre-removal detention",
        "persons",
        "Mean number of people in pre-removal detention, anywhere.",
        lambda run: _mean_people(run, Stay.DETENTION, Stay.DETENTION_QUEUE, Stay.DETENTION_ABROAD),
    ),
    Outcome(
        "detention_days",
        "Length of detention in Denmark",
        "days",
        "Median days in the Danish detention centre.",
        lambda run: _median(run, run.records.stays, Stay.DETENTION),
    ),
    Outcome(
        "held_after_sentence_days",
        "Held in the two years after the sentence",
        "days",
        "Mean days deprived of liberty within two years after the sentence ended, "
        "third-country nationals.",
        lambda run: _held_after(run, 2),
    ),
    Outcome(
        "departure_centre_people",
        "Residents of the departure centre",
        "persons",
        "Mean number of residents.",
        lambda run: _mean_people(run, Stay.DEPARTURE_CENTRE),
    ),
    Outcome(
        "breach_imprisoned",
        "In prison for breach of duties",
        "persons",
        "Mean number of people serving a sentence for breach of duties.",
        lambda run: _mean_people(run, Stay.BREACH_IMPRISONMENT),
    ),
    Outcome(
        "limbo",
        "In limbo",
        "persons",
        "Mean number of people whose sentence is over while no removal is in prospect.",
        _in_limbo,
    ),
    Outcome(
        "removed_1y",
        "Removed or gone home within 1 year",
        "share",
        "Share of third-country nationals who left for home, by force or not, within a year "
        "after the sentence.",
        lambda run: _left_within(
            run, 1, Exit.REMOVED, Exit.REMOVED_FROM_KOSOVO, Exit.LEFT_VOLUNTARILY
        ),
    ),
    Outcome(
        "absconded_1y",
        "Absconded within 1 year",
        "share",
        "Share of third-country nationals who absconded for good within a year after it.",
        lambda run: _left_within(run, 1, Exit.ABSCONDED),
    ),
    Outcome(
        "removals_from_kosovo_share",
        "Of removals: straight from Kosovo",
        "share",
        "Share of removals of third-country nationals that start in Kosovo.",
        lambda run: _from_kosovo(run),
    ),
    Outcome(
        "kosovo_occupancy",
        "Occupancy of Kosovo's own prisons",
        "share",
        "Kosovo's prisoners over the places left to it, under the scenario's capacity claim.",
        _kosovo_occupancy,
    ),
    Outcome(
        "agreement_cost",
        "Cost of the agreement",
        "EUR million",
        "Rent, set-up, aid, flights and visits in the observed period.",
        _agreement_cost,
    ),
    Outcome(
        "agreement_cost_per_used_day",
        "The same per place-day used",
        "EUR",
        "Cost of the agreement over the person-days spent in the rented prison.",
        _cost_per_used_day,
    ),
    Outcome(
        "total_cost",
        "Cost in total",
        "EUR million",
        "Cost of the agreement, and of Danish prisons, detention and the departure centre for "
        "the people of this model.",
        _total_cost,
    ),
    Outcome(
        "removals",
        "Removals of third-country nationals",
        "persons",
        "Number removed in the observed period, from Denmark or Kosovo.",
        _removals,
    ),
    Outcome(
        "total_cost_per_removal",
        "Total cost per removal",
        "EUR million",
        "Cost in total over the number of removals.",
        lambda run: _total_cost(run) / _removals(run) if _removals(run) else None,
    ),
    Outcome(
        "rented_prison_per_officer",
        "People per officer in the rented prison",
        "ratio",
        "Mean number of people present in the rented prison while it is open, over its officers.",
        lambda run: _per_rented_officer(run),
    ),
    Outcome(
        "displaced_inmates",
        "Inmates moved out to make room",
        "persons",
        "Mean number of Kosovo's own inmates who are elsewhere because the prison is emptied or "
        "rented.",
        lambda run: _displaced(run),
    ),
    Outcome(
        "kosovo_price_cost",
        "Days used at Kosovo's own price",
        "EUR million",
        "What the person-days spent in the rented prison would cost at the price that Kosovo's "
        "prison service pays for a prisoner of its own.",
        lambda run: (
            float(run.observed_days[list(RENTED)].sum())
            * run.scenario.costs.kosovo_prisoner_eur_per_day
            / 1e6
        ),
    ),
    Outcome(
        "stayed_in_kosovo",
        "Stay in Kosovo instead of returning",
        "persons",
        "Stress tests: number of people who begin to stay in Kosovo in the observed period.",
        lambda run: float(np.sum(run.observed(run.records.stays.joined(*STAYING_IN_KOSOVO).start))),
    ),
    Outcome(
        "kosovo_asylum",
        "In an asylum centre in Kosovo",
        "persons",
        "Stress tests: mean number of people in Kosovo's asylum centre.",
        lambda run: _mean_people(run, Stay.KOSOVO_ASYLUM),
    ),
    Outcome(
        "kosovo_at_large",
        "At large in Kosovo",
        "persons",
        "Stress tests: mean number of people who live in Kosovo without documents.",
        lambda run: _mean_people(run, Stay.KOSOVO_AT_LARGE),
    ),
    Outcome(
        "kosovo_detained",
        "Detained as foreigners in Kosovo",
        "persons",
        "Stress tests: mean number of people in Kosovo's detention centre for foreigners.",
        lambda run: _mean_people(run, Stay.KOSOVO_DETENTION),
    ),
    Outcome(
        "onward_travel",
        "Travel on from Kosovo",
        "persons",
        "Stress tests: number of people who travel on from Kosovo in the observed period.",
        lambda run: float(
            np.sum(
                (run.records.exits.code == Exit.ONWARD_TRAVEL) & run.observed(run.records.exits.day)
            )
        ),
    ),
)


def _from_kosovo(run: Run) -> float | None:
    exits = run.records.exits
    observed = run.observed(exits.day) & (run.cohort.arrived.group[exits.index] == 1)
    straight = np.sum(observed & (exits.code == Exit.REMOVED_FROM_KOSOVO))
    removed = straight + np.sum(observed & (exits.code == Exit.REMOVED))
    return float(straight / removed) if removed else None


def _days_within(run: Run, first: float, last: float) -> float:
    """Days of the observed period between two days, which may be infinite."""
    begins, ends = run.period
    return max(0.0, min(ends, last) - max(begins, first))


def _per_rented_officer(run: Run) -> float | None:
    """People present while the rented prison is open, per officer."""
    service, officers = run.cohort.service, run.scenario.rented_prison.officers
    days = _days_within(run, service.opens, service.closes)
    present = [stay for stay in RENTED if stay != Stay.TEMPORARY_RETURN]
    people = float(run.observed_days[present].sum())
    return people / days / officers if days and officers else None


def _displaced(run: Run) -> float:
    """Inmates moved elsewhere from the day the prison is emptied until it is out of service."""
    kosovo, service, (begins, ends) = run.scenario.kosovo, run.cohort.service, run.period
    emptied = service.opens - kosovo.emptied_before_opening_days
    return kosovo.displaced_inmates * _days_within(run, emptied, service.closes) / (ends - begins)
