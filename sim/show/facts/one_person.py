"""Whose life is shown in both worlds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.analysis.comparable import different_periods
from sim.experiment.lives import followed, life_of, worth_following
from sim.show.facts import lifelines
from sim.show.facts.agreement import pair_of, reference
from sim.show.facts.changed import example_of
from sim.show.facts.data import as_date
from sim.show.facts.lifelines import SideBySide, side_by_side

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.replications import Replications


def person_shown(replications: Sequence[Replications]) -> int | None:
    """Return someone of replication 0 whose fate changes, else one worth following.

    None where no lives are kept, or none of the same person in both worlds.
    """
    worlds = [followed(replications[n]) for n in pair_of(replications)]
    kept = [world for world in worlds if world is not None]
    if len(kept) < len(worlds):
        return None
    base = followed(replications[reference(replications)])
    others = (r for r in kept if base is not None and r is not base and _same_people(base, r))
    changed = (example_of(base, other) for other in others if base is not None)
    if (person := next(changed, None)) is not None:
        return person
    there = [set(r.lent("lives", ["person"])["person"].tolist()) for r in kept]
    common = set.intersection(*there)
    return next((int(person) for person in worth_following(kept[0]) if person in common), None)


def _same_people(base: Replications, other: Replications) -> bool:
    return base.seed == other.seed and not different_periods([base.scenario, other.scenario])


def lives_of(replications: Sequence[Replications], person: int) -> SideBySide:
    """Return a person's life in the worlds shown, from what was kept of replication 0.

    Raises
    ------
    KeyError
        If the life of nobody of this number was kept.
    """
    worlds = [replications[n] for n in pair_of(replications)]
    return side_by_side([lifelines.life_of(life_of(r, person), person) for r in worlds])


def stages(replications: Sequence[Replications], person: int) -> pd.DataFrame:
    """Return a person's stages in the worlds shown.

    Returns
    -------
    pandas.DataFrame
        Columns: scenario, person, stage, kind, from, until (dates; of a way out, the same).
    """
    import pandas as pd

    rows: list[tuple[object, ...]] = []
    found = lives_of(replications, person)
    for number, life in zip(pair_of(replications), found.lives, strict=True):
        name = replications[number].scenario.name
        spans = [(row.title, row.kind, *span) for row in life.rows for span in row.spans]
        if life.exit is not None:
            day, how = life.exit
            spans.append((how, "way out", day, day))
        rows += [(name, person, what, kind, as_date(a), as_date(b)) for what, kind, a, b in spans]
    return pd.DataFrame(rows, columns=["scenario", "person", "stage", "kind", "from", "until"])
