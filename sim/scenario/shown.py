"""How a scenario shows itself in a notebook: what it is, what it changes, its main levers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from sim import html
from sim.numbers import grouped
from sim.scenario.base import Section, as_toml_value, in_short
from sim.scenario.files import base_of_case, difference
from sim.scenario.schema import Scenario
from sim.table import Table

#: What policy chooses first, by dotted key.
LEVERS = (
    "rented_prison.in_use",
    "rented_prison.opens",
    "rented_prison.places",
    "rented_prison.term_years",
    "rented_prison.extended",
    "rented_prison.return_before_end_days",
    "transfer.least_remaining_days",
    "transfer.rotations_per_week",
    "transfer.seats",
    "removal.direct_share",
    "detention.in_rented_prison_share",
)
#: Changes beyond this number are folded away.
_FEW = 12


def as_html(scenario: Scenario) -> str:
    """Return title, summary, changes against its case and main levers of a scenario."""
    time = scenario.time
    levers = Table.of(("key", "value", "meaning"), [*_levers(scenario)], numbers=False).html()
    return html.card(
        scenario.title,
        f"scenario {scenario.name} · hash {scenario.hash} · observed {time.observe_from} until "
        f"{time.observe_until}{' · stress test' if scenario.stress_test else ''}",
        html.paragraph(scenario.summary),
        *_changes(scenario),
        html.folded("Main levers", levers),
    )


def _changes(scenario: Scenario) -> Iterator[str]:
    """Tell what differs from the arrangement of its case; nothing for that itself."""
    base = base_of_case(scenario)
    rows = [
        (key, _told(scenario, key, before), _told(scenario, key, after))
        for key, before, after in difference(base, scenario)
    ]
    heads = ("key", base.name, "here")
    if rows:
        title = f"Changes against {base.name}"
        yield Table.of(heads, rows[:_FEW], title, numbers=False).html()
    elif scenario.name != base.name:
        yield html.paragraph(f"Simulates the same world as {base.name}.")
    if more := rows[_FEW:]:
        table = Table.of(heads, more, numbers=False).html()
        yield html.folded(f"{grouped(len(more))} more changes", table)


def _levers(scenario: Scenario) -> Iterator[tuple[str, str, str]]:
    leaves = dict(scenario.leaves())
    for key in LEVERS:
        if key in leaves:
            yield key, _told(scenario, key, leaves[key]), _meaning(key)


def _told(scenario: Scenario, key: str, value: Any) -> str:
    """Say a value with its unit."""
    if value is None:
        return "–"
    if isinstance(value, Mapping):
        return in_short(value)
    counts = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{as_toml_value(value)} {scenario.unit_of(key) if counts else ''}".strip()


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Section)


def _meaning(key: str) -> str:
    """Return what the schema says of a key."""
    section: Any = Scenario
    *parts, last = key.split(".")
    for part in parts:
        annotation = section.model_fields[part].annotation
        section = next(kind for kind in (annotation, *get_args(annotation)) if _is_section(kind))
    return str(section.model_fields[last].description)
