"""The report: one HTML file that opens with the answer and needs nothing else to be read."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiment.tables import provenance
from sim.results.files import replace
from sim.results.outcomes import OUTCOMES
from sim.scenario.base import unit_of
from sim.scenario.evidence import Evidence, Record, load_evidence, numbers
from sim.scenario.files import as_toml_value, difference
from sim.show import table, words
from sim.show.after import after_sentence
from sim.show.facilities import occupancy
from sim.show.held import durations
from sim.show.queues import queues
from sim.show.stages import stages
from sim.show.style import Drawing

if TYPE_CHECKING:
    from sim.experiment.replicate import Replications
    from sim.scenario.schema import Scenario

FIGURES = (occupancy, queues, stages, durations, after_sentence)


def write_all(replications: Sequence[Replications], folder: Path) -> list[Path]:
    """Write every figure as PNG and SVG, and the report.

    Parameters
    ----------
    replications
        Scenarios; the others are compared with the first.
    folder
        Where to write: `figures/` below it, and `report.html`.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    OSError
        If the folder cannot be written to; each file is whole or not there.
    """
    drawings = [figure(replications) for figure in FIGURES]
    paths = []
    for drawing in drawings:
        paths.append(replace(folder / "figures" / f"{drawing.name}.png", drawing.png()))
        paths.append(replace(folder / "figures" / f"{drawing.name}.svg", drawing.svg()))
    return [*paths, replace(folder / "report.html", html(replications, drawings))]


def html(replications: Sequence[Replications], drawings: Sequence[Drawing]) -> str:
    """Return the report as HTML."""
    from jinja2 import Environment, PackageLoader, select_autoescape

    environment = Environment(
        loader=PackageLoader("sim.show"),
        autoescape=select_autoescape(default=True, default_for_string=True),
    )
    page = environment.get_template("report.html.j2")
    return page.render(**_content(replications, drawings)) + "\n"


def _content(replications: Sequence[Replications], drawings: Sequence[Drawing]) -> dict[str, Any]:
    first, evidence = replications[0], load_evidence()
    titles = [r.scenario.title for r in replications]
    made = provenance(replications)
    records = list(_records(first.scenario, evidence))
    return {
        "title": "Where queues build, and how long people are held",
        "stress": [words.quoted(r.scenario.title) for r in replications if r.scenario.stress_test],
        "sentences": table.sentences(replications),
        "heads": [*titles, *(f"{title}: difference" for title in titles[1:])],
        "rows": _rows(replications),
        "reading": table.reading(replications),
        "figures": [
            {
                "data": base64.b64encode(drawing.svg()).decode(),
                "alt": f"{drawing.title} {drawing.alt}",
                "caption": drawing.caption,
            }
            for drawing in drawings
        ],
        "scenarios": [_about(first.scenario, r.scenario) for r in replications],
        "counts": _counts(records),
        "contested": [entry for entry in records if entry["contested"]],
        "assumptions": [e for e in records if e["status"] in ("assumption", "recalled")],
        "method": (
            f"{words.counted(first.number, 'replication')} of each scenario, seed {first.seed}."
        ),
        "command": _command(replications),
        "versions": "; ".join(
            [f"{name} {version}" for name, version in made["versions"].items()]
            + [f"{name} {mark}" for name, mark in made["scenarios"].items()]
        ),
    }


def _rows(replications: Sequence[Replications]) -> list[dict[str, Any]]:
    rows = table.summary(replications, [outcome.name for outcome in OUTCOMES])
    return [
        {
            "label": table.label(row),
            "definition": row.definition,
            "cells": [table.shown(value, row.unit) for value in row.values]
            + [table.shown(value, row.unit, signed=True) for value in row.differences],
        }
        for row in rows
    ]


def _about(first: Scenario, scenario: Scenario) -> dict[str, str]:
    changes = difference(first, scenario) if scenario is not first else []
    shown = [f"{key} {_value(before)} → {_value(after)}" for key, before, after in changes[:12]]
    more = f" and {len(changes) - 12} more" if len(changes) > 12 else ""
    return {
        "title": scenario.title,
        "summary": scenario.summary,
        "changes": "; ".join(shown) + more,
    }


def _value(value: Any) -> str:
    return "nothing" if value is None else as_toml_value(value)


def _records(scenario: Scenario, evidence: Evidence) -> list[dict[str, str]]:
    """Return each record that speaks for the scenario once, with the first value it covers."""
    seen: dict[Record, dict[str, str]] = {}
    for key, value in numbers(scenario):
        record = evidence.of(key)
        if record is not None and record not in seen:
            spread = ""
            if record.low is not None:
                factor = "times " if record.range_of == "factor" else ""
                spread = f"{factor}{_value(record.low)} to {_value(record.high)}"
            seen[record] = {
                "key": key,
                "value": f"{_value(value)} {unit_of(key)}".strip(),
                "range": spread,
                "status": record.status,
                "source": record.source,
                "contested": record.contested,
            }
    return list(seen.values())


def _counts(records: Sequence[dict[str, str]]) -> str:
    status = [entry["status"] for entry in records]
    parts = [
        f"{status.count(name)} {name}"
        for name in ("found", "article", "derived", "recalled", "assumption")
        if name in status
    ]
    return (
        f"The numbers of the first scenario stand on {len(records)} records: {words.listed(parts)}."
    )


def _command(replications: Sequence[Replications]) -> str:
    names = " ".join(r.scenario.name for r in replications)
    first = replications[0]
    return f"prisonflow run {names} --replications {first.number} --seed {first.seed}"
