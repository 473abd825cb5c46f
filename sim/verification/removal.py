"""Detention, documents, removal and limbo: their limits and rules, each worked out anew."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

import numpy as np

from sim.people.arrivals import DUAL_NATIONAL, THIRD_COUNTRY
from sim.people.sentence import RELEASED
from sim.scenario.removal import CooperationStep, Removal
from sim.verification.check import Part, beyond, records
from sim.verification.told import SLACK, Floats, Told
from sim.world.flow import AFTER_SENTENCE, DETAINED, REMOVALS
from sim.world.stages import CaseStage, Exit

_OPENED = (CaseStage.CASE_WORKER_QUEUE, CaseStage.IDENTIFICATION)

# ---------------------------------------------------------------- detention


@records(
    "limits",
    "Detention and what follows it come after the sentence",
    "Nobody is in pre-removal detention, in the departure centre, waiting outside or at large "
    "before the sentence ends.",
    unit="days",
    tolerance=SLACK,
    otherwise="nobody is there",
)
def nobody_is_detained_before_the_sentence_is_over(told: Told) -> Iterator[Part]:
    """Compare the beginning of such stays with the end of the sentence."""
    spans = told.spans(*AFTER_SENTENCE)
    early = told.cohort.sentence.leaves[spans.who] - spans.begins
    yield Part(beyond(early), "comes before the end of the sentence", spans.who, spans.begins)


@records(
    "limits",
    "The willing are not detained once they can leave",
    "Someone who cooperates leaves detention on the day on which the travel document is there.",
    unit="days",
    tolerance=SLACK,
    otherwise="nobody willing is detained",
)
def nobody_willing_is_detained_once_the_document_is_there(told: Told) -> Iterator[Part]:
    """Compare the end of detention with the day of the document."""
    spans = told.spans(*DETAINED)
    spans = spans[told.cohort.sentence.willing[spans.who]]
    document = np.maximum(told.document_at[spans.who], spans.begins)
    late = told.until_horizon(spans) - document
    yield Part(beyond(late), "detained with a document", spans.who, document)


@records(
    "limits",
    "Nobody is detained without a prospect of removal",
    "Time in detention and time in limbo have nothing in common.",
    unit="days",
    tolerance=SLACK,
    otherwise="nobody who is detained is ever in limbo",
)
def nobody_is_detained_without_a_prospect(told: Told) -> Iterator[Part]:
    """Measure what each detention shares with each time in limbo of the same person."""
    spans, limbo = told.spans(*DETAINED), told.limbo
    first = np.searchsorted(np.sort(limbo.who), spans.who)
    often = np.searchsorted(np.sort(limbo.who), spans.who, side="right") - first
    limbo = limbo[np.argsort(limbo.who, kind="stable")]
    mine = np.repeat(np.arange(len(spans)), often)
    # The first of a person's times in limbo, then the next, for as many as there are.
    lost = np.arange(len(mine)) - np.repeat(np.cumsum(often) - often - first, often)
    ends = np.minimum(told.until_horizon(spans)[mine], limbo.ends[lost])
    shared = ends - np.maximum(spans.begins[mine], limbo.begins[lost])
    yield Part(beyond(shared), "detained in limbo", spans.who[mine], spans.begins[mine])


@records(
    "limits",
    "Nobody is detained before the case has been examined",
    "Detention rests on a prospect of removal, which only an examination can find; EU citizens "
    "need none.",
    unit="days",
    tolerance=SLACK,
    otherwise="nobody is detained before removal",
)
def nobody_is_detained_unexamined(told: Told) -> Iterator[Part]:
    """Compare the beginning of each detention with the end of the examination."""
    spans = told.spans(*DETAINED)
    spans = spans[told.cohort.arrived.group[spans.who] == THIRD_COUNTRY]
    early = told.examined_at[spans.who] - spans.begins
    yield Part(beyond(early), "detained unexamined", spans.who, spans.begins)


@records(
    "limits",
    "Citizens of the sending state are neither expelled nor detained",
    "Whoever is also a citizen of the sending state is released, or dies.",
    otherwise="there are no such citizens in this scenario",
)
def danish_citizens_are_neither_expelled_nor_detained(told: Told) -> Iterator[Part]:
    """Look for stays and exits that expulsion brings."""
    citizens, stays, exits = told.cohort.arrived.group == DUAL_NATIONAL, told.stays, told.exits
    mine = citizens[stays.who]
    after = np.isin(stays.code, AFTER_SENTENCE)
    yield Part(after[mine], "is held or sent to the centre", stays.who[mine], stays.day[mine])
    mine = citizens[exits.who]
    wrong = ~np.isin(exits.code, (Exit.RELEASED, Exit.DIED))
    yield Part(wrong[mine], "leaves like someone expelled", exits.who[mine], exits.day[mine])


# ---------------------------------------------------------------- removal


@records(
    "limits",
    "Every third-country national expelled has one removal case",
    "It opens on its day, for everyone still there and released at the end of the sentence, and "
    "nobody else has one.",
    unit="days",
    tolerance=SLACK,
)
def everyone_to_be_removed_has_one_case(told: Told) -> Iterator[Part]:
    """Work out when each case is due, and compare with the log."""
    arrived, sentence, cases = told.cohort.arrived, told.cohort.sentence, told.cases
    needs = (arrived.group == THIRD_COUNTRY) & (sentence.ending == RELEASED)
    served_from = np.where(sentence.remanded, sentence.final, sentence.custody)
    due = np.maximum(told.cohort.after.case_opens, np.minimum(served_from, sentence.leaves))
    opened = cases[np.isin(cases.code, _OPENED)]
    day, times = np.full(len(due), inf), np.bincount(opened.who, minlength=len(due))
    np.minimum.at(day, opened.who, opened.day)
    none = np.flatnonzero(~needs)
    yield Part(np.where(times[none] > 0, inf, 0.0), "has a case without need", none)
    there = np.flatnonzero(needs & (due < np.minimum(told.left, told.horizon) - SLACK))
    off = np.where(times[there] > 0, np.abs(day[there] - due[there]), inf)
    yield Part(off, "day of opening", there, due[there])
    for stage in _OPENED:
        twice = np.bincount(opened.who[opened.code == stage], minlength=len(due))[there] > 1
        yield Part(np.where(twice, inf, 0.0), "has more than one case", there)


@records(
    "limits",
    "Nobody is removed without a document, nor against protection",
    "Removals come after the travel document and after the sentence; someone protected by "
    "non-refoulement is never removed against their will.",
    unit="days",
    tolerance=SLACK,
    otherwise="nobody is removed",
)
def nobody_is_removed_before_the_document(told: Told) -> Iterator[Part]:
    """Compare the day of each removal with document, sentence and protection."""
    sentence, after = told.cohort.sentence, told.cohort.after
    who = np.flatnonzero(np.isin(told.exit_of, REMOVALS))
    day = told.left[who]
    yield Part(beyond(told.document_at[who] - day), "removed before the document", who, day)
    yield Part(beyond(sentence.leaves[who] - day), "removed before the end of the sentence", who,
               day)  # fmt: skip
    forced = ~sentence.willing[who] & after.protected[who]
    yield Part(np.where(forced, inf, 0.0), "removed against protection", who, day)
    home = np.flatnonzero(told.exit_of == Exit.TRANSFERRED_TO_SERVE)
    forced = ~sentence.willing[home] & after.protected[home]
    yield Part(np.where(forced, inf, 0.0), "transferred home against protection", home)


@records(
    "limits",
    "Documents take their time from the request",
    "The willing have their document after the delay drawn for them, to the day, or once the "
    "departure due then can take place; the others never sooner.",
    unit="days",
    tolerance=SLACK,
    otherwise="no document is requested",
)
def documents_come_after_the_request_and_its_delay(told: Told) -> Iterator[Part]:
    """Compare the day of the document with the end of the examination and the delay."""
    requests = told.identifications[told.identifications.ends < told.horizon]
    who = requests.who
    due = told.ready(who, requests.ends + told.cohort.after.document_delay[who])
    document = told.document_at[who]
    willing = told.cohort.sentence.willing[who]
    # Never is infinitely late; only the willing must have theirs.
    early = _later(due, document)
    off = np.where(willing, np.maximum(early, _later(document, due)), early)
    yield Part(off, "day of the document", who, due)


def _later(days: Floats, than: Floats) -> Floats:
    """Return by how much days come after others; never is not after never."""
    found = np.zeros(len(days))
    np.subtract(days, than, out=found, where=days > than)
    return found


@records(
    "limits",
    "Documents against the will come only from origins that issue them",
    "For the whole delay the origin's feasibility, by the dated step that governs the case and its "
    "dated factor, is above what this person would need; a step for new cases leaves older ones as "
    "they were; a departure that is due waits where it cannot take place.",
    unit="days",
    tolerance=SLACK,
    otherwise="nobody gets a document against their will",
)
def documents_come_only_where_the_origin_issues_them(told: Told) -> Iterator[Part]:
    """Try every day from which the origin could begin to issue a document."""
    cohort, removal = told.cohort, told.scenario.removal
    third = cohort.arrived.group == THIRD_COUNTRY
    there = told.document_at < np.minimum(told.left, told.horizon)
    forced = np.flatnonzero(third & there & ~cohort.sentence.willing)
    if removal is None or not len(forced):
        return
    guarded = cohort.after.protected[forced]
    yield Part(np.where(guarded, inf, 0.0), "protected, but has a document", forced)
    origins = list(told.scenario.origins.values())
    issued = [
        _issued(told, removal, origins[cohort.arrived.origin[who]].cooperation, who)
        for who in forced.tolist()
    ]
    off = np.abs(told.document_at[forced] - told.ready(forced, np.array(issued)))
    yield Part(off, "another day than the origin allows", forced, told.document_at[forced])


def _issued(
    told: Told, removal: Removal, cooperation: tuple[CooperationStep, ...], who: int
) -> float:
    """Return the day on which the origin has been ready to issue a document for a whole delay."""
    after, released = told.cohort.after, float(told.cohort.sentence.end[who])
    factor = told.steps(removal.feasibility_factor)
    mine = [
        step for step in cooperation
        if step.applies_to == "everyone" or released >= told.scenario.day(step.from_)
    ]  # fmt: skip
    if not mine:
        return inf
    begins = np.array([told.scenario.day(step.from_) for step in mine])
    share = np.array([step.forced_feasibility for step in mine])
    # It holds from its first day; before the first of all, no document is issued.
    days = np.unique(np.append(begins, factor.days[1:]))
    requested, delay = float(told.examined_at[who]), float(after.document_delay[who])
    days = np.append(requested, days[days > requested])
    step = np.searchsorted(begins, days, side="right") - 1
    can = (step >= 0) & (after.luck[who] < share[np.maximum(step, 0)] * factor.at(days))
    since = inf
    for day, able, following in zip(days, can, np.append(days[1:], inf), strict=True):
        since = min(since, day) if able else inf
        if since + delay <= following + SLACK:
            return float(since + delay)
    return inf


@records(
    "limits",
    "Limbo lies between the sentence and the exit",
    "It begins after the sentence and the examination of the case, ends with the exit at the "
    "latest, and befalls someone willing to leave only while a departure that is due is put off.",
    unit="days",
    tolerance=SLACK,
    otherwise="nobody is in limbo",
)
def limbo_comes_after_the_sentence_and_before_the_exit(told: Told) -> Iterator[Part]:
    """Look at the table of times in limbo."""
    spells, sentence = told.run.records.limbo, told.cohort.sentence
    who, end = spells.index, spells.start + spells.days(told.horizon)
    left: Floats = np.minimum(told.left[who], told.horizon)
    yield Part(beyond(sentence.leaves[who] - spells.start), "in limbo before the end", who,
               spells.start)  # fmt: skip
    yield Part(beyond(end - left), "in limbo after the exit", who, end)
    yield Part(np.where(spells.start < end, 0.0, inf), "limbo without end or length", who)
    issued = told.examined_at[who] + told.cohort.after.document_delay[who]
    put_off = (np.maximum(issued, sentence.end[who]) <= spells.start + SLACK) & (
        end <= told.document_at[who] + SLACK
    )
    wrong = sentence.willing[who] & ~put_off
    yield Part(np.where(wrong, inf, 0.0), "in limbo though willing", who)
    early = told.examined_at[who] - spells.start
    yield Part(beyond(early), "in limbo before the examination", who, spells.start)
    same = who[1:] == who[:-1]
    yield Part(beyond((end[:-1] - spells.start[1:])[same]), "limbo twice at once", who[1:][same])
    if len(who) != len(told.limbo):
        yield Part(inf, "times in limbo in the log and in the table differ in number")
