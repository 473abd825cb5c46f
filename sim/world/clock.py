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

from simpy import Environment, Process
from simpy import Event as Event
from simpy.events import NORMAL, ProcessGenerator, Timeout


class Begun(Process):
    """A process of a `Clock`, under way since it was made."""

    def __init__(self, env: Clock, generator: ProcessGenerator) -> None:
        self.env = env
        self.callbacks = []
        self._generator = generator
        self.go_on(None)

    def go_on(self, value: Any) -> None:
        """Go on with what an event has brought, until one that is still to come."""
        send = self._generator.send
        try:
            event: Any = send(value)
            while event.callbacks is None:
                event = send(event._value)
        except StopIteration as end:
            self.end(end.value)
        else:
            event.callbacks.append(self)

    def __call__(self, event: Event) -> None:
        """Go on: what a plain environment does with those who wait for an event."""
        self.go_on(event._value)

    def end(self, value: Any) -> None:
        """Be over; that is an event if somebody waits for it."""
        self._ok, self._value = True, value
        if self.callbacks:
            self.env.schedule(self)
        else:
            self.callbacks: Any = None


class Clock(Environment):
    """An environment that runs until a day, for processes that never ask for a negative delay."""

    now: float = 0.0

    def __init__(self) -> None:
        super().__init__()
        self.timeout = _timeouts(self)  # type: ignore[method-assign]

    @property
    def _now(self) -> float:
        return self.now

    @_now.setter
    def _now(self, day: float) -> None:
        self.now = day

    def process(self, generator: ProcessGenerator) -> Process:
        """Begin a process."""
        return Begun(self, generator)

    def forget(self) -> None:
        """Forget what is still to happen, and with it who waits: the run is over."""
        self._queue.clear()

    def run(self, until: Any = None) -> None:
        """Let everything happen that lies before a day, in days since the start."""
        queue = self._queue
        event: Any
        target: Any
        while queue and queue[0][0] < until:
            self.now, _, _, event = heappop(queue)
            callbacks: list[Any] = event.callbacks
            event.callbacks = None
            for callback in callbacks:
                if callback.__class__ is not Begun:
                    callback(event)
                    continue
                # `Begun.go_on`, without the calls: most of what happens.
                try:
                    target = callback._generator.send(event._value)
                    if target.callbacks is None:
                        callback.go_on(target._value)
                    else:
                        target.callbacks.append(callback)
                except StopIteration as end:
                    callback.end(end.value)
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
