"""Several replications of a scenario: the same tables whatever runs them.

An executor is passed in; none means one after the other, in this process. Tables come back in
order of replication, so that they do not depend on who finished first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.experiment.keep import KEPT, TABLES

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.schema import Scenario


@dataclass(frozen=True, eq=False)
class Replications:
    """The tables of several replications of one scenario, each row with its replication."""

    scenario: Scenario
    seed: int
    number: int
    tables: Mapping[str, pd.DataFrame]

    def __repr__(self) -> str:
        return f"<{self.number} replications of {self.scenario.name}, seed {self.seed}>"


def replicate(
    scenario: Scenario,
    replications: int,
    seed: int = 1,
    executor: Executor | None = None,
    progress: Callable[[], object] | None = None,
) -> Replications:
    """Run replications 0, 1, ... of a scenario and keep their tables.

    Parameters
    ----------
    scenario
        The world.
    replications
        How many.
    seed
        Root seed, the same for scenarios to be compared.
    executor
        Where to run; in this process if None.
    progress
        Called once for each replication that is done.

    Raises
    ------
    ValueError
        If there is less than one replication.
    """
    import pandas as pd

    if replications < 1:
        raise ValueError(f"replications is {replications}: at least one is needed")
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in KEPT}
    for number, tables in enumerate(_run_all(scenario, replications, seed, executor)):
        for name, table in tables.items():
            table.insert(0, "replication", number)
            parts[name].append(table)
        if progress is not None:
            progress()
    whole = {name: pd.concat(tables, ignore_index=True) for name, tables in parts.items()}
    return Replications(scenario, seed, replications, whole)


def one(scenario: Scenario, seed: int, replication: int) -> dict[str, pd.DataFrame]:
    """Run one replication and return its tables."""
    from sim.results.run import Run
    from sim.world.simulate import simulate

    run = Run(simulate(scenario, seed, replication))
    return {name: TABLES[name].of(run) for name in KEPT}


def _run_all(
    scenario: Scenario, replications: int, seed: int, executor: Executor | None
) -> Iterator[dict[str, pd.DataFrame]]:
    if executor is None:
        yield from (one(scenario, seed, number) for number in range(replications))
    else:
        futures = [executor.submit(one, scenario, seed, n) for n in range(replications)]
        try:
            for future in futures:
                yield future.result()
        finally:
            for future in futures:
                future.cancel()
