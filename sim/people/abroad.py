"""What serving abroad changes in people: the same luck, held against other thresholds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.people.after import AfterSentence, luck_in_centre
from sim.people.arrivals import Arrived
from sim.people.chance import Column
from sim.people.sentence import Sentence, are_willing
from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Abroad:
    """Columns that take the place of those of the same name once someone serves abroad."""

    willing: NDArray[np.bool_]
    document_delay: Column
    luck: Column
    waits_outside: NDArray[np.bool_]
    never_reports: NDArray[np.bool_]
    lives_elsewhere: NDArray[np.bool_]
    tolerated: NDArray[np.bool_]
    permit_at: Column
    absconds_after: Column
    settled_after: Column
    settled_as: NDArray[np.int64]


def draw_abroad(
    scenario: Scenario, arrived: Arrived, sentence: Sentence, after: AfterSentence
) -> Abroad | None:
    """Draw what each person would bring to the time after a sentence served abroad.

    None where serving there changes nothing, or nobody is removed.
    """
    effects, removal = scenario.rented_prison.effects, scenario.removal
    if removal is None or effects.none:
        return None
    willing = are_willing(arrived, removal.willing_share * effects.willing_factor)
    centre = scenario.departure_centre
    if centre is not None:
        permits = ("permit_per_review", "early_permit_share")
        fewer = {key: min(1.0, getattr(centre, key) * effects.permit_factor) for key in permits}
        centre = centre.model_copy(update=fewer)
    changed = luck_in_centre(centre, arrived, replace(sentence, willing=willing), after.protected)
    # To hold luck against a multiple of the feasibility is to hold a part of it against that.
    factor = effects.feasibility_factor
    return Abroad(
        willing=willing,
        document_delay=after.document_delay * effects.document_delay_factor,
        luck=after.luck / factor if factor else np.full_like(after.luck, np.inf),
        **changed,
    )
