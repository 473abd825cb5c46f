"""SimPy's environment, with the three things that a run does most often written out.

Reading the time, asking for a timeout and taking the next event are done here without the calls
that SimPy makes on the way, which makes a replication a little cheaper. What happens, and in which
order, is exactly what a plain `simpy.Environment` does: `tests/property/test_clock.py` holds every
world to it, and the processes run on either.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from operator import attrgetter
from typing import Any

from simpy import Environment
from simpy.events import NORMAL, Timeout


class Clock(Environment):
    """An environment that runs until a day, for processes that never ask for a negative delay."""

    now = property(attrgetter("_now"), doc="Days since the scenario's start.")

    def __init__(self) -> None:
        super().__init__()
        self.timeout = _timeouts(self)  # type: ignore[method-assign]

    def run(self, until: Any = None) -> None:
        """Let everything happen that lies before a day, in days since the start."""
        queue = self._queue
        while queue and queue[0][0] < until:
            self._now, _, _, event = heappop(queue)
            callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
            for callback in callbacks:
                callback(event)
            if not event._ok and not hasattr(event, "_defused"):
                raise event._value
        self._now = until


def _timeouts(clock: Clock) -> Callable[..., Timeout]:
    """Return what makes the timeouts of a clock, each as `simpy.events.Timeout` would be."""
    new: Any = Timeout.__new__
    queue, number = clock._queue, clock._eid

    def timeout(delay: float = 0.0, value: object = None) -> Timeout:
        event: Timeout = new(Timeout)
        event.env = clock
        event.callbacks = []
        event._value = value
        event._delay = delay
        event._ok = True
        heappush(queue, (clock._now + delay, NORMAL, next(number), event))
        return event

    return timeout
