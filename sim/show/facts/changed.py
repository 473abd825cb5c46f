"""The same person twice: who changes fate between two scenarios, in words and with examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.comparable import different_periods
from sim.analysis.fates import LEAST_DAYS, Fates, fates_of_tables, over_replications
from sim.experiment.lives import followed, life_of
from sim.language import mark, tr, trn
from sim.numbers import grouped, with_sign
from sim.results.story import tell
from sim.show import words
from sim.show.facts.data import Floats
from sim.show.facts.flows import GROUP
from sim.show.facts.memory import remembered
from sim.show.words import MISSING

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.replications import Replications
    from sim.scenario.schema import Scenario

#: Replications compared, kinds of change told, and people of a kind below which it is not.
COMPARED, TOLD, FEWEST = 20, 7, 0.5


@dataclass(frozen=True)
class Change:
    """One kind of change, in words."""

    what: str
    people: str
    held: str
    example: str


@dataclass(frozen=True)
class Changed:
    """What a scenario changes for the people of its reference."""

    title: str
    reference: str
    summary: str
    changes: tuple[Change, ...]
    told: tuple[tuple[str, tuple[str, ...]], ...]
    """One person's story in both worlds: title and lines."""
    command: str


def changed(replications: Sequence[Replications], reference: int) -> list[Changed]:
    """Compare each scenario with the reference, person by person.

    Parameters
    ----------
    replications
        Scenarios. Those of another seed or other periods than the reference are left out: they
        are not about the same people.
    reference
        Place of the one the others are compared with.
    """
    base = replications[reference]
    others = [
        r
        for n, r in enumerate(replications)
        if n != reference
        and r.seed == base.seed
        and not different_periods([base.scenario, r.scenario])
    ]
    return [_compare(base, r, with_story=n == 0) for n, r in enumerate(others)]


@remembered
def fate_changes(base: Replications, r: Replications) -> pd.DataFrame:
    """Return who changes fate, kind by kind: `sim.analysis.fates.over_replications`.

    Of the first replications only, which is enough to know it well.
    """
    return over_replications(_paired(base, r, min(base.number, r.number, COMPARED)))


@remembered
def shares_changed(base: Replications, r: Replications) -> tuple[Floats, Floats]:
    """Return for how many people something changes, and for which share of those compared.

    Returns
    -------
    tuple of arrays
        By draw or replication, as many as `fate_changes` looks at; NaN where nobody is compared.
    """
    counts = []
    for one in _paired(base, r, min(base.number, r.number, COMPARED)):
        table = one.people
        changed = (
            (table["fate"] != table["fate_reference"])
            | (table["in_limbo"] != table["in_limbo_reference"])
            | (table["held_change_days"].abs() >= LEAST_DAYS)
        )
        counts.append((int(changed.sum()), len(table)))
    if not counts:
        return np.empty(0), np.empty(0)
    people, compared = np.array(counts, float).T
    share = np.divide(people, compared, out=np.full(len(people), np.nan), where=compared > 0)
    return np.where(compared > 0, people, np.nan), share


def _paired(base: Replications, r: Replications, number: int) -> Iterator[Fates]:
    """Yield the fates of the same people in two worlds, a replication at a time."""
    tables = [_by_replication(one, number) for one in (base, r)]
    for n, (ours, theirs) in enumerate(zip(*tables, strict=True)):
        yield fates_of_tables(
            ours, theirs, names=(base.scenario.name, r.scenario.name), seed=r.seed, replication=n
        )


def _by_replication(r: Replications, number: int) -> Iterator[pd.DataFrame]:
    """Yield the fates in replications 0, 1, ..., reading no further than they go."""
    blocks = r.blocks("fates")
    known: dict[int, pd.DataFrame] = {}
    for n in range(number):
        while n not in known and (block := next(blocks, None)) is not None:
            mine = block[block["group"] == GROUP]
            mine = mine.astype(dict.fromkeys(["group", "origin", "next", "fate"], object))
            known |= {int(str(key)): part for key, part in mine.groupby("replication")}
        yield known.pop(n, mine.iloc[:0])


def _compare(base: Replications, r: Replications, *, with_story: bool) -> Changed:
    table = fate_changes(base, r)
    found: list[Any] = list(table.itertuples())
    rows = {_key(row): row for row in found}
    kinds = [row for key, row in rows.items() if _is_told(key, row)]
    story, command = _stories(base, r) if with_story else ((), "")
    return Changed(
        words.title_of(r.scenario),
        words.title_of(base.scenario),
        _summary(rows),
        tuple(_change(r, row) for row in kinds[:TOLD]),
        story,
        command,
    )


def _key(row: Any) -> tuple[str, str, str]:
    return row.change, row.before, row.after


def _is_told(key: tuple[str, str, str], row: Any) -> bool:
    return key[0] in ("fate", "held", "limbo") and row.people >= FEWEST


def _summary(rows: dict[tuple[str, str, str], Any]) -> str:
    """Say how many people are compared, and for how many anything changes."""
    compared, different = rows["compared", "", ""], rows["any", "", ""]
    unseen = rows["not_followed", "", ""].people
    left_out = ""
    if unseen >= FEWEST:
        left_out = tr(
            "{people} more are left out: the simulation ends less than two years after their "
            "sentence.",
            people=words.capital(words.people(unseen)),
        )
    if not compared.people:
        return f"{tr('Nobody can be compared.')} {left_out}".strip()
    said = [
        tr(
            "Of {compared} third-country nationals whose sentence ends in the observed period in "
            "both worlds and who are followed for two years after it, something changes for "
            "{different} ({share}): where they are then, whether they are in limbo, or by a day or "
            "more how long they have been held.",
            compared=grouped(compared.people),
            different=grouped(different.people),
            share=words.percent(different.people / compared.people),
        )
    ]
    alone = sum(
        rows[name, "", ""].people for name in ("ends_only_in_reference", "ends_only_in_scenario")
    )
    if alone >= FEWEST:
        people = words.capital(words.people(alone))
        said.append(tr("{people} more appear in one world only.", people=people))
    return " ".join(filter(None, [*said, left_out]))


#: How long someone is held, and whether in limbo, as a table of changes has it.
_HELD = {
    "longer": mark("Held longer by a day or more"),
    "shorter": mark("Held shorter by a day or more"),
}
_LIMBO = {"in limbo": mark("in limbo"), "not in limbo": mark("not in limbo")}


def _change(r: Replications, row: Any) -> Change:
    if row.change == "fate":
        what = f"{_title(r, row.before)} → {_title(r, row.after)}"
    elif row.change == "held":
        what = tr(_HELD[row.after])
    else:
        before, after = (tr(_LIMBO[where]) for where in (row.before, row.after))
        what = tr(
            "{before} → {after}, two years after the sentence",
            before=words.capital(before),
            after=after,
        )
    half = row.high - row.people if row.high == row.high else None
    people = words.people(row.people) + (f" ± {grouped(half, 1)}" if half is not None else "")
    held = MISSING
    if row.mean_held_change_days == row.mean_held_change_days:
        days = row.mean_held_change_days
        held = trn("{number} day", "{number} days", days, number=with_sign(days))
    example = f"{row.examples[0][1]}" if len(row.examples) else MISSING
    return Change(what, people, held, example)


def _title(r: Replications, name: str) -> str:
    """Return the title of an exit or a stage."""
    exits, stages = words.exit_titles(r.scenario), words.stage_titles(r.scenario)
    return exits.get(name) or stages.get(name) or name.replace("_", " ").capitalize()


def _stories(
    base: Replications, r: Replications
) -> tuple[tuple[tuple[str, tuple[str, ...]], ...], str]:
    """Tell one person's story in both worlds: the person of `example_of`."""
    lived = [one for one in map(followed, (base, r)) if one is not None]
    person = example_of(*lived) if len(lived) == 2 else None
    if person is None:
        return (), ""
    told = tuple(
        (words.title_of(one.scenario), tuple(tell(life_of(one, person), person)))
        for one in (base, r)
    )
    command = ""
    if _is_shipped(r.scenario):
        command = (
            f"prisonflow trace {r.scenario.name} --person {person} --seed {r.seed} --replication 0"
        )
    return told, command


@remembered
def example_of(base: Replications, r: Replications) -> int | None:
    """Return the person who tells most of the first kind of change, None if nothing changes.

    It is someone of replication 0, of which lives are kept.
    """
    first: list[Any] = list(over_replications(_paired(base, r, 1)).itertuples())
    people = {_key(row): row.examples for row in first}
    table: list[Any] = list(fate_changes(base, r).itertuples())
    found = (people.get(_key(row)) for row in table if _is_told(_key(row), row))
    return next((int(examples[0][1]) for examples in found if examples), None)


def _is_shipped(scenario: Scenario) -> bool:
    """Tell whether a scenario is exactly the shipped one of its name."""
    from sim.scenario.files import as_shipped

    shipped = as_shipped(scenario)
    return shipped is not None and shipped.hash == scenario.hash
