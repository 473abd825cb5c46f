"""Several replications of a scenario: the same tables whatever runs them.

An executor is passed in; none means one after the other, in this process. Tables come back in
order of replication, so that they do not depend on who finished first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from sim.experiment.keep import KEPT, TABLES
from sim.results.copies import Tables
from sim.whole import whole_number

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.run import Run
    from sim.scenario.schema import Scenario


@dataclass(frozen=True, eq=False)
class Replications:
    """The tables of several replications of one scenario, each row with its replication."""

    scenario: Scenario
    seed: int
    number: int
    tables: Mapping[str, pd.DataFrame]
    """By name; each that is asked for is a copy of its own. Those who only read use `lent`."""
    first: int = 0
    """Number of the first of them; the others follow without a gap."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", Tables(self.tables))

    def lent(self, name: str) -> pd.DataFrame:
        """Return a table itself, to be read and not changed: without the cost of a copy."""
        return cast(Tables, self.tables).lent(name)

    @property
    def numbers(self) -> range:
        """The numbers of the replications."""
        return range(self.first, self.first + self.number)

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
    PrisonflowError
        If there is less than one replication, or a number is not whole.
    """
    replications, seed = whole_number("replications", replications, 1), whole_number("seed", seed)
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


def replicate_all(
    scenarios: Sequence[Scenario],
    replications: int,
    seed: int = 1,
    workers: int = 1,
    *,
    progress: bool = True,
) -> list[Replications]:
    """Replicate several scenarios, about the same people with the same luck.

    Those that share a title are given titles of their own: `sim.scenario.together`.

    Parameters
    ----------
    scenarios
        The worlds.
    replications
        How many of each.
    seed
        Root seed.
    workers
        Processes on this machine; no more are started than there are replications.
    progress
        Whether to show a bar while it lasts.

    Raises
    ------
    PrisonflowError
        If there is less than one replication or worker, or a number is not whole.
    """
    from tqdm import tqdm

    from sim.experiment.pools import processes

    workers = whole_number("workers", workers, 1)
    replications = whole_number("replications", replications, 1)
    number, total = min(workers, replications), replications * len(scenarios)
    with (
        nullcontext() if number <= 1 else processes(number) as executor,
        tqdm(total=total, unit="run", leave=False, disable=not progress) as bar,
    ):
        done = []
        for scenario in scenarios:
            bar.set_description(scenario.name)
            done.append(replicate(scenario, replications, seed, executor, bar.update))
    return told_apart(done)


def one(scenario: Scenario, seed: int, replication: int) -> dict[str, pd.DataFrame]:
    """Run one replication and return its tables, each row with the replication's number."""
    from sim.results.run import Run
    from sim.world.simulate import simulate

    return _numbered(Run(simulate(scenario, seed, replication)))


def told_apart(replications: Sequence[Replications]) -> list[Replications]:
    """Return replications of scenarios that have titles of their own: `sim.scenario.together`."""
    from sim.scenario import together

    worlds = together.told_apart([r.scenario for r in replications])
    return [
        r if r.scenario is world else replace(r, scenario=world)
        for r, world in zip(replications, worlds, strict=True)
    ]


def of_runs(runs: Sequence[Run]) -> Replications:
    """Return runs of one scenario and seed as its replications, for what is drawn from these.

    Raises
    ------
    ValueError
        If they are of several scenarios or seeds, or their numbers do not follow one another.
    """
    ordered = sorted(runs, key=lambda run: run.replication)
    first, numbers = ordered[0], [run.replication for run in ordered]
    if len({(run.scenario.hash, run.seed) for run in ordered}) > 1:
        raise ValueError("runs of several scenarios or seeds are no replications of one another")
    if numbers != list(range(first.replication, first.replication + len(ordered))):
        raise ValueError(
            f"replications {', '.join(map(str, numbers))} of {first.scenario.name}: give each "
            "once, numbered without a gap"
        )
    found = gathered(first.scenario, first.seed, [_numbered(run) for run in ordered])
    return replace(found, first=first.replication)


def _numbered(run: Run) -> dict[str, pd.DataFrame]:
    """Return the tables of a run, each row with the replication's number."""
    tables = {name: TABLES[name].of(run) for name in KEPT}
    for table in tables.values():
        table.insert(0, "replication", run.replication)
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
