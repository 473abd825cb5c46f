"""How long stays last: quartiles over replications, and their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.language import tr
from sim.show import words
from sim.show.facts.memory import remembered
from sim.statistics.curves import quantile_over

if TYPE_CHECKING:
    from sim.experiment.replications import Replications

#: Columns of the tables of durations that hold quartiles.
QUARTILES = ("lower_quartile_days", "median_days", "upper_quartile_days")
#: The fewest stays (a replication) of which quartiles are told.
FEWEST = 5


@dataclass(frozen=True)
class Length:
    """How long stays last: quartiles over replications, infinite if not reached."""

    lower: float
    median: float
    upper: float
    inside: float
    """Mean number of stays that were not over at the end of the simulation."""
    stays: float
    """Mean number of stays."""


@remembered
def lengths(r: Replications, by: str = "stage") -> dict[tuple[str, ...], Length]:
    """Return lengths of stay by stage (named as here), or by stage and origin.

    `sim.statistics.curves.quantile_over` says what is told of a quartile that not every replication
    reaches.
    """
    keys = ["stage"] if by == "stage" else ["stage", "origin"]
    table = r.lent("durations" if by == "stage" else "durations_by_origin")
    known = table[[*QUARTILES]].astype(float).fillna(np.inf)
    whole = table[[*keys, "spells", "still_inside"]].join(known)
    grouped = whole.groupby(keys, sort=False, observed=True)
    role = {words.stage_key(r.scenario, "rented_prison"): "rented_prison"}
    found = {}
    for name, mine in grouped:
        stage, *origin = (str(part) for part in name)
        lower, median, upper = (quantile_over(mine[one]).days for one in QUARTILES)
        inside, stays = (float(mine[one].sum()) / r.number for one in ("still_inside", "spells"))
        found[(role.get(stage, stage), *origin)] = Length(lower, median, upper, inside, stays)
    return found


def half(length: Length) -> str:
    """Say median and quartiles in words."""
    if not np.isfinite(length.lower):
        return tr("fewer than a quarter are over by the end of the simulation")
    if not np.isfinite(length.median):
        return tr(
            "a quarter are over within {time}, fewer than half at all",
            time=words.span(length.lower),
        )
    middle = words.span(length.median)
    if not np.isfinite(length.upper):
        return tr("half are over within {time}, fewer than three quarters at all", time=middle)
    return tr(
        "half are over within {time}, three quarters within {longer}",
        time=middle,
        longer=words.span(length.upper),
    )


def common(lengths_: Sequence[Length]) -> bool:
    """Tell whether lengths and numbers of stays could not be told apart (within 2 %)."""
    quartiles = np.array([[x.lower, x.median, x.upper, x.stays] for x in lengths_])
    with np.errstate(invalid="ignore"):
        near = np.abs(quartiles - quartiles[0]) <= 0.02 * quartiles[0]
    return bool(np.all(near | (quartiles == quartiles[0])))
