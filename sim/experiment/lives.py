"""The lives of people in replication 0, from what was kept of it: nothing is simulated again."""

from __future__ import annotations

from math import inf, isnan
from typing import TYPE_CHECKING

from sim.people.service import Service
from sim.results.lives import run_of

if TYPE_CHECKING:
    from sim.experiment.replicate import Replications
    from sim.results.run import Run


def life_of(r: Replications, person: int) -> Run:
    """Return replication 0 as far as one person goes.

    Parameters
    ----------
    r
        Replications from the first on.
    person
        The person's number.

    Raises
    ------
    KeyError
        If the life of nobody of this number was kept.
    """
    lives, steps = (table[table["person"] == person] for table in map(r.lent, ("lives", "steps")))
    if lives.empty:
        raise KeyError(f"nobody whose story is kept has the number {person} in {r!r}")
    days = {
        str(name): inf if isnan(day) else float(day)
        for name, day in r.lent("term").iloc[0].drop("replication").items()
    }
    return run_of(r.scenario, r.seed, 0, Service(**days), lives, steps)


def worth_following(r: Replications) -> dict[int, str]:
    """Return the numbers of people worth following, with a reason each, as `Run.examples` does."""
    lives = r.lent("lives", ["person", "rank", "reason"])
    mine = lives[lives["rank"] > 0].sort_values("rank")
    return dict(zip(mine["person"].tolist(), mine["reason"].astype(str), strict=True))
