"""The flow as one table: a row for each stay, each stage of a removal case, and each exit.

Whatever else the product knows of a stage by its code is derived from its row. Texts leave room for
the scenario's own names of states and places, which `Scenario.told` puts in.

Rows stand in the order of the journey, in which tables and pictures show them. What follows is what
the log of a run can say next, stays of no length included; `sim.verification` holds it to that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

from sim.world.rows import CaseRow, ExitRow, Phase, StayRow
from sim.world.stages import CaseStage, Exit, Stay

K = TypeVar("K")

#: Places that are none: whoever waits there uses no place of anything.
NOWHERE = ("at_liberty", "at_large")

#: What people wait for, by the names that tables use, with titles.
QUEUES = {
    "flight_and_place": "Waiting list for the flight",
    "return_flight": "Waiting for a return flight",
    "detention_place": "Waiting for a detention place",
    "case_worker": "Waiting for a case worker",
    "travel_document": "Waiting for a travel document",
    "escort": "Waiting for an escort",
}

#: Where those go who are let out.
LET_OUT = {
    Stay.WAITING_OUTSIDE: "cooperates",
    Stay.DEPARTURE_CENTRE: "does not",
    Stay.LIVING_ELSEWHERE: "does not, excused from living there",
    Stay.AT_LARGE: "never reports",
}
#: Where custody ends, for those neither removed at once nor let go for good.
FREED = {
    Stay.DETENTION: "real prospect of removal",
    Stay.DETENTION_QUEUE: "the same, no place there",
} | LET_OUT
_EARLY = (Exit.REMOVED_FROM_SHORT_SENTENCE, Exit.TRANSFERRED_TO_SERVE, Exit.DIED)
#: From custody: removed with papers, or let go with a permit.
_FROM_CUSTODY = (Exit.REMOVED, Exit.PERMIT)
#: From the centre, or wherever else people live under duties.
_FROM_LIBERTY = {
    Stay.DETENTION: "papers are there",
    Stay.DETENTION_QUEUE: "the same, no place there",
    Stay.BREACH_IMPRISONMENT: "breach of duties",
    Stay.AT_LARGE: "absconds",
}
_SETTLED = (Exit.REMOVED, Exit.LEFT_VOLUNTARILY, Exit.PERMIT, Exit.ORDER_LIFTED, Exit.DIED)
_SENTENCE_OVER = (*_EARLY, Exit.RELEASED, Exit.LEFT_UNREGISTERED, *_FROM_CUSTODY)

STAYS: Mapping[Stay, StayRow] = MappingProxyType({
    Stay.REMAND: StayRow(
        "remand", "home_prisons", True, "Remand",
        institution="journey", phase=Phase.SERVING, band="remand",
        story="is arrested and remanded",
        price="remand", group="remand", let_out="remand",
        then={Stay.HOME_PRISON: "judgment final"} | FREED, exits=_SENTENCE_OVER,
    ),
    Stay.AT_LIBERTY: StayRow(
        "at_liberty", "at_liberty", False, "At liberty before serving",
        institution="journey", phase=Phase.SERVING, band="liberty",
        story="awaits the call to serve, at liberty",
        then={Stay.HOME_PRISON: "called to serve"} | FREED, exits=_SENTENCE_OVER,
    ),
    Stay.HOME_PRISON: StayRow(
        "home_prison", "home_prisons", True, "{adjective} prison",
        institution="journey", phase=Phase.SERVING, band="prison",
        story="serves in a prison in {sending}",
        price="home_prison", group="home_prison",
        then={Stay.SELECTION: "selected"} | FREED, exits=_SENTENCE_OVER,
    ),
    Stay.SELECTION: StayRow(
        "selection", "home_prisons", True, "Selection and complaint",
        institution="transfer", phase=Phase.ABROAD, band="selection",
        story="comes into question for transfer: selection, hearing, complaint",
        price="home_prison", group="home_prison",
        then={
            Stay.WAITING_LIST: "suitable", Stay.HOME_PRISON: "unsuitable, refused, or too late",
        } | FREED,
        exits=_SENTENCE_OVER,
    ),
    Stay.WAITING_LIST: StayRow(
        "waiting_list", "home_prisons", True, "Waiting list",
        institution="transfer", phase=Phase.ABROAD, band="list",
        story="is on the waiting list for a flight to {rented_title}",
        queue="flight_and_place", momentary=True, price="home_prison", group="home_prison",
        then={
            Stay.RENTED_PRISON: "flight and free place", Stay.HOME_PRISON: "too little time left",
        },
    ),
    Stay.RENTED_PRISON: StayRow(
        "{rented}", "{rented}", True, "{rented_title}",
        institution="rented_prison", phase=Phase.ABROAD, band="rented",
        story="serves in {rented_title}",
        momentary=True, rented_place=True, price_at_home="home_prison", group="rented_prison",
        then={
            Stay.TEMPORARY_RETURN: "court, hospital",
            Stay.RETURN_QUEUE: "weeks before the end, or sent back",
            Stay.DETENTION_ABROAD: "real prospect of removal",
            Stay.HOST_ASYLUM: "stress test only", Stay.HOST_AT_LARGE: "stress test only",
        },
        exits=(*_EARLY, Exit.REMOVED_FROM_HOST),
    ),
    Stay.TEMPORARY_RETURN: StayRow(
        "temporary_return", "home_prisons", True, "Temporary return",
        institution="rented_prison", phase=Phase.ABROAD, band="prison",
        story="is in {sending} for court or hospital; the place in {rented_title} is kept",
        rented_place=True, away_from=Stay.RENTED_PRISON,
        price="home_prison", group="home_prison",
        then={Stay.RENTED_PRISON: "back", Stay.HOME_PRISON: "too late to go back"},
    ),
    Stay.RETURN_QUEUE: StayRow(
        "return_queue", "{rented}", True, "Waiting for a return flight",
        institution="rented_prison", phase=Phase.ABROAD, band="return",
        story="waits in {rented_title} for a flight back to {sending}",
        queue="return_flight", momentary=True, rented_place=True, price_at_home="home_prison",
        group="rented_prison", let_out="custody, back in {sending}",
        then={Stay.HOME_PRISON: "flight"} | FREED, exits=_SENTENCE_OVER,
    ),
    Stay.DETENTION: StayRow(
        "pre_removal_detention", "{detention}", True, "Pre-removal detention, {detention_title}",
        institution="detention", phase=Phase.AFTER, band="detention",
        stage_title="Pre-removal detention",
        story="is detained in {detention_title} with removal in prospect",
        price="detention", group="detention", let_out="detention",
        then=LET_OUT, exits=(*_FROM_CUSTODY, Exit.DIED),
    ),
    Stay.DETENTION_QUEUE: StayRow(
        "detention_queue", "home_prisons", True, "Waiting for a place in {detention_title}",
        institution="detention", phase=Phase.AFTER, band="detention",
        story="is detained in a prison in {sending}: {detention_title} is full",
        queue="detention_place", momentary=True, price="home_prison", group="detention",
        let_out="detention",
        then={Stay.DETENTION: "free place"} | LET_OUT, exits=(*_FROM_CUSTODY, Exit.DIED),
    ),
    Stay.DETENTION_ABROAD: StayRow(
        "pre_removal_detention", "{rented}", True, "Pre-removal detention, {rented_title}",
        institution="detention", phase=Phase.AFTER, band="detention",
        stage_title="Pre-removal detention",
        story="is detained in {rented_title} with removal in prospect",
        rented_place=True, price_at_home="detention", group="detention",
        then={Stay.RETURN_QUEUE: "limit, or no prospect"},
        exits=(Exit.REMOVED_FROM_HOST, Exit.DIED),
    ),
    Stay.WAITING_OUTSIDE: StayRow(
        "waiting_outside", "at_liberty", False, "Waiting outside for papers",
        institution="outside", phase=Phase.AFTER, band="outside",
        story="waits for the travel document outside {centre_title}, at liberty",
        exits=(Exit.REMOVED, Exit.LEFT_VOLUNTARILY, Exit.DIED),
    ),
    Stay.DEPARTURE_CENTRE: StayRow(
        "departure_centre", "{centre}", False, "{centre_title}",
        institution="departure_centre", phase=Phase.AFTER, band="centre",
        story="lives in {centre_title}, with duties to stay and report",
        price="departure_centre",
        then=_FROM_LIBERTY, exits=_SETTLED,
    ),
    Stay.LIVING_ELSEWHERE: StayRow(
        "living_elsewhere", "at_liberty", False, "Living elsewhere, with duties",
        institution="departure_centre", phase=Phase.AFTER, band="outside",
        story="lives elsewhere than in {centre_title}, with a duty to report",
        then=_FROM_LIBERTY, exits=_SETTLED,
    ),
    Stay.BREACH_IMPRISONMENT: StayRow(
        "breach_imprisonment", "home_prisons", True, "Prison for breach of duties",
        institution="departure_centre", phase=Phase.AFTER, band="breach",
        story="is in prison for breach of these duties",
        away_from=Stay.DEPARTURE_CENTRE, price="home_prison", group="breach",
        then=FREED, exits=(*_FROM_CUSTODY, Exit.DIED),
    ),
    Stay.AT_LARGE: StayRow(
        "at_large", "at_large", False, "Whereabouts unknown",
        institution="departure_centre", phase=Phase.AFTER, band="large",
        story="is gone; where to is not known, and the case stays open",
        then=FREED, exits=(*_FROM_CUSTODY, Exit.ABSCONDED, Exit.DIED),
    ),
    Stay.HOST_ASYLUM: StayRow(
        "host_asylum", "host", False, "Asylum centre in {host}",
        institution="host", phase=Phase.STAYING, band="host",
        story="asks for asylum in {host} and lives in the asylum centre",
        exits=(Exit.ONWARD_TRAVEL, Exit.DIED),
    ),
    Stay.HOST_AT_LARGE: StayRow(
        "host_at_large", "host", False, "At large in {host}",
        institution="host", phase=Phase.STAYING, band="host",
        story="lives in {host} without documents",
        then={Stay.HOST_DETENTION: "stopped", Stay.HOST_AT_LARGE: "no place: let go"},
        exits=(Exit.ONWARD_TRAVEL, Exit.DIED),
    ),
    Stay.HOST_DETENTION: StayRow(
        "host_detention", "{host_detention}", True, "{host_detention_title}",
        institution="host", phase=Phase.STAYING, band="host",
        story="is detained in {host_detention_title}", group="host",
        then={Stay.HOST_AT_LARGE: "limit"}, exits=(Exit.DIED,),
    ),
})  # fmt: skip

_EXAMINED = (CaseStage.TRAVEL_DOCUMENT, CaseStage.STALLED, CaseStage.READY)

CASE_STAGES: Mapping[CaseStage, CaseRow] = MappingProxyType({
    CaseStage.CASE_WORKER_QUEUE: CaseRow(
        title="Waiting for a case worker",
        story="the removal case opens, and waits for a case worker",
        queue="case_worker", momentary=True, idle=True, then=(CaseStage.IDENTIFICATION,),
    ),
    CaseStage.IDENTIFICATION: CaseRow(
        title="Identification", story="a case worker takes up the removal case", then=_EXAMINED,
    ),
    CaseStage.TRAVEL_DOCUMENT: CaseRow(
        title="Waiting for a travel document", story="{asked}removal is in prospect",
        queue="travel_document", idle=True, requested=True,
        then=(CaseStage.STALLED, CaseStage.READY),
    ),
    CaseStage.STALLED: CaseRow(
        title="No document to be had", story="{asked}no removal is in prospect ({why})",
        idle=True, requested=True, then=(CaseStage.TRAVEL_DOCUMENT, CaseStage.READY),
    ),
    CaseStage.ESCORT_QUEUE: CaseRow(
        title="Waiting for an escort", story="the document is there; an escort is not",
        queue="escort", momentary=True, idle=True, then=(CaseStage.READY,),
    ),
    CaseStage.READY: CaseRow(
        title="Ready", story="the document is there", requested=True,
        then=(CaseStage.ESCORT_QUEUE,),
    ),
})  # fmt: skip

EXITS: Mapping[Exit, ExitRow] = MappingProxyType({
    Exit.REMOVED: ExitRow(
        title="Removed from {sending}", leaves="removed", band="home", departure=True, removal=True,
        story="is removed from {sending} to the country of origin%s",
    ),
    Exit.REMOVED_FROM_HOST: ExitRow(
        title="Removed straight from {host}", leaves="removed straight from {host}",
        band="from_host", departure=True, removal=True,
        story="is removed from {host} straight to the country of origin%s",
    ),
    Exit.REMOVED_FROM_SHORT_SENTENCE: ExitRow(
        title="Removed from a short sentence", leaves="removed from a short sentence",
        band="home", departure=True, early=True,
        story="is removed at once; the short sentence is interrupted",
    ),
    Exit.TRANSFERRED_TO_SERVE: ExitRow(
        title="Transferred home to serve", leaves="transferred home to serve",
        band="home", departure=True, early=True,
        story="is transferred to the home country to serve the rest there",
    ),
    Exit.LEFT_VOLUNTARILY: ExitRow(
        title="Left voluntarily", leaves="leaves voluntarily", band="home", departure=True,
        story="leaves {sending} voluntarily",
    ),
    Exit.LEFT_UNREGISTERED: ExitRow(
        title="Left without registration", leaves="leaves without registration", band="home",
        story="is released and leaves without a registered departure",
    ),
    Exit.ABSCONDED: ExitRow(
        title="Absconded, case closed", leaves="is not found: case closed", band="absconded",
        story="is not found; the case is closed",
    ),
    Exit.PERMIT: ExitRow(
        title="Residence permit", leaves="permit", band="other",
        story="receives a residence permit",
    ),
    Exit.ORDER_LIFTED: ExitRow(
        title="Expulsion lifted", leaves="expulsion lifted", band="other",
        story="may stay: the expulsion is lifted",
    ),
    Exit.DIED: ExitRow(title="Died", leaves="dies", band="other", early=True, story="dies"),
    Exit.RELEASED: ExitRow(
        title="Released (not expelled)", leaves="released, not being expelled", band="other",
        story="is released, not being expelled",
    ),
    Exit.ONWARD_TRAVEL: ExitRow(
        title="Travelled on from {host}", leaves="travels on", band="host",
        story="travels on from {host}",
    ),
})  # fmt: skip


# ---------------------------------------------------------------- tables derived from the rows


def stays_that(holds: Callable[[StayRow], object]) -> tuple[Stay, ...]:
    """Return the stays whose rows fulfil a condition, in the order of the rows."""
    return tuple(stay for stay, row in STAYS.items() if holds(row))


def stays_by(key: Callable[[StayRow], K | None]) -> dict[K, tuple[Stay, ...]]:
    """Return stays by what their rows have in common, those that have it, in the order of rows."""
    keys = dict.fromkeys(found for row in STAYS.values() if (found := key(row)) not in (None, ""))
    return {found: stays_that(lambda row, found=found: key(row) == found) for found in keys}  # type: ignore[misc]


HELD = stays_that(lambda row: row.held)
#: Stays in a prison or remand house of the sending state.
IN_HOME_PRISONS = stays_that(lambda row: row.place == "home_prisons")
#: Stays in which someone holds a place in the rented prison; and those of them spent there.
RENTED = stays_that(lambda row: row.rented_place)
PRESENT = stays_that(lambda row: row.rented_place and row.place == "{rented}")
#: Stays in detention for removal, anywhere.
DETAINED = stays_that(lambda row: row.group == "detention")
AFTER_SENTENCE = stays_that(lambda row: row.phase in (Phase.AFTER, Phase.STAYING))
STAYING = stays_that(lambda row: row.phase is Phase.STAYING)
#: Stays that are waits, not the use of a place.
WAITING = stays_that(lambda row: row.queue or row.place in NOWHERE)
MOMENTARY = stays_that(lambda row: row.momentary)
#: Stays during which people are away, by the stay that goes on meanwhile.
AWAY = stays_by(lambda row: row.away_from)
#: Stays whose days are paid for, by item; and those abroad, by the item saved meanwhile.
PRICED, SAVED = stays_by(lambda row: row.price), stays_by(lambda row: row.price_at_home)
#: Held stays by the group under which their days are told.
HELD_BY_GROUP = stays_by(lambda row: row.group)
#: Names of stages, by the names that they have in every scenario, with titles; one for each name.
STAGE_TITLES = {row.role: row.stage_title or row.title for row in STAYS.values()}
#: Bands of pictures, each with the stages in it by the names that they have in every scenario.
BANDS = {
    band: tuple(dict.fromkeys(row.role for row in STAYS.values() if row.band == band))
    for band in dict.fromkeys(row.band for row in STAYS.values())
}
#: Queues: what people wait for, and where the waiting is recorded.
STAY_QUEUES = {stay: row.queue for stay, row in STAYS.items() if row.queue}
CASE_QUEUES = {stage: row.queue for stage, row in CASE_STAGES.items() if row.queue}

CASE_MOMENTARY = tuple(stage for stage, row in CASE_STAGES.items() if row.momentary)
#: Stages of the case once a travel document has been asked for, whatever it waits for next.
REQUESTED = tuple(stage for stage, row in CASE_STAGES.items() if row.requested)

#: Exits that count as a registered departure from the sending state.
DEPARTURES = tuple(exit for exit, row in EXITS.items() if row.departure)
REMOVALS = tuple(exit for exit, row in EXITS.items() if row.removal)
#: Exits before the sentence has ended.
EARLY = tuple(exit for exit, row in EXITS.items() if row.early)
