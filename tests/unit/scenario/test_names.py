"""Names that tables use are reserved; names and titles are short, plain and whole."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import sim
from sim.people.arrivals import GROUPS
from sim.results.run import Run
from sim.scenario.errors import ScenarioError
from sim.scenario.names import MOST_LETTERS, ORIGIN_NAMES, STREAMS, TABLE_NAMES
from sim.scenario.schema import EU_ORIGIN, Scenario
from sim.world.flow import QUEUES, STAYS
from sim.world.simulate import simulate
from sim.world.stages import CaseStage, Exit, Stay
from tests.helpers.worlds import small

PLACE_KEYS = (
    "rented_prison.key", "detention.key", "departure_centre.key", "staying.detention_key",
)  # fmt: skip


def table_words() -> Iterator[str]:
    """Yield every name that is the same in every scenario's tables."""
    for about in STAYS.values():
        yield from (word for word in (about.stage, about.place) if "{" not in word)
    yield from (stay.name.lower() for stay in Stay)
    yield from (stage.name.lower() for stage in CaseStage)
    yield from (way.name.lower() for way in Exit)
    yield from (*QUEUES, "limbo")
    yield from set(GROUPS) - {EU_ORIGIN}


def test_every_name_of_the_tables_is_reserved() -> None:
    assert set(table_words()) - TABLE_NAMES == set()


def test_every_name_in_the_tables_of_a_run_is_reserved_or_a_name_of_the_scenarios_own() -> None:
    scenario = small()
    run = Run(simulate(scenario, 1))
    own = {
        scenario.rented_prison.key, scenario.detention.key, scenario.departure_centre.key,
        scenario.staying.detention_key,
    }  # fmt: skip
    tables = {
        "stage": run.census(), "place": run.spells, "track": run.spells, "queue": run.queues(),
        "facility": run.occupancy(), "exit": run.exits,
    }  # fmt: skip
    for column, table in tables.items():
        found = {str(name) for name in table[column].dropna() if name != ""}
        assert found - own <= TABLE_NAMES, column
    assert {s for s, _ in run.stages()} - own <= TABLE_NAMES


@pytest.mark.parametrize("name", sorted(TABLE_NAMES))
def test_no_place_can_be_called_what_tables_call_something_else(
    baseline: Scenario, name: str
) -> None:
    for key in PLACE_KEYS:
        with pytest.raises(ScenarioError, match=f"{key}: '{name}' is what tables call something"):
            baseline.change({key: name})


@pytest.mark.parametrize("name", ["third_country", "limbo", "all", "woman"])
def test_no_group_of_countries_can_be_called_so_either(baseline: Scenario, name: str) -> None:
    assert name in ORIGIN_NAMES
    whole = baseline.origins["iran"].model_dump(by_alias=True)
    with pytest.raises(ScenarioError, match=f"origins: '{name}' is what tables call"):
        baseline.change({f"origins.{name}": {**whole, "inflow_share": 0.0}})


@pytest.mark.parametrize("name", sorted(STREAMS))
def test_no_stream_of_arrivals_can_have_the_luck_of_another(baseline: Scenario, name: str) -> None:
    stream = {"group": "eu_eea", "only_a_year_or_more": False, "per_year": [
        {"from": baseline.time.start, "until": baseline.time.end, "value": 1}]}  # fmt: skip
    with pytest.raises(ScenarioError, match=f"additional: '{name}' is what tables"):
        baseline.change({f"arrivals.additional.{name}": stream})


UNUSABLE = (
    "a" * (MOST_LETTERS + 1), "x" * 240, "../up", "a/b", "a\\b", ".hidden", "", " ", "a b", "Ä",
    "Upper", "1st", "_a", "con", "nul", "lpt1", "a\nb", "a\0b", "all",
)  # fmt: skip


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_name_that_could_be_no_file_everywhere_is_refused(baseline: Scenario, name: str) -> None:
    with pytest.raises(ScenarioError, match="given value: name: "):
        baseline.change({"name": name})
    with pytest.raises(ScenarioError, match="name: "):
        sim.define(name, [baseline], 1) if name != "all" else baseline.change({"name": name})


@pytest.mark.parametrize("name", ["a b", "A", "x" * 61, "", "Ä", "1"])
@pytest.mark.parametrize("table", ["transfer.unsuitable_shares", "host.capacity_claims", "origins"])
def test_names_of_a_scenarios_own_are_plain(baseline: Scenario, table: str, name: str) -> None:
    section, _, key = table.rpartition(".")
    content = {
        "transfer.unsuitable_shares": 0.1,
        "host.capacity_claims": {"who": "me", "places": 3000},
        "origins": baseline.origins["iran"].model_dump(by_alias=True) | {"inflow_share": 0.0},
    }[table]
    changes = {section: {key: {name: content}}} if section else {key: {name: content}}
    with pytest.raises(ScenarioError, match="is no name: take small letters"):
        baseline.change(changes)


@pytest.mark.parametrize("title", ["", "  ", "two\nlines", "bell\a", "x" * 201, "\ud800"])
@pytest.mark.parametrize("key", ["title", "rented_prison.title", "countries.host"])
def test_a_title_is_one_line_of_some_length(baseline: Scenario, key: str, title: str) -> None:
    with pytest.raises(ScenarioError, match=key):
        baseline.change({key: title})


@pytest.mark.parametrize(
    "title", ["Rent $15m (50 % off)", 'Say "Hi" \\ there', "刑務所", "a\u00a0b"]
)
def test_a_title_can_be_any_other_text(baseline: Scenario, title: str) -> None:
    assert baseline.change({"title": title}).title == title
