"""Write docs/validation.md: every number in it comes from here.

    python docs/make_validation.py [REPLICATIONS]

A section is a function in `SECTIONS` that runs what it needs, resumable in outputs/validation, may
leave pictures in docs/validation, and returns what `validation.md.j2` says under its name.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import sim
from sim.analysis.validation import MISSED, Validation
from sim.results.files import replace
from sim.results.published.vocabulary import KINDS, STAGES, Whom
from sim.scenario.base import Section
from sim.show.validation import (
    between,
    bounded,
    draw,
    number,
    records,
    source_of,
    sources,
    summary,
)
from sim.world.stages import EXITS

DOCS = Path(__file__).resolve().parent
OUTPUTS = DOCS.parent / "outputs" / "validation"


def hindcast(replications: int) -> dict[str, Any]:
    """The baseline beside the published figures."""
    found = sim.validate(
        "baseline",
        replications=replications,
        workers=os.cpu_count() or 1,
        out=OUTPUTS / "hindcast",
    )
    world = found.scenarios[0]
    replace(DOCS / "validation" / "hindcast.png", draw(found, world).png())
    return {
        "replications": replications,
        "until": world.time.end,
        "summary": summary(found, world.name),
        "topics": topics(found),
        "sources": sources(found.table),
        "missed": set(found.table.loc[found.table["verdict"] == MISSED, "topic"]),
    }


def topics(found: Validation) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of the table by topic, in words."""
    numbers = sources(found.table)
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in records(found.table):
        words = {
            "published": bounded(row),
            "model": number(row["model"], row["unit"]),
            "middle": between(row),
            "number": numbers[source_of(row)],
        }
        rows.setdefault(row["topic"], []).append({**row, **words})
    return rows


def vocabulary(_replications: int) -> dict[str, Any]:
    """The measures that a file of figures can name, and what they take."""
    measures = {}
    for kind, model in KINDS.items():
        whom = set(Whom.model_fields) if issubclass(model, Whom) else set()
        what = " ".join(str(model.__doc__).split("\n\n")[0].split())
        keys = fields(model, without={"kind"} | whom)
        measures[kind] = {"what": what, "whom": bool(whom), "keys": list(keys)}
    meanings = {
        key: meaning
        for model in KINDS.values()
        for key, meaning in fields(model, without={"kind", *Whom.model_fields, *PERIOD}).items()
    }
    exits = {exit.name.lower(): title for exit, title in EXITS.items()}
    return {
        "measures": measures,
        "meanings": meanings,
        "whom": fields(Whom),
        "stages": list(STAGES),
        "exits": exits,
    }


#: Keys that say when, explained in the page itself.
PERIOD = ("at", "from_", "until")


def fields(model: type[Section], without: Collection[str] = ()) -> dict[str, str]:
    """Return the keys of a section that a file can give, with what they mean."""
    return {
        field.alias or name: str(field.description)
        for name, field in model.model_fields.items()
        if name not in without
    }


SECTIONS: Mapping[str, Callable[[int], dict[str, Any]]] = {
    "hindcast": hindcast,
    "vocabulary": vocabulary,
}


def main() -> None:
    """Run every section, and write the page."""
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    environment = Environment(
        loader=FileSystemLoader(DOCS),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown, written by us
    )
    said = {name: section(replications) for name, section in SECTIONS.items()}
    replace(DOCS / "validation.md", environment.get_template("validation.md.j2").render(said))
    print(f"wrote {DOCS / 'validation.md'}")


if __name__ == "__main__":
    main()
