"""What can be compared: the one place that says so, for every command, for Python, for the page.

Scenarios laid beside each other are told apart by name, are about one case, and have the same
people with the same luck, seen over the same period and followed for as long. Each function returns
what stands in the way, in words, or an empty text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario


def incomparable(scenarios: Sequence[Scenario], seeds: Sequence[int] = ()) -> str:
    """Say why scenarios cannot be compared.

    Parameters
    ----------
    scenarios
        The scenarios, in any order.
    seeds
        Root seed of each, where they have been run.
    """
    return (
        ("" if scenarios else "nothing to compare: give at least one scenario")
        or same_names(scenarios)
        or different_cases(scenarios)
        or different_periods(scenarios)
        or different_seeds(scenarios, seeds)
    )


def same_names(scenarios: Sequence[Scenario]) -> str:
    """Say which scenarios could not be told apart."""
    names = [scenario.name for scenario in scenarios]
    twice = sorted({name for name in names if names.count(name) > 1})
    if not twice:
        return ""
    return (
        f"{', '.join(twice)}: given twice; scenarios run together need different names, such as "
        f'scenario.change({{"name": "{twice[0]}_changed"}})'
    )


def different_cases(scenarios: Sequence[Scenario]) -> str:
    """Say which scenarios are about different arrangements."""
    why = "are about different cases, whose people are not the same"
    return _different(scenarios, why, [f"about {scenario.case}" for scenario in scenarios])


def different_periods(scenarios: Sequence[Scenario]) -> str:
    """Say which scenarios report on different periods, or follow people for different times."""
    times = [scenario.time for scenario in scenarios]
    reported = [f"from {time.observe_from} until {time.observe_until}" for time in times]
    simulated = [f"from {time.start} until {time.end}" for time in times]
    return _different(
        scenarios, "report on different periods, and cannot be compared", reported
    ) or _different(
        scenarios,
        "are simulated for different periods, so that people are not followed for as long, and "
        "cannot be compared",
        simulated,
    )


def different_seeds(scenarios: Sequence[Scenario], seeds: Sequence[int]) -> str:
    """Say which scenarios were run with different seeds."""
    why = "were run with different seeds, so that their people are not the same"
    return _different(scenarios, why, [f"with seed {seed}" for seed in seeds])


def _different(scenarios: Sequence[Scenario], why: str, values: Sequence[str]) -> str:
    if len(set(values)) < 2:
        return ""
    told = "; ".join(f"{one.name} {value}" for one, value in zip(scenarios, values, strict=True))
    return f"scenarios {why}: {told}"
