"""Do ranges keep their word: how often the truth lies in the range that draws state.

    python -m benchmarks.bench_coverage [--draws 60] [--truths 60] [--scenarios baseline
                                        no_agreement] [--seed 1] [--workers 2] [--judgments 0]
                                        [--short]

A range is stated from some draws, as every answer states it: of each outcome of the short table in
each scenario, and of what the other scenarios change. The truths are other worlds drawn from the
same ensemble and ranges, with other people and other luck. Of the truths nine in ten should lie
inside. How far the share that is found may be off by chance is said beside it: it has two parts,
the number of truths, and the draws that happened to state the range (for 60 draws what a range
holds has a standard deviation of 4 points). `--short` has a tenth of the people and fewer draws.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from sim.experiment.replicate import replicate_all
from sim.experiment.replications import Replications
from sim.results.outcomes import outcome_titles
from sim.scenario.files import load
from sim.scenario.schema import Scenario
from sim.show.facts.data import outcome
from sim.show.facts.ranges import paired_differences
from sim.show.facts.selected import SELECTED
from sim.statistics.ranges import INSIDE, range_of

#: Fewest truths in which an outcome must exist, so that a share of them says something.
FEWEST = 10


def share_inside(stated: ArrayLike, truths: ArrayLike) -> tuple[float, int]:
    """Return the share of truths in the range of some draws, and their number.

    NaN if there are too few, or all are one value, of which a range says nothing.
    """
    found, there = range_of(stated), np.asarray(truths, float)
    there = there[~np.isnan(there)]
    if min(len(there), found.number) < FEWEST or len({found.low, found.high, *there}) == 1:
        return math.nan, len(there)
    return float(np.mean((found.low <= there) & (there <= found.high))), len(there)


def standard_error(draws: int, truths: int) -> float:
    """Return how far a share inside lies from `INSIDE` by chance, one standard deviation.

    What a range of n draws holds is a Beta variable with mean p = 0.9 and variance p (1 - p) / (n +
    2); given that, the number of truths inside is binomial.
    """
    p, held = INSIDE, INSIDE * (1 - INSIDE) / (draws + 2)
    return math.sqrt(held + (p * (1 - p) - held) / truths)


def drawn(names: Sequence[str], draws: int, seed: int, judgments: int, workers: int) -> list[
    Replications
]:  # fmt: skip
    """Return draws of scenarios."""
    fewer = {"arrivals.judgments_per_year": judgments} if judgments else {}
    worlds: list[Scenario] = [load(name, fewer) for name in names]
    return replicate_all(worlds, 1, seed, workers, draws=draws)


def shares(
    stated: Sequence[Replications], truths: Sequence[Replications], name: str
) -> list[tuple[float, int]]:
    """Return the share of truths inside for an outcome: of each scenario, and of each change."""
    pairs = [
        (outcome(mine, name), outcome(true, name))
        for mine, true in zip(stated, truths, strict=True)
    ]
    pairs += [
        (paired_differences(stated[0], mine, name), paired_differences(truths[0], true, name))
        for mine, true in zip(stated[1:], truths[1:], strict=True)
    ]
    return [share_inside(*pair) for pair in pairs]


def main() -> None:
    """Print the share of truths inside for each outcome and difference."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=60)
    parser.add_argument("--truths", type=int, default=60)
    parser.add_argument("--scenarios", nargs="+", default=["baseline", "no_agreement"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--judgments", type=int, default=0, help="a year; 0: as the scenario says")
    parser.add_argument("--short", action="store_true")
    given = parser.parse_args()
    if given.short:
        given.draws, given.truths, given.judgments = 40, 40, given.judgments or 40
    names, judgments, workers = given.scenarios, given.judgments, given.workers
    stated = drawn(names, given.draws, given.seed, judgments, workers)
    truths = drawn(names, given.truths, given.seed + 1, judgments, workers)
    titles = outcome_titles(stated[0].scenario)
    heads = [*names, *(f"{name} - {names[0]}" for name in names[1:])]
    print(f"share of {given.truths} truths inside the {INSIDE:.0%} range of {given.draws} draws")
    print(f"{'':44}" + "".join(f"{head[:24]:>26}" for head in heads))
    every: list[list[float]] = [[] for _ in heads]
    for name in (name for group in SELECTED.values() for name in group):
        cells = []
        for column, (share, number) in zip(every, shares(stated, truths, name), strict=True):
            if math.isnan(share):
                cells.append("-")
                continue
            column.append(share)
            error = standard_error(given.draws, number)
            cells.append(f"{share:.0%} +- {error:.0%}")
        print(f"{titles[name][:43]:44}" + "".join(f"{cell:>26}" for cell in cells))
    means = "".join(f"{np.mean(column) if column else math.nan:>26.1%}" for column in every)
    print(f"{'mean over outcomes (they go together)':44}{means}")


if __name__ == "__main__":
    main()
