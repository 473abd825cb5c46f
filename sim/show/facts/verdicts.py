"""Which differences can be told from chance, and matter: every outcome shown, with Holm's rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from sim.analysis.paired import paired
from sim.analysis.tables import outcome_table
from sim.language import tr
from sim.numbers import grouped
from sim.show.facts.agreement import reference
from sim.show.facts.selected import shown
from sim.show.words import outcome_titles, title_of
from sim.statistics.intervals import FEWEST
from sim.statistics.pairs import LESS, MORE, NEGLIGIBLE, SAME, UNDETECTED

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.replications import Replications


#: Gain in variance below which pairing is said not to have helped, and above which it is not told.
LEAST_GAIN, MOST_GAIN = 1.05, 1000


@dataclass(frozen=True)
class Verdicts:
    """What can be told of one scenario against the reference."""

    title: str
    more: tuple[str, ...]
    less: tuple[str, ...]
    negligible: tuple[str, ...]
    same: tuple[str, ...]
    undetected: tuple[str, ...]
    gain: str
    """A sentence on how much pairing narrowed the intervals; empty if it cannot be told."""
    family: int
    """Comparisons over which Holm's rule is."""


def judged(replications: Sequence[Replications]) -> pd.DataFrame | None:
    """Compare every scenario with the reference in all outcomes shown: see `paired`.

    None where nothing can be judged: for one scenario, and for scenarios of different seeds.
    """
    if len(replications) < 2 or len({r.seed for r in replications}) > 1:
        return None
    table = outcome_table(replications)
    return paired(
        table, replications[reference(replications)].scenario.name, outcomes=shown(replications)
    )


def verdict_of(replications: Sequence[Replications]) -> dict[tuple[str, str], str]:
    """Return the verdict on each scenario and outcome judged; empty where nothing is."""
    found = judged(replications)
    if found is None:
        return {}
    keys = zip(found["scenario"], found["outcome"], strict=True)
    return dict(zip(keys, found["verdict"], strict=True))


def verdicts(replications: Sequence[Replications]) -> list[Verdicts]:
    """Tell for each scenario which outcomes differ from the reference's.

    The family of comparisons is the table of selected outcomes, over all scenarios. Empty where
    nothing can be judged, or replications are too few for an interval.
    """
    found = judged(replications)
    if found is None or min(r.number for r in replications) < FEWEST:
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
            for verdict in (MORE, LESS, NEGLIGIBLE, SAME, UNDETECTED)
        }
        rest = by[NEGLIGIBLE], by[SAME], by[UNDETECTED], _gain(mine), family
        told.append(Verdicts(title_of(r.scenario), by[MORE], by[LESS], *rest))
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
        return tr("Pairing by person did not narrow the intervals, in the median outcome.")
    if middle < MOST_GAIN:
        return tr(
            "Pairing by person made the variance of a difference {times} times smaller, in the "
            "median outcome that varies in both worlds.",
            times=grouped(middle, 1),
        )
    return tr(
        "Pairing by person made the variance of a difference more than {times} times smaller, in "
        "the median outcome that varies in both worlds.",
        times=grouped(MOST_GAIN),
    )
