"""Duties after the sentence: where people live, when they may stay, and how removal comes about."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

import numpy as np

from sim.people.after import SETTLED
from sim.people.chance import Chance
from sim.verification.check import Part, beyond, records
from sim.verification.told import SLACK, Floats, Integers, Spans, Told, Truths
from sim.world.flow import DETAINED
from sim.world.stages import Exit, Stay

#: Stays under duties, whereabouts known.
UNDER_DUTIES = (Stay.DEPARTURE_CENTRE, Stay.LIVING_ELSEWHERE)
#: Stays at liberty after a sentence, from which someone can come into detention.
AT_LIBERTY = (*UNDER_DUTIES, Stay.AT_LARGE)


def without_trace(told: Told) -> tuple[Spans, Truths]:
    """Return the stays with whereabouts unknown, and which of them end by being found.

    The luck is drawn anew, by person and by how often the person has gone.
    """
    gone, centre = told.spans(Stay.AT_LARGE), told.scenario.departure_centre
    share = centre.found_again_share if centre else 0.0
    luck = Chance(told.replication.seed, told.replication.number).recurring("found again")
    before = np.arange(len(gone)) - np.searchsorted(gone.who, gone.who)
    person = told.cohort.arrived.person[gone.who]
    drawn = [luck(*one) for one in zip(person.tolist(), before.tolist(), strict=True)]
    return gone, np.array(drawn, float) < share


def since_liberty(told: Told) -> tuple[Integers, Floats]:
    """Return the number of each stay's stretch since liberty, and its first day in detention.

    A stretch begins when someone comes, or is at liberty after the sentence.
    """
    stays = told.stays
    stretch: Integers = np.cumsum(np.isin(stays.code, AT_LIBERTY) | stays.first, dtype=np.int64)
    first = np.full(len(stays.code) + 1, inf)
    detained = np.isin(stays.code, DETAINED)
    np.minimum.at(first, stretch[detained], stays.day[detained])
    return stretch, first


def longest_detention(told: Told) -> Floats:
    """Return the longest detention of each person: of the willing, until a review ends it."""
    after, willing = told.cohort.after, told.cohort.sentence.willing
    found: Floats = np.where(
        willing, np.minimum(after.detention_limit, after.review_days), after.detention_limit
    )
    return found


@records(
    "limits",
    "Nobody is detained past the limit",
    "Pre-removal detention ends within the longest time that courts let stand, counted from its "
    "first day since liberty; of the willing, when a review lets them wait outside.",
    unit="days",
    tolerance=SLACK,
    otherwise="nobody is detained before removal",
)
def nobody_is_detained_longer_than_the_limit(told: Told) -> Iterator[Part]:
    """Count from each person's first day in detention since liberty to the last."""
    spans = told.spans(*DETAINED)
    if told.scenario.detention is None:
        yield Part(np.ones(len(spans)), "detained where nobody is", spans.who, spans.begins)
        return
    ends = told.until_horizon(spans)
    stretch, first = since_liberty(told)
    begun = first[stretch[np.isin(told.stays.code, DETAINED)]]
    over = ends - begun - longest_detention(told)[spans.who]
    yield Part(beyond(over), "detained too long", spans.who, ends)


@records(
    "limits",
    "A removal of someone at liberty goes by way of detention",
    "Someone unwilling is not removed straight from liberty, unless courts let no detention stand "
    "or have just ended one; detention before a removal lasts the days it takes to arrange it.",
    unit="days",
    tolerance=SLACK,
    otherwise="nobody under duties is removed",
)
def removal_from_liberty_goes_by_way_of_detention(told: Told) -> Iterator[Part]:
    """Look at what comes before each removal, and how long it lasts."""
    stays, after, removed = told.stays, told.cohort.after, told.exit_of == Exit.REMOVED
    stretch, first = since_liberty(told)
    home = np.flatnonzero(stays.last & removed[stays.who] & np.isin(stays.code, UNDER_DUTIES))
    who, begins = stays.who[home], stays.day[home]
    if told.scenario.detention is not None:
        limit = after.detention_limit[who]
        let_go = first[stretch[home] - 1] + limit <= begins + SLACK
        straight = (limit > 0) & ~(let_go & (told.document_at[who] <= begins + SLACK))
        yield Part(np.where(straight, inf, 0.0), "removed straight from liberty", who,
                   told.left[who])  # fmt: skip
    last = np.flatnonzero(stays.last & removed[stays.who])
    into = np.isin(stays.code[:-1], UNDER_DUTIES) & np.isin(stays.code[1:], DETAINED)
    opens = np.flatnonzero(into & ~stays.first[1:])
    opens = opens[np.isin(stretch[opens], stretch[last])]
    who = stays.who[opens]
    early = first[stretch[opens]] + after.removal_days[who] - told.left[who]
    yield Part(beyond(early), "removed before it is arranged", who, told.left[who])


@records(
    "limits",
    "People under duties live where they were drawn to live",
    "In the centre or elsewhere, each the whole time; who never reports is first gone; who waits "
    "outside does not live under duties.",
    otherwise="nobody lives under duties",
)
def people_under_duties_live_in_one_place(told: Told) -> Iterator[Part]:
    """Compare stays under duties with what was drawn."""
    after = told.cohort.after
    gone = np.full(told.cohort.size, inf)
    large = told.spans(Stay.AT_LARGE)
    np.minimum.at(gone, large.who, large.begins)
    for stay, elsewhere in zip(UNDER_DUTIES, (False, True), strict=True):
        spans = told.spans(stay)
        who = spans.who
        wrong = after.lives_elsewhere[who] != elsewhere
        yield Part(wrong, "lives where it is not drawn to live", who, spans.begins)
        wrong = after.never_reports[who] & (gone[who] > spans.begins)
        yield Part(wrong, "never reports, but does", who, spans.begins)
        yield Part(after.waits_outside[who], "does not wait outside", who, spans.begins)


@records(
    "limits",
    "Only those on tolerated stay receive permits, on their day",
    "Someone unwilling whom nobody may return against their will receives one early, on the day "
    "drawn or when free after it, or at a review of the time under duties; nobody else does.",
    unit="days",
    tolerance=SLACK,
    otherwise="nobody receives a permit",
)
def permits_come_early_or_at_a_review(told: Told) -> Iterator[Part]:
    """Compare each permit with the day drawn, and with the reviews of the time under duties."""
    after, sentence, centre = (
        told.cohort.after,
        told.cohort.sentence,
        told.scenario.departure_centre,
    )
    who = np.flatnonzero(told.exit_of == Exit.PERMIT)
    day = told.left[who]
    tolerated = ~sentence.willing[who] & after.protected[who]
    yield Part(np.where(tolerated, 0.0, inf), "a permit without tolerated stay", who, day)
    every = centre.review_every_days if centre else inf
    lived = _lived_under_duties(told)[who]
    from_review = np.abs(lived - np.maximum(np.rint(lived / every), 1.0) * every)
    early = np.where(after.permit_at[who] <= day + SLACK, 0.0, inf)
    yield Part(np.minimum(from_review, early), "a permit on no day for one", who, day)
    spans = told.spans(*UNDER_DUTIES)
    late = told.until_horizon(spans) - np.maximum(after.permit_at[spans.who], spans.begins)
    yield Part(beyond(late), "has a permit, but lives under duties", spans.who, spans.begins)


def _lived_under_duties(told: Told) -> Floats:
    """Return the days that each person lived under duties, whereabouts known."""
    spans = told.spans(*UNDER_DUTIES)
    days = told.until_horizon(spans) - spans.begins
    return np.bincount(spans.who, days, told.cohort.size).astype(np.float64)


@records(
    "limits",
    "Way out and time under duties fit",
    "Who leaves the centre by own will, at a review or because the expulsion falls, does so after "
    "the time under duties drawn for it, and in the way drawn.",
    unit="days",
    tolerance=SLACK,
    otherwise="nobody under duties leaves so",
)
def duties_are_settled_as_drawn(told: Told) -> Iterator[Part]:
    """Add up each person's time under duties."""
    after, ways = told.cohort.after, np.array([Exit[name.upper()] for name in SETTLED])
    lived, there = _lived_under_duties(told), np.unique(told.spans(*UNDER_DUTIES).who)
    over: Floats = lived - after.settled_after
    yield Part(beyond(over[there]), "under duties though settled", there)
    # The willing go when their papers come, too, and a permit can come early.
    home = ~told.cohort.sentence.willing & (told.exit_of == Exit.LEFT_VOLUNTARILY)
    so = home | (told.exit_of == Exit.ORDER_LIFTED)
    gone: Integers = np.flatnonzero(so)
    off = np.where(ways[after.settled_as[gone]] == told.exit_of[gone], np.abs(over[gone]), inf)
    yield Part(off, "settled on another day, or otherwise", gone, told.left[gone])


@records(
    "limits",
    "Whereabouts unknown end by being found, or with the case",
    "Who is found goes on as the case stands; of the others the case is closed, at the earliest "
    "when cases are; nobody's case is closed in any other way.",
    otherwise="nobody's whereabouts are unknown",
)
def people_gone_are_found_or_their_case_is_closed(told: Told) -> Iterator[Part]:
    """Compare how such times end with the luck drawn for it."""
    gone, found = without_trace(told)
    over = np.isfinite(gone.ends)
    last = gone.ends == told.left[gone.who]
    closed = over & last & (told.exit_of[gone.who] == Exit.ABSCONDED)
    died = over & last & (told.exit_of[gone.who] == Exit.DIED)
    yield Part(closed & found, "found, but the case is closed", gone.who, gone.ends)
    wrong = over & ~found & ~closed & ~died
    yield Part(wrong, "not found, but goes on", gone.who, gone.ends)
    elsewhere: Integers = np.setdiff1d(
        np.flatnonzero(told.exit_of == Exit.ABSCONDED), gone.who[closed]
    )
    yield Part(np.ones(len(elsewhere)), "case closed with whereabouts known", elsewhere)
