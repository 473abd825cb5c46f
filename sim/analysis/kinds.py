"""Kinds of change between two worlds: of fate, of days held, of limbo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

#: Sorts of change, in the order in which they are told; `SAME` is none.
FATE, SAME, HELD, LIMBO = "fate", "same fate", "held", "limbo"
#: A sort of change, what it is from, and what it is to.
Kind = tuple[str, str, str]


def kinds(people: pd.DataFrame, least_days: float) -> Iterator[tuple[Kind, pd.DataFrame]]:
    """Yield each kind of change with its people, the most telling first.

    Parameters
    ----------
    people
        As `Fates.people`.
    least_days
        Days by which someone must be held longer or shorter.

    Yields
    ------
    kind, DataFrame
        Columns person, held and limbo (changes in days). Each person is in one kind of the sorts
        `FATE` and `SAME`, and in at most one each of `HELD` and `LIMBO`.
    """
    for sort, before, after in _sorts(people, least_days):
        table = _by_telling(people).assign(before=before, after=after)
        for (was, becomes), mine in table.groupby(["before", "after"], sort=True):
            if was != becomes or sort == FATE:
                yield (sort if was != becomes else SAME, str(was), str(becomes)), mine


def _by_telling(people: pd.DataFrame) -> pd.DataFrame:
    """Return people by how much their days held change, then their days in limbo."""
    import pandas as pd

    # Without the last digits, so that rounding puts nobody before others.
    held = people["held_change_days"].round(6)
    limbo = (people["limbo_days"] - people["limbo_days_reference"]).round(6)
    table = pd.DataFrame({"person": people["person"], "held": held, "limbo": limbo})
    return table.iloc[np.lexsort((table["person"], -limbo.abs(), -held.abs()))]


def _sorts(
    people: pd.DataFrame, least_days: float
) -> Iterator[tuple[str, pd.Series[str], pd.Series[str]]]:
    """Yield each sort of change, with what it is from and to for each person."""
    import pandas as pd

    yield FATE, people["fate_reference"], people["fate"]
    change, index = people["held_change_days"], people.index
    words = np.select([change >= least_days, change <= -least_days], ["longer", "shorter"], "")
    yield HELD, pd.Series("", index), pd.Series(words, index)
    limbo = {True: "in limbo", False: "not in limbo"}
    yield LIMBO, people["in_limbo_reference"].map(limbo), people["in_limbo"].map(limbo)


def ordered(table: pd.DataFrame, *first: str) -> pd.DataFrame:
    """Return rows by sort of change, the most frequent first."""
    order = table["change"].map({sort: n for n, sort in enumerate((FATE, SAME, HELD, LIMBO))})
    table = table.assign(order=order.fillna(-1))
    keys = [*first, "order", "people", "change", "before", "after"]
    down = [key != "people" for key in keys]
    return table.sort_values(keys, ascending=down, ignore_index=True).drop(columns="order")
