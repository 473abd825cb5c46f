"""How a run shows itself in a notebook: facilities and queues, as numbers and over time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim import html
from sim.numbers import grouped
from sim.results.basis import QUEUE_TITLES
from sim.table import Table

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.run import Run

_NOTE = (
    "Mean and most on the firsts of the months of the observed period. One replication: what "
    "chance does to these numbers is not known."
)


def as_html(run: Run) -> str:
    """Return what a run is of, how full its facilities and how long its queues are."""
    scenario = run.scenario
    time, left = scenario.time, len(run.records.exits.day)
    facilities = Table.of(
        ("facility", "people, mean", "most", "places, mean", "over time"),
        [*_facilities(run.occupancy())],
        "How full",
    ).html()
    queues = Table.of(
        ("queue", "people, mean", "most", "over time"), [*_queues(run.queues())], "How long"
    ).html()
    return html.card(
        f"One run of “{scenario.title}”",
        f"scenario {scenario.name} · hash {scenario.hash} · seed {run.seed} · replication "
        f"{run.replication} · simulated {time.start} until {time.end}, observed "
        f"{time.observe_from} until {time.observe_until} · {grouped(run.cohort.size)} people, "
        f"of whom {grouped(left)} left",
        facilities,
        queues,
        html.paragraph(_NOTE),
    )


def _facilities(table: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    for name, rows in table.groupby("facility", sort=False):
        people, places = rows["people"].to_numpy(), rows["places"].to_numpy()
        if people.any():
            plot = html.small_plot([people, places], f"People and places of {name}")
            cells = tuple(
                grouped(number) for number in (people.mean(), people.max(), places.mean())
            )
            yield (str(name), *cells, plot)


def _queues(table: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    for name, rows in table.groupby("queue", sort=False):
        people = rows["people"].to_numpy()
        title = f"{name} ({QUEUE_TITLES[str(name)].lower()})"
        plot = html.small_plot([people], f"People in the queue {name}")
        yield title, grouped(people.mean(), 1), grouped(people.max()), plot
