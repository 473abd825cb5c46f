"""Why people are not transferred, and why some come back for good before their time."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.people.transfer import SUITABLE
from sim.world.stages import Stay

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from sim.results.basis import Basis
    from sim.results.records import Floats

#: Days by which someone must come back sooner than due to count as sent back: rounding is less.
_SOONER = 1e-6


def assessed(run: Basis, until: float) -> NDArray[np.bool_]:
    """Tell which people have been assessed, their selection having come to its end, by a day."""
    selections, leaves = run.records.stays.of(Stay.SELECTION), run.cohort.sentence.leaves
    decided = selections.end < np.minimum(until, leaves[selections.index])
    found = np.zeros(run.cohort.size, bool)
    found[selections.index[decided]] = True
    return found


def excluded(run: Basis, until: float) -> NDArray[np.bool_]:
    """Tell whom the law excludes, of those whom the dated rules allow by a day.

    They have a sentence left to serve when the selection can begin.
    """
    eligibility, sentence = run.cohort.eligibility, run.cohort.sentence
    from_ = np.maximum(eligibility.since, run.cohort.service.selection)
    found: NDArray[np.bool_] = (eligibility.excluded != SUITABLE) & (from_ < until)
    return found & (from_ < np.minimum(eligibility.until, sentence.leaves))


def not_transferred(run: Basis) -> pd.DataFrame:
    """Count those who are not transferred by reason; see `Run.not_transferred`."""
    import pandas as pd

    transfer, eligibility, until = run.scenario.transfer, run.cohort.eligibility, run.period[1]
    known = assessed(run, until)
    rows = [
        *_by_reason("law", transfer.exclusions, eligibility.excluded[excluded(run, until)]),
        *_by_reason("selection", transfer.unsuitable_shares, eligibility.unsuitable[known]),
        *_by_reason("host", transfer.refusal_shares, eligibility.refused[known]),
    ]
    return pd.DataFrame(rows, columns=["decided_by", "reason", "people"])


def _by_reason(
    by: str, reasons: Iterable[str], found: NDArray[np.int64]
) -> list[tuple[str, str, int]]:
    return [(by, reason, int(np.sum(found == code))) for code, reason in enumerate(reasons)]


def sent_back(run: Basis) -> tuple[Floats, Floats]:
    """Return the days on which people are sent back for good before they are due to go.

    First of those sent back on demand of the host state, then of those above fewer places.
    """
    sentence, service = run.cohort.sentence, run.cohort.service
    stays = run.records.stays.joined(Stay.RENTED_PRISON, Stay.TEMPORARY_RETURN)
    due = sentence.end - run.scenario.rented_prison.return_before_end_days
    for other in (service.drains, sentence.leaves, run.cohort.eligibility.leave):
        due = np.minimum(due, other)
    days = stays.end[stays.end < due[stays.index] - _SOONER]
    places = service.places(run.scenario)
    falls = [after[0] for before, after in pairwise(places) if after[2] < before[2]]
    fallen = np.isin(days, falls)
    return days[~fallen], days[fallen]
