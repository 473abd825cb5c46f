"""The baseline beside the published figures."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sim
from docs.validating.common import WORKERS, beside, outputs
from sim.analysis.validation import Validation


@lru_cache(maxsize=1)
def baseline(replications: int) -> Validation:
    """Lay the baseline beside the published figures."""
    return sim.validate(
        "baseline", replications=replications, workers=WORKERS, out=outputs("hindcast")
    )


def hindcast(replications: int) -> dict[str, Any]:
    """The baseline beside the published figures."""
    found = baseline(replications)
    return {
        "replications": replications,
        "until": found.scenarios[0].time.end,
        **beside(found, "hindcast.png", "topic"),
    }
