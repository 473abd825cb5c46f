"""Where the people of the model are: which stages are shown as one."""

from __future__ import annotations

from collections.abc import Sequence

from sim.world.flow import STAYS
from sim.world.rows import Phase

DURING, AFTER, KOSOVO = "until the sentence ends", "after the sentence", "in Kosovo, free or not"
_PARTS = {
    Phase.SERVING: DURING,
    Phase.ABROAD: DURING,
    Phase.AFTER: AFTER,
    Phase.STAYING: KOSOVO,
}


def layer_of(bands: Sequence[str]) -> tuple[str, str, tuple[str, ...]]:
    """Return name and part of a layer, and the stages in it; it is named after the first."""
    rows = [row for row in STAYS.values() if row.band in bands]
    part = _PARTS[rows[0].phase]
    name = "kosovo" if part == KOSOVO else rows[0].role
    return name, part, tuple(dict.fromkeys(row.role for row in rows))
