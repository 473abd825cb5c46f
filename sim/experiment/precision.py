"""When there are enough replications: the intervals wanted, judged on what is stored.

The rule looks at whole blocks only, in order, and at nothing but their outcomes. So the number of
replications, like every number in them, does not depend on workers or on who finished first.
`sim.statistics.stopping` says how many it takes before an interval is looked at, and why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sim.experiment.definition import Precise, Replications
from sim.experiment.stored import read_table
from sim.statistics.pairs import differences
from sim.statistics.stopping import is_known

if TYPE_CHECKING:
    from numpy.typing import NDArray

Floats: TypeAlias = "NDArray[np.float64]"


def is_precise(rules: Replications, outcomes: Mapping[str, Mapping[str, Floats]]) -> bool:
    """Tell whether every precision that is wanted has been reached in every scenario.

    What exists in no replication is not waited for, as nothing can be known of it: `nowhere`.

    Parameters
    ----------
    rules
        What is wanted.
    outcomes
        For each scenario and outcome one value per replication, in the same order; nan where the
        outcome does not exist.
    """
    return all(
        _reached(rule, rules.level, scenario, outcomes)
        for rule in rules.until
        for scenario in outcomes
        if scenario != rule.difference_from
    )


def nowhere(rules: Replications, outcomes: Mapping[str, Mapping[str, Floats]]) -> list[str]:
    """Return the outcomes wanted that exist in no replication of some scenario, with its name."""
    found = []
    for rule in rules.until:
        for scenario, values in outcomes.items():
            if scenario == rule.difference_from:
                continue
            both = values[rule.outcome]
            if rule.difference_from is not None:
                both = both - outcomes[rule.difference_from][rule.outcome]
            if np.isnan(both).all():
                found.append(f"{rule.outcome} in {scenario}")
    return list(dict.fromkeys(found))


def _reached(
    rule: Precise, level: float, scenario: str, outcomes: Mapping[str, Mapping[str, Floats]]
) -> bool:
    values = outcomes[scenario][rule.outcome]
    scale = values
    if rule.difference_from is not None:
        scale = outcomes[rule.difference_from][rule.outcome]
        values = differences(values, scale)
    exists = ~np.isnan(values)
    if not exists.any():
        return True  # said of it elsewhere: that it exists nowhere, not that it is known
    wanted = rule.half_width
    if rule.relative:
        wanted *= abs(float(np.mean(scale[exists])))
    return bool(is_known(values[exists][np.newaxis], wanted, level)[0])


def stored_outcomes(files: Sequence[Path], names: Sequence[str]) -> dict[str, Floats]:
    """Read some outcomes of one scenario at one point: one value per replication, in order."""
    import pyarrow as pa

    columns = ["replication", "outcome", "value"]
    table = pa.concat_tables([read_table(file, columns) for file in files])
    outcome = np.asarray(table["outcome"].to_pylist(), dtype=object)
    replication = table["replication"].to_numpy()
    value = table["value"].to_numpy()
    found = {}
    for name in names:
        mine = outcome == name
        order = np.argsort(replication[mine], kind="stable")
        found[name] = value[mine][order].astype(float)
    return found
