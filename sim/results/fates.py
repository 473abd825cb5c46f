"""What has become of people some time after their sentence: one row each.

Concerns people expelled whose sentence ends in the observed period, be it by release or otherwise
(removal, transfer home, death). Who is not followed that long has no fate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.people.arrivals import GROUPS, THIRD_COUNTRY
from sim.results.persons import named
from sim.results.records import Floats, Integers
from sim.scenario.schema import DAYS_PER_YEAR
from sim.world.flow import HELD
from sim.world.stages import Exit, Stay

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.run import Run

#: Days after the sentence at which fates are looked at.
AFTER_DAYS = 2 * DAYS_PER_YEAR
#: What a fate is.
FATE = ("fate", "in_limbo", "limbo_days", "held_after_days", "held_days")
#: Days later that one looks, so that rounding does not hide what happens on that very instant.
_MOMENT = 1e-6


def fate_table(run: Run, after_days: float = AFTER_DAYS) -> pd.DataFrame:
    """Return the fate of all third-country nationals concerned.

    Parameters
    ----------
    run
        One replication.
    after_days
        Days after the sentence at which to look.

    Returns
    -------
    DataFrame
        Columns: person, group, origin, looked_at_days, rented_prison_days (served there), next
        (exit or stage right after the sentence), fate (exit, or stage people are in), in_limbo,
        limbo_days, held_after_days (since the sentence ended), held_days (in all, until then),
        sentence_to_serve_days (from judgment to end). Of people whose sentence ends less than
        `after_days` before the horizon, looked_at_days and all from fate on are missing.
    """
    import pandas as pd

    third = run.cohort.arrived.group == THIRD_COUNTRY
    index = np.flatnonzero(ends_observed(run) & third)
    ends = run.cohort.sentence.leaves
    seen = np.flatnonzero(follow_up(run, index) >= after_days)
    at = np.full(len(seen), float(after_days))
    arrived = run.cohort.arrived
    who = pd.DataFrame(
        {
            "person": arrived.person[index],
            "group": named(arrived.group[index], GROUPS),
            "origin": named(arrived.origin[index], list(run.scenario.origins)),
        }
    )
    fates = fate_at(run, index[seen], at).astype({"in_limbo": "boolean"})
    return who.assign(
        looked_at_days=pd.Series(at, seen),
        rented_prison_days=_served_abroad(run)[index],
        next=_where(run, index, ends + _MOMENT),
    ).join(fates.set_axis(seen))


def follow_up(run: Run, index: Integers) -> Floats:
    """Follow-up time after the sentence of people of the cohort, days up to the horizon."""
    days: Floats = run.scenario.horizon - run.cohort.sentence.leaves[index]
    return days


def ends_observed(run: Run) -> NDArray[np.bool_]:
    """Tell whose sentence ends in the observed period, of people expelled."""
    expelled = run.cohort.arrived.expelled
    ends: NDArray[np.bool_] = expelled & run.observed(run.cohort.sentence.leaves)
    return ends


def _served_abroad(run: Run) -> Floats:
    """Days of the sentence that each person spent in the rented prison."""
    stays = run.records.stays.of(Stay.RENTED_PRISON)
    days = stays.overlap(-np.inf, run.cohort.sentence.leaves[stays.index], run.scenario.horizon)
    return np.bincount(stays.index, days, run.cohort.size).astype(float)


def fate_at(run: Run, index: Integers, at: Floats) -> pd.DataFrame:
    """Say where people are some days after their sentence, and how long they were held by then.

    Parameters
    ----------
    run
        One replication.
    index
        Positions of n people in its cohort, each at most once.
    at
        Days after the sentence at which each is looked at, shape (n,).

    Returns
    -------
    DataFrame
        The columns of `FATE` and sentence_to_serve_days (judgment to end), one row a person.
    """
    import pandas as pd

    sentence = run.cohort.sentence
    ends = np.full(run.cohort.size, np.nan)
    ends[index] = sentence.leaves[index]
    look = np.full(run.cohort.size, -np.inf)
    look[index] = ends[index] + at
    limbo, horizon = run.records.limbo, run.scenario.horizon
    held = run.records.stays.of(*HELD)
    held = held[np.isfinite(ends)[held.index]]
    until = look[held.index]
    after = held.overlap(ends[held.index], until, horizon)
    in_all = held.overlap(-np.inf, until, horizon)
    in_limbo = _covers(limbo.start, limbo.end, look[limbo.index] + _MOMENT)
    limbo_days = limbo.overlap(ends[limbo.index], look[limbo.index], horizon)
    size = run.cohort.size

    def total(who: Integers, days: Floats) -> Floats:
        return np.bincount(who, np.nan_to_num(days), size)[index].astype(float)

    return pd.DataFrame(
        {
            "fate": _where(run, index, look + _MOMENT),
            "in_limbo": total(limbo.index, in_limbo.astype(float)) > 0,
            "limbo_days": total(limbo.index, limbo_days),
            "held_after_days": total(held.index, after),
            "held_days": total(held.index, in_all),
            "sentence_to_serve_days": (sentence.leaves - run.cohort.arrived.judgment)[index],
        }
    )


def _where(run: Run, index: Integers, look: Floats) -> NDArray[np.object_]:
    """Return the exit of those who have left by a day of their own, else the stage they are in.

    Of some people of the cohort; the day is that of each in the cohort.
    """
    stays, exits = run.records.stays, run.records.exits
    # Positions in the words: of stages, then of exits; first, that someone is not there yet.
    words = ["", *(run.about(stay).stage for stay in Stay), *(exit.name.lower() for exit in Exit)]
    found = np.zeros(run.cohort.size, np.int64)
    here = _covers(stays.start, stays.end, look[stays.index])
    found[stays.index[here]] = 1 + stays.code[here]
    left = exits.day <= look[exits.index]
    found[exits.index[left]] = 1 + len(Stay) + exits.code[left]
    return np.array(words, object)[found[index]]


def _covers(start: Floats, end: Floats, day: Floats) -> NDArray[np.bool_]:
    """Tell which spells cover a day each: begun on or before it, not ended by then."""
    covers: NDArray[np.bool_] = (start <= day) & ~(end <= day)
    return covers
