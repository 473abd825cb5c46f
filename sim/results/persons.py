"""Tables of single people: who they are, where they have been, and how they have left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.people.arrivals import GROUPS
from sim.people.sentence import ENDINGS
from sim.results.records import Spells, among
from sim.world.flow import REMOVALS, STAYS
from sim.world.rows import About
from sim.world.stages import CaseStage, Exit, Stay

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.basis import Basis


def people_table(run: Basis) -> pd.DataFrame:
    """Return one row for each person; see `Run.people`."""
    import pandas as pd

    arrived, sentence = run.cohort.arrived, run.cohort.sentence
    after, eligibility = run.cohort.after, run.cohort.eligibility
    origins = list(run.scenario.origins)
    return pd.DataFrame(
        {
            "person": arrived.person,
            "group": named(arrived.group, GROUPS),
            "origin": named(arrived.origin, origins),
            "sex": np.where(arrived.woman, "woman", "man"),
            "age_years": arrived.age,
            "children_in_sending_state": arrived.children,
            "judgment": run.dates(arrived.judgment),
            "final": run.dates(sentence.final),
            "sentence_days": sentence.length,
            "fraction_to_serve": sentence.fraction,
            "sentence_end": run.dates(sentence.leaves),
            "ending": named(sentence.ending, ENDINGS),
            "willing": sentence.willing,
            "protected": after.protected,
            "eligible_from": run.dates(eligibility.selected),
            "document_requested": run.dates(run.records.request_day),
            "document_issued": run.dates(run.records.document_day),
        }
    )


def spell_table(run: Basis) -> pd.DataFrame:
    """Return one row for each spell; see `Run.spells`."""
    import pandas as pd

    parts = [_track_table(run, *track) for track in _tracks(run)]
    table = pd.concat(parts, ignore_index=True)
    for column in ("track", "stage", "role", "place", "place_role"):
        table[column] = table[column].astype("category")
    return table.sort_values(["person", "track", "start"], ignore_index=True)


def exit_table(run: Basis) -> pd.DataFrame:
    """Return one row for each person who left; see `Run.exits`."""
    import pandas as pd

    exits, sentence = run.records.exits, run.cohort.sentence
    about = [run.about(stay) for stay in Stay]
    roles = [STAYS[stay] for stay in Stay]
    removed = among(exits.code, REMOVALS)
    return pd.DataFrame(
        {
            "person": run.cohort.arrived.person[exits.index],
            "exit": named(exits.code, [e.name.lower() for e in Exit]),
            "date": run.dates(exits.day),
            "from_stage": [about[s].stage for s in exits.from_stay],
            "from_role": [roles[s].role for s in exits.from_stay],
            "from_place": [about[s].place for s in exits.from_stay],
            "from_place_role": [roles[s].place_role for s in exits.from_stay],
            "days_after_sentence": exits.day - sentence.leaves[exits.index],
            "escorted": removed & ~sentence.willing[exits.index],
        }
    )


def named(codes: np.ndarray, names: Sequence[str]) -> pd.Categorical[str]:
    """Turn positions into names."""
    import pandas as pd

    return pd.Categorical.from_codes(codes, pd.Index(names))


def _tracks(run: Basis) -> Iterator[tuple[str, Spells, list[About], list[About]]]:
    """Yield each track with its spells, and of each kind how it is told, here and anywhere."""
    here = [run.about(stay) for stay in Stay]
    yield "stay", run.records.stays, here, [STAYS[stay] for stay in Stay]
    cases = [About(stage.name.lower(), "", False, "") for stage in CaseStage]
    yield "case", run.records.cases, cases, cases
    limbo = [About("limbo", "", False, "")]
    yield "condition", run.records.limbo, limbo, limbo


def _track_table(
    run: Basis, track: str, spells: Spells, here: list[About], anywhere: list[About]
) -> pd.DataFrame:
    import pandas as pd

    def told(words: list[str]) -> np.ndarray:
        return np.array(words, object)[spells.code]

    horizon = run.scenario.horizon
    sentence_end = run.cohort.sentence.leaves[spells.index]
    return pd.DataFrame(
        {
            "person": run.cohort.arrived.person[spells.index],
            "track": track,
            "stage": told([about.stage for about in here]),
            "role": told([about.role for about in anywhere]),
            "place": told([about.place for about in here]),
            "place_role": told([about.place_role for about in anywhere]),
            "start": run.dates(spells.start),
            "end": run.dates(spells.end),
            "days": spells.days(horizon),
            "ended": ~np.isnan(spells.end),
            "held": np.array([about.held for about in here])[spells.code],
            "days_after_sentence": spells.overlap(sentence_end, np.inf, horizon),
        }
    )
