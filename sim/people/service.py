"""When the rented prison is in service: opening, admissions, drain and closing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sim.people.chance import Chance
from sim.scenario.dated import Span
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
        opens = scenario.day(rented.opens) + delay
        if rented.ends_early is not None and opens >= scenario.day(rented.ends_early):
            return NEVER
        return cls.opening(scenario, opens)

    @classmethod
    def opening(cls, scenario: Scenario, opens: float) -> Service:
        """Derive all the days from that of the opening."""
        rented, transfer = scenario.rented_prison, scenario.transfer
        years = rented.term_years + (rented.extension_years if rented.extended else 0.0)
        closes = _years_after(scenario, opens, years)
        if rented.ends_early is not None:
            closes = min(closes, scenario.day(rented.ends_early))
        drains = closes - rented.drain_days
        starts = opens - transfer.selection_starts_days_before
        return cls(
            selection=starts if rented.most_places else math.inf,
            opens=opens,
            full=opens + rented.first_intake_days,
            last_intake=max(opens, drains - transfer.least_remaining_days),
            drains=drains,
            closes=closes,
        )

    def places(self, scenario: Scenario) -> list[Span]:
        """Return the places from the opening to the closing: first day, day after it, number.

        Until all are in use, the first ones at most; never those of tenants who are served first.
        Nothing of a prison that never opens.
        """
        rented = scenario.rented_prison
        if not math.isfinite(self.opens):
            return []
        periods = [
            (scenario.day(period.from_), scenario.day(period.until), period.places)
            for period in rented.place_periods
        ]
        others = [
            (scenario.day(period.from_), scenario.day(period.until), period.places)
            for tenant in rented.other_tenants.values()
            if tenant.served == "first"
            for period in tenant.periods
        ]
        both = (*periods, *others)
        edges = {self.full, *(day for begins, ends, _ in both for day in (begins, ends))}
        within = sorted(day for day in edges if self.opens < day < self.closes)

        def on(day: float) -> int:
            rents = (places for begins, ends, places in periods if begins <= day < ends)
            taken = sum(places for begins, ends, places in others if begins <= day < ends)
            places = max(0, next(rents, rented.places) - taken)
            return places if day >= self.full else min(places, rented.first_intake_places)

        days = [self.opens, *within, self.closes]
        return [(begins, ends, float(on(begins))) for begins, ends in pairwise(days)]


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
