"""Ranges over draws of what is shown: of a scenario, and of what it changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.doubt import one_way_share
from sim.analysis.paired import UnknownOutcome
from sim.results.choice import nearest
from sim.results.outcomes import OUTCOMES
from sim.show.facts.agreement import reference
from sim.show.facts.data import Floats, outcome
from sim.statistics.pairs import differences
from sim.statistics.ranges import Range, range_of

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.replications import Replications

#: What is known where there is no draw.
NOTHING = range_of(())


@dataclass(frozen=True)
class Change(Range):
    """What a scenario changes, over draws."""

    exact: bool
    """Whether it changes nothing in any draw."""
    one_way: float
    """Share of draws on the side of zero on which most lie; NaN if there is no draw."""


def outcome_range(r: Replications, name: str) -> Range:
    """Return the range of an outcome over draws (of replications that are none, over these)."""
    return range_of(outcome(r, name))


def difference_range(base: Replications, other: Replications, name: str) -> Change:
    """Return the range of what another scenario changes in an outcome, paired by draw."""
    return change_of(paired_differences(base, other, name))


def chance_range(r: Replications, name: str) -> Range:
    """Return the range of an outcome of a scenario by chance alone; nothing if it is not known."""
    return outcome_range(r.chance, name) if r.chance else NOTHING


def chance_difference_range(base: Replications, other: Replications, name: str) -> Range:
    """Return the range of what another scenario changes, by chance alone; nothing if not known."""
    if base.chance is None or other.chance is None:
        return NOTHING
    return difference_range(base.chance, other.chance, name)


def range_table(
    replications: Sequence[Replications], outcomes: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return the range of every outcome, and of its difference from the reference, over draws.

    Parameters
    ----------
    replications
        Scenarios as draws.
    outcomes
        Which outcomes; all by default.

    Returns
    -------
    DataFrame
        Columns: scenario, outcome, unit, quantity (value or difference), middle, low, high,
        chance_low, chance_high (over replications at the scenario's own values), draws.

    Raises
    ------
    UnknownOutcome
        If there is no such outcome.
    """
    import pandas as pd

    known = {one.name: one for one in OUTCOMES}
    chosen = list(known) if outcomes is None else [*outcomes]
    for name in chosen:
        if name not in known:
            there = ", ".join(known)
            raise UnknownOutcome(
                f"there is no outcome {name!r}; {nearest(name, known)}there are: {there}"
            )
    base = replications[reference(replications)]
    rows = []
    for r in replications:
        for name in chosen:
            about = (r.scenario.name, name, known[name].unit)
            rows.append((*about, "value", outcome_range(r, name), chance_range(r, name)))
            if r is not base:
                found = difference_range(base, r, name)
                by_chance = chance_difference_range(base, r, name)
                rows.append((*about, "difference", found, by_chance))
    return pd.DataFrame(
        [
            (*about, found.middle, found.low, found.high, alone.low, alone.high, found.number)
            for *about, found, alone in rows
        ],
        columns=[
            "scenario", "outcome", "unit", "quantity", "middle", "low", "high",
            "chance_low", "chance_high", "draws",
        ],
    )  # fmt: skip


def paired_differences(base: Replications, other: Replications, name: str) -> Floats:
    """Return what another scenario changes in an outcome, draw by draw; rounding is no change."""
    return differences(outcome(other, name), outcome(base, name))


def change_of(values: Floats) -> Change:
    """Return the range of differences, one a draw; NaN where there is none."""
    found = range_of(values)
    exact = found.number > 0 and not np.nan_to_num(values).any()
    one_way = one_way_share(values)
    return Change(found.middle, found.low, found.high, found.number, exact, one_way)
