"""The model beside what was published, as a table for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sim.analysis.tables import records
from sim.analysis.validation import AGREES, MISSED, NOT_COVERED, SET, VERDICTS
from sim.numbers import counted, in_unit
from sim.table import WIDTH, Column, Heading, Row, Table

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.validation import Validation
    from sim.scenario.schema import Scenario

_RULE = (
    "The model agrees if the middle 90 % of its replications (chance alone) touch what is "
    "accepted: the published value with its own uncertainty and a tolerance for what is not quite "
    "alike; ≤ and ≥ mark bounds. “Set to agree”: the scenario was set with the figure in view, so "
    "that agreement is no independent test."
)
_COLUMNS = (
    Column("", width=42, most=42),
    Column("published", number=True),
    Column("model", number=True),
    Column("middle 90 %", number=True),
    Column("verdict"),
    Column("source"),
)
_BOUNDS = {"equal": "", "at_most": "≤ ", "at_least": "≥ "}


def as_text(found: Validation) -> str:
    """Return the table for a terminal, scenario by scenario, with its sources below."""
    parts = [line for scenario in found.scenarios for line in _scenario_lines(found, scenario)]
    return "\n".join([*parts, *_wrapped(_RULE), "", *_source_lines(found.table)])


def summary(found: Validation, scenario: str) -> str:
    """Say in a sentence how many figures a scenario meets."""
    mine = found.table[found.table["scenario"] == scenario]
    parts = []
    judged = mine[mine["verdict"].isin([AGREES, SET, MISSED])]
    for used, words in ((False, "Not used to set the scenario"), (True, "Used to set it")):
        rows = judged[judged["used_to_set"] == used]
        bounds = rows["compare"] != "equal"
        told = [
            f"{int((among['verdict'] == MISSED).sum())} of {counted(len(among), kind)}"
            for kind, among in (("figure", rows[~bounds]), ("bound", rows[bounds]))
            if len(among)
        ]
        if told:
            parts.append(f"{words}: {' and '.join(told)} missed.")
    others = [f"{n} {v}" for v in VERDICTS[3:] if (n := int((mine["verdict"] == v).sum()))]
    return " ".join([*parts, *([f"Others: {', '.join(others)}."] if others else [])])


def _of(found: Validation, scenario: Scenario) -> pd.DataFrame:
    """Return what was found of a scenario."""
    return found.table[found.table["scenario"] == scenario.name]


def _scenario_lines(found: Validation, scenario: Scenario) -> Iterator[str]:
    yield f"{scenario.title}: {counted(found.replications, 'replication')}, to {scenario.time.end}"
    yield ""
    yield from _table(found, scenario).text()
    yield ""
    yield from _wrapped(summary(found, scenario.name))
    missing = int((_of(found, scenario)["verdict"] == NOT_COVERED).sum())
    if missing:
        yield (
            f"“{scenario.title}” runs from {scenario.time.start} to {scenario.time.end}: it does "
            f"not cover {counted(missing, 'figure')}."
        )


def _table(found: Validation, scenario: Scenario) -> Table:
    """Return the figures of a scenario by topic, each beside the model."""
    numbers = sources(found.table)
    lines: list[Row | Heading] = []
    for topic, rows in _of(found, scenario).groupby("topic", sort=False):
        lines.append(Heading(str(topic)))
        lines += [
            Row(
                (
                    row["title"],
                    bounded(row),
                    in_unit(row["model"], row["unit"]),
                    between(row),
                    row["verdict"],
                    f"[{numbers[source_of(row)]}] {row['confidence']}",
                )
            )
            for row in records(rows)
        ]
    return Table(_COLUMNS, lines)


def bounded(row: Mapping[str, Any]) -> str:
    """Say the published value of a row of the table, and whether it is a bound."""
    return _BOUNDS[row["compare"]] + in_unit(row["published"], row["unit"])


def between(row: Mapping[str, Any]) -> str:
    """Say the middle 90 % of a row of the table."""
    low, high = (in_unit(row[f"model_{end}"], row["unit"]) for end in ("low", "high"))
    return f"{low.removesuffix(' %')} to {high}" if low else ""


def source_of(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return source, address and status of a row."""
    return row["source"], row["url"], row["status"]


def sources(table: pd.DataFrame) -> dict[tuple[str, str, str], int]:
    """Number the sources in the order in which they come."""
    rows = dict.fromkeys(source_of(row) for row in records(table))
    return {source: n for n, source in enumerate(rows, 1)}


def _source_lines(table: pd.DataFrame) -> Iterator[str]:
    yield "Sources (and how far to trust them: the word beside the number)"
    for (source, url, status), n in sources(table).items():
        yield f"  [{n}] {status}: {source}{f' {url}' if url else ''}"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH)
