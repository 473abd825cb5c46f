"""Month by month: how many people are in each place and each queue, for the page to play."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.show import words
from sim.show.draw import style
from sim.show.facts.data import Series, over_time, term
from sim.show.report import rendered
from sim.world.flow import BANDS, STAYS
from sim.world.rows import Phase

if TYPE_CHECKING:
    from sim.experiment.replications import Replications
    from sim.scenario.schema import Scenario

SERVING, ABROAD, AFTER, WAITING = (
    "Until the sentence ends",
    "In and on the way to the rented prison",
    "After the sentence",
    "Waiting, or in limbo: the same people, by what they wait for",
)
_PARTS = {
    Phase.SERVING: SERVING,
    Phase.ABROAD: ABROAD,
    Phase.AFTER: AFTER,
    Phase.STAYING: AFTER,
}
#: Places in order, by band of the flow: title (or the role that names it), facility with places.
_PLACES = {
    "liberty": ("Sentenced, not yet in prison", ""),
    "remand": ("Remand", ""),
    "prison": ("{adjective} prison", ""),
    "selection": ("Selection and hearing", ""),
    "list": ("Waiting list for the flight", ""),
    "rented": ("rented_prison", "rented_prison"),
    "return": ("Waiting for the flight back", ""),
    "detention": ("Pre-removal detention", "detention"),
    "outside": ("Outside, for papers or under duties", ""),
    "centre": ("departure_centre", "departure_centre"),
    "breach": ("In prison for breach of duties", ""),
    "large": ("Whereabouts unknown", ""),
    "host": ("Staying in {host}", ""),
}
_QUEUES = (
    ("Waiting for a case worker", "case_worker"),
    ("Waiting for a travel document", "travel_document"),
    ("Waiting for an escort", "escort"),
    ("In limbo: sentence over, no removal in prospect", "limbo"),
)


@dataclass(frozen=True)
class Card:
    """One place or queue: people on the first of each month, means over replications."""

    part: str
    title: str
    people: tuple[tuple[float, ...], ...]
    """For each scenario, for each month."""
    places: tuple[tuple[float, ...], ...] | None
    """The same for places, where there are so many and no more."""


@dataclass(frozen=True)
class Months:
    """What the page plays."""

    months: tuple[str, ...]
    titles: tuple[str, ...]
    """Titles of the scenarios."""
    cards: tuple[Card, ...]
    observed: tuple[int, int]
    """First month of the observed period, and the first after it, as positions."""
    opens: tuple[int | None, ...]
    """For each scenario, the first month in which the rented prison is in service in any
    replication."""
    replications: int


def months_of(replications: Sequence[Replications]) -> Months:
    """Return people in each place and queue on the first of each month.

    Parameters
    ----------
    replications
        One or more scenarios about the same period.

    Returns
    -------
    Months
        A place or queue in which no scenario ever counts anybody is left out.
    """
    first = replications[0].scenario
    dates = _dates(replications[0])
    cards = [
        _card(replications, _part(band), _title(first, title), BANDS[band], facility)
        for band, (title, facility) in _PLACES.items()
    ]
    cards += [
        Card(WAITING, title, _values([_of(r, "queues", (queue,)) for r in replications]), None)
        for title, queue in _QUEUES
    ]
    months = dates.astype("datetime64[D]")
    time = first.time
    begins, ends = (
        int(np.searchsorted(months, np.datetime64(day)))
        for day in (time.observe_from, time.observe_until)
    )
    return Months(
        tuple(words.month(day) for day in months.tolist()),
        tuple(words.title_of(r.scenario) for r in replications),
        tuple(card for card in cards if any(map(any, card.people))),
        (begins, ends),
        tuple(_opens(r, months) for r in replications),
        min(r.number for r in replications),
    )


def _dates(r: Replications) -> np.ndarray:
    series = over_time(r, "census", "home_prison")
    return series.dates if series is not None else np.array([], "datetime64[ns]")


def _part(band: str) -> str:
    """Return the part of the journey to which a band belongs: that of its first stage."""
    return next(_PARTS[row.phase] for row in STAYS.values() if row.band == band)


def _title(scenario: Scenario, title: str) -> str:
    """Return a title; of a place that the scenario names, its name."""
    if title in words.FACILITIES:
        return words.facility_title(scenario, title)
    return words.told(scenario, title)


def _card(
    replications: Sequence[Replications], part: str, title: str, stages: Sequence[str], role: str
) -> Card:
    people = _values(
        [
            _of(r, "census", [words.stage_key(r.scenario, stage) for stage in stages])
            for r in replications
        ]
    )
    if not role:
        return Card(part, title, people, None)
    places = [
        _of(r, "occupancy", [words.facility_key(r.scenario, role)], "places") for r in replications
    ]
    return Card(part, title, people, _values(places))


def _of(r: Replications, table: str, names: Sequence[str], column: str = "people") -> np.ndarray:
    """Return the sum of some series, means over replications; zeros where there is none."""
    found: list[Series] = [
        series for name in names if (series := over_time(r, table, name, column)) is not None
    ]
    total = np.zeros(len(_dates(r)))
    for series in found:
        total += np.nan_to_num(series.mean)
    return total


def _values(series: Sequence[np.ndarray]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(round(float(value), 1) for value in one) for one in series)


def _opens(r: Replications, months: np.ndarray) -> int | None:
    period = term(r)
    if period is None:
        return None
    at = int(np.searchsorted(months, np.datetime64(period.opens[0])))
    return at if at < len(months) else None


def html(months: Months) -> str:
    """Return the view as a page of its own: a slider, a button to play, and a card for each."""
    content = json.dumps(asdict(months), ensure_ascii=True, separators=(",", ":"))
    return rendered(
        "months.html.j2",
        content=content.replace("<", "\\u003c"),
        colours=[style.colour(n) for n in range(len(months.titles))],
        months=months,
    )
