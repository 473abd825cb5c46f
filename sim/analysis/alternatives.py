"""What is disputed, or nobody's to know: each answer a world of its own, beside the range.

Draws leave these as a scenario states them, and no answer is averaged with another. An alternative
changes both worlds that are compared, with the agreement and without it, so that the difference
stays the agreement's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sim.language import mark
from sim.scenario.files import find, load, read_toml

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Alternative:
    """One answer to a question: what is changed in both worlds."""

    name: str
    """Of its file of results."""
    title: str
    values: Mapping[str, Any] | None = None
    """By dotted key; those of a shipped scenario of this name if there are none."""

    def changes(self) -> Mapping[str, Any]:
        """Return what is changed, by dotted key."""
        return _of_scenario(self.name) if self.values is None else self.values


@dataclass(frozen=True)
class Question:
    """Something that no draw decides."""

    title: str
    words: str
    """Why no draw decides it."""
    as_stated: str
    """The answer that the baseline takes."""
    others: tuple[Alternative, ...]
    outcomes: tuple[str, ...]
    """Headlines that it bears on."""


QUESTIONS = (
    Question(
        mark("Are the places freed at home filled again?"),
        mark("Prisons may leave them free, or call up others who wait to serve."),
        mark("None is filled"),
        (
            Alternative(
                "freed_places_filled",
                mark("All are filled"),
                {"home_prisons.freed_places_filled_share": 1.0},
            ),
        ),
        ("places_freed_net", "total_cost"),
    ),
    Question(
        mark("Does serving in {host} change whether people can be returned?"),
        mark("Nothing was read on it. The baseline takes no effect, which is not a finding."),
        mark("It changes nothing"),
        (
            Alternative(
                "serving_abroad_hinders",
                mark("People and countries of origin cooperate less"),
                {
                    "rented_prison.effects.willing_factor": 0.5,
                    "rented_prison.effects.feasibility_factor": 0.2,
                    "rented_prison.effects.document_delay_factor": 3.0,
                },
            ),
            Alternative(
                "serving_abroad_helps",
                mark("People and countries of origin cooperate more"),
                {
                    "rented_prison.effects.willing_factor": 1.5,
                    "rented_prison.effects.feasibility_factor": 1.5,
                    "rented_prison.effects.document_delay_factor": 0.5,
                },
            ),
        ),
        ("held_after_sentence_days", "removed_1y", "limbo"),
    ),
    Question(
        mark("Are people removed straight from {host}?"),
        mark("The treaty is read both ways, and states that do not recognise {host} may refuse."),
        mark("Two in five of those who can be removed are"),
        (
            Alternative("never_direct", mark("Nobody is"), {"removal.direct_share": 0.0}),
            Alternative("direct_removal", mark("All who can be removed are")),
        ),
        ("held_after_sentence_days", "removed_1y", "limbo"),
    ),
    Question(
        mark("What will countries of origin do?"),
        mark("Whether they take people back is decided by their governments, and can turn."),
        mark("They go on as now"),
        (
            Alternative("cooperation_breakdown", mark("Iraq, Somalia and others refuse")),
            Alternative("cooperation_breakthrough", mark("Syria and Afghanistan take people back")),
        ),
        ("held_after_sentence_days", "removed_1y", "limbo"),
    ),
    Question(
        mark("How many places do the prisons of {host} have?"),
        mark("The prison service and a rehabilitation centre give figures that cannot both hold."),
        mark("As the prison service says"),
        (Alternative("kosovo_overcrowded", mark("As the rehabilitation centre says")),),
        ("host_occupancy",),
    ),
)


def alternatives() -> Iterator[Alternative]:
    """Yield all alternatives of all questions."""
    for question in QUESTIONS:
        yield from question.others


def worlds(one: Alternative, scenario: str, reference: str) -> tuple[Scenario, Scenario]:
    """Return a shipped scenario and reference as an alternative has them, each with its name."""
    changes, found = one.changes(), []
    for name in (scenario, reference):
        world = load(name, changes)
        words = {"name": f"{one.name}__{name}", "title": f"{world.title} ({one.name})"}
        found.append(world.model_copy(update=words))
    return found[0], found[1]


@lru_cache(maxsize=8)
def _of_scenario(name: str) -> Mapping[str, Any]:
    """Return what a shipped scenario changes, by dotted key."""
    raw = read_toml(find(name))
    words = ("extends", "name", "title", "summary", "case")
    return dict(_leaves({key: value for key, value in raw.items() if key not in words}))


def _leaves(raw: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in raw.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value
