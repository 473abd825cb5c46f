"""The same person twice: who changes fate between two scenarios, and how.

Scenarios with one seed are about the same people with the same luck, so that one can ask of each
what a scenario changes for them: removed instead of in the departure centre, held a month longer,
no longer in limbo. Both worlds are looked at the same time after the person's sentence ended there.

Compared are people expelled whose sentence ends in the observed period of both worlds, be it by
release or otherwise (removal, transfer home, death), and who are followed in both up to the day
looked at. Everyone else whose sentence ends in the
period of at least one is not dropped, but named: see `Fates`.

References
----------
Pearl (2009), Causality, 2nd ed., chapter 9: what a person's fate would have been under another
policy, their luck being the same. It is a statement about the model, not about a real person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.estimates import mean_interval
from sim.analysis.kinds import SAME, Kind, kinds, ordered
from sim.analysis.same_people import calendar, joined, match, people
from sim.errors import PrisonflowError
from sim.numbers import grouped, plain
from sim.results.copies import copied
from sim.results.fates import AFTER_DAYS, follow_up
from sim.results.run import Run
from sim.scenario.given import expect
from sim.statistics.intervals import LEVEL
from sim.whole import whole_number

if TYPE_CHECKING:
    import pandas as pd

#: Days by which someone is held longer or shorter for it to be told; less is rounding.
LEAST_DAYS = 1.0


class NotTheSamePeople(PrisonflowError):
    """Two runs whose people are not the same: another seed, replication or calendar."""


class MixedFates(PrisonflowError):
    """Comparisons that do not belong in one table: one twice, or looked at on different days."""


@copied("people")
@dataclass(frozen=True, eq=False)
class Fates:
    """What became of the same people in two worlds."""

    reference: str
    scenario: str
    seed: int
    replication: int
    after_days: float
    """Days after the sentence at which fates were looked at."""
    people: pd.DataFrame
    """One row for each person compared, by number. Columns: person, group, origin; looked_at_days
    (after the sentence); sentence_end_change_days; and for both worlds, with `_reference` for the
    first: fate (exit, or the stage they are in), in_limbo, limbo_days, held_after_days (since the
    sentence ended), held_days (in all, until then); held_change_days (of held_days)."""
    only_in_reference: tuple[int, ...]
    only_in_scenario: tuple[int, ...]
    """People whose sentence ends in the period of a world, and who are not in the other at all."""
    ends_only_in_reference: tuple[int, ...]
    ends_only_in_scenario: tuple[int, ...]
    """People who are in both, but whose sentence ends in the period of one only."""
    someone_else: tuple[int, ...]
    """Numbers that stand for people of another group or origin in the other world."""
    not_followed: tuple[int, ...] = ()
    """People whose sentence ends in both worlds, in one of them less than `after_days` before the
    end of the simulation."""

    def cross_table(self) -> pd.DataFrame:
        """Count people by fate in the reference (rows) and in the scenario (columns).

        Returns
        -------
        DataFrame
            Square: the same fates in the same order on both sides; people whose fate is the same
            lie on the diagonal.
        """
        import pandas as pd

        table = self.people
        fates = sorted({*table["fate_reference"], *table["fate"]})
        counted = pd.crosstab(table["fate_reference"], table["fate"])
        return counted.reindex(index=fates, columns=fates, fill_value=0)

    def changes(self, examples: int = 3, least_days: float = LEAST_DAYS) -> pd.DataFrame:
        """Return each kind of change with its people, the most frequent of each sort first.

        Parameters
        ----------
        examples
            How many people to name for each kind: those whose days held change most come first,
            then those whose days in limbo do, then by number.
        least_days
            Days by which someone must be held longer or shorter.

        Returns
        -------
        DataFrame
            Columns: change (fate, held, limbo), before, after, people, share (of those compared),
            mean_held_change_days (of these people), mean_limbo_change_days, examples (numbers).
            Someone whose fate changes and who is held longer is in a row of each sort.
        """
        import pandas as pd

        number = len(self.people)
        rows = [
            (*kind, len(mine), len(mine) / number, mine["held"].mean(), mine["limbo"].mean(),
             tuple(mine["person"].head(examples).tolist()))
            for kind, mine in kinds(self.people, least_days)
            if kind[0] != SAME
        ]  # fmt: skip
        columns = ["change", "before", "after", "people", "share", "mean_held_change_days",
                   "mean_limbo_change_days", "examples"]  # fmt: skip
        return ordered(pd.DataFrame(rows, columns=columns))

    def __repr__(self) -> str:
        changed = int((self.people["fate_reference"] != self.people["fate"]).sum())
        return (
            f"<Fates in {self.scenario} and {self.reference}, replication {self.replication}: "
            f"{grouped(changed)} of {grouped(len(self.people))} people differ>"
        )


def fates(reference: Run, run: Run, after_days: float = AFTER_DAYS) -> Fates:
    """Compare what becomes of the same people in two worlds.

    Parameters
    ----------
    reference, run
        The same replication of two scenarios with the same seed.
    after_days
        Days after the end of the sentence at which to look. Who is not followed so long in both
        worlds is not compared, but named.

    Raises
    ------
    NotTheSamePeople
        If seed, replication, or the periods simulated and observed differ.
    ValueError
        If `after_days` is negative or no number.
    """
    for one in (reference, run):
        expect(one, Run, "two runs")
    ours, theirs = (run.seed, run.replication), (reference.seed, reference.replication)
    if ours != theirs:
        raise NotTheSamePeople(
            f"{reference.scenario.name} is replication {theirs[1]} of seed {theirs[0]}, "
            f"{run.scenario.name} replication {ours[1]} of seed {ours[0]}: not the same people"
        )
    if calendar(run) != calendar(reference):
        raise NotTheSamePeople(
            f"{reference.scenario.name} is {calendar(reference)}, {run.scenario.name} "
            f"{calendar(run)}: they are not about the same people, who are not followed equally "
            "long; give both the same [time]"
        )
    if not after_days >= 0:
        raise ValueError(f"after_days is {after_days}: it must be at least 0")
    matched = match(reference, run)
    known = np.minimum(follow_up(reference, matched.before), follow_up(run, matched.after))
    seen = known >= after_days
    unseen = run.cohort.arrived.person[matched.after[~seen]]
    matched = matched.only(seen)
    return Fates(
        reference=reference.scenario.name,
        scenario=run.scenario.name,
        seed=run.seed,
        replication=run.replication,
        after_days=after_days,
        people=people(reference, run, matched, np.full(int(seen.sum()), float(after_days))),
        only_in_reference=matched.only_before,
        only_in_scenario=matched.only_after,
        ends_only_in_reference=matched.ends_only_before,
        ends_only_in_scenario=matched.ends_only_after,
        someone_else=matched.someone_else,
        not_followed=tuple(unseen.tolist()),
    )


def fates_of_tables(
    reference: pd.DataFrame,
    table: pd.DataFrame,
    *,
    names: tuple[str, str],
    seed: int,
    replication: int,
    after_days: float = AFTER_DAYS,
) -> Fates:
    """Compare fates from stored tables (`sim.results.fates`) of the same replication.

    Who appears in one table only is counted as having a sentence that ends in the observed period
    of that world only: the tables do not tell whether the other world has them at all.

    Parameters
    ----------
    reference, table
        Fate tables of the two worlds.
    names
        Names of the reference and of the scenario.
    seed, replication, after_days
        What both tables are of.
    """
    base, found = (one.set_index("person") for one in (reference, table))
    both = base.index.intersection(found.index).sort_values()
    ours, theirs = found.loc[both], base.loc[both]
    same = (ours["group"] == theirs["group"]) & (ours["origin"] == theirs["origin"])
    seen = ours["fate"].notna() & theirs["fate"].notna()
    kept = both[(same & seen).to_numpy()]
    ours, theirs = (
        one.loc[kept].reset_index().astype({"in_limbo": bool}) for one in (ours, theirs)
    )
    return Fates(
        reference=names[0],
        scenario=names[1],
        seed=whole_number("seed", seed),
        replication=whole_number("replication", replication),
        after_days=after_days,
        people=joined(ours[["person", "group", "origin", "looked_at_days"]], theirs, ours),
        only_in_reference=(),
        only_in_scenario=(),
        ends_only_in_reference=tuple(base.index.difference(found.index).tolist()),
        ends_only_in_scenario=tuple(found.index.difference(base.index).tolist()),
        someone_else=tuple(both[~same.to_numpy()].tolist()),
        not_followed=tuple(both[(same & ~seen).to_numpy()].tolist()),
    )


def over_replications(
    compared: Iterable[Fates],
    level: float = LEVEL,
    examples: int = 3,
    least_days: float = LEAST_DAYS,
) -> pd.DataFrame:
    """Count the kinds of change in several replications, with Student-t intervals.

    Parameters
    ----------
    compared
        Comparisons of one or more replications, of one or more pairs of scenarios; each is read
        and let go.
    level
        Share of intervals that cover the true mean.
    examples, least_days
        As in `Fates.changes`; the examples are the most telling of all replications.

    Returns
    -------
    DataFrame
        Columns: reference, scenario, change, before, after; people (mean number in a replication,
        0 where the kind does not occur), low, high, level, sd, replications;
        mean_held_change_days, held_low, held_high, held_replications (over the replications in
        which the kind occurs); examples (pairs of replication and person).

        `change` is, besides those of `Fates.changes`: `same fate` (so that the rows of both kinds
        make the cross table of fates), and, without before and after, `compared` (all people
        compared), `any` (whose fate, days held or limbo change), and the number of people not
        compared, named as in `Fates`: `only_in_reference` and so on.

    Raises
    ------
    MixedFates
        If a replication of a pair comes twice, or the days looked at differ.
    ValueError
        If `level` is no share between 0 and 1.
    """
    import pandas as pd

    found: dict[tuple[str, str], list[_Counted]] = {}
    for one in compared:
        _add(found.setdefault((one.reference, one.scenario), []), one, examples, least_days)
    rows = [
        {"reference": pair[0], "scenario": pair[1], **row}
        for pair, counted in found.items()
        for row in _rows(counted, level, examples)
    ]
    columns = ["reference", "scenario", "change", "before", "after", "people", "low", "high",
               "level", "sd", "replications", "mean_held_change_days", "held_low", "held_high",
               "held_replications", "examples"]  # fmt: skip
    # What does not exist anywhere is a gap among numbers, not an object.
    numbers = ["people", "low", "high", "sd", "mean_held_change_days", "held_low", "held_high"]
    table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(numbers, float))
    return ordered(table, "reference", "scenario")


# ---------------------------------------------------------------------- over replications


@dataclass(frozen=True, eq=False)
class _Counted:
    """One replication, counted: of each kind the people, their mean change, and some of them."""

    key: tuple[int, int, float]
    people: dict[Kind, int]
    held: dict[Kind, float]
    telling: dict[Kind, list[tuple[float, float, int]]]
    """Examples as changes of days held and in limbo, and number."""


def _add(counted: list[_Counted], one: Fates, examples: int, least_days: float) -> None:
    key = one.seed, one.replication, one.after_days
    if any(other.key[:2] == key[:2] for other in counted):
        raise MixedFates(
            f"replication {key[1]} of {one.scenario} with seed {key[0]} is compared with "
            f"{one.reference} twice"
        )
    if any(other.key[2] != key[2] for other in counted):
        raise MixedFates(
            f"replication {key[1]} of {one.scenario} is looked at {plain(key[2])} days after the "
            f"sentence, others {plain(counted[0].key[2])}"
        )
    people = {("compared", "", ""): len(one.people)}
    held = {("compared", "", ""): float(one.people["held_change_days"].mean())}
    for name in ("only_in_reference", "only_in_scenario", "ends_only_in_reference",
                 "ends_only_in_scenario", "someone_else", "not_followed"):  # fmt: skip
        people[name, "", ""] = len(getattr(one, name))
    telling, changed = {}, set()
    for kind, mine in kinds(one.people, least_days):
        people[kind], held[kind] = len(mine), float(mine["held"].mean())
        best = mine.head(examples)
        telling[kind] = list(zip(best["held"], best["limbo"], best["person"], strict=True))
        changed |= set(mine["person"]) if kind[0] != SAME else set()
    people["any", "", ""] = len(changed)
    counted.append(_Counted(key, people, held, telling))


def _rows(counted: list[_Counted], level: float, examples: int) -> Iterator[dict[str, Any]]:
    """Yield one row for each kind that occurs in any replication."""
    for kind in dict.fromkeys(kind for one in counted for kind in one.people):
        people = [float(one.people.get(kind, 0)) for one in counted]
        held = [one.held.get(kind) for one in counted]
        number, change = mean_interval(people, level), mean_interval(held, level)
        best = sorted(
            (-abs(days), -abs(limbo), one.key[1], int(person))
            for one in counted
            for days, limbo, person in one.telling.get(kind, ())
        )
        yield {
            "change": kind[0],
            "before": kind[1],
            "after": kind[2],
            "people": number.mean,
            "low": number.low,
            "high": number.high,
            "level": level,
            "sd": number.sd,
            "replications": number.replications,
            "mean_held_change_days": change.mean,
            "held_low": change.low,
            "held_high": change.high,
            "held_replications": change.replications,
            "examples": tuple(pair[2:] for pair in best[:examples]),
        }
