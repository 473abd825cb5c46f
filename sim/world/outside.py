"""Outside: the wait at liberty for the travel document, and for an escort where one is needed.

Most who cooperate wait there when they are not detained; so does everyone where there is no
departure centre.
"""

from __future__ import annotations

from sim.world import departure_centre, removal
from sim.world.stages import WAITING_OUTSIDE
from sim.world.world import Process, World


def wait(w: World, i: int) -> Process:
    """Wait until the document is there, and leave."""
    w.enter(i, WAITING_OUTSIDE)
    death = w.people.death[i]
    if not w.assessed[i]:
        yield removal.assessment(w, i, death)
    yield w.until(min(w.document_at[i], death))
    if w.env.now >= death:
        return departure_centre.die(w, i)
    if w.people.willing[i]:
        return departure_centre.leave_voluntarily(w, i)
    escorted = yield from removal.find_escort(w, i, death)
    return removal.depart(w, i) if escorted else departure_centre.die(w, i)
