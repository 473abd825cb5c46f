"""How long people stay, and how they leave, over replications: with censoring and intervals.

Each replication gives one Kaplan-Meier or Aalen-Johansen curve, by the estimators of
`sim.statistics.survival`, and intervals are Student's t over replications (`sim.statistics.curves`
says why, and what is told of a quartile that not every replication reaches). People still inside at
the horizon are censored.

What a replication does not tell is missing there, counted, and not guessed: everything where nobody
began such a stay, and shares and means over more days than it followed anyone. Estimates are over
the replications that tell, all alike in weight. Where stays are so few that a replication has only
a handful, pool groups: a curve of a handful ends early, and which ones do is not pure chance.

Runs are read one after the other and let go. What is kept of each is an `Extract`: with all stages,
about as much as two numbers for each spell; with the few that a question is about, far less.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.extract import MONTHS, Extract, by_scenario
from sim.analysis.tables import Floats
from sim.results.choice import chosen
from sim.results.lengths import MEAN_LIMIT_DAYS
from sim.results.run import By, Run
from sim.statistics.curves import Curve, band, quantile_over
from sim.statistics.intervals import LEVEL, moments
from sim.statistics.survival import EmptySample
from sim.world.stages import Exit

if TYPE_CHECKING:
    import pandas as pd

QUANTILES = {"lower_quartile_days": 0.25, "median_days": 0.5, "upper_quartile_days": 0.75}
MEAN = "restricted_mean_days"


# ---------------------------------------------------------------------- tables


def durations(
    runs: Iterable[Run | Extract],
    by: By | None = None,
    *,
    stages: Sequence[str] | None = None,
    level: float = LEVEL,
    limit_days: float = MEAN_LIMIT_DAYS,
) -> pd.DataFrame:
    """Return quartiles and mean of the length of stays that begin in the observed period.

    Parameters
    ----------
    runs
        Replications of one or more scenarios, or what `extract` took from them with the same
        `by`.
    by
        Also split by origin, group or sex.
    stages
        Which stages, queues of the case, and limbo; all by default.
    level
        Share of intervals that cover the true value.
    limit_days
        Mean durations are of stays cut off at this many days.

    Returns
    -------
    DataFrame
        Columns: scenario, stage, `by`, quantity (lower_quartile_days, median_days,
        upper_quartile_days, restricted_mean_days), days, low, high, level, replications (that tell
        the quantity), missing (that do not), spells, still_inside (both of all replications),
        limit_days. Of a quartile the mean over replications is told; their median, without an
        interval, where some but fewer than half do not reach it by the time up to which anyone was
        followed; missing days mean that half or more do not.

    Raises
    ------
    MixedRuns
        If a replication comes twice, or was told by other groups.
    ValueError
        If `by` or a stage is unknown, or `level` is no share between 0 and 1.
    """
    rows: list[dict[str, Any]] = []
    for key, curves, number in _by_stage(runs, by, stages):
        shared = {
            "level": level,
            "spells": sum(curve.spells for curve in curves),
            "still_inside": sum(curve.still_inside for curve in curves),
            "limit_days": limit_days,
        }
        for name, share in QUANTILES.items():
            found = quantile_over([curve.quantile(share) for curve in curves], level)
            row = {"quantity": name, **_ends(found.days, found.half)}
            row |= {"replications": found.reached, "missing": number - found.reached}
            rows.append(key | row | shared)
        means = np.array([[curve.restricted_mean(limit_days) for curve in curves]])
        rows.append(key | _mean_row(means, level) | shared)
        rows[-1]["missing"] = number - rows[-1]["replications"]
    columns = ["quantity", "days", "low", "high", "level", "replications", "missing", "spells"]
    return _table(rows, by, [*columns, "still_inside", "limit_days"])


def _mean_row(values: Floats, level: float) -> dict[str, Any]:
    found = moments(values, level)
    return {
        "quantity": MEAN,
        **_ends(found.mean[0], found.half_width[0]),
        "replications": int(found.number[0]),
    }


def _ends(days: float, half: float | None) -> dict[str, float]:
    """Return days with the ends of their interval: none below 0, gaps where there is none."""
    if not np.isfinite(days):
        return dict.fromkeys(("days", "low", "high"), np.nan)
    half = np.nan if half is None else half
    return {"days": days, "low": np.maximum(days - half, 0.0), "high": days + half}


def survival_curves(
    runs: Iterable[Run | Extract],
    days: Sequence[float],
    by: By | None = None,
    *,
    stages: Sequence[str] | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Return the share still inside some days after a stay began, mean of Kaplan-Meier curves.

    Parameters
    ----------
    runs, by, stages, level
        As in `durations`.
    days
        Days since the start of the stay.

    Returns
    -------
    DataFrame
        Columns: scenario, stage, `by`, days, share, low, high, level, replications (followed so
        far), missing. Intervals are for each day by itself.

    Raises
    ------
    MixedRuns, ValueError
        As in `durations`.
    """
    at = np.asarray(days, float)
    rows: list[dict[str, Any]] = []
    for key, curves, number in _by_stage(runs, by, stages):
        found = band(curves, at, level)
        for n, day in enumerate(at):
            has = int(found.followed[n])
            rows.append(
                {
                    **key,
                    "days": day,
                    "share": found.mean[n],
                    "low": found.low[n],
                    "high": found.high[n],
                    "level": level,
                    "replications": has,
                    "missing": number - has,
                }
            )
    columns = ["days", "share", "low", "high", "level", "replications", "missing"]
    return _table(rows, by, columns)


def shares_after_sentence(
    runs: Iterable[Run | Extract],
    by: By | None = None,
    *,
    days: Sequence[float] = MONTHS,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Return the share that has left by each exit some days after the sentence ended.

    Concerns people expelled whose sentence ends by release in the observed period; competing
    exits by Aalen-Johansen in each replication, then mean and Student t over replications.

    Parameters
    ----------
    runs, by, level
        As in `durations`.
    days
        Days after the sentence; where `extract` was used, those it was given.

    Returns
    -------
    DataFrame
        Columns: scenario, `by`, exit, days_after_sentence, share, low, high, level, replications,
        missing. Intervals are for each day by itself.

    Raises
    ------
    MixedRuns
        As in `durations`, and if what was extracted is told at other days.
    ValueError
        If `by` is unknown, or `level` is no share between 0 and 1.
    """
    import pandas as pd

    at = np.asarray(days, float)
    parts = []
    for scenario, mine in by_scenario(runs, by, (), at).items():
        for label in mine[0].groups:
            known = [one.shares[label] for one in mine if label in one.shares]
            if not known:
                continue
            stack = np.stack(known, axis=-1)
            found = moments(stack.reshape(-1, len(known)), level)
            parts.append(
                pd.DataFrame(
                    {
                        "scenario": scenario,
                        **_group(by, label),
                        "exit": [exit.name.lower() for exit in Exit] * len(at),
                        "days_after_sentence": np.repeat(at, len(Exit)),
                        "share": found.mean,
                        "low": np.clip(found.mean - found.half_width, 0, 1),
                        "high": np.clip(found.mean + found.half_width, 0, 1),
                        "level": level,
                        "replications": found.number,
                        "missing": len(mine) - found.number,
                    }
                )
            )
    if not parts:
        raise EmptySample("nobody's sentence ends in the observed period of any run")
    return pd.concat(parts, ignore_index=True)


# ---------------------------------------------------------------------- what they stand on


def _by_stage(
    runs: Iterable[Run | Extract], by: By | None, stages: Sequence[str] | None
) -> Iterator[tuple[dict[str, Any], list[Curve], int]]:
    """Yield scenario, stage and group with a curve of each replication, and their number."""
    for scenario, mine in by_scenario(runs, by, stages, None).items():
        names = dict.fromkeys(name for one in mine for name in one.stages)
        for name in stages or ():
            chosen("stages", name, names)
        for name in names if stages is None else stages:
            for label in mine[0].groups:
                curves = [one.curves[name, label] for one in mine if (name, label) in one.curves]
                if curves:
                    key = {"scenario": scenario, "stage": name, **_group(by, label)}
                    yield key, curves, len(mine)


def _group(by: By | None, label: str) -> dict[str, str]:
    return {} if by is None else {by: label}


def _table(rows: list[dict[str, Any]], by: By | None, columns: list[str]) -> pd.DataFrame:
    import pandas as pd

    table = pd.DataFrame(rows, columns=["scenario", "stage", *([by] if by else []), *columns])
    # What does not exist anywhere is a gap among numbers, not an object.
    return table.astype({"days": float, "low": float, "high": float})
