"""What the commands share: reading input, telling what is wrong, and exit codes."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from sim.cli.output import FAILED, INTERRUPTED, fail, say
from sim.errors import PrisonflowError
from sim.language import ENGLISH, speaking

if TYPE_CHECKING:
    from sim.experiment import replications as tables
    from sim.scenario.schema import Scenario

File = Annotated[
    str,
    typer.Argument(metavar="SCENARIO", help="Scenario file, or the name of a shipped scenario."),
]
Setting = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a value; may be given several times."),
]
Language = Annotated[
    str,
    typer.Option(
        "--language", metavar="CODE", help="Language of what is written and said: en or da."
    ),
]
#: Lists longer than this are data, of which the beginning is told.
_FEW = 12
Seed = Annotated[int, typer.Option(min=0, help="Root seed; the same seed means the same people.")]


class Assumptions(StrEnum):
    """What is simulated: everything that nobody knows as draws, or what a scenario says."""

    ENSEMBLE = "ensemble"
    FIXED = "fixed"


AssumptionsOption = Annotated[
    Assumptions,
    typer.Option(
        "--assumptions",
        help="ensemble: draws of everything that nobody knows, so that results have a range over "
        "assumptions and chance. fixed: the scenario's own values, so that results differ by "
        "chance alone.",
    ),
]
Draws = Annotated[
    int | None,
    typer.Option(min=1, help="Draws of each scenario; 60 by default. Only with the ensemble."),
]
Replications = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Replications of each scenario at its own values, which show what chance does; 20 by "
        "default beside draws, 30 with fixed assumptions.",
    ),
]
Pdf = Annotated[
    bool,
    typer.Option("--pdf", help="Write brief and report as PDF, too: takes some seconds more."),
]


def numbers_of(
    assumptions: Assumptions, draws: int | None, replications: int | None
) -> tuple[int, int]:
    """Return how many draws (0 with fixed assumptions) and replications are asked for."""
    from sim.experiment.replicate import ALONE, BESIDES, DRAWS

    if assumptions is Assumptions.FIXED:
        if draws is not None:
            fail(["--draws: there are none with --assumptions fixed; give --replications"])
        return 0, ALONE if replications is None else replications
    return DRAWS if draws is None else draws, BESIDES if replications is None else replications


def load_scenario(name: str, settings: list[str] | None) -> Scenario:
    """Read a scenario with the changes given as `--set key=value`."""
    from sim.scenario.files import load, note_replaced, parse_setting

    changes = dict(parse_setting(text) for text in settings or [])
    if changes:
        note_replaced(load(name), changes)
    return load(name, changes)


def load_lines(world: Scenario) -> list[str]:
    """Say how busy scarce hands are, and whether a queue has no end."""
    from sim.world.load import offered_load

    return [str(load) for load in offered_load(world)]


def refuse(told: str) -> None:
    """Refuse what something is wrong with: see `sim.analysis.comparable`."""
    if told:
        fail([told])


def refuse_language(code: str) -> None:
    """Refuse a language that there is none of, before anything is simulated."""
    try:
        with speaking(code):
            pass
    except PrisonflowError as error:
        fail([f"--language: {error}"])


def refuse_strangers(folder: Path, ours: str, names: Sequence[str]) -> None:
    """Refuse a folder that holds files of these names which no command like this has written.

    It has if there is the experiment `ours` in the folder.
    """
    there = [name for name in names if (folder / name).exists()]
    if there and not (folder / ours / "manifest.json").is_file():
        fail([f"--out {folder}: holds {there[0]} of something else; choose another folder"])


def no_pdf(asked: bool) -> str:
    """Return what PDF needs if it is asked for and cannot be made here; nothing otherwise."""
    from sim.show.pdf import missing

    return missing() if asked else ""


def say_written(out: Path, page: str, without_pdf: str) -> None:
    """Say what to open, and why there is no PDF if it was asked for."""
    if without_pdf:
        say(f"no PDF was written: {without_pdf}")
    say(f"open {out / page}")


def tell_first(replications: Sequence[tables.Replications], *, language: str = ENGLISH) -> None:
    """Say what the first draws tell in a language, while the others are still running."""
    from sim.show.terminal import first_answer

    with speaking(language):
        say(first_answer(replications) + "\n")


def try_folder(folder: Path, option: str = "--out") -> None:
    """Make the output folder and see that it can be written to, before anything is simulated."""
    from sim.results.files import obstacle

    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".prisonflow-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except (OSError, ValueError) as error:
        fail([f"{option} {folder}: cannot be written to ({obstacle(folder, error)})"])


def try_file(file: Path, option: str, endings: Sequence[str]) -> None:
    """See that a file can be written, before anything is worked out for it."""
    if file.suffix not in endings:
        fail([f"{option} {file}: give a file that ends in {' or '.join(endings)}"])
    if file.is_dir():
        fail([f"{option} {file}: is a folder; give a file"])
    try_folder(file.parent, option)


def cannot_write(out: Path, error: OSError, option: str = "--out") -> NoReturn:
    """Say why an output could not be written after all, and exit."""
    from sim.results.files import obstacle

    fail([f"{option} {out}: cannot be written to ({obstacle(out, error)})"], code=FAILED)


@contextmanager
def told_if_stopped(message: str) -> Iterator[None]:
    """Say what has become of the work if the user stops it."""
    try:
        yield
    except KeyboardInterrupt:
        fail([message], code=INTERRUPTED)


def command_of(name: str, *arguments: str, **options: Any) -> str:
    """Return a command as a shell takes it; an option given several times is a list."""
    words = ["prisonflow", name, *arguments]
    for option, value in options.items():
        for one in value if isinstance(value, list) else [] if value is None else [value]:
            words += [f"--{option.strip('_').replace('_', '-')}", str(one)]
    return shlex.join(words)


def shown(value: Any) -> str:
    """Say a value as it stands in a file; of a whole section or of data, how it begins."""
    from sim.scenario.base import as_toml_value, in_short

    if value is None:
        return "nothing"
    data = isinstance(value, tuple) and len(value) > _FEW
    return in_short(value) if data or isinstance(value, Mapping) else as_toml_value(value)
