"""Finding the same people in two runs, and what became of them some days after their sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.people.arrivals import GROUPS
from sim.results.fates import FATE, ends_observed, fate_at
from sim.results.run import Run

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.records import Floats, Integers


def calendar(run: Run) -> str:
    """Say which period is simulated and which observed: people are the same if both are."""
    time = run.scenario.time
    return (
        f"simulated from {time.start} until {time.end}, observed from {time.observe_from} until "
        f"{time.observe_until}"
    )


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

    def only(self, chosen: NDArray[np.bool_]) -> Matched:
        """Keep some of those compared."""
        return replace(self, before=self.before[chosen], after=self.after[chosen])


def match(reference: Run, run: Run) -> Matched:
    """Find people by number, expelled, whose sentence ends in the observed period of both worlds.

    Parameters
    ----------
    reference, run
        Two runs of the same seed and replication; this is not checked.
    """
    a, b = reference.cohort.arrived.person, run.cohort.arrived.person
    ends_a, ends_b = a[ends_observed(reference)], b[ends_observed(run)]
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
    before, after = matched.before, matched.after
    who = reference.people.iloc[before][["person", "group", "origin"]].reset_index(drop=True)
    found, base = fate_at(run, after, at), fate_at(reference, before, at)
    return joined(who.assign(looked_at_days=at), base, found)


def joined(who: pd.DataFrame, base: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Lay fates in two worlds beside each other, row by row, with what changes."""
    import pandas as pd

    table = pd.concat(
        [who, found[list(FATE)], base[list(FATE)].rename(columns=lambda name: f"{name}_reference")],
        axis=1,
    )
    sentences = found["sentence_to_serve_days"] - base["sentence_to_serve_days"]
    table.insert(4, "sentence_end_change_days", sentences)
    return table.assign(held_change_days=table["held_days"] - table["held_days_reference"])
