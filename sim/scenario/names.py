"""Names that a scenario chooses: what they look like, and which the tables use for something else.

A name ends up in a column, beside the names of stages, places and queues. One that is already
taken there would mix two things in one row: people in a detention centre called `kosovo` would be
counted together with those at large in the country.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

#: What a name looks like.
PATTERN = r"^[a-z][a-z0-9_]*$"
#: Longest name: files are called by it, with an ending, on every system.
LONGEST = 64

#: Names of stages, places, facilities, stages of the case and queues in the tables of a run.
IN_TABLES = frozenset(
    {
        *("remand", "at_liberty", "danish_prison", "selection", "waiting_list", "temporary_return"),
        *("return_queue", "pre_removal_detention", "detention_queue", "waiting_outside"),
        *("departure_centre", "breach_imprisonment", "at_large"),
        *("kosovo_asylum", "kosovo_at_large", "kosovo_detention"),
        *("danish_prisons", "kosovo", "kosovo_prisons", "rented_prison", "detention"),
        *("case_worker_queue", "identification", "travel_document", "stalled", "escort_queue"),
        *("ready", "flight_and_place", "return_flight", "detention_place", "case_worker"),
        *("escort", "limbo"),
    }
)
#: The stream of the judgments that are not an additional one.
PUBLISHED_STREAM = "published"


def place_names(scenario: Scenario) -> dict[str, tuple[str, str]]:
    """Return the names that a scenario gives to places: role and name, by the key of the name."""
    named = {"rented_prison.key": ("rented_prison", scenario.rented_prison.key)}
    if scenario.detention is not None:
        named["detention.key"] = ("detention", scenario.detention.key)
    if scenario.departure_centre is not None:
        named["departure_centre.key"] = ("departure_centre", scenario.departure_centre.key)
    if scenario.staying is not None:
        named["staying.detention_key"] = ("kosovo_detention", scenario.staying.detention_key)
    return named


def name_problems(scenario: Scenario) -> Iterator[str]:
    """Yield what is wrong with the names that a scenario chooses, each begun by its key."""
    taken: dict[str, str] = {}
    for key, (role, name) in place_names(scenario).items():
        if name in taken:
            yield f"{key}: {name!r} is taken by {taken[name]}; every place needs a name of its own"
        elif name in IN_TABLES - {role}:
            yield (
                f"{key}: {name!r} is a name that the tables use for something else; choose "
                f"another, such as {name}_centre"
            )
        taken[name] = key
    chosen: dict[str, Iterable[str]] = {
        "origins": scenario.origins,
        "arrivals.additional": scenario.arrivals.additional,
        "transfer.unsuitable_shares": scenario.transfer.unsuitable_shares,
    }
    if scenario.kosovo is not None:
        chosen["kosovo.capacity_claims"] = scenario.kosovo.capacity_claims
    for key, names in chosen.items():
        for name in names:
            if not re.fullmatch(PATTERN, name) or len(name) > LONGEST:
                yield (
                    f"{key}: {name!r} should be small letters, digits and underscores, beginning "
                    f"with a letter, and at most {LONGEST} of them"
                )
    if PUBLISHED_STREAM in scenario.arrivals.additional:
        yield (
            f"arrivals.additional.{PUBLISHED_STREAM}: {PUBLISHED_STREAM!r} is the name of the "
            "stream of judgments_per_year; choose another"
        )
