"""The chance table: one uniform for each person and cause, whatever happens to anyone else.

A column of uniforms comes from a Philox stream keyed by (seed, replication, cause, stream of
arrivals), in which each year has a stretch of its own. Adding a cause, a person or a worker
therefore changes no other draw, and two scenarios that share a seed are about the same people
with the same luck. Causes that recur (a second breach, a third trip) draw from a counter keyed by
person and occurrence.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from sim.whole import whole_number

Column = NDArray[np.float64]
_MASK = (1 << 64) - 1
_STEPS_PER_YEAR = 1 << 20


class Chance:
    """All luck of one replication.

    Parameters
    ----------
    seed
        Root seed of the experiment, shared by its scenarios.
    replication
        Number of the replication, from 0.

    Raises
    ------
    PrisonflowError
        If one of them is no whole number, or negative.
    """

    def __init__(self, seed: int, replication: int = 0) -> None:
        self.seed = whole_number("seed", seed)
        self.replication = whole_number("replication", replication)

    def columns(self, cause: str, stream: str, sizes: Mapping[int, int]) -> list[Column]:
        """Return uniforms in [0, 1) for the first people of each year of a stream.

        Parameters
        ----------
        cause, stream
            What the luck is for, and the stream of arrivals.
        sizes
            Number of people by year, years ascending. A larger number leaves the first values
            and those of other years as they are.
        """
        key = int.from_bytes(self._digest(cause, stream), "little")
        bits = np.random.Philox(key=key)
        generator = np.random.Generator(bits)
        columns, position = [], 0
        for year, size in sizes.items():
            # Each year has a stretch of its own; one step of the counter makes four values.
            bits.advance(year * _STEPS_PER_YEAR - position)
            columns.append(generator.random(size))
            position = year * _STEPS_PER_YEAR + -(-size // 4)
        return columns

    def of_year(self, cause: str, stream: str, year: int) -> float:
        """Return one uniform in [0, 1) for a whole year of a stream."""
        return float(self.columns(cause, stream, {year: 1})[0][0])

    def of_world(self, cause: str) -> float:
        """Return one uniform in [0, 1) for something that befalls the whole world once."""
        return self.of_year(cause, "world", 0)

    def recurring(self, cause: str) -> RecurringChance:
        """Return the draws of a cause that can befall a person several times."""
        key = int.from_bytes(self._digest(cause, "recurring")[:8], "little")
        return RecurringChance(key)

    def _digest(self, *words: object) -> bytes:
        text = "\x1f".join(str(word) for word in (self.seed, self.replication, *words))
        return blake2b(text.encode(), digest_size=16).digest()


class RecurringChance:
    """Uniforms of one cause, by person and occurrence (a counter-based hash, splitmix64)."""

    __slots__ = ("_key",)

    def __init__(self, key: int) -> None:
        self._key = key

    def __call__(self, person: int, occurrence: int) -> float:
        """Return the uniform in [0, 1) of a person's n-th occurrence, counted from 0."""
        x = (self._key + person * 0x9E3779B97F4A7C15 + occurrence * 0xD1B54A32D192ED03) & _MASK
        x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
        x ^= x >> 31
        return (x >> 11) / 9007199254740992.0
