"""Names as people read them: in figures, tables and sentences alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.results.basis import CASE_TITLES, QUEUE_TITLES
from sim.world.flow import EXITS, STAGE_TITLES

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

#: Nationality groups in `after_sentence`, by name.
_GROUP_TITLES = {
    "eu_eea": "EU and EEA citizens",
    "third_country": "Third-country nationals",
    "dual_national": "{adjective} citizens with another nationality",
    "not_expelled": "People who are not expelled",
}


def listed(items: Sequence[str]) -> str:
    """Join items as in a sentence."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def capital(text: str) -> str:
    """Begin a sentence."""
    return text[:1].upper() + text[1:]


def lower_first(text: str, scenario: Scenario | None = None) -> str:
    """Continue a sentence with a title; names, those of places too, keep their capital."""
    if text.startswith(("EU ", *(names_of(scenario) if scenario else ()))):
        return text
    return text[:1].lower() + text[1:]


def names_of(scenario: Scenario) -> tuple[str, ...]:
    """Return the names that a scenario gives to its states and places."""
    return (
        scenario.countries.sending,
        scenario.countries.sending_adjective,
        scenario.countries.host,
        scenario.rented_prison.title,
        *(own.title for own in (scenario.detention, scenario.departure_centre) if own),
        *([scenario.staying.detention_title] if scenario.staying else []),
    )


def quoted(title: str) -> str:
    """Name a scenario in a sentence."""
    return f"“{title}”"


# ---------------------------------------------------------------------- names of the model

#: Roles of facilities, in the order in which they are shown, by the names used here.
FACILITIES = (
    "home_prisons",
    "rented_prison",
    "detention",
    "departure_centre",
    "host_detention",
    "host_prisons",
)


def facility_key(scenario: Scenario, role: str) -> str:
    """Return the name that a scenario's tables give to a facility."""
    return {
        "rented_prison": scenario.rented_prison.key,
        "detention": scenario.names["detention"],
        "departure_centre": scenario.names["centre"],
        "host_detention": scenario.names["host_detention"],
    }.get(role, role)


def facility_title(scenario: Scenario, role: str) -> str:
    """Return the name of a facility for people."""
    return {
        "home_prisons": scenario.told("{adjective} prisons"),
        "rented_prison": scenario.rented_prison.title,
        "detention": scenario.names["detention_title"],
        "departure_centre": scenario.names["centre_title"],
        "host_detention": scenario.names["host_detention_title"],
        "host_prisons": scenario.told("{hosts} own prisons"),
    }[role]


def stage_key(scenario: Scenario, role: str) -> str:
    """Return the name that a scenario's tables give to a stage."""
    return scenario.rented_prison.key if role == "rented_prison" else role


def stage_titles(scenario: Scenario) -> dict[str, str]:
    """Return titles of all stages, queues of the case and limbo, by the names used here."""
    titles = {stage: scenario.told(title) for stage, title in STAGE_TITLES.items()}
    return titles | CASE_TITLES | {"limbo": "In limbo"}


def titles_in_tables(scenario: Scenario) -> dict[str, str]:
    """Return titles of stages and of origins by the names that a scenario's tables give them."""
    titles = stage_titles(scenario)
    titles[stage_key(scenario, "rented_prison")] = titles["rented_prison"]
    return titles | {name: origin.title for name, origin in scenario.origins.items()}


def queue_titles() -> dict[str, str]:
    """Return titles of queues by the names used in tables."""
    return dict(QUEUE_TITLES)


def group_title(scenario: Scenario, group: str) -> str:
    """Return the name of a nationality group for people."""
    return scenario.told(_GROUP_TITLES[group])


def exit_titles(scenario: Scenario) -> dict[str, str]:
    """Return titles of exits by the names used in tables."""
    return {exit.name.lower(): scenario.told(row.title) for exit, row in EXITS.items()}
