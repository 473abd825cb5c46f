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
    settled_after: Column
    settled_by_permit: NDArray[np.bool_]


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
        permit = min(1.0, centre.permit_per_review * effects.permit_factor)
        centre = centre.model_copy(update={"permit_per_review": permit})
    changed = luck_in_centre(centre, arrived, replace(sentence, willing=willing))
    # To hold luck against a multiple of the feasibility is to hold a part of it against that.
    factor = effects.feasibility_factor
    return Abroad(
        willing=willing,
        document_delay=after.document_delay * effects.document_delay_factor,
        luck=after.luck / factor if factor else np.full_like(after.luck, np.inf),
        waits_outside=changed["waits_outside"],
        never_reports=changed["never_reports"],
        settled_after=changed["settled_after"],
        settled_by_permit=changed["settled_by_permit"],
    )
