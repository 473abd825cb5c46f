"""The sentence: remand, length, parole, and how and when it ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.people.arrivals import EU, THIRD_COUNTRY, Arrived
from sim.people.chance import Chance, Column
from sim.people.origins import protected, regime_at
from sim.people.service import NEVER, Service
from sim.scenario.dated import on_steps
from sim.scenario.elementary import log1p
from sim.scenario.removal import REGIMES
from sim.scenario.schema import DAYS_PER_YEAR, Scenario

#: How a sentence can end, in the order of the codes in `Sentence.ending`.
ENDINGS = ("released", "removed_from_short_sentence", "transferred_to_serve", "died")
RELEASED, STRAIGHT_REMOVAL, HOME_TRANSFER, DIED = range(4)

PRISON, PREVENTIVE_CUSTODY, LIFE = range(3)


@dataclass(frozen=True)
class Sentence:
    """Columns of what the courts decide, and the days that follow from it."""

    kind: NDArray[np.int64]
    """0 prison, 1 preventive custody, 2 life."""
    length: Column
    """Sentence, days."""
    remanded: NDArray[np.bool_]
    """Whether detained from arrest."""
    custody: Column
    """Day of arrest if remanded (may lie before the scenario's start), else of imprisonment."""
    arrives: Column
    """Day on which the person enters the simulation."""
    final: Column
    """Day on which the judgment is final."""
    end: Column
    """Day on which the sentence ends by release (parole or in full)."""
    leaves: Column
    """Day on which it ends in fact: `end`, or earlier by removal, transfer or death."""
    ending: NDArray[np.int64]
    """Position in `ENDINGS`."""
    fraction: Column
    """Fraction of the sentence after which parole allows release; the time served is longer where
    the least time served, or the time on remand until the judgment, is."""
    death: Column
    """Day of death, were the person to stay in the system for good."""
    terror: NDArray[np.bool_]
    """Convicted of terror or war crimes."""
    ill: NDArray[np.bool_]
    """Too ill to serve abroad."""
    willing: NDArray[np.bool_]
    """Whether the person cooperates in the return."""
    applied_at_liberty: NDArray[np.bool_]
    """Whether the person applied for the transfer while waiting to serve, and was called up."""


def draw_sentences(
    scenario: Scenario, chance: Chance, arrived: Arrived, service: Service = NEVER
) -> Sentence:
    """Draw sentences and everything that follows from them alone.

    Whoever applies for the rented prison while waiting to serve is called up for it, in its
    `service`.
    """
    rules, draw = scenario.sentencing, arrived.draw
    third = arrived.group != EU
    kind = _kinds(scenario, arrived)
    length = _lengths(scenario, arrived, kind)

    remand = rules.remand
    remanded = draw("remanded") < remand.remanded_share
    remand_days = np.minimum(
        remand.remand_days.quantile(draw("remand")), remand.longest_fraction * length
    )
    appealed = draw("appealed") < remand.appealed_share
    appeal_days = np.where(appealed, remand.appeal_days.quantile(draw("appeal")), 0.0)
    final = arrived.judgment + appeal_days
    reports = final + remand.reporting_days.quantile(draw("reporting"))
    fraction = np.where(kind == PRISON, _parole_fraction(scenario, final, draw("parole")), 1.0)
    called = np.maximum(final, service.selection)
    applied = ~remanded & _would_apply(scenario, arrived, fraction * length)
    applied &= (called < reports) & (called < service.last_intake)
    custody = np.where(remanded, arrived.judgment - remand_days, np.where(applied, called, reports))

    served = np.maximum(fraction * length, np.minimum(length, rules.least_served_days))
    end = np.maximum(custody + served, arrived.judgment)
    final = np.where(remanded, np.minimum(final, end), final)
    arrives = np.maximum(np.where(remanded, custody, arrived.judgment), 0.0)

    mortality = scenario.arrivals.deaths_per_year / DAYS_PER_YEAR
    lifetime = -log1p(-draw("death")) / mortality if mortality else np.full_like(end, np.inf)
    willing = are_willing(arrived, scenario.removal.willing_share if scenario.removal else 0.0)
    sentence = Sentence(
        kind=kind,
        length=length,
        remanded=remanded,
        custody=custody,
        arrives=arrives,
        final=final,
        end=end,
        leaves=end,
        ending=np.zeros(len(end), np.int64),
        fraction=fraction,
        death=arrives + lifetime,
        terror=third & (draw("terror or war crime") < rules.special.terror_or_war_crime_share),
        ill=third & (draw("health") < rules.special.health_excluded_share),
        willing=willing,
        applied_at_liberty=applied,
    )
    return _with_endings(scenario, arrived, sentence)


def _would_apply(scenario: Scenario, arrived: Arrived, served: Column) -> NDArray[np.bool_]:
    """Tell who would apply for a transfer at liberty, of those with enough to serve."""
    transfer = scenario.transfer
    found: NDArray[np.bool_] = arrived.draw("applies at liberty") < transfer.from_liberty_share
    found &= served >= transfer.least_remaining_days
    if transfer.exclusions:
        found &= arrived.draw("exclusion") >= sum(transfer.exclusions.values())
    return found & (~arrived.woman | any(rule.women for rule in transfer.eligibility))


def are_willing(arrived: Arrived, share: float) -> NDArray[np.bool_]:
    """Tell who cooperates in the return, where a share of those who are not EU citizens does."""
    found: NDArray[np.bool_] = (arrived.draw("willing") < share) | (arrived.group == EU)
    return found


def _kinds(scenario: Scenario, arrived: Arrived) -> NDArray[np.int64]:
    special = scenario.sentencing.special
    u = arrived.draw("preventive custody or life")
    kind = np.where(u < special.preventive_custody_share, PREVENTIVE_CUSTODY, PRISON)
    kind = np.where(u >= 1 - special.life_share, LIFE, kind)
    return np.where(arrived.group == THIRD_COUNTRY, kind, PRISON)


def _lengths(scenario: Scenario, arrived: Arrived, kind: NDArray[np.int64]) -> Column:
    """Sentence lengths: first the band by the group's mixture, then the length within it."""
    rules, draw = scenario.sentencing, arrived.draw
    luck, u = draw("sentence band"), draw("sentence length")
    eu, third = (np.cumsum(mixture.shares) for mixture in (rules.eu_eea, rules.third_country))
    below_a_year = np.where(arrived.group == EU, eu[1], third[1])
    luck = np.where(arrived.long_only, below_a_year + (1 - below_a_year) * luck, luck)
    band = np.where(
        arrived.group == EU,
        np.searchsorted(eu, luck, side="right"),
        np.searchsorted(third, luck, side="right"),
    )
    band = np.minimum(band, len(rules.bands.days) - 1)
    length = np.choose(band, [days.quantile(u) for days in rules.bands.days])
    special = rules.special
    length = np.where(
        kind == PREVENTIVE_CUSTODY, special.preventive_custody_days.quantile(u), length
    )
    return np.where(kind == LIFE, special.life_days.quantile(u), length)


def _parole_fraction(scenario: Scenario, final: Column, u: Column) -> Column:
    """Half, two thirds or all of the sentence, by the rule in force on the final day."""
    rules = scenario.sentencing.parole
    starts = np.array([scenario.day(rule.from_) for rule in rules])
    rule = np.clip(np.searchsorted(starts, final, side="right") - 1, 0, len(rules) - 1)
    half = np.array([r.half_share for r in rules])[rule]
    two_thirds = half + np.array([r.two_thirds_share for r in rules])[rule]
    return np.where(u < half, 1 / 2, np.where(u < two_thirds, 2 / 3, 1.0))


def _with_endings(scenario: Scenario, arrived: Arrived, sentence: Sentence) -> Sentence:
    """Settle which comes first: release, straight removal, transfer home, or death."""
    from dataclasses import replace

    candidates = np.stack(
        [
            sentence.end,
            _straight_removal(scenario, arrived, sentence),
            _transfer_to_origin(scenario, arrived, sentence),
            np.maximum(sentence.death, sentence.arrives),
        ]
    )
    ending = np.argmin(candidates, axis=0)
    return replace(sentence, ending=ending, leaves=candidates.min(axis=0))


def _straight_removal(scenario: Scenario, arrived: Arrived, sentence: Sentence) -> Column:
    """Day on which a short sentence is interrupted for removal; infinite if it is not."""
    rule = scenario.sentencing.straight_removal
    in_force = np.zeros(len(sentence.final), bool)
    for period in rule.periods:
        after = sentence.final >= scenario.day(period.from_)
        in_force |= after & (sentence.final < scenario.day(period.until))
    accepted = regime_at(scenario, arrived.origin, sentence.final) == REGIMES.index("cooperates")
    used = (
        in_force
        & accepted
        & sentence.willing
        & arrived.expelled
        & (sentence.length <= rule.longest_sentence_days)
        & (arrived.draw("straight removal") < rule.used_share)
    )
    begins = np.maximum(sentence.custody, 0.0)
    day = np.maximum(sentence.final, begins + rule.served_fraction * (sentence.end - begins))
    return np.where(used & (day < sentence.end), day, np.inf)


def _transfer_to_origin(scenario: Scenario, arrived: Arrived, sentence: Sentence) -> Column:
    """Day of transfer to the home country to serve; infinite if there is none.

    Nobody protected by non-refoulement is transferred against their will.
    """
    rule, draw = scenario.sentencing.transfer_to_origin, arrived.draw
    safe = ~protected(scenario, arrived.origin, draw("forced removal"))
    refused = regime_at(scenario, arrived.origin, sentence.final) == REGIMES.index("refuses")
    begins = np.maximum(sentence.final, sentence.custody)
    day = begins + rule.processing_days.quantile(draw("home transfer time"))
    share = rule.transferred_share * on_steps(scenario, rule.transferred_factor, day)
    transferred = (
        ~refused
        & (sentence.willing | safe)
        & (sentence.length >= rule.shortest_sentence_days)
        & arrived.expelled
        & (draw("home transfer") < share)
    )
    return np.where(transferred, day, np.inf)
