"""Little's law, L = lambda W, for every stage and queue, as an identity of two ways to count.

People times days, counted as the area under the number inside, are the same days counted spell by
spell (Little 1961; Stidham 1974). The area is worked out from the raw log, event by event, the days
from the table of spells: the two share no code.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.verification.check import Part, records
from sim.verification.told import Floats, Spans, Told
from sim.world.flow import STAYS
from sim.world.stages import CaseStage, Stay

#: Rounding lets two sums of some hundred thousand days differ by this share.
ROUNDING = 1e-9


def stages(told: Told) -> dict[str, Spans]:
    """Return every stage, queue of the removal case, and limbo, by name, from the raw log."""
    names = {stay: told.scenario.told(STAYS[stay].stage) for stay in Stay}
    found = {name: told.spans(*[s for s in Stay if names[s] == name]) for name in names.values()}
    waiting = [stage for stage in CaseStage if stage != CaseStage.READY]
    found |= {stage.name.lower(): told.waits(stage) for stage in waiting}
    return found | {"limbo": told.limbo}


def area(spans: Spans, begins: float, ends: float) -> float:
    """Integrate the number inside from one day to another, event by event."""
    ups, downs = np.clip(spans.begins, begins, ends), np.clip(spans.ends, begins, ends)
    days = np.concatenate([ups, downs])
    jumps = np.repeat([1, -1], len(spans))
    order = np.argsort(days, kind="stable")
    inside = np.cumsum(jumps[order])
    return float(inside @ np.diff(np.append(days[order], ends)))


@records(
    "little",
    "Over the whole run: number = arrival rate × mean time",
    "In every stage and queue the mean number of people is the rate at which people enter times "
    "the mean days they stay (up to the horizon for those still inside): exact but for rounding, "
    "as the simulation starts empty.",
    unit="share",
    tolerance=ROUNDING,
)
def littles_law(told: Told) -> Iterator[Part]:
    """Compare the area under the number inside with entries times their mean length."""
    horizon, table = told.horizon, told.run.spells
    days = table.groupby("stage", observed=True)["days"]
    totals, counts = days.sum().to_dict(), days.count().to_dict()
    for name, spans in stages(told).items():
        mean_number = area(spans, 0.0, horizon) / horizon
        if name not in totals:
            if mean_number > 0:
                yield Part(np.inf, f"{name} is missing from the table")
            continue
        rate, mean_days = counts[name] / horizon, totals[name] / counts[name]
        yield Part(_share(mean_number, rate * mean_days), name)


@records(
    "little",
    "Over the observed period, with its two edges",
    "The same from the first to the last observed day: what enters in it times its mean days in "
    "all, plus the days of those found inside, less the days that follow the period; exact but for "
    "dates in tables, which are rounded to the second.",
    unit="share",
    tolerance=ROUNDING,
)
def littles_law_observed(told: Told) -> Iterator[Part]:
    """The law holds in the long run; over a period its edges correct it to an identity."""
    begins, ends = told.run.period
    table = told.run.spells
    start = _days(told, table["start"].to_numpy())
    for name, spans in stages(told).items():
        mine = (table["stage"] == name).to_numpy()
        days = table["days"].to_numpy()[mine]
        first, last = start[mine], start[mine] + days
        entered = (first >= begins) & (first < ends)
        found_inside = np.maximum(np.minimum(last, ends) - begins, 0.0)[first < begins].sum()
        follow = np.maximum(last - ends, 0.0)[entered].sum()
        expected = _rate_times_mean(days[entered], ends - begins) + found_inside - follow
        measured = area(spans, begins, ends)
        if mine.any():
            yield Part(_share(measured, expected, len(days)), name)


def _rate_times_mean(days: Floats, length: float) -> float:
    """Return arrival rate times mean days, over a period of some length: 0 if nobody enters."""
    return length * (len(days) / length) * float(days.mean()) if len(days) else 0.0


def _days(told: Told, dates: np.ndarray) -> Floats:
    days: Floats = (dates - np.datetime64(told.scenario.time.start, "ns")) / np.timedelta64(1, "D")
    return days


def _share(measured: float, expected: float, rounded: int = 0) -> float:
    """Return the difference as a share; tables round each of some spells to a second."""
    excess = max(abs(measured - expected) - rounded / 86400, 0.0)
    return excess / max(measured, expected, 1e-12)
