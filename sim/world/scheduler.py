"""The five verbs of the clock without SimPy, made to be compiled: same text, same log.

`now`, `timeout`, `event`, `process` and `run` are all that a process asks of its clock. In the
compiled engine this module stands in the place of `sim.world.clock` (see `sim.world.engine`). What
falls on the same instant happens in the order of scheduling, as in SimPy. Everything lives in lists
and attributes that the cycle collector sees.
"""

from __future__ import annotations

from collections.abc import Generator
from math import inf
from typing import Any, Final

_PENDING: Final = object()


class Event:
    """Something that is to happen; who waits for it is told in the order of asking."""

    def __init__(self, env: Clock) -> None:
        self.env = env
        self.value: Any = _PENDING
        self.at = 0.0
        self.number = 0
        self.processed = False
        # Nearly always one process waits, and nothing else: it needs no list.
        self.first: Begun | None = None
        self.others: list[Any] | None = None

    @property
    def callbacks(self) -> list[Any]:
        """What is called when the event happens, besides a process that was the first to wait."""
        others = self.others
        if others is None:
            others = self.others = []
        return others

    @property
    def triggered(self) -> bool:
        """Whether it is settled that the event happens."""
        return self.value is not _PENDING

    def succeed(self, value: Any = None) -> Event:
        """Let the event happen now, after all that was scheduled for this instant before."""
        if self.value is not _PENDING:
            raise RuntimeError("the event has been triggered before")
        self.value = value
        self.env.schedule(self, self.env.now)
        return self

    def happen(self) -> None:
        """Tell those who wait."""
        self.processed = True
        first, others = self.first, self.others
        self.first = self.others = None
        if first is not None:
            first.go_on(self.value)
        if others is not None:
            for other in others:
                if isinstance(other, Begun):
                    other.go_on(self.value)
                else:
                    other(self)


class Begun:
    """A process under way."""

    def __init__(self, generator: Generator[Event, Any, Any]) -> None:
        self.generator = generator

    def go_on(self, value: Any) -> None:
        """Go on with what an event has brought, until one that is still to come."""
        try:
            event: Event = self.generator.send(value)
            while event.processed:
                event = self.generator.send(event.value)
        except StopIteration:
            return
        if event.first is None and event.others is None:
            event.first = self
        else:
            event.callbacks.append(self)


class Clock:
    """A clock that runs until a day, for processes that never ask for a negative delay.

    What lies ahead waits in a list for each day, which is sorted when its day begins; what is
    scheduled today for today is a heap beside it.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self._scheduled = 0
        self._today = 0
        self._due: list[Event] = []
        self._happened = 0
        self._heap: list[Event] = []
        self._ahead: dict[int, list[Event]] = {}

    def event(self) -> Event:
        """Make an event that happens when it is told to `succeed`."""
        return Event(self)

    def timeout(self, delay: float = 0.0, value: Any = None) -> Event:
        """Make an event that happens after some days."""
        event = Event(self)
        event.value = value
        self.schedule(event, self.now + delay)
        return event

    def process(self, generator: Generator[Event, Any, Any]) -> Begun:
        """Begin a process."""
        begun = Begun(generator)
        begun.go_on(None)
        return begun

    def schedule(self, event: Event, at: float) -> None:
        """Let an event happen at a time, after all that was scheduled for it before."""
        event.at = at
        event.number = self._scheduled
        self._scheduled += 1
        if at < self._today + 1:
            _push(self._heap, event)
        elif at < inf:
            day = int(at)
            waiting = self._ahead.get(day)
            if waiting is None:
                self._ahead[day] = [event]
            else:
                waiting.append(event)

    def forget(self) -> None:
        """Forget what is still to happen, and with it who waits: the run is over."""
        self._due.clear()
        self._heap.clear()
        self._ahead.clear()

    def run(self, until: float) -> None:
        """Let everything happen that lies before a day, in days since the start."""
        heap = self._heap
        while True:
            due = self._due
            while True:
                place = self._happened
                late = place == len(due)  # all that was due today from before has happened
                if late and not heap:
                    break
                if late or (heap and _earlier(heap[0], due[place])):
                    event, scheduled_today = heap[0], True
                else:
                    event, scheduled_today = due[place], False
                if event.at >= until:
                    self.now = until
                    return
                if scheduled_today:
                    last = heap.pop()
                    if heap:
                        _sink(heap, last)
                else:
                    self._happened = place + 1
                self.now = event.at
                event.happen()
            if self._today + 1 >= until:
                self.now = until
                return
            self._today += 1
            self._happened = 0
            self._due = self._ahead.pop(self._today, [])
            # They stand in the order of scheduling, which a stable sort keeps.
            self._due.sort(key=_instant)


def _instant(event: Event) -> float:
    return event.at


def _earlier(event: Event, other: Event) -> bool:
    return event.at < other.at or (event.at == other.at and event.number < other.number)


def _push(heap: list[Event], event: Event) -> None:
    heap.append(event)
    _rise(heap, len(heap) - 1)


def _rise(heap: list[Event], place: int) -> None:
    """Move the event at a place of the heap towards its top, past all that come later."""
    event = heap[place]
    while place > 0:
        above = (place - 1) >> 1
        other = heap[above]
        if _earlier(other, event):
            break
        heap[place] = other
        place = above
    heap[place] = event


def _sink(heap: list[Event], event: Event) -> None:
    """Put an event in the place of the top: the earlier of two moves up, down to the bottom."""
    size, place, below = len(heap), 0, 1
    while below < size:
        other = heap[below]
        if below + 1 < size:
            right = heap[below + 1]
            if _earlier(right, other):
                other, below = right, below + 1
        heap[place] = other
        place, below = below, 2 * below + 1
    heap[place] = event
    _rise(heap, place)
