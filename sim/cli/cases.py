"""Commands about cases: write a new one, and check how much of it is one's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.common import (
    File,
    Setting,
    cannot_write,
    load_lines,
    load_scenario,
    shown,
)
from sim.cli.output import fail, say
from sim.numbers import counted, grouped

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

#: Blocks named one by one up to this number.
_FEW = 12


def new_case(
    folder: Annotated[Path, typer.Argument(help="Folder to write; its name is that of the case.")],
    sending: Annotated[str, typer.Option(help="The state that rents places.")] = "Sending state",
    adjective: Annotated[
        str, typer.Option(help="What is of that state: Swedish prisons.")
    ] = "Sending",
    host: Annotated[str, typer.Option(help="The state in which the prison lies.")] = "Host state",
    removal: Annotated[
        bool,
        typer.Option(
            "--removal",
            help="With what comes after the sentence: removal, detention, a departure centre.",
        ),
    ] = False,
    base: Annotated[
        str,
        typer.Option("--from", help="Case whose numbers stand in until there are your own."),
    ] = "gjilan",
) -> None:
    """Write the folder of a case of your own: it runs, and says what is still somebody else's."""
    from sim.results.files import staged
    from sim.scenario import new_case as writer

    if folder.exists():
        fail([f"{folder}: is there already; choose another folder, or remove it"])
    name = folder.resolve().name
    texts = writer.new_case(name, sending, adjective, host, removal=removal, base=base)
    try:
        with staged(folder) as beside:
            for file, text in texts.items():
                path = beside / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    except OSError as error:
        cannot_write(folder, error)
    for file in texts:
        say(f"wrote {folder / file}")
    say(f"next: prisonflow check {folder}")


def check(
    scenario: File,
    set_: Setting = None,
) -> None:
    """Say whether a scenario is valid, what is its own, and what a report of it would lack.

    Every error is listed if it is not valid. What is borrowed from another country is listed by
    block, and whose it is.
    """
    from sim.scenario.files import base_of, difference

    world = load_scenario(scenario, set_)
    say(f"{scenario} is valid: {world.title} (hash {world.hash}).")
    for line in load_lines(world):
        say(line)
    base = base_of(scenario)
    if base is None:
        say("It stands alone: it extends no other scenario.")
    elif not world.borrowed:
        changes = difference(base, world)
        say(f"It changes {counted(len(changes), 'value')} of {base.name}:")
        for key, before, after in changes:
            say(f"  {key}: {shown(before)} -> {shown(after)}")
    for line in _inherited(world):
        say(line)
    missing = [*_missing(world)]
    if missing:
        say("Before a report of it would be honest:")
        for line in missing:
            say(f"  - {line}")
    else:
        say("Every number has its evidence, and there are published figures to judge it by.")


def _inherited(world: Scenario) -> Iterator[str]:
    """List the blocks that are still another country's, and whose they are."""
    from sim.scenario.borrowed import is_at_or_below

    if not world.borrowed:
        return
    blocks: dict[tuple[str, str], int] = {}
    for key, value in world.leaves():
        taken = next((one for one in world.borrowed if is_at_or_below(key, one)), None)
        if taken is not None and value is not None:
            block = key.split("[")[0].split(".")
            name = ".".join(block[:2] if len(block) > 2 else block[:1])
            whose = world.borrowed[taken]
            blocks[name, whose] = blocks.get((name, whose), 0) + 1
    number = sum(blocks.values())
    yield f"Still another country's, {counted(number, 'value')}:"
    for (name, whose), values in blocks.items():
        yield f"  [{name}]  {counted(values, 'value')} of {whose}"


def _missing(world: Scenario) -> Iterator[str]:
    """Say what of the evidence of a case is missing."""
    from sim.experiment.entries import made_out
    from sim.scenario.cases import Case
    from sim.scenario.evidence import evidence_for, evidence_of_case, numbers, without_record

    if world.home is None:
        yield (
            f"case {world.case!r} has no folder: put the scenario into one of its own, as "
            f"scenario.toml, with evidence.toml beside it (prisonflow new-case writes one)"
        )
    needed = len([*numbers(world)])
    lacking = without_record(world, evidence_of_case(world))
    if lacking:
        blocks = list(dict.fromkeys(".".join(key.split("[")[0].split(".")[:2]) for key in lacking))
        more = "" if len(blocks) <= _FEW else f" and {len(blocks) - _FEW} more"
        yield (
            f"{grouped(len(lacking))} of {counted(needed, 'number')} have no evidence: "
            f"{', '.join(blocks[:_FEW])}{more}"
        )
    told = evidence_for(world)
    own = [key for key, _ in numbers(world) if (r := told.of(key)) and r.status == "own"]
    if own:
        yield (
            f"{counted(len(own), 'number')} set otherwise than the evidence speaks of, and so "
            f"yours, without a source: {', '.join(own[:_FEW])}"
        )
    if not made_out("uncertainties", world):
        yield "no number has a plausible range: the answer can vary with chance alone"
    if world.home is not None and not Case(world.home).published.is_file():
        yield "there are no published figures (published.toml): nothing judges the model"
