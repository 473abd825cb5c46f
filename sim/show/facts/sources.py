"""Sources with addresses: which numbers each speaks for, of all numbers or of those in a brief."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.language import mark, tr
from sim.show.words import names

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario
    from sim.show.facts.assumptions import Assumption

#: The numbers that a brief rests on most plainly, by their keys: of the agreement, then prices.
TOLD = {
    "rented_prison.places": mark("Rented places"),
    "rented_prison.opens": mark("Opening"),
    "rented_prison.term_years": mark("Term"),
    "transfer.eligibility.groups": mark("Who may be sent"),
    "transfer.eligibility.longest_sentence_years": mark("Longest sentence of those sent"),
    "transfer.rotations_per_week": mark("Flights"),
    "costs.rent.million_per_year": mark("Rent"),
    "costs.rent.prisoner_per_month": mark("Rent for a prisoner and month"),
    "costs.rent.place_per_month": mark("Rent of a place and month"),
    "costs.aid_million_per_year.amount": mark("Aid"),
    "costs.set_up_million.amount": mark("Set-up"),
    "costs.rotation_million.amount": mark("A flight there and back"),
    "costs.prison_per_day.amount": mark("A day in a {adjective} prison"),
    "costs.remand_per_day.amount": mark("A day in remand"),
    "home_prisons.other_prisoners": mark("Other prisoners in {adjective} prisons"),
}


@dataclass(frozen=True)
class Source:
    """An address, and the numbers for which something was read there."""

    address: str
    keys: tuple[str, ...]
    """Keys of those numbers in the scenario."""


@dataclass(frozen=True)
class Behind:
    """An address behind numbers of a brief, with these numbers in words."""

    address: str
    numbers: tuple[str, ...]


def sources(sections: Mapping[str, Iterable[Assumption]]) -> list[Source]:
    """Return all addresses of what a scenario rests on, in the order in which they come.

    Parameters
    ----------
    sections
        What it rests on, such as `sim.show.facts.assumptions.assumptions` gives.
    """
    found: dict[str, dict[str, None]] = {}
    for row in _with_address(sections):
        found.setdefault(row.url, {}).setdefault(row.key.partition(" ")[0])
    return [Source(address, tuple(keys)) for address, keys in found.items()]


def behind(scenario: Scenario, sections: Mapping[str, Iterable[Assumption]]) -> list[Behind]:
    """Return the addresses behind the numbers of a brief: those that `TOLD` names.

    Of a number that goes by dates, what was read last counts.
    """
    rows = {row.key.partition(" ")[0]: row for row in _with_address(sections)}
    found: dict[str, list[str]] = {}
    for key, title in TOLD.items():
        if (row := rows.get(key)) is not None:
            what = tr("{number}: {value}", number=names.told(scenario, title), value=_value(row))
            found.setdefault(row.url, []).append(what)
    return [Behind(address, tuple(numbers)) for address, numbers in found.items()]


def _with_address(sections: Mapping[str, Iterable[Assumption]]) -> list[Assumption]:
    return [row for rows in sections.values() for row in rows if row.url]


def _value(row: Assumption) -> str:
    unit = row.unit.partition(" (")[0]
    return f"{row.values.replace('_', ' ')} {unit}".strip()
