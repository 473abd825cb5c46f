"""How long stays last, and what happens after the sentence: tables by group."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.results.groups import BySpell, columns_of, grouped
from sim.results.once import once
from sim.results.records import Floats, Spells, among
from sim.statistics.survival import EmptySample, aalen_johansen, kaplan_meier
from sim.world.flow import DEPARTURES
from sim.world.stages import Exit

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.basis import Basis

#: Days beyond which mean durations are not followed; longer stays count as this long.
MEAN_LIMIT_DAYS = 5 * 365.25

#: What is told of the length of stays.
_DURATION = (
    "spells",
    "still_inside",
    "lower_quartile_days",
    "median_days",
    "upper_quartile_days",
    "mean_days",
    "limit_days",
)


def durations(run: Basis, by: BySpell | Sequence[BySpell] | None) -> pd.DataFrame:
    """Return how long stays last that begin in the observed period; see `Run.durations`."""
    import pandas as pd

    columns = columns_of(by)
    rows = []
    for name, spells in _begun(run):
        days, ended = spells.days(run.scenario.horizon), ~np.isnan(spells.end)
        key = {"stage": name, "role": run.stage_roles.get(name, name)}
        for labels, own in grouped(run, columns, spells.index, spells.start):
            rows.append(key | labels | _duration(days[own], ended[own]))
    return pd.DataFrame(rows, columns=["stage", "role", *columns, *_DURATION])


@once
def _begun(run: Basis) -> list[tuple[str, Spells]]:
    """Return of every stage the spells that begin in the observed period."""
    return [(name, spells[run.observed(spells.start)]) for name, spells in run.stages()]


def shares_after(run: Basis, by: BySpell | Sequence[BySpell] | None, years: float) -> pd.DataFrame:
    """Return what share has left by each exit after the sentence; see `Run.after_sentence`."""
    import pandas as pd

    columns = columns_of(by)
    index, days, cause = run.after_release()
    at = np.linspace(0, years * 365.25, int(years * 12) + 1)
    groups, shares = [], []
    start = run.cohort.sentence.leaves[index]
    for labels, mine in grouped(run, columns, index, start):
        curve = aalen_johansen(days[mine], cause[mine], list(Exit))
        groups.append(labels)
        shares.append(np.where(at <= curve.followed, curve.at(at).T, np.nan).ravel())
    if not groups:
        raise EmptySample("nobody's sentence ends in the observed period")
    rows = len(Exit) * len(at)
    exits = np.repeat(np.array([exit.name.lower() for exit in Exit], object), len(at))
    return pd.DataFrame(
        {"days_after_sentence": np.tile(at, len(Exit) * len(groups))}
        | {name: pd.Index([labels[name] for labels in groups]).repeat(rows) for name in columns}
        | {"exit": np.tile(exits, len(groups)), "share": np.concatenate(shares)}
    )


def departed(run: Basis, until: date) -> pd.DataFrame:
    """Return which share of each year's judgments has departed; see `Run.departed`."""
    import pandas as pd

    if until > run.scenario.time.end:
        raise ValueError(
            f"until is {until}: the simulation ends on {run.scenario.time.end}, and nobody is "
            "followed longer; choose a date up to then, or simulate until a later [time] end"
        )
    day, exits = run.scenario.day(until), run.records.exits
    left = np.zeros(run.cohort.size, bool)
    left[exits.index] = among(exits.code, DEPARTURES) & (exits.day < day)
    year = run.years(run.cohort.arrived.judgment)
    table = pd.DataFrame({"year": year, "judged": 1, "departed": left})
    table = table[run.cohort.arrived.judgment < day].groupby("year").sum().reset_index()
    return table.assign(share=table["departed"] / table["judged"])


def _duration(days: Floats, ended: np.ndarray) -> dict[str, Any]:
    """Summarise the length of some spells, in days; those not ended are censored."""
    curve = kaplan_meier(days, ended)
    quartile = {q: curve.quantile(q) for q in (0.25, 0.5, 0.75)}
    followed = curve.last_time >= MEAN_LIMIT_DAYS or curve.survival[-1] == 0
    return {
        "spells": len(days),
        "still_inside": len(ended) - int(np.count_nonzero(ended)),
        "lower_quartile_days": _known(quartile[0.25]),
        "median_days": _known(quartile[0.5]),
        "upper_quartile_days": _known(quartile[0.75]),
        "mean_days": curve.restricted_mean(MEAN_LIMIT_DAYS) if followed else None,
        "limit_days": MEAN_LIMIT_DAYS,
    }


def _known(days: float) -> float | None:
    return days if np.isfinite(days) else None
