"""The command line: `prisonflow` and `python -m sim`.

Every mistake of a user's ends in a message on standard error and exit code 2; nothing is written
before the input has been read and the output folder has been tried.
"""

from __future__ import annotations

import json
import os
import sys
import textwrap
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sim.experiment.replicate import Replications
    from sim.scenario.schema import Scenario

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Where queues build, and how long people are held, when Denmark rents a prison abroad.",
)

File = Annotated[
    str,
    typer.Argument(metavar="SCENARIO", help="Scenario file, or the name of a shipped scenario."),
]
Files = Annotated[
    list[str],
    typer.Argument(
        metavar="SCENARIO...",
        help="Scenario files, or names of shipped ones; the others are compared with the first.",
    ),
]
Setting = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a value; may be given several times."),
]
Seed = Annotated[int, typer.Option(min=0, help="Root seed; the same seed means the same people.")]


@app.command()
def run(
    scenarios: Files,
    replications: Annotated[int, typer.Option(min=1, help="Replications of each scenario.")] = 30,
    seed: Seed = 1,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; by default one for each processor.")
    ] = None,
    set_: Setting = None,
    out: Annotated[Path, typer.Option(help="Folder for tables, figures and the report.")] = Path(
        "outputs"
    ),
) -> None:
    """Simulate scenarios, print the answer, and write tables, figures and a report."""
    from sim.show.table import as_text

    worlds = [_load(name, set_) for name in scenarios]
    _refuse_same_names(worlds)
    _try_folder(out)
    done = _replicate(worlds, replications, seed, workers)
    typer.echo(as_text(done))
    _write(done, out)


@app.command()
def check(
    scenario: File,
    set_: Setting = None,
) -> None:
    """Say whether a scenario is valid, and what it changes; list every error if not."""
    from sim.scenario.files import base_of, difference

    world = _load(scenario, set_)
    typer.echo(f"{scenario} is valid: {world.title} (hash {world.hash}).")
    base = base_of(scenario)
    if base is None:
        typer.echo("It stands alone: it extends no other scenario.")
        return
    changes = difference(base, world)
    typer.echo(f"It changes {_counted(len(changes), 'value')} of {base.name}:")
    for key, before, after in changes:
        typer.echo(f"  {key}: {_shown(before)} -> {_shown(after)}")


@app.command()
def scenarios() -> None:
    """List the shipped scenarios."""
    from sim.scenario.files import walk_shipped

    worlds = list(walk_shipped())
    width = max(len(world.name) for world in worlds)
    for world in worlds:
        mark = " (stress test)" if world.stress_test else ""
        typer.echo(f"{world.name:<{width}}  {world.title}{mark}")
        typer.echo(textwrap.fill(world.summary, 96, initial_indent=" " * (width + 2),
                                 subsequent_indent=" " * (width + 2)))  # fmt: skip


@app.command()
def describe(
    scenario: File,
    set_: Setting = None,
) -> None:
    """Print every value of a scenario with its unit, status, range and source."""
    from sim.scenario.base import unit_of
    from sim.scenario.evidence import load_evidence

    world, evidence = _load(scenario, set_), load_evidence()
    typer.echo(f"{world.title} (hash {world.hash})")
    section = ""
    for key, value in world.leaves():
        if key.split(".")[0].split("[")[0] != section:
            section = key.split(".")[0].split("[")[0]
            typer.echo(f"\n[{section}]")
        typer.echo(f"{key} = {_shown(value)}{_unit(unit_of(key), value)}")
        record = evidence.of(key)
        if record is not None:
            spread = ""
            if record.low is not None:
                factor = "times " if record.range_of == "factor" else ""
                spread = f", plausible {factor}{_shown(record.low)} to {_shown(record.high)}"
            typer.echo(f"    {record.status}, {record.role}{spread}; {record.source}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from sim.scenario.files import schema as document

    typer.echo(json.dumps(document(), indent=2, ensure_ascii=False))


@app.command()
def trace(
    scenario: File,
    person: Annotated[
        int | None, typer.Option(help="Number of the person; leave it out to see whom to follow.")
    ] = None,
    seed: Seed = 1,
    replication: Annotated[int, typer.Option(min=0, help="Which replication.")] = 0,
    set_: Setting = None,
) -> None:
    """Tell one person's story, dated, in words."""
    import sim
    from sim.results.story import examples, tell

    one = sim.run(_load(scenario, set_), seed, replication)
    try:
        lines = tell(one, person) if person is not None else []
    except KeyError:
        _fail([f"--person {person}: nobody has this number in {one!r}.", *_whom(examples(one))])
    for line in lines or _whom(examples(one)):
        typer.echo(line)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    from sim.scenario.errors import ScenarioError

    try:
        app(args=list(arguments) if arguments is not None else None, prog_name="prisonflow")
    except ScenarioError as error:
        _fail([str(problem) for problem in error.problems])
    except KeyboardInterrupt:
        _fail(["stopped; nothing was written"], code=130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _load(name: str, settings: list[str] | None) -> Scenario:
    from sim.scenario.files import load, parse_setting

    return load(name, dict(parse_setting(text) for text in settings or []))


def _refuse_same_names(worlds: Sequence[Scenario]) -> None:
    names = [world.name for world in worlds]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        _fail([f"{', '.join(twice)}: given twice; scenarios run together need different names"])


def _try_folder(folder: Path) -> None:
    """Make the output folder and see that it can be written to, before anything is simulated."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".prisonflow-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        _fail([f"--out {folder}: cannot be written to ({error.strerror})"])


def _replicate(
    worlds: Sequence[Scenario], replications: int, seed: int, workers: int | None
) -> list[Replications]:
    from tqdm import tqdm

    from sim.experiment.replicate import replicate

    processes = min(workers or os.cpu_count() or 1, replications)
    total = replications * len(worlds)
    with _executor(processes) as executor, tqdm(total=total, unit="run", leave=False) as bar:
        done = []
        for world in worlds:
            bar.set_description(world.name)
            done.append(replicate(world, replications, seed, executor, bar.update))
    return done


@contextmanager
def _executor(processes: int) -> Iterator[Executor | None]:
    """Open a pool of processes; none for a single one."""
    if processes == 1:
        yield None
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _write(done: Sequence[Replications], out: Path) -> None:
    from sim.experiment.tables import write_tables
    from sim.show.report import write_all

    try:
        paths = [*write_tables(done, out / "tables"), *write_all(done, out)]
    except OSError as error:
        _fail([f"--out {out}: cannot be written to ({error.strerror})"])
    folders: dict[Path, int] = {}
    for path in paths:
        folders[path.parent] = folders.get(path.parent, 0) + 1
    for folder, number in folders.items():
        typer.echo(f"wrote {_counted(number, 'file')} to {folder}")
    typer.echo(f"open {out / 'report.html'}")


def _whom(found: dict[int, str]) -> list[str]:
    lines = [f"  --person {number}   {reason}" for number, reason in found.items()]
    return ["People worth following:", *lines] if lines else []


def _unit(unit: str, value: Any) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return f" {unit}" if unit and number else ""


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _shown(value: Any) -> str:
    from sim.scenario.files import as_toml_value

    return "nothing" if value is None else as_toml_value(value)


def _fail(lines: Sequence[str], code: int = 2) -> None:
    """Print what is wrong, line by line, and exit."""
    for line in lines:
        typer.echo(f"prisonflow: {line}", err=True)
    sys.exit(code)
