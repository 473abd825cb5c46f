"""What people bring to the time after the sentence: luck with papers, courts, patience."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.people.arrivals import EU, Arrived
from sim.people.chance import Chance, Column
from sim.people.origins import protected, regime_at
from sim.people.sentence import Sentence
from sim.scenario.elementary import log1p
from sim.scenario.removal import REGIMES, DepartureCentre, Removal
from sim.scenario.schema import DAYS_PER_YEAR, Scenario

#: How a time under duties can be settled: by return, a permit at a review, or an order that falls.
SETTLED = ("left_voluntarily", "permit", "order_lifted")


@dataclass(frozen=True)
class AfterSentence:
    """Columns on removal, detention and the departure centre."""

    case_opens: Column
    """Day on which the removal case opens."""
    case_work_days: Column
    """Days of a case worker's time."""
    luck: Column
    """Whether a document can be had without cooperation: if below the origin's feasibility."""
    protected: NDArray[np.bool_]
    """Cannot be returned against their will because of non-refoulement."""
    document_delay: Column
    """Days from request to travel document."""
    travel_luck: Column
    """Whether a departure that is due can take place: if below the share of them that can."""
    escort_days: Column
    """Days a forced return occupies an escort team."""
    unregistered: NDArray[np.bool_]
    """EU citizens who leave without a registered departure."""
    direct: NDArray[np.bool_]
    """Would be removed straight from the rented prison."""
    detained: NDArray[np.bool_]
    """Detained if a removal is in prospect when the sentence ends."""
    detained_abroad: NDArray[np.bool_]
    """Of those, in the rented prison if there."""
    review_days: Column
    """Days after which a review finds no prospect of removal left, or that someone willing can wait
    for the papers outside."""
    detention_limit: Column
    """Longest detention that courts let stand, days."""
    removal_days: Column
    """Days in detention before a removal of someone who was at liberty."""
    waits_outside: NDArray[np.bool_]
    """Waits for the papers outside the departure centre when not detained."""
    never_reports: NDArray[np.bool_]
    """Unwilling, and never reports to the departure centre when sent there."""
    lives_elsewhere: NDArray[np.bool_]
    """Unwilling, and lives elsewhere than in the centre, with the other duties."""
    tagged: NDArray[np.bool_]
    """Wears an electronic tag while under duties."""
    tolerated: NDArray[np.bool_]
    """On tolerated stay: unwilling, and protected against a return."""
    permit_at: Column
    """Day of an early permit, infinite for none."""
    absconds_after: Column
    """Days under duties after which the person absconds."""
    settled_after: Column
    """Days under duties after which the person need not or does not stay."""
    settled_as: NDArray[np.int64]
    """What that is, a position in `SETTLED`."""
    stays_in_host: NDArray[np.bool_]
    """Stress tests: stays in the host state instead of returning."""
    asks_asylum: NDArray[np.bool_]
    """Stress tests: asks for asylum there."""
    asylum_days: Column
    """Stress tests: days in the asylum centre."""


def draw_after_sentence(
    scenario: Scenario, chance: Chance, arrived: Arrived, sentence: Sentence
) -> AfterSentence:
    """Draw each person's luck after the sentence.

    Without a section of the scenario, nobody meets what it is about.
    """
    luck = arrived.draw("forced removal")
    barred = protected(scenario, arrived.origin, luck)
    return AfterSentence(
        luck=luck,
        protected=barred,
        tagged=_tagged(scenario.departure_centre, arrived),
        **_case(scenario, arrived, sentence),
        **_detention(scenario, arrived, sentence),
        **luck_in_centre(scenario.departure_centre, arrived, sentence, barred),
        **_staying(scenario, arrived),
    )


def _case(scenario: Scenario, arrived: Arrived, sentence: Sentence) -> dict[str, NDArray[Any]]:
    """Draw columns on the removal case."""
    removal, draw = scenario.removal, arrived.draw
    if removal is None:
        never = np.full(len(arrived.person), np.inf)
        days = ("case_opens", "case_work_days", "document_delay", "escort_days", "travel_luck")
        flags = ("unregistered", "direct")
        return dict.fromkeys(days, never) | dict.fromkeys(flags, _nobody(arrived))
    transit = np.array([origin.transit_from_host for origin in scenario.origins.values()])
    eu, may_pass = arrived.group == EU, transit[arrived.origin]
    opens = sentence.end - removal.case_opens_before_end_days
    return {
        "case_opens": np.maximum(arrived.judgment, opens),
        "case_work_days": removal.case_work_days.quantile(draw("case work")),
        "document_delay": _document_delay(scenario, removal, arrived),
        "travel_luck": draw("travel"),
        "escort_days": removal.escort_days.quantile(draw("escort")),
        "unregistered": eu & (draw("unregistered departure") < removal.eu_unregistered_share),
        "direct": arrived.expelled & may_pass & (draw("direct removal") < removal.direct_share),
    }


def _detention(scenario: Scenario, arrived: Arrived, sentence: Sentence) -> dict[str, NDArray[Any]]:
    """Draw columns on detention; where there is none, no review ends a prospect."""
    rules, draw = scenario.detention, arrived.draw
    if rules is None:
        everyone = np.ones(len(arrived.person))
        return {
            "detained": _nobody(arrived),
            "detained_abroad": _nobody(arrived),
            "review_days": everyone * np.inf,
            "detention_limit": everyone * 0.0,
            "removal_days": everyone * 0.0,
        }
    regime = regime_at(scenario, arrived.origin, sentence.end)
    detained = (rules.detained_if_limited_share, rules.detained_if_cooperates_share)
    ended = (rules.ended_if_limited_per_review, rules.ended_if_cooperates_per_review)
    reviews = _reviews(draw("prospect lost"), _by_regime(regime, *ended))
    return {
        "detained": draw("detained") < _by_regime(regime, *detained),
        "detained_abroad": draw("detained abroad") < rules.in_rented_prison_share,
        "review_days": rules.review_every_days * reviews,
        "detention_limit": rules.longest_days.quantile(draw("longest detention")),
        "removal_days": rules.before_removal_days.quantile(draw("detention before removal")),
    }


def luck_in_centre(
    centre: DepartureCentre | None, arrived: Arrived, sentence: Sentence, barred: NDArray[np.bool_]
) -> dict[str, NDArray[Any]]:
    """Draw columns on duties and the departure centre; without one everyone waits outside."""
    draw, willing = arrived.draw, sentence.willing
    if centre is None:
        never = np.full(len(willing), np.inf)
        nobody = ("never_reports", "lives_elsewhere", "tolerated")
        return dict.fromkeys(nobody, _nobody(arrived)) | {
            "waits_outside": ~_nobody(arrived),
            "permit_at": never,
            "absconds_after": never,
            "settled_after": never,
            "settled_as": np.zeros(len(willing), np.int64),
        }
    tolerated = ~willing & barred
    rate = np.where(tolerated, centre.tolerated_absconds_per_year, centre.absconds_per_year)
    elsewhere: float | Column = centre.lives_elsewhere_share
    if centre.tag is not None:
        tagged = _tagged(centre, arrived)
        rate = np.where(tagged, rate * centre.tag.absconds_factor, rate)
        elsewhere = np.where(tagged, centre.tag.lives_elsewhere_share, elsewhere)
    early = tolerated & (draw("early permit") < centre.early_permit_share)
    early_days = centre.early_permit_days.quantile(draw("early permit time"))
    return {
        "waits_outside": willing & (draw("waits outside") < centre.waits_outside_share),
        "never_reports": ~willing & (draw("never reports") < centre.never_reports_share),
        "lives_elsewhere": ~willing & (draw("lives elsewhere") < elsewhere),
        "tolerated": tolerated,
        "permit_at": np.where(early, sentence.end + early_days, np.inf),
        "absconds_after": _exponential(draw("absconds"), rate),
        **_settling(centre, arrived, tolerated),
    }


def _tagged(centre: DepartureCentre | None, arrived: Arrived) -> NDArray[np.bool_]:
    """Tell who wears a tag while under duties."""
    if centre is None or centre.tag is None:
        return _nobody(arrived)
    tagged: NDArray[np.bool_] = arrived.draw("tag") < centre.tag.worn_share
    return tagged


def _settling(
    centre: DepartureCentre, arrived: Arrived, tolerated: NDArray[np.bool_]
) -> dict[str, NDArray[Any]]:
    """Draw what settles a time under duties, whichever comes first, in the order of `SETTLED`."""
    draw, everyone = arrived.draw, np.ones(len(tolerated))
    reviewed = np.where(tolerated, centre.permit_per_review, 0.0)
    after = np.stack(
        [
            _exponential(draw("leaves voluntarily"), everyone * centre.leaves_voluntarily_per_year),
            centre.review_every_days * _reviews(draw("permit"), reviewed),
            _exponential(draw("order lifted"), everyone * centre.order_lifted_per_year),
        ]
    )
    return {"settled_after": after.min(axis=0), "settled_as": np.argmin(after, axis=0)}


def _staying(scenario: Scenario, arrived: Arrived) -> dict[str, NDArray[Any]]:
    """Draw columns on staying in the host state, which stress tests alone allow."""
    rules, draw = scenario.staying, arrived.draw
    if rules is None:
        return {
            "stays_in_host": _nobody(arrived),
            "asks_asylum": _nobody(arrived),
            "asylum_days": np.zeros(len(arrived.person)),
        }
    return {
        "stays_in_host": arrived.expelled & (draw("stays in Kosovo") < rules.stays_share),
        "asks_asylum": draw("asylum in Kosovo") < rules.asylum_share,
        "asylum_days": rules.asylum_days.quantile(draw("asylum time")),
    }


def _nobody(arrived: Arrived) -> NDArray[np.bool_]:
    return np.zeros(len(arrived.person), bool)


def _document_delay(scenario: Scenario, removal: Removal, arrived: Arrived) -> Column:
    """Days from request to document by origin, a few of them far longer than usual."""
    draw = arrived.draw
    u = draw("document delay")
    delay = np.empty(len(u))
    for number, origin in enumerate(scenario.origins.values()):
        mine = arrived.origin == number
        delay[mine] = origin.document_delay_days.quantile(u[mine])
    slow = (draw("slow document") < removal.slow_share) & (arrived.group != EU)
    return np.where(slow, delay * removal.slow_factor, delay)


def _by_regime(regime: NDArray[np.int64], limited: float, cooperates: float) -> Column:
    """Pick a probability by regime; where the origin refuses, the limited one."""
    return np.where(regime == REGIMES.index("cooperates"), cooperates, limited)


def _reviews(u: Column, probability: Column) -> Column:
    """Number of the review that succeeds, geometric from 1; infinite for probability zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        number = np.floor(log1p(-u) / log1p(-np.minimum(probability, 1.0))) + 1
    number = np.where(probability <= 0, np.inf, number)
    return np.where(probability >= 1, 1.0, number)


def _exponential(u: Column, rate_per_year: Column) -> Column:
    """Exponential waiting times in days; infinite for rate zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        days = -log1p(-u) / rate_per_year * DAYS_PER_YEAR
    return np.where(rate_per_year <= 0, np.inf, days)
