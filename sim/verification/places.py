"""The rented prison, its flights, and detention: never fuller than allowed, nothing left idle."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from math import inf, isfinite

import numpy as np

from sim.results.count import grid
from sim.scenario.schema import DAYS_PER_YEAR
from sim.verification.check import DoesNotApply, Part, beyond, records
from sim.verification.laws import law_of
from sim.verification.told import SLACK, Floats, Integers, Spans, Steps, Told, Truths
from sim.world.stages import Stay

NOT_RENTED = "no prison is rented"


def capacity(told: Told, days: Floats) -> Floats:
    """Return the places of the rented prison on given days, from the scenario's own values."""
    service, rented = told.cohort.service, told.scenario.rented_prison
    places = np.full(len(days), rented.places)
    for period in rented.place_periods:
        begins, ends = told.scenario.day(period.from_), told.scenario.day(period.until)
        places = np.where((begins <= days) & (days < ends), period.places, places)
    for tenant in rented.other_tenants.values():
        for period in tenant.periods if tenant.served == "first" else ():
            begins, ends = told.scenario.day(period.from_), told.scenario.day(period.until)
            places = np.where((begins <= days) & (days < ends), places - period.places, places)
    places = np.maximum(places, 0)
    places = np.where(days >= service.full, places, np.minimum(places, rented.first_intake_places))
    return np.where((days >= service.opens) & (days < service.closes), places, 0)


def flights(told: Told) -> tuple[Floats, Integers]:
    """Return the day of each rotation, and its seats for people flown out."""
    service, transfer = told.cohort.service, told.scenario.transfer
    if not isfinite(service.opens):
        raise DoesNotApply(NOT_RENTED)
    end = min(service.closes, told.horizon)
    # From each flight the next is one interval away, by the frequency in force on its day; days
    # are multiples of the interval from where that last changed, as sums would drift.
    gone: list[float] = []
    begins, every, number = service.opens, 7 / _rotations_per_week(told, service.opens), 0
    while (day := begins + number * every) < end:
        gone.append(day)
        if (now := 7 / _rotations_per_week(told, day)) != every:
            begins, every, number = day, now, 0
        number += 1
    days = np.array(gone)
    halted = np.zeros(len(days), bool)
    for halt in transfer.halts:
        halted |= (told.scenario.day(halt.from_) <= days) & (days < told.scenario.day(halt.until))
    return days, np.where(halted | (days > service.last_intake), 0, transfer.seats)


def _rotations_per_week(told: Told, day: float) -> float:
    """Return how many rotations a week there are on a day."""
    scenario = told.scenario
    for period in scenario.transfer.rotation_periods:
        if scenario.day(period.from_) <= day < scenario.day(period.until):
            return period.rotations_per_week
    return scenario.transfer.rotations_per_week


def flown_back(told: Told) -> Spans:
    """Waits for the return flight that ended by flying, not by dying or the like."""
    sentence, waits = told.cohort.sentence, told.spans(Stay.RETURN_QUEUE)
    early = np.where(sentence.ending > 0, sentence.leaves, inf)
    ended = np.minimum(sentence.death, early)[waits.who]
    # Who flies on the very day of death is no longer waiting, but was not flown.
    with np.errstate(invalid="ignore"):
        flew = ~(np.abs(waits.ends - ended) <= SLACK) & (waits.ends < told.horizon)
    return waits[flew]


@records(
    "places",
    "The agreement runs from its opening to its closing",
    "The prison opens on its date or after the delay drawn, is full after the first intake, and "
    "closes on the same day of the year when the term, and the extension if there is one, is over; "
    "selection, last intake and draining follow from these.",
    unit="days",
    tolerance=1.0,
    otherwise=NOT_RENTED,
)
def the_agreement_runs_its_time(told: Told) -> Iterator[Part]:
    """Work the days of the service out from the scenario; of a part of a year a day may be rounded.

    A closing on 29 February moves to 1 March where there is none.
    """
    service, rented, transfer = (
        told.cohort.service,
        told.scenario.rented_prison,
        told.scenario.transfer,
    )
    if not rented.in_use:
        return
    if rented.ends_early is not None and not isfinite(service.opens):
        return
    law = law_of(rented.opening_delay_days)
    least, most = law.ppf(np.array([0.0, 1 - 1e-15]))
    delay = service.opens - told.scenario.day(rented.opens)
    yield Part(max(least - delay, delay - most, 0.0), "delay of the opening")
    years = rented.term_years + (rented.extension_years if rented.extended else 0.0)
    term = service.closes - service.opens
    if years == int(years):
        off = _from_anniversary(told, int(years))
    else:
        off = max(abs(term - years * DAYS_PER_YEAR) - 1, 0.0)  # leap days fall unevenly
    if rented.ends_early is not None:
        # By then, unless the term is over before.
        early = told.scenario.day(rented.ends_early)
        off = min(off, abs(service.closes - early)) if service.closes <= early else inf
    yield Part(off, "closing")
    selection = service.opens - transfer.selection_starts_days_before if rented.most_places else inf
    for what, day, due in (
        ("selection", service.selection, selection),
        ("all places in use", service.full, service.opens + rented.first_intake_days),
        ("draining", service.drains, service.closes - rented.drain_days),
        ("last intake", service.last_intake,
         max(service.opens, service.drains - transfer.least_remaining_days)),
    ):  # fmt: skip
        # These are to the day: whatever differs is beyond the day that rounding may take.
        same = day == due or abs(day - due) <= SLACK
        yield Part(0.0 if same else 1 + abs(day - due), what)


def _from_anniversary(told: Told, years: int) -> float:
    """Return how many days the closing is from the day some whole years after the opening."""
    opens, closes = (told.scenario.date(day) for day in
                     (told.cohort.service.opens, told.cohort.service.closes))  # fmt: skip
    month, day = (3, 1) if (opens.month, opens.day) == (2, 29) else (opens.month, opens.day)
    return abs((closes - date(opens.year + years, month, day)).days)


@records(
    "places",
    "The rented prison is never overfull",
    "Whoever is flown in finds a place free: those on trips home, in detention there, and "
    "waiting for the flight back keep theirs. None before the opening, none after the closing.",
    unit="persons",
    otherwise="nobody is flown to a rented prison",
)
def rented_places_are_never_exceeded(told: Told) -> Iterator[Part]:
    """Count everyone who holds a place at every moment at which one more comes."""
    holding = told.holding
    over = holding.inside(holding.begins) - capacity(told, holding.begins)
    yield Part(np.maximum(over, 0), "hold a place too many", holding.who, holding.begins)


@records(
    "places",
    "The rented prison is drained, and empty when it closes",
    "Nobody is flown in after the last intake; in the weeks before the closing nobody serves "
    "there any more; nobody is left on the day of the closing.",
    unit="days",
    tolerance=SLACK,
    otherwise="nobody is flown to a rented prison",
)
def everyone_is_out_when_it_closes(told: Told) -> Iterator[Part]:
    """Compare the times for which places are held with the days of the agreement."""
    service, holding = told.cohort.service, told.holding
    last = max(service.last_intake, service.opens)
    if len(holding) and not isfinite(service.opens):
        yield Part(np.full(len(holding), inf), "is in a prison never rented", holding.who)
        return
    early = np.maximum(service.opens - holding.begins, holding.begins - last)
    yield Part(beyond(early), "comes before the opening or after the last intake", holding.who,
               holding.begins)  # fmt: skip
    ends = told.until_horizon(holding)
    yield Part(beyond(ends - service.closes), "is there after the closing", holding.who, ends)
    serving = told.spans(Stay.RENTED_PRISON, Stay.TEMPORARY_RETURN, Stay.DETENTION_ABROAD)
    late = told.until_horizon(serving) - np.maximum(service.drains, serving.begins)
    yield Part(beyond(late), "serves there while it is drained", serving.who, serving.ends)


@records(
    "places",
    "Everyone who holds a place abroad is seen in the table",
    "Occupancy of the rented prison counts all who hold a place, against the places in use.",
    unit="persons",
    otherwise=NOT_RENTED,
)
def nobody_holds_a_place_abroad_unseen(told: Told) -> Iterator[Part]:
    """Compare the table of occupancy with the raw log."""
    if not isfinite(told.cohort.service.opens):
        return
    table = told.run.occupancy(whole=True)
    rented = table[table["facility"] == told.scenario.rented_prison.key]
    days = np.array([told.scenario.day(day) for day in grid(told.scenario, whole=True)])
    held = np.abs(rented["people"].to_numpy() - told.holding.inside(days))
    yield Part(held, "people in the table and in the log", day=days)
    places = np.abs(rented["places"].to_numpy() - capacity(told, days))
    yield Part(places, "places in the table and in the scenario", day=days)


@records(
    "places",
    "Flights go on their days, with their seats",
    "People are flown out and back only when a rotation goes, never more than it has seats; nobody "
    "is flown out while transfers are halted. The last flight, on the closing day, takes everyone.",
    unit="persons",
    otherwise="nobody flies",
)
def people_fly_on_flights(told: Told) -> Iterator[Part]:
    """Count the people on every flight."""
    days, seats = flights(told)
    out, taken = np.unique(told.boardings.ends, return_counts=True)
    yield Part(np.maximum(taken - _seats_on(out, days, seats), 0), "fly out beyond the seats",
               day=out)  # fmt: skip
    back, taken = np.unique(flown_back(told).ends, return_counts=True)
    allowed = _seats_on(back, days, np.full(len(days), told.scenario.transfer.seats))
    last = back == told.cohort.service.closes
    yield Part(np.where(last, 0, np.maximum(taken - allowed, 0)), "fly back beyond the seats",
               day=back)  # fmt: skip


def _seats_on(wanted: Floats, days: Floats, seats: Integers) -> Integers:
    """Return the seats of the flight on each day wanted; none if no flight goes then."""
    if not len(days):
        return np.zeros(len(wanted), np.int64)
    at = np.clip(np.searchsorted(days, wanted), 0, len(days) - 1)
    return np.where(days[at] == wanted, seats[at], 0)


@records(
    "places",
    "Free seats and places are filled, in order",
    "No flight leaves a seat empty while a place is free and someone waits, and nobody is "
    "overtaken by someone who ranks lower under the rule in force; equals fly in order of joining "
    "the list.",
    unit="persons",
    otherwise="nobody waits for a flight",
)
def free_seats_and_places_are_filled_in_order(told: Told) -> Iterator[Part]:
    """Look at who waited and who boarded, flight by flight."""
    boarded, waits = (_ready(told, list_) for list_ in
                      (told.boardings, told.spans(Stay.WAITING_LIST)))  # fmt: skip
    holding = told.holding
    for day, seats in zip(*flights(told), strict=True):
        aboard = boarded[boarded.ends == day]
        left = waits[(waits.begins < day) & (day < waits.ends)]
        if not len(aboard) and not len(left):
            continue
        ready = len(left) + int(np.sum(aboard.begins < day))
        taken = int(np.sum((holding.begins < day) & (day <= holding.ends)))
        free = max(0, int(capacity(told, np.array([day]))[0]) - taken)
        idle = max(0, min(int(seats), free, ready) - len(aboard))
        yield Part(idle, "wait while a seat and a place are free", day=day)
        yield Part(_overtaken(told, aboard, left, day), "are overtaken", day=day)


def _ready(told: Told, waits: Spans) -> Spans:
    """Return waits from the day on which no complaint is in the way of a flight any more."""
    begins = waits.begins + told.cohort.eligibility.complaint_days[waits.who]
    return Spans(waits.who, begins, waits.ends, waits.number)


def _overtaken(told: Told, aboard: Spans, left: Spans, day: float) -> int:
    """Count those left behind who rank before the last of those aboard."""
    if not len(aboard) or not len(left):
        return 0
    rank = np.concatenate([_rank(told, aboard, day), _rank(told, left, day)])
    begins = np.concatenate([aboard.begins, left.begins])
    number = np.concatenate([aboard.number, left.number])
    flies = np.arange(len(rank)) < len(aboard)
    order = flies[np.lexsort((number, begins, rank))]
    return int(np.sum(~order[: np.flatnonzero(order)[-1]]))


def _rank(told: Told, spans: Spans, day: float) -> Floats:
    """Return the rank of those who wait, by the rule in force: smaller flies first."""
    rule = next(
        rule.rule
        for rule in told.scenario.transfer.priority
        if told.scenario.day(rule.from_) <= day < told.scenario.day(rule.until)
    )
    if rule == "no_children_first":
        return told.cohort.arrived.children[spans.who].astype(float)
    if rule == "own_wish_first":
        return (~told.cohort.eligibility.own_wish[spans.who]).astype(float)
    if rule == "longest_remaining_first":
        return -told.cohort.sentence.end[spans.who]
    return np.zeros(len(spans))


@records(
    "places",
    "Detention is never overfull",
    "Nobody is taken into the detention centre above the places it has that day; places "
    "taken away on a date are lost as people leave.",
    unit="persons",
    otherwise="nobody is detained there",
)
def detention_places_are_never_exceeded(told: Told) -> Iterator[Part]:
    """Count the detained at every moment at which one more comes."""
    yield never_exceeded(told.spans(Stay.DETENTION), _detention_places(told))


@records(
    "places",
    "No place in detention is idle while someone waits for it",
    "People wait in a prison only while the detention centre is full, until their document comes; "
    "places are given in order of asking.",
    unit="persons",
    otherwise="nobody waits for a place in detention",
)
def nobody_waits_for_a_detention_place_while_one_is_free(told: Told) -> Iterator[Part]:
    """Who has a document waits for an escort only, and asks for no place any more."""
    queue = told.spans(Stay.DETENTION_QUEUE)
    ends = np.maximum(np.minimum(queue.ends, told.document_at[queue.who]), queue.begins)
    asking = Spans(queue.who, queue.begins, ends, queue.number)
    if len(queue):
        yield never_idle(told, told.spans(Stay.DETENTION), asking, _detention_places(told))
        yield in_order_of_asking(queue, told.followed_by(queue, Stay.DETENTION))


@records(
    "places",
    "Detention in the host state is never overfull",
    "In stress tests nobody is taken into the foreigners' detention above its places.",
    unit="persons",
    otherwise="nobody is detained there; that happens in stress tests only",
)
def host_detention_is_never_exceeded(told: Told) -> Iterator[Part]:
    """Count the detained at every moment at which one more comes."""
    staying = told.scenario.staying
    places = Steps([0.0], [staying.detention_places if staying else 0])
    yield never_exceeded(told.spans(Stay.HOST_DETENTION), places)


def _detention_places(told: Told) -> Steps:
    """Places of the detention centre; none where there is no such centre."""
    detention = told.scenario.detention
    return told.steps(detention.own_places) if detention else Steps([0.0], [0])


def never_exceeded(busy: Spans, places: Steps) -> Part:
    """Nobody enters above the places there are."""
    over = busy.inside(busy.begins) - places.at(busy.begins)
    return Part(np.maximum(over, 0), "in use too many", busy.who, busy.begins)


def never_idle(told: Told, busy: Spans, queue: Spans, places: Steps) -> Part:
    """Nobody waits while a place is free, at any moment at which that could begin."""
    moments = np.concatenate([busy.ends, queue.begins, places.days])
    moments = moments[moments < told.horizon]
    lasting = Spans(queue.who, queue.begins, queue.ends - SLACK, queue.number)
    lasting = lasting[lasting.ends > lasting.begins]
    waiting, free = lasting.inside(moments), places.at(moments) - busy.inside(moments)
    idle = np.where(waiting > 0, np.maximum(np.minimum(free, waiting), 0), 0)
    return Part(idle, "idle while someone waits", day=moments)


def in_order_of_asking(queue: Spans, served: Truths) -> Part:
    """Those who are served are served in the order in which they asked."""
    mine = queue[served]
    mine = mine[np.lexsort((mine.number, mine.begins))]
    return Part(mine.ends[1:] < mine.ends[:-1], "served out of turn", mine.who[1:], mine.ends[1:])
