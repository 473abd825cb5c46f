"""Scenarios beside each other: figures, columns and sentences tell them apart by their titles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sim.scenario.names import MOST_LETTERS, MOST_TITLE
from sim.scenario.schema import Scenario


def told_apart(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """Return scenarios with titles of their own, each the same world as before.

    A title that several share, such as one inherited from the file that they extend, is followed
    by the scenario's name; where that is shared, too, by its number among them.
    """
    titles = [scenario.title for scenario in scenarios]
    names = Counter(scenario.name for scenario in scenarios)
    while len(set(titles)) < len(titles):
        often = Counter(titles)
        for number, scenario in enumerate(scenarios):
            if often[titles[number]] > 1:
                alone = names[scenario.name] == 1
                mark = scenario.name if alone else f"{scenario.name}, {number + 1}"
                titles[number] = f"{titles[number][: MOST_TITLE - MOST_LETTERS - 10]} ({mark})"
    return [
        scenario if title == scenario.title else scenario.model_copy(update={"title": title})
        for scenario, title in zip(scenarios, titles, strict=True)
    ]
