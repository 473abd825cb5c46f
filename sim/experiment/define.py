"""An experiment defined in Python: what its file would say, as arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.experiment.definition import Experiment, validated, with_scenarios
from sim.scenario.files import changed, load
from sim.scenario.schema import Scenario
from sim.whole import whole_number


def define(
    name: str,
    scenarios: Sequence[Scenario | str | Path],
    replications: int | Mapping[str, Any],
    *,
    design: Mapping[str, Any] | None = None,
    title: str = "",
    summary: str = "",
    seed: int = 1,
    tables: Sequence[str] = (),
    changes: Mapping[str, Any] | None = None,
) -> Experiment:
    """Define an experiment; look at it, and run it with `sim.run_experiment`.

    Parameters
    ----------
    name
        Short name: the folder of its results by default.
    scenarios
        Scenarios, or names or files of them.
    replications
        How many of each scenario at each point; or a rule, as in an experiment file.
    design
        Which points, as in an experiment file: `{"kind": "grid", "values": {"rented_prison.places":
        [200, 300]}}`. The scenarios as they are by default.
    title, summary
        Words for people; the title is the name by default.
    seed
        Root seed, the same for all.
    tables
        Tables kept besides the outcomes; `"report"` for all a report needs.
    changes
        Changes to every scenario, by dotted key.

    Raises
    ------
    ScenarioError
        Listing everything wrong with the definition, its scenarios and its design.
    PrisonflowError
        If `replications` or `seed` is no whole number.
    """
    worlds = [
        changed(one, changes or {}) if isinstance(one, Scenario) else load(one, changes)
        for one in scenarios
    ]
    if isinstance(replications, Mapping):
        often = dict(replications)
    else:
        often = {"number": whole_number("replications", replications, 1)}
    content: dict[str, Any] = {
        "name": name,
        "title": title or name,
        "summary": summary,
        "scenarios": [world.name for world in worlds],
        "seed": whole_number("seed", seed),
        "tables": list(tables),
        "changes": dict(changes or {}),
        "replications": often,
    }
    if design is not None:
        content["design"] = dict(design)
    where = f"experiment {name}"
    return with_scenarios(validated(content, where), worlds, where)
