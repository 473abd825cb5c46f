"""The same person twice: who changes fate between two scenarios, in words and with examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sim.analysis.comparable import different_periods
from sim.analysis.fates import fates_of_tables, over_replications
from sim.show import words
from sim.show.facts.flows import GROUP
from sim.show.words import MINUS, MISSING

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.replicate import Replications
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
    return [_compare(base, r, tell=n == 0) for n, r in enumerate(others)]


#: What has been compared of replications that are still in use.
_compared: WeakKeyDictionary[Replications, dict[tuple[str, int, int], pd.DataFrame]] = (
    WeakKeyDictionary()
)


def fate_changes(base: Replications, r: Replications) -> pd.DataFrame:
    """Return who changes fate, kind by kind: `sim.analysis.fates.over_replications`.

    Of the first replications only, which is enough to know it well.
    """
    number = min(base.number, r.number, COMPARED)
    key = base.scenario.hash, base.seed, number
    known = _compared.setdefault(r, {})
    if key not in known:
        names = base.scenario.name, r.scenario.name
        tables = [_by_replication(one, number) for one in (base, r)]
        known[key] = over_replications(
            fates_of_tables(ours, theirs, names=names, seed=r.seed, replication=n)
            for n, (ours, theirs) in enumerate(zip(*tables, strict=True))
        )
    return known[key]


def _by_replication(r: Replications, number: int) -> Iterator[pd.DataFrame]:
    table = r.lent("fates")
    table = table[(table["replication"] < number) & (table["group"] == GROUP)]
    named = ["group", "origin", "next", "fate"]
    table = table.astype(dict.fromkeys(named, object))
    parts = dict(iter(table.groupby("replication")))
    return (parts.get(n, table.iloc[:0]) for n in range(number))


def _compare(base: Replications, r: Replications, *, tell: bool) -> Changed:
    table = fate_changes(base, r)
    found: list[Any] = list(table.itertuples())
    rows = {(row.change, row.before, row.after): row for row in found}
    kinds = [row for key, row in rows.items() if _is_told(key, row)]
    example = next((row.examples[0] for row in kinds if len(row.examples)), None)
    story, command = _stories(base, r, example) if tell and example else ((), "")
    return Changed(
        r.scenario.title,
        base.scenario.title,
        _summary(rows),
        tuple(_change(r, row) for row in kinds[:TOLD]),
        story,
        command,
    )


def _is_told(key: tuple[str, str, str], row: Any) -> bool:
    return key[0] in ("fate", "held", "limbo") and row.people >= FEWEST


def _summary(rows: dict[tuple[str, str, str], Any]) -> str:
    """Say how many people are compared, and for how many anything changes."""
    compared, different = rows["compared", "", ""], rows["any", "", ""]
    unseen = rows["not_followed", "", ""].people
    left_out = ""
    if unseen >= FEWEST:
        left_out = (
            f" {words.capital(words.people(unseen))} more are left out: the simulation ends less "
            "than two years after their sentence."
        )
    if not compared.people:
        return f"Nobody can be compared.{left_out}"
    share = different.people / compared.people
    text = (
        f"Of {compared.people:,.0f} third-country nationals whose sentence ends in the observed "
        "period in both worlds and who are followed for two years after it, something changes for "
        f"{different.people:,.0f} ({words.percent(share)}): where they are then, whether they are "
        "in limbo, or by a day or more how long they have been held."
    )
    alone = sum(
        rows[name, "", ""].people for name in ("ends_only_in_reference", "ends_only_in_scenario")
    )
    if alone >= FEWEST:
        text += f" {words.capital(words.people(alone))} more appear in one world only."
    return text + left_out


def _change(r: Replications, row: Any) -> Change:
    if row.change == "fate":
        what = f"{_title(r, row.before)} → {_title(r, row.after)}"
    elif row.change == "held":
        what = f"Held {row.after} by a day or more"
    else:
        what = f"{words.capital(row.before)} → {row.after}, two years after the sentence"
    half = row.high - row.people if row.high == row.high else None
    people = words.people(row.people) + (f" ± {half:,.1f}" if half is not None else "")
    held = MISSING
    if row.mean_held_change_days == row.mean_held_change_days:
        days = row.mean_held_change_days
        held = f"{'+' if days > 0 else MINUS if days < 0 else ''}{abs(days):,.0f} days"
    example = f"{row.examples[0][1]}" if len(row.examples) else MISSING
    return Change(what, people, held, example)


def _title(r: Replications, name: str) -> str:
    """Return the title of an exit or a stage."""
    exits, stages = words.exit_titles(r.scenario), words.stage_titles(r.scenario)
    return exits.get(name) or stages.get(name) or name.replace("_", " ").capitalize()


def _stories(
    base: Replications, r: Replications, example: tuple[int, int]
) -> tuple[tuple[tuple[str, tuple[str, ...]], ...], str]:
    """Tell one person's story in both worlds, by running that replication of both once more."""
    from sim.results.run import Run
    from sim.results.story import tell
    from sim.world.simulate import simulate

    replication, person = example
    told = []
    for one in (base, r):
        run = Run(simulate(one.scenario, one.seed, replication))
        told.append((one.scenario.title, tuple(tell(run, person))))
    command = ""
    if _is_shipped(r.scenario):
        command = (
            f"prisonflow trace {r.scenario.name} --person {person} --seed {r.seed} "
            f"--replication {replication}"
        )
    return tuple(told), command


def _is_shipped(scenario: Scenario) -> bool:
    """Tell whether a scenario is exactly the shipped one of its name."""
    from sim.scenario.files import load, shipped

    names = {path.stem for path in shipped()}
    return scenario.name in names and load(scenario.name).hash == scenario.hash
