"""The same world on a shorter calendar: every dated series cut to it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sim.scenario.schema import Scenario, dated


def on_calendar(scenario: Scenario, start: date, end: date) -> dict[str, Any]:
    """Return the changes that put a scenario on another calendar, by dotted key.

    The observed period becomes the whole of it. Only what lies inside the scenario's own calendar
    can be covered.
    """
    changes: dict[str, Any] = {
        "time.start": start,
        "time.observe_from": start,
        "time.observe_until": end,
        "time.end": end,
    }
    for key, steps in dated(scenario):
        changes[key] = [
            step.model_dump(by_alias=True)
            | {"from": max(step.from_, start), "until": min(step.until, end)}
            for step in steps
            if step.from_ < end and step.until > start
        ]
    return changes


def followed_until(scenario: Scenario, end: date) -> Scenario:
    """Return the same world, simulated no further than a day.

    Everything that happens before that day is the same: the same people, rules and luck. A rented
    prison that nobody is selected for by then is left out. A scenario that ends earlier comes back
    as it is.
    """
    rented = scenario.rented_prison
    begins = rented.opens - timedelta(days=scenario.transfer.selection_starts_days_before)
    if (host := scenario.host) is not None:
        begins = min(begins, rented.opens - timedelta(days=host.emptied_before_opening_days))
    if rented.in_use and begins < end:
        # It must open before the end: a world cannot be cut between selection and opening.
        end = max(end, rented.opens + timedelta(days=1))
    if end >= scenario.time.end:
        return scenario
    changes = on_calendar(scenario, scenario.time.start, end)
    if begins >= end:
        changes["rented_prison.in_use"] = False
    return scenario.change(changes)
