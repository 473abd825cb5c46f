"""Sizes that matter: a difference in an outcome that is smaller is negligible.

They are judgments, not facts, and are here in one place so that they can be argued with: what a
prison service or a court would act on, seen beside what is printed. An outcome follows its unit,
unless it has a margin of its own.
"""

from __future__ import annotations

from sim.statistics.pairs import Margin

#: By unit: the larger of an absolute size and a share of the reference's value.
MARGINS: dict[str, Margin] = {
    "persons": Margin(absolute=0.5, relative=0.01),  # half a person, on average over the period
    "places": Margin(absolute=1.0),  # of thousands: one per cent would be a prison wing
    "days": Margin(absolute=0.5, relative=0.01),
    "share": Margin(absolute=0.005),  # half a percentage point
    "flights": Margin(absolute=1.0, relative=0.01),
    "sentences": Margin(absolute=1.0, relative=0.01),
    "ratio": Margin(relative=0.01),
    "EUR million": Margin(absolute=0.1, relative=0.01),
    "EUR": Margin(absolute=1.0, relative=0.01),
}
#: By outcome, where that of the unit would not do.
OWN_MARGINS: dict[str, Margin] = {
    "rented_prison_opens_days": Margin(absolute=1.0),  # a date: a share of it means nothing
    "rented_prison_closes_days": Margin(absolute=1.0),
    "home_occupancy": Margin(absolute=0.001),  # a few of thousands of places
    "total_cost_per_removal": Margin(relative=0.01),  # a fraction of a million
}
