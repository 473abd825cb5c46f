"""Long tables for the tests of estimates and comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd


def long(
    scenarios: Mapping[str, Mapping[str, Sequence[float | None]]],
    point: int = 0,
    seed: int | None = None,
) -> pd.DataFrame:
    """Return a long table of `{scenario: {outcome: [value of replication 0, 1, ...]}}`."""
    rows: list[dict[str, Any]] = [
        {"scenario": scenario, "point": point, "replication": number, "outcome": outcome,
         "value": value}
        for scenario, outcomes in scenarios.items()
        for outcome, values in outcomes.items()
        for number, value in enumerate(values)
    ]  # fmt: skip
    table = pd.DataFrame(rows).astype({"value": "Float64"})
    return table if seed is None else table.assign(seed=seed)
