"""Write docs/validation.md: every number in it comes from here.

    python docs/make_validation.py [REPLICATIONS]

A section is a function in `SECTIONS` that runs what it needs, resumable in outputs/validation, may
leave pictures in docs/validation, and returns what `validation.md.j2` says under its name.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

import sim
from sim.analysis.tables import records
from sim.analysis.validation import MISSED, Validation
from sim.experiment.provenance import code_hash
from sim.results.files import replace
from sim.results.outcomes import OUTCOMES, outcomes
from sim.results.published.vocabulary import KINDS, STAGES, Whom
from sim.results.run import Run
from sim.scenario.base import Section
from sim.scenario.files import configs_dir
from sim.show.validation import (
    between,
    bounded,
    draw,
    number,
    source_of,
    sources,
    summary,
)
from sim.world.stages import EXITS

DOCS = Path(__file__).resolve().parent


def outputs(section: str) -> Path:
    """Return the folder of a section's runs: another one for other code or other configs."""
    found = hashlib.sha256(code_hash().encode())
    for file in sorted(configs_dir().rglob("*.toml")):
        found.update(file.read_bytes())
    return DOCS.parent / "outputs" / "validation" / found.hexdigest()[:12] / section


def hindcast(replications: int) -> dict[str, Any]:
    """The baseline beside the published figures."""
    found = sim.validate(
        "baseline",
        replications=replications,
        workers=os.cpu_count() or 1,
        out=outputs("hindcast"),
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


#: Runs of Norgerhaven of which weekly and monthly means are told; weeks told one by one.
FEW, WEEKS = 10, 20


def norgerhaven(replications: int) -> dict[str, Any]:
    """The rented prison that Norway had, beside what was published about it."""
    found = sim.validate(
        "norgerhaven",
        replications=replications,
        workers=os.cpu_count() or 1,
        out=outputs("norgerhaven"),
    )
    world = found.scenarios[0]
    replace(DOCS / "validation" / "norgerhaven.png", draw(found, world).png())
    scenario = sim.load("norgerhaven")
    runs = [sim.run(scenario, 1, number) for number in range(FEW)]
    fewer = scenario.with_(transfer__considered_share=LESS_CONSIDERED)
    other = [sim.run(fewer, 1, number) for number in range(FEW)]
    return {
        "replications": replications,
        "few": FEW,
        "summary": summary(found, world.name),
        "topics": topics(found),
        "sources": sources(found.table),
        "missed": set(found.table.loc[found.table["verdict"] == MISSED, "figure"]),
        "weeks": list(_spread(map(_weekly, runs)))[:WEEKS],
        "months": list(_spread(map(_monthly, runs))),
        "outcomes": _measured(runs),
        "less_considered": LESS_CONSIDERED,
        "most_inside": max(row["mean"] for _, row in _spread(map(_weekly, other))),
    }


#: Share considered with which about as many are assessed by November 2015 as were.
LESS_CONSIDERED = 0.32
#: Outcomes told of Norgerhaven.
TOLD = (
    "rented_prison_fill_90_days", "rented_prison_fill_95_days", "transfers",
    "transfers_per_month", "rented_prison_people", "rented_prison_mean_stay_days",
)  # fmt: skip


def _weekly(run: Run) -> pd.Series[float]:
    """People inside the rented prison, week by week."""
    table = run.occupancy("week")
    mine = table[table["facility"] == run.scenario.rented_prison.key]
    return mine.set_index("date")["people"]


def _monthly(run: Run) -> pd.Series[float]:
    """Transfers, month by month."""
    return run.transfers("month").set_index("date")["transfers"].astype(float)


def _spread(series: Iterable[pd.Series[float]]) -> Iterator[tuple[date, dict[str, float]]]:
    """Yield each date with mean, lowest and highest of some series."""
    together = pd.concat(list(series), axis=1)
    for day, values in together.iterrows():
        yield day.date(), {"mean": values.mean(), "low": values.min(), "high": values.max()}


def _measured(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Return title, unit, mean, lowest and highest of the outcomes told."""
    found = pd.DataFrame([outcomes(run) for run in runs])[list(TOLD)].astype(float)
    known = {outcome.name: outcome for outcome in OUTCOMES}
    return [
        {
            "title": runs[0].scenario.told(known[name].title),
            "unit": known[name].unit,
            "mean": column.mean(),
            "low": column.min(),
            "high": column.max(),
            "exist": int(column.notna().sum()),
        }
        for name, column in found.items()
    ]


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
    told = sim.load("baseline").told
    exits = {exit.name.lower(): told(title) for exit, title in EXITS.items()}
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
    "norgerhaven": norgerhaven,
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
