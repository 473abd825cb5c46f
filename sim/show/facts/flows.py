"""Where people go from the end of their sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.language import tr
from sim.show import words
from sim.show.facts.agreement import reference
from sim.show.facts.memory import remembered
from sim.world.flow import EXITS, STAYS

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.replications import Replications


#: Scenarios that are shown.
COMPARED = 3


GROUP = "third_country"


HOME, HOST, DETENTION, OUTSIDE, CENTRE, ABSCONDED, STAYING, OTHER, UNKNOWN = (
    "home", "from_host", "detention", "outside", "centre", "absconded", "staying", "other",
    "not_followed",
)  # fmt: skip


#: Ends of ribbons, from above.
ENDS = (HOME, HOST, DETENTION, OUTSIDE, CENTRE, ABSCONDED, STAYING, OTHER, UNKNOWN)
#: What stages count as by their band, and exits by theirs; whatever is not named is other.
_BANDS = {"outside": OUTSIDE, "centre": CENTRE, "breach": CENTRE, "detention": DETENTION,
          "large": ABSCONDED, "host": STAYING, "home": HOME, "from_host": HOST,
          "absconded": ABSCONDED}  # fmt: skip
_ENDS = {row.role: _BANDS.get(row.band, OTHER) for row in STAYS.values()} | {
    exit.name.lower(): _BANDS.get(row.band, OTHER) for exit, row in EXITS.items()
}


#: Where the sentence was served.
SERVED = ("denmark", "abroad")


@dataclass(frozen=True)
class Flow:
    """People who go the same way: served where, right after, and two years later."""

    served: str
    next: str
    fate: str
    """`not_followed` for those whose two years are not over when the simulation ends."""
    people: float
    """A year, mean over replications."""


@remembered
def ways_taken(r: Replications) -> NDArray[np.float64]:
    """Return how many third-country nationals a year go which way.

    Returns
    -------
    float array, shape (replications, `SERVED`, `ENDS` right after, `ENDS` two years later)
    """
    ends = list(ENDS)
    shape = (r.number, len(SERVED), len(ends), len(ends))
    numbers = np.zeros(int(np.prod(shape)), np.int64)
    for table in r.blocks("fates", ["replication", "group", "rented_prison_days", "next", "fate"]):
        number = table["replication"].to_numpy() - r.first
        abroad = np.where(table["rented_prison_days"].to_numpy() > 0, 1, 0)
        after, fate = (_ends(table[column], ends) for column in ("next", "fate"))
        mine = (table["group"] == GROUP).to_numpy()
        ways = np.ravel_multi_index((number[mine], abroad[mine], after[mine], fate[mine]), shape)
        numbers += np.bincount(ways, minlength=len(numbers))
    time = r.scenario.time
    years = (time.observe_until - time.observe_from).days / words.YEAR_DAYS
    return numbers.reshape(shape) / years


@remembered
def flows(r: Replications) -> list[Flow]:
    """Return how many third-country nationals a year go which way, on average."""
    people = ways_taken(r).mean(axis=0)
    return [
        Flow(SERVED[s], ENDS[a], ENDS[f], float(people[s, a, f]))
        for s, a, f in np.argwhere(people > 0)
    ]


@dataclass(frozen=True)
class Destinations:
    """Where people go, all ways together: people a year, mean over replications."""

    people: float
    home_at_once: float
    detained_at_once: float
    followed: float
    """Of all people, those whose two years are over when the simulation ends."""
    home_later: float
    absconded_later: float


def destinations(r: Replications) -> Destinations:
    """Return how many people are where right after their sentence, and two years later."""
    found = flows(r)
    return Destinations(
        people=sum(f.people for f in found),
        home_at_once=sum(f.people for f in found if f.next in (HOME, HOST)),
        detained_at_once=sum(f.people for f in found if f.next == DETENTION),
        followed=sum(f.people for f in found if f.fate != UNKNOWN),
        home_later=sum(f.people for f in found if f.fate in (HOME, HOST)),
        absconded_later=sum(f.people for f in found if f.fate == ABSCONDED),
    )


def _ends(names: pd.Series[str], ends: Sequence[str]) -> NDArray[np.int64]:
    """Return the place in `ends` of what each name counts as; what is missing is not followed."""
    import pandas as pd

    column = pd.Categorical(names)
    of_category = [ends.index(_ENDS.get(str(name), OTHER)) for name in column.categories]
    found: NDArray[np.int64] = np.array([*of_category, ends.index(UNKNOWN)])[column.codes]
    return found


def chosen_of(replications: Sequence[Replications]) -> list[Replications]:
    """Choose what is drawn: the first, the reference, and what differs most from the reference."""
    base = replications[reference(replications)]
    chosen = [replications[0], *([base] if base is not replications[0] else [])]
    shares = {r.scenario.name: _shares(r) for r in replications}
    ours = shares[base.scenario.name]

    def distance(r: Replications) -> float:
        theirs = shares[r.scenario.name]
        return sum(abs(ours.get(way, 0.0) - theirs.get(way, 0.0)) for way in {*ours, *theirs})

    rest = sorted((r for r in replications if r not in chosen), key=distance, reverse=True)
    return [*chosen, *rest][:COMPARED]


def _shares(r: Replications) -> dict[tuple[str, str], float]:
    """Return the share of people by where they are right after, and two years later."""
    found = flows(r)
    total = sum(f.people for f in found) or 1.0
    sizes: dict[tuple[str, str], float] = {}
    for f in found:
        sizes[f.next, f.fate] = sizes.get((f.next, f.fate), 0.0) + f.people / total
    return sizes


def people_by(found: Sequence[Flow], *steps: str) -> dict[tuple[str, ...], float]:
    """Add people up by where they are at some steps, such as `next` and `fate`."""
    sizes: dict[tuple[str, ...], float] = {}
    for flow in found:
        ways = tuple(getattr(flow, step) for step in steps)
        sizes[ways] = sizes.get(ways, 0.0) + flow.people
    return sizes


def title_of(r: Replications, key: str, *, later: bool = False) -> str:
    """Return the name of a place right after the sentence, or two years later.

    Parameters
    ----------
    r
        Replications of the scenario that names it.
    key
        One of `SERVED` or `ENDS`.
    later
        Whether it is two years later.
    """
    scenario = r.scenario
    centre = words.told(scenario, "{centre_title}")
    titles = {
        "denmark": words.told(scenario, "in {sending} alone"),
        "abroad": words.told(scenario, "partly in {rented_title}"),
        HOME: tr("left for home"),
        HOST: words.told(scenario, "removed from {host}"),
        DETENTION: tr("detained"),
        OUTSIDE: tr("waiting outside"),
        CENTRE: tr("{centre} or breach prison", centre=centre) if later else centre,
        ABSCONDED: tr("absconded"),
        STAYING: words.told(scenario, "in {host}, or travelled on"),
        OTHER: tr("other"),
        UNKNOWN: tr("not followed so long"),
    }
    return titles[key]


def rows(r: Replications) -> pd.DataFrame:
    """Return the flows behind the figure as a table: served, next, fate, people_per_year."""
    import pandas as pd

    found = sorted(flows(r), key=lambda f: -f.people)
    return pd.DataFrame(
        [(r.scenario.name, f.served, f.next, f.fate, f.people) for f in found],
        columns=["scenario", "served", "next", "fate", "people_per_year"],
    )
