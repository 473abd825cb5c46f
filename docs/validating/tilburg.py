"""The rented prison that Belgium had, beside what was published about it."""

from __future__ import annotations

from typing import Any

import sim
from docs.validating.common import WORKERS, beside, outputs


def tilburg(replications: int) -> dict[str, Any]:
    """The rented prison that Belgium had, beside what was published about it."""
    found = sim.validate(
        "tilburg", replications=replications, workers=WORKERS, out=outputs("tilburg")
    )
    return {"replications": replications, **beside(found, "tilburg.png", "figure")}
