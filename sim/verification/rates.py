"""What happens at a rate, for as long as people are where it can happen, and what recurs.

Events less rate times the days of all who were exposed have mean zero whatever else ends those days
(a counting process and its compensator: Andersen, Borgan, Gill and Keiding 1993, ch. II); with
many events their number is Poisson about that product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from sim.numbers import grouped, plain
from sim.scenario.base import Step
from sim.scenario.removal import DepartureCentre, Staying
from sim.scenario.schema import DAYS_PER_YEAR, Scenario
from sim.verification.check import PValue, chance
from sim.verification.drawn import waiting
from sim.verification.duties import UNDER_DUTIES, without_trace
from sim.verification.laws import Law, atom, binomial_p, kolmogorov_smirnov, law_of, poisson_p
from sim.verification.told import Floats, Spans, Told, Truths
from sim.world.stages import Exit, Stay


class _Hazard(NamedTuple):
    """Something that comes at a rate."""

    key: str
    events: int
    expected: float


@chance(
    "theory",
    "What comes at a rate comes as often as that",
    "Deaths, trips home, absconding, voluntary returns, expulsions lifted, sentences for breaches, "
    "cases closed, and in stress tests arrests and travel in the host state: events are as many as "
    "the rate times the days of those whom it can happen to; the share found again is the "
    "scenario's.",
)
def rates_are_those_of_the_scenario(told: Sequence[Told]) -> Iterator[PValue]:
    """Test each number of events, over all replications."""
    found: dict[str, list[_Hazard]] = {}
    for one in told:
        for hazard in _hazards(one):
            found.setdefault(hazard.key, []).append(hazard)
    for key, parts in found.items():
        events = sum(part.events for part in parts)
        expected = sum(part.expected for part in parts)
        if events or expected:
            words = f"{key}: {grouped(events)} events, {grouped(expected, 1)} expected"
            yield PValue(poisson_p(events, expected), words)
    yield from _found_again(told)


def _hazards(told: Told) -> Iterator[_Hazard]:
    """Yield every hazard with its events and the days of those exposed."""
    scenario = told.scenario
    lives = told.spans(*Stay)
    days = float(np.sum(told.until_horizon(lives) - lives.begins))
    died = int(np.sum(told.exit_of == Exit.DIED))
    expected = scenario.arrivals.deaths_per_year * days / DAYS_PER_YEAR
    yield _Hazard("arrivals.deaths_per_year", died, expected)
    yield _trips(told, scenario)
    if scenario.departure_centre is not None:
        yield from _of_the_centre(told, scenario.departure_centre)
    if scenario.staying is not None:
        yield from _of_staying(told, scenario.staying)


def _of_the_centre(told: Told, centre: DepartureCentre) -> Iterator[_Hazard]:
    """Yield the hazards of those under duties, in the centre or elsewhere."""
    residents = told.spans(*UNDER_DUTIES)
    went = told.followed_by(residents, Stay.AT_LARGE)
    tolerated, willing = told.cohort.after.tolerated, told.cohort.sentence.willing
    tagged, factor = told.cohort.after.tagged, centre.tag.absconds_factor if centre.tag else 1.0
    for kind, mine in (("tolerated_", tolerated), ("", ~tolerated)):
        key = f"{kind}absconds_per_year"
        for so, times in ((mine & ~tagged, 1.0), (mine & tagged, factor)):
            among, rate = so[residents.who], times * getattr(centre, key)
            yield _hazard(told, f"departure_centre.{key}", rate, residents[among], went[among])
    # The willing leave when their papers come: of them a voluntary return does not say which.
    unwilling = ~willing[residents.who]
    home = _exits(told, residents, Exit.LEFT_VOLUNTARILY)
    yield _hazard(told, "departure_centre.leaves_voluntarily_per_year",
                  centre.leaves_voluntarily_per_year, residents[unwilling],
                  home[unwilling])  # fmt: skip
    lifted = _exits(told, residents, Exit.ORDER_LIFTED)
    yield _hazard(told, "departure_centre.order_lifted_per_year", centre.order_lifted_per_year,
                  residents, lifted)  # fmt: skip
    breach = told.followed_by(residents, Stay.BREACH_IMPRISONMENT)
    yield _hazard(told, "departure_centre.breach_sentences_per_year",
                  centre.breach_sentences_per_year, residents, breach)  # fmt: skip
    gone, found = without_trace(told)
    gone = gone[~found]
    closed = int(_exits(told, gone, Exit.ABSCONDED).sum())
    due = _added_up(told, centre.cases_closed_per_year, told.until_horizon(gone))
    due -= _added_up(told, centre.cases_closed_per_year, gone.begins)
    yield _Hazard("departure_centre.cases_closed_per_year", closed, float(due.sum()))


def _added_up(told: Told, steps: Sequence[Step], days: Floats) -> Floats:
    """Return what a dated rate adds up to from the start until each day."""
    rate = told.steps(steps)
    edges = np.append(rate.days, told.horizon)
    edges[0] = 0.0
    upto = np.append(0.0, np.cumsum(np.diff(edges) * rate.values))
    found: Floats = np.interp(days, edges, upto) / DAYS_PER_YEAR
    return found


def _of_staying(told: Told, staying: Staying) -> Iterator[_Hazard]:
    """Yield the hazards of those who stay in the host state without documents."""
    loose = told.spans(Stay.HOST_AT_LARGE)
    stopped = told.followed_by(loose, Stay.HOST_DETENTION, Stay.HOST_AT_LARGE)
    yield _hazard(told, "staying.stopped_per_year", staying.stopped_per_year, loose, stopped)
    onward = _exits(told, loose, Exit.ONWARD_TRAVEL)
    yield _hazard(told, "staying.onward_per_year", staying.onward_per_year, loose, onward)


def _hazard(told: Told, key: str, per_year: float, spans: Spans, happens: Truths) -> _Hazard:
    days = told.until_horizon(spans) - spans.begins
    return _Hazard(key, int(happens.sum()), per_year * float(days.sum()) / DAYS_PER_YEAR)


def _trips(told: Told, scenario: Scenario) -> _Hazard:
    """Trips from the rented prison; none any more once someone is due to go back."""
    rented, spans = scenario.rented_prison, told.spans(Stay.RENTED_PRISON)
    until = np.minimum(told.until_horizon(spans), _due(told)[spans.who])
    days: Floats = np.maximum(until - spans.begins, 0.0)
    left = told.followed_by(spans, Stay.TEMPORARY_RETURN)
    expected = rented.temporary_returns_per_year * float(days.sum()) / DAYS_PER_YEAR
    return _Hazard("rented_prison.temporary_returns_per_year", int(left.sum()), expected)


def _due(told: Told) -> Floats:
    """Return the day on which each person is due to leave the rented prison, or has to."""
    sentence = told.cohort.sentence
    back = sentence.end - told.scenario.rented_prison.return_before_end_days
    return np.minimum(np.minimum(back, sentence.leaves), told.cohort.service.drains)


def _exits(told: Told, spans: Spans, exit: Exit) -> Truths:
    """Tell which stays end with a way out."""
    found: Truths = (told.exit_of[spans.who] == exit) & (spans.ends == told.left[spans.who])
    return found


def _found_again(told: Sequence[Told]) -> Iterator[PValue]:
    """Test the share of those with unknown whereabouts that are found again."""
    centre = told[0].scenario.departure_centre
    luck = np.concatenate([without_trace(one)[1] for one in told])
    if len(luck) and centre is not None:
        share = centre.found_again_share
        words = (
            f"departure_centre.found_again_share: {grouped(luck.sum())} of {grouped(len(luck))}, "
            f"share {plain(share)}"
        )
        yield PValue(binomial_p(int(luck.sum()), len(luck), share), words)


# ---------------------------------------------------------------- stays that recur

#: Stays are followed until the day by which this share of them has ended.
_FOLLOWED = 0.95


@chance(
    "theory",
    "Stays that recur last as long as the scenario says",
    "Trips back, sentences for breaches, time at large, and in stress tests detention in the host "
    "state, as far as each could be followed (Kolmogorov and Smirnov).",
    otherwise="no such stay could be followed for long enough",
)
def repeated_stays_follow_their_laws(told: Sequence[Told]) -> Iterator[PValue]:
    """Test lengths among the stays of which the end of what can be seen was known beforehand."""
    scenario = told[0].scenario
    for key, law, spans in _recurring(scenario):
        mine = [spans(one) for one in told]
        if not any(map(len, mine)):
            continue
        if key != _TRIPS:  # who dies on a trip has a sentence that ends
            law = law.or_if_less(waiting(scenario.arrivals.deaths_per_year))
        followed = float(law.ppf(np.array([_FOLLOWED]))[0])
        days = np.concatenate(
            [_lengths(one, of, followed, trips=key == _TRIPS)
             for one, of in zip(told, mine, strict=True)]
        )  # fmt: skip
        if len(days):
            words = f"{key}, {grouped(len(days))} stays followed for {grouped(followed)} days"
            yield PValue(kolmogorov_smirnov(days, law.cut_off(followed).cdf), words)


_TRIPS = "rented_prison.temporary_return_days"


def _recurring(scenario: Scenario) -> Iterator[tuple[str, Law, Callable[[Told], Spans]]]:
    """Yield each kind of stay that recurs: its key, its law and where to find it."""
    trips = law_of(scenario.rented_prison.temporary_return_days)
    yield _TRIPS, trips, lambda told: told.spans(Stay.TEMPORARY_RETURN)
    if (centre := scenario.departure_centre) is not None:
        served = law_of(centre.breach_sentence_days)
        for factor in sorted({step.value for step in centre.breach_sentence_factor}):
            key = f"departure_centre.breach_sentence_days (times {plain(factor)})"
            law = served.times(factor) if factor else atom(0.0)
            yield key, law, partial(_breaches, factor=factor, steps=centre.breach_sentence_factor)
        yield "departure_centre.at_large_days", law_of(centre.at_large_days), _found
    if (staying := scenario.staying) is not None:
        detained = law_of(staying.detention_days).or_if_less(atom(staying.detention_limit_days))
        yield "staying.detention_days", detained, lambda told: told.spans(Stay.HOST_DETENTION)


def _breaches(told: Told, factor: float, steps: Sequence[Step]) -> Spans:
    """Return the sentences for breaches that a dated factor makes longer or shorter."""
    served = told.spans(Stay.BREACH_IMPRISONMENT)
    return served[told.steps(steps).at(served.begins) == factor]


def _found(told: Told) -> Spans:
    """Return the times with whereabouts unknown that end by being found."""
    gone, found = without_trace(told)
    return gone[found]


def _lengths(told: Told, spans: Spans, followed: float, *, trips: bool) -> Floats:
    """Return the lengths, up to a limit, of stays that could have been seen for as long as that."""
    seen_until = np.full(len(spans), told.horizon)
    if trips:
        seen_until = np.minimum(seen_until, _due(told)[spans.who])
    spans = spans[seen_until - spans.begins >= followed]
    return np.minimum(spans.ends - spans.begins, followed)
