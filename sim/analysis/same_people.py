"""Finding the same people in two runs, and what became of them some days after their sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.people.arrivals import DANISH_DUAL, GROUPS
from sim.results.run import Run
from sim.world.stages import STAYS, Exit, Stay

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.records import Floats, Integers

#: Days later that one looks, so that rounding does not hide what happens on that very instant.
_MOMENT = 1e-6


@dataclass(frozen=True, eq=False)
class Matched:
    """People of two runs, by number: those compared, and those who cannot be."""

    before: Integers
    after: Integers
    """Positions of the same people in the two cohorts, by number."""
    only_before: tuple[int, ...]
    only_after: tuple[int, ...]
    ends_only_before: tuple[int, ...]
    ends_only_after: tuple[int, ...]
    someone_else: tuple[int, ...]


def match(reference: Run, run: Run) -> Matched:
    """Find people by number, expelled, whose sentence ends in the observed period of both worlds.

    Parameters
    ----------
    reference, run
        Two runs of the same seed and replication; this is not checked.
    """
    a, b = reference.cohort.arrived.person, run.cohort.arrived.person
    ends_a, ends_b = a[_ends(reference)], b[_ends(run)]
    both = np.intersect1d(ends_a, ends_b)
    before, after = _positions(a, both), _positions(b, both)
    same = _who(reference, before) == _who(run, after)
    return Matched(
        before[same],
        after[same],
        only_before=_numbers(np.setdiff1d(ends_a, b)),
        only_after=_numbers(np.setdiff1d(ends_b, a)),
        ends_only_before=_numbers(np.setdiff1d(np.intersect1d(ends_a, b), ends_b)),
        ends_only_after=_numbers(np.setdiff1d(np.intersect1d(ends_b, a), ends_a)),
        someone_else=_numbers(both[~same]),
    )


def _ends(run: Run) -> NDArray[np.bool_]:
    """Tell whose sentence ends in the observed period, of people expelled."""
    expelled = run.cohort.arrived.group != DANISH_DUAL
    ends: NDArray[np.bool_] = expelled & run.observed(run.cohort.sentence.leaves)
    return ends


def _who(run: Run, index: Integers) -> NDArray[np.str_]:
    """Return what a person is, whatever the scenario: group and origin, by name."""
    arrived = run.cohort.arrived
    group = np.array(GROUPS)[arrived.group[index]]
    origin = np.array(list(run.scenario.origins))[arrived.origin[index]]
    return np.char.add(np.char.add(group, "/"), origin)


def _positions(person: Integers, wanted: Integers) -> Integers:
    order = np.argsort(person, kind="stable")
    found: Integers = order[np.searchsorted(person[order], wanted)]
    return found


def _numbers(person: Integers) -> tuple[int, ...]:
    return tuple(person.tolist())


# ---------------------------------------------------------------------- what becomes of them


def known_for(run: Run, index: Integers) -> Floats:
    """Days after the sentence that a world knows of each person."""
    known: Floats = run.scenario.horizon - run.cohort.sentence.leaves[index]
    return known


def people(reference: Run, run: Run, matched: Matched, at: Floats) -> pd.DataFrame:
    """Return the table of `Fates.people`.

    Parameters
    ----------
    reference, run
        The two worlds.
    matched
        Who is compared, n people.
    at
        Days after the sentence at which each is looked at, shape (n,), known in both worlds.
    """
    import pandas as pd

    before, after = matched.before, matched.after
    who = reference.people.iloc[before][["person", "group", "origin"]].reset_index(drop=True)
    found, base = _fate(run, after, at), _fate(reference, before, at)
    table = pd.concat(
        [who, found, base.rename(columns=lambda name: f"{name}_reference")],
        axis=1,
    )
    sentences = _length(run, after) - _length(reference, before)
    table.insert(3, "looked_at_days", at)
    table.insert(4, "sentence_end_change_days", sentences)
    return table.assign(held_change_days=table["held_days"] - table["held_days_reference"])


def _length(run: Run, index: Integers) -> Floats:
    """Days from the judgment to the end of the sentence."""
    days: Floats = run.cohort.sentence.leaves[index] - run.cohort.arrived.judgment[index]
    return days


def _fate(run: Run, index: Integers, at: Floats) -> pd.DataFrame:
    """Say where people are some days after their sentence, and how long they were held by then."""
    import pandas as pd

    ends = np.full(run.cohort.size, np.nan)
    ends[index] = run.cohort.sentence.leaves[index]
    look = np.full(run.cohort.size, -np.inf)
    look[index] = ends[index] + at
    stays, limbo, horizon = run.records.stays, run.records.limbo, run.scenario.horizon
    held = np.array([STAYS[stay].held for stay in Stay])[stays.code]
    until = look[stays.index]
    after = held * stays.overlap(ends[stays.index], until, horizon)
    in_all = held * stays.overlap(-np.inf, until, horizon)
    in_limbo = _covers(limbo.start, limbo.end, look[limbo.index] + _MOMENT)
    limbo_days = limbo.overlap(ends[limbo.index], look[limbo.index], horizon)
    size = run.cohort.size

    def total(who: Integers, days: Floats) -> Floats:
        return np.bincount(who, np.nan_to_num(days), size)[index].astype(float)

    return pd.DataFrame(
        {
            "fate": _where(run, look + _MOMENT)[index],
            "in_limbo": total(limbo.index, in_limbo.astype(float)) > 0,
            "limbo_days": total(limbo.index, limbo_days),
            "held_after_days": total(stays.index, after),
            "held_days": total(stays.index, in_all),
        }
    )


def _where(run: Run, look: Floats) -> NDArray[np.object_]:
    """Return the exit of those who have left by a day of their own, else the stage they are in."""
    stays, exits = run.records.stays, run.records.exits
    found = np.full(run.cohort.size, "", object)
    here = _covers(stays.start, stays.end, look[stays.index])
    stages = np.array([run.about(stay).stage for stay in Stay], object)
    found[stays.index[here]] = stages[stays.code[here]]
    left = exits.day <= look[exits.index]
    found[exits.index[left]] = np.array([exit.name.lower() for exit in Exit], object)[
        exits.code[left]
    ]
    return found


def _covers(start: Floats, end: Floats, day: Floats) -> NDArray[np.bool_]:
    """Tell which spells cover a day each: begun on or before it, not ended by then."""
    covers: NDArray[np.bool_] = (start <= day) & ~(end <= day)
    return covers
