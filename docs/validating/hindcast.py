"""The baseline beside the published figures."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sim
from docs.validating.common import DOCS, WORKERS, outputs, topics
from sim.analysis.validation import MISSED, Validation
from sim.results.files import replace
from sim.show.validation import draw, sources, summary


@lru_cache(maxsize=1)
def baseline(replications: int) -> Validation:
    """Lay the baseline beside the published figures."""
    return sim.validate(
        "baseline", replications=replications, workers=WORKERS, out=outputs("hindcast")
    )


def hindcast(replications: int) -> dict[str, Any]:
    """The baseline beside the published figures."""
    found = baseline(replications)
    world = found.scenarios[0]
    replace(DOCS / "validation" / "hindcast.png", draw(found, world).png())
    return {
        "replications": replications,
        "until": world.time.end,
        "summary": summary(found, world.name),
        "topics": topics(found.table),
        "sources": sources(found.table),
        "missed": set(found.table.loc[found.table["verdict"] == MISSED, "topic"]),
    }
