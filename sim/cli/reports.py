"""Commands that end in a report: compare scenarios, and report on an experiment."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.common import (
    Assumptions,
    AssumptionsOption,
    Draws,
    Language,
    Pdf,
    Replications,
    Seed,
    Setting,
    cannot_write,
    command_of,
    no_pdf,
    numbers_of,
    refuse,
    refuse_language,
    refuse_strangers,
    say_written,
    tell_first,
    try_folder,
)
from sim.cli.experiments import DaskAddress, Mpi, Workers, crew_of, open_results, run_cells, staying
from sim.cli.output import fail, say
from sim.language import ENGLISH, speaking
from sim.numbers import counted

if TYPE_CHECKING:
    from sim.experiment import replications as tables
    from sim.experiment.definition import Experiment
    from sim.scenario.schema import Scenario
    from sim.show.facts.study import Study

Scenarios = Annotated[
    list[str],
    typer.Argument(metavar="SCENARIO...", help="Scenario files, or names of shipped ones."),
]
Shown = Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of an experiment.")]
Point = Annotated[
    int | None,
    typer.Option(
        min=0,
        help="Point at which scenarios are shown; by default all draws together, or else the "
        "point called base, or the first.",
    ),
]


def compare(
    scenarios: Scenarios,
    assumptions: AssumptionsOption = Assumptions.ENSEMBLE,
    draws: Draws = None,
    replications: Replications = None,
    precision: Annotated[
        list[str] | None,
        typer.Option(
            metavar="OUTCOME=HALF-WIDTH",
            help="As many replications as it takes to know an outcome's paired difference from the "
            "reference (of one scenario: its value) that well; may be given several times. With "
            "fixed assumptions, as it is about chance.",
        ),
    ] = None,
    at_most: Annotated[int, typer.Option(min=20, help="Replications at most, for that.")] = 400,
    seed: Seed = 1,
    workers: Workers = None,
    dask: DaskAddress = None,
    mpi: Mpi = False,
    set_: Setting = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of report and tables; outputs/compare/<names> by default."),
    ] = None,
    pdf: Pdf = False,
    language: Language = ENGLISH,
) -> None:
    """Compare scenarios, about the same people, and write a report one can act on."""
    refuse_language(language)
    if replications is not None and precision:
        fail(["--replications and --precision: give one of them"])
    if precision and assumptions is not Assumptions.FIXED:
        fail(["--precision: is about chance alone, so add --assumptions fixed"])
    drawn, often = numbers_of(assumptions, draws, replications)
    with crew_of(workers, dask, mpi) as crew:
        if not crew.workers:
            return
        rule = _rule(often, precision or [], at_most)
        experiment = _comparison(scenarios, rule, drawn, seed, set_ or [])
        folder = out or Path("outputs") / "compare" / _folder_name(experiment)
        refuse_strangers(folder, "experiment", ("report.html", "brief.html", "tables", "figures"))
        for place in (folder, folder / "tables", folder / "figures"):
            try_folder(place)
        command = command_of(
            "compare", *scenarios, set_=set_, assumptions=assumptions.value, draws=drawn or None,
            precision=precision, at_most=at_most if precision else None,
            replications=None if precision else often, seed=seed,
            language=None if language == ENGLISH else language,
        )  # fmt: skip
        with staying(crew) as (there, executor):
            first = partial(tell_first, language=language)
            run_cells(experiment, folder / "experiment", there, first=first)
            if precision:
                say(_precision_words(experiment, folder / "experiment"))
            with speaking(language):
                _write(folder / "experiment", folder, None, command, executor, pdf)


def report(
    folder: Shown,
    point: Point = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the report; <FOLDER>/report by default.")
    ] = None,
    workers: Workers = None,
    pdf: Pdf = False,
    language: Language = ENGLISH,
) -> None:
    """Write brief and report on an experiment, finished or not, and the tables behind them."""
    refuse_language(language)
    point = _point(folder, point)
    out = out or folder / "report"
    try_folder(out)
    command = _command("report", folder, point)
    with (
        crew_of(workers, dask=None, mpi=False) as crew,
        staying(crew) as (_, executor),
        speaking(language),
    ):
        _write(folder, out, point, command, executor, pdf)


def brief(
    folder: Shown,
    point: Point = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the brief; <FOLDER>/report by default.")
    ] = None,
    pdf: Pdf = False,
    language: Language = ENGLISH,
) -> None:
    """Write the brief on an experiment, finished or not: two pages to hand on."""
    from sim.results.files import staged
    from sim.show.brief import write_brief
    from sim.show.documents import outdated

    refuse_language(language)
    point = _point(folder, point)
    out = out or folder / "report"
    try_folder(out)
    replications, study = _told(folder, point, _command("brief", folder, point))
    without = no_pdf(pdf)
    try:
        with speaking(language), staged(out) as beside:
            paths = write_brief(replications, beside, study, pdf=pdf and not without)
            written = [out / path.relative_to(beside) for path in paths]
        for leftover in outdated(out, written, ("brief.pdf",)):
            leftover.unlink()
    except OSError as error:
        cannot_write(out, error)
    say_written(out, "brief.html", without)


def _point(folder: Path, point: int | None) -> int | None:
    """Return at which point an experiment is shown, None for all draws; refuse if it cannot be."""
    results = open_results(folder)
    kept = {"outcomes", *results.manifest["definition"]["tables"]}
    missing = [name for name in _needed() if name not in kept]
    if missing:
        fail([
            f"{folder}: a report needs tables that were not kept: {', '.join(missing)}. Run the "
            'experiment into another folder, with tables = ["report"] in its file.'
        ])  # fmt: skip
    if any(str(column).startswith("time.") for column in results.design):
        fail([f"{folder}: its points differ in the period they are about, and cannot be compared"])
    if point is not None or results.experiment.plan.draws:
        return point
    names = results.design["name"].tolist()
    return names.index("base") if "base" in names else 0


def _command(name: str, folder: Path, point: int | None) -> str:
    place = shlex.quote(str(folder))
    command = f"prisonflow experiment run {place} && prisonflow {name} {place}"
    return command if point is None else f"{command} --point {point}"


def _needed() -> tuple[str, ...]:
    from sim.experiment.keep import KEPT

    return KEPT


def _rule(replications: int, precision: Sequence[str], at_most: int) -> dict[str, Any]:
    """Turn options into the rule of an experiment file."""
    if not precision:
        return {"number": replications, "per_cell": 5}
    until = []
    for text in precision:
        name, equals, width = text.partition("=")
        try:
            until.append({"outcome": name.strip(), "half_width": float(width)})
        except ValueError:
            equals = ""
        if not equals:
            fail([f"--precision {text}: write it as outcome=half-width, such as limbo=5"])
    return {"until": tuple(until), "at_most": at_most, "at_least": 20, "per_cell": 5}


def _comparison(
    scenarios: Sequence[str], rule: dict[str, Any], draws: int, seed: int, settings: Sequence[str]
) -> Experiment:
    """Return the experiment that compares scenarios, in some draws or none."""
    from sim.analysis.comparable import incomparable
    from sim.experiment.definition import validated, with_scenarios
    from sim.experiment.replicate import doubt_about
    from sim.scenario.files import load, parse_setting
    from sim.show.facts.agreement import reference_of

    changes = dict(parse_setting(text) for text in settings)
    worlds = [load(name, changes) for name in scenarios]
    refuse(incomparable(worlds))
    reference = worlds[reference_of(worlds)].name
    if len(worlds) > 1 and "until" in rule:
        rule["until"] = tuple(one | {"difference_from": reference} for one in rule["until"])
    definition = validated(
        {
            "name": "compare",
            "title": _title(worlds),
            "scenarios": tuple(scenarios),
            "seed": seed,
            "tables": _needed()[1:],
            "changes": changes,
            "replications": rule,
            "design": doubt_about(worlds[0], draws) if draws else {"kind": "base"},
        },
        "compare",
    )
    return with_scenarios(definition, worlds, "compare")


def _title(worlds: Sequence[Scenario]) -> str:
    """Say what is compared, as shortly as it takes to fit into one line."""
    from sim.scenario.names import MOST_TITLE

    titles = "; ".join(world.title for world in worlds)
    title = titles if len(worlds) == 1 else f"Comparison of {titles}"
    return (
        title if len(title) <= MOST_TITLE else f"Comparison of {counted(len(worlds), 'scenario')}"
    )


def _precision_words(experiment: Experiment, folder: Path) -> str:
    """Say whether the precision wanted was reached."""
    from sim.experiment.precision import is_precise, nowhere
    from sim.experiment.run import known
    from sim.experiment.store import Store

    store = Store(folder)
    number = sum(store.done().values()) // len(experiment.scenarios)
    rules, found = experiment.definition.replications, known(experiment, store, 0, number)
    if missing := nowhere(rules, found):
        return (
            f"{', '.join(missing)}: exists in none of {number} replications, so nothing can be "
            "said of its precision; the period may be too short for it"
        )
    if is_precise(rules, found):
        return f"the precision wanted is reached, with {number} replications of each scenario"
    return (
        f"the precision wanted is NOT reached with {number} replications of each scenario, the "
        "most allowed: see --at-most"
    )


def _folder_name(experiment: Experiment) -> str:
    return "-".join(scenario.name for scenario in experiment.scenarios)[:80]


def _told(store: Path, point: int | None, command: str) -> tuple[list[tables.Replications], Study]:
    """Return what an experiment tells at a point, and what there is to say of the experiment."""
    from sim.analysis.comparable import incomparable
    from sim.experiment.store import StoreError
    from sim.show.facts.agreement import reference
    from sim.show.facts.study import study_of

    results = open_results(store)
    try:
        replications = results.replications(point)
    except (KeyError, StoreError) as error:
        fail([str(error.args[0])])
    refuse(incomparable([r.scenario for r in replications]))
    base = replications[reference(replications)]
    return replications, study_of(results, point, base.scenario, command)


def _write(
    store: Path,
    out: Path,
    point: int | None,
    command: str,
    executor: Executor | None,
    pdf: bool,
) -> None:
    """Write brief and report, figures and tables: all at once, or nothing.

    An executor draws the figures meanwhile.
    """
    from sim.results.files import staged
    from sim.show.documents import outdated, write_all
    from sim.show.facts.agreement import reference
    from sim.show.facts.estimates import tables_behind, write_behind
    from sim.show.figures import begin_drawing
    from sim.show.terminal import as_text

    replications, study = _told(store, point, command)
    without = no_pdf(pdf)
    try:
        with staged(out) as beside:
            coming = None if executor is None else begin_drawing(replications, executor)
            write_behind(tables_behind(replications, reference(replications)), beside / "tables")
            drawn = None if coming is None else [one.result() for one in coming]
            paths = write_all(replications, beside, study, drawings=drawn, pdf=pdf and not without)
            written = [out / path.relative_to(beside) for path in paths]
        for leftover in outdated(out, written):
            leftover.unlink()
    except OSError as error:
        cannot_write(out, error)
    say(as_text(replications))
    say(f"wrote tables to {out / 'tables'} and figures to {out / 'figures'}")
    say(f"two pages to hand on: {out / 'brief.html'}")
    say_written(out, "report.html", without)
