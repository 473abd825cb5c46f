"""What a report tells of the experiment behind it: where, how, and what the answer moves with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.analysis import sensitivity
from sim.analysis.sensitivity.ignorance import over_points
from sim.analysis.sensitivity.layout import RANKED, SAMPLES
from sim.analysis.tables import records
from sim.experiment.shown import AT_A_GLANCE
from sim.numbers import MISSING, coarse, counted, printed_unit, scale, setting
from sim.results.outcomes import OUTCOMES
from sim.show.words import outcome_titles
from sim.show.words.findings import (
    MEASURES,
    quantities,
    share_words,
    spread_words,
    strength_words,
)

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.read import Results
    from sim.scenario.schema import Scenario

#: Designs whose points are draws, none of which means more than another.
DRAWN = (*SAMPLES, "morris", "ensemble")
#: Shares of points below the quantiles that are told, and factors listed.
SHARES, LISTED = (0.05, 0.5, 0.95), 15


@dataclass(frozen=True)
class Spread:
    """An outcome over the points of the design."""

    title: str
    unit: str
    what: str
    cells: tuple[str, ...]
    """Quantiles, lowest first."""
    points: int
    """Points from which they are."""


@dataclass(frozen=True)
class Kinds:
    """Chance and ignorance in an outcome: means, standard deviations, and a share, in words."""

    title: str
    what: str
    mean: str
    ignorance: str
    chance: str
    share: str


@dataclass(frozen=True)
class Influential:
    """A factor and how strongly outcomes follow it."""

    factor: str
    outcomes: str


@dataclass(frozen=True)
class Study:
    """An experiment as its report tells of it."""

    title: str
    summary: str
    command: str
    where: str
    """At which point the scenarios are shown."""
    points: int
    failed: int
    """Cells that failed, and are missing."""
    headline: tuple[str, ...]
    """Of points that are draws: what all of them say, in sentences; no single draw is an answer."""
    spreads: tuple[Spread, ...]
    kinds: tuple[Kinds, ...]
    """Of samples only."""
    measure: str
    """What factors are ranked by; empty if they are not."""
    influential: tuple[Influential, ...]
    ranks: Mapping[str, int]
    """Best rank of each factor over the outcomes told, by its name."""
    runs: tuple[str, ...]
    code: str


def study_of(results: Results, point: int | None, reference: Scenario, command: str) -> Study:
    """Gather what a report tells of an experiment.

    Parameters
    ----------
    results
        The experiment.
    point
        Point at which its scenarios are shown; None for all draws together.
    reference
        Scenario the others are compared with, which names states and places.
    command
        What makes it again.
    """
    manifest, design = results.manifest, results.design
    kind = manifest["definition"]["design"]["kind"]
    several = len(design) > 1 and kind != "doubt"
    table = results.outcomes[results.outcomes["outcome"].isin(AT_A_GLANCE)] if several else None
    compared = reference.name if len(manifest["scenarios"]) > 1 else None
    titles = outcome_titles(reference)
    spreads = tuple(_spreads(table, compared, titles)) if table is not None else ()
    ranked = _ranked(results, compared, kind) if several else None
    code = manifest["code"]
    return Study(
        manifest["title"],
        manifest["definition"].get("summary", ""),
        command,
        _where(design, point or 0) if several else "",
        len(design) if several else 1,
        results.status.failed,
        tuple(_headline(spreads)) if several and kind in DRAWN else (),
        spreads,
        tuple(_kinds(results, compared, titles)) if several and kind in SAMPLES else (),
        ", ".join(MEASURES[kind]) if ranked is not None else "",
        tuple(_influential(ranked, kind, titles)) if ranked is not None else (),
        _best_ranks(ranked),
        tuple(_run_words(run) for run in manifest["runs"] if run.get("ran")),
        str(code.get("revision", code["hash"]))[:12]
        + ("" if code.get("clean", True) else ", with changes not committed"),
    )


def _headline(spreads: Iterable[Spread]) -> Iterator[str]:
    """Yield a sentence on each outcome: between which two numbers nine points in ten lie."""
    told: dict[str, list[str]] = {}
    for one in spreads:
        if MISSING not in one.cells:
            ends = f"{one.cells[0]} to {one.cells[-1]} {one.unit} in {one.what}"
            told.setdefault(one.title, []).append(ends)
    for title, ranges in told.items():
        yield f"{title}: {'; '.join(ranges)}."


def _best_ranks(ranked: pd.DataFrame | None) -> dict[str, int]:
    """Number the factors by their best rank for any outcome, of equals by their mean rank."""
    if ranked is None:
        return {}
    ranks = ranked.groupby("factor", sort=False)["rank"].agg(["min", "mean"])
    order = ranks.sort_values(["min", "mean"], kind="stable").index
    return {str(factor): number + 1 for number, factor in enumerate(order)}


def _where(design: pd.DataFrame, point: int) -> str:
    """Say what is special about a point."""
    row = design[design["point"] == point].iloc[0]
    values = [
        f"{key} = {setting(value)}"
        for key, value in row.items()
        if key not in ("point", "name") and value == value
    ]
    few = ", ".join(values[:8])
    more = f", and {len(values) - 8} more" if len(values) > 8 else ""
    return f"{row['name']}" + (f": {few}{more}" if values else "")


def _spreads(table: pd.DataFrame, reference: str | None, titles: Mapping[str, str]) -> list[Spread]:
    """Return the spread of values, and of differences from the reference, over points."""
    rows = []
    for base in (None,) if reference is None else (None, reference):
        found = over_points(table, base, SHARES)
        for outcome in OUTCOMES:
            mine = found[found["outcome"] == outcome.name]
            for scenario, group in mine.groupby("scenario", sort=False):
                cells = tuple(_number(q, outcome.unit) for q in group["quantile"])
                name = str(scenario) if base is None else f"{scenario} minus {base}"
                number = int(group["points"].iloc[0])
                rows.append(
                    Spread(titles[outcome.name], printed_unit(outcome.unit), name, cells, number)
                )
    return rows


def _number(value: float, unit: str) -> str:
    return MISSING if value != value else coarse(scale(unit) * value)


def _in(results: Results) -> list[str]:
    known = set(results.outcomes["outcome"])
    return [name for name in AT_A_GLANCE if name in known]


def _kinds(results: Results, reference: str | None, titles: Mapping[str, str]) -> Iterator[Kinds]:
    """Yield chance and ignorance of values, and of differences from the reference."""
    for base in (None,) if reference is None else (None, reference):
        table = sensitivity.sensitivity(results, _in(results), base).two_kinds()
        for quantity, row in zip(quantities(table), records(table), strict=True):
            if row["chance"] == row["chance"]:
                title = f"{titles[quantity.outcome]}, {quantity.unit}"
                yield Kinds(title, quantity.what, *spread_words(row), share_words(row))


def _ranked(results: Results, reference: str | None, kind: str) -> pd.DataFrame | None:
    """Return what results follow beyond chance; None for designs that cannot tell."""
    if kind not in RANKED:
        return None
    try:
        found = sensitivity.sensitivity(results, _in(results), reference).ranking()
    except sensitivity.NeedsSALib:
        return None
    return found[found["told"].astype(bool)]


def _influential(ranked: pd.DataFrame, kind: str, titles: Mapping[str, str]) -> list[Influential]:
    """List the factors that come first for some outcome, with what they move."""
    rows = []
    for factor in list(_best_ranks(ranked))[:LISTED]:
        mine = ranked[ranked["factor"] == factor].nsmallest(3, "rank")
        told = [
            f"{titles[row['outcome']]}{_of(row['scenario'], ranked)}: {strength_words(row, kind)}"
            for row in records(mine)
        ]
        rows.append(Influential(factor, "; ".join(told)))
    return rows


def _of(scenario: str, ranked: pd.DataFrame) -> str:
    """Name the scenario where there are several."""
    return f" in {scenario}" if ranked["scenario"].nunique() > 1 else ""


def _run_words(run: Mapping[str, Any]) -> str:
    until = f" until {run['ended'][:16].replace('T', ' ')} UTC" if run.get("ended") else ""
    return (
        f"{run['began'][:16].replace('T', ' ')} UTC{until}, {run['how']}: "
        f"{counted(run['ran'], 'cell')}, {run['outcome']}"
    )
