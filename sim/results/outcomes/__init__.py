"""Outcomes: what one replication says about the observed period, one number each.

Each is defined once, in words and as a function of a run. A value that does not exist (a wait
where nobody waited, a cost per place-day where there is no place) is None, never zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.results.outcomes.afterwards import AFTERWARDS, BREACHES, LIMBO
from sim.results.outcomes.base import Outcome
from sim.results.outcomes.held import HELD_DAYS
from sim.results.outcomes.host import HOST
from sim.results.outcomes.money import COSTS
from sim.results.outcomes.places import DEPARTURE_CENTRE, HOME_PRISONS, RENTED_PRISON
from sim.results.outcomes.queues import QUEUES
from sim.results.outcomes.transfers import TRANSFERS
from sim.statistics.pairs import Margin

if TYPE_CHECKING:
    from sim.results.run import Run
    from sim.scenario.schema import Scenario

__all__ = ["OUTCOMES", "Outcome", "margin_of", "outcome_titles", "outcomes_of"]

OUTCOMES: tuple[Outcome, ...] = (
    *RENTED_PRISON,
    *TRANSFERS,
    *QUEUES,
    *HOME_PRISONS,
    *HELD_DAYS,
    *DEPARTURE_CENTRE,
    *BREACHES,
    *LIMBO,
    *AFTERWARDS,
    *HOST,
    *COSTS,
)


def outcome_titles(scenario: Scenario) -> dict[str, str]:
    """Return titles of outcomes by name, with the names that a scenario gives to states."""
    return {outcome.name: scenario.told(outcome.title) for outcome in OUTCOMES}


def margin_of(name: str) -> Margin:
    """Return the size from which a difference in an outcome matters; none for an unknown name."""
    return next((outcome.margin for outcome in OUTCOMES if outcome.name == name), Margin())


def outcomes_of(run: Run) -> dict[str, float | None]:
    """Return every outcome of a run by name."""
    return {outcome.name: outcome.of(run) for outcome in OUTCOMES}
