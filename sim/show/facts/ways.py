"""Whether the model has a way for one scenario to change what comes after the sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

#: Sections that decide what comes after the sentence.
_AFTER = ("removal", "detention", "departure_centre", "staying", "origins", "sentencing")
#: What is told about them alone: where a removal sets out from, not whether there is one.
_WHERE = {"removal": {"direct_share": 0.0}, "detention": {"in_rented_prison_share": 0.0}}


def has_a_way(reference: Scenario, scenario: Scenario) -> bool:
    """Tell whether a scenario can change what comes after the sentence, beside a reference.

    It can if it says something else about removal, detention, the departure centre, the countries
    of origin or sentences, or if serving abroad is given an effect on a removal case. Where a
    removal sets out from changes neither whether nor when there is one.
    """
    effects = scenario.rented_prison.effects, reference.rented_prison.effects
    if any(value != 1 for one in effects for value in one.model_dump().values()):
        return True
    return any(_told(reference, name) != _told(scenario, name) for name in _AFTER)


def _told(scenario: Scenario, name: str) -> object:
    """Return a section, without where a removal sets out from."""
    section = getattr(scenario, name)
    if section is None or name not in _WHERE:
        return section
    return section.model_copy(update=_WHERE[name])
