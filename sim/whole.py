"""Whole numbers that callers pass in: seeds, replications, workers."""

from __future__ import annotations

import operator

from sim.errors import PrisonflowError
from sim.numbers import grouped

#: Larger numbers fit no column of a table.
MOST = 2**63 - 1


def whole_number(name: str, value: object, least: int = 0, most: int = MOST) -> int:
    """Return a whole number as a plain `int`, so that equal numbers mean the same everywhere.

    Parameters
    ----------
    name
        What the number is, for the message.
    value
        What was passed in: an `int`, or a whole number of NumPy. A `float` is refused even if it
        is whole, as is a `bool`: the luck of people is drawn from the number as it is written.
    least, most
        Smallest and largest number allowed.

    Raises
    ------
    PrisonflowError
        If it is anything else, or out of range.
    """
    try:
        if isinstance(value, bool):
            raise TypeError
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        hint = f", such as {int(value)}" if isinstance(value, float) and value.is_integer() else ""
        raise PrisonflowError(
            f"{name} is {value!r} ({type(value).__name__}): give a whole number{hint}"
        ) from None
    if number < least:
        raise PrisonflowError(f"{name} is {number}: it must be at least {least}")
    if number > most:
        raise PrisonflowError(f"{name} is {number}: it must be at most {grouped(most)}")
    return number
