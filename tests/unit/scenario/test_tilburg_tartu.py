"""Tilburg and Tartu: whose numbers they have, and that they keep to their terms."""

from __future__ import annotations

import re

import pytest

from sim.results.run import Run
from sim.scenario.evidence import evidence_of_case, without_record
from sim.scenario.files import configs_dir, load
from sim.world.simulate import simulate

OTHERS = re.compile("Denmark|Danish|Kosov|Gjil|Gnjil|Kærshoved|Ellebæk|DKK")
FOLDERS = ["countries/belgium", "countries/sweden", "cases/tilburg", "cases/tartu"]


@pytest.mark.parametrize("case", ["tilburg", "tartu"])
def test_nothing_is_taken_over_from_another_country(case: str) -> None:
    assert not load(case).borrowed


@pytest.mark.parametrize("case", ["tilburg", "tartu"])
def test_every_number_has_a_record(case: str) -> None:
    world = load(case)
    assert not without_record(world, evidence_of_case(world))


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_file_speaks_of_another_case(folder: str) -> None:
    for file in (configs_dir() / folder).rglob("*.toml"):
        assert not OTHERS.search(file.read_text(encoding="utf-8")), file


def test_tilburg_is_never_above_its_places_and_empty_at_the_end() -> None:
    run = Run(simulate(load("tilburg"), 1))
    inside = run.occupancy("month").query("facility == 'tilburg'").set_index("date")["people"]
    rented = load("tilburg").rented_prison
    assert rented.places < inside.max() <= rented.most_places
    assert (inside["2017-01-01":] == 0).all()
