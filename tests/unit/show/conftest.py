"""Two small scenarios, run five times each, and tools to change what their tables say."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pandas as pd
import pytest

from sim.experiment.replicate import Replications, replicate
from sim.people.chance import Chance
from sim.people.service import Service
from sim.scenario.files import load
from sim.scenario.schema import Scenario
from sim.show.draw.style import Drawing
from sim.show.figures import draw_all

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


def term(scenario: Scenario, seed: int, number: int) -> pd.DataFrame:
    """Return when the rented prison of a scenario is in service, replication by replication."""
    services = [Service.of(scenario, Chance(seed, n)) for n in range(number)]
    table = pd.DataFrame([dataclasses.asdict(service) for service in services])
    table.insert(0, "replication", range(number))
    return table.where(table < float("inf"))


def with_scenario(r: Replications, changes: dict[str, object]) -> Replications:
    """Change the scenario, and none of the tables but that of the rented prison's term."""
    scenario = r.scenario.change(changes)
    tables = {**r.tables, "term": term(scenario, r.seed, r.number)}
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
