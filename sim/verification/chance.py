"""What a seed fixes: the same luck gives the same run, other luck another, policy touches none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields

import numpy as np

from sim.people.chance import Chance
from sim.people.cohort import Cohort, draw_cohort
from sim.scenario.errors import ScenarioError
from sim.verification.check import DoesNotApply, Part, runs
from sim.verification.told import Told
from sim.world.simulate import simulate

#: Columns of luck that are drawn for everyone, whatever the scenario says.
LUCK = ("luck", "age", "length", "case_work_days")


@runs(
    "chance",
    "The same seed gives the same run",
    "The first replication, simulated once more, gives the same people and the same log, entry by "
    "entry.",
    unit="entries",
)
def same_seed_gives_the_same_run(told: Sequence[Told]) -> Iterator[Part]:
    """Simulate again and compare."""
    first = told[0].replication
    again = simulate(first.scenario, first.seed, first.number)
    for name in ("stays", "cases", "limbo"):
        mine, theirs = (getattr(one.log, name) for one in (first, again))
        yield Part(abs(len(mine) - len(theirs)), f"entries in the log of {name}")
        common = min(len(mine), len(theirs))
        yield Part(np.array(mine[:common]) != np.array(theirs[:common]), f"log of {name}")
    yield from _same_columns(first.cohort, again.cohort)


@runs(
    "chance",
    "Another replication is about other people",
    "No drawn age, sentence or luck of one replication turns up in the same place in another.",
    unit="persons",
    otherwise="there is one replication only",
)
def replications_differ(told: Sequence[Told]) -> Iterator[Part]:
    """Compare columns of luck that vary within a replication."""
    first = _columns(told[0].cohort)
    for other in told[1:]:
        theirs = _columns(other.cohort)
        for name in LUCK:
            size = min(len(first[name]), len(theirs[name]))
            mine = first[name][:size]
            if len(np.unique(mine)) == size:
                yield Part(mine == theirs[name][:size], f"the same {name} again")


@runs(
    "chance",
    "Policy leaves people and their luck as they are",
    "With the rented prison in use and not in use, everyone has the same sentence, origin and "
    "luck: differences between scenarios are about the same people. Whoever applies at liberty and "
    "is called up for it serves sooner: left out.",
    unit="values",
)
def policy_leaves_people_alone(told: Sequence[Told]) -> Iterator[Part]:
    """Draw the people of the first replication with the rented prison switched over."""
    one = told[0].replication
    try:
        other = one.scenario.change({"rented_prison.in_use": not one.scenario.rented_prison.in_use})
    except ScenarioError as error:
        why = "; ".join(str(problem) for problem in error.problems)
        raise DoesNotApply(f"the rented prison cannot be switched over: {why}") from error
    mine, theirs = told[0].drawn, draw_cohort(other, Chance(one.seed, one.number))
    called = [cohort.sentence.applied_at_liberty for cohort in (mine, theirs)]
    same_size = len(called[0]) == len(called[1])
    yield from _same_columns(mine, theirs, called[0] | called[1] if same_size else None)


def _columns(cohort: Cohort) -> dict[str, np.ndarray]:
    """Return every column that is drawn for each person, whatever policy says."""
    parts = (cohort.arrived, cohort.sentence, cohort.after)
    found = {field.name: getattr(part, field.name) for part in parts for field in fields(part)}
    found["selection_days"] = cohort.eligibility.selection_days
    return {name: column for name, column in found.items() if isinstance(column, np.ndarray)}


def _same_columns(mine: Cohort, theirs: Cohort, but: np.ndarray | None = None) -> Iterator[Part]:
    """Compare what is drawn, person by person, `but` for some."""
    other = _columns(theirs)
    for name, column in _columns(mine).items():
        if len(column) != len(other[name]):
            yield Part(np.inf, f"number of people ({name})")
        else:
            who = np.arange(len(column)) if but is None else np.flatnonzero(~but)
            yield Part((column != other[name])[who], name, who)
