"""Who may be transferred to the rented prison, from when and until when, by dated rules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.people.arrivals import GROUPS, Arrived
from sim.people.chance import Chance, Column
from sim.people.sentence import (
    HOME_TRANSFER,
    LIFE,
    PREVENTIVE_CUSTODY,
    PRISON,
    RELEASED,
    Sentence,
)
from sim.people.service import Service
from sim.scenario.schema import DAYS_PER_YEAR, Scenario
from sim.scenario.transfer import EligibilityRule

#: In `Eligibility.unsuitable`: nothing speaks against a transfer.
SUITABLE = -1


@dataclass(frozen=True)
class Eligibility:
    """Columns on transfer."""

    since: Column
    """First day of the period in which the rules allow transfer, the judgment being final; infinite
    if there is none that lasts until selection can begin. Who will serve at home is among them."""
    until: Column
    """Day on which the rules stop allowing it, or on which too little is left until leave."""
    leave: Column
    """Day on which leave can be granted, for which people return; infinite without such a rule."""
    selected: Column
    """Day on which selection begins; infinite if the person never comes into question."""
    selection_days: Column
    """Length of selection, hearing and complaint, with the host state's answer if it is asked; of
    the assessment alone where hands are few."""
    complaint_days: Column
    """Days that a complaint takes after a decision by few hands; 0 for those who apply."""
    unsuitable: NDArray[np.int64]
    """What the selection finds to speak against a transfer: position among the reasons of
    `transfer.unsuitable_shares`, or `SUITABLE`."""
    refused: NDArray[np.int64]
    """Why the host state refuses whom the selection proposes: position among the reasons of
    `transfer.host_refusal.shares`, or `SUITABLE`."""
    excluded: NDArray[np.int64]
    """What the law excludes someone for whom the dated rules allow: position among the grounds of
    `transfer.exclusions`, or `SUITABLE`."""
    own_wish: NDArray[np.bool_]
    """Whether the person applies for the transfer."""


def draw_eligibility(
    scenario: Scenario, chance: Chance, arrived: Arrived, sentence: Sentence, service: Service
) -> Eligibility:
    """Apply the dated rules of eligibility to everyone."""
    possible_from = np.maximum(sentence.final, np.maximum(sentence.custody, 0.0))
    if np.isfinite(service.selection):
        possible_from = np.maximum(possible_from, service.selection)
    since, until = _windows(scenario, arrived, sentence, possible_from)
    leave, transfer = leave_from(scenario, sentence), scenario.transfer
    abroad = transfer.least_remaining_days - scenario.rented_prison.return_before_end_days
    until = np.minimum(until, leave - max(abroad, 0.0))
    selected = np.maximum(np.maximum(since, possible_from), service.selection)
    enough = sentence.end - selected >= scenario.transfer.least_remaining_days
    possible = enough & (selected < np.minimum(until, service.last_intake))
    possible &= (selected < sentence.leaves) & np.isfinite(selected)
    possible &= sentence.ending != HOME_TRANSFER  # who is to serve at home is not sent elsewhere
    considered = arrived.draw("considered") < transfer.considered_share
    possible &= considered | sentence.applied_at_liberty
    excluded = _excluded(scenario, arrived)
    possible &= excluded == SUITABLE
    own_wish = (arrived.draw("own wish") < transfer.own_wish_share) | sentence.applied_at_liberty
    complaint = np.zeros(len(leave))
    if transfer.assessment is not None:
        complaint = transfer.assessment.complaint_days.quantile(arrived.draw("complaint"))
        complaint = np.where(own_wish, 0.0, complaint)
    unsuitable = _unsuitable(scenario, arrived.draw("suitability"), own_wish)
    refused = _refused(scenario, arrived, unsuitable)
    return Eligibility(
        since=since,
        until=until,
        leave=leave,
        selected=np.where(possible, selected, np.inf),
        selection_days=_selection_days(scenario, arrived, unsuitable),
        complaint_days=complaint,
        unsuitable=unsuitable,
        refused=refused,
        excluded=excluded,
        own_wish=own_wish,
    )


def leave_from(scenario: Scenario, sentence: Sentence) -> Column:
    """Return the day on which leave can be granted; infinite without a rule that people return.

    Life and preventive custody have no length to take a share of: no leave.
    """
    rule = scenario.rented_prison.return_at_leave
    if rule is None:
        return np.full(len(sentence.end), np.inf)
    day = sentence.custody + np.maximum(rule.share * sentence.length, rule.least_days)
    return np.where(sentence.kind == PRISON, day, np.inf)


def _unsuitable(scenario: Scenario, u: Column, own_wish: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Pick what speaks against each person's transfer, if anything does."""
    transfer = scenario.transfer
    edges = np.cumsum(list(transfer.unsuitable_shares.values()))
    reason = np.searchsorted(edges, u, side="right")
    if transfer.assessment is not None:
        fewer = np.searchsorted(edges * transfer.assessment.own_wish_factor, u, side="right")
        reason = np.where(own_wish, fewer, reason)
    return np.where(reason < len(edges), reason, SUITABLE)


def _refused(
    scenario: Scenario, arrived: Arrived, unsuitable: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Pick why the host state refuses each person who would be proposed, if it does."""
    shares = scenario.transfer.refusal_shares
    found = _by_share(shares, arrived, "refusal by the host")
    return np.where(unsuitable == SUITABLE, found, SUITABLE)


def _excluded(scenario: Scenario, arrived: Arrived) -> NDArray[np.int64]:
    """Pick for what the law excludes each person, if it does."""
    return _by_share(scenario.transfer.exclusions, arrived, "exclusion")


def _by_share(shares: dict[str, float], arrived: Arrived, luck: str) -> NDArray[np.int64]:
    """Pick one of several reasons by their shares of all, or `SUITABLE`."""
    if not shares:
        return np.full(len(arrived.person), SUITABLE)
    edges = np.cumsum(list(shares.values()))
    reason = np.searchsorted(edges, arrived.draw(luck), side="right")
    return np.where(reason < len(edges), reason, SUITABLE)


def _selection_days(scenario: Scenario, arrived: Arrived, unsuitable: NDArray[np.int64]) -> Column:
    """Draw how long the selection takes, and the host state's answer on those proposed."""
    transfer = scenario.transfer
    days = transfer.selection_days.quantile(arrived.draw("selection"))
    if transfer.host_refusal is None:
        return days
    answer = transfer.host_refusal.answer_days.quantile(arrived.draw("answer of the host"))
    return np.where(unsuitable == SUITABLE, days + answer, days)


def stock_eligible(
    scenario: Scenario,
    arrived: Arrived,
    sentence: Sentence,
    day: float,
    least_remaining: float,
    excluded: NDArray[np.int64] | None = None,
) -> int:
    """Count people in prison on a day whom the rules allow to be transferred.

    This is the published "prisoners matching the criteria": judgment final, not yet released,
    with at least `least_remaining` days left. The rules do not know who will be transferred home
    later to serve there, and so count them. Whom the law excludes (`Eligibility.excluded`) does not
    match.
    """
    inside = (sentence.final <= day) & (sentence.custody <= day) & (sentence.leaves > day)
    since, until = _windows(scenario, arrived, sentence, np.full(len(inside), day))
    allowed = (since <= day) & (until > day)
    if excluded is not None:
        allowed &= excluded == SUITABLE
    return int(np.sum(inside & allowed & (sentence.end - day >= least_remaining)))


def _windows(
    scenario: Scenario, arrived: Arrived, sentence: Sentence, not_before: Column
) -> tuple[Column, Column]:
    """First period in which each person is eligible: its first day and the day it is lost.

    Periods that are over by the day `not_before` do not count.
    """
    size = len(arrived.person)
    since, until = np.full(size, np.inf), np.full(size, np.inf)
    inside = np.zeros(size, bool)
    ended = 0.0

    def lose(whom: NDArray[np.bool_], day: float) -> None:
        until[whom] = day
        inside[whom] = False
        too_early = whom & (day <= not_before)
        since[too_early] = until[too_early] = np.inf

    for rule in scenario.transfer.eligibility:
        first, last = scenario.day(rule.from_), scenario.day(rule.until)
        if first > ended:
            lose(inside.copy(), ended)
        fits = _fits(rule, arrived, sentence)
        new = (sentence.final >= first) & (sentence.final < last)
        governed = sentence.final < last if rule.applies_to == "everyone" else new
        lose(inside & governed & ~fits, first)
        begins = governed & fits & np.isinf(since)
        since[begins] = np.maximum(sentence.final[begins], first)
        inside |= begins
        ended = last
    lose(inside.copy(), ended)
    return since, until


def _fits(rule: EligibilityRule, arrived: Arrived, sentence: Sentence) -> NDArray[np.bool_]:
    """Tell whom a rule allows to be transferred."""
    groups = [GROUPS.index(name) for name in rule.groups]
    custody = sentence.kind == PREVENTIVE_CUSTODY
    life = sentence.kind == LIFE
    fits: NDArray[np.bool_] = (
        np.isin(arrived.group, groups)
        & (rule.women | ~arrived.woman)
        & (arrived.age >= rule.youngest_years)
        & (rule.terror_or_war_crime | ~sentence.terror)
        & (rule.health_excluded | ~sentence.ill)
        & (rule.life | ~life)
        & (rule.preventive_custody | ~custody)
        & (custody | life | (sentence.length <= rule.longest_sentence_years * DAYS_PER_YEAR))
        & ((sentence.ending == RELEASED) | (sentence.leaves > sentence.final))
    )
    return fits
