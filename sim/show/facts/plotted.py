"""The numbers behind each figure, as a table to take along: all scenarios, not only those drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.show.facts.afterwards import MAIN, SECOND, curves
from sim.show.facts.agreement import others, reference
from sim.show.facts.costs import costs_of, net_cost, steps
from sim.show.facts.data import Fan, names_of, over_time
from sim.show.facts.flows import flows
from sim.show.facts.lengths import lengths
from sim.show.facts.limbo import still_there
from sim.show.facts.waits import waited
from sim.show.words import facility_key

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.replications import Replications

Rows = Iterator[Mapping[str, object]]


def plotted(figure: str, replications: Sequence[Replications]) -> pd.DataFrame:
    """Return what a figure shows, one row for each number or point of a line.

    Parameters
    ----------
    figure
        Name of one of `sim.show.figures.FIGURES`.
    replications
        The scenarios.

    Returns
    -------
    pandas.DataFrame
        `scenario` and what the row is about; people and places are means over replications, `low`
        and `high` the middle 90 % of them (of draws: medians, ranges, and the band of chance
        alone); days, shares from 0 to 1, people a year, EUR million. Of the waterfall: each item by
        replication, or draw, less that of the reference.
    """
    import pandas as pd

    if figure == "waterfall":
        return pd.DataFrame(list(_waterfall(replications)))
    rows = _ROWS[figure]
    return pd.DataFrame(
        {"scenario": r.scenario.name, **row} for r in replications for row in rows(r)
    )


def _over_time(table: str, about: str, r: Replications) -> Rows:
    for name in names_of(r, table):
        people = over_time(r, table, name)
        places = over_time(r, table, name, "places") if table == "occupancy" else None
        if people is None:
            continue
        for at, date in enumerate(people.dates):
            row = {
                about: name,
                "date": np.datetime_as_string(date, "D"),
                "people": people.middle[at],
                "low": people.low[at],
                "high": people.high[at],
                **_alone(people.chance, at),
            }
            yield row if places is None else row | {"places": places.middle[at]}


def _alone(chance: Fan | None, at: int) -> Mapping[str, object]:
    """Return what chance alone does, where it is known."""
    if chance is None:
        return {}
    return {"chance_low": chance.low[at], "chance_high": chance.high[at]}


def _durations(r: Replications) -> Rows:
    for (stage, *origin), length in {**lengths(r), **lengths(r, "origin")}.items():
        yield {
            "stage": stage,
            "origin": origin[0] if origin else "all",
            "stays": length.stays,
            "lower_quartile_days": length.lower,
            "median_days": length.median,
            "upper_quartile_days": length.upper,
            "still_inside": length.inside,
        }


def _after_sentence(r: Replications) -> Rows:
    for group in (MAIN, SECOND):
        years, shares = curves(r, group)
        for exit, share in shares.items():
            for year, value in zip(years, share, strict=True):
                yield {
                    "group": group,
                    "years_after_sentence": year,
                    "exit": exit,
                    "share": value,
                }


def _flow(r: Replications) -> Rows:
    for way in flows(r):
        yield {
            "served": way.served,
            "next": way.next,
            "after_two_years": way.fate,
            "people_per_year": way.people,
        }


def _costs(r: Replications) -> Rows:
    for item, million in costs_of(r).items():
        yield {"item": item, "eur_million": million}


def _waterfall(replications: Sequence[Replications]) -> Rows:
    base = replications[reference(replications)]
    for other in (replications[n] for n in others(replications)):
        items = {step.item: step.million for step in steps(base, other)}
        for item, each in (items | {"net": net_cost(base, other)}).items():
            for number, million in zip(other.numbers, each, strict=True):
                yield {
                    "scenario": other.scenario.name,
                    "reference": base.scenario.name,
                    "item": item,
                    "draw" if other.drawn else "replication": number,
                    "eur_million": million,
                }


def _waits(r: Replications) -> Rows:
    for queue, one in waited(r).items():
        for within, people in zip(one.until, one.got, strict=True):
            yield {"queue": queue, "of_100_people": "got it", "within": within, "people": people}
        for what, people in (("stopped without it", one.without), ("still wait", one.waiting)):
            yield {"queue": queue, "of_100_people": what, "within": one.until[-1],
                   "people": people}  # fmt: skip


def _limbo(r: Replications) -> Rows:
    if (one := still_there(r)) is None:
        return
    for at, years in enumerate(one.years):
        yield {
            "years_after_entering": years,
            "still_in_limbo": one.share.middle[at],
            "low": one.share.low[at],
            "high": one.share.high[at],
            **_alone(one.chance, at),
            "people_at_risk": one.at_risk[at],
        }


def _places(r: Replications) -> Rows:
    for role in ("rented_prison", "home_prisons"):
        key = facility_key(r.scenario, role)
        people, places = over_time(r, "occupancy", key), over_time(r, "occupancy", key, "places")
        if people is None or places is None:
            continue
        empty = places.middle - people.middle
        for at, date in enumerate(people.dates):
            yield {
                "facility": key,
                "date": np.datetime_as_string(date, "D"),
                "filled": min(people.middle[at], places.middle[at]),
                "empty": max(0.0, empty[at]),
                "people_beyond_places": max(0.0, -empty[at]),
                "empty_low": places.middle[at] - people.high[at],
                "empty_high": places.middle[at] - people.low[at],
            }


_ROWS: dict[str, Callable[[Replications], Rows]] = {
    "occupancy": lambda r: _over_time("occupancy", "facility", r),
    "queues": lambda r: _over_time("queues", "queue", r),
    "whereabouts": lambda r: _over_time("census", "stage", r),
    "durations": _durations,
    "places": _places,
    "waits": _waits,
    "limbo": _limbo,
    "after_sentence": _after_sentence,
    "flow": _flow,
    "costs": _costs,
}
