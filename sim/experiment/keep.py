"""What can be kept of a replication: tables by name, and what their rows are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.results.fates import fate_table

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.run import Run


@dataclass(frozen=True)
class Kept:
    """A table that can be kept of each replication."""

    of: Callable[[Run], pd.DataFrame]
    row: str
    """What one row is."""


def _outcomes(run: Run) -> pd.DataFrame:
    import pandas as pd

    from sim.results.outcomes import OUTCOMES, outcomes

    values = outcomes(run)
    return pd.DataFrame(
        {
            "outcome": [outcome.name for outcome in OUTCOMES],
            "value": pd.array([values[o.name] for o in OUTCOMES], dtype="Float64"),
            "unit": [outcome.unit for outcome in OUTCOMES],
        }
    )


def _after_sentence(run: Run) -> pd.DataFrame:
    import pandas as pd

    from sim.results.survival import EmptySample

    try:
        return run.after_sentence(by="group")
    except EmptySample:
        columns = {"days_after_sentence": float, "group": str, "exit": str, "share": float}
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})


#: Tables by name; `outcomes` comes first and is always kept.
TABLES: dict[str, Kept] = {
    "outcomes": Kept(_outcomes, "one outcome of one replication; missing where it does not exist"),
    "census": Kept(
        lambda run: run.census(whole=True), "people in one stage on the first of a month"
    ),
    "occupancy": Kept(
        lambda run: run.occupancy(whole=True), "one facility on the first of a month"
    ),
    "queues": Kept(lambda run: run.queues(whole=True), "one queue on the first of a month"),
    "durations": Kept(lambda run: run.durations(), "how long one stage lasts"),
    "durations_by_origin": Kept(
        lambda run: run.durations(by="origin"), "how long one stage lasts for one origin"
    ),
    "after_sentence": Kept(
        _after_sentence,
        "cumulative share that left by one exit, some days after the sentence",
    ),
    "costs": Kept(lambda run: run.costs(), "one item of cost in one calendar year"),
    "fates": Kept(fate_table, "a person two years after the sentence that ended in the period"),
    "spells": Kept(lambda run: run.spells, "one spell of one person"),
    "people": Kept(lambda run: run.people, "one person"),
    "exits": Kept(lambda run: run.exits, "the exit of one person"),
}
