"""What differs between two scenarios in where people go from the end of their sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.show.facts.agreement import pair_of, reference
from sim.show.facts.data import fan
from sim.show.facts.flows import ENDS, SERVED, chosen_of, ways_taken

if TYPE_CHECKING:
    from sim.experiment.replications import Replications

#: The steps from the end of the sentence, with the axes of `ways_taken`, and who can be there.
STEPS = {"served": (1, SERVED), "next": (2, ENDS), "fate": (3, ENDS)}
#: People a year below which a difference is none: it would be written as none.
LEAST = 0.05


@dataclass(frozen=True)
class Change:
    """People a year at one place, or on the way from one to the next, in two scenarios."""

    base: float
    other: float
    low: float
    high: float
    """Band of the difference over replications, as for a line over time."""

    @property
    def difference(self) -> float:
        """How many more there are in the other scenario; nothing if less than is told."""
        more = self.other - self.base
        return more if abs(more) >= LEAST else 0.0

    @property
    def common(self) -> float:
        """Those who are there in both."""
        return min(self.base, self.other) if self.difference else self.base

    @property
    def most(self) -> float:
        """Those who are there in the scenario with more of them."""
        return self.common + abs(self.difference)


def changes(base: Replications, other: Replications, *steps: str) -> dict[tuple[str, ...], Change]:
    """Return what differs at each place of a step, or on each way between two steps.

    Parameters
    ----------
    base, other
        The scenarios; the difference is the second minus the first.
    steps
        One or two of `STEPS`, in their order.
    """
    axes = [STEPS[step][0] for step in steps]
    rest = tuple(axis for axis, _ in STEPS.values() if axis not in axes)
    ours, theirs = (ways_taken(r).sum(axis=rest) for r in (base, other))
    mean, more = ours.mean(axis=0), theirs.mean(axis=0)
    paired = theirs - ours if base.number == other.number else (more - mean)[None]
    _, low, high = fan(other, paired.reshape(len(paired), -1).T)
    names = [STEPS[step][1] for step in steps]
    found = {}
    for place, at in enumerate(_places([len(one) for one in names])):
        if mean[at] or more[at]:
            key = tuple(one[n] for one, n in zip(names, at, strict=True))
            found[key] = Change(
                float(mean[at]), float(more[at]), float(low[place]), float(high[place])
            )
    return found


def _places(lengths: Sequence[int]) -> list[tuple[int, ...]]:
    from itertools import product

    return list(product(*map(range, lengths)))


def pairs_of(replications: Sequence[Replications]) -> list[tuple[Replications, Replications]]:
    """Return the reference with each of those that are drawn beside it."""
    base = replications[reference(replications)]
    beside = [r for r in chosen_of(replications) if r is not base]
    return [(base, r) for r in beside or [replications[pair_of(replications)[-1]]]]
