"""What spells are told apart by in a table: a column or several, of the person or of the spell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from sim.people.arrivals import GROUPS
from sim.results.choice import chosen

if TYPE_CHECKING:
    from sim.results.basis import Basis
    from sim.results.records import Floats, Integers

#: What people are told apart by.
By = Literal["origin", "group", "sex"]
#: The same for spells: `year` is the calendar year in which one begins.
BySpell = Literal["origin", "group", "sex", "year"]

PEOPLE_BY: tuple[str, ...] = get_args(By)
SPELLS_BY: tuple[str, ...] = get_args(BySpell)

#: Values of `Arrived.woman`, by place.
_SEXES = ("woman", "man")


def columns_of(by: BySpell | Sequence[BySpell] | None) -> tuple[str, ...]:
    """Return the columns to tell spells apart by, in the order given; none for None.

    Raises
    ------
    ValueError
        If one is unknown, or comes twice.
    """
    if by is None:
        return ()
    given = tuple(by) if isinstance(by, Sequence) and not isinstance(by, str) else (by,)
    found = tuple(chosen("by", column, SPELLS_BY) for column in given)
    if len(set(found)) < len(found):
        raise ValueError(f"by is {list(found)}: name each column once")
    return found


def person_codes(run: Basis, column: str) -> tuple[Integers, tuple[str, ...]]:
    """Return of everyone in the cohort the place of their group, and the names of the groups."""
    arrived = run.cohort.arrived
    if column == "origin":
        return arrived.origin, tuple(run.scenario.origins)
    if column == "group":
        return arrived.group, GROUPS
    return np.where(arrived.woman, 0, 1), _SEXES


def grouped(
    run: Basis, columns: Sequence[str], index: Integers, start: Floats
) -> Iterator[tuple[dict[str, str | int], Integers]]:
    """Yield the groups that have any of some spells, in order, and the places of the spells.

    Parameters
    ----------
    run
        One replication.
    columns
        As `columns_of` returns them; without any, all spells are one group.
    index
        Positions of the people in the cohort, shape (n,).
    start
        Days on which the spells begin, shape (n,).

    Yields
    ------
    labels, members
        The group's value in each column, and the places of its spells, ascending.
    """
    names: list[Sequence[str | int]] = []
    code = np.zeros(len(index), np.int64)
    for column in columns:
        if column == "year":
            years = run.years(start)
            first = int(years.min(initial=run.scenario.time.start.year))
            places, known = years - first, range(first, int(years.max(initial=first)) + 1)
        else:
            of_person, known = person_codes(run, column)  # type: ignore[assignment]
            places = of_person[index]
        names.append(known)
        code = code * len(known) + places
    shape = tuple(map(len, names))
    order = np.argsort(code, kind="stable")
    firsts = np.flatnonzero(np.diff(code[order], prepend=-1))
    for members in np.split(order, firsts)[1:]:
        at = np.unravel_index(code[members[0]], shape) if shape else ()
        labels = {
            column: known[int(place)]
            for column, known, place in zip(columns, names, at, strict=True)
        }
        yield labels, members
