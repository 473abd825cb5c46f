"""Of 100 people who begin to wait, how many have what they wait for, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.language import mark
from sim.show.facts.data import fan
from sim.show.facts.joined import Joined, joined
from sim.show.facts.memory import remembered
from sim.show.words import MONTH_DAYS, YEAR_DAYS

if TYPE_CHECKING:
    from sim.experiment.replications import Replications

#: Days until which people are counted, and their words.
UNTIL = {
    7.0: mark("a week"),
    MONTH_DAYS: mark("a month"),
    3 * MONTH_DAYS: mark("3 months"),
    6 * MONTH_DAYS: mark("half a year"),
    YEAR_DAYS: mark("a year"),
    2 * YEAR_DAYS: mark("2 years"),
}
#: The fewest people who begin to wait (a replication) of whom this is told.
FEWEST = 20
_HUNDRED = 100


@dataclass(frozen=True)
class Waited:
    """What becomes of 100 people who begin to wait; whole people, which add up to 100."""

    people: float
    """Mean number of people who begin to wait in the observed period."""
    got: tuple[int, ...]
    """Those who get what they wait for, by each of the days of `UNTIL` after the one before it.

    Shorter than `UNTIL` where nobody is followed so long.
    """
    without: int
    """Those who have stopped waiting without it by the last of these days."""
    waiting: int
    """Those who still wait then."""
    ranges: tuple[tuple[float, float], ...]
    """Of those who have it by each of these days, all together: the band over replications."""

    @property
    def until(self) -> tuple[str, ...]:
        """The times up to which they are counted, in words."""
        return tuple(UNTIL.values())[: len(self.got)]

    def within(self, time: str) -> int:
        """Return how many have it within one of the times of `until`."""
        return sum(self.got[: self.until.index(time) + 1])

    @property
    def parts(self) -> tuple[int, ...]:
        """All 100 in the order of the bar."""
        return (*self.got, *[0] * (len(UNTIL) - len(self.got)), self.without, self.waiting)


@remembered
def waited(r: Replications) -> dict[str, Waited]:
    """Return what becomes of 100 people in each queue that enough people join."""
    found = {queue: _waited(r, mine) for queue, mine in joined(r).items() if queue != "limbo"}
    return {queue: one for queue, one in found.items() if one is not None}


def queues_of(replications: Sequence[Replications]) -> list[str]:
    """Return the queues that are told, those in which most wait longer than a month first."""
    long: dict[str, int] = {}
    for r in replications:
        for queue, one in waited(r).items():
            long[queue] = max(long.get(queue, 0), sum(one.got[2:]) + one.waiting)
    return sorted(long, key=lambda queue: -long[queue])


def _waited(r: Replications, mine: Joined) -> Waited | None:
    if mine.people < FEWEST:
        return None
    places = [mine.at(day) for day in UNTIL]
    followed = [at for at in places if np.isfinite(mine.waiting[:, at]).all()]
    if not followed:
        return None
    last = followed[-1]
    by_then = mine.got[:, followed].mean(axis=0)
    shares = [*np.diff(by_then, prepend=0.0), mine.ended_otherwise[:, last].mean()]
    *got, without, waiting = whole_people([*shares, mine.waiting[:, last].mean()])
    _, low, high = fan(r, _HUNDRED * mine.got[:, followed].T)
    ranges = tuple(zip(low.tolist(), high.tolist(), strict=True))
    return Waited(mine.people, tuple(got), without, waiting, ranges)


def whole_people(shares: Sequence[float], people: int = _HUNDRED) -> list[int]:
    """Share out people by largest remainders, so that whole ones add up.

    Parameters
    ----------
    shares
        Shares that add up to 1.
    people
        How many there are.
    """
    exact = people * np.maximum(shares, 0.0)
    whole = np.floor(exact + 1e-9)
    left = people - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:left]] += 1
    return [int(number) for number in whole]
