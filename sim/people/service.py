"""When the rented prison is in service: opening, admissions, drain and closing."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.people.chance import Chance
from sim.scenario.schema import DAYS_PER_YEAR, Scenario


@dataclass(frozen=True)
class Service:
    """Days that frame the rented prison's service; infinite when it is not in use."""

    selection: float
    """Selection begins; never, if there is no place to be selected for."""
    opens: float
    """First day in service."""
    full: float
    """All places are in use from here."""
    last_intake: float
    """Nobody is flown out after this day: so long before draining begins as is to be left of a
    sentence at a transfer."""
    drains: float
    """Everyone still inside is flown back from here on."""
    closes: float
    """First day out of service."""

    @classmethod
    def of(cls, scenario: Scenario, chance: Chance) -> Service:
        """Settle the days for one replication; an uncertain delay is drawn once.

        An agreement about no places runs, and is paid for, like any other.
        """
        rented = scenario.rented_prison
        if not rented.in_use:
            return NEVER
        luck = np.array([chance.of_world("opening delay")])
        delay = float(rented.opening_delay_days.quantile(luck)[0])
        return cls.opening(scenario, scenario.day(rented.opens) + delay)

    @classmethod
    def opening(cls, scenario: Scenario, opens: float) -> Service:
        """Derive all the days from that of the opening."""
        rented, transfer = scenario.rented_prison, scenario.transfer
        years = rented.term_years + (rented.extension_years if rented.extended else 0.0)
        closes = _years_after(scenario, opens, years)
        drains = closes - rented.drain_days
        starts = opens - transfer.selection_starts_days_before
        return cls(
            selection=starts if rented.places else math.inf,
            opens=opens,
            full=opens + rented.first_intake_days,
            last_intake=max(opens, drains - transfer.least_remaining_days),
            drains=drains,
            closes=closes,
        )


#: Of a prison that nobody rents.
NEVER = Service(*[math.inf] * 6)


def _years_after(scenario: Scenario, day: float, years: float) -> float:
    """Return the day some years after another: whole years by the calendar, the rest in days."""
    whole = int(years)
    first = scenario.date(day)
    try:
        last = first.replace(year=first.year + whole)
    except ValueError:  # 29 February
        last = first.replace(year=first.year + whole, month=3, day=1)
    return scenario.day(last) + day % 1 + math.ceil((years - whole) * DAYS_PER_YEAR)
