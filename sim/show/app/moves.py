"""From levers that were moved to what they change in a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.scenario.schema import Scenario
from sim.show.app.levers import COOPERATION, RULES, Value, third_country


def changes(scenario: Scenario, moved: Mapping[str, Value]) -> dict[str, Any]:
    """Return what moved levers change in a scenario, by dotted key, as `Scenario.change` takes it.

    Rules of eligibility change in all steps that reach into the observed period. An origin's
    cooperation changes from the first day of that period; the chance of a document for those who
    do not cooperate then is the mean over the scenario's own third-country origins of that regime.
    """
    found: dict[str, Any] = {}
    rules = {k.removeprefix(RULES): v for k, v in moved.items() if k.startswith(RULES)}
    if rules:
        found["transfer.eligibility"] = _with_rules(scenario, rules)
    for key, value in moved.items():
        if key.endswith(COOPERATION):
            found[key] = _with_regime(scenario, key.split(".")[1], str(value))
        elif not key.startswith(RULES):
            found[key] = value
    places = found.get("rented_prison.places")
    if places is not None and scenario.rented_prison.first_intake_places > places:
        found["rented_prison.first_intake_places"] = places
    return found


def _with_rules(scenario: Scenario, rules: Mapping[str, Value]) -> list[dict[str, Any]]:
    changed = {k: str(v).split("+") if k == "groups" else v for k, v in rules.items()}
    steps = []
    for rule in scenario.transfer.eligibility:
        step = rule.model_dump(by_alias=True)
        step["groups"] = list(step["groups"])
        steps.append(step | changed if rule.until > scenario.time.observe_from else step)
    return steps


def _with_regime(scenario: Scenario, name: str, regime: str) -> list[dict[str, Any]]:
    """Return an origin's steps of cooperation with another regime in the observed period."""
    begins, steps = scenario.time.observe_from, scenario.origins[name].cooperation
    before = [step.model_dump(by_alias=True) for step in steps if step.from_ < begins]
    if before:
        before[-1]["until"] = min(before[-1]["until"], begins)
    new = {
        "from": begins,
        "until": steps[-1].until,
        "regime": regime,
        "forced_feasibility": feasibility(scenario, regime),
    }
    return [*before, new]


def feasibility(scenario: Scenario, regime: str) -> float:
    """Return the chance of a document against one's will where origins have a regime.

    The mean over the scenario's third-country origins that have it at the end; where none has,
    over all of them.
    """
    last = [scenario.origins[name].cooperation[-1] for name in third_country(scenario)]
    alike = [step.forced_feasibility for step in last if step.regime == regime]
    known: Sequence[float] = alike or [step.forced_feasibility for step in last]
    return round(float(np.mean(known)), 3)
