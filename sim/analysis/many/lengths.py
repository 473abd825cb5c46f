"""How long stays last over runs: durations by any columns, and survival with numbers at risk.

Each run gives one Kaplan-Meier curve; those still inside at the horizon are censored. Of
replications the mean over runs is told with Student's t interval, of draws the middle with the
range in which nine further draws in ten fall (`sim.statistics.ranges`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.many.spells import chosen_stages, each_run, groups_of, lengths
from sim.analysis.tables import Floats
from sim.results.groups import BySpell, columns_of
from sim.statistics.curves import Curve, quantile_over
from sim.statistics.intervals import check_level, moments
from sim.statistics.ranges import range_of
from sim.statistics.survival import kaplan_meier

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.replications import Replications

_QUARTILES = {"lower_quartile_days": 0.25, "median_days": 0.5, "upper_quartile_days": 0.75}
#: A scenario, a stage and a group.
_Key = tuple[str, str, str, tuple[object, ...]]


@dataclass
class _Told:
    """What runs say of one group, one value for each run that has such stays."""

    values: dict[str, list[float]] = field(default_factory=dict)
    spells: int = 0
    still_inside: int = 0

    def add(self, **values: float) -> None:
        for name, value in values.items():
            self.values.setdefault(name, []).append(value)


def durations(
    done: Sequence[Replications],
    by: BySpell | Sequence[BySpell] | None,
    stages: str | Sequence[str] | None,
    level: float,
    limit_days: float,
) -> pd.DataFrame:
    """Return how long stays last; see `Runs.durations`."""
    import pandas as pd

    check_level(level)
    columns = columns_of(by)
    rows = []
    for r in done:
        found: dict[_Key, _Told] = {}
        for key, days, ended in _each_group(r, columns, stages):
            curve = Curve.of(kaplan_meier(days, ended), len(days))
            told = found.setdefault(key, _Told())
            told.add(**{name: curve.quantile(share) for name, share in _QUARTILES.items()})
            told.add(mean_days=curve.restricted_mean(limit_days))
            told.spells += curve.spells
            told.still_inside += curve.still_inside
        for key, told in _in_order(found, r, stages):
            row = _labels(key, columns)
            row |= {"spells": told.spells / r.number, "still_inside": told.still_inside / r.number}
            for name in _QUARTILES:
                row |= _over(told.values[name], name, level, drawn=r.drawn)
            row |= _over(told.values["mean_days"], "mean_days", level, drawn=r.drawn)
            known = int(np.isfinite(told.values["mean_days"]).sum())
            rows.append(
                row | {"limit_days": limit_days, "runs": known, "missing": r.number - known}
            )
    numbers = [end for name in (*_QUARTILES, "mean_days") for end in (name, *_ends_of(name))]
    names = ["scenario", "stage", "role", *columns, "spells", "still_inside", *numbers]
    return pd.DataFrame(rows, columns=[*names, "limit_days", "runs", "missing"])


def survival(
    done: Sequence[Replications],
    stages: str | Sequence[str] | None,
    days: Sequence[float],
    by: BySpell | Sequence[BySpell] | None,
    level: float,
) -> pd.DataFrame:
    """Return the share still inside some days after a stay began; see `Runs.survival`."""
    import pandas as pd

    check_level(level)
    columns, at = columns_of(by), np.asarray(days, float)
    parts = []
    for r in done:
        curves: dict[_Key, list[Floats]] = {}
        at_risk: dict[_Key, Floats] = {}
        for key, length, ended in _each_group(r, columns, stages):
            curve = Curve.of(kaplan_meier(length, ended), len(length))
            curves.setdefault(key, []).append(curve.at(at))
            followed = len(length) - np.searchsorted(np.sort(length), at, side="left")
            at_risk[key] = at_risk.get(key, np.zeros(len(at))) + followed
        for key, mine in _in_order(curves, r, stages):
            middle, low, high, known = _band(np.stack(mine, axis=1), level, drawn=r.drawn)
            parts.append(
                pd.DataFrame(
                    _labels(key, columns)
                    | {"days": at, "share": middle, "low": low, "high": high}
                    | {"at_risk": at_risk[key] / r.number, "runs": known}
                    | {"missing": r.number - known}
                )
            )
    names = ["scenario", "stage", "role", *columns, "days", "share", "low", "high", "at_risk"]
    whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    return whole.reindex(columns=[*names, "runs", "missing"])


def _each_group(r: Replications, columns: Sequence[str], stages: str | Sequence[str] | None) -> Any:
    """Yield of every run each stage and group that has stays, with their lengths and ends."""
    wanted = chosen_stages(r.scenario, stages)
    people = any(column != "year" for column in columns)
    for _, spells, them in each_run(r, people=people):
        for stage in wanted:
            found = lengths(spells, stage, r.scenario)
            for labels, own in groups_of(found, them, columns):
                key = (r.scenario.name, stage.name, stage.role, labels)
                yield key, found.days[own], found.ended[own]


def _in_order(
    found: Mapping[_Key, Any], r: Replications, stages: str | Sequence[str] | None
) -> list[tuple[_Key, Any]]:
    """Return what was found by stage, in the order of these, and by group."""
    names = [stage.name for stage in chosen_stages(r.scenario, stages)]
    return sorted(found.items(), key=lambda one: (names.index(one[0][1]), one[0][3]))


def _labels(key: _Key, columns: Sequence[str]) -> dict[str, Any]:
    scenario, stage, role, labels = key
    found = {"scenario": scenario, "stage": stage, "role": role}
    return found | dict(zip(columns, labels, strict=True))


def _ends_of(name: str) -> tuple[str, str]:
    """Return the names of the ends of an interval or range: median_days has median_low."""
    stem = name.removesuffix("_days")
    return f"{stem}_low", f"{stem}_high"


def _over(values: Sequence[float], name: str, level: float, *, drawn: bool) -> dict[str, float]:
    """Return a quantity over runs with both ends; missing where too few runs tell it."""
    if drawn:
        known = range_of([value for value in values if np.isfinite(value)])
        ends = (known.low, known.high)
        found = dict(zip(_ends_of(name), ends, strict=True))
        # Left out would be the longest: half of the draws must tell it.
        middle = known.middle if 2 * known.number > len(values) else np.nan
        return {name: middle} | found
    if name == "mean_days":
        means = moments(np.array([values]), level)
        middle, half = float(means.mean[0]), float(means.half_width[0])
    else:
        quantile = quantile_over(values, level)
        middle = quantile.days if np.isfinite(quantile.days) else np.nan
        half = np.nan if quantile.half is None else quantile.half
    low, high = _ends_of(name)
    return {name: middle, low: max(middle - half, 0.0) if half == half else np.nan,
            high: middle + half}  # fmt: skip


def _band(
    shares: Floats, level: float, *, drawn: bool
) -> tuple[Floats, Floats, Floats, np.ndarray]:
    """Return middle, both ends and the number of runs that are followed so far, day by day."""
    if drawn:
        ranges = [range_of(row) for row in shares]
        columns = [[one.middle for one in ranges], [one.low for one in ranges]]
        middle, low, high = (np.array(c) for c in (*columns, [one.high for one in ranges]))
        return middle, low, high, np.array([one.number for one in ranges])
    found = moments(shares, level)
    low = np.clip(found.mean - found.half_width, 0, 1)
    return found.mean, low, np.clip(found.mean + found.half_width, 0, 1), found.number
