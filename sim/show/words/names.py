"""Names as people read them: in figures, tables and sentences alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.language import mark, tr
from sim.results.basis import CASE_TITLES, QUEUE_TITLES
from sim.results.outcomes import OUTCOMES
from sim.world.flow import EXITS, STAGE_TITLES

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

#: Nationality groups in `after_sentence`, by name.
_GROUP_TITLES = {
    "eu_eea": mark("EU and EEA citizens"),
    "third_country": mark("Third-country nationals"),
    "dual_national": mark("{adjective} citizens with another nationality"),
    "not_expelled": mark("People who are not expelled"),
}


def listed(items: Sequence[str]) -> str:
    """Join items as in a sentence."""
    if len(items) < 2:
        return "".join(items)
    return tr("{items} and {last}", items=", ".join(items[:-1]), last=items[-1])


def capital(text: str) -> str:
    """Begin a sentence."""
    return text[:1].upper() + text[1:]


def lower_first(text: str, scenario: Scenario | None = None) -> str:
    """Continue a sentence with a title; names, those of places too, keep their capital."""
    if text.startswith(("EU ", "EU-", *(names_of(scenario) if scenario else ()))):
        return text
    return text[:1].lower() + text[1:]


def names_of(scenario: Scenario) -> tuple[str, ...]:
    """Return the names that a scenario gives to its states and places, as they are told."""
    named = [
        scenario.countries.sending,
        scenario.countries.host,
        scenario.rented_prison.title,
        *(own.title for own in (scenario.detention, scenario.departure_centre) if own),
        *([scenario.staying.detention_title] if scenario.staying else []),
    ]
    # English alone writes what is of a country with a capital.
    adjective = scenario.countries.sending_adjective
    kept = [adjective] if tr(adjective)[:1].isupper() else []
    return (*map(tr, named), *kept)


def told(scenario: Scenario, message: str, /, **values: object) -> str:
    """Return a message in the language spoken, with the names of a scenario's states and places.

    Parameters
    ----------
    scenario
        Whose names they are: `{sending}`, `{host}` and the others of `Scenario.names`.
    message
        The message; it leaves room for them.
    values
        What else is put into it.
    """
    named: dict[str, object] = {key: tr(name) for key, name in scenario.names.items()}
    return tr(message).format(**(named | values))


def title_of(scenario: Scenario) -> str:
    """Return the title of a scenario; that of a shipped one in the language spoken."""
    return tr(scenario.title)


def quoted(title: str) -> str:
    """Name a scenario in a sentence."""
    return tr("“{title}”", title=tr(title))


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
        "home_prisons": told(scenario, "{adjective} prisons"),
        "rented_prison": tr(scenario.rented_prison.title),
        "detention": tr(scenario.names["detention_title"]),
        "departure_centre": tr(scenario.names["centre_title"]),
        "host_detention": tr(scenario.names["host_detention_title"]),
        "host_prisons": told(scenario, "{hosts} own prisons"),
    }[role]


def stage_key(scenario: Scenario, role: str) -> str:
    """Return the name that a scenario's tables give to a stage."""
    return scenario.rented_prison.key if role == "rented_prison" else role


def stage_titles(scenario: Scenario) -> dict[str, str]:
    """Return titles of all stages, queues of the case and limbo, by the names used here."""
    titles = {stage: told(scenario, title) for stage, title in STAGE_TITLES.items()}
    cases = {name: tr(title) for name, title in CASE_TITLES.items()}
    return titles | cases | {"limbo": tr("In limbo")}


def titles_in_tables(scenario: Scenario) -> dict[str, str]:
    """Return titles of stages and of origins by the names that a scenario's tables give them."""
    titles = stage_titles(scenario)
    titles[stage_key(scenario, "rented_prison")] = titles["rented_prison"]
    return titles | {name: tr(origin.title) for name, origin in scenario.origins.items()}


def queue_titles() -> dict[str, str]:
    """Return titles of queues by the names used in tables."""
    return {name: tr(title) for name, title in QUEUE_TITLES.items()}


def group_title(scenario: Scenario, group: str) -> str:
    """Return the name of a nationality group for people."""
    return told(scenario, _GROUP_TITLES[group])


def exit_titles(scenario: Scenario) -> dict[str, str]:
    """Return titles of exits by the names used in tables."""
    return {exit.name.lower(): told(scenario, row.title) for exit, row in EXITS.items()}


def outcome_titles(scenario: Scenario) -> dict[str, str]:
    """Return titles of outcomes by the names used in tables."""
    return {outcome.name: told(scenario, outcome.title) for outcome in OUTCOMES}
