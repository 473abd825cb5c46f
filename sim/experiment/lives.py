"""The lives of people in replication 0, from what was kept of it: nothing is simulated again."""

from __future__ import annotations

from math import isnan, nan
from typing import TYPE_CHECKING

from sim.people.service import NEVER, Service
from sim.results.lives import run_of

if TYPE_CHECKING:
    from sim.experiment.replications import Replications
    from sim.results.run import Run


def followed(r: Replications) -> Replications | None:
    """Return the replications of which lives are kept, of draws those beside them; None if none."""
    kept = r.chance if r.drawn else r
    return kept if kept is not None and not kept.first and "lives" in kept.tables else None


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
    r = followed(r) or r
    lives, steps = (table[table["person"] == person] for table in map(r.lent, ("lives", "steps")))
    if lives.empty:
        raise KeyError(f"nobody whose story is kept has the number {person} in {r!r}")
    return run_of(r.scenario, r.seed, 0, _service(r), lives, steps)


def _service(r: Replications) -> Service:
    """Return when the rented prison is in service in replication 0."""
    outcomes = r.lent("outcomes")
    chosen = (outcomes["replication"] == 0) & (outcomes["outcome"] == "rented_prison_opens_days")
    opens = float(outcomes.loc[chosen, "value"].astype("Float64").to_numpy(float, na_value=nan)[0])
    if isnan(opens):
        return NEVER
    return Service.opening(r.scenario, r.scenario.day(r.scenario.time.observe_from) + opens)


def worth_following(r: Replications) -> dict[int, str]:
    """Return the numbers of people worth following, with a reason each, as `Run.examples` does."""
    lives = (followed(r) or r).lent("lives", ["person", "rank", "reason"])
    mine = lives[lives["rank"] > 0].sort_values("rank")
    return dict(zip(mine["person"].tolist(), mine["reason"].astype(str), strict=True))
