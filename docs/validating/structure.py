"""What each part of the world after the sentence does to the answer: one left out at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

import sim
from docs.validating.common import WORKERS, outputs
from sim.experiment.call import run_experiment
from sim.numbers import coarse, printed_unit, scale, signed
from sim.results.outcomes import OUTCOMES, outcome_titles
from sim.scenario.schema import Scenario
from sim.statistics.pairs import difference

#: With the agreement, and without it.
WITH, WITHOUT = "baseline", "no_agreement"
REPLICATIONS = 20
#: What is told of both worlds, and of the difference between them.
LEVELS = ("limbo", "departure_centre_people", "breach_imprisoned", "detained", "removed_5y")
TITLES = outcome_titles(sim.load(WITH))
UNITS = {outcome.name: outcome.unit for outcome in OUTCOMES}
DIFFERENCES = ("places_freed_net", "agreement_cost_net", "limbo", "held_after_sentence_days")


class Part(NamedTuple):
    """A part of the structure, and the changes without which it would not be there."""

    title: str
    changes: Mapping[str, Any]


def _constant(days: float) -> dict[str, Any]:
    return {"kind": "constant", "value": days}


PARTS = {
    "gone": Part(
        "whoever is gone has an open case for a time; else it is closed within days",
        {"departure_centre.cases_closed_per_year": 366},
    ),
    "elsewhere": Part(
        "half of those under duties live elsewhere; else all live in the centre",
        {"departure_centre.lives_elsewhere_share": 0},
    ),
    "tolerated": Part(
        "people on tolerated stay seldom abscond; else as often as the others",
        {"departure_centre.tolerated_absconds_per_year": 0.8},
    ),
    "permits": Part(
        "permits come early to some; else at reviews alone",
        {"departure_centre.early_permit_share": 0},
    ),
    "by_way_of_detention": Part(
        "removals from liberty go by way of detention for some days; else at once",
        {"detention.before_removal_days": _constant(0)},
    ),
    "no_fixed_limit": Part(
        "no fixed limit of detention; else six months for everyone",
        {"detention.longest_days": _constant(182)},
    ),
    "others": Part(
        "others take hands and places, and detention has fewer; else none, and 136",
        {
            "detention.places": 136,
            "detention.places_for_others": 0,
            "removal.escort_teams_for_others": 0,
        },
    ),
    "pandemic": Part(
        "fewer departures in the pandemic; else as many as ever",
        {"removal.carried_out_share": 1},
    ),
    "transfers_home": Part(
        "transfers home paused, then grew; else at one share",
        {"sentencing.transfer_to_origin.transferred_factor": 1},
    ),
    "breaches": Part(
        "shorter sentences for breaches before June 2019; else as since then",
        {"departure_centre.breach_sentence_factor": 1},
    ),
    "lifted": Part(
        "a few expulsions are lifted; else none",
        {"departure_centre.order_lifted_per_year": 0},
    ),
}


def structure(_replications: int) -> dict[str, Any]:
    """Run both worlds with each part left out, and lay the answers beside one another."""
    worlds = dict(_worlds())
    chosen = sim.define(
        "structure",
        list(worlds.values()),
        {"number": REPLICATIONS},
        title="Parts of the structure, left out one at a time",
    )
    found = run_experiment(chosen, outputs("structure"), workers=WORKERS)
    values = found.outcomes.pivot(
        index=["scenario", "replication"], columns="outcome", values="value"
    )
    return {
        "replications": REPLICATIONS,
        "levels": [_title(name) for name in LEVELS],
        "differences": [_title(name) for name in DIFFERENCES],
        "rows": [_row(values, "", "as it is"), *(_row(values, f"_{key}", part.title)
                                                  for key, part in PARTS.items())],
    }  # fmt: skip


def _worlds() -> Iterator[tuple[str, Scenario]]:
    for world in (WITH, WITHOUT):
        whole = sim.load(world)
        yield world, whole
        for key, part in PARTS.items():
            name = f"{world}_{key}"
            yield name, whole.change({**part.changes, "name": name})


def _row(values: pd.DataFrame, ending: str, title: str) -> dict[str, Any]:
    """Say what the answer is in worlds of one kind: means with, and paired differences."""
    there, here = (values.loc[f"{world}{ending}"] for world in (WITH, WITHOUT))
    return {
        "title": title,
        "levels": [coarse(scale(UNITS[name]) * float(there[name].mean())) for name in LEVELS],
        "differences": [_difference(there[name], here[name], UNITS[name]) for name in DIFFERENCES],
    }


def _difference(ours: pd.Series, theirs: pd.Series, unit: str) -> str:
    """Say a mean difference with its half-width of chance."""
    found = difference(ours, theirs)
    assert found.half is not None  # there are enough replications
    mean, half = scale(unit) * found.mean, scale(unit) * found.half
    return f"{signed(mean, coarse(abs(mean)))} ± {coarse(half)}"


def _title(name: str) -> str:
    title = "Places freed, less those filled again" if name == "places_freed_net" else TITLES[name]
    return f"{title}, {printed_unit(UNITS[name])}"
