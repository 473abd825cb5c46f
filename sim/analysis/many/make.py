"""One call that simulates a scenario many times and returns the runs as one object."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from sim.analysis.many.cache import cache as kept
from sim.analysis.many.runs import PEOPLE_TABLES, Runs
from sim.errors import PrisonflowError
from sim.experiment.definition import Experiment, validated, with_scenarios
from sim.experiment.ensemble import load_ensemble
from sim.experiment.keep import KEPT
from sim.experiment.pools import processes
from sim.experiment.progress import Progress, Silent, fitting
from sim.experiment.replicate import BESIDES, ReplicationFailed, doubt_about
from sim.experiment.run import OpenExecutor, run_experiment
from sim.experiment.shelf import replications_of
from sim.experiment.temporary import TemporaryStore
from sim.scenario.given import expect, scenario_from
from sim.scenario.schema import Scenario
from sim.whole import whole_number

#: Runs of each scenario, unless it is said otherwise.
NUMBER = 50
#: What decides whether assumptions are drawn.
FIXED, ENSEMBLE = "fixed", "ensemble"

One = Scenario | str | Path


def runs(
    scenario: One | Sequence[One],
    number: int = NUMBER,
    *,
    assumptions: str | Path | None = None,
    seed: int = 1,
    workers: int = 1,
    progress: bool = True,
    cache: bool = True,
) -> Runs:
    """Simulate a scenario many times, and return the runs as one object.

        runs = sim.runs("baseline", 50, workers=4)
        runs.durations(by=["origin", "year"], stages="limbo")
        runs.survival("limbo")

    Parameters
    ----------
    scenario
        A scenario, or the name or file of one; several in a list, about the same people with the
        same luck; or the file of an ensemble beside the scenario that it is about.
    number
        Runs of each scenario.
    assumptions
        `"fixed"`, the default: replications at the scenario's own values, which differ by chance
        alone. `"ensemble"`: draws of everything that nobody knows, as in `sim.compare`, with the
        ensemble of the scenario's case, where there is one. Or the file of an ensemble.
    seed
        Root seed.
    workers
        Processes on this machine.
    progress
        Whether to show a bar while it lasts.
    cache
        Whether to use what was simulated before, and to keep this: see `sim.cache`.

    Returns
    -------
    Runs
        Tables of 50 runs of a shipped scenario take some hundred MiB on the disk.

    Raises
    ------
    ScenarioError
        If a scenario or an ensemble cannot be read.
    ReplicationFailed
        If one cannot be run.
    PrisonflowError
        If a number is no whole number or less than one, there is no scenario, or the assumptions
        are neither of those above.
    """
    worlds, assumptions = _worlds_of(scenario, assumptions)
    workers = whole_number("workers", workers, 1)
    number = whole_number("number", number, 1)
    experiment = _experiment(worlds, number, seed, _design(worlds[0], number, assumptions))
    shown: Progress = fitting() if progress else Silent()
    # No more processes than there are runs.
    most = min(workers, number * len(worlds))
    opener: OpenExecutor = nullcontext if most == 1 else lambda: processes(most)
    # Without the cache, a folder that is gone with the last who reads it.
    with kept.entry(experiment) if cache else nullcontext(TemporaryStore()) as store:
        run_experiment(experiment, store, opener, workers=most, progress=shown)
        for failed in store.failed().values():
            raise ReplicationFailed(f"{failed['cell']}: {failed['error']} ({failed['stage']})")
        return Runs(replications_of(experiment, store, number=number))


def _worlds_of(
    given: One | Sequence[One], assumptions: str | Path | None
) -> tuple[list[Scenario], str | Path]:
    """Return the scenarios meant, and the assumptions."""
    if isinstance(given, str | Path) and _is_ensemble(given):
        beside = Path(given).with_name("scenario.toml")
        if assumptions is not None:
            raise PrisonflowError(
                f"{given} is an ensemble, and assumptions are given too: give the scenario, and "
                "the ensemble as the assumptions"
            )
        if not beside.is_file():
            raise PrisonflowError(
                f"{given} is an ensemble without a scenario.toml beside it: give the scenario, and "
                f'assumptions="{given}"'
            )
        return [scenario_from(beside)], Path(given)
    several = [given] if isinstance(given, Scenario | str | Path) else list(_listed(given))
    if not several:
        raise PrisonflowError('there is no scenario: give one, such as "baseline"')
    return [scenario_from(one) for one in several], FIXED if assumptions is None else assumptions


def _listed(given: Sequence[One]) -> Sequence[One]:
    """See that several scenarios are a list of them."""
    expect(given, (list, tuple), "a scenario, the name or file of one, or a list of several")
    return given


def _is_ensemble(given: str | Path) -> bool:
    """Tell whether a file is an ensemble rather than a scenario: it lists sets."""
    if not Path(given).is_file():
        return False
    from sim.scenario.files import read_toml

    return "sets" in read_toml(Path(given))


def _design(scenario: Scenario, number: int, assumptions: str | Path) -> dict[str, Any]:
    """Return the design: the scenario as it is, or so many draws besides."""
    expect(
        assumptions, (str, Path), f'assumptions "{FIXED}" or "{ENSEMBLE}", or an ensemble\'s file'
    )
    if assumptions == FIXED:
        return {"kind": "base"}
    if assumptions == ENSEMBLE:
        return doubt_about(scenario, number)
    if not _is_ensemble(assumptions):
        raise PrisonflowError(
            f'assumptions is {str(assumptions)!r}: choose "{FIXED}" or "{ENSEMBLE}", or give the '
            "file of an ensemble"
        )
    load_ensemble(assumptions)
    return {"kind": "doubt", "draws": number, "ensemble": str(Path(assumptions).resolve())}


def _experiment(
    worlds: Sequence[Scenario], number: int, seed: int, design: dict[str, Any]
) -> Experiment:
    """Return the experiment that is run, one run a cell: its tables are read one run at a time."""
    drawn = design["kind"] != "base"
    definition = validated(
        {
            "name": "runs",
            "title": "Runs of scenarios",
            "scenarios": tuple(world.name for world in worlds),
            "seed": whole_number("seed", seed),
            "tables": (*KEPT[1:], *PEOPLE_TABLES),
            "replications": {
                "number": min(number, BESIDES) if drawn else number,
                "per_cell": 1,
            },
            "design": design,
        },
        "runs",
    )
    return with_scenarios(definition, worlds, "runs", try_points=False)
