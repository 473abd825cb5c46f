"""People of one replication as columns: what their stories are told from, kept.

`lives` has one row for each person followed, `steps` one for each stay, stage of the removal case,
time in limbo and exit of theirs. `run_of` makes a run of these people again, without simulating.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.people.after import AfterSentence
from sim.people.arrivals import THIRD_COUNTRY, Arrived, Draw
from sim.people.chance import Chance
from sim.people.cohort import Cohort
from sim.people.sentence import Sentence
from sim.people.service import Service
from sim.people.transfer import Eligibility
from sim.results.records import Exits, Integers, Records, Spells
from sim.results.run import Run
from sim.results.story import examples

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.schema import Scenario

_PARTS: dict[str, Any] = {
    "arrived": Arrived,
    "sentence": Sentence,
    "eligibility": Eligibility,
    "after": AfterSentence,
}
#: Types of a part's columns, as its class writes them, in the words of Arrow.
_KINDS = {"Column": "double", "NDArray[np.int64]": "int64", "NDArray[np.bool_]": "bool"}
_DRAWN = {
    f"{name}_{field.name}": _KINDS[str(field.type)]
    for name, part in _PARTS.items()
    for field in fields(part)
    if field.type in _KINDS and field.name != "person"
}
_DAYS = tuple(field.name for field in fields(Records) if field.type == "Floats")
_TRACKS = tuple(field.name for field in fields(Records) if field.type == "Spells")
_EXITS = "exits"

#: Columns of the two tables, and their types in the words of Arrow.
LIVES = (
    {"person": "int64"}
    | _DRAWN
    | dict.fromkeys(_DAYS, "double")
    | {"rank": "int8", "reason": "string"}
)
STEPS = {
    "person": "int64",
    "track": "string",
    "code": "int8",
    "start": "double",
    "end": "double",
    "from_stay": "int8",
}


def followed(run: Run) -> Integers:
    """Return the positions of the people whose lives are kept.

    They are third-country nationals (anyone, where nobody is expelled) who are anywhere in the
    system in the observed period: nearly the same people in every scenario.
    """
    stays = run.records.stays
    chosen = run.observed(run.cohort.sentence.leaves)
    chosen[stays.index[stays.overlap(*run.period, run.scenario.horizon) > 0]] = True
    if run.scenario.arrivals.expels:
        chosen &= run.cohort.arrived.group == THIRD_COUNTRY
    return np.flatnonzero(chosen)


def lives(run: Run) -> pd.DataFrame:
    """Return one row for each person followed.

    Returns
    -------
    DataFrame
        Columns: person; every column of the cohort's parts, by part and name; days of exit, and of
        the request and issue of the travel document, since the scenario's start; and of those
        worth following the rank, from 1, and the reason.
    """
    import pandas as pd

    index, person = followed(run), run.cohort.arrived.person
    columns = {"person": person[index]}
    for column in _DRAWN:
        part, _, name = column.partition("_")
        columns[column] = getattr(getattr(run.cohort, part), name)[index]
    columns |= {name: getattr(run.records, name)[index] for name in _DAYS}
    reasons = examples(run)
    rank, reason = np.zeros(len(index), np.int8), np.full(len(index), "", object)
    for number, (mine, why) in enumerate(reasons.items(), 1):
        at = columns["person"] == mine
        rank[at], reason[at] = number, why
    return pd.DataFrame(columns | {"rank": rank, "reason": reason})


def steps(run: Run) -> pd.DataFrame:
    """Return one row for each step of each person followed.

    Returns
    -------
    DataFrame
        Columns: person, track (a field of `Records`), code (a position in `Stay`, `CaseStage` or
        `Exit`), start and end (days since the scenario's start; no end if it was not reached), and
        for exits the stay that the person left from, else -1.
    """
    import pandas as pd

    records, chosen = run.records, np.zeros(run.cohort.size, bool)
    chosen[followed(run)] = True
    exits = records.exits
    tracks: list[tuple[str, Spells, Integers | None]]
    tracks = [(name, getattr(records, name), None) for name in _TRACKS]
    tracks += [(_EXITS, Spells(exits.index, exits.code, exits.day, exits.day), exits.from_stay)]
    parts = []
    for name, spells, before in tracks:
        mine = chosen[spells.index]
        parts.append(
            pd.DataFrame(
                {
                    "person": run.cohort.arrived.person[spells.index[mine]],
                    "track": name,
                    "code": spells.code[mine],
                    "start": spells.start[mine],
                    "end": spells.end[mine],
                    "from_stay": -1 if before is None else before[mine],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def run_of(
    scenario: Scenario,
    seed: int,
    replication: int,
    service: Service,
    lives: pd.DataFrame,
    steps: pd.DataFrame,
) -> Run:
    """Make a run of the people in the tables, whose steps are all there.

    Parameters
    ----------
    scenario, seed, replication
        What the tables are of.
    service
        When the rented prison was in service.
    lives, steps
        Rows of the tables.
    """
    chance = Chance(seed, replication)
    parts: dict[str, Any] = {}
    for name, part in _PARTS.items():
        columns: dict[str, Any] = {
            field.name: lives[f"{name}_{field.name}"].to_numpy()
            for field in fields(part)
            if f"{name}_{field.name}" in _DRAWN
        }
        if part is Arrived:
            columns |= {"draw": Draw(chance, ()), "person": lives["person"].to_numpy()}
        parts[name] = part(**columns)
    days: dict[str, Any] = {name: lives[name].to_numpy() for name in _DAYS}
    tracks: dict[str, Any] = {
        name: _spells(lives, steps[steps["track"] == name]) for name in _TRACKS
    }
    left = steps[steps["track"] == _EXITS]
    exits = _spells(lives, left)
    before = left["from_stay"].to_numpy(np.int64)
    records = Records(**tracks, exits=Exits(exits.index, exits.code, exits.start, before), **days)
    cohort = Cohort(**parts, service=service)
    return Run.of(scenario, seed, replication, cohort, records)


def _spells(lives: pd.DataFrame, steps: pd.DataFrame) -> Spells:
    import pandas as pd

    index = pd.Index(lives["person"]).get_indexer(steps["person"])
    return Spells(
        index.astype(np.int64), steps["code"].to_numpy(np.int64),
        steps["start"].to_numpy(float), steps["end"].to_numpy(float),
    )  # fmt: skip
