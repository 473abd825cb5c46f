"""Outside: who cooperates and is not detained waits for the travel document at liberty."""

from __future__ import annotations

from sim.world import departure_centre, removal
from sim.world.stages import WAITING_OUTSIDE
from sim.world.world import Process, World


def wait(w: World, i: int) -> Process:
    """Wait outside the departure centre until the document is there, and leave."""
    w.enter(i, WAITING_OUTSIDE)
    death = w.people.death[i]
    if not w.assessed[i]:
        yield removal.assessment(w, i, death)
    yield w.until(min(w.document_at[i], death))
    over = w.env.now >= death
    return departure_centre.die(w, i) if over else departure_centre.leave_voluntarily(w, i)
