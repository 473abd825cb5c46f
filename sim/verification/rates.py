"""What happens at a rate, for as long as people are where it can happen, and what recurs.

Events less rate times the days of all who were exposed have mean zero whatever else ends those days
(a counting process and its compensator: Andersen, Borgan, Gill and Keiding 1993, ch. II); with
many events their number is Poisson about that product.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from sim.numbers import grouped, plain
from sim.scenario.removal import DepartureCentre, Staying
from sim.scenario.schema import DAYS_PER_YEAR, Scenario
from sim.verification.check import PValue, chance
from sim.verification.drawn import waiting
from sim.verification.laws import Law, atom, binomial_p, kolmogorov_smirnov, law_of, poisson_p
from sim.verification.told import Floats, Spans, Told, Truths
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
    "Deaths, trips home, absconding, voluntary returns, sentences for breaches, and in stress "
    "tests arrests and travel in the host state: events are as many as the rate times the days of "
    "those whom it can happen to; the share of absconders found again is the scenario's.",
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
            words = f"{key}: {grouped(events)} events, {grouped(expected, 1)} expected"
            yield PValue(poisson_p(events, expected), words)
    yield from _found_again(told)


def _hazards(told: Told) -> Iterator[_Hazard]:
    """Yield every hazard with its events and the days of those exposed."""
    scenario = told.scenario
    lives = told.until_horizon(told.spans(*Stay)) - told.spans(*Stay).begins
    died = int(np.sum(told.exit_of == Exit.DIED))
    yield _Hazard("arrivals.deaths_per_year", scenario.arrivals.deaths_per_year, died,
                  float(lives.sum()))  # fmt: skip
    yield _trips(told, scenario)
    if scenario.departure_centre is not None:
        yield from _of_the_centre(told, scenario.departure_centre)
    if scenario.staying is not None:
        yield from _of_staying(told, scenario.staying)


def _of_the_centre(told: Told, centre: DepartureCentre) -> Iterator[_Hazard]:
    """Yield the hazards of those who live in the departure centre."""
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


def _of_staying(told: Told, staying: Staying) -> Iterator[_Hazard]:
    """Yield the hazards of those who stay in the host state without documents."""
    loose = told.spans(Stay.HOST_AT_LARGE)
    stopped = told.followed_by(loose, Stay.HOST_DETENTION, Stay.HOST_AT_LARGE)
    yield _hazard(told, "staying.stopped_per_year", staying.stopped_per_year, loose, stopped)
    onward = _exits(told, loose, Exit.ONWARD_TRAVEL)
    yield _hazard(told, "staying.onward_per_year", staying.onward_per_year, loose, onward)


def _hazard(told: Told, key: str, per_year: float, spans: Spans, happens: Truths) -> _Hazard:
    days = told.until_horizon(spans) - spans.begins
    return _Hazard(key, per_year, int(happens.sum()), float(days.sum()))


def _trips(told: Told, scenario: Scenario) -> _Hazard:
    """Trips from the rented prison; none any more once someone is due to go back."""
    rented, spans = scenario.rented_prison, told.spans(Stay.RENTED_PRISON)
    until = np.minimum(told.until_horizon(spans), _due(told)[spans.who])
    days: Floats = np.maximum(until - spans.begins, 0.0)
    left = told.followed_by(spans, Stay.TEMPORARY_RETURN)
    return _Hazard("rented_prison.temporary_returns_per_year", rented.temporary_returns_per_year,
                   int(left.sum()), float(days.sum()))  # fmt: skip


def _due(told: Told) -> Floats:
    """Return the day on which each person is due to leave the rented prison, or has to."""
    sentence = told.cohort.sentence
    back = sentence.end - told.scenario.rented_prison.return_before_end_days
    return np.minimum(np.minimum(back, sentence.leaves), told.cohort.service.drains)


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
    centre = told[0].scenario.departure_centre
    absconds = found = 0
    for one in told:
        residents = one.spans(Stay.DEPARTURE_CENTRE)
        absconds += int(_absconded(one, residents).sum())
        found += int(one.followed_by(residents, Stay.AT_LARGE).sum())
    if absconds and centre is not None:
        share = centre.found_again_share
        words = (
            f"departure_centre.found_again_share: {grouped(found)} of {grouped(absconds)}, share "
            f"{plain(share)}"
        )
        yield PValue(binomial_p(found, absconds, share), words)


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
    for key, stay, law in _recurring(scenario):
        if stay != Stay.TEMPORARY_RETURN:  # who dies on a trip has a sentence that ends
            law = law.or_if_less(waiting(scenario.arrivals.deaths_per_year))
        followed = float(law.ppf(np.array([_FOLLOWED]))[0])
        days = np.concatenate([_lengths(one, stay, followed) for one in told])
        if len(days):
            words = f"{key}, {grouped(len(days))} stays followed for {grouped(followed)} days"
            yield PValue(kolmogorov_smirnov(days, law.cut_off(followed).cdf), words)


def _recurring(scenario: Scenario) -> Iterator[tuple[str, Stay, Law]]:
    """Yield each kind of stay that recurs, with its key and its law."""
    yield ("rented_prison.temporary_return_days", Stay.TEMPORARY_RETURN,
           law_of(scenario.rented_prison.temporary_return_days))  # fmt: skip
    if (centre := scenario.departure_centre) is not None:
        yield ("departure_centre.breach_sentence_days", Stay.BREACH_IMPRISONMENT,
               law_of(centre.breach_sentence_days))  # fmt: skip
        yield "departure_centre.at_large_days", Stay.AT_LARGE, law_of(centre.at_large_days)
    if (staying := scenario.staying) is not None:
        detained = law_of(staying.detention_days).or_if_less(atom(staying.detention_limit_days))
        yield "staying.detention_days", Stay.HOST_DETENTION, detained


def _lengths(told: Told, stay: Stay, followed: float) -> Floats:
    """Return the lengths, up to a limit, of stays that could have been seen for as long as that."""
    spans = told.spans(stay)
    seen_until = np.full(len(spans), told.horizon)
    if stay == Stay.TEMPORARY_RETURN:
        seen_until = np.minimum(seen_until, _due(told)[spans.who])
    spans = spans[seen_until - spans.begins >= followed]
    return np.minimum(spans.ends - spans.begins, followed)
