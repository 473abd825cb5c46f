"""Which differences can be told from chance: every outcome shown, with Holm's rule over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from sim.analysis.paired import LESS, MORE, SAME, paired
from sim.analysis.tables import outcome_table
from sim.results.outcomes import OUTCOMES
from sim.show.agreement import reference
from sim.show.table import SELECTED, idle
from sim.show.words import MISSING

if TYPE_CHECKING:
    from sim.experiment.replicate import Replications


@dataclass(frozen=True)
class Verdicts:
    """What can be told of one scenario against the reference."""

    title: str
    more: tuple[str, ...]
    less: tuple[str, ...]
    same: tuple[str, ...]
    untold: tuple[str, ...]
    gain: str
    """By how much pairing narrowed the intervals, in the median outcome."""
    family: int
    """Comparisons over which Holm's rule is."""


def verdicts(replications: Sequence[Replications]) -> list[Verdicts]:
    """Tell for each scenario which outcomes differ from the reference's.

    Empty for one scenario, for scenarios of different seeds, and for a single replication. The
    family of comparisons is the table of selected outcomes, over all scenarios.
    """
    seeds = {r.seed for r in replications}
    if len(replications) < 2 or len(seeds) > 1 or min(r.number for r in replications) < 2:
        return []
    table = outcome_table(replications)
    there = set(table["outcome"]) - idle(replications)
    shown = [name for names in SELECTED.values() for name in names if name in there]
    base = replications[reference(replications)]
    found = paired(table, base.scenario.name, outcomes=shown)
    titles = {outcome.name: outcome.title for outcome in OUTCOMES}
    told = []
    for r in replications:
        mine: list[Any] = list(found[found["scenario"] == r.scenario.name].itertuples())
        if r is base:
            continue
        by_verdict = {
            verdict: tuple(titles[row.outcome] for row in mine if row.verdict == verdict)
            for verdict in (MORE, LESS, SAME)
        }
        settled = {title for titles_ in by_verdict.values() for title in titles_}
        untold = tuple(
            titles[row.outcome]
            for row in mine
            if titles[row.outcome] not in settled and isfinite(row.mean)
        )
        gains = sorted(row.variance_reduction for row in mine if isfinite(row.variance_reduction))
        gain = f"{gains[len(gains) // 2]:,.0f}" if gains else MISSING
        told.append(
            Verdicts(r.scenario.title, by_verdict[MORE], by_verdict[LESS], by_verdict[SAME], untold,
                     gain, len(found))
        )  # fmt: skip
    return told
