"""Commands about scenarios: run, list, describe, trace."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.common import (
    Assumptions,
    AssumptionsOption,
    Draws,
    File,
    Language,
    Pdf,
    Replications,
    Seed,
    Setting,
    cannot_write,
    command_of,
    load_lines,
    load_scenario,
    no_pdf,
    numbers_of,
    refuse,
    refuse_language,
    say_written,
    shown,
    tell_first,
    told_if_stopped,
    try_folder,
)
from sim.cli.output import fail, say
from sim.language import ENGLISH, speaking
from sim.numbers import counted
from sim.table import Column, Row, Table

if TYPE_CHECKING:
    from sim.experiment import replications as tables

Files = Annotated[
    list[str],
    typer.Argument(
        metavar="SCENARIO...",
        help="Scenario files, or names of shipped ones. The answer is about the first; "
        "differences are taken from one without a rented prison if there is any, else from the "
        "first.",
    ),
]


def run(
    scenarios: Files,
    assumptions: AssumptionsOption = Assumptions.ENSEMBLE,
    draws: Draws = None,
    replications: Replications = None,
    seed: Seed = 1,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; by default one for each processor.")
    ] = None,
    set_: Setting = None,
    out: Annotated[Path, typer.Option(help="Folder for tables, figures and the report.")] = Path(
        "outputs"
    ),
    pdf: Pdf = False,
    language: Language = ENGLISH,
) -> None:
    """Simulate scenarios, print the answer, and write tables, figures, a brief and a report."""
    from sim.analysis.comparable import incomparable
    from sim.experiment.crew import Crew
    from sim.experiment.pools import processors
    from sim.experiment.replicate import replicate_all
    from sim.show.terminal import as_text
    from sim.world.engine import described

    worlds = [load_scenario(name, set_) for name in scenarios]
    refuse(incomparable(worlds))
    refuse_language(language)
    for folder in (out, out / "tables", out / "figures"):
        try_folder(folder)
    without = no_pdf(pdf)
    drawn, often = numbers_of(assumptions, draws, replications)
    command = command_of(
        "run", *scenarios, set_=set_, assumptions=assumptions.value, draws=drawn or None,
        replications=often, seed=seed, language=None if language == ENGLISH else language, out=out,
    )  # fmt: skip
    with told_if_stopped("stopped; nothing was written"):
        number = min(workers or processors(), (drawn + often) * len(worlds))
        with Crew(number) if number > 1 else nullcontext() as crew:
            first = partial(tell_first, language=language)
            done = replicate_all(
                worlds, often, seed, number, draws=drawn, executor=crew, first=first
            )
            with speaking(language):
                written = _write(done, out, command, crew, pdf=pdf and not without)
                said = as_text(done)
    say(said)
    say(f"engine: {described()}")
    for folder in dict.fromkeys(path.parent for path in written):
        number = sum(path.parent == folder for path in written)
        say(f"wrote {counted(number, 'file')} to {folder}")
    say(f"two pages to hand on: {out / 'brief.html'}")
    say_written(out, "report.html", without)


def scenarios() -> None:
    """List the scenarios that can be named: shipped ones, and those of cases that are installed."""
    from sim.scenario.cases import cases
    from sim.scenario.files import called, load

    rows = []
    for case in cases().values():
        for world in map(load, case.files):
            mark = " (stress test)" if world.stress_test else ""
            rows.append(Row((called(world) or "", f"{world.title}{mark}\n{world.summary}")))
    say("\n".join(Table((Column(""), Column("", most=72)), rows).text(heads=False)))


def describe(
    scenario: File,
    set_: Setting = None,
) -> None:
    """Print every value of a scenario with its unit, status, range and source."""
    from sim.calibration.baseline import calibrated_values, ground
    from sim.scenario.evidence import evidence_for
    from sim.world.load import offered_load

    world = load_scenario(scenario, set_)
    loads = offered_load(world)
    bounds = {key: words for load in loads for key, words in load.bounds.items()}
    evidence, calibrated = evidence_for(world), calibrated_values(world)
    say(f"{world.title} (hash {world.hash})")
    section = ""
    for key, value in world.leaves():
        if key.split(".")[0].split("[")[0] != section:
            section = key.split(".")[0].split("[")[0]
            say(f"\n[{section}]")
        say(f"{key} = {shown(value)}{_unit(world.unit_of(key), value)}")
        record = evidence.of(key)
        if record is not None:
            spread = ""
            if record.low is not None:
                factor = "times " if record.range_of == "factor" else ""
                spread = f", plausible {factor}{shown(record.low)} to {shown(record.high)}"
            words = f"{ground(record)} ({record.status}), {record.role}{spread}"
            say(f"    {words}{f'; {record.source}' if record.source else ''}")
        if key in calibrated:
            say(f"    {calibrated[key]}")
        for asked in [asked for asked in bounds if key.startswith(asked)]:
            say(f"    the queue has no end {bounds.pop(asked)}")
    say("\n[load]")
    for line in load_lines(world):
        say(line)


def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from sim.scenario.json_schema import schema as document

    say(json.dumps(document(), indent=2, ensure_ascii=False))


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

    one = sim.run(load_scenario(scenario, set_), seed, replication)
    try:
        lines = tell(one, person) if person is not None else []
    except KeyError:
        where = f"“{one.scenario.title}” (seed {seed}, replication {replication})"
        fail([f"--person {person}: nobody has this number in {where}.", *_whom(examples(one))])
    for line in lines or _whom(examples(one)):
        say(line)


def _write(
    done: Sequence[tables.Replications],
    out: Path,
    command: str,
    crew: Executor | None,
    *,
    pdf: bool,
) -> list[Path]:
    """Write everything, all at once: what was there before stays until the new is complete.

    A crew draws the figures meanwhile.
    """
    from sim.experiment.tables import outdated, write_tables
    from sim.results.files import staged
    from sim.show import documents
    from sim.show.figures import begin_drawing
    from sim.show.terminal import as_text

    try:
        with staged(out) as beside:
            coming = begin_drawing(done, crew) if crew is not None else None
            paths = write_tables(done, beside / "tables")
            as_text(done)  # what it stands on is remembered, and asked for again by the report
            drawn = None if coming is None else [one.result() for one in coming]
            paths += documents.write_all(done, beside, command=command, drawings=drawn, pdf=pdf)
            written = [out / path.relative_to(beside) for path in paths]
        for leftover in (
            *outdated(done, out / "tables", written),
            *documents.outdated(out, written),
        ):
            leftover.unlink()
    except OSError as error:
        cannot_write(out, error)
    return written


def _whom(found: dict[int, str]) -> list[str]:
    lines = [f"  --person {number}   {reason}" for number, reason in found.items()]
    return ["People worth following:", *lines] if lines else ["There is nobody worth following."]


def _unit(unit: str, value: Any) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return f" {unit}" if unit and number else ""
