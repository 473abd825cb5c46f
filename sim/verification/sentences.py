"""Sentences and who is flown out, each worked out anew from the scenario's rules."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

import numpy as np

from sim.people.arrivals import GROUPS
from sim.people.sentence import LIFE, PREVENTIVE_CUSTODY, PRISON
from sim.scenario.schema import DAYS_PER_YEAR
from sim.scenario.transfer import EligibilityRule
from sim.verification.check import Part, beyond, records
from sim.verification.told import SLACK, Integers, Told, Truths
from sim.world.stages import Stay

# ---------------------------------------------------------------- sentences


@records(
    "limits",
    "Days of a person's sentence are in order",
    "Arrest or liberty, judgment, final judgment, imprisonment, end of sentence and exit follow "
    "one another.",
    unit="days",
    tolerance=SLACK,
)
def times_are_in_order(told: Told) -> Iterator[Part]:
    """Compare each two days of which one must not come before the other."""
    arrived, sentence, after = told.cohort.arrived, told.cohort.sentence, told.cohort.after
    remanded, everyone = sentence.remanded, np.arange(told.cohort.size)
    for what, early, late, whom in (
        ("arrival and start", 0.0 * sentence.arrives, sentence.arrives, everyone),
        ("arrest and judgment", sentence.custody, arrived.judgment, np.flatnonzero(remanded)),
        ("judgment and imprisonment", sentence.final, sentence.custody, np.flatnonzero(~remanded)),
        ("judgment and final judgment", arrived.judgment, sentence.final, everyone),
        ("judgment and end of sentence", arrived.judgment, sentence.end, everyone),
        ("the sentence's end in fact and in law", sentence.leaves, sentence.end, everyone),
        ("arrival and end of sentence", sentence.arrives, sentence.leaves, everyone),
        ("arrival and death", sentence.arrives, sentence.death, everyone),
        ("judgment and removal case", arrived.judgment, after.case_opens, everyone),
        ("end of sentence and exit", sentence.leaves, told.left, everyone),
    ):
        yield Part(beyond(early[whom] - late[whom]), what, whom, early[whom])
    ahead = np.maximum(-np.diff(sentence.arrives), 0.0)
    yield Part(ahead, "people do not stand in order of arrival", everyone[1:])


@records(
    "limits",
    "Sentences last as long as the rules say",
    "A half, two thirds or all of the sentence is served, in a proportion that the parole rule in "
    "force on the day of the final judgment grants; remand counts; nobody is held less than the "
    "least time, nor after the end longer than remand has already lasted.",
    unit="days",
    tolerance=SLACK,
)
def sentences_last_as_the_rules_say(told: Told) -> Iterator[Part]:
    """Work out the end of each sentence from its length, its fraction and the scenario."""
    sentence, rules = told.cohort.sentence, told.scenario.sentencing
    least = np.minimum(sentence.length, rules.least_served_days)
    served = np.maximum(sentence.fraction * sentence.length, least)
    due = np.maximum(sentence.custody + served, told.cohort.arrived.judgment)
    yield Part(np.abs(sentence.end - due), "end of sentence", np.arange(len(due)), due)
    # A judgment final only when the time is served takes that day for its final one: left out.
    known = np.flatnonzero((sentence.kind == PRISON) & (sentence.final < sentence.end))
    yield Part(np.where(_granted(told, known), 0.0, inf), "a fraction that no rule grants", known,
               sentence.final[known])  # fmt: skip
    fixed = np.flatnonzero(sentence.kind != PRISON)
    yield Part(np.where(sentence.fraction[fixed] == 1, 0.0, inf), "parole from custody or life",
               fixed)  # fmt: skip


def _granted(told: Told, who: Integers) -> Truths:
    """Tell whether the parole rule in force grants the fraction to anyone."""
    sentence = told.cohort.sentence
    granted = np.zeros(len(who), bool)
    rules = told.scenario.sentencing.parole
    for number, rule in enumerate(rules):
        first = -inf if number == 0 else told.scenario.day(rule.from_)
        last = inf if number == len(rules) - 1 else told.scenario.day(rule.until)
        mine = (first <= sentence.final[who]) & (sentence.final[who] < last)
        shares = {1 / 2: rule.half_share, 2 / 3: rule.two_thirds_share, 1.0: rule.full_share}
        allowed = [fraction for fraction, share in shares.items() if share > 0]
        granted |= mine & np.isin(sentence.fraction[who], allowed)
    return granted


# ---------------------------------------------------------------- transfer


@records(
    "limits",
    "Nobody is flown out with too little of the sentence left",
    "On the day of the flight the judgment is final and at least the least remaining time is left.",
    unit="days",
    tolerance=SLACK,
    otherwise="nobody is flown out",
)
def enough_is_left_of_the_sentence(told: Told) -> Iterator[Part]:
    """Compare the day of each flight with the person's sentence."""
    sentence, boarded = told.cohort.sentence, told.boardings
    who, day = boarded.who, boarded.ends
    least = told.scenario.transfer.least_remaining_days
    yield Part(beyond(least - (sentence.end[who] - day)), "too little time is left", who, day)
    yield Part(beyond(sentence.final[who] - day), "the judgment is not final", who, day)
    yield Part(beyond(day - sentence.leaves[who]), "the sentence is over", who, day)


@records(
    "limits",
    "Nobody waits for a flight in vain",
    "The waiting list is left when too little of the sentence remains, when it ends, and when "
    "nobody is flown out any more.",
    unit="days",
    tolerance=SLACK,
    otherwise="nobody is put on the waiting list",
)
def nobody_waits_in_vain(told: Told) -> Iterator[Part]:
    """Compare the end of each wait with the last day on which the person could fly."""
    sentence, waits = told.cohort.sentence, told.spans(Stay.WAITING_LIST)
    last = np.minimum(sentence.end - told.scenario.transfer.least_remaining_days, sentence.leaves)
    last = np.minimum(last[waits.who], told.cohort.service.last_intake)
    ends = told.until_horizon(waits)
    yield Part(beyond(ends - last), "waits for a flight that cannot come", waits.who, ends)


@records(
    "limits",
    "Everyone flown out is eligible that day",
    "The rule of eligibility in force allows the transfer: group, sex, age, offence, health, kind "
    "and length of sentence, new cases or everyone.",
    unit="persons",
    otherwise="nobody is flown out",
)
def nobody_is_transferred_who_is_not_eligible(told: Told) -> Iterator[Part]:
    """Walk through the dated rules for each person and flight."""
    boarded = told.boardings
    people = zip(boarded.who.tolist(), boarded.ends.tolist(), strict=True)
    wrong = [not eligible(told, who, day) for who, day in people]
    yield Part(np.array(wrong, bool), "is not eligible", boarded.who, boarded.ends)


def eligible(told: Told, who: int, day: float) -> bool:
    """Tell whether the dated rule that governs a case on a day allows its transfer.

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


def _fits(told: Told, rule: EligibilityRule, who: int) -> bool:
    arrived, sentence = told.cohort.arrived, told.cohort.sentence
    kind, most = sentence.kind[who], rule.longest_sentence_years * DAYS_PER_YEAR
    excluded = [
        GROUPS[arrived.group[who]] not in rule.groups,
        arrived.woman[who] and not rule.women,
        arrived.age[who] < rule.youngest_years,
        sentence.terror[who] and not rule.terror_or_war_crime,
        sentence.ill[who] and not rule.health_excluded,
        kind == LIFE and not rule.life,
        kind == PREVENTIVE_CUSTODY and not rule.preventive_custody,
        kind not in (LIFE, PREVENTIVE_CUSTODY) and sentence.length[who] > most,
    ]
    return not any(excluded)
