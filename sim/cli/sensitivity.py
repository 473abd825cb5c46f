"""The command that says what the results of an experiment follow, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from sim.cli.common import cannot_write, try_folder
from sim.cli.experiments import open_results
from sim.cli.output import fail, say
from sim.numbers import counted, grouped

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.sensitivity.discovery import Discovery
    from sim.analysis.sensitivity.question import Question
    from sim.experiment.read import Results

Answer = TypeVar("Answer")


def sensitivity(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of an experiment.")],
    outcome: Annotated[
        list[str] | None,
        typer.Option(help="Outcome to be looked at; several times for several. Default: the main."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="SCENARIO",
            help="Scenario that differences are taken from; by default that without a rented "
            "prison, or the first.",
        ),
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(help="Scenario in question; the first other by default.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONDITION",
            help="Find out when something holds, such as 'limbo > 0 and home_places_freed <= "
            "100' (differences), or 'limbo[baseline] > 900' (values).",
        ),
    ] = None,
    box: Annotated[
        int | None,
        typer.Option(min=0, help="Box of the trade-off to be told; the best by default."),
    ] = None,
    stable_only: Annotated[
        bool,
        typer.Option("--stable-only", help="Leave out the points at which a queue has no end."),
    ] = False,
    most: Annotated[int, typer.Option(min=1, help="Factors listed of each outcome.")] = 5,
    out: Annotated[
        Path | None, typer.Option(help="Folder of tables and figures; <FOLDER>/sensitivity.")
    ] = None,
) -> None:
    """Say which factors results follow, when things hold, and what is chance and ignorance."""
    results = open_results(folder, stable_only=stable_only)
    out = out or folder / "sensitivity"
    asked = _asked(results, folder, outcome, against, scenario)
    tables = _tables(asked)
    found = _discoveries(asked, where, box)
    try_folder(out)
    _write(asked, tables, found, out)
    _print(asked, tables, found, most)
    say(f"\nwrote tables to {out / 'tables'} and figures to {out / 'figures'}")


class Asked:
    """What is asked of which results."""

    def __init__(
        self, results: Results, outcomes: Sequence[str], scenario: str, reference: str | None
    ) -> None:
        from sim.analysis.sensitivity.layout import Layout

        self.results, self.outcomes = results, list(outcomes)
        self.scenario, self.reference = scenario, reference
        self.layout = Layout.of(results.manifest)

    def question(self, reference: str | None) -> Question:
        """Return the question about values, or about differences from a reference."""
        from sim.analysis.sensitivity import sensitivity as question

        return question(self.results, self.outcomes, reference)

    def both(self, answer: Callable[[Question], pd.DataFrame]) -> pd.DataFrame:
        """Ask about the scenario's values, and about its differences if there are any."""
        import pandas as pd

        references = [None] if self.reference is None else [None, self.reference]
        parts = []
        for reference in references:
            part = _told(partial(answer, self.question(reference)))
            parts.append(part[part["scenario"] == self.scenario].assign(reference=reference))
        order = {name: n for n, name in enumerate(self.outcomes)}
        table = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
        return table.sort_values(
            "outcome", key=lambda names: names.map(order), kind="stable", ignore_index=True
        )


def _asked(
    results: Results,
    folder: Path,
    outcomes: list[str] | None,
    against: str | None,
    scenario: str | None,
) -> Asked:
    """Make out what is asked, or say what cannot be."""
    from sim.analysis.sensitivity.layout import RANKED, Layout
    from sim.show.words.findings import MAIN

    layout = Layout.of(results.manifest)
    if layout.kind not in RANKED:
        fail([
            f"{folder}: its design is of the kind {layout.kind!r}, which does not show what "
            f"results follow. Choose {', '.join(RANKED)} (docs/sensitivity.md)"
        ])  # fmt: skip
    names = list(results.manifest["scenarios"])
    for option, name in (("--against", against), ("--scenario", scenario)):
        if name is not None and name not in names:
            fail([f"{option} {name}: no such scenario; there are: {', '.join(names)}"])
    if not results.status.cells:
        fail([f"{folder}: nothing has been simulated yet: prisonflow experiment run {folder}"])
    known, exist = _outcomes(results)
    wanted = outcomes or [name for name in MAIN if name in exist] or sorted(exist)
    if not exist & set(wanted) and known >= set(wanted):
        fail([f"{_nowhere(wanted)}; ask for another with --outcome"])
    reference = against if against is not None else _default_reference(results)
    others = [name for name in names if name != reference]
    if scenario is not None and scenario == reference:
        fail([f"--scenario {scenario}: is what differences are taken from; see --against"])
    return Asked(results, wanted, scenario or others[0], reference)


def _outcomes(results: Results) -> tuple[set[str], set[str]]:
    """Return the outcomes there are, and those of them that exist in some replication."""
    table = results.outcomes
    return set(table["outcome"]), set(table["outcome"][table["value"].notna()])


def _nowhere(names: Sequence[str]) -> str:
    return f"{', '.join(names)}: exists in no replication, so nothing can be said of it"


def _default_reference(results: Results) -> str | None:
    """Return the scenario that differences are taken from, if there are several."""
    from sim.show.facts.agreement import reference_of

    scenarios = results.experiment.scenarios
    return scenarios[reference_of(scenarios)].name if len(scenarios) > 1 else None


def _told(ask: Callable[[], Answer]) -> Answer:
    """Ask, and say in one line what is wrong with the question if it cannot be answered."""
    from sim.analysis.sensitivity.sobol import NeedsSALib

    try:
        return ask()
    except (ValueError, NeedsSALib) as error:
        fail([str(error)])


def _tables(asked: Asked) -> dict[str, pd.DataFrame]:
    """Return the tables that the design has an answer for."""
    from sim.analysis.sensitivity.layout import SAMPLES
    from sim.analysis.sensitivity.question import Question

    tables = {"ranking": asked.both(Question.ranking), "tornado": asked.both(Question.tornado)}
    if asked.layout.second_order:
        tables["interactions"] = asked.both(Question.interactions)
    if asked.layout.kind in SAMPLES:
        tables["two_kinds"] = asked.both(Question.two_kinds)
    return tables


def _discoveries(asked: Asked, where: list[str] | None, box: int | None) -> list[Discovery]:
    """Answer the conditions asked about, by default the two main ones if the design can."""
    from sim.analysis.sensitivity.layout import SAMPLES
    from sim.show.words.findings import ASKED

    if where is None:
        suits = asked.layout.kind in SAMPLES and asked.reference is not None
        _, exist = _outcomes(asked.results)
        where = list(ASKED) if suits and {"home_places_used", "limbo"} <= exist else []
    question = asked.question(asked.reference)
    return [_told(partial(question.discovery, text, asked.scenario, box)) for text in where]


def _print(
    asked: Asked, tables: dict[str, pd.DataFrame], found: Sequence[Discovery], most: int
) -> None:
    from sim.show.words.findings import (
        MEASURES,
        discovery_lines,
        kinds_lines,
        leading,
        ranking_lines,
    )

    kind = asked.layout.kind
    say(_progress(asked.results))
    _, exist = _outcomes(asked.results)
    if missing := [name for name in asked.outcomes if name not in exist]:
        say(_nowhere(missing))
    say(f"\nWhat results follow: {MEASURES[kind][0]}, {MEASURES[kind][1]}")
    for line in ranking_lines(tables["ranking"], kind, most):
        say(line)
    first = leading(tables["ranking"], most)
    say(f"\nAmong the first {most} of any of these: {', '.join(first) or 'none'}")
    if "two_kinds" in tables:
        say("\nChance and ignorance (one standard deviation of each)")
        for line in kinds_lines(tables["two_kinds"]):
            say(line)
    if found:
        say("\nWhen does it hold?")
        for one in found:
            for line in discovery_lines(one, _multiples(asked.results)):
                say(line)


def _progress(results: Results) -> str:
    """Say of how much of an experiment this is."""
    now, points = results.status, results.manifest["points"]
    endless = len(results.unstable)
    if results.stable_only:
        points -= endless
    begun = results.outcomes[["scenario", "point"]].drop_duplicates()
    wanted = points * len(results.manifest["scenarios"])
    whole = "" if len(begun) == wanted else (
        f" UNFINISHED: {grouped(len(begun))} of {grouped(wanted)} pairs of scenario and point are "
        "there; what follows is from these"
    )  # fmt: skip
    size = f"{counted(points, 'point')}, {counted(now.replications, 'replication')}"
    return f"{now.title}: {size}.{whole}{_endless(endless, results.stable_only)}"


def _endless(points: int, left_out: bool) -> str:
    """Say at how many points a queue has no end, and what became of them."""
    if not points:
        return ""
    told = f" At {counted(points, 'point')} a queue has no end, so that results follow how long it "
    return told + ("is simulated: left out." if left_out else "is simulated (see --stable-only).")


def _multiples(results: Results) -> frozenset[str]:
    """Return the factors whose values are multiples of what a scenario states."""
    factors = results.experiment.plan.factors
    return frozenset(factor.name for factor in factors if factor.multiplies)


def _write(
    asked: Asked, tables: dict[str, pd.DataFrame], found: Sequence[Discovery], out: Path
) -> None:
    """Write tables and figures: all at once, or nothing."""
    from sim.results.files import staged
    from sim.show.facts.estimates import write_behind
    from sim.show.figures import write_figures

    drawings = _drawings(asked, tables, found)
    extra: dict[str, Any] = {
        f"trade_off_{n + 1}": one.trade_off for n, one in enumerate(found) if one.boxes
    }
    try:
        with staged(out) as beside:
            write_behind(tables | extra, beside / "tables")
            write_figures(drawings, beside / "figures")
    except OSError as error:
        cannot_write(out, error)


def _drawings(
    asked: Asked, tables: dict[str, pd.DataFrame], found: Sequence[Discovery]
) -> list[Any]:
    from sim.show.draw import sensitivity as figures

    kind = asked.layout.kind
    drawings = [
        *figures.ranking_figures(tables["ranking"], kind),
        *figures.tornado_figures(tables["tornado"], kind),
    ]
    if "two_kinds" in tables and tables["two_kinds"]["ignorance_share"].notna().any():
        drawings.append(figures.kinds_figure(tables["two_kinds"]))
    drawings += [
        figures.trade_off_figure(one, number + 1) for number, one in enumerate(found) if one.boxes
    ]
    return drawings
