"""Targets: figures that will be published, in the vocabulary of those that were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sim.results.published.file import covers
from sim.results.published.vocabulary import Figure
from sim.scenario.schema import Scenario

#: Where people who are transferred for the first time come from.
_BEFORE = ("remand", "at_liberty", "home_prison", "selection", "waiting_list")
#: Exits of people whom the state has removed.
_REMOVED = ("removed", "removed_from_host", "removed_from_short_sentence")


@dataclass(frozen=True)
class _Target:
    key: str
    title: str
    unit: str
    measure: dict[str, Any]


def targets(scenario: Scenario, made: date, until: date) -> tuple[Figure, ...]:
    """Return what can be forecast in a scenario: what it lacks is left out.

    Parameters
    ----------
    scenario
        The scenario.
    made
        Day of the forecast; every target lies after it, or ends after it.
    until
        No target goes beyond this day.

    Returns
    -------
    tuple of Figure
        With a measure each, and the value 0 in place of one that is not known yet.
    """
    found = [_figure(one) for one in _all(scenario, made, until)]
    return tuple(one for one in found if covers(scenario, one) and max(one.days) <= until)


def _all(scenario: Scenario, made: date, until: date) -> Iterator[_Target]:
    months, quarters = _firsts(made, until, 1), _firsts(made, until, 3)
    years = [(day, date(day.year + 1, 1, 1)) for day in _firsts(made, until, 12)]
    if scenario.rented_prison.in_use:
        yield from _rented(scenario, months)
        for begins, ends in years:
            measure = {"kind": "flights", "from": begins, "until": ends}
            yield _Target(f"flights_{begins:%Y}", f"Flights in {begins:%Y}", "flights", measure)
    for day in quarters:
        whole = {"kind": "prisoners", "at": day}
        places = {"kind": "places", "facility": "home_prisons", "at": day}
        yield _Target(
            f"home_occupancy_{day:%Y_%m}", f"Prisoners for each place at home on {day}",
            "ratio", {"kind": "ratio", "of": whole, "to": places},
        )  # fmt: skip
    for name, there, what in (
        ("departure_centre", scenario.departure_centre, "Residents of the departure centre"),
        ("detention", scenario.detention, "People in detention"),
    ):
        for day in quarters if there is not None else ():
            measure = {"kind": "stock", "stages": [name], "at": day}
            yield _Target(f"{name}_{day:%Y_%m}", f"{what} on {day}", "people", measure)
    for begins, ends in years if scenario.removal is not None else ():
        measure = {"kind": "moves", "into": _REMOVED, "from": begins, "until": ends}
        yield _Target(f"removals_{begins:%Y}", f"Removals in {begins:%Y}", "people", measure)


def _rented(scenario: Scenario, months: list[date]) -> Iterator[_Target]:
    opens = scenario.rented_prison.opens
    moves = {"kind": "moves", "into": ["rented_prison"], "out_of": _BEFORE}
    for day in months:
        measure = {"kind": "stock", "stages": ["rented_prison"], "at": day}
        title = f"People in the rented prison on {day}"
        yield _Target(f"rented_prison_{day:%Y_%m}", title, "people", measure)
        if day > opens:
            title = f"Transfers from the opening until {day}"
            span = {"from": opens, "until": day}
            yield _Target(f"transfers_until_{day:%Y_%m}", title, "people", moves | span)
        after = _later(day, 1)
        if after > opens:
            span = {"from": day, "until": after}
            title = f"Transfers in {day:%Y-%m}"
            yield _Target(f"transfers_{day:%Y_%m}", title, "people", moves | span)


def _firsts(made: date, until: date, months: int) -> list[date]:
    """Return the first days of periods of so many months that begin after a day."""
    day, found = date(made.year, 1, 1), []
    while day <= until:
        if day > made:
            found.append(day)
        day = _later(day, months)
    return found


def _later(day: date, months: int) -> date:
    over = day.month - 1 + months
    return date(day.year + over // 12, over % 12 + 1, 1)


def _figure(target: _Target) -> Figure:
    measure = {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in target.measure.items()
    }
    return figure_of(target.key, target.title, target.unit, measure)


def figure_of(key: str, title: str, unit: str, measure: Any) -> Figure:
    """Return a figure that is measured, and has no value yet."""
    from sim.scenario.files import as_tuples

    return Figure.model_validate(
        {
            "key": key, "topic": "Forecast", "title": title, "value": 0.0, "unit": unit,
            "used_to_set": False, "status": "derived", "source": "Not published yet.",
            "confidence": "low", "measure": as_tuples(measure),
        }
    )  # fmt: skip
