"""What a run has to say to a published figure: one number, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.people.arrivals import GROUPS
from sim.people.sentence import PRISON
from sim.people.transfer import SUITABLE, stock_eligible
from sim.results import count
from sim.results.basis import fixed
from sim.results.costs import of_agreement
from sim.results.once import once
from sim.results.published.file import covers
from sim.results.published.vocabulary import (
    EXITS,
    STAGES,
    AgreementCost,
    Assessed,
    Duration,
    Elapsed,
    Eligible,
    Figure,
    Flights,
    Judgments,
    Left,
    Moves,
    Officers,
    Places,
    Plain,
    Prisoners,
    Ratio,
    SentenceDays,
    Stock,
    When,
    Whom,
)
from sim.results.reasons import assessed
from sim.results.records import among
from sim.scenario.base import Period
from sim.scenario.dated import on_steps
from sim.world.flow import IN_HOME_PRISONS
from sim.world.stages import Stay

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.records import Floats, Spells
    from sim.results.run import Run

Flags = NDArray[np.bool_]
NOTHING = float("nan")


def published(run: Run, figures: Sequence[Figure]) -> pd.DataFrame:
    """Measure some figures in a run.

    Returns
    -------
    DataFrame
        Columns: figure (its key), value (in the figure's unit; missing where the run does not
        simulate the figure's days, or where there is nobody to take it of).
    """
    import pandas as pd

    values = [measure(run, figure) for figure in figures]
    return pd.DataFrame({"figure": [figure.key for figure in figures], "value": values})


def measure(run: Run, figure: Figure) -> float:
    """Measure one figure in a run; NaN where it does not exist."""
    if not covers(run.scenario, figure):
        return NOTHING
    what = figure.measure
    if isinstance(what, Ratio):
        return _over(_measured(run, what.of), _measured(run, what.to))
    return _measured(run, what)


def _measured(run: Run, what: Plain) -> float:
    """Measure something whose days the run simulates."""
    match what:
        case Stock():
            return _stock(run, what)
        case Elapsed():
            return _elapsed(run, what)
        case Duration():
            return _duration(run, what)
        case Moves():
            return _moves(run, what)
        case Judgments():
            return _rate(run, float(_judged(run, what).sum()), what, what.per_year)
        case SentenceDays():
            sentence, judged = run.cohort.sentence, _judged(run, what)
            return float(sentence.length[judged & (sentence.kind == PRISON)].sum())
        case Left():
            return _left(run, what)
        case Eligible():
            day, cohort = run.scenario.day(what.at), run.cohort
            people = (cohort.arrived, cohort.sentence, day, what.least_remaining_days)
            found = stock_eligible(run.scenario, *people, cohort.eligibility.excluded)
            return float(found)
        case Assessed():
            return _assessed(run, what)
        case Flights():
            return float(_within(run, run.flights, what).sum())
        case AgreementCost():
            cost = of_agreement(run, *_bounds(run, what))
            return NOTHING if cost is None else cost
        case Prisoners():
            return _prisoners(run, what)
        case Places(facility="rented_prison"):
            return _rented_places(run, what)
        case Places():
            return _on_steps(run, getattr(run.scenario, what.facility).places, what)
        case Officers():
            return _on_steps(run, run.scenario.home_prisons.officers, what)


# ---------------------------------------------------------------- the kinds of measure


def _stock(run: Run, what: Stock) -> float:
    spells = _of_members(run, run.records.stays.of(*_stays(what.stages)), what)
    if what.final_for_days is not None:
        ends = np.where(np.isnan(spells.end), np.inf, spells.end)
        counts_from = run.cohort.sentence.final[spells.index] + what.final_for_days
        spells = replace(spells, start=np.clip(counts_from, spells.start, ends))
    return _people(run, spells, what)


def _assessed(run: Run, what: Assessed) -> float:
    who = assessed(run, run.scenario.day(what.at)) & _members(run, what)
    if what.unsuitable is not None:
        who &= (run.cohort.eligibility.unsuitable != SUITABLE) == what.unsuitable
    return float(who.sum())


def _people(run: Run, spells: Spells, when: When) -> float:
    """Count people in some spells on a day, or as a mean over a period."""
    if when.at is not None:
        day = run.scenario.day(when.at)
        return float(np.count_nonzero((spells.start <= day) & ~(spells.end <= day)))
    begins, ends = _bounds(run, when)
    return float(spells.overlap(begins, ends, run.scenario.horizon).sum()) / (ends - begins)


def _elapsed(run: Run, what: Elapsed) -> float:
    spells = _of_members(run, run.records.stays.joined(*_stays(what.stages)), what)
    day = run.scenario.day(what.at)
    inside = (spells.start <= day) & ~(spells.end <= day)
    return _summary(day - spells.start[inside], what.quantile)


def _duration(run: Run, what: Duration) -> float:
    spells = _of_members(run, run.records.stays.joined(*_stays(what.stages)), what)
    ended = _within(run, spells.end, what)
    return _summary((spells.end - spells.start)[ended], what.quantile)


def _moves(run: Run, what: Moves) -> float:
    """Count stages entered, and exits taken, by those who come from the right place."""
    stays, exits, members = run.records.stays, run.records.exits, _members(run, what)
    into = [STAGES[name] for name in what.into if name in STAGES]
    by = [EXITS[name] for name in what.into if name in EXITS]
    entered = stays.places(*into)
    entered = entered[_within(run, stays.start[entered], what)]
    entered = entered[members[stays.index[entered]]]
    left = np.flatnonzero(among(exits.code, by) & _within(run, exits.day, what))
    left = left[members[exits.index[left]]]
    if what.out_of is None:
        return _rate(run, float(len(entered) + len(left)), what, what.per_year)
    sources = _stays(what.out_of)
    # The stay before someone's first one is another's, and none that they come from.
    own = stays.index[entered - 1] == stays.index[entered]
    came = own & (entered > 0) & among(stays.code[entered - 1], sources)
    number = came.sum() + among(exits.from_stay[left], sources).sum()
    return _rate(run, float(number), what, what.per_year)


def _left(run: Run, what: Left) -> float:
    judged, exits = _judged(run, what), run.records.exits
    gone = np.zeros(len(judged), bool)
    counts = among(exits.code, [EXITS[name] for name in what.exits])
    gone[exits.index] = counts & (exits.day < run.scenario.day(what.seen))
    return _over(float((gone & judged).sum()), float(judged.sum()))


def _prisoners(run: Run, when: Prisoners) -> float:
    others = run.scenario.home_prisons.other_prisoners
    inside = run.records.stays.of(*IN_HOME_PRISONS)
    called_up = run.scenario.home_prisons.freed_places_filled_share * _people(
        run, run.freeing_places, when
    )
    return _people(run, inside, when) + _on_steps(run, others, when) + called_up


def _rented_places(run: Run, when: When) -> float:
    """Return the places in use of the rented prison on a day, or their mean over a period."""
    if when.at is not None:
        return float(run.rented_places(np.array([run.scenario.day(when.at)]))[0])
    begins, ends = _bounds(run, when)
    return run.rented_place_days(begins, ends) / (ends - begins)


def _on_steps(run: Run, steps: tuple, when: When) -> float:  # type: ignore[type-arg]
    """Return dated steps on a day, or their mean over a period."""
    if when.at is not None:
        return float(on_steps(run.scenario, steps, np.array([run.scenario.day(when.at)]))[0])
    return count.mean_on_steps(run.scenario, steps, *_bounds(run, when))


# ---------------------------------------------------------------- whom and when


def _of_members(run: Run, spells: Spells, what: Whom) -> Spells:
    """Return the spells of those who are meant."""
    whom = _whom(what)
    return spells if whom == Whom() else spells[_meant(run, whom)[spells.index]]


def _members(run: Run, what: Whom) -> Flags:
    """Tell of everyone in the cohort whether they are meant."""
    return _meant(run, _whom(what))


def _whom(what: Whom) -> Whom:
    """Return whom a measure is about, and nothing else of it."""
    return Whom.model_construct(**{name: getattr(what, name) for name in Whom.model_fields})


@once
def _meant(run: Run, whom: Whom) -> Flags:
    """Tell of everyone in the cohort whether they are meant."""
    arrived, sentence, day = run.cohort.arrived, run.cohort.sentence, run.scenario.day
    meant = np.ones(run.cohort.size, bool)
    if whom.group is not None:
        meant &= arrived.group == GROUPS.index(whom.group)
    if whom.origin is not None:
        meant &= arrived.origin == list(run.scenario.origins).index(whom.origin)
    if whom.sex is not None:
        meant &= arrived.woman == (whom.sex == "woman")
    if whom.judged_from is not None:
        meant &= arrived.judgment >= day(whom.judged_from)
    if whom.judged_until is not None:
        meant &= arrived.judgment < day(whom.judged_until)
    if whom.sentence_at_least_days is not None:
        meant &= sentence.length >= whom.sentence_at_least_days
    if whom.sentence_below_days is not None:
        meant &= sentence.length < whom.sentence_below_days
    if whom.own_wish is not None:
        meant &= run.cohort.eligibility.own_wish == whom.own_wish
    if whom.tolerated is not None:
        meant &= run.cohort.after.tolerated == whom.tolerated
    if whom.terror_or_war_crime is not None:
        meant &= sentence.terror == whom.terror_or_war_crime
    return fixed(meant)


def _judged(run: Run, what: Judgments | SentenceDays | Left) -> Flags:
    """Tell of everyone whether they are meant, and judged in the period."""
    return _members(run, what) & _within(run, run.cohort.arrived.judgment, what)


def _within(run: Run, days: Floats, period: Period) -> Flags:
    begins, ends = run.scenario.day(period.from_), run.scenario.day(period.until)
    return (days >= begins) & (days < ends)


def _bounds(run: Run, when: When | Period) -> tuple[float, float]:
    assert when.from_ is not None  # the vocabulary has seen to both
    assert when.until is not None
    return run.scenario.day(when.from_), run.scenario.day(when.until)


def _stays(names: Sequence[str]) -> list[Stay]:
    return [STAGES[name] for name in names]


# ---------------------------------------------------------------- numbers


def _rate(run: Run, number: float, period: Period, per_year: bool) -> float:
    if not per_year:
        return number
    days = np.array([run.scenario.day(period.from_), run.scenario.day(period.until)])
    begins, ends = count.calendar_years(run.scenario, days)
    return _over(number, float(ends - begins))


def _summary(days: Floats, quantile: float | None) -> float:
    if not len(days):
        return NOTHING
    return float(days.mean() if quantile is None else np.quantile(days, quantile))


def _over(of: float, to: float) -> float:
    return of / to if to else NOTHING
