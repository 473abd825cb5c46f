"""The measures that a file of published figures can name."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sim
from sim.results.published.vocabulary import KINDS, STAGES, Whom
from sim.scenario.base import Section
from sim.world.flow import EXITS


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
    exits = {exit.name.lower(): told(row.title) for exit, row in EXITS.items()}
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
