"""What happens at a rate, for as long as people are where it can happen to them.

Events less rate times the days of all who were exposed have mean zero whatever else ends those days
(a counting process and its compensator: Andersen, Borgan, Gill and Keiding 1993, ch. II); with
many events their number is Poisson about that product.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from sim.analysis.verify.check import PValue, chance
from sim.analysis.verify.laws import binomial_p, poisson_p
from sim.analysis.verify.told import Floats, Spans, Told, Truths
from sim.scenario.schema import DAYS_PER_YEAR, Scenario
from sim.world.stages import Exit, Stay


class _Hazard(NamedTuple):
    """Something that comes at a rate."""

    key: str
    per_year: float
    events: int
    days: float


@chance(
    "theory",
    "What comes at a rate comes as often as that",
    "Deaths, trips to Denmark, absconding, voluntary returns, sentences for breaches, and in "
    "stress tests arrests and travel in Kosovo: events are as many as the rate times the days of those "
    "whom it can happen to; the share of absconders found again is the scenario's.",
)
def rates_are_those_of_the_scenario(told: Sequence[Told]) -> Iterator[PValue]:
    """Test each number of events, over all replications."""
    found: dict[str, list[_Hazard]] = {}
    for one in told:
        for hazard in _hazards(one):
            found.setdefault(hazard.key, []).append(hazard)
    for key, parts in found.items():
        events = sum(part.events for part in parts)
        expected = sum(part.per_year * part.days for part in parts) / DAYS_PER_YEAR
        if events or expected:
            words = f"{key}: {events:,} events, {expected:,.1f} expected"
            yield PValue(poisson_p(events, expected), words)
    yield from _found_again(told)


def _hazards(told: Told) -> Iterator[_Hazard]:
    """Yield every hazard with its events and the days of those exposed."""
    scenario = told.scenario
    centre, kosovo = scenario.departure_centre, scenario.kosovo
    lives = told.until_horizon(told.spans(*Stay)) - told.spans(*Stay).begins
    died = int(np.sum(told.exit_of == Exit.DIED))
    yield _Hazard("arrivals.deaths_per_year", scenario.arrivals.deaths_per_year, died,
                  float(lives.sum()))  # fmt: skip
    yield _trips(told, scenario)
    residents = told.spans(Stay.DEPARTURE_CENTRE)
    went = _absconded(told, residents)
    leaver, willing = told.cohort.after.leaver, told.cohort.sentence.willing
    for kind, mine in (("leaver", leaver[residents.who]), ("stayer", ~leaver[residents.who])):
        rate = getattr(centre, f"{kind}_absconds_per_year")
        yield _hazard(told, f"departure_centre.{kind}_absconds_per_year", rate, residents[mine],
                      went[mine])  # fmt: skip
    # The willing leave when their papers come: of them a voluntary return does not say which.
    unwilling = ~willing[residents.who]
    home = _exits(told, residents, Exit.LEFT_VOLUNTARILY)
    yield _hazard(told, "departure_centre.leaves_voluntarily_per_year",
                  centre.leaves_voluntarily_per_year, residents[unwilling],
                  home[unwilling])  # fmt: skip
    breach = told.followed_by(residents, Stay.BREACH_IMPRISONMENT)
    yield _hazard(told, "departure_centre.breach_sentences_per_year",
                  centre.breach_sentences_per_year, residents, breach)  # fmt: skip
    loose = told.spans(Stay.KOSOVO_AT_LARGE)
    stopped = told.followed_by(loose, Stay.KOSOVO_DETENTION, Stay.KOSOVO_AT_LARGE)
    yield _hazard(told, "kosovo.stopped_per_year", kosovo.stopped_per_year, loose, stopped)
    onward = _exits(told, loose, Exit.ONWARD_TRAVEL)
    yield _hazard(told, "kosovo.onward_per_year", kosovo.onward_per_year, loose, onward)


def _hazard(told: Told, key: str, per_year: float, spans: Spans, happens: Truths) -> _Hazard:
    days = told.until_horizon(spans) - spans.begins
    return _Hazard(key, per_year, int(happens.sum()), float(days.sum()))


def _trips(told: Told, scenario: Scenario) -> _Hazard:
    """Trips from the rented prison; none any more once someone is due to go back to Denmark."""
    rented, sentence = scenario.rented_prison, told.cohort.sentence
    spans = told.spans(Stay.RENTED_PRISON)
    due = np.minimum(sentence.end - rented.return_before_end_days, told.cohort.service.drains)
    due = np.minimum(due, sentence.leaves)[spans.who]
    until = np.minimum(told.until_horizon(spans), due)
    days: Floats = np.maximum(until - spans.begins, 0.0)
    left = told.followed_by(spans, Stay.TEMPORARY_RETURN)
    return _Hazard("rented_prison.temporary_returns_per_year", rented.temporary_returns_per_year,
                   int(left.sum()), float(days.sum()))  # fmt: skip


def _exits(told: Told, spans: Spans, exit: Exit) -> Truths:
    """Tell which stays end with a way out."""
    found: Truths = (told.exit_of[spans.who] == exit) & (spans.ends == told.left[spans.who])
    return found


def _absconded(told: Told, residents: Spans) -> Truths:
    """Tell which stays in the centre end by absconding, for good or until found."""
    for_good = _exits(told, residents, Exit.ABSCONDED)
    return for_good | told.followed_by(residents, Stay.AT_LARGE)


def _found_again(told: Sequence[Told]) -> Iterator[PValue]:
    """Test the share of those who abscond from the centre that are found again."""
    absconds = found = 0
    for one in told:
        residents = one.spans(Stay.DEPARTURE_CENTRE)
        absconds += int(_absconded(one, residents).sum())
        found += int(one.followed_by(residents, Stay.AT_LARGE).sum())
    if absconds:
        share = told[0].scenario.departure_centre.found_again_share
        words = f"departure_centre.found_again_share: {found:,} of {absconds:,}, share {share:g}"
        yield PValue(binomial_p(found, absconds, share), words)
