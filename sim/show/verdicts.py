"""Which differences can be told from chance: every outcome shown, with Holm's rule over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from sim.analysis.paired import LESS, MORE, SAME, paired
from sim.analysis.tables import outcome_table
from sim.results.outcomes import outcome_titles
from sim.show.agreement import reference
from sim.show.estimate import FEWEST_FOR_INTERVAL
from sim.show.table import SELECTED, idle

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.replicate import Replications


#: Gain in variance below which pairing is said not to have helped, and above which it is not told.
LEAST_GAIN, MOST_GAIN = 1.05, 1000


@dataclass(frozen=True)
class Verdicts:
    """What can be told of one scenario against the reference."""

    title: str
    more: tuple[str, ...]
    less: tuple[str, ...]
    same: tuple[str, ...]
    untold: tuple[str, ...]
    gain: str
    """A sentence on how much pairing narrowed the intervals; empty if it cannot be told."""
    family: int
    """Comparisons over which Holm's rule is."""


def judged(replications: Sequence[Replications]) -> pd.DataFrame | None:
    """Compare every scenario with the reference in all outcomes shown: see `paired`.

    None where nothing can be judged: for one scenario, for scenarios of different seeds, and for so
    few replications that no interval is told.
    """
    seeds, number = {r.seed for r in replications}, min(r.number for r in replications)
    if len(replications) < 2 or len(seeds) > 1 or number < FEWEST_FOR_INTERVAL:
        return None
    table = outcome_table(replications)
    return paired(
        table, replications[reference(replications)].scenario.name, outcomes=shown(replications)
    )


def shown(replications: Sequence[Replications]) -> list[str]:
    """Return the outcomes that verdicts are about: those of the short table."""
    there = set(replications[0].lent("outcomes")["outcome"]) - idle(replications)
    return [name for names in SELECTED.values() for name in names if name in there]


def told_of(found: pd.DataFrame | None) -> dict[tuple[str, str], bool]:
    """Return for each scenario and outcome whether a difference is told by Holm's rule."""
    if found is None:
        return {}
    verdict = found["verdict"].isin([MORE, LESS])
    return dict(zip(zip(found["scenario"], found["outcome"], strict=True), verdict, strict=True))


def verdicts(replications: Sequence[Replications]) -> list[Verdicts]:
    """Tell for each scenario which outcomes differ from the reference's.

    The family of comparisons is the table of selected outcomes, over all scenarios. Empty where
    nothing can be judged.
    """
    found = judged(replications)
    if found is None:
        return []
    family = int(found["p_value"].notna().sum())
    base = replications[reference(replications)]
    titles = outcome_titles(base.scenario)
    told = []
    for r in replications:
        if r is base:
            continue
        mine: list[Any] = list(found[found["scenario"] == r.scenario.name].itertuples())
        by = {
            verdict: tuple(titles[row.outcome] for row in mine if row.verdict == verdict)
            for verdict in (MORE, LESS, SAME)
        }
        untold = tuple(
            titles[row.outcome]
            for row in mine
            if row.verdict not in by and isfinite(row.mean) and isfinite(row.p_value)
        )
        told.append(
            Verdicts(r.scenario.title, by[MORE], by[LESS], by[SAME], untold, _gain(mine), family)
        )
    return told


def _gain(rows: Sequence[Any]) -> str:
    """Say by how much pairing narrowed intervals, where the outcome varies in both worlds."""
    gains = sorted(
        row.variance_reduction
        for row in rows
        if isfinite(row.variance_reduction) and isfinite(row.correlation)
    )
    if not gains:
        return ""
    middle = gains[len(gains) // 2]
    if middle < LEAST_GAIN:
        return "Pairing by person did not narrow the intervals, in the median outcome."
    times = f"{middle:,.1f}" if middle < MOST_GAIN else f"more than {MOST_GAIN:,}"
    return (
        f"Pairing by person made the variance of a difference {times} times smaller, in the "
        "median outcome that varies in both worlds."
    )
