"""Several replications of a scenario: the same tables whatever runs them.

An executor is passed in; none means one after the other, in this process. Tables come back in
order of replication, so that they do not depend on who finished first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
    if replications < 1:
        raise ValueError(f"replications is {replications}: at least one is needed")
    parts = []
    for tables in _run_all(scenario, replications, seed, executor):
        parts.append(tables)
        if progress is not None:
            progress()
    return gathered(scenario, seed, parts)


def gathered(
    scenario: Scenario, seed: int, parts: Sequence[Mapping[str, pd.DataFrame]]
) -> Replications:
    """Lay the tables of replications 0, 1, ... of a scenario one below the other."""
    import pandas as pd

    whole = {
        name: pd.concat([part[name] for part in parts], ignore_index=True) for name in parts[0]
    }
    return Replications(scenario, seed, len(parts), whole)


def one(scenario: Scenario, seed: int, replication: int) -> dict[str, pd.DataFrame]:
    """Run one replication and return its tables, each row with the replication's number."""
    from sim.results.run import Run
    from sim.world.simulate import simulate

    run = Run(simulate(scenario, seed, replication))
    tables = {name: TABLES[name].of(run).copy(deep=False) for name in KEPT}
    for table in tables.values():
        table.insert(0, "replication", replication)
    return tables


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
