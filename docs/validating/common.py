"""What the sections share: where their runs are kept, and published figures beside the model."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pandas as pd

from sim.analysis.tables import records
from sim.analysis.validation import MISSED, Validation
from sim.experiment.pools import processors
from sim.experiment.provenance import code_hash
from sim.numbers import in_unit
from sim.results.files import replace
from sim.scenario.files import configs_dir
from sim.show.draw.validation import draw
from sim.show.words.validation import between, bounded, source_of, sources, summary

DOCS = Path(__file__).resolve().parents[1]
WORKERS = processors()


def outputs(section: str) -> Path:
    """Return the folder of a section's runs: another one for other code or other configs."""
    found = hashlib.sha256(code_hash().encode())
    for file in sorted(configs_dir().rglob("*.toml")):
        if "doubt" not in file.parts:
            found.update(file.read_bytes())
    return DOCS.parent / "outputs" / "validation" / found.hexdigest()[:12] / section


def beside(found: Validation, picture: str, missed_by: str) -> dict[str, Any]:
    """Draw a scenario beside published figures, and return what the page says of it.

    What is missed is named by a column of the table, `figure` or `topic`.
    """
    world = found.scenarios[0]
    replace(DOCS / "validation" / picture, draw(found, world).png())
    return {
        "summary": summary(found, world.name),
        "topics": topics(found.table),
        "sources": sources(found.table),
        "missed": set(found.table.loc[found.table["verdict"] == MISSED, missed_by]),
    }


def topics(table: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of the table by topic, in words."""
    numbers = sources(table)
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in records(table):
        words = {
            "published": bounded(row),
            "model": in_unit(row["model"], row["unit"]),
            "middle": between(row),
            "number": numbers[source_of(row)],
        }
        rows.setdefault(row["topic"], []).append({**row, **words})
    return rows
