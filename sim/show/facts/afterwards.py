"""What happens after the sentence, as cumulative shares of people by way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.language import mark, tr
from sim.show import words
from sim.show.facts.data import Floats
from sim.show.facts.memory import remembered

if TYPE_CHECKING:
    from sim.experiment.replications import Replications


#: Years drawn; a curve ends before where nobody is followed so long.
YEARS = 5


MAIN, SECOND = "third_country", "eu_eea"

#: Ways out, from below in a stack.
WAYS = (
    "removed_from_host",
    "removed",
    "removed_from_short_sentence",
    "transferred_to_serve",
    "left_voluntarily",
    "left_unregistered",
    "permit",
    "order_lifted",
    "released",
    "died",
    "onward_travel",
    "absconded",
)
HOME = ("removed", "removed_from_host", "left_voluntarily")
#: Ways out too small to be shown, together; and those who have not left.
OTHERS, STILL_THERE = "others", "still_there"
#: Share below which a way out joins the others.
SMALL_SHARE = 0.02
REST = mark("Still in {sending}’s system")
REST_ABROAD = mark("Still in the system, or in {host}")


@dataclass(frozen=True, eq=False)
class Way:
    """A way out, or several together, or all who are left."""

    name: str
    title: str
    share: Floats
    merged: tuple[str, ...] = ()
    """Titles of the ways out merged here."""


@remembered
def curves(r: Replications, group: str) -> tuple[Floats, dict[str, Floats]]:
    """Return years after the sentence, and cumulative shares by exit: means over replications.

    They end where some replication follows nobody any longer.
    """
    table = r.lent("after_sentence", ["days_after_sentence", "group", "exit", "share"])
    mine = table[table["group"] == group]
    shares = mine.groupby(["days_after_sentence", "exit"], sort=False, observed=True)["share"]
    wide = shares.agg(lambda share: share.mean(skipna=False)).unstack("exit").dropna()
    years = wide.index.to_numpy(float) / words.YEAR_DAYS
    return years, {str(name): wide[name].to_numpy(float) for name in wide.columns}


def anyone_expelled(replications: Sequence[Replications]) -> bool:
    """Tell whether the sentence of a third-country national expelled ends in any scenario."""
    return any(len(curves(r, MAIN)[0]) for r in replications)


def sum_of(parts: Sequence[Floats]) -> Floats:
    """Add curves up."""
    return np.asarray(np.sum(parts, axis=0), float)


def rest_title(r: Replications) -> str:
    """Say where those are who have not left."""
    return words.told(r.scenario, REST_ABROAD if r.scenario.stays_abroad else REST)


def ways_of(
    r: Replications, group: str, beside: Sequence[Replications] = ()
) -> tuple[Floats, list[Way]]:
    """Return ways out in the order of the stack; what remains comes last, small ones before it.

    A way out is small if it is so in all scenarios shown beside each other.
    """
    years, shares = curves(r, group)
    titles = words.exit_titles(r.scenario)
    known = [name for name in WAYS if name in shares and shares[name].max() > 0]
    every = [shares, *(curves(other, group)[1] for other in beside)]
    most = {name: max(one[name].max() for one in every if name in one) for name in known}
    ways = [Way(n, titles[n], shares[n]) for n in known if most[n] >= SMALL_SHARE]
    small = [name for name in known if most[name] < SMALL_SHARE]
    if small:
        merged = tuple(words.lower_first(titles[name], r.scenario) for name in small)
        title = tr("Other ways out") if len(small) > 1 else titles[small[0]]
        ways.append(Way(OTHERS, title, sum_of([shares[name] for name in small]), merged))
    left = 1 - sum_of([way.share for way in ways]) if ways else np.ones_like(years)
    return years, [*ways, Way(STILL_THERE, rest_title(r), np.clip(left, 0, 1))]


def time_of(years: Floats, wanted: float) -> int | None:
    """Return the place of a time among the times of a curve; None if nobody is followed so long."""
    at = int(np.argmin(np.abs(years - wanted)))
    return at if abs(years[at] - wanted) < 1 / 24 else None
