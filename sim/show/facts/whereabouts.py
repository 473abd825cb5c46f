"""Where the people of the model are: which stages are shown as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.show import words
from sim.show.facts.data import Floats, over_time
from sim.world.flow import STAYS
from sim.world.rows import Phase

if TYPE_CHECKING:
    from sim.experiment.replications import Replications

DURING, AFTER, HOST = "until the sentence ends", "after the sentence", "in Kosovo, free or not"
_PARTS = {
    Phase.SERVING: DURING,
    Phase.ABROAD: DURING,
    Phase.AFTER: AFTER,
    Phase.STAYING: HOST,
}


def layer_of(bands: Sequence[str]) -> tuple[str, str, tuple[str, ...]]:
    """Return name and part of a layer, and the stages in it; it is named after the first."""
    rows = [row for row in STAYS.values() if row.band in bands]
    part = _PARTS[rows[0].phase]
    name = "host" if part == HOST else rows[0].role
    return name, part, tuple(dict.fromkeys(row.role for row in rows))


def people_in(r: Replications, stages: Sequence[str]) -> tuple[Floats, float] | None:
    """Return the mean number of people in some stages together over time.

    And its mean over the observed period, or over all dates if none is counted in it. None if the
    tables have no such stage.
    """
    series = [over_time(r, "census", words.stage_key(r.scenario, stage)) for stage in stages]
    known = [one for one in series if one is not None]
    if not known:
        return None
    mean: Floats = np.sum([one.mean for one in known], axis=0)
    observed = known[0].observed
    return mean, float(mean[observed].mean() if observed.any() else mean.mean())
