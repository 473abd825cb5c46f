"""Several replications of a scenario: the same tables whatever runs them.

They take the road of every experiment: through a store, which is a temporary one here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from sim.errors import PrisonflowError
from sim.experiment.keep import KEPT, TABLES
from sim.experiment.replications import Replications
from sim.whole import whole_number

if TYPE_CHECKING:
    from sim.experiment.definition import Experiment
    from sim.results.run import Run
    from sim.scenario.schema import Scenario

#: Draws of a scenario by default, and replications of it as it is: besides draws, and alone.
DRAWS, BESIDES, ALONE = 60, 20, 30
#: Replications of a scenario that are run in one go: few, so that no worker is long the only one.
PER_CELL = 2


class ReplicationFailed(PrisonflowError, RuntimeError):
    """A replication that could not be run; the message says which, and why."""


def replicate_all(
    scenarios: Sequence[Scenario],
    replications: int,
    seed: int = 1,
    workers: int = 1,
    *,
    draws: int = 0,
    progress: bool = True,
    executor: Executor | None = None,
    first: Callable[[list[Replications]], None] | None = None,
) -> list[Replications]:
    """Replicate several scenarios, about the same people with the same luck.

    Those that share a title are given titles of their own: `sim.scenario.together`.

    Parameters
    ----------
    scenarios
        The worlds, each with a name of its own.
    replications
        How many of each, as it is.
    seed
        Root seed.
    workers
        Processes on this machine; no more are started than there are replications.
    draws
        How many draws of what nobody knows; these are what is returned then, with the replications
        besides: `Replications.chance`.
    progress
        Whether to show a bar while it lasts.
    executor
        So many processes that are there already, and outlast the loss of one: `Crew`.
    first
        Called with the first draws, while the rest is still running.

    Returns
    -------
    list of Replications
        Their tables lie in a temporary folder, which is there as long as any of them is. With
        draws these, each with replications besides.

    Raises
    ------
    PrisonflowError
        If there is less than one replication or worker, or a number is not whole.
    ReplicationFailed
        If one cannot be run.
    """
    from sim.experiment.first import First
    from sim.experiment.pools import processes
    from sim.experiment.progress import Progress, Silent, fitting
    from sim.experiment.run import OpenExecutor, run_experiment
    from sim.experiment.shelf import replications_of
    from sim.experiment.temporary import TemporaryStore

    workers = whole_number("workers", workers, 1)
    experiment = experiment_of(scenarios, replications, seed, draws=draws)
    store = TemporaryStore()
    number = min(workers, (replications + draws) * len(scenarios))
    opener: OpenExecutor = nullcontext if number == 1 else lambda: processes(number)
    if executor is not None:
        opener = partial(nullcontext, executor)
    watching: Progress = fitting() if progress else Silent()
    if first is not None:
        watching = First(experiment, store, first, watching)
    run_experiment(experiment, store, opener, workers=number, progress=watching)
    for cell, failed in store.failed().items():
        drawn = experiment.plan.is_draw(cell.point)
        what = f"{cell.scenario}, {experiment.plan.names[cell.point]}" if drawn else failed["cell"]
        raise ReplicationFailed(f"{what}: {failed['error']} ({failed['stage']})")
    return replications_of(experiment, store)


def experiment_of(
    scenarios: Sequence[Scenario],
    replications: int,
    seed: int,
    per_cell: int = PER_CELL,
    draws: int = 0,
) -> Experiment:
    """Return the experiment in which scenarios are replicated as they are, besides some draws.

    Raises
    ------
    PrisonflowError
        If there is less than one replication, or a number is not whole.
    """
    from sim.experiment.definition import validated, with_scenarios

    replications = whole_number("replications", replications, 1)
    names = tuple(scenario.name for scenario in scenarios)
    definition = validated(
        {
            "name": "replications",
            "title": "Replications of scenarios",
            "scenarios": names,
            "seed": whole_number("seed", seed),
            "tables": KEPT[1:],
            "replications": {"number": replications, "per_cell": per_cell},
            "design": doubt_about(scenarios[0], draws) if draws else {"kind": "base"},
        },
        "replications",
    )
    return with_scenarios(definition, scenarios, "replications", try_points=False)


def doubt_about(scenario: Scenario, draws: int) -> dict[str, Any]:
    """Return the design of draws about a scenario's case: with the shipped ensemble, if it fits.

    Raises
    ------
    PrisonflowError
        If there is less than one draw, or the number is not whole.
    """
    from sim.experiment.ensemble import ensemble_of_case

    design = {"kind": "doubt", "draws": whole_number("draws", draws, 1)}
    file = ensemble_of_case(scenario)
    return design if file is None else design | {"ensemble": str(file)}


def told_apart(replications: Sequence[Replications]) -> list[Replications]:
    """Return replications of scenarios that have titles of their own: `sim.scenario.together`."""
    from sim.scenario import together

    worlds = together.told_apart([r.scenario for r in replications])
    return [
        r
        if r.scenario is world
        else replace(r, scenario=world, chance=r.chance and replace(r.chance, scenario=world))
        for r, world in zip(replications, worlds, strict=True)
    ]


def of_runs(runs: Sequence[Run]) -> Replications:
    """Return runs of one scenario and seed as its replications, for what is drawn from these.

    Raises
    ------
    ValueError
        If they are of several scenarios or seeds, or their numbers do not follow one another.
    """
    from sim.experiment.cells import Cell, arrow_tables
    from sim.experiment.shelf import as_frame

    ordered = sorted(runs, key=lambda run: run.replication)
    first, numbers = ordered[0], [run.replication for run in ordered]
    if len({(run.scenario.hash, run.seed) for run in ordered}) > 1:
        raise ValueError("runs of several scenarios or seeds are no replications of one another")
    if numbers != list(range(first.replication, first.replication + len(ordered))):
        raise ValueError(
            f"replications {', '.join(map(str, numbers))} of {first.scenario.name}: give each "
            "once, numbered without a gap"
        )
    names = [name for name in KEPT if not TABLES[name].of_first]
    parts = [
        arrow_tables(run, Cell(0, run.replication, run.scenario.name, 1), names) for run in ordered
    ]
    tables = {
        name: as_frame([part[name] for part in parts]).drop(columns=["scenario", "point"])
        for name in names
    }
    return Replications(first.scenario, first.seed, len(ordered), tables, first.replication)
