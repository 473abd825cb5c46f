"""When there are enough replications: the intervals wanted, judged on what is stored.

The rule looks at whole blocks only, in order, and at nothing but their outcomes. So the number of
replications, like every number in them, does not depend on workers or on who finished first.
`sim.statistics.stopping` says how many it takes before an interval is looked at, and why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.experiment.definition import Precise, Replications
from sim.statistics.pairs import differences
from sim.statistics.stopping import is_known

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def is_precise(rules: Replications, outcomes: Mapping[str, Mapping[str, Floats]]) -> bool:
    """Tell whether every precision that is wanted has been reached in every scenario.

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
        return True  # an outcome that never exists cannot be made more precise
    wanted = rule.half_width
    if rule.relative:
        wanted *= abs(float(np.mean(scale[exists])))
    return bool(is_known(values[exists][np.newaxis], wanted, level)[0])


def stored_outcomes(files: Sequence[Path], names: Sequence[str]) -> dict[str, Floats]:
    """Read some outcomes of one scenario at one point: one value per replication, in order."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = ["replication", "outcome", "value"]
    table = pa.concat_tables([pq.ParquetFile(file).read(columns=columns) for file in files])
    outcome = np.asarray(table["outcome"].to_pylist(), dtype=object)
    replication = table["replication"].to_numpy()
    value = table["value"].to_numpy()
    found = {}
    for name in names:
        mine = outcome == name
        order = np.argsort(replication[mine], kind="stable")
        found[name] = value[mine][order].astype(float)
    return found
