"""Where the people of the model are: which stages are shown as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sim.language import mark, tr
from sim.show import words
from sim.show.facts.data import Floats, over_time
from sim.world.flow import STAYS
from sim.world.rows import Phase

if TYPE_CHECKING:
    from sim.experiment.replications import Replications

DURING, AFTER, HOST = "during", "after", "host"
_PARTS = {
    Phase.SERVING: DURING,
    Phase.ABROAD: DURING,
    Phase.AFTER: AFTER,
    Phase.STAYING: HOST,
}

#: Bands of the flow that are shown as one, from below.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("liberty",),
    ("remand",),
    ("prison", "selection", "list"),
    ("rented", "return"),
    ("detention",),
    ("outside",),
    ("centre",),
    ("breach",),
    ("large",),
    ("host",),
)
ELSEWHERE = "elsewhere"
#: Titles of layers that are of several stages, or longer than there is room, by the first band.
SHORT = {"outside": mark("Outside"), "large": mark("Gone, not found")}
#: Share of all people below which a band joins the others that are small.
SMALL_SHARE = 0.012


@dataclass(frozen=True, eq=False)
class Band:
    """People in some stages together."""

    layer: str
    """The first of the layer's bands of the flow; `ELSEWHERE` for what is small."""
    name: str
    title: str
    part: str
    mean: Floats
    """People over time, mean over replications."""
    typical: float
    """People on average in the observed period."""


@dataclass(frozen=True)
class Totals:
    """People on average in the observed period."""

    all: float
    after: float
    """Those whose sentence is over."""
    rented: float
    """Those in the rented prison."""
    largest: tuple[Band, ...]
    """All bands, the largest first."""


def layer_of(bands: Sequence[str]) -> tuple[str, str, tuple[str, ...]]:
    """Return name and part of a layer, and the stages in it; it is named after the first."""
    rows = [row for row in STAYS.values() if row.band in bands]
    part = _PARTS[rows[0].phase]
    name = "host" if part == HOST else rows[0].role
    return name, part, tuple(dict.fromkeys(row.role for row in rows))


def people_in(r: Replications, stages: Sequence[str]) -> tuple[Floats, float] | None:
    """Return the mean number of people in some stages together over time.

    And its mean over the observed period, or over all dates if none is counted in it. None if the
    tables have no such stage.
    """
    series = [over_time(r, "census", words.stage_key(r.scenario, stage)) for stage in stages]
    known = [one for one in series if one is not None]
    if not known:
        return None
    mean: Floats = np.sum([one.mean for one in known], axis=0)
    observed = known[0].observed
    return mean, float(mean[observed].mean() if observed.any() else mean.mean())


def bands_of(r: Replications) -> tuple[list[Band], list[Band]]:
    """Return the bands of a scenario from below, and the small ones merged into the last."""
    titles = words.stage_titles(r.scenario)
    titles |= {"host": words.told(r.scenario, "Elsewhere in {host}")}
    found = []
    for layer in LAYERS:
        name, part, stages = layer_of(layer)
        people = people_in(r, stages)
        if people is not None and people[0].max() > 0:
            title = tr(SHORT[layer[0]]) if layer[0] in SHORT else titles[name]
            found.append(Band(layer[0], name, title, part, *people))
    total = np.sum([band.mean for band in found], axis=0)
    small = [band for band in found if band.mean.max() < SMALL_SHARE * total.max()]
    if not small:
        return found, []
    rest = replace(
        small[0], layer=ELSEWHERE, name="other", part=AFTER,
        title=tr("Elsewhere") if len(small) > 1 else small[0].title,
        mean=np.sum([band.mean for band in small], axis=0),
        typical=sum(band.typical for band in small),
    )  # fmt: skip
    return [*(band for band in found if band not in small), rest], small


def most_at_once(bands: Sequence[Band]) -> float:
    """Return the most people that there are at once in all bands together."""
    return float(np.sum([band.mean for band in bands], axis=0).max())


def totals(r: Replications) -> Totals:
    """Return how many people there are in a scenario, and in which bands."""
    bands, _ = bands_of(r)
    return Totals(
        all=sum(band.typical for band in bands),
        after=sum(band.typical for band in bands if band.part == AFTER),
        rented=sum(band.typical for band in bands if band.name == "rented_prison"),
        largest=tuple(sorted(bands, key=lambda band: -band.typical)),
    )


def anyone_in(replications: Sequence[Replications], stage: str) -> bool:
    """Tell whether anyone is ever counted in a stage, in any of the scenarios."""
    series = (over_time(r, "census", words.stage_key(r.scenario, stage)) for r in replications)
    return any(one is not None and one.highest > 0 for one in series)
