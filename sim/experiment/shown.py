"""How experiments show themselves in a notebook: what is planned, and what was found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim import html
from sim.numbers import MISSING, grouped, printed_unit, setting
from sim.results.outcomes import OUTCOMES, outcome_titles
from sim.table import Table

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.definition import Definition, Experiment
    from sim.experiment.read import Results

#: Outcomes of which the spread over points is told, and those that factors are ranked by.
AT_A_GLANCE = (
    "rented_prison_people",
    "transfer_queue",
    "document_queue",
    "home_occupancy",
    "held_after_sentence_days",
    "limbo",
    "departure_centre_people",
    "removed_1y",
    "total_cost",
)
#: Points of a design listed, and replications up to which outcomes are read to be shown.
_POINTS, _FEW = 8, 5_000


def definition_html(definition: Definition) -> str:
    """Return what an experiment is about, before its scenarios and points are made out."""
    rows = [
        ("scenarios", ", ".join(definition.scenarios)),
        ("replications", _often(definition)),
        ("design", definition.design.kind),
        ("seed", str(definition.seed)),
        ("tables besides the outcomes", ", ".join(definition.tables) or "none"),
        *((f"changed: {key}", str(value)) for key, value in definition.changes.items()),
    ]
    return html.card(
        definition.title,
        f"definition of the experiment {definition.name}",
        *_summary(definition.summary),
        Table.of(("", "value"), rows, numbers=False).html(),
    )


def experiment_html(experiment: Experiment) -> str:
    """Return what an experiment will run: scenarios, points, replications."""
    definition, plan = experiment.definition, experiment.plan
    worlds = [(w.name, w.title, w.hash) for w in experiment.scenarios]
    return html.card(
        definition.title,
        f"experiment {definition.name} · scenarios: {grouped(len(worlds))} · points: "
        f"{grouped(len(plan))} ({definition.design.kind}) · replications: "
        f"{_often(definition)} · seed {definition.seed}",
        *_summary(definition.summary),
        Table.of(("scenario", "title", "hash"), worlds, numbers=False).html(),
        *_points(plan.table()),
    )


def results_html(results: Results) -> str:
    """Return how far an experiment has got, and the range of its outcomes over its points."""
    manifest, status = results.manifest, results.status
    failed = f" · cells failed: {grouped(status.failed)}" if status.failed else ""
    found = (
        [*_outcomes(results)]
        if 0 < status.replications <= _FEW
        else [html.paragraph("Ask for outcomes, or any of its tables.")]
    )
    return html.card(
        status.title,
        f"results of the experiment {status.name} · scenarios: "
        f"{grouped(len(manifest['scenarios']))} · points: {grouped(manifest['points'])} · "
        f"replications done: {grouped(status.replications)}{failed} · in {results.folder}",
        *_summary(manifest["definition"].get("summary", "")),
        *found,
        html.folded("Design", *_points(results.design)),
        html.paragraph(f"Tables: {', '.join(results.tables)}."),
    )


def _summary(text: str) -> list[str]:
    return [html.paragraph(text)] if text else []


def _often(definition: Definition) -> str:
    """Say how often every scenario is simulated at every point."""
    rule = definition.replications
    often = rule.often if rule.number else f"{rule.often}, until precise"
    return f"{often}; each draw once" if definition.design.kind == "doubt" else often


def _points(design: pd.DataFrame) -> Iterator[str]:
    """List the first points of a design, unless there is nothing that varies."""
    columns = [str(column) for column in design if column != "point"]
    if len(columns) < 2:
        return
    shown = [[setting(value) for value in row] for row in design[columns].head(_POINTS).to_numpy()]
    yield Table.of(("point", *columns[1:]), shown).html()
    if len(design) > _POINTS:
        yield html.paragraph(f"… and {grouped(len(design) - _POINTS)} more points.")


def _outcomes(results: Results) -> Iterator[str]:
    """Return a table of outcomes: mean over points, and the points' lowest and highest mean."""
    table = results.outcomes
    means = (
        table[table["outcome"].isin(AT_A_GLANCE)]
        .astype({"value": float})
        .groupby(["outcome", "scenario", "point"], sort=False)["value"]
        .mean()
    )
    titles = outcome_titles(results.experiment.scenarios[0])
    units = {outcome.name: outcome.unit for outcome in OUTCOMES}
    scenarios = list(results.manifest["scenarios"])
    rows = []
    for name in (name for name in AT_A_GLANCE if name in means.index):
        cells = [_over_points(means[name].get(s), units[name] == "share") for s in scenarios]
        rows.append([f"{titles[name]}, {printed_unit(units[name])}", *cells])
    yield Table.of(("outcome", *scenarios), rows, "Mean over replications and points").html()


def _over_points(values: pd.Series[float] | None, share: bool) -> str:
    if values is None or values.isna().all():
        return MISSING
    factor = 100 if share else 1
    low, mean, high = (factor * v for v in (values.min(), values.mean(), values.max()))
    decimals = 0 if max(abs(low), abs(high)) >= 100 else 1
    text, least, most = (grouped(value, decimals) for value in (mean, low, high))
    spread = f"{least} to {most}"
    return f"{text} ({spread})" if len(values) > 1 else text
