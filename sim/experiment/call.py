"""One call that runs an experiment from its file and returns what it found."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from sim.experiment import pools, run
from sim.experiment.definition import Experiment, read_experiment
from sim.experiment.progress import Progress, Silent, fitting
from sim.experiment.read import Results
from sim.experiment.store import Store, StoreError
from sim.whole import whole_number


def run_experiment(
    source: str | Path | Experiment,
    out: str | Path | None = None,
    *,
    workers: int = 1,
    executor: Executor | None = None,
    retry: bool = False,
    progress: bool = True,
) -> Results:
    """Run an experiment, or what is missing of it, and return its results.

    Parameters
    ----------
    source
        Experiment file, name of a shipped experiment, or folder of one begun before.
    out
        Folder of the results; `outputs/experiments/<name>` by default, for a folder itself.
    workers
        Processes on this machine; with an `executor`, the number of its workers.
    executor
        Any executor of `concurrent.futures`, such as Dask's or mpi4py's.
    retry
        Run only the cells that failed before.
    progress
        Whether to show how far it has got.

    Raises
    ------
    ScenarioError
        If the file, a scenario or the design cannot be used.
    StoreError
        If the folder holds something else, is in use, or is full.
    PrisonflowError
        If `workers` is no whole number, or less than one.
    """
    workers = whole_number("workers", workers, 1)
    chosen, folder = made_out(source, out)
    store = Store(folder)
    how = f"{workers} processes" if workers > 1 else "one process"
    if executor is not None:
        how = f"{workers} workers of {type(executor).__name__}"
    shown: Progress = fitting() if progress else Silent()
    only = run.failed_cells(store) if retry else None
    run.run_experiment(
        chosen, store, _opener(workers, executor), workers=workers, how=how, only=only,
        progress=shown,
    )  # fmt: skip
    return Results(folder)


def made_out(source: str | Path | Experiment, out: str | Path | None) -> tuple[Experiment, Path]:
    """Return the experiment meant by a file, a name or a folder, and the folder of its results."""
    if isinstance(source, Experiment):
        chosen, folder = source, None
    elif isinstance(source, str | Path) and Store(Path(source)).is_begun():
        chosen, folder = read_experiment(Path(source) / "experiment.toml"), Path(source)
    else:
        chosen, folder = read_experiment(source), None
    if out is not None:
        return chosen, Path(out)
    return chosen, folder or Path("outputs") / "experiments" / chosen.definition.name


def _opener(
    workers: int, executor: Executor | None
) -> Callable[[], AbstractContextManager[Executor | None]]:
    """Return what opens the executor; one that was passed in cannot be opened a second time."""
    if executor is None:
        return nullcontext if workers == 1 else lambda: pools.processes(workers)
    given = [executor]

    def once() -> AbstractContextManager[Executor | None]:
        if not given:
            raise StoreError(
                "the executor broke: a worker died. Finished cells are safe; the same call with a "
                "new executor runs the rest."
            )
        return nullcontext(given.pop())

    return once
