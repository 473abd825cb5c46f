"""Tables over time: people by stage, place and queue, facilities, transfers, officers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from sim.results import choice, count
from sim.results.count import Every
from sim.results.records import Floats, Spells
from sim.scenario.dated import on_steps
from sim.world.flow import STAYS
from sim.world.stages import Stay

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.basis import Basis


def census(run: Basis, by: Literal["stage", "place"], every: Every, *, whole: bool) -> pd.DataFrame:
    """Count people by stage or place; see `Run.census`."""
    choice.chosen("by", by, ("stage", "place"))
    codes: dict[str, list[Stay]] = {}
    roles: dict[str, str] = {}
    for stay in Stay:
        name = getattr(run.about(stay), by)
        codes.setdefault(name, []).append(stay)
        roles[name] = STAYS[stay].role if by == "stage" else STAYS[stay].place_role
    stays = run.records.stays
    counted = {name: stays.of(*mine) for name, mine in codes.items()}
    table = _people_over_time(run, by, counted, every, whole)
    table.insert(2, "role", _each(list(roles.values()), len(table) // len(roles)))
    return table


def queues(run: Basis, every: Every, *, whole: bool) -> pd.DataFrame:
    """Count people in each queue; see `Run.queues`."""
    return _people_over_time(run, "queue", dict(run.waiting()), every, whole)


def occupancy(run: Basis, every: Every, *, whole: bool) -> pd.DataFrame:
    """Count people in each facility against its places; see `Run.occupancy`."""
    import pandas as pd

    dates = count.grid(run.scenario, every, whole=whole)
    days = np.array([run.scenario.day(d) for d in dates])
    names, people, places = zip(*run.facilities(days), strict=True)
    held, there = np.concatenate(people), np.concatenate(places)
    roles = [run.place_roles.get(name, name) for name in names]
    return pd.DataFrame(
        {
            "date": np.tile(pd.to_datetime(dates).to_numpy(), len(names)),
            "facility": _each(names, len(dates)),
            "role": _each(roles, len(dates)),
            "people": held,
            "places": there,
            "occupancy": _ratio(held, there),
        }
    )


def transfers(run: Basis, every: Every, *, whole: bool) -> pd.DataFrame:
    """Count transfers, and what goes with them, by period; see `Run.transfers`."""
    import pandas as pd

    stays, own_wish = run.stays_abroad, run.cohort.eligibility.own_wish
    happened = {
        "flights": run.flights_out,
        "rotations": run.flights,
        "transfers": stays.start,
        "own_wish": stays.start[own_wish[stays.index]],
        "returns": stays.end,
    }
    dates = [day for day, _, _ in count.periods(run.scenario, every, whole=whole)]
    return pd.DataFrame(
        {"date": pd.to_datetime(dates)}
        | {
            name: count.events(run.scenario, days, every, whole=whole)
            for name, days in happened.items()
        }
    )


def staffing(run: Basis, every: Every, *, whole: bool) -> pd.DataFrame:
    """Lay prisoners beside officers; see `Run.staffing`."""
    import pandas as pd

    dates = count.grid(run.scenario, every, whole=whole)
    days = np.array([run.scenario.day(d) for d in dates])
    prisoners = run.in_home_prisons(days)
    officers = on_steps(run.scenario, run.scenario.home_prisons.officers, days)
    return pd.DataFrame(
        {
            "date": pd.to_datetime(dates),
            "prisoners": prisoners,
            "officers": officers,
            "prisoners_per_officer": _ratio(prisoners, officers),
        }
    )


def _people_over_time(
    run: Basis, label: str, counted: Mapping[str, Spells], every: Every, whole: bool
) -> pd.DataFrame:
    """Count spells over time, one part for each name."""
    import pandas as pd

    dates = count.grid(run.scenario, every, whole=whole)
    days = np.array([run.scenario.day(d) for d in dates])
    parts = [count.inside(spells, days) for spells in counted.values()]
    return pd.DataFrame(
        {
            "date": np.tile(pd.to_datetime(dates).to_numpy(), len(parts)),
            label: _each(list(counted), len(dates)),
            "people": np.concatenate(parts),
        }
    )


def _each(words: Sequence[str], times: int) -> np.ndarray:
    """Repeat each of some words."""
    return np.repeat(np.array(words, object), times)


def _ratio(people: Floats, of: Floats) -> Floats:
    """Divide day by day; missing where there is nothing to divide by."""
    ratio: Floats = np.divide(people, of, out=np.full(len(people), np.nan), where=of > 0)
    return ratio
