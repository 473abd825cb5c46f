"""What the commands share: reading input, telling what is wrong, and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

File = Annotated[
    str,
    typer.Argument(metavar="SCENARIO", help="Scenario file, or the name of a shipped scenario."),
]
Setting = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a value; may be given several times."),
]
Seed = Annotated[int, typer.Option(min=0, help="Root seed; the same seed means the same people.")]


def load_scenario(name: str, settings: list[str] | None) -> Scenario:
    """Read a scenario with the changes given as `--set key=value`."""
    from sim.scenario.files import load, parse_setting

    return load(name, dict(parse_setting(text) for text in settings or []))


def load_lines(world: Scenario) -> list[str]:
    """Say how busy scarce hands are, and whether a queue has no end."""
    from sim.world.load import offered_load

    return [str(load) for load in offered_load(world)]


def refuse_same_names(worlds: Sequence[Scenario]) -> None:
    """Refuse scenarios that could not be told apart."""
    names = [world.name for world in worlds]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        fail([f"{', '.join(twice)}: given twice; scenarios run together need different names"])


def refuse_other_cases(worlds: Sequence[Scenario]) -> None:
    """Refuse to lay scenarios beside each other that are about different arrangements."""
    from sim.show.agreement import different_cases

    if told := different_cases(worlds):
        fail([told])


def refuse_strangers(folder: Path, ours: str, names: Sequence[str]) -> None:
    """Refuse a folder that holds files of these names which no command like this has written.

    It has if there is the experiment `ours` in the folder.
    """
    there = [name for name in names if (folder / name).exists()]
    if there and not (folder / ours / "manifest.json").is_file():
        fail([f"--out {folder}: holds {there[0]} of something else; choose another folder"])


def try_folder(folder: Path) -> None:
    """Make the output folder and see that it can be written to, before anything is simulated."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".prisonflow-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        fail([f"--out {folder}: cannot be written to ({error.strerror})"])


@contextmanager
def told_if_stopped(message: str) -> Iterator[None]:
    """Say what has become of the work if the user stops it."""
    try:
        yield
    except KeyboardInterrupt:
        fail([message], code=130)


def counted(number: int, what: str) -> str:
    """Say a number of things."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def shown(value: Any) -> str:
    """Say a value as it stands in a file."""
    from sim.scenario.files import as_toml_value

    return "nothing" if value is None else as_toml_value(value)


def fail(lines: Sequence[str], code: int = 2) -> NoReturn:
    """Print what is wrong, line by line, and exit."""
    for line in lines:
        typer.echo(f"prisonflow: {line}", err=True)
    sys.exit(code)
