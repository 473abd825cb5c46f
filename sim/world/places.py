"""Places: the one allocator of everything scarce, from prison places to escort teams.

In come requests of persons, out go events that fire with True (here is your place) or False (your
patience ended). Capacity and rank may change at any moment. Times are days since the scenario's
start. Someone asks, stays and gives back::

    if places.take() or (yield places.request(who, until=day)):
        yield env.timeout(stay)
        places.give_back()

Only `now`, `timeout`, `event` and `process` of the environment are used, so that another scheduler
can take SimPy's place. What falls on the same instant happens in the order of scheduling: whoever's
patience ends just when a place comes back gets it if its return was scheduled first, else leaves.
"""

from __future__ import annotations

from functools import partial
from heapq import heapify, heappop, heappush
from itertools import pairwise
from math import inf
from operator import index
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from typing import Any, Literal

    from sim.world.clock import Clock, Event


class Places:
    """Places that are taken, waited for and given back.

    Parameters
    ----------
    env
        The environment; its clock counts days.
    capacity
        Number of places at the start; ValueError if negative, here and below.
    rank
        ``rank(who)``, asked on joining the queue: smaller is served first, equals in order of
        joining. None: first come, first served.
    dispatch
        ``"at_once"``: a free place goes to the first who waits as soon as it is free.
        ``"in_batches"``: places are given by `admit` alone (a flight with so many seats).
    """

    __slots__ = (
        "_at_once",
        "_capacity",
        "_env",
        "_joined",
        "_queue",
        "_rank",
        "_taken",
        "_waiting",
    )

    def __init__(
        self,
        env: Clock,
        capacity: int = 0,
        rank: Callable[[int], Any] | None = None,
        dispatch: Literal["at_once", "in_batches"] = "at_once",
    ) -> None:
        if dispatch not in ("at_once", "in_batches"):
            raise ValueError(f"dispatch is {dispatch!r}: expected 'at_once' or 'in_batches'")
        self._env, self._rank = env, rank
        self._capacity = _counted(capacity)
        self._at_once = dispatch == "at_once"
        self._taken = self._waiting = self._joined = 0
        # A heap of (rank, number of joining, request, who). A request that ended early stays in it,
        # triggered, until it comes to the top or is swept away: that keeps all at O(log n).
        self._queue: list[tuple[Any, int, Event, int]] = []

    @property
    def capacity(self) -> int:
        """Number of places there are."""
        return self._capacity

    @property
    def taken(self) -> int:
        """Number of places taken; above `capacity` while a reduced facility drains."""
        return self._taken

    @property
    def free(self) -> int:
        """Number of places that nobody has taken; 0 while a facility drains."""
        return max(0, self._capacity - self._taken)

    @property
    def queue_length(self) -> int:
        """Number of persons waiting."""
        return self._waiting

    def take(self) -> bool:
        """Take a place now, without an event, if one is free and nobody waits; never in batches."""
        # At once, a free place means that nobody waits: every change serves the queue.
        if free := self._at_once and self._taken < self._capacity:
            self._taken += 1
        return free

    def request(self, who: int, until: float | None = None) -> Event:
        """Ask for a place, and wait for it until the day `until` (None or infinity: for ever).

        The event fires with True when a place is given, with False when `until` came first. When
        it fires, the place is the holder's own, to be returned with `give_back`. ValueError if
        `until` is in the past or the rank is NaN.
        """
        patience = inf if until is None else until - self._env.now
        if not patience >= 0:
            raise ValueError(f"{who} cannot wait until day {until}: today is {self._env.now}")
        if self._at_once and self._taken < self._capacity:
            self._taken += 1
            return self._env.event().succeed(True)
        key, request = _key(self._rank, who), self._env.event()
        heappush(self._queue, (key, self._joined, request, who))
        self._joined += 1
        self._waiting += 1
        if patience < inf:
            self._env.timeout(patience).callbacks.append(partial(self._turn_away, request))
        return request

    def give_back(self) -> None:
        """Return one place; at once, the first who waits gets it. RuntimeError if none is taken."""
        if not self._taken:
            raise RuntimeError("a place was given back, but none is taken")
        self._taken -= 1
        if self._at_once and self._waiting:
            self._serve(1)

    def admit(self, at_most: int) -> int:
        """Give free places to the first `at_most` who wait; return how many were admitted."""
        if self._at_once:
            raise RuntimeError("these places are given at once: admit needs dispatch='in_batches'")
        return self._serve(_counted(at_most))

    def set_capacity(self, places: int) -> None:
        """Change the number of places; with more taken, nobody enters until enough have left."""
        self._capacity = _counted(places)
        if self._at_once:
            self._serve(self._waiting)

    def follow(self, steps: Sequence[tuple[float, int]]) -> None:
        """Set the capacity on dated steps, pairs of day and places; today's is taken at once."""
        plan = [(day, _counted(places)) for day, places in steps]
        now, days = self._env.now, [day for day, _ in plan]
        if not (all(day >= now for day in days) and all(a < b for a, b in pairwise(days))):
            raise ValueError(f"the days of the steps must increase from today ({now}), got {days}")
        if days and days[0] == now:
            self.set_capacity(plan.pop(0)[1])
        self._env.process(self._take_steps(plan))

    def rerank(self, rank: Callable[[int], Any] | None) -> None:
        """Rank by another rule, those who already wait included."""
        entries = [entry for entry in self._queue if not entry[2].triggered]
        self._queue = [(_key(rank, who), number, ask, who) for _, number, ask, who in entries]
        heapify(self._queue)
        self._rank = rank

    def forget(self) -> None:
        """Forget everyone who waits, without telling them: the run is over."""
        self._queue.clear()
        self._waiting = 0

    def _serve(self, at_most: int) -> int:
        before = self._taken
        goal = min(self._capacity, before + at_most)
        while self._waiting and self._taken < goal:
            request = heappop(self._queue)[2]
            if not request.triggered:
                self._waiting -= 1
                self._taken += 1
                request.succeed(True)
        return self._taken - before

    def _turn_away(self, request: Event, _patience: Event | None = None) -> None:
        # A timeout cannot be called off: patience may end after the grant, and then means nothing.
        if request.triggered:
            return
        self._waiting -= 1
        request.succeed(False)
        # Sweeping once most of the queue has left costs O(1) per departure, and bounds memory.
        if len(self._queue) > 2 * self._waiting + 64:
            self._queue = [entry for entry in self._queue if not entry[2].triggered]
            heapify(self._queue)

    def _take_steps(self, plan: list[tuple[float, int]]) -> Generator[Event, Any, None]:
        for day, places in plan:
            yield self._env.timeout(day - self._env.now)
            self.set_capacity(places)


def _counted(number: int) -> int:
    if (count := index(number)) < 0:
        raise ValueError(f"a number of places cannot be negative, got {number}")
    return count


def _key(rank: Callable[[int], Any] | None, who: int) -> Any:
    key = 0 if rank is None else rank(who)
    if key != key:
        raise ValueError(f"the rank of {who} is not a number, and cannot be ordered")
    return key
