"""SimPy's environment, for processes that only ever wait: no interrupts, no failing events.

A process begins at once, without an event of its own, and its end is an event only if somebody
listens; going on with a process, asking for a timeout and taking the next event are written out.
What happens, and in which order, is what a plain `simpy.Environment` does: the same text runs on
either, and `tests/property/test_clock.py` holds every world to it.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

from simpy import Environment, Event, Process
from simpy.events import NORMAL, ProcessGenerator, Timeout


class Begun(Process):
    """A process of a `Clock`, under way since it was made."""

    def __init__(self, env: Clock, generator: ProcessGenerator) -> None:
        self.env = env
        self.callbacks = []
        self._generator = generator
        now = Event(env)
        now._value = None
        self(now)

    def __call__(self, event: Event) -> None:
        """Go on with what an event brings, until one that is still to come."""
        send = self._generator.send
        try:
            target = send(event._value)
            while target.callbacks is None:  # it has come already
                target = send(target._value)
        except StopIteration as end:
            self._end(end.value)
        else:
            target.callbacks.append(self)

    def _end(self, value: Any) -> None:
        self._ok, self._value = True, value
        if self.callbacks:
            self.env.schedule(self)
        else:
            self.callbacks = None  # type: ignore[assignment]


class Clock(Environment):
    """An environment that runs until a day, for processes that never ask for a negative delay."""

    now: float = 0.0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.timeout = _timeouts(self)  # type: ignore[method-assign]

    @property
    def _now(self) -> float:
        return self.now

    @_now.setter
    def _now(self, day: float) -> None:
        self.now = day

    def process(self, generator: ProcessGenerator) -> Process:  # type: ignore[override]
        """Begin a process."""
        return Begun(self, generator)

    def run(self, until: Any = None) -> None:
        """Let everything happen that lies before a day, in days since the start."""
        queue = self._queue
        while queue and queue[0][0] < until:
            self.now, _, _, event = heappop(queue)
            callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
            for callback in callbacks:
                if callback.__class__ is Begun:
                    # As in `Begun.__call__`, for nearly all that happens.
                    try:
                        target = callback._generator.send(event._value)  # type: ignore[attr-defined]
                        if target.callbacks is not None:
                            target.callbacks.append(callback)
                        else:
                            callback(target)
                    except StopIteration as end:
                        callback._end(end.value)  # type: ignore[attr-defined]
                else:
                    callback(event)
        self.now = until


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
        heappush(queue, (clock.now + delay, NORMAL, next(number), event))
        return event

    return timeout
