"""Two small scenarios, run five times each, and tools to change what their tables say."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pandas as pd
import pytest

from sim.experiment.replications import Replications
from sim.people.chance import Chance
from sim.people.service import Service
from sim.scenario.files import load
from sim.scenario.schema import Scenario
from sim.show.draw.drawing import Drawing
from sim.show.figures import draw_all
from tests.helpers.runs import replicate

#: As few as an interval is given for.
REPLICATIONS = 5
FEWER = {"arrivals.judgments_per_year": 150}


@pytest.fixture(scope="session")
def baseline() -> Replications:
    """The shipped baseline with few people, a few times."""
    return replicate(load("baseline", FEWER), REPLICATIONS, seed=3)


@pytest.fixture(scope="session")
def without() -> Replications:
    """The same people without a rented prison."""
    return replicate(load("no_agreement", FEWER), REPLICATIONS, seed=3)


@pytest.fixture(scope="session")
def both(baseline: Replications, without: Replications) -> list[Replications]:
    """Both scenarios."""
    return [baseline, without]


@pytest.fixture(scope="session")
def drawings(both: list[Replications]) -> dict[str, Drawing]:
    """All figures of both, by name."""
    return {drawing.name: drawing for drawing in draw_all(both)}


def only_first(r: Replications, number: int = 1) -> Replications:
    """Keep the first replication, or the first few."""
    tables = {name: table[table["replication"] < number] for name, table in r.tables.items()}
    return dataclasses.replace(r, number=number, tables=tables)


def service_days(
    scenario: Scenario, seed: int, number: int
) -> list[tuple[int, str, float | None, str]]:
    """Return rows of outcomes: when the rented prison of a scenario opens and closes."""
    begins = scenario.day(scenario.time.observe_from)
    rows: list[tuple[int, str, float | None, str]] = []
    for n in range(number):
        service = Service.of(scenario, Chance(seed, n))
        for name, day in (("opens", service.opens), ("closes", service.closes)):
            value = day - begins if day < float("inf") else None
            rows.append((n, f"rented_prison_{name}_days", value, "days"))
    return rows


def with_scenario(r: Replications, changes: dict[str, object]) -> Replications:
    """Change the scenario, and of the tables only when the rented prison opens and closes."""
    scenario = r.scenario.change(changes)
    outcomes = r.tables["outcomes"].copy()
    for n, name, value, _ in service_days(scenario, r.seed, r.number):
        mine = (outcomes["replication"] == n) & (outcomes["outcome"] == name)
        outcomes.loc[mine, "value"] = value
    tables = {**r.tables, "outcomes": outcomes}
    return dataclasses.replace(r, scenario=scenario, tables=tables)


def renamed(r: Replications, name: str, title: str) -> Replications:
    """Give the scenario another name."""
    scenario = r.scenario.model_copy(update={"name": name, "title": title})
    return dataclasses.replace(r, scenario=scenario)


def changed(
    r: Replications, name: str, change: Callable[[pd.DataFrame], pd.DataFrame]
) -> Replications:
    """Change a table (a copy of it is given)."""
    return dataclasses.replace(r, tables=r.tables | {name: change(r.tables[name].copy())})


def with_outcome(r: Replications, name: str, values: list[float | None]) -> Replications:
    """Set an outcome, one value per replication; there are as many replications as values."""
    rows = pd.DataFrame(
        {
            "replication": range(len(values)),
            "outcome": name,
            "value": pd.array(values, dtype="Float64"),
            "unit": "",
        }
    )
    table = r.tables["outcomes"]
    kept = table[(table["outcome"] != name) & (table["replication"] < len(values))]
    kept = kept.astype({"outcome": object, "value": "Float64", "unit": object})
    table = pd.concat([kept, rows], ignore_index=True)
    return dataclasses.replace(r, number=len(values), tables=r.tables | {"outcomes": table})
