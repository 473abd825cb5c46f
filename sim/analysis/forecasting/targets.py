"""Targets: figures that will be published, in the vocabulary of those that were."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import takewhile
from typing import Any

from sim.language import tr
from sim.numbers import month, whole_day
from sim.results.published.file import covers
from sim.results.published.vocabulary import Figure
from sim.scenario.schema import Scenario
from sim.world.flow import PRESENT, RENTED, STAYS
from sim.world.stages import Stay

#: Where people who are transferred for the first time come from: what comes before in the flow.
_BEFORE = tuple(
    stay.name.lower() for stay in takewhile(lambda stay: stay != Stay.RENTED_PRISON, STAYS)
)
#: Stays in the rented prison; and those that hold a place in it, trips home among them.
_THERE = tuple(stay.name.lower() for stay in PRESENT)
_HELD = tuple(stay.name.lower() for stay in RENTED)
#: Exits of people whom the state has removed.
_REMOVED = ("removed", "removed_from_host", "removed_from_short_sentence")


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
    found = _all(scenario, made, until)
    return tuple(one for one in found if covers(scenario, one) and max(one.days) <= until)


def _all(scenario: Scenario, made: date, until: date) -> Iterator[Figure]:
    months, quarters = _firsts(made, until, 1), _firsts(made, until, 3)
    years = [(day, date(day.year + 1, 1, 1)) for day in _firsts(made, until, 12)]
    if scenario.rented_prison.in_use:
        yield from _rented(scenario, months, quarters)
        opens = scenario.rented_prison.opens
        yield from _of_agreement([(day, after) for day, after in years if after > opens])
    for day in quarters:
        title = tr("Prisoners for each place at home on {day}", day=whole_day(day))
        key = f"home_occupancy_{day:%Y_%m}"
        yield figure_of(key, title, "ratio", _over({"kind": "prisoners"}, "home_prisons", day))
    for day in quarters if scenario.departure_centre is not None else ():
        title = tr("Residents of the departure centre on {day}", day=whole_day(day))
        measure = {"kind": "stock", "stages": ["departure_centre"], "at": day}
        yield figure_of(f"departure_centre_{day:%Y_%m}", title, "people", measure)
    for day in quarters if scenario.detention is not None else ():
        title = tr("People in detention on {day}", day=whole_day(day))
        measure = {"kind": "stock", "stages": ["detention"], "at": day}
        yield figure_of(f"detention_{day:%Y_%m}", title, "people", measure)
    for begins, ends in years if scenario.removal is not None else ():
        title = tr("Removals in {year}", year=f"{begins:%Y}")
        measure = {"kind": "moves", "into": _REMOVED, "from": begins, "until": ends}
        yield figure_of(f"removals_{begins:%Y}", title, "people", measure)


def _of_agreement(years: list[tuple[date, date]]) -> Iterator[Figure]:
    for begins, ends in years:
        span, year = {"from": begins, "until": ends}, f"{begins:%Y}"
        title = tr("Flights in {year}", year=year)
        yield figure_of(f"flights_{year}", title, "flights", {"kind": "flights"} | span)
        title = tr("Cost of the agreement in {year}", year=year)
        measure = {"kind": "agreement_cost"} | span
        yield figure_of(f"agreement_cost_{year}", title, "EUR million", measure)


def _rented(scenario: Scenario, months: list[date], quarters: list[date]) -> Iterator[Figure]:
    opens = scenario.rented_prison.opens
    moves = {"kind": "moves", "into": ["rented_prison"], "out_of": _BEFORE}
    for day in months:
        if day > opens:  # before it there is nothing that a forecast could miss
            measure = {"kind": "stock", "stages": _THERE, "at": day}
            title = tr("People in the rented prison on {day}", day=whole_day(day))
            yield figure_of(f"rented_prison_{day:%Y_%m}", title, "people", measure)
            title = tr("Transfers from the opening until {day}", day=whole_day(day))
            span = {"from": opens, "until": day}
            yield figure_of(f"transfers_until_{day:%Y_%m}", title, "people", moves | span)
        after = _later(day, 1)
        if after > opens:
            span = {"from": day, "until": after}
            title = tr("Transfers in {month}", month=month(day))
            yield figure_of(f"transfers_{day:%Y_%m}", title, "people", moves | span)
    for day in quarters:
        if day > opens:
            title = tr("Share of the rented places that are held on {day}", day=whole_day(day))
            held = _over({"kind": "stock", "stages": _HELD}, "rented_prison", day)
            yield figure_of(f"rented_occupancy_{day:%Y_%m}", title, "share", held)


def _over(people: dict[str, Any], facility: str, day: date) -> dict[str, Any]:
    """Return people on a day over the places of a facility."""
    places = {"kind": "places", "facility": facility, "at": day}
    return {"kind": "ratio", "of": people | {"at": day}, "to": places}


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
